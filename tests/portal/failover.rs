//! A database that moves: two ways to one server stand for two servers. One can be cut, as when a server dies, or held, as
//! when it is frozen: it takes connections and says nothing more.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use axum::response::IntoResponse;
use lunzhi::{
    database::{
        Pools,
        embedded::{EmbeddedPg, Options},
        pool::Standing,
        reach::{reach, wait_for},
        server_watch::watch_server,
        space::Space,
    },
    failure::{BrokeOff, Failure},
    office::OfficeKind,
    router::{Portal as Lunzhi, router},
    sealing::keys::MarkKey,
    secrets::Cost,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
    sync::{Mutex, watch},
};

use crate::support::{Client, FIRST, PASSWORD, Portal, empty_database, runtime, scratch, story_clock};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Connections are taken and end at once, and those that were there have ended.
    Cut,
    /// Connections are taken, and nothing goes through any more.
    Held,
}

/// A way to the tests' server, by a port of its own.
struct Relay {
    port: u16,
    way: Arc<watch::Sender<Way>>,
}

impl Relay {
    async fn to(server: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(watch::Sender::new(Way::Open));
        let (seen, server) = (Arc::clone(&way), server.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(client, server.clone(), seen.subscribe()));
            }
        });
        Self { port, way }
    }

    fn turn(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn pass(mut client: TcpStream, server: PgConnectOptions, mut way: watch::Receiver<Way>) {
    let now = *way.borrow_and_update();
    if now == Way::Open {
        let ended = if let Some(folder) = server.get_socket() {
            let socket: PathBuf = folder.join(format!(".s.PGSQL.{}", server.get_port()));
            let mut behind = UnixStream::connect(socket).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut behind) => true,
                _ = way.changed() => false,
            }
        } else {
            let mut behind = TcpStream::connect((server.get_host(), server.get_port())).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut behind) => true,
                _ = way.changed() => false,
            }
        };
        if ended {
            return;
        }
    }
    // Cut, it ends here. Held, it stays until it is cut.
    while *way.borrow_and_update() == Way::Held {
        if way.changed().await.is_err() {
            return;
        }
    }
}

