//! The portal's speed as ratios, measured in one run on one machine: absolute figures depend on the machine and on what
//! else it does, ratios much less. Nothing here passes or fails; `make bench` prints the figures with their targets.
//!
//! What needs no election is in this one file.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that cannot go on should stop")]

mod ballots;
mod campus;
mod congresses;
mod lists;
mod memory;
mod sheets;
mod year;

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::{
    Router,
    extract::{self, State},
    http::HeaderMap,
    response::Html,
    routing::get,
};
use lunzhi::{
    accounts::store::{self, AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    auth::{
        person::Scope,
        token::{Purpose, Token},
    },
    clock::Clock,
    database::{
        Pools,
        embedded::{EmbeddedPg, Options},
        migrate,
    },
    ids::{InstitutionId, UnionId},
    office::OfficeKind,
    page::chrome::Chrome,
    router::{Portal as Lunzhi, router},
    rulebook::{Beside, RuleSearch, book_html, store::take_in_built_in},
    sealing::keys::MarkKey,
    secrets::Cost,
    unions::{self, roster_html},
    web::connections::{self, Limits},
};
use sqlx::{Connection as _, PgPool};
use tokio::net::TcpListener;
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// The portals that are measured inside this process allocate as the program does.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);
const PASSWORD: &str = "a password of the bench";
const CLIENTS: usize = 16;

fn main() {
    let cores = std::thread::available_parallelism().unwrap().get();
    println!(
        "{cores} cores, {ROUNDS} rounds of {ROUND:?} each, alternating; medians, lowest and highest in brackets\n"
    );
    // On the disk that the project is on: a server in memory would make flushing free.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let server = EmbeddedPg::start(&Options { dir: folder.path().join("pg"), disposable: false }).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (portal, bare, union) = runtime.block_on(stage(&server.url("postgres")));
    // All of it, or what is named: `cargo bench --bench ratios -- imports`.
    let named: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|found| found == name);
    if wanted("sign-ins") {
        sign_ins(portal);
    }
    if wanted("cas") {
        campus::measure(&runtime, portal, &server.url("postgres"));
    }
    if wanted("rulebook") {
        against_bare(portal, bare, "/rulebook", "rule book");
    }
    if wanted("roster") {
        against_bare(portal, bare, &format!("/unions/{union}/roster"), "roster   ");
    }
    if wanted("imports") {
        imports(&runtime, &server.url("postgres"), &folder.path().join("portal"));
    }
    if wanted("check") {
        whole_process();
    }
    if wanted("check-ins") {
        congresses::check_ins(&runtime, portal, &server.url("postgres"));
    }
    if wanted("memory") {
        memory::measure();
    }
    if wanted("sheets") {
        sheets::measure();
    }
    // The whole of it by `ballots`, or one of its parts.
    let parts: Vec<&str> = ballots::PARTS.into_iter().filter(|&part| wanted("ballots") || wanted(part)).collect();
    if !parts.is_empty() {
        ballots::measure(&runtime, &parts);
    }
    // From here on every statement is looked at.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Statements)).unwrap();
    if wanted("overview") {
        overview(&runtime, portal, &server.url("postgres"));
    }
    if wanted("congresses") {
        congresses::overview(portal);
    }
    if wanted("vetting") {
        vetting(portal);
    }
    if wanted("calendar") {
        calendar(portal);
    }
    if wanted("requests") {
        lists::requests(portal);
    }
    if wanted("reviews") {
        lists::reviews(portal);
    }
    if wanted("year") {
        year::measure(&runtime);
    }
    // At the end, because a home page of more statements than it may send stops the run.
    if wanted("pages") {
        lists::pages(portal);
    }
}

