//! The page 规则手册, and those on which plan files come in and are read.

use std::{fmt, sync::Arc};

use askama::{Template, filters::HtmlSafe};
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;

use super::{
    Verb,
    book::{Chapter, Difference, RuleSearch, chapters, own_first},
    papers::{self, PaperRow, Replaced},
    paths::{Done, PLANS, version_after},
    rendered::{BookMark, RuleBooks},
    store::{self, Beside, Governing, GoverningToday},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, extract::With, person::SignedIn},
    failure::Failure,
    ids::{PlanDocumentId, PlanVersionId},
    office::SchoolLeague,
    page::{chrome::Chrome, faults, filters},
    rules::{
        CATALOGUE, Finding, Plan, Rule,
        baseline::{Comparison, Relation, compare_all, counts},
        catalogue::{Family, Today},
        plan::{self, LARGEST_FILE, NationalDocument, PlanError, Provision, Word, national},
    },
    web::{
        self,
        forms::{self, Errors, Submitted, Upload, written},
    },
};

pub(super) fn routes(books: RuleBooks) -> Routes {
    Routes::default()
        .merge(web::routes::Routes::<RuleBooks>::default().get("/rulebook", book).with_state(books))
        .get("/rulebook/national", national_page)
        .get("/plans/new", ask_plan)
        .upload("/plans", add_plan)
        .get("/plans/{version}", show)
        .get("/plans/{version}/source", source)
}

/// Rules that stand open on a phone.
const MOST_OPEN: usize = 12;

/// The page around its main part.
#[derive(Template)]
#[template(path = "rulebook/page.html")]
struct RuleBookPage<'a> {
    chrome: Chrome,
    body: Body<'a>,
}

/// The page's main part.
#[derive(Template)]
#[template(path = "rulebook/book.html")]
struct RuleBook<'a> {
    institution: &'a str,
    chapters: Vec<Chapter<'a>>,
    search: RuleSearch,
    found: usize,
    governing: Option<&'a Governing>,
    /// Other plans stand beside the university's own.
    compares: bool,
    today: Vec<(Today, usize)>,
    beside: &'a Beside,
}

impl RuleBook<'_> {
    /// The column is of the plan by which the university goes.
    fn is_own(&self, plan: &Plan) -> bool {
        self.governing.is_some_and(|governing| governing.plan.code == plan.code)
    }

    /// A phone shows the rules' names alone: a few that were looked for stand open.
    fn folds(&self) -> bool {
        self.found > MOST_OPEN
    }

    /// Why the university goes by its plan's rule although it is wider; empty where it did not say.
    fn reason(&self, rule: Rule) -> &str {
        let found = self.beside.reasons.iter().find(|reason| reason.rule == rule.code());
        found.map_or("", |reason| &reason.says)
    }
}

/// A template's own output, which stands in another as it is.
enum Body<'a> {
    Made(Box<RuleBook<'a>>),
    Kept(Arc<str>),
}

impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(book) => write!(f, "{book}"),
            Self::Kept(html) => f.write_str(html),
        }
    }
}

impl HtmlSafe for Body<'_> {}

async fn book(
    State(books): State<RuleBooks>,
    With(person, GoverningToday(governing)): With<GoverningToday>,
    Query(search): Query<RuleSearch>,
) -> Result<Html<String>, Failure> {
    let mut beside = Beside::default();
    if let Some(governing) = &governing {
        let mut db = books.read().await?;
        beside = store::beside(&mut db, person.institution, governing.id, books.clock.today()).await?;
    }
    let chrome = books.chrome(&person, "规则手册");
    let Some(all_plans) = search.whole() else {
        return Ok(Html(book_html(chrome, governing.as_ref(), &beside, search)?));
    };
    let mark = BookMark {
        institution: person.institution_name,
        governing: governing.as_ref().map(|governing| (governing.id, governing.from)),
        beside,
        all_plans,
    };
    let html = books.kept_or(&mark, || {
        let book = rule_book(&mark.institution, governing.as_ref(), &mark.beside, search);
        book.render().map_err(anyhow::Error::new)
    })?;
    // Room for the frame too: it is not copied a second time.
    let mut page = String::with_capacity(html.len() + 32 * 1024);
    RuleBookPage { chrome, body: Body::Kept(html) }.render_into(&mut page).map_err(anyhow::Error::new)?;
    Ok(Html(page))
}

/// The page 规则手册 for a search, made anew.
///
/// # Errors
/// Never: what the template asks for is there.
pub fn book_html(
    chrome: Chrome,
    governing: Option<&Governing>,
    beside: &Beside,
    search: RuleSearch,
) -> anyhow::Result<String> {
    let institution = chrome.institution().to_owned();
    let body = Body::Made(Box::new(rule_book(&institution, governing, beside, search)));
    Ok(RuleBookPage { chrome, body }.render()?)
}

