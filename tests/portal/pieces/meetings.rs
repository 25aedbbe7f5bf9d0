//! Pieces of `meetings`, each by itself.

mod forms {
    use lunzhi::{
        ids::{MeetingMemberId, PriorReportId},
        meetings::forms::{DecisionForm, NOT_LISTED, PriorReporting},
        rules::union_meeting::Votes,
        web::forms::Errors,
    };

    #[test]
    fn a_decision_with_an_owner_has_a_day_and_votes_are_whole_numbers() {
        let today = time::macros::date!(2026 - 12 - 01);
        let form = DecisionForm {
            says: "通过".to_owned(),
            yes: "3".to_owned(),
            owner: MeetingMemberId::random().to_string(),
            ..DecisionForm::default()
        };
        let mut errors = Errors::default();
        assert!(form.read(today, &mut errors).is_none() && errors.of("due").is_some());
        let form = DecisionForm { due: "2026-12-20".to_owned(), ..form };
        let says = form.read(today, &mut Errors::default()).unwrap();
        assert_eq!(says.votes, Some(Votes { yes: 3, no: 0, abstained: 0 }));
        let form = DecisionForm { no: "一".to_owned(), ..form };
        let mut errors = Errors::default();
        assert!(form.read(today, &mut errors).is_none() && errors.of("yes").is_some());
    }

    #[test]
    fn gui_01_a_major_decision_names_its_report_or_says_that_it_needs_none() {
        let today = time::macros::date!(2026 - 12 - 01);
        let id = PriorReportId::random();
        let form = |major: &str, report: &str| DecisionForm {
            says: "通过".to_owned(),
            major: major.to_owned(),
            report: report.to_owned(),
            ..DecisionForm::default()
        };
        let before = |form: DecisionForm| form.read(today, &mut Errors::default()).map(|says| says.before);
        assert_eq!(before(form("", "")), Some(None));
        assert_eq!(before(form("yes", NOT_LISTED)), Some(Some(PriorReporting::NotListed)));
        assert_eq!(before(form("yes", &id.to_string())), Some(Some(PriorReporting::Reported(id))));
        let mut errors = Errors::default();
        assert!(form("yes", "").read(today, &mut errors).is_none() && errors.of("report").is_some());
    }
}
