//! The pages 人员: search, a student's record, corrections, leaving.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    forms::{CorrectForm, LeaveForm},
    store::{self, Change, Correction, Grade, HeldRow, ListRow, Search, Student, UnionPostRow},
    student::{Field, Left},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{
        acting::Acting,
        person::{Scope, SignedIn},
    },
    directory::store::{CollegeRow, colleges},
    failure::Failure,
    ids::StudentId,
    inbox::{self, Notice, To},
    office::{Office, OfficeKind, PeopleReader, Registrar},
    page::{chrome::Chrome, filters},
    text::folded,
    web::forms::{Done, Errors, reason},
};

const A_PAGE: i64 = 50;

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/people", list)
        .get("/people/{student}", show)
        .post("/people/{student}/correct", correct)
        .post("/people/{student}/leave", leave)
        .post("/people/{student}/return", come_back)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "people/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<ListRow>,
    total: i64,
    q: String,
    too_short: bool,
    college: String,
    state: String,
    colleges: Vec<CollegeRow>,
    /// The office sees one college or class alone.
    place: Option<String>,
    page: i64,
    pages: i64,
}

async fn list(
    State(app): State<App>,
    acting: Acting<PeopleReader>,
    Query(Asked { q, college, state, page }): Query<Asked>,
) -> Result<ListPage, Failure> {
    let (q, page) = (folded(&q).replace('\0', ""), page.clamp(0, 100_000));
    // One character of a name is in hundreds of names; one of a number in all of them.
    let too_short = q.chars().count() == 1;
    let search = Search { text: &q, college: college.parse().ok(), left: state == "left", waiting: state == "waiting" };
    let (mut db, scope) = (app.read().await?, acting.scope());
    let (rows, total) = if too_short {
        (Vec::new(), 0)
    } else {
        store::list(&mut db, &scope, &search, (page * A_PAGE, A_PAGE), app.clock.today()).await?
    };
    let colleges = if scope.college.is_none() && scope.class.is_none() {
        colleges(&mut db, scope.institution).await?
    } else {
        Vec::new()
    };
    Ok(ListPage {
        chrome: app.chrome(acting.person(), "人员"),
        rows,
        total,
        too_short,
        college,
        state,
        colleges,
        place: acting.office().place.clone(),
        page,
        pages: (total + A_PAGE - 1) / A_PAGE,
        q,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "people/show.html")]
struct ShowPage {
    chrome: Chrome,
    student: Student,
    /// None where the office does not see grades.
    grades: Option<Vec<Grade>>,
    changes: Vec<Change>,
    held: Vec<HeldRow>,
    union_posts: Vec<UnionPostRow>,
    may_keep: bool,
    gone: bool,
    reasons: &'static [Left],
    form: CorrectForm,
    leave: LeaveForm,
    errors: Errors,
    done: &'static str,
}

impl ShowPage {
    /// What is wrong stands in the form of the correction, not in that of leaving.
    fn correction_failed(&self) -> bool {
        let of = |field| self.errors.of(field).is_some();
        let leave_is_empty = self.leave.day.is_empty() && self.leave.why.is_empty();
        of("number") || of("name") || of("class") || (of("reason") && leave_is_empty)
    }
}

struct Forms {
    correct: Option<CorrectForm>,
    leave: LeaveForm,
    errors: Errors,
    done: &'static str,
}

impl Forms {
    fn none(done: &'static str) -> Self {
        Self { correct: None, leave: LeaveForm::default(), errors: Errors::default(), done }
    }
}

async fn show_page(
    app: &App,
    person: &SignedIn,
    scope: Scope,
    id: StudentId,
    forms: Forms,
) -> Result<ShowPage, Failure> {
    let mut db = app.read().await?;
    let student = store::find(&mut db, &scope, id).await?.ok_or(Failure::Missing)?;
    let kind = person.acting.as_ref().map(|office| office.kind);
    // A class branch is run by classmates, and who keeps the accounts has no say in who is eligible: ranks are none of
    // their business.
    let sees_grades = !matches!(kind, Some(OfficeKind::ClassBranch | OfficeKind::Administrator));
    let grades = if sees_grades { Some(store::grades(&mut db, id).await?) } else { None };
    let changes = if sees_grades { store::changes(&mut db, id).await? } else { Vec::new() };
    let held = store::held(&mut db, id).await?;
    let union_posts = store::union_posts(&mut db, id).await?;
    Ok(ShowPage {
        chrome: app.chrome(person, &student.name).under("/people", "人员"),
        form: forms.correct.unwrap_or_else(|| CorrectForm::of(&student)),
        gone: student.left_on.is_some_and(|day| day <= app.clock.today()),
        student,
        grades,
        changes,
        held,
        union_posts,
        may_keep: kind.is_some_and(|kind| Registrar::KINDS.contains(&kind)),
        reasons: Left::ALL,
        leave: forms.leave,
        errors: forms.errors,
        done: forms.done,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<PeopleReader>,
    Path(id): Path<StudentId>,
    Query(Done { done }): Query<Done>,
) -> Result<ShowPage, Failure> {
    let done = match done.as_str() {
        "corrected" => "已更正，原内容和理由记入更正记录，并已告知本人。",
        "same" => "内容没有变化，没有更正。",
        "left" => "已登记离校；任职到前一天为止，离校当天起不再有办事权限。",
        "back" => "已恢复在校；原来的职务不会自动恢复。",
        _ => "",
    };
    show_page(&app, acting.person(), acting.scope(), id, Forms::none(done)).await
}

async fn unfit(app: &App, acting: &Acting<Registrar>, id: StudentId, forms: Forms) -> Result<Response, Failure> {
    let page = show_page(app, acting.person(), acting.scope(), id, forms).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn correct(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<CorrectForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let mut db = app.read().await?;
    let known = store::find(&mut db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
    let read = form.read(&mut db, acting.institution(), &known, &mut errors).await?;
    drop(db);
    let Some((to, why)) = read else {
        return unfit(&app, &acting, id, Forms { correct: Some(form), errors, ..Forms::none("") }).await;
    };
    let now = app.clock.now();
    let (acting, done) = app
        .write_as(acting.person().authority(), async move |db| {
            store::find(db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
            let done = store::correct(db, &acting, id, &to, &why, now).await?;
            if let Correction::Done(fields) = &done
                && !fields.is_empty()
            {
                let names: Vec<&str> = fields.iter().map(|field| Field::label(*field)).collect();
                let names = names.join("、");
                let entry = Entry::about(Verb::StudentCorrected, id).detail("项目", names.clone());
                audit::append(db, acting.person(), entry, now).await?;
                let notice = Notice::new(format!("你的信息有更正：{names}"), "/me/data")
                    .says(format!("由{}办理，理由：{why}", acting.office().label()));
                inbox::tell(db, acting.institution(), To::Student(id), &notice, now).await?;
            }
            Ok((acting, done))
        })
        .await?;
    let done = match done {
        Correction::Done(fields) if fields.is_empty() => "same",
        Correction::Done(_) => "corrected",
        Correction::NumberTaken | Correction::Staff => {
            let says = if done == Correction::Staff {
                "此人担任学校或院系的工作职务，学号和姓名由系统管理员更正"
            } else {
                "这个学号已属于另一人"
            };
            errors.add("number", says);
            return unfit(&app, &acting, id, Forms { correct: Some(form), errors, ..Forms::none("") }).await;
        }
    };
    Ok(Redirect::to(&format!("/people/{id}?done={done}")).into_response())
}

async fn leave(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<LeaveForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some((left, why)) = form.read(app.clock.today(), &mut errors) else {
        return unfit(&app, &acting, id, Forms { leave: form, errors, ..Forms::none("") }).await;
    };
    let now = app.clock.now();
    let (acting, gone) = app
        .write_as(acting.person().authority(), async move |db| {
            store::find(db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
            let (gone, offices) = store::leave(db, &acting, &[id.0], left, &why, now).await?;
            if gone == 1 {
                let entry = Entry::about(Verb::StudentLeft, id)
                    .detail("原因", left.1.label())
                    .detail("日期", left.0.to_string())
                    .detail("随之结束的职务", offices);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok((acting, gone))
        })
        .await?;
    if gone == 0 {
        errors.add("day", "没有登记：已经登记过离校，或担任学校、院系的工作职务，须先由系统管理员免去");
        return unfit(&app, &acting, id, Forms { leave: form, errors, ..Forms::none("") }).await;
    }
    Ok(Redirect::to(&format!("/people/{id}?done=left")).into_response())
}

#[derive(Deserialize)]
struct ReturnForm {
    #[serde(default)]
    reason: String,
}

async fn come_back(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<ReturnForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(why) = reason(&form.reason, &mut errors) else {
        let leave = LeaveForm { reason: form.reason, ..LeaveForm::default() };
        return unfit(&app, &acting, id, Forms { leave, errors, ..Forms::none("") }).await;
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async move |db| {
        if !store::come_back(db, &acting, id, &why, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::StudentLeft, id).detail("原因", "恢复在校");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/people/{id}?done=back")).into_response())
}
