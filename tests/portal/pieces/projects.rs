//! Pieces of `projects`, each by itself.

mod project {
    use lunzhi::projects::project::hours;

    #[test]
    fn hours_are_shown_without_rounding() {
        assert_eq!([0, 1, 2, 3, 4, 49].map(hours), ["0", "0.25", "0.5", "0.75", "1", "12.25"]);
    }
}

mod forms {
    use lunzhi::{
        projects::{forms::ProjectForm, project::quarters},
        web::forms::Errors,
    };

    #[test]
    fn tasks_are_read_as_people_write_them() {
        let read = |tasks: &str| {
            let form = ProjectForm { tasks: tasks.to_owned(), ..ProjectForm::default() };
            let read = form.read_tasks(&mut Errors::default())?;
            Some(read.into_iter().map(|task| (task.title, task.places)).collect::<Vec<_>>())
        };
        let task = |title: &str, places| (title.to_owned(), places);
        assert_eq!(read("引导 10 人\n签到，５"), Some(vec![task("引导", 10), task("签到", 5)]));
        assert_eq!(read("\n秩序维护：20人\n\n"), Some(vec![task("秩序维护", 20)]));
        for wrong in ["", "引导", "10", "引导 0 人", "引导 501", "引导 3\n引导 4"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hours_are_whole_quarters() {
        for (typed, want) in
            [("2", Some(8)), ("2.5", Some(10)), ("0.25", Some(1)), ("2.50", Some(10)), ("24", Some(96))]
        {
            assert_eq!(quarters(typed), want, "{typed}");
        }
        for wrong in ["0", "24.25", "2.3", "-1", "", "x", "100"] {
            assert_eq!(quarters(wrong), None, "{wrong}");
        }
    }
}
