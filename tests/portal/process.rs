//! The portal as a process: what it prints, how it stops, and that nothing acknowledged is lost when it is killed.
//!
//! One file: all start the program in the same way.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use lunzhi::database::{
    Pools,
    embedded::running_at,
    handover::{handing_over, leave},
};
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::support::{
    FIRST, PASSWORD, Portal,
    congress::checking_in,
    raw::{ask, form, multipart, request},
    runtime, scratch,
};

struct Running {
    child: Child,
    lines: Vec<String>,
    address: SocketAddr,
}

impl Running {
    fn start(command: &str, data: &Path) -> Self {
        Self::start_on(command, data, None)
    }

    /// On a database that runs already, where one is named.
    fn start_on(command: &str, data: &Path, database: Option<&str>) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_lunzhi"));
        program.args([command, "--listen", "127.0.0.1:0", "--data"]).arg(data).env_remove("DATABASE_URL");
        if let Some(url) = database {
            program.env("DATABASE_URL", url);
        }
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(address) = line.strip_prefix("listening on http://") {
                let address = address.parse().unwrap();
                return Self { child, lines, address };
            }
            lines.push(line);
        }
        panic!("{command} ended: {:?}", child.wait());
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    fn stop(self) {
        self.signal("-TERM");
        assert_eq!(self.wait().code(), Some(0));
    }

    fn account(&self, office: &str) -> (String, String) {
        let line = self.lines.iter().find(|line| line.split('\t').next().unwrap().ends_with(office)).unwrap();
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 3, "{line}");
        (fields[1].to_owned(), fields[2].to_owned())
    }

    fn sign_in(&self, number: &str, password: &str) -> Option<String> {
        let fields = [("school", "qingyu"), ("number", number), ("password", password)];
        let answer = ask(self.address, &form("POST", "/sign-in", "", &fields))?;
        answer.cookie().filter(|_| answer.status == 303)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with the demo, which takes longer to load than what is told on it.
static DEMO: LazyLock<PathBuf> = LazyLock::new(|| {
    let data = scratch("loaded");
    Running::start("demo", &data).stop();
    data
});

/// The demo on a folder of the story's own.
fn demo_on(data: &Path) -> Running {
    assert!(Command::new("cp").arg("-a").arg(&*DEMO).arg(data).status().unwrap().success());
    Running::start("demo", data)
}

fn postmaster(data: &Path) -> String {
    fs::read_to_string(data.join("data/postmaster.pid")).unwrap().lines().next().unwrap().to_owned()
}

/// Polls; a condition that never comes fails the test at the end of a generous while.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{what} did not come about");
}

