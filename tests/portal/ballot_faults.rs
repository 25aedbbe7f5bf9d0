//! Votes and counts under faults: the portal or its database killed while hundreds vote, a count cut off half-way,
//! votes that keep coming over the closing. What was acknowledged is counted, once; what was refused is not.
//!
//! One file, because every fault is put into the same election.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use lunzhi::{
    clock::Clock,
    database::embedded::running_at,
    elections::record::{self, BallotsFile, Level, RecordFile},
    fictional::random::SeededRandom,
    office::OfficeKind,
};
use sqlx::{Connection, PgConnection};

use crate::support::{
    Client, Portal,
    raw::{Answer, ask, form, read},
    runtime, scratch,
    sitting::{Plan, SMALL, Sitting, cast, number, opened, token, voters},
};

/// Voters of a portal that runs as a process, and how many of them share a thread: when the portal is killed, most voters
/// have their answer, and those whose turn it is have none.
const VOTERS: u32 = 500;
const SHARE: usize = 5;
/// Those who vote on after a first kill and after a second: what a kill left of the others stays as it is.
const AFTER_ONE: usize = 350;
const AFTER_TWO: usize = 150;

/// Who keeps the sitting, then its monitors, the chief first. They are signed in without a password as the voters are.
const STAFF: [&str; 4] = ["keeper", "monitor1", "monitor2", "monitor3"];

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Killed {
    Portal,
    Database,
}

/// A portal that runs as a process.
struct Process {
    child: Child,
    data: PathBuf,
    address: SocketAddr,
}

/// Polls; a condition that never comes fails the test at the end of a generous while.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} did not come about");
}

fn signal(signal: &str, pid: &str) {
    assert!(Command::new("kill").args([signal, pid]).status().unwrap().success(), "{signal} {pid}");
}

