//! The application's state and its transactions.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::extract::FromRef;
use sqlx::{Connection, PgConnection, Postgres, Transaction, pool::PoolConnection};
use time::OffsetDateTime;
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    auth::{
        extract::RequestContext,
        password::Hasher,
        person::{Authority, SignedIn},
        store::{Trace, holds_now, moved_on, still_holds},
        unread::Unread,
    },
    clock::Clock,
    database::Pools,
    failure::Failure,
    ids::AccountId,
    page::{
        chrome::{Chrome, NavItem},
        unsent::Unsent,
    },
    secrets::Cost,
    web::{self, account_places::AccountPlaces, routes::is_droppable},
};

/// Routes of a feature that needs no state but the application's.
pub type Routes = web::routes::Routes<App>;

/// Uploads read at once; each may take a second and some hundred MB.
const HEAVY_AT_ONCE: usize = 2;

/// How long a commit may take: a standby that hangs keeps it for as long as it hangs.
const COMMITTED_WITHIN: Duration = Duration::from_secs(15);

/// Everything a handler needs. Cloned several times a request: one count goes up and not a dozen.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl<S> FromRef<S> for RequestContext
where
    App: FromRef<S>,
{
    fn from_ref(state: &S) -> Self {
        App::from_ref(state).context.clone()
    }
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// Past [`App::read`] and [`App::write`] only for a feature's batch writers.
    pub pools: Pools,
    pub clock: Clock,
    /// The threads that hash passwords.
    pub hasher: Arc<Hasher>,
    unread: Arc<Unread>,
    context: RequestContext,
    heavy: Arc<Semaphore>,
    /// Whose uploads are being read: of each account one.
    uploads: AccountPlaces,
    /// Uploads of all accounts together: one place of [`HEAVY_AT_ONCE`] is never theirs.
    uploads_at_once: Arc<Semaphore>,
}

impl App {
    /// An application on these pools; `navigation` in the order in which it is shown.
    ///
    /// # Errors
    /// Where the hashing threads cannot be started.
    pub fn new(pools: Pools, clock: Clock, cost: Cost, navigation: Vec<NavItem>) -> anyhow::Result<Self> {
        let unread = Arc::<Unread>::default();
        let context = RequestContext::new(pools.clone(), clock.clone(), Arc::clone(&unread), navigation);
        let (hasher, heavy) = (Arc::new(Hasher::start(cost)?), Arc::new(Semaphore::new(HEAVY_AT_ONCE)));
        let (uploads, uploads_at_once) = (AccountPlaces::new(1), Arc::new(Semaphore::new(HEAVY_AT_ONCE - 1)));
        Ok(Self(Arc::new(Parts { pools, clock, hasher, unread, context, heavy, uploads, uploads_at_once })))
    }

