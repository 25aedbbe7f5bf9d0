//! A university's own sign-in servers, small and obedient: CAS and OpenID Connect on loopback, which do what a story asks of
//! them, faults included.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{Form, Query};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lunzhi::{office::OfficeKind, router::Portal as Lunzhi};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::{Page, Portal};

type Fields = HashMap<String, String>;

/// The pairs of the query of an address.
pub fn query_of(address: &str) -> Fields {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    serde_html_form::from_str::<Vec<(String, String)>>(query).unwrap().into_iter().collect()
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// How a server fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It never answers.
    Silent,
    /// It answers ten megabytes.
    Huge,
    /// It sends elsewhere.
    Moved,
    Broken,
    /// It answers with its sign-in page.
    Page,
}

impl Trouble {
    async fn answer(self) -> Response {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Huge => " ".repeat(10 * 1024 * 1024).into_response(),
            Self::Moved => Redirect::to("/elsewhere").into_response(),
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Self::Page => "<html><body>请登录</body></html>".into_response(),
        }
    }
}

#[derive(Debug, Default)]
struct CasState {
    /// The service and the answer of each ticket that was not asked about yet.
    tickets: Mutex<HashMap<String, (String, String)>>,
    /// The services with which tickets were asked about.
    asked: Mutex<Vec<String>>,
    trouble: Mutex<Option<Trouble>>,
    /// It speaks version 2 of the protocol alone; what it answers to version 3.
    is_old: Mutex<Option<StatusCode>>,
    made: AtomicUsize,
}

/// A CAS server.
pub struct CasServer {
    pub address: String,
    state: Arc<CasState>,
}

/// The answer of a server to a ticket that is no good.
pub fn cas_failure(code: &str) -> String {
    format!(
        "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationFailure code='{code}'>no\
         </cas:authenticationFailure></cas:serviceResponse>"
    )
}

/// The answer of a server that vouches for a user.
pub fn cas_success(inside: &str) -> String {
    format!(
        "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationSuccess>{inside}\
         </cas:authenticationSuccess></cas:serviceResponse>"
    )
}

async fn validate(state: &CasState, query: &Fields) -> Response {
    let trouble = *state.trouble.lock().unwrap();
    state.asked.lock().unwrap().push(query.get("service").cloned().unwrap_or_default());
    if let Some(trouble) = trouble {
        return trouble.answer().await;
    }
    // A ticket is spent by whoever asks, right or wrong.
    let known = query.get("ticket").and_then(|ticket| state.tickets.lock().unwrap().remove(ticket));
    let answer = match known {
        None => cas_failure("INVALID_TICKET"),
        Some((service, _)) if query.get("service") != Some(&service) => cas_failure("INVALID_SERVICE"),
        Some((_, answer)) => answer,
    };
    // Real servers say so, without a charset.
    ([(header::CONTENT_TYPE, "text/xml")], answer.into_bytes()).into_response()
}

async fn validate_3(State(state): State<Arc<CasState>>, Query(query): Query<Fields>) -> Response {
    let unknown = *state.is_old.lock().unwrap();
    match unknown {
        Some(status) => status.into_response(),
        None => validate(&state, &query).await,
    }
}

async fn validate_2(State(state): State<Arc<CasState>>, Query(query): Query<Fields>) -> Response {
    validate(&state, &query).await
}

impl CasServer {
    pub async fn start() -> Self {
        let state = Arc::<CasState>::default();
        let router = Router::new()
            .route("/cas/p3/serviceValidate", get(validate_3))
            .route("/cas/serviceValidate", get(validate_2))
            .with_state(Arc::clone(&state));
        Self { address: format!("{}/cas", serve(router).await), state }
    }

    /// A ticket that the server gives for the service that a browser was sent with, and for which it will answer so.
    pub fn ticket_answering(&self, sent: &Page, answer: &str) -> String {
        assert!(sent.location().starts_with(&format!("{}/login?", self.address)), "{}", sent.text());
        let service = query_of(sent.location()).remove("service").unwrap();
        let ticket = format!("ST-{}-abc.DEF-cas01", self.state.made.fetch_add(1, Ordering::Relaxed));
        self.state.tickets.lock().unwrap().insert(ticket.clone(), (service, answer.to_owned()));
        ticket
    }

