//! Pieces of `surveys`, each by itself.

mod sheet {
    use lunzhi::{
        ids::CollegeId,
        surveys::{
            sheet::{Answer, Sheet, size},
            survey::{Kind, Question},
        },
    };

    pub fn question(place: i16, kind: Kind, options: &[&str]) -> Question {
        Question {
            place,
            kind,
            says: format!("问题 {place}"),
            required: true,
            options: options.iter().map(ToString::to_string).collect(),
            most: (kind == Kind::Several).then_some(2),
        }
    }

    fn questions() -> Vec<Question> {
        vec![
            question(1, Kind::Single, &["甲", "乙", "丙"]),
            question(2, Kind::Several, &["甲", "乙", "丙"]),
            question(3, Kind::Scale, &lunzhi::surveys::survey::SCALE),
            question(4, Kind::Order, &["甲", "乙", "丙"]),
            question(5, Kind::Text, &[]),
        ]
    }

    #[test]
    fn a_sheet_reads_back_and_all_have_one_length() {
        let (questions, college) = (questions(), CollegeId::random());
        let full = vec![
            Answer::One(3),
            Answer::Several(vec![1, 3]),
            Answer::One(5),
            Answer::Order(vec![2, 1, 3]),
            Answer::Text("多开一小时\n周末也开".to_owned()),
        ];
        let none = vec![Answer::Skipped; 5];
        for answers in [full.clone(), none] {
            let sheet = Sheet { college, year: 2025, answers };
            let bytes = sheet.encode(&questions).unwrap();
            assert_eq!(bytes.len(), size(&questions));
            assert_eq!(Sheet::decode(&bytes, &questions), Some(sheet));
        }
        let words: Vec<String> = full.iter().zip(&questions).map(|(one, question)| one.in_words(question)).collect();
        assert_eq!(words, ["丙", "甲；丙", "很满意", "乙 ＞ 甲 ＞ 丙", "多开一小时\n周末也开"]);
    }

    #[test]
    fn what_does_not_fit_its_question_is_no_sheet() {
        let (questions, college) = (questions(), CollegeId::random());
        for (place, wrong) in
            [(0, Answer::One(4)), (1, Answer::Several(vec![4])), (3, Answer::Order(vec![1])), (4, Answer::One(1))]
        {
            let mut answers = vec![Answer::Skipped; 5];
            answers[place] = wrong;
            assert_eq!(Sheet { college, year: 2025, answers }.encode(&questions), None);
        }
        let sheet = Sheet { college, year: 2025, answers: vec![Answer::Skipped; 5] };
        let mut bytes = sheet.encode(&questions).unwrap();
        bytes[size(&[])] = 4;
        assert_eq!(Sheet::decode(&bytes, &questions), None);
        assert_eq!(Sheet::decode(&bytes[1..], &questions), None);
    }
}

mod counting {
    use super::sheet::question;
    use lunzhi::{
        ids::{CollegeId, StudentId},
        surveys::{
            counting::{CollegeName, Counted, Figure, PartKind, Waiting, count},
            sealed::OpenSheet,
            sheet::{Answer, Sheet},
            survey::Kind,
        },
    };

    fn sheet(college: CollegeId, year: i32, answers: Vec<Answer>) -> OpenSheet {
        OpenSheet { student: StudentId::random(), sheet: Sheet { college, year, answers } }
    }

    fn labels(counted: &Counted) -> Vec<(&str, i32, i32)> {
        counted.parts.iter().map(|part| (part.label.as_str(), part.answers, part.invited)).collect()
    }

