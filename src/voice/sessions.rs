//! 面对面 (RGT-04): sessions of a union with students and offices, who signs up, what was raised and how far the answers are.

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
    Verb, Voice, VoiceKeeper,
    paths::{Done, SESSIONS},
    session_forms::{PointForm, ProgressForm, SessionForm},
    session_store::{self as store, FaceSession, Point},
    tasks::speaks_for,
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    database::Locked,
    failure::{Failure, Refusal},
    ids::{FacePointId, FaceSessionId},
    inbox::{self, Notice},
    office::Office,
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Finding,
        voice::{FACE_DAYS, face_due, faces},
    },
    unions::{store as unions, union::StudentUnion},
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .get("/voice/sessions", list)
        .post("/voice/sessions", arrange)
        .get("/voice/sessions/{session}", show)
        .post("/voice/sessions/{session}/seat", take_seat)
        .post("/voice/sessions/{session}/leave", leave)
        .post("/voice/sessions/{session}/call-off", call_off)
        .post("/voice/sessions/{session}/points", add_point)
        .post("/voice/points/{point}/progress", progress)
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/sessions.html")]
struct SessionsPage {
    chrome: Chrome,
    coming: Vec<FaceSession>,
    held: Vec<FaceSession>,
    finding: Option<Finding>,
    /// The unions for which the viewer arranges sessions.
    own: Vec<StudentUnion>,
    form: SessionForm,
    errors: Errors,
    done: &'static str,
}

/// The unions for which a person speaks in the office in which they act.
pub(super) async fn own_unions(db: &mut PgConnection, person: &SignedIn) -> Result<Vec<StudentUnion>, Failure> {
    let Some(office) = person.acting.as_ref().filter(|office| VoiceKeeper::KINDS.contains(&office.kind)) else {
        return Ok(Vec::new());
    };
    let mut all = unions::list(db, person.institution, None).await?;
    all.retain(|union| speaks_for(office, union));
    Ok(all)
}

async fn sessions(
    voice: &Voice,
    person: &SignedIn,
    form: SessionForm,
    errors: Errors,
    done: &'static str,
) -> Result<SessionsPage, Failure> {
    let (mut db, now) = (voice.read().await?, voice.clock.now());
    let all = store::sessions(&mut db, person, None, now.date()).await?;
    let late = all.iter().map(|session| session.late).sum();
    let own = own_unions(&mut db, person).await?;
    let plans = calendar(&mut db, person.institution).await?;
    let finding = plans.in_force(now.date()).map(|plan| faces(&plan, late));
    let (coming, held) = all.into_iter().partition(|session| session.starts_at > now);
    let chrome = voice.chrome(person, "面对面");
    Ok(SessionsPage { chrome, coming, held, finding, own, form, errors, done })
}

