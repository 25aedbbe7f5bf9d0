//! A person recommended as a delegate, what was said of them, and what this congress has set for it.

use time::{Date, OffsetDateTime};

use super::unit::{Unit, UnitKind};
use crate::{
    ids::{AccountId, ClassId, CollegeId, CongressId, RecommendationId, StudentId},
    office::OfficeKind,
    rules::{
        chain::{Chain, DecisionKind, Link, Opinion, Party, Progress, Stage},
        delegates::DelegateChain,
        plan::{Body, Union},
    },
};

/// How the delegates of a congress are produced.
#[derive(Debug, Clone)]
pub struct Terms {
    pub congress: CongressId,
    /// The plan's steps as they were when recommending began.
    pub chain: DelegateChain,
    /// The last day on which somebody is recommended.
    pub closes_on: Date,
    /// How many more candidates than places there are, in percent.
    pub margin_percent: u32,
    /// The most recommended for each seat; none for no limit.
    pub most_per_seat: Option<u32>,
}

impl Terms {
    /// The most that a unit recommends; none for no limit.
    #[must_use]
    pub fn most(&self, unit: &Unit) -> Option<u32> {
        self.most_per_seat.map(|most| most.saturating_mul(unit.seats))
    }

    /// The steps before the election for a unit of a congress of that kind.
    #[must_use]
    pub fn steps(&self, unit: UnitKind, kind: Union) -> Chain {
        let (body, office) = match kind {
            Union::School | Union::Graduate => (Body::SchoolLeague, "校团委"),
            Union::College => (Body::CollegeLeague, "院系团组织"),
        };
        match unit {
            UnitKind::Grade => self.chain.before.clone(),
            UnitKind::Society => self.chain.named_by(Party { body, name: format!("社团提名、{office}") }),
            UnitKind::Union => self.chain.named_by(Party { body, name: format!("学生会提名、{office}") }),
        }
    }
}

/// What an office may be in the steps: a college's Party organisation is also the one to which its students belong.
#[must_use]
pub fn bodies_of(office: OfficeKind) -> &'static [Body] {
    match office {
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => &[Body::SchoolLeague],
        OfficeKind::StudentAffairs => &[Body::StudentAffairs],
        OfficeKind::SchoolParty => &[Body::SchoolParty],
        OfficeKind::SchoolUnion | OfficeKind::GraduateUnion => &[Body::SchoolUnion],
        OfficeKind::CollegeLeague => &[Body::CollegeLeague],
        OfficeKind::CollegeParty => &[Body::DelegateParty, Body::CollegeParty],
        OfficeKind::CollegeUnion => &[Body::CollegeUnion],
        OfficeKind::ClassBranch => &[Body::ClassBranch],
        OfficeKind::Administrator | OfficeKind::Student => &[],
    }
}

/// A person recommended as a delegate.
#[derive(Debug, Clone)]
pub struct Recommendation {
    pub id: RecommendationId,
    pub unit: i16,
    pub student: StudentId,
    pub number: String,
    pub name: String,
    pub political: Option<String>,
    pub class_name: String,
    pub college_name: String,
    /// The class whose League branch recommends.
    pub class: Option<ClassId>,
    /// The college whose Party organisation is theirs.
    pub college: CollegeId,
    pub stage: Stage,
    /// How often it has moved.
    pub visit: u32,
    /// They are a student today, and still of the unit.
    pub fits: bool,
    pub made_at: OffsetDateTime,
    pub ended_why: Option<String>,
    pub opinions: Vec<OpinionRow>,
}

/// What a body said.
#[derive(Debug, Clone)]
pub struct OpinionRow {
    pub visit: u32,
    pub step: usize,
    pub body: Body,
    /// Of the offices for which the body acts in the step, the one that spoke, from 0.
    pub place: usize,
    pub account: AccountId,
    /// The office in words, as it signed.
    pub office: String,
    pub verdict: DecisionKind,
    pub says: String,
    pub at: OffsetDateTime,
}

impl Recommendation {
    /// As the steps see it.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let opinion = |row: &OpinionRow| Opinion {
            step: row.step,
            visit: row.visit,
            body: row.body,
            place: row.place,
            person: row.account.0,
            decision: row.verdict.with_step(None),
            session: None,
        };
        let opinions = self.opinions.iter().map(opinion).collect();
        Progress { stage: self.stage, visit: self.visit, opinions, prepared_by: None }
    }

    /// How many opinions a body has given on this visit.
    #[must_use]
    pub fn given(&self, body: Body) -> usize {
        let own = |row: &&OpinionRow| row.visit == self.visit && row.body == body;
        self.opinions.iter().filter(own).count()
    }

    /// The step at which it waits.
    #[must_use]
    pub fn waits_at<'a>(&self, chain: &'a Chain) -> Option<&'a Link> {
        match self.stage {
            Stage::At(step) => chain.links.get(step),
            _ => None,
        }
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn stands(&self, chain: &Chain) -> String {
        match (self.stage, self.fits) {
            (Stage::At(_), true) => {
                self.waits_at(chain).map(|link| format!("待{}", link.in_words())).unwrap_or_default()
            }
            (Stage::Passed, true) => "可列为候选人".to_owned(),
            (Stage::At(_) | Stage::Passed, false) => "已不在本单位，不能参选".to_owned(),
            (stage, _) => stage.label().to_owned(),
        }
    }

    /// They may stand.
    #[must_use]
    pub fn may_stand(&self) -> bool {
        self.stage == Stage::Passed && self.fits
    }

    #[must_use]
    pub fn is_alive(&self) -> bool {
        matches!(self.stage, Stage::At(_) | Stage::Passed)
    }

    /// The words of the body that recommended.
    #[must_use]
    pub fn words(&self) -> &str {
        self.opinions.first().map_or("", |first| &first.says)
    }
}
