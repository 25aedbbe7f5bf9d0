//! The year of a whole university: 40,000 students, 40 colleges, and three years behind them. Every page of the router's list is
//! asked for alone, then all of them under a mixed load: how long, in how many statements, of how many bytes. Those that
//! keep their reader waiting for longer than they may are named at the end.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    http::HeaderValue,
    middleware::{self, Next},
    response::Response,
};
use lunzhi::{
    audit::{self, Entry},
    auth::token::Token,
    clock::Clock,
    database::{
        Pools,
        embedded::{EmbeddedPg, Options},
        migrate,
    },
    demo, directory,
    ids::InstitutionId,
    router::{Portal as Lunzhi, router, routes},
    rulebook::store::take_in_built_in,
    sealing::keys::MarkKey,
    secrets::Cost,
    web::connections::{self, Limits},
};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::runtime::Runtime;

use super::{Connection, SENT, bind, percentile};

/// The demo's first university, which is grown; its name begins the names of its accounts' offices.
const CODE: &str = "qingyu";
const NAME: &str = "青屿";
/// What was done in three years, and how many entries one transaction adds.
const ENTRIES: usize = 20_000;
const TOGETHER: usize = 500;
/// Students whose phones are used in the mixed load. Each may ask for a few things a day.
const PHONES: i32 = 200;
/// Pages of one route that one reader opens, and that are measured of all those that were found.
const OPENED: usize = 2;
const MEASURED: usize = 4;
/// Ids that are tried in the paths of routes to which no link led.
const TRIED: usize = 8;
/// Looks at each page after the first one.
const LOOKS: usize = 5;
const REQUESTS: usize = 20_000;
const AT_ONCE: usize = 4;
/// Of twenty requests one asks the union for something, four are students' own pages.
const TWENTY: usize = 20;
const OF_STUDENTS: usize = 5;
/// The portal's own work until the first byte.
const LIMIT: Duration = Duration::from_millis(50);
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=XyX";

/// Notes how long the portal takes until its answer begins.
async fn note_time(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let mut response = next.run(request).await;
    let took = u64::try_from(began.elapsed().as_micros()).unwrap();
    response.headers_mut().insert("x-bench-took", HeaderValue::from(took));
    response
}

/// They would ask a server elsewhere.
fn leads_away(route: &str) -> bool {
    route.starts_with("/campus/") || route.starts_with("/sso")
}

fn is_place(part: &str) -> bool {
    part.starts_with('{')
}

fn head(route: &str) -> &str {
    route.split('/').nth(1).unwrap_or_default()
}

fn fits(route: &str, path: &str) -> bool {
    let (own, parts) = (route.split('/'), path.split('/'));
    own.clone().count() == parts.clone().count() && own.zip(parts).all(|(own, part)| is_place(own) || own == part)
}

/// Where a page leads, without queries.
fn links(page: &str) -> Vec<String> {
    let after = |mark: &'static str| page.split(mark).skip(1);
    after("href=\"/")
        .chain(after("action=\"/"))
        .filter_map(|rest| rest.split(['"', '?', '#']).next())
        .map(|path| format!("/{path}"))
        .collect()
}

/// A page, and who reads it.
#[derive(Clone)]
struct Page {
    path: String,
    reader: usize,
}

struct Look {
    status: u16,
    took: Duration,
    statements: u64,
    body: Vec<u8>,
}

/// What the walks have met.
#[derive(Default)]
struct Map {
    /// What stands in paths, by the name of its place, and by the path's first part with it.
    parts: BTreeMap<String, BTreeSet<String>>,
    pages: BTreeMap<&'static str, Vec<Page>>,
}

impl Map {
    fn remember(&mut self, route: &str, path: &str) {
        for (name, part) in route.split('/').zip(path.split('/')).filter(|(name, _)| is_place(name)) {
            for key in [name.to_owned(), format!("{}{name}", head(route))] {
                self.parts.entry(key).or_default().insert(part.to_owned());
            }
        }
    }