/// A portal and, on the same database, the barest server that authenticates and renders the same page.
async fn stage(url: &str) -> (SocketAddr, SocketAddr, UnionId) {
    migrate(url).await.unwrap();
    let pools = Pools::new(url).unwrap();
    let app = Lunzhi::new(pools.clone(), Clock::default(), Cost::OWASP, MarkKey::random(), None).unwrap();
    let (hash, now) = (app.hasher.hash(PASSWORD).await.unwrap(), app.clock.now());
    let mut db = pools.write.acquire().await.unwrap();
    take_in_built_in(&mut db, now).await.unwrap();
    let school = store::create_institution(&mut db, "bench", "测速学院", now).await.unwrap();
    let manager = AccountManager::operator(school);
    for number in 0..=CLIENTS {
        let number = format!("B{number}");
        let account =
            NewAccount { number: &number, name: "测速", password_hash: Some(&hash), must_change_password: false };
        let id = store::create(&mut db, &manager, &account, now).await.unwrap().unwrap();
        store::grant(&mut db, &manager, id, &league(now.date()), now).await.unwrap();
    }
    make_unions(&mut db, &hash, "few", 50).await;
    make_unions(&mut db, &hash, "many", 500).await;
    for code in lists::OPENED {
        lists::make_quiet(&mut db, &hash, code).await;
    }
    for (code, meetings) in [("few", 200), ("many", 2_000)] {
        make_meetings(&mut db, code, meetings).await;
    }
    for (code, colleges) in [("round", 3), ("rounds", 30)] {
        make_unions(&mut db, &hash, code, colleges).await;
        make_round(&mut db, code).await;
    }
    congresses::make(&mut db, &hash).await;
    campus::make(&mut db, &hash).await;
    for (code, requests) in lists::ASKING {
        make_unions(&mut db, &hash, code, 10).await;
        lists::make_requests(&mut db, &hash, code, requests).await;
    }
    for (code, unions) in lists::REVIEWING {
        make_unions(&mut db, &hash, code, unions).await;
        lists::make_reviews(&mut db, code).await;
    }
    // A school union of sixty for the roster.
    let union = make_roster(&mut db).await;
    drop(db);
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(16).connect(url).await.unwrap();
    let bare = Router::new()
        .route("/rulebook", get(bare_page))
        .route("/unions/{union}/roster", get(bare_roster))
        .with_state(pool);
    let (listener, at) = bind().await;
    tokio::spawn(connections::serve(listener, router(&app), Limits::default(), std::future::pending()));
    let (bare_listener, bare_at) = bind().await;
    tokio::spawn(axum::serve(bare_listener, bare).into_future());
    (at, bare_at, union)
}

async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// It makes the whole book anew, as a handler does that keeps nothing.
async fn bare_page(State(pool): State<PgPool>, headers: HeaderMap) -> Html<String> {
    let token = Token::from_headers(Purpose::Session, &headers).unwrap();
    let query = "select a.name from session s join account a on a.id = s.account_id
                 where s.token_hash = $1 and s.expires_at > now()";
    let (name,): (String,) = sqlx::query_as(query).bind(token.hash()).fetch_one(&pool).await.unwrap();
    Html(book_html(Chrome::bare(&name), None, &Beside::default(), RuleSearch::default()).unwrap())
}

async fn bare_roster(
    State(pool): State<PgPool>,
    extract::Path(union): extract::Path<UnionId>,
    headers: HeaderMap,
) -> Html<String> {
    let token = Token::from_headers(Purpose::Session, &headers).unwrap();
    let query = "select a.name, a.institution_id from session s join account a on a.id = s.account_id
                 where s.token_hash = $1 and s.expires_at > now()";
    let (name, institution): (String, InstitutionId) =
        sqlx::query_as(query).bind(token.hash()).fetch_one(&pool).await.unwrap();
    let (scope, today) = (Scope { institution, college: None, class: None }, Clock::default().today());
    let mut db = pool.acquire().await.unwrap();
    let rows = unions::store::roster(&mut db, &scope, OfficeKind::SchoolLeague, union, today).await.unwrap();
    Html(roster_html(Chrome::bare(&name), union, "校学生会", &rows, today, true).unwrap())
}

/// The university of the other measurements gets a school union of sixty people, who are students of the others'; not the
/// student in no post ([`lists::make_quiet`]), whose number would come first.
async fn make_roster(db: &mut sqlx::PgConnection) -> UnionId {
    let union = UnionId::random();
    for statement in [
        "insert into student_union (id, institution_id, kind, created_at, opened_on)
         select $1, id, 'school', now(), '2025-09-01' from institution where code = 'bench'",
        "insert into department (id, union_id, name, functions, from_day)
         select gen_random_uuid(), $1, '部门' || n, '文艺', '2025-09-01' from generate_series(1, 6) n",
        "insert into post (id, union_id, student_id, kind, department_id, from_day)
         select gen_random_uuid(), $1, s.id, 'staff', d.id, '2025-09-01'
         from (select id, row_number() over (order by number) as place from student where number like 'S%' limit 60) s
              join department d on d.union_id = $1 and d.name = '部门' || (1 + s.place % 6)",
    ] {
        sqlx::query(statement).bind(union).execute(&mut *db).await.unwrap();
    }
    union
}

struct Answer {
    status: u16,
    set: Option<String>,
    location: String,
    /// How long the portal had it, where that is noted.
    took: Duration,
}

