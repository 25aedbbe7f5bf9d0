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
    provider::Provider,
    refusal::Refusal,
    server::{CampusServer, SecretKey},
};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    failure::Failure,
    ids::InstitutionId,
    sealing::keys::MarkKey,
    sign_in::SignIn,
    web::outgoing::Outgoing,
};

/// How long what a server says of itself is believed without asking again.
const KNOWN_FOR: Duration = Duration::hours(1);
/// One kind of failure of one university is a word in the record this often: anybody could fill it otherwise.
const RECORDED_EVERY: Duration = Duration::minutes(1);

/// The application, and what campus sign-in keeps of its own.
#[derive(Clone, FromRef)]
pub struct Campus {
    app: App,
    pub(super) sign_in: SignIn,
    pub(super) outgoing: Outgoing,
    pub(super) secret_key: Arc<SecretKey>,
    /// By issuer, and by whether it may be asked without TLS.
    providers: Arc<Mutex<HashMap<(String, bool), Arc<Provider>>>>,
    recorded: Arc<Mutex<HashMap<(InstitutionId, &'static str), OffsetDateTime>>>,
}

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
            recorded: Arc::default(),
        }
    }

    /// What is known of a server, where it was asked lately.
    pub(super) fn provider(&self, server: &CampusServer) -> Option<Arc<Provider>> {
        let known = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        known
            .get(&(server.address.clone(), server.plain_allowed))
            .filter(|provider| now - provider.asked_at < KNOWN_FOR)
            .map(Arc::clone)
    }

    pub(super) fn remember(&self, server: &CampusServer, provider: Provider) -> Arc<Provider> {
        let provider = Arc::new(provider);
        let mut known = self.providers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        known.retain(|_, other| now - other.asked_at < KNOWN_FOR);
        known.insert((server.address.clone(), server.plain_allowed), Arc::clone(&provider));
        provider
    }

    /// Whether that failure has not been recorded a moment ago.
    fn is_news(&self, institution: InstitutionId, refusal: Refusal) -> bool {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        recorded.retain(|_, at| now - *at < RECORDED_EVERY);
        // What comes again does not put off when it is news again: else one who goes on failing is recorded once and never more.
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
