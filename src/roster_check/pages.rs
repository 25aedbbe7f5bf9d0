//! The page 名单体检.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    fictional::rosters,
    ids::PlanVersionId,
    office::RosterKeeper,
    page::{
        charts::{Part, PartCount, QuotaBar, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store,
    rules::{Finding, Outcome, Plan, judgement::judge, plan::Union},
    sheet::{
        BadCell, Faults, LONGEST_CELL, MOST_FAULT_ROWS, Sheet, SheetChoice, faults_as_json, faults_workbook,
        roster::{self, Roster, Unreadable},
    },
    web::{
        forms::{Errors, Submitted, Upload},
        workbook,
    },
};

/// Bad rows shown on the page; the file to take back holds more.
const SHOWN_FAULTS: usize = 200;

/// The routes of the roster check.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/checkup", ask)
        .upload("/checkup", check)
        .upload("/checkup/faults", take_back)
        .get("/checkup/template.xlsx", template)
        .get("/checkup/sample.xlsx", sample_roster)
}

/// A plan to choose.
struct PlanChoice {
    id: String,
    label: String,
    chosen: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "checkup/ask.html")]
struct RosterCheckPage {
    chrome: Chrome,
    plans: Vec<PlanChoice>,
    unions: Vec<(&'static str, &'static str, bool)>,
    errors: Errors,
    choice: SheetChoice,
    bad: Vec<BadCell>,
    bad_count: usize,
    /// The bad rows for the file to take back, as JSON.
    take_back: String,
}

/// What is chosen beside the file: a plan's version by its id, and a union by its stable word.
#[derive(Debug)]
struct RosterForm {
    /// Empty for the plan that governs.
    plan: String,
    union: String,
    choice: SheetChoice,
}

async fn ask_page(
    app: &App,
    acting: &Acting<RosterKeeper>,
    submitted: Submitted<RosterForm>,
) -> Result<RosterCheckPage, Failure> {
    let Submitted { form: RosterForm { plan, union, choice }, errors } = submitted;
    let mut db = app.read().await?;
    let versions = store::versions(&mut db, acting.institution()).await?;
    let governing = store::governing(&mut db, acting.institution(), app.clock.today()).await?;
    let governs = |id: PlanVersionId| governing.as_ref().is_some_and(|governing| governing.id == id);
    let plans = versions
        .iter()
        .map(|row| {
            let now = if governs(row.id) { "（本校现行）" } else { "" };
            let id = row.id.to_string();
            let chosen = if plan.is_empty() { governs(row.id) } else { id == plan };
            PlanChoice { label: format!("{} 第 {} 版{now}", row.short, row.version), chosen, id }
        })
        .collect();
    let unions = Union::ALL.iter().map(|kind| (kind.slug(), kind.label(), kind.slug() == union.as_str())).collect();
    let chrome = app.chrome(acting.person(), "名单体检");
    let (bad, take_back) = (Vec::new(), String::new());
    Ok(RosterCheckPage { chrome, plans, unions, errors, choice, bad, bad_count: 0, take_back })
}

async fn ask(State(app): State<App>, acting: Acting<RosterKeeper>) -> Result<RosterCheckPage, Failure> {
    let union = Union::School.slug().to_owned();
    let form = RosterForm { plan: String::new(), union, choice: SheetChoice::default() };
    ask_page(&app, &acting, Submitted::new(form, Errors::default())).await
}

/// A person a finding is about.
struct Subject {
    number: String,
    name: String,
}

/// A finding as the page shows it.
struct ShownFinding {
    finding: Finding,
    bar: Option<QuotaBar>,
    people: Vec<Subject>,
    missing: Vec<Subject>,
    exempt: Vec<Subject>,
}

#[derive(Template, WebTemplate)]
#[template(path = "checkup/result.html")]
struct RosterResultPage {
    chrome: Chrome,
    plan: Arc<Plan>,
    kind: Union,
    people: usize,
    at: OffsetDateTime,
    by: String,
    institution: String,
    ignored: Vec<String>,
    /// The sheet that was read, and what is to be said of it.
    sheet: Sheet,
    strip: Vec<Part>,
    /// What needs attention, gravest first.
    open: Vec<ShownFinding>,
    /// What is met, and what the plan does not ask.
    settled: Vec<ShownFinding>,
}

impl RosterResultPage {
    /// A finding holds facts against a clause.
    fn judges_something(&self) -> bool {
        self.open.iter().chain(&self.settled).any(|one| one.finding.verdict.is_judged())
    }
}

