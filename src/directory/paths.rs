//! Where the pages of the directory are, and what they say after an act.

use crate::{ids::CollegeId, words::words};

pub(super) const ORGANISATIONS: &str = "/organisations";
/// Colleges, majors and classes.
pub(super) const STRUCTURE: &str = "/structure";
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
    Merged = "merged", "已合并；专业、班级、学生和任职人员都转到这里。";
    Removed = "removed", "已删除。";
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
    format!("{STRUCTURE}?college={college}&done={}", done.slug())
}

impl CollegeId {
    /// Where the college is merged into another or removed.
    pub(super) fn merge_path(self) -> String {
        format!("{STRUCTURE}/college/{self}/merge")
    }
}
