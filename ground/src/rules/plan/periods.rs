//! How often, and how long: congresses, reports, turns.

use super::{
    keys::Keys,
    section::{Section, with_words},
};
use crate::words::words;

words! {
    /// In what something is due so many times.
    Per:
    Year = "year", "年";
    Semester = "semester", "学期";
}

/// How often something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub times: u32,
    pub per: Per,
    /// So many years or semesters at the longest, from 1.
    pub every: u32,
    /// The shorter of two periods, where the plan names both (每一至二年); less than `every`.
    pub soonest: Option<u32>,
}

impl Times {
    pub(super) const KEYS: [&'static str; 4] = ["times", "per", "every", "soonest"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let times = section.number("times", 1..=12);
        let per = section.one_of("per", &with_words(Per::ALL, Per::slug));
        let every = if section.get("every").is_some() { section.number("every", 1..=5) } else { Some(1) };
        let soonest = section.optional("soonest", |key| section.number(key, 1..=4));
        let read = Self { times: times?, per: per?, every: every?, soonest };
        if soonest.is_some_and(|soonest| soonest >= read.every) {
            section.error(section.at, format!("{} 的 soonest 应小于 every", section.path));
        }
        Some(read)
    }

    pub(super) fn in_words(self) -> String {
        let Self { times, per, every, soonest } = self;
        let period = match (soonest, every) {
            (Some(soonest), every) => format!(" {soonest} 至 {every} {}", per.label()),
            (None, 1) => per.label().to_owned(),
            (None, every) => format!(" {every} {}", per.label()),
        };
        format!("每{period} {times} 次")
    }

    pub(super) fn write(self, keys: &mut Keys) {
        keys.bare("times", self.times);
        keys.text("per", self.per.slug());
        if self.every != 1 {
            keys.bare("every", self.every);
        }
        if let Some(soonest) = self.soonest {
            keys.bare("soonest", soonest);
        }
    }
}

/// CON-02: how often a college has a congress, and when a meeting of all its students takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollegeCongress {
    pub times: Times,
    /// A college with fewer students may hold a meeting of them all; none where the plan does not say.
    pub meeting_of_all_below: Option<u32>,
}

impl CollegeCongress {
    pub(super) const KEYS: [&'static str; 5] = ["times", "per", "every", "soonest", "meeting_of_all_below"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let times = Times::read(section);
        let below = section.optional("meeting_of_all_below", |key| section.number(key, 1..=100_000));
        Some(Self { times: times?, meeting_of_all_below: below })
    }

    pub(super) fn in_words(self) -> String {
        let below = self.meeting_of_all_below;
        let all = below.map(|below| format!("；学生不足 {below} 人的可以召开全体学生大会")).unwrap_or_default();
        format!("{}{all}", self.times.in_words())
    }

    pub(super) fn write(self, keys: &mut Keys) {
        self.times.write(keys);
        if let Some(below) = self.meeting_of_all_below {
            keys.bare("meeting_of_all_below", below);
        }
    }
}

words! {
    /// In what the length of a turn is said.
    TurnUnit:
    Semester = "semester", "学期";
    Month = "month", "月";
    Week = "week", "周";
}

/// How long one turn of the executive chair lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// How many of the unit; one semester, where it is that.
    pub number: u32,
    pub unit: TurnUnit,
    /// Just so long; else so long at the most.
    pub exact: bool,
}

impl Turn {
    pub(super) const KEYS: [&'static str; 3] = ["period", "number", "exact"];

    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let unit = section.one_of("period", &with_words(TurnUnit::ALL, TurnUnit::slug));
        let exact = section.boolean("exact");
        let number = if section.get("number").is_some() { section.number("number", 1..=30) } else { Some(1) };
        let turn = Self { number: number?, unit: unit?, exact: exact? };
        if turn.unit == TurnUnit::Semester && turn.number != 1 {
            section.error(section.at, format!("{} 的轮值周期以学期计的，number 只能是 1", section.path));
        }
        Some(turn)
    }

    /// A turn is a semester, no shorter.
    #[must_use]
    pub fn is_one_semester(self) -> bool {
        self.unit == TurnUnit::Semester && self.exact
    }

    #[must_use]
    pub fn in_words(self) -> String {
        let most = if self.exact { "" } else { "最长" };
        match self.unit {
            TurnUnit::Semester => format!("{most}一个学期"),
            TurnUnit::Month => format!("{most} {} 个月", self.number).trim_start().to_owned(),
            TurnUnit::Week => format!("{most} {} 周", self.number).trim_start().to_owned(),
        }
    }

    pub(super) fn write(self, keys: &mut Keys) {
        keys.text("period", self.unit.slug());
        if self.number != 1 {
            keys.bare("number", self.number);
        }
        keys.bare("exact", self.exact);
    }
}
