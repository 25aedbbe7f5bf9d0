//! Pieces of `unions`, each by itself.

mod trend {
    use std::collections::BTreeMap;

    use lunzhi::{
        rules::Rule,
        unions::trend::{Marks, Trend, UnionDays, month_ends},
    };
    use time::macros::date;

    /// How many ends of months are looked back at.
    const MONTHS: usize = 12;

    #[test]
    fn months_end_on_their_last_days() {
        let days = month_ends(date!(2027 - 03 - 05));
        assert_eq!((days.len(), days[0]), (MONTHS + 1, date!(2026 - 03 - 31)));
        assert_eq!(days[MONTHS - 1..], [date!(2027 - 02 - 28), date!(2027 - 03 - 05)]);
        assert_eq!(month_ends(date!(2026 - 12 - 01))[MONTHS - 1], date!(2026 - 11 - 30));
    }

    #[test]
    fn what_is_new_is_told_from_what_stays() {
        let union = |before: &[Rule], now: &[Rule]| {
            let on = |rules: &[Rule]| Some(rules.iter().map(|rule| (*rule, None)).collect::<Marks>());
            let mut past = vec![None; MONTHS - 1];
            past.extend([on(before), on(now)]);
            UnionDays { past, coming: Vec::new(), starting: BTreeMap::new(), leaving: BTreeMap::new() }
        };
        let of = |unions: &[&UnionDays]| Trend::of(unions, date!(2026 - 11 - 29));
        let one = union(&[Rule::Stf01, Rule::Stf02], &[Rule::Stf02]);
        let trend = of(&[&one]).unwrap();
        assert_eq!(trend.line, "40,30 440,73");
        assert_eq!(trend.points[1].word, "今天");
        assert_eq!(trend.change, "上月末 2 项，现在 1 项：新出现 0 项，已消除 1 项。");
        let other = union(&[], &[Rule::Stf01]);
        assert_eq!(of(&[&one, &other]).unwrap().change, "上月末 2 项，现在 2 项：新出现 1 项，已消除 1 项。");
        let young = UnionDays { past: vec![None; MONTHS], ..other };
        assert_eq!(of(&[&young]), None, "nothing to compare with");
    }
}
