//! One request before an office: taken up, sent on, answered; the League committee's word on it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb, Voice, VoiceHandler,
    forms::HandleForm,
    list::jpeg,
    paths::{DESK, Done},
    request::{Event, Unit, VoiceRequest},
    store::{self, RequestFilter, VoiceDesk},
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    failure::{Failure, Refusal},
    holidays::store::workdays,
    ids::VoiceRequestId,
    inbox::{self, Notice, To},
    office::{OfficeKind, SchoolLeague},
    page::{chrome::Chrome, filters},
    rules::voice::{Ending, answer_due},
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .get("/voice/desk/{request}", show)
        .get("/voice/desk/{request}/pictures/{place}", picture)
        .post("/voice/desk/{request}/send", send)
        .post("/voice/desk/{request}/send-on", send_on)
        .post("/voice/desk/{request}/answer", answer)
        .post("/voice/desk/{request}/instruct", instruct)
        .post("/voice/desk/{request}/publish", publish)
}

/// Which form of the page was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Sent {
    #[default]
    None,
    Send,
    SendOn,
    Answer,
    Instruct,
}

/// The forms of a request as they are filled in.
#[derive(Default)]
struct HandleForms {
    which: Sent,
    form: HandleForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/handle.html")]
struct HandlePage {
    chrome: Chrome,
    request: VoiceRequest,
    events: Vec<Event>,
    units: Vec<Unit>,
    endings: &'static [Ending],
    is_league: bool,
    /// The form that came back.
    sent: HandleForm,
    empty: HandleForm,
    which: Sent,
    errors: Errors,
    no_errors: Errors,
    now: OffsetDateTime,
    done: &'static str,
}

impl HandlePage {
    fn form(&self, which: Sent) -> &HandleForm {
        if self.which == which { &self.sent } else { &self.empty }
    }

    fn errors_of(&self, which: Sent) -> &Errors {
        if self.which == which { &self.errors } else { &self.no_errors }
    }

    fn errors_of_send(&self) -> &Errors {
        self.errors_of(Sent::Send)
    }

    fn errors_of_send_on(&self) -> &Errors {
        self.errors_of(Sent::SendOn)
    }

    fn errors_of_answer(&self) -> &Errors {
        self.errors_of(Sent::Answer)
    }

    fn errors_of_instruct(&self) -> &Errors {
        self.errors_of(Sent::Instruct)
    }

    fn sending(&self) -> &HandleForm {
        self.form(Sent::Send)
    }

    fn sending_on(&self) -> &HandleForm {
        self.form(Sent::SendOn)
    }

    fn answering(&self) -> &HandleForm {
        self.form(Sent::Answer)
    }

    fn instructing(&self) -> &HandleForm {
        self.form(Sent::Instruct)
    }

    fn may_send(&self) -> bool {
        self.request.is_received() && self.request.keeps
    }

    fn may_send_on(&self) -> bool {
        self.request.is_sent() && (self.request.keeps || self.request.handles)
    }

    fn may_answer(&self) -> bool {
        may_answer(&self.request, self.is_league)
    }

    fn may_instruct(&self) -> bool {
        self.is_league && self.request.stage.is_open()
    }

    fn may_publish(&self) -> bool {
        self.request.keeps && self.request.may_publish && !self.request.is_received() && !self.is_withdrawn()
    }

    fn is_withdrawn(&self) -> bool {
        self.request.stage == crate::rules::voice::Stage::Withdrawn
    }

    /// Somebody takes down what an office that is not in the portal has answered.
    fn answers_for_another(&self) -> bool {
        !self.request.handles
    }

    /// The box 公开 as it stands: ticked at first.
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn publishes(&self, which: &HandleForm) -> bool {
        which.publish == "yes" || which.says.is_empty()
    }

