//! The pages 会议, for the offices that see a union, and 我的会议, for the invited and the executive chair on duty: what
//! comes, what waits for its minutes, what was decided and is still to be done, and the working meeting (ORG-09).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::types::Uuid;
use time::{Date, Duration};

use super::{
    Verb,
    forms::SettingsForm,
    meeting::{CollegeAttendance, Decision, Settings, UnionMeeting},
    paths::{Done, MEETINGS, call_path},
    store::{self, DecisionFilter, MeetingFilter, Role},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    office::{OfficeKind, SchoolLeague, UnionReader},
    page::chrome::Chrome,
    rulebook::store::calendar,
    rules::{
        Finding, Rule,
        plan::Union,
        union_meeting::{Linked, MeetingKind, Quorum, link_meeting},
    },
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors, Submitted},
};

/// Over how long the colleges' attendance is counted.
const COUNTED: Duration = Duration::days(366);

pub(super) fn routes() -> Routes {
    Routes::default().get("/union-meetings", list).get("/my-meetings", mine).post("/union-meetings/settings", set)
}

/// A meeting that one may call.
struct CallLink {
    label: String,
    href: String,
}

/// The working meeting of the school's union with the colleges'.
struct LinkView {
    finding: Finding,
    colleges: Vec<CollegeAttendance>,
}

#[derive(Template, WebTemplate)]
#[template(path = "meetings/list.html")]
struct MeetingsPage {
    chrome: Chrome,
    /// The person's own, and not an office's.
    own: bool,
    calls: Vec<CallLink>,
    coming: Vec<UnionMeeting>,
    waiting: Vec<UnionMeeting>,
    past: Vec<UnionMeeting>,
    decisions: Vec<Decision>,
    link: Option<LinkView>,
    /// The office sets what holds for meetings.
    sets: bool,
    settings: Settings,
    quorums: &'static [Quorum],
    form: SettingsForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

/// What is shown of which unions.
struct Shown {
    own: bool,
    unions: Vec<StudentUnion>,
    filter: MeetingFilter,
    calls: Vec<CallLink>,
}

fn link(union: &StudentUnion, kind: MeetingKind) -> CallLink {
    let name = if kind == MeetingKind::Link { String::new() } else { union.name.clone() };
    CallLink { label: format!("{name}{}", kind.label()), href: call_path(union.id, kind) }
}

/// The meetings that an office may call: a League organisation and a union's own office.
fn calls_of_office(acting: &Acting<UnionReader>, unions: &[StudentUnion]) -> Vec<CallLink> {
    let mut calls = Vec::new();
    for union in unions.iter().filter(|union| union.opened_on.is_some()) {
        let (keeps, own) = (union.is_managed_by(acting.office()), union.is_own_of(acting.office()));
        // The School Youth League committee keeps dozens: those of the colleges are called from their own page.
        let many = union.kind == Union::College && acting.office().kind != OfficeKind::CollegeLeague;
        if keeps && !many {
            calls.push(link(union, MeetingKind::Presidium));
        }
        if (keeps && !many) || own {
            calls.extend([MeetingKind::Department, MeetingKind::Topical].map(|kind| link(union, kind)));
        }
        if keeps && union.kind == Union::School {
            calls.push(link(union, MeetingKind::Link));
        }
    }
    calls
}

/// The meetings that an officer may call.
fn calls_of_officer(roles: &[Role], unions: &[StudentUnion]) -> Vec<CallLink> {
    let mut calls = Vec::new();
    for union in unions.iter().filter(|union| union.opened_on.is_some()) {
        let Some(role) = roles.iter().find(|role| role.union == union.id) else { continue };
        if role.on_duty {
            calls.push(link(union, MeetingKind::Presidium));
            if union.kind == Union::School {
                calls.push(link(union, MeetingKind::Link));
            }
        }
        if role.on_duty || !role.heads.is_empty() {
            calls.extend([MeetingKind::Department, MeetingKind::Topical].map(|kind| link(union, kind)));
        }
    }
    calls
}

async fn page(
    app: &App,
    person: &SignedIn,
    shown: Shown,
    submitted: Option<Submitted<SettingsForm>>,
    done: &'static str,
) -> Result<MeetingsPage, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let Shown { own, unions, filter, calls } = shown;
    let ids: Vec<Uuid> = unions.iter().map(|union| union.id.0).collect();
    let mut db = app.read().await?;
    let settings = store::settings(&mut db, person.institution).await?;
    let all = store::meetings(&mut db, person.institution, filter).await?;
    let decisions = store::decisions(
        &mut db,
        person.institution,
        DecisionFilter { unions: Some(ids), open: true, ..DecisionFilter::default() },
    )
    .await?;
    let link = match (
        unions.iter().any(|union| union.kind == Union::School),
        store::link_state(&mut db, person.institution).await?,
    ) {
        (true, Some(state)) => {
            let plans = calendar(&mut db, person.institution).await?;
            let linked = Linked { every: settings.link_every, last: state.last, since: state.since };
            let finding = plans.in_force(today).map(|plan| link_meeting(&plan, linked, today));
            let colleges = store::attendance(&mut db, person.institution, now - COUNTED).await?;
            finding.map(|finding| LinkView { finding, colleges })
        }
        _ => None,
    };
    let (waiting, all): (Vec<_>, Vec<_>) = all.into_iter().partition(|meeting| meeting.awaits_minutes(&now));
    let (mut coming, past): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|meeting: &UnionMeeting| meeting.is_called() && meeting.starts_at > now);
    coming.reverse();
    let kind = person.acting.as_ref().map(|office| office.kind);
    let sets = !own && matches!(kind, Some(OfficeKind::SchoolLeague | OfficeKind::DeputySecretary));
    let Submitted { form, errors } =
        submitted.unwrap_or_else(|| Submitted::new(SettingsForm::of(&settings), Errors::default()));
    let chrome = app.chrome(person, if own { "我的会议" } else { "会议" });
    let quorums = Quorum::ALL;
    Ok(MeetingsPage {
        chrome,
        own,
        calls,
        coming,
        waiting,
        past,
        decisions,
        link,
        sets,
        settings,
        quorums,
        form,
        errors,
        today,
        done,
    })
}

