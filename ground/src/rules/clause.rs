//! The words a rule rests on, and the answers it can give.

use serde::Serialize;

use crate::words::words;

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

words! {
    /// The answer to one rule, gravest first.
    #[derive(PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    Outcome:
    /// A hard limit is passed.
    Fail = "fail", "不符合";
    /// A soft limit is passed.
    Warn = "warn", "提醒";
    /// Data is missing and could decide it. Never the same as "no".
    Unknown = "unknown", "待补数据";
    Pass = "pass", "符合";
    /// The plan states it in words that the rules cannot express; they are quoted, and people judge.
    NotJudged = "not_judged", "有规定，由人工把关";
    /// The plan file does not say yet whether the document states it.
    NotTakenDown = "not_taken_down", "方案尚未录入";
    /// The plan is silent. Never the same as "met".
    NotRequired = "not_required", "本方案未作要求";
}

impl Outcome {
    /// Of what is met or is not, with nothing between.
    #[must_use]
    pub fn of(met: bool) -> Self {
        if met { Self::Pass } else { Self::Fail }
    }

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