    fn pictures(&self) -> std::ops::RangeInclusive<i16> {
        1..=self.request.pictures
    }
}

/// The office that handles it answers, or the one that was asked first; where that is not in the portal, the receiving union
/// takes the answer down. The League committee may always.
fn may_answer(request: &VoiceRequest, is_league: bool) -> bool {
    request.is_sent() && (request.handles || is_league || request.keeps && !request.online)
}

fn filter(acting: &Acting<VoiceHandler>, id: VoiceRequestId) -> RequestFilter {
    RequestFilter { one: Some(id), desk: Some(VoiceDesk::of(acting)), ..RequestFilter::default() }
}

async fn page(
    voice: &Voice,
    acting: &Acting<VoiceHandler>,
    id: VoiceRequestId,
    forms: HandleForms,
) -> Result<HandlePage, Failure> {
    let mut db = voice.read().await?;
    let request = store::one(&mut db, acting.institution(), &filter(acting, id)).await?;
    let events = store::events(&mut db, id).await?;
    let units = store::units(&mut db, acting.institution()).await?;
    let HandleForms { which, form, errors, done } = forms;
    let chrome = voice.chrome(acting.person(), &request.number_in_words()).under(DESK, "办理诉求");
    Ok(HandlePage {
        chrome,
        request,
        events,
        units,
        endings: Ending::ALL,
        is_league: VoiceDesk::of(acting).is_league(),
        sent: form,
        empty: HandleForm::default(),
        which,
        errors,
        no_errors: Errors::default(),
        now: voice.clock.now(),
        done,
    })
}

async fn show(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path(id): Path<VoiceRequestId>,
    Query(After { done }): Query<After>,
) -> Result<HandlePage, Failure> {
    page(&voice, &acting, id, HandleForms { done: Done::said(&done), ..HandleForms::default() }).await
}

async fn picture(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path((id, place)): Path<(VoiceRequestId, i16)>,
) -> Result<Response, Failure> {
    let mut db = voice.read().await?;
    store::one(&mut db, acting.institution(), &filter(&acting, id)).await?;
    jpeg(store::picture(&mut db, id, place).await?)
}

async fn unfit(
    voice: &Voice,
    acting: &Acting<VoiceHandler>,
    id: VoiceRequestId,
    forms: HandleForms,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(voice, acting, id, forms).await?).into_response())
}

fn refusal(voice: &Voice, person: &SignedIn, id: VoiceRequestId, wanted: &str) -> Refusal {
    let chrome = voice.chrome(person, wanted).under(DESK, "办理诉求");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.desk_path() }
}

/// A refusal where the request is no more where the page showed it.
fn moved_on(voice: &Voice, person: &SignedIn, request: &VoiceRequest, wanted: &str) -> Failure {
    refusal(voice, person, request.id, wanted).for_reason(
        format!("这件诉求现在是“{}”", request.state()),
        "可能别的单位刚刚办理；打开这件诉求，看看现在到哪一步",
    )
}

/// A refusal where another office is to do it.
fn not_ours(voice: &Voice, person: &SignedIn, request: &VoiceRequest, wanted: &str) -> Failure {
    let (state, handler) = (request.state(), request.handler());
    refusal(voice, person, request.id, wanted)
        .for_reason(format!("这件诉求现在是“{state}”，由{handler}办理"), "不属于承办单位职责的，由承办单位转办")
}

fn entry(request: &VoiceRequest, act: &str) -> Entry {
    Entry::new(Verb::VoiceKept, request.number_in_words()).detail("办理", act)
}

/// Tells the office that handles a request now, where it is in the portal.
async fn tell_handler(
    db: &mut PgConnection,
    acting: &Acting<VoiceHandler>,
    request: &Locked<VoiceRequest>,
    says: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Some(kind) = store::handling_office(db, request).await? else { return Ok(()) };
    let of_college = matches!(kind, OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion);
    let college = if of_college { store::college_of(db, request).await? } else { None };
    if of_college && college.is_none() {
        return Ok(());
    }
    let to = To::Office { kind, college, class: None };
    let notice = Notice::new(format!("{says}：{}", request.title), request.id.desk_path());
    inbox::tell(db, acting.institution(), to, &notice, now).await
}

/// Whether an office of a college was chosen for a request of the whole school, which no college answers.
async fn fits(db: &mut PgConnection, request: &Locked<VoiceRequest>) -> Result<bool, Failure> {
    let kind = store::handling_office(db, request).await?;
    let of_college =
        matches!(kind, Some(OfficeKind::CollegeLeague | OfficeKind::CollegeParty | OfficeKind::CollegeUnion));
    Ok(!of_college || store::college_of(db, request).await?.is_some())
}

const OF_A_COLLEGE: &str = "这件诉求不属于哪一个院系，不能交给院系的单位";

async fn send(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let sending = form.sending(None, &mut errors);
    let Some(sending) = sending else {
        return unfit(&voice, &acting, id, HandleForms { which: Sent::Send, form, errors, done: "" }).await;
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            let request = store::lock(db, acting.institution(), &filter(&acting, id)).await?;
            if !request.keeps {
                return Err(not_ours(&voice, acting.person(), &request, "接收诉求"));
            }
            let settings = store::settings(db, acting.institution()).await?;
            let days = workdays(db, acting.institution()).await?;
            let due = answer_due(&days, now.date(), settings.within.answer_days);
            if !store::take_up(db, &acting, &request, &sending, due, now).await? {
                return Err(moved_on(&voice, acting.person(), &request, "接收诉求"));
            }
            if !fits(db, &request).await? {
                return Err(
                    refusal(&voice, acting.person(), id, "接收诉求").for_reason(OF_A_COLLEGE, "请改选学校的单位")
                );
            }
            audit::append(db, acting.person(), entry(&request, "接收并交办").detail("期限", due.to_string()), now)
                .await?;
            tell_handler(db, &acting, &request, "收到交办的诉求", now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Sent.at(&id.desk_path())).into_response())
}

