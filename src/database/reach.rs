//! Finding the server that takes writes: all are asked at once, each within a bound.

use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _, postgres::PgConnectOptions, raw_sql};
use tokio::{task::JoinSet, time::timeout};

use super::{
    address::{Address, Server},
    pool::Standing,
};

/// How long a server that is connected may take to say how it stands.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Between two tries at a start, and how many of them are one line in the log.
const AGAIN_IN: Duration = Duration::from_secs(1);
const TOLD_EVERY: u32 = 10;

/// Whether it takes writes, and whether a commit has waited for its standby for seconds. Of other roles' sessions nothing is
/// shown, which is right.
const ASK: &str = "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean,
    exists (select from pg_stat_activity
            where datname = current_database() and wait_event = 'SyncRep'
                  and query_start < clock_timestamp() - interval '5 seconds')";

/// A server that takes writes, found.
#[derive(Debug)]
pub struct ReachedServer {
    pub(super) address: Address,
    /// Its place in the address.
    pub(super) server: usize,
    pub connection: PgConnection,
}

/// A server that answers.
#[derive(Debug)]
pub(super) struct AnsweringServer {
    pub server: usize,
    pub connection: PgConnection,
    pub standing: Standing,
}

/// Why a server is none that can be used.
#[derive(Debug)]
pub(super) struct UnusableServer {
    name: String,
    error: sqlx::Error,
}

impl UnusableServer {
    /// Trying again is no use: somebody has to change something first.
    fn lasts(&self) -> bool {
        let code = self.error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let is_refused = code.is_some_and(|code| code.starts_with("28") || code == "3D000");
        is_refused || self.is_pooler() || matches!(self.error, sqlx::Error::Configuration(_) | sqlx::Error::Tls(_))
    }

    fn is_pooler(&self) -> bool {
        self.error.as_database_error().is_some_and(|error| error.message().contains("unsupported startup parameter"))
    }

    fn says(&self) -> String {
        let more = if self.is_pooler() { " (a pooler such as PgBouncer: name PostgreSQL itself)" } else { "" };
        match self.error.as_database_error() {
            Some(error) => format!("{}: {}{more}", self.name, error.message()),
            None => format!("{}: {}", self.name, self.error),
        }
    }
}

/// How the server of a connection stands.
pub(super) async fn standing(connection: &mut PgConnection) -> Result<Standing, sqlx::Error> {
    // By the simple protocol: nothing is prepared, so that a pooler cannot mix it up.
    let row = raw_sql(ASK).fetch_one(connection).await?;
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => Standing::ReadOnly,
        (false, true) => Standing::CommitsWait,
        (false, false) => Standing::Writable,
    })
}

/// The first server that takes writes; else the first that answers; else why none does.
pub(super) async fn find(address: &Address) -> Result<AnsweringServer, Vec<UnusableServer>> {
    let mut looks = JoinSet::new();
    for (place, server) in address.servers.iter().cloned().enumerate() {
        let within = address.connect_within;
        looks.spawn(async move { look(place, server, within).await });
    }
    let (mut reads, mut unfit) = (None, Vec::new());
    while let Some(looked) = looks.join_next().await {
        match looked {
            Ok(Ok(found)) if found.standing != Standing::ReadOnly => return Ok(found),
            Ok(Ok(found)) => reads = reads.or(Some(found)),
            Ok(Err(why)) => unfit.push(why),
            Err(_) => {}
        }
    }
    reads.ok_or(unfit)
}

async fn look(
    place: usize,
    Server { name, options }: Server,
    within: Duration,
) -> Result<AnsweringServer, UnusableServer> {
    let silent = || sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let asked = async {
        let mut connection = timeout(within, connect(&options)).await.map_err(|_| silent())??;
        let standing = timeout(ANSWERS_WITHIN, standing(&mut connection)).await.map_err(|_| silent())??;
        Ok::<AnsweringServer, sqlx::Error>(AnsweringServer { server: place, connection, standing })
    };
    asked.await.map_err(|error| UnusableServer { name, error })
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    options.clone().application_name("lunzhi").connect().await
}

/// What the servers say, in one line.
pub(super) fn causes(unfit: &[UnusableServer]) -> String {
    unfit.iter().map(UnusableServer::says).collect::<Vec<_>>().join("; ")
}

/// A connection to the server that takes writes.
///
/// # Errors
/// Where none does, with what each of them says.
pub async fn reach(url: &str) -> Result<ReachedServer> {
    let address: Address = url.parse()?;
    try_reach(&address).await.map_err(|unreached| anyhow!("connect to the database: {}", unreached.says))
}

#[derive(Debug)]
struct Unreached {
    says: String,
    lasts: bool,
}

async fn try_reach(address: &Address) -> Result<ReachedServer, Unreached> {
    match find(address).await {
        Ok(AnsweringServer { standing: Standing::ReadOnly, .. }) => {
            Err(Unreached { says: "only servers that take no writes answer".to_owned(), lasts: false })
        }
        Ok(AnsweringServer { server, connection, .. }) => {
            Ok(ReachedServer { address: address.clone(), server, connection })
        }
        Err(unfit) => {
            let lasts = !unfit.is_empty() && unfit.iter().all(UnusableServer::lasts);
            Err(Unreached { says: causes(&unfit), lasts })
        }
    }
}

/// As [`reach`], at the start of a portal: it waits for a database that is away, and says why in the log.
///
/// # Errors
/// Where waiting is no use: no such database, nobody who may come in, an address that is none.
pub async fn wait_for(url: &str) -> Result<ReachedServer> {
    let address: Address = url.parse()?;
    for tries in 0_u32.. {
        match try_reach(&address).await {
            Ok(reached) => return Ok(reached),
            Err(Unreached { says, lasts: true }) => return Err(anyhow!("connect to the database: {says}")),
            Err(Unreached { says, .. }) if tries.is_multiple_of(TOLD_EVERY) => {
                tracing::warn!(cause = says, "the database cannot be reached; trying again");
            }
            Err(_) => {}
        }
        tokio::time::sleep(AGAIN_IN).await;
    }
    Err(anyhow!("the database cannot be reached"))
}

impl ReachedServer {
    /// Refuses a pooler that lends a server's session to another client between two transactions: statements are then
    /// prepared in one and run in another, and one client is answered with another's rows.
    ///
    /// # Errors
    /// Where that is so, or the database does not answer.
    pub async fn refuse_pooler(&mut self) -> Result<()> {
        let Some(server) = self.address.servers.get(self.server) else { return Ok(()) };
        let mut other = timeout(self.address.connect_within, connect(&server.options)).await??;
        let mut is_shared = false;
        for _ in 0..3 {
            let own = backend(&mut self.connection).await?;
            raw_sql("begin").execute(&mut other).await?;
            let held = backend(&mut other).await?;
            is_shared |= held == own || backend(&mut self.connection).await? != own;
            raw_sql("rollback").execute(&mut other).await?;
        }
        other.close().await?;
        ensure!(
            !is_shared,
            "a pooler in transaction mode stands before the database (PgBouncer with pool_mode = transaction, or \
             another): it would answer one visitor with another's rows. Name PostgreSQL itself in DATABASE_URL; the \
             portal keeps pools of its own"
        );
        Ok(())
    }
}

async fn backend(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    raw_sql("select pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}
