//! 整改期限: by which day a union puts right what it breaks, as the School Youth League committee sets it for a rule. It counts
//! for as long as the breach stands.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{owed::OwedRows, store, union::Record};
use crate::{
    app::App,
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, MendingId, UnionId},
    rulebook,
    rules::{Finding, Outcome, Rule, plan::Plan},
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

/// A day by which a union is to mend what it breaks.
#[derive(Debug, Clone)]
pub struct Mending {
    pub id: MendingId,
    pub union: UnionId,
    pub rule: Rule,
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
    let Ok(findings) = record.timeline.findings(plan, today) else { return Vec::new() };
    let owed = owed.judge(record, plan, today).into_iter().map(|one| one.finding);
    findings.into_iter().chain(owed).filter(|finding| finding.verdict == Outcome::Fail).collect()
}

/// A day that was set, and what of its rule is still broken; nothing where the breach is gone.
pub(super) struct JudgedMending {
    pub mending: Mending,
    /// The union's name.
    pub name: String,
    pub breaches: Vec<Finding>,
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
    let owed = OwedRows::load(connection, institution, None, now).await?;
    let records = store::records(connection, institution, unions, today).await?;
    let mut found = Vec::new();
    for record in &records {
        let all = breaches(record, &plan, &owed, today);
        for mending in mendings.iter().filter(|one| one.union == record.union.id) {
            let breaches = all.iter().filter(|finding| finding.rule == mending.rule).cloned().collect();
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
