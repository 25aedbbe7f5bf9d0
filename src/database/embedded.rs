//! A private PostgreSQL, run from the system's binaries as our own child process.
//!
//! * As root it runs as the `postgres` (else the `nobody`) user, because the server refuses root; otherwise as us.
//! * No TCP: one unix socket in a folder that others may not enter, and peer authentication by a map that names only
//!   the user who runs it and root.
//! * It stops with us, also after `kill -9` (a death signal). If it dies first, [`EmbeddedPg::died`] says so.
//!
//! This file knows nothing of sqlx: the build helper uses it before anything that checks SQL can be compiled.

use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, getuid, kill_process, set_parent_process_death_signal};

/// How often the keeper looks whether the server still runs, and how often it is asked whether it is ready.
const GLANCE: Duration = Duration::from_millis(100);
const READY_GLANCE: Duration = Duration::from_millis(10);
/// How often the size of its log is looked at, and how much of it there may be: as much again is kept as the one before.
const LOG_GLANCE: Duration = Duration::from_mins(1);
const LONGEST_LOG: u64 = 16 * 1024 * 1024;
/// How long a server may take to become ready; recovery after a crash is part of it.
const READY_WITHIN: Duration = Duration::from_mins(2);
/// What the server says, in its folder.
const LOG: &str = "postgres.log";
/// `sun_path` holds 107 bytes; the socket's own name takes 15.
const LONGEST_SOCKET_FOLDER: usize = 90;

/// Where the server keeps its data and how carefully.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder of everything; made if absent, readable by nobody else.
    pub dir: PathBuf,
    /// Throw-away data (tests): nothing is flushed to disk.
    pub disposable: bool,
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct EmbeddedPg {
    running: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
    died: Arc<AtomicBool>,
    socket_dir: PathBuf,
}

#[derive(Debug, Clone)]
struct RunAs {
    name: String,
    /// Another user's ids, where we are root.
    ids: Option<(u32, u32)>,
}

impl EmbeddedPg {
    /// Starts the server, making its data folder first if there is none. Blocks until it is ready.
    ///
    /// The server is forked by a thread that lives as long as it: the death signal follows the *thread* that forked,
    /// so a server forked from a pool's thread would stop when that thread does.
    ///
    /// # Errors
    /// Where PostgreSQL is missing, the folder is in use or cannot be entered, or the server does not start.
    pub fn start(options: &Options) -> Result<Self> {
        let (report, started) = mpsc::channel();
        let (running, until_dropped) = mpsc::channel();
        let died = Arc::new(AtomicBool::new(false));
        let (options, has_died) = (options.clone(), Arc::clone(&died));
        let keeper = std::thread::Builder::new().name("pg-keeper".into()).spawn(move || match spawn(&options) {
            Err(error) => drop(report.send(Err(error))),
            Ok((child, socket_dir)) => {
                let _ = report.send(Ok(socket_dir));
                keep(child, &options.dir.join(LOG), &until_dropped, &has_died);
            }
        })?;
        let socket_dir = started.recv().context("the keeper ended")??;
        Ok(Self { running: Some(running), keeper: Some(keeper), died, socket_dir })
    }

    /// The server ended though nobody stopped it.
    #[must_use]
    pub fn died(&self) -> bool {
        self.died.load(Ordering::Acquire)
    }

