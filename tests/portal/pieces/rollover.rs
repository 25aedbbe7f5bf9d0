//! Pieces of `rollover`, each by itself.

mod cohort {
    use lunzhi::rollover::cohort::Cohort;
    use time::macros::date;

    #[test]
    fn a_cohort_is_due_when_its_years_are_over() {
        let cohort = |level: &str, entry_year| Cohort {
            level: level.to_owned(),
            entry_year,
            students: 1,
            classes: 1,
            offices: 0,
        };
        let today = date!(2026 - 11 - 28);
        for (level, year, due) in [
            ("undergraduate", 2022, true),
            ("undergraduate", 2023, false),
            ("undergraduate", 2026, false),
            ("vocational", 2023, true),
            ("vocational", 2024, false),
            ("graduate", 2023, true),
            ("another", 2000, false),
        ] {
            assert_eq!(cohort(level, year).is_due(today), due, "{year} {level}");
        }
        assert!(!cohort("vocational", 2024).is_due(date!(2027 - 04 - 30)));
        assert!(cohort("vocational", 2024).is_due(date!(2027 - 06 - 30)));
    }
}
