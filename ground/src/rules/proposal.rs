//! Proposals (提案) of delegates: when one is handed in, and what a proposer's word on a reply leads to. Neither plan says
//! how; all of it is practice, and the committee's to set.

use time::Date;

use super::{Finding, Outcome, Verdict};
use crate::{text::chinese_day, words::words};

words! {
    /// How far a proposal is.
    Stage:
    Draft = "draft", "草稿";
    Submitted = "submitted", "已提交，待审查";
    Refused = "refused", "不予立案";
    /// Taken up (立案).
    Accepted = "accepted", "已立案，待交办";
    /// Handled with a like one (并案).
    Joined = "joined", "已并案";
    Assigned = "assigned", "办理中";
    Replied = "replied", "已答复，待提案人评价";
    Closed = "closed", "已办结";
    Withdrawn = "withdrawn", "已撤回";
}

impl Stage {
    /// Every student of the university may read it.
    #[must_use]
    pub fn is_public(self) -> bool {
        match self {
            Self::Accepted | Self::Joined | Self::Assigned | Self::Replied | Self::Closed => true,
            Self::Draft | Self::Submitted | Self::Refused | Self::Withdrawn => false,
        }
    }

    /// It waits for somebody's act, at the next congress too.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Submitted | Self::Accepted | Self::Assigned | Self::Replied => true,
            Self::Draft | Self::Refused | Self::Joined | Self::Closed | Self::Withdrawn => false,
        }
    }

    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Draft | Self::Submitted | Self::Withdrawn => "unknown",
            Self::Accepted | Self::Assigned | Self::Replied => "warn",
            Self::Refused => "fail",
            Self::Joined | Self::Closed => "pass",
        }
    }
}

words! {
    /// What a proposal is about.
    Matter:
    Teaching = "teaching", "教育教学";
    Growth = "growth", "成长成才";
    Life = "life", "生活服务";
    Rights = "rights", "权益维护";
    Other = "other", "其他";
}

words! {
    /// Why a proposal is not taken up.
    Ground:
    Unlawful = "unlawful", "与法律法规或上级规定相抵触";
    Beyond = "beyond", "超出学校职权范围";
    Personal = "personal", "纯属个人事项";
    Form = "form", "不符合提案的形式要求（一事一案、有案由和建议）";
}

words! {
    /// How the proposer takes a reply.
    Satisfaction:
    Satisfied = "satisfied", "满意";
    Mostly = "mostly", "基本满意";
    Dissatisfied = "dissatisfied", "不满意";
}

/// What a proposal about to be handed in is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandIn {
    pub stage: Stage,
    /// Seconders who agreed.
    pub agreed: u32,
    pub needed: u32,
    /// The last day.
    pub closes_on: Date,
    pub today: Date,
}

/// The permission to hand in. Made by [`hand_in`] alone.
#[derive(Debug)]
pub struct HandedIn(());

/// A draft with enough seconders, not after the last day.
pub fn hand_in(facts: HandIn) -> Verdict<HandedIn> {
    let HandIn { stage, agreed, needed, closes_on, today } = facts;
    let mut findings = Vec::new();
    let mut refuse = |says: String, remedy: &str| {
        findings.push(Finding::house(Outcome::Fail, says).remedy(remedy));
    };
    if stage != Stage::Draft {
        refuse(format!("提案现在是“{}”", stage.label()), "提交以后不能再提交；刷新页面看现在的情况");
    }
    if agreed < needed {
        refuse(format!("附议 {agreed} 人，应有 {needed} 人以上"), "请再邀请本次大会的代表附议");
    }
    if today > closes_on {
        refuse(format!("提案截止日期是{}，已经过了", chinese_day(closes_on)), "由提案工作委员会决定是否延期");
    }
    Verdict::seal(findings, HandedIn(()))
}

/// Where a reply leads: whoever is not satisfied sends the first one back.
#[must_use]
pub fn after_rating(turn: i16, satisfaction: Satisfaction) -> Stage {
    match satisfaction {
        Satisfaction::Dissatisfied if turn == 1 => Stage::Assigned,
        Satisfaction::Satisfied | Satisfaction::Mostly | Satisfaction::Dissatisfied => Stage::Closed,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_proposal_is_handed_in_once_in_time_and_with_enough_seconders() {
        let day = date!(2026 - 12 - 10);
        let facts = HandIn { stage: Stage::Draft, agreed: 2, needed: 2, closes_on: day, today: day };
        assert!(hand_in(facts).permit().is_ok());
        let why = |facts| hand_in(facts).permit().unwrap_err().into_iter().map(|one| one.message).collect::<String>();
        assert_eq!(why(HandIn { agreed: 1, ..facts }), "附议 1 人，应有 2 人以上");
        assert_eq!(why(HandIn { today: date!(2026 - 12 - 11), ..facts }), "提案截止日期是2026年12月10日，已经过了");
        assert_eq!(why(HandIn { stage: Stage::Submitted, ..facts }), "提案现在是“已提交，待审查”");
    }

    #[test]
    fn the_first_reply_is_sent_back_once() {
        assert_eq!(after_rating(1, Satisfaction::Dissatisfied), Stage::Assigned);
        assert_eq!(after_rating(2, Satisfaction::Dissatisfied), Stage::Closed);
        assert_eq!(after_rating(1, Satisfaction::Mostly), Stage::Closed);
    }
}
