//! A class, as whoever is in contact with it sees it: what students left, the log, and what becomes of each point.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::OffsetDateTime;

use super::{
    Verb,
    contact::{Contact, LogDays, LogEntry, Note, Way},
    forms::{LinkForm, LogForm},
    log_store::{self, LogFilter, OpenPoint},
    paths::{CONTACT, Done},
    store::{self, ContactFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{ClassId, ContactEntryId, ContactPointId, StudentId},
    page::{chrome::Chrome, filters},
    voice::points,
    web::forms::{Done as After, Errors, Submitted},
};

/// Entries of a class that are shown.
const SHOWN: i64 = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/contact/classes/{class}", show)
        .post("/contact/classes/{class}", log)
        .post("/contact/entries/{entry}/remove", remove)
        .get("/contact/points/{point}", ask)
        .post("/contact/points/{point}", link)
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/class.html")]
struct ContactClassPage {
    chrome: Chrome,
    /// The viewer's own contact with the class.
    own: Contact,
    /// Everybody in contact with it.
    contacts: Vec<Contact>,
    notes: Vec<Note>,
    entries: Vec<LogEntry>,
    ways: &'static [Way],
    now: OffsetDateTime,
    form: LogForm,
    errors: Errors,
    done: &'static str,
}

impl ContactClassPage {
    fn may_remove(&self, entry: &LogEntry) -> bool {
        entry.may_be_removed_by(self.own.student, self.now)
    }

    /// The viewer took the entry down, and says what becomes of its points.
    fn is_own(&self, entry: &LogEntry) -> bool {
        entry.student == self.own.student
    }
}

/// Who signs in as a student alone is in contact with classes.
fn student_of(person: &SignedIn) -> Result<StudentId, Failure> {
    person.student.ok_or(Failure::Missing)
}

async fn page(
    app: &App,
    person: &SignedIn,
    class: ClassId,
    submitted: Submitted<LogForm>,
    done: &'static str,
) -> Result<ContactClassPage, Failure> {
    let (student, now) = (student_of(person)?, app.clock.now());
    let mut db = app.read().await?;
    let filter = ContactFilter { class: Some(class), ..ContactFilter::default() };
    let contacts = store::contacts(&mut db, person.institution, filter, now.date()).await?;
    let own = contacts.iter().find(|contact| contact.student == student).cloned().ok_or(Failure::Missing)?;
    let filter = LogFilter { union: None, class: Some(class), most: SHOWN };
    let entries = log_store::entries(&mut db, person, filter).await?;
    let notes = log_store::open_notes(&mut db, class).await?;
    let Submitted { mut form, errors } = submitted;
    if form.day.is_empty() {
        form.day = now.date().to_string();
    }
    let chrome = app.chrome(person, &own.class_name).under(CONTACT, "班级联系人");
    Ok(ContactClassPage { chrome, own, contacts, notes, entries, ways: Way::ALL, now, form, errors, done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(class): Path<ClassId>,
    Query(After { done }): Query<After>,
) -> Result<ContactClassPage, Failure> {
    page(&app, &person, class, Submitted::default(), Done::said(&done)).await
}

async fn log(
    State(app): State<App>,
    person: SignedIn,
    Path(class): Path<ClassId>,
    Form(form): Form<LogForm>,
) -> Result<Response, Failure> {
    let (student, now, mut errors) = (student_of(&person)?, app.clock.now(), Errors::default());
    let filter = ContactFilter { class: Some(class), student: Some(student), ..ContactFilter::default() };
    let own = store::contacts(&mut *app.read().await?, person.institution, filter, now.date()).await?;
    let own = own.first().ok_or(Failure::Missing)?;
    let Some(new) = form.read(LogDays::new(own.from_day, now), &mut errors)? else {
        let page = page(&app, &person, class, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(person.authority(), async |db| {
        let contact = store::lock(db, person.institution, student, class, now.date()).await?;
        log_store::keep(db, &contact, &new, now).await?;
        let entry = Entry::new(Verb::ContactKept, contact.class_name.clone())
            .detail("办理", "登记联系")
            .detail("日期", new.on_day.to_string());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Logged.at(&class.contact_path())).into_response())
}

async fn remove(State(app): State<App>, person: SignedIn, Path(id): Path<ContactEntryId>) -> Result<Redirect, Failure> {
    let (student, now) = (student_of(&person)?, app.clock.now());
    let class = log_store::class_of(&mut *app.read().await?, student, id).await?.ok_or(Failure::Missing)?;
    let refusal = Refusal {
        chrome: app.chrome(&person, "撤销联系记录").under(CONTACT, "班级联系人"),
        wanted: "撤销联系记录".to_owned(),
        back: class.contact_path(),
    };
    app.write_as(person.authority(), async |db| {
        let contact = store::lock(db, person.institution, student, class, now.date()).await?;
        if !log_store::remove(db, &contact, id, now).await? {
            return Err(
                refusal.for_reason("登记满 7 天，或者其中的问题已经有了诉求", "留着这一条；需要补充的，另外登记一条")
            );
        }
        let entry = Entry::new(Verb::ContactKept, contact.class_name.clone()).detail("办理", "撤销联系记录");
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Removed.at(&class.contact_path())))
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/point.html")]
struct ContactPointPage {
    chrome: Chrome,
    id: ContactPointId,
    point: OpenPoint,
    form: LinkForm,
    errors: Errors,
}

async fn open_point(app: &App, person: &SignedIn, id: ContactPointId) -> Result<OpenPoint, Failure> {
    let student = student_of(person)?;
    log_store::open_point(&mut *app.read().await?, student, id).await?.ok_or(Failure::Missing)
}

fn point_page(
    app: &App,
    person: &SignedIn,
    id: ContactPointId,
    point: OpenPoint,
    submitted: Submitted<LinkForm>,
) -> ContactPointPage {
    let chrome = app.chrome(person, "办理同学提出的问题").under(CONTACT, "班级联系人");
    let chrome = chrome.under(&point.class.contact_path(), &point.class_name);
    ContactPointPage { chrome, id, point, form: submitted.form, errors: submitted.errors }
}

async fn ask(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ContactPointId>,
) -> Result<ContactPointPage, Failure> {
    let point = open_point(&app, &person, id).await?;
    Ok(point_page(&app, &person, id, point, Submitted::default()))
}

/// Says which request a point is about.
async fn link(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ContactPointId>,
    Form(form): Form<LinkForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let point = open_point(&app, &person, id).await?;
    let mut found = None;
    if let Some(number) = form.read(&mut errors) {
        found = points::numbered(&mut *app.read().await?, &person, number).await?;
        if found.is_none() {
            errors.add("number", "没有这个编号的公开诉求；没有公开的，只能选你自己实名提的");
        }
    }
    let Some(request) = found else {
        let page = point_page(&app, &person, id, point, Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(person.authority(), async |db| {
        if !points::link(db, &person, id, request).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::ContactKept, point.class_name.clone()).detail("办理", "与诉求对上");
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Linked.at(&point.class.contact_path())).into_response())
}