fn rule_book<'a>(
    institution: &'a str,
    governing: Option<&'a Governing>,
    beside: &'a Beside,
    search: RuleSearch,
) -> RuleBook<'a> {
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
    RuleBook { institution, chapters, search, found, governing, compares, today: today_counts(), beside }
}

/// How many rules are enforced how far today, strongest first.
fn today_counts() -> Vec<(Today, usize)> {
    let states = [Today::Refused(""), Today::Warned(""), Today::Scheduled(""), Today::Shown("")];
    let count = |state: Today| CATALOGUE.iter().filter(|entry| entry.today.slug() == state.slug()).count();
    states.into_iter().map(|state| (state, count(state))).filter(|(_, count)| *count > 0).collect()
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
            let (id, is_new) = store::add(db, &acting, &plan, &text, now).await?;
            if is_new {
                let entry = Entry::new(Verb::PlanAdded, format!("{}（{}）", plan.short, plan.code))
                    .detail("文号", plan.document.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok((id, is_new))
        })
        .await?;
    // What it asks is held against the national baseline at once.
    let (id, is_new) = added;
    Ok(Redirect::to(&version_after(id, if is_new { Done::Added } else { Done::Same })).into_response())
}

/// 存入原件 as typed, beside the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PaperForm {
    /// The document whose place it takes; empty for none.
    pub replaces: String,
    pub why: String,
}

impl PaperForm {
    /// The document whose place it takes and why, none for none, or errors beside the fields.
    pub fn read(&self, errors: &mut Errors) -> Option<Replaced> {
        if self.replaces.is_empty() {
            return None;
        }
        let document = self.replaces.parse::<PlanDocumentId>().ok();
        if document.is_none() {
            errors.add("replaces", "请从列出的原件里选");
        }
        let why = written(&self.why, 200, "why", "请写明为什么代替，如：存错了文件", errors);
        Some(Replaced { document: document?, why: why? })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "rulebook/plan.html")]
pub(super) struct PlanPage {
    chrome: Chrome,
    id: PlanVersionId,
    version: i32,
    plan: Arc<Plan>,
    /// The plan against the national baseline.
    compared: Vec<Comparison>,
    /// The document itself.
    papers: Vec<PaperRow>,
    /// The document stays.
    is_adopted: bool,
    form: PaperForm,
    errors: Errors,
    done: &'static str,
}

impl PlanPage {
    /// A document is there whose place another can take.
    fn has_standing(&self) -> bool {
        self.papers.iter().any(PaperRow::stands)
    }

    /// How many rules stand how to the baseline.
    fn relations(&self) -> Vec<(Relation, usize)> {
        counts(&self.compared)
    }

    fn asks_reasons(&self) -> bool {
        self.compared.iter().any(Comparison::needs_reason)
    }

    /// The figure in words, or what stands where there is none.
    fn figure(&self, rule: Rule) -> &str {
        match self.said(rule) {
            None => self.unsaid(rule),
            Some(provision) => provision.figure.as_deref().unwrap_or_else(|| provision.strength.label()),
        }
    }

    /// What it states on a rule, also where that is quoted and not judged.
    fn said(&self, rule: Rule) -> Option<&Provision> {
        self.plan.word_on(rule).provision()
    }

    fn unsaid(&self, rule: Rule) -> &'static str {
        Finding::unstated(rule, &self.plan).verdict.label()
    }

    fn is_quoted(&self, rule: Rule) -> bool {
        matches!(self.plan.word_on(rule), Word::Quoted(_))
    }
}

/// The page of a version, with what is wrong in the form of its documents.
pub(super) async fn plan_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: PlanVersionId,
    submitted: Submitted<PaperForm>,
    done: &'static str,
) -> Result<PlanPage, Failure> {
    let Submitted { form, errors } = submitted;
    let mut db = app.read().await?;
    let found = store::version(&mut db, acting.institution(), id).await?;
    let (version, plan, _) = found.ok_or(Failure::Missing)?;
    let is_adopted = papers::is_adopted(&mut db, acting.institution(), id).await?;
    let papers = papers::papers(&mut db, acting.institution(), id).await?;
    let chrome = app.chrome(acting.person(), &plan.short).under(PLANS, "实施方案");
    let compared = compare_all(&plan);
    Ok(PlanPage { chrome, id, version, plan, compared, papers, is_adopted, form, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanVersionId>,
    Query(query): Query<forms::Done>,
) -> Result<PlanPage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    plan_page(&app, &acting, id, Submitted::new(PaperForm::default(), Errors::default()), done).await
}

/// What the national level asks, document by document.
#[derive(Template, WebTemplate)]
#[template(path = "rulebook/national.html")]
struct NationalPage {
    chrome: Chrome,
    documents: &'static [NationalDocument],
}

async fn national_page(State(app): State<App>, person: SignedIn) -> NationalPage {
    let chrome = app.chrome(&person, "全国要求").under("/rulebook", "规则手册");
    NationalPage { chrome, documents: national() }
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