/// One connection that is kept, of a browser that keeps its cookies.
struct Connection {
    socket: BufReader<TcpStream>,
    body: Vec<u8>,
    device: String,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_nodelay(true).unwrap();
        Self { socket: BufReader::new(socket), body: Vec::new(), device: String::new() }
    }

    /// The status, and the session's cookie if one is set.
    fn ask(&mut self, method: &str, path: &str, cookie: &str, body: &str) -> (u16, Option<String>) {
        let answer = self.send(method, path, cookie, "application/x-www-form-urlencoded", body);
        (answer.status, answer.set)
    }

    fn send(&mut self, method: &str, path: &str, cookie: &str, kind: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut length, mut in_chunks) = (0, 0, false);
        let (mut set, mut location, mut took) = (None, String::new(), Duration::ZERO);
        let mut line = String::new();
        loop {
            line.clear();
            self.socket.read_line(&mut line).unwrap();
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            } else if line == "transfer-encoding: chunked" {
                in_chunks = true;
            } else if let Some(rest) = line.strip_prefix("x-bench-took: ") {
                took = Duration::from_micros(rest.parse().unwrap());
            } else if let Some(rest) = line.strip_prefix("location: ") {
                rest.clone_into(&mut location);
            } else if let Some(rest) = line.strip_prefix("set-cookie: ").and_then(|rest| rest.split(';').next()) {
                if rest.starts_with("lunzhi=") {
                    set = Some(rest.to_owned());
                } else if !rest.ends_with('=') {
                    rest.clone_into(&mut self.device);
                }
            }
        }
        if in_chunks {
            self.body.clear();
            while self.read_chunk() > 0 {}
        } else {
            self.body.resize(length, 0);
            self.socket.read_exact(&mut self.body).unwrap();
        }
        Answer { status, set, location, took }
    }

    /// Reads one more chunk of a body; the last one has no bytes.
    fn read_chunk(&mut self) -> usize {
        let mut line = String::new();
        self.socket.read_line(&mut line).unwrap();
        let (start, length) = (self.body.len(), usize::from_str_radix(line.trim_end(), 16).unwrap());
        self.body.resize(start + length, 0);
        self.socket.read_exact(&mut self.body[start..]).unwrap();
        // The end of its line.
        self.socket.read_exact(&mut [0; 2]).unwrap();
        length
    }

    fn sign_in(&mut self, number: usize) -> String {
        self.sign_in_as("bench", &format!("B{number}"))
    }

    fn sign_in_as(&mut self, school: &str, number: &str) -> String {
        let body = format!("school={school}&number={number}&password={}", PASSWORD.replace(' ', "+"));
        let (status, cookie) = self.ask("POST", "/sign-in", &self.device.clone(), &body);
        assert_eq!(status, 303);
        cookie.unwrap()
    }
}

/// How often a second `work` is done by `threads` threads, each with a state of its own.
fn rate<S>(threads: usize, start: impl Fn(usize) -> S + Sync, work: impl Fn(&mut S, usize) + Sync) -> f64 {
    let (done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (done, stop, start, work) = (&done, &stop, &start, &work);
            scope.spawn(move || {
                let mut state = start(thread);
                while !stop.load(Ordering::Relaxed) {
                    work(&mut state, thread);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(ROUND);
        stop.store(true, Ordering::Relaxed);
    });
    // What was under way at the stop is done and counted, and so is its time.
    let took = began.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "far below the limit")]
    let done = done.load(Ordering::Relaxed) as f64;
    done / took.as_secs_f64()
}

fn spread(mut figures: Vec<f64>, digits: usize) -> String {
    figures.sort_by(f64::total_cmp);
    let (low, middle, high) = (figures[0], figures[figures.len() / 2], figures[figures.len() - 1]);
    format!("{middle:.digits$} [{low:.digits$} – {high:.digits$}]")
}

fn percentile(mut times: Vec<Duration>, part: usize) -> Duration {
    times.sort();
    times[(times.len() * part / 100).min(times.len() - 1)]
}

/// Memory for one hash at a time.
fn argon2_memory() -> Vec<Block> {
    vec![Block::default(); usize::try_from(Cost::OWASP.memory_kib).unwrap()]
}

