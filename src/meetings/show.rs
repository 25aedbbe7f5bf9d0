//! The page of a meeting: who came, what was decided (ORG-05), the minutes; its calendar file.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    call::tell,
    forms::{AttendanceForm, DecisionForm, NOT_LISTED, PlaceForm, PriorReporting, TextForm},
    meeting::{Decision, Member, Presence, UnionMeeting, quorum_of},
    paths::Done,
    reported::{DecidedOn, decide_on, undecided},
    rights::{Rights, Seen, see},
    store::{self, DecisionFilter},
    under_its_list,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::person::SignedIn,
    calendar_file::calendar as calendar_file,
    failure::{Failure, Refusal},
    ids::{DecisionId, PriorReportId, UnionMeetingId},
    matters::{matter::PriorReport, store::control},
    page::{chrome::Chrome, filters::minute_of},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        union_meeting::{Deciding, MeetingKind, decide as judge},
    },
    web::forms::{Attempt, Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/union-meetings/{meeting}", show)
        .get("/union-meetings/{meeting}/calendar.ics", ics)
        .post("/union-meetings/{meeting}/change", change)
        .post("/union-meetings/{meeting}/cancel", cancel)
        .post("/union-meetings/{meeting}/attendance", attend)
        .post("/union-meetings/{meeting}/decide", decide)
        .post("/union-meetings/{meeting}/minutes", keep_minutes)
        .post("/union-decisions/{decision}/done", carry_out)
}

/// The forms of a meeting as they are filled in.
#[derive(Default)]
struct MeetingForms {
    place: Option<PlaceForm>,
    attendance: AttendanceForm,
    decision: DecisionForm,
    cancel: TextForm,
    minutes: TextForm,
    carried: TextForm,
    /// The decision whose form came back.
    about: Option<DecisionId>,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "meetings/meeting.html")]
struct MeetingPage {
    chrome: Chrome,
    meeting: UnionMeeting,
    members: Vec<Member>,
    decisions: Vec<Decision>,
    rights: Rights,
    /// How many of those who make the quorum came, and what is needed.
    quorum: Option<String>,
    clause: Option<Clause>,
    presences: &'static [Presence],
    /// Reports on which the union has not decided yet, and what has to be reported; for whoever takes decisions down.
    reports: Vec<PriorReport>,
    listed: String,
    place: PlaceForm,
    forms: MeetingForms,
    today: Date,
    now: OffsetDateTime,
}

impl MeetingPage {
    fn may_record(&self) -> bool {
        self.rights.records() && self.meeting.is_called()
    }

    fn has_begun(&self) -> bool {
        self.meeting.starts_at <= self.now
    }

    /// The presence that the form shows for a member, by its stable word; empty where nothing was taken down yet.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn picked(&self, place: &usize, member: &Member) -> &str {
        let known = member.presence.map_or("", Presence::slug);
        self.forms.attendance.presence.get(*place).map_or(known, String::as_str)
    }

    /// A report as the form offers it.
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn offered(&self, report: &PriorReport) -> String {
        format!("{}（校团委{}收到）", report.title, minute_of(report.received_at))
    }

    fn is_reported(&self, id: &PriorReportId) -> bool {
        self.forms.decision.report == id.to_string()
    }

    fn is_not_listed(&self) -> bool {
        self.forms.decision.report == NOT_LISTED
    }

    fn is_owner(&self, member: &Member) -> bool {
        self.forms.decision.owner == member.id.to_string()
    }

    fn is_about(&self, decision: &DecisionId) -> bool {
        self.forms.about == Some(*decision)
    }

    /// Nobody whose presence is not taken down.
    fn all_known(&self) -> bool {
        self.members.iter().all(|member| member.presence.is_some())
    }
}

async fn page(app: &App, person: &SignedIn, id: UnionMeetingId, forms: MeetingForms) -> Result<MeetingPage, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, person.institution, id).await?;
    let Seen { meeting, members, rights } = see(&mut db, person, meeting, today).await?;
    let filter = DecisionFilter { meeting: Some(id), ..DecisionFilter::default() };
    let decisions = store::decisions(&mut db, person.institution, filter).await?;
    let settings = store::settings(&mut db, person.institution).await?;
    let (due, present) = quorum_of(&members);
    let quorum = meeting.is_presidium().then(|| match present {
        Some(there) => {
            let enough = if settings.quorum.is_met(there, due) { "够数" } else { "不够数" };
            format!("应到 {due} 人，到会 {there} 人；决定重大事项须{}到会，{enough}", settings.quorum.label())
        }
        None => format!("应到 {due} 人，还没有登记到会；决定重大事项须{}到会", settings.quorum.label()),
    });
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(today);
    let rule = if meeting.is_link() { Rule::Org09 } else { Rule::Org05 };
    let clause = plan.as_ref().and_then(|plan| plan.provision(rule)).map(|provision| provision.clause().clone());
    let chrome = under_its_list(app.chrome(person, &meeting.title), person);
    let place = forms.place.clone().unwrap_or_else(|| PlaceForm::of(&meeting));
    let (mut reports, mut listed) = (Vec::new(), String::new());
    if rights.records() && meeting.is_called() && meeting.is_presidium() {
        reports = undecided(&mut db, person.institution, meeting.union).await?;
        listed = control(&mut db, person.institution).await?.of_decisions().join("、");
    }
    Ok(MeetingPage {
        chrome,
        meeting,
        members,
        decisions,
        rights,
        quorum,
        clause,
        presences: Presence::ALL,
        reports,
        listed,
        place,
        forms,
        today,
        now,
    })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Query(After { done }): Query<After>,
) -> Result<MeetingPage, Failure> {
    page(&app, &person, id, MeetingForms { done: Done::said(&done), ..MeetingForms::default() }).await
}

