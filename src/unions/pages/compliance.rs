//! 合规总览: every union against every rule, a breach seen in a second.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use time::{Date, OffsetDateTime};

use super::{Evidence, calendar, evidence, with_reports};
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::ComplianceReader,
    page::{
        charts::{Part, strip},
        chrome::Chrome,
        filters,
    },
    rules::{Outcome, Rule, adoption::Calendar},
    unions::{
        store::{self, DirectRow, OverdueFiling},
        union::{Record, StudentUnion},
    },
};

/// Breaches listed above the table; the table has them all.
const LISTED: usize = 60;

/// What one rule says of one union.
struct Cell {
    verdict: Option<Outcome>,
    /// The measured value where one finding says it all, else how many parts are not met.
    shown: String,
    /// Value, limit, since when, in words.
    title: String,
}

/// A union against every rule.
struct ComplianceRow {
    union: StudentUnion,
    cells: Vec<Cell>,
    gravest: Option<Outcome>,
}

/// A breach in the list above the table.
struct Breach {
    union: UnionId,
    name: String,
    rule: Rule,
    verdict: Outcome,
    says: String,
    clause: String,
    since: Option<Date>,
    reasons: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/compliance.html")]
pub(super) struct CompliancePage {
    chrome: Chrome,
    institution: String,
    plan: String,
    rules: Vec<Rule>,
    lines: Vec<ComplianceRow>,
    /// The unions with hard breaches, and how many.
    failing: Vec<(String, usize)>,
    breaches: Vec<Breach>,
    more: usize,
    strip: Vec<Part>,
    unopened: usize,
    has_plan: bool,
    /// Posts that somebody came to past the vetting chain.
    direct: Vec<DirectRow>,
    /// Results of congresses that should have been filed (CON-09).
    overdue: Vec<OverdueFiling>,
    at: OffsetDateTime,
}

pub(super) async fn page(State(app): State<App>, acting: Acting<ComplianceReader>) -> Result<CompliancePage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let unions = store::list(&mut db, acting.institution(), None).await?;
    let ids: Vec<UnionId> = unions.iter().map(|union| union.id).collect();
    let records = store::records(&mut db, acting.institution(), unions, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let reasons = store::reasons(&mut db, &ids).await?;
    let direct = store::direct_appointments(&mut db, acting.institution(), today).await?;
    let overdue = store::overdue_filings(&mut db, acting.institution(), today).await?;
    let reports = store::report_coverage(&mut db, acting.institution(), None, today).await?;
    drop(db);
    let (office, at) = (acting.office().clone(), app.clock.now());
    let chrome = app.chrome(acting.person(), "合规总览");
    let institution = acting.person().institution_name.clone();
    // Fifty thousand posts take a while to judge: away from the threads that serve pages.
    let page = app
        .heavy(move || {
            let judge = |record: &Record| {
                let own = reports.iter().find(|one| one.union == record.union.id);
                with_reports(evidence(record, &plans, &reasons, &office, today), &plans, own, today)
            };
            assemble(&records, &plans, judge, today)
        })
        .await?;
    Ok(CompliancePage { chrome, institution, direct, overdue, at, ..page })
}

fn assemble(
    records: &[Record],
    plans: &Calendar,
    judge: impl Fn(&Record) -> Option<Vec<Evidence>>,
    today: Date,
) -> CompliancePage {
    let (mut rules, mut judged): (Vec<Rule>, Vec<_>) = (Vec::new(), Vec::new());
    let mut breaches = Vec::new();
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for record in records {
        // There is nothing to judge in a union of which nobody is registered yet.
        let is_blank = record.union.opened_on.is_none() && record.people_on(today) == 0;
        let found = if is_blank { None } else { judge(record) };
        for evidence in found.iter().flatten() {
            let finding = &evidence.finding;
            if !rules.contains(&finding.rule) {
                rules.push(finding.rule);
            }
            *counts.entry(finding.verdict).or_default() += 1;
            if matches!(finding.verdict, Outcome::Fail | Outcome::Warn) {
                breaches.push(Breach {
                    union: record.union.id,
                    name: record.union.name.clone(),
                    rule: finding.rule,
                    verdict: finding.verdict,
                    says: finding.message.clone(),
                    clause: finding.clause.as_ref().map(|clause| clause.quote.clone()).unwrap_or_default(),
                    since: evidence.since,
                    reasons: evidence.reasons.len(),
                });
            }
        }
        judged.push((record.union.clone(), found));
    }
    rules.sort_unstable();
    let mut lines: Vec<ComplianceRow> =
        judged.into_iter().map(|(union, found)| row_of(union, found.as_deref(), &rules)).collect();
    lines.sort_by_key(|line| line.gravest.unwrap_or(Outcome::NotRequired));
    let mut failing: Vec<(String, usize)> = Vec::new();
    for breach in breaches.iter().filter(|breach| breach.verdict == Outcome::Fail) {
        match failing.iter_mut().find(|(name, _)| *name == breach.name) {
            Some((_, count)) => *count += 1,
            None => failing.push((breach.name.clone(), 1)),
        }
    }
    failing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    breaches.sort_by_key(|breach| (breach.verdict, breach.since));
    let more = breaches.len().saturating_sub(LISTED);
    breaches.truncate(LISTED);
    let strip = strip(
        &Outcome::ALL
            .map(|outcome| (outcome.slug(), outcome.label(), counts.get(&outcome).copied().unwrap_or_default())),
    );
    CompliancePage {
        chrome: Chrome::bare(""),
        institution: String::new(),
        plan: plans.on(today).map(|plan| format!("{}（{}）", plan.short, plan.document)).unwrap_or_default(),
        rules,
        lines,
        failing,
        breaches,
        more,
        strip,
        unopened: records.iter().filter(|record| record.union.opened_on.is_none()).count(),
        has_plan: plans.on(today).is_some(),
        direct: Vec::new(),
        overdue: Vec::new(),
        at: OffsetDateTime::UNIX_EPOCH,
    }
}

fn row_of(union: StudentUnion, found: Option<&[Evidence]>, rules: &[Rule]) -> ComplianceRow {
    let cell = |rule: &Rule| {
        let own: Vec<&Evidence> =
            found.into_iter().flatten().filter(|evidence| evidence.finding.rule == *rule).collect();
        let verdict = own.iter().map(|evidence| evidence.finding.verdict).min();
        let open = own.iter().filter(|evidence| Some(evidence.finding.verdict) == verdict).count();
        let settled = matches!(verdict, Some(Outcome::Pass | Outcome::NotRequired) | None);
        let shown = match own.as_slice() {
            // Days and the like stand in the evidence.
            [one] if one.finding.measured.chars().count() > 6 => String::new(),
            [one] => one.finding.measured.clone(),
            _ if settled => String::new(),
            _ => format!("{open} 项"),
        };
        let words = own.iter().filter(|evidence| Some(evidence.finding.verdict) == verdict).take(3).map(|evidence| {
            let since = evidence.since.map(|day| format!("（自 {day} 起）")).unwrap_or_default();
            format!("{}{since}", evidence.finding.message)
        });
        let title = words.collect::<Vec<_>>().join("；");
        Cell { verdict, shown, title }
    };
    let cells: Vec<Cell> = rules.iter().map(cell).collect();
    let gravest = cells.iter().filter_map(|cell| cell.verdict).min();
    ComplianceRow { union, cells, gravest }
}