    /// A ticket of a user.
    pub fn ticket(&self, sent: &Page, user: &str) -> String {
        self.ticket_answering(sent, &cas_success(&format!("<cas:user>{user}</cas:user>")))
    }

    /// With which services it was asked about tickets.
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap().clone()
    }

    pub fn fail(&self, trouble: Option<Trouble>) {
        *self.state.trouble.lock().unwrap() = trouble;
    }

    /// It speaks version 2 of the protocol alone, and answers so to version 3.
    pub fn speak_version_2(&self, otherwise: StatusCode) {
        *self.state.is_old.lock().unwrap() = Some(otherwise);
    }
}

/// A code that was given and not redeemed.
#[derive(Debug)]
struct Given {
    challenge: String,
    back: String,
    claims: Value,
}

struct OidcState {
    address: Mutex<String>,
    key: Mutex<(String, EcdsaKeyPair)>,
    codes: Mutex<HashMap<String, Given>>,
    /// What it says more of whoever holds a token.
    persons: Mutex<HashMap<String, Value>>,
    /// How often the keys, a redemption and the person were asked for.
    asked: [AtomicUsize; 3],
    trouble: Mutex<Option<Trouble>>,
    made: AtomicUsize,
}

/// An OpenID server whose client is `lunzhi`, with the secret [`SECRET`].
pub struct OidcServer {
    pub issuer: String,
    state: Arc<OidcState>,
}

/// The secret of the client.
pub const SECRET: &str = "s3cret/+ with signs";

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
}

impl OidcState {
    fn signed(&self, claims: &Value) -> String {
        let key = self.key.lock().unwrap();
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let text = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": key.0 })), part(claims));
        let signature = key.1.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

async fn discovery(State(state): State<Arc<OidcState>>) -> Response {
    let trouble = *state.trouble.lock().unwrap();
    if let Some(trouble) = trouble {
        return trouble.answer().await;
    }
    let at = state.address.lock().unwrap().clone();
    Json(json!({
        "issuer": format!("{at}/"), "authorization_endpoint": format!("{at}/authorize?tenant=1"),
        "token_endpoint": format!("{at}/token"), "userinfo_endpoint": format!("{at}/me"), "jwks_uri": format!("{at}/keys"),
        "end_session_endpoint": format!("{at}/end?tenant=1"),
        "authorization_response_iss_parameter_supported": true, "claims_supported": "all of them"
    }))
    .into_response()
}

async fn keys(State(state): State<Arc<OidcState>>) -> Json<Value> {
    state.asked[0].fetch_add(1, Ordering::Relaxed);
    let key = state.key.lock().unwrap();
    let point = key.1.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    Json(
        json!({ "keys": [{ "kty": "oct", "k": "AA" }, { "kty": "EC", "crv": "P-256", "kid": key.0, "x": x, "y": y }] }),
    )
}

async fn token(State(state): State<Arc<OidcState>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    state.asked[1].fetch_add(1, Ordering::Relaxed);
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expected = "lunzhi:s3cret%2F%2B%20with%20signs";
    if basic != format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(expected)) {
        return refused("invalid_client");
    }
    let code = form.get("code").cloned().unwrap_or_default();
    let Some(given) = state.codes.lock().unwrap().remove(&code) else {
        // A second redemption takes the first one's token away.
        state.persons.lock().unwrap().remove(&code);
        return refused("invalid_grant");
    };
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(form.get("code_verifier").map_or("", String::as_str)));
    if proof != given.challenge || form.get("redirect_uri") != Some(&given.back) {
        return refused("invalid_grant");
    }
    Json(json!({ "access_token": code, "token_type": "Bearer", "id_token": state.signed(&given.claims) }))
        .into_response()
}

