//! The page 反映问题, for anybody, and the page of a case for whom it is about.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, Duration};

use super::{
    Verb,
    case::{ConductCase, Source},
    exits_store,
    forms::{ReportForm, SaysForm},
    paths::{Done, REPORTS},
    store::{self, CaseFilter, NewReport, Subject},
    terms::terms,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{person::SignedIn, store::in_turn},
    failure::Failure,
    holidays::store::workdays,
    ids::{ConductCaseId, StudentId},
    inbox::{self, Notice, To},
    name::number_key,
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    people::find::{PersonField, Search},
    rules::conduct::{Ground, Sanction},
    text::{chinese_day, trimmed},
    web::forms::{Done as After, Errors, Submitted},
};

/// Reports of one person within a day.
const A_DAY: i64 = 5;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/reports", show)
        .post("/reports", report)
        .recorded_get("/my-case/{case}", own)
        .post("/my-case/{case}/object", object)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/reports.html")]
struct ReportsPage {
    chrome: Chrome,
    own: Vec<ConductCase>,
    /// Cases about whoever looks, from the day on which they are accepted.
    about_me: Vec<ConductCase>,
    grounds: &'static [Ground],
    sources: [Source; 2],
    /// An office reports and no student.
    office: bool,
    person: PersonField,
    form: ReportForm,
    errors: Errors,
    today: Date,
    within: u32,
    done: &'static str,
}

/// An office of teachers reports in its own name.
fn is_office(person: &SignedIn) -> bool {
    let students = |kind: OfficeKind| kind == OfficeKind::Student || super::STUDENTS.contains(&kind);
    person.acting.as_ref().is_some_and(|office| !students(office.kind))
}

async fn page(
    app: &App,
    person: &SignedIn,
    field: PersonField,
    submitted: Submitted<ReportForm>,
    done: &'static str,
) -> Result<ReportsPage, Failure> {
    let filter = CaseFilter { by: Some(person.account), ..CaseFilter::default() };
    let mut db = app.read().await?;
    let own = store::cases(&mut db, person.institution, filter).await?;
    let about_me = match person.student {
        Some(student) => store::cases(&mut db, person.institution, CaseFilter::all_about(student)).await?,
        None => Vec::new(),
    };
    let within = terms(&mut db, person.institution).await?.accept;
    let Submitted { form, errors } = submitted;
    Ok(ReportsPage {
        chrome: app.chrome(person, "反映问题"),
        own,
        about_me,
        grounds: Ground::ALL,
        sources: [Source::Named, Source::Confidential],
        office: is_office(person),
        person: field,
        form,
        errors,
        today: app.clock.today(),
        within,
        done,
    })
}

