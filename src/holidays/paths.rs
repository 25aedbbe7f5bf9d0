//! Where the page of the calendar is, and what it says after an act.

use crate::words::words;

const HOLIDAYS: &str = "/holidays";

words! {
    /// What was just done.
    Done:
    Kept = "kept", "已登记；以后开始的公示和办理期限按它计算，已经定下的日期不变。";
    BreakKept = "break", "已登记。";
    BreakRemoved = "removed", "已删除。";
}

impl Done {
    /// The sentence of that word; empty for any other.
    pub(super) fn said(word: &str) -> &'static str {
        word.parse().map_or("", Self::label)
    }

    /// The page, which says so.
    pub(super) fn path(self) -> String {
        format!("{HOLIDAYS}?done={}", self.slug())
    }
}
