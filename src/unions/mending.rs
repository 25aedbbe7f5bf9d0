//! 整改期限: by which day a union puts right what it breaks, as the School Youth League committee sets it for a rule. It counts
//! for as long as the breach stands.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    owed::OwedRows,
    store::{self, OwnFactRow},
    union::Record,
};
use crate::{
    app::App,
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, MendingId, UnionId},
    rulebook,
    rules::{
        Clause, Finding, Outcome, Rule,
        own::{OwnFact, OwnFinding, OwnKnown, own_findings},
        plan::Plan,
    },
    text::chinese_day,
    words::words,
};

words! {
    /// Why a day counts no more.
    MendingEnd:
    /// Another day took its place.
    Changed = "changed", "改期";
    /// The breach is gone.
    Mended = "mended", "已消除";
    Withdrawn = "withdrawn", "撤回";
}

/// The rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MendedRule {
    /// One of the catalogue.
    Listed(Rule),
    /// One of the university's own, by its name in the plan.
    Own(String),
}

impl MendedRule {
    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Listed(rule) => rule.name(),
            Self::Own(name) => name,
        }
    }

    /// Its code; none of one that stands in no catalogue.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Listed(rule) => Some(rule.code()),
            Self::Own(_) => None,
        }
    }

    /// Its name in the plan; none of one of the catalogue.
    #[must_use]
    pub fn own_name(&self) -> Option<&str> {
        match self {
            Self::Listed(_) => None,
            Self::Own(name) => Some(name),
        }
    }
}

/// A day by which a union is to mend what it breaks.
#[derive(Debug, Clone)]
pub struct Mending {
    pub id: MendingId,
    pub union: UnionId,
    pub rule: MendedRule,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// What is to be done.
    pub says: String,
    /// The office that set it, in words.
    pub office: String,
    pub is_late: bool,
}

impl Mending {
    /// The day in words: `2026年12月20日前整改`, and that it is past.
    #[must_use]
    pub fn by_when(&self) -> String {
        format!("{}前整改{}", chinese_day(self.due_on), if self.is_late { "，已逾期" } else { "" })
    }

    /// The same in a cell of a table.
    #[must_use]
    pub fn cell(&self) -> String {
        format!("{}{}", self.due_on, if self.is_late { "（逾期）" } else { "" })
    }
}

/// A day that counts no more.
#[derive(Debug)]
pub struct PastMending {
    pub due_on: Date,
    pub says: String,
    pub office: String,
    pub at: OffsetDateTime,
    pub end: MendingEnd,
}

/// What a union breaks on a day, of rules that bind. Of a union in which nobody is registered yet there is nothing to judge.
pub(super) fn breaches(record: &Record, plan: &Plan, owed: &OwedRows, today: Date) -> Vec<Finding> {
    if record.union.opened_on.is_none() && record.people_on(today) == 0 {
        return Vec::new();
    }
    let findings = owed.findings(record, plan, today).unwrap_or_default();
    findings.into_iter().filter(|finding| finding.verdict == Outcome::Fail).collect()
}

/// The answers to the university's own rules of the plan that governs; none for a union that is not under them yet.
pub(super) fn own_judged<'p>(record: &Record, plan: &'p Plan, facts: &[OwnFactRow], day: Date) -> Vec<OwnFinding<'p>> {
    let is_judged =
        plan.unions.contains(&record.union.kind) && record.union.opened_on.is_some_and(|since| since <= day);
    if !is_judged || plan.own.is_empty() {
        return Vec::new();
    }
    let of_union = facts.iter().filter(|row| row.union == record.union.id);
    let facts: Vec<OwnFact> = of_union.map(|row| row.fact.clone()).collect();
    own_findings(plan, record.union.kind, OwnKnown { facts: &facts, timeline: Some(&record.timeline) }, day)
}

/// A part of a rule that a union breaks.
#[derive(Debug, Clone)]
pub(super) struct BrokenPart {
    pub rule: MendedRule,
    /// The department that it is about, and what is amiss.
    pub says: String,
    pub clause: Option<Clause>,
}

impl BrokenPart {
    fn of_listed(finding: Finding) -> Self {
        let says = match &finding.unit {
            Some(unit) => format!("{unit}：{}", finding.message),
            None => finding.message,
        };
        Self { rule: MendedRule::Listed(finding.rule), says, clause: finding.clause }
    }

    fn of_own(finding: OwnFinding<'_>) -> Self {
        let rule = MendedRule::Own(finding.rule.name.clone());
        Self { rule, says: finding.message, clause: finding.rule.clauses.first().cloned() }
    }
}

/// What is known of unions beside their records.
pub(super) struct MendingFacts {
    owed: OwedRows,
    own: Vec<OwnFactRow>,
}

impl MendingFacts {
    /// Of all unions of a university, or of one.
    pub(super) async fn load(
        connection: &mut PgConnection,
        institution: InstitutionId,
        one: Option<UnionId>,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let own = store::own_facts(connection, institution, one).await?;
        Ok(Self { owed: OwedRows::load(connection, institution, one, now).await?, own })
    }

    /// What a union breaks on a day, of rules that bind, the university's own among them.
    pub(super) fn broken(&self, record: &Record, plan: &Plan, today: Date) -> Vec<BrokenPart> {
        let own = own_judged(record, plan, &self.own, today).into_iter().filter(|one| one.verdict == Outcome::Fail);
        let listed = breaches(record, plan, &self.owed, today).into_iter().map(BrokenPart::of_listed);
        listed.chain(own.map(BrokenPart::of_own)).collect()
    }
}

/// A day that was set, and what of its rule is still broken; nothing where the breach is gone.
pub(super) struct JudgedMending {
    pub mending: Mending,
    /// The union's name.
    pub name: String,
    pub breaches: Vec<BrokenPart>,
}

/// Those days, each held against what its union breaks today.
pub(super) async fn judged(
    connection: &mut PgConnection,
    institution: InstitutionId,
    mendings: Vec<Mending>,
    now: OffsetDateTime,
) -> Result<Vec<JudgedMending>, Failure> {
    let today = now.to_offset(CHINA).date();
    let plans = rulebook::store::calendar(connection, institution).await?;
    let Some(plan) = plans.in_force(today).filter(|_| !mendings.is_empty()) else { return Ok(Vec::new()) };
    let mut unions = store::list(connection, institution, None).await?;
    unions.retain(|union| mendings.iter().any(|one| one.union == union.id));
    let facts = MendingFacts::load(connection, institution, None, now).await?;
    let records = store::records(connection, institution, unions, today).await?;
    let mut found = Vec::new();
    for record in &records {
        let all = facts.broken(record, &plan, today);
        for mending in mendings.iter().filter(|one| one.union == record.union.id) {
            let breaches = all.iter().filter(|part| part.rule == mending.rule).cloned().collect();
            found.push(JudgedMending { mending: mending.clone(), name: record.union.name.clone(), breaches });
        }
    }
    Ok(found)
}

/// Ends the days whose breach is gone, in all universities.
///
/// # Errors
/// Where the database cannot be had.
pub async fn end_mended(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let mut gone = Vec::new();
    let mut db = app.read().await?;
    for institution in store::institutions_mending(&mut db).await? {
        let open = store::open_mendings(&mut db, institution, None, now.to_offset(CHINA).date()).await?;
        let judged = judged(&mut db, institution, open, now).await?;
        gone.extend(judged.into_iter().filter(|one| one.breaches.is_empty()).map(|one| one.mending.id));
    }
    drop(db);
    if gone.is_empty() {
        return Ok(());
    }
    app.write(async |db| store::end_mendings(db, &gone, now).await).await
}
