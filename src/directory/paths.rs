//! Where the pages of the directory are, and what they say after an act.

use crate::{ids::CollegeId, words::words};

pub(super) const ORGANISATIONS: &str = "/organisations";

words! {
    /// What was done to a student organisation, or to a name.
    Done:
    Added = "added", "已登记。";
    Changed = "changed", "已修改。";
    Ended = "ended", "已注销；名称和历史保留。";
    Renamed = "renamed", "已更名；以前的记录里仍是原来的名称。";
}

pub(super) fn organisations_after(done: Done) -> String {
    format!("{ORGANISATIONS}?done={}", done.slug())
}

/// The structure of a college, or of the first one.
pub(super) fn structure_after(college: Option<CollegeId>, done: Done) -> String {
    let college = college.map(|id| id.to_string()).unwrap_or_default();
    format!("/structure?college={college}&done={}", done.slug())
}
