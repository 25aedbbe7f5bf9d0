//! 启用: a union that was registered comes under the rules, once and for all.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use time::Date;

use super::{calendar, frame, managed};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    rules::Outcome,
    unions::{
        Verb,
        paths::Done,
        store::{self, Grounds},
        union::Record,
    },
    web::forms::{Errors, Submitted, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "unions/open.html")]
pub(super) struct OpenPage {
    chrome: Chrome,
    record: Record,
    people: usize,
    /// The first day of the posts that were registered.
    since: Option<Date>,
    counts: Vec<(&'static str, usize)>,
    /// Departments of which nobody has said what they do.
    blank: Vec<String>,
    ground: String,
    errors: Errors,
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    submitted: Submitted<OpenForm>,
) -> Result<OpenPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let findings = plans.in_force(today).and_then(|plan| record.timeline.findings(&plan, today).ok());
    let count = |outcome: &Outcome| {
        let count = findings.iter().flatten().filter(|finding| finding.verdict == *outcome).count();
        (outcome.label(), count)
    };
    let counts = [Outcome::Fail, Outcome::Warn, Outcome::Unknown].iter().map(count).collect();
    let blank = record.departments_on(today).filter(|department| department.functions.is_empty());
    let blank = blank.map(|department| department.name.clone()).collect();
    let Submitted { form: OpenForm { ground }, errors } = submitted;
    let since = record.posts_on(today).map(|post| post.from_day).min();
    let chrome = frame(app, acting.person(), &record, "启用");
    Ok(OpenPage { chrome, people: record.people_on(today), since, counts, blank, record, ground, errors })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<OpenPage, Failure> {
    page(&app, &acting, id, Submitted::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OpenForm {
    ground: String,
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<OpenForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let Some(words) = written(&form.ground, 120, "ground", "请填写启用依据，如“校团委〔2026〕8号通知”", &mut errors)
    else {
        let page = page(&app, &acting, id, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let grounds = Grounds { words, ..Grounds::default() };
    let opened = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            let plans = calendar(db, acting.institution()).await?;
            let Some(plan) = plans.in_force(today) else { return Ok(false) };
            let Ok(findings) = locked.timeline.findings(&plan, today) else { return Ok(false) };
            if locked.people_on(today) == 0 {
                return Ok(false);
            }
            let fails = findings.iter().filter(|finding| finding.verdict == Outcome::Fail).count();
            let says = format!("启用时 {} 人，不符合 {fails} 项", locked.people_on(today));
            if store::open(db, &locked, today, &says, &grounds, now).await? {
                let entry = Entry::new(Verb::UnionOpened, locked.union.name.clone())
                    .detail("情况", says)
                    .detail("依据", grounds.words.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(true)
        })
        .await?;
    let path = id.path();
    Ok(Redirect::to(&if opened { Done::Opened.at(&path) } else { path }).into_response())
}
