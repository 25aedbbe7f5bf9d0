//! Pieces of `elections`, each by itself.

mod ballot {
    use lunzhi::elections::ballot::{Mark, Shape, Vote, Votes, size, spaced};
    use proptest::prelude::*;

    fn shapes() -> impl Strategy<Value = Vec<Shape>> {
        proptest::collection::vec((0..70_usize, 0..6_usize), 1..5).prop_map(|parts| {
            let one = |(place, (candidates, lines)): (usize, (usize, usize))| Shape {
                ordinal: i16::try_from(place * 3 + 1).unwrap(),
                candidates,
                lines,
                seats: 60,
            };
            parts.into_iter().enumerate().map(one).collect()
        })
    }

    fn votes(shapes: Vec<Shape>) -> impl Strategy<Value = (Vec<Shape>, Votes)> {
        let one = |shape: &Shape| {
            let marks = prop_oneof![Just(Mark::For), Just(Mark::Against), Just(Mark::Abstain)];
            (
                proptest::collection::vec(marks, shape.candidates),
                proptest::collection::vec("[一-龥A-Z·]{1,20}", 0..=shape.lines),
            )
                .prop_map(|(choices, written)| Vote { choices, written })
        };
        let all: Vec<_> = shapes.iter().map(one).collect();
        ("[a-z2-9]{16}", all).prop_map(move |(receipt, votes)| (shapes.clone(), Votes { receipt, votes }))
    }

    proptest! {
        #[test]
        fn votes_read_back_at_one_length((shapes, votes) in shapes().prop_flat_map(votes), filling in 0..300_usize) {
            let full = size(&shapes) + filling;
            let bytes = votes.encode(&shapes, full).unwrap();
            prop_assert_eq!(bytes.len(), full);
            prop_assert_eq!(Votes::decode(&bytes, &shapes), Some(votes));
        }

        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), shapes in shapes()) {
            if let Some(votes) = Votes::decode(&bytes, &shapes) {
                prop_assert_eq!(votes.encode(&shapes, bytes.len()), Some(bytes));
            }
        }

        #[test]
        fn a_changed_byte_is_another_vote_or_none(
            (shapes, votes) in shapes().prop_flat_map(votes), place in any::<prop::sample::Index>(), byte in 1..=255_u8
        ) {
            let mut bytes = votes.encode(&shapes, size(&shapes)).unwrap();
            let place = place.index(bytes.len());
            bytes[place] ^= byte;
            prop_assert_ne!(Votes::decode(&bytes, &shapes), Some(votes));
        }
    }

    #[test]
    fn receipts_are_read_in_groups() {
        assert_eq!(spaced("abcdefghjkmnpqrs"), "abcd-efgh-jkmn-pqrs");
    }
}

mod election_file {
    use lunzhi::{
        elections::election_file::{RulesOfFile, read},
        rules::election::{Choice, MajorityOf, Round, Rules, Unreadable},
    };

