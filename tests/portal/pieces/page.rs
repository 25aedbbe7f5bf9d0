//! Pieces of `page`, each by itself.

mod table {
    use lunzhi::{page::table::Sorting, words::words};

    words! {
        Column:
        Number = "number", "学号";
        Class = "class", "班级";
    }

    #[test]
    fn a_heading_sorts_upward_first_then_downward() {
        let sorting = Sorting::read("-class", Column::Number);
        assert_eq!(sorting, Sorting { by: Column::Class, downward: true });
        let hrefs = |sorting: Sorting<Column>| {
            sorting.headings("/people?").into_iter().map(|one| (one.href.clone(), one.aria())).collect::<Vec<_>>()
        };
        assert_eq!(
            hrefs(sorting),
            [("/people?sort=number".to_owned(), "none"), ("/people?sort=class".to_owned(), "descending")]
        );
        assert_eq!(
            hrefs(Sorting::read("nonsense", Column::Number)),
            [("/people?sort=-number".to_owned(), "ascending"), ("/people?sort=class".to_owned(), "none")]
        );
    }
}

mod task {
    use lunzhi::page::task::Task;
    use time::macros::date;

    #[test]
    fn what_is_late_comes_first_and_what_has_no_day_last() {
        let today = date!(2026 - 11 - 28);
        let task = |urgent, says: &str, due| Task::new(urgent, says.to_owned(), String::new(), String::new()).due(due);
        let mut tasks = [
            task(false, "some day", None),
            task(false, "next week", Some(date!(2026 - 12 - 05))),
            task(true, "urgent", None),
            task(true, "tomorrow", Some(date!(2026 - 11 - 29))),
            task(true, "late", Some(date!(2026 - 11 - 25))),
            task(false, "long late", Some(date!(2026 - 10 - 01))),
        ];
        Task::sort(&mut tasks, today);
        assert_eq!(
            tasks.each_ref().map(|task| task.says.as_str()),
            ["long late", "late", "tomorrow", "urgent", "next week", "some day"]
        );
        assert_eq!(
            tasks.each_ref().map(|task| task.when(today)),
            [
                "已逾期 58 天（2026年10月1日）",
                "已逾期 3 天（2026年11月25日）",
                "明天",
                "",
                "2026年12月5日，还有 7 天",
                ""
            ]
        );
    }
}

mod charts {
    use lunzhi::{
        page::charts::{PartCount, QuotaBar, strip},
        rules::Gauge,
    };

    #[test]
    fn a_bar_over_its_limit_is_longer_than_its_room() {
        let over = QuotaBar::new(Gauge { value: 6, low: 0, high: Some(5) });
        assert!(over.length > over.room.0 + over.room.1 && over.length <= 240);
        let under = QuotaBar::new(Gauge { value: 19, low: 20, high: Some(30) });
        assert!(under.length < under.room.0);
    }

    #[test]
    fn a_strip_fills_its_width() {
        let parts = strip(&[
            PartCount::new("fail", "不符合", 1),
            PartCount::new("warn", "提醒", 0),
            PartCount::new("pass", "符合", 2),
        ]);
        assert_eq!(parts.iter().map(|part| part.width).sum::<u32>(), 480);
        assert_eq!(parts[1].width, 0);
    }
}