    /// The route with what was met in its places; none where nothing was.
    fn filled(&self, route: &str, turn: usize) -> Option<String> {
        let part = |name: &str| {
            if !is_place(name) {
                return Some(name.to_owned());
            }
            let own = self.parts.get(&format!("{}{name}", head(route))).or_else(|| self.parts.get(name))?;
            own.iter().nth(turn % own.len()).cloned()
        };
        let parts: Option<Vec<String>> = route.split('/').map(part).collect();
        parts.map(|parts| parts.join("/"))
    }
}

/// The slowest page of a route, asked for alone.
struct Row {
    route: &'static str,
    page: Page,
    took: Duration,
    statements: u64,
    bytes: usize,
}

/// A request of the mixed load: of which row, where it is a page's.
struct Timed {
    row: Option<usize>,
    status: u16,
    took: Duration,
}

struct University {
    at: SocketAddr,
    app: Lunzhi,
    routes: Vec<&'static str>,
    /// Cookies of each office of the demo, and none of whoever has not signed in.
    readers: Vec<String>,
    /// Cookies of students.
    phones: Vec<String>,
}

impl University {
    async fn start(url: &str) -> Self {
        migrate(url).await.unwrap();
        let app =
            Lunzhi::new(Pools::new(url).unwrap(), Clock::default(), Cost::OWASP, MarkKey::random(), None).unwrap();
        let now = app.clock.now();
        app.write(async |db| take_in_built_in(db, now).await).await.unwrap();
        assert!(demo::load(&app).await.unwrap());
        let mut db = PgConnection::connect(url).await.unwrap();
        db.execute(sqlx::raw_sql(include_str!("year.sql"))).await.unwrap();
        let phones = open_sessions(&mut db).await;
        let school: InstitutionId = sqlx::query_scalar("select id from institution where code = $1")
            .bind(CODE)
            .fetch_one(&mut db)
            .await
            .unwrap();
        for first in (0..ENTRIES).step_by(TOGETHER) {
            app.write(async |db| {
                for number in first..first + TOGETHER {
                    let entry = Entry::new(directory::Verb::OrganisationKept, format!("协会 {number}"));
                    audit::append_by_operator(&mut *db, school, entry, now).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        }
        sqlx::query("vacuum analyze").execute(&mut db).await.unwrap();
        let (listener, at) = bind().await;
        let timed = router(&app).layer(middleware::from_fn(note_time));
        tokio::spawn(connections::serve(listener, timed, Limits::default(), std::future::pending()));
        let listed = routes(&app);
        let pages = listed.list().iter().filter(|route| route.method == "GET" && !leads_away(route.path));
        let routes = pages.map(|route| route.path).collect();
        Self { at, app, routes, readers: Vec::new(), phones }
    }

    fn sign_in(&mut self) {
        for account in demo::accounts().into_iter().filter(|account| account.office.starts_with(NAME)) {
            let form = format!("school={CODE}&number={}&password={}", account.number, account.password);
            let (status, cookie) = Connection::open(self.at).ask("POST", "/sign-in", "", &form);
            assert_eq!(status, 303, "{}", account.office);
            self.readers.push(cookie.unwrap());
        }
        self.readers.push(String::new());
    }

    fn look(&self, page: &Page) -> Look {
        let (mut connection, before) = (Connection::open(self.at), SENT.load(Ordering::Relaxed));
        let answer = connection.send("GET", &page.path, &self.readers[page.reader], FORM, "");
        let statements = SENT.load(Ordering::Relaxed) - before;
        Look { status: answer.status, took: answer.took, statements, body: connection.body }
    }

    /// The route that a path is of: `/rounds/new` is of itself, and of `/rounds/{round}` only where the other is not.
    fn route_of(&self, path: &str) -> Option<&'static str> {
        let fitting = self.routes.iter().copied().filter(|route| fits(route, path));
        fitting.min_by_key(|route| route.matches('{').count())
    }

    /// Goes from page to page as one reader, a few pages of each route.
    fn walk(&self, reader: usize, map: &mut Map) {
        let (mut opened, mut seen) = (BTreeMap::<&str, usize>::new(), BTreeSet::new());
        let mut queue = VecDeque::from(["/".to_owned()]);
        while let Some(path) = queue.pop_front() {
            let Some(route) = self.route_of(&path) else { continue };
            map.remember(route, &path);
            let pages = opened.entry(route).or_default();
            if *pages == OPENED || !seen.insert(path.clone()) {
                continue;
            }
            *pages += 1;
            let page = Page { path, reader };
            let look = self.look(&page);
            if look.status == 200 {
                queue.extend(links(&String::from_utf8_lossy(&look.body)));
                map.pages.entry(route).or_default().push(page);
            }
        }
    }

    /// Tries ids that were met in the paths of routes to which no link led.
    fn try_others(&self, map: &mut Map) {
        for &route in &self.routes {
            if map.pages.contains_key(route) {
                continue;
            }
            let turns = if route.contains('{') { TRIED } else { 1 };
            let paths: BTreeSet<String> = (0..turns).filter_map(|turn| map.filled(route, turn)).collect();
            let pages = paths
                .into_iter()
                .flat_map(|path| (0..self.readers.len()).map(move |reader| Page { path: path.clone(), reader }));
            let shown: Vec<Page> = pages.filter(|page| self.look(page).status == 200).take(MEASURED).collect();
            if !shown.is_empty() {
                map.pages.insert(route, shown);
            }
        }
    }

    /// The slowest of a route's pages, each by its median.
    fn alone(&self, route: &'static str, pages: &[Page]) -> Row {
        let measured = |page: &Page| {
            let mut looks: Vec<Look> = (0..=LOOKS).map(|_| self.look(page)).skip(1).collect();
            // The portal's tasks send statements too, now and then.
            let statements = looks.iter().map(|look| look.statements).min().unwrap();
            looks.sort_by_key(|look| look.took);
            let middle = &looks[LOOKS / 2];
            Row { route, page: page.clone(), took: middle.took, statements, bytes: middle.body.len() }
        };
        // Of many, those that lie apart: readers come one after the other.
        let step = pages.len().div_ceil(MEASURED);
        pages.iter().step_by(step).map(measured).max_by_key(|row| row.took).unwrap()
    }

    /// All pages by turns, and between them students who look at their own and ask for something.
    fn mixed(&self, rows: &[Row]) -> Vec<Timed> {
        let next = AtomicUsize::new(0);
        let home = rows.iter().position(|row| row.route == "/");
        let client = || {
            let (mut connection, mut all) = (Connection::open(self.at), Vec::new());
            loop {
                let request = next.fetch_add(1, Ordering::Relaxed);
                if request >= REQUESTS {
                    return all;
                }
                let (round, place) = (request / TWENTY, request % TWENTY);
                let phone = &self.phones[(round + 40 * place) % self.phones.len()];
                let began = Instant::now();
                let (row, answer) = match place {
                    0 => (None, connection.send("POST", "/voice/new", phone, PARTS, &a_request(request))),
                    1..OF_STUDENTS => (home, connection.send("GET", "/", phone, FORM, "")),
                    _ => {
                        let row = (round * (TWENTY - OF_STUDENTS) + place - OF_STUDENTS) % rows.len();
                        let page = &rows[row].page;
                        (Some(row), connection.send("GET", &page.path, &self.readers[page.reader], FORM, ""))
                    }
                };
                all.push(Timed { row, status: answer.status, took: began.elapsed() });
            }
        };
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(client)).collect();
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
        })
    }
}

