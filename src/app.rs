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
use sqlx::{Connection, PgConnection, Postgres, pool::PoolConnection};
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
    page::{
        chrome::{Chrome, NavItem},
        unsent::Unsent,
    },
    secrets::Cost,
    web::{self, routes::is_droppable},
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
        Ok(Self(Arc::new(Parts { pools, clock, hasher, unread, context, heavy })))
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
    pub async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        debug_assert!(!is_droppable(), "a page that writes could be dropped half-way: give it a route that records");
        if Unsent::here().is_some() {
            return Err(Failure::Unsent);
        }
        let mut connection = self.pools.write.connection().await?;
        let (watched, commits) = (&self.pools.watched, AtomicBool::new(false));
        let done = tokio::select! {
            // Boxed: everybody who writes would carry the whole of it.
            done = Box::pin(transact(&mut connection, work, &commits)) => done,
            () = watched.given_up() => Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()).into()),
        };
        let done = done.map_err(|failure| {
            let commits = commits.load(Ordering::Relaxed);
            if commits { watched.perhaps_written(failure) } else { watched.unwritten(failure) }
        });
        match done {
            Ok(value) => {
                self.unread.forget();
                Ok(value)
            }
            Err(failure) => {
                // It may be in the middle of anything: what is not committed goes with it, and nobody else is given it.
                if let Failure::Away | Failure::Unconfirmed = failure {
                    drop(connection.detach());
                }
                Err(failure)
            }
        }
    }

    /// Runs `work`, which is a single statement and so a transaction by itself: it must not begin one.
    ///
    /// # Errors
    /// What `work` returns, or what the database says; then nothing is written.
    pub async fn write_one<T>(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let value = self.say_alive(work).await?;
        self.unread.forget();
        Ok(value)
    }

    /// As [`write_one`](Self::write_one), for what a portal says of itself every few seconds: nobody has other notices for it,
    /// and those of everybody need not be counted again.
    ///
    /// # Errors
    /// As [`write_one`](Self::write_one).
    pub async fn say_alive<T>(
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
        let done = done.map_err(|failure| watched.perhaps_written(failure));
        if let Err(Failure::Unconfirmed) = done {
            drop(connection.detach());
        }
        done
    }

    /// As [`write`](Self::write), for a person: in the same transaction they must still be signed in and still hold the
    /// office in which the request was read. A body may take long to arrive, and an office ends at once.
    ///
    /// # Errors
    /// As [`write`](Self::write), [`Failure::SignInFirst`] where the person may no longer act, and [`Failure::Moved`] where
    /// nobody of their university may.
    pub async fn write_as<T>(
        &self,
        authority: Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.write_leaving(Trace::Lock, authority, work).await
    }

    /// As [`write_as`](Self::write_as), where `trace` says what the act leaves on the rows of the person.
    ///
    /// # Errors
    /// As [`write_as`](Self::write_as).
    pub async fn write_leaving<T>(
        &self,
        trace: Trace,
        authority: Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let now = self.clock.now();
        self.write(async move |db| {
            let holds = match trace {
                Trace::Lock => still_holds(db, &authority, now).await?,
                Trace::Nothing => holds_now(db, &authority, now).await?,
            };
            if holds {
                return work(db).await;
            }
            Err(moved_on(db, &authority).await?.map_or_else(|| Failure::SignInFirst("/".to_owned()), Failure::Moved))
        })
        .await
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

/// One transaction; notes when it comes to its commit, from which on nobody knows whether it is done until the database says
/// so.
async fn transact<T>(
    connection: &mut PgConnection,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    commits: &AtomicBool,
) -> Result<T, Failure> {
    let mut transaction = connection.begin().await?;
    match work(&mut transaction).await {
        Ok(value) => {
            commits.store(true, Ordering::Relaxed);
            match timeout(COMMITTED_WITHIN, transaction.commit()).await {
                Ok(committed) => committed.map(|()| value).map_err(Failure::from),
                Err(_) => Err(Failure::Unconfirmed),
            }
        }
        Err(failure) => {
            // Where the connection is gone nothing was committed either, and why the work failed is what matters.
            let _ = transaction.rollback().await;
            Err(failure)
        }
    }
}