    /// A connection that can only read.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>, Failure> {
        self.pools.read.connection().await
    }

    /// Runs `work` in one transaction: committed on `Ok`, rolled back on `Err`. It must run to its end, whatever the
    /// client does: under a route of [`web::routes::Routes`] that acts, or in a task of its own.
    ///
    /// # Errors
    /// What `work` returns, or what the database says; then nothing is written.
    pub fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> impl Future<Output = Result<T, Failure>> {
        self.write_within(None, work)
    }

    /// Compiled once more for each piece of work: what is the same for all of it stands in functions of its own.
    async fn write_within<T>(
        &self,
        claim: Option<Claim>,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut connection = self.writer().await?;
        let commits = AtomicBool::new(false);
        let done = tokio::select! {
            // Boxed: everybody who writes would carry the whole of it.
            done = Box::pin(transact(&mut connection, claim.as_ref(), work, &commits)) => done,
            () = self.pools.watched.given_up() => Err(aborted()),
        };
        match done {
            Ok(value) => {
                self.unread.forget();
                Ok(value)
            }
            Err(failure) => Err(self.not_written(connection, failure, &commits)),
        }
    }

    /// A connection to write on.
    async fn writer(&self) -> Result<PoolConnection<Postgres>, Failure> {
        debug_assert!(!is_droppable(), "a page that writes could be dropped half-way: give it a route that records");
        if Unsent::here().is_some() {
            return Err(Failure::Unsent);
        }
        self.pools.write.connection().await
    }

    /// What a failure says of what was to be written.
    fn not_written(&self, connection: PoolConnection<Postgres>, failure: Failure, commits: &AtomicBool) -> Failure {
        let watched = &self.pools.watched;
        let commits = commits.load(Ordering::Relaxed);
        let failure = if commits { watched.perhaps_written(failure) } else { watched.unwritten(failure) };
        // It may be in the middle of anything: what is not committed goes with it, and nobody else is given it.
        if let Failure::Away | Failure::Unconfirmed = failure {
            drop(connection.detach());
        }
        failure
    }

    /// Runs `work`, which is a single statement and so a transaction by itself: it must not begin one.
    ///
    /// # Errors
    /// What `work` returns, or what the database says; then nothing is written.
    pub async fn write_one<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let value = self.write_quietly(work).await?;
        self.unread.forget();
        Ok(value)
    }

    /// As [`write_one`](Self::write_one), for a person: the statement itself looks whether they are still signed in and still
    /// hold the office, and gives nothing where not. For what is done by the hundred and of which nobody is told, so that
    /// nobody's unread notices are counted anew. It waits for whoever holds the rows of its matter, a few of its kind at once:
    /// a hall whose meeting is being changed keeps nobody from voting or signing in.
    ///
    /// # Errors
    /// As [`write_as`](Self::write_as), and [`Failure::Busy`] where its turn does not come.
    pub async fn write_one_as<T>(
        &self,
        authority: &Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let turn = self.pools.turns.take().await?;
        let done = self.write_quietly(work).await?;
        drop(turn);
        match done {
            Some(value) => Ok(value),
            None => Err(acts_no_more(&mut *self.read().await?, authority).await?),
        }
    }

    /// As [`write_one`](Self::write_one), for what changes nobody's notices, such as what a portal says of itself every few
    /// seconds: those of everybody need not be counted again.
    ///
    /// # Errors
    /// As [`write_one`](Self::write_one).
    pub async fn write_quietly<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        debug_assert!(!is_droppable(), "a page that writes could be dropped half-way: give it a route that records");
        if Unsent::here().is_some() {
            return Err(Failure::Unsent);
        }
        let mut connection = self.pools.single.connection().await?;
        let watched = &self.pools.watched;
        let done = tokio::select! {
            done = work(&mut connection) => done,
            () = watched.given_up() => Err(Failure::Unconfirmed),
        };
        done.map_err(|failure| {
            let failure = watched.perhaps_written(failure);
            if let Failure::Unconfirmed = failure {
                drop(connection.detach());
            }
            failure
        })
    }

    /// As [`write`](Self::write), for a person: in the same transaction they must still be signed in and still hold the
    /// office in which the request was read. A body may take long to arrive, and an office ends at once.
    ///
    /// # Errors
    /// As [`write`](Self::write), [`Failure::SignInFirst`] where the person may no longer act, and [`Failure::Moved`] where
    /// nobody of their university may.
    pub fn write_as<T>(
        &self,
        authority: Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> impl Future<Output = Result<T, Failure>> {
        self.write_leaving(Trace::Lock, authority, work)
    }

    /// As [`write_as`](Self::write_as), where `trace` says what the act leaves on the rows of the person.
    ///
    /// # Errors
    /// As [`write_as`](Self::write_as).
    pub fn write_leaving<T>(
        &self,
        trace: Trace,
        authority: Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> impl Future<Output = Result<T, Failure>> {
        self.write_within(Some(Claim { trace, authority, now: self.clock.now() }), work)
    }

    /// Waits for the writes under way and lets go of the database.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// Runs work that keeps a core busy (reading an upload) away from the threads that serve pages, a few at a time.
    ///
    /// # Errors
    /// [`Failure::Broken`] where it panics.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        let permit = Arc::clone(&self.heavy).acquire_owned().await.map_err(anyhow::Error::new)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        Ok(done.await.map_err(anyhow::Error::new)?)
    }

    /// As [`heavy`](Self::heavy), for what any student may send: of each account one thing at a time, and of all accounts
    /// together never so many that no place is left. A picture of a few KB may take seconds, and whoever sends one after
    /// the other, or a class that applies in one evening, would have all the turns.
    ///
    /// # Errors
    /// As [`heavy`](Self::heavy).
    pub async fn heavy_in_turn<T: Send + 'static>(
        &self,
        account: AccountId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.uploads.of(account).acquire_owned().await.map_err(anyhow::Error::new)?;
        let place = Arc::clone(&self.uploads_at_once).acquire_owned().await.map_err(anyhow::Error::new)?;
        let done = self.heavy(work).await;
        drop((place, turn));
        done
    }

    /// The frame of a page for a person who is signed in.
    #[must_use]
    pub fn chrome(&self, person: &SignedIn, title: &str) -> Chrome {
        self.context.chrome(person, title)
    }

    /// What a person can do in the office in which they act: the entries of the navigation but the home page.
    #[must_use]
    pub fn tasks(&self, person: &SignedIn) -> Vec<NavItem> {
        self.context.tasks(person)
    }
}

/// Whoever acts was found to be signed in and to hold an office, by now a while ago.
struct Claim {
    trace: Trace,
    authority: Authority,
    now: OffsetDateTime,
}

impl Claim {
    /// Asks again, in the transaction.
    async fn hold(&self, connection: &mut PgConnection) -> Result<(), Failure> {
        let holds = match self.trace {
            Trace::Lock => still_holds(connection, &self.authority, self.now).await?,
            Trace::Nothing => holds_now(connection, &self.authority, self.now).await?,
        };
        if holds { Ok(()) } else { Err(acts_no_more(connection, &self.authority).await?) }
    }
}

/// What somebody is told who may act no more.
async fn acts_no_more(connection: &mut PgConnection, authority: &Authority) -> Result<Failure, Failure> {
    Ok(moved_on(connection, authority).await?.map_or_else(|| Failure::SignInFirst("/".to_owned()), Failure::Moved))
}

fn aborted() -> Failure {
    sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()).into()
}

/// One transaction; notes when it comes to its commit, from which on nobody knows whether it is done until the database says
/// so.
async fn transact<T>(
    connection: &mut PgConnection,
    claim: Option<&Claim>,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    commits: &AtomicBool,
) -> Result<T, Failure> {
    let mut transaction = connection.begin().await?;
    let held = match claim {
        Some(claim) => claim.hold(&mut transaction).await,
        None => Ok(()),
    };
    let done = match held {
        Ok(()) => work(&mut transaction).await,
        Err(failure) => Err(failure),
    };
    match done {
        Ok(value) => commit(transaction, commits).await.map(|()| value),
        Err(failure) => {
            // Where the connection is gone nothing was committed either, and why the work failed is what matters.
            let _ = transaction.rollback().await;
            Err(failure)
        }
    }
}

async fn commit(transaction: Transaction<'_, Postgres>, commits: &AtomicBool) -> Result<(), Failure> {
    commits.store(true, Ordering::Relaxed);
    match timeout(COMMITTED_WITHIN, transaction.commit()).await {
        Ok(committed) => committed.map_err(Failure::from),
        Err(_) => Err(Failure::Unconfirmed),
    }
}
