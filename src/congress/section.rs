//! A part of a congress as its page lists it.

use crate::words::words;

words! {
    /// How far a part of a congress is.
    Progress:
    Done = "done", "已办";
    Now = "now", "办理中";
    ToDo = "todo", "未开始";
    /// Something is amiss until it is done.
    Late = "late", "逾期";
    /// It may be used at any time, and is never done.
    Always = "always", "随时可用";
    /// This congress has no such part.
    None = "none", "不适用";
}

impl Progress {
    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Done => "pass",
            Self::Now => "warn",
            Self::ToDo | Self::Always | Self::None => "unknown",
            Self::Late => "fail",
        }
    }
}

/// A part of a congress: where its page is, how far it is, and what there is to say of it.
#[derive(Debug, Clone)]
pub struct Section {
    pub name: &'static str,
    pub href: String,
    pub progress: Progress,
    /// In one sentence.
    pub says: String,
}
