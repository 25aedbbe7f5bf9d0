//! What ends in unions and elections when a cohort leaves, and which breaches follow: shown before anything is written.

use std::collections::HashSet;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    cohort::Cohort,
    store::{self, CongressLoss, SittingLoss, UnionLoss},
};
use crate::{
    app::App,
    failure::Failure,
    ids::{InstitutionId, StudentId},
    rulebook,
    rules::{Finding, Gauge, Outcome},
    unions,
};

/// What a turn of the year ends beside the students' own places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consequences {
    pub unions: Vec<UnionConsequence>,
    pub sittings: Vec<SittingLoss>,
    pub congresses: Vec<CongressLoss>,
}

/// One union that loses somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionConsequence {
    pub loss: UnionLoss,
    /// Nobody is left in it.
    pub emptied: bool,
    /// What the plan will find that it does not find now.
    pub breaches: Vec<String>,
}

impl Consequences {
    /// The figures as one text: what is done must be what was seen.
    #[must_use]
    pub fn seen(&self) -> String {
        let of_union = |one: &UnionConsequence| {
            let UnionLoss { union, posts, coming, turns, cases, .. } = &one.loss;
            format!("{union}={posts}/{coming}/{turns}/{cases}")
        };
        let of_sitting =
            |one: &SittingLoss| format!("{}={}/{}/{}", one.sitting, one.monitors, one.candidates, one.voters);
        let of_congress = |one: &CongressLoss| format!("{}={}/{}", one.congress, one.delegates, one.waiting);
        let elections = self.sittings.iter().map(of_sitting).chain(self.congresses.iter().map(of_congress));
        self.unions.iter().map(of_union).chain(elections).collect::<Vec<_>>().join(",")
    }

    /// Breaches that follow, in all.
    #[must_use]
    pub fn breaches(&self) -> usize {
        self.unions.iter().map(|one| one.breaches.len()).sum()
    }

    /// A figure over all unions.
    #[must_use]
    pub fn total(&self, of: impl Fn(&UnionLoss) -> i64) -> i64 {
        self.unions.iter().map(|one| of(&one.loss)).sum()
    }

    #[must_use]
    pub fn posts(&self) -> i64 {
        self.total(|loss| loss.posts)
    }

    #[must_use]
    pub fn coming(&self) -> i64 {
        self.total(|loss| loss.coming)
    }

    #[must_use]
    pub fn turns(&self) -> i64 {
        self.total(|loss| loss.turns)
    }

    #[must_use]
    pub fn cases(&self) -> i64 {
        self.total(|loss| loss.cases)
    }
}

/// What follows when these cohorts leave on a day.
pub async fn consequences(
    app: &App,
    connection: &mut PgConnection,
    institution: InstitutionId,
    cohorts: &[Cohort],
    day: Date,
    now: OffsetDateTime,
) -> Result<Consequences, Failure> {
    let losses = store::union_losses(connection, institution, cohorts, day).await?;
    let sittings = store::sitting_losses(connection, institution, cohorts).await?;
    let congresses = store::congress_losses(connection, institution, cohorts, day).await?;
    let gone: HashSet<StudentId> = store::members_of(connection, institution, cohorts).await?.into_iter().collect();
    let mut affected = unions::store::list(connection, institution, None).await?;
    affected.retain(|union| losses.iter().any(|loss| loss.union == union.id));
    let records = unions::store::records(connection, institution, affected, now.date()).await?;
    let plan =
        rulebook::store::calendar(connection, institution).await?.in_force(day).map(std::borrow::Cow::into_owned);
    let judge = move || {
        let one = |loss: UnionLoss| {
            let Some(record) = records.iter().find(|record| record.union.id == loss.union) else {
                return UnionConsequence { loss, emptied: false, breaches: Vec::new() };
            };
            let after = record.without(&gone, day);
            let emptied = after.members_on(day).is_empty();
            let breaches = plan.as_ref().map(|plan| {
                let found =
                    |timeline: &crate::rules::timeline::Timeline| timeline.findings(plan, day).unwrap_or_default();
                new_breaches(&found(&record.timeline), found(&after))
            });
            UnionConsequence { loss, emptied, breaches: breaches.unwrap_or_default() }
        };
        losses.into_iter().map(one).collect()
    };
    Ok(Consequences { unions: app.heavy(judge).await?, sittings, congresses })
}

/// The hard breaches that are not among those of before, or are worse than there.
fn new_breaches(before: &[Finding], after: Vec<Finding>) -> Vec<String> {
    let is_new = |finding: &Finding| {
        let same = |other: &&Finding| (other.rule, &other.unit) == (finding.rule, &finding.unit);
        finding.verdict == Outcome::Fail && before.iter().find(same).is_none_or(|other| is_worse(other, finding))
    };
    // A rule's “今天” is the day that it judged, and that is the day of leaving here.
    after.into_iter().filter(is_new).map(|finding| finding.message.replace("今天", "当天")).collect()
}

/// A breach that was none before, lies further outside its bounds, or is about somebody more.
fn is_worse(before: &Finding, after: &Finding) -> bool {
    if before.verdict != Outcome::Fail {
        return true;
    }
    let outside = |gauge: Gauge| {
        let over = gauge.high.map_or(0, |high| gauge.value.saturating_sub(high));
        over.max(gauge.low.saturating_sub(gauge.value))
    };
    match before.gauge.zip(after.gauge) {
        Some((was, is)) => outside(is) > outside(was),
        None => after.subjects.iter().any(|number| !before.subjects.contains(number)),
    }
}