    #[test]
    fn small_parts_are_folded_with_the_part_that_would_tell() {
        let [large, middle, small] = [CollegeId::random(), CollegeId::random(), CollegeId::random()];
        let name = |id, name: &str| CollegeName { id, name: name.to_owned() };
        let names = [name(large, "大"), name(middle, "中"), name(small, "小")];
        let questions = [question(1, Kind::Single, &["甲", "乙"])];
        let mut sheets: Vec<OpenSheet> = (0..8).map(|_| sheet(large, 2025, vec![Answer::One(1)])).collect();
        sheets.extend((0..6).map(|_| sheet(middle, 2025, vec![Answer::One(2)])));
        sheets.extend((0..3).map(|_| sheet(small, 2025, vec![Answer::One(2)])));
        let waiting = [Waiting { college: small, year: 2024, people: 10 }];
        let counted = count(&sheets, &questions, &waiting, &names);
        assert_eq!(
            labels(&counted),
            [
                ("全部", 17, 27),
                ("大", 8, 8),
                ("其余院系（合并）", 9, 19),
                ("2025 级", 17, 17),
                ("其余年级（合并）", 0, 10)
            ]
        );
        let rest = &counted.parts[2].figures;
        assert!(rest.contains(&Figure { question: 1, option: 2, rank: 0, number: 9 }), "{rest:?}");
        let few = count(&sheets[..4], &questions, &waiting, &names);
        assert_eq!(labels(&few), [("全部", 4, 14)]);
        assert!(few.parts[0].figures.is_empty(), "four answers are not shown");
    }

    #[test]
    fn a_college_and_a_year_together_tell_of_no_few() {
        let (one, other) = (CollegeId::random(), CollegeId::random());
        let names = [one, other].map(|id| CollegeName { id, name: "院".to_owned() });
        let questions = [question(1, Kind::Text, &[])];
        let write = |college, year| sheet(college, year, vec![Answer::Text("好".to_owned())]);
        let mut sheets: Vec<OpenSheet> = (0..10).map(|_| write(one, 2025)).collect();
        sheets.extend((0..9).map(|_| write(other, 2024)));
        // Of the other college two are of the first one's year.
        sheets.extend((0..2).map(|_| write(other, 2025)));
        let counted = count(&sheets, &questions, &[], &names);
        assert!(counted.parts.iter().all(|part| part.kind != PartKind::Year), "{:?}", labels(&counted));
        assert_eq!(counted.texts.len(), 21);
        assert!(count(&sheets[..4], &questions, &[], &names).texts.is_empty());
    }

    #[test]
    fn an_order_is_counted_by_rank() {
        let questions = [question(1, Kind::Order, &["甲", "乙"])];
        let college = CollegeId::random();
        let sheets: Vec<OpenSheet> = (0..5)
            .map(|at| sheet(college, 2025, vec![Answer::Order(if at < 3 { vec![1, 2] } else { vec![2, 1] })]))
            .collect();
        let counted = count(&sheets, &questions, &[], &[]);
        let found: Vec<(i16, i16, i32)> =
            counted.parts[0].figures.iter().map(|one| (one.option, one.rank, one.number)).collect();
        assert_eq!(found, [(0, 0, 5), (1, 1, 3), (1, 2, 2), (2, 1, 2), (2, 2, 3)]);
    }
}

mod results {
    use super::sheet::question;
    use lunzhi::surveys::{counting::Figure, results::answers, survey::Kind};

    fn figure(option: i16, rank: i16, number: i32) -> Figure {
        Figure { question: 1, option, rank, number }
    }

    #[test]
    fn shares_are_of_those_who_answered_and_an_order_is_shown_as_it_came_out() {
        let single = question(1, Kind::Single, &["甲", "乙"]);
        let found = answers(&single, "全部", &[figure(0, 0, 8), figure(2, 0, 6), figure(1, 0, 2)]);
        let rows: Vec<_> = found.rows.iter().map(|row| (row.label.as_str(), row.number, row.value.as_str())).collect();
        assert_eq!(rows, [("甲", 2, "25.0%"), ("乙", 6, "75.0%")]);
        let order = question(1, Kind::Order, &["甲", "乙"]);
        let ranks = [figure(0, 0, 4), figure(1, 1, 1), figure(1, 2, 3), figure(2, 1, 3), figure(2, 2, 1)];
        let found = answers(&order, "全部", &ranks);
        let rows: Vec<_> = found.rows.iter().map(|row| (row.label.as_str(), row.number, row.value.as_str())).collect();
        assert_eq!(rows, [("乙", 3, "1.3"), ("甲", 1, "1.8")]);
        let scale = question(1, Kind::Scale, &lunzhi::surveys::survey::SCALE);
        let found = answers(&scale, "全部", &[figure(0, 0, 4), figure(5, 0, 3), figure(2, 0, 1)]);
        assert_eq!((found.mean.as_str(), found.rows[4].label.as_str()), ("4.3", "5 很满意"));
    }
}

