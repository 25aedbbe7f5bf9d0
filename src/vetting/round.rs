//! A round of applications: for one union, one kind of place, from a day to a day.

use std::sync::Arc;

use time::Date;

use crate::{
    ids::{DepartmentId, PlaceId, RoundId},
    inbox::To,
    office::OfficeKind,
    rules::{
        chain::{Chain, Link},
        plan::Union,
        roster::{Member, Post},
    },
    unions::union::{PostKind, StudentFacts, StudentUnion},
    words::words,
    workdays::{Span, Workdays},
};

words! {
    /// What a round is for.
    Purpose:
    Recruit = "recruit", "招新";
    Term = "term", "换届";
    Supplement = "supplement", "增补";
}

words! {
    /// How the days of a round count; practice, the plans speak of none.
    DayCount:
    Working = "working", "工作日";
    Calendar = "calendar", "天";
}

impl DayCount {
    /// How the form offers it.
    #[must_use]
    pub fn choice(self) -> &'static str {
        match self {
            Self::Working => "工作日（默认）",
            Self::Calendar => "自然日",
        }
    }
}

/// Whether those whom a round chooses take the places of those before.
pub(super) fn replaces(presidium: bool, purpose: Purpose) -> bool {
    purpose == Purpose::Term || presidium && purpose != Purpose::Supplement
}

/// Which figures count, by stable word, in words.
pub const BASES: [(&str, &str); 4] = [
    ("", "上学期、上学年、入学以来中对本人最有利的一种"),
    ("semester", "上学期"),
    ("year", "上学年"),
    ("entry", "入学以来"),
];

/// A kind of place that a round offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: PlaceId,
    pub kind: PostKind,
    pub department: Option<DepartmentId>,
    pub department_name: Option<String>,
    /// How many may be chosen.
    pub seats: i32,
    /// Of candidates for the presidium: how many are to be elected.
    pub to_elect: Option<i32>,
}

impl Place {
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.department_name, self.kind) {
            (Some(department), kind) => format!("{department} {}", kind.label()),
            (None, _) => "主席团候选人".to_owned(),
        }
    }

    /// The post as the rules see it.
    #[must_use]
    pub fn post(&self) -> Post {
        let department = || self.department_name.clone().unwrap_or_default();
        match self.kind {
            PostKind::Presidium | PostKind::Other => Post::Presidium,
            PostKind::Head => Post::Head(department()),
            PostKind::Staff => Post::Staff(department()),
        }
    }

    /// The seats as a number.
    #[must_use]
    pub fn seats(&self) -> u32 {
        u32::try_from(self.seats).unwrap_or(0)
    }
}

/// Where a round stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun.
    Coming,
    Open,
    /// Nobody may apply any more; cases go on.
    Closed,
    Ended,
}

impl Phase {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Coming => "尚未开始",
            Self::Open => "正在报名",
            Self::Closed => "报名截止，正在审查",
            Self::Ended => "已结束",
        }
    }

    /// The colour word of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Coming => "unknown",
            Self::Open => "pass",
            Self::Closed => "warn",
            Self::Ended => "not_required",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Round {
    pub id: RoundId,
    pub union: StudentUnion,
    /// Its university has a union of graduates beside the school's.
    pub graduates_apart: bool,
    pub title: String,
    pub purpose: Purpose,
    /// It seeks candidates for the presidium, else members.
    pub presidium: bool,
    /// The chain, as the plan had it on the day on which it was opened.
    pub chain: Chain,
    /// Which figures count; none for the most favourable.
    pub basis: Option<String>,
    /// The first day on which one may apply.
    pub opens_on: Date,
    pub closes_on: Date,
    /// The day from which posts are held.
    pub effective_on: Date,
    /// Days for each step.
    pub due_days: Vec<i32>,
    /// Days of public notice; 0 for none.
    pub notice_days: i32,
    pub day_count: DayCount,
    /// The working days of its university.
    pub workdays: Arc<Workdays>,
    /// What else is to be said.
    pub note: String,
    /// Why it is over.
    pub ended_why: Option<String>,
    pub places: Vec<Place>,
}