fn running(pid: &str) -> bool {
    // A zombie that nobody has collected does not run.
    let stat = fs::read_to_string(PathBuf::from("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}

#[test]
fn a_demo_prints_its_accounts_keeps_its_data_and_stops_when_asked() {
    let data = scratch("demo");
    let first = Running::start("demo", &data);
    assert_eq!(first.lines.len(), 26, "one line an account and nothing else");
    let (number, password) = first.account("系统管理员");
    let cookie = first.sign_in(&number, &password).unwrap();
    let fields = [("number", "T1"), ("name", "新人"), ("office", "student")];
    assert_eq!(ask(first.address, &form("POST", "/accounts", &cookie, &fields)).unwrap().status, 200);
    assert_eq!(ask(first.address, &form("GET", "/healthz", "", &[])).unwrap().status, 200);
    let metrics = ask(first.address, &form("GET", "/metrics", "", &[])).unwrap().body;
    assert!(metrics.contains("lunzhi_requests_total{") && !metrics.contains("T1"), "{metrics}");
    let overview = ask(first.address, &form("GET", "/directory", &cookie, &[])).unwrap().body;
    assert!(overview.contains("8,432"));
    // The demo's unions were taken down as they are: somewhere each rule on them is not met.
    let compliance = |school: &str, number: &str, password: &str| {
        let fields = [("school", school), ("number", number), ("password", password)];
        let cookie = ask(first.address, &form("POST", "/sign-in", "", &fields)).unwrap().cookie().unwrap();
        ask(first.address, &form("GET", "/compliance", &cookie, &[])).unwrap().body
    };
    let of_league: Vec<Vec<&str>> = first
        .lines
        .iter()
        .map(|line| line.split('\t').collect())
        .filter(|line: &Vec<&str>| line[0].ends_with(" 校团委"))
        .collect();
    let pages = compliance("qingyu", of_league[0][1], of_league[0][2])
        + &compliance("wangyue", of_league[1][1], of_league[1][2]);
    let pages = pages.split_whitespace().collect::<Vec<_>>().join(" ");
    for rule in [
        "ORG-01", "ORG-02", "ORG-03", "ORG-12", "ORG-13", "STF-01", "STF-02", "STF-03", "STF-04", "STF-05", "STF-06",
        "STF-07", "STF-08", "STF-09", "STF-10", "ELG-01", "ELG-03", "ELG-04", "POL-03",
    ] {
        let open = ["fail", "warn"].iter().any(|slug| {
            pages
                .split(&format!("cell-{slug}\" href=\""))
                .skip(1)
                .any(|rest| rest.split('"').next().unwrap().ends_with(&format!("#{rule}")))
        });
        assert!(open, "{rule} is met everywhere");
    }
    let lines = first.lines.clone();
    first.stop();
    let second = Running::start("demo", &data);
    assert_eq!(second.lines, lines);
    let cookie = second.sign_in(&number, &password).unwrap();
    assert!(ask(second.address, &form("GET", "/accounts?q=T1", &cookie, &[])).unwrap().body.contains("新人"));
    second.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn the_first_administrator_is_made_beside_a_running_portal_and_the_record_is_verified() {
    let data = scratch("account");
    let portal = Running::start("serve", &data);
    assert!(portal.lines.is_empty());
    let lunzhi = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lunzhi"));
        command.args(args).arg("--data").arg(&data).env_remove("DATABASE_URL").output().unwrap()
    };
    let args = ["account", "--school", "qingyu", "--number", "A1", "--name", "管理员"];
    assert!(String::from_utf8_lossy(&lunzhi(&args).stderr).contains("--school-name"));
    let made = lunzhi(&[&args[..], &["--school-name", "青屿学院"]].concat());
    assert!(made.status.success(), "{made:?}");
    let password = String::from_utf8(made.stdout).unwrap();
    assert!(portal.sign_in("A1", password.trim()).is_some());
    assert_eq!(lunzhi(&args).status.code(), Some(1), "the number is taken");
    let verified = lunzhi(&["verify-audit"]);
    assert!(String::from_utf8_lossy(&verified.stdout).contains("操作记录完整：2 条"), "{verified:?}");
    portal.stop();
    assert!(lunzhi(&["verify-audit"]).status.success(), "without a portal it starts the database itself");
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_second_portal_on_the_same_folder_says_so() {
    let data = scratch("twice");
    let portal = Running::start("serve", &data);
    let second = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another process"));
    portal.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn if_the_database_dies_the_portal_ends_with_a_failure() {
    let data = scratch("dies");
    let portal = Running::start("serve", &data);
    assert!(Command::new("kill").args(["-KILL", &postmaster(&data)]).status().unwrap().success());
    let status = portal.wait();
    assert_ne!(status.code(), Some(0));
    let again = Running::start("serve", &data);
    assert_eq!(ask(again.address, &form("GET", "/healthz", "", &[])).unwrap().status, 200, "it recovers by itself");
    again.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_killed_portal_takes_its_database_along_and_loses_nothing_it_acknowledged() {
    let data = scratch("killed");
    let portal = demo_on(&data);
    let (number, password) = portal.account("系统管理员");
    let cookie = portal.sign_in(&number, &password).unwrap();
    let (address, stop, count) = (portal.address, AtomicBool::new(false), AtomicUsize::new(0));
    let acknowledged: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..6)
            .map(|client| {
                let (cookie, stop, count) = (&cookie, &stop, &count);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    for place in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let number = format!("K{client}x{place}");
                        let fields = [("number", number.as_str()), ("name", "新人"), ("office", "student")];
                        match ask(address, &form("POST", "/accounts", cookie, &fields)) {
                            Some(answer) if answer.status == 200 => {
                                count.fetch_add(1, Ordering::Relaxed);
                                acknowledged.push(number);
                            }
                            _ => break,
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        wait_until("a few acknowledgements", || count.load(Ordering::Relaxed) > 20);
        let server = postmaster(&data);
        portal.signal("-KILL");
        wait_until("the database's end", || !running(&server));
        stop.store(true, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert!(acknowledged.len() > 20);
    drop(portal);
    let again = Running::start("serve", &data);
    let cookie = again.sign_in(&number, &password).unwrap();
    for number in &acknowledged {
        let page = ask(again.address, &form("GET", &format!("/accounts?q={number}"), &cookie, &[])).unwrap();
        assert!(page.body.contains(&format!(">{number}<")), "{number} was acknowledged and is gone");
    }
    again.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_portal_or_a_database_killed_in_a_stream_of_appointments_loses_none_and_passes_no_cap() {
    let data = scratch("posts");
    let mut portal = demo_on(&data);
    let (number, password) = portal.account("校团委");
    for (round, kill_database) in [(0, false), (1, true)] {
        let cookie = portal.sign_in(&number, &password).unwrap();
        let get = |portal: &Running, path: &str| ask(portal.address, &form("GET", path, &cookie, &[])).unwrap().body;
        let after = |text: &str, mark: &str| {
            text.split(mark).nth(1).unwrap().chars().take_while(|c| *c != '"').collect::<String>()
        };
        let list = get(&portal, "/unions");
        let row = list.split("<tr>").find(|row| row.contains("经济管理系学生会")).unwrap();
        let path = format!("/unions/{}", after(row, "href=\"/unions/"));
        let ask_page = get(&portal, &format!("{path}/appoint"));
        let department = after(ask_page.split("（主席团成员不选）").nth(1).unwrap(), "<option value=\"");
        let roster = get(&portal, &format!("{path}/roster"));
        let people: Vec<String> = roster
            .split("data-label=\"学号\">")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| *c != '<').collect())
            .collect();
        let (address, stop, count) = (portal.address, AtomicBool::new(false), AtomicUsize::new(0));
        let start = lunzhi::clock::Clock::default().today() + time::Duration::days(30 + round * 300);
        // Each acknowledged appointment: who, and the first of the two days for which it holds.
        let acknowledged: Vec<(String, String)> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..6_i64)
                .map(|client| {
                    let (cookie, stop, count, path, people, department) =
                        (&cookie, &stop, &count, &path, &people, &department);
                    scope.spawn(move || {
                        let mut acknowledged = Vec::new();
                        for place in 0..48_i64 {
                            if stop.load(Ordering::Relaxed) {
                                break;
                            }
                            let from = start + time::Duration::days((place * 6 + client) % 290);
                            let (from, until) = (from.to_string(), (from + time::Duration::days(2)).to_string());
                            let who = people[usize::try_from(place * 6 + client).unwrap() % people.len()].clone();
                            // Every other one knocks at the full presidium.
                            let post = if place % 2 == 0 { "staff" } else { "presidium" };
                            let fields = [
                                ("number", who.as_str()),
                                ("post", post),
                                ("department", department.as_str()),
                                ("from", from.as_str()),
                                ("until", until.as_str()),
                                ("ground", "批复"),
                                ("direct", "补办"),
                                ("reason", "临时加强"),
                            ];
                            match ask(address, &multipart(&format!("{path}/appoint"), cookie, &fields)) {
                                Some(answer) if answer.status == 303 && post == "staff" => {
                                    count.fetch_add(1, Ordering::Relaxed);
                                    acknowledged.push((who, from));
                                }
                                Some(answer) if matches!(answer.status, 409 | 422) => {}
                                Some(answer) => assert_ne!(answer.status, 303, "a fourth on the presidium"),
                                None => break,
                            }
                        }
                        acknowledged
                    })
                })
                .collect();
            wait_until("a few acknowledgements", || count.load(Ordering::Relaxed) > 15);
            let server = postmaster(&data);
            if kill_database {
                assert!(Command::new("kill").args(["-KILL", &server]).status().unwrap().success());
            } else {
                portal.signal("-KILL");
            }
            wait_until("the database's end", || !running(&server));
            stop.store(true, Ordering::Relaxed);
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        });
        drop(portal);
        portal = Running::start("serve", &data);
        let cookie = portal.sign_in(&number, &password).unwrap();
        let page = ask(portal.address, &form("GET", &path, &cookie, &[])).unwrap().body;
        let coming = page.split("尚未生效").nth(1).unwrap();
        for (who, from) in &acknowledged {
            let there = coming
                .split("<tr>")
                .any(|row| row.contains(&format!(">{who}<")) && row.contains(&format!(">{from} 至")));
            assert!(there, "{who} from {from} was acknowledged and is gone");
        }
        assert!(!coming.contains("主席团成员"));
    }
    portal.stop();
    let verified = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
        .args(["verify-audit", "--data"])
        .arg(&data)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_portal_killed_during_check_in_has_counted_once_everybody_whom_it_acknowledged() {
    let data = scratch("check-in");
    let (portal, path) = runtime().block_on(async {
        let portal = Portal::start().await;
        let (path, mut league) = checking_in(&portal, 3_000).await;
        let desk = [("number", "student"), ("desk", "1 号台")];
        assert_eq!(league.post(&format!("{path}/check-in/desks"), &desk).await.status, 303);
        (portal, path)
    });
    let running = Running::start_on("serve", &data, Some(&portal.url));
    let sign_in = |running: &Running| {
        let fields = [("school", FIRST), ("number", "student"), ("password", PASSWORD)];
        ask(running.address, &form("POST", "/sign-in", "", &fields)).unwrap().cookie().unwrap()
    };
    let check_in = |running: SocketAddr, cookie: &str, student: u32| {
        let who = format!("2024{student:04}");
        let answer = ask(running, &form("POST", &format!("{path}/check-in"), cookie, &[("who", who.as_str())]))?;
        Some(answer.location().to_owned())
    };
    let (cookie, address) = (sign_in(&running), running.address);
    let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let acknowledged: Vec<u32> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..4)
            .map(|desk| {
                let (cookie, stop, count, check_in) = (&cookie, &stop, &count, &check_in);
                scope.spawn(move || {
                    let mut acknowledged = Vec::new();
                    for student in (1..=3_000).filter(|student| student % 4 == desk) {
                        if stop.load(Ordering::Relaxed) {
                            break;
                        }
                        let Some(told) = check_in(address, cookie, student) else { break };
                        assert!(told.contains("came=now"), "{told}");
                        count.fetch_add(1, Ordering::Relaxed);
                        acknowledged.push(student);
                    }
                    acknowledged
                })
            })
            .collect();
        wait_until("a few acknowledgements", || count.load(Ordering::Relaxed) > 12);
        running.signal("-KILL");
        stop.store(true, Ordering::Relaxed);
        desks.into_iter().flat_map(|desk| desk.join().unwrap()).collect()
    });
    drop(running);
    let again = Running::start_on("serve", &data, Some(&portal.url));
    let cookie = sign_in(&again);
    for student in &acknowledged {
        let told = check_in(again.address, &cookie, *student).unwrap();
        assert!(told.contains("came=already"), "{student} was acknowledged: {told}");
    }
    let present = runtime().block_on(async {
        let count = sqlx::query_scalar("select count(*) from attendance where undone_at is null");
        let present: i64 = count.fetch_one(&mut portal.owner().await).await.unwrap();
        usize::try_from(present).unwrap()
    });
    // What was written and not acknowledged stands too: one of each desk at most, and everybody once.
    assert!((acknowledged.len()..=acknowledged.len() + 4).contains(&present), "{present} of {}", acknowledged.len());
    again.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_portal_that_is_stopped_ends_what_it_has_in_hand_and_leaves_the_rest_to_the_other() {
    let data = scratch("replaced");
    let (portal, path) = runtime().block_on(async {
        let portal = Portal::start().await;
        let (path, mut league) = checking_in(&portal, 150).await;
        let desk = [("number", "student"), ("desk", "1 号台")];
        assert_eq!(league.post(&format!("{path}/check-in/desks"), &desk).await.status, 303);
        (portal, path)
    });
    let [one, other] = [(); 2].map(|()| Running::start_on("serve", &data, Some(&portal.url)));
    let fields = [("school", FIRST), ("number", "student"), ("password", PASSWORD)];
    let cookie = ask(one.address, &form("POST", "/sign-in", "", &fields)).unwrap().cookie().unwrap();
    let check_in = |running: SocketAddr, student: u32| {
        let who = format!("2024{student:04}");
        let answer = ask(running, &form("POST", &format!("{path}/check-in"), &cookie, &[("who", who.as_str())]))?;
        Some(answer.location().to_owned())
    };
    let (first, second) = (one.address, other.address);
    let (count, by_second) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for desk in 0..4 {
            let (check_in, count, by_second) = (&check_in, &count, &by_second);
            scope.spawn(move || {
                for student in (1..=150).filter(|student| student % 4 == desk) {
                    let told = check_in(first, student).unwrap_or_else(|| {
                        by_second.fetch_add(1, Ordering::Relaxed);
                        check_in(second, student).unwrap()
                    });
                    assert!(told.contains("came=now"), "{student}: what nobody answered was not done: {told}");
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..60_000 {
            if count.load(Ordering::Relaxed) >= 4 {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        one.signal("-TERM");
    });
    assert_eq!(one.wait().code(), Some(0));
    assert_ne!(by_second.load(Ordering::Relaxed), 0, "it was stopped in the middle");
    let present = runtime().block_on(async {
        let count = sqlx::query_scalar("select count(*) from attendance where undone_at is null");
        let present: i64 = count.fetch_one(&mut portal.owner().await).await.unwrap();
        usize::try_from(present).unwrap()
    });
    assert_eq!(present, 150);
    other.stop();
    fs::remove_dir_all(data).unwrap();
}

/// A list of new students, `XY0` and so on, as an upload.
fn student_upload(students: usize, cookie: &str) -> Vec<u8> {
    let mut text = "学号,姓名,院系,专业,培养层次,年级,班级\n".to_owned();
    for number in 0..students {
        writeln!(text, "XY{number},学生{number},新设系,新设专业,专科,2026,新设{}班", number / 50).unwrap();
    }
    let body = format!(
        "--XyX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nstudents\r\n--XyX\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"s.csv\"\r\n\r\n{text}\r\n--XyX--\r\n"
    );
    request("POST", "/imports", cookie, "multipart/form-data; boundary=XyX", body.as_bytes())
}

/// Takes a number in a transaction that stays open: whoever adds a student with it waits for its end.
async fn hold_number(data: &Path, number: &str) -> PgConnection {
    let mut holder = PgConnection::connect(&running_at(data).unwrap()).await.unwrap();
    holder.execute("begin").await.unwrap();
    let taken = "insert into student (id, institution_id, number, name, class_id)
                 select gen_random_uuid(), s.institution_id, $1, '占位', s.class_id
                 from student s join institution i on i.id = s.institution_id where i.code = 'qingyu' limit 1";
    assert_eq!(sqlx::query(taken).bind(number).execute(&mut holder).await.unwrap().rows_affected(), 1);
    holder
}

#[test]
fn a_portal_killed_in_the_middle_of_an_import_has_written_all_of_it_or_nothing() {
    // Two batches, the last of which waits for its last row until the portal is killed.
    const STUDENTS: usize = 10_000;
    let (data, runtime) = (scratch("import"), runtime());
    let portal = demo_on(&data);
    let (number, password) = portal.account("学生工作部门");
    let cookie = portal.sign_in(&number, &password).unwrap();
    let uploaded = ask(portal.address, &student_upload(STUDENTS, &cookie)).unwrap();
    assert_eq!(uploaded.status, 303, "{}", uploaded.body);
    let path = uploaded.location().split('?').next().unwrap().to_owned();
    let holder = runtime.block_on(hold_number(&data, &format!("XY{}", STUDENTS - 1)));
    let commit = |portal: &Running, cookie: &str| {
        ask(portal.address, &form("POST", &format!("{path}/commit"), cookie, &[])).unwrap().status
    };
    assert_eq!(commit(&portal, &cookie), 303);
    wait_until("the middle of the import", || {
        let page = ask(portal.address, &form("GET", &path, &cookie, &[])).unwrap().body;
        // Nobody waits for a lock for ever: on a busy machine it may be given up before it is seen here.
        if page.contains("没有写入任何内容") {
            commit(&portal, &cookie);
        }
        page.contains("正在写入：") && !page.contains("正在写入：0 ")
    });
    let server = postmaster(&data);
    portal.signal("-KILL");
    drop(holder);
    wait_until("the database's end", || !running(&server));
    drop(portal);

    let portal = Running::start("serve", &data);
    let cookie = portal.sign_in(&number, &password).unwrap();
    let found = || ask(portal.address, &form("GET", "/people?q=XY", &cookie, &[])).unwrap().body;
    assert!(found().contains("没有符合的学生"), "half of an import stands");
    // The preview has survived, and is committed now.
    assert_eq!(commit(&portal, &cookie), 303);
    wait_until("the second commit", || found().contains("共 10,000 人"));
    portal.stop();
    fs::remove_dir_all(data).unwrap();
}

#[test]
fn health_is_503_where_the_database_does_not_answer() {
    use lunzhi::{
        clock::Clock,
        router::{Portal as Lunzhi, router},
        secrets::Cost,
    };
    runtime().block_on(async {
        let pools = Pools::new("postgres://nobody@%2Fnowhere/none").unwrap();
        let app =
            Lunzhi::new(pools, Clock::default(), Cost::CHEAP, lunzhi::sealing::keys::MarkKey::random(), None).unwrap();
        let page = crate::support::Client::new(router(&app)).get("/healthz").await;
        assert_eq!(page.status, 503);
        let page = crate::support::Client::new(router(&app)).get("/sign-in").await;
        assert_eq!((page.status, page.heading().as_str()), (503, "暂时连不上数据库"));
        assert!(!page.text().contains("nowhere"), "no word of the cause to visitors");
    });
}

/// Runs `lunzhi` to its end with no database's address in its environment.
fn lunzhi(args: &[&str], folders: &[&Path]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lunzhi"));
    command.args(args).env_remove("DATABASE_URL").env_remove("LUNZHI_DATA");
    let (first, rest) = folders.split_first().unwrap();
    command.arg(first);
    if let Some(data) = rest.first() {
        command.arg("--data").arg(data);
    }
    command.output().unwrap()
}

fn says(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The address of a ballot that is open to a student of the demo.
fn open_ballot(portal: &Running, cookie: &str) -> String {
    let list = ask(portal.address, &form("GET", "/votes", cookie, &[])).unwrap().body;
    let id: String = list.split("href=\"/votes/").nth(1).unwrap().chars().take_while(|c| *c != '"').collect();
    format!("/votes/{id}")
}

#[test]
fn a_backup_beside_a_running_portal_fills_a_new_folder_in_which_voting_goes_on() {
    let (data, new) = (scratch("live"), scratch("restored"));
    let folder = scratch("backup");
    let portal = demo_on(&data);
    let (number, password) = portal.account("学生");
    let cookie = portal.sign_in(&number, &password).unwrap();
    let ballot = open_ballot(&portal, &cookie);
    let made = lunzhi(&["backup"], &[&folder, &data]);
    assert!(made.status.success() && says(&made).contains("操作记录完整"), "{}", says(&made));
    assert_eq!(lunzhi(&["backup"], &[&folder, &data]).status.code(), Some(1), "never over another backup");
    portal.stop();

    let restored = lunzhi(&["restore"], &[&folder, &new]);
    let said = says(&restored);
    assert!(restored.status.success() && said.contains("操作记录完整，与备份时一致"), "{said}");
    assert!(said.contains("选票密钥相符；进行中的选举："), "{said}");
    let again = Running::start("serve", &new);
    let cookie = again.sign_in(&number, &password).unwrap();
    let page = ask(again.address, &form("GET", &ballot, &cookie, &[])).unwrap();
    assert!(page.status == 200 && page.body.contains("核对"), "{}", page.body);
    again.stop();
    let twice = lunzhi(&["restore"], &[&folder, &new]);
    assert!(twice.status.code() == Some(1) && says(&twice).contains("已经有东西"), "{}", says(&twice));

    for (file, place) in [("ballot.key", 7), ("lunzhi.dump", 5_000)] {
        let (path, elsewhere) = (folder.join(file), scratch("changed"));
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(&path, bytes).unwrap();
        let refused = lunzhi(&["restore"], &[&folder, &elsewhere]);
        assert!(refused.status.code() == Some(1) && says(&refused).contains(&format!("{file} 的哈希与清单不符")));
        assert!(!elsewhere.exists(), "nothing was begun");
        fs::write(&path, whole).unwrap();
    }
    for folder in [data, new, folder] {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_backup_of_an_older_schema_is_brought_up_to_date_also_in_a_database_elsewhere() {
    let (folder, new, keys) = (scratch("older"), scratch("newer"), scratch("keys"));
    let (old, empty) = runtime().block_on(async {
        let url = crate::support::empty_database().await;
        let first = lunzhi::database::MIGRATOR.iter().filter(|one| one.version <= 5).cloned().collect();
        let older = sqlx::migrate::Migrator { migrations: first, ..sqlx::migrate::Migrator::DEFAULT };
        let pool = sqlx::PgPool::connect(&url).await.unwrap();
        older.run(&pool).await.unwrap();
        pool.close().await;
        (url, crate::support::empty_database().await)
    });
    lunzhi::sealing::keys::MarkKey::load_or_make(&keys.join("ballot.key")).unwrap();
    let made = lunzhi(&["backup", "--database-url", &old], &[&folder, &keys]);
    assert!(made.status.success(), "{}", says(&made));
    let restored = lunzhi(&["restore"], &[&folder, &new]);
    assert!(restored.status.success() && says(&restored).contains("由 5 升级到"), "{}", says(&restored));
    let restore = ["restore", "--database-url", &empty];
    let elsewhere = lunzhi(&restore, &[&folder, &keys]);
    assert!(elsewhere.status.success(), "{}", says(&elsewhere));
    let full = lunzhi(&restore, &[&folder, &keys]);
    assert!(full.status.code() == Some(1) && says(&full).contains("已经有表"), "{}", says(&full));
    assert!(keys.join("ballot.key").exists(), "a key that was there before stays");
    for folder in [folder, new, keys] {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_ballot_key_may_be_put_into_a_new_folder_before_the_first_start() {
    let data = scratch("key-first");
    let key = lunzhi::sealing::keys::MarkKey::load_or_make(&data.join("ballot.key")).unwrap();
    Running::start("serve", &data).stop();
    let kept = lunzhi::sealing::keys::MarkKey::load(&data.join("ballot.key")).unwrap().unwrap();
    assert_eq!(kept.check_value(), key.check_value());
    fs::remove_dir_all(data).unwrap();
    let strange = scratch("strange");
    fs::create_dir_all(&strange).unwrap();
    fs::write(strange.join("ballot.key"), [7; 64]).unwrap();
    fs::write(strange.join("holiday.jpg"), b"").unwrap();
    let refused = lunzhi(&["serve", "--listen", "127.0.0.1:0", "--data"], &[&strange]);
    assert!(refused.status.code() == Some(1) && says(&refused).contains("is not empty"), "{}", says(&refused));
    fs::remove_dir_all(strange).unwrap();
}

#[test]
fn a_reader_that_could_write_is_refused_at_the_start() {
    runtime().block_on(async {
        let pools = Pools::new(&crate::support::empty_database().await).unwrap();
        pools.check_readers().await.unwrap();
        // As behind a pooler that drops what a connection asks for.
        let dropped = Pools { read: pools.write.clone(), ..pools };
        let refused = dropped.check_readers().await.unwrap_err().to_string();
        assert!(refused.contains("PgBouncer") && refused.contains("could write"), "{refused}");
    });
}

#[test]
fn a_page_reads_on_the_connection_that_found_its_person_and_holds_none_while_it_waits() {
    async fn server(connection: &mut PgConnection) -> i32 {
        sqlx::query_scalar("select pg_backend_pid()").fetch_one(connection).await.unwrap()
    }
    runtime().block_on(async {
        let read = Pools::new(&crate::support::empty_database().await).unwrap().read;
        handing_over(async {
            let mut first = read.connection().await.unwrap();
            let found_by = server(&mut first).await;
            leave(first);
            let mut next = read.connection().await.unwrap();
            assert_eq!(server(&mut next).await, found_by);
            leave(next);
            tokio::task::yield_now().await;
            // Every connection of the pool is to be had: none was kept back.
            let mut all = Vec::new();
            for _ in 0..read.now().options().get_max_connections() {
                all.push(read.acquire().await.unwrap());
            }
            leave(all.pop().unwrap());
            drop(all);
        })
        .await;
        // Outside a page what is left goes back.
        leave(read.connection().await.unwrap());
        let mut all = Vec::new();
        for _ in 0..read.now().options().get_max_connections() {
            all.push(read.connection().await.unwrap());
        }
    });
}

#[test]
fn whoever_serves_is_no_superuser_and_pages_read_in_a_role_that_may_only_select() {
    let data = scratch("roles");
    Running::start("serve", &data).stop();
    // As a folder stands that was made before the portal had a role of its own.
    let ident = data.join("data/pg_ident.conf");
    let both = fs::read_to_string(&ident).unwrap();
    let before: Vec<&str> = both.lines().filter(|line| line.ends_with(" portal")).collect();
    fs::write(&ident, before.join("\n") + "\n").unwrap();
    let portal = Running::start("serve", &data);
    let superuser = running_at(&data).unwrap();
    runtime().block_on(async {
        let mut db = PgConnection::connect(&superuser).await.unwrap();
        let serving: Vec<(String, bool)> = sqlx::query_as(
            "select distinct usename::text, usesuper from pg_stat_activity join pg_user using (usename)
             where application_name = 'lunzhi'",
        )
        .fetch_all(&mut db)
        .await
        .unwrap();
        assert_eq!(serving, [("lunzhi".to_owned(), false)]);
        db.execute(
            "alter table notice owner to portal; alter routine number_key(text) owner to portal;
             alter type weighed_case owner to portal",
        )
        .await
        .unwrap();
        db.execute("alter database postgres owner to portal").await.unwrap();
    });
    portal.stop();
    let portal = Running::start("serve", &data);
    runtime().block_on(async {
        let mut db = PgConnection::connect(&running_at(&data).unwrap()).await.unwrap();
        let others: Vec<String> = sqlx::query_scalar(
            "select relname::text from pg_class c where relnamespace = 'public'::regnamespace
                    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
                    and relowner <> 'lunzhi'::regrole
             union all
             select proname::text from pg_proc p where pronamespace = 'public'::regnamespace
                    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
                    and proowner <> 'lunzhi'::regrole",
        )
        .fetch_all(&mut db)
        .await
        .unwrap();
        assert_eq!(others, Vec::<String>::new(), "the next start gives the portal what is not its own");
    });
    portal.stop();
    fs::remove_dir_all(data).unwrap();

    runtime().block_on(async {
        let portal = crate::support::Portal::start().await;
        let mut reader = portal.app.pools.read.acquire().await.unwrap();
        // Even where the transaction would let it: the role does not.
        reader.execute("begin; set transaction read write").await.unwrap();
        let refused = reader.execute("delete from notice").await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{refused}");
        reader.execute("rollback").await.unwrap();
    });
}
