//! Casting and counting: votes a second over HTTP against rows a second that the database takes bare, how long a voter waits,
//! how long a count takes, and a whole university that signs in and votes.
//!
//! On a server of its own: two million envelopes would be felt by whatever else is measured.
//!
//! One file: the three measurements share one election.

use std::{
    collections::HashSet,
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderValue, header};
use lunzhi::{
    accounts::store::{self, AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    auth::token::{Purpose, Token},
    clock::Clock,
    database::{
        Pools,
        embedded::{EmbeddedPg, Options, find_binaries},
        migrate,
    },
    elections::ballot::{Mark, Shape, Vote, Votes},
    ids::{CollegeId, InstitutionId, SittingId},
    office::OfficeKind,
    router::{Portal as Lunzhi, router},
    rulebook::store::take_in_built_in,
    sealing::keys::{self, MarkKey, PublicKey},
    secrets::Cost,
    web::connections::{self, Limits},
};
use sqlx::{Connection as _, PgConnection};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::{Builder, Handle, Runtime},
    task::JoinSet,
};

use super::{
    Answer, CLIENTS, Connection, PASSWORD, ROUND, ROUNDS, argon2_memory, argon2_once, bind, percentile, spread,
};

/// What can be asked for by name.
pub const PARTS: [&str; 3] = ["casts", "count", "voters"];

const SCHOOL: &str = "votes";
const KEEPER: &str = "K1";
/// The chief first; two of them open the envelopes.
const MONITORS: [&str; 3] = ["M1", "M2", "M3"];
/// Students of the one college, all of whom vote.
const ROLL: i32 = 40_000;
/// What a voter sends.
const BALLOT: &str = "c1-1=F&c1-2=A";
/// Voters who cast at the same moment, and the clients of pgbench.
const AT_ONCE: usize = 32;
/// Voters at once in the last minutes of a large election.
const CROWD: usize = 256;
/// Connections of the voters who come at their own time and wait for nobody.
const LANES: usize = 128;
/// Envelopes of other sittings.
const FILLED: u64 = 2_000_000;
const WARMING: Duration = Duration::from_secs(1);
/// Rounds of what takes longer than the others.
const FEW_ROUNDS: usize = 3;
/// How often the page of a count looks again by itself.
const REFRESH: Duration = Duration::from_secs(2);

/// All of it, or some of [`PARTS`].
pub fn measure(runtime: &Runtime, parts: &[&str]) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let server = EmbeddedPg::start(&Options { dir: folder.path().join("ballots"), disposable: false }).unwrap();
    let portal = runtime.block_on(Portal::start(server.url("postgres")));
    if parts.contains(&"casts") {
        casts(runtime, &server, &portal, folder.path());
    }
    if parts.contains(&"count") {
        counts(&portal);
    }
    if parts.contains(&"voters") {
        voters(&portal);
    }
    portal.run(portal.app.close());
}

fn say(label: &str, figure: &str) {
    println!("{label:<42}{figure}");
}

fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// A portal with a database of its own: one university of one college, all of whose students are signed in.
struct Portal {
    runtime: Handle,
    at: SocketAddr,
    url: String,
    app: Lunzhi,
    college: CollegeId,
    /// A session of each student, as the browser sends it.
    cookies: Vec<String>,
}

