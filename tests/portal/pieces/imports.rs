//! Pieces of `imports`, each by itself.

mod file {
    use std::fmt::Write as _;

    use lunzhi::{
        imports::{
            file::{Decided, NotRead, read},
            import::{Kind, NoneFailed},
            offices::{IMPORTED_OFFICES, grants},
        },
        office::OfficeKind,
        sheet::Choice,
    };

    fn wrongs(text: &str, kind: Kind) -> Vec<String> {
        let rows = read(text.as_bytes(), kind, IMPORTED_OFFICES, "SELF", &Decided::default()).unwrap().rows;
        rows.into_iter().map(|row| row.wrong).collect()
    }

    #[test]
    fn short_words_mean_the_long_ones_and_blanks_say_nothing() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n２０２６01,𠮷野,信息系,软件,专科,2026级,软件2601,团员\n202602,b,信息系,软件,专科,2026,软件2601,\n";
        let rows = read(text.as_bytes(), Kind::Students, &[], "", &Decided::default()).unwrap().rows;
        assert_eq!(rows[0].cells.get(0), Some("202601"));
        assert_eq!(rows[0].cells.get(7), Some("共青团员"));
        assert_eq!((rows[1].cells.get(7), rows[1].wrong.as_str()), (None, ""));
    }

    #[test]
    fn every_fault_of_a_row_is_named_and_the_row_kept_as_typed() {
        let text = "学号,姓名,院系,专业,培养层次,年级,班级\n1,,信息系,软件,3,大一,软件2601\n1,甲,信息系,软件,专科,2026,班\n1,乙,信息系,软件,专科,2026,班\n";
        let rows = read(text.as_bytes(), Kind::Students, &[], "", &Decided::default()).unwrap().rows;
        for word in ["姓名：不能为空", "培养层次：“3”是代码", "年级：“大一”不是入学年份"]
        {
            assert!(rows[0].wrong.contains(word), "{}", rows[0].wrong);
        }
        assert_eq!(rows[0].cells.get(4), Some("3"));
        assert_eq!(rows[1].wrong, "学号：与第 4 行是同一号码，姓名却不同；请核对后只留正确的一行");
        assert_eq!(rows[2].wrong, "学号：与第 3 行是同一号码，姓名却不同；请核对后只留正确的一行");
    }

    #[test]
    fn a_long_file_is_read_in_the_order_of_its_rows() {
        let mut text = "学号,姓名,院系,专业,培养层次,年级,班级\n".to_owned();
        let is_wrong = |number: u32| number % 1_000 == 999;
        for number in 0..4_500 {
            let class = if number == 0 { "软件（一）班" } else { "软件 (一)班" };
            let level = if is_wrong(number) { "3" } else { "专科" };
            writeln!(text, "{number},学生{number},信息系,软件,{level},2026,{class}").unwrap();
        }
        text.push_str("7,学生7,信息系,软件,专科,2026,软件（一）班\n");
        let rows = read(text.as_bytes(), Kind::Students, &[], "", &Decided::default()).unwrap().rows;
        assert_eq!(rows.len(), 4_501);
        for (number, row) in (0..4_500).zip(&rows) {
            assert_eq!((row.row, row.cells.get(0)), (number + 2, Some(number.to_string().as_str())));
            assert_eq!(row.wrong.contains("培养层次"), is_wrong(number), "{number}: {}", row.wrong);
            let class = if is_wrong(number) { "软件 (一)班" } else { "软件（一）班" };
            assert_eq!(row.cells.get(6), Some(class), "the first spelling stands for all: {number}");
        }
        assert_eq!(rows[4_500].wrong, "学号：与第 9 行重复");
    }

    #[test]
    fn a_grade_row_needs_both_figures_of_a_rank() {
        let all = wrongs("学号,专业排名,专业人数,不及格门数\n1,3,40,0\n2,3,,0\n3,,,\n4,5,4,\n", Kind::Grades);
        assert_eq!(all[0], "");
        assert!(all[1].contains("专业人数") && all[2].contains("没有内容") && all[3].contains("大于"));
    }

    #[test]
    fn of_rows_that_contradict_each_other_none_is_taken() {
        let head = "学号,姓名,专业排名,专业人数,不及格门数\n";
        let all = wrongs(
            &format!("{head}1,甲,3,40,0\n1,甲,4,40,0\n2,乙,1,40,0\n2,乙,1,40,0\n3,丙,x,40,0\n3,丁,1,40,0\n"),
            Kind::Grades,
        );
        assert!(all[0].contains("与第 3 行是同一号码，专业排名却不同"), "{all:?}");
        assert!(all[1].contains("与第 2 行是同一号码，专业排名却不同"), "{all:?}");
        assert_eq!(
            (all[2].as_str(), all[3].as_str()),
            ("", "学号：与第 4 行重复"),
            "what is there twice is taken once"
        );
        assert!(
            all[4].contains("第 7 行是丁") && all[5].contains("第 6 行是丙"),
            "a row that is wrong counts too: {all:?}"
        );
    }

    #[test]
    fn nobody_has_no_failed_course_because_a_cell_says_none() {
        let text = "学号,专业排名,专业人数,不及格门数\n1,3,40,无\n2,4,40,1\n3,5,40,无\n";
        let read = |none_failed| {
            let decided = Decided { choice: Choice::default(), none_failed };
            lunzhi::imports::file::read(text.as_bytes(), Kind::Grades, &[], "", &decided)
        };
        assert_eq!(read(None), Err(NotRead::NoneFailed(vec![2, 4])));
        let of = |meant, place: usize| read(Some(meant)).unwrap().rows[place].cells.get(4).map(str::to_owned);
        assert_eq!(of(NoneFailed::Zero, 0).as_deref(), Some("0"));
        assert_eq!(of(NoneFailed::Zero, 1).as_deref(), Some("1"));
        assert_eq!(of(NoneFailed::Unknown, 2), None);
        assert!(read(Some(NoneFailed::Zero)).unwrap().read_as.notes.contains("第 2、4 行的不及格门数“无”按 0 门读取"));
    }

    #[test]
    fn offices_know_their_places_terms_and_limits() {
        let head = "学号（工号）,姓名,职务,院系,班级,任职起始日期,任职截止日期\n";
        let twice =
            wrongs(&format!("{head}W1,王一,校学生会,,,2026-09-01,\nW1,李二,校研究生会,,,2026-09-01,\n"), Kind::Offices);
        assert_eq!(twice, ["姓名：同一号码在第 3 行是李二", "姓名：同一号码在第 2 行是王一"]);
        let terms = |next: &str| {
            let rows = format!("W3,王一,校学生会,,,2026-09-01,2027-01-31\nW3,王一,校学生会,,,{next},\n");
            wrongs(&format!("{head}{rows}"), Kind::Offices)
        };
        assert_eq!(terms("2027-02-01"), ["", ""], "terms in turn are no repetition");
        assert!(terms("2027-01-31").iter().all(|wrong| wrong.contains("任职起始日期、任职截止日期却不同")));
        let row = |line: &str| wrongs(&format!("{head}{line}\n"), Kind::Offices).remove(0);
        assert_eq!(row("T1,甲,院系团组织,信息系,,2026.9.1,"), "");
        assert!(row("T1,甲,院系团组织,,,2026-09-01,").contains("须填写院系"));
        assert!(row("T1,甲,系统管理员,,,2026-09-01,").contains("应填“校团委”"));
        assert_eq!(row("T1,甲,团总支书记,信息系,,2026.9.1,"), "");
        assert!(row("T1,甲,校学生会,,,2026-09-01,2026-08-01").contains("早于"));
        assert!(row("SELF,甲,校学生会,,,2026-09-01,").contains("不能给自己"));
        let text = format!("{head}T1,甲,学校党委,,,2026-09-01,\n");
        let grants = grants(OfficeKind::SchoolLeague);
        let rows = read(text.as_bytes(), Kind::Offices, grants, "", &Decided::default()).unwrap().rows;
        assert!(rows[0].wrong.contains("由系统管理员授予"));
        let text = format!("{head}1,甲,团支书,,软件2401,2026-09-01,\n2,乙,班长,,软件2401,2026-09-01,\n");
        let rows = read(text.as_bytes(), Kind::Offices, grants, "", &Decided::default()).unwrap().rows;
        assert_eq!((rows[0].cells.get(2), rows[0].wrong.as_str()), (Some("班级团支部"), ""));
        let offered = Kind::Offices.columns_for(grants).remove(2).1;
        assert_eq!(offered, ["校学生会", "校研究生会", "院系团组织", "院系学生会", "班级团支部"]);
        assert!(rows[1].wrong.contains("班级团支部") && !rows[1].wrong.contains("学校党委"), "{}", rows[1].wrong);
    }

    #[test]
    fn a_file_of_another_kind_is_named() {
        let text = "学号（工号）,姓名,职务,任职起始日期\nT1,甲,校学生会,2026-09-01\n";
        let error = read(text.as_bytes(), Kind::Students, &[], "", &Decided::default()).unwrap_err().to_string();
        assert!(error.contains("像是“任职人员”"), "{error}");
    }
}
