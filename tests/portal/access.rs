//! The printed truth of who may do what: every route as every office, and as nobody.

use std::{collections::BTreeMap, fmt::Write as _};

use lunzhi::{office::OfficeKind, router::routes};

use crate::support::{Client, Portal};

/// Paths with an id of something that is not there: who may not act learns that first, who may learns it is missing.
fn concrete(path: &str) -> String {
    let id = "00000000-0000-4000-8000-000000000000";
    let named = path.replace("{kind}", "students.xlsx").replace("{part}", "class");
    let parts = named.split('/').map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Acts that may end the walk's own session or change whom it belongs to: the next step signs in anew.
pub fn ends_a_session(path: &str) -> bool {
    path.starts_with("/sign-") || path.starts_with("/me/") || path == "/activate"
}

#[tokio::test]
async fn every_route_as_every_office() {
    let portal = Portal::start().await;
    let routes = routes(&portal.app);
    let mut clients: BTreeMap<&str, Client> = BTreeMap::new();
    let columns: Vec<Option<OfficeKind>> =
        std::iter::once(None).chain(OfficeKind::ALL.iter().copied().map(Some)).collect();
    let mut text = String::from("columns: nobody");
    for kind in OfficeKind::ALL {
        write!(text, ", {}", kind.slug()).unwrap();
    }
    text += "\n303 to sign-in is written 'in'; a page or an act that is reached is 'ok' (also where it finds its form empty)\n\n";
    for route in routes.list().iter().filter(|route| !route.path.starts_with("/static")) {
        write!(text, "{:4} {:44}", route.method, route.path).unwrap();
        for column in &columns {
            let who = column.map_or("nobody", OfficeKind::slug);
            let mut client = match (clients.remove(who), column) {
                (Some(client), _) => client,
                (None, None) => portal.visitor(),
                (None, Some(kind)) => portal.signed_in(*kind).await,
            };
            let path = concrete(route.path);
            let page = if route.method == "GET" { client.get(&path).await } else { client.post(&path, &[]).await };
            if route.method == "GET" || !ends_a_session(route.path) {
                clients.insert(who, client);
            }
            let word = match (page.status, page.location()) {
                (303, to) if to.starts_with("/sign-in") && route.path != "/sign-out" => "in".to_owned(),
                (403, _) => "no".to_owned(),
                (200 | 303 | 400 | 404 | 422, _) => "ok".to_owned(),
                (status, _) => status.to_string(),
            };
            write!(text, " {word:3}").unwrap();
        }
        text = text.trim_end().to_owned() + "\n";
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("access", text));
}
