//! The page on which a meeting is called (ORG-06).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    forms::CallForm,
    meeting::UnionMeeting,
    paths::{Done, call_path},
    rights::{Rights, rights},
    store::{self, Invitee, NewMeeting},
    under_its_list,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{DepartmentId, UnionId},
    inbox::{self, Notice, To},
    office::OfficeKind,
    page::chrome::Chrome,
    rulebook::store::calendar,
    rules::{
        Rule,
        plan::Union,
        union_meeting::{Caller, MeetingKind, call},
    },
    unions::{
        store as unions,
        union::{Department, PostRow, Record, StudentUnion},
    },
    web::forms::{Attempt, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/union-meetings/new", ask).post("/union-meetings/new", act)
}

/// Somebody who can be invited to a 专题会.
struct Person {
    id: String,
    name: String,
    post: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "meetings/call.html")]
struct CallPage {
    chrome: Chrome,
    union: StudentUnion,
    kind: MeetingKind,
    departments: Vec<Department>,
    people: Vec<Person>,
    /// Who is invited by itself, in words.
    invites: String,
    /// A League organisation, which orders a meeting and says why.
    orders: bool,
    form: CallForm,
    errors: Errors,
}

impl CallPage {
    fn is_department(&self) -> bool {
        self.kind == MeetingKind::Department
    }

    fn is_topical(&self) -> bool {
        self.kind == MeetingKind::Topical
    }

    fn is_chosen(&self, department: &DepartmentId) -> bool {
        self.form.department == department.to_string()
    }
}

/// The people of a union on a day, one each, with their posts.
fn people(record: &Record, today: Date) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for post in record.posts_on(today) {
        let id = post.student.to_string();
        match people.iter_mut().find(|known| known.id == id) {
            Some(known) => known.post = format!("{}、{}", known.post, post.label_with_place()),
            None => people.push(Person { id, name: post.name.clone(), post: post.label_with_place() }),
        }
    }
    people
}

fn invites(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::Presidium => "主席团全体成员",
        MeetingKind::Department => "本部门全体人员",
        MeetingKind::Link => "校学生会主席团全体成员，各院系学生会",
        MeetingKind::Topical => "下面选定的人",
    }
}

async fn show(
    app: &App,
    person: &SignedIn,
    id: UnionId,
    kind: MeetingKind,
    submitted: Submitted<CallForm>,
) -> Result<CallPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let record = unions::record(&mut db, person.institution, id, today).await?.ok_or(Failure::Missing)?;
    let rights = rights(&mut db, person, &record.union, None, today).await?;
    if !(rights.sees || rights.caller.of_union) || (kind == MeetingKind::Link && record.union.kind != Union::School) {
        return Err(Failure::Missing);
    }
    let chrome = under_its_list(app.chrome(person, "召集会议"), person);
    let Submitted { mut form, errors } = submitted;
    if form.title.is_empty() {
        kind.label().clone_into(&mut form.title);
    }
    let departments = record.departments_on(today).cloned().collect();
    let people = if kind == MeetingKind::Topical { people(&record, today) } else { Vec::new() };
    let orders = orders(rights, kind);
    Ok(CallPage {
        chrome,
        union: record.union,
        kind,
        departments,
        people,
        invites: invites(kind).to_owned(),
        orders,
        form,
        errors,
    })
}

