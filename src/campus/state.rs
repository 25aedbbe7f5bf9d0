//! The state of campus sign-in: the client for other servers, what is known of them, and how failures are kept.

use std::{
    collections::{HashMap, hash_map::Entry as Place},
    fmt,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::FromRef;
use time::{Duration, OffsetDateTime};

use super::{
    Verb,
    provider::Provider,
    refusal::Refusal,
    server::{CampusServer, SecretKey},
};
use crate::{
    app::App,
    audit::{self, Entry},
    failure::Failure,
    ids::InstitutionId,
    sealing::keys::MarkKey,
    sign_in::SignIn,
    web::outgoing::{Asker, Outgoing, Unanswered},
};

/// How long what a server says of itself is believed without asking again.
pub(super) const KNOWN_FOR: Duration = Duration::hours(1);
/// How long a server that did not say what it is is not asked again: people who wait would ask and ask.
const FAILED_FOR: Duration = Duration::seconds(15);
/// One kind of failure of one university is a word in the record this often: anybody could fill it otherwise.
const RECORDED_EVERY: Duration = Duration::minutes(1);

/// The application, and what campus sign-in keeps of its own.
#[derive(Clone, FromRef)]
pub struct Campus {
    app: App,
    pub(super) sign_in: SignIn,
    outgoing: Outgoing,
    pub(super) secret_key: Arc<SecretKey>,
    providers: Arc<Mutex<HashMap<ServerKey, Arc<Provider>>>>,
    /// Servers that lately did not say what they are.
    failed: Arc<Mutex<HashMap<ServerKey, FailedAt>>>,
    /// Who asks each server what it is.
    turns: Arc<Mutex<HashMap<ServerKey, Turn>>>,
    recorded: Arc<Mutex<HashMap<(InstitutionId, &'static str), OffsetDateTime>>>,
}

/// An issuer, whether it may be asked without TLS, and by whom it is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ServerKey {
    issuer: String,
    plain_allowed: bool,
    authorities: Option<String>,
}

impl ServerKey {
    fn of(server: &CampusServer) -> Self {
        let (issuer, authorities) = (server.address.clone(), server.authorities.clone());
        Self { issuer, plain_allowed: server.plain_allowed, authorities }
    }
}

/// When a server did not say what it is, and why.
#[derive(Debug, Clone, Copy)]
struct FailedAt {
    why: Refusal,
    at: OffsetDateTime,
}

/// Held by the one who asks.
pub(super) type Turn = Arc<tokio::sync::Mutex<()>>;

impl fmt::Debug for Campus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Campus")
    }
}

impl Deref for Campus {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Campus {
    #[must_use]
    pub fn new(app: &App, sign_in: &SignIn, key: &MarkKey) -> Self {
        Self {
            app: app.clone(),
            sign_in: sign_in.clone(),
            outgoing: Outgoing::default(),
            secret_key: Arc::new(SecretKey::of(key)),
            providers: Arc::default(),
            failed: Arc::default(),
            turns: Arc::default(),
            recorded: Arc::default(),
        }
    }

    /// What asks a server, trusting it by its own authorities where it has some.
    pub(super) fn asks(&self, server: &CampusServer) -> Result<Asker, Unanswered> {
        self.outgoing.trusting(server.authorities.as_deref())
    }

    /// What is known of a server, where it was asked lately.
    pub(super) fn provider(&self, server: &CampusServer) -> Option<Arc<Provider>> {
        let known = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        known.get(&ServerKey::of(server)).filter(|provider| now - provider.asked_at < KNOWN_FOR).map(Arc::clone)
    }

    pub(super) fn remember(&self, server: &CampusServer, provider: Provider) -> Arc<Provider> {
        let provider = Arc::new(provider);
        let mut known = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        known.retain(|_, other| now - other.asked_at < KNOWN_FOR);
        known.insert(ServerKey::of(server), Arc::clone(&provider));
        provider
    }

    /// Why a server did not say what it is a moment ago.
    pub(super) fn failed_lately(&self, server: &CampusServer) -> Option<Refusal> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        failed.get(&ServerKey::of(server)).filter(|failed| now - failed.at < FAILED_FOR).map(|failed| failed.why)
    }

    pub(super) fn remember_failure(&self, server: &CampusServer, why: Refusal) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let at = self.clock.now();
        failed.retain(|_, other| at - other.at < FAILED_FOR);
        failed.insert(ServerKey::of(server), FailedAt { why, at });
    }

    /// What whoever asks a server holds meanwhile, so that the others wait and hear what it said.
    pub(super) fn turn(&self, server: &CampusServer) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(ServerKey::of(server)).or_default())
    }

    /// Whether that failure has not been recorded a moment ago.
    fn is_news(&self, institution: InstitutionId, refusal: Refusal) -> bool {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        recorded.retain(|_, at| now - *at < RECORDED_EVERY);
        // What comes again does not put off when it is news again: else one who goes on is recorded once and never more.
        match recorded.entry((institution, refusal.slug())) {
            Place::Occupied(_) => false,
            Place::Vacant(place) => {
                place.insert(now);
                true
            }
        }
    }

    /// Keeps a failure in the record, without ticket, token or number.
    pub(super) async fn record(&self, institution: InstitutionId, refusal: Refusal) -> Result<(), Failure> {
        metrics::counter!("lunzhi_sign_ins_total", "result" => "campus_refused").increment(1);
        if !refusal.is_recorded() || !self.is_news(institution, refusal) {
            return Ok(());
        }
        let (entry, now) =
            (Entry::new(Verb::CampusRefused, "统一身份认证").detail("原因", refusal.label()), self.clock.now());
        self.write(async |db| audit::append_by_nobody(db, institution, entry, now).await).await
    }
}
