//! Where the pages of congresses are, and what they say after an act.

use crate::{ids::CongressId, words::words};

/// All congresses.
pub(crate) const CONGRESSES: &str = "/congresses";
/// Where a congress is begun.
pub(super) const NEW: &str = "/congresses/new";

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Created = "created", "已开始筹备。下一步核对学生人数，分配代表名额。";
    Changed = "changed", "已修改。";
    CalledOff = "called-off", "已取消；已办的事项和记录保留。";
}

impl Done {
    /// The sentence of that word; empty for any other.
    pub(super) fn said(word: &str) -> &'static str {
        word.parse().map_or("", Self::label)
    }

    /// The page at `path`, which says so.
    pub(super) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.slug())
    }
}

/// The form of a new congress as it was filled in.
pub(super) fn filled_in(query: &str) -> String {
    format!("{NEW}?{query}")
}

impl CongressId {
    /// The page of a congress.
    pub(crate) fn path(self) -> String {
        format!("{CONGRESSES}/{self}")
    }

    pub(super) fn edit_path(self) -> String {
        format!("{CONGRESSES}/{self}/edit")
    }
}
