//! The pages 个人信息保护说明 and 保存期限与删除.

use std::{ops::Deref, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRef, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::{Date, macros::date};

use super::{
    Verb,
    paths::{RETENTION_AFTER_SET, retention_after_erasing},
    store::{self, Due},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Mark},
    auth::{
        acting::Acting,
        kept::{Heading, KeptData},
        person::SignedIn,
    },
    failure::Failure,
    ids::StudentId,
    office::Administrator,
    page::{chrome::Chrome, filters},
    people::retention::EraseOf,
    text::folded,
    web::{
        forms::{Attempt, Errors},
        routes,
    },
};

/// When what the notice says was changed last.
const CHANGED: Date = date!(2026 - 11 - 29);

/// Why somebody is erased ahead of time.
const GROUNDS: [&str; 3] = ["本人申请", "法律法规或监管要求", "登记有误"];

/// The state of these pages: the application, and the features that keep something of people.
#[derive(Debug, Clone)]
struct Privacy {
    app: App,
    features: &'static [EraseOf],
    kept: Arc<[KeptData]>,
}

impl Deref for Privacy {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Privacy> for App {
    fn from_ref(privacy: &Privacy) -> Self {
        privacy.app.clone()
    }
}

/// Their routes; `features` erase what they keep of people, which is `kept`.
#[must_use]
pub fn routes(app: &App, features: &'static [EraseOf], kept: Vec<KeptData>) -> Routes {
    let privacy = Privacy { app: app.clone(), features, kept: kept.into() };
    routes::Routes::default()
        .get("/privacy", notice)
        .get("/retention", show)
        .post("/retention", set)
        .post("/retention/erase", erase_due)
        .post("/retention/erase-one", erase_one)
        .with_state(privacy)
}

#[derive(Template, WebTemplate)]
#[template(path = "privacy/notice.html")]
struct NoticePage {
    chrome: Chrome,
    /// The university and how long it keeps data; none for a visitor.
    school: Option<(String, i32)>,
    headings: &'static [Heading],
    kinds: Arc<[KeptData]>,
    changed: Date,
}

impl NoticePage {
    fn under(&self, heading: &Heading) -> impl Iterator<Item = &KeptData> {
        self.kinds.iter().filter(move |data| data.heading == *heading)
    }

    fn kept_for(&self, data: &KeptData) -> String {
        data.kept_for(&self.years())
    }

    /// How long after leaving data are kept, in words.
    fn years(&self) -> String {
        match &self.school {
            Some((_, years)) => format!("满 {years} 年"),
            None => "满学校规定的年数".to_owned(),
        }
    }
}

async fn notice(State(app): State<Privacy>, person: Option<SignedIn>) -> Result<NoticePage, Failure> {
    let title = "个人信息保护说明";
    let (headings, kinds) = (Heading::ALL, Arc::clone(&app.kept));
    let Some(person) = person else {
        return Ok(NoticePage { chrome: Chrome::bare(title), school: None, headings, kinds, changed: CHANGED });
    };
    let years = store::retention_years(&mut *app.read().await?, person.institution).await?;
    let school = Some((person.institution_name.clone(), years));
    Ok(NoticePage { chrome: app.chrome(&person, title), school, headings, kinds, changed: CHANGED })
}

#[derive(Default, Deserialize)]
struct RetentionForm {
    #[serde(default)]
    years: String,
}

#[derive(Default, Deserialize)]
struct EraseOneForm {
    #[serde(default)]
    number: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "privacy/retention.html")]