    /// The superuser's address for sqlx; the host is the socket's folder.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        socket_url(&self.socket_dir, "portal", database)
    }

    /// The address of the role in which a portal serves, once it was made.
    #[must_use]
    pub fn portal_url(&self, database: &str) -> String {
        socket_url(&self.socket_dir, "lunzhi", database)
    }

    /// Stops the server and waits for it.
    pub fn stop(&mut self) {
        self.running.take();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

impl Drop for EmbeddedPg {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The superuser's address of the server that another process of ours runs on `dir`; none if none runs.
#[must_use]
pub fn running_at(dir: &Path) -> Option<String> {
    let note = fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
    let lines: Vec<&str> = note.lines().map(str::trim).collect();
    let socket_dir = lines.get(4).filter(|_| lines.get(7) == Some(&"ready"))?;
    let lock = fs::File::open(dir.join("lock")).ok()?;
    // Whoever runs it holds the lock; a lock to be had means that the note was left by a crash.
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .is_err()
        .then(|| socket_url(Path::new(socket_dir), "portal", "postgres"))
}

fn socket_url(socket_dir: &Path, role: &str, database: &str) -> String {
    format!("postgres://{role}@{}/{database}", socket_dir.to_string_lossy().replace('/', "%2F"))
}

fn keep(mut child: Child, log: &Path, until_dropped: &mpsc::Receiver<()>, died: &AtomicBool) {
    let mut looked_at = Instant::now();
    while until_dropped.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
        if looked_at.elapsed() > LOG_GLANCE {
            looked_at = Instant::now();
            // A log that cannot be turned over goes on.
            let _ = turn_over(log, LONGEST_LOG);
        }
        if !matches!(child.try_wait(), Ok(None)) {
            died.store(true, Ordering::Release);
            return;
        }
    }
    if let Some(pid) = Pid::from_raw(child.id().cast_signed()) {
        // SIGINT is the fast shutdown; SIGTERM would wait for clients for ever.
        let _ = kill_process(pid, Signal::INT);
    }
    let _ = child.wait();
}

/// Keeps a long log as the one before and begins it anew. The server appends to the same file all the time; what it writes
/// between the two steps is in neither.
pub fn turn_over(log: &Path, longest: u64) -> io::Result<()> {
    let file = fs::OpenOptions::new().write(true).open(log)?;
    if file.metadata()?.len() > longest {
        fs::copy(log, log.with_extension("log.1"))?;
        file.set_len(0)?;
    }
    Ok(())
}

fn spawn(options: &Options) -> Result<(Child, PathBuf)> {
    // A data folder belongs to one major version: keep to it, also when a newer one is installed.
    let kept = fs::read_to_string(options.dir.join("data/PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
    let bin = find_binaries(kept)?;
    let who = run_as()?;
    make_private(&options.dir, &who)?;
    let dir = fs::canonicalize(&options.dir)?;
    let lock = fs::File::create(dir.join("lock"))?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .with_context(|| format!("{} is in use by another process", dir.display()))?;
    // Held until this process ends; it is closed on exec, so the server does not inherit it.
    std::mem::forget(lock);
    let data = dir.join("data");
    wait_for_the_one_before(&data)?;
    let socket_dir = if dir.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        dir.clone()
    } else {
        // Made new: a folder that somebody else has put there must not become the socket's.
        let short = std::env::temp_dir().join(format!("lunzhi-{}-{}", std::process::id(), dir.as_os_str().len()));
        fs::DirBuilder::new().mode(0o700).create(&short).with_context(|| format!("make {}", short.display()))?;
        make_private(&short, &who)?;
        short
    };
    if !data.join("PG_VERSION").exists() {
        initialise(&bin, &data, &who)?;
    }
    say_who_may_enter(&data, &who)?;
    let log_path = dir.join(LOG);
    let log = fs::OpenOptions::new().create(true).append(true).open(&log_path)?;
    let mut command = command(&bin, "postgres", &who);
    command.arg("-D").arg(&data).arg("-k").arg(&socket_dir);
    let careful = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "timezone=UTC",
        "log_timezone=UTC",
        // Details and statements quote rows, which are people's.
        "log_error_verbosity=terse",
        "log_min_error_statement=panic",
        // Nobody waits for a client's page that is long gone.
        "idle_in_transaction_session_timeout=5min",
    ];
    let careless = [
        // Several tests at a time, each with its pools; of a setting that stands twice the later one counts.
        "max_connections=400",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "autovacuum=off",
        "checkpoint_timeout=1h",
        "max_wal_size=4GB",
    ];
    for setting in careful.iter().chain(careless.iter().filter(|_| options.disposable)) {
        command.arg("-c").arg(setting);
    }
    let mut child =
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context("start postgres")?;
    wait_until_ready(&mut child, &data).with_context(|| format!("see {}", log_path.display()))?;
    Ok((child, socket_dir))
}

/// A portal that was killed leaves a server that is still shutting down; it has the data until it is gone.
fn wait_for_the_one_before(data: &Path) -> Result<()> {
    for _ in 0..READY_WITHIN.as_millis() / READY_GLANCE.as_millis() {
        let note = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let Some(pid) = note.lines().next().map(str::trim).filter(|pid| !pid.is_empty()) else { return Ok(()) };
        let name = fs::read_to_string(Path::new("/proc").join(pid).join("comm")).unwrap_or_default();
        if name.trim() != "postgres" {
            return Ok(());
        }
        std::thread::sleep(READY_GLANCE);
    }
    bail!("another postgres holds {}", data.display());
}

fn wait_until_ready(child: &mut Child, data: &Path) -> Result<()> {
    let pid = child.id().to_string();
    for _ in 0..READY_WITHIN.as_millis() / READY_GLANCE.as_millis() {
        if let Some(status) = child.try_wait()? {
            bail!("postgres ended at once: {status}");
        }
        // Line 1 is the pid, line 8 "ready": what the server's own starter waits for.
        if let Ok(note) = fs::read_to_string(data.join("postmaster.pid")) {
            let lines: Vec<&str> = note.lines().map(str::trim).collect();
            if lines.first() == Some(&pid.as_str()) && lines.get(7) == Some(&"ready") {
                return Ok(());
            }
        }
        std::thread::sleep(READY_GLANCE);
    }
    bail!("postgres not ready within {READY_WITHIN:?}");
}

fn initialise(bin: &Path, data: &Path, who: &RunAs) -> Result<()> {
    // Made beside and renamed when it is whole: a start that is cut off leaves nothing that looks like a database.
    let finished = data;
    let data = &data.with_extension("new");
    if data.exists() {
        fs::remove_dir_all(data)?;
    }
    let output = command(bin, "initdb", who)
        .arg("-D")
        .arg(data)
        .args(["-U", "portal", "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject"])
        .args(["--no-instructions", "--data-checksums"])
        .stdin(Stdio::null())
        .output()
        .context("run initdb")?;
    if !output.status.success() {
        let _ = fs::remove_dir_all(data);
        bail!("initdb: {}", String::from_utf8_lossy(&output.stderr));
    }
    fs::rename(data, finished)?;
    Ok(())
}

/// Whoever runs the server, and root where that is another user, may be the superuser or the portal. At every start: a
/// folder may be older than the portal's own role.
fn say_who_may_enter(data: &Path, who: &RunAs) -> Result<()> {
    let users = [Some(who.name.as_str()), who.ids.is_some().then_some("root")];
    let roles = ["portal", "lunzhi"];
    let lines = users.iter().flatten().flat_map(|user| roles.map(|role| format!("portal {user} {role}\n")));
    fs::write(data.join("pg_hba.conf"), "local all all peer map=portal\n")?;
    Ok(fs::write(data.join("pg_ident.conf"), lines.collect::<String>())?)
}

/// A command that runs as `who`, in a process group of its own (Ctrl-C reaches only us), and stops when we die.
fn command(bin: &Path, program: &str, who: &RunAs) -> Command {
    let mut command = Command::new(bin.join(program));
    command.env_clear().env("PATH", bin).env("LC_ALL", "C.UTF-8").current_dir("/").process_group(0);
    if let Some((uid, gid)) = who.ids {
        command.uid(uid).gid(gid);
    }
    let parent = rustix::process::getpid();
    let before_exec = move || {
        set_parent_process_death_signal(Some(Signal::INT))?;
        if rustix::process::getppid() == Some(parent) { Ok(()) } else { Err(io::Error::other("the parent is gone")) }
    };
    #[expect(unsafe_code, reason = "the death signal can only be set between fork and exec")]
    // SAFETY: only async-signal-safe system calls. The standard library runs this after setuid, which matters: a
    // change of user clears the death signal.
    unsafe {
        command.pre_exec(before_exec);
    }
    command
}

fn run_as() -> Result<RunAs> {
    let passwd = fs::read_to_string("/etc/passwd")?;
    let find = |place: usize, value: &str| {
        let mut users = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
        users.find(|fields| fields.len() >= 4 && fields.get(place) == Some(&value))
    };
    let field = |user: &[&str], place: usize| user.get(place).copied().unwrap_or_default().to_owned();
    if !getuid().is_root() {
        let user = find(2, &getuid().as_raw().to_string()).context("no passwd entry for this user")?;
        return Ok(RunAs { name: field(&user, 0), ids: None });
    }
    let user = find(0, "postgres").or_else(|| find(0, "nobody")).context("neither a postgres nor a nobody user")?;
    Ok(RunAs { name: field(&user, 0), ids: Some((field(&user, 2).parse()?, field(&user, 3).parse()?)) })
}

fn make_private(dir: &Path, who: &RunAs) -> Result<()> {
    let ours = ["lock", "data", "data.new"].iter().any(|name| dir.join(name).exists());
    // A ballot key may be put there before the first start.
    let is_new = fs::read_dir(dir).map_or(true, |entries| entries.flatten().all(|one| one.file_name() == "ballot.key"));
    ensure!(ours || is_new, "{} is not empty and holds no database of ours: choose another folder", dir.display());
    if !dir.exists() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o755).create(dir).with_context(|| format!("make {}", dir.display()))?;
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    let Some((uid, gid)) = who.ids else { return Ok(()) };
    chown(dir, Some(uid), Some(gid))?;
    // /root, for one, is closed to that user. Say so now instead of failing later.
    for up in fs::canonicalize(dir)?.ancestors().skip(1) {
        let open = fs::metadata(up)?.permissions().mode() & 0o001 != 0;
        ensure!(open, "{} can't be entered by user {}: choose another folder", up.display(), who.name);
    }
    Ok(())
}

