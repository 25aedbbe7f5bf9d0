//! The kinds of value that a plan states.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{keys::Keys, share::Share};
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

/// A lower and an upper bound, both allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The least that is allowed; 0 where the plan sets no lower bound.
    pub low: u32,
    /// The most that is allowed.
    pub high: u32,
}

words! {
    /// What the allocation of delegates' seats must cover.
    #[derive(PartialOrd, Ord)]
    Cover:
    College = "college", "每个院系";
    Grade = "grade", "每个年级";
    Society = "society", "每个主要社团";
}

impl Bounds {
    pub(super) fn write(self, keys: &mut Keys) {
        if self.low > 0 {
            keys.bare("at_least", self.low);
        }
        keys.bare("at_most", self.high);
    }
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

pub(super) fn bounds_in_words(bounds: Bounds) -> String {
    match bounds {
        Bounds { low: 0, high } => format!("不超过 {high} 人"),
        Bounds { low, high } => format!("{low} 至 {high} 人"),
    }
}

pub(super) fn cover_in_words(cover: &BTreeSet<Cover>) -> String {
    cover.iter().map(|one| one.label()).collect::<Vec<_>>().join("、")
}
