//! Where the pages of the rotation are, and the word with which an act leads to one. The page of a union's turns stands
//! among the union's own ([`UnionId::rotation_path`](crate::ids::UnionId)).

use crate::words::{said_after, words};

pub(super) const SEMESTERS: &str = "/semesters";
pub(super) const DUTY: &str = "/duty";

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Proposed = "proposed", "已拟定，等待确认。";
    Confirmed = "confirmed", "已确认。当值人选从起始日起自动生效。";
    Withdrawn = "withdrawn", "已撤回；正在当值的一期到昨天为止。";
    EndUndone = "end-undone", "已撤销提前结束，当值照原来的继续，并已通知本人。";
    GapExplained = "explained", "说明已保存，与空缺的日期一起列出。";
    HandedOver = "handed", "交接说明已保存，下一任可以看到。";
    SemesterAdded = "added", "已登记。";
    SemesterRemoved = "removed", "已删除。";
}

said_after!(Done);
