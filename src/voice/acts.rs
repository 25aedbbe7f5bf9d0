//! What a student does about a request: adds a picture, says that it concerns them too, gives a word on the answer, withdraws.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb, Voice,
    forms::OwnForm,
    list::{own, request_page},
    paths::{Done, VOICE, opened_path},
    request::{Identity, VoiceRequest},
    store::{self, RequestFilter},
};
use crate::{
    audit::{self, Entry},
    auth::{person::SignedIn, store::Trace},
    database::Locked,
    failure::{Failure, Refusal},
    holidays::store::workdays,
    ids::{PrintId, VoiceRequestId},
    inbox::{self, Notice, To},
    office::OfficeKind,
    picture::{SCENE, redraw},
    rules::voice::{Stage, after_word, answer_due},
    web::{
        forms::{Errors, Upload},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .upload("/voice/requests/{request}/picture", add_picture)
        .post("/voice/requests/{request}/support", support)
        .post("/voice/requests/{request}/word", word)
        .post("/voice/requests/{request}/withdraw", withdraw)
}

/// Back to the request, which says what was done.
fn onward(id: VoiceRequestId, opened: &str, done: Done) -> Redirect {
    match opened.parse::<PrintId>() {
        Ok(print) => Redirect::to(&done.at(&opened_path(print))),
        Err(_) => Redirect::to(&done.at(&id.path())),
    }
}

/// Whoever acts on an anonymous request, opened with its code, leaves nothing by which they could be found.
fn trace(opened: &str) -> Trace {
    if opened.is_empty() { Trace::Lock } else { Trace::Nothing }
}

/// A refusal where the request is no more where the page showed it.
fn moved_on(voice: &Voice, person: &SignedIn, id: VoiceRequestId, wanted: &str) -> Failure {
    let chrome = voice.chrome(person, wanted).under(VOICE, "诉求");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
        .for_reason("这件诉求已经办到别的环节", "请打开这件诉求，看看现在到哪一步")
}

/// Records an act of the author: with their name where they gave it, and else in confidence.
async fn record(
    db: &mut PgConnection,
    person: &SignedIn,
    request: &VoiceRequest,
    act: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let entry = Entry::new(Verb::VoiceKept, request.number_in_words()).detail("办理", act);
    match request.identity {
        Identity::Named => audit::append(db, person, entry, now).await,
        Identity::Answering | Identity::Anonymous => {
            audit::append_in_confidence(db, person.institution, entry, now).await
        }
    }
}

async fn unfit(
    voice: &Voice,
    person: &SignedIn,
    id: VoiceRequestId,
    form: OwnForm,
    errors: Errors,
) -> Result<Response, Failure> {
    let page = request_page(voice, person, id, form, errors, "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn add_picture(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<VoiceRequestId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let form = upload.form::<OwnForm>()?;
    let filter = own(&voice, &person, id, &form.opened).await?;
    let picture = match upload.file.take() {
        None => Err("请选择一张图片".to_owned()),
        Some(file) => voice.heavy_in_turn(person.account, move || redraw(&file, SCENE)).await?,
    };
    let picture = match picture {
        Ok(picture) => picture,
        Err(why) => {
            errors.add("file", why);
            return unfit(&voice, &person, id, form, errors).await;
        }
    };
    voice
        .write_leaving(trace(&form.opened), person.authority(), async |db| {
            let request = store::lock(db, person.institution, &filter).await?;
            if store::add_picture(db, &request, &picture).await? {
                Ok(())
            } else {
                Err(moved_on(&voice, &person, id, "添加图片"))
            }
        })
        .await?;
    Ok(onward(id, &form.opened, Done::Pictured).into_response())
}

async fn support(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<VoiceRequestId>,
) -> Result<Redirect, Failure> {
    let filter =
        RequestFilter { one: Some(id), public: true, viewer: Some(person.account), ..RequestFilter::default() };
    voice
        .write_as(person.authority(), async |db| {
            let request = store::lock(db, person.institution, &filter).await?;
            if store::support(db, &request, person.account).await? {
                Ok(())
            } else {
                Err(moved_on(&voice, &person, id, "附议"))
            }
        })
        .await?;
    Ok(onward(id, "", Done::Supported))
}

/// Tells the office that handles a request, or the union that took it up where that office is not in the portal.
async fn tell_handler(
    db: &mut PgConnection,
    person: &SignedIn,
    request: &Locked<VoiceRequest>,
    says: String,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let office = store::handling_office(db, request).await?;
    let kind = office.unwrap_or_else(|| request.receiver.office());
    // An office of the school is nobody's of a college, whichever college the request is of.
    let of_college = matches!(kind, OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion);
    let college = if of_college { store::college_of(db, request).await? } else { None };
    let to = To::Office { kind, college, class: None };
    inbox::tell(db, person.institution, to, &Notice::new(says, request.id.desk_path()), now).await
}

async fn word(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<OwnForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let filter = own(&voice, &person, id, &form.opened).await?;
    let Some(word) = form.word(&mut errors) else {
        return unfit(&voice, &person, id, form, errors).await;
    };
    let stage = voice
        .write_leaving(trace(&form.opened), person.authority(), async |db| {
            let request = store::lock(db, person.institution, &filter).await?;
            let stage = after_word(request.turn, word.satisfaction);
            let done = if stage == Stage::Sent {
                let settings = store::settings(db, person.institution).await?;
                let days = workdays(db, person.institution).await?;
                let due = answer_due(&days, now.date(), settings.within.answer_days);
                let why = word.remark.as_deref().unwrap_or_default();
                store::send_back(db, &request, why, due, now).await?
            } else {
                store::confirm(db, &request, &word, now).await?
            };
            if !done {
                return Err(moved_on(&voice, &person, id, "评价答复"));
            }
            if stage == Stage::Sent {
                record(db, &person, &request, "不满意，退回再办", now).await?;
                tell_handler(db, &person, &request, format!("诉求退回再办：{}", request.title), now).await?;
            } else {
                record(db, &person, &request, "本人确认", now).await?;
            }
            Ok(stage)
        })
        .await?;
    let done = if stage == Stage::Sent { Done::SentBack } else { Done::Confirmed };
    Ok(onward(id, &form.opened, done).into_response())
}

async fn withdraw(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<OwnForm>,
) -> Result<Redirect, Failure> {
    let now = voice.clock.now();
    let filter = own(&voice, &person, id, &form.opened).await?;
    voice
        .write_leaving(trace(&form.opened), person.authority(), async |db| {
            let request = store::lock(db, person.institution, &filter).await?;
            if !store::withdraw(db, &request, now).await? {
                return Err(moved_on(&voice, &person, id, "撤回诉求"));
            }
            inbox::take_back_of_requests(db, &[id.path(), id.desk_path()]).await?;
            tell_handler(db, &person, &request, format!("{}已由提出人撤回，不用再办", request.number_in_words()), now)
                .await?;
            record(db, &person, &request, "撤回", now).await
        })
        .await?;
    Ok(onward(id, &form.opened, Done::Withdrawn))
}
