//! The list of the calendar, by weeks from Monday to Sunday.

use time::{Date, Duration};

use super::{entry::CalendarLine, month::monday};
use crate::text::chinese_day;

/// A week with what falls into it.
#[derive(Debug, Clone)]
pub struct Week {
    pub label: String,
    pub lines: Vec<CalendarLine>,
}

/// Lines, by their day, by weeks; what is late stands first, whatever its week.
#[must_use]
pub fn weeks(lines: impl Iterator<Item = CalendarLine>, today: Date) -> Vec<Week> {
    let mut weeks: Vec<Week> = Vec::new();
    for line in lines {
        let label = if line.late { "已逾期".to_owned() } else { week(line.day, today) };
        match weeks.last_mut() {
            Some(last) if last.label == label => last.lines.push(line),
            _ => weeks.push(Week { label, lines: vec![line] }),
        }
    }
    weeks
}

/// The week of a day in words, seen from today.
#[must_use]
pub fn week(day: Date, today: Date) -> String {
    let first = monday(day);
    let span = format!("{}至{}", chinese_day(first), chinese_day(first + Duration::days(6)));
    match (first - monday(today)).whole_weeks() {
        0 => format!("本周（{span}）"),
        1 => format!("下周（{span}）"),
        _ => span,
    }
}
