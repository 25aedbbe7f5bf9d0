//! Pieces of `unions`, each by itself.

mod trend {
    use lunzhi::{
        ids::UnionId,
        rules::Rule,
        unions::trend::{BreachDay, Trend, month_ends},
    };
    use time::{Date, macros::date};

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
        let union = UnionId(uuid::Uuid::nil());
        let on = |day: Date, rules: &[Rule]| {
            let marks = rules.iter().map(|rule| (union, *rule, None)).collect();
            BreachDay { day, marks }
        };
        let days = [on(date!(2026 - 10 - 31), &[Rule::Stf01, Rule::Stf02]), on(date!(2026 - 11 - 29), &[Rule::Stf02])];
        let trend = Trend::drawn(&days, date!(2026 - 11 - 29)).unwrap();
        assert_eq!(trend.line, "40,30 440,73");
        assert_eq!(trend.points[1].word, "今天");
        assert_eq!(trend.change, "上月末 2 项，现在 1 项：新出现 0 项，已消除 1 项。");
        assert_eq!(Trend::drawn(&days[1..], date!(2026 - 11 - 29)), None, "nothing to compare with");
    }
}
