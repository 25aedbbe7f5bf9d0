//! The result of a congress's election: how far it is, with what each step brought, and who was elected.

use time::{Date, OffsetDateTime};

use crate::{
    auth::person::Held,
    congress::congress::Congress,
    ids::{ContestId, StudentId},
    office::OfficeKind,
    rules::{
        congress_result::{Stage, Standing},
        plan::Union,
    },
    words::words,
};

words! {
    /// What is elected.
    Purpose:
    /// A whole new presidium.
    Term = "term", "换届";
    /// The seats that became vacant.
    ByElection = "by_election", "补选";
}

words! {
    /// What a scan shows.
    ScanOf:
    Report = "report", "选举结果报告";
    Approval = "approval", "批复";
    Filing = "filing", "备案报告";
    Receipt = "receipt", "备案回执";
}

words! {
    /// An official paper of the result.
    ResultPaper:
    Report = "report", "选举结果报告";
    /// The form on which the Party body answers.
    Approval = "approval", "批复";
    Filing = "filing", "备案报告";
}

impl ResultPaper {
    /// The word under which is kept what the office adds to it; none where it adds nothing: a reply has the number that it
    /// was taken down with.
    #[must_use]
    pub fn added_as(self) -> Option<&'static str> {
        match self {
            Self::Report => Some("result-report"),
            Self::Approval => None,
            Self::Filing => Some("result-filing"),
        }
    }
}

/// 公告 or 报告.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub on: Date,
    /// Who told the congress.
    pub by: String,
}

/// 批复.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub on: Date,
    /// The Party body.
    pub by: String,
    pub number: String,
    /// The last day for the filing.
    pub file_by: Date,
}

/// 报备.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub on: Date,
    pub receiver: String,
}

/// 回执.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub on: Date,
    pub number: String,
}

/// How far a result is, with what each step brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Elected,
    Announced(Announcement),
    Approved(Announcement, Approval),
    Sent(Announcement, Approval, Sending),
    Filed(Announcement, Approval, Sending, Receipt),
}

impl State {
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Elected => Stage::Elected,
            Self::Announced(..) => Stage::Announced,
            Self::Approved(..) => Stage::Approved,
            Self::Sent(..) => Stage::Sent,
            Self::Filed(..) => Stage::Filed,
        }
    }

    #[must_use]
    pub fn announcement(&self) -> Option<&Announcement> {
        match self {
            Self::Elected => None,
            Self::Announced(one) | Self::Approved(one, ..) | Self::Sent(one, ..) | Self::Filed(one, ..) => Some(one),
        }
    }

    #[must_use]
    pub fn approval(&self) -> Option<&Approval> {
        match self {
            Self::Elected | Self::Announced(_) => None,
            Self::Approved(_, one) | Self::Sent(_, one, _) | Self::Filed(_, one, ..) => Some(one),
        }
    }

    #[must_use]
    pub fn sending(&self) -> Option<&Sending> {
        match self {
            Self::Elected | Self::Announced(_) | Self::Approved(..) => None,
            Self::Sent(_, _, one) | Self::Filed(_, _, one, _) => Some(one),
        }
    }

    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Elected | Self::Announced(_) | Self::Approved(..) | Self::Sent(..) => None,
            Self::Filed(_, _, _, one) => Some(one),
        }
    }
}

/// Somebody who was elected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elected {
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub college: String,
    pub class: String,
    pub contest: Option<ContestId>,
    /// 赞成; unknown where the report of an election outside does not say.
    pub votes: Option<u32>,
}

/// The result of a congress.
#[derive(Debug, Clone)]
pub struct CongressResult {
    pub purpose: Purpose,
    pub elected_on: Date,
    /// The report of a paper election held outside; none where the sittings of the congress elected.
    pub report: Option<String>,
    pub state: State,
    pub seated_at: Option<OffsetDateTime>,
    /// By votes.
    pub elected: Vec<Elected>,
    /// The scans that are there.
    pub scans: Vec<ScanOf>,
}

impl CongressResult {
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.state.stage()
    }

    /// Where it stands: the day of the last step is never after a later one.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let state = &self.state;
        let last = match state.stage() {
            Stage::Elected => None,
            Stage::Announced => state.announcement().map(|one| one.on),
            Stage::Approved => state.approval().map(|one| one.on),
            Stage::Sent => state.sending().map(|one| one.on),
            Stage::Filed => state.receipt().map(|one| one.on),
        };
        Standing { stage: state.stage(), last: last.unwrap_or(self.elected_on) }
    }

    /// The day of the approval, as long as nobody has taken a post by it.
    #[must_use]
    pub fn waits_to_seat(&self) -> Option<Date> {
        self.state.approval().filter(|_| self.seated_at.is_none()).map(|one| one.on)
    }

    #[must_use]
    pub fn has_scan(&self, of: ScanOf) -> bool {
        self.scans.contains(&of)
    }
}

impl Congress {
    /// The office is that of the Party body of the same level, which approves.
    #[must_use]
    pub fn is_approved_by(&self, office: &Held) -> bool {
        match office.kind {
            OfficeKind::SchoolParty => self.kind != Union::College,
            OfficeKind::CollegeParty => self.college.is_some() && self.college == office.college,
            _ => false,
        }
    }

    /// The office is that of the higher union, with which a college's result is filed.
    #[must_use]
    pub fn is_filed_with(&self, office: &Held) -> bool {
        office.kind == OfficeKind::SchoolUnion && self.kind == Union::College
    }

    /// The Party body of the same level, as papers call it where it has no other name.
    #[must_use]
    pub fn party_body(&self) -> String {
        match &self.college_name {
            Some(college) => format!("{college}党组织"),
            None => "学校党委".to_owned(),
        }
    }

    /// With whom the result is filed.
    #[must_use]
    pub fn higher_body(&self) -> &'static str {
        match self.kind {
            Union::College => "校学生会",
            Union::School | Union::Graduate => "上级学联",
        }
    }
}
