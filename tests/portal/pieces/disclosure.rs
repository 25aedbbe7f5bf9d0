//! Pieces of `disclosure`, each by itself.

mod content {
    use lunzhi::{
        disclosure::content::{Content, DepartmentLine, FormLine, RosterLine, UnionForm},
        ids::UnionId,
        rules::disclosure::Conclusion,
    };
    use time::macros::date;

    fn line(no: &str, conclusion: Conclusion, figure: &str) -> FormLine {
        FormLine {
            no: no.to_owned(),
            mark: "core".to_owned(),
            text: "甲".to_owned(),
            conclusion: conclusion.slug().to_owned(),
            figure: figure.to_owned(),
            why: String::new(),
            missing: String::new(),
            remark: String::new(),
            is_known: true,
            evidence: String::new(),
        }
    }

    fn content(union: UnionId, lines: Vec<FormLine>) -> Content {
        let form = UnionForm {
            union,
            name: "校学生会".to_owned(),
            is_school: true,
            lines,
            constitution: String::new(),
            filed: String::new(),
            departments: Vec::new(),
            roster: Vec::new(),
        };
        Content {
            institution: "示范学院".to_owned(),
            academic_year: 2026,
            day: date!(2026 - 11 - 27),
            form_title: String::new(),
            form_source: String::new(),
            form_note: String::new(),
            unions: vec![form],
            methods: Vec::new(),
        }
    }

    #[test]
    fn the_presidium_and_the_heads_are_drawn_by_name_and_nobody_else() {
        let person = |name: &str, post: &str| RosterLine {
            student: None,
            name: name.to_owned(),
            post: post.to_owned(),
            other_seat: post == "主席",
            political: String::new(),
            college: String::new(),
            entry_year: 2024,
            rank: String::new(),
            failed: String::new(),
        };
        let mut form = content(UnionId::random(), Vec::new()).unions.remove(0);
        form.departments =
            vec![DepartmentLine { name: "办公室".to_owned(), functions: "文书".to_owned(), people: 3 }];
        form.roster =
            vec![person("甲", "主席团成员"), person("乙", "办公室 部门负责人"), person("丙", "办公室 部门工作人员")];
        form.roster.extend([person("丁", "主席"), person("戊", "顾问")]);
        let chart = form.chart();
        let texts: Vec<&str> = chart.units[0].lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!((chart.top.lines[0].text.as_str(), texts), ("甲", vec!["乙", "共 3 人"]));
        assert!(chart.title.contains("主席团 2 人，工作部门 1 个"), "a seat on the presidium is one by any name");
    }

    #[test]
    fn what_differs_from_the_year_before_is_named() {
        let union = UnionId::random();
        let before = content(union, vec![line("3", Conclusion::Yes, "实有 28 人"), line("4", Conclusion::Yes, "")]);
        let now = content(union, vec![line("3", Conclusion::Yes, "实有 31 人"), line("4", Conclusion::Yes, "")]);
        let all = now.since(&before).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].before.as_str(), all[0].now.as_str()), ("是，实有 28 人", "是，实有 31 人"));
        assert_eq!(now.since(&content(UnionId::random(), Vec::new())), None, "a union that was not there");
        let mut other = before.clone();
        for line in &mut other.unions[0].lines {
            "乙".clone_into(&mut line.text);
        }
        assert_eq!(now.since(&other), None, "the same numbers of another form");
        assert_eq!(before.since(&before), Some(Vec::new()));
        assert_eq!(now.year_in_words(), "2026—2027 学年");
    }

    #[test]
    fn what_is_missing_is_open_until_somebody_says_why() {
        let union = UnionId::random();
        let mut content = content(union, vec![line("11", Conclusion::Missing, "")]);
        assert_eq!((content.open(), content.unions[0].lines[0].sign()), (1, "★"));
        content.unions[0].lines[0].remark = "大会推迟到三月".to_owned();
        assert_eq!((content.open(), content.count(Conclusion::Missing)), (0, 1));
    }

    #[test]
    fn an_account_reads_back_as_it_was_kept() {
        let content = content(UnionId::random(), vec![line("3", Conclusion::No, "实有 61 人")]);
        let kept = serde_json::to_value(&content).unwrap();
        assert_eq!(serde_json::from_value::<Content>(kept).unwrap(), content);
    }
}