async fn of_office(app: &App, acting: &Acting<UnionReader>) -> Result<Shown, Failure> {
    let mut db = app.read().await?;
    let mut unions = unions::list(&mut db, acting.institution(), None).await?;
    unions.retain(|union| union.is_visible_to(acting.office()));
    let calls = calls_of_office(acting, &unions);
    let ids = unions.iter().map(|union| union.id.0).collect();
    let college = (acting.office().kind == OfficeKind::CollegeUnion).then_some(acting.office().college).flatten();
    Ok(Shown {
        own: false,
        filter: MeetingFilter { unions: Some(ids), college, ..MeetingFilter::default() },
        unions,
        calls,
    })
}

async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(After { done }): Query<After>,
) -> Result<MeetingsPage, Failure> {
    let shown = of_office(&app, &acting).await?;
    page(&app, acting.person(), shown, None, Done::said(&done)).await
}

async fn mine(
    State(app): State<App>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<MeetingsPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let roles = match person.student {
        Some(student) => store::roles(&mut db, person.institution, student, today).await?,
        None => Vec::new(),
    };
    let mut unions = unions::list(&mut db, person.institution, None).await?;
    unions.retain(|union| roles.iter().any(|role| role.union == union.id));
    drop(db);
    let calls = calls_of_officer(&roles, &unions);
    // Who is no student is invited to nothing: to no meeting of no union.
    let filter = match person.student {
        Some(student) => MeetingFilter { invites: Some(student), ..MeetingFilter::default() },
        None => MeetingFilter { unions: Some(Vec::new()), ..MeetingFilter::default() },
    };
    page(&app, &person, Shown { own: true, unions, filter, calls }, None, Done::said(&done)).await
}

async fn set(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    reader: Acting<UnionReader>,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some((every, quorum)) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        let shown = of_office(&app, &reader).await?;
        let page = page(&app, acting.person(), shown, Some(Submitted::new(form, errors)), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        store::set(db, &acting, every, quorum, now).await?;
        let plans = calendar(db, acting.institution()).await?;
        let mut entry = Entry::new(Verb::UnionMeetingKept, "会议规则")
            .detail("工作例会间隔", format!("{every} 天"))
            .detail("主席团会议到会", quorum.label());
        let plan = plans.in_force(now.date());
        if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Org09)) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Set.at(MEETINGS)).into_response())
}

impl MeetingsPage {
    fn heading(&self) -> &'static str {
        if self.own { "我的会议" } else { "会议" }
    }

    fn is_nothing(&self) -> bool {
        self.coming.is_empty() && self.waiting.is_empty() && self.past.is_empty()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn is_set(&self, quorum: &Quorum) -> bool {
        self.form.quorum == quorum.slug()
    }

    /// Whose interval it is, in words.
    fn whose_interval(&self) -> &'static str {
        if self.settings.link_every.is_some() { "由校团委确定" } else { "实践惯例，还没有确定" }
    }
}
