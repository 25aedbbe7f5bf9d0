//! Pieces of `contact`, each by itself.

mod even {
    use lunzhi::{
        contact::even::{Home, Pair, Side, propose},
        ids::{ClassId, CollegeId, MajorId},
    };
    use proptest::prelude::*;

    fn college() -> (CollegeId, MajorId) {
        (CollegeId::random(), MajorId::random())
    }

    fn side(of: (CollegeId, MajorId), load: u32) -> Side {
        Side { home: Home { class: ClassId::random(), major: of.1, college: of.0 }, load }
    }

    #[test]
    fn among_equals_the_nearest_is_chosen() {
        let (one, other) = (college(), college());
        let classes = vec![side(one, 0), side(other, 0)];
        let people = vec![side(other, 0), side(one, 0)];
        let pairs = propose(classes, people);
        assert_eq!(pairs, [Pair { class: 0, person: 1 }, Pair { class: 1, person: 0 }]);
    }

    #[test]
    fn what_is_there_counts() {
        let one = college();
        assert_eq!(propose(vec![side(one, 1)], vec![side(one, 2)]), []);
        assert_eq!(propose(vec![side(one, 0)], Vec::new()), []);
        assert_eq!(propose(vec![side(one, 0)], vec![side(one, 2), side(one, 1)]), [Pair { class: 0, person: 1 }]);
    }

    proptest! {
        /// However many classes and people: nobody is left out, nobody is given more than one above another, no pair twice.
        #[test]
        fn an_assignment_from_nothing_is_even(classes in 0_usize..60, people in 0_usize..60) {
            let of = [college(), college(), college()];
            let all = |count: usize| (0..count).map(|place| side(of[place % 3], 0)).collect::<Vec<_>>();
            let pairs = propose(all(classes), all(people));
            let count = |of: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|pair| of(pair)).count();
            let of_class: Vec<usize> = (0..classes).map(|class| count(&|pair| pair.class == class)).collect();
            let of_person: Vec<usize> = (0..people).map(|person| count(&|pair| pair.person == person)).collect();
            if classes > 0 && people > 0 {
                prop_assert!(of_class.iter().chain(&of_person).all(|count| *count > 0));
                prop_assert!(of_class.iter().max().unwrap() - of_class.iter().min().unwrap() <= 1);
                prop_assert!(of_person.iter().max().unwrap() - of_person.iter().min().unwrap() <= 1);
            }
            for (place, pair) in pairs.iter().enumerate() {
                prop_assert!(!pairs[place + 1..].contains(pair));
            }
        }
    }
}

mod own_class {
    use lunzhi::{contact::contact::OwnClass, ids::ClassId, rules::contact::Rhythm};
    use time::macros::date;

    #[test]
    fn a_class_waits_in_the_month_in_which_it_is_due() {
        let monthly = Rhythm { every: 1, breaks: Vec::new() };
        let class = |last| OwnClass {
            id: ClassId::random(),
            name: "软件2401班".to_owned(),
            since: date!(2026 - 09 - 01),
            last,
            notes: 0,
        };
        let today = date!(2026 - 11 - 20);
        assert!(class(Some(date!(2026 - 10 - 31))).waits(&monthly, today));
        assert!(!class(Some(date!(2026 - 11 - 01))).waits(&monthly, today), "this month already");
        assert!(class(None).waits(&monthly, today), "never");
        let rarely = Rhythm { every: 2, breaks: Vec::new() };
        assert!(!class(Some(date!(2026 - 10 - 31))).waits(&rarely, today), "next month is in time");
        assert!(class(Some(date!(2026 - 09 - 30))).waits(&rarely, today));
    }
}

mod matrix {
    use lunzhi::contact::matrix::{Matrix, Met, RowFacts};
    use time::macros::date;

    #[test]
    fn a_cell_says_how_often_or_of_how_many_and_is_the_darker_for_it() {
        let months = [date!(2026 - 10 - 01), date!(2026 - 11 - 01)];
        let class = RowFacts { name: "软件2401班".to_owned(), met: vec![Met::Times(0), Met::Times(9)] };
        let met = vec![Met::Share { met: 1, of: 9 }, Met::Share { met: 9, of: 9 }];
        let college = RowFacts { name: "名称很长很长的信息工程系".to_owned(), met };
        let drawn = Matrix::new(&months, vec![class, college]);
        assert_eq!((drawn.width, drawn.height), (278, 70));
        assert_eq!(drawn.months.iter().map(|month| month.label.as_str()).collect::<Vec<_>>(), ["10月", "11月"]);
        let cells = |row: usize| {
            let own = drawn.rows[row].cells.iter();
            own.map(|cell| (cell.shown.clone(), cell.shade)).collect::<Vec<_>>()
        };
        assert_eq!(cells(0), [("–".to_owned(), 0), ("9".to_owned(), 4)]);
        assert_eq!(cells(1), [("1/9".to_owned(), 1), ("9/9".to_owned(), 4)]);
        assert_eq!(drawn.rows[1].short, "名称很长很长的信息工…");
        assert_eq!(Met::Share { met: 0, of: 0 }.shade(), 0, "a college without classes");
    }
}

mod forms {
    use lunzhi::{
        contact::{contact::LogDays, forms::LogForm},
        failure::Failure,
        web::forms::Errors,
    };
    use time::macros::date;

    const DAYS: LogDays = LogDays { first: date!(2026 - 11 - 02), last: date!(2026 - 11 - 20) };

    fn form(day: &str, points: &str) -> LogForm {
        LogForm { day: day.to_owned(), way: "visit".to_owned(), points: points.to_owned(), note: Vec::new() }
    }

    #[test]
    fn points_are_read_a_line_each() {
        let read = form("2026-11-20", "自习室座位不够\r\n\r\n  热水时间太短 ").read(DAYS, &mut Errors::default());
        assert_eq!(read.unwrap().unwrap().points, ["自习室座位不够", "热水时间太短"]);
        assert!(
            form("2026-11-02", " ").read(DAYS, &mut Errors::default()).unwrap().unwrap().points.is_empty(),
            "nothing raised"
        );
    }

    #[test]
    fn a_day_before_the_contact_or_to_come_is_none() {
        for day in ["2026-11-01", "2026-11-21", "昨天", ""] {
            let mut errors = Errors::default();
            assert!(form(day, "").read(DAYS, &mut errors).unwrap().is_none() && errors.of("day").is_some(), "{day}");
        }
        let mut errors = Errors::default();
        assert!(form("2026-11-20", &"长".repeat(301)).read(DAYS, &mut errors).unwrap().is_none());
        assert!(errors.of("points").is_some_and(|says| says.contains("300")));
    }

    #[test]
    fn notes_that_are_ticked_are_taken_up_all_or_none() {
        let ticked = |notes: &[&str]| LogForm {
            note: notes.iter().map(|note| (*note).to_owned()).collect(),
            ..form("2026-11-20", "")
        };
        let id = "0a1b2c3d-0000-4000-8000-000000000000";
        let mut errors = Errors::default();
        assert_eq!(ticked(&[id]).read(DAYS, &mut errors).unwrap().unwrap().notes.len(), 1);
        assert!(matches!(ticked(&[id, "甲"]).read(DAYS, &mut errors), Err(Failure::Malformed)), "none is left out");
        assert!(ticked(&[id; 11]).read(DAYS, &mut errors).unwrap().is_none());
        assert!(errors.of("points").is_some_and(|says| says.contains("最多登记 10 条")));
    }
}
