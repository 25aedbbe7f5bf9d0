//! What a page says of the act that led to it.

use crate::words::words;

words! {
    /// What was done: the word of the address, the sentence of the page.
    Done:
    Created = "created", "已建立场次。下一步登记选举项目、候选人和监票人。";
    Changed = "changed", "已修改。";
    ContestAdded = "contest", "已登记选举项目。下一步登记候选人。";
    Removed = "removed", "已删除。";
    CandidatesAdded = "stood", "已登记候选人。";
    CandidateRemoved = "struck", "已从名单中删去。";
    CandidatesMoved = "moved", "候选人次序已调整。";
    Withdrawn = "withdrawn", "已登记退选。选票不变，得票照计，不能当选。";
    MonitorNamed = "monitor", "已登记监票人，并已通知本人生成口令。";
    MonitorDismissed = "dismissed", "已更换监票人。";
    Announced = "announced", "已公告。选民在“我的投票”里能看到；选举项目和候选人不能再改。";
    TakenBack = "back", "已收回公告，可以修改；监票人需要重新演练。";
    Rehearsing = "rehearsing", "演练开始。请监票人各自输入口令，不必同时；全部成功后即可开启投票。";
    Opened = "opened", "投票已开启，选民名册已冻结。";
    Closed = "closed", "投票已截止。请监票人输入口令开票。";
    CloseAsked = "close-asked", "已提出提前截止，须由另一人（监票人或办理单位的其他人员）同意才截止；此前照常投票。";
    CloseWithdrawn = "close-dropped", "已撤回提前截止的提议，投票照常进行。";
    Reported = "reported", "监票报告已生成，结果已向选民公布。请接着发布结果公告。";
    Published = "published", "全部选票已公布。";
    Numbered = "numbered", "已保存，公文上的发文字号和落款已经更新。";
    VoidAsked = "void-asked", "已提出作废，须由另一人同意才生效。";
    VoidWithdrawn = "void-dropped", "已撤回作废的提议。";
    Voided = "voided", "本场次已作废，选票未经拆看已销毁。";
    HeldAgain = "again", "已照作废的场次另建一场。请核对时间、项目、候选人和监票人，再公告。";
    LotKept = "lot", "已登记得票相同的处理结果。";
    SecondRound = "second", "已建立第二轮（没有人并列的，为另行选举），应选人数和候选人由上一轮得出。";
    NamesAsked = "names-asked", "已提出，须由另一名监票人确认。";
    NamesAgreed = "names-agreed", "已确认，计入结果。";
    NamesDropped = "names-dropped", "已撤销，可以重新核对。";
    PaperIssued = "issued", "已登记发出纸质选票，该选民的网上投票已关闭。";
    SlipBound = "bound", "已登记领票。";
    SlipVoided = "slip-voided", "该票已作废，可以另领一张。";
    EntriesDropped = "dropped", "已清除录入，请重新清点、由两人分别录入。";
    AdmissionAsked = "asked", "已提出补登，须由另一名监票人同意。";
    Admitted = "admitted", "已补登选民名册，并记入监票报告。";
    Proved = "proved", "口令正确。";
    ShareGiven = "shared", "口令正确，已经提交。";
    Counting = "counting", "口令正确，人数已够，已开始计票；结果列在下面，还没有的请稍后刷新。";
}

/// The sentence of a word in an address; empty where it is none of ours.
pub(crate) fn said(word: &str) -> &'static str {
    word.parse().map_or("", Done::label)
}
