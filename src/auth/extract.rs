//! How a handler learns who sends a request and in which office: extractors for every state that holds a [`RequestContext`].

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{Method, request::Parts},
};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use tokio::time::timeout;

use super::{
    acting::Acting,
    person::{Held, SignedIn},
    store,
    token::{Purpose, Token},
    unread::Unread,
};
use crate::{
    clock::Clock,
    database::{Pools, handover, pool::Standing},
    failure::Failure,
    office::Office,
    page::chrome::{Chrome, NavItem},
    web::downloads::DownloadReader,
};

/// How often it is noted that a session is used.
const NOTED_EVERY: Duration = Duration::minutes(1);
/// How long a page waits for that: a commit whose standby hangs may take as long as the standby does.
const NOTED_WITHIN: std::time::Duration = std::time::Duration::from_secs(1);

/// The query of a page that looks again by itself: nobody need be there, so that it keeps no session open.
pub const BY_ITSELF: &str = "again=yes";

/// Where a person takes up another of their offices.
pub const OTHER_OFFICE: &str = "/me/office";

/// Where a person ends their own sessions.
pub const END_SESSIONS: &str = "/me/sessions/end";

/// What it takes to know who sends a request and to frame their page. Cloned with every request: one count goes up.
#[derive(Debug, Clone)]
pub struct RequestContext(Arc<ContextParts>);

#[derive(Debug)]
struct ContextParts {
    pools: Pools,
    clock: Clock,
    unread: Arc<Unread>,
    navigation: Vec<NavItem>,
}

impl RequestContext {
    /// `navigation` in the order in which it is shown.
    #[must_use]
    pub fn new(pools: Pools, clock: Clock, unread: Arc<Unread>, navigation: Vec<NavItem>) -> Self {
        Self(Arc::new(ContextParts { pools, clock, unread, navigation }))
    }

    /// The frame of a page for a person who is signed in.
    #[must_use]
    pub fn chrome(&self, person: &SignedIn, title: &str) -> Chrome {
        person.chrome(&self.0.navigation, title)
    }

    /// What a person can do in the office in which they act: the entries of the navigation but the home page.
    #[must_use]
    pub fn tasks(&self, person: &SignedIn) -> Vec<NavItem> {
        let office = person.acting.as_ref().map(|office| office.kind);
        let offered = self
            .0
            .navigation
            .iter()
            .filter(|item| item.is_for(office, person.student.is_some()) && !item.says.is_empty());
        offered.copied().collect()
    }

    async fn signed_in(&self, parts: &Parts) -> Result<Option<SignedIn>, Failure> {
        let Some(token) = Token::from_headers(Purpose::Session, &parts.headers) else { return Ok(None) };
        let (mut connection, now) = (self.0.pools.read.connection().await?, self.0.clock.now());
        let found = store::person_of_session(&mut connection, &token.hash(), now).await?;
        let Some(person) = found else { return Ok(None) };
        let person = self.seen(&mut connection, person, parts, now).await?;
        handover::leave(connection);
        Ok(Some(person))
    }

    async fn signed_in_with<T: Alongside>(&self, parts: &Parts) -> Result<Option<With<T>>, Failure> {
        let Some(token) = Token::from_headers(Purpose::Session, &parts.headers) else { return Ok(None) };
        let (mut connection, now) = (self.0.pools.read.connection().await?, self.0.clock.now());
        let Some((person, rest)) = T::load(&mut connection, &token.hash(), now).await? else { return Ok(None) };
        let person = self.seen(&mut connection, person, parts, now).await?;
        handover::leave(connection);
        Ok(Some(With(person, rest)))
    }

