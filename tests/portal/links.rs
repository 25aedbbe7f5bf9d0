//! Every link and form that a page shows leads somewhere, for every office.

use std::collections::{BTreeSet, VecDeque};

use lunzhi::{
    office::OfficeKind,
    router::routes,
    rules::{
        CATALOGUE, Rule,
        plan::{BUILT_IN, Plan},
    },
};

use crate::{
    congress::preparing,
    support::{Client, Portal, attributes, union::adopt_text},
};

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
            let act = act.split('?').next().unwrap_or_default();
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

/// The shipped plan with every rule but where it comes from in one state, by its section or by the list that names it.
fn plan_of(list: &str, section: Option<&str>) -> String {
    let (_, text) = BUILT_IN[0];
    let codes: Vec<String> = CATALOGUE
        .iter()
        .filter(|entry| entry.rule != Rule::Pol00)
        .map(|entry| {
            section.map_or_else(|| format!("\"{}\"", entry.code), |says| format!("[rule.{}]\n{says}", entry.code))
        })
        .collect();
    let (before, rest) = text.split_once("silent = [").unwrap();
    let (_, rest) = rest.split_once("]\n").unwrap();
    let (head, rules) = rest.split_once("[rule.").unwrap();
    let first = rules.find("[rule.POL-00]").unwrap();
    let own = &rules[first..];
    let own = own[1..].find("\n[rule.").map_or(own, |end| &own[..=end]);
    let before =
        before.replace("code = \"suzhou-2020\"", "code = \"own-2026\"").replace("苏州方案（2020）", "本校方案");
    if section.is_some() {
        return format!("{before}silent = []\n{head}{own}\n{}", codes.join("\n"));
    }
    let silent = if list == "silent" { "" } else { "silent = []\n" };
    format!("{before}{silent}{list} = [{}]\n{head}{own}", codes.join(", "))
}

/// A plan that states everything is walked through above; here are the other answers, of every rule at once.
#[tokio::test]
async fn every_page_bears_a_plan_that_is_silent_not_taken_down_or_only_quoted() {
    let quoted = "strength = \"duty\"\njudged = false\nclauses = [{ id = \"1\", section = \"一\", quote = \"原文照录的一句\" }]\n";
    let (portal, mut league, _) = preparing().await;
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    for (list, section) in [("silent", None), ("not_taken_down", None), ("silent", Some(quoted))] {
        let text = plan_of(list, section);
        assert!(Plan::parse(&text).is_ok(), "{:?}", Plan::parse(&text));
        adopt_text(&portal, &text).await;
        let overview = league.get("/compliance").await;
        assert_eq!(overview.status, 200, "{list}");
        assert!(!overview.text().contains("没有学生会不符合刚性要求"), "never green where nothing is judged");
        for kind in [OfficeKind::SchoolLeague, OfficeKind::CollegeLeague, OfficeKind::SchoolUnion, OfficeKind::Student]
        {
            walk(&portal, portal.signed_in(kind).await, &format!("{} under {list}", kind.slug())).await;
        }
    }
}
