//! Where the pages of activities are, and what they say after an act.

use crate::{
    ids::MatterId,
    page::filters::query_value,
    words::{said_after, words},
};

/// For students.
pub(super) const ACTIVITIES: &str = "/activities";
/// For those who hold them.
pub(super) const DESK: &str = "/activity-desk";

words! {
    /// What was just done.
    Done:
    Kept = "kept", "已保存。在校同学现在可以报名。";
    CodeMade = "code-made", "已换新的签到码，旧的作废。";
    CheckInOpen = "check-in-open", "签到开始。";
    CheckInEnded = "check-in-ended", "签到结束，请参加的同学评价。";
    CheckedIn = "checked-in", "签到成功。";
    CheckedInBefore = "checked-in-before", "早已签到，只计一次。";
    SignedUp = "signed-up", "报名成功。";
    Waiting = "waiting", "名额已满，已列入候补；有人取消时依次递补，会发消息告诉你。";
    Cancelled = "cancelled", "已取消报名。";
    Rated = "rated", "谢谢你的评价。";
}

said_after!(Done);

/// An activity as students see it.
pub(crate) fn activity(id: MatterId) -> String {
    format!("{ACTIVITIES}/{id}")
}

/// Where a phone that read the code on the wall comes to.
pub(super) fn here(id: MatterId, code: &str) -> String {
    format!("{ACTIVITIES}/{id}/here?code={}", query_value(code))
}

/// An activity as those see it who hold it.
pub(super) fn desk(id: MatterId) -> String {
    format!("{DESK}/{id}")
}

/// How it is announced.
pub(super) fn announce(id: MatterId) -> String {
    format!("{DESK}/{id}/announce")
}

/// The code on the wall.
pub(super) fn code(id: MatterId) -> String {
    format!("{DESK}/{id}/code")
}