/// One hash as the portal makes it, and nothing around it.
fn argon2_once(memory: &mut [Block]) {
    let params = Params::new(Cost::OWASP.memory_kib, Cost::OWASP.passes, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    argon2.hash_password_into_with_memory(PASSWORD.as_bytes(), b"salt and more", &mut output, memory).unwrap();
}

fn sign_ins(portal: SocketAddr) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let raw = || rate(cores, |_| argon2_memory(), |memory, _| argon2_once(memory));
    let http = || rate(CLIENTS, |_| Connection::open(portal), |connection, client| drop(connection.sign_in(client)));
    let (mut hashes, mut signed_in, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    let cookie = Connection::open(portal).sign_in(CLIENTS);
    for _ in 0..ROUNDS {
        let hashing = raw();
        idle.extend(probe(portal, &cookie, || std::thread::sleep(ROUND)));
        // Without the probe, which takes its share of the cores; then with it.
        let signing = http();
        busy.extend(probe(portal, &cookie, || {
            http();
        }));
        ratios.push(signing / hashing);
        hashes.push(hashing);
        signed_in.push(signing);
    }
    println!("argon2id hashes a second, nothing else    {}", spread(hashes, 1));
    println!("sign-ins a second over HTTP               {}", spread(signed_in, 1));
    println!("  ratio (target 0.95)                     {}", spread(ratios, 3));
    let (quiet, loaded) = (percentile(idle, 99), percentile(busy, 99));
    println!("p99 of a page, idle / while they sign in  {quiet:.1?} / {loaded:.1?}");
    println!("  ratio (target under 10)                 {:.1}\n", loaded.as_secs_f64() / quiet.as_secs_f64());
}

/// How long a signed-in page takes, asked for again and again while `meanwhile` runs.
fn probe(portal: SocketAddr, cookie: &str, meanwhile: impl FnOnce()) -> Vec<Duration> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let prober = scope.spawn(|| {
            let (mut connection, mut times) = (Connection::open(portal), Vec::new());
            while !stop.load(Ordering::Relaxed) {
                let began = Instant::now();
                assert_eq!(connection.ask("GET", "/me", cookie, "").0, 200);
                times.push(began.elapsed());
                std::thread::sleep(Duration::from_millis(5));
            }
            times
        });
        meanwhile();
        stop.store(true, Ordering::Relaxed);
        prober.join().unwrap()
    })
}

/// Pages a second of the portal against those of the barest handler that authenticates the session and renders the same.
fn against_bare(portal: SocketAddr, bare: SocketAddr, path: &str, what: &str) {
    let cookie = Connection::open(portal).sign_in(0);
    let pages = |address: SocketAddr| {
        rate(
            CLIENTS,
            |_| Connection::open(address),
            |connection, _| {
                assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
            },
        )
    };
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (bare, portal) = (pages(bare), pages(portal));
        ratios.push(portal / bare);
        ours.push(portal);
        theirs.push(bare);
    }
    println!("{what} pages a second, bare handler    {}", spread(theirs, 0));
    println!("{what} pages a second, the portal      {}", spread(ours, 0));
    println!("  ratio (target 1.0)                      {}\n", spread(ratios, 3));
}

/// The School Youth League committee's office from that day on.
fn league(from: time::Date) -> NewOffice {
    NewOffice { kind: OfficeKind::SchoolLeague, place: OfficePlace::School, term: Term::since(from) }
}

/// A university with so many college unions of a hundred posts each, opened long ago, and somebody of its League committee.
async fn make_unions(db: &mut sqlx::PgConnection, hash: &str, code: &str, unions: i32) {
    let clock = Clock::default();
    let school =
        store::create_institution(db, code, &format!("{code} 学院，{unions} 个学生会"), clock.now()).await.unwrap();
    let manager = AccountManager::operator(school);
    let account = NewAccount { number: "L1", name: "测速", password_hash: Some(hash), must_change_password: false };
    let id = store::create(db, &manager, &account, clock.now()).await.unwrap().unwrap();
    store::grant(db, &manager, id, &league(clock.today()), clock.now()).await.unwrap();
    for statement in [
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select $1, 1, '2024-09-01', v.id, now(), a.id from plan_version v, account a
         where v.code = 'suzhou-2020' and a.institution_id = $1 and $2 > 0",
        "insert into college (id, institution_id, name) select gen_random_uuid(), $1, '院系' || n from generate_series(1, $2) n",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '专业', 'undergraduate' from college where institution_id = $1 and $2 > 0",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2024, '班级' from major m join college c on c.id = m.college_id
         where c.institution_id = $1 and $2 > 0",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), $1, 'S' || row_number() over (), '学生' || n, k.id, '共青团员'
         from class k join major m on m.id = k.major_id join college c on c.id = m.college_id, generate_series(1, 100) n
         where c.institution_id = $1 and $2 > 0",
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '上学期', 1, 40, 0, '教务处', now(), a.id
         from student s join account a on a.institution_id = s.institution_id where s.institution_id = $1 and $2 > 0",
        "insert into student_union (id, institution_id, kind, college_id, created_at, opened_on)
         select gen_random_uuid(), $1, 'college', id, now(), '2025-09-01' from college where institution_id = $1 and $2 > 0",
        "insert into department (id, union_id, name, functions, from_day)
         select gen_random_uuid(), u.id, '部门' || n, '文艺', '2025-09-01'
         from student_union u, generate_series(1, 6) n where u.institution_id = $1 and $2 > 0",
        "insert into post (id, union_id, student_id, kind, department_id, from_day)
         select gen_random_uuid(), u.id, s.id, case when s.place <= 4 then 'presidium' else 'staff' end,
                case when s.place <= 4 then null else d.id end, '2025-09-01'::date + (s.place % 3)::integer * 30
         from student_union u join lateral (
                  select s.id, row_number() over (order by s.number) as place
                  from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                  where m.college_id = u.college_id) s on true
              join department d on d.union_id = u.id and d.name = '部门' || (1 + s.place % 6)
         where u.institution_id = $1 and $2 > 0",
    ] {
        sqlx::query(statement).bind(school).bind(unions).execute(&mut *db).await.unwrap();
    }
    sqlx::query("analyze").execute(&mut *db).await.unwrap();
}

