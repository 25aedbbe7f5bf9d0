//! The page 班级联系人: who is in contact with one's class, what one left for them, and the classes that one is in contact with.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    contact::{Contact, OwnClass, OwnNote},
    forms::NoteForm,
    log_store::{self, NOTES_A_DAY},
    paths::{CONTACT, Done},
    store::{self, ContactFilter, OwnPlace},
};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    inbox::{self, Notice},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{Clause, Rule, contact::Rhythm},
    text::chinese_day,
    unions::store::contact_rhythm,
    web::forms::{Done as After, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/contact", show).post("/contact/notes", leave)
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/own.html")]
struct ContactPage {
    chrome: Chrome,
    /// None for whoever is no student.
    place: Option<OwnPlace>,
    /// Who is in contact with that class.
    contacts: Vec<Contact>,
    notes: Vec<OwnNote>,
    classes: Vec<OwnClass>,
    rhythm: Rhythm,
    clause: Option<Clause>,
    today: Date,
    form: NoteForm,
    errors: Errors,
    done: &'static str,
}

impl ContactPage {
    fn due(&self, class: &OwnClass) -> String {
        chinese_day(class.due(&self.rhythm))
    }

    fn is_late(&self, class: &OwnClass) -> bool {
        class.due(&self.rhythm) < self.today
    }

    fn waits(&self, class: &OwnClass) -> bool {
        class.waits(&self.rhythm, self.today)
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    submitted: Submitted<NoteForm>,
    done: &'static str,
) -> Result<ContactPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let (mut place, mut contacts, mut notes, mut classes) = (None, Vec::new(), Vec::new(), Vec::new());
    if let Some(student) = person.student {
        let own = store::place_of(&mut db, student, today).await?;
        let filter = ContactFilter { class: Some(own.class), ..ContactFilter::default() };
        contacts = store::contacts(&mut db, person.institution, filter, today).await?;
        notes = log_store::own_notes(&mut db, person.account).await?;
        classes = store::own_classes(&mut db, person.institution, student, today).await?;
        place = Some(own);
    }
    let rhythm = contact_rhythm(&mut db, person.institution).await?;
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(today);
    let clause = plan.and_then(|plan| plan.provision(Rule::Rgt05).map(|provision| provision.clause().clone()));
    let (chrome, Submitted { form, errors }) = (app.chrome(person, "班级联系人"), submitted);
    Ok(ContactPage { chrome, place, contacts, notes, classes, rhythm, clause, today, form, errors, done })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<ContactPage, Failure> {
    page(&app, &person, Submitted::default(), Done::said(&done)).await
}

async fn leave(State(app): State<App>, person: SignedIn, Form(form): Form<NoteForm>) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let wanted = "给班级联系人留言";
    let refused = || Refusal {
        chrome: app.chrome(&person, wanted).under(CONTACT, "班级联系人"),
        wanted: wanted.to_owned(),
        back: CONTACT.to_owned(),
    };
    let Some(student) = person.student else {
        return Err(
            refused().for_reason("留言由班级的同学写，你的账号不是学生账号", "单位之间的事项请直接联系有关单位")
        );
    };
    let Some(note) = form.read(&mut errors) else {
        let page = page(&app, &person, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let left = app
        .write_as(person.authority(), async |db| {
            let place = store::place_of(db, student, now.date()).await?;
            if !place.enrolled {
                return Err(refused().for_reason("你已不在校", "学籍有误的，请学生工作部门更正"));
            }
            if !log_store::leave(db, person.account, place.class, &note, now).await? {
                return Ok(false);
            }
            let filter = ContactFilter { class: Some(place.class), ..ContactFilter::default() };
            let contacts = store::contacts(db, person.institution, filter, now.date()).await?;
            let mut students: Vec<_> = contacts.iter().map(|contact| contact.student).collect();
            students.sort_unstable();
            students.dedup();
            // What it says stands on the page alone.
            let notice = Notice::new(format!("{}有同学留言", place.name), place.class.contact_path());
            inbox::tell_all(db, person.institution, &students, &notice, now).await?;
            Ok(true)
        })
        .await?;
    if !left {
        errors.add("says", format!("一天最多留言 {NOTES_A_DAY} 条；要学校答复的，请提诉求"));
        let page = page(&app, &person, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::NoteLeft.at(CONTACT)).into_response())
}
