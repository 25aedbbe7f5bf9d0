//! The database server of the tests and the portals on it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::Router;
use lunzhi::{
    accounts::store::{self, AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    clock::Clock,
    database::{
        MIGRATOR, Pools,
        embedded::{EmbeddedPg, Options},
        migrate,
    },
    directory::store::{class_named, colleges},
    ids::{CollegeId, InstitutionId},
    office::{OfficeKind, Place},
    router::{Portal as Lunzhi, router},
    rulebook::store::take_in_built_in,
    sealing::keys::MarkKey,
    secrets::Cost,
    web::connections::{self, Limits},
};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use time::{
    Duration, OffsetDateTime,
    macros::{date, datetime},
};
use tokio::net::TcpListener;

use super::{
    Client, FIRST, PASSWORD, SECOND,
    turns::{ToldOnFailure, by_turns},
};

struct Server {
    /// Ours unless an address was given; statics are not dropped, and the death signal stops it with this process.
    _embedded: Option<EmbeddedPg>,
    admin: String,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let (embedded, admin) = if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        (None, url)
    } else {
        let server = EmbeddedPg::start(&Options { dir: scratch("server"), disposable: true }).unwrap();
        let url = server.url("postgres");
        (Some(server), url)
    };
    let template = admin.clone();
    std::thread::spawn(move || runtime().block_on(make_template(&template))).join().unwrap();
    Server { _embedded: embedded, admin }
});

/// The prepared database. Its name carries what it was made of, so that processes that share a server share it, and none
/// takes another build's rows for its own.
static TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(&migration.checksum);
    }
    let program = std::fs::metadata(std::env::current_exe().unwrap()).unwrap();
    hash.update(format!("{:?}", program.modified().unwrap()));
    format!("lunzhi_template_{}", hex::encode(&hash.finalize()[..8]))
});

/// When every story begins, whenever it is told: at ten on a Monday in China. A story that ends within the day never meets
/// midnight, and the days that stories name lie before or after it for good.
const BEGINNING: OffsetDateTime = datetime!(2026-11-30 10:00 +8);

/// How far the stories' time is ahead of this machine's.
static AHEAD: LazyLock<Duration> = LazyLock::new(|| BEGINNING - Clock::default().now());

/// The clock of a portal in a story.
pub fn story_clock() -> Clock {
    let clock = Clock::default();
    clock.advance(*AHEAD);
    clock
}

