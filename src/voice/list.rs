//! The pages 诉求: what everybody may read, one's own, and one request as its author or a reader sees it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Opened, Voice,
    forms::{CodeForm, OwnForm},
    paths::{Done, VOICE, opened_path},
    request::{Event, Hotline, MOST_PICTURES, VoiceRequest},
    store::{self, RequestFilter},
};
use crate::{
    auth::{person::SignedIn, token},
    failure::Failure,
    ids::{PrintId, VoiceRequestId},
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, cut},
    },
    rules::{
        proposal::Satisfaction,
        voice::{Area, Stage, Within},
    },
    text::trimmed,
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

/// Requests of a page.
const SIZE: i64 = 20;
/// Own requests that are shown.
const OWN: i64 = 100;
/// Own requests that stand in the open; the others are folded.
const SHOWN: usize = 4;

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .get("/voice", list)
        .post("/voice/code", open)
        .get("/voice/opened/{print}", opened)
        .get("/voice/requests/{request}", show)
        .get("/voice/requests/{request}/pictures/{place}", picture)
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/list.html")]
struct VoicePage {
    chrome: Chrome,
    is_student: bool,
    /// Those whose answer waits for its author first, then the newest.
    own: Vec<VoiceRequest>,
    public: Vec<VoiceRequest>,
    areas: &'static [Area],
    filter: VoiceQuery,
    page: i64,
    more: bool,
    within: Within,
    hotlines: Vec<Hotline>,
    errors: Errors,
    done: &'static str,
}

impl VoicePage {
    /// The address of the list up to the number of the page.
    fn address(&self) -> String {
        let query = filters::query(&[("q", &self.filter.q), ("area", &self.filter.area)]);
        if query.is_empty() { format!("{VOICE}?") } else { format!("{VOICE}?{query}&") }
    }

    fn first_own(&self) -> &[VoiceRequest] {
        self.own.get(..SHOWN).unwrap_or(&self.own)
    }

    fn other_own(&self) -> &[VoiceRequest] {
        self.own.get(SHOWN..).unwrap_or_default()
    }

