//! How many have to be there, and what a constitution passes with, by the plan or by a constitution or election rules beside
//! it (VET-05): a meeting goes by it and shows its clause.

use sqlx::PgConnection;
use time::Date;

use crate::{
    elections::sitting::RuleSource,
    failure::Failure,
    ids::InstitutionId,
    rulebook::governing,
    rules::{
        Clause, Outcome, Plan,
        election::RulePoint,
        meeting::{MeetingRules, Needed},
        plan::CountRule,
    },
};

/// What is stated of a meeting's quorum.
#[derive(Debug, Clone)]
pub(super) struct StatedQuorum {
    /// The rules of a meeting by it; what passes a show of hands is practice.
    pub(super) rules: MeetingRules,
    /// Another quorum is a breach, and no matter of a reason.
    pub(super) binds: bool,
}

impl StatedQuorum {
    fn of(plan: &Plan) -> Option<Self> {
        let binds = plan.figures.elections.as_ref()?.provision.breach() == Outcome::Fail;
        plan.election_terms().find_map(|(term, clause)| {
            let CountRule::Quorum { numerator, denominator, strict } = term.rule else { return None };
            let RuleSource { source, text, .. } = RuleSource::of(plan, RulePoint::Quorum, clause);
            let practice = MeetingRules::practice();
            let rules = MeetingRules { part: numerator, whole: denominator, strict, source, basis: text, ..practice };
            Some(Self { rules, binds })
        })
    }

    /// The same number of people is asked for.
    pub(super) fn is_quorum_of(&self, rules: &MeetingRules) -> bool {
        let own = &self.rules;
        (own.part, own.whole, own.strict) == (rules.part, rules.whole, rules.strict)
    }
}

/// What the plan of a university states on a day; none where it does not speak of it.
pub(super) async fn stated_quorum(
    db: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Option<StatedQuorum>, Failure> {
    Ok(governing(db, institution, day).await?.and_then(|governing| StatedQuorum::of(&governing.plan)))
}

/// What a constitution passes with.
pub(super) struct StatedMajority {
    pub(super) needed: Needed,
    pub(super) clause: Clause,
}

impl StatedMajority {
    fn of(plan: &Plan) -> Option<Self> {
        let (needed, clause) = plan.constitution_passes()?;
        Some(Self { needed, clause: clause.clone() })
    }
}

/// What the plan of a university states of it on a day; none where it does not speak of it.
pub(super) async fn stated_majority(
    db: &mut PgConnection,
    institution: InstitutionId,
    day: Date,
) -> Result<Option<StatedMajority>, Failure> {
    Ok(governing(db, institution, day).await?.and_then(|governing| StatedMajority::of(&governing.plan)))
}