/// So many meetings of a university's unions in the year to come: what stands on its calendar.
async fn make_meetings(db: &mut sqlx::PgConnection, code: &str, meetings: i32) {
    sqlx::query(
        "with own as (
             select u.id, row_number() over (order by u.id) as place, count(*) over () as many
             from student_union u join institution i on i.id = u.institution_id where i.code = $1
         )
         insert into union_meeting (id, union_id, kind, title, place, starts_at, minutes_long, agenda, stage, sequence,
                                    called_at, called_by)
         select gen_random_uuid(), own.id, 'topical', '第 ' || n || ' 次会议', '会议室',
                now() + interval '1 day' * (n % 360) + interval '1 hour', 60, '研究工作', 'called', 0, now(),
                (select a.id from account a join institution i on i.id = a.institution_id where i.code = $1 limit 1)
         from generate_series(1, $2) n join own on own.place = 1 + n % own.many",
    )
    .bind(code)
    .bind(meetings)
    .execute(&mut *db)
    .await
    .unwrap();
    sqlx::query("analyze union_meeting").execute(db).await.unwrap();
}

/// A round of the school's union in which every student of the university has applied and was recommended: all of them wait
/// for the two offices of the second step.
async fn make_round(db: &mut sqlx::PgConnection, code: &str) {
    for statement in [
        "insert into student_union (id, institution_id, kind, created_at, opened_on)
         select gen_random_uuid(), id, 'school', now(), '2025-09-01' from institution where code = $1",
        "insert into department (id, union_id, name, functions, from_day)
         select gen_random_uuid(), u.id, '办公室', '文书', '2025-09-01' from student_union u
                join institution i on i.id = u.institution_id where i.code = $1 and u.kind = 'school'",
        r#"insert into vetting_round (id, institution_id, union_id, title, purpose, places, chain, plan_version_id, opens_on,
                                      closes_on, effective_on, due_days, notice_days, day_count, opened_at)
           select gen_random_uuid(), i.id, u.id, '招新', 'recruit', 'members',
                  '{"rule": "VET-02", "plan": "", "document": "", "section": "", "quote": "", "links": [
                    {"act": "推荐", "by": [{"body": "college_league", "name": "团组织"}], "any": true, "together": false},
                    {"act": "审核后确定", "by": [{"body": "student_affairs", "name": "学生工作部"},
                                              {"body": "school_league", "name": "团委"}], "any": false, "together": false}]}',
                  (select v.id from plan_version v where v.code = 'suzhou-2020' limit 1), current_date, current_date + 5,
                  current_date + 20, '{5,5}', 0, 'calendar', now()
           from student_union u join institution i on i.id = u.institution_id where i.code = $1 and u.kind = 'school'"#,
        "insert into vetting_place (id, round_id, kind, department_id, seats)
         select gen_random_uuid(), r.id, 'staff', d.id, 60 from vetting_round r join department d on d.union_id = r.union_id
                join institution i on i.id = r.institution_id where i.code = $1",
        "insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id, origin, source,
                                   pledge, pledged_at, evidence, created_at, submitted_at, stage, step, visit, furthest, due_on)
         select gen_random_uuid(), row_number() over (), i.id, r.id, p.id, s.id, m.college_id, k.id, 'applied', 'college_staff', '公约',
                now(), '{\"on\": \"2026-11-01\", \"conditions\": [], \"rank\": [1, 40], \"failed\": 0, \"political\": \"共青团员\"}',
                now(), now(), 'at', 1, 1, 1, current_date + 5
         from student s join institution i on i.id = s.institution_id join class k on k.id = s.class_id
              join major m on m.id = k.major_id join vetting_round r on r.institution_id = i.id
              join vetting_place p on p.round_id = r.id where i.code = $1",
    ] {
        sqlx::query(statement).bind(code).execute(&mut *db).await.unwrap();
    }
    // As autovacuum leaves a round some minutes after its candidates came.
    sqlx::query("vacuum (analyze) vetting_round, vetting_place, vetting_case").execute(&mut *db).await.unwrap();
}

