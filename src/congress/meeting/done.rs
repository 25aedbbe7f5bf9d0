//! What a page says of the act that led to it.

use crate::words::words;

words! {
    /// What was done: the word of the address, the sentence of the page.
    Done:
    Prepared = "prepared", "已保存会议安排。";
    ItemAdded = "item", "已加入议程。";
    ItemStruck = "struck", "已从议程中删去。";
    ItemsMoved = "moved", "议程次序已调整。";
    DocumentAdded = "document", "已登记会议文件，代表在手机上可以看到。";
    DocumentRemoved = "undocumented", "已撤下会议文件。";
    OfficerNamed = "officer", "已确定签到员，并已通知本人。";
    OfficerDismissed = "dismissed", "已取消签到员。";
    CheckInOpened = "opened", "签到已开始。";
    CheckInClosed = "closed", "签到已结束；以后来的不再计入实到。";
    CheckInReopened = "reopened", "签到已恢复。";
    CheckedIn = "in", "已签到。";
    CameBack = "back", "已登记返回会场。";
    WentOut = "left", "已登记退场，实到人数相应减少。";
    Undone = "undone", "已撤销签到。";
    GuestAdded = "guest", "已登记列席人员，不计入实到。";
    RollEntered = "roll", "已录入，须由另一人核对确认后才计入实到。";
    RollConfirmed = "rolled", "已确认，计入实到。";
    RollDropped = "unrolled", "已清除这次录入。";
    VoteTaken = "voted", "已登记表决结果。";
    VoteVoided = "vote-voided", "该次表决已作废，可以重新登记。";
    DutyNamed = "named", "已列入名单，待大会举手表决通过。";
    DutyStruck = "unnamed", "已从名单中删去。";
    SittingMade = "sitting", "已建立主席团选举场次，选民为现在到会的正式代表。请登记候选人和监票人。";
    MinutesKept = "minutes", "纪要已保存。";
    MinutesReset = "reset", "已改回按记录汇编的内容。";
    MinutesSigned = "signed", "纪要已签发，大会已记为召开。";
}

/// The sentence of a word in an address; empty where it is none of ours.
pub(super) fn said(word: &str) -> &'static str {
    word.parse().map_or("", Done::label)
}
