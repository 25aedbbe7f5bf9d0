//! The pages 志愿服务: every enrolled student volunteers on a phone, withdraws, and finds their hours.

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
    forms::JoinForm,
    paths::{Done, VOLUNTEERING},
    project::{Project, ProjectTask, Volunteer},
    store::{self, Joined, ProjectFilter, VolunteerFilter},
};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{ProjectId, ProjectTaskId, StudentId},
    page::chrome::Chrome,
    rulebook::store::calendar,
    rules::projects::engage,
    web::forms::{Attempt, Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/volunteering", list)
        .get("/volunteering/{project}", show)
        .post("/volunteering/{project}/join", join)
        .post("/volunteering/{project}/leave", leave)
}

#[derive(Template, WebTemplate)]
#[template(path = "projects/volunteering.html")]
struct VolunteeringPage {
    chrome: Chrome,
    open: Vec<Project>,
    mine: Vec<Volunteer>,
    done: &'static str,
}

impl VolunteeringPage {
    fn total(&self) -> String {
        super::project::hours(self.mine.iter().map(|one| one.quarters).sum())
    }

    fn is_mine(&self, project: &Project) -> bool {
        self.mine.iter().any(|one| one.project == project.id && one.is_engaged())
    }
}

fn own(person: &SignedIn) -> Result<StudentId, Failure> {
    person.student.ok_or(Failure::Missing)
}

async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<VolunteeringPage, Failure> {
    let mut db = app.read().await?;
    let filter = ProjectFilter { open_on: Some(app.clock.today()), ..ProjectFilter::default() };
    let open = store::projects(&mut db, person.institution, filter).await?;
    let mine = match person.student {
        Some(student) => {
            let filter = VolunteerFilter { student: Some(student), ..VolunteerFilter::default() };
            store::volunteers(&mut db, person.institution, filter).await?
        }
        None => Vec::new(),
    };
    Ok(VolunteeringPage { chrome: app.chrome(&person, "志愿服务"), open, mine, done: Done::said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "projects/join.html")]
struct JoinPage {
    chrome: Chrome,
    project: Project,
    tasks: Vec<ProjectTask>,
    /// The student's own engagement, while it lasts.
    mine: Option<Volunteer>,
    form: JoinForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

impl JoinPage {
    fn is_picked(&self, task: &ProjectTask) -> bool {
        self.form.task == task.id.to_string()
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    id: ProjectId,
    form: JoinForm,
    errors: Errors,
    done: &'static str,
) -> Result<JoinPage, Failure> {
    let student = own(person)?;
    let mut db = app.read().await?;
    let project = store::find(&mut db, person.institution, id).await?;
    let filter = VolunteerFilter { student: Some(student), project: Some(id), one: None };
    let mine = store::volunteers(&mut db, person.institution, filter).await?.into_iter().find(|one| !one.withdrew);
    // Before it recruits a project is the union's own affair.
    if project.is_before_recruiting() {
        return Err(Failure::Missing);
    }
    let tasks = store::tasks(&mut db, id).await?;
    let chrome = app.chrome(person, &project.title).under(VOLUNTEERING, "志愿服务");
    Ok(JoinPage { chrome, project, tasks, mine, form, errors, today: app.clock.today(), done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProjectId>,
    Query(After { done }): Query<After>,
) -> Result<JoinPage, Failure> {
    page(&app, &person, id, JoinForm::default(), Errors::default(), Done::said(&done)).await
}

async fn join(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ProjectId>,
    Form(form): Form<JoinForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let student = own(&person)?;
    let task = form.task.parse::<ProjectTaskId>().ok();
    if task.is_none() {
        errors.add("task", "请选择参加哪一项");
    }
    let Some(task) = task.filter(|_| errors.is_empty()) else {
        let page = page(&app, &person, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let chrome = app.chrome(&person, "报名志愿项目").under(VOLUNTEERING, "志愿服务");
    let refusal = Refusal { chrome, wanted: "报名志愿项目".to_owned(), back: VOLUNTEERING.to_owned() };
    let attempt = app
        .write_as(person.authority(), async |db| {
            let project = store::lock(db, person.institution, id).await?;
            if project.is_before_recruiting() {
                return Err(Failure::Missing);
            }
            let plans = calendar(db, person.institution).await?;
            let plan = plans.in_force(today).ok_or(Failure::Missing)?;
            let passed = match engage(&plan, project.is_closed(), project.ends_on, today).permit() {
                Ok(passed) => passed,
                Err(findings) => return Err(refusal.because(findings)),
            };
            Ok(match store::join(db, &project, passed, student, task, now).await? {
                Joined::Engaged => Attempt::Done(()),
                Joined::Full => Attempt::fault("task", "这一项已经报满，请选择别的任务"),
                Joined::Before => Attempt::fault("task", "你已经报名参加这个项目"),
            })
        })
        .await?;
    if attempt.done_or(&mut errors).is_none() {
        let page = page(&app, &person, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::Joined.at(&id.join_path())).into_response())
}

async fn leave(State(app): State<App>, person: SignedIn, Path(id): Path<ProjectId>) -> Result<Response, Failure> {
    let now = app.clock.now();
    let student = own(&person)?;
    app.write_as(person.authority(), async |db| {
        let project = store::lock(db, person.institution, id).await?;
        if store::leave(db, &project, student, now).await? { Ok(()) } else { Err(Failure::Missing) }
    })
    .await?;
    Ok(Redirect::to(&Done::Left.at(VOLUNTEERING)).into_response())
}