    /// Notes that a session is used, to the end whatever the client does. Where it cannot be noted, or not at once, the page is
    /// shown all the same: a full disk and a standby that hangs keep nobody from reading.
    async fn note_use(&self, session: &[u8], now: OffsetDateTime) {
        if self.0.pools.watched.standing() != Standing::Writable {
            return;
        }
        let (pool, session) = (self.0.pools.single.clone(), session.to_vec());
        let noting = async move { store::note_use(&mut *pool.connection().await?, &session, now).await };
        match timeout(NOTED_WITHIN, tokio::spawn(noting)).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(failure))) => tracing::warn!(%failure, "the use of a session was not noted"),
            Ok(Err(error)) => tracing::warn!(%error, "the use of a session was not noted"),
            Err(_) => tracing::warn!("the use of a session is still being noted"),
        }
    }

    /// The person as the page shows them: where they are, and how many notices they have not read.
    async fn seen(
        &self,
        connection: &mut PgConnection,
        person: SignedIn,
        parts: &Parts,
        now: OffsetDateTime,
    ) -> Result<SignedIn, Failure> {
        if let Some(reader) = parts.extensions.get::<DownloadReader>() {
            reader.note(person.account);
        }
        let of_itself = parts.uri.query().is_some_and(|query| query == BY_ITSELF);
        if person.seen_at.is_some_and(|seen_at| now - seen_at >= NOTED_EVERY) && !of_itself {
            self.note_use(&person.session, now).await;
        }
        let unread = self.0.unread.of(connection, &person, now).await?;
        Ok(SignedIn { path: parts.uri.path().to_owned(), unread, ..person })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        admit(parts, RequestContext::from_ref(state).signed_in(parts).await?)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SignedIn
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Failure> {
        RequestContext::from_ref(state).signed_in(parts).await
    }
}

/// Whoever sends a request, before anybody looks who they are: for an act whose own statement looks at the session, so that
/// the person is read only where it does not come to pass.
#[derive(Debug)]
pub struct Caller {
    context: RequestContext,
    parts: Parts,
    /// The hash of the token that the request carries, be it a session's or not.
    pub session: Vec<u8>,
}

impl Caller {
    /// Who it is.
    ///
    /// # Errors
    /// As where a handler asks for [`SignedIn`].
    pub async fn person(&self) -> Result<SignedIn, Failure> {
        admit(&self.parts, self.context.signed_in(&self.parts).await?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let token = Token::from_headers(Purpose::Session, &parts.headers).ok_or_else(|| sign_in_first(parts))?;
        Ok(Self { context: RequestContext::from_ref(state), parts: parts.clone(), session: token.hash() })
    }
}

/// What a page reads together with its person, in one statement: round trips are the cost of a page.
pub trait Alongside: Sized + Send {
    /// Reads the person of a session and the rest.
    fn load(
        connection: &mut PgConnection,
        token_hash: &[u8],
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Option<(SignedIn, Self)>, Failure>> + Send;
}

/// A person who is signed in, and what was read with them.
#[derive(Debug)]
pub struct With<T>(pub SignedIn, pub T);

impl<T: Alongside, S: Send + Sync> FromRequestParts<S> for With<T>
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let found = RequestContext::from_ref(state).signed_in_with(parts).await?;
        let (person, rest) = found.map(|Self(person, rest)| (person, rest)).unzip();
        let person = admit(parts, person)?;
        rest.map(|rest| Self(person, rest)).ok_or(Failure::Missing)
    }
}

impl<T: Alongside, S: Send + Sync> OptionalFromRequestParts<S> for With<T>
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Failure> {
        RequestContext::from_ref(state).signed_in_with(parts).await
    }
}

impl<O: Office, S: Send + Sync> FromRequestParts<S> for Acting<O>
where
    RequestContext: FromRef<S>,
{
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let context = RequestContext::from_ref(state);
        let person = admit(parts, context.signed_in(parts).await?)?;
        Self::proved(person).map_err(|person| {
            let fits = |office: &&Held| O::KINDS.contains(&office.kind);
            let held = person.offices.iter().find(fits).map(|office| office.kind);
            let chrome = Box::new(context.chrome(&person, "不属于当前职务的权限"));
            Failure::NotYours { chrome, needed: O::KINDS, held }
        })
    }
}

fn admit(parts: &Parts, person: Option<SignedIn>) -> Result<SignedIn, Failure> {
    let own_account = |path: &str| path == "/me" || path.starts_with("/me/");
    // In another office there is other to be read, and who has somebody's session is not to read on.
    let stays_theirs = |path: &str| path == OTHER_OFFICE || path == END_SESSIONS;
    match person {
        Some(person) if person.must_see_to_account() && !own_account(&person.path) => Err(Failure::PasswordFirst),
        Some(person) if parts.method == Method::POST && !stays_theirs(&person.path) => {
            person.moved_on.map_or(Ok(person), |day| Err(Failure::Moved(day)))
        }
        Some(person) => Ok(person),
        None => Err(sign_in_first(parts)),
    }
}

/// After signing in, on to the page that was asked for; an act is not repeated by itself.
fn sign_in_first(parts: &Parts) -> Failure {
    let wanted = parts.uri.path_and_query().filter(|_| parts.method == Method::GET);
    Failure::SignInFirst(wanted.map_or("/", axum::http::uri::PathAndQuery::as_str).to_owned())
}
