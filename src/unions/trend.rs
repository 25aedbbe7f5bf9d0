//! How the breaches of unions went from month to month, and what is decided of the days to come.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use time::Date;

use super::union::Record;
use crate::{
    rules::{Outcome, Plan, Rule, adoption::Calendar},
    text::chinese_day,
};

/// So many ends of months are looked back at.
const MONTHS: usize = 12;
/// So many days to come are told of.
const MOST_COMING: usize = 3;

/// What a union breaks on a day, so that each can be met again on another day.
pub type Marks = BTreeSet<(Rule, Option<String>)>;

/// Days with the plan that governs each.
#[derive(Default)]
struct GovernedDays<'a>(Vec<(Date, Option<Cow<'a, Plan>>)>);

impl<'a> GovernedDays<'a> {
    fn new(days: &[Date], calendar: &'a Calendar) -> Self {
        Self(days.iter().map(|day| (*day, calendar.in_force(*day))).collect())
    }

    /// The breaches of a union on each of the days; none where nobody was registered yet or no plan spoke of it. Grades and
    /// political status are held as they are today and not as they were, so that rules about people are left out of days
    /// that are past.
    fn breaches(&self, record: &Record, people_too: bool) -> Vec<Option<Marks>> {
        let on = |(day, plan): &(Date, Option<Cow<'_, Plan>>)| {
            let plan = plan.as_deref().filter(|_| record.people_on(*day) > 0)?;
            let counts = |rule: Rule| people_too || !rule.is_personal();
            let found = record.timeline.findings(plan, *day).ok()?;
            let fails = found.into_iter().filter(|one| one.verdict == Outcome::Fail && counts(one.rule));
            Some(fails.map(|one| (one.rule, one.unit)).collect::<Marks>())
        };
        self.0.iter().map(on).collect()
    }
}

/// The days on which every union is looked at beside today.
#[derive(Default)]
pub struct LookedAt<'a> {
    month_ends: GovernedDays<'a>,
    coming: GovernedDays<'a>,
}

impl<'a> LookedAt<'a> {
    #[must_use]
    pub fn new(today: Date, coming: &[Date], calendar: &'a Calendar) -> Self {
        let days = |days: &[Date]| GovernedDays::new(days, calendar);
        Self { month_ends: days(&month_ends(today)), coming: days(coming) }
    }
}

/// How one union stands on those days.
#[derive(Debug)]
pub struct UnionDays {
    /// By the ends of months; none where nobody was registered yet or no plan spoke of the union.
    pub past: Vec<Option<Marks>>,
    /// How many breaches, by the days to come.
    pub coming: Vec<usize>,
    /// How many posts begin on a day to come.
    pub starting: BTreeMap<Date, usize>,
    /// How many posts end on a day to come.
    pub leaving: BTreeMap<Date, usize>,
}

impl UnionDays {
    /// Both lists of days as long as those of `looked_at`, and in their order.
    #[must_use]
    pub fn of(record: &Record, looked_at: &LookedAt<'_>, today: Date) -> Self {
        let count = |days: &mut dyn Iterator<Item = Date>| {
            let mut counted: BTreeMap<Date, usize> = BTreeMap::new();
            for day in days.filter(|day| *day > today) {
                *counted.entry(day).or_default() += 1;
            }
            counted
        };
        let coming = looked_at.coming.breaches(record, true);
        Self {
            past: looked_at.month_ends.breaches(record, false),
            coming: coming.into_iter().map(|marks| marks.map_or(0, |marks| marks.len())).collect(),
            starting: count(&mut record.posts.iter().map(|post| post.from_day)),
            leaving: count(&mut record.posts.iter().filter_map(|post| post.until_day)),
        }
    }

    /// The days to come on which posts of the union begin.
    pub fn starting(&self) -> impl Iterator<Item = Date> {
        self.starting.keys().copied()
    }

    fn past(&self, place: usize) -> Option<&Marks> {
        self.past.get(place)?.as_ref()
    }
}

/// The days to come on which people come to posts, the nearest ones.
#[must_use]
pub fn coming_days(starting: impl Iterator<Item = Date>, today: Date) -> Vec<Date> {
    let days: BTreeSet<Date> = starting.filter(|day| *day > today).collect();
    days.into_iter().take(MOST_COMING).collect()
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

/// A day with how many breaches stood on it.
struct BreachDay {
    day: Date,
    breaches: usize,
}

/// What came and went between two days.
#[derive(Default)]
struct BreachChange {
    new: usize,
    gone: usize,
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
    pub fn of(unions: &[&UnionDays], today: Date) -> Option<Self> {
        let (mut days, mut places) = (Vec::new(), Vec::new());
        for (place, day) in month_ends(today).into_iter().enumerate() {
            let on = || unions.iter().filter_map(move |union| union.past(place));
            if on().next().is_some() {
                days.push(BreachDay { day, breaches: on().map(BTreeSet::len).sum() });
                places.push(place);
            }
        }
        let [.., before, now] = places.as_slice() else { return None };
        let mut change = BreachChange::default();
        let none = Marks::new();
        for union in unions {
            let (before, now) = (union.past(*before).unwrap_or(&none), union.past(*now).unwrap_or(&none));
            change.new += now.difference(before).count();
            change.gone += before.difference(now).count();
        }
        Self::drawn(&days, &change, today)
    }

    fn drawn(days: &[BreachDay], change: &BreachChange, today: Date) -> Option<Self> {
        let [.., BreachDay { breaches: before, .. }, BreachDay { breaches: now, .. }] = days else { return None };
        let most = days.iter().map(|one| one.breaches).max().unwrap_or(0).max(1);
        let step = 400 / days.len().saturating_sub(1).max(1);
        let point = |(place, one): (usize, &BreachDay)| TrendPoint {
            x: 40 + step * place,
            y: 115 - 85 * one.breaches / most,
            breaches: one.breaches,
            word: if one.day == today { "今天".to_owned() } else { format!("{}月", u8::from(one.day.month())) },
            day: one.day,
        };
        let points: Vec<TrendPoint> = days.iter().enumerate().map(point).collect();
        let line: Vec<String> = points.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
        let said: Vec<String> =
            points.iter().map(|point| format!("{} {} 项", chinese_day(point.day), point.breaches)).collect();
        let BreachChange { new, gone } = change;
        let change = format!("上月末 {before} 项，现在 {now} 项：新出现 {new} 项，已消除 {gone} 项。");
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
    /// Those days, at which the unions were looked at.
    #[must_use]
    pub fn of(unions: &[&UnionDays], coming: &[Date]) -> Vec<Self> {
        let posts = |on: &BTreeMap<Date, usize>, day: &Date| on.get(day).copied().unwrap_or(0);
        let one = |(place, day): (usize, &Date)| Self {
            day: *day,
            starting: unions.iter().map(|union| posts(&union.starting, day)).sum(),
            leaving: unions.iter().map(|union| posts(&union.leaving, day)).sum(),
            breaches: unions.iter().filter_map(|union| union.coming.get(place)).sum(),
        };
        coming.iter().enumerate().map(one).collect()
    }

    /// `2026年12月1日起：3 个岗位就任、2 个岗位卸任；届时机构和人员有 1 项不符合`.
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
