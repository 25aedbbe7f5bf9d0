//! 启用: a union that was taken down comes under the rules, once and for all.

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

use super::{calendar, frame, kept};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    rules::Outcome,
    unions::{
        store::{self, Ground},
        union::Record,
    },
    web::forms::{Errors, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "unions/open.html")]
pub(super) struct OpenPage {
    chrome: Chrome,
    record: Record,
    people: usize,
    /// The first day of the posts that were taken down.
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
    (ground, errors): (String, Errors),
) -> Result<OpenPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = kept(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let findings = plans.in_force(today).and_then(|plan| record.timeline.findings(&plan, today).ok());
    let count = |outcome: &Outcome| {
        let count = findings.iter().flatten().filter(|finding| finding.verdict == *outcome).count();
        (outcome.label(), count)
    };
    let counts = [Outcome::Fail, Outcome::Warn, Outcome::Unknown].iter().map(count).collect();
    let blank = record.departments_on(today).filter(|department| department.functions.is_empty());
    let blank = blank.map(|department| department.name.clone()).collect();
    let since = record.posts_on(today).map(|post| post.from_day).min();
    let chrome = frame(app, acting.person(), &record, "启用");
    Ok(OpenPage { chrome, people: record.people_on(today), since, counts, blank, record, ground, errors })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<OpenPage, Failure> {
    page(&app, &acting, id, (String::new(), Errors::default())).await
}

#[derive(Deserialize)]
pub(super) struct OpenForm {
    #[serde(default)]
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
        let page = page(&app, &acting, id, (form.ground, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let opened = app
        .write_as(acting.person().authority(), async move |db| {
            let (locked, record) = store::lock(db, &acting, id, today).await?;
            let plans = calendar(db, acting.institution()).await?;
            let Some(plan) = plans.in_force(today) else { return Ok(false) };
            let Ok(findings) = record.timeline.findings(&plan, today) else { return Ok(false) };
            if record.people_on(today) == 0 {
                return Ok(false);
            }
            let fails = findings.iter().filter(|finding| finding.verdict == Outcome::Fail).count();
            let says = format!("启用时 {} 人，不符合 {fails} 项", record.people_on(today));
            let ground = Ground { words, ..Ground::default() };
            if store::open(db, &locked, (today, &says), &ground, now).await? {
                let entry = Entry::new(Verb::UnionOpened, record.union.name.clone())
                    .detail("情况", says)
                    .detail("依据", ground.words.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(true)
        })
        .await?;
    Ok(Redirect::to(&format!("/unions/{id}{}", if opened { "?done=opened" } else { "" })).into_response())
}