struct RetentionPage {
    chrome: Chrome,
    years: String,
    due: Vec<Due>,
    total: i64,
    erased: i64,
    one: EraseOneForm,
    grounds: [&'static str; 3],
    errors: Errors,
    done: String,
}

/// What the forms of the page show: as typed, or as they are first.
#[derive(Default)]
struct RetentionForms {
    /// None for the years that are set.
    years: Option<String>,
    one: EraseOneForm,
    errors: Errors,
    done: String,
}

async fn page(app: &App, acting: &Acting<Administrator>, forms: RetentionForms) -> Result<RetentionPage, Failure> {
    let RetentionForms { years, one, errors, done } = forms;
    let mut db = app.read().await?;
    let kept = store::retention_years(&mut db, acting.institution()).await?;
    let due = store::due(&mut db, acting.institution(), app.clock.today()).await?;
    let erased = store::erased(&mut db, acting.institution()).await?;
    Ok(RetentionPage {
        chrome: app.chrome(acting.person(), "保存期限与删除"),
        years: years.unwrap_or_else(|| kept.to_string()),
        total: due.iter().map(|due| due.students).sum(),
        due,
        erased,
        one,
        grounds: GROUNDS,
        errors,
        done,
    })
}

#[derive(Deserialize)]
struct RetentionQuery {
    #[serde(default)]
    erased: Option<u64>,
    #[serde(default)]
    set: Option<u64>,
}

async fn show(
    State(app): State<Privacy>,
    acting: Acting<Administrator>,
    Query(RetentionQuery { erased, set }): Query<RetentionQuery>,
) -> Result<RetentionPage, Failure> {
    let done = match (erased, set) {
        (Some(erased), _) => format!("已删除 {erased} 人的个人信息，不能恢复。"),
        (None, Some(_)) => "保存期限已改。".to_owned(),
        (None, None) => String::new(),
    };
    page(&app, &acting, RetentionForms { done, ..RetentionForms::default() }).await
}

async fn set(
    State(app): State<Privacy>,
    acting: Acting<Administrator>,
    Form(form): Form<RetentionForm>,
) -> Result<Response, Failure> {
    let Some(years) = folded(&form.years).parse::<i32>().ok().filter(|years| (1..=30).contains(years)) else {
        let mut errors = Errors::default();
        errors.add("years", "应为 1 至 30 的整数");
        let page = page(&app, &acting, RetentionForms { years: Some(form.years), errors, ..RetentionForms::default() })
            .await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        store::set_retention(db, &acting, years).await?;
        let entry = Entry::new(Verb::RetentionSet, "离校人员信息").detail("年数", years);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(RETENTION_AFTER_SET).into_response())
}

#[derive(Deserialize)]
struct EraseForm {
    /// How many the page showed.
    #[serde(default)]
    total: String,
}

async fn erase_due(
    State(app): State<Privacy>,
    acting: Acting<Administrator>,
    Form(form): Form<EraseForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let ids = store::due_ids(db, acting.institution(), now.date()).await?;
            // What is erased is what was seen.
            if form.total != ids.len().to_string() || ids.is_empty() {
                return Ok(Attempt::fault("due", "人数有变化，没有删除；请核对后再办"));
            }
            let erased = store::erase(db, &acting, app.features, &ids, now).await?;
            let entry = Entry::new(Verb::Erased, "保存期满的离校人员").detail("人数", erased);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(erased))
        })
        .await?;
    let mut errors = Errors::default();
    let Some(erased) = attempt.done_or(&mut errors) else {
        let page = page(&app, &acting, RetentionForms { errors, ..RetentionForms::default() }).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    };
    Ok(Redirect::to(&retention_after_erasing(erased)).into_response())
}

async fn erase_one(
    State(app): State<Privacy>,
    acting: Acting<Administrator>,
    Form(form): Form<EraseOneForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let number = folded(&form.number).replace('\0', "");
    // One of a few words: the record is never rewritten, and a free text may name the person.
    let Some(why) = GROUNDS.iter().find(|ground| **ground == form.reason) else {
        errors.add("reason", "请选择理由");
        return not_erased(&app, &acting, form, errors).await;
    };
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let gone = store::gone_student(db, acting.institution(), &number, now.date()).await?;
            let erased = match gone {
                Some(id) => store::erase(db, &acting, app.features, &[id], now).await?,
                None => 0,
            };
            let Some(id) = gone.filter(|_| erased > 0) else {
                return Ok(Attempt::fault("number", "没有已离校的这名学生；在校学生的信息不能删除"));
            };
            let entry = Entry::about(Verb::Erased, Mark::Student(StudentId(id))).detail("理由", *why);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(erased))
        })
        .await?;
    let Some(erased) = attempt.done_or(&mut errors) else {
        return not_erased(&app, &acting, form, errors).await;
    };
    Ok(Redirect::to(&retention_after_erasing(erased)).into_response())
}

async fn not_erased(
    app: &App,
    acting: &Acting<Administrator>,
    one: EraseOneForm,
    errors: Errors,
) -> Result<Response, Failure> {
    let page = page(app, acting, RetentionForms { one, errors, ..RetentionForms::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