/// A round of 300 and one of 3,000 applicants: the work list, the round's page, and one opinion on 50 and on 500 of them.
fn vetting(portal: SocketAddr) {
    let (mut all, mut statements) = (Vec::new(), Vec::new());
    for (code, applicants, batch) in [("round", 300, 50), ("rounds", 3_000, 500)] {
        let mut connection = Connection::open(portal);
        let cookie = connection.sign_in_as(code, "L1");
        let mut measure = |path: &str| {
            let (mut times, mut before) = (Vec::new(), 0);
            for round in 0..11 {
                let began = Instant::now();
                assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
                if round == 0 {
                    before = SENT.load(Ordering::Relaxed);
                } else {
                    times.push(began.elapsed());
                }
            }
            let body = String::from_utf8_lossy(&connection.body).into_owned();
            (percentile(times, 50), (SENT.load(Ordering::Relaxed) - before) / 10, body)
        };
        let (list, list_sent, _) = measure("/vetting");
        let (whole, whole_sent, page) = measure("/vetting?many=yes");
        let rounds = measure("/rounds").2;
        let round = rounds.split("/rounds/").nth(2).and_then(|rest| rest.get(..36)).unwrap().to_owned();
        let (round_page, round_sent, _) = measure(&format!("/rounds/{round}"));
        let cases: Vec<&str> = page
            .split("name=\"case\" value=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .take(batch)
            .collect();
        assert_eq!(cases.len(), batch);
        let fields = cases.iter().fold(String::new(), |text, case| format!("{text}case={case}&"));
        let (began, before) = (Instant::now(), SENT.load(Ordering::Relaxed));
        assert_eq!(connection.ask("POST", "/vetting", &cookie, &format!("{fields}verdict=agree&words=")).0, 200);
        let (taken, sent) = (began.elapsed(), SENT.load(Ordering::Relaxed) - before);
        assert!(String::from_utf8_lossy(&connection.body).contains(&format!("已对 {batch} 人签署")));
        println!("round of {applicants:4} applicants: list of 50      {list:.1?} in {list_sent} statements");
        println!("  list of {batch:3}                             {whole:.1?} in {whole_sent} statements");
        println!("  the round's page                        {round_page:.1?} in {round_sent} statements");
        println!("  one opinion on {batch:3}                      {taken:.1?} in {sent} statements");
        all.push([list, whole, round_page, taken].map(|time| time.as_secs_f64()));
        statements.push([list_sent, whole_sent, round_sent]);
    }
    assert_eq!(statements[0], statements[1], "the same statements, however many apply");
    let growth: Vec<String> = all[0].iter().zip(all[1]).map(|(few, many)| format!("{:.1}", many / few)).collect();
    println!("  ten times the applicants take           {} times (target 1.2 / - / 1.5 / 2.5)\n", growth.join(" / "));
}

/// Counts the statements that the portal sends.
struct Statements;

static SENT: AtomicU64 = AtomicU64::new(0);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            SENT.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What is written before the overview is looked at: nothing, something of one union, something that all unions share.
const BEFORE_THE_OVERVIEW: [(&str, Option<&str>); 3] = [
    ("as it was", None),
    (
        "one union changed",
        Some(
            "update department set functions = functions where id = (
                 select d.id from department d join student_union u on u.id = d.union_id
                        join institution i on i.id = u.institution_id where i.code = $1 order by d.id limit 1)",
        ),
    ),
    ("all judged anew", Some("update semester set name = name where name = $1")),
];

