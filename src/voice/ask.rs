//! The page 提诉求: whom to call in danger, and the form that a student fills in on a phone.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use time::Duration;

use super::{
    A_DAY, Opened, Verb, Voice,
    forms::{AskForm, AskSays},
    paths::{Done, VOICE, opened_path},
    points,
    request::{Hotline, Identity, Receiver, Settings},
    store::{self, AskingStudent, NewRequest},
};
use crate::{
    audit::{self, Entry},
    auth::{
        person::SignedIn,
        store::{Trace, in_turn},
        token,
    },
    failure::{Failure, Refusal},
    holidays::store::workdays,
    ids::ContactPointId,
    inbox::{self, Notice, To},
    page::chrome::Chrome,
    picture::{SCENE, redraw},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        voice::{Area, ask as may_ask, take_up_due},
    },
    secrets,
    web::{
        forms::{Errors, Submitted, Upload},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default().get("/voice/new", show).upload("/voice/new", act)
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/new.html")]
struct AskPage {
    chrome: Chrome,
    /// None for whoever is no student.
    student: Option<AskingStudent>,
    receivers: Vec<Receiver>,
    areas: &'static [Area],
    identities: &'static [Identity],
    hotlines: Vec<Hotline>,
    settings: Settings,
    clause: Option<Clause>,
    form: AskForm,
    errors: Errors,
}

/// The unions that a student may ask.
fn receivers(student: &AskingStudent) -> Vec<Receiver> {
    let mut all = vec![Receiver::School];
    if student.is_graduate && student.has_graduate_union {
        all.push(Receiver::Graduate);
    }
    if student.has_college_union {
        all.push(Receiver::College);
    }
    all
}

async fn asking(voice: &Voice, person: &SignedIn) -> Result<Option<AskingStudent>, Failure> {
    let Some(student) = person.student else { return Ok(None) };
    store::asking(&mut *voice.read().await?, student, voice.clock.today()).await
}

async fn page(voice: &Voice, person: &SignedIn, submitted: Submitted<AskForm>) -> Result<AskPage, Failure> {
    let student = asking(voice, person).await?;
    let mut db = voice.read().await?;
    let settings = store::settings(&mut db, person.institution).await?;
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(voice.clock.today());
    let clause = plan.and_then(|plan| plan.provision(Rule::Rgt01).map(|provision| provision.clause().clone()));
    let Submitted { mut form, errors } = submitted;
    if form.receiver.is_empty() {
        Receiver::School.slug().clone_into(&mut form.receiver);
    }
    Ok(AskPage {
        chrome: voice.chrome(person, "提诉求").under(VOICE, "诉求"),
        receivers: student.as_ref().map(receivers).unwrap_or_default(),
        student,
        areas: Area::ALL,
        identities: if form.point.is_empty() { Identity::ALL } else { &[Identity::Named] },
        hotlines: settings.hotlines(),
        settings,
        clause,
        form,
        errors,
    })
}

/// The form; a page that leads here may have filled it in, or names a point that the person took down.
async fn show(
    State(voice): State<Voice>,
    person: SignedIn,
    Query(mut form): Query<AskForm>,
) -> Result<AskPage, Failure> {
    match form.point.parse() {
        Ok(id) => form.says = raised(&voice, &person, id).await?,
        Err(_) => form.point.clear(),
    }
    page(&voice, &person, Submitted::new(form, Errors::default())).await
}

/// The words of a point that the person took down.
///
/// # Errors
/// [`Failure::Missing`] where it is none of theirs, or a request came of it.
async fn raised(voice: &Voice, person: &SignedIn, point: ContactPointId) -> Result<String, Failure> {
    let student = person.student.ok_or(Failure::Missing)?;
    points::raised(&mut *voice.read().await?, student, point).await?.ok_or(Failure::Missing)
}

async fn act(State(voice): State<Voice>, person: SignedIn, mut upload: Upload) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let form = upload.form::<AskForm>()?;
    let student = asking(&voice, &person).await?;
    let receivers = student.as_ref().map_or_else(|| vec![Receiver::School], receivers);
    let says = form.read(&receivers, &mut errors);
    if let Some(point) = says.as_ref().and_then(|says| says.point) {
        raised(&voice, &person, point).await?;
    }
    let since = now - Duration::days(1);
    let asked = store::asked_since(&mut *voice.read().await?, person.account, since).await?;
    if asked >= i64::from(A_DAY) {
        errors.add("title", too_often());
    }
    let mut picture = None;
    if let Some(file) = upload.file.take() {
        match voice.heavy_in_turn(person.account, move || redraw(&file, SCENE)).await? {
            Ok(jpeg) => picture = Some(jpeg),
            Err(why) => errors.add("file", why),
        }
    }
    errors.put_in_order(&["area", "title", "says", "place", "file", "receiver", "identity"]);
    let Some(says) = says.filter(|_| errors.is_empty()) else {
        return unfit(&voice, &person, form, errors).await;
    };
    let anonymous = says.identity == Identity::Anonymous;
    if anonymous && !voice.anonymous.one_more(person.account, now.date()) {
        errors.add("title", too_often());
        return unfit(&voice, &person, form, errors).await;
    }
    let code = anonymous.then(secrets::code);
    let Some(taken) = take_in(&voice, &person, student.as_ref(), says, picture, code.as_deref()).await? else {
        errors.add("title", too_often());
        return unfit(&voice, &person, form, errors).await;
    };
    Ok(match code {
        Some(code) => {
            let opened = Opened { request: taken.id, code: Some(code) };
            let print = voice.opened.keep(&person.session, opened, now);
            Redirect::to(&Done::Coded.at(&opened_path(print))).into_response()
        }
        None => Redirect::to(&Done::Asked.at(&taken.id.path())).into_response(),
    })
}