/// The folder of the server's programs: `PG_BIN`, else the newest (or the kept) version in the usual places, else
/// the search path.
///
/// # Errors
/// Where none is found, or the kept version is gone.
pub fn find_binaries(kept: Option<u32>) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("PG_BIN") {
        return Ok(folder.into());
    }
    let has_both = |folder: &Path| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for root in ["/usr/lib/postgresql", "/opt/homebrew/opt"] {
        for entry in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().trim_start_matches("postgresql@").to_owned();
            let bin = entry.path().join("bin");
            if let Ok(version) = name.parse()
                && has_both(&bin)
            {
                found.push((version, bin));
            }
        }
    }
    if let Some(version) = kept {
        found.retain(|(found, _)| *found == version);
        let gone =
            "the data was made by another PostgreSQL, which is no longer installed: install it, or dump and load";
        ensure!(!found.is_empty(), "{gone} (version {version})");
    }
    if let Some((_, bin)) = found.into_iter().max_by_key(|(version, _)| *version) {
        return Ok(bin);
    }
    let paths = std::env::var_os("PATH");
    paths
        .iter()
        .flat_map(std::env::split_paths)
        .find(|folder| has_both(folder))
        .context("PostgreSQL is not installed (Debian: apt-get install postgresql) and DATABASE_URL is not set")
}
