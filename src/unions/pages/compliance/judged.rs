//! A union held against every rule, as much of it as the overview shows.

use time::Date;

use crate::{
    auth::person::Held,
    rules::{Outcome, Rule, adoption::Calendar},
    unions::{
        owed::{OfficersOwed, WorkOwed, judge_owed},
        pages::{
            Evidence, Onward, Subject, evidence,
            own_rules::{OwnBreach, own_breaches},
            with_duties,
        },
        store::{OwnFactRow, ReasonRow},
        trend::{LookedAt, UnionDays},
        union::Record,
    },
};

/// People named beside one breach; its own page has them all.
const NAMED: usize = 8;

/// What is said of a breach or a warning beside what every finding says.
#[derive(Debug)]
pub(super) struct BreachDetails {
    /// What the plan says of it, word by word; empty where it is practice.
    pub clause: String,
    /// How often its reason was given.
    pub reasons: usize,
    /// Whom it is about, as far as there is room.
    pub people: Vec<Subject>,
    /// More people than are named.
    pub others: usize,
    pub remedy: String,
    /// Where it is put right, as far as the office may go there.
    pub onward: Option<Onward>,
}

/// A finding as the overview shows it.
#[derive(Debug)]
pub(super) struct ShownFinding {
    pub rule: Rule,
    pub verdict: Outcome,
    pub measured: String,
    pub says: String,
    pub since: Option<Date>,
    /// Of what is not met, and of what is warned of.
    pub breach: Option<BreachDetails>,
}

impl ShownFinding {
    fn of(evidence: Evidence) -> Self {
        let details = || BreachDetails {
            clause: evidence.finding.clause.as_ref().map(|clause| clause.quote.clone()).unwrap_or_default(),
            reasons: evidence.reasons.len(),
            people: evidence.named().take(NAMED).cloned().collect(),
            others: evidence.named().count().saturating_sub(NAMED) + evidence.hidden,
            remedy: evidence.finding.remedy.clone(),
            onward: evidence.onward.clone(),
        };
        let breach = matches!(evidence.finding.verdict, Outcome::Fail | Outcome::Warn).then(details);
        let Evidence { finding, since, .. } = evidence;
        Self {
            rule: finding.rule,
            verdict: finding.verdict,
            measured: finding.measured,
            says: finding.message,
            since,
            breach,
        }
    }
}

/// A union as it stands.
#[derive(Debug)]
pub(super) struct JudgedUnion {
    /// None: nobody is registered yet, or no plan speaks of the union.
    pub found: Option<Vec<ShownFinding>>,
    /// What is to be done about the university's own rules.
    pub own: Vec<OwnBreach>,
    /// How it stood at the ends of months, and how it will stand.
    pub days: UnionDays,
}

/// What unions are judged by.
#[derive(Debug)]
pub(super) struct Judging {
    pub day: Date,
    pub plans: Calendar,
    /// Who looks: where a breach is put right is not for every office.
    pub office: Held,
    pub reasons: Vec<ReasonRow>,
    /// What unions reported on the university's own rules.
    pub own: Vec<OwnFactRow>,
    /// The days to come on which people come to posts.
    pub coming: Vec<Date>,
    /// Those days and the ends of months are judged too, each as much work as the day itself.
    pub with_days: bool,
}

impl Judging {
    pub(super) fn looked_at(&self) -> LookedAt<'_> {
        if self.with_days { LookedAt::new(self.day, &self.coming, &self.plans) } else { LookedAt::default() }
    }

    pub(super) fn judge(
        &self,
        record: &Record,
        officers: &OfficersOwed,
        work: &WorkOwed,
        looked_at: &LookedAt<'_>,
    ) -> JudgedUnion {
        let plan = self.plans.in_force(self.day);
        // There is nothing to judge in a union of which nobody is registered yet.
        let is_blank = record.union.opened_on.is_none() && record.people_on(self.day) == 0;
        let found = plan.as_deref().filter(|_| !is_blank).and_then(|plan| {
            let found = evidence(record, &self.plans, &self.reasons, &self.office, self.day)?;
            let owed = judge_owed(record, officers, work, plan, self.day);
            let found = with_duties(found, record, owed, &self.office, self.day);
            Some(found.into_iter().map(ShownFinding::of).collect())
        });
        let own = plan.as_deref().map(|plan| own_breaches(record, plan, &self.own, self.day)).unwrap_or_default();
        JudgedUnion { found, own, days: UnionDays::of(record, looked_at, self.day) }
    }
}
