//! Pools that turn to another server when the database moves, and what is known of it meanwhile.

use std::{
    mem,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};

use super::handover;
use crate::failure::Failure;

/// How long somebody who wants to write waits for a database that takes writes again.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long somebody who met a dead connection waits where nobody watches over the database.
const LOOKED_WITHIN: Duration = Duration::from_millis(200);

/// What can be done on the database, as it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Writable,
    /// A commit has waited for its standby for seconds: what comes now would wait behind it.
    CommitsWait,
    /// The disk has no more room than the server itself needs: it would end at the next write.
    Full,
    /// It answers and takes no writes: a standby, or a server that is not the leader any more.
    ReadOnly,
    /// No server answers.
    Away,
}

/// What the watch over the database has found, and whoever waits for it.
#[derive(Debug)]
pub struct Watched {
    standing: watch::Sender<Standing>,
    /// Counts how often connections under way were given up.
    given_up: watch::Sender<u64>,
    /// Counts the looks; nobody watches while it is 0.
    looks: watch::Sender<u64>,
    doubt: Notify,
}

impl Default for Watched {
    fn default() -> Self {
        Self {
            standing: watch::Sender::new(Standing::Writable),
            given_up: watch::Sender::new(0),
            looks: watch::Sender::new(0),
            doubt: Notify::new(),
        }
    }
}

impl Watched {
    #[must_use]
    pub fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    /// Notes how it stands; whether that is news.
    pub(super) fn note(&self, standing: Standing) -> bool {
        let is_news = self.standing.send_replace(standing) != standing;
        self.looks.send_modify(|looks| *looks += 1);
        is_news
    }

    /// Something broke: the watch looks at once.
    pub fn doubt(&self) {
        self.doubt.notify_one();
    }

    pub(super) async fn doubted(&self) {
        self.doubt.notified().await;
    }

    pub(super) fn give_up(&self) {
        self.given_up.send_modify(|times| *times += 1);
    }

    /// Comes to an end when the server on which things are under way is given up: it hangs, and will not answer.
    pub async fn given_up(&self) {
        // The sender lives as long as we.
        let _ = self.given_up.subscribe().changed().await;
    }

    /// Waits a little until the watch has looked, and for a server that answers.
    pub async fn settled(&self) {
        let (mut looks, mut standing) = (self.looks.subscribe(), self.standing.subscribe());
        if *looks.borrow() == 0 {
            return sleep(LOOKED_WITHIN).await;
        }
        let looked = async {
            // The look under way may have begun before.
            for _ in 0..2 {
                self.doubt();
                let _ = looks.changed().await;
            }
            let _ = standing.wait_for(|standing| *standing != Standing::Away).await;
        };
        // Whoever waits for too long is told what there is.
        let _ = timeout(PATIENCE, looked).await;
    }

    async fn writable(&self) -> Result<(), Failure> {
        let mut standing = self.standing.subscribe();
        match timeout(PATIENCE, standing.wait_for(|standing| *standing == Standing::Writable)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(self.no_writes()),
        }
    }

    fn no_writes(&self) -> Failure {
        match self.standing() {
            Standing::CommitsWait => Failure::CommitsWait,
            Standing::Full => Failure::DiskFull,
            Standing::Writable | Standing::ReadOnly | Standing::Away => Failure::Away,
        }
    }

    /// What a failure of the database means where nothing is committed yet: nothing is written, and the watch knows why.
    #[must_use]
    pub fn unwritten(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Database(error) if Failure::is_lost(&error) || Failure::takes_no_writes(&error) => {
                tracing::warn!(error = Failure::without_values(&error), "the database went away before a commit");
                self.doubt();
                Failure::Away
            }
            Failure::Database(error) if Failure::is_congestion(&error) && self.standing() != Standing::Writable => {
                self.no_writes()
            }
            other => other,
        }
    }

    /// What a failure of the database means where a commit was under way: it may be done.
    #[must_use]
    pub fn perhaps_written(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Database(error) if Failure::is_lost(&error) => {
                tracing::warn!(error = Failure::without_values(&error), "the database went away at a commit");
                self.doubt();
                Failure::Unconfirmed
            }
            other => self.unwritten(other),
        }
    }
}

