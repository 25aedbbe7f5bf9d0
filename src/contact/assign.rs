//! Who is in contact with which class for a union: by hand, by an even proposal that people accept line by line, and its end.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    contact::Contact,
    desk::{keeps, visible},
    even::{Pair, Side, propose},
    forms::{AssignForm, ProposalForm},
    paths::{CONTACT, DESK, Done},
    store::{self, ContactFilter, Eligible, UnionClass},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::{ClassId, ContactId, UnionId},
    inbox::{self, Notice, To},
    office::{Office, UnionReader},
    page::chrome::Chrome,
    unions::{
        store::{self as unions, LockedUnion},
        union::StudentUnion,
    },
    voice::VoiceKeeper,
    web::forms::{Done as After, Errors, Submitted},
};

/// Lines of a proposal: as many as its form may send.
const MOST_PAIRS: usize = 500;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/contact/desk/{union}/people", show)
        .post("/contact/desk/{union}/people", assign)
        .get("/contact/desk/{union}/proposal", proposal)
        .post("/contact/desk/{union}/proposal", accept)
        .post("/contact/assignments/{contact}/end", end)
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/people.html")]
struct ContactPeoplePage {
    chrome: Chrome,
    union: StudentUnion,
    contacts: Vec<Contact>,
    /// Classes with which nobody is in contact, and people without a class.
    bare: Vec<String>,
    free: Vec<String>,
    classes: Vec<UnionClass>,
    keeps: bool,
    form: AssignForm,
    errors: Errors,
    done: &'static str,
}

/// The contacts with the classes that entered in one year.
struct ContactYear<'a> {
    entered: i32,
    contacts: &'a [Contact],
}

impl ContactYear<'_> {
    /// How many classes these are.
    fn classes(&self) -> usize {
        self.contacts.chunk_by(|one, next| one.class == next.class).count()
    }
}

impl ContactPeoplePage {
    /// As they come from the database, by year and class.
    fn years(&self) -> Vec<ContactYear<'_>> {
        self.contacts
            .chunk_by(|one, next| one.entry_year == next.entry_year)
            .filter_map(|contacts| Some(ContactYear { entered: contacts.first()?.entry_year, contacts }))
            .collect()
    }

    fn is_chosen(&self, class: &UnionClass) -> bool {
        self.form.class == class.home.class.to_string()
    }
}

/// Classes and people of a union.
struct Parties {
    classes: Vec<UnionClass>,
    people: Vec<Eligible>,
}

async fn parties<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    id: UnionId,
    today: Date,
) -> Result<Parties, Failure> {
    Ok(Parties {
        classes: store::classes(db, acting.institution(), id, today).await?,
        people: store::people(db, acting.institution(), id, today).await?,
    })
}

