//! The pages 规则手册 and 实施方案.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::Date;

use super::{
    book::{Chapter, Difference, RuleSearch, chapters, own_first},
    forms::AdoptForm,
    paths::{Done, PLANS, adoption_form, plans_after},
    store::{self, AdoptionRow, Governing, GoverningToday, Phase, VersionRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{acting::Acting, extract::With},
    failure::{Failure, Refusal},
    ids::PlanVersionId,
    office::SchoolLeague,
    page::{chrome::Chrome, faults, filters},
    rules::{
        CATALOGUE, Finding, Outcome, Plan, Rule, Verdict,
        adoption::{Adoption, adopt},
        catalogue::{Family, Today},
        plan::{self, LARGEST_FILE, PlanError, Provision, Word},
    },
    web::forms::{Errors, Submitted, Upload},
};

/// The routes of the rule book and of the plans.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/rulebook", book)
        .get("/plans", list)
        .post("/plans/adopt", adopt_plan)
        .get("/plans/new", ask_plan)
        .upload("/plans", add_plan)
        .get("/plans/{version}", show)
        .get("/plans/{version}/source", source)
}

#[derive(Template)]
#[template(path = "rulebook/book.html")]
struct RuleBookPage<'a> {
    chrome: Chrome,
    chapters: Vec<Chapter<'a>>,
    search: RuleSearch,
    found: usize,
    governing: Option<&'a Governing>,
    /// Other plans stand beside the university's own.
    compares: bool,
    today: Vec<(Today, usize)>,
}

async fn book(
    State(app): State<App>,
    With(person, GoverningToday(governing)): With<GoverningToday>,
    Query(search): Query<RuleSearch>,
) -> Result<Html<String>, Failure> {
    Ok(Html(book_html(app.chrome(&person, "规则手册"), governing.as_ref(), search)?))
}

/// The page 规则手册 for a search.
///
/// # Errors
/// Never: what the template asks for is there.
pub fn book_html(chrome: Chrome, governing: Option<&Governing>, search: RuleSearch) -> anyhow::Result<String> {
    let mut plans: Vec<&Plan> = plan::built_in().iter().collect();
    // The university's own plan is a third column.
    let own = governing.filter(|governing| !governing.is_built_in).map(|governing| &*governing.plan);
    plans.extend(own);
    let mut chapters = chapters(&plans, &search);
    let own = governing
        .and_then(|governing| own.or_else(|| plans.iter().copied().find(|plan| plan.code == governing.plan.code)));
    let compares = own.is_none() || search.compares();
    if let Some(own) = own {
        own_first(&mut chapters, own, compares);
    }
    let found = chapters.iter().map(|chapter| chapter.lines.len()).sum();
    Ok(RuleBookPage { chrome, chapters, search, found, governing, compares, today: today_counts() }.render()?)
}

/// How many rules are enforced how far today, strongest first.
fn today_counts() -> Vec<(Today, usize)> {
    let states = [Today::Refused(""), Today::Warned(""), Today::Scheduled(""), Today::Shown("")];
    let count = |state: Today| CATALOGUE.iter().filter(|entry| entry.today.slug() == state.slug()).count();
    states.into_iter().map(|state| (state, count(state))).filter(|(_, count)| *count > 0).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "rulebook/plans.html")]
struct PlansPage {
    chrome: Chrome,
    governing: Option<Governing>,
    adoptions: Vec<(AdoptionRow, Phase)>,
    versions: Vec<VersionRow>,
    form: AdoptForm,
    errors: Errors,
    done: &'static str,
}

async fn plans_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    submitted: Submitted<AdoptForm>,
    done: &'static str,
) -> Result<PlansPage, Failure> {
    let mut db = app.read().await?;
    let (institution, today) = (acting.institution(), app.clock.today());
    let rows = store::adoptions(&mut db, institution).await?;
    let phases: Vec<Phase> =
        (0..).zip(&rows).map(|(place, row)| row.phase(rows.get(..place).unwrap_or_default(), today)).collect();
    let Submitted { form, errors } = submitted;
    let adoptions = rows.into_iter().zip(phases).collect();
    Ok(PlansPage {
        chrome: app.chrome(acting.person(), "实施方案"),
        // A plan that this program can no longer read must not keep another one from being adopted.
        governing: store::governing(&mut db, institution, today).await.ok().flatten(),
        adoptions,
        versions: store::versions(&mut db, institution).await?,
        form,
        errors,
        done,
    })
}

