//! Connecting, migrating, and the embedded PostgreSQL.

pub mod address;
pub mod batch_writer;
pub mod embedded;
pub mod handover;
pub mod pool;
pub mod reach;
mod roles;
pub mod server_watch;
pub mod space;
pub mod turns;

use std::{ops::Deref, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use sqlx::{
    Connection as _, Row as _,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::config::DatabaseConfig;
use address::Address;
use embedded::{EmbeddedPg, Options};
use pool::{Pool, PoolPurpose, Watched};
use reach::{ReachedServer, reach};
use space::Space;
use turns::Turns;

/// The migrations, in the program.
pub static MIGRATOR: Migrator = sqlx::migrate!();

const READERS: u32 = 16;
const WRITERS: u32 = 8;
const SINGLE_WRITERS: u32 = 6;
/// Of the single writers, those on which a statement may wait for rows that others hold. The rest is always there for ballots,
/// sign-ins and what is noted of them.
const WAITING_WRITERS: usize = 4;
/// A connection that nobody used for so long is tried before it is used.
const IDLE: Duration = Duration::from_secs(1);

/// What this transaction has locked: nobody else writes it meanwhile. Made by the read that takes the lock alone, so that
/// a write that asks for it cannot be called without.
#[derive(Debug)]
pub struct Locked<T>(T);

impl<T> Locked<T> {
    pub(crate) fn new(locked: T) -> Self {
        Self(locked)
    }
}

impl<T> Deref for Locked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Three pools on one database. Reading and writing are kept apart so that a page cannot change anything: a reader's
/// connections work in a role that may only select, and in transactions that are read-only.
#[derive(Debug, Clone)]
pub struct Pools {
    /// Connections that can only read.
    pub read: Pool,
    /// Connections for [`App::write`](crate::app::App::write) alone.
    pub write: Pool,
    /// Connections for [`App::write_one`](crate::app::App::write_one) and for writes that are gathered. No transaction is ever begun on them, so
    /// none is looked for when they come back: that is a round trip as long as the statement itself.
    pub single: Pool,
    /// Whose turn it is to wait for rows on one of the single writers.
    pub turns: Turns,
    /// How the database stands.
    pub watched: Arc<Watched>,
}

impl Pools {
    /// Pools on the first server of `url`; connections are made when they are first needed.
    ///
    /// # Errors
    /// Where `url` is no PostgreSQL address.
    pub fn new(url: &str) -> Result<Self> {
        let address: Address = url.parse()?;
        Ok(Self::on(&address.servers.first().context("the address of the database names no server")?.options))
    }

    /// Pools on the server that was reached.
    #[must_use]
    pub fn at(reached: &ReachedServer) -> Self {
        let server = reached.address.servers.get(reached.server);
        Self::on(&server.map(|server| server.options.clone()).unwrap_or_default())
    }

    fn on(server: &PgConnectOptions) -> Self {
        let asked = [
            ("statement_timeout", "20s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
            // Compiling a statement of a dozen tables takes seconds, and running it thirty milliseconds.
            ("jit", "off"),
            // A university lies in memory whole: a row that is found by its key costs hardly more than the next one of all. At
            // the server's own figure, for disks that turn, 1,200 people in posts are found by reading 80,000 students.
            ("random_page_cost", "1.1"),
        ];
        let read_only = [("default_transaction_read_only", "on"), ("role", roles::READER)];
        let watched = Arc::new(Watched::default());
        let settings = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(10));
        let pool = |settings, asked: &[(&'static str, &'static str)], writes| {
            Pool::new(PoolPurpose { settings, asked: asked.to_vec(), writes }, server, &watched)
        };
        let read = pool(tested_when_idle(settings(READERS)), &[asked.as_slice(), read_only.as_slice()].concat(), false);
        let write = settings(WRITERS).after_release(|connection, _| {
            Box::pin(async move {
                // Outside a transaction the two are one instant. A connection that comes back inside one would
                // swallow the writes of whoever gets it next (they would be answered and never committed).
                // Asked by the simple protocol: the extended one moves the statement's instant between its steps.
                let outside = sqlx::raw_sql("select now() = statement_timestamp()");
                outside.fetch_one(connection).await?.try_get(0)
            })
        });
        let write = pool(takes_writes(write), &asked, true);
        // Gathered statements find their rows by key, one of them or hundreds. Left to itself, the server plans anew for every
        // few, which takes four times as long as taking one ballot. The plan may be made while tables are still empty, on a
        // portal's first day or a moment after a restore, and would go through them whole for as long as it is kept.
        let planned_once = [("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off")];
        let single_asked = [asked.as_slice(), planned_once.as_slice()].concat();
        let single = pool(takes_writes(tested_when_idle(settings(SINGLE_WRITERS))), &single_asked, true);
        Self { read, write, single, turns: Turns::new(WAITING_WRITERS), watched }
    }

    fn turn_to(&self, server: &PgConnectOptions) {
        for pool in [&self.read, &self.write, &self.single] {
            pool.turn_to(server);
        }
    }

    /// Refuses a database on which a reader could write: a pooler in front of it may drop what a connection asks for.
    ///
    /// # Errors
    /// Where it could, or the database does not answer.
    pub async fn check_readers(&self) -> Result<()> {
        let found = sqlx::query(
            "select current_setting('default_transaction_read_only') = 'on' and current_user = $1
                    and not exists (select from pg_class c
                                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                                          and has_table_privilege(c.oid, 'insert, update, delete, truncate'))",
        );
        let found = found.bind(roles::READER).fetch_one(&self.read.now()).await;
        let reads_alone: bool = found.context("ask a reader's connection")?.try_get(0)?;
        ensure!(
            reads_alone,
            "connections that must only read could write: something before the database (PgBouncer with \
             ignore_startup_parameters = options, or another pooler) drops what a connection asks for, or somebody \
             gave lunzhi_reader more than select. Name PostgreSQL itself in DATABASE_URL; the portal keeps pools of \
             its own"
        );
        Ok(())
    }

    /// Waits for the writes under way and closes all connections.
    pub async fn close(&self) {
        self.write.close().await;
        self.single.close().await;
        self.read.close().await;
    }
}

/// An open database: its address, and the server where it is ours.
#[derive(Debug)]
pub struct Database {
    /// For [`Pools::new`].
    pub url: String,
    /// The server that runs as our child.
    pub embedded: Option<EmbeddedPg>,
}

impl Database {
    /// The external database, or the embedded server started. Blocks; call it before the async runtime starts.
    ///
    /// # Errors
    /// Where the embedded server cannot be started.
    pub fn open(config: &DatabaseConfig) -> Result<Self> {
        if let Some(url) = &config.url {
            return Ok(Self { url: url.clone(), embedded: None });
        }
        let dir = config.data_folder();
        // A server that ended for want of room finds some.
        if let Err(error) = Space::of(dir.clone()).let_ballast_go() {
            tracing::warn!(%error, "the ballast of a full disk was not let go");
        }
        let embedded = EmbeddedPg::start(&Options { dir: dir.clone(), disposable: false })
            .with_context(|| format!("embedded database in {}", dir.display()))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(roles::settle(&embedded.url("postgres")))?;
        Ok(Self { url: embedded.portal_url("postgres"), embedded: Some(embedded) })
    }

    /// As [`open`](Self::open), or the server of a portal that runs on the same folder: for commands beside it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_beside(config: &DatabaseConfig) -> Result<Self> {
        match embedded::running_at(&config.data_folder()).filter(|_| config.url.is_none()) {
            Some(url) => Ok(Self { url, embedded: None }),
            None => Self::open(config),
        }
    }
}

/// A connection is not asked whether it still lives before each use: that is a round trip as long as a page's own query. It
/// is where it was idle for a while.
fn tested_when_idle(settings: PgPoolOptions) -> PgPoolOptions {
    settings.test_before_acquire(false).before_acquire(|connection, meta| {
        Box::pin(async move {
            if meta.idle_for > IDLE {
                connection.ping().await?;
            }
            Ok(true)
        })
    })
}

/// A connection that shall write is made to a server that takes writes: for a moment after a failover the way to the leader
/// may still lead elsewhere.
fn takes_writes(settings: PgPoolOptions) -> PgPoolOptions {
    settings.after_connect(|connection, _| {
        Box::pin(async move {
            let recovers: bool = sqlx::raw_sql("select pg_is_in_recovery()").fetch_one(connection).await?.try_get(0)?;
            if recovers { Err(sqlx::Error::Protocol("the server takes no writes".to_owned())) } else { Ok(()) }
        })
    })
}

/// Brings the schema up to date, on a connection of its own: a migration may take longer than a page may. Then lets the
/// readers see it. Of several portals that start at once one does it, and the others wait. Gives what was reached.
///
/// # Errors
/// Where the database cannot be reached, is newer than this program, or a migration fails; a failed one leaves nothing
/// behind.
pub async fn migrate(url: &str) -> Result<ReachedServer> {
    let mut reached = reach(url).await?;
    migrate_at(&mut reached).await?;
    Ok(reached)
}

/// As [`migrate`], on the server that was reached.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_at(reached: &mut ReachedServer) -> Result<()> {
    let db = &mut reached.connection;
    // Beside the migrator's own lock, which ends before the readers are let in. It goes with the session, whatever happens.
    sqlx::query("select pg_advisory_lock(hashtextextended('lunzhi migrates', 0))").execute(&mut *db).await?;
    let migrated = match MIGRATOR.run_direct(None, &mut *db, false).await {
        Ok(()) => roles::let_readers_in(&mut *db).await,
        Err(MigrateError::VersionMissing(version)) => Err(anyhow::anyhow!(
            "the database is newer (migration {version}) than this program, which knows migrations up to {}: run the \
             version of the program that brought it there, or a later one",
            newest()
        )),
        Err(error) => Err(error).context("migrate the database"),
    };
    sqlx::query("select pg_advisory_unlock(hashtextextended('lunzhi migrates', 0))").execute(&mut *db).await?;
    migrated
}

/// The last migration that this program knows.
#[must_use]
pub fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}
