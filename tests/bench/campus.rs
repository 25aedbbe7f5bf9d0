//! Signing in by a university's own CAS server: how much faster than with a password, for no hash is made; and 5,000 people who
//! come at once, from a server that takes its time.

use std::{
    collections::HashMap,
    mem,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, extract::State, routing::get};
use axum_extra::extract::Query;
use lunzhi::{
    accounts::store::{create_institution, institution_named},
    campus::{
        server::{CampusServer, PasswordFor, Protocol},
        store::set,
    },
    clock::Clock,
};
use sqlx::{Connection as _, PgConnection};
use tokio::{runtime::Runtime, time::sleep};

use super::{CLIENTS, Connection, ROUNDS, bind, rate, spread};

const SCHOOL: &str = "campus";
/// Who signs in within the minute.
const PEOPLE: usize = 5_000;
/// Browsers at once: more than the portal asks one server about at a time.
const BROWSERS: usize = 128;
/// What a server takes that checks a ticket in a database of its own.
const SERVER_TAKES: Duration = Duration::from_millis(100);

/// Makes the university, whose people may sign in either way.
pub async fn make(db: &mut PgConnection, hash: &str) {
    let school = create_institution(db, SCHOOL, "统一认证学院", Clock::default().now()).await.unwrap();
    let people = "insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                                       created_at)
                  select gen_random_uuid(), $1, 'C' || n, '测速', $2, now(), false, now() from generate_series(1, $3) n";
    sqlx::query(people).bind(school).bind(hash).bind(i32::try_from(PEOPLE).unwrap()).execute(db).await.unwrap();
}

/// The university's server: it vouches for whoever a ticket names, and for each ticket anew.
async fn validate(State(is_slow): State<Arc<AtomicBool>>, Query(query): Query<HashMap<String, String>>) -> String {
    if is_slow.load(Ordering::Relaxed) {
        sleep(SERVER_TAKES).await;
    }
    let user = query["ticket"].split('-').nth(1).unwrap();
    format!(
        "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationSuccess><cas:user>{user}</cas:user>\
         </cas:authenticationSuccess></cas:serviceResponse>"
    )
}

/// Starts the server and sets it; what is given makes it slow.
async fn start(url: &str) -> Arc<AtomicBool> {
    let is_slow = Arc::new(AtomicBool::new(false));
    let (listener, address) = bind().await;
    let routes = Router::new().route("/cas/p3/serviceValidate", get(validate)).with_state(Arc::clone(&is_slow));
    tokio::spawn(axum::serve(listener, routes).into_future());
    let server = CampusServer {
        protocol: Protocol::Cas,
        address: format!("http://{address}/cas"),
        origin: "http://127.0.0.1".to_owned(),
        number_field: None,
        name_field: None,
        client: None,
        plain_allowed: false,
        opens_students: false,
        password_for: PasswordFor::All,
        authorities: None,
    };
    let mut db = PgConnection::connect(url).await.unwrap();
    let school = institution_named(&mut db, SCHOOL).await.unwrap().unwrap();
    set(&mut db, school, &server, None, Clock::default().now()).await.unwrap();
    is_slow
}

/// A browser that comes back to its university's server again and again.
struct Browser {
    connection: Connection,
    /// What it is known by.
    device: String,
}

impl Browser {
    fn open(portal: SocketAddr) -> Self {
        Self { connection: Connection::open(portal), device: String::new() }
    }

    /// Both requests of a sign-in that the portal answers; the server's own page lies between them.
    fn sign_in_by_cas(&mut self, number: usize, ticket: usize) {
        let Self { connection, device } = self;
        assert_eq!(connection.ask("GET", &format!("/sso/{SCHOOL}"), device, "").0, 303);
        let cookies = format!("{}; {device}", mem::take(&mut connection.device));
        let path = format!("/sso/cas/{SCHOOL}?ticket=ST-C{number}-{ticket}");
        let (status, cookie) = connection.ask("GET", &path, &cookies, "");
        assert!(status == 303 && cookie.is_some(), "{status}: {}", String::from_utf8_lossy(&connection.body));
        if !connection.device.is_empty() {
            *device = mem::take(&mut connection.device);
        }
    }
}

/// Sign-ins by the server against those with a password, the same people by turns; then all of them within one minute.
pub fn measure(runtime: &Runtime, portal: SocketAddr, url: &str) {
    let is_slow = runtime.block_on(start(url));
    let tickets = AtomicUsize::new(0);
    let by_cas = |browser: &mut Browser, client: usize| {
        browser.sign_in_by_cas(1 + client, tickets.fetch_add(1, Ordering::Relaxed));
    };
    let by_password = |connection: &mut Connection, client: usize| {
        connection.sign_in_as(SCHOOL, &format!("C{}", 1 + client));
    };
    let (mut campus, mut typed, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let with_password = rate(CLIENTS, |_| Connection::open(portal), by_password);
        let through_cas = rate(CLIENTS, |_| Browser::open(portal), by_cas);
        ratios.push(through_cas / with_password);
        campus.push(through_cas);
        typed.push(with_password);
    }
    println!("sign-ins a second with a password         {}", spread(typed, 1));
    println!("sign-ins a second through CAS             {}", spread(campus, 1));
    println!("  ratio                                   {}", spread(ratios, 2));
    is_slow.store(true, Ordering::Relaxed);
    let (next, began) = (AtomicUsize::new(1), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..BROWSERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > PEOPLE {
                        break;
                    }
                    // Everybody with a browser of their own.
                    Browser::open(portal).sign_in_by_cas(number, tickets.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
    let took = began.elapsed();
    println!(
        "{PEOPLE} people through a CAS server that takes {SERVER_TAKES:?}, {BROWSERS} at once\n  \
         until the last is signed in             {took:.1?} (target 60 s)\n"
    );
}