fn frame<O: Office>(app: &App, acting: &Acting<O>, union: &StudentUnion, title: &str) -> Chrome {
    let chrome = app.chrome(acting.person(), title).under(DESK, "直接联系同学");
    chrome.under(&union.id.contact_path(), &union.name)
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: UnionId,
    submitted: Submitted<AssignForm>,
    done: &'static str,
) -> Result<ContactPeoplePage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let union = visible(&mut db, acting, id).await?;
    let filter = ContactFilter { union: Some(id), ..ContactFilter::default() };
    let contacts = store::contacts(&mut db, acting.institution(), filter, today).await?;
    let Parties { classes, people } = parties(&mut db, acting, id, today).await?;
    let bare = classes.iter().filter(|class| class.people == 0).map(|class| class.name.clone()).collect();
    let free = people.iter().filter(|one| one.load == 0).map(|one| format!("{}（{}）", one.name, one.label)).collect();
    let (chrome, keeps) = (frame(app, acting, &union, "联系人"), keeps(acting, &union));
    let Submitted { form, errors } = submitted;
    Ok(ContactPeoplePage { chrome, union, contacts, bare, free, classes, keeps, form, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(After { done }): Query<After>,
) -> Result<ContactPeoplePage, Failure> {
    page(&app, &acting, id, Submitted::default(), Done::said(&done)).await
}

/// A union to whose people the office gives classes.
///
/// # Errors
/// [`Failure::Missing`] where it gives those of that id none.
async fn kept(db: &mut PgConnection, acting: &Acting<VoiceKeeper>, id: UnionId) -> Result<StudentUnion, Failure> {
    let union = visible(db, acting, id).await?;
    if keeps(acting, &union) { Ok(union) } else { Err(Failure::Missing) }
}

/// Puts somebody in contact with a class and tells them; `false` where they are already.
async fn put(
    db: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    union: &LockedUnion,
    person: &Eligible,
    class: &UnionClass,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    if !store::assign(db, acting, union, person, class.home.class, now).await? {
        return Ok(false);
    }
    let entry = Entry::about(Verb::ContactKept, person.student)
        .detail("办理", "安排联系班级")
        .detail("班级", class.name.clone());
    audit::append(db, acting.person(), entry, now).await?;
    let notice = Notice::new(format!("你负责联系{}", class.name), class.home.class.contact_path())
        .says("请定期联系班级同学、听取意见，登记同学提出的问题。");
    inbox::tell(db, acting.institution(), To::Student(person.student), &notice, now).await?;
    Ok(true)
}

fn class_of(classes: &[UnionClass], id: ClassId) -> Option<&UnionClass> {
    classes.iter().find(|class| class.home.class == id)
}

async fn assign(
    State(app): State<App>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<AssignForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    kept(&mut *app.read().await?, &acting, id).await?;
    let known = parties(&mut *app.read().await?, &acting, id, now.date()).await?;
    let mut added = 0;
    if form.read(&known.classes, &known.people, &mut errors).is_some() {
        added = app
            .write_as(acting.person().authority(), async |db| {
                let union = unions::hold(db, acting.person(), id, now.date()).await?;
                let known = parties(db, &acting, id, now.date()).await?;
                let mut added = 0;
                // Read once more: a post may have ended since.
                if let Some(chosen) = form.read(&known.classes, &known.people, &mut Errors::default())
                    && let Some(class) = class_of(&known.classes, chosen.class)
                {
                    for person in chosen.people {
                        added += usize::from(put(db, &acting, &union, person, class, now).await?);
                    }
                }
                Ok(added)
            })
            .await?;
        if added == 0 {
            errors.add("people", "他们已经联系这个班级");
        }
    }
    if added == 0 {
        let page = page(&app, &acting, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::Assigned.at(&id.contact_people_path())).into_response())
}

/// A line of a proposal.
struct ProposedLine {
    /// The class and the student, as the form sends them.
    pair: String,
    class: String,
    person: String,
    label: String,
    /// It is the person's own class.
    own: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/proposal.html")]
struct ContactProposalPage {
    chrome: Chrome,
    union: StudentUnion,
    lines: Vec<ProposedLine>,
    /// More lines than a form may send.
    more: usize,
    has_people: bool,
    errors: Errors,
}

fn lines_of(known: &Parties) -> Vec<ProposedLine> {
    let classes = known.classes.iter().map(|class| Side { home: class.home, load: class.people }).collect();
    let people = known.people.iter().map(|person| Side { home: person.home, load: person.load }).collect();
    let line = |pair: Pair| {
        let (class, person) = known.classes.get(pair.class).zip(known.people.get(pair.person))?;
        Some(ProposedLine {
            pair: format!("{}.{}", class.home.class, person.student),
            class: class.name.clone(),
            person: person.name.clone(),
            label: person.label.clone(),
            own: class.home.class == person.home.class,
        })
    };
    propose(classes, people).into_iter().filter_map(line).collect()
}

async fn proposal_page(
    app: &App,
    acting: &Acting<VoiceKeeper>,
    id: UnionId,
    errors: Errors,
) -> Result<ContactProposalPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let union = kept(&mut db, acting, id).await?;
    let known = parties(&mut db, acting, id, today).await?;
    let mut lines = lines_of(&known);
    let more = lines.len().saturating_sub(MOST_PAIRS);
    lines.truncate(MOST_PAIRS);
    let chrome = frame(app, acting, &union, "平均分配");
    Ok(ContactProposalPage { chrome, union, lines, more, has_people: !known.people.is_empty(), errors })
}

async fn proposal(
    State(app): State<App>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<UnionId>,
) -> Result<ContactProposalPage, Failure> {
    proposal_page(&app, &acting, id, Errors::default()).await
}

async fn accept(
    State(app): State<App>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<ProposalForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    kept(&mut *app.read().await?, &acting, id).await?;
    let Some(chosen) = form.read(&mut errors)? else {
        let page = proposal_page(&app, &acting, id, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let union = unions::hold(db, acting.person(), id, now.date()).await?;
        // Whoever has left since, and a class that has ended, are not among them; who was put there meanwhile stays.
        let known = parties(db, &acting, id, now.date()).await?;
        for pair in chosen {
            let person = known.people.iter().find(|one| one.student == pair.student);
            if let Some((person, class)) = person.zip(class_of(&known.classes, pair.class)) {
                put(db, &acting, &union, person, class, now).await?;
            }
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Assigned.at(&id.contact_people_path())).into_response())
}

async fn end(
    State(app): State<App>,
    acting: Acting<VoiceKeeper>,
    Path(contact): Path<ContactId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let id = store::union_of(&mut db, contact).await?.ok_or(Failure::Missing)?;
    kept(&mut db, &acting, id).await?;
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let union = unions::hold(db, acting.person(), id, now.date()).await?;
        let student = store::end(db, &acting, &union, contact, now.date()).await?.ok_or(Failure::Missing)?;
        let entry = Entry::about(Verb::ContactKept, student).detail("办理", "结束联系班级");
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new("你不再负责联系一个班级", CONTACT);
        inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Ended.at(&id.contact_people_path())))
}
