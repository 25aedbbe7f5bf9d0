//! Running the portal: `serve` and `demo`, and the commands beside a running portal.

use std::{
    io::{IsTerminal, Write},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tracing_subscriber::EnvFilter;

use crate::{
    accounts::{
        self,
        store::{self, AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    },
    audit::{self, Entry},
    auth::store::clear_expired,
    campus,
    clock::Clock,
    config::{Config, DatabaseConfig},
    database::{
        Database, Pools, migrate, migrate_at,
        reach::{ReachedServer, reach, wait_for},
        server_watch::watch_server,
        space::{Ballast, Space},
    },
    demo,
    directory::{self, store::place_all_colleges},
    elections,
    failure::Failure,
    imports, kept_forms,
    name::{Name, Number},
    office::OfficeKind,
    people, reviews,
    router::{Portal, router},
    rulebook::store::take_in_built_in,
    sealing::keys::MarkKey,
    secrets::{Cost, readable},
    unions,
    web::connections::{self, Limits},
};

/// How often the embedded database is checked for whether it still runs.
const GLANCE: Duration = Duration::from_millis(200);
/// How often what has expired is cleared away.
const CLEAR_EVERY: Duration = Duration::from_mins(10);
/// How often sittings whose time is up are closed. No vote is taken after it in any case.
const CLOSE_EVERY: Duration = Duration::from_secs(5);
/// How often metrics are tidied.
const UPKEEP: Duration = Duration::from_secs(5);
/// How often the room on the disk is looked at: a disk fills by some ten MB in that time.
const BALLAST_EVERY: Duration = Duration::from_millis(200);
/// How often where no room can be kept on it: a file system that knows no such thing fills its log with that else.
const BALLAST_AGAIN: Duration = Duration::from_mins(1);
const DATABASE_DIED: &str = "the embedded database ended by itself; see postgres.log in its folder";
/// Requests under way get this long to end after a stop.
const GRACE: Duration = Duration::from_secs(20);
/// How long it may take to tell other portals that this one ends.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or Ctrl-C.
///
/// # Errors
/// Where the database or the address cannot be had, or the embedded database dies under us.
pub fn serve(config: &Config, with_demo: bool) -> Result<()> {
    log_to_standard_error();
    // Before the runtime: the server is a child of a thread of its own.
    let database = Database::open(&config.database)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(run(config, database, with_demo));
    // An upload that is still being read must not keep a stopped portal alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn log_to_standard_error() {
    // What a panic says may hold anything; where it happened is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    // PostgreSQL's notices at every start ("relation already exists, skipping") are no news.
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx::postgres::notice=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { log.init() } else { log.json().init() }
}

async fn run(config: &Config, mut database: Database, with_demo: bool) -> Result<()> {
    // Before anybody can know that we run: a stop that is asked for at once is a stop, not a kill.
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full("lunzhi_request_seconds".to_owned()),
            &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0],
        )?
        .install_recorder()?;
    let upkeep = metrics.clone();
    tokio::spawn(async move {
        // Samples that nobody collects would pile up.
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    let reached = tokio::select! {
        reached = wait_for(&database.url) => reached?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
        () = dies(&database) => bail!(DATABASE_DIED),
    };
    let (mut portal, reached) = open(reached, &config.database, Some(metrics)).await?;
    watch_server(&portal.pools, reached, portal.space.clone());
    portal.public_url = config.public_url.clone();
    elections::ballot_key::claim_at_start(&portal.elections).await?;
    if database.embedded.is_some() {
        let ended = portal.app.write(async |db| {
            elections::store::end_holds(db).await?;
            reviews::store::end_holds(db).await?;
            imports::store::end_commits(db).await
        });
        ended.await.map_err(|failure| anyhow::anyhow!("{failure}"))?;
    }
    look_after(&portal);
    let mut lines = Vec::new();
    if with_demo {
        demo::load(&portal).await?;
        let line = |account: demo::DemoAccount| format!("{}\t{}\t{}", account.office, account.number, account.password);
        lines.extend(demo::accounts().into_iter().map(line));
    }
    let listener = TcpListener::bind(&config.listen).await.with_context(|| format!("listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    lines.push(format!("listening on http://{address}"));
    if !address.ip().is_loopback() {
        tracing::warn!(
            "browsers on other machines keep nobody signed in over plain http: put a proxy that speaks TLS in front"
        );
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", lines.join("\n")).and_then(|()| out.flush()).context("write to standard output")?;

    let stopping = Arc::new(tokio::sync::Notify::new());
    let stop = Arc::clone(&stopping);
    let served = router(&portal);
    let mut serving = tokio::spawn(async move {
        connections::serve(listener, served, Limits::default(), stop.notified()).await;
    });
    let mut database_died = false;
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        _ = terminate.recv() => tracing::info!("stopping"),
        _ = interrupt.recv() => tracing::info!("stopping"),
        () = dies(&database) => database_died = true,
    }
    stopping.notify_one();
    let grace = if database_died { Duration::from_secs(1) } else { GRACE };
    if tokio::time::timeout(grace, &mut serving).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    if database_died {
        bail!(DATABASE_DIED);
    }
    let told = async {
        let (elections, reviews) = (elections::stop(&portal.elections).await, reviews::stop(&portal.reviews).await);
        elections.and(reviews)
    };
    // Without it others find out by its silence.
    if let Ok(Err(failure)) = tokio::time::timeout(TOLD_WITHIN, told).await {
        tracing::warn!(%failure, "the shares of monitors were not let go");
    }
    // Writes go on after their client has hung up; none is cut off.
    let _ = tokio::time::timeout(GRACE, portal.close()).await;
    if let Some(embedded) = &mut database.embedded {
        embedded.stop();
    }
    Ok(())
}

/// What a portal does by itself for as long as it runs: clears away what has expired, and closes sittings whose time is up.
fn look_after(portal: &Portal) {
    let clearing = portal.app.clone();
    tokio::spawn(async move {
        loop {
            let now = clearing.clock.now();
            let cleared = clearing
                .write(async |db| {
                    clear_expired(db, now).await?;
                    accounts::clear_expired(db, now).await?;
                    campus::store::clear_expired(db, now).await?;
                    kept_forms::clear_expired(db, now).await?;
                    imports::store::clear_old(db, now).await
                })
                .await;
            if let Err(failure) = cleared {
                tracing::warn!(%failure, "what has expired was not cleared away");
            }
            if let Err(failure) = unions::mending::end_mended(&clearing).await {
                tracing::warn!(%failure, "days by which to mend were not ended");
            }
            tokio::time::sleep(CLEAR_EVERY).await;
        }
    });
    tokio::spawn(tend_ballast(portal.space.clone()));
    let (closing, reviews) = (portal.elections.clone(), portal.reviews.clone());
    tokio::spawn(async move {
        loop {
            if let Err(failure) = reviews::keep_shares(&reviews).await {
                tracing::warn!(%failure, "the shares of reviews were not looked after");
            }
            if let Err(failure) = elections::close_overdue(&closing).await {
                tracing::warn!(%failure, "sittings whose time is up were not closed");
            }
            tokio::time::sleep(CLOSE_EVERY).await;
        }
    });
}

/// Keeps room on the disk that is let go when it is full.
async fn tend_ballast(space: Space) {
    loop {
        let tended = space.tend_ballast();
        let pause = if tended.is_err() { BALLAST_AGAIN } else { BALLAST_EVERY };
        match tended {
            Ok(None) => {}
            Ok(Some(Ballast::Laid)) => tracing::info!("room is kept on the disk for the day when it is full"),
            Ok(Some(Ballast::LetGo)) => tracing::error!("the disk is full: the room that was kept on it is let go"),
            Err(error) => tracing::warn!(%error, "no room could be kept on the disk"),
        }
        tokio::time::sleep(pause).await;
    }
}

/// A portal on the server that was reached, and the connection to it.
async fn open(
    mut reached: ReachedServer,
    config: &DatabaseConfig,
    metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
) -> Result<(Portal, ReachedServer)> {
    if config.url.is_some() {
        reached.refuse_pooler().await?;
    }
    migrate_at(&mut reached).await?;
    let key = MarkKey::load_or_make(&config.ballot_key_file())?;
    let pools = Pools::at(&reached);
    pools.check_readers().await?;
    let mut portal = Portal::new(pools, Clock::default(), Cost::OWASP, key, metrics)?;
    if config.url.is_none() {
        portal.space = Space::of(config.data_folder());
    }
    let now = portal.clock.now();
    portal
        .write(async |db| {
            take_in_built_in(db, now).await?;
            place_all_colleges(db).await?;
            people::stored_words::unify(db, now).await
        })
        .await?;
    Ok((portal, reached))
}

async fn dies(database: &Database) {
    loop {
        tokio::time::sleep(GLANCE).await;
        if database.embedded.as_ref().is_some_and(crate::database::embedded::EmbeddedPg::died) {
            return;
        }
    }
}

/// What `account` makes.
#[derive(Debug, clap::Args)]
pub struct AccountArgs {
    /// 学校代码，如 qingyu。
    #[arg(long)]
    pub school: String,
    /// 学校全称；学校还不存在时填写，随即建立。
    #[arg(long)]
    pub school_name: Option<String>,
    /// 学号或工号。
    #[arg(long)]
    pub number: String,
    /// 姓名。
    #[arg(long)]
    pub name: String,
    #[command(flatten)]
    /// Where the database is.
    pub database: DatabaseConfig,
}

/// Makes an administrator and prints a password that must be changed at the first sign-in.
///
/// # Errors
/// Where the university does not exist and has no name, the number is taken, or the database cannot be had.
pub fn account(args: &AccountArgs) -> Result<()> {
    let code_fits = (2..=40).contains(&args.school.len())
        && args.school.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    ensure!(code_fits, "学校代码应为 2 至 40 个小写字母、数字或连字符");
    let number = Number::read(&args.number).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let name = Name::read(&args.name).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let fits = |name: &str| (2..=60).contains(&name.trim().chars().count());
    ensure!(args.school_name.as_deref().is_none_or(fits), "学校全称应为 2 至 60 字");
    let database = Database::open_beside(&args.database)?;
    let password = readable(16, 4);
    runtime()?.block_on(async {
        let (app, _) = open(reach(&database.url).await?, &args.database, None).await?;
        let (hash, now) = (app.hasher.hash(&password).await?, app.clock.now());
        let (number, name) = (number.shown(), name.shown());
        let account = NewAccount { number, name, password_hash: Some(&hash), must_change_password: true };
        let made = app.write(async |db| make_administrator(db, args, &account, now).await).await;
        app.close().await;
        made.map_err(|failure| match failure {
            Failure::Broken(reason) => reason,
            other => other.into(),
        })
    })?;
    println!("{password}");
    Ok(())
}

async fn make_administrator(
    db: &mut sqlx::PgConnection,
    args: &AccountArgs,
    account: &NewAccount<'_>,
    now: time::OffsetDateTime,
) -> Result<(), Failure> {
    let institution = match (store::institution_named(db, &args.school).await?, &args.school_name) {
        (Some(institution), _) => institution,
        (None, Some(name)) => {
            let institution = store::create_institution(db, &args.school, name.trim(), now).await?;
            let entry = Entry::new(directory::Verb::InstitutionCreated, name.trim());
            audit::append_by_operator(db, institution, entry, now).await?;
            institution
        }
        (None, None) => return Err(anyhow::anyhow!("没有代码为 {} 的学校；用 --school-name 建立", args.school).into()),
    };
    let manager = AccountManager::operator(institution);
    let Some(id) = store::create(db, &manager, account, now).await? else {
        return Err(anyhow::anyhow!("{} 在这所学校已有账号", account.number).into());
    };
    let (kind, place) = (OfficeKind::Administrator, OfficePlace::School);
    let office = NewOffice { kind, place, term: Term::since(now.date()) };
    store::grant(db, &manager, id, &office, now).await?;
    let entry = Entry::about(accounts::Verb::AccountCreated, id).detail("职务", kind.label());
    audit::append_by_operator(db, institution, entry, now).await
}

/// Walks the chain of the record and says whether it is whole.
///
/// # Errors
/// Where the chain is broken or the database cannot be had.
pub fn verify_audit(config: &DatabaseConfig) -> Result<()> {
    let database = Database::open_beside(config)?;
    let verified = runtime()?.block_on(async {
        let pools = Pools::at(&migrate(&database.url).await?);
        let verified = audit::verify(&mut *pools.read.acquire().await?).await?;
        pools.close().await;
        Ok::<_, anyhow::Error>(verified)
    })?;
    match verified {
        Ok(audit::Verified { entries, head }) => {
            println!("操作记录完整：{entries} 条，末条哈希 {head}");
            Ok(())
        }
        Err(audit::Broken { seq, why }) => bail!("操作记录在第 {seq} 条处不完整：{why}"),
    }
}
