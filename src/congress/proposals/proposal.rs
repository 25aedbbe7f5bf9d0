//! A proposal, its seconders, and the replies to it.

use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};

use crate::{
    ids::{AccountId, CongressId, DelegateId, ProposalId, StudentId},
    rules::proposal::{Ground, Matter, Satisfaction, Stage},
    words::words,
};

words! {
    /// An official paper of a proposal.
    ProposalPaper:
    Form = "form", "提案表";
    Reply = "reply", "提案答复";
}

/// How a congress takes proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The last day on which they are handed in.
    pub closes_on: Date,
    /// The least number of seconders.
    pub seconders: u32,
}

#[derive(Debug, Clone)]
pub struct Proposal {
    pub id: ProposalId,
    /// The congress at which it was made.
    pub congress: CongressId,
    /// The congress before which it stands now.
    pub before: CongressId,
    /// The congress as lists call it.
    pub congress_title: String,
    /// Given when it is handed in.
    pub number: Option<i16>,
    pub lead: StudentId,
    pub lead_name: String,
    /// The delegation of the lead proposer; empty where there is none.
    pub delegation: String,
    pub matter: Matter,
    pub title: String,
    /// 案由.
    pub cause: String,
    /// 建议.
    pub advice: String,
    pub stage: Stage,
    pub submitted_at: Option<OffsetDateTime>,
    pub refused_for: Option<Ground>,
    pub screening: Option<String>,
    pub joined_to: Option<ProposalId>,
    /// The office of the university that handles it.
    pub office: Option<String>,
    /// Who answers for the office in the portal.
    pub handler: Option<AccountId>,
    pub handler_name: Option<String>,
    pub due_on: Option<Date>,
    /// Whether it is handled for the first or the second time.
    pub turn: i16,
}

impl Proposal {
    /// As lists and papers call it: 第 3 号.
    #[must_use]
    pub fn number_in_words(&self) -> String {
        self.number.map_or_else(|| "未提交".to_owned(), |number| format!("第 {number} 号"))
    }

    /// A mark of what it asks: whoever seconds it has read it so.
    #[must_use]
    pub fn mark(&self) -> String {
        let Self { matter, title, cause, advice, .. } = self;
        hex::encode(Sha256::digest([matter.slug(), title, cause, advice].join("\n\n")))
    }

    /// The reply is late.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.stage == Stage::Assigned && self.due_on.is_some_and(|due| due < today)
    }

    /// Where its delegation is unknown, whose it is stays unsaid.
    #[must_use]
    pub fn from(&self) -> &str {
        if self.delegation.is_empty() { "代表" } else { &self.delegation }
    }
}

/// A delegate who was asked to second.
#[derive(Debug, Clone)]
pub struct Seconder {
    pub student: StudentId,
    pub name: String,
    pub college: String,
    /// None while they have not answered.
    pub agreed: Option<bool>,
}

impl Seconder {
    #[must_use]
    pub fn answer(&self) -> &'static str {
        match self.agreed {
            None => "待答复",
            Some(true) => "附议",
            Some(false) => "不附议",
        }
    }
}

/// A reply of the office, with the proposer's word on it.
#[derive(Debug, Clone)]
pub struct Reply {
    pub turn: i16,
    pub office: String,
    pub replied_on: Date,
    pub says: String,
    pub satisfaction: Option<Satisfaction>,
    pub remark: Option<String>,
}

impl Reply {
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.turn > 1
    }
}

/// Where a student may propose: as a delegate of a congress that takes proposals.
#[derive(Debug, Clone)]
pub struct Right {
    pub congress: CongressId,
    pub congress_title: String,
    pub delegate: DelegateId,
    pub settings: Settings,
}
