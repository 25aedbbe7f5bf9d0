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
pub struct Cell {
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
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The day of the month with its weekday, as it is read out.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}月{}日 {}", u8::from(self.day.month()), self.day.day(), weekday(self.day))
    }

    #[must_use]
    pub fn number(&self) -> u8 {
        self.day.day()
    }
}

/// A month as it is drawn.
pub struct MonthView {
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
#[must_use]
pub fn asked(text: &str, today: Date) -> Date {
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
#[must_use]
pub fn days(first: Date) -> Days {
    let last = monday(after(first) - Duration::DAY) + Duration::days(6);
    Days { first: monday(first), last }
}

impl MonthView {
    /// The month that begins on `first`; `lines` in the order in which a day shows them.
    #[must_use]
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

    #[must_use]
    pub fn label(&self) -> String {
        format!("{}年{}月", self.first.year(), u8::from(self.first.month()))
    }

    #[must_use]
    pub fn is_this_month(&self) -> bool {
        self.first == first_of(self.today)
    }

    /// Nothing stands on its days.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weeks.iter().flatten().all(Cell::is_empty)
    }

    /// Where the month before is; none past the bound.
    #[must_use]
    pub fn before(&self) -> Option<String> {
        let first = first_of(self.first - Duration::DAY);
        is_near(first, self.today).then(|| month_path(first))
    }

    /// Where the month after is; none past the bound.
    #[must_use]
    pub fn after(&self) -> Option<String> {
        let first = after(self.first);
        is_near(first, self.today).then(|| month_path(first))
    }
}
