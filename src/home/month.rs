//! A month of the calendar, from the Monday of its first week to the Sunday of its last.

use time::{Date, Duration};

use super::{
    entries::Days,
    entry::{CalendarLine, weekday},
    paths::month_path,
};
use crate::{text::day, workdays::Workdays};

/// How far back and ahead the months go: a year.
const REACH: Duration = Duration::days(366);
/// Lines that a day shows at once; the rest is unfolded.
const SHOWN: usize = 4;

/// A day of the month.
pub(super) struct Cell {
    pub day: Date,
    /// Of the month before or after.
    pub is_outside: bool,
    pub is_today: bool,
    /// `休` on a weekday, `班` at a weekend; else empty.
    pub mark: &'static str,
    pub lines: Vec<CalendarLine>,
    /// What does not fit.
    pub more: Vec<CalendarLine>,
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The day of the month with its weekday, as it is read out.
    pub fn label(&self) -> String {
        format!("{}月{}日 {}", u8::from(self.day.month()), self.day.day(), weekday(self.day))
    }

    pub fn number(&self) -> u8 {
        self.day.day()
    }
}

/// A month as it is drawn.
pub(super) struct MonthView {
    first: Date,
    today: Date,
    pub weeks: Vec<Vec<Cell>>,
}

fn first_of(any: Date) -> Date {
    any - Duration::days(i64::from(any.day()) - 1)
}

pub(super) fn monday(any: Date) -> Date {
    any - Duration::days(any.weekday().number_days_from_monday().into())
}

/// The first day of the month that is asked for, as `2026-11`; within a year of today, else today's.
pub(super) fn asked(text: &str, today: Date) -> Date {
    let found = day(&format!("{text}-01")).filter(|first| is_near(*first, today));
    found.unwrap_or_else(|| first_of(today))
}

fn is_near(first: Date, today: Date) -> bool {
    (first - first_of(today)).abs() <= REACH
}

fn after(first: Date) -> Date {
    first_of(first + Duration::days(31))
}

/// The days that are drawn for the month of that first day.
pub(super) fn days(first: Date) -> Days {
    let last = monday(after(first) - Duration::DAY) + Duration::days(6);
    Days { first: monday(first), last }
}

impl MonthView {
    /// The month that begins on `first`; `lines` in the order in which a day shows them.
    pub fn new(first: Date, today: Date, lines: Vec<CalendarLine>, workdays: &Workdays) -> Self {
        let Days { first: from, last } = days(first);
        let next = after(first);
        let mut cells: Vec<Cell> = std::iter::successors(Some(from), |day| day.next_day())
            .take_while(|day| *day <= last)
            .map(|day| {
                let is_weekend = day.weekday().number_days_from_monday() >= 5;
                let mark = match (workdays.counts(day), is_weekend) {
                    (false, false) => "休",
                    (true, true) => "班",
                    _ => "",
                };
                let is_outside = day < first || day >= next;
                Cell { day, is_outside, is_today: day == today, mark, lines: Vec::new(), more: Vec::new() }
            })
            .collect();
        for line in lines {
            let place = usize::try_from((line.day - from).whole_days()).ok();
            if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
                let room = if cell.lines.len() < SHOWN { &mut cell.lines } else { &mut cell.more };
                room.push(line);
            }
        }
        let mut weeks: Vec<Vec<Cell>> = Vec::new();
        for cell in cells {
            match weeks.last_mut() {
                Some(week) if week.len() < 7 => week.push(cell),
                _ => weeks.push(vec![cell]),
            }
        }
        Self { first, today, weeks }
    }

    pub fn label(&self) -> String {
        format!("{}年{}月", self.first.year(), u8::from(self.first.month()))
    }

    pub fn is_this_month(&self) -> bool {
        self.first == first_of(self.today)
    }

    /// Nothing stands on its days.
    pub fn is_empty(&self) -> bool {
        self.weeks.iter().flatten().all(Cell::is_empty)
    }

    /// Where the month before is; none past the bound.
    pub fn before(&self) -> Option<String> {
        let first = first_of(self.first - Duration::DAY);
        is_near(first, self.today).then(|| month_path(first))
    }

    /// Where the month after is; none past the bound.
    pub fn after(&self) -> Option<String> {
        let first = after(self.first);
        is_near(first, self.today).then(|| month_path(first))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::workdays::Schedule;

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
