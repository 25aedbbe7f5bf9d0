//! Connecting, migrating, and the embedded PostgreSQL.

pub mod batch_writer;
pub mod embedded;
mod roles;

use std::{ops::Deref, str::FromStr, time::Duration};

use anyhow::{Context, Result, ensure};
use sqlx::{
    PgPool, Row as _,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::config::DatabaseConfig;
use embedded::{EmbeddedPg, Options};

/// The migrations, in the program.
pub static MIGRATOR: Migrator = sqlx::migrate!();

const READERS: u32 = 16;
const WRITERS: u32 = 8;
const SINGLE_WRITERS: u32 = 4;

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
    pub read: PgPool,
    /// Connections for [`App::write`](crate::app::App::write) alone.
    pub write: PgPool,
    /// Connections for [`App::write_one`](crate::app::App::write_one) and for writes that are gathered. No transaction is ever begun on them, so
    /// none is looked for when they come back: that is a round trip as long as the statement itself.
    pub single: PgPool,
}

impl Pools {
    /// Pools on `url`; connections are made when they are first needed.
    ///
    /// # Errors
    /// Where `url` is no PostgreSQL address.
    pub fn new(url: &str) -> Result<Self> {
        let settings = [
            ("statement_timeout", "20s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "30s"),
            // Compiling a statement of a dozen tables takes seconds, and running it thirty milliseconds.
            ("jit", "off"),
        ];
        let options = PgConnectOptions::from_str(url)?.application_name("lunzhi").options(settings);
        let read_only = options.clone().options([("default_transaction_read_only", "on"), ("role", roles::READER)]);
        let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(10));
        // A reader is not asked whether it still lives before each use: that is a round trip as long as a page's
        // own query. One whose server went away fails one page and is replaced.
        let read = pool(READERS).test_before_acquire(false).connect_lazy_with(read_only);
        let write = pool(WRITERS)
            .after_release(|connection, _| {
                Box::pin(async move {
                    // Outside a transaction the two are one instant. A connection that comes back inside one would
                    // swallow the writes of whoever gets it next (they would be answered and never committed).
                    // Asked by the simple protocol: the extended one moves the statement's instant between its steps.
                    let outside = sqlx::raw_sql("select now() = statement_timestamp()");
                    outside.fetch_one(connection).await?.try_get(0)
                })
            })
            .connect_lazy_with(options.clone());
        let single = pool(SINGLE_WRITERS).test_before_acquire(false).connect_lazy_with(options);
        Ok(Self { read, write, single })
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
        let found = found.bind(roles::READER).fetch_one(&self.read).await;
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

/// Brings the schema up to date, on a connection of its own: a migration may take longer than a page may. Then lets the
/// readers see it.
///
/// # Errors
/// Where the database cannot be reached or a migration fails; a failed one leaves nothing behind.
pub async fn migrate(url: &str) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.context("connect to the database")?;
    MIGRATOR.run(&pool).await.context("migrate the database")?;
    roles::let_readers_in(&mut *pool.acquire().await?).await?;
    pool.close().await;
    Ok(())
}