/// Waits until the watch over the portal's database has found that it stands so.
async fn until(app: &Lunzhi, standing: Standing) {
    let mut looks = 0;
    while app.pools.watched.standing() != standing {
        looks += 1;
        assert!(looks < 1_200, "{:?} and not {standing:?}", app.pools.watched.standing());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A portal that reaches its database by two ways, and watches over it.
struct Watched {
    app: Lunzhi,
    relays: [Relay; 2],
    url: String,
}

impl Watched {
    async fn start() -> Self {
        Self::start_on(Space::default()).await
    }

    async fn start_on(space: Space) -> Self {
        let portal = Portal::start().await;
        let server: PgConnectOptions = portal.url.parse().unwrap();
        let relays = [Relay::to(&server).await, Relay::to(&server).await];
        let database = server.get_database().unwrap();
        let url = format!(
            "host=127.0.0.1,127.0.0.1 port={},{} dbname={database} user={} connect_timeout=2 sslmode=disable",
            relays[0].port,
            relays[1].port,
            server.get_username()
        );
        // Only the first way is open, so that the portal begins there.
        relays[1].turn(Way::Cut);
        let reached = wait_for(&url).await.unwrap();
        let pools = Pools::at(&reached);
        watch_server(&pools, reached, space);
        relays[1].turn(Way::Open);
        let app = Lunzhi::new(pools, story_clock(), Cost::CHEAP, MarkKey::random(), None).unwrap();
        Self { app, relays, url }
    }

    async fn until(&self, standing: Standing) {
        until(&self.app, standing).await;
    }

    async fn client(&self, office: OfficeKind) -> Client {
        let mut client = Client::new(router(&self.app));
        assert_eq!(client.sign_in(FIRST, office.slug(), PASSWORD).await.status, 303);
        client
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_costs_nobody_a_page_and_writing_goes_on_at_the_other() {
    let watched = Watched::start().await;
    let mut client = watched.client(OfficeKind::SchoolLeague).await;
    for page in ["/", "/people", "/unions"] {
        assert_eq!(client.get(page).await.status, 200);
    }
    watched.relays[0].turn(Way::Cut);
    // Every connection of the pools is dead now.
    for page in ["/", "/people", "/unions", "/people"] {
        assert_eq!(client.get(page).await.status, 200, "{page} is read once more");
    }
    watched.until(Standing::Writable).await;
    assert_eq!(client.get("/healthz").await.status, 200);
    let written = watched.app.write(async |db| {
        sqlx::query("update institution set name = name").execute(db).await?;
        Ok(())
    });
    written.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_health_says_so_and_nothing_is_written() {
    let watched = Watched::start().await;
    let mut client = watched.client(OfficeKind::Administrator).await;
    assert_eq!(client.get("/healthz").await.status, 200);
    for relay in &watched.relays {
        relay.turn(Way::Cut);
    }
    watched.until(Standing::Away).await;
    let health = client.get("/healthz").await;
    assert!(health.status == 503 && health.text().contains("does not answer"), "{}", health.text());
    let page = client.get("/accounts").await;
    assert_eq!((page.status, page.heading().as_str()), (503, "暂时连不上数据库"));
    assert!(page.headers.contains_key("retry-after"));
    let fields = [("number", "T9"), ("name", "新人"), ("office", "student")];
    let refused = client.post("/accounts", &fields).await;
    assert!(refused.status == 503 && refused.headers.contains_key("retry-after"), "{}", refused.text());
    let unwritten = watched.app.write(async |_| Ok(())).await;
    assert!(matches!(unwritten, Err(Failure::Away)), "{unwritten:?}");
    watched.relays[1].turn(Way::Open);
    watched.until(Standing::Writable).await;
    assert_eq!(client.post("/accounts", &fields).await.status, 200, "the session lives on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_pages_are_read_and_nothing_is_written_that_would_end_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let space = Space::with_reserve(folder.path().to_owned(), 0);
    let watched = Watched::start_on(space.with_least(u64::MAX)).await;
    watched.until(Standing::Full).await;
    let mut visitor = Client::new(router(&watched.app));
    let health = visitor.get("/healthz").await;
    assert!(health.status == 503 && health.text().contains("the disk is full"), "{}", health.text());
    assert_eq!(visitor.get("/sign-in").await.status, 200);
    let page = visitor.sign_in(FIRST, OfficeKind::SchoolLeague.slug(), PASSWORD).await;
    assert!(page.status == 503 && page.text().contains("存储空间"), "{} {}", page.status, page.text());
    assert!(page.headers.contains_key("retry-after"));
    let unwritten = watched.app.write(async |_| Ok(())).await;
    assert!(matches!(unwritten, Err(Failure::DiskFull)), "{unwritten:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hangs_on_a_frozen_server_ends_and_a_commit_there_is_perhaps_done() {
    let watched = Watched::start().await;
    let (app, relay) = (watched.app.clone(), Arc::clone(&watched.relays[0].way));
    let before = tokio::spawn(async move {
        let write = app.write(async |db| {
            relay.send_replace(Way::Held);
            tokio::time::sleep(Duration::from_millis(200)).await;
            sqlx::query("update institution set name = name").execute(db).await?;
            Ok(())
        });
        write.await
    });
    let ended = tokio::time::timeout(Duration::from_mins(1), before).await.expect("it does not hang").unwrap();
    assert!(matches!(ended, Err(Failure::Away)), "it never came to its commit: {ended:?}");
    watched.until(Standing::Writable).await;
    assert_eq!(Client::new(router(&watched.app)).get("/healthz").await.status, 200);
    // At the commit: the second way is held when the transaction has done its work.
    let (app, relay) = (watched.app.clone(), Arc::clone(&watched.relays[1].way));
    watched.relays[0].turn(Way::Open);
    let at_commit = tokio::spawn(async move {
        let write = app.write(async |db| {
            sqlx::query("update institution set name = name").execute(db).await?;
            relay.send_replace(Way::Held);
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(())
        });
        write.await
    });
    let ended = tokio::time::timeout(Duration::from_mins(1), at_commit).await.expect("it does not hang").unwrap();
    assert!(matches!(ended, Err(Failure::Unconfirmed)), "{ended:?}");
    watched.until(Standing::Writable).await;
}

/// Says which standbys have to confirm each commit.
async fn set_standbys(owner: &mut PgConnection, names: &str) {
    owner.execute(AssertSqlSafe(format!("alter system set synchronous_standby_names = '{names}'"))).await.unwrap();
    owner.execute("select pg_reload_conf()").await.unwrap();
    // The server's processes take it up one after the other.
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[test]
fn while_a_commit_waits_for_its_standby_pages_are_read_and_other_acts_are_told_why() {
    let dir = scratch("standby");
    // Not disposable: that one knows no standbys, and confirms before anything is written.
    let mut server = EmbeddedPg::start(&Options { dir: dir.clone(), disposable: false }).unwrap();
    runtime().block_on(commits_wait(&server.url("postgres")));
    server.stop();
    fs::remove_dir_all(dir).unwrap();
}

async fn commits_wait(admin: &str) {
    let portal = Portal::start_on(admin).await;
    let mut owner = portal.owner().await;
    let reached = wait_for(&portal.url).await.unwrap();
    let pools = Pools::at(&reached);
    watch_server(&pools, reached, Space::default());
    let app = Lunzhi::new(pools, story_clock(), Cost::CHEAP, MarkKey::random(), None).unwrap();
    let mut client = Client::new(router(&app));
    assert_eq!(client.sign_in(FIRST, OfficeKind::Administrator.slug(), PASSWORD).await.status, 303);
    set_standbys(&mut owner, "nobody").await;
    let mut first = client.clone();
    let waits = tokio::spawn(async move {
        first.post("/accounts", &[("number", "T8"), ("name", "先办"), ("office", "student")]).await
    });
    // Before anybody knows: that the session is used would be noted by a commit that waits as well.
    app.clock.advance(time::Duration::minutes(2));
    let page = tokio::time::timeout(Duration::from_secs(4), client.get("/accounts")).await;
    assert_eq!(page.expect("reading goes on").status, 200);
    until(&app, Standing::CommitsWait).await;
    let health = client.get("/healthz").await;
    assert!(health.status == 503 && health.text().contains("wait for a standby"), "{}", health.text());
    assert_eq!(client.get("/accounts").await.status, 200);
    let later = [("number", "T9"), ("name", "后办"), ("office", "student")];
    let refused = client.post("/accounts", &later).await;
    assert!(refused.status == 503 && refused.text().contains("在等备用服务器确认"), "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"));
    set_standbys(&mut owner, "").await;
    // Where a busy machine took its time the first one was told to look.
    let first = waits.await.unwrap();
    assert!(first.status == 200 || first.text().contains("可能已经生效"), "{}", first.text());
    until(&app, Standing::Writable).await;
    let written: Vec<String> = sqlx::query_scalar("select number from account where number in ('T8', 'T9')")
        .fetch_all(&mut owner)
        .await
        .unwrap();
    assert_eq!(written, ["T8"], "what waited is there, and what was refused is not");
    assert_eq!(client.post("/accounts", &later).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_waits_for_its_database_and_ends_where_waiting_is_no_use() {
    let watched = Watched::start().await;
    for relay in &watched.relays {
        relay.turn(Way::Cut);
    }
    let error = reach(&watched.url).await.unwrap_err().to_string();
    assert!(error.contains("connect to the database") && error.contains("127.0.0.1"), "the cause is named: {error}");
    let url = watched.url.clone();
    let waiting = tokio::spawn(async move { wait_for(&url).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!waiting.is_finished());
    watched.relays[1].turn(Way::Open);
    waiting.await.unwrap().unwrap();
    // Each of the servers says so; one that is away might know better.
    watched.relays[0].turn(Way::Open);
    let nowhere = watched.url.replace("dbname=", "dbname=no_");
    let error = wait_for(&nowhere).await.unwrap_err().to_string();
    assert!(error.contains("does not exist"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told_and_a_write_there_is_refused_unwritten() {
    let portal = Portal::start().await;
    let mut owner = portal.owner().await;
    let (_, name) = portal.url.rsplit_once('/').unwrap();
    owner
        .execute(AssertSqlSafe(format!("alter database {name} set default_transaction_read_only = on")))
        .await
        .unwrap();
    let unwritten = portal.app.write(async |db| {
        sqlx::query("update institution set name = name").execute(db).await?;
        Ok(())
    });
    assert!(matches!(unwritten.await, Err(Failure::Away)));
    let error = reach(&portal.url).await.unwrap_err().to_string();
    assert!(error.contains("take no writes"), "{error}");
}

#[tokio::test]
async fn what_a_standby_ends_is_read_once_more() {
    let portal = Portal::start().await;
    // As a standby ends a statement that reads rows which are gone at the primary.
    let conflict = "do $$ begin raise exception 'conflict with recovery' using errcode = '40001'; end $$";
    let ended = portal.owner().await.execute(conflict).await.unwrap_err();
    let response = Failure::Database(ended).into_response();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert!(response.extensions().get::<BrokeOff>().is_some(), "the page is read once more");
}

#[tokio::test]
async fn a_program_older_than_the_database_says_so_and_ends() {
    let url = empty_database().await;
    lunzhi::database::migrate(&url).await.unwrap();
    let mut db = PgConnection::connect(&url).await.unwrap();
    db.execute(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of a later version', true, '', 0)",
    )
    .await
    .unwrap();
    let refused = format!("{:#}", lunzhi::database::migrate(&url).await.unwrap_err());
    assert!(refused.contains("newer (migration 9999)"), "{refused}");
    // The lock is let go: whoever comes next is told the same and does not wait.
    assert!(lunzhi::database::migrate(&url).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_portals_that_start_at_once_one_migrates() {
    let url = empty_database().await;
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { lunzhi::database::migrate(&url).await.map(drop) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

/// A pooler in transaction mode, as small as one can be: all clients share one session of the server, each for the length of
/// a transaction. It speaks the simple protocol alone.
struct Pooler {
    server: Mutex<UnixStream>,
    /// What the server said when the session began, which each client is told.
    greeting: Vec<u8>,
}

impl Pooler {
    async fn start(options: &PgConnectOptions) -> u16 {
        let socket =
            options.get_socket().expect("the tests' own server").join(format!(".s.PGSQL.{}", options.get_port()));
        let mut server = UnixStream::connect(socket).await.unwrap();
        let mut hello = 196_608_u32.to_be_bytes().to_vec();
        for word in ["user", options.get_username(), "database", options.get_database().unwrap(), ""] {
            hello.extend(word.as_bytes());
            hello.push(0);
        }
        let length = u32::try_from(hello.len() + 4).unwrap().to_be_bytes();
        server.write_all(&[length.as_slice(), &hello].concat()).await.unwrap();
        let (greeting, _) = until_ready(&mut server).await;
        let pooler = Arc::new(Self { server: Mutex::new(server), greeting });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let pooler = Arc::clone(&pooler);
                tokio::spawn(async move { pooler.serve(client).await });
            }
        });
        port
    }

    async fn serve(&self, mut client: TcpStream) -> Option<()> {
        let length = client.read_u32().await.ok()?;
        let mut hello = vec![0; usize::try_from(length).unwrap() - 4];
        client.read_exact(&mut hello).await.ok()?;
        client.write_all(&self.greeting).await.ok()?;
        let mut held = None;
        loop {
            let asked = message(&mut client).await.filter(|asked| asked[0] != b'X')?;
            let mut server = match held.take() {
                Some(server) => server,
                None => self.server.lock().await,
            };
            server.write_all(&asked).await.ok()?;
            let (answer, state) = until_ready(&mut server).await;
            client.write_all(&answer).await.ok()?;
            if state != b'I' {
                held = Some(server);
            }
        }
    }
}

/// A message with its kind and length; none where there is no more.
async fn message(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let kind = stream.read_u8().await.ok()?;
    let length = stream.read_u32().await.ok()?;
    let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
    stream.read_exact(&mut rest).await.ok()?;
    Some([[kind].as_slice(), length.to_be_bytes().as_slice(), &rest].concat())
}

/// Everything up to where the server waits for more, and whether it is in a transaction.
async fn until_ready(server: &mut UnixStream) -> (Vec<u8>, u8) {
    let mut all = Vec::new();
    loop {
        let one = message(server).await.unwrap();
        all.extend(&one);
        if one[0] == b'Z' {
            return (all, one[5]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_lends_sessions_by_the_transaction_is_refused_with_its_reason() {
    let portal = Portal::start().await;
    reach(&portal.url).await.unwrap().refuse_pooler().await.unwrap();
    let options: PgConnectOptions = portal.url.parse().unwrap();
    if options.get_socket().is_none() {
        return;
    }
    let port = Pooler::start(&options).await;
    let url = format!("host=127.0.0.1 port={port} dbname=any user=any sslmode=disable");
    let refused = reach(&url).await.unwrap().refuse_pooler().await.unwrap_err().to_string();
    assert!(refused.contains("transaction mode") && refused.contains("PgBouncer"), "{refused}");
}
