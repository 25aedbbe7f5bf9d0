//! Pieces of `projects`, each by itself.

mod project {
    use lunzhi::projects::project::hours;

    #[test]
    fn hours_are_shown_without_rounding() {
        assert_eq!([0, 1, 2, 3, 4, 49].map(hours), ["0", "0.25", "0.5", "0.75", "1", "12.25"]);
    }
}
