//! Pieces of `rulebook`, each by itself.

mod book {
    use lunzhi::{
        rulebook::book::{Difference, RuleSearch, chapters},
        rules::{Plan, Rule, plan::built_in},
    };

    fn difference(rule: Rule) -> Difference {
        let plans: Vec<&Plan> = built_in().iter().collect();
        let found = chapters(&plans, &RuleSearch::default());
        let line = found.iter().flat_map(|chapter| &chapter.lines).find(|line| line.entry.rule == rule);
        line.unwrap().difference
    }

    #[test]
    fn differences_are_those_of_the_plans() {
        assert_eq!(difference(Rule::Stf01), Difference::Substance, "40 and 60");
        assert_eq!(difference(Rule::Stf05), Difference::Substance, "不超过 and 一般不超过");
        assert_eq!(difference(Rule::Stf02), Difference::Same);
        assert_eq!(difference(Rule::Stf10), Difference::Partial);
        assert_eq!(difference(Rule::Con07), Difference::Words, "公告 and 报告");
    }

    #[test]
    fn a_search_finds_by_quote_code_and_filters() {
        let plans: Vec<&Plan> = built_in().iter().collect();
        let count =
            |search: &RuleSearch| chapters(&plans, search).iter().map(|chapter| chapter.lines.len()).sum::<usize>();
        assert_eq!(count(&RuleSearch::default()), 81);
        assert_eq!(count(&RuleSearch { q: "stf-02".into(), ..RuleSearch::default() }), 1);
        assert!(count(&RuleSearch { q: "主席团 5人".into(), ..RuleSearch::default() }) >= 1);
        assert_eq!(count(&RuleSearch { family: "STF".into(), ..RuleSearch::default() }), 10);
        assert_eq!(count(&RuleSearch { q: "没有这样的字".into(), ..RuleSearch::default() }), 0);
        for said in ["部门人数", "工作部门人数", "挂科"] {
            assert!(count(&RuleSearch { q: said.into(), ..RuleSearch::default() }) > 0, "{said}");
        }
    }
}

mod parsed {
    use std::sync::Arc;

    use lunzhi::{
        rulebook::parsed::{MOST_PARSED, ParsedPlans},
        rules::plan::built_in,
    };

    #[test]
    fn of_more_plans_than_are_kept_those_go_that_nobody_asked_for() {
        let (mut kept, plan) = (ParsedPlans::new(), Arc::new(built_in()[0].clone()));
        for number in 0..MOST_PARSED {
            kept.keep(&number.to_be_bytes(), &plan);
        }
        assert!(kept.of(&0_usize.to_be_bytes()).is_some_and(|found| Arc::ptr_eq(&found, &plan)));
        kept.keep(b"one more", &plan);
        assert!(kept.of(&1_usize.to_be_bytes()).is_none(), "it was asked for longest ago");
        assert!(kept.of(&0_usize.to_be_bytes()).is_some() && kept.of(b"one more").is_some());
    }
}
