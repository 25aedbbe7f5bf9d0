//! 对照检查总览: every union against every rule, a breach seen in a second.

pub(super) mod report;

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use super::{
    Evidence, Onward, Subject, calendar, evidence,
    own_rules::{OwnBreach, own_breaches},
    trend::{ComingDay, Trend},
    with_duties, with_mendings,
};
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::{Office, SchoolLeague},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store::{WiderReason, wider_reasons},
    rules::{
        CATALOGUE, Finding, Outcome, Rule,
        adoption::Calendar,
        baseline::{self, Comparison, Relation, compare_all},
        catalogue::Entry,
        chain::Chain,
        plan::Union,
    },
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    unions::{
        ComplianceReader,
        mending::{MendedRule, Mending},
        owed::OwedRows,
        paths::{compliance_file, compliance_report},
        store::{self, DirectRow, OverdueFiling},
        union::{Record, StudentUnion},
    },
    web::{
        forms::{Errors, as_query},
        workbook,
    },
};

/// Breaches listed above the table; the table has them all.
const LISTED: usize = 60;
/// People named beside one breach; its own page has them all.
const NAMED: usize = 8;

/// How far ahead the unions can be seen as they will be.
const AHEAD: Duration = Duration::days(400);

/// What of the overview is asked for; empty fields let everything through.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ComplianceFilter {
    /// `fail`: what is not met alone.
    only: String,
    union: String,
    /// A rule's code.
    rule: String,
    /// The day as of which it is judged; empty for today.
    on: String,
}

impl ComplianceFilter {
    /// It lets everything through.
    fn is_open(&self) -> bool {
        self.only.is_empty() && self.union.is_empty() && self.rule.is_empty()
    }

    fn breaches_alone(&self) -> bool {
        self.only == "fail"
    }

    fn shows(&self, union: UnionId) -> bool {
        self.union.is_empty() || self.union == union.to_string()
    }

    fn asks_for(&self, finding: &Finding) -> bool {
        (self.rule.is_empty() || self.rule == finding.rule.code())
            && (!self.breaches_alone() || finding.verdict == Outcome::Fail)
    }

    /// The day: today or later, as far ahead as anything is decided.
    fn day(&self, today: Date, errors: &mut Errors) -> Date {
        if self.on.trim().is_empty() {
            return today;
        }
        let day = crate::text::day(&self.on).filter(|day| (today..=today + AHEAD).contains(day));
        day.unwrap_or_else(|| {
            errors.add("on", format!("请填写今天到{}之间的日期", chinese_day(today + AHEAD)));
            today
        })
    }
}

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
    /// Whom it is about, as far as there is room.
    people: Vec<Subject>,
    /// More people than are named.
    others: usize,
    remedy: String,
    /// Which office puts it right.
    keeper: &'static str,
    /// Where it is put right, as far as the office may go there.
    onward: Option<Onward>,
    /// By which day it is put right, where a day was set.
    mending: Option<Mending>,
}

impl Breach {
    /// Where the School Youth League committee sets that day; none where the rule does not bind.
    fn mending_path(&self) -> Option<String> {
        (self.verdict == Outcome::Fail).then(|| self.union.mending_path(&MendedRule::Listed(self.rule)))
    }

    /// Who puts it right and by when: `校团委办理，2026年12月20日前整改`.
    fn who_and_when(&self) -> String {
        let when = self.mending.as_ref().map(|mending| format!("，{}", mending.by_when()));
        format!("{}办理{}", self.keeper, when.unwrap_or_default())
    }
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
    /// All of them; the page lists the gravest, and how many more there are.
    breaches: Vec<Breach>,
    /// What is to be done about the university's own rules.
    own: Vec<OwnBreach>,
    more: usize,
    strip: Vec<Part>,
    unopened: usize,
    has_plan: bool,
    /// How the plan says that people come to the school's posts.
    course: String,
    /// A finding holds facts against a clause.
    judges: bool,
    /// Posts that somebody came to past the vetting chain.
    direct: Vec<DirectRow>,
    /// The governing plan against the national baseline.
    national: Vec<Comparison>,
    /// Why the university goes by what is wider.
    wider_reasons: Vec<WiderReason>,
    /// Results of congresses that should have been filed (CON-09).
    overdue: Vec<OverdueFiling>,
    at: OffsetDateTime,
    filter: ComplianceFilter,
    errors: Errors,
    /// Every union and every rule, for the choices of the filter.
    choices: Vec<StudentUnion>,
    families: &'static [Entry],
    /// The day as of which it is judged, where it is not today.
    ahead: Option<Date>,
    /// How the breaches went from month to month, and what is decided; of today and of all rules alone.
    trend: Option<Trend>,
    coming: Vec<ComingDay>,
    file: String,
    /// The same as a paper.
    report: String,
    /// The office sets by which day breaches are mended.
    sets_days: bool,
}

