//! The kinds of value that a plan states.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// How binding a rule's words are.
    Strength:
    /// 不超过、不低于、须、不允许 and the like.
    Hard = "hard", "刚性";
    /// 左右、一般、原则上、参照.
    Soft = "soft", "柔性";
    /// A duty or a principle without a measure.
    Duty = "duty", "原则要求";
    /// Not said, but following from the quoted words; the note says how.
    Implied = "implied", "由原文推得";
}

words! {
    /// What kind of union a plan speaks of.
    #[derive(PartialOrd, Ord, Hash)]
    Union:
    School = "school", "校级学生会";
    College = "college", "院系学生会";
    Graduate = "graduate", "校研究生会";
}

words! {
    /// A body that acts in a chain of opinions. A plan names each in its own words.
    #[derive(PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    Body:
    SchoolParty = "school_party", "学校党委";
    SchoolLeague = "school_league", "学校团委";
    /// 党委学生工作部 or 学生工作处.
    StudentAffairs = "student_affairs", "学生工作部门";
    SchoolUnion = "school_union", "校学生会";
    CollegeParty = "college_party", "院系党组织";
    CollegeLeague = "college_league", "院系团组织";
    CollegeUnion = "college_union", "院系学生会";
    ClassBranch = "class_branch", "班级团支部";
    DelegateParty = "delegate_party", "代表所在党组织";
}

/// One step of a chain of opinions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The verb, in the plan's own word: 推荐, 同意, 联合审查 …
    pub act: String,
    pub by: Vec<Body>,
    /// One of them is enough (a choice of recommender); else all must agree.
    pub any: bool,
    /// They act in one joint session.
    pub together: bool,
}

/// A share, exact to a hundredth of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    basis_points: u32,
}

impl Share {
    /// Reads `30%` or `1.25%`; none if it is not more than 0 and at most 100 %.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        if !digits(whole) || !digits(fraction) || whole.len() > 3 || fraction.len() > 2 {
            return None;
        }
        let scale = if fraction.len() == 1 { 10 } else { 1 };
        let basis_points = whole.parse::<u32>().ok()? * 100 + fraction.parse::<u32>().ok()? * scale;
        (1..=10_000).contains(&basis_points).then_some(Self { basis_points })
    }

    /// The largest whole number that is not above this share of `base`.
    #[must_use]
    pub fn floor_of(self, base: u32) -> u32 {
        let exact = u64::from(self.basis_points) * u64::from(base);
        u32::try_from(exact / 10_000).unwrap_or(u32::MAX)
    }

    /// The smallest whole number that is not below this share of `base`.
    #[must_use]
    pub fn ceil_of(self, base: u32) -> u32 {
        let exact = u64::from(self.basis_points) * u64::from(base);
        u32::try_from(exact.div_ceil(10_000)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.basis_points / 100, self.basis_points % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            tens if tens % 10 == 0 => write!(f, "{whole}.{}%", tens / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}

/// A lower and an upper bound, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least that is allowed.
    pub low: u32,
    /// The most that is allowed.
    pub high: u32,
}

/// How often something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub times: u32,
    /// `true` for a semester, `false` for a year.
    pub per_semester: bool,
}

/// How long one turn of the executive chair lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    OneSemester,
    /// One semester at the most.
    AtMostOneSemester,
}

impl Turn {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::OneSemester => "一个学期",
            Self::AtMostOneSemester => "最长一个学期",
        }
    }
}

/// On which students the share of delegates is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegateBase {
    /// 所联系学生: those the union serves.
    Served,
    /// 全校学生.
    All,
}

/// What the allocation of delegates' seats must cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    College,
    Grade,
    Society,
}

/// Who sits on the review board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Offices that must be present.
    pub offices: Vec<Body>,
    /// Students must be more than this share.
    pub students_over: Share,
}

/// What a cohort too small for the rank rule means: one where the share of it is less than one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallCohort {
    /// By the letter nobody passes.
    Nobody,
    /// The first in rank passes.
    First,
    /// Unknown: the League committee decides each case.
    Unknown,
}

pub(super) fn chain_in_words(chain: &[Step], bodies: &BTreeMap<Body, String>) -> String {
    let step = |step: &Step| {
        let names: Vec<&str> = step.by.iter().filter_map(|body| bodies.get(body)).map(String::as_str).collect();
        format!("{}{}", names.join(if step.any { "或" } else { "、" }), step.act)
    };
    chain.iter().map(step).collect::<Vec<_>>().join(" → ")
}

pub(super) fn times_in_words(times: Times) -> String {
    format!("每{} {} 次", if times.per_semester { "学期" } else { "年" }, times.times)
}

pub(super) fn bounds_in_words(bounds: Bounds) -> String {
    format!("{} 至 {} 人", bounds.low, bounds.high)
}

pub(super) fn delegates_in_words(share: Share, base: DelegateBase) -> String {
    match base {
        DelegateBase::Served => format!("不低于所联系学生人数的 {share}"),
        DelegateBase::All => format!("不低于全校学生总数的 {share}"),
    }
}

pub(super) fn cover_in_words(cover: &BTreeSet<Cover>) -> String {
    let name = |cover: &Cover| match cover {
        Cover::College => "每个院系",
        Cover::Grade => "每个年级",
        Cover::Society => "每个主要社团",
    };
    cover.iter().map(name).collect::<Vec<_>>().join("、")
}
