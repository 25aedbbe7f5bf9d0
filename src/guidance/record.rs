//! What is recorded of leadership and guidance, and who fills the plan's slots.

use time::{Date, OffsetDateTime};

use crate::{
    ids::{AccountId, DocumentId, GuidanceRecordId, UnionId},
    office::OfficeKind,
    rules::guidance::{Duty, Filled, Means, Signatures, SlotKind, Topic},
};

/// Who fills a slot of the plan.
#[derive(Debug, Clone)]
pub struct Role {
    pub kind: SlotKind,
    /// The plan's word.
    pub slot: String,
    pub name: String,
    pub title: String,
    pub from_day: Date,
}

/// The slots that somebody fills, as the rules see them.
#[must_use]
pub fn filled(roles: &[Role]) -> Vec<Filled> {
    roles.iter().map(|role| Filled { kind: role.kind, name: role.slot.clone() }).collect()
}

/// The list of the leading group or mechanism as it was fixed.
#[derive(Debug, Clone)]
pub struct LeadingGroup {
    pub fixed_on: Date,
    pub document: String,
    /// A member a line.
    pub members: String,
}

/// A signature of a joint study.
#[derive(Debug, Clone)]
pub struct Signature {
    pub account: AccountId,
    pub name: String,
}

/// What was done for a duty.
#[derive(Debug, Clone)]
pub struct Record {
    pub id: GuidanceRecordId,
    pub duty: Duty,
    pub on_day: Date,
    pub title: String,
    pub says: String,
    pub union: Option<UnionId>,
    /// The union that it is about or comes from.
    pub union_name: Option<String>,
    pub topic: Option<Topic>,
    pub means: Option<Means>,
    /// The class that was guided.
    pub class: Option<String>,
    pub document: Option<DocumentId>,
    /// Who recorded it: name and office.
    pub by: String,
    pub league: Option<Signature>,
    pub affairs: Option<Signature>,
    pub concluded_at: Option<OffsetDateTime>,
    pub answer: Option<String>,
}

impl Record {
    /// The signatures as the rule sees them.
    #[must_use]
    pub fn signatures(&self) -> Signatures {
        let same =
            self.league.as_ref().zip(self.affairs.as_ref()).is_some_and(|(one, other)| one.account == other.account);
        Signatures { league: self.league.is_some(), affairs: self.affairs.is_some(), same_person: same }
    }

    #[must_use]
    pub fn is_joint(&self) -> bool {
        self.duty == Duty::JointStudy
    }

    #[must_use]
    pub fn is_concluded(&self) -> bool {
        self.concluded_at.is_some()
    }

    /// A problem that nobody has answered yet.
    #[must_use]
    pub fn awaits_answer(&self) -> bool {
        self.duty == Duty::Feedback && self.answer.is_none()
    }

    /// The office may sign the joint study and has not.
    #[must_use]
    pub fn may_be_signed_by(&self, office: OfficeKind) -> bool {
        self.is_joint()
            && !self.is_concluded()
            && match office {
                OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => self.league.is_none(),
                OfficeKind::StudentAffairs => self.affairs.is_none(),
                _ => false,
            }
    }

    /// Who signed, in words.
    #[must_use]
    pub fn signed_in_words(&self) -> String {
        let name =
            |signature: &Option<Signature>| signature.as_ref().map_or("未签署".to_owned(), |one| one.name.clone());
        format!("校团委：{}；学生工作部门：{}", name(&self.league), name(&self.affairs))
    }
}

/// The offices that record what was done for a duty.
#[must_use]
pub fn recorders(duty: Duty) -> &'static [OfficeKind] {
    match duty {
        Duty::PartyHearing | Duty::PartyBuilding => {
            &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::SchoolParty]
        }
        Duty::JointStudy => &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary, OfficeKind::StudentAffairs],
        Duty::GroupReport => &[OfficeKind::SchoolLeague, OfficeKind::DeputySecretary],
        Duty::GoodPractice => &[
            OfficeKind::SchoolLeague,
            OfficeKind::DeputySecretary,
            OfficeKind::SchoolUnion,
            OfficeKind::GraduateUnion,
            OfficeKind::CollegeLeague,
            OfficeKind::CollegeUnion,
        ],
        Duty::Measures | Duty::Feedback => &[OfficeKind::CollegeLeague, OfficeKind::CollegeUnion],
        Duty::Guiding => &[
            OfficeKind::SchoolLeague,
            OfficeKind::DeputySecretary,
            OfficeKind::SchoolUnion,
            OfficeKind::CollegeLeague,
            OfficeKind::CollegeUnion,
        ],
    }
}

/// Everybody of the university reads it; else the school's offices and whoever recorded it for their college.
#[must_use]
pub fn is_for_all(duty: Duty) -> bool {
    matches!(duty, Duty::GoodPractice | Duty::Measures | Duty::Guiding | Duty::PartyBuilding)
}

/// The office sees what is recorded for a duty: the school's offices all of it, others what is for everybody or what they
/// record themselves.
#[must_use]
pub fn may_see(kind: OfficeKind, duty: Duty) -> bool {
    let of_school = matches!(
        kind,
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary | OfficeKind::StudentAffairs | OfficeKind::SchoolParty
    );
    of_school || is_for_all(duty) || recorders(duty).contains(&kind)
}

/// How far guidance reached one college within a year.
#[derive(Debug, Clone)]
pub struct CollegeCoverage {
    pub union: UnionId,
    pub name: String,
    /// Records by 制度设计, 资源整合, 活动开展.
    pub system: i64,
    pub resources: i64,
    pub activity: i64,
    pub classes: i64,
    pub guided_classes: i64,
    /// Its detailed measures are on file.
    pub measures: bool,
}

impl CollegeCoverage {
    #[must_use]
    pub fn is_guided(&self) -> bool {
        self.system + self.resources + self.activity > 0
    }
}