fn search(app: &App, person: &SignedIn) -> Search {
    Search::by_name(person.institution, None, app.clock.today())
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<ReportsPage, Failure> {
    let field = PersonField::new(&search(&app, &person));
    page(&app, &person, field, Submitted::default(), Done::said(&done)).await
}

/// Whoever is no officer, or nobody: anybody may report, and nobody learns here whose a number or a name is.
const NO_OFFICER: &str = "这个人没有在学生会任职，请核对姓名或学号；其他同学的问题请向院系反映";

/// Looks among the officers for who is named, or was picked among those who share the name. The field shows an officer alone,
/// and never a number that was not typed.
async fn named(
    db: &mut PgConnection,
    person: &SignedIn,
    search: &Search,
    form: &mut ReportForm,
    today: Date,
    errors: &mut Errors,
) -> Result<(PersonField, Option<StudentId>), Failure> {
    let (typed, pick) = (form.number.clone(), std::mem::take(&mut form.pick));
    if trimmed(&typed).is_empty() {
        errors.add("number", "请填写反映的是谁");
        return Ok((PersonField::new(search), None));
    }
    let mut number = typed.clone();
    let read = PersonField::read(db, search, &mut number, &pick, "number", &mut Errors::default()).await?;
    let mut officers = Vec::new();
    for one in read.found.into_iter().chain(read.choices) {
        if let Some(student) = exits_store::officer(db, person.institution, &one.number, today).await? {
            officers.push((one, student));
        }
    }
    let mut field = PersonField::new(search);
    // Who left the school lately is found by number alone.
    if officers.is_empty()
        && let Some(student) = exits_store::officer(db, person.institution, &typed, today).await?
    {
        return Ok((field, Some(student)));
    }
    let mut officers = officers.into_iter();
    match (officers.next(), officers.len()) {
        (Some((one, student)), 0) => {
            if number_key(&typed) != number_key(&one.number) {
                form.number = format!("{} {}", one.name, one.class);
            }
            field.found = Some(one);
            return Ok((field, Some(student)));
        }
        (Some((first, _)), _) => {
            errors.add("number", "有重名，请选定是哪一位");
            field.choices = std::iter::once(first).chain(officers.map(|(one, _)| one)).collect();
        }
        (None, _) => errors.add("number", NO_OFFICER),
    }
    Ok((field, None))
}

/// Whom a report is about, or an error beside the field.
async fn subject(
    db: &mut PgConnection,
    person: &SignedIn,
    officer: StudentId,
    today: Date,
    errors: &mut Errors,
) -> Result<Option<Subject>, Failure> {
    if Some(officer) == person.student {
        errors.add("number", "不能反映自己");
        return Ok(None);
    }
    let is_recused = store::is_league_recused(db, person.institution, officer, today).await?;
    Ok(Some(if is_recused { Subject::Recused(officer) } else { Subject::Student(officer) }))
}

async fn report(
    State(app): State<App>,
    person: SignedIn,
    Form(mut form): Form<ReportForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let search = search(&app, &person);
    let mut db = app.read().await?;
    let (field, subject) = if form.is_about_staff() {
        (PersonField::new(&search), form.read_staff(&mut errors).map(Subject::Staff))
    } else {
        let (field, officer) = named(&mut db, &person, &search, &mut form, now.date(), &mut errors).await?;
        let subject = match officer {
            Some(officer) => subject(&mut db, &person, officer, now.date(), &mut errors).await?,
            None => None,
        };
        (field, subject)
    };
    let says = form.read(is_office(&person), &mut errors);
    let since = now - Duration::days(1);
    if store::reported_since(&mut db, person.account, since).await? >= A_DAY {
        errors.add("says", too_often());
        errors.put_in_order(&["number", "staff", "ground", "says", "source"]);
    }
    let days = workdays(&mut db, person.institution).await?;
    let within = terms(&mut db, person.institution).await?.accept;
    drop(db);
    let (Some(subject), Some(says), true) = (subject, says, errors.is_empty()) else {
        let page = page(&app, &person, field, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let due = days.span(now.date(), within).last;
    let new = NewReport { subject, ground: says.ground, says: says.says, source: says.source };
    let taken = app
        .write_as(person.authority(), async |db| {
            in_turn(db, person.account, "conduct report").await?;
            if store::reported_since(db, person.account, since).await? >= A_DAY {
                return Ok(false);
            }
            let number = store::report(db, &person, &new, due, now).await?;
            let entry = Entry::new(Verb::ConductKept, format!("第 {number} 号")).detail("办理", "反映");
            match new.source {
                Source::Confidential => audit::append_in_confidence(db, person.institution, entry, now).await?,
                Source::Named | Source::Office => audit::append(db, &person, entry, now).await?,
            }
            let to = To::Office { kind: new.subject.handler().office(), college: None, class: None };
            let notice =
                Notice::new(format!("收到一件反映，请于{}前答复是否受理", chinese_day(due)), super::paths::CASES);
            inbox::tell(db, person.institution, to, &notice, now).await?;
            Ok(true)
        })
        .await?;
    if !taken {
        errors.add("says", too_often());
        let page = page(&app, &person, field, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::Reported.at(REPORTS)).into_response())
}

fn too_often() -> String {
    format!("一天最多反映 {A_DAY} 件；紧急的请直接联系校团委")
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/own.html")]
struct OwnCasePage {
    chrome: Chrome,
    case: ConductCase,
    form: SaysForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

async fn own_page(
    app: &App,
    person: &SignedIn,
    id: ConductCaseId,
    submitted: Submitted<SaysForm>,
    done: &'static str,
) -> Result<OwnCasePage, Failure> {
    let filter = CaseFilter::about(person, id)?;
    let found = store::cases(&mut *app.read().await?, person.institution, filter).await?;
    let case = found.into_iter().next().ok_or(Failure::Missing)?;
    let Submitted { form, errors } = submitted;
    let chrome = app.chrome(person, &case.title()).under(REPORTS, "反映问题");
    Ok(OwnCasePage { chrome, case, form, errors, today: app.clock.today(), done })
}

async fn own(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ConductCaseId>,
    Query(After { done }): Query<After>,
) -> Result<OwnCasePage, Failure> {
    let page = own_page(&app, &person, id, Submitted::default(), Done::said(&done)).await?;
    record_own_look(&app, &person, &page.case, "本人的页面").await?;
    Ok(page)
}

/// Whom a case is about looked at it: that they did is recorded, and not who they are.
pub(super) async fn record_own_look(
    app: &App,
    person: &SignedIn,
    case: &ConductCase,
    what: &str,
) -> Result<(), Failure> {
    let now = app.clock.now();
    let entry = Entry::new(Verb::ConductSeen, format!("第 {} 号", case.number)).detail("查看", what);
    app.write_as(person.authority(), async |db| audit::append_by_subject(db, person.institution, entry, now).await)
        .await
}

async fn object(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ConductCaseId>,
    Form(form): Form<SaysForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(says) = form.read(2000, "请写明异议的理由", &mut errors) else {
        let page = own_page(&app, &person, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut db = app.read().await?;
    let days = workdays(&mut db, person.institution).await?;
    let due = days.span(now.date(), terms(&mut db, person.institution).await?.decide).last;
    drop(db);
    let in_time = app
        .write_as(person.authority(), async |db| {
            let case = store::lock_own(db, &person, id).await?;
            if !store::object(db, &case, &says, due, now).await? {
                return Ok(false);
            }
            let entry = Entry::new(Verb::ConductKept, format!("第 {} 号", case.number)).detail("办理", "提出异议");
            audit::append_by_subject(db, person.institution, entry, now).await?;
            let to = To::Office { kind: case.handler.office(), college: None, class: None };
            let notice =
                Notice::new(format!("{}：本人对处理有异议，请于{}前复核", case.title(), chinese_day(due)), id.path());
            inbox::tell(db, person.institution, to, &notice, now).await?;
            Ok(true)
        })
        .await?;
    if !in_time {
        errors.add("says", "提出异议的期限已过，或者已经提出");
        let page = own_page(&app, &person, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::Objected.at(&id.own_path())).into_response())
}

impl OwnCasePage {
    fn sanction(&self) -> &'static str {
        self.case.sanction.map_or("", Sanction::label)
    }
}
