//! The page 本校规定: rules of the university's own, which stand in no catalogue, how a union stands to each, and reporting it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

use super::{Tab, Tabs, calendar, frame, managed, mending_of, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    clock::CHINA,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    office::{Office, SchoolLeague, UnionKeeper, UnionReader},
    page::chrome::Chrome,
    rules::{
        Clause, Outcome, Plan,
        adoption::Calendar,
        own::{OwnFact, OwnFinding, OwnKnown, own_findings},
        plan::{OwnCheck, OwnLimit, OwnRule},
    },
    text::folded,
    unions::{
        Verb,
        mending::{MendedRule, Mending, own_judged},
        paths::Done,
        store::{self, OwnFactRow},
        union::Record,
    },
    web::forms::{Errors, past_day, written},
};

/// How a union stands to a rule of the university's own, as pages show it.
pub(super) struct OwnRow {
    /// The rule's place in the plan, from 0.
    place: usize,
    pub name: String,
    asks: String,
    check: String,
    pub verdict: Outcome,
    pub message: String,
    clauses: Vec<Clause>,
    /// What was reported, the last one first.
    reports: Vec<String>,
    /// Something can be reported that a limit is held against.
    is_reported: bool,
    /// By which day it is to be mended, where a day was set.
    pub mending: Option<Mending>,
    /// Where that day is set: where it binds and is not met.
    mending_path: Option<String>,
}

impl OwnRow {
    /// Something is to be done.
    pub fn is_open(&self) -> bool {
        !self.verdict.is_settled()
    }
}

/// A report as typed, and the rule that it is about.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnForm {
    /// The rule's name; empty where none is chosen.
    rule: String,
    number: String,
    of: String,
    on: String,
    document: String,
}

impl OwnForm {
    /// Reads the report on a rule, or leaves an error beside each field.
    fn read(&self, rule: &OwnRule, today: Date, errors: &mut Errors) -> Option<OwnFact> {
        let count = |typed: &str| folded(typed).trim().parse::<u32>().ok().filter(|number| *number <= 100_000);
        let (mut number, mut of, mut document) = (None, None, Some(String::new()));
        match rule.limit {
            Some(OwnLimit::People { .. } | OwnLimit::Share { .. }) => {
                number = count(&self.number);
                if number.is_none() {
                    errors.add("number", "请填写人数，0 至 100000 的整数");
                }
                if rule.check == OwnCheck::Share {
                    of = count(&self.of).filter(|of| *of > 0);
                    if of.is_none() {
                        errors.add("of", "请填写总数，1 至 100000 的整数");
                    }
                    if number.zip(of).is_some_and(|(number, of)| number > of) {
                        errors.add("number", "不能多于总数");
                    }
                }
            }
            Some(OwnLimit::Yearly { .. }) if rule.check == OwnCheck::Document => {
                document = written(&self.document, 80, "document", "请填写文件的文号或名称", errors);
            }
            Some(OwnLimit::Yearly { .. }) => {}
            Some(OwnLimit::Term { .. } | OwnLimit::Experience { .. }) | None => {
                errors.add("rule", "这一条由人工把关，不用登记");
            }
        }
        let on = past_day(&self.on, "on", today, errors);
        let (on, document) = on.zip(document).filter(|_| errors.is_empty())?;
        Some(OwnFact { rule: rule.name.clone(), number, of, on, document })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/own_rules.html")]
pub(super) struct OwnRulesPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    rows: Vec<OwnRow>,
    /// The rule that is reported on.
    chosen: Option<OwnRule>,
    form: OwnForm,
    errors: Errors,
    done: &'static str,
    /// The office sets by which day breaches are mended.
    sets_days: bool,
}

impl OwnRulesPage {
    /// The chosen rule asks for a number of people.
    fn asks_number(&self) -> bool {
        self.chosen.as_ref().is_some_and(|rule| matches!(rule.check, OwnCheck::People | OwnCheck::Share))
    }