#[derive(Deserialize)]
struct PlansQuery {
    #[serde(default)]
    done: String,
    /// The form's values, kept through a refusal.
    #[serde(flatten)]
    form: AdoptForm,
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(query): Query<PlansQuery>,
) -> Result<PlansPage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    // After a refusal the form names the reason beside the field; nothing is wrong with one that nobody has filled in.
    let mut errors = Errors::default();
    let typed = if query.form.is_empty() { None } else { query.form.read(&mut Errors::default()) };
    if let Some((version, from)) = typed {
        let refused = judge_adoption(&app, &acting, version, from).await?.permit().err().unwrap_or_default();
        if let Some(finding) = refused.iter().find(|finding| finding.verdict == Outcome::Fail) {
            errors.add("from", format!("{}；{}", finding.message, finding.remedy));
        }
    }
    plans_page(&app, &acting, Submitted::new(query.form, errors), done).await
}

async fn judge_adoption(
    app: &App,
    acting: &Acting<SchoolLeague>,
    version: PlanVersionId,
    from: Date,
) -> Result<Verdict<Adoption>, Failure> {
    let mut db = app.read().await?;
    let (_, plan, _) = store::version(&mut db, acting.institution(), version).await?.ok_or(Failure::Missing)?;
    let last = store::last_adoption(&mut db, acting.institution(), version, app.clock.today()).await?;
    Ok(adopt(&plan, from, last, app.clock.today()))
}

/// What cannot be undone is said before it is done.
#[derive(Template, WebTemplate)]
#[template(path = "rulebook/confirm.html")]
struct ConfirmAdoptionPage {
    chrome: Chrome,
    form: AdoptForm,
    plan: Arc<Plan>,
    number: i32,
    from: Date,
    today: Date,
}