impl Portal {
    async fn start(url: String) -> Self {
        migrate(&url).await.unwrap();
        let pools = Pools::new(&url).unwrap();
        let app = Lunzhi::new(pools, Clock::default(), Cost::OWASP, MarkKey::random(), None).unwrap();
        let (hash, now) = (app.hasher.hash(PASSWORD).await.unwrap(), app.clock.now());
        let mut db = PgConnection::connect(&url).await.unwrap();
        take_in_built_in(&mut db, now).await.unwrap();
        let school = store::create_institution(&mut db, SCHOOL, "投票测速学院", now).await.unwrap();
        let college = CollegeId::random();
        let cookies = enrol(&mut db, (school, college), &hash).await;
        let manager = AccountManager::operator(school);
        for number in [KEEPER].into_iter().chain(MONITORS) {
            let kind = if number == KEEPER { OfficeKind::SchoolLeague } else { OfficeKind::StudentAffairs };
            let account =
                NewAccount { number, name: "测速", password_hash: Some(&hash), must_change_password: false };
            let id = store::create(&mut db, &manager, &account, now).await.unwrap().unwrap();
            let office = NewOffice { kind, place: OfficePlace::School, term: Term::since(now.date()) };
            assert!(store::grant(&mut db, &manager, id, &office, now).await.unwrap());
        }
        let adopt =
            "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
             select $1, 1, '2024-09-01', v.id, now(), a.id from plan_version v, account a
             where v.code = 'suzhou-2020' and a.institution_id = $1 and a.number = $2";
        sqlx::query(adopt).bind(school).bind(KEEPER).execute(&mut db).await.unwrap();
        let (listener, at) = bind().await;
        tokio::spawn(connections::serve(listener, router(&app), Limits::default(), std::future::pending()));
        Self { runtime: Handle::current(), at, url, app, college, cookies }
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A statement of the database's owner, past everything the portal guards.
    fn sql(&self, statement: &'static str) {
        self.run(async {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query(statement).execute(&mut db).await.unwrap();
        });
    }

    /// A moment as a field of date and time sends it.
    fn in_minutes(&self, minutes: i64) -> String {
        let at = self.app.clock.now() + time::Duration::minutes(minutes);
        format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
    }

    /// A sitting of one contest, brought through the pages to where the whole college votes.
    fn open_sitting(&self) -> Sitting {
        let keeper = Person::sign_in(self.at, KEEPER);
        let (opens, closes, college) = (self.in_minutes(5), self.in_minutes(305), self.college.to_string());
        let sitting = [
            ("title", "测速选举"),
            ("opens", opens.as_str()),
            ("closes", closes.as_str()),
            ("threshold", "2"),
            ("revote", "yes"),
        ];
        let path = keeper.act("/sittings/new", &sitting);
        let id: SittingId = path.rsplit('/').next().unwrap().parse().unwrap();
        let contest = [
            ("title", "代表"),
            ("fills", "other"),
            ("body", "college"),
            ("college", college.as_str()),
            ("seats", "1"),
            ("quorum", "2/3+"),
            ("majority", "present"),
            ("extra", "1"),
            ("write_in", "yes"),
            ("tie", "second_round"),
        ];
        let contest = keeper.act(&format!("{path}/contests/new"), &contest);
        let standing = [("numbers", "S00001\nS00002"), ("origin", "班级团支部推荐")];
        keeper.act(&format!("{contest}/candidates"), &standing);
        for (place, number) in MONITORS.into_iter().enumerate() {
            let chief = if place == 0 { "yes" } else { "" };
            keeper.act(&format!("{path}/monitors"), &[("number", number), ("chief", chief)]);
        }
        keeper.act(&format!("{path}/announce"), &[]);
        let monitors = MONITORS.map(|number| {
            let person = Person::sign_in(self.at, number);
            let (answer, page) = person.post(&format!("/monitoring/{id}/passphrase"), &[]);
            assert_eq!(answer.status, 200, "{page}");
            let phrase = page.split("class=\"receipt\">").nth(1).and_then(|rest| rest.split('<').next());
            let phrase = phrase.unwrap().trim().to_owned();
            (person, phrase)
        });
        keeper.act(&format!("{path}/rehearse"), &[]);
        let sitting = Sitting { id, keeper, monitors };
        for place in 0..MONITORS.len() {
            sitting.unseal(place);
        }
        sitting.keeper.act(&format!("{path}/open"), &[]);
        self.app.clock.advance(time::Duration::minutes(6));
        // What the server does by itself within a minute or two of so many new rows.
        self.sql("vacuum analyze");
        sitting
    }

    /// The key to which a sitting's ballots are sealed, and their size before that.
    fn opened(&self, id: SittingId) -> (PublicKey, usize) {
        let (key, size): (Vec<u8>, i32) = self.run(async {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            let query = "select public_key, ballot_size from sitting where id = $1";
            sqlx::query_as(query).bind(id).fetch_one(&mut db).await.unwrap()
        });
        (PublicKey::from_bytes(&key).unwrap(), usize::try_from(size).unwrap())
    }

    /// The cast of each voter as it goes over the wire. They do not come in the order of the roll.
    fn requests(&self, id: SittingId) -> Arc<[Vec<u8>]> {
        // A prime that does not divide the roll: every voter comes once.
        let turns = (0..self.cookies.len()).map(|turn| turn * 7919 % self.cookies.len());
        let one = |turn: usize| {
            let (cookie, length) = (&self.cookies[turn], BALLOT.len());
            format!(
                "POST /votes/{id}/cast HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{BALLOT}"
            )
            .into_bytes()
        };
        turns.map(one).collect()
    }

    /// Nobody has voted: every round takes new envelopes and replaces none.
    fn clear(&self, id: SittingId) {
        self.run(async {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query("delete from envelope where sitting_id = $1").bind(id).execute(&mut db).await.unwrap();
            // The index too, though little of it is dead beside the envelopes of other sittings.
            sqlx::query("vacuum (index_cleanup on) envelope").execute(&mut db).await.unwrap();
        });
    }

    /// Envelopes of fifty other sittings.
    fn fill(&self, length: usize) {
        self.run(async {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            let fill = "with other as materialized (select gen_random_uuid() as id from generate_series(1, 50))
                        insert into envelope (sitting_id, voter, sealed, mac, cast_at)
                        select o.id, n, $1, $2, now() from other o, generate_series(1, 40000) n";
            let (sealed, mac) = (vec![0xa5_u8; length], vec![0x5a_u8; 32]);
            let filled = sqlx::query(fill).bind(sealed).bind(mac).execute(&mut db).await.unwrap();
            assert_eq!(filled.rows_affected(), FILLED);
        });
        self.sql("vacuum analyze envelope");
        // Or the first round would pay for it.
        self.sql("checkpoint");
    }

    /// Puts an envelope of each voter into a sitting, sealed and marked as a cast is.
    fn put_in(&self, id: SittingId) {
        let (key, size) = self.opened(id);
        let places: Vec<i32> = (1..=ROLL).collect();
        let each = places.len().div_ceil(std::thread::available_parallelism().unwrap().get());
        let sealed: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let seal_part = |part: &[i32]| -> Vec<Vec<u8>> {
                part.iter().map(|place| seal_one(id, *place, (&key, size))).collect()
            };
            let parts: Vec<_> = places.chunks(each).map(|part| scope.spawn(move || seal_part(part))).collect();
            parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
        });
        let mark =
            |(place, sealed): (&i32, &Vec<u8>)| self.app.elections.ballot_box.key.mark_envelope(id, *place, sealed);
        let macs: Vec<Vec<u8>> = places.iter().zip(&sealed).map(mark).collect();
        self.run(async {
            let mut db = PgConnection::connect(&self.url).await.unwrap();
            let put = "insert into envelope (sitting_id, voter, sealed, mac, cast_at)
                       select $1, u.voter, u.sealed, u.mac, now()
                       from unnest($2::integer[], $3::bytea[], $4::bytea[]) as u(voter, sealed, mac)";
            sqlx::query(put).bind(id).bind(places).bind(sealed).bind(macs).execute(&mut db).await.unwrap();
        });
    }
}