/// 对照检查总览 of 50 and of 500 unions by turns, after each kind of change by turns: how long each takes against the whole work,
/// and how it grows.
fn overview(runtime: &tokio::runtime::Runtime, portal: SocketAddr, url: &str) {
    let mut db = runtime.block_on(sqlx::PgConnection::connect(url)).unwrap();
    let sizes = [("few", 50), ("many", 500)];
    let mut readers = sizes.map(|(code, _)| {
        let mut connection = Connection::open(portal);
        let cookie = connection.sign_in_as(code, "L1");
        (connection, cookie)
    });
    let mut times = [0; 2].map(|_| [0; 3].map(|_| Vec::new()));
    let mut sent = [[0; 3]; 2];
    // The first look warms up.
    for look in 0..=10 {
        for (place, (connection, cookie)) in readers.iter_mut().enumerate() {
            // What was made anew is looked at once more without a change.
            for (kind, (_, change)) in BEFORE_THE_OVERVIEW.iter().enumerate().rev() {
                if let Some(change) = *change {
                    let changed = sqlx::query(change).bind(sizes[place].0).execute(&mut db);
                    runtime.block_on(changed).unwrap();
                }
                let (began, before) = (Instant::now(), SENT.load(Ordering::Relaxed));
                assert_eq!(connection.ask("GET", "/compliance", cookie, "").0, 200);
                if look > 0 {
                    times[place][kind].push(began.elapsed());
                    sent[place][kind] = SENT.load(Ordering::Relaxed) - before;
                }
            }
        }
    }
    let medians = times.map(|kinds| kinds.map(|times| percentile(times, 50)));
    for (kind, (what, _)) in BEFORE_THE_OVERVIEW.iter().enumerate() {
        for (place, (_, unions)) in sizes.iter().enumerate() {
            let (median, whole) = (medians[place][kind], medians[place][2]);
            println!(
                "overview of {unions:3} unions, {:5} posts, {what:17} {median:.1?} in {} statements, {:.2} of judging all \
                 anew",
                unions * 100,
                sent[place][kind],
                median.as_secs_f64() / whole.as_secs_f64()
            );
        }
        let growth = medians[1][kind].as_secs_f64() / medians[0][kind].as_secs_f64();
        let target = if kind == 0 { " (target 3)" } else { "" };
        println!("  ten times the unions take               {growth:.1} times{target}");
    }
    println!();
}

/// 全年日历 of a year with 200 and with 2,000 entries, as a list and by month: how it grows, and in how many statements.
fn calendar(portal: SocketAddr) {
    for (path, what) in [("/calendar", "list "), ("/calendar?view=month", "month")] {
        let (mut medians, mut statements) = (Vec::new(), Vec::new());
        for (code, entries) in [("few", 200), ("many", 2_000)] {
            let mut connection = Connection::open(portal);
            let cookie = connection.sign_in_as(code, "L1");
            assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
            let (mut times, before) = (Vec::new(), SENT.load(Ordering::Relaxed));
            for _ in 0..10 {
                let began = Instant::now();
                assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
                times.push(began.elapsed());
            }
            let each = (SENT.load(Ordering::Relaxed) - before) / 10;
            let median = percentile(times, 50);
            println!("calendar, {what} of a year with {entries:4}      {median:.1?} in {each} statements");
            medians.push(median);
            statements.push(each);
        }
        assert_eq!(statements[0], statements[1], "the same statements, however much stands on the calendar");
        println!(
            "  ten times the entries take              {:.1} times\n",
            medians[1].as_secs_f64() / medians[0].as_secs_f64()
        );
    }
}

/// A list of students whose numbers begin with `round`, as the portal's template has it.
fn student_list(round: usize, students: usize) -> String {
    let mut text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌,性别,民族\n".to_owned();
    for number in 0..students {
        let class = number / 40;
        let (college, major) = (class % 12, class % 60);
        writeln!(
            text,
            "{round}{number:07},学生{number},院系{college},专业{major},本科,2026,班级{round}-{class},共青团员,女,汉族"
        )
        .unwrap();
    }
    text
}

