//! A person comes back from their university's server: asked about, found by number, and signed in or told why not.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Verb, cas,
    journey::Journey,
    oidc,
    paths::{begin_path, cas_service, oidc_return},
    refusal::Refusal,
    server::{CampusServer, Protocol},
    state::Campus,
    store::{self, Bound, CampusSchool},
    validation::validate,
    vouchee::{Vouchee, answer_hash, sid_hash},
};
use crate::{
    accounts::vouched::{self, Vouched},
    audit::{self, Entry},
    auth::{
        person::SignedIn,
        store::is_here,
        token::{Purpose, Token},
        vouched::device_is_known,
    },
    elections::store::{PasswordEvent, note_reset},
    failure::Failure,
    ids::{AccountId, InstitutionId},
    inbox::{self, Notice, To},
    kept_forms::KEPT,
    name::Number,
    page::{chrome::Chrome, filters::sign_in_path},
    sign_in::{Arrived, open_vouched_session},
    web::{forms::local_path, network::Network, routes::Routes},
};

pub(super) fn routes() -> Routes<Campus> {
    Routes::default()
        .get("/sso/{school}", begin)
        .get("/sso/left/{school}", left)
        .recorded_get("/sso/cas/{school}", arrive_by_cas)
        .post("/sso/cas/{school}", end_by_cas)
        .recorded_get("/sso/oidc/{school}", arrive_by_oidc)
        .post("/sso/oidc/{school}", end_by_oidc)
}

#[derive(Template, WebTemplate)]
#[template(path = "campus/refused.html")]
struct CampusRefusedPage {
    chrome: Chrome,
    refusal: Refusal,
    school: String,
    /// Where to begin anew; empty where that is of no use.
    again: String,
    /// Where to sign in with a password.
    password: String,
    /// What the server says of the person, for whoever helps them; empty where it says nothing.
    stated: String,
}

/// Whoever comes from another site decides here whether they sign in.
#[derive(Template, WebTemplate)]
#[template(path = "campus/begin.html")]
struct CampusBeginPage {
    chrome: Chrome,
    school: String,
    /// Where the sign-in begins.
    onward: String,
}

/// Whoever has signed out here has a session at the server still: the next one at a shared computer would go on by it.
#[derive(Template, WebTemplate)]
#[template(path = "campus/left.html")]
struct CampusLeftPage {
    chrome: Chrome,
    school: String,
    /// Where that session is ended; none where the server does not say.
    onward: Option<String>,
}

/// A page of another site sent the browser here.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok()).unwrap_or_default();
    matches!(site, "cross-site" | "same-site")
}

/// Somebody who is not signed in, and where they wanted to go.
struct Refused<'a> {
    code: &'a str,
    school: &'a CampusSchool,
    next: &'a str,
    refusal: Refusal,
    /// See [`CampusRefusedPage::stated`].
    stated: String,
}