    fn asks_total(&self) -> bool {
        self.chosen.as_ref().is_some_and(|rule| rule.check == OwnCheck::Share)
    }

    fn asks_document(&self) -> bool {
        self.chosen.as_ref().is_some_and(|rule| rule.check == OwnCheck::Document)
    }
}

/// A report in words.
fn reported(row: &OwnFactRow) -> String {
    let OwnFact { number, of, on, document, .. } = &row.fact;
    let what = match (number, of) {
        (Some(number), Some(of)) => format!("{of} 人中有 {number} 人"),
        (Some(number), None) => format!("{number} 人"),
        (None, _) if document.is_empty() => "已办理".to_owned(),
        (None, _) => document.clone(),
    };
    format!("{on}：{what}（{} {}登记）", row.office, row.at.to_offset(CHINA).date())
}

/// How a union stands to the own rules of the plan that governs today; nothing where it has none.
pub(super) async fn own_rows(
    db: &mut PgConnection,
    record: &Record,
    calendar: &Calendar,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<OwnRow>, Failure> {
    let Some(plan) = calendar.in_force(today).filter(|plan| plan.unions.contains(&record.union.kind)) else {
        return Ok(Vec::new());
    };
    if plan.own.is_empty() {
        return Ok(Vec::new());
    }
    let id = record.union.id;
    let rows = store::own_facts(db, institution, Some(id)).await?;
    let mendings = store::open_mendings(db, institution, Some(id), today).await?;
    let facts: Vec<OwnFact> = rows.iter().map(|row| row.fact.clone()).collect();
    let mut shown = Vec::new();
    let known = OwnKnown { facts: &facts, timeline: Some(&record.timeline) };
    for finding in own_findings(&plan, record.union.kind, known, today) {
        let rule = finding.rule;
        let place = plan.own.iter().position(|own| own.name == rule.name).unwrap_or_default();
        let of_rule = rows.iter().rev().filter(|row| row.fact.rule == rule.name);
        let is_open = record.union.opened_on.is_some_and(|since| since <= today);
        let mended = Some(MendedRule::Own(rule.name.clone())).filter(|_| is_open && finding.verdict == Outcome::Fail);
        shown.push(OwnRow {
            place,
            name: rule.name.clone(),
            asks: rule.asks.clone(),
            check: rule.check_in_words(),
            verdict: finding.verdict,
            message: finding.message,
            clauses: rule.clauses.clone(),
            reports: of_rule.map(reported).collect(),
            is_reported: rule.is_reported(),
            mending: mended.as_ref().and_then(|mended| mending_of(&mendings, id, mended)),
            mending_path: mended.map(|mended| id.mending_path(&mended)),
        });
    }
    Ok(shown)
}

/// A rule of the university's own to which something is to be done in a union.
#[derive(Debug, Clone)]
pub(super) struct OwnBreach {
    pub union: UnionId,
    pub name: String,
    pub rule: String,
    pub verdict: Outcome,
    pub message: String,
    pub clause: String,
    /// Which office puts it right.
    pub keeper: &'static str,
    /// By which day it is put right, where a day was set.
    pub mending: Option<Mending>,
}

impl OwnBreach {
    /// Where the School Youth League committee sets that day; none where the rule does not bind.
    pub fn mending_path(&self) -> Option<String> {
        let rule = MendedRule::Own(self.rule.clone());
        (self.verdict == Outcome::Fail).then(|| self.union.mending_path(&rule))
    }
}

/// The own rules of the plan that governs on a day to which something is to be done in a union under the rules. By which day that
/// is, is asked afresh.
pub(super) fn own_breaches(record: &Record, plan: &Plan, facts: &[OwnFactRow], day: Date) -> Vec<OwnBreach> {
    let open = own_judged(record, plan, facts, day).into_iter().filter(|finding| !finding.verdict.is_settled());
    let breach = |finding: OwnFinding<'_>| OwnBreach {
        union: record.union.id,
        name: record.union.name.clone(),
        rule: finding.rule.name.clone(),
        verdict: finding.verdict,
        message: finding.message,
        clause: finding.rule.clauses.first().map(|clause| clause.quote.clone()).unwrap_or_default(),
        keeper: record.union.mended_by().label(),
        mending: None,
    };
    open.map(breach).collect()
}

/// The form as it is filled in, and what was just done.
#[derive(Default)]
struct TypedOwnReport {
    form: OwnForm,
    errors: Errors,
    done: &'static str,
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    record: Record,
    chosen: Option<OwnRule>,
    typed: TypedOwnReport,
) -> Result<OwnRulesPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let plans = calendar(&mut db, acting.institution()).await?;
    let rows = own_rows(&mut db, &record, &plans, acting.institution(), today).await?;
    let TypedOwnReport { mut form, errors, done } = typed;
    if let Some(rule) = chosen.as_ref().filter(|rule| form.rule != rule.name) {
        form = OwnForm { rule: rule.name.clone(), on: today.to_string(), ..OwnForm::default() };
    }
    Ok(OwnRulesPage {
        chrome: frame(app, acting.person(), &record, "本校规定"),
        tabs: Tabs::new(acting, &record, Tab::Findings),
        record,
        rows,
        chosen,
        form,
        errors,
        done,
        sets_days: SchoolLeague::KINDS.contains(&acting.office().kind),
    })
}