async fn adopt_plan(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<AdoptForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let read = form.read(&mut errors);
    let Some((version, from)) = read.filter(|_| errors.is_empty()) else {
        let page = plans_page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (number, plan, text) = {
        let found = store::version(&mut *app.read().await?, acting.institution(), version).await?;
        found.ok_or(Failure::Missing)?
    };
    let hash = hex::encode(Sha256::digest(text));
    let chrome = app.chrome(acting.person(), "启用方案").under(PLANS, "实施方案");
    let (now, today) = (app.clock.now(), app.clock.today());
    let refusal = Refusal {
        chrome: chrome.clone(),
        wanted: format!("自 {from} 起启用{}（第 {number} 版）", plan.short),
        back: adoption_form(version, from),
    };
    if form.confirm != "yes" {
        judge_adoption(&app, &acting, version, from).await?.permit().map_err(|findings| refusal.because(findings))?;
        return Ok(ConfirmAdoptionPage { chrome, form, plan, number, from, today }.into_response());
    }
    app.write_as(acting.person().authority(), async move |db| {
        let plans = store::lock_plans(db, acting.institution()).await?;
        let last = store::last_adoption(db, acting.institution(), version, today).await?;
        let verdict = adopt(&plan, from, last, today);
        let adoption = verdict.permit().map_err(|findings| refusal.because(findings))?;
        store::adopt(db, &plans, &acting, version, &adoption, now).await?;
        let mut entry = Entry::new(Verb::PlanAdopted, format!("{}（第 {number} 版）", plan.short))
            .detail("启用日期", adoption.from().to_string())
            .detail("方案代码", adoption.code())
            .detail("文件摘要", hash);
        if let Some(provision) = plan.provision(Rule::Pol00) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    let done = if from > today { Done::Scheduled } else { Done::Adopted };
    Ok(Redirect::to(&plans_after(done)).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "rulebook/new.html")]
struct NewPlanPage {
    chrome: Chrome,
    text: String,
    errors: Vec<PlanError>,
    built_in: Vec<(PlanVersionId, String)>,
}

async fn new_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    text: String,
    errors: Vec<PlanError>,
) -> Result<NewPlanPage, Failure> {
    let versions = store::versions(&mut *app.read().await?, acting.institution()).await?;
    let mut built_in: Vec<(PlanVersionId, String)> = Vec::new();
    for row in versions.into_iter().filter(|row| row.built_in) {
        if !built_in.iter().any(|(_, short)| *short == row.short) {
            built_in.push((row.id, row.short));
        }
    }
    let chrome = app.chrome(acting.person(), "上传方案文件").under(PLANS, "实施方案");
    if !errors.is_empty() {
        faults::note();
    }
    Ok(NewPlanPage { chrome, text, errors, built_in })
}

async fn ask_plan(State(app): State<App>, acting: Acting<SchoolLeague>) -> Result<NewPlanPage, Failure> {
    new_page(&app, &acting, String::new(), Vec::new()).await
}

async fn add_plan(State(app): State<App>, acting: Acting<SchoolLeague>, upload: Upload) -> Result<Response, Failure> {
    // Line 0 means the file as a whole.
    let refused = |line, reason: &str| vec![PlanError { line, reason: reason.to_owned() }];
    let read = match upload.file.as_deref().filter(|bytes| !bytes.is_empty()) {
        // A file larger than any plan is not shown again in the form.
        Some(bytes) if bytes.len() > LARGEST_FILE => Err((String::new(), refused(0, "文件超过 256 KB"))),
        Some(bytes) => match plan::text_of(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(says) => Err((String::new(), refused(0, says))),
        },
        // Browsers send a text area's lines with CR LF; the stored text and its hash are the file's own.
        None => Ok(upload.field("text").replace("\r\n", "\n")),
    };
    let parse = move || {
        read.and_then(|text| match Plan::parse(&text) {
            _ if text.trim().is_empty() => Err((text, refused(0, "请选择文件，或把内容粘贴到下面"))),
            Ok(plan) if plan::named(&plan.code).is_some() => {
                Err((text, refused(0, "code（方案代码）与内置方案相同；请另起一个代码，如 my-school-2026")))
            }
            Ok(plan) => Ok((text, plan)),
            Err(errors) => Err((text, errors)),
        })
    };
    let (text, plan) = match app.heavy(parse).await? {
        Ok(good) => good,
        Err((text, errors)) => {
            let page = new_page(&app, &acting, text, errors).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let now = app.clock.now();
    let added = app
        .write_as(acting.person().authority(), async |db| {
            let (_, is_new) = store::add(db, &acting, &plan, &text, now).await?;
            if is_new {
                let entry = Entry::new(Verb::PlanAdded, format!("{}（{}）", plan.short, plan.code))
                    .detail("文号", plan.document.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(is_new)
        })
        .await?;
    Ok(Redirect::to(&plans_after(if added { Done::Added } else { Done::Same })).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "rulebook/plan.html")]
struct PlanPage {
    chrome: Chrome,
    id: PlanVersionId,
    version: i32,
    plan: Arc<Plan>,
}

impl PlanPage {
    /// What it states on a rule, also where that is quoted and not judged.
    fn said(&self, rule: Rule) -> Option<&Provision> {
        match self.plan.word_on(rule) {
            Word::Stated(provision) | Word::Quoted(provision) => Some(provision),
            Word::Silent | Word::NotTakenDown => None,
        }
    }

    fn unsaid(&self, rule: Rule) -> &'static str {
        Finding::unstated(rule, &self.plan).verdict.label()
    }

    fn is_quoted(&self, rule: Rule) -> bool {
        matches!(self.plan.word_on(rule), Word::Quoted(_))
    }
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanVersionId>,
) -> Result<PlanPage, Failure> {
    let found = store::version(&mut *app.read().await?, acting.institution(), id).await?;
    let (version, plan, _) = found.ok_or(Failure::Missing)?;
    let chrome = app.chrome(acting.person(), &plan.short).under(PLANS, "实施方案");
    Ok(PlanPage { chrome, id, version, plan })
}

async fn source(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanVersionId>,
) -> Result<Response, Failure> {
    let found = store::version(&mut *app.read().await?, acting.institution(), id).await?;
    let (version, plan, text) = found.ok_or(Failure::Missing)?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-v{version}.toml\"", plan.code)),
    ];
    Ok((headers, text).into_response())
}
