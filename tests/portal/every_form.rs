//! Every act of the router's list and every page, with the demo's ids in their paths and, in all fields that any form has,
//! values that were met and such as no page would send, once nothing at all. The numbers are drawn from a seed: each run sends
//! the same. What comes back to be corrected names its fields in the order in which they stand.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lunzhi::{
    database::{Pools, migrate},
    demo,
    page::filters::query_value,
    router::{Portal, router, routes},
    rulebook::store::take_in_built_in,
    sealing::keys::MarkKey,
    secrets::Cost,
    web::routes::Route,
};
use scraper::Selector;

use crate::{
    access::ends_a_session,
    strangers::{Chance, ODD},
    support::{Client, Page, attributes, empty_database, story_clock},
};

/// The demo's first university: its name begins the names of its accounts' offices.
const CODE: &str = "qingyu";
const NAME: &str = "青屿";
/// Pages that an office looks through, one of each route.
const PAGES: usize = 60;
/// Values of a field or of a place of a path that are remembered, and the longest of them: all fields at once stay one form.
const REMEMBERED: usize = 40;
const LONGEST: usize = 60;
const LONGEST_NAME: usize = 24;
/// Forms of each act that an office sends, the last of them blank, and offices that send them.
const FORMS: usize = 4;
const BLANK: usize = FORMS - 1;
const SENDERS: usize = 2;
/// The fields of an upload are few.
const OF_AN_UPLOAD: usize = 18;
const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

/// What the walks have met.
#[derive(Default)]
struct Met {
    /// By the name of a place in a path, and by the first part of the path with it.
    parts: BTreeMap<String, BTreeSet<String>>,
    /// By the name of a field.
    fields: BTreeMap<String, BTreeSet<String>>,
}

fn remember(all: &mut BTreeMap<String, BTreeSet<String>>, name: &str, value: &str) {
    let known = all.entry(name.to_owned()).or_default();
    if known.len() < REMEMBERED && value.len() <= LONGEST {
        known.insert(value.to_owned());
    }
}

fn is_place(part: &str) -> bool {
    part.starts_with('{')
}

/// The route that a path is of.
fn route_of<'a>(all: &'a [Route], path: &str) -> Option<&'a str> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Route| {
        let own: Vec<&str> = route.path.split('/').collect();
        own.len() == parts.len() && own.iter().zip(&parts).all(|(own, part)| is_place(own) || own == part)
    };
    // `/rounds/new` is of itself, and of `/rounds/{round}` only where the other is not.
    let places = |route: &&Route| route.path.split('/').filter(|part| is_place(part)).count();
    all.iter().filter(fits).min_by_key(places).map(|route| route.path)
}

