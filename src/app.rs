//! The application's state and its transactions.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use sqlx::{Connection, PgConnection, Postgres, pool::PoolConnection};
use tokio::sync::Semaphore;

use crate::{
    auth::{
        self,
        extract::RequestContext,
        password::Hasher,
        person::{Authority, SignedIn},
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
        Ok(self.pools.read.acquire().await?)
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
        let mut connection = self.pools.write.acquire().await?;
        let mut transaction = connection.begin().await?;
        match work(&mut transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                self.unread.forget();
                Ok(value)
            }
            Err(failure) => {
                transaction.rollback().await?;
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
        debug_assert!(!is_droppable(), "a page that writes could be dropped half-way: give it a route that records");
        if Unsent::here().is_some() {
            return Err(Failure::Unsent);
        }
        let mut connection = self.pools.single.acquire().await?;
        let value = work(&mut connection).await?;
        self.unread.forget();
        Ok(value)
    }

    /// As [`write`](Self::write), for a person: in the same transaction they must still be signed in and still hold the
    /// office in which the request was read. A body may take long to arrive, and an office ends at once.
    ///
    /// # Errors
    /// As [`write`](Self::write), and [`Failure::SignInFirst`] where the person may no longer act.
    pub async fn write_as<T>(
        &self,
        authority: Authority,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let now = self.clock.now();
        self.write(async move |db| {
            if auth::store::still_holds(db, &authority, now).await? {
                work(db).await
            } else {
                Err(Failure::SignInFirst("/".to_owned()))
            }
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