/// Sessions of students of the university, as cookies.
async fn open_sessions(db: &mut PgConnection) -> Vec<String> {
    let tokens: Vec<Token> = (0..PHONES).map(|_| Token::random()).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(Token::hash).collect();
    let sessions = "insert into session (token_hash, account_id, device, created_at, expires_at)
                    select u.hash, a.id, 'bench', now(), now() + interval '12 hours'
                    from unnest($2::bytea[]) with ordinality as u(hash, place)
                         join (select a.id, row_number() over (order by md5(a.number)) as place
                               from account a join institution i on i.id = a.institution_id
                               where i.code = $1 and a.number like '%H%' and a.student_id is not null) a on a.place = u.place";
    let opened = sqlx::query(sessions).bind(CODE).bind(hashes).execute(db).await.unwrap();
    assert_eq!(opened.rows_affected(), u64::try_from(PHONES).unwrap());
    tokens.into_iter().map(|token| format!("lunzhi={}", token.into_field())).collect()
}

/// What a student asks the school's union for.
fn a_request(number: usize) -> String {
    let title = format!("测速诉求 {number}");
    let fields = [
        ("area", "study"),
        ("title", title.as_str()),
        ("says", "图书馆闭馆前希望有提示。"),
        ("place", "图书馆"),
        ("receiver", "school"),
        ("identity", "named"),
        ("publish", "no"),
    ];
    let part = |(name, value): (&str, &str)| {
        format!("--XyX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    fields.map(part).concat() + "--XyX--\r\n"
}

/// In milliseconds.
fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn tell(rows: &[Row], mixed: &[Timed]) {
    println!(
        "of {REQUESTS} mixed requests, {AT_ONCE} at once (p50, p99), and alone (statements, bytes, own time to the first byte)"
    );
    let [page, p50, p99, sent, bytes, own] = ["page", "p50 ms", "p99 ms", "sent", "bytes", "own ms"];
    println!("{page:58} {p50:>8} {p99:>8} {sent:>6} {bytes:>9} {own:>8}");
    for (place, row) in rows.iter().enumerate() {
        let times: Vec<Duration> = mixed.iter().filter(|one| one.row == Some(place)).map(|one| one.took).collect();
        let Row { route, statements, bytes, .. } = row;
        let (middle, slow) = (ms(percentile(times.clone(), 50)), ms(percentile(times, 99)));
        println!("{route:58} {middle:>8.1} {slow:>8.1} {statements:>6} {bytes:>9} {:>8.1}", ms(row.took));
    }
    let asked: Vec<&Timed> = mixed.iter().filter(|one| one.row.is_none()).collect();
    let taken = asked.iter().filter(|one| one.status == 303).count();
    let times: Vec<Duration> = asked.iter().map(|one| one.took).collect();
    let (middle, slow) = (ms(percentile(times.clone(), 50)), ms(percentile(times, 99)));
    let what = format!("a student's request, {taken} of {} taken", asked.len());
    println!("{what:58} {middle:>8.1} {slow:>8.1}");
    let (mut all, mut failed): (Vec<Duration>, BTreeMap<(&str, u16), usize>) = (Vec::new(), BTreeMap::new());
    for one in mixed {
        all.push(one.took);
        if one.status >= 400 {
            let route = one.row.map_or("a student's request", |row| rows[row].route);
            *failed.entry((route, one.status)).or_default() += 1;
        }
    }
    let (what, middle, slow) = ("all of them", ms(percentile(all.clone(), 50)), ms(percentile(all, 99)));
    println!("{what:58} {middle:>8.1} {slow:>8.1}\n");
    for ((route, status), times) in failed {
        println!("{status} instead of the page, {times} times: {route}");
    }
}

/// All pages of the router's list.
pub fn measure(runtime: &Runtime) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let server = EmbeddedPg::start(&Options { dir: folder.path().join("year"), disposable: false }).unwrap();
    let began = Instant::now();
    let mut university = runtime.block_on(University::start(&server.url("postgres")));
    println!("a university of 40,000 students with three years behind it, made in {:.0?}", began.elapsed());
    university.sign_in();
    let mut map = Map::default();
    for reader in 0..university.readers.len() {
        university.walk(reader, &mut map);
    }
    university.try_others(&mut map);
    let rows: Vec<Row> = map.pages.iter().map(|(&route, pages)| university.alone(route, pages)).collect();
    let mixed = university.mixed(&rows);
    tell(&rows, &mixed);
    let unread: Vec<&str> = university.routes.iter().copied().filter(|route| !map.pages.contains_key(route)).collect();
    println!(
        "{} of {} routes have a page that somebody is shown; the others: {}",
        rows.len(),
        university.routes.len(),
        unread.join(" ")
    );
    let mut late: Vec<&Row> = rows.iter().filter(|row| row.took > LIMIT).collect();
    late.sort_by_key(|row| std::cmp::Reverse(row.took));
    println!("over {LIMIT:?} of the portal's own time to the first byte: {}", late.len());
    for row in late {
        println!("  {:56} {:>8.1} ms in {} statements, {}", row.route, ms(row.took), row.statements, row.page.path);
    }
    println!();
    runtime.block_on(university.app.close());
}