async fn send_on(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let Some(sending) = form.sending(Some("请写明为什么转办，接手的单位要看到"), &mut errors) else {
        return unfit(&voice, &acting, id, HandleForms { which: Sent::SendOn, form, errors, done: "" }).await;
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            let request = store::lock(db, acting.institution(), &filter(&acting, id)).await?;
            if !request.keeps && !request.handles {
                return Err(not_ours(&voice, acting.person(), &request, "转办诉求"));
            }
            if !store::send_on(db, &acting, &request, &sending, now).await? {
                return Err(moved_on(&voice, acting.person(), &request, "转办诉求"));
            }
            if !fits(db, &request).await? {
                return Err(
                    refusal(&voice, acting.person(), id, "转办诉求").for_reason(OF_A_COLLEGE, "请改选学校的单位")
                );
            }
            audit::append(db, acting.person(), entry(&request, "转办"), now).await?;
            tell_handler(db, &acting, &request, "收到转办的诉求", now).await
        })
        .await?;
    // Whoever sent it on may see it no more: then the list says what was done.
    let seen = store::one(&mut *voice.read().await?, acting.institution(), &filter(&acting, id)).await;
    let back = if seen.is_ok() { id.desk_path() } else { DESK.to_owned() };
    Ok(Redirect::to(&Done::SentOn.at(&back)).into_response())
}

async fn answer(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let Some(answer) = form.answer(&mut errors) else {
        return unfit(&voice, &acting, id, HandleForms { which: Sent::Answer, form, errors, done: "" }).await;
    };
    let is_league = VoiceDesk::of(&acting).is_league();
    voice
        .write_as(acting.person().authority(), async |db| {
            let request = store::lock(db, acting.institution(), &filter(&acting, id)).await?;
            if request.is_sent() && !may_answer(&request, is_league) {
                return Err(not_ours(&voice, acting.person(), &request, "答复诉求"));
            }
            if !store::answer(db, &acting, &request, &answer, now).await? {
                return Err(moved_on(&voice, acting.person(), &request, "答复诉求"));
            }
            let how = if request.handles { "答复" } else { "代为登记答复" };
            let entry = entry(&request, how).detail("结果", answer.ending.label());
            audit::append(db, acting.person(), entry, now).await?;
            let students = store::concerned(db, &request).await?;
            let notice = Notice::new(format!("诉求有了答复：{}", request.title), id.path());
            inbox::tell_all(db, acting.institution(), &students, &notice, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.desk_path())).into_response())
}

async fn instruct(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    league: Acting<SchoolLeague>,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<HandleForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let Some(says) = form.instruction(&mut errors).filter(|_| errors.is_empty()) else {
        return unfit(&voice, &acting, id, HandleForms { which: Sent::Instruct, form, errors, done: "" }).await;
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            let request = store::lock(db, acting.institution(), &filter(&acting, id)).await?;
            if !store::instruct(db, &league, &request, &says, now).await? {
                return Err(moved_on(&voice, acting.person(), &request, "督办"));
            }
            audit::append(db, acting.person(), entry(&request, "督办"), now).await?;
            tell_handler(db, &acting, &request, "校团委督办诉求", now).await?;
            let college = store::college_of(db, &request).await?;
            let to = To::Office { kind: request.receiver.office(), college, class: None };
            let notice = Notice::new(format!("校团委督办诉求：{}", request.title), id.desk_path()).says(&says);
            inbox::tell(db, acting.institution(), to, &notice, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Instructed.at(&id.desk_path())).into_response())
}

async fn publish(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Path(id): Path<VoiceRequestId>,
    Form(form): Form<HandleForm>,
) -> Result<Redirect, Failure> {
    let (now, publish) = (voice.clock.now(), form.publish == "yes");
    voice
        .write_as(acting.person().authority(), async |db| {
            let request = store::lock(db, acting.institution(), &filter(&acting, id)).await?;
            if !request.keeps {
                return Err(not_ours(&voice, acting.person(), &request, "公开诉求"));
            }
            if !store::publish(db, &request, publish).await? {
                return Err(moved_on(&voice, acting.person(), &request, "公开诉求"));
            }
            audit::append(db, acting.person(), entry(&request, if publish { "公开" } else { "不公开" }), now).await
        })
        .await?;
    let done = if publish { Done::Published } else { Done::Hidden };
    Ok(Redirect::to(&done.at(&id.desk_path())))
}