pub(super) async fn page(
    State(app): State<App>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<Response, Failure> {
    let mut page = judged(&app, &acting, filter, Extent::WithTrend).await?;
    page.more = page.breaches.len().saturating_sub(LISTED);
    page.breaches.truncate(LISTED);
    let status = if page.errors.has_faults() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

/// What is not met or needs attention, as a workbook to be filed.
pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<ComplianceReader>,
    Query(filter): Query<ComplianceFilter>,
) -> Result<Response, Failure> {
    let page = judged(&app, &acting, filter, Extent::OneDay).await?;
    let columns = [
        ("学生会", 20),
        ("条目", 16),
        ("结论", 9),
        ("情况", 34),
        ("涉及的人", 40),
        ("自何日起", 12),
        ("怎样办", 26),
        ("办理单位", 12),
        ("整改期限", 14),
        ("依据", 34),
    ]
    .map(|(heading, width)| ReportColumn { heading, width });
    let row = |breach: &Breach| {
        let people = breach.people.iter().map(|person| format!("{}（{}）", person.name, person.about));
        let more = (breach.others > 0).then(|| format!("另 {} 人", breach.others));
        vec![
            breach.name.clone(),
            breach.rule.name().to_owned(),
            breach.verdict.label().to_owned(),
            breach.says.clone(),
            people.chain(more).collect::<Vec<_>>().join("、"),
            breach.since.map(|day| day.to_string()).unwrap_or_default(),
            breach.remedy.clone(),
            breach.keeper.to_owned(),
            breach.mending.as_ref().map(Mending::cell).unwrap_or_default(),
            breach.clause.clone(),
        ]
    };
    let own_row = |own: &OwnBreach| {
        vec![
            own.name.clone(),
            own.rule.clone(),
            own.verdict.label().to_owned(),
            own.message.clone(),
            String::new(),
            String::new(),
            String::new(),
            own.keeper.to_owned(),
            own.mending.as_ref().map(Mending::cell).unwrap_or_default(),
            own.clause.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = page.breaches.iter().map(row).chain(page.own.iter().map(own_row)).collect();
    let day = page.ahead.unwrap_or_else(|| app.clock.today());
    let title = format!("{}学生会组织对照检查情况", page.institution);
    let caption = format!("依据：{}　截至：{}　共 {} 项", page.plan, chinese_day(day), rows.len());
    let bytes =
        app.heavy(move || report_workbook(&title, &caption, &columns, &rows)).await?.map_err(anyhow::Error::new)?;
    Ok(workbook("对照检查情况.xlsx", bytes))
}

/// How much is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The day that is asked for: what a file or a paper says.
    OneDay,
    /// The ends of a year's months too, and the days to come, each as much work as the day itself.
    WithTrend,
}

async fn judged(
    app: &App,
    acting: &Acting<ComplianceReader>,
    filter: ComplianceFilter,
    extent: Extent,
) -> Result<CompliancePage, Failure> {
    let (mut db, today, mut errors) = (app.read().await?, app.clock.today(), Errors::default());
    let day = filter.day(today, &mut errors);
    let choices = store::list(&mut db, acting.institution(), None).await?;
    let unions: Vec<StudentUnion> = choices.iter().filter(|union| filter.shows(union.id)).cloned().collect();
    let ids: Vec<UnionId> = unions.iter().map(|union| union.id).collect();
    let records = store::records(&mut db, acting.institution(), unions, day).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let reasons = store::reasons(&mut db, &ids).await?;
    let mut direct = store::direct_appointments(&mut db, acting.institution(), today).await?;
    direct.retain(|row| filter.shows(row.union));
    let overdue = store::overdue_filings(&mut db, acting.institution(), today).await?;
    let wider_reasons = wider_reasons(&mut db, acting.institution(), day).await?;
    // A filter by rule asks for one of the catalogue.
    let has_own = filter.rule.is_empty() && plans.in_force(day).is_some_and(|plan| !plan.own.is_empty());
    let own = if has_own { store::own_facts(&mut db, acting.institution(), None).await? } else { Vec::new() };
    let (office, at) = (acting.office().clone(), app.clock.now());
    let owed = OwedRows::load(&mut db, acting.institution(), None, at).await?;
    let mendings = store::open_mendings(&mut db, acting.institution(), None, today).await?;
    drop(db);
    let chrome = app.chrome(acting.person(), "对照检查总览");
    let query = as_query(&filter)?;
    let asked = filter.clone();
    let institution = acting.person().institution_name.clone();
    // Fifty thousand posts take a while to judge: away from the threads that serve pages.
    let page = app
        .heavy(move || {
            let judge = |record: &Record| {
                let found = evidence(record, &plans, &reasons, &office, day);
                let mut found = with_duties(found, record, &plans, &owed, &office, day)?;
                with_mendings(&mut found, record.union.id, &mendings);
                Some(found.into_iter().filter(|one| asked.asks_for(&one.finding)).collect())
            };
            let mut own = if has_own { own_breaches(&records, &plans, &own, &mendings, day) } else { Vec::new() };
            own.retain(|one| !asked.breaches_alone() || one.verdict == Outcome::Fail);
            let page = CompliancePage { own, ..assemble(&records, &plans, judge, day) };
            // Of all rules: a part of them has no trend worth the time, and another day none at all.
            if extent == Extent::OneDay || !asked.rule.is_empty() || day > today {
                return page;
            }
            let (trend, coming) = (Trend::of(&records, &plans, today), ComingDay::of(&records, &plans, today));
            CompliancePage { trend, coming, ..page }
        })
        .await?;
    let lines = page.lines.into_iter().filter(|line| !filter.breaches_alone() || line.gravest == Some(Outcome::Fail));
    let lines = lines.collect();
    let ahead = (day > today).then_some(day);
    let sets_days = SchoolLeague::KINDS.contains(&acting.office().kind);
    let (families, file, report) = (CATALOGUE, compliance_file(&query), compliance_report(&query));
    Ok(CompliancePage {
        chrome,
        institution,
        lines,
        direct,
        wider_reasons,
        overdue,
        at,
        filter,
        errors,
        choices,
        families,
        ahead,
        file,
        report,
        sets_days,
        ..page
    })
}

impl CompliancePage {
    /// No union breaks a hard rule, of the catalogue or of the university's own.
    fn is_clean(&self) -> bool {
        self.failing.is_empty() && self.own.iter().all(|one| one.verdict != Outcome::Fail)
    }

    /// What an empty cell of the table means.
    fn empty_cell(&self) -> &'static str {
        if self.filter.breaches_alone() { "没有不符合" } else { "不适用" }
    }

    /// How many rules of the governing plan stand how to the baseline.
    fn relations(&self) -> Vec<(Relation, usize)> {
        baseline::counts(&self.national)
    }

    /// Why the university goes by its plan's rule although it is wider; empty where it did not say.
    fn reason(&self, rule: Rule) -> &str {
        let found = self.wider_reasons.iter().find(|reason| reason.rule == rule.code());
        found.map_or("", |reason| &reason.says)
    }

    /// The rules on which the governing plan is wider.
    fn wider(&self) -> impl Iterator<Item = &Comparison> {
        self.national.iter().filter(|one| one.relation == Relation::Wider)
    }
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
                    people: evidence.named().take(NAMED).cloned().collect(),
                    others: evidence.named().count().saturating_sub(NAMED) + evidence.hidden,
                    remedy: finding.remedy.clone(),
                    keeper: record.union.mended_by().label(),
                    onward: evidence.onward.clone(),
                    mending: evidence.mending.clone(),
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
    let count = |outcome: &Outcome| {
        PartCount::new(outcome.slug(), outcome.label(), counts.get(outcome).copied().unwrap_or_default())
    };
    let strip = strip(&Outcome::ALL.iter().map(count).collect::<Vec<_>>());
    CompliancePage {
        chrome: Chrome::bare(""),
        institution: String::new(),
        plan: plans.on(today).map(|plan| format!("{}（{}）", plan.short, plan.document)).unwrap_or_default(),
        rules,
        lines,
        failing,
        breaches,
        own: Vec::new(),
        more: 0,
        strip,
        unopened: records.iter().filter(|record| record.union.opened_on.is_none()).count(),
        has_plan: plans.on(today).is_some(),
        course: Chain::course_in_words(plans.in_force(today).as_deref(), Union::School),
        judges: counts.keys().any(|outcome| outcome.is_judged()),
        wider_reasons: Vec::new(),
        national: plans.in_force(today).map(|plan| compare_all(&plan)).unwrap_or_default(),
        direct: Vec::new(),
        overdue: Vec::new(),
        at: OffsetDateTime::UNIX_EPOCH,
        filter: ComplianceFilter::default(),
        errors: Errors::default(),
        choices: Vec::new(),
        families: &[],
        ahead: None,
        trend: None,
        coming: Vec::new(),
        file: String::new(),
        report: String::new(),
        sets_days: false,
    }
}

fn row_of(union: StudentUnion, found: Option<&[Evidence]>, rules: &[Rule]) -> ComplianceRow {
    let cell = |rule: &Rule| {
        let own: Vec<&Evidence> =
            found.into_iter().flatten().filter(|evidence| evidence.finding.rule == *rule).collect();
        let verdict = own.iter().map(|evidence| evidence.finding.verdict).min();
        let open = own.iter().filter(|evidence| Some(evidence.finding.verdict) == verdict).count();
        let settled = verdict.is_none_or(Outcome::is_settled);
        let shown = match own.as_slice() {
            // Days and the like stand in the evidence.
            [one] if one.finding.measured.chars().count() > 6 => String::new(),
            [one] => one.finding.measured.clone(),
            _ if settled => String::new(),
            _ => format!("{open} 项"),
        };
        let words = own.iter().filter(|evidence| Some(evidence.finding.verdict) == verdict).take(3).map(|evidence| {
            let since = evidence.since.map(|day| format!("（自{}起）", chinese_day(day))).unwrap_or_default();
            format!("{}{since}", evidence.finding.message)
        });
        let title = words.collect::<Vec<_>>().join("；");
        Cell { verdict, shown, title }
    };
    let cells: Vec<Cell> = rules.iter().map(cell).collect();
    let gravest = cells.iter().filter_map(|cell| cell.verdict).min();
    ComplianceRow { union, cells, gravest }
}
