//! Pieces of `web::outgoing`, each by itself.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, extract::State, routing::get};
use lunzhi::web::outgoing::{Outgoing, Unanswered, is_nobody_elses, trusts};
use tokio::{net::TcpListener, sync::Barrier, task::yield_now};

/// How many requests are under way at one host.
const AT_ONE_HOST: usize = 32;
/// How many there are for it, those that wait included.
const IN_LINE: usize = 256;

#[test]
fn no_name_leads_into_this_machine_and_a_campus_may_be_inside() {
    let is = |text: &str| is_nobody_elses(text.parse().unwrap());
    for here in ["127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "169.254.169.254", "100.100.100.200", "fe80::1"] {
        assert!(is(here) && !is("10.1.2.3"), "{here}");
    }
    for there in ["10.1.2.3", "172.16.0.1", "192.168.1.1", "202.120.2.2", "fd00::1", "2001:da8::1"] {
        assert!(!is(there), "{there}");
    }
    assert!(is("::ffff:127.0.0.1"));
}

#[test]
fn authorities_are_certificates_or_nothing() {
    for wrong in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(trusts(wrong).is_none(), "{wrong:?}");
        assert_eq!(Outgoing::default().trusting(Some(wrong)).unwrap_err(), Unanswered::Unreachable);
    }
    assert!(Outgoing::default().trusting(None).is_ok());
}

/// The port of a server on this machine.
async fn serving(routes: Router) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port
}

/// The port of one that answers.
async fn answering() -> u16 {
    serving(Router::new().route("/", get(|| async { "here" }))).await
}

#[tokio::test]
async fn localhost_is_what_it_says_and_is_asked_by_its_own_name_alone() {
    let port = answering().await;
    let asker = Outgoing::default().trusting(None).unwrap();
    assert_eq!(asker.get(&format!("http://localhost:{port}/"), None).await.unwrap().body, "here");
    // No address, as addresses are written, and so a name that leads here.
    let by_another_name = asker.get(&format!("http://127.1:{port}/"), None).await;
    assert_eq!(by_another_name.unwrap_err(), Unanswered::Unreachable);
}

#[tokio::test]
async fn a_host_that_hangs_leaves_the_others_their_places() {
    // It takes connections and answers none.
    let hanging = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", hanging.local_addr().unwrap());
    let asker = Arc::new(Outgoing::default().trusting(None).unwrap());
    let ask = || {
        let (asker, url) = (Arc::clone(&asker), url.clone());
        tokio::spawn(async move { asker.get(&url, None).await })
    };
    let mut waiting: Vec<_> = (0..IN_LINE).map(|_| ask()).collect();
    // On one thread each has taken its place by now, or stands in line.
    for _ in 0..IN_LINE {
        yield_now().await;
    }
    assert_eq!(asker.get(&url, None).await.unwrap_err(), Unanswered::Busy);
    let other = asker.get(&format!("http://127.0.0.1:{}/", answering().await), None).await;
    assert_eq!(other.unwrap().body, "here");
    let given_up = waiting.remove(0);
    given_up.abort();
    assert!(given_up.await.is_err());
    let next = ask();
    for _ in 0..IN_LINE {
        yield_now().await;
    }
    assert!(!next.is_finished(), "its place went to the next");
}

/// A server that answers as soon as it is asked by as many as may ask it at once.
struct Rush {
    together: Barrier,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

async fn answer_together(State(rush): State<Arc<Rush>>) -> &'static str {
    let under_way = rush.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    rush.most.fetch_max(under_way, Ordering::SeqCst);
    rush.together.wait().await;
    rush.under_way.fetch_sub(1, Ordering::SeqCst);
    "here"
}

#[tokio::test]
async fn of_a_rush_each_is_asked_about_in_turn() {
    let (under_way, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let rush = Arc::new(Rush { together: Barrier::new(AT_ONE_HOST), under_way, most });
    let routes = Router::new().route("/", get(answer_together)).with_state(Arc::clone(&rush));
    let url = format!("http://127.0.0.1:{}/", serving(routes).await);
    let asker = Arc::new(Outgoing::default().trusting(None).unwrap());
    let asking: Vec<_> = (0..3 * AT_ONE_HOST)
        .map(|_| {
            let (asker, url) = (Arc::clone(&asker), url.clone());
            tokio::spawn(async move { asker.get(&url, None).await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap().unwrap().body, "here");
    }
    assert_eq!(rush.most.load(Ordering::SeqCst), AT_ONE_HOST);
}