/// The votes of one voter of the roll, sealed: some write a name in.
fn seal_one(id: SittingId, place: i32, (key, size): (&PublicKey, usize)) -> Vec<u8> {
    let choices = match place % 3 {
        0 => [Mark::For, Mark::Against],
        1 => [Mark::Against, Mark::For],
        _ => [Mark::Abstain; 2],
    };
    let written = if place % 30 == 2 { vec!["另一名学生".to_owned()] } else { Vec::new() };
    let votes = Votes { receipt: format!("{place:016}"), votes: vec![Vote { choices: choices.to_vec(), written }] };
    let shape = Shape { ordinal: 1, candidates: choices.len(), lines: 1, seats: 1 };
    let text = votes.encode(&[shape], size).unwrap();
    keys::seal(key, keys::Purpose::Envelope(id, place), &text).unwrap()
}

/// The college with its students, their accounts and a session of each; the sessions' cookies in the order of the numbers.
async fn enrol(db: &mut PgConnection, (school, college): (InstitutionId, CollegeId), hash: &str) -> Vec<String> {
    for statement in [
        "insert into college (id, institution_id, name) values ($2, $1, '信息工程系')",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '软件技术', 'undergraduate' from college where institution_id = $1 and id = $2",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2024, '班级' || n
         from major m join college c on c.id = m.college_id, generate_series(1, 1000) n
         where c.institution_id = $1 and c.id = $2",
    ] {
        sqlx::query(statement).bind(school).bind(college).execute(&mut *db).await.unwrap();
    }
    let students = "insert into student (id, institution_id, number, name, class_id, political)
                    select gen_random_uuid(), $1, 'S' || lpad(n::text, 5, '0'), '学生' || n, k.id, '共青团员'
                    from generate_series(1, $3) n join (
                             select k.id, row_number() over (order by k.name) as place
                             from class k join major m on m.id = k.major_id where m.college_id = $2
                         ) k on k.place = 1 + n % 1000";
    sqlx::query(students).bind(school).bind(college).bind(ROLL).execute(&mut *db).await.unwrap();
    let accounts = "insert into account (id, institution_id, number, name, password_hash, password_set_at,
                                         must_change_password, created_at, student_id)
                    select gen_random_uuid(), institution_id, number, name, $2, now(), false, now(), id
                    from student where institution_id = $1";
    sqlx::query(accounts).bind(school).bind(hash).execute(&mut *db).await.unwrap();
    let local = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1"))]);
    let (mut numbers, mut cookies, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=ROLL {
        let token = Token::random();
        let cookie = token.set_cookie(Purpose::Session, &local).unwrap();
        numbers.push(format!("S{number:05}"));
        cookies.push(cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        hashes.push(token.hash());
    }
    let sessions = "insert into session (token_hash, account_id, device, created_at, expires_at)
                    select u.hash, a.id, 'bench', now(), now() + interval '12 hours'
                    from unnest($2::text[], $3::bytea[]) as u(number, hash)
                         join account a on a.institution_id = $1 and a.number = u.number";
    let opened = sqlx::query(sessions).bind(school).bind(numbers).bind(hashes).execute(&mut *db).await.unwrap();
    assert_eq!(opened.rows_affected(), u64::try_from(ROLL).unwrap());
    sqlx::query("vacuum analyze").execute(&mut *db).await.unwrap();
    cookies
}

/// Somebody of the staff who is signed in. Each request has a connection of its own: the portal ends one that is silent for
/// long, and a measurement may stand between two acts.
struct Person {
    at: SocketAddr,
    cookie: String,
}

impl Person {
    fn sign_in(at: SocketAddr, number: &str) -> Self {
        Self { at, cookie: Connection::open(at).sign_in_as(SCHOOL, number) }
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> (Answer, String) {
        let mut connection = Connection::open(self.at);
        let kind = "application/x-www-form-urlencoded";
        let answer = connection.send("POST", path, &self.cookie, kind, &form(fields));
        (answer, String::from_utf8_lossy(&connection.body).into_owned())
    }

    /// An act that must succeed; the path to which it led.
    fn act(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (answer, page) = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path}: {page}");
        answer.location.split('?').next().unwrap().to_owned()
    }

    fn look(&self, path: &str) {
        assert_eq!(Connection::open(self.at).ask("GET", path, &self.cookie, "").0, 200);
    }
}

/// Fields as a form sends them.
fn form(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        write!(text, "{name}=").unwrap();
        for byte in value.bytes() {
            write!(text, "%{byte:02X}").unwrap();
        }
        text.push('&');
    }
    text.trim_end_matches('&').to_owned()
}