    fn is_searched(&self) -> bool {
        !self.filter.q.is_empty() || !self.filter.area.is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VoiceQuery {
    q: String,
    area: String,
    page: i64,
    done: String,
}

async fn page(voice: &Voice, person: &SignedIn, filter: VoiceQuery, errors: Errors) -> Result<VoicePage, Failure> {
    let mut db = voice.read().await?;
    let settings = store::settings(&mut db, person.institution).await?;
    let by = RequestFilter { by: Some(person.account), ..RequestFilter::default() };
    let mut own = store::requests(&mut db, person.institution, &by, RowRange { skip: 0, most: OWN }).await?;
    own.sort_by_key(|one| one.stage != Stage::Answered);
    let public = RequestFilter {
        public: true,
        area: filter.area.parse().ok(),
        words: trimmed(&filter.q).to_owned(),
        viewer: Some(person.account),
        ..RequestFilter::default()
    };
    let page = filter.page.clamp(0, 10_000);
    let range = RowRange::page(page, SIZE).and_one();
    let mut public = store::requests(&mut db, person.institution, &public, range).await?;
    let more = cut(&mut public, SIZE);
    Ok(VoicePage {
        chrome: voice.chrome(person, "诉求"),
        is_student: person.student.is_some(),
        own,
        public,
        areas: Area::ALL,
        done: Done::said(&filter.done),
        filter,
        page,
        more,
        within: settings.within,
        hotlines: settings.hotlines(),
        errors,
    })
}

async fn list(
    State(voice): State<Voice>,
    person: SignedIn,
    Query(query): Query<VoiceQuery>,
) -> Result<VoicePage, Failure> {
    page(&voice, &person, query, Errors::default()).await
}

/// Opens an anonymous request with its code, for this browser and some minutes.
async fn open(State(voice): State<Voice>, person: SignedIn, Form(form): Form<CodeForm>) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let hash = token::hash_of(&form.code);
    let found = store::coded(&mut *voice.read().await?, person.institution, &hash).await?;
    let Some(request) = found.filter(|_| errors.is_empty()) else {
        errors.add("code", "查询码不对，请核对；它是提交时显示的 24 位字母和数字");
        let page = page(&voice, &person, VoiceQuery::default(), errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let print = voice.opened.keep(&person.session, Opened { request, code: None }, now);
    Ok(Redirect::to(&opened_path(print)).into_response())
}

/// A request of whoever looks, or one that everybody may read.
pub(super) struct Seen {
    pub request: VoiceRequest,
    /// The viewer made it.
    pub own: bool,
    /// Its code, where it was made just now.
    pub code: Option<String>,
}

/// A request of whoever acts: by their account, or as they have opened it with its code.
///
/// # Errors
/// [`Failure::Missing`] where it is somebody else's.
pub(super) async fn own(
    voice: &Voice,
    person: &SignedIn,
    id: VoiceRequestId,
    opened: &str,
) -> Result<RequestFilter, Failure> {
    let filter = RequestFilter { one: Some(id), viewer: Some(person.account), ..RequestFilter::default() };
    let filter = if opened.is_empty() {
        RequestFilter { by: Some(person.account), ..filter }
    } else {
        let print = opened.parse::<PrintId>().map_err(|_| Failure::Missing)?;
        let held = voice.opened.of(&person.session, print, voice.clock.now());
        held.filter(|held| held.request == id).ok_or(Failure::Missing)?;
        filter
    };
    store::one(&mut *voice.read().await?, person.institution, &filter).await?;
    Ok(filter)
}

async fn seen(voice: &Voice, person: &SignedIn, id: VoiceRequestId, opened: &str) -> Result<Seen, Failure> {
    let code = match opened.parse::<PrintId>() {
        Ok(print) => voice.opened.of(&person.session, print, voice.clock.now()).and_then(|held| held.code.clone()),
        Err(_) => None,
    };
    let (filter, own) = match own(voice, person, id, opened).await {
        Ok(filter) => (filter, true),
        Err(Failure::Missing) if opened.is_empty() => {
            let public = RequestFilter { public: true, viewer: Some(person.account), ..RequestFilter::default() };
            (RequestFilter { one: Some(id), ..public }, false)
        }
        Err(failure) => return Err(failure),
    };
    let request = store::one(&mut *voice.read().await?, person.institution, &filter).await?;
    Ok(Seen { request, own, code })
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/request.html")]
pub(super) struct RequestPage {
    chrome: Chrome,
    request: VoiceRequest,
    own: bool,
    code: Option<String>,
    /// What the forms send back of an anonymous request; empty else.
    opened: String,
    events: Vec<Event>,
    satisfactions: &'static [Satisfaction],
    form: OwnForm,
    errors: Errors,
    done: &'static str,
}

impl RequestPage {
    fn may_support(&self) -> bool {
        !self.own && !self.request.supported && (self.request.is_sent() || self.request.is_answered())
    }

    fn may_confirm(&self) -> bool {
        self.own && self.request.is_answered()
    }

    fn may_withdraw(&self) -> bool {
        self.own && self.request.stage.is_open()
    }

    fn takes_pictures(&self) -> bool {
        self.own && self.request.takes_pictures()
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn most_pictures(&self) -> i16 {
        MOST_PICTURES
    }

    /// The numbers of its pictures, which only their author sees here.
    fn pictures(&self) -> std::ops::RangeInclusive<i16> {
        1..=if self.own && self.opened.is_empty() { self.request.pictures } else { 0 }
    }
}

pub(super) async fn request_page(
    voice: &Voice,
    person: &SignedIn,
    id: VoiceRequestId,
    form: OwnForm,
    errors: Errors,
    done: &'static str,
) -> Result<RequestPage, Failure> {
    let Seen { request, own, code } = seen(voice, person, id, &form.opened).await?;
    let events = if own { store::events(&mut *voice.read().await?, id).await? } else { Vec::new() };
    let title = if own { request.number_in_words() } else { request.title.clone() };
    Ok(RequestPage {
        chrome: voice.chrome(person, &title).under(VOICE, "诉求"),
        request,
        own,
        code,
        opened: form.opened.clone(),
        events,
        satisfactions: Satisfaction::ALL,
        form,
        errors,
        done,
    })
}

async fn show(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(id): Path<VoiceRequestId>,
    Query(After { done }): Query<After>,
) -> Result<RequestPage, Failure> {
    request_page(&voice, &person, id, OwnForm::default(), Errors::default(), Done::said(&done)).await
}

async fn opened(
    State(voice): State<Voice>,
    person: SignedIn,
    Path(print): Path<PrintId>,
    Query(After { done }): Query<After>,
) -> Result<RequestPage, Failure> {
    let held = voice.opened.of(&person.session, print, voice.clock.now()).ok_or(Failure::Missing)?;
    let form = OwnForm { opened: print.to_string(), ..OwnForm::default() };
    request_page(&voice, &person, held.request, form, Errors::default(), Done::said(&done)).await
}

/// A picture that nobody else keeps.
pub(super) fn jpeg(picture: Option<Vec<u8>>) -> Result<Response, Failure> {
    let picture = picture.ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, no-store")], picture).into_response())
}

async fn picture(
    State(voice): State<Voice>,
    person: SignedIn,
    Path((id, place)): Path<(VoiceRequestId, i16)>,
) -> Result<Response, Failure> {
    own(&voice, &person, id, "").await?;
    jpeg(store::picture(&mut *voice.read().await?, id, place).await?)
}
