//! Working days: which days count, by the public holidays that are announced for each year and a school's own breaks.
//!
//! A year whose holidays are not known is said to be so: its weekdays are counted all the same, for a day by which something
//! is due, and whoever needs the true day asks for the year's table first.

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, Weekday};

use crate::text::{day, folded, trimmed};

/// The schedules that are built in: year, the notice that announced it, its days as [`Schedule::read`] reads them.
const ANNOUNCED: [(i32, &str, &str); 1] = [(
    2026,
    "国务院办公厅关于2026年部分节假日安排的通知（2025年11月4日）",
    "2026-01-01 至 2026-01-03 休 元旦
2026-01-04 班 元旦
2026-02-15 至 2026-02-23 休 春节
2026-02-14 班 春节
2026-02-28 班 春节
2026-04-04 至 2026-04-06 休 清明节
2026-05-01 至 2026-05-05 休 劳动节
2026-05-09 班 劳动节
2026-06-19 至 2026-06-21 休 端午节
2026-09-25 至 2026-09-27 休 中秋节
2026-10-01 至 2026-10-07 休 国庆节
2026-09-20 班 国庆节
2026-10-10 班 国庆节",
)];

/// The days of public holidays in a year: 全国年节及纪念日放假办法 as of 2025.
const STATUTORY_DAYS: usize = 13;
/// The most days of one line of a schedule.
const LONGEST_HOLIDAY: usize = 12;

/// A day that does not count as its place in the week says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub day: Date,
    /// People work on it, though it is a weekend's; else they do not.
    pub works: bool,
    /// The holiday for which it is off, or made up for.
    pub name: String,
}

/// A year's public holidays, with the days on which they are made up for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub year: i32,
    /// The notice that announced it.
    pub source: String,
    /// By day, each once.
    pub days: Vec<SpecialDay>,
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// One line of a schedule: the days from the first to the last, whether people work on them, and for which holiday.
struct ScheduleLine {
    first: Date,
    last: Date,
    works: bool,
    name: String,
}

impl ScheduleLine {
    /// `2026-01-01 至 2026-01-03 休 元旦` or `2026-01-04 班 元旦`; the name may be left out.
    fn read(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "应为“2026-01-01 至 2026-01-03 休 元旦”或“2026-01-04 班 元旦”";
        let mut parts = text.split_whitespace().peekable();
        let first = parts.next().and_then(day).ok_or(SHAPE)?;
        let mut last = first;
        if parts.next_if(|part| matches!(*part, "至" | "到" | "-" | "—")).is_some() {
            last = parts.next().and_then(day).ok_or(SHAPE)?;
        }
        let works = match parts.next() {
            Some("休" | "放假") => false,
            Some("班" | "上班" | "补班") => true,
            _ => return Err(SHAPE.to_owned()),
        };
        let name = parts.collect::<Vec<_>>().join(" ");
        if name.chars().count() > 20 {
            return Err("名称不能超过 20 字".to_owned());
        }
        Ok(Self { first, last, works, name })
    }

    /// Its days; none where the last comes before the first, or far after it.
    fn days(&self) -> Option<Vec<Date>> {
        let mut days = vec![self.first];
        while *days.last()? < self.last {
            days.push(days.last()?.next_day()?);
        }
        (self.first <= self.last && days.len() <= LONGEST_HOLIDAY).then_some(days)
    }
}

