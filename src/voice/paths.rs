//! Where the pages of requests are, and what they say after an act.

use crate::{
    ids::{ContactPointId, FaceSessionId, PrintId, VoiceRequestId},
    words::{said_after, words},
};

pub(super) const VOICE: &str = "/voice";
/// Where a student asks for something.
pub(crate) const ASK: &str = "/voice/new";
pub(crate) const DESK: &str = "/voice/desk";
pub(super) const SESSIONS: &str = "/voice/sessions";
pub(super) const GOVERNANCE: &str = "/voice/governance";
pub(super) const SETTINGS: &str = "/voice/settings";

words! {
    /// What was just done.
    Done:
    Asked = "asked", "已提交。办理情况会在消息里告诉你，也可以在这里查看。";
    Coded = "coded", "已提交。先把下面的查询码抄下或截图，再离开这一页。";
    Pictured = "pictured", "图片已添加。";
    Supported = "supported", "已附议。答复以后会在消息里告诉你。";
    Withdrawn = "withdrawn", "已撤回，内容和图片已删除。";
    Confirmed = "confirmed", "已记下你的评价，诉求办结。";
    SentBack = "sent-back", "已退回再办一次。";
    Sent = "sent", "已接收并交办。";
    SentOn = "sent-on", "已转办；首问单位仍要负责到底。";
    Answered = "answered", "已答复，等提出的同学确认。";
    Instructed = "instructed", "督办意见已发出。";
    Published = "published", "已公开。";
    Hidden = "hidden", "已不公开。";
    Kept = "kept", "已保存。";
    UnitKept = "unit", "承办单位已登记。";
    UnitEnded = "unit-ended", "承办单位已停用。";
    Arranged = "arranged", "已安排，同学可以报名。";
    Seated = "seated", "已报名。";
    SeatLeft = "seat-left", "已取消报名。";
    CalledOff = "called-off", "已取消这一场。";
    PointKept = "point", "已登记。";
    Progressed = "progressed", "进展已登记。";
    GovernanceKept = "governance", "已登记。";
}

said_after!(Done);

impl VoiceRequestId {
    /// For its author, and for everybody where it is public.
    pub(super) fn path(self) -> String {
        format!("{VOICE}/requests/{self}")
    }

    /// For the offices that handle it.
    pub(super) fn desk_path(self) -> String {
        format!("{DESK}/{self}")
    }
}

impl FaceSessionId {
    pub(super) fn session_path(self) -> String {
        format!("{SESSIONS}/{self}")
    }
}

impl ContactPointId {
    /// The form of a request that begins with what was raised.
    #[must_use]
    pub(crate) fn ask_path(self) -> String {
        format!("{VOICE}/new?point={self}")
    }
}

/// An anonymous request that this browser has opened with its code.
pub(super) fn opened_path(id: PrintId) -> String {
    format!("{VOICE}/opened/{id}")
}
