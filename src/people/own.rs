//! The page 我的信息: what is known of me, from whom, and where I say that it is wrong.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Duration;

use super::{
    Verb,
    disputes_store::{self, Dispute},
    forms::DisputeForm,
    paths::{DISPUTES, Done, OWN_DATA},
    store::{self, Change, DelegacyRow, Grade, Student, UnionPostRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::person::{Scope, SignedIn},
    failure::Failure,
    inbox::{self, Notice, To},
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    text::chinese_day,
    web::forms::{self, Errors, Submitted},
};

/// Days for an answer. Neither plan gives a figure; a practice of the portal, said so on the page.
pub const ANSWER_WITHIN: Duration = Duration::days(7);

/// The routes of a student's own data.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/me/data", show).post("/me/data/disputes", dispute)
}

#[derive(Template, WebTemplate)]
#[template(path = "people/own.html")]
struct OwnDataPage {
    chrome: Chrome,
    student: Option<Student>,
    grades: Vec<Grade>,
    changes: Vec<Change>,
    disputes: Vec<Dispute>,
    union_posts: Vec<UnionPostRow>,
    /// Congresses to which they are a delegate.
    delegacies: Vec<DelegacyRow>,
    within: i64,
    form: DisputeForm,
    errors: Errors,
    done: &'static str,
}

async fn page(
    app: &App,
    person: &SignedIn,
    submitted: Submitted<DisputeForm>,
    done: &'static str,
) -> Result<OwnDataPage, Failure> {
    let mut db = app.read().await?;
    let chrome = app.chrome(person, "我的信息").under("/me", "我的账号");
    let (mut student, mut grades, mut changes, mut disputes) = (None, Vec::new(), Vec::new(), Vec::new());
    let (mut union_posts, mut delegacies) = (Vec::new(), Vec::new());
    if let Some(id) = person.student {
        let everywhere = Scope { institution: person.institution, college: None, class: None };
        student = store::find(&mut db, &everywhere, id).await?;
        grades = store::grades(&mut db, id).await?;
        changes = store::changes(&mut db, id).await?;
        disputes = disputes_store::disputes(&mut db, person.institution, Some(id), None).await?;
        union_posts = store::union_posts(&mut db, id).await?;
        delegacies = store::delegacies(&mut db, id).await?;
    }
    let Submitted { form, errors } = submitted;
    let within = ANSWER_WITHIN.whole_days();
    Ok(OwnDataPage { chrome, student, grades, changes, disputes, union_posts, delegacies, within, form, errors, done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Query(query): Query<forms::Done>,
) -> Result<OwnDataPage, Failure> {
    page(&app, &person, Submitted::default(), query.done.parse().map_or("", Done::label)).await
}

async fn dispute(State(app): State<App>, person: SignedIn, Form(form): Form<DisputeForm>) -> Result<Response, Failure> {
    let student = person.student.ok_or(Failure::Missing)?;
    let mut errors = Errors::default();
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(new) = form.read(&mut errors) else {
        return Ok((unfit, page(&app, &person, Submitted::new(form, errors), "").await?).into_response());
    };
    let now = app.clock.now();
    let due_on = (now + ANSWER_WITHIN).date();
    let raised = app
        .write_as(person.authority(), async |db| {
            let raised = disputes_store::raise(db, student, &new, due_on, now).await?;
            if raised.is_some() {
                let about = new.about.label();
                let entry = Entry::about(Verb::DisputeRaised, student).detail("项目", about);
                audit::append(db, &person, entry, now).await?;
                let notice = Notice::new(format!("学生对{about}有异议，{}前答复", chinese_day(due_on)), DISPUTES);
                let office = To::Office { kind: OfficeKind::StudentAffairs, college: None, class: None };
                inbox::tell(db, person.institution, office, &notice, now).await?;
            }
            Ok(raised)
        })
        .await?;
    if raised.is_none() {
        errors.add("about", "这一项的异议正在复核，或这条记录里没有这一项");
        return Ok((unfit, page(&app, &person, Submitted::new(form, errors), "").await?).into_response());
    }
    Ok(Redirect::to(&Done::Raised.at(OWN_DATA)).into_response())
}