/// State, parent and more of a process, as the kernel gives them; empty where there is none.
fn stat(pid: &str) -> Vec<String> {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

fn is_running(pid: &str) -> bool {
    // A zombie that nobody has collected does not run.
    stat(pid).first().is_some_and(|state| state != "Z")
}

fn children(parent: &str) -> Vec<String> {
    let names = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let pids = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    pids.filter(|pid| stat(pid).get(1).is_some_and(|found| found == parent)).collect()
}

/// Does something in the database of a portal that runs, as its owner.
fn sql<T>(data: &Path, work: impl AsyncFnOnce(PgConnection) -> T) -> T {
    runtime().block_on(async { work(PgConnection::connect(&running_at(data).unwrap()).await.unwrap()).await })
}

impl Process {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address: Option<SocketAddr> = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").and_then(|address| address.parse().ok()));
        let Some(address) = address else { panic!("the portal ended: {:?}", child.wait()) };
        Self { child, data: data.to_owned(), address }
    }

    fn postmaster(&self) -> String {
        let note = fs::read_to_string(self.data.join("data/postmaster.pid")).unwrap();
        note.lines().next().unwrap().to_owned()
    }

    /// Kills the portal or its database; gives the database's processes, which end with either.
    fn strike(&self, killed: Killed) -> Vec<String> {
        let server = self.postmaster();
        let mut gone = children(&server);
        match killed {
            Killed::Portal => signal("-KILL", &self.child.id().to_string()),
            Killed::Database => signal("-KILL", &server),
        }
        gone.push(server);
        gone
    }

    /// Waits for the end of a portal that was struck and starts another on the same folder; how the first one ended.
    fn comes_back(&mut self, gone: &[String]) -> ExitStatus {
        let status = self.child.wait().unwrap();
        // A process of the server's that has not yet seen its end holds the memory that the next server asks for.
        wait_until("the database's end", || gone.iter().all(|pid| !is_running(pid)));
        *self = Self::start(&self.data.clone());
        status
    }

    fn get(&self, path: &str, cookie: &str) -> Answer {
        let answer = ask(self.address, &form("GET", path, cookie, &[])).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }

    /// An act that must succeed; where it leads.
    fn act(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
        let answer = ask(self.address, &form("POST", path, cookie, fields)).unwrap();
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        answer.location().split('?').next().unwrap().to_owned()
    }

    fn end(mut self) {
        signal("-TERM", &self.child.id().to_string());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        fs::remove_dir_all(&self.data).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The receipt or the passphrase that a page shows.
fn shown(page: &str) -> String {
    page.split("class=\"receipt\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// What somebody learned by casting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Learned {
    /// A receipt.
    Receipt,
    /// A page says that something is wrong.
    Trouble,
    /// Nobody was there, or the connection ended before the answer did.
    Silence,
}

/// A voter with all they know. Each cast writes in a name of its own, so that the record tells which one was counted.
#[derive(Debug)]
struct Voter {
    number: String,
    cookie: String,
    casts: u32,
    /// The receipts they were told of, in their order.
    told: Vec<String>,
    /// The name on the last ballot that was acknowledged.
    acknowledged: Option<String>,
    /// The names on later ballots, of which they were told to look whether they are in, or nothing.
    unclear: Vec<String>,
}

impl Voter {
    fn cast(&mut self, address: SocketAddr, path: &str) -> Learned {
        let Ok(mut socket) = TcpStream::connect(address) else { return Learned::Silence };
        self.casts += 1;
        let name = format!("V{}x{}", self.number, self.casts);
        let mark = if self.casts.is_multiple_of(2) { "A" } else { "-" };
        let request = form("POST", path, &self.cookie, &[("c1-1", mark), ("w1-1", &name)]);
        let sent = socket.set_read_timeout(Some(Duration::from_mins(1))).and_then(|()| socket.write_all(&request));
        let Some(answer) = sent.ok().and_then(|()| read(&mut socket)) else {
            self.unclear.push(name);
            return Learned::Silence;
        };
        if answer.status == 200 {
            assert!(answer.body.contains("<h1>已投票</h1>"), "{}", answer.body);
            self.told.push(shown(&answer.body).replace('-', ""));
            self.acknowledged = Some(name);
            self.unclear.clear();
            return Learned::Receipt;
        }
        // Two pages say that nothing was done, and are held to it; the others send the voter to look.
        let says_nothing_done = ["你的请求没有办理", "这一票没有投出"];
        if answer.status != 503 || !says_nothing_done.iter().any(|words| answer.body.contains(words)) {
            let sends_to_look =
                ["没有得到确认", "系统出了问题", "等待时间过长", "与数据库的连接刚才断开了", "没有收到确认"];
            assert!(
                sends_to_look.iter().any(|words| answer.body.contains(words)),
                "{}: {}",
                answer.status,
                answer.body
            );
            self.unclear.push(name);
        }
        Learned::Trouble
    }
}

/// Votes for some voters in turn, again and again, until it is over or nobody answers.
fn vote_in_turn(voters: &mut [Voter], (address, path): (SocketAddr, &str), count: &AtomicU32, over: &AtomicBool) {
    loop {
        for voter in &mut *voters {
            if over.load(Ordering::Relaxed) {
                return;
            }
            match voter.cast(address, path) {
                Learned::Receipt => {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                Learned::Trouble => std::thread::sleep(Duration::from_millis(10)),
                Learned::Silence => return,
            }
        }
    }
}

/// Waits for so many more acknowledgements.
fn more(count: &AtomicU32, many: u32) {
    let wanted = count.load(Ordering::Relaxed) + many;
    wait_until("enough acknowledgements", || count.load(Ordering::Relaxed) >= wanted);
}

/// Says that it is over when it is dropped: a test that fails must not wait for threads that vote on for ever.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A university with its voters and staff, put straight into an empty database: the voters and the staff's cookies.
async fn enrol(db: &mut PgConnection) -> (Vec<Voter>, Vec<String>) {
    for statement in [
        "insert into institution (id, code, name, created_at)
         values (gen_random_uuid(), 'first', '第一测试学院', now())",
        "insert into college (id, institution_id, name) select gen_random_uuid(), id, '信息工程系' from institution",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '软件技术', 'vocational' from college",
        "insert into class (id, major_id, entry_year, name) select gen_random_uuid(), id, 2024, '软件2401班' from major",
        // Two more than vote: they stand.
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), i.id, '2024' || lpad(n::text, 4, '0'), '学生' || n, k.id
         from generate_series(1, 502) n, institution i, class k",
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select gen_random_uuid(), institution_id, number, name, false, now(), id from student",
        "insert into account (id, institution_id, number, name, must_change_password, created_at)
         select gen_random_uuid(), i.id, s.number, s.number, false, now()
         from institution i, unnest(array['keeper', 'monitor1', 'monitor2', 'monitor3']) as s(number)",
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id,
                case number when 'keeper' then 'school_league' else 'student_affairs' end, '2024-09-01', now()
         from account where student_id is null",
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select a.institution_id, 1, '2024-09-01', p.id, now(), a.id from account a, plan_version p
         where a.number = 'keeper' and p.code = 'suzhou-2020'",
    ] {
        sqlx::query(statement).execute(&mut *db).await.unwrap();
    }
    let numbers: Vec<String> = STAFF.into_iter().map(str::to_owned).chain((1..=VOTERS).map(number)).collect();
    let (tokens, hashes): (Vec<String>, Vec<Vec<u8>>) = numbers.iter().map(|_| token()).unzip();
    let done = sqlx::query(
        "insert into session (token_hash, account_id, device, created_at, expires_at)
         select u.hash, a.id, 'test', now(), now() + interval '12 hours'
         from unnest($1::text[], $2::bytea[]) as u(number, hash) join account a on a.number = u.number",
    )
    .bind(&numbers)
    .bind(&hashes)
    .execute(&mut *db)
    .await
    .unwrap();
    assert_eq!(usize::try_from(done.rows_affected()), Ok(numbers.len()));
    let mut cookies: Vec<String> = tokens.iter().map(|text| format!("lunzhi={text}")).collect();
    let own = cookies.split_off(STAFF.len());
    let voter = |(number, cookie): (&String, String)| Voter {
        number: number.clone(),
        cookie,
        casts: 0,
        told: Vec::new(),
        acknowledged: None,
        unclear: Vec::new(),
    };
    (numbers.iter().skip(STAFF.len()).zip(own).map(voter).collect(), cookies)
}

/// A moment as a field of date and time sends it, some minutes from now.
fn in_minutes(minutes: i64) -> String {
    let at = Clock::default().now() + time::Duration::minutes(minutes);
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// What a count has left of a sitting so far, its envelopes, and its stage.
async fn remains(db: &mut PgConnection, sitting: &str) -> (i64, i64, String) {
    sqlx::query_as(
        "select (select count(*) from ballot_pattern p join contest c on c.id = p.contest_id where c.sitting_id = t.id)
                + (select count(*) from written_in w join contest c on c.id = w.contest_id where c.sitting_id = t.id)
                + (select count(*) from receipt r where r.sitting_id = t.id)
                + (select count(*) from has_voted h where h.sitting_id = t.id),
                (select count(*) from envelope e where e.sitting_id = t.id), t.stage
         from sitting t where t.id = $1::uuid",
    )
    .bind(sitting)
    .fetch_one(db)
    .await
    .unwrap()
}

/// A sitting on a portal that runs as a process, with the cookies of its staff.
struct Stage {
    portal: Process,
    id: String,
    keeper: String,
    /// Cookies and passphrases.
    monitors: Vec<(String, String)>,
}

impl Stage {
    /// A sitting that takes votes, and its voters.
    fn open(purpose: &str) -> (Self, Vec<Voter>) {
        let portal = Process::start(&scratch(purpose));
        let (voters, mut staff) = sql(&portal.data, async |mut db| enrol(&mut db).await);
        let keeper = staff.remove(0);
        let (opens, closes) = (in_minutes(5), in_minutes(125));
        let fields =
            [("title", "代表选举"), ("opens", &opens), ("closes", &closes), ("threshold", "2"), ("revote", "yes")];
        let path = portal.act("/sittings/new", &keeper, &fields);
        let id = path.rsplit('/').next().unwrap().to_owned();
        let people: Vec<&str> = voters.iter().map(|voter| voter.number.as_str()).collect();
        let people = people.join("\n");
        let fields = [
            ("title", "班长"),
            ("fills", "other"),
            ("body", "congress"),
            ("people", &people),
            ("seats", "1"),
            ("quorum", "2/3+"),
            ("majority", "present"),
            ("extra", "1"),
            ("write_in", "yes"),
            ("tie", "second_round"),
        ];
        let contest = portal.act(&format!("{path}/contests/new"), &keeper, &fields);
        let standing = format!("{}\n{}", number(VOTERS + 1), number(VOTERS + 2));
        let fields = [("numbers", standing.as_str()), ("origin", "班级团支部推荐")];
        portal.act(&format!("{contest}/candidates"), &keeper, &fields);
        for (place, number) in STAFF.into_iter().skip(1).enumerate() {
            let chief = if place == 0 { "yes" } else { "" };
            portal.act(&format!("{path}/monitors"), &keeper, &[("number", number), ("chief", chief)]);
        }
        portal.act(&format!("{path}/announce"), &keeper, &[]);
        let mut monitors = Vec::new();
        for cookie in staff {
            let make = form("POST", &format!("/monitoring/{id}/passphrase"), &cookie, &[]);
            let phrase = shown(&ask(portal.address, &make).unwrap().body);
            monitors.push((cookie, phrase));
        }
        let stage = Self { portal, id, keeper, monitors };
        stage.portal.act(&format!("{path}/rehearse"), &stage.keeper, &[]);
        for place in 0..stage.monitors.len() {
            stage.unseal(place);
        }
        // A sitting is announced before it begins, and nobody moves the clock of a process: its hours move instead,
        // while the opening has not yet sealed them.
        sql(&stage.portal.data, async |mut db| {
            let sooner = "update sitting set opens_at = now() - interval '1 minute' where id = $1::uuid";
            sqlx::query(sooner).bind(&stage.id).execute(&mut db).await.unwrap();
        });
        stage.portal.act(&format!("{path}/open"), &stage.keeper, &[]);
        (stage, voters)
    }

    fn unseal(&self, place: usize) {
        let (cookie, phrase) = &self.monitors[place];
        self.portal.act(&format!("/monitoring/{}/unseal", self.id), cookie, &[("phrase", phrase)]);
    }

    /// Lets these voters vote again and again until `until` has ended; it learns how many casts were acknowledged.
    fn storm<R>(&self, voters: &mut [Voter], until: impl FnOnce(&AtomicU32) -> R) -> R {
        let (address, path) = (self.portal.address, format!("/votes/{}/cast", self.id));
        let (count, over) = (AtomicU32::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let _over = Over(&over);
            for part in voters.chunks_mut(SHARE) {
                let (path, count, over) = (path.as_str(), &count, &over);
                scope.spawn(move || vote_in_turn(part, (address, path), count, over));
            }
            until(&count)
        })
    }

    fn remains(&self) -> (i64, i64, String) {
        sql(&self.portal.data, async |mut db| remains(&mut db, &self.id).await)
    }

    fn close(&self) {
        self.portal.act(&format!("/sittings/{}/close", self.id), &self.keeper, &[("sure", "yes")]);
    }

    /// Lets a count come as far as its receipts, kills the portal there, and starts it again.
    fn is_killed_counting(&mut self) {
        let gone = sql(&self.portal.data, async |mut db| {
            let mut holding = db.begin().await.unwrap();
            sqlx::query("lock table receipt in access exclusive mode").execute(&mut *holding).await.unwrap();
            self.unseal(0);
            self.unseal(1);
            let mut looking = PgConnection::connect(&running_at(&self.portal.data).unwrap()).await.unwrap();
            let mut waits = false;
            for _ in 0..6_000 {
                let locks = "select count(*) from pg_locks where relation = 'receipt'::regclass and not granted";
                let (waiting,): (i64,) = sqlx::query_as(locks).fetch_one(&mut looking).await.unwrap();
                waits = waiting > 0;
                if waits {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert!(waits, "the count does not come to its receipts");
            self.portal.strike(Killed::Portal)
        });
        self.portal.comes_back(&gone);
    }

    /// Counts with these monitors and reports; the public record, which the full ballots bear out.
    fn record(&self, monitors: [usize; 2]) -> Reported {
        for place in monitors {
            self.unseal(place);
        }
        let path = format!("/sittings/{}", self.id);
        wait_until("the count", || {
            let page = self.portal.get(&path, &self.keeper).body;
            assert!(!page.contains("计票没有完成") && !page.contains("计票已停"), "{page}");
            page.contains(">已计票</span>")
        });
        self.portal.act(&format!("{path}/report"), &self.keeper, &[]);
        let file = self.portal.get(&format!("/votes/{}/record.json", self.id), &self.keeper).body;
        let ballots = self.portal.get(&format!("/monitoring/{}/ballots.json", self.id), &self.monitors[0].0).body;
        let record = record::read(file.as_bytes()).unwrap();
        assert_eq!(record::verify(&record, Some(ballots.as_bytes())).unwrap().level, Level::Ballots);
        Reported { record, ballots: serde_json::from_str(&ballots).unwrap() }
    }

    /// The numbers of those who have voted, by the count.
    fn voted(&self) -> BTreeSet<String> {
        let rows: Vec<(String,)> = sql(&self.portal.data, async |mut db| {
            sqlx::query_as(
                "select s.number from has_voted h join voter v on v.sitting_id = h.sitting_id and v.place = h.voter
                      join student s on s.id = v.student_id
                 where h.sitting_id = $1::uuid",
            )
            .bind(&self.id)
            .fetch_all(&mut db)
            .await
            .unwrap()
        });
        rows.into_iter().map(|(number,)| number).collect()
    }
}

/// The public record, and the full ballots that the monitors have.
struct Reported {
    record: RecordFile,
    ballots: BallotsFile,
}

/// The names written in, of which each ballot here has one of its own: every sum of the record is the number of them, and
/// the record shows none of them.
fn counted_names(Reported { record, ballots }: &Reported) -> BTreeSet<&str> {
    record::verify(record, None).unwrap();
    let [contest] = record.contests.as_slice() else { panic!("more than one contest") };
    let many = record.receipts.len();
    let sums = [record.envelopes, contest.tally.returned, contest.tally.valid, contest.attendance.present];
    assert!(sums.iter().all(|sum| usize::try_from(*sum) == Ok(many)), "{sums:?}, {many} receipts");
    assert_eq!(record.excluded, 0);
    let distinct: BTreeSet<&String> = record.receipts.iter().collect();
    assert_eq!(distinct.len(), many, "a receipt is there twice");
    assert!(contest.tally.write_ins.is_empty() && usize::try_from(contest.tally.others) == Ok(many));
    let names = &ballots.contests[0].write_ins;
    assert!(names.len() == many && names.iter().all(|one| one.votes_for == 1), "{names:?}");
    names.iter().map(|one| one.name.as_str()).collect()
}

/// Holds the record against what the voters know: of each the last acknowledged cast is counted, or a later one of
/// which they were told nothing; nobody's is counted twice.
fn judge(voters: &[Voter], reported: &Reported, voted: &BTreeSet<String>) {
    let mut counted: BTreeMap<&str, &str> = BTreeMap::new();
    for name in counted_names(reported) {
        let (number, _) = name.trim_start_matches('V').split_once('x').unwrap();
        assert!(counted.insert(number, name).is_none(), "{number} is counted twice");
    }
    assert_eq!(counted.len(), voted.len());
    let mut due: BTreeSet<&str> = BTreeSet::new();
    let mut unseen = 0_usize;
    for voter in voters {
        let Some(name) = counted.remove(voter.number.as_str()) else {
            assert!(voter.acknowledged.is_none() && !voted.contains(&voter.number), "not counted: {voter:?}");
            continue;
        };
        assert!(voted.contains(&voter.number), "counted and has not voted: {voter:?}");
        if voter.acknowledged.as_deref() == Some(name) {
            due.extend(voter.told.last().map(String::as_str));
        } else {
            assert!(voter.unclear.iter().any(|one| one == name), "{name} is counted: {voter:?}");
            unseen += 1;
        }
    }
    assert!(counted.is_empty(), "nobody's: {counted:?}");
    // Of all receipts that anybody ever saw, those of the last acknowledged casts and no replaced one; as many others
    // as there are voters whose later cast came in without an answer.
    let seen: BTreeSet<&str> = voters.iter().flat_map(|voter| &voter.told).map(String::as_str).collect();
    let found: BTreeSet<&str> =
        reported.record.receipts.iter().map(String::as_str).filter(|one| seen.contains(one)).collect();
    assert_eq!(found, due);
    assert_eq!(reported.record.receipts.len() - found.len(), unseen);
}

/// The moments of the kills, others in each run: no moment may matter.
fn moments() -> SeededRandom {
    SeededRandom::new(u64::from(std::process::id()))
}

#[test]
fn a_portal_killed_while_hundreds_vote_and_while_it_counts_loses_no_vote_and_counts_none_twice() {
    let (mut stage, mut voters) = Stage::open("ballots");
    let mut chance = moments();
    for (people, least) in [(voters.len(), 600), (AFTER_ONE, 200)] {
        let enough = least + chance.below(300);
        let gone = stage.storm(&mut voters[..people], |count| {
            more(count, enough);
            stage.portal.strike(Killed::Portal)
        });
        assert_eq!(stage.portal.comes_back(&gone).code(), None, "killed");
    }
    stage.storm(&mut voters[..AFTER_TWO], |count| more(count, 150));
    stage.close();
    let closed = stage.remains();
    assert_eq!((closed.0, closed.2.as_str()), (0, "closed"));
    stage.is_killed_counting();
    assert_eq!(stage.remains(), closed, "a count that was cut off has written something");
    let reported = stage.record([2, 0]);
    assert_eq!(i64::from(reported.record.envelopes), closed.1);
    judge(&voters, &reported, &stage.voted());
    stage.portal.end();
}

#[test]
fn a_database_killed_while_hundreds_vote_loses_no_vote_and_counts_none_twice() {
    let (mut stage, mut voters) = Stage::open("ballot_box");
    let mut chance = moments();
    // One process of the server: it starts itself anew, and the portal goes on over it.
    let enough = 300 + chance.below(200);
    stage.storm(&mut voters, |count| {
        more(count, enough);
        signal("-KILL", &children(&stage.portal.postmaster())[0]);
        more(count, 200);
    });
    // The whole server: the portal ends too, and whoever keeps it starts it again.
    let enough = 200 + chance.below(200);
    let gone = stage.storm(&mut voters[..AFTER_ONE], |count| {
        more(count, enough);
        stage.portal.strike(Killed::Database)
    });
    let status = stage.portal.comes_back(&gone);
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    stage.storm(&mut voters[..AFTER_TWO], |count| more(count, 150));
    stage.close();
    let (_, envelopes, _) = stage.remains();
    let reported = stage.record([0, 1]);
    assert_eq!(i64::from(reported.record.envelopes), envelopes);
    judge(&voters, &reported, &stage.voted());
    stage.portal.end();
}

/// A hundred voters, one seat.
const HUNDRED: Plan<'_> = Plan { contests: &[("班长", 100, 1, &[101, 102], &[])], fields: &[] };

/// What became of the casts of one voter until the first that was refused.
#[derive(Debug)]
struct Came {
    /// Name and receipt of the last one that was acknowledged.
    told: Option<(String, String)>,
    /// The name on the one that was refused.
    refused: String,
}

async fn vote_until_refused(client: &mut Client, path: &str, voter: usize, count: &AtomicU32) -> Came {
    let (mut told, mut turn) = (None, 0_u32);
    loop {
        turn += 1;
        let name = format!("V{voter}x{turn}");
        let page = client.post(&format!("{path}/cast"), &[("w1-1", &name)]).await;
        let text = page.text();
        if page.status != 200 {
            assert!(page.status == 303 && page.location() == format!("{path}?late=1"), "{}: {text}", page.status);
            // The page before the last one refuses as well.
            let checked = client.post(path, &[("w1-1", &name)]).await;
            assert_eq!(checked.status, 409, "{}", checked.text());
            return Came { told, refused: name };
        }
        assert!(text.contains("<h1>已投票</h1>"), "{text}");
        told = Some((name, shown(&text).replace('-', "")));
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// A hundred vote again and again, each until they are refused; `end` comes in the midst of it.
async fn rush(portal: &Portal, votes: &str, end: impl AsyncFnOnce()) -> Vec<Came> {
    let count = Arc::new(AtomicU32::new(0));
    let clients = voters(portal, 1..=100).await;
    let tasks: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(voter, mut client)| {
            let (votes, count) = (votes.to_owned(), Arc::clone(&count));
            tokio::spawn(async move { vote_until_refused(&mut client, &votes, voter, &count).await })
        })
        .collect();
    for _ in 0..6_000 {
        if count.load(Ordering::Relaxed) >= 150 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    end().await;
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.unwrap());
    }
    assert!(count.load(Ordering::Relaxed) >= 150, "{all:?}");
    all
}

/// The record of a sitting that was counted, made public, with the full ballots held against it.
async fn reported(sitting: &mut Sitting) -> Reported {
    sitting.act("report", &[]).await;
    let path = format!("{}/record.json", sitting.votes());
    let record = record::read(&sitting.keeper.get(&path).await.bytes).unwrap();
    let path = format!("/monitoring/{}/ballots.json", sitting.id);
    let ballots = sitting.monitors[0].0.get(&path).await.bytes;
    assert_eq!(record::verify(&record, Some(&ballots)).unwrap().level, Level::Ballots);
    Reported { record, ballots: serde_json::from_slice(&ballots).unwrap() }
}

/// Counts a sitting that is closed: every cast that was acknowledged last is in, none that was refused.
async fn judge_rush(sitting: &mut Sitting, all: &[Came]) {
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    sitting.counted().await;
    let reported = reported(sitting).await;
    let (names, record) = (counted_names(&reported), &reported.record);
    for came in all {
        assert!(!names.contains(came.refused.as_str()), "refused and counted: {came:?}");
    }
    let told = || all.iter().filter_map(|came| came.told.as_ref());
    let acknowledged: BTreeSet<&str> = told().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, acknowledged);
    let mut receipts: Vec<&String> = told().map(|(_, receipt)| receipt).collect();
    receipts.sort();
    assert_eq!(record.receipts.iter().collect::<Vec<_>>(), receipts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_that_keep_coming_over_the_closing_are_counted_or_refused() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &HUNDRED).await;
    let votes = sitting.votes();
    let all = rush(&portal, &votes, async || sitting.act("close", &[("sure", "yes")]).await).await;
    let (left, envelopes, stage) = remains(&mut portal.owner().await, &sitting.id).await;
    assert_eq!((left, stage.as_str()), (0, "closed"));
    let told = all.iter().filter(|came| came.told.is_some()).count();
    assert_eq!(usize::try_from(envelopes), Ok(told), "one envelope each");
    judge_rush(&mut sitting, &all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_after_the_hour_are_refused_though_nobody_has_closed() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &HUNDRED).await;
    let votes = sitting.votes();
    let all = rush(&portal, &votes, async || portal.app.clock.advance(time::Duration::hours(3))).await;
    // Nobody at a desk has done anything for three hours.
    sitting.keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    sitting.monitors[0].0 = portal.signed_in(OfficeKind::StudentAffairs).await;
    sitting.monitors[1].0 = portal.signed_in(OfficeKind::SchoolParty).await;
    let mut db = portal.owner().await;
    let (left, envelopes, stage) = remains(&mut db, &sitting.id).await;
    assert_eq!((left, stage.as_str()), (0, "open"));
    // No need to be sure: its time is up.
    sitting.act("close", &[]).await;
    assert_eq!(remains(&mut db, &sitting.id).await, (0, envelopes, "closed".to_owned()));
    judge_rush(&mut sitting, &all).await;
}

#[tokio::test]
async fn a_ballot_that_waited_in_vain_is_said_not_to_be_cast_and_its_choices_stay() {
    // At one portal: whoever waits for a lock waits alike at both.
    let portal = Portal::start().await;
    let sitting = opened(&portal, &SMALL).await;
    let mut voter = voters(&portal, 1..=1).await.remove(0);
    let mut holder = portal.owner().await;
    sqlx::raw_sql("begin; lock table envelope in exclusive mode").execute(&mut holder).await.unwrap();
    let told = voter.post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
    assert_eq!((told.status, told.heading().as_str()), (503, "这一票没有投出"));
    assert_eq!(told.attributes("input[name=c1-1]", "value"), ["F"], "what was chosen stays");
    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    assert_eq!(remains(&mut portal.owner().await, &sitting.id).await.1, 0, "it was true");
    cast(&mut voter, &sitting.id, &[("c1-1", "F")]).await;
}

/// Where a count is cut off, and how that is undone: at its receipts, at who has voted, when the envelopes go, at its
/// last step.
const HALTS: [(&str, &str); 4] = [
    (
        "create trigger halts before insert on receipt for each row execute function halt()",
        "drop trigger halts on receipt",
    ),
    (
        "create trigger halts before insert on has_voted for each row execute function halt()",
        "drop trigger halts on has_voted",
    ),
    (
        "create trigger halts before delete on envelope for each row execute function halt()",
        "drop trigger halts on envelope",
    ),
    (
        "create trigger halts before update on sitting for each row when (new.stage = 'counted')
         execute function halt()",
        "drop trigger halts on sitting",
    ),
];

/// Waits until the keeper's page says that the count did not end.
async fn halted(sitting: &mut Sitting) {
    for _ in 0..6_000 {
        let page = sitting.keeper.get(&sitting.path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        if page.text().contains("计票没有完成") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the count ends, or never does");
}

/// The envelopes to the last byte.
async fn envelopes(db: &mut PgConnection, sitting: &str) -> String {
    let (all,): (String,) = sqlx::query_as(
        "select string_agg(voter || ' ' || encode(sealed, 'hex') || ' ' || encode(mac, 'hex'), ';' order by voter)
         from envelope where sitting_id = $1::uuid",
    )
    .bind(sitting)
    .fetch_one(db)
    .await
    .unwrap();
    all
}

#[tokio::test]
async fn a_count_that_is_cut_off_writes_nothing_and_gives_the_same_when_it_is_begun_again() {
    const SIXTY: Plan<'_> = Plan { contests: &[("班长", 60, 1, &[101, 102], &[])], fields: &[] };
    // At one portal: the other one goes on saying why a count stopped until the next has said how far it is.
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SIXTY).await;
    let mut receipts = Vec::new();
    for (place, mut client) in voters(&portal, 1..=60).await.into_iter().enumerate() {
        let votes: &[(&str, &str)] = match place % 5 {
            0..3 => &[("c1-1", "F"), ("c1-2", "A")],
            3 => &[("c1-1", "A"), ("c1-2", "F")],
            _ => &[("w1-1", "陈另选")],
        };
        receipts.push(cast(&mut client, &sitting.id, votes).await);
    }
    receipts.sort();
    sitting.act("close", &[("sure", "yes")]).await;
    let mut db = portal.owner().await;
    let sealed = envelopes(&mut db, &sitting.id).await;
    let halt = "create function halt() returns trigger language plpgsql as $$ begin raise exception 'halted'; end $$";
    sqlx::query(halt).execute(&mut db).await.unwrap();
    for (cut, mend) in HALTS {
        sqlx::query(cut).execute(&mut db).await.unwrap();
        // Open shares of the time before are dropped: it takes two monitors each time.
        portal.app.clock.advance(time::Duration::minutes(16));
        sitting.unseal(0).await;
        sitting.unseal(1).await;
        halted(&mut sitting).await;
        assert_eq!(remains(&mut db, &sitting.id).await, (0, 60, "closed".to_owned()), "{cut}");
        assert_eq!(envelopes(&mut db, &sitting.id).await, sealed, "{cut}");
        sqlx::query(mend).execute(&mut db).await.unwrap();
    }
    portal.app.clock.advance(time::Duration::minutes(16));
    sitting.unseal(2).await;
    sitting.unseal(0).await;
    sitting.counted().await;
    // Two patterns and one with a name, the name, sixty receipts, sixty who voted.
    assert_eq!(remains(&mut db, &sitting.id).await, (3 + 1 + 60 + 60, 0, "counted".to_owned()));
    let patterns: Vec<(String, i32)> = sqlx::query_as(
        "select p.pattern, p.votes from ballot_pattern p join contest c on c.id = p.contest_id
         where c.sitting_id = $1::uuid order by p.pattern collate \"C\"",
    )
    .bind(&sitting.id)
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(patterns, [("--+1".to_owned(), 12), ("AF+0".to_owned(), 12), ("FA+0".to_owned(), 36)]);
    let Reported { record, .. } = reported(&mut sitting).await;
    assert_eq!(record.receipts, receipts);
    assert_eq!((record.envelopes, record.excluded), (60, 0));
    assert_eq!(record.contests[0].result.elected, ["学生101"]);
}
