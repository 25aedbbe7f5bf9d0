//! What an adoption would change, over all unions at once: read and judged, nothing written.

use std::sync::Arc;

use sqlx::PgConnection;
use time::Date;

use super::store::{self, Running};
use crate::{
    failure::Failure,
    ids::InstitutionId,
    rulebook::store::calendar,
    rules::{
        Plan,
        effect::{
            MissingChain, OwnChange, OwnEffect, RuleChange, Scope, UnionEffect, effect, missing_chains, own_changes,
            own_effect, rule_changes,
        },
        own::OwnFact,
    },
    unions::{
        store::{self as unions_store, OwnFactRow},
        union::Record,
    },
};

/// What an adoption would change.
#[derive(Debug)]
pub(super) struct Preview {
    /// The day as of which the unions were judged: that of the adoption, or today where it reaches back.
    pub day: Date,
    /// The unions in which something changes.
    pub unions: Vec<UnionChange>,
    /// Unions in which nothing changes.
    pub unchanged: usize,
    /// Against the plan that governs until then; none where there is none.
    pub changes: Option<Vec<RuleChange>>,
    /// The university's own rules on which the two do not say the same.
    pub own: Vec<OwnChange>,
    pub missing: Vec<MissingChain>,
    pub running: Running,
}

/// A union in which something changes.
#[derive(Debug)]
pub(super) struct UnionChange {
    pub name: String,
    pub effect: UnionEffect,
    /// By the university's own rules.
    pub own: OwnEffect,
}

impl UnionChange {
    pub fn appears(&self) -> usize {
        self.effect.appears.len() + self.own.appears.len()
    }

    pub fn vanishes(&self) -> usize {
        self.effect.vanishes.len() + self.own.vanishes.len()
    }
}

impl Preview {
    /// The unions of which nothing would be checked.
    pub fn fallen_out(&self) -> Vec<&str> {
        let outside = |one: &&UnionChange| matches!(one.effect.scope, Scope::FallsOut | Scope::Outside);
        self.unions.iter().filter(outside).map(|one| one.name.as_str()).collect()
    }

    /// The unions in which not one rule could be judged.
    pub fn unjudged(&self) -> Vec<&str> {
        self.unions.iter().filter(|one| one.effect.judges_nothing).map(|one| one.name.as_str()).collect()
    }

    pub fn appears(&self) -> usize {
        self.unions.iter().map(UnionChange::appears).sum()
    }

    pub fn vanishes(&self) -> usize {
        self.unions.iter().map(UnionChange::vanishes).sum()
    }
}

/// What an adoption is judged by, as it was read.
pub(super) struct Basis {
    day: Date,
    /// What governs until then; none where nothing does, or nothing that can be read.
    before: Option<Arc<Plan>>,
    running: Running,
    records: Vec<Record>,
    /// What the unions have reported on the university's own rules.
    reported: Vec<OwnFactRow>,
}

/// Reads what an adoption from a day on is judged by.
pub(super) async fn basis(
    connection: &mut PgConnection,
    institution: InstitutionId,
    from: Date,
    today: Date,
) -> Result<Basis, Failure> {
    let day = from.max(today);
    let before = match calendar(connection, institution).await {
        Ok(calendar) => calendar.on(day).cloned(),
        // A plan that this program can no longer read must not keep another one from being adopted.
        Err(Failure::PlanUnreadable(_)) => None,
        Err(failure) => return Err(failure),
    };
    let running = store::running(connection, institution, today).await?;
    let unions = unions_store::list(connection, institution, None).await?;
    let records = unions_store::records(connection, institution, unions, day).await?;
    let reported = unions_store::own_facts(connection, institution, None).await?;
    Ok(Basis { day, before, running, records, reported })
}

/// What would change if `plan` governed. Every union is judged twice: away from the threads that serve pages.
pub(super) fn preview(basis: Basis, plan: &Plan) -> Preview {
    let Basis { day, before, running, records, reported } = basis;
    let then = plan.as_of(day);
    let now = before.as_ref().map(|plan| plan.as_of(day));
    // There is nothing to judge in a union of which nobody is registered yet.
    let is_there = |record: &&Record| record.union.opened_on.is_some() || record.people_on(day) > 0;
    let change = |record: &Record| {
        let of_union = reported.iter().filter(|row| row.union == record.union.id);
        let facts: Vec<OwnFact> = of_union.map(|row| row.fact.clone()).collect();
        UnionChange {
            name: record.union.name.clone(),
            effect: effect(&record.timeline, now.as_deref(), &then, day),
            own: own_effect(&record.timeline, &facts, now.as_deref(), &then, day),
        }
    };
    let all: Vec<UnionChange> = records.iter().filter(is_there).map(change).collect();
    let count = all.len();
    let unions: Vec<UnionChange> = all.into_iter().filter(|one| !(one.effect.is_none() && one.own.is_none())).collect();
    let unchanged = count - unions.len();
    let changes = before.as_ref().map(|before| rule_changes(before, plan));
    let own = before.as_ref().map(|before| own_changes(before, plan)).unwrap_or_default();
    Preview { day, unions, unchanged, changes, own, missing: missing_chains(plan), running }
}