fn too_often() -> String {
    format!("一天最多提 {A_DAY} 件；紧急的请直接打上面的电话")
}

async fn unfit(voice: &Voice, person: &SignedIn, form: AskForm, errors: Errors) -> Result<Response, Failure> {
    let page = page(voice, person, Submitted::new(form, errors)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Asks the rule and takes the request in; none where its author asked too often. The record has no name of whoever does not
/// sign.
async fn take_in(
    voice: &Voice,
    person: &SignedIn,
    student: Option<&AskingStudent>,
    says: AskSays,
    picture: Option<Vec<u8>>,
    code: Option<&str>,
) -> Result<Option<store::TakenIn>, Failure> {
    let now = voice.clock.now();
    let refusal = Refusal {
        chrome: voice.chrome(person, "提诉求").under(VOICE, "诉求"),
        wanted: "提诉求".to_owned(),
        back: VOICE.to_owned(),
    };
    let college = student.map(|student| student.college).filter(|_| says.receiver == Receiver::College);
    let enrolled = student.is_some_and(|student| student.enrolled);
    let (area, receiver, identity, point) = (says.area, says.receiver, says.identity, says.point);
    let new = NewRequest {
        receiver,
        college,
        title: says.title,
        says: says.says,
        place: says.place,
        identity,
        code_hash: code.map(token::hash_of),
        may_publish: says.may_publish,
        picture,
    };
    // Its author's account is locked by no anonymous request: the lock would stay on the row and name them.
    let trace = if identity == Identity::Anonymous { Trace::Nothing } else { Trace::Lock };
    voice
        .write_leaving(trace, person.authority(), async |db| {
            in_turn(db, person.account, "voice request").await?;
            if store::asked_since(db, person.account, now - Duration::days(1)).await? >= i64::from(A_DAY) {
                return Ok(None);
            }
            let plans = calendar(db, person.institution).await?;
            let plan = plans.in_force(now.date()).ok_or(Failure::Missing)?;
            let asked = match may_ask(&plan, enrolled, area).permit() {
                Ok(asked) => asked,
                Err(findings) => return Err(refusal.because(findings)),
            };
            let settings = store::settings(db, person.institution).await?;
            let days = workdays(db, person.institution).await?;
            let due = take_up_due(&days, now, settings.within.take_up_hours);
            let taken = store::ask(db, person, asked, &new, due, now).await?;
            if let Some(point) = point
                && !points::link(db, person, point, taken.id).await?
            {
                return Err(refusal.for_reason("这个问题已经有了诉求", "在联系记录里看它的办理情况"));
            }
            let mut entry = Entry::new(Verb::VoiceKept, format!("诉求第 {} 号", taken.number))
                .detail("办理", "提出")
                .detail("类别", area.label())
                .detail("署名", identity.short());
            if let Some(provision) = plan.provision(Rule::Rgt01) {
                entry = entry.under(provision.clause());
            }
            match identity {
                Identity::Named => audit::append(db, person, entry, now).await?,
                Identity::Answering | Identity::Anonymous => {
                    audit::append_in_confidence(db, person.institution, entry, now).await?;
                }
            }
            let to = To::Office { kind: receiver.office(), college, class: None };
            let notice = Notice::new(format!("收到一件诉求：{}", new.title), taken.id.desk_path());
            inbox::tell(db, person.institution, to, &notice, now).await?;
            Ok(Some(taken))
        })
        .await
}
