//! Where the pages of the directory are, and what they say after an act.

use crate::{ids::CollegeId, words::words};

pub(super) const ORGANISATIONS: &str = "/organisations";
/// In which order lists stand.
pub(super) const ORDER: &str = "/order";

words! {
    /// What was done to a student organisation, to a name, or to the order of lists.
    Done:
    Added = "added", "已登记。";
    Changed = "changed", "已修改。";
    Ended = "ended", "已注销；名称和历史保留。";
    NamesOrdered = "names", "已保存。没有公告的选票和以后打印的名单按此排列。";
    CollegesOrdered = "colleges", "院系次序已保存。";
    Renamed = "renamed", "已更名；以前的记录里仍是原来的名称。";
}

pub(super) fn organisations_after(done: Done) -> String {
    format!("{ORGANISATIONS}?done={}", done.slug())
}

pub(super) fn order_after(done: Done) -> String {
    format!("{ORDER}?done={}", done.slug())
}

/// The structure of a college, or of the first one.
pub(super) fn structure_after(college: Option<CollegeId>, done: Done) -> String {
    let college = college.map(|id| id.to_string()).unwrap_or_default();
    format!("/structure?college={college}&done={}", done.slug())
}
