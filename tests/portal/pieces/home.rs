//! Pieces of `home`, each by itself.

mod entry {
    use lunzhi::{
        calendar_file::When,
        home::entry::{CalendarEntry, EntryKind},
    };
    use sqlx::types::Uuid;
    use time::macros::{date, datetime};

    #[test]
    fn what_lasts_stands_on_its_first_day_and_on_its_last() {
        let entry = CalendarEntry {
            kind: EntryKind::Sitting,
            id: Uuid::nil(),
            version: 0,
            title: "换届选举".to_owned(),
            who: String::new(),
            at: Some(datetime!(2026-11-30 16:30 UTC)),
            until: None,
            place: String::new(),
            first: date!(2026 - 12 - 01),
            last: date!(2026 - 12 - 03),
        };
        let lines = entry.lines();
        let said: Vec<_> = lines.iter().map(|line| (line.day, line.time.as_str(), line.says.as_str())).collect();
        assert_eq!(
            said,
            [(date!(2026 - 12 - 01), "00:30", "开始投票：换届选举"), (date!(2026 - 12 - 03), "", "投票截止：换届选举")]
        );
        let one = CalendarEntry { last: entry.first, ..entry.clone() };
        assert_eq!(one.lines().len(), 1);
        let whole = When::Days { first: entry.first, last: entry.last };
        assert_eq!((entry.event().when, entry.event().title.as_str()), (whole, "换届选举"));
        let activity = CalendarEntry { kind: EntryKind::Activity, place: "礼堂".to_owned(), ..one };
        let from = datetime!(2026-11-30 16:30 UTC);
        assert_eq!(activity.event().when, When::At { from, until: datetime!(2026-11-30 17:30 UTC) });
        assert_eq!(activity.event().place, "礼堂");
        // Past midnight it is one event still.
        let until = datetime!(2026-12-01 17:00 UTC);
        let night = CalendarEntry { until: Some(until), last: date!(2026 - 12 - 02), ..activity };
        assert_eq!(night.event().when, When::At { from, until });
    }

    #[test]
    fn turns_of_one_union_are_events_apart() {
        let turn = |first| CalendarEntry {
            kind: EntryKind::Turn,
            id: Uuid::nil(),
            version: 0,
            title: "学生1".to_owned(),
            who: "校学生会".to_owned(),
            at: None,
            until: None,
            place: String::new(),
            first,
            last: first,
        };
        let uid = |first| turn(first).event().uid;
        assert_eq!(uid(date!(2026 - 09 - 01)), "turn-00000000-0000-0000-0000-000000000000-2026-09-01@lunzhi");
        assert_ne!(uid(date!(2026 - 09 - 01)), uid(date!(2026 - 10 - 08)));
    }
}

mod month {
    use lunzhi::{
        home::{
            entry::CalendarLine,
            month::{Cell, MonthView, asked, days},
        },
        workdays::{Schedule, Workdays},
    };
    use time::{Date, macros::date};

    fn line(day: Date) -> CalendarLine {
        CalendarLine {
            day,
            time: String::new(),
            tag: "活动",
            says: "读书会".to_owned(),
            who: String::new(),
            more: String::new(),
            href: String::new(),
            late: false,
            urgent: false,
        }
    }

    #[test]
    fn a_month_has_whole_weeks_and_each_line_stands_on_its_day() {
        let workdays = Workdays::new(Schedule::announced(), Vec::new());
        let (first, today) = (date!(2026 - 02 - 01), date!(2026 - 02 - 14));
        let days = days(first);
        assert_eq!((days.first, days.last), (date!(2026 - 01 - 26), date!(2026 - 03 - 01)));
        let mut lines = vec![line(today); 6];
        lines.extend([line(days.first), line(days.last), line(date!(2026 - 03 - 02))]);
        let month = MonthView::new(first, today, lines, &workdays);
        assert!(month.weeks.len() == 5 && month.weeks.iter().all(|week| week.len() == 7));
        let cells: Vec<&Cell> = month.weeks.iter().flatten().collect();
        let of = |day: Date| cells.iter().find(|cell| cell.day == day).unwrap();
        assert!(of(today).is_today && of(today).mark == "班", "a Saturday on which people work");
        assert_eq!((of(today).lines.len(), of(today).more.len()), (4, 2));
        assert_eq!((of(date!(2026 - 02 - 17)).mark, of(date!(2026 - 02 - 28)).mark), ("休", "班"));
        assert!(of(days.first).is_outside && !of(days.first).is_empty() && !of(days.last).is_empty());
        assert_eq!(cells.iter().map(|cell| cell.lines.len()).sum::<usize>(), 6);
        assert_eq!(month.before().unwrap(), "/calendar?view=month&month=2026-01");
    }

    #[test]
    fn months_are_read_within_a_year_of_today() {
        let today = date!(2026 - 11 - 28);
        for (text, want) in [
            ("2026-12", date!(2026 - 12 - 01)),
            ("2027-11", date!(2027 - 11 - 01)),
            ("2027-12", date!(2026 - 11 - 01)),
            ("2024-01", date!(2026 - 11 - 01)),
            ("x", date!(2026 - 11 - 01)),
            ("", date!(2026 - 11 - 01)),
        ] {
            assert_eq!(asked(text, today), want, "{text}");
        }
        let month = MonthView::new(date!(2027 - 11 - 01), today, Vec::new(), &Workdays::default());
        assert!(month.after().is_none() && month.before().is_some() && month.is_empty());
    }
}

mod week {
    use lunzhi::{
        home::{
            entry::{CalendarLine, weekday},
            week::{week, weeks},
        },
        page::task::Task,
    };
    use time::macros::date;

    #[test]
    fn a_week_goes_from_monday_to_sunday() {
        // A Saturday.
        let today = date!(2026 - 11 - 28);
        assert_eq!(week(date!(2026 - 11 - 29), today), "本周（2026年11月23日至2026年11月29日）");
        assert_eq!(week(date!(2026 - 11 - 30), today), "下周（2026年11月30日至2026年12月6日）");
        assert_eq!(week(date!(2027 - 01 - 01), today), "2026年12月28日至2027年1月3日");
        assert_eq!(weekday(today), "周六");
        let task = |says: &str, due| Task::new(false, says.to_owned(), String::new(), String::new()).due(due);
        let tasks = [
            task("no day", None),
            task("long ago", Some(date!(2026 - 10 - 01))),
            task("yesterday", Some(date!(2026 - 11 - 27))),
            task("today", Some(today)),
            task("next", Some(date!(2026 - 12 - 01))),
        ];
        let lines = tasks.into_iter().filter_map(|task| CalendarLine::due(task, today));
        let said: Vec<(String, usize)> =
            weeks(lines, today).into_iter().map(|week| (week.label, week.lines.len())).collect();
        assert_eq!(said.first(), Some(&("已逾期".to_owned(), 2)));
        assert_eq!(said.len(), 3);
    }
}