impl Schedule {
    /// Reads a year's schedule, a line for each holiday or day of work; blank lines do not count.
    ///
    /// # Errors
    /// What is wrong with each line, in Chinese, and with the whole.
    pub fn read(year: i32, source: &str, text: &str) -> Result<Self, Vec<String>> {
        let (mut days, mut wrong): (BTreeMap<Date, SpecialDay>, Vec<String>) = (BTreeMap::new(), Vec::new());
        for (place, text) in text.lines().enumerate().filter(|(_, text)| !trimmed(text).is_empty()) {
            let says = match ScheduleLine::read(&folded(text)) {
                Ok(line) => add(year, &line, &mut days),
                Err(says) => Err(says),
            };
            wrong.extend(says.err().map(|says| format!("第 {} 行：{says}", place + 1)));
        }
        let off = days.values().filter(|day| !day.works).count();
        if wrong.is_empty() && off < STATUTORY_DAYS {
            wrong.push(format!("全年法定节假日有 {STATUTORY_DAYS} 天，这里只有 {off} 天休息；请核对有没有漏"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self { year, source: source.to_owned(), days: days.into_values().collect() })
    }

    /// The schedules that are built in.
    #[must_use]
    pub fn announced() -> Vec<Self> {
        ANNOUNCED.iter().filter_map(|(year, source, text)| Self::read(*year, source, text).ok()).collect()
    }

    /// The schedule as [`read`](Self::read) reads it, days of one holiday in one line.
    #[must_use]
    pub fn in_lines(&self) -> String {
        let mut lines: Vec<ScheduleLine> = Vec::new();
        for day in &self.days {
            match lines.last_mut() {
                Some(line)
                    if line.last.next_day() == Some(day.day)
                        && (line.works, line.name.as_str()) == (day.works, day.name.as_str()) =>
                {
                    line.last = day.day;
                }
                _ => {
                    lines.push(ScheduleLine {
                        first: day.day,
                        last: day.day,
                        works: day.works,
                        name: day.name.clone(),
                    });
                }
            }
        }
        let line = |line: &ScheduleLine| {
            let until = if line.last > line.first { format!(" 至 {}", line.last) } else { String::new() };
            let word = if line.works { "班" } else { "休" };
            format!("{}{until} {word} {}", line.first, line.name).trim_end().to_owned()
        };
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Adds a line's days to those of a year.
fn add(year: i32, line: &ScheduleLine, days: &mut BTreeMap<Date, SpecialDay>) -> Result<(), String> {
    let all = line.days().ok_or("起止日期有误，请核对")?;
    for day in all {
        if day.year() != year {
            return Err(format!("{day} 不在 {year} 年"));
        }
        if line.works && !is_weekend(day) {
            return Err(format!("{day} 不是周末，不用写“班”"));
        }
        let special = SpecialDay { day, works: line.works, name: line.name.clone() };
        if days.insert(day, special).is_some() {
            return Err(format!("{day} 写了两次"));
        }
    }
    Ok(())
}

/// A school's break (寒假, 暑假): days that do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    pub name: String,
    pub from: Date,
    pub last: Date,
}

/// A time of so many working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: Date,
    pub last: Date,
    /// A year in it whose holidays are not known: its weekdays were counted.
    pub unannounced: Option<i32>,
}

/// Which days count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workdays {
    /// The years that are known.
    years: BTreeSet<i32>,
    /// Whether people work on a day, where its place in the week says otherwise.
    special: BTreeMap<Date, bool>,
    breaks: Vec<Break>,
}

impl Workdays {
    /// The days by schedules and breaks; of two schedules of a year the later one counts.
    #[must_use]
    pub fn new(schedules: Vec<Schedule>, breaks: Vec<Break>) -> Self {
        let mut days = Self { breaks, ..Self::default() };
        for schedule in schedules {
            days.special.retain(|day, _| day.year() != schedule.year);
            days.special.extend(schedule.days.iter().map(|day| (day.day, day.works)));
            days.years.insert(schedule.year);
        }
        days
    }

    /// The holidays of the year are known.
    #[must_use]
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// A day that counts.
    #[must_use]
    pub fn counts(&self, day: Date) -> bool {
        let works = self.special.get(&day).copied().unwrap_or(!is_weekend(day));
        works && !self.breaks.iter().any(|away| away.from <= day && day <= away.last)
    }