async fn unfit(app: &App, person: &SignedIn, id: UnionMeetingId, forms: MeetingForms) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, person, id, forms).await?).into_response())
}

/// The meeting as a file that a phone takes into its calendar.
async fn ics(State(app): State<App>, person: SignedIn, Path(id): Path<UnionMeetingId>) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, person.institution, id).await?;
    let seen = see(&mut db, &person, meeting, today).await?;
    let text = calendar_file(&seen.meeting.title, &[seen.meeting.event()], now);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"meeting.ics\""),
    ];
    Ok((headers, text).into_response())
}

fn refusal(app: &App, person: &SignedIn, id: UnionMeetingId, wanted: &str) -> Refusal {
    let chrome = under_its_list(app.chrome(person, wanted), person);
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
}

fn moved_on(app: &App, person: &SignedIn, id: UnionMeetingId, wanted: &str) -> Failure {
    refusal(app, person, id, wanted).for_reason("这次会议已经归档、取消，或者还缺一步", "请打开会议，看看现在到哪一步")
}

/// Only for whoever takes down what happened at the meeting.
async fn recorded_by(app: &App, person: &SignedIn, id: UnionMeetingId, wanted: &str) -> Result<Seen, Failure> {
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, person.institution, id).await?;
    let seen = see(&mut db, person, meeting, app.clock.today()).await?;
    if seen.rights.records() {
        return Ok(seen);
    }
    Err(refusal(app, person, id, wanted)
        .for_reason("会议由当值执行主席、学生会或主管团组织记录", "请他们登记；你可以查看通知和记录"))
}

fn entry(meeting: &UnionMeeting, what: &str) -> Entry {
    Entry::new(Verb::UnionMeetingKept, format!("{}{}", meeting.union_name, meeting.title)).detail("办理", what)
}