/// The stories' time in the database, for what stories write past the portal and for what the database stamps by itself. Only
/// portals that hold something for a while, who see each other by the server's clock alone, keep to that.
const AS_THE_STORIES_SAY: &str = "
    create function story_now() returns timestamptz language sql stable as
    $$ select now() + current_setting('story.ahead')::interval $$;
    create function story_day() returns date language sql stable as $$ select china_day(story_now()) $$;
    alter table session alter column seen_at set default story_now();
    do $$
    declare
        stamping record;
    begin
        for stamping in
            select pg_get_functiondef(oid) as definition from pg_proc
            where pronamespace = 'public'::regnamespace and prokind = 'f' and proname <> 'story_now'
                  and prosrc ~ '[^a-z_]now[(][)]'
        loop
            execute replace(stamping.definition, 'now()', 'story_now()');
        end loop;
    end $$";

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// A folder of this process that the next run sweeps away. In memory where there is room.
pub fn scratch(purpose: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    for entry in std::fs::read_dir(&parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix("lunzhi-test-").and_then(|rest| rest.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    parent.join(format!("lunzhi-test-{}-{purpose}-{number}", std::process::id()))
}

fn at(admin: &str, database: &str) -> String {
    let (before, _) = admin.rsplit_once('/').unwrap();
    format!("{before}/{database}")
}

/// Of several processes the first makes it and the others wait; none sees it half made.
async fn make_template(admin: &str) {
    let mut alone = PgConnection::connect(admin).await.unwrap();
    alone.execute("select pg_advisory_lock(hashtext('lunzhi_template'))").await.unwrap();
    let (name, draft) = (&*TEMPLATE, format!("{}_draft", *TEMPLATE));
    let made: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut alone)
        .await
        .unwrap();
    if !made {
        alone.execute(AssertSqlSafe(format!("drop database if exists {draft}"))).await.unwrap();
        alone.execute(AssertSqlSafe(format!("create database {draft}"))).await.unwrap();
        fill_template(&at(admin, &draft)).await;
        alone.execute(AssertSqlSafe(format!("alter database {draft} rename to {name}"))).await.unwrap();
    }
    alone.close().await.unwrap();
}

async fn fill_template(url: &str) {
    migrate(url).await.unwrap();
    let mut owner = PgConnection::connect(url).await.unwrap();
    owner.execute(AS_THE_STORIES_SAY).await.unwrap();
    owner.close().await.unwrap();
    let pools = Pools::new(url).unwrap();
    let app = Lunzhi::new(pools.clone(), story_clock(), Cost::CHEAP, MarkKey::random(), None).unwrap();
    let hash = app.hasher.hash(PASSWORD).await.unwrap();
    let mut db = pools.write.acquire().await.unwrap();
    prepare(&mut db, &hash).await;
    drop(db);
    pools.close().await;
}

/// Two universities with a college, a class, students and an account for each office, numbered by its word.
async fn prepare(db: &mut PgConnection, hash: &str) {
    // Another process of the same build may begin its stories before this one.
    let now = BEGINNING - Duration::HOUR;
    take_in_built_in(db, now).await.unwrap();
    for (code, name) in [(FIRST, "第一测试学院"), (SECOND, "第二测试大学")] {
        let institution = store::create_institution(db, code, name, now).await.unwrap();
        let college = prepare_students(db, institution, code).await;
        let manager = AccountManager::operator(institution);
        let class = class_named(db, institution, "软件2401班", now.date()).await.unwrap().unwrap();
        for kind in OfficeKind::ALL {
            let (number, name) = (kind.slug(), format!("{}甲", kind.label()));
            let account = NewAccount { number, name: &name, password_hash: Some(hash), must_change_password: false };
            let id = store::create(db, &manager, &account, now).await.unwrap().unwrap();
            let place = match kind.place() {
                Place::School => OfficePlace::School,
                Place::College => OfficePlace::College(college),
                Place::Class => OfficePlace::Class(class),
            };
            let office = NewOffice { kind: *kind, place, term: Term::since(date!(2024 - 09 - 01)) };
            assert!(store::grant(db, &manager, id, &office, now).await.unwrap());
            if code == FIRST && *kind == OfficeKind::SchoolLeague {
                sqlx::query(
                    "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
                     select $1, 1, $2, id, $3, $4 from plan_version where code = 'suzhou-2020'",
                )
                .bind(institution)
                .bind(date!(2024 - 09 - 01))
                .bind(now)
                .bind(id)
                .execute(&mut *db)
                .await
                .unwrap();
            }
        }
    }
}

async fn prepare_students(db: &mut PgConnection, institution: InstitutionId, code: &str) -> CollegeId {
    for statement in [
        "insert into college (id, institution_id, name) values (gen_random_uuid(), $1, '信息工程系')",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '软件技术', 'vocational' from college where institution_id = $1",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2024, '软件2401班' from major m join college c on c.id = m.college_id
         where c.institution_id = $1",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), $1, '2024' || lpad(n::text, 4, '0'), '学生' || n, k.id, '共青团员'
         from generate_series(1, 150) n, class k join major m on m.id = k.major_id
              join college c on c.id = m.college_id where c.institution_id = $1",
        "insert into organisation (id, institution_id, name, is_main, members, kind)
         values (gen_random_uuid(), $1, '青年志愿者协会', true, 80, 'society')",
    ] {
        sqlx::query(statement).bind(institution).execute(&mut *db).await.unwrap();
    }
    let all = colleges(db, institution).await.unwrap();
    assert_eq!(all.len(), 1, "{code}");
    all[0].id
}

/// A database of the test's own; its name.
async fn create_database(db: &mut PgConnection, template: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let (process, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let name = format!("t_{process}_{number}");
    let create = format!("create database {name} template {template} strategy file_copy");
    db.execute(AssertSqlSafe(create)).await.unwrap();
    drop_old(db, process, number).await;
    name
}

/// Drops databases of tests that ended long ago: a thousand of them fill the memory in which they lie. Whoever has a connection
/// keeps its own.
async fn drop_old(db: &mut PgConnection, process: u32, number: u32) {
    let left: Vec<String> = sqlx::query_scalar(
        "select d.datname::text from pg_database d
         where d.datname like 't\\_' || $1 || '\\_%' and split_part(d.datname, '_', 3)::int < $2 - 100
               and not exists (select from pg_stat_activity a where a.datname = d.datname)
         limit 4",
    )
    .bind(process.to_string())
    .bind(i32::try_from(number).unwrap())
    .fetch_all(&mut *db)
    .await
    .unwrap();
    for name in left {
        // Another test may be dropping it, or somebody has come back to it.
        let _ = db.execute(AssertSqlSafe(format!("drop database if exists {name}"))).await;
    }
}

/// The address of a database without any table.
pub async fn empty_database() -> String {
    let admin = tokio::task::spawn_blocking(|| SERVER.admin.clone()).await.unwrap();
    let mut db = PgConnection::connect(&admin).await.unwrap();
    at(&admin, &create_database(&mut db, "template0").await)
}

/// A portal on a database of its own.
pub struct Portal {
    pub app: Lunzhi,
    pub url: String,
    /// Some 900 routes below twenty layers take longer to put up than a page to answer; every client shares them.
    built: OnceLock<Router>,
    /// Where it stands for two.
    behind: Option<Box<Behind>>,
}

/// Two portals behind a proxy.
struct Behind {
    portals: [Portal; 2],
    answers: ToldOnFailure,
}

impl Portal {
    pub async fn start() -> Self {
        Self::start_with(Cost::CHEAP).await
    }

    /// Two portals on a database of their own, with one clock and one ballot key, behind a proxy that sends odd requests to
    /// the first and even ones to the second: every client of this one is served by turns. `app` is the first's.
    pub async fn two() -> Self {
        Self::two_with(Cost::CHEAP).await
    }

    pub async fn two_with(cost: Cost) -> Self {
        let one = Self::start_with(cost).await;
        let other = one.costing(cost, one.app.elections.ballot_box.key.clone());
        let (app, url) = (one.app.clone(), one.url.clone());
        let behind = Behind { portals: [one, other], answers: ToldOnFailure::default() };
        Self { app, url, built: OnceLock::new(), behind: Some(Box::new(behind)) }
    }

    /// Of two portals the first, past the proxy: for what one of them holds in its memory.
    pub fn first(&self) -> &Self {
        self.behind.as_ref().map_or(self, |behind| &behind.portals[0])
    }

    pub async fn start_with(cost: Cost) -> Self {
        // The first test to come prepares the server, which blocks.
        let admin = tokio::task::spawn_blocking(|| SERVER.admin.clone()).await.unwrap();
        Self::cloned(&admin, cost).await
    }

    /// On a server of the test's own, which is prepared first: for tests that read a server's files.
    pub async fn start_on(admin: &str) -> Self {
        make_template(admin).await;
        Self::cloned(admin, Cost::CHEAP).await
    }

    async fn cloned(admin: &str, cost: Cost) -> Self {
        let mut db = PgConnection::connect(admin).await.unwrap();
        let name = create_database(&mut db, &TEMPLATE).await;
        // A story asks each statement a few times; planned anew each time, that is a third of the server's work.
        let once = format!("alter database {name} set plan_cache_mode = force_generic_plan");
        db.execute(AssertSqlSafe(once)).await.unwrap();
        let ahead = format!("alter database {name} set story.ahead = '{} seconds'", AHEAD.whole_seconds());
        db.execute(AssertSqlSafe(ahead)).await.unwrap();
        let url = at(admin, &name);
        let app = Lunzhi::new(Pools::new(&url).unwrap(), story_clock(), cost, MarkKey::random(), None).unwrap();
        Self { app, url, built: OnceLock::new(), behind: None }
    }

    /// Another portal on the same database, with this one's clock and that ballot key: a second one beside it, or the same one
    /// after a restart.
    pub fn beside(&self, key: MarkKey) -> Self {
        self.costing(Cost::CHEAP, key)
    }

    fn costing(&self, cost: Cost, key: MarkKey) -> Self {
        let pools = Pools::new(&self.url).unwrap();
        let app = Lunzhi::new(pools, self.app.clock.clone(), cost, key, None).unwrap();
        self.with(app)
    }

    /// Another portal on the same database.
    pub fn with(&self, app: Lunzhi) -> Self {
        Self { app, url: self.url.clone(), built: OnceLock::new(), behind: None }
    }

    /// The portal after a restart: it has its ballot key and has forgotten what it held in memory.
    pub fn restarted(&self) -> Self {
        self.beside(self.app.elections.ballot_box.key.clone())
    }

    /// The portal on a port of its own, for clients that need a real connection.
    pub async fn listen(&self, limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(connections::serve(listener, self.router(), limits, std::future::pending()));
        address
    }

    /// The portal's routes and layers, as it was when they were first asked for.
    pub fn router(&self) -> Router {
        let build = || match &self.behind {
            Some(behind) => by_turns(behind.portals.each_ref().map(Self::router), &behind.answers.0),
            None => router(&self.app),
        };
        self.built.get_or_init(build).clone()
    }

    pub fn visitor(&self) -> Client {
        Client::new(self.router())
    }

    /// A client signed in at the first university, in that office.
    pub async fn signed_in(&self, office: OfficeKind) -> Client {
        self.signed_in_at(FIRST, office).await
    }

    pub async fn signed_in_at(&self, school: &str, office: OfficeKind) -> Client {
        let mut client = self.visitor();
        let page = client.sign_in(school, office.slug(), PASSWORD).await;
        assert_eq!(page.status, 303, "{}", page.text());
        client
    }

    /// A client of somebody who holds that office at the first university beside the one who does.
    pub async fn signed_in_beside(&self, office: OfficeKind, number: &str, name: &str) -> Client {
        sqlx::query(
            "with made as (
                 insert into account (id, institution_id, number, name, password_hash, password_set_at,
                                      must_change_password, created_at)
                 select gen_random_uuid(), a.institution_id, $3, $4, a.password_hash, story_now(), false, story_now()
                 from account a join institution i on i.id = a.institution_id
                 where a.number = $2 and i.code = $1 returning id, institution_id
             )
             insert into office (id, account_id, institution_id, kind, college_id, class_id, from_day, granted_at)
             select gen_random_uuid(), made.id, made.institution_id, o.kind, o.college_id, o.class_id, o.from_day, o.granted_at
             from made join office o on o.institution_id = made.institution_id and o.kind = $2
                  join account a on a.id = o.account_id and a.number = $2",
        )
        .bind(FIRST)
        .bind(office.slug())
        .bind(number)
        .bind(name)
        .execute(&mut self.owner().await)
        .await
        .unwrap();
        let mut client = self.visitor();
        assert_eq!(client.sign_in(FIRST, number, PASSWORD).await.status, 303);
        client
    }

    /// A connection of the database's owner, past everything the portal guards.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// How many rows each table has.
    pub async fn row_counts(&self) -> Vec<(String, i64)> {
        let mut db = self.owner().await;
        let tables: Vec<(String,)> =
            sqlx::query_as("select tablename::text from pg_tables where schemaname = 'public' order by 1")
                .fetch_all(&mut db)
                .await
                .unwrap();
        let mut counts = Vec::new();
        for (table,) in tables {
            let count = format!("select count(*) from {table}");
            let (rows,): (i64,) = sqlx::query_as(AssertSqlSafe(count)).fetch_one(&mut db).await.unwrap();
            counts.push((table, rows));
        }
        counts
    }
}
