//! How far the list of a college's elected delegates has come.

use crate::words::words;

words! {
    /// A list of elected delegates.
    ListStage:
    HandedIn = "handed_in", "待接收";
    Received = "received", "已接收";
    Returned = "returned", "已退回";
}

impl ListStage {
    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::HandedIn => "warn",
            Self::Received => "pass",
            Self::Returned => "fail",
        }
    }

    /// The sign beside the word.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::HandedIn => "!",
            Self::Received => "✓",
            Self::Returned => "✕",
        }
    }
}