/// A sitting, and who keeps and counts it.
struct Sitting {
    id: SittingId,
    keeper: Person,
    /// With their passphrases.
    monitors: [(Person, String); 3],
}

impl Sitting {
    /// A monitor types the passphrase.
    fn unseal(&self, place: usize) {
        let (person, phrase) = &self.monitors[place];
        person.act(&format!("/monitoring/{}/unseal", self.id), &[("phrase", phrase.as_str())]);
    }
}

/// A connection of the load: it costs the cores that it shares with the portal as little as can be.
struct Lane {
    socket: TcpStream,
    answer: Vec<u8>,
}

impl Lane {
    async fn open_all(at: SocketAddr, number: usize) -> Vec<Self> {
        let mut lanes = Vec::new();
        for _ in 0..number {
            let socket = TcpStream::connect(at).await.unwrap();
            socket.set_nodelay(true).unwrap();
            lanes.push(Self { socket, answer: Vec::with_capacity(16 * 1024) });
        }
        lanes
    }

    /// Sends what must be answered well, and reads the answer to its end.
    async fn ask(&mut self, request: &[u8]) {
        self.socket.write_all(request).await.unwrap();
        self.answer.clear();
        loop {
            assert!(self.socket.read_buf(&mut self.answer).await.unwrap() > 0, "the portal hung up");
            if let Some(status) = status_of_whole(&self.answer) {
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(&self.answer));
                return;
            }
        }
    }
}

