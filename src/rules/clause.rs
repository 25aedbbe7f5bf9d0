//! The words a rule rests on, and the answers it can give.

use serde::Serialize;

/// A place in a plan, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// The document's number, e.g. `苏工院党委〔2020〕41号`.
    pub document: String,
    /// The section in which the words stand.
    pub section: String,
    pub quote: String,
    /// The clause's short name in this project, e.g. `S3.4`; not part of any file format.
    #[serde(skip)]
    pub id: String,
}

/// The answer to one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A hard limit is passed.
    Fail,
    /// A soft limit is passed.
    Warn,
    /// Data is missing and could decide it. Never the same as "no".
    Unknown,
    Pass,
    /// The plan states it in words that the rules cannot express; they are quoted, and people judge.
    NotJudged,
    /// The plan file does not say yet whether the document states it.
    NotTakenDown,
    /// The plan is silent. Never the same as "met".
    NotRequired,
}

impl Outcome {
    /// All outcomes, gravest first.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::Warn,
        Self::Unknown,
        Self::Pass,
        Self::NotJudged,
        Self::NotTakenDown,
        Self::NotRequired,
    ];

    /// Facts were held against a clause: the answer is one about them and not about the plan.
    #[must_use]
    pub fn is_judged(self) -> bool {
        matches!(self, Self::Fail | Self::Warn | Self::Unknown | Self::Pass)
    }

    /// Nothing of the facts is to be mended.
    #[must_use]
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Fail | Self::Warn | Self::Unknown)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Fail => "不符合",
            Self::Warn => "提醒",
            Self::Unknown => "待补数据",
            Self::Pass => "符合",
            Self::NotJudged => "有规定，由人工把关",
            Self::NotTakenDown => "方案尚未录入",
            Self::NotRequired => "本方案未作要求",
        }
    }

    /// A stable word for files and style sheets.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::NotJudged => "not_judged",
            Self::NotTakenDown => "not_taken_down",
            Self::NotRequired => "not_required",
        }
    }

    /// The sign shown beside the word, so that colour is never the only carrier.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Fail => "✕",
            Self::Warn => "!",
            Self::Unknown => "?",
            Self::Pass => "✓",
            Self::NotJudged => "”",
            Self::NotTakenDown => "…",
            Self::NotRequired => "–",
        }
    }
}