impl Refused<'_> {
    fn page(self) -> Response {
        let again = if self.refusal.may_try_again() { begin_path(self.code, self.next) } else { String::new() };
        let page = CampusRefusedPage {
            chrome: Chrome::bare("没有登录"),
            refusal: self.refusal,
            school: self.school.name.clone(),
            again,
            password: sign_in_path(self.next),
            stated: self.stated,
        };
        (self.refusal.status(), page).into_response()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NextQuery {
    next: String,
}

/// Whether a university may have that code.
fn is_code(text: &str) -> bool {
    text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The university of that code, where its server is asked by that protocol.
async fn asked_by(campus: &Campus, code: &str, protocol: Option<Protocol>) -> Result<CampusSchool, Failure> {
    if !is_code(code) {
        return Err(Failure::Missing);
    }
    let school = store::school(&mut *campus.read().await?, code).await?;
    school.filter(|school| protocol.is_none_or(|protocol| school.server.protocol == protocol)).ok_or(Failure::Missing)
}

async fn begin(
    State(campus): State<Campus>,
    headers: HeaderMap,
    person: Option<SignedIn>,
    Path(code): Path<String>,
    Query(NextQuery { next }): Query<NextQuery>,
) -> Result<Response, Failure> {
    let school = asked_by(&campus, &code, None).await?;
    if person.is_some() {
        return Ok(Redirect::to(local_path(&next)).into_response());
    }
    is_here(&mut *campus.read().await?, &code).await?;
    // Begun by a link elsewhere, somebody else's ticket could be brought after it.
    if is_from_elsewhere(&headers) {
        let onward = begin_path(&code, local_path(&next));
        let page = CampusBeginPage { chrome: Chrome::bare("统一身份认证登录"), school: school.name, onward };
        return Ok(page.into_response());
    }
    let journey = Journey::new(&code, &next);
    let server = &school.server;
    let onward = match server.protocol {
        Protocol::Cas => Ok(cas::sign_in_url(server, &cas_service(&server.origin, &code))),
        Protocol::Oidc => oidc::sign_in_url(&campus, server, &journey, &oidc_return(&server.origin, &code)).await,
    };
    match onward {
        Ok(onward) => {
            Ok(([(header::SET_COOKIE, journey.set_cookie(&headers)?)], Redirect::to(&onward)).into_response())
        }
        Err(refusal) => {
            let (next, stated) = (journey.next(), String::new());
            Ok(Refused { code: &code, school: &school, next, refusal, stated }.page())
        }
    }
}

async fn left(
    State(campus): State<Campus>,
    person: Option<SignedIn>,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let CampusSchool { name: school, server, .. } = asked_by(&campus, &code, None).await?;
    if person.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let onward = match server.protocol {
        Protocol::Cas => Some(cas::sign_out_url(&server)),
        Protocol::Oidc => oidc::sign_out_url(&campus, &server).await,
    };
    Ok(CampusLeftPage { chrome: Chrome::bare("已退出"), school, onward }.into_response())
}

/// A browser that came back, and what it has with it.
struct Visit<'a> {
    campus: &'a Campus,
    headers: &'a HeaderMap,
    network: Network,
    code: &'a str,
    school: &'a CampusSchool,
    journey: &'a Journey,
    /// Whose session the browser has already.
    signed_in: Option<AccountId>,
}

impl Visit<'_> {
    fn page(&self, refusal: Refusal, stated: String) -> Response {
        Refused { code: self.code, school: self.school, next: self.journey.next(), refusal, stated }.page()
    }

    /// The page of a refusal, which is recorded.
    async fn refused(&self, refusal: Refusal, stated: String) -> Result<Response, Failure> {
        if refusal.counts() {
            self.campus.sign_in.count_campus(self.network, false, self.campus.clock.now());
        }
        self.campus.record(self.school.institution, refusal).await?;
        Ok(self.page(refusal, stated))
    }

    /// Whether the answer is taken here and now: of one that came twice the second visit goes on by the session.
    async fn takes(&self, answer: &str) -> Result<bool, Failure> {
        let (hash, now) = (answer_hash(self.code, answer), self.campus.clock.now());
        self.campus.write_one(async |db| store::claim(db, &hash, now).await).await
    }

    /// Too much went wrong in the network, and nobody of the university has come by this browser before: one who fails on
    /// purpose keeps out no others behind the same address.
    async fn must_wait(&self) -> Result<bool, Failure> {
        let now = self.campus.clock.now();
        if self.campus.sign_in.campus_waits_until(self.network, now).is_none() {
            return Ok(false);
        }
        let Some(device) = Token::from_headers(Purpose::Device, self.headers) else { return Ok(true) };
        let mut db = self.campus.read().await?;
        let known = device_is_known(&mut db, self.school.institution, &device.hash(), now).await?;
        Ok(!known)
    }

    /// Signs a person in, or says why not.
    async fn admit(&self, vouchee: Vouchee) -> Result<Response, Failure> {
        let number = vouchee.number.as_deref().and_then(Number::as_spelled);
        let Some(number) = number else { return self.refused(Refusal::NoNumber, String::new()).await };
        let number = number.shown();
        match self.sign_in(&vouchee, number).await? {
            Ok(arrived) => {
                self.campus.sign_in.count_campus(self.network, true, self.campus.clock.now());
                let next = self.journey.next();
                let keeps = Token::from_headers(Purpose::KeptForm, self.headers).is_some();
                let mut response =
                    arrived.into_response(self.headers, if keeps && next == "/" { KEPT } else { next })?;
                response.headers_mut().append(header::SET_COOKIE, Journey::clear_cookie(self.headers)?);
                Ok(response)
            }
            Err(Refusal::OtherAccount) => self.refused(Refusal::OtherAccount, String::new()).await,
            Err(refusal) => {
                let stated = match &vouchee.name {
                    Some(name) => format!("{number}（{name}）"),
                    None => number.to_owned(),
                };
                self.refused(refusal, stated).await
            }
        }
    }

    async fn sign_in(&self, vouchee: &Vouchee, number: &str) -> Result<Result<Arrived, Refusal>, Failure> {
        let (CampusSchool { institution, server, .. }, now) = (self.school, self.campus.clock.now());
        let subject = subject_hash(server, &vouchee.subject);
        let way = server.protocol.label();
        self.campus
            .write(async |db| {
                let account = match vouched::account_of(db, *institution, number, server.opens_students, now).await? {
                    Vouched::Known(account) => account,
                    Vouched::Disabled => return Ok(Err(Refusal::Disabled)),
                    Vouched::Unknown => return Ok(Err(Refusal::Unknown)),
                };
                // Who works here in one name goes on in another by their own act alone.
                if self.signed_in.is_some_and(|present| present != account) {
                    return Ok(Err(Refusal::OtherAccount));
                }
                let bound = store::bind(db, account, &subject, now).await?;
                let opened = open_vouched_session(db, self.headers, account, vouchee.ticket.clone(), now).await?;
                let Some(arrived) = opened else { return Ok(Err(Refusal::Disabled)) };
                if bound == Bound::Anew {
                    note_another(db, *institution, account, now).await?;
                }
                if bound != Bound::Already {
                    let was = if bound == Bound::Anew { "另一个用户" } else { "没有绑定" };
                    let entry = Entry::about(Verb::CampusBound, account).detail("方式", way).detail("原来", was);
                    audit::append_by_visitor(db, *institution, account, entry, now).await?;
                }
                let waits = if arrived.awaits_factor { "还须动态验证码" } else { "已登录" };
                let entry = Entry::about(Verb::CampusSignedIn, account).detail("方式", way).detail("结果", waits);
                audit::append_by_visitor(db, *institution, account, entry, now).await?;
                Ok(Ok(arrived))
            })
            .await
    }
}