/// The status of an answer, once all of it is there.
fn status_of_whole(answer: &[u8]) -> Option<u16> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).unwrap();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    (answer.len() >= head + 4 + length).then(|| text[9..12].parse().unwrap())
}

/// All of the load in one thread: what it costs is the same whoever it is sent to.
fn in_one_thread<T>(load: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(load)
}

/// Casts a second of clients each of which sends the next one when it has the answer to the last.
async fn crowd((at, clients): (SocketAddr, usize), requests: &Arc<[Vec<u8>]>, lasting: Duration) -> f64 {
    let lanes = Lane::open_all(at, clients).await;
    let (next, mut clients) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    let began = Instant::now();
    for mut lane in lanes {
        let (requests, next) = (Arc::clone(requests), Arc::clone(&next));
        clients.spawn(async move {
            let mut casts = 0_u32;
            while began.elapsed() < lasting {
                lane.ask(&requests[next.fetch_add(1, Ordering::Relaxed) % requests.len()]).await;
                casts += 1;
            }
            casts
        });
    }
    let casts: u32 = clients.join_all().await.into_iter().sum();
    f64::from(casts) / began.elapsed().as_secs_f64()
}

/// Every voter opens the ballot, as one does before casting it.
async fn visits(at: SocketAddr, (id, cookies): (SittingId, &[String])) {
    let requests: Arc<[Vec<u8>]> = cookies
        .iter()
        .map(|cookie| format!("GET /votes/{id} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n").into_bytes())
        .collect();
    let (next, mut clients) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
    for mut lane in Lane::open_all(at, AT_ONCE).await {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        clients.spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                lane.ask(request).await;
            }
        });
    }
    clients.join_all().await;
}

/// How long each of so many casts a second takes, from the moment at which it was due: voters do not come later because
/// others wait.
async fn paced(at: SocketAddr, requests: &Arc<[Vec<u8>]>, rate: f64) -> Vec<Duration> {
    let lanes = Lane::open_all(at, LANES).await;
    let (next, mut clients) = (Arc::new(AtomicU32::new(0)), JoinSet::new());
    let began = Instant::now();
    for mut lane in lanes {
        let (requests, next) = (Arc::clone(requests), Arc::clone(&next));
        clients.spawn(async move {
            let mut times = Vec::new();
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let after = Duration::from_secs_f64(f64::from(turn) / rate);
                if after > ROUND {
                    return times;
                }
                let due = began + after;
                tokio::time::sleep_until(due.into()).await;
                lane.ask(&requests[usize::try_from(turn).unwrap() % requests.len()]).await;
                times.push(due.elapsed());
            }
        });
    }
    clients.join_all().await.into_iter().flatten().collect()
}

/// pgbench, and the scripts by which it inserts one row a transaction.
struct Bare {
    program: PathBuf,
    socket: String,
    scripts: Vec<PathBuf>,
}

