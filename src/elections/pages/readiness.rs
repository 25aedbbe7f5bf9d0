//! What must be so before a sitting is announced, and what of it is.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    elections::{
        ballot_box::full_size,
        sitting::{Contest, Sitting},
        store,
    },
    failure::Failure,
    ids::{ContestId, StudentId},
    rules::{
        Clause, Finding, Outcome,
        roster::Member,
        sitting::{ContestFacts, Fills, SittingFacts, announce as may_announce},
    },
    unions,
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
    let mut unvetted = HashMap::new();
    for contest in contests {
        unvetted.insert(contest.id, unvetted_candidates(db, sitting, contest, now).await?);
    }
    let mut unrecommended = store::unrecommended(db, sitting.id, now.date()).await?;
    let unnamed = |contest: &Contest| {
        let rules = contest.rules_in_words(&sitting.decision);
        rules.iter().any(|one| !one.is_practice() && one.text.is_empty())
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(SittingFacts {
        monitors: count(monitors.len()),
        threshold: u32::from(sitting.threshold),
        has_chief: monitors.iter().any(|monitor| monitor.chief),
        standing_monitors: store::standing_monitors(db, sitting.id).await?,
        begins_later: sitting.opens_at > now,
        longest: full_size(contests, &sets),
        most_contests: sets.iter().map(Vec::len).max().unwrap_or(0),
        undecided: contests.iter().any(unnamed),
        contests: contests
            .iter()
            .map(|contest| ContestFacts {
                title: contest.title.clone(),
                fills: contest.fills,
                body: contest.body,
                seats: contest.seats,
                extra: contest.rules.extra,
                rules: contest.rules.count,
                second: contest.round_of.is_some(),
                candidates: count(contest.candidates.len()),
                voters: contest.voters,
                unvetted: unvetted.remove(&contest.id).unwrap_or_default(),
                unrecommended: unrecommended.remove(&contest.id).unwrap_or_default(),
            })
            .collect(),
    })
}

/// The candidates for a presidium whom no round of vetting has listed, with today's facts; none of another contest.
pub(super) async fn unvetted_candidates(
    db: &mut PgConnection,
    sitting: &Sitting,
    contest: &Contest,
    now: OffsetDateTime,
) -> Result<Vec<Member>, Failure> {
    if contest.fills != Fills::Presidium {
        return Ok(Vec::new());
    }
    let students: Vec<StudentId> = contest.candidates.iter().map(|one| one.student).collect();
    let vetted = store::vetted(db, sitting, &students).await?;
    let others: Vec<_> = students.iter().filter(|id| !vetted.contains(id)).map(|id| id.0).collect();
    let facts = unions::store::facts(db, &others, now.date()).await?;
    let mut members: Vec<Member> = facts.iter().map(|fact| fact.member(None, now.date())).collect();
    members.sort_by_key(|member| contest.candidates.iter().position(|one| one.number == member.number));
    Ok(members)
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
        passes: !matches!(finding.verdict, Outcome::Fail | Outcome::Unknown),
        contest: contests.iter().find(|one| finding.unit.as_ref() == Some(&one.title)).map(|one| one.id),
        says: finding.message.clone(),
        remedy: finding.remedy.clone(),
        clause: finding.clause.clone(),
    };
    Ok(verdict.findings().iter().map(check).collect())
}
