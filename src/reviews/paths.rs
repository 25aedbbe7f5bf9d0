//! Where the pages of reviews and nominations are, and the word with which an act leads to one.

use crate::{
    ids::{NominationId, ReviewId},
    words::{said_after, words},
};

pub(super) const REVIEWS: &str = "/reviews";
pub(super) const BEGIN: &str = "/reviews/new";
pub(super) const SCHEME: &str = "/reviews/scheme";
/// The reports of whoever reports.
pub(super) const OWN: &str = "/my-reviews";
/// The reviews on whose board somebody sits.
pub(super) const SCORING: &str = "/scoring";
pub(super) const NOMINATIONS: &str = "/nominations";
pub(super) const NOMINATE: &str = "/nominations/new";

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Begun = "begun", "已开始，并已通知应述职人员。下一步：组成评议会。";
    Refreshed = "refreshed", "应述职名单已按现在的任职更新。";
    Excused = "excused", "已登记，本学期不再催报。";
    Returned = "returned", "已退回，并已通知本人。";
    Named = "named", "已加入评议会。";
    Drawn = "drawn", "已抽签，种子和名单已记录。";
    Removed = "removed", "已移出评议会。";
    Confirmed = "confirmed", "评议会已确认，并已通知成员。下一步：监票人生成口令，然后开会评分。";
    TakenBack = "back", "已收回，可以调整评议会；监票口令需要重新生成。";
    Opened = "opened", "评分已开始。到会成员在手机上打开“评分”逐人评分。";
    Closed = "closed", "评分已截止。请监票人输入口令开封。";
    OpenedOnPaper = "on-paper", "已开始。现场写好、收齐评议表以后，在这里逐张录入。";
    Typed = "typed", "上一张已保存，接着录入这一张。";
    TypedLast = "typed-last", "已保存。";
    ClosedOnPaper = "typed-all", "录入完毕。请一名没有录入的监票人在“评分”里对照纸面核对，核对以后计分。";
    GivenBack = "given-back", "已退回改录，并已通知录入的人。";
    CountedOnPaper = "counted-on-paper", "已核对计分，逐张录入的内容已经删除。结果已通知本人。";
    Voided = "voided", "本次评分已作废，评议表未经拆看已销毁。请监票人重新生成口令，再开会评分。";
    VoidedOnPaper = "voided-on-paper", "本次评分已作废，录入的评议表已经删除。可以重新开会评分。";
    Settled = "settled", "已办结，可以据此择优提名。";
    Answered = "answered", "已答复，并已通知本人。";
    SchemeKept = "scheme", "已保存。以后开始的评议按此计分，已经开始的不变。";
    Saved = "saved", "草稿已保存，只有你自己看得到。";
    HandedIn = "handed", "述职报告已提交。";
    Attached = "attached", "附件已添加。";
    Detached = "detached", "附件已删除。";
    Objected = "objected", "已提交，评议会将书面答复。";
    Scored = "scored", "已评分。截止以前可以重评，以最后一次为准。";
    Proved = "proved", "口令正确。";
    ShareGiven = "given", "口令正确，已经提交。再有一名监票人输入口令即可开封。";
    Counted = "counted", "已开封计分，评议表的对应关系已经销毁。结果已通知本人。";
    Decided = "decided", "提名已确定，可以导出名单。";
}

said_after!(Done);

impl ReviewId {
    /// The page of the office in charge.
    pub(crate) fn path(self) -> String {
        format!("{REVIEWS}/{self}")
    }

    pub(super) fn board_path(self) -> String {
        format!("{REVIEWS}/{self}/board")
    }

    /// Somebody's report and result, for the offices that see them.
    pub(super) fn person_path(self, place: i16) -> String {
        format!("{REVIEWS}/{self}/people/{place}")
    }

    pub(super) fn notice_path(self) -> String {
        format!("{REVIEWS}/{self}/notice")
    }

    pub(super) fn summary_path(self) -> String {
        format!("{REVIEWS}/{self}/summary")
    }

    /// The blank sheet, to be printed.
    pub(super) fn sheet_path(self) -> String {
        format!("{REVIEWS}/{self}/sheet")
    }

    /// A sheet on paper, to be typed in.
    pub(super) fn on_paper_path(self, sheet: i16) -> String {
        format!("{REVIEWS}/{self}/on-paper/{sheet}")
    }

    /// What was typed in, for a monitor to compare.
    pub(super) fn compare_path(self) -> String {
        format!("{SCORING}/{self}/on-paper")
    }

    /// The page of whoever reports.
    pub(super) fn own_path(self) -> String {
        format!("{OWN}/{self}")
    }

    /// The page of a board member.
    pub(super) fn scoring_path(self) -> String {
        format!("{SCORING}/{self}")
    }
}

impl NominationId {
    pub(super) fn path(self) -> String {
        format!("{NOMINATIONS}/{self}")
    }
}
