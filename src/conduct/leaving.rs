//! The page 我的离任: an officer asks to leave, and hands over.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    Verb,
    exit::Exit,
    exits_store::{self as store, ExitFilter},
    forms::{HandoverForm, LeavingForm},
    paths::{Done, EXITS, LEAVING},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::Failure,
    ids::{ExitId, StudentId, UnionId},
    inbox::{self, Notice, To},
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    rules::conduct::ExitKind,
    unions::{store as unions, union::StudentUnion},
    web::forms::{Attempt, Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/leaving", show)
        .post("/leaving", ask)
        .post("/leaving/{exit}/withdraw", withdraw)
        .post("/leaving/{exit}/hand-over", hand_over)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/leaving.html")]
struct LeavingPage {
    chrome: Chrome,
    /// The unions in which the person holds a post and has not asked to leave.
    unions: Vec<StudentUnion>,
    exits: Vec<Exit>,
    kinds: [ExitKind; 2],
    form: LeavingForm,
    handover: HandoverForm,
    /// The exit whose list came back.
    about: Option<ExitId>,
    errors: Errors,
    today: Date,
    done: &'static str,
}

impl LeavingPage {
    fn is_about(&self, id: &ExitId) -> bool {
        self.about == Some(*id)
    }
}

/// The forms of the page as they are filled in.
#[derive(Default)]
struct LeavingForms {
    form: LeavingForm,
    handover: HandoverForm,
    about: Option<ExitId>,
    errors: Errors,
    done: &'static str,
}

async fn page(app: &App, person: &SignedIn, forms: LeavingForms) -> Result<LeavingPage, Failure> {
    let today = app.clock.today();
    let (mut unions, mut exits) = (Vec::new(), Vec::new());
    if let Some(student) = person.student {
        let mut db = app.read().await?;
        let filter = ExitFilter { of: Some(student), ..ExitFilter::default() };
        exits = store::exits(&mut db, person.institution, filter).await?;
        unions = store::unions_of(&mut db, person.institution, student, today).await?;
        unions.retain(|union| !exits.iter().any(|exit| exit.union == union.id && exit.is_open()));
    }
    let LeavingForms { form, handover, about, errors, done } = forms;
    let chrome = app.chrome(person, "我的离任");
    let kinds = [ExitKind::Resignation, ExitKind::Accountable];
    Ok(LeavingPage { chrome, unions, exits, kinds, form, handover, about, errors, today, done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<LeavingPage, Failure> {
    page(&app, &person, LeavingForms { done: Done::said(&done), ..LeavingForms::default() }).await
}

async fn unfit(app: &App, person: &SignedIn, forms: LeavingForms) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, person, forms).await?).into_response())
}

/// The League organisation that manages a union.
fn keeper(union: &StudentUnion) -> To {
    let kind = if union.college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
    To::Office { kind, college: union.college, class: None }
}

fn own(person: &SignedIn) -> Result<StudentId, Failure> {
    person.student.ok_or(Failure::Missing)
}

async fn ask(State(app): State<App>, person: SignedIn, Form(form): Form<LeavingForm>) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let student = own(&person)?;
    let union = form.union.parse::<UnionId>().ok();
    if union.is_none() {
        errors.add("union", "请选择学生会");
    }
    let read = form.read(&mut errors);
    let (Some(union), Some((kind, reason))) = (union, read) else {
        return unfit(&app, &person, LeavingForms { form, errors, ..LeavingForms::default() }).await;
    };
    let attempt = app
        .write_as(person.authority(), async |db| {
            let mine = store::unions_of(db, person.institution, student, today).await?;
            if !mine.iter().any(|known| known.id == union) {
                return Ok(Attempt::fault("union", "你现在没有在这个学生会任职"));
            }
            let locked = unions::hold(db, &person, union, today).await?;
            if !store::ask(db, &person, &locked, student, kind, &reason, now).await? {
                return Ok(Attempt::fault("union", "已经提出过，正在办理"));
            }
            let entry = Entry::about(Verb::ExitKept, student)
                .detail("学生会", locked.union.name.clone())
                .detail("办理", format!("提出{}", kind.label()));
            audit::append(db, &person, entry, now).await?;
            let notice = Notice::new(format!("{}提出{}：{}", person.name, kind.label(), locked.union.name), EXITS);
            inbox::tell(db, person.institution, keeper(&locked.union), &notice, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    match attempt.done_or(&mut errors) {
        Some(()) => Ok(Redirect::to(&Done::Asked.at(LEAVING)).into_response()),
        None => unfit(&app, &person, LeavingForms { form, errors, ..LeavingForms::default() }).await,
    }
}

async fn withdraw(State(app): State<App>, person: SignedIn, Path(id): Path<ExitId>) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let student = own(&person)?;
    app.write_as(person.authority(), async |db| {
        let exit = store::lock(db, person.institution, id).await?;
        if exit.student != student || !store::withdraw(db, &exit).await? {
            return Err(Failure::Missing);
        }
        let entry =
            Entry::about(Verb::ExitKept, student).detail("学生会", exit.union_name.clone()).detail("办理", "撤回");
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(LEAVING)))
}

async fn hand_over(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ExitId>,
    Form(form): Form<HandoverForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let student = own(&person)?;
    let Some(handover) = form.read(&mut errors) else {
        let forms = LeavingForms { handover: form, about: Some(id), errors, ..LeavingForms::default() };
        return unfit(&app, &person, forms).await;
    };
    app.write_as(person.authority(), async |db| {
        let exit = store::lock(db, person.institution, id).await?;
        if exit.student != student || !store::hand_over(db, &exit, &handover, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::ExitKept, student)
            .detail("学生会", exit.union_name.clone())
            .detail("办理", "提交交接清单");
        audit::append(db, &person, entry, now).await?;
        let union = unions::list(db, person.institution, Some(exit.union)).await?.into_iter().next();
        let union = union.ok_or(Failure::Missing)?;
        let notice = Notice::new(format!("{}提交了交接清单", person.name), id.path());
        inbox::tell(db, person.institution, keeper(&union), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::HandedOver.at(LEAVING)).into_response())
}