async fn change(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Form(form): Form<PlaceForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    recorded_by(&app, &person, id, "改期").await?;
    let Some((starts_at, place)) = form.read(now, &mut errors) else {
        return unfit(&app, &person, id, MeetingForms { place: Some(form), errors, ..MeetingForms::default() }).await;
    };
    app.write_as(person.authority(), async |db| {
        let meeting = store::lock(db, person.institution, id).await?;
        if !store::change(db, &meeting, starts_at, &place).await? {
            return Err(moved_on(&app, &person, id, "改期"));
        }
        audit::append(db, &person, entry(&meeting, "改期").detail("时间", starts_at.to_string()), now).await?;
        let meeting = store::find(db, person.institution, id).await?;
        tell(db, &person, &meeting, "会议改期", now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Changed.at(&id.path())).into_response())
}

async fn cancel(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Form(form): Form<TextForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    recorded_by(&app, &person, id, "取消会议").await?;
    let why = form.sentence(200, "why", "请写明为何取消，会告诉参加的人", &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        return unfit(&app, &person, id, MeetingForms { cancel: form, errors, ..MeetingForms::default() }).await;
    };
    app.write_as(person.authority(), async |db| {
        let meeting = store::lock(db, person.institution, id).await?;
        if !store::cancel(db, &meeting, &why).await? {
            return Err(moved_on(&app, &person, id, "取消会议"));
        }
        audit::append(db, &person, entry(&meeting, "取消").detail("原因", why.clone()), now).await?;
        tell(db, &person, &meeting, "会议取消", now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Cancelled.at(&id.path())).into_response())
}

async fn attend(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Form(form): Form<AttendanceForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = recorded_by(&app, &person, id, "登记到会情况").await?;
    if seen.meeting.starts_at > now {
        errors.add("presence", "会议还没有开始");
    }
    let presences = form.read(&mut errors).filter(|_| errors.is_empty());
    let Some(presences) = presences else {
        return unfit(&app, &person, id, MeetingForms { attendance: form, errors, ..MeetingForms::default() }).await;
    };
    app.write_as(person.authority(), async |db| {
        let meeting = store::lock(db, person.institution, id).await?;
        if !store::attend(db, &meeting, &presences).await? {
            return Err(moved_on(&app, &person, id, "登记到会情况"));
        }
        let there = presences.iter().filter(|(_, presence)| presence.is_there()).count();
        let count = format!("{there} / {}", presences.len());
        audit::append(db, &person, entry(&meeting, "登记到会").detail("到会", count), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Attended.at(&id.path())).into_response())
}

async fn decide(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Form(form): Form<DecisionForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    recorded_by(&app, &person, id, "记入决定").await?;
    let Some(says) = form.read(today, &mut errors) else {
        return unfit(&app, &person, id, MeetingForms { decision: form, errors, ..MeetingForms::default() }).await;
    };
    let wanted = if says.major { "决定重大事项" } else { "记入决定" };
    let refusal = refusal(&app, &person, id, wanted);
    let attempt = app
        .write_as(person.authority(), async |db| {
            let meeting = store::lock(db, person.institution, id).await?;
            let members = store::members(db, id).await?;
            let settings = store::settings(db, person.institution).await?;
            let plans = calendar(db, person.institution).await?;
            let plan = plans.in_force(today).ok_or(Failure::Missing)?;
            let (due, present) = quorum_of(&members);
            let deciding = Deciding {
                kind: meeting.kind,
                major: says.major,
                due,
                present: present.filter(|_| meeting.kind == MeetingKind::Presidium),
                quorum: settings.quorum,
                votes: says.votes,
            };
            let decided = match judge(&plan, deciding).permit() {
                Ok(decided) => decided,
                Err(findings) => return Err(refusal.because(findings)),
            };
            if meeting.starts_at > now {
                return Ok(Attempt::fault("says", "会议还没有开始"));
            }
            if !store::decide(db, &person, &meeting, decided, &says.new, now).await? {
                return Err(moved_on(&app, &person, id, wanted));
            }
            let mut entry = entry(&meeting, wanted);
            match says.before {
                Some(PriorReporting::Reported(report)) => {
                    let new = DecidedOn { report, says: &says.new.says, now };
                    let title = decide_on(db, &person, &meeting, &plan, new, refusal).await?;
                    entry = entry.detail("事先报告", title);
                }
                Some(PriorReporting::NotListed) => entry = entry.detail("事先报告", "不在清单以内"),
                None => {}
            }
            if let Some(provision) = plan.provision(Rule::Org05).filter(|_| says.major) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, &person, entry, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    if attempt.done_or(&mut errors).is_none() {
        return unfit(&app, &person, id, MeetingForms { decision: form, errors, ..MeetingForms::default() }).await;
    }
    Ok(Redirect::to(&Done::Decided.at(&id.path())).into_response())
}

async fn keep_minutes(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionMeetingId>,
    Form(form): Form<TextForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = recorded_by(&app, &person, id, "归档会议记录").await?;
    if seen.members.iter().any(|member| member.presence.is_none()) {
        errors.add("text", "请先登记到会情况");
    }
    let minutes = form.minutes(&mut errors);
    let Some(minutes) = minutes.filter(|_| errors.is_empty()) else {
        return unfit(&app, &person, id, MeetingForms { minutes: form, errors, ..MeetingForms::default() }).await;
    };
    app.write_as(person.authority(), async |db| {
        let meeting = store::lock(db, person.institution, id).await?;
        if !store::keep_minutes(db, &person, &meeting, &minutes, now).await? {
            return Err(moved_on(&app, &person, id, "归档会议记录"));
        }
        audit::append(db, &person, entry(&meeting, "归档会议记录"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Held.at(&id.path())).into_response())
}

async fn carry_out(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<DecisionId>,
    Form(form): Form<TextForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let mut db = app.read().await?;
    let filter = DecisionFilter { one: Some(id), ..DecisionFilter::default() };
    let decision = store::decisions(&mut db, person.institution, filter).await?.pop().ok_or(Failure::Missing)?;
    let meeting = store::find(&mut db, person.institution, decision.meeting).await?;
    let Seen { rights, .. } = see(&mut db, &person, meeting, today).await?;
    drop(db);
    let owns = decision.owner_student.is_some() && decision.owner_student == person.student;
    if !(owns || rights.follows()) {
        let why = "由承办人、当值执行主席或主管团组织登记";
        return Err(refusal(&app, &person, decision.meeting, "登记落实情况").for_reason(why, "请承办人登记"));
    }
    let says = form.sentence(500, "says-done", "请写明怎样落实的", &mut errors);
    let Some(says) = says.filter(|_| errors.is_empty()) else {
        let forms = MeetingForms { carried: form, about: Some(id), errors, ..MeetingForms::default() };
        return unfit(&app, &person, decision.meeting, forms).await;
    };
    app.write_as(person.authority(), async |db| {
        let meeting = store::lock(db, person.institution, decision.meeting).await?;
        if !store::carry_out(db, &person, id, &says, now).await? {
            return Err(moved_on(&app, &person, decision.meeting, "登记落实情况"));
        }
        let entry = entry(&meeting, "决定已落实").detail("第几项", decision.number);
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Carried.at(&decision.meeting.path())).into_response())
}