async fn check(State(app): State<App>, acting: Acting<RosterKeeper>, upload: Upload) -> Result<Response, Failure> {
    let choice = upload.choice();
    let mut form = RosterForm {
        plan: upload.field("plan").to_owned(),
        union: upload.field("union").to_owned(),
        choice: SheetChoice { choice: choice.clone(), ..SheetChoice::default() },
    };
    let mut errors = Errors::default();
    let chosen = match form.plan.parse::<PlanVersionId>() {
        Ok(id) => store::version(&mut *app.read().await?, acting.institution(), id).await?,
        Err(_) => None,
    };
    if chosen.is_none() {
        errors.add("plan", "请选择方案");
    }
    let union = form.union.parse::<Union>().ok();
    if union.is_none() {
        errors.add("union", "请选择组织类别");
    }
    if let Some(((_, plan, _), union)) = chosen.as_ref().zip(union)
        && !plan.unions.contains(&union)
    {
        errors.add("union", format!("{}没有{}，不适用", plan.short, union.label()));
    }
    // A field without a choice comes as an empty file without a name.
    let file = upload.file;
    if file.is_none() {
        errors.add("file", "请选择名单文件");
    }
    let (Some((_, plan, _)), Some(union), Some(file), true) = (chosen, union, file, errors.is_empty()) else {
        let page = ask_page(&app, &acting, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    match app.heavy_in_turn(acting.person().account, move || roster::read(&file, &choice)).await? {
        Ok(Roster { members, ignored, sheet }) => {
            let (today, judging) = (app.clock.today(), Arc::clone(&plan));
            let judged = app.heavy(move || (judge(&judging.as_of(today), union, &members), members)).await?;
            let (findings, members) = (judged.0.map_err(anyhow::Error::new)?, judged.1);
            let names = members.iter().map(|member| (member.number.as_str(), member.name.as_str())).collect();
            let (open, settled) = arrange(findings, &names);
            let count = |outcome: &Outcome| {
                let is = |shown: &&ShownFinding| shown.finding.verdict == *outcome;
                PartCount::new(outcome.slug(), outcome.label(), open.iter().chain(&settled).filter(is).count())
            };
            let counts: Vec<_> = Outcome::ALL.iter().map(count).collect();
            let chrome = app.chrome(acting.person(), "体检结果").under("/checkup", "名单体检");
            let by = format!("{} {}", acting.office().label(), acting.person().name);
            let (people, institution) = (members.len(), acting.person().institution_name.clone());
            let (at, strip) = (app.clock.now(), strip(&counts));
            Ok(RosterResultPage {
                chrome,
                plan,
                kind: union,
                people,
                at,
                by,
                institution,
                ignored,
                sheet,
                strip,
                open,
                settled,
            }
            .into_response())
        }
        Err(Unreadable::Asks(question)) => {
            errors.add("file", question.to_string());
            form.choice.question = Some(question);
            let page = ask_page(&app, &acting, Submitted::new(form, errors)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Unreadable::File(error)) => {
            errors.add("file", error.to_string());
            let page = ask_page(&app, &acting, Submitted::new(form, errors)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Unreadable::Rows(sheet, bad)) => {
            errors.add("file", format!("有 {} 处填写有误，名单没有检查。改好后重新上传。", bad.len()));
            let mut page = ask_page(&app, &acting, Submitted::new(form, errors)).await?;
            page.bad_count = bad.len();
            (page.take_back, page.bad) = app.heavy(move || (faults_as_json(&sheet, &bad), bad)).await?;
            page.bad.truncate(SHOWN_FAULTS);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn arrange(mut findings: Vec<Finding>, names: &HashMap<&str, &str>) -> (Vec<ShownFinding>, Vec<ShownFinding>) {
    findings.sort_by_key(|finding| finding.verdict);
    let subjects = |numbers: &[String]| {
        let subject = |number: &String| {
            let name = names.get(number.as_str()).copied().unwrap_or_default().to_owned();
            Subject { number: number.clone(), name }
        };
        numbers.iter().map(subject).collect::<Vec<_>>()
    };
    let shown = findings.into_iter().map(|finding| ShownFinding {
        bar: finding.gauge.map(QuotaBar::new),
        people: subjects(&finding.subjects),
        missing: subjects(finding.unknown.as_deref().unwrap_or_default()),
        exempt: subjects(finding.exempt.as_deref().unwrap_or_default()),
        finding,
    });
    shown.partition(|shown| matches!(shown.finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown))
}

#[derive(Deserialize)]
struct FaultsForm {
    rows: String,
}

async fn take_back(
    State(app): State<App>,
    _acting: Acting<RosterKeeper>,
    Form(FaultsForm { rows }): Form<FaultsForm>,
) -> Result<Response, Failure> {
    let faults: Faults = serde_json::from_str(&rows).map_err(|_| Failure::Malformed)?;
    let columns = faults.headers.len();
    let fits = columns <= crate::sheet::MOST_COLUMNS
        && faults.rows.len() <= MOST_FAULT_ROWS
        && faults.rows.iter().all(|(cells, _)| cells.len() <= columns)
        && faults.rows.iter().flat_map(|(cells, _)| cells).all(|cell| cell.chars().count() <= LONGEST_CELL)
        && faults.headers.iter().chain(faults.rows.iter().map(|(_, reason)| reason)).all(|text| text.len() < 30_000);
    if !fits {
        return Err(Failure::Malformed);
    }
    let bytes = app.heavy(move || faults_workbook(&faults.headers, &faults.rows)).await?.map_err(anyhow::Error::new)?;
    Ok(workbook("faults.xlsx", bytes))
}

async fn template(_acting: Acting<RosterKeeper>) -> Result<Response, Failure> {
    Ok(workbook("roster-template.xlsx", rosters::template()?))
}

#[derive(Deserialize)]
struct SampleQuery {
    #[serde(default)]
    union: String,
}

async fn sample_roster(
    State(app): State<App>,
    _acting: Acting<RosterKeeper>,
    Query(SampleQuery { union }): Query<SampleQuery>,
) -> Result<Response, Failure> {
    let union = union.parse().unwrap_or(Union::School);
    let bytes = app.heavy(move || rosters::roster(union)).await??;
    Ok(workbook(&format!("sample-{}.xlsx", union.slug()), bytes))
}