    /// The time of so many working days, at least one, from the day after `day` on.
    #[must_use]
    pub fn span(&self, day: Date, days: u32) -> Span {
        let (mut at, mut left) = (day, days.max(1));
        let (mut first, mut unannounced) = (None, None);
        while left > 0 {
            let Some(next) = at.next_day() else { break };
            at = next;
            if unannounced.is_none() && !self.knows(at.year()) {
                unannounced = Some(at.year());
            }
            if self.counts(at) {
                first.get_or_insert(at);
                left -= 1;
            }
        }
        Span { first: first.unwrap_or(at), last: at, unannounced }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn announced() -> Workdays {
        Workdays::new(Schedule::announced(), Vec::new())
    }

    fn days_of(year: i32) -> impl Iterator<Item = Date> {
        let first = Date::from_ordinal_date(year, 1).unwrap();
        std::iter::successors(Some(first), |day| day.next_day()).take_while(move |day| day.year() == year)
    }

    #[test]
    fn the_year_2026_has_248_working_days() {
        let days = announced();
        assert_eq!(days_of(2026).filter(|day| days.counts(*day)).count(), 248);
        let off: Vec<Date> = days_of(2026).filter(|day| !is_weekend(*day) && !days.counts(*day)).collect();
        assert_eq!(off.len(), 19, "{off:?}");
        let made_up: Vec<Date> = days_of(2026).filter(|day| is_weekend(*day) && days.counts(*day)).collect();
        assert_eq!(
            made_up,
            [
                date!(2026 - 01 - 04),
                date!(2026 - 02 - 14),
                date!(2026 - 02 - 28),
                date!(2026 - 05 - 09),
                date!(2026 - 09 - 20),
                date!(2026 - 10 - 10)
            ]
        );
    }

    #[test]
    fn days_count_from_the_day_after_and_step_over_weekends_and_holidays() {
        let days = announced();
        let span = |day, number| {
            let Span { first, last, unannounced } = days.span(day, number);
            assert_eq!(unannounced, None);
            (first, last)
        };
        // Published late on 30 September: the whole holiday lies between, and a Saturday is made up.
        assert_eq!(span(date!(2026 - 09 - 30), 5), (date!(2026 - 10 - 08), date!(2026 - 10 - 13)));
        assert_eq!(span(date!(2026 - 11 - 27), 5), (date!(2026 - 11 - 30), date!(2026 - 12 - 04)));
        assert_eq!(span(date!(2026 - 11 - 25), 1), (date!(2026 - 11 - 26), date!(2026 - 11 - 26)));
        assert_eq!(span(date!(2026 - 11 - 25), 0), span(date!(2026 - 11 - 25), 1), "never less than a day");
    }

    #[test]
    fn a_year_that_is_not_announced_is_said_to_be_so() {
        let days = announced();
        let over = days.span(date!(2026 - 12 - 30), 3);
        assert_eq!((over.last, over.unannounced), (date!(2027 - 01 - 04), Some(2027)));
        assert_eq!(days.span(date!(2026 - 12 - 28), 3).unannounced, None, "the last day is 31 December");
        assert!(!days.knows(2027) && days.knows(2026));
    }

    #[test]
    fn a_break_of_the_school_does_not_count_and_a_later_schedule_takes_the_place_of_an_earlier_one() {
        let away = Break { name: "寒假".to_owned(), from: date!(2026 - 01 - 24), last: date!(2026 - 03 - 01) };
        let days = Workdays::new(Schedule::announced(), vec![away]);
        let span = days.span(date!(2026 - 01 - 22), 2);
        assert_eq!((span.first, span.last), (date!(2026 - 01 - 23), date!(2026 - 03 - 02)));
        assert!(!days.counts(date!(2026 - 02 - 28)), "made up by the country, not by the school");
        let text = "2026-01-01 至 2026-01-03 休 元旦\n2026-10-01 至 2026-10-10 休 国庆节";
        let own = Schedule::read(2026, "本校", text).unwrap();
        let days = Workdays::new([Schedule::announced(), vec![own]].concat(), Vec::new());
        assert!(days.counts(date!(2026 - 05 - 01)) && !days.counts(date!(2026 - 10 - 10)));
    }

    #[test]
    fn a_schedule_is_read_line_by_line_and_written_as_it_is_read() {
        let built_in = Schedule::announced();
        assert_eq!(built_in.len(), ANNOUNCED.len(), "what is built in can be read");
        for schedule in &built_in {
            let again = Schedule::read(schedule.year, &schedule.source, &schedule.in_lines()).unwrap();
            assert_eq!(again, *schedule);
        }
        let wrong = |text: &str| Schedule::read(2027, "", text).unwrap_err();
        for (text, says) in [
            ("2027-01-01 元旦", "第 1 行：应为"),
            ("\n2026-12-31 休", "第 2 行：2026-12-31 不在 2027 年"),
            ("2027-01-04 班", "不是周末"),
            ("2027-01-01 休\n2027.1.1 休", "第 2 行：2027-01-01 写了两次"),
            ("2027-01-03 至 2027-01-01 休", "起止日期有误"),
            ("2027-01-01 至 2027-12-01 休", "起止日期有误"),
            ("2027-01-01 休 元旦", "只有 1 天休息"),
            ("", "只有 0 天休息"),
        ] {
            assert!(wrong(text)[0].contains(says), "{text}: {:?}", wrong(text));
        }
    }
}