    const GOOD: &str = r#"{"seats":1,"candidates":["甲","乙"],"due":3,"present":3,"issued":3,
        "rules":{"quorum":"2/3","quorum_strict":true,"majority_of":"present","tie":"second_round","write_in":true},
        "ballots":[{"甲":"for","乙":"against","+戊":"for"}]}"#;

    fn faults(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().join("\n")
    }

    #[test]
    fn a_good_file_reads() {
        let election = read(GOOD.replacen('{', r#"{"title":"x","#, 1).as_bytes()).unwrap();
        assert_eq!(election.ballots[0].choices, [(0, Choice::For), (1, Choice::Against)]);
        assert_eq!(election.ballots[0].write_ins, [("戊".to_owned(), Choice::For)]);
        assert_eq!(RulesOfFile::of(&election.rules).read(), Some(Rules::PRACTICE));
    }

    #[test]
    fn the_further_rules_read_and_are_left_out_where_they_say_nothing_new() {
        let more = r#""write_in":true,"round":"tied","write_in_needs_against":true,"unreadable":"void""#;
        let text = GOOD.replace(r#""write_in":true"#, more).replace(r#""present","tie"#, r#""none","tie"#);
        let rules = read(text.as_bytes()).unwrap().rules;
        let expected = Rules {
            majority_of: MajorityOf::None,
            round: Round::Tied,
            write_in_needs_against: true,
            unreadable: Unreadable::Void,
            ..Rules::PRACTICE
        };
        assert_eq!(rules, expected);
        assert_eq!(RulesOfFile::of(&rules).read(), Some(expected));
        let plain = serde_json::to_value(RulesOfFile::of(&Rules::PRACTICE)).unwrap();
        assert_eq!(plain.as_object().unwrap().len(), 5);
    }

    #[test]
    fn faults_are_named() {
        for (from, to, part) in [
            (r#""+戊":"for""#, r#""甲":"against""#, "“甲”出现了两次"),
            (r#""+戊":"for""#, r#""戊":"for""#, "“戊”不是候选人"),
            (r#""+戊":"for""#, r#""+戊":"yes""#, "应为 for、against 或 abstain"),
            (r#""乙":"against""#, r#""乙":"yes""#, "应为 for、against、abstain 或 unreadable"),
            (r#""+戊":"for""#, r#""+":"for""#, "没有写姓名"),
            (r#""甲","乙"]"#, r#""甲","甲"]"#, "候选人“甲”出现了两次"),
            (r#""甲","乙"]"#, r#""甲","甲 "]"#, "候选人“甲”出现了两次"),
            (r#""+戊":"for""#, r#""甲 ":"for""#, "“甲”出现了两次"),
            (r#""seats":1,"#, "", "缺少 seats"),
            (r#""seats":1"#, r#""seats":0"#, "seats 应为"),
            (r#""seats":1"#, r#""seats":-1"#, "类型或范围不对"),
            ("2/3", "3/2", "rules.quorum"),
            ("second_round", "coin", "rules.tie"),
            ("\"present\",\"tie", "\"half\",\"tie", "rules.majority_of"),
            ("\"write_in\":true", "\"write_in\":true,\"round\":\"third\"", "rules.round"),
            ("\"write_in\":true", "\"write_in\":true,\"unreadable\":\"maybe\"", "rules.unreadable"),
            (r#""+戊":"for""#, r#""+戊":"unreadable""#, "应为 for、against 或 abstain"),
            (r#""+戊":"for""#, r#""+戊":"for","+ 戊":"for""#, "“+ 戊”出现了两次"),
            (r#""甲","乙"]"#, r#""张伟","张　伟"]"#, "候选人“张　伟”出现了两次"),
            (r#""tie":"second_round","#, "", "缺少 tie"),
            ("]}", "]", "不是完整合法的 JSON"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            let faults = faults(&text);
            assert!(faults.contains(part), "{part} not in {faults}");
        }
    }
}

mod names {
    use lunzhi::elections::names::{Namesake, labels};

    fn person(name: &str, class: &str, number: &str) -> Namesake {
        Namesake { label: None, name: name.to_owned(), class: class.to_owned(), number: number.to_owned() }
    }

    #[test]
    fn all_who_share_a_name_carry_the_class_or_the_number() {
        let mut people = vec![person("张伟", "一班", "1"), person("李四", "一班", "2")];
        assert_eq!(labels(&people), ["张伟", "李四"]);
        people[0].label = Some("张伟".to_owned());
        people.push(person("张　伟", "二班", "3"));
        assert_eq!(labels(&people), ["张伟（一班）", "李四", "张伟（二班）"], "also whoever stood before");
        people.push(person("张伟", "一班", "4"));
        assert_eq!(labels(&people), ["张伟（1）", "李四", "张伟（二班）", "张伟（4）"]);
    }

    #[test]
    fn a_label_that_was_given_stays_with_somebody_alone() {
        let given = Namesake { label: Some("张伟（一班）".to_owned()), ..person("张伟", "一班", "1") };
        assert_eq!(labels(&[given]), ["张伟（一班）"]);
    }
}

mod sitting {
    use lunzhi::{
        elections::sitting::ContestRules,
        rules::{
            Plan,
            election::{MajorityOf, Round, RulePoint, Source},
            plan::BUILT_IN,
        },
    };

    /// A plan whose constitution says how a further round is won.
    fn plan(majority: &str) -> Plan {
        let said = format!(
            "[rule.VET-05]\nelection = [{{ point = \"second_round\", value = \"{majority}\", clause = \"Z1\" }}]\n"
        );
        let clause = "clauses = [\n    { id = \"Z1\", section = \"二十三\", quote = \"第二轮以得票多少为序\" },";
        let text = BUILT_IN[0].1.replacen("[rule.VET-05]\n", &said, 1);
        let at = text.find(&said).unwrap();
        let text = format!("{}{}", &text[..at], text[at..].replacen("clauses = [", clause, 1));
        Plan::parse(&text).unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    #[test]
    fn vet_05_a_further_round_goes_by_its_own_majority_where_the_plan_has_one() {
        let own = ContestRules::PRACTICE;
        let (tied, source) = own.further(None, true);
        assert_eq!((tied.round, tied.base(), source), (Round::Tied, MajorityOf::None, None));
        assert_eq!(own.further(None, false).0, own.count, "another election goes by the rules of the first");
        let half = plan("due");
        let (tied, source) = own.further(Some(&half), true);
        assert_eq!((tied.base(), tied.takes_write_ins()), (MajorityOf::Due, false));
        let source = source.unwrap();
        assert_eq!((source.point, source.source), (RulePoint::Majority, Source::Plan));
        assert!(source.text.contains("第二轮以得票多少为序"), "{}", source.text);
        let votes = plan("none");
        let (tied, source) = own.further(Some(&votes), true);
        assert_eq!((tied.round, source.unwrap().point), (Round::Tied, RulePoint::Tie));
        let (again, _) = own.further(Some(&votes), false);
        assert_eq!((again.base(), again.takes_write_ins()), (MajorityOf::None, true));
    }
}

mod turnout {
    use std::collections::HashMap;

    use lunzhi::{
        elections::{
            reconciliation::FEW,
            turnout::{Cell, Part, shown},
        },
        ids::{ClassId, CollegeId},
    };
    use proptest::prelude::*;

    fn class(college: CollegeId, due: i64) -> Cell {
        let (class, label) = (ClassId::random(), String::new());
        Cell { college, class, label, contests: vec![1], due, cast: 0, paper: 0 }
    }

    #[test]
    fn a_second_part_is_folded_with_a_small_one() {
        let college = CollegeId::random();
        let roll = [class(college, 30), class(college, 25), class(college, 5)];
        let parts = shown(&roll);
        assert!(parts.contains(&Part::College(college)) && parts.contains(&Part::Class(roll[0].class)));
        assert!(!parts.contains(&Part::Class(roll[1].class)), "the whole less the two would tell of five");
        assert!(!parts.contains(&Part::Class(roll[2].class)));
    }

    #[test]
    fn delegates_of_one_a_class_are_shown_by_college_at_the_most() {
        let (large, small) = (CollegeId::random(), CollegeId::random());
        let mut roll: Vec<Cell> = (0..40).map(|_| class(large, 1)).collect();
        roll.extend((0..3).map(|_| class(small, 1)));
        assert_eq!(shown(&roll), [Part::Contest(1)], "the large college's number would tell the small one's");
        roll.extend((0..17).map(|_| class(small, 1)));
        assert_eq!(shown(&roll), [Part::College(large), Part::College(small), Part::Contest(1)]);
        assert!(shown(&roll[..19]).is_empty(), "nothing beside the whole of a small roll");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_sum_or_difference_of_what_is_shown_tells_of_fewer_than_twenty(
            drawn in prop::collection::vec((0..5_usize, 0..12_usize, 1..16_u8, 1..45_i64), 1..60),
        ) {
            let colleges: Vec<CollegeId> = (0..5).map(|_| CollegeId::random()).collect();
            let classes: Vec<Vec<ClassId>> = (0..5).map(|_| (0..12).map(|_| ClassId::random()).collect()).collect();
            let cells: Vec<Cell> = drawn.into_iter().map(|(college, class, contests, due)| Cell {
                college: colleges[college],
                class: classes[college][class],
                label: String::new(),
                contests: (0..4).filter(|bit| (contests >> bit) & 1 == 1).collect(),
                due,
                cast: 0,
                paper: 0,
            }).collect();
            let parts = shown(&cells);
            // Whatever anybody reckons from the numbers of parts is a sum over cells that are in the same of them.
            let mut blocks: HashMap<Vec<bool>, i64> = HashMap::new();
            for cell in &cells {
                *blocks.entry(parts.iter().map(|part| part.holds(cell)).collect()).or_default() += cell.due;
            }
            prop_assert!(parts.is_empty() || blocks.values().all(|due| *due >= i64::from(FEW)), "{blocks:?}");
        }
    }
}

mod slip_column {
    use lunzhi::elections::slip_column::SlipColumn;

    fn read(text: &str) -> Result<(Vec<i32>, String), String> {
        SlipColumn::read(text).map(|column| (column.serials, column.people))
    }

    #[test]
    fn a_line_is_a_serial_and_whoever_drew_the_slip() {
        let both = (vec![17, 3], "20240001\t张三\n李四 软件2401".to_owned());
        assert_eq!(read("票号\t学号\t姓名\n17\t20240001\t张三\n\n３，李四 软件2401\n"), Ok(both));
    }

    #[test]
    fn a_line_that_lacks_one_of_them_is_said_again() {
        assert!(read("17").is_err_and(|says| says.contains("“17”")));
        assert!(read("张三 17").is_err_and(|says| says.contains("先写票号")));
        assert!(read("1 张三\n1 李四").is_err_and(|says| says.contains("票号 1 写了两次")));
        assert!(read("票号 姓名").is_err_and(|says| says.contains("一行一张")));
    }
}