/// The rule of the plan that governs, where it is asked of the union and has a limit to hold a report against.
async fn rule_of(
    app: &App,
    institution: InstitutionId,
    record: &Record,
    is_meant: impl Fn(usize, &OwnRule) -> bool,
) -> Result<Option<OwnRule>, Failure> {
    let plans = calendar(&mut *app.read().await?, institution).await?;
    let Some(plan) = plans.in_force(app.clock.today()) else { return Ok(None) };
    let asked = |rule: &OwnRule| rule.is_reported() && rule.is_of(record.union.kind);
    let found = plan.own.iter().enumerate().find(|(place, rule)| asked(rule) && is_meant(*place, rule));
    Ok(found.map(|(_, rule)| rule.clone()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnQuery {
    done: String,
    /// The place of the rule that is to be reported on.
    place: String,
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(OwnQuery { done, place }): Query<OwnQuery>,
) -> Result<OwnRulesPage, Failure> {
    let record = visible(&mut *app.read().await?, &acting, id, app.clock.today()).await?;
    let keeps = record.union.is_managed_by(acting.office());
    let wanted = place.parse::<usize>().ok().filter(|_| keeps);
    let chosen = rule_of(&app, acting.institution(), &record, |at, _| Some(at) == wanted).await?;
    page(&app, &acting, record, chosen, TypedOwnReport { done: Done::said(&done), ..TypedOwnReport::default() }).await
}

pub(super) async fn report(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<OwnForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let chosen = rule_of(&app, acting.institution(), &record, |_, rule| rule.name == form.rule).await?;
    let read = if let Some(rule) = &chosen {
        form.read(rule, today, &mut errors)
    } else {
        errors.add("rule", "现行方案里没有要登记的这一条，请从下面重新选择");
        None
    };
    let Some(fact) = read else {
        let page = page(&app, &acting, record, chosen, TypedOwnReport { form, errors, done: "" }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        store::report_own(db, acting.person(), &locked, &fact, &acting.office().label(), now).await?;
        let mut entry = Entry::new(Verb::OwnRuleReported, locked.union.name.clone())
            .detail("规定", fact.rule.clone())
            .detail("日期", fact.on.to_string());
        for (name, number) in [("人数", fact.number), ("总数", fact.of)] {
            if let Some(number) = number {
                entry = entry.detail(name, number.to_string());
            }
        }
        if let Some(clause) = chosen.as_ref().and_then(|rule| rule.clauses.first()) {
            entry = entry.under(clause);
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::OwnReported.at(&id.own_rules_path())).into_response())
}