impl Bare {
    /// None where pgbench is not beside the server's other programs.
    fn prepare(portal: &Portal, folder: &Path, length: usize) -> Option<Self> {
        let program = find_binaries(None).ok()?.join("pgbench");
        if !program.exists() {
            return None;
        }
        let sitting = SittingId::random();
        let (sealed, mac) = ("a5".repeat(length), "5a".repeat(32));
        let row = |voter: &str, otherwise: &str| {
            format!(
                "insert into bare (sitting_id, voter, sealed, mac, cast_at) \
                 values ('{sitting}', {voter}, '\\x{sealed}', '\\x{mac}', now()){otherwise};\n"
            )
        };
        let replace = " on conflict (sitting_id, voter) do update \
                       set sealed = excluded.sealed, mac = excluded.mac, cast_at = excluded.cast_at";
        let texts = [
            // Each client goes up a stretch of the key that is its own.
            format!("\\set turn :turn + 1\n\\set voter :client_id * 1000000 + :turn\n{}", row(":voter", "")),
            // Anywhere in the key, as the voters of a roll come.
            format!("\\set voter random(1, 100000000)\n{}", row(":voter", replace)),
            // All at the end of the key.
            row("nextval('bare_voter')", ""),
        ];
        let mut scripts = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let path = folder.join(format!("bare-{number}.sql"));
            std::fs::write(&path, text).unwrap();
            scripts.push(path);
        }
        portal.sql("create sequence bare_voter cache 32");
        let (socket, _) = portal.url.strip_prefix("postgres://portal@")?.rsplit_once('/')?;
        Some(Self { program, socket: socket.replace("%2F", "/"), scripts })
    }

    /// Rows a second by the best script.
    fn rate(&self, portal: &Portal) -> f64 {
        self.scripts.iter().map(|script| self.rate_of(script, portal)).fold(0.0, f64::max)
    }

    fn rate_of(&self, script: &Path, portal: &Portal) -> f64 {
        portal.sql("drop table if exists bare");
        portal.sql("create table bare (like envelope including all)");
        let output = Command::new(&self.program)
            .env_clear()
            .env("LC_ALL", "C")
            .args(["-n", "-M", "prepared", "-j", "2", "-D", "turn=0", "-U", "portal"])
            .args(["-c", &AT_ONCE.to_string(), "-T", &ROUND.as_secs().to_string(), "-h", &self.socket])
            .arg("-f")
            .arg(script)
            .arg("postgres")
            .output()
            .unwrap();
        assert!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
        // Before version 14 there are two, the second without the time in which connections are made.
        let said = String::from_utf8_lossy(&output.stdout);
        let figure = said.lines().rev().find_map(|line| line.strip_prefix("tps = ")).unwrap();
        figure.split(' ').next().unwrap().parse().unwrap()
    }
}

/// Casts a second on an empty table and beside two million envelopes, both against bare rows; and how long one takes.
fn casts(runtime: &Runtime, server: &EmbeddedPg, portal: &Portal, folder: &Path) {
    portal.sql("create database filled");
    let filled = runtime.block_on(Portal::start(server.url("filled")));
    let (sitting, other) = (portal.open_sitting(), filled.open_sitting());
    let length = portal.opened(sitting.id).1 + keys::OVERHEAD;
    filled.fill(length);
    let (requests, others) = (portal.requests(sitting.id), filled.requests(other.id));
    let bare = Bare::prepare(portal, folder, length);
    in_one_thread(visits(portal.at, (sitting.id, &portal.cookies)));
    in_one_thread(visits(filled.at, (other.id, &filled.cookies)));
    // Connections, prepared statements and the server's cache are made once and not measured.
    in_one_thread(crowd((portal.at, CROWD), &requests, WARMING));
    in_one_thread(crowd((filled.at, CROWD), &others, WARMING));
    let (mut rows, mut few, mut alone, mut beside) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut few_against_rows, mut against_rows, mut against_alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        portal.clear(sitting.id);
        filled.clear(other.id);
        let row = bare.as_ref().map(|bare| bare.rate(portal));
        let some = in_one_thread(crowd((portal.at, AT_ONCE), &requests, ROUND));
        portal.clear(sitting.id);
        let one = in_one_thread(crowd((portal.at, CROWD), &requests, ROUND));
        let two = in_one_thread(crowd((filled.at, CROWD), &others, ROUND));
        few_against_rows.extend(row.map(|row| some / row));
        against_rows.extend(row.map(|row| one / row));
        few.push(some);
        rows.extend(row);
        against_alone.push(two / one);
        alone.push(one);
        beside.push(two);
    }
    let half = median(&alone) / 2.0;
    if bare.is_some() {
        say("rows of one insert a second, pgbench", &spread(rows, 0));
    } else {
        println!("no pgbench beside the server's programs: nothing to hold casts against");
    }
    say(&format!("casts a second over HTTP, {AT_ONCE} voters"), &spread(few, 0));
    if bare.is_some() {
        say("  ratio (target 1.00)", &spread(few_against_rows, 3));
    }
    say(&format!("casts a second over HTTP, {CROWD} voters"), &spread(alone, 0));
    if bare.is_some() {
        say("  ratio (target 1.00)", &spread(against_rows, 3));
    }
    say("casts a second beside 2,000,000 envelopes", &spread(beside, 0));
    say("  ratio to those alone (target 0.70)", &spread(against_alone, 3));
    let (mut usual, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        portal.clear(sitting.id);
        let times = in_one_thread(paced(portal.at, &requests, half));
        usual.push(percentile(times.clone(), 50).as_secs_f64() * 1e3);
        slow.push(percentile(times, 99).as_secs_f64() * 1e3);
    }
    say("a cast at half that load, ms, median", &spread(usual, 1));
    say("  p99 (target under 250)", &spread(slow, 1));
    println!();
    filled.run(filled.app.close());
}

