//! What many uploads at once add to a portal's memory, and whether it comes back. The portal runs as a process of its own, and
//! its resident size is read from `/proc`.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::Connection;

/// Sessions that send at once, of more accounts than the budget of all uploads has room for.
const SESSIONS: usize = 25;
/// Offices that may upload lists.
const SENDERS: [&str; 3] = ["系统管理员", "校团委", "学生工作部门"];
const HELD: usize = 200;
const PARALLEL: usize = 50;
const BODY: usize = 8 * 1024 * 1024;
/// The parts of the form of an import, up to the file.
const KIND: &str = "--XyX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nstudents\r\n";
const FILE_HEAD: &str = "--XyX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.csv\"\r\n\r\n";
const GLANCE: Duration = Duration::from_millis(50);

/// Somebody who may send.
struct Sender {
    school: &'static str,
    number: String,
    password: String,
}

/// The demo as its own process.
struct Demo {
    child: Child,
    address: SocketAddr,
    senders: Vec<Sender>,
}

impl Demo {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lunzhi"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut senders, mut address) = (Vec::new(), None);
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(at) = line.strip_prefix("listening on http://") {
                address = Some(at.parse().unwrap());
                break;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            if SENDERS.iter().any(|office| fields[0].ends_with(office)) {
                let school = if fields[1].starts_with('Q') { "qingyu" } else { "wangyue" };
                senders.push(Sender { school, number: fields[1].to_owned(), password: fields[2].to_owned() });
            }
        }
        assert!(senders.len() > 4, "each has two places of four");
        Self { child, address: address.unwrap(), senders }
    }

    fn sign_in(&self, at: usize) -> String {
        let Sender { school, number, password } = &self.senders[at % self.senders.len()];
        let body = format!("school={school}&number={number}&password={password}");
        let (status, cookie) = Connection::open(self.address).ask("POST", "/sign-in", "", &body);
        assert_eq!(status, 303);
        cookie.unwrap()
    }

    /// In MB.
    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        size.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// The largest size that was seen while `work` ran.
    fn largest_while(&self, work: impl FnOnce()) -> f64 {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut largest = 0.0_f64;
                while !done.load(Ordering::Relaxed) {
                    largest = largest.max(self.resident());
                    std::thread::sleep(GLANCE);
                }
                largest
            });
            work();
            done.store(true, Ordering::Relaxed);
            looking.join().unwrap()
        })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// The head of an upload's request.
fn head(cookie: &str, length: usize) -> String {
    format!(
        "POST /imports HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary=XyX\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// Sends what the other side takes, and keeps the connection.
fn hold(address: SocketAddr, cookie: &str, body: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    // The last bytes never come: whoever reads has to wait for them.
    let sent = socket.write_all(head(cookie, body.len()).as_bytes());
    let _ = sent.and_then(|()| socket.write_all(&body[..body.len() - 1024]));
    socket
}

/// A list of students as large as a list may be.
fn largest_list(mark: usize) -> String {
    let mut text = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌,性别,民族\n".to_owned();
    for number in 0.. {
        let (class, before) = (number / 40, text.len());
        writeln!(
            text,
            "{mark:03}{number:07},学生{number},信息工程系,软件技术,高职,2026,软件技术（校企合作班）26{class:04}班,\
             共青团员,女,汉族"
        )
        .unwrap();
        if text.len() > BODY - 4096 || number == 59_000 {
            text.truncate(before);
            break;
        }
    }
    text
}

/// 200 connections that hold 8 MB each, then 50 uploads at once.
pub fn measure() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let demo = Demo::start(&folder.path().join("demo"));
    let cookies: Vec<String> = (0..SESSIONS).map(|at| demo.sign_in(at)).collect();
    std::thread::sleep(Duration::from_secs(10));
    let idle = demo.resident();
    println!("resident size of the portal, idle         {idle:.0} MB");

    let (cookies, address) = (&cookies, demo.address);
    let mut body = FILE_HEAD.as_bytes().to_vec();
    body.resize(BODY, b'x');
    let body = &body;
    let largest = demo.largest_while(|| {
        let held: Vec<TcpStream> = std::thread::scope(|scope| {
            let sending: Vec<_> =
                (0..HELD).map(|number| scope.spawn(move || hold(address, &cookies[number % SESSIONS], body))).collect();
            sending.into_iter().map(|one| one.join().unwrap()).collect()
        });
        std::thread::sleep(Duration::from_secs(15));
        drop(held);
    });
    tell("200 connections × 8 MB held open", &demo, idle, largest);

    let bodies: &Vec<Vec<u8>> = &(0..2)
        .map(|mark| {
            let list = largest_list(mark);
            format!("{KIND}{FILE_HEAD}{list}\r\n--XyX--\r\n").into_bytes()
        })
        .collect();
    let mut answers = Vec::new();
    let largest = demo.largest_while(|| {
        std::thread::scope(|scope| {
            let sending: Vec<_> = (0..PARALLEL)
                .map(|number| scope.spawn(move || upload(address, &cookies[number % SESSIONS], &bodies[number % 2])))
                .collect();
            answers = sending.into_iter().map(|one| one.join().unwrap()).collect();
        });
    });
    let of = |status: u16| answers.iter().filter(|found| **found == status).count();
    println!("50 uploads of {} KB: previewed {}, told to come again {}", bodies[0].len() / 1024, of(303), of(503));
    tell("50 parallel uploads", &demo, idle, largest);
}

/// The status of an upload; 0 where the portal hung up on what was still being sent.
fn upload(address: SocketAddr, cookie: &str, body: &[u8]) -> u16 {
    let mut socket = TcpStream::connect(address).unwrap();
    let _ = socket.write_all(head(cookie, body.len()).as_bytes()).and_then(|()| socket.write_all(body));
    let mut line = String::new();
    let _ = BufReader::new(socket).read_line(&mut line);
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn tell(what: &str, demo: &Demo, idle: f64, largest: f64) {
    std::thread::sleep(Duration::from_mins(1));
    let after = demo.resident();
    println!("{what}: at most {largest:.0} MB");
    println!("  added (target at most 100 MB)           {:.0} MB", largest - idle);
    println!("  a minute later above idle (at most 20)  {:.0} MB\n", after - idle);
}