fn head(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

impl Met {
    fn path(&mut self, all: &[Route], path: &str) {
        let Some(route) = route_of(all, path) else { return };
        for (name, part) in route.split('/').zip(path.split('/')).filter(|(name, _)| is_place(name)) {
            remember(&mut self.parts, name, part);
            remember(&mut self.parts, &format!("{}{name}", head(route)), part);
        }
    }

    /// The route with what was met in its places, where anything was.
    fn filled(&self, route: &str, chance: &mut Chance) -> String {
        let part = |name: &str| {
            if !is_place(name) {
                return name.to_owned();
            }
            let own = self.parts.get(&format!("{}{name}", head(route))).or_else(|| self.parts.get(name));
            let known: Vec<&String> = own.into_iter().flatten().collect();
            if known.is_empty() { NOTHING.to_owned() } else { known[chance.below(known.len())].clone() }
        };
        route.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// A value for each field that any form has.
    fn typed(&self, chance: &mut Chance) -> Vec<(&str, String)> {
        let mut typed = Vec::new();
        for (name, known) in &self.fields {
            let is_odd = known.is_empty() || chance.below(2) == 0;
            let value = if is_odd {
                ODD[chance.below(ODD.len())].to_owned()
            } else {
                known.iter().nth(chance.below(known.len())).unwrap().clone()
            };
            typed.push((name.as_str(), value));
        }
        typed
    }
}

async fn look_through(client: &mut Client, all: &[Route], met: &mut Met) {
    let (named, option) = (Selector::parse("form [name]").unwrap(), Selector::parse("option[value]").unwrap());
    let (mut seen, mut queue) = (BTreeSet::new(), VecDeque::from(["/".to_owned()]));
    while let Some(path) = queue.pop_front() {
        let bare = path.split(['?', '#']).next().unwrap_or_default();
        met.path(all, bare);
        if seen.len() > PAGES || route_of(all, bare).is_none_or(|route| !seen.insert(route)) {
            continue;
        }
        let page = client.get(&path).await;
        assert!(page.status < 500, "{path} gives {}", page.status);
        if !page.is_page() {
            continue;
        }
        let html = page.html();
        for action in attributes(&html, "form[action]", "action") {
            met.path(all, action.split('?').next().unwrap_or_default());
        }
        for field in html.select(&named) {
            let name = field.attr("name").unwrap_or_default();
            // Those of a row have its id in their name.
            if name.len() > LONGEST_NAME {
                continue;
            }
            met.fields.entry(name.to_owned()).or_default();
            let options = field.select(&option).filter_map(|option| option.attr("value"));
            for value in field.attr("value").into_iter().chain(options) {
                remember(&mut met.fields, name, value);
            }
        }
        queue.extend(attributes(&html, "a[href^='/']", "href"));
    }
}

/// An act's form without a value: everything that it must have is named at once.
async fn send_blank(client: &mut Client, path: &str) -> Page {
    let answer = client.post(path, &[]).await;
    // That of an upload has parts.
    if matches!(answer.status, 400 | 415) { client.upload(path, &[], None).await } else { answer }
}

pub async fn demo_portal() -> Portal {
    let url = empty_database().await;
    migrate(&url).await.unwrap();
    let portal = Portal::new(Pools::new(&url).unwrap(), story_clock(), Cost::CHEAP, MarkKey::random(), None).unwrap();
    let now = portal.clock.now();
    portal.write(async |db| take_in_built_in(db, now).await).await.unwrap();
    assert!(demo::load(&portal).await.unwrap());
    portal
}

/// It would ask a server elsewhere.
fn leads_away(path: &str) -> bool {
    path.starts_with("/campus") || path.starts_with("/sso")
}

#[tokio::test]
async fn no_act_of_the_routers_list_and_no_page_fails_whatever_is_sent() {
    let portal = demo_portal().await;
    let listed = routes(&portal);
    let (all, mut met, mut chance) = (listed.list(), Met::default(), Chance::default());
    let mut clients = Vec::new();
    for account in demo::accounts().into_iter().filter(|account| account.office.starts_with(NAME)) {
        let mut client = Client::new(router(&portal));
        client.is_a_stranger = true;
        let page = client.sign_in(CODE, account.number, &account.password).await;
        assert_eq!(page.status, 303, "{}", account.office);
        look_through(&mut client, all, &mut met).await;
        clients.push((account.office, client));
    }
    let (mut reached, mut acts, mut out_of_order) = (0, 0, BTreeSet::new());
    for route in all.iter().filter(|route| !ends_a_session(route.path) && !leads_away(route.path)) {
        let first = chance.below(clients.len());
        clients.rotate_left(first);
        acts += usize::from(route.method == "POST");
        let mut senders = 0;
        for (who, client) in &mut clients {
            if senders == SENDERS {
                break;
            }
            let mut statuses = Vec::new();
            // A page was looked through without a query.
            let forms = if route.method == "GET" { BLANK } else { FORMS };
            for number in 0..forms {
                let path = met.filled(route.path, &mut chance);
                let typed = met.typed(&mut chance);
                let fields: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let some = |chance: &mut Chance| {
                    let from = chance.below(fields.len());
                    fields.iter().cycle().skip(from).take(OF_AN_UPLOAD).copied().collect::<Vec<_>>()
                };
                let answer = match (route.method, number) {
                    ("GET", _) => {
                        let pair = |(name, value): (&str, &str)| format!("{name}={}", query_value(value));
                        let query: Vec<String> = some(&mut chance).into_iter().map(pair).collect();
                        client.get(&format!("{path}?{}", query.join("&"))).await
                    }
                    (_, 0) => {
                        client
                            .upload(&path, &some(&mut chance), Some(("a.csv", "学号,姓名\n1,张三\n".as_bytes())))
                            .await
                    }
                    (_, BLANK) => send_blank(client, &path).await,
                    _ => client.post(&path, &fields).await,
                };
                assert!(answer.status < 500, "{who}: {} {path} gives {} for {fields:?}", route.method, answer.status);
                if answer.status == 422 {
                    let order = answer.faults_out_of_order();
                    out_of_order.extend(order.map(|order| format!("{} {}: {order}", route.method, route.path)));
                }
                statuses.push(answer.status);
                if answer.status == 403 || answer.location().starts_with("/sign-in") {
                    break;
                }
            }
            senders += usize::from(!statuses.contains(&403));
            reached +=
                usize::from(route.method == "POST" && statuses.iter().any(|status| matches!(status, 303 | 409 | 422)));
        }
    }
    assert!(out_of_order.is_empty(), "{out_of_order:#?}");
    assert!(reached > acts / 4, "of {acts} acts {reached} judged what was sent");
}
