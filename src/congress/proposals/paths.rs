//! Where the pages of proposals are, and what they say after an act.

use crate::{
    ids::{CongressId, ProposalId},
    words::{said_after, words},
};

/// The public list, and what is one's own.
pub(crate) const PROPOSALS: &str = "/proposals";

/// The proposals that somebody answers for an office.
pub(super) const REPLIES: &str = "/proposal-replies";

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Kept = "kept", "已保存草稿。下一步：邀请代表附议，附议够了再提交。";
    Asked = "asked", "已邀请，对方登录以后在首页和消息里能看到；久不答复的，可以再邀请别的代表。";
    Agreed = "agreed", "已附议。";
    Declined = "declined", "已记录：不附议。";
    HandedIn = "handed-in", "已提交，由提案工作委员会审查。";
    Withdrawn = "withdrawn", "已撤回。";
    Rated = "rated", "已评价，提案办结。";
    SentBack = "sent-back", "已退回承办单位再次办理。";
    Set = "set", "已确定。代表在截止日期以前可以提交提案。";
    Screened = "screened", "已记录审查结果，并已通知提案人。";
    Assigned = "assigned", "已交办。";
    Replied = "replied", "已登记答复，并已请提案人评价。";
    Answered = "answered", "答复已提交，并已请提案人评价。";
    Carried = "carried", "上次大会没有办结的提案已转入本次大会。";
}

said_after!(Done);

impl CongressId {
    /// The proposals before a congress, for the office that keeps it.
    pub(crate) fn proposals_path(self) -> String {
        self.path() + "/proposals"
    }

    pub(super) fn proposal_path(self, proposal: ProposalId) -> String {
        format!("{}/proposals/{proposal}", self.path())
    }
}

impl ProposalId {
    /// The proposal as the office that answers it sees it.
    pub(super) fn reply_path(self) -> String {
        format!("{REPLIES}/{self}")
    }

    /// The proposal as students see it.
    pub(crate) fn path(self) -> String {
        format!("{PROPOSALS}/{self}")
    }
}
