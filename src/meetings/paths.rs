//! Where the pages of meetings are, and what they say after an act.

use crate::{
    ids::{UnionId, UnionMeetingId},
    rules::union_meeting::MeetingKind,
    words::{said_after, words},
};

pub(crate) const MEETINGS: &str = "/union-meetings";

/// The meetings of whoever looks.
pub(super) const OWN: &str = "/my-meetings";

words! {
    /// What was just done.
    Done:
    Called = "called", "已召集，并已通知参加的人。";
    Changed = "changed", "已改期，并已通知参加的人；订阅的日历会随之更新。";
    Cancelled = "cancelled", "已取消，并已通知参加的人。";
    Attended = "attended", "已登记到会情况。";
    Decided = "decided", "已记入决定。";
    Held = "held", "会议记录已归档。";
    Carried = "carried", "已登记落实情况。";
    Set = "set", "已确定。";
}

said_after!(Done);

/// The form that calls a meeting of that kind.
pub(super) fn call_path(union: UnionId, kind: MeetingKind) -> String {
    format!("{MEETINGS}/new?union={union}&kind={}", kind.slug())
}

impl UnionMeetingId {
    pub(crate) fn path(self) -> String {
        format!("{MEETINGS}/{self}")
    }

    pub(super) fn paper_word_path(self, minutes: bool) -> String {
        let which = if minutes { "minutes" } else { "notice" };
        format!("{MEETINGS}/{self}/{which}.docx")
    }
}
