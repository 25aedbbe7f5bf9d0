//! Opening a session and giving it to the browser, at sign-in and after an activation.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{factor::FactorKey, networks::Networks, paths::factor_path};
use crate::{
    app::App,
    auth::{
        password::Hasher,
        store::{self, AttemptResult, Counted, Credentials, NewSession, NotOpened, Opened, SignInAttempt},
        token::{Purpose, Token},
        vouched::{self, VouchedOpened, VouchedSession},
    },
    database::batch_writer::BatchWriter,
    failure::Failure,
    ids::AccountId,
    sealing::keys::MarkKey,
    web::{forms::local_path, network::Network},
};
use axum::extract::FromRef;
use sqlx::PgConnection;
use std::{ops::Deref, sync::Arc};
use time::OffsetDateTime;

/// The state of signing in: the application, and its writers.
#[derive(Debug, Clone, FromRef)]
pub struct SignIn {
    app: App,
    /// Attempts with passwords and codes, counted before they are checked.
    pub attempts: Arc<BatchWriter<String, SignInAttempt, Option<AttemptResult>>>,
    /// What each network may still get wrong.
    pub(super) networks: Arc<Networks>,
    /// The same for sign-ins by the university's own server: whoever guesses there closes no password sign-in, nor the other
    /// way round.
    #[from_ref(skip)]
    campus_networks: Arc<Networks>,
    /// What seals the secrets of second factors.
    pub(super) factor_key: Arc<FactorKey>,
    /// Sessions about to be opened.
    new_sessions: Arc<BatchWriter<String, NewSession, Result<Opened, NotOpened>>>,
}

impl Deref for SignIn {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl SignIn {
    /// Inside a runtime: it starts tasks.
    #[must_use]
    pub fn new(app: &App, key: &MarkKey) -> Self {
        let crowded = |hasher: Arc<Hasher>| move || hasher.is_crowded();
        let at = app.clock.clone();
        let attempts =
            BatchWriter::start(app.pools.single.clone(), crowded(Arc::clone(&app.hasher)), move |db, attempts| {
                let now = at.now();
                Box::pin(async move { store::charge(db, attempts, now).await })
            });
        let at = app.clock.clone();
        let new_sessions =
            BatchWriter::start(app.pools.single.clone(), crowded(Arc::clone(&app.hasher)), move |db, sessions| {
                let now = at.now();
                Box::pin(async move { store::open_sessions(db, sessions, now).await })
            });
        Self {
            app: app.clone(),
            attempts: Arc::new(attempts),
            networks: Arc::default(),
            campus_networks: Arc::default(),
            factor_key: Arc::new(FactorKey::of(key)),
            new_sessions: Arc::new(new_sessions),
        }
    }

    /// Until when a network has to wait whose sign-ins by the university's own server failed too often.
    #[must_use]
    pub fn campus_waits_until(&self, network: Network, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.campus_networks.closed_until(network, now)
    }