mod sealed {
    use super::sheet::question;
    use lunzhi::{
        ids::{CollegeId, StudentId, SurveyId},
        sealing::keys::MarkKey,
        surveys::{
            sealed::SurveyKeys,
            sheet::{Answer, Sheet},
            survey::{Kind, Question, Stage, Survey},
        },
    };
    use time::macros::datetime;

    pub(super) fn survey() -> Survey {
        Survey {
            id: SurveyId::random(),
            union: None,
            host: "校团委".to_owned(),
            graduates: false,
            title: "食堂".to_owned(),
            purpose: "了解情况".to_owned(),
            anonymous: true,
            stage: Stage::Open,
            opens_at: datetime!(2026-11-28 12:00 +8),
            closes_at: datetime!(2026-12-08 12:00 +8),
            colleges: Vec::new(),
            college_names: Vec::new(),
            years: Vec::new(),
            pair: None,
            findings: None,
            published_at: None,
        }
    }

    fn opened(keys: &SurveyKeys, questions: &[Question]) -> Survey {
        let survey = survey();
        Survey { pair: Some(keys.make(&survey, questions).unwrap()), ..survey }
    }

    #[test]
    fn what_was_opened_as_anonymous_is_not_counted_with_names_nor_other_questions() {
        let (keys, questions) = (SurveyKeys::new(MarkKey::random()), [question(1, Kind::Single, &["甲", "乙"])]);
        let survey = opened(&keys, &questions);
        let sheet = Sheet { college: CollegeId::random(), year: 2025, answers: vec![Answer::One(1)] };
        let sheets = [keys.seal(&survey, StudentId::random(), &sheet, &questions).unwrap()];
        assert!(keys.open_all(&survey, &questions, &sheets).is_ok());
        let named = Survey { anonymous: false, ..survey.clone() };
        assert!(keys.open_all(&named, &questions, &sheets).is_err());
        assert!(keys.seal(&named, StudentId::random(), &sheet, &questions).is_err());
        let turned = [question(1, Kind::Single, &["乙", "甲"])];
        assert!(keys.open_all(&survey, &turned, &sheets).is_err());
        assert!(keys.open_all(&survey, &[], &sheets).is_err());
    }

    #[test]
    fn sheets_open_by_the_file_that_sealed_them_and_not_once_one_is_changed() {
        let (keys, questions) = (SurveyKeys::new(MarkKey::random()), [question(1, Kind::Single, &["甲", "乙"])]);
        let survey = opened(&keys, &questions);
        let seal = |place: u8| {
            let sheet = Sheet { college: CollegeId::random(), year: 2025, answers: vec![Answer::One(place)] };
            keys.seal(&survey, StudentId::random(), &sheet, &questions).unwrap()
        };
        let mut sheets = vec![seal(1), seal(2)];
        assert_eq!(sheets[0].sealed.len(), sheets[1].sealed.len());
        let open = keys.open_all(&survey, &questions, &sheets).unwrap();
        assert_eq!(open[1].sheet.answers, [Answer::One(2)]);
        let stranger = SurveyKeys::new(MarkKey::random());
        assert!(stranger.open_all(&survey, &questions, &sheets).is_err());
        // A sheet under another's name is no sheet of theirs.
        sheets[1].student = sheets[0].student;
        assert!(keys.open_all(&survey, &questions, &sheets).is_err());
    }
}

mod forms {
    use super::sheet::question;
    use lunzhi::{
        surveys::{
            forms::{AnswerForm, Field, QuestionForm},
            sheet::Answer,
            survey::{Kind, SCALE},
        },
        web::forms::Errors,
    };

