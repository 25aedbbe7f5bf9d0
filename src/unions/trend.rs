//! How the breaches of unions went from month to month, and what is decided of the days to come.

use std::collections::BTreeSet;

use time::Date;

use super::union::Record;
use crate::{
    ids::UnionId,
    rules::{Outcome, Rule, adoption::Calendar},
    text::chinese_day,
};

/// So many ends of months are looked back at.
const MONTHS: usize = 12;
/// So many days to come are told of.
const MOST_COMING: usize = 3;

/// A breach that can be met again on another day.
pub type Mark = (UnionId, Rule, Option<String>);

/// The breaches of a day; none where nobody was registered yet or no plan governed. Grades and political status are held
/// as they are today and not as they were, so that rules about people are left out of days that are past.
fn breaches_on(records: &[Record], calendar: &Calendar, day: Date, people_too: bool) -> Option<BTreeSet<Mark>> {
    let plan = calendar.in_force(day)?;
    let judged = records.iter().filter(|record| record.people_on(day) > 0);
    let found: Vec<_> =
        judged.filter_map(|record| Some((record.union.id, record.timeline.findings(&plan, day).ok()?))).collect();
    if found.is_empty() {
        return None;
    }
    let marks = found.into_iter().flat_map(|(union, findings)| {
        let counts = move |rule: Rule| people_too || !rule.is_personal();
        let fails = findings.into_iter().filter(move |one| one.verdict == Outcome::Fail && counts(one.rule));
        fails.map(move |one| (union, one.rule, one.unit))
    });
    Some(marks.collect())
}

/// The ends of the months before a day, oldest first, and the day itself.
#[must_use]
pub fn month_ends(today: Date) -> Vec<Date> {
    let mut days = vec![today];
    let mut first = today.replace_day(1).ok();
    while let Some(end) = first.and_then(Date::previous_day).filter(|_| days.len() <= MONTHS) {
        days.push(end);
        first = end.replace_day(1).ok();
    }
    days.reverse();
    days
}

/// A day with the breaches that stood on it.
pub struct BreachDay {
    pub day: Date,
    pub marks: BTreeSet<Mark>,
}

/// A month's end, or today, in the drawing and in the table beside it.
#[derive(Debug, PartialEq, Eq)]
pub struct TrendPoint {
    pub x: usize,
    pub y: usize,
    pub breaches: usize,
    /// Under the drawing: the month, or today.
    pub word: String,
    pub day: Date,
}

/// The breaches by months, drawn in 480 × 150 units.
#[derive(Debug, PartialEq, Eq)]
pub struct Trend {
    pub line: String,
    pub points: Vec<TrendPoint>,
    /// What the drawing says to those who cannot see it.
    pub title: String,
    /// What changed since the end of last month.
    pub change: String,
}

impl Trend {
    /// Of two days or more on which somebody was registered; else none.
    #[must_use]
    pub fn of(records: &[Record], calendar: &Calendar, today: Date) -> Option<Self> {
        let on = |day: Date| Some(BreachDay { day, marks: breaches_on(records, calendar, day, false)? });
        Self::drawn(&month_ends(today).into_iter().filter_map(on).collect::<Vec<_>>(), today)
    }

    /// Of such days, the oldest first.
    #[must_use]
    pub fn drawn(days: &[BreachDay], today: Date) -> Option<Self> {
        let [.., BreachDay { marks: before, .. }, BreachDay { marks: now, .. }] = days else { return None };
        let most = days.iter().map(|one| one.marks.len()).max().unwrap_or(0).max(1);
        let step = 400 / days.len().saturating_sub(1).max(1);
        let point = |(place, one): (usize, &BreachDay)| TrendPoint {
            x: 40 + step * place,
            y: 115 - 85 * one.marks.len() / most,
            breaches: one.marks.len(),
            word: if one.day == today { "今天".to_owned() } else { format!("{}月", u8::from(one.day.month())) },
            day: one.day,
        };
        let points: Vec<TrendPoint> = days.iter().enumerate().map(point).collect();
        let line: Vec<String> = points.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
        let said: Vec<String> =
            points.iter().map(|point| format!("{} {} 项", chinese_day(point.day), point.breaches)).collect();
        let (new, gone) = (now.difference(before).count(), before.difference(now).count());
        let change = format!("上月末 {} 项，现在 {} 项：新出现 {new} 项，已消除 {gone} 项。", before.len(), now.len());
        Some(Self { line: line.join(" "), points, title: said.join("，"), change })
    }
}

/// A day on which people are to come to posts, as it is decided already.
#[derive(Debug, PartialEq, Eq)]
pub struct ComingDay {
    pub day: Date,
    starting: usize,
    leaving: usize,
    breaches: usize,
}

impl ComingDay {
    /// The next such days, the nearest first.
    #[must_use]
    pub fn of(records: &[Record], calendar: &Calendar, today: Date) -> Vec<Self> {
        let posts = || records.iter().flat_map(|record| &record.posts);
        let days: BTreeSet<Date> = posts().map(|post| post.from_day).filter(|day| *day > today).collect();
        let coming = |day: Date| Self {
            day,
            starting: posts().filter(|post| post.from_day == day).count(),
            leaving: posts().filter(|post| post.until_day == Some(day)).count(),
            breaches: breaches_on(records, calendar, day, true).map_or(0, |marks| marks.len()),
        };
        days.into_iter().take(MOST_COMING).map(coming).collect()
    }

    #[must_use]
    pub fn says(&self) -> String {
        let leaving = if self.leaving > 0 { format!("、{} 个岗位卸任", self.leaving) } else { String::new() };
        let then = match self.breaches {
            0 => "届时机构和人员没有不符合项".to_owned(),
            breaches => format!("届时机构和人员有 {breaches} 项不符合"),
        };
        format!("{}起：{} 个岗位就任{leaving}；{then}", chinese_day(self.day), self.starting)
    }
}