/// A League organisation that is not on duty itself orders what else only the chair calls.
fn orders(rights: Rights, kind: MeetingKind) -> bool {
    rights.keeps && !rights.caller.on_duty && matches!(kind, MeetingKind::Presidium | MeetingKind::Link)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallQuery {
    union: String,
    kind: String,
}

async fn ask(
    State(app): State<App>,
    person: SignedIn,
    Query(CallQuery { union, kind }): Query<CallQuery>,
) -> Result<CallPage, Failure> {
    let id = union.parse().map_err(|_| Failure::Missing)?;
    let kind = kind.parse().map_err(|_| Failure::Missing)?;
    show(&app, &person, id, kind, Submitted::default()).await
}

/// The invited as the kind of meeting has it; none where a department or the people are still to be chosen.
fn invitees(record: &Record, kind: MeetingKind, form: &CallForm, today: Date) -> Vec<Invitee> {
    let fits = |post: &&PostRow| match kind {
        MeetingKind::Presidium | MeetingKind::Link => post.seat,
        MeetingKind::Department => post.department.is_some_and(|id| id.to_string() == form.department),
        MeetingKind::Topical => form.is_picked(&post.student.to_string()),
    };
    let mut invitees: Vec<Invitee> = Vec::new();
    for post in record.posts_on(today).filter(fits) {
        let counts = kind == MeetingKind::Presidium;
        let one = Invitee::Student { id: post.student, counts };
        if !invitees.contains(&one) {
            invitees.push(one);
        }
    }
    invitees
}

/// Tells the invited.
pub(super) async fn tell(
    db: &mut PgConnection,
    person: &SignedIn,
    meeting: &UnionMeeting,
    what: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let invited = store::invited(db, meeting.id).await?;
    let notice = Notice::new(format!("{what}：{}{}", meeting.union_name, meeting.title), meeting.id.path())
        .says(format!("时间：{}；地点：{}。可以把会议加入手机日历。", meeting.when(), meeting.place));
    inbox::tell_all(db, person.institution, &invited.students, &notice, now).await?;
    for college in invited.colleges {
        let to = To::Office { kind: OfficeKind::CollegeUnion, college: Some(college), class: None };
        inbox::tell(db, person.institution, to, &notice, now).await?;
    }
    Ok(())
}

async fn act(State(app): State<App>, person: SignedIn, Form(form): Form<CallForm>) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let id: UnionId = form.union.parse().map_err(|_| Failure::Missing)?;
    let kind: MeetingKind = form.kind.parse().map_err(|_| Failure::Missing)?;
    // Also says whether the person sees the union at all.
    let orders = show(&app, &person, id, kind, Submitted::default()).await?.orders;
    let says = form.read(orders, now, &mut errors);
    let Some(says) = says.filter(|_| errors.is_empty()) else {
        let page = show(&app, &person, id, kind, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let chrome = under_its_list(app.chrome(&person, "召集会议"), &person);
    let refusal = Refusal { chrome, wanted: format!("召集{}", kind.label()), back: call_path(id, kind) };
    let attempt = app
        .write_as(person.authority(), async |db| {
            let locked = unions::hold(db, &person, id, today).await?;
            let department = form.department.parse::<DepartmentId>().ok();
            let rights = rights(db, &person, &locked.union, department, today).await?;
            let plans = calendar(db, person.institution).await?;
            let plan = plans.in_force(today).ok_or(Failure::Missing)?;
            let caller = Caller { orders: rights.keeps && (says.reason.is_some() || !orders), ..rights.caller };
            let passed = match call(&plan, kind, caller).permit() {
                Ok(passed) => passed,
                Err(findings) => return Err(refusal.because(findings)),
            };
            let mut invitees = invitees(&locked, kind, &form, today);
            let field = if kind == MeetingKind::Department { "department" } else { "people" };
            if invitees.is_empty() {
                let says =
                    if kind == MeetingKind::Department { "请选择部门" } else { "还没有可以通知的人" };
                return Ok(Attempt::fault(field, says));
            }
            if kind == MeetingKind::Link {
                let colleges = unions::list(db, person.institution, None).await?;
                let open = |union: &StudentUnion| union.kind == Union::College && union.opened_on.is_some();
                invitees.extend(colleges.into_iter().filter(open).map(|union| Invitee::Union(union.id)));
            }
            let department = department.filter(|_| kind == MeetingKind::Department);
            let new = NewMeeting {
                department,
                title: says.title,
                place: says.place,
                starts_at: says.starts_at,
                minutes_long: says.minutes_long,
                agenda: says.agenda,
                ordered_for: says.reason,
                invitees,
            };
            let meeting = store::call(db, &person, &locked, passed, &new, now).await?;
            let mut entry = Entry::new(Verb::UnionMeetingKept, format!("{}{}", locked.union.name, new.title))
                .detail("会议", kind.label())
                .detail("时间", new.starts_at.to_string());
            if let Some(reason) = &new.ordered_for {
                entry = entry.detail("责成召开", reason.clone());
            }
            if let Some(provision) = plan.provision(Rule::Org06) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, &person, entry, now).await?;
            let meeting = store::find(db, person.institution, meeting).await?;
            tell(db, &person, &meeting, "会议通知", now).await?;
            Ok(Attempt::Done(meeting.id))
        })
        .await?;
    if let Some(meeting) = attempt.done_or(&mut errors) {
        return Ok(Redirect::to(&Done::Called.at(&meeting.path())).into_response());
    }
    let page = show(&app, &person, id, kind, Submitted::new(form, errors)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