/// Connections to the server that holds the database now.
#[derive(Debug, Clone)]
pub struct Pool(Arc<MovablePool>);

#[derive(Debug)]
struct MovablePool {
    now: RwLock<PgPool>,
    turns: AtomicU64,
    settings: PgPoolOptions,
    /// What each connection asks for at its start.
    asked: Vec<(&'static str, &'static str)>,
    writes: bool,
    watched: Arc<Watched>,
}

/// What a pool is for.
#[derive(Debug)]
pub(super) struct PoolPurpose {
    pub settings: PgPoolOptions,
    /// What each connection asks for at its start.
    pub asked: Vec<(&'static str, &'static str)>,
    pub writes: bool,
}

impl Pool {
    /// Connections are made when they are first needed.
    pub(super) fn new(of: PoolPurpose, server: &PgConnectOptions, watched: &Arc<Watched>) -> Self {
        let PoolPurpose { settings, asked, writes } = of;
        let now = connect(&settings, &asked, server);
        let (now, turns) = (RwLock::new(now), AtomicU64::new(0));
        Self(Arc::new(MovablePool { now, turns, settings, asked, writes, watched: Arc::clone(watched) }))
    }

    /// The pool on the server of now.
    #[must_use]
    pub fn now(&self) -> PgPool {
        self.0.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on connections are made to this server. Those in use go on; those that are idle are closed, and so dead ones
    /// among them cost nobody a page.
    pub(super) fn turn_to(&self, server: &PgConnectOptions) {
        self.put(connect(&self.0.settings, &self.0.asked, server));
    }

    /// As [`turn_to`](Self::turn_to), to the same server.
    fn renew(&self) {
        let fresh = self.0.settings.clone().connect_lazy_with((*self.now().connect_options()).clone());
        self.put(fresh);
    }

    /// How often it was turned.
    #[must_use]
    pub fn turns(&self) -> u64 {
        self.0.turns.load(Ordering::Relaxed)
    }

    /// Fresh connections for whoever met a dead one, where it was not turned since.
    pub fn renew_since(&self, turns: u64) {
        self.0.watched.doubt();
        if self.turns() == turns {
            self.renew();
        }
    }

    fn put(&self, fresh: PgPool) {
        let old = mem::replace(&mut *self.0.now.write().unwrap_or_else(PoisonError::into_inner), fresh);
        self.0.turns.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move { old.close().await });
    }

    /// A connection, wherever the database has moved meanwhile.
    ///
    /// # Errors
    /// Where the server does not let us in, or there is none in ten seconds.
    pub async fn acquire(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        loop {
            let pool = self.now();
            let taken = tokio::select! {
                taken = pool.acquire() => taken,
                () = pool.close_event() => Err(sqlx::Error::PoolClosed),
            };
            match taken {
                Err(sqlx::Error::PoolClosed) if !self.now().is_closed() => {}
                taken => return taken,
            }
        }
    }

    /// As [`acquire`](Self::acquire), with what it means that there is none: nothing is read or written. To write, it waits
    /// a little for a database that takes writes.
    ///
    /// # Errors
    /// [`Failure::Away`], [`Failure::CommitsWait`], or [`Failure::Database`] where too many want one.
    pub async fn connection(&self) -> Result<PoolConnection<Postgres>, Failure> {
        if self.0.writes {
            self.0.watched.writable().await?;
        } else if let Some(left) = handover::left() {
            return Ok(left);
        }
        self.acquire().await.map_err(|error| self.0.watched.unwritten(error.into()))
    }

    /// What it means that a single statement of this pool failed: one that reads can be run once more, one that writes may
    /// be done.
    pub(super) fn judged(&self, failure: Failure) -> Failure {
        if self.0.writes { self.0.watched.perhaps_written(failure) } else { failure }
    }

    /// What the watch over the database has found.
    #[must_use]
    pub fn watched(&self) -> &Watched {
        &self.0.watched
    }

    pub(super) async fn close(&self) {
        self.now().close().await;
    }
}

fn connect(settings: &PgPoolOptions, asked: &[(&'static str, &'static str)], server: &PgConnectOptions) -> PgPool {
    let options = server.clone().application_name("lunzhi").options(asked.iter().copied());
    settings.clone().connect_lazy_with(options)
}
