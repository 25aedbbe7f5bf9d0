//! Every link and form that a page shows leads somewhere, for every office.

use std::collections::{BTreeSet, VecDeque};

use lunzhi::{office::OfficeKind, router::routes};

use crate::support::{Client, Portal, attributes};

async fn walk(portal: &Portal, mut client: Client, who: &str) {
    let (mut seen, mut queue) = (BTreeSet::new(), VecDeque::from(["/".to_owned()]));
    let routes = routes(&portal.app);
    let acts: Vec<&str> = routes.list().iter().filter(|route| route.method == "POST").map(|route| route.path).collect();
    while let Some(path) = queue.pop_front() {
        if !seen.insert(path.clone()) || seen.len() > 300 {
            continue;
        }
        let page = client.get(&path).await;
        assert!(matches!(page.status, 200 | 303), "{who}: {path} gives {}", page.status);
        if !page.is_page() {
            continue;
        }
        let html = page.html();
        let ids: BTreeSet<String> = attributes(&html, "[id]", "id").into_iter().collect();
        let loaded = attributes(&html, "script[src]", "src");
        for link in attributes(&html, "a[href], link[href]", "href").into_iter().chain(loaded) {
            let (target, fragment) = link.split_once('#').unwrap_or((&link, ""));
            if target.is_empty() {
                assert!(ids.contains(fragment), "{who}: {path} has no #{fragment}");
            } else if target.starts_with('/') {
                queue.push_back(target.to_owned());
            } else {
                // A number to call in danger leads to the telephone.
                assert!(target.starts_with("tel:"), "{who}: {path} leads away to {link}");
            }
        }
        for act in attributes(&html, "form[method=post]", "action") {
            let fits = |route: &&str| {
                let (route, act): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), act.split('/').collect());
                route.len() == act.len()
                    && route.iter().zip(&act).all(|(part, given)| part.starts_with('{') || part == given)
            };
            assert!(acts.iter().any(fits), "{who}: {path} posts to {act}");
        }
    }
    assert!(seen.len() > 3, "{who} saw {seen:?}");
}

#[tokio::test]
async fn no_link_is_dead_for_anybody() {
    let portal = Portal::start().await;
    walk(&portal, portal.visitor(), "nobody").await;
    for kind in OfficeKind::ALL {
        walk(&portal, portal.signed_in(*kind).await, kind.slug()).await;
    }
}