/// A round that nobody else changes or ends until this transaction is over. Made by the reads that hold its row.
#[derive(Debug)]
pub struct SteadyRound(Round);

impl SteadyRound {
    pub(super) fn new(round: Round) -> Self {
        Self(round)
    }
}

impl std::ops::Deref for SteadyRound {
    type Target = Round;

    fn deref(&self) -> &Round {
        &self.0
    }
}

impl Round {
    /// The office that opened it and brings it to its end.
    #[must_use]
    pub fn keeper(&self) -> To {
        let college = self.union.college;
        let kind = if college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
        To::Office { kind, college, class: None }
    }

    /// Where it stands on a day.
    #[must_use]
    pub fn phase(&self, today: &Date) -> Phase {
        if self.ended_why.is_some() {
            Phase::Ended
        } else if *today < self.opens_on {
            Phase::Coming
        } else if *today <= self.closes_on {
            Phase::Open
        } else {
            Phase::Closed
        }
    }

    /// Why a student cannot stand in it, in Chinese: they cannot be a member on that day, or graduates have a union of their
    /// own. The plans name that union beside the school's and say no more: who serves on the school's already is not asked.
    #[must_use]
    pub fn why_not_candidate(&self, fact: &StudentFacts, day: Date) -> Option<String> {
        let elsewhere = self.union.kind == Union::School && self.graduates_apart && fact.is_graduate();
        self.union.why_not_member(fact, day).or_else(|| {
            elsewhere.then(|| {
                format!("{}是研究生。本校设有校研究生会，研究生报名校研究生会；校学生会由本科生、专科生报名", fact.name)
            })
        })
    }

    /// What it seeks, in words.
    #[must_use]
    pub fn seeks(&self) -> &'static str {
        if self.presidium { "主席团候选人" } else { "工作部门成员" }
    }

    /// Which figures count, in words.
    #[must_use]
    pub fn basis_label(&self) -> &'static str {
        let slug = self.basis.as_deref().unwrap_or_default();
        BASES.iter().find(|(known, _)| *known == slug).map_or("", |(_, label)| label)
    }

    /// Somebody as the round looks at them: whoever stands for the presidium is asked what the plan asks of its members.
    #[must_use]
    pub fn candidate(&self, person: Member) -> Member {
        if self.presidium { Member { posts: vec![Post::Presidium], ..person } } else { person }
    }

    /// A step of its chain.
    #[must_use]
    pub fn link(&self, step: usize) -> Option<&Link> {
        self.chain.links.get(step)
    }

    #[must_use]
    pub fn place(&self, id: PlaceId) -> Option<&Place> {
        self.places.iter().find(|place| place.id == id)
    }

    /// The day by which a step is to be done that is reached on a day.
    #[must_use]
    pub fn due(&self, step: usize, today: Date) -> Date {
        let days = self.due_days.get(step).copied().unwrap_or(5);
        self.span(today, days).last
    }

    /// The public notice, if it is published on a day.
    #[must_use]
    pub fn notice(&self, today: Date) -> Span {
        self.span(today, self.notice_days)
    }

    /// So many of its days, from the day after `day` on.
    fn span(&self, day: Date, days: i32) -> Span {
        match self.day_count {
            DayCount::Working => self.workdays.span(day, u32::try_from(days).unwrap_or(1)),
            DayCount::Calendar => Span {
                first: day + time::Duration::days(1),
                last: day + time::Duration::days(i64::from(days.max(1))),
                unannounced: None,
            },
        }
    }

    /// So many of its days in words: `5 个工作日`.
    #[must_use]
    pub fn days_in_words(&self, days: &i32) -> String {
        match self.day_count {
            DayCount::Working => format!("{days} 个工作日"),
            DayCount::Calendar => format!("{days} 天"),
        }
    }

    /// Those whom it chooses take the places of those before: members of a new term, and the presidium, which is elected anew
    /// as a whole.
    #[must_use]
    pub fn replaces(&self) -> bool {
        replaces(self.presidium, self.purpose)
    }

    #[must_use]
    pub fn seats(&self) -> i32 {
        self.places.iter().map(|place| place.seats).sum()
    }
}