/// Another user of the server came in somebody's name: like a password that was reset, it is noted where they can vote, and
/// they hear of it.
async fn note_another(
    connection: &mut PgConnection,
    institution: InstitutionId,
    account: AccountId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    note_reset(&mut *connection, account, None, PasswordEvent::Reset, now).await?;
    let notice = Notice::new("统一身份认证里登录你账号的用户变了", "/me").says(
        "统一身份认证的另一个用户凭你的学号（工号）登录了这个账号。学校更换登录服务器或者你更换用户名以后，第一次登录会\
         这样；不是这样的，请立即向系统管理员和校团委报告。",
    );
    inbox::tell(connection, institution, To::Account(account), &notice, now).await
}

fn subject_hash(server: &CampusServer, subject: &str) -> Vec<u8> {
    Sha256::digest(format!("{} {} {subject}", server.protocol.slug(), server.address)).to_vec()
}

/// A browser that did not begin here, or whose answer was taken: by its session where it has one, else back to the start.
async fn by_session(
    campus: &Campus,
    school: &CampusSchool,
    code: &str,
    person: Option<SignedIn>,
) -> Result<Response, Failure> {
    if person.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let refusal = Refusal::NotBegun;
    campus.record(school.institution, refusal).await?;
    Ok(Refused { code, school, next: "/", refusal, stated: String::new() }.page())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CasQuery {
    /// Some servers name it twice.
    ticket: Vec<String>,
}

async fn arrive_by_cas(
    State(campus): State<Campus>,
    network: Network,
    headers: HeaderMap,
    person: Option<SignedIn>,
    Path(code): Path<String>,
    Query(query): Query<CasQuery>,
) -> Result<Response, Failure> {
    let school = asked_by(&campus, &code, Some(Protocol::Cas)).await?;
    is_here(&mut *campus.read().await?, &code).await?;
    let Some(journey) = Journey::of(&headers, &code) else { return by_session(&campus, &school, &code, person).await };
    let signed_in = person.map(|person| person.account);
    let visit = Visit {
        campus: &campus,
        headers: &headers,
        network,
        code: &code,
        school: &school,
        journey: &journey,
        signed_in,
    };
    let Some(ticket) = query.ticket.iter().rev().find(|ticket| cas::is_ticket(ticket)) else {
        return visit.refused(Refusal::InvalidTicket, String::new()).await;
    };
    if visit.must_wait().await? {
        return visit.refused(Refusal::TooMany, String::new()).await;
    }
    if !visit.takes(ticket).await? {
        return Ok(Redirect::to(journey.next()).into_response());
    }
    match validate(&campus, &school.server, &cas_service(&school.server.origin, &code), ticket).await {
        Ok(person) => {
            let read = |name: &Option<String>| name.as_deref().and_then(|name| person.attribute(name));
            let number = if school.server.number_field.is_some() {
                read(&school.server.number_field)
            } else {
                Some(&*person.user)
            };
            let vouchee = Vouchee {
                number: number.map(str::to_owned),
                name: read(&school.server.name_field).map(str::to_owned),
                subject: person.user.clone(),
                ticket: Some(answer_hash(&code, ticket)),
            };
            visit.admit(vouchee).await
        }
        Err(refusal) => visit.refused(refusal, String::new()).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndForm {
    #[serde(rename = "logoutRequest")]
    request: String,
}

/// The server says that a session ends. It sends no fetch metadata; whoever knows the ticket may say so, and it is always
/// answered alike.
async fn end_by_cas(
    State(campus): State<Campus>,
    Path(code): Path<String>,
    Form(EndForm { request }): Form<EndForm>,
) -> Result<StatusCode, Failure> {
    if let Some(ticket) = cas::ended_ticket(&request).filter(|_| is_code(&code)) {
        let hash = answer_hash(&code, &ticket);
        campus.write_one(async |db| store::end_sessions_of(db, &code, &hash).await).await?;
    }
    Ok(StatusCode::OK)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OidcQuery {
    code: String,
    state: String,
    iss: String,
    error: String,
}

async fn arrive_by_oidc(
    State(campus): State<Campus>,
    network: Network,
    headers: HeaderMap,
    person: Option<SignedIn>,
    Path(code): Path<String>,
    Query(query): Query<OidcQuery>,
) -> Result<Response, Failure> {
    let school = asked_by(&campus, &code, Some(Protocol::Oidc)).await?;
    is_here(&mut *campus.read().await?, &code).await?;
    let journey = Journey::of(&headers, &code).filter(|journey| journey.state == query.state);
    let Some(journey) = journey else { return by_session(&campus, &school, &code, person).await };
    let signed_in = person.map(|person| person.account);
    let visit = Visit {
        campus: &campus,
        headers: &headers,
        network,
        code: &code,
        school: &school,
        journey: &journey,
        signed_in,
    };
    if !query.error.is_empty() {
        // What an address alone says anybody may write: it is shown, and neither recorded nor counted.
        return Ok(visit.page(Refusal::of_oidc(&query.error), String::new()));
    }
    if visit.must_wait().await? {
        return visit.refused(Refusal::TooMany, String::new()).await;
    }
    if !visit.takes(&journey.state).await? {
        return Ok(Redirect::to(journey.next()).into_response());
    }
    let back = oidc_return(&school.server.origin, &code);
    let came = oidc::Return { code: &query.code, issuer: &query.iss, journey: &journey, back: &back, school: &code };
    match oidc::redeem(&campus, &school, came).await {
        Ok(vouchee) => visit.admit(vouchee).await,
        Err(refusal) => visit.refused(refusal, String::new()).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogoutForm {
    logout_token: String,
}

/// The server says that a session ends, or all of a user's (OpenID Connect Back-Channel Logout). It sends no fetch metadata;
/// its signature says that it is the server.
async fn end_by_oidc(
    State(campus): State<Campus>,
    Path(code): Path<String>,
    Form(LogoutForm { logout_token }): Form<LogoutForm>,
) -> Result<StatusCode, Failure> {
    let school = asked_by(&campus, &code, Some(Protocol::Oidc)).await?;
    let Ok(ended) = oidc::ended(&campus, &school, &logout_token).await else { return Ok(StatusCode::BAD_REQUEST) };
    let now = campus.clock.now();
    campus
        .write(async |db| {
            // One that is sent once more ends no session that was opened since.
            if !store::claim(db, &answer_hash(&code, &format!("jti {}", ended.id)), now).await? {
                return Ok(());
            }
            match (&ended.sid, &ended.subject) {
                (Some(sid), _) => store::end_sessions_of(db, &code, &sid_hash(&code, sid)).await?,
                (None, Some(subject)) => {
                    let subject = subject_hash(&school.server, subject);
                    store::end_sessions_of_subject(db, school.institution, &subject).await?
                }
                (None, None) => 0,
            };
            Ok(())
        })
        .await?;
    Ok(StatusCode::OK)
}
