//! What must be so before a sitting is announced, and what of it is.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    elections::{
        ballot_box::full_size,
        sitting::{Contest, Sitting},
        store,
    },
    failure::Failure,
    ids::ContestId,
    rules::{
        Clause, Finding, Outcome,
        sitting::{ContestFacts, SittingFacts, announce as may_announce},
    },
};

/// One thing that must be so before a sitting is announced.
pub(super) struct Check {
    pub(super) passes: bool,
    pub(super) says: String,
    pub(super) remedy: String,
    /// The contest in which it is put right; else the sitting itself.
    pub(super) contest: Option<ContestId>,
    /// The clause that it rests on, if any.
    pub(super) clause: Option<Clause>,
}

pub(super) async fn facts(
    db: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
    now: OffsetDateTime,
) -> Result<SittingFacts, Failure> {
    let monitors = store::monitors(db, sitting.id).await?;
    let sets = store::coming_sets(db, sitting.id, now.date()).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(SittingFacts {
        monitors: count(monitors.len()),
        threshold: u32::from(sitting.threshold),
        has_chief: monitors.iter().any(|monitor| monitor.chief),
        standing_monitors: store::standing_monitors(db, sitting.id).await?,
        begins_later: sitting.opens_at > now,
        longest: full_size(contests, &sets),
        most_contests: sets.iter().map(Vec::len).max().unwrap_or(0),
        undecided: sitting.decision.is_empty() && contests.iter().any(|contest| contest.rules.leaves_practice()),
        contests: contests
            .iter()
            .map(|contest| ContestFacts {
                title: contest.title.clone(),
                fills: contest.fills,
                body: contest.body,
                seats: contest.seats,
                extra: contest.rules.extra,
                candidates: count(contest.candidates.len()),
                voters: contest.voters,
            })
            .collect(),
    })
}

/// What the announcement asks, one by one.
pub(super) async fn checks(
    db: &mut PgConnection,
    sitting: &Sitting,
    contests: &[Contest],
    now: OffsetDateTime,
) -> Result<Vec<Check>, Failure> {
    let calendar = crate::rulebook::store::calendar(db, sitting.institution).await?;
    let Some(plan) = calendar.in_force(now.date()) else {
        let says = "学校还没有启用实施方案".to_owned();
        let remedy = "请校团委先在“实施方案”里启用本校的方案".to_owned();
        return Ok(vec![Check { passes: false, says, remedy, contest: None, clause: None }]);
    };
    let verdict = may_announce(&plan, &facts(db, sitting, contests, now).await?);
    let check = |finding: &Finding| Check {
        passes: finding.verdict != Outcome::Fail,
        contest: contests.iter().find(|one| finding.unit.as_ref() == Some(&one.title)).map(|one| one.id),
        says: finding.message.clone(),
        remedy: finding.remedy.clone(),
        clause: finding.clause.clone(),
    };
    Ok(verdict.findings().iter().map(check).collect())
}