/// A portal as a process of its own, whose memory is nobody else's, under the settings of docs/OPERATING.md.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(url: &str, data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("DATABASE_URL", url)
            .env("MALLOC_ARENA_MAX", "2")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        Self { child, address: address.unwrap() }
    }

    /// The most memory that it has had so far, in MB.
    fn peak(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A new list from upload to preview and from the confirmation to the last row, against `\copy` of the same rows into a
/// bare table with the same key; and how both grow tenfold.
fn imports(runtime: &tokio::runtime::Runtime, url: &str, folder: &Path) {
    let portal = Served::start(url, folder);
    let mut connection = Connection::open(portal.address);
    let cookie = connection.sign_in(0);
    println!("peak memory of the portal before, MB      {:.0}", portal.peak());
    let mut medians = Vec::new();
    for (place, students) in [4_000, 40_000].into_iter().enumerate() {
        let (mut previews, mut commits, mut copies, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for round in 0..3 {
            let text = student_list(1 + place * 3 + round, students);
            let by_copy = runtime.block_on(copy(url, &text));
            let body = format!(
                "--XyX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nstudents\r\n--XyX\r\n\
                 Content-Disposition: form-data; name=\"file\"; filename=\"s.csv\"\r\n\r\n{text}\r\n--XyX--\r\n"
            );
            let began = Instant::now();
            let answer = connection.send("POST", "/imports", &cookie, "multipart/form-data; boundary=XyX", &body);
            assert_eq!(answer.status, 303);
            let path = answer.location.split('?').next().unwrap().to_owned();
            assert_eq!(connection.ask("GET", &path, &cookie, "").0, 200);
            let previewed = began.elapsed();
            let began = Instant::now();
            assert_eq!(connection.ask("POST", &format!("{path}/commit"), &cookie, "").0, 303);
            loop {
                assert_eq!(connection.ask("GET", &path, &cookie, "").0, 200);
                if String::from_utf8_lossy(&connection.body).contains("已写入：") {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            let committed = began.elapsed();
            previews.push(previewed.as_secs_f64());
            commits.push(committed.as_secs_f64());
            copies.push(by_copy.as_secs_f64());
            ratios.push((previewed + committed).as_secs_f64() / by_copy.as_secs_f64());
        }
        let middle = |mut all: Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        println!("{students} students: \\copy of the rows, s      {}", spread(copies.clone(), 3));
        println!("  upload and preview, s                   {}", spread(previews.clone(), 3));
        println!("  confirmation to the last row, s         {}", spread(commits.clone(), 3));
        println!("  both as a multiple of \\copy             {} (target 6, at most 10)", spread(ratios, 1));
        medians.push((middle(previews) + middle(commits), middle(copies)));
    }
    println!(
        "from 4,000 to 40,000 it takes             {:.1} times as long (\\copy {:.1})",
        medians[1].0 / medians[0].0,
        medians[1].1 / medians[0].1
    );
    println!("peak memory of the portal, MB             {:.0} (target 150)\n", portal.peak());
}

/// How long `\copy` of a list takes into a table with the key that students have.
async fn copy(url: &str, text: &str) -> Duration {
    let mut db = sqlx::PgConnection::connect(url).await.unwrap();
    let table = "create table copied (number text primary key, name text, college text, major text, level text,
                 year text, class text, political text, gender text, ethnic text)";
    sqlx::query(table).execute(&mut db).await.unwrap();
    let began = Instant::now();
    let mut into = db.copy_in_raw("copy copied from stdin (format csv, header)").await.unwrap();
    into.send(text.as_bytes()).await.unwrap();
    into.finish().await.unwrap();
    let took = began.elapsed();
    sqlx::query("drop table copied").execute(&mut db).await.unwrap();
    took
}

fn whole_process() {
    let folder = tempfile::tempdir().unwrap();
    let roster = folder.path().join("roster.csv");
    let mut text =
        "学号,姓名,院系,岗位,部门,执行主席,政治面貌,专业排名,专业人数,不及格门数,来自院系学生会\n".to_owned();
    for number in 0..60 {
        let (post, department) = if number < 5 {
            ("主席团成员", "")
        } else {
            ("部门工作人员", ["办公室", "文体部"][number % 2])
        };
        let line =
            [&number.to_string(), "学生", "信息系", post, department, "", "共青团员", "3", "40", "0", "是"].join(",");
        text.push_str(&line);
        text.push('\n');
    }
    std::fs::write(&roster, text).unwrap();
    let run = |args: &[&str]| {
        let began = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_lunzhi")).args(args).stdout(Stdio::null()).status().unwrap();
        assert!(status.code().is_some_and(|code| code < 2));
        began.elapsed()
    };
    let path = roster.display().to_string();
    let check = ["check", &path, "--plan", "suzhou-2020", "--union", "school", "--json"];
    let times: Vec<Duration> = (0..60).map(|_| run(&check)).collect();
    let nothing: Vec<Duration> = (0..60).map(|_| run(&["--version"])).collect();
    let (whole, start) = (percentile(times, 50), percentile(nothing, 50));
    println!(
        "check of 60 people, whole process         {whole:.1?} (target under 50 ms); a process that does nothing {start:.1?}"
    );
}