    fn came(fields: &[(&str, &str)]) -> AnswerForm {
        AnswerForm::new(fields.iter().map(|(name, value)| Field((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn answers_are_read_by_the_kind_of_their_question() {
        let mut questions = vec![
            question(1, Kind::Single, &["甲", "乙"]),
            question(2, Kind::Several, &["甲", "乙", "丙"]),
            question(3, Kind::Order, &["甲", "乙"]),
            question(4, Kind::Text, &[]),
        ];
        let good = [("q1", "2"), ("q2", "3"), ("q2", "1"), ("q3", "２"), ("q3", "1"), ("q4", " 好\r\n多 ")];
        let mut errors = Errors::default();
        let read = came(&good).read(&questions, &mut errors).unwrap();
        let expected =
            [Answer::One(2), Answer::Several(vec![1, 3]), Answer::Order(vec![2, 1]), Answer::Text("好\n多".to_owned())];
        assert_eq!(read, expected);
        let wrong = [("q1", "3"), ("q2", "1"), ("q2", "2"), ("q2", "3"), ("q3", "1"), ("q3", "1")];
        let mut errors = Errors::default();
        assert_eq!(came(&wrong).read(&questions, &mut errors), None);
        let says: Vec<(&str, &str)> = errors.iter().collect();
        assert_eq!(says.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["q1", "q2", "q3", "q4"]);
        assert!(says[1].1.contains("最多选 2 项") && says[3].1.contains("还没有回答"), "{says:?}");
        for question in &mut questions {
            question.required = false;
        }
        let mut errors = Errors::default();
        let read = came(&[("q3", ""), ("q3", "")]).read(&questions, &mut errors);
        assert_eq!(read, Some(vec![Answer::Skipped; 4]));
    }

    #[test]
    fn a_question_needs_the_options_of_its_kind() {
        let form = |kind: &str, options: &str, most: &str| QuestionForm {
            kind: kind.to_owned(),
            says: "食堂怎么样".to_owned(),
            options: options.to_owned(),
            most: most.to_owned(),
            required: String::new(),
        };
        let read = |form: &QuestionForm| {
            let mut errors = Errors::default();
            let read = form.read(&[], &mut errors);
            (read, errors.iter().map(|(field, _)| field).collect::<Vec<_>>())
        };
        assert_eq!(read(&form("scale", "", "")).0.unwrap().options, SCALE);
        assert_eq!(read(&form("several", "甲\n乙\n\n丙", "2")).0.unwrap().most, Some(2));
        assert!(read(&form("text", "甲\n乙", "")).0.unwrap().options.is_empty());
        for (kind, options, most, field) in [
            ("single", "甲", "", "options"),
            ("single", "甲\n甲", "", "options"),
            ("scale", "甲\n乙", "", "options"),
            ("several", "甲\n乙", "3", "most"),
            ("", "甲\n乙", "", "kind"),
        ] {
            assert_eq!(read(&form(kind, options, most)), (None, vec![field]), "{kind} {options}");
        }
    }
}

mod survey {
    use super::sealed::survey;
    use lunzhi::{
        ids::CollegeId,
        surveys::survey::{Addressee, Survey},
    };
    use time::{Duration, OffsetDateTime, macros::datetime};

    const NOON: OffsetDateTime = datetime!(2026-11-28 12:00 +8);

    #[test]
    fn whoever_cannot_answer_is_told_why() {
        let survey = Survey { years: vec![2025], ..survey() };
        let student =
            Addressee { enrolled: true, college: CollegeId::random(), year: 2025, is_graduate: false, answered: false };
        let why = |student: Option<&Addressee>, at| survey.why_not(student, at).map(|hindrance| hindrance.why);
        assert_eq!(why(Some(&student), NOON), None);
        let says = |found: Option<String>, word: &str| assert!(found.clone().unwrap().contains(word), "{found:?}");
        says(why(Some(&student), NOON - Duration::minutes(1)), "2026-11-28 12:00 开始");
        says(why(Some(&student), survey.closes_at), "已经截止");
        says(why(None, NOON), "不是学生账号");
        says(why(Some(&Addressee { answered: true, ..student }), NOON), "已经答过");
        says(why(Some(&Addressee { year: 2024, ..student }), NOON), "全校 2025 级在籍学生");
        says(why(Some(&Addressee { enrolled: false, ..student }), NOON), "你不在其中");
        let of_graduates = Survey { graduates: true, ..survey };
        let hindrance = of_graduates.why_not(Some(&student), NOON).unwrap();
        assert!(hindrance.why.contains("在籍研究生"), "{}", hindrance.why);
        assert_eq!(of_graduates.why_not(Some(&Addressee { is_graduate: true, ..student }), NOON), None);
    }
}