async fn person(State(state): State<Arc<OidcState>>, headers: HeaderMap) -> Response {
    state.asked[2].fetch_add(1, Ordering::Relaxed);
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match state.persons.lock().unwrap().get(token.trim_start_matches("Bearer ")) {
        Some(person) => Json(person.clone()).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

impl OidcServer {
    pub async fn start() -> Self {
        let state = Arc::new(OidcState {
            address: Mutex::default(),
            key: Mutex::new(("one".to_owned(), key())),
            codes: Mutex::default(),
            persons: Mutex::default(),
            asked: Default::default(),
            trouble: Mutex::default(),
            made: AtomicUsize::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(person))
            .with_state(Arc::clone(&state));
        let address = serve(router).await;
        address.clone_into(&mut state.address.lock().unwrap());
        Self { issuer: format!("{address}/"), state }
    }

    /// Signs somebody in who was sent here: the claims of the token, which `now` dates, with those that differ, and what the
    /// server says more of the person. Gives the path to which the browser goes back.
    pub fn authorize(&self, sent: &Page, now: i64, changed: &Value, person: &Value) -> String {
        let asked = query_of(sent.location());
        assert_eq!((asked["tenant"].as_str(), asked["response_type"].as_str()), ("1", "code"), "{}", sent.location());
        assert_eq!((asked["client_id"].as_str(), asked["code_challenge_method"].as_str()), ("lunzhi", "S256"));
        let mut claims = json!({ "iss": self.issuer, "aud": "lunzhi", "sub": "u-1", "nonce": asked["nonce"],
                                 "iat": now, "exp": now + 300 });
        claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        let code = format!("code-{}", self.state.made.fetch_add(1, Ordering::Relaxed));
        let (challenge, back) = (asked["code_challenge"].clone(), asked["redirect_uri"].clone());
        let path = back.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
        self.state.persons.lock().unwrap().insert(code.clone(), person.clone());
        self.state.codes.lock().unwrap().insert(code.clone(), Given { challenge, back, claims });
        let issuer = lunzhi::page::filters::query_value(&self.issuer);
        format!("{path}?code={code}&state={}&iss={issuer}", asked["state"])
    }

    /// The form by which the server says that sessions end, with the claims that differ.
    pub fn logout(&self, now: i64, changed: &Value) -> [(&'static str, String); 1] {
        let mut claims = json!({ "iss": self.issuer, "aud": "lunzhi", "iat": now, "jti": "logout-1",
                                 "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
        claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        [("logout_token", self.state.signed(&claims))]
    }

    /// Another key from now on, under another id.
    pub fn rotate(&self) {
        *self.state.key.lock().unwrap() = ("two".to_owned(), key());
    }

    pub fn fail(&self, trouble: Option<Trouble>) {
        *self.state.trouble.lock().unwrap() = trouble;
    }

    /// How often the keys, a redemption and the person were asked for.
    pub fn asked(&self) -> [usize; 3] {
        [0, 1, 2].map(|place: usize| self.state.asked[place].load(Ordering::Relaxed))
    }
}

/// The same portal, whose operator states that it is on this machine.
pub fn stating(portal: &Portal) -> Portal {
    reached_at(portal, "http://127.0.0.1:8080")
}

/// The same portal, whose operator states that it is there.
pub fn reached_at(portal: &Portal, url: &str) -> Portal {
    let public_url = Some(url.parse().unwrap());
    portal.with(Lunzhi { public_url, ..portal.app.clone() })
}

/// Sends the page 统一身份认证 of the first university, with the fields that differ.
pub async fn set(portal: &Portal, fields: &[(&str, &str)]) -> Page {
    let mut administrator = stating(portal).signed_in(OfficeKind::Administrator).await;
    let mut all = vec![("password_for", "all")];
    all.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
    all.extend(fields);
    administrator.post("/campus", &all).await
}

/// What the page says of a sign-in that came to nothing.
pub fn says(page: &Page) -> String {
    assert_eq!(page.heading(), "没有登录", "{}", page.text());
    page.all(".note-fail").concat()
}

/// The record as an administrator reads it.
pub async fn record(portal: &Portal) -> String {
    portal.signed_in(OfficeKind::Administrator).await.get("/audit").await.text()
}
