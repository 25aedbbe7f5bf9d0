//! What a feature says of the personal data that it keeps: who sees them and how long they stay. The roof gathers it for the
//! notice, which a test holds against the pages. The offices are those of [`crate::office`], by which the pages themselves admit.

use crate::office::{OfficeKind, Place};

/// Of which people an office sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Of those of its university, college or class.
    Place,
    /// Of candidates whose case came to it or whom it put forward, of its college or class.
    Candidates,
    /// Of what it has to do with itself.
    Own,
}

/// Under which heading of the notice a kind of data stands; in the notice's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    Basics,
    Selection,
    Service,
    Congress,
    Voice,
    Account,
}

impl Heading {
    pub const ALL: &[Heading] =
        &[Heading::Basics, Heading::Selection, Heading::Service, Heading::Congress, Heading::Voice, Heading::Account];

    /// By which the notice's contents lead to it.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Heading::Basics => "basics",
            Heading::Selection => "selection",
            Heading::Service => "service",
            Heading::Congress => "congress",
            Heading::Voice => "voice",
            Heading::Account => "account",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Heading::Basics => "身份和成绩",
            Heading::Selection => "报名、推荐和审查",
            Heading::Service => "任职、评议和纪律",
            Heading::Congress => "选举和学生代表大会",
            Heading::Voice => "诉求、联系、调研和活动",
            Heading::Account => "账号、消息和操作记录",
        }
    }
}

/// A kind of personal data.
#[derive(Debug, Clone, Copy)]
pub struct KeptData {
    /// By which tests name it; no page shows it.
    pub slug: &'static str,
    pub label: &'static str,
    /// What it is for, and where it comes from.
    pub purpose: &'static str,
    pub heading: Heading,
    /// Its place under its heading: each feature brings its own, in steps of ten.
    pub place: u16,
    /// The offices whose pages show it of others.
    pub readers: fn() -> Vec<OfficeKind>,
    pub extent: Extent,
    /// How long it is kept, in words, where people are erased so long after leaving: `满 3 年`.
    pub until: fn(&str) -> String,
}

/// The offices of both sets, each once.
#[must_use]
pub fn together(one: &[OfficeKind], other: &[OfficeKind]) -> Vec<OfficeKind> {
    one.iter().chain(other.iter().filter(|kind| !one.contains(kind))).copied().collect()
}

/// Kept of people who are here, and erased so long after they left.
#[must_use]
pub fn while_at_school(years: &str) -> String {
    format!("在校期间，离校{years}后删除")
}

/// Kept for good; so long after they left, without name and number.
#[must_use]
pub fn as_a_number(years: &str) -> String {
    format!("长期；离校{years}后姓名和学号删除，只留编号")
}

impl KeptData {
    /// How long it is kept, in words; `years` is how long after leaving people are erased: `满 3 年`.
    #[must_use]
    pub fn kept_for(&self, years: &str) -> String {
        (self.until)(years)
    }

    /// Who sees it, in words.
    #[must_use]
    pub fn seen_by(&self) -> String {
        let readers = (self.readers)();
        let of = |place: Place| {
            let labels: Vec<&str> =
                readers.iter().filter(|kind| kind.place() == place).map(|kind| kind.label()).collect();
            let whose = match (self.extent, place) {
                (Extent::Place, Place::School) => "（全校）",
                (Extent::Place, Place::College) => "（本院系）",
                (Extent::Place, Place::Class) => "（本班）",
                (Extent::Candidates, Place::School) => "（轮到本单位办理或由本单位提交的候选人）",
                (Extent::Candidates, Place::College) => "（本院系的候选人）",
                (Extent::Candidates, Place::Class) => "（本班的候选人）",
                (Extent::Own, _) => "（自己组织的）",
            };
            (!labels.is_empty()).then(|| format!("{}{whose}", labels.join("、")))
        };
        let all: Vec<String> = [Place::School, Place::College, Place::Class].into_iter().filter_map(of).collect();
        if all.is_empty() { "只有本人".to_owned() } else { format!("本人；{}", all.join("；")) }
    }
}
