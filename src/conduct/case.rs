//! A case of misconduct and where it stands.

use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    ids::{ConductCaseId, StudentId},
    office::OfficeKind,
    rules::conduct::{Ground, Inquired, Sanction},
    words::words,
};

words! {
    /// Where a case stands.
    ///
    /// ```text
    /// Reported ──accepted──▶ Accepted ──decided──▶ Decided ──objected──▶ Objected ──answered──▶ Closed
    ///    │                                            └──the time for objections is over──▶ Closed
    ///    └──declined──▶ Declined
    /// ```
    Stage:
    Reported = "reported", "待受理";
    Accepted = "accepted", "调查核实中";
    Decided = "decided", "已作出处理";
    Objected = "objected", "本人有异议，待复核";
    Closed = "closed", "已办结";
    Declined = "declined", "不予受理";
}

words! {
    /// Who learns the reporter's name.
    Source:
    Named = "named", "署名：办理单位能看到我的姓名，需要时会找我核实";
    Confidential = "confidential", "保密：办理单位看不到我的姓名";
    /// An office reports in its own name.
    Office = "office", "以单位名义移送";
}

words! {
    /// The office that handles a case.
    Handler:
    SchoolLeague = "school_league", "校团委";
    /// Of the School Youth League committee's own people.
    SchoolParty = "school_party", "学校党委";
}

impl Handler {
    /// The handler that an office is.
    #[must_use]
    pub fn of(office: OfficeKind) -> Self {
        if office == OfficeKind::SchoolParty { Self::SchoolParty } else { Self::SchoolLeague }
    }

    #[must_use]
    pub fn office(self) -> OfficeKind {
        match self {
            Self::SchoolLeague => OfficeKind::SchoolLeague,
            Self::SchoolParty => OfficeKind::SchoolParty,
        }
    }
}

words! {
    /// What was done to find out.
    InquiryKind:
    Inquiry = "inquiry", "调查核实";
    Hearing = "hearing", "听取本人陈述";
    /// The person did not come or did not want to speak.
    NotHeard = "not_heard", "未能听取本人陈述";
}

/// A note of the inquiry.
#[derive(Debug)]
pub struct Inquiry {
    pub kind: InquiryKind,
    pub on_day: Date,
    pub says: String,
    /// Who noted it.
    pub by: String,
}

/// An objection of the person it is about.
#[derive(Debug)]
pub struct Objection {
    pub says: String,
    pub at: OffsetDateTime,
    /// Whether it was upheld, and what was answered; none while it is open.
    pub answer: Option<(bool, String)>,
}

/// The days on which somebody is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    pub from: Date,
    /// The first day on which it holds no more.
    pub until: Date,
}

#[derive(Debug)]
pub struct ConductCase {
    pub id: ConductCaseId,
    pub number: i32,
    /// Whom it is about; none where it is somebody of the League committee's staff.
    pub student: Option<StudentId>,
    /// Name and place of whom it is about.
    pub subject: String,
    pub ground: Ground,
    pub says: String,
    /// Who reported it, by name; none where that is for nobody.
    pub reporter: Option<String>,
    pub handler: Handler,
    pub stage: Stage,
    pub reported_at: OffsetDateTime,
    /// The last day for the next act of the handling office.
    pub due_on: Option<Date>,
    pub sanction: Option<Sanction>,
    /// Where it is a suspension, its days.
    pub suspension: Option<Suspension>,
    /// What was decided, or why it was not accepted.
    pub decision: Option<String>,
    pub decided_at: Option<OffsetDateTime>,
    /// The last day on which the person may object.
    pub objection_until: Option<Date>,
    pub objection: Option<Objection>,
}

impl ConductCase {
    #[must_use]
    pub fn title(&self) -> String {
        format!("违纪失范办理 第 {} 号", self.number)
    }

    #[must_use]
    pub fn is_overdue(&self, today: &Date) -> bool {
        self.due_on.is_some_and(|due| due < *today)
    }

    #[must_use]
    pub fn is_reported(&self) -> bool {
        self.stage == Stage::Reported
    }

    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.stage == Stage::Accepted
    }

    #[must_use]
    pub fn is_objected(&self) -> bool {
        self.stage == Stage::Objected
    }

    #[must_use]
    pub fn is_declined(&self) -> bool {
        self.stage == Stage::Declined
    }

    /// The day of the decision; none where there is none, nor where the case was not accepted.
    #[must_use]
    pub fn decided_on(&self) -> Option<Date> {
        self.decided_at.filter(|_| !self.is_declined()).map(|at| at.to_offset(CHINA).date())
    }

    /// The person may object on that day.
    #[must_use]
    pub fn may_be_objected(&self, today: &Date) -> bool {
        self.stage == Stage::Decided
            && self.sanction.is_some_and(Sanction::is_adverse)
            && self.objection_until.is_some_and(|until| *today <= until)
    }

    /// Nothing is left to do on that day: closed, or the time for an objection is over.
    #[must_use]
    pub fn has_ended(&self, today: &Date) -> bool {
        match self.stage {
            Stage::Closed | Stage::Declined => true,
            Stage::Decided => !self.may_be_objected(today),
            Stage::Reported | Stage::Accepted | Stage::Objected => false,
        }
    }

    /// What the reporter is told of the outcome: whether it was found true, not what was done to the person.
    #[must_use]
    pub fn told_reporter(&self) -> &'static str {
        match self.sanction {
            None => "",
            Some(Sanction::NoFault) => "经查不属实",
            Some(Sanction::Referred) => "已移交有关单位",
            Some(_) => "已按规定处理",
        }
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn state(&self, today: &Date) -> &'static str {
        if self.stage == Stage::Decided && self.has_ended(today) { Stage::Closed.label() } else { self.stage.label() }
    }
}

/// What the notes of an inquiry come to.
#[must_use]
pub(super) fn inquired(notes: &[Inquiry]) -> Inquired {
    let heard = notes.iter().any(|note| note.kind != InquiryKind::Inquiry);
    Inquired { notes: notes.len(), heard }
}