    /// Counts a sign-in by the university's own server for its network.
    pub fn count_campus(&self, network: Network, has_succeeded: bool, now: OffsetDateTime) {
        if has_succeeded {
            self.campus_networks.succeeded(network, now);
        } else {
            let _ = self.campus_networks.failed(network, now);
        }
    }
}

/// Opens a session for an account whose secret was right, or says why there is none.
pub async fn open_session(
    sign_in: &SignIn,
    headers: &HeaderMap,
    credentials: Credentials,
    counted: Counted,
) -> Result<Result<NewSession, NotOpened>, Failure> {
    let Counted { at: counted, device_is_known } = counted;
    let new_device = (!device_is_known).then(Token::random);
    let former = Token::from_headers(Purpose::Session, headers).map(|token| token.hash());
    let token = Token::random();
    let browser = browser(headers);
    let session = NewSession { credentials, token, browser, counted, new_device, former, awaits_factor: false };
    let key = hex::encode(session.token.hash());
    let opened = sign_in.new_sessions.write(key, session.clone()).await?;
    Ok(opened.map(|Opened { awaits_factor }| NewSession { awaits_factor, ..session }))
}

impl NewSession {
    /// On to `next` with the session's cookie.
    ///
    /// # Errors
    /// Never for tokens made here.
    pub fn into_response(self, headers: &HeaderMap, next: &str) -> Result<Response, Failure> {
        metrics::counter!("lunzhi_sign_ins_total", "result" => "opened").increment(1);
        let mut response = onward(headers, &self.token, self.awaits_factor, next)?;
        if let Some(device) = self.new_device {
            response.headers_mut().append(header::SET_COOKIE, device.set_cookie(Purpose::Device, headers)?);
        }
        Ok(response)
    }
}

/// On to `next` with a session's cookie, past the second factor where it waits for one.
fn onward(headers: &HeaderMap, token: &Token, awaits_factor: bool, next: &str) -> Result<Response, Failure> {
    let next = local_path(next);
    let onward = if awaits_factor { factor_path(next) } else { next.to_owned() };
    let mut response = Redirect::to(&onward).into_response();
    response.headers_mut().append(header::SET_COOKIE, token.set_cookie(Purpose::Session, headers)?);
    Ok(response)
}

/// A session that was opened for a person whom their university's own server vouches for.
#[derive(Debug)]
pub struct Arrived {
    token: Token,
    /// The token by which an unknown device is known from now on.
    new_device: Option<Token>,
    /// It opens nothing before the second factor is given.
    pub awaits_factor: bool,
}

/// Opens a session for an account that its university's server vouches for, in the transaction that says so; `ticket` is the
/// hash by which the server ends it. None where the account is disabled.
pub async fn open_vouched_session(
    connection: &mut PgConnection,
    headers: &HeaderMap,
    account: AccountId,
    ticket: Option<Vec<u8>>,
    now: OffsetDateTime,
) -> Result<Option<Arrived>, Failure> {
    let former = Token::from_headers(Purpose::Session, headers).map(|token| token.hash());
    let device = Token::from_headers(Purpose::Device, headers).map(|token| token.hash());
    let (token, browser, new_device) = (Token::random(), browser(headers), Token::random());
    let session = VouchedSession { account, token, browser, former, ticket, device, new_device };
    let opened = vouched::open(connection, &session, now).await?;
    let VouchedSession { token, new_device, .. } = session;
    Ok(opened.map(|VouchedOpened { awaits_factor, device_is_new }| {
        let new_device = device_is_new.then_some(new_device);
        Arrived { token, new_device, awaits_factor }
    }))
}

impl Arrived {
    /// On to `next` with the session's cookie.
    ///
    /// # Errors
    /// Never for tokens made here.
    pub fn into_response(self, headers: &HeaderMap, next: &str) -> Result<Response, Failure> {
        metrics::counter!("lunzhi_sign_ins_total", "result" => "campus").increment(1);
        let mut response = onward(headers, &self.token, self.awaits_factor, next)?;
        if let Some(device) = self.new_device {
            response.headers_mut().append(header::SET_COOKIE, device.set_cookie(Purpose::Device, headers)?);
        }
        Ok(response)
    }
}

/// The browser in a few words, for a person who looks through their sessions. Nothing finer is kept.
fn browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let first = |words: &[(&str, &'static str)], otherwise| {
        words.iter().find(|(word, _)| agent.contains(word)).map_or(otherwise, |(_, name)| *name)
    };
    let name = first(
        &[
            ("MicroMessenger", "微信"),
            ("Edg/", "Edge"),
            ("Chrome/", "Chrome"),
            ("Firefox/", "Firefox"),
            ("Safari/", "Safari"),
        ],
        "其他浏览器",
    );
    let system = first(
        &[
            ("HarmonyOS", "鸿蒙"),
            ("Android", "安卓手机"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "Mac"),
            ("Linux", "Linux"),
        ],
        "其他设备",
    );
    format!("{system} · {name}")
}