/// From the last monitor's passphrase until the sitting is counted, while the monitor looks on.
fn counts(portal: &Portal) {
    let (mut times, mut steps) = (Vec::new(), Vec::new());
    for _ in 0..FEW_ROUNDS {
        let sitting = portal.open_sitting();
        portal.put_in(sitting.id);
        sitting.keeper.act(&format!("/sittings/{}/close", sitting.id), &[("sure", "yes")]);
        sitting.unseal(0);
        let began = Instant::now();
        sitting.unseal(1);
        let seen = wait_for_the_count(portal, &sitting);
        times.push(began.elapsed().as_secs_f64());
        steps.push(seen);
    }
    steps.sort_unstable();
    say(&format!("counting {ROLL} envelopes, s"), &format!("{} (target under 20)", spread(times, 1)));
    say("  steps of its progress that were seen", &format!("{}\n", steps[steps.len() / 2]));
}

/// How many steps of its progress were seen until the sitting was counted.
fn wait_for_the_count(portal: &Portal, sitting: &Sitting) -> usize {
    let (mut db, page) =
        (portal.run(PgConnection::connect(&portal.url)).unwrap(), format!("/monitoring/{}", sitting.id));
    let (mut steps, mut looked) = (HashSet::new(), None::<Instant>);
    loop {
        if let Some(progress) = portal.app.elections.ballot_box.progress(sitting.id) {
            let halt = progress.halt();
            assert!(halt.is_none(), "{halt:?}");
            steps.insert(progress.figures().0);
        }
        let query = sqlx::query_as("select stage from sitting where id = $1").bind(sitting.id);
        let (stage,): (String,) = portal.run(query.fetch_one(&mut db)).unwrap();
        if stage == "counted" {
            return steps.len();
        }
        if looked.is_none_or(|looked| looked.elapsed() >= REFRESH) {
            looked = Some(Instant::now());
            sitting.monitors[1].0.look(&page);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How long `threads` threads take for so many pieces of work, each with a state of its own.
fn lap<S>(
    threads: usize,
    pieces: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) + Sync,
) -> Duration {
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut state = start();
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= pieces {
                        break;
                    }
                    work(&mut state, piece);
                }
            });
        }
    });
    began.elapsed()
}

/// Voters who sign in with their passwords and cast, each from a browser that the portal has not seen, against as many hashes
/// alone.
fn voters(portal: &Portal) {
    let asked = std::env::var("VOTERS").ok().and_then(|text| text.parse().ok());
    let all: usize = asked.unwrap_or(600);
    let cores = std::thread::available_parallelism().unwrap().get();
    let sitting = portal.open_sitting();
    let path = format!("/votes/{}/cast", sitting.id);
    let (mut hashes, mut votes, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..FEW_ROUNDS {
        let hashing = lap(cores, all, argon2_memory, |memory, _| argon2_once(memory)).as_secs_f64();
        let voting = lap(
            CLIENTS,
            all,
            || Connection::open(portal.at),
            |connection, piece| {
                let number = format!("S{:05}", 1 + (round * all + piece) % portal.cookies.len());
                connection.device.clear();
                let cookie = connection.sign_in_as(SCHOOL, &number);
                assert_eq!(connection.ask("POST", &path, &cookie, BALLOT).0, 200);
            },
        )
        .as_secs_f64();
        ratios.push(hashing / voting);
        hashes.push(hashing);
        votes.push(voting);
    }
    say(&format!("{all} argon2id hashes, nothing else, s"), &spread(hashes, 1));
    say(&format!("{all} voters sign in and cast, s"), &spread(votes, 1));
    say("  ratio (target 0.90)", &spread(ratios, 3));
    if asked.is_none() {
        println!("  to keep it short; the target is about 5000: VOTERS=5000");
    }
    println!();
}