async fn list(
    State(voice): State<Voice>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<SessionsPage, Failure> {
    sessions(&voice, &person, SessionForm::default(), Errors::default(), Done::said(&done)).await
}

async fn arrange(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Form(form): Form<SessionForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let own = own_unions(&mut *voice.read().await?, acting.person()).await?;
    let Some(new) = form.read(&own, now, &mut errors) else {
        let page = sessions(&voice, acting.person(), form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = voice
        .write_as(acting.person().authority(), async |db| {
            let id = store::arrange(db, &acting, &new, now).await?;
            let entry = Entry::new(Verb::VoiceKept, new.topic.clone()).detail("办理", "安排面对面");
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Arranged.at(&id.session_path())).into_response())
}

/// The forms of a session as they are filled in.
#[derive(Default)]
struct SessionForms {
    point: PointForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/session.html")]
struct SessionPage {
    chrome: Chrome,
    session: FaceSession,
    points: Vec<Point>,
    /// Those who signed up, for whoever keeps it.
    seated: Vec<String>,
    keeps: bool,
    is_student: bool,
    days: i64,
    now: OffsetDateTime,
    today: Date,
    forms: SessionForms,
}

impl SessionPage {
    fn may_sign_up(&self) -> bool {
        self.is_student && !self.session.is_mine && self.session.is_open(self.now)
    }

    fn may_leave(&self) -> bool {
        self.session.is_mine && self.session.starts_at > self.now
    }

    fn has_begun(&self) -> bool {
        self.session.starts_at <= self.now
    }

    fn may_call_off(&self) -> bool {
        self.keeps && !self.has_begun() && !self.session.is_off()
    }
}

async fn session_page(
    voice: &Voice,
    person: &SignedIn,
    id: FaceSessionId,
    forms: SessionForms,
) -> Result<SessionPage, Failure> {
    let mut db = voice.read().await?;
    let session =
        store::sessions(&mut db, person, Some(id), voice.clock.today()).await?.pop().ok_or(Failure::Missing)?;
    let points = store::points(&mut db, id).await?;
    let keeps = own_unions(&mut db, person).await?.iter().any(|union| union.id == session.union);
    let seated = if keeps { store::seated(&mut db, id).await? } else { Vec::new() };
    let now = voice.clock.now();
    Ok(SessionPage {
        chrome: voice.chrome(person, &session.topic).under(SESSIONS, "面对面"),
        session,
        points,
        seated,
        keeps,
        is_student: person.student.is_some(),
        days: FACE_DAYS,
        now,
        today: now.to_offset(CHINA).date(),
        forms,
    })
}

async fn show(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<FaceSessionId>,
    Query(After { done }): Query<After>,
) -> Result<SessionPage, Failure> {
    session_page(&voice, &person, id, SessionForms { done: Done::said(&done), ..SessionForms::default() }).await
}

fn refused(voice: &Voice, person: &SignedIn, id: FaceSessionId, wanted: &str) -> Refusal {
    let chrome = voice.chrome(person, wanted).under(SESSIONS, "面对面");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.session_path() }
}

async fn take_seat(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<FaceSessionId>,
) -> Result<Redirect, Failure> {
    let now = voice.clock.now();
    let refusal = refused(&voice, &person, id, "报名面对面");
    if person.student.is_none() {
        return Err(refusal.for_reason("面对面由同学报名", "单位到会由主办的学生会邀请"));
    }
    voice
        .write_as(person.authority(), async |db| {
            let session = store::lock(db, &person, id, voice.clock.today()).await?;
            if !session.is_open(now) {
                return Err(refusal.for_reason(session.why_closed(now), "可以看看别的场次，或者直接提诉求"));
            }
            store::take_seat(db, &session, person.account, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Seated.at(&id.session_path())))
}

async fn leave(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<FaceSessionId>,
) -> Result<Redirect, Failure> {
    voice
        .write_as(person.authority(), async |db| {
            let session = store::lock(db, &person, id, voice.clock.today()).await?;
            store::leave(db, &session, person.account).await
        })
        .await?;
    Ok(Redirect::to(&Done::SeatLeft.at(&id.session_path())))
}

/// A session that the office keeps.
///
/// # Errors
/// [`Failure::Missing`] where it keeps none of that id.
async fn kept(
    db: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    id: FaceSessionId,
    today: Date,
) -> Result<FaceSession, Failure> {
    let session = store::sessions(db, acting.person(), Some(id), today).await?.pop().ok_or(Failure::Missing)?;
    let own = own_unions(db, acting.person()).await?;
    if own.iter().any(|union| union.id == session.union) { Ok(session) } else { Err(Failure::Missing) }
}

/// Tells those who signed up.
async fn tell_seated(
    db: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    session: &Locked<FaceSession>,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let students = store::seated_students(db, session).await?;
    let notice = Notice::new(format!("{says}：{}", session.topic), session.id.session_path());
    inbox::tell_all(db, acting.institution(), &students, &notice, now).await
}

async fn call_off(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<FaceSessionId>,
) -> Result<Redirect, Failure> {
    let now = voice.clock.now();
    kept(&mut *voice.read().await?, &acting, id, now.date()).await?;
    let refusal = refused(&voice, acting.person(), id, "取消面对面");
    voice
        .write_as(acting.person().authority(), async |db| {
            let session = store::lock(db, acting.person(), id, now.date()).await?;
            if !store::call_off(db, &acting, &session, now).await? {
                return Err(refusal.for_reason("这一场已经开始或者取消", "已经开始的，请登记同学提出的问题"));
            }
            tell_seated(db, &acting, &session, "面对面已取消，请不要前往", now).await?;
            let entry = Entry::new(Verb::VoiceKept, session.topic.clone()).detail("办理", "取消面对面");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::CalledOff.at(&id.session_path())))
}

async fn add_point(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<FaceSessionId>,
    Form(form): Form<PointForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let session = kept(&mut *voice.read().await?, &acting, id, now.date()).await?;
    let read = form.read(&mut errors);
    if session.starts_at > now || session.is_off() {
        errors.add("says", "这一场还没有开始，或者已经取消");
    }
    let Some(new) = read.filter(|_| errors.is_empty()) else {
        let forms = SessionForms { point: form, errors, ..SessionForms::default() };
        let page = session_page(&voice, acting.person(), id, forms).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let due = face_due(session.starts_at.to_offset(CHINA).date(), now.to_offset(CHINA).date());
    voice
        .write_as(acting.person().authority(), async |db| {
            let session = store::lock(db, acting.person(), id, now.date()).await?;
            store::add_point(db, &acting, &session, &new, due, now).await?;
            let entry = Entry::new(Verb::VoiceKept, session.topic.clone()).detail("办理", "登记面对面的问题");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::PointKept.at(&id.session_path())).into_response())
}

async fn progress(
    State(voice): State<Voice>,
    acting: Acting<VoiceKeeper>,
    Path(point): Path<FacePointId>,
    Form(form): Form<ProgressForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let id = store::session_of(&mut *voice.read().await?, point).await?.ok_or(Failure::Missing)?;
    kept(&mut *voice.read().await?, &acting, id, now.date()).await?;
    let Some(says) = form.read(&mut errors) else {
        let forms = SessionForms { errors, ..SessionForms::default() };
        let page = session_page(&voice, acting.person(), id, forms).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            let session = store::lock(db, acting.person(), id, now.date()).await?;
            store::progress(db, &acting, &session, point, &says, now).await?;
            tell_seated(db, &acting, &session, "面对面提出的问题有了进展", now).await?;
            let entry = Entry::new(Verb::VoiceKept, session.topic.clone()).detail("办理", "登记面对面的进展");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Progressed.at(&id.session_path())).into_response())
}
