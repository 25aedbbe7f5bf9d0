//! The record of what was done.

use lunzhi::{
    audit::{Broken, verify},
    office::OfficeKind,
};

use crate::support::{Portal, SECOND};

/// Makes an account, ends sessions, adopts a plan; gives the new account's password.
async fn do_three_things(portal: &Portal) -> String {
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let made = administrator.post("/accounts", &[("number", "N1"), ("name", "新人"), ("office", "student")]).await;
    administrator.post("/me/sessions/end", &[("which", "others")]).await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let version = league.get("/plans").await.attributes("#version option", "value").remove(1);
    let fields = [
        ("version", version.as_str()),
        ("from", "2024-09-01"),
        ("confirm", "yes"),
        ("rule", "STF-01"),
        ("reason", "左右允许的幅度"),
    ];
    assert_eq!(league.post("/plans/adopt", &fields).await.status, 303);
    made.all(".secret").remove(0)
}

#[test]
fn no_two_acts_share_a_word_or_a_label() {
    let verbs = lunzhi::router::verbs();
    assert!(verbs.len() > 90, "every feature's, {}", verbs.len());
    for (at, verb) in verbs.iter().enumerate() {
        let alike = verbs[..at].iter().find(|other| other.slug == verb.slug || other.label == verb.label);
        assert!(alike.is_none(), "{verb:?} and {alike:?}");
    }
}

#[tokio::test]
async fn acts_are_recorded_with_person_office_and_clause_for_their_university_alone() {
    let portal = Portal::start().await;
    let password = do_three_things(&portal).await;
    let ours = portal.signed_in(OfficeKind::Administrator).await.get("/audit").await;
    let rows = ours.all("tbody tr");
    assert_eq!(rows.len(), 2);
    assert!(
        rows[1].contains("系统管理员甲（administrator）")
            && rows[1].contains("建立账号")
            && rows[1].contains("新人（N1）")
    );
    let theirs = portal.signed_in_at(SECOND, OfficeKind::SchoolParty).await.get("/audit").await;
    let rows = theirs.all("tbody tr");
    assert_eq!(rows.len(), 1);
    assert!(
        rows[0].contains("校团委")
            && rows[0].contains("启用日期：2024-09-01")
            && rows[0].contains("苏工院党委〔2020〕41号")
    );
    assert!(password.len() > 10 && !ours.text().contains(&password), "no password is ever recorded");
    let kept = sqlx::query_scalar::<_, String>("select verb from audit_entry order by seq limit 1");
    let kept = kept.fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(kept, "account_created", "the record keeps a stable word; the page shows its label");
}

#[tokio::test]
async fn the_chain_holds_and_any_change_breaks_it() {
    let portal = Portal::start().await;
    do_three_things(&portal).await;
    let mut db = portal.owner().await;
    let whole = verify(&mut db).await.unwrap().unwrap();
    assert_eq!((whole.entries, whole.head.len()), (3, 64));
    // Somebody with all rights on the database takes the guard away first.
    for (change, back, broken) in [
        ("update audit_entry set actor = 'x' where seq = 2", "", Broken { seq: 2, why: "内容与哈希不符" }),
        ("delete from audit_entry where seq = 1", "", Broken { seq: 2, why: "前面缺少记录" }),
        ("delete from audit_entry", "", Broken { seq: 3, why: "末尾的记录缺失" }),
    ] {
        let (change, _): (&'static str, &str) = (change, back);
        sqlx::query("alter table audit_entry disable trigger all").execute(&mut db).await.unwrap();
        sqlx::query(change).execute(&mut db).await.unwrap();
        sqlx::query("alter table audit_entry enable trigger all").execute(&mut db).await.unwrap();
        assert_eq!(verify(&mut db).await.unwrap(), Err(broken));
    }
}

#[tokio::test]
async fn many_acts_at_once_make_one_chain() {
    let portal = Portal::start().await;
    let mut set = tokio::task::JoinSet::new();
    for number in 0..24 {
        let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
        set.spawn(async move {
            let number = format!("N{number}");
            administrator
                .post("/accounts", &[("number", &number), ("name", "新人"), ("office", "student")])
                .await
                .status
        });
    }
    assert!(set.join_all().await.iter().all(|status| *status == 200));
    assert_eq!(verify(&mut portal.owner().await).await.unwrap().unwrap().entries, 24);
}

#[tokio::test]
async fn entries_are_sentences_that_every_heading_sorts() {
    let portal = Portal::start().await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    for (number, name) in [("N1", "赵一"), ("N2", "安二"), ("N3", "孟三")] {
        administrator.post("/accounts", &[("number", number), ("name", name), ("office", "student")]).await;
    }
    administrator.post("/me/sessions/end", &[("which", "others")]).await;
    let said =
        async |client: &mut crate::support::Client, path: &str| client.get(path).await.all("td[data-label='做了什么']");
    let newest = said(&mut administrator, "/audit").await;
    let made = newest.iter().find(|says| says.contains("安二（N2）")).unwrap();
    assert!(made.starts_with("系统管理员甲（administrator）以系统管理员身份办理“建立账号”：安二（N2）。"), "{made}");
    let oldest = said(&mut administrator, "/audit?sort=at").await;
    assert!(oldest.iter().eq(newest.iter().rev()), "{oldest:#?}");
    let names = |rows: &[String]| -> Vec<usize> {
        ["安二", "孟三", "赵一"].iter().filter_map(|name| rows.iter().position(|says| says.contains(name))).collect()
    };
    let by_object = names(&said(&mut administrator, "/audit?sort=object&q=&verb=account_created").await);
    assert_eq!(by_object, [0, 1, 2], "by sound");
    assert_eq!(names(&said(&mut administrator, "/audit?sort=-object&verb=account_created").await), [2, 1, 0]);
    let page = administrator.get("/audit?sort=verb").await;
    assert_eq!(page.all("th[aria-sort='ascending']").len(), 1);
    assert!(page.attributes("th a.sort", "href").iter().any(|href| href.ends_with("sort=-verb")));
    // What nobody can read as a name is not shown: an account that is gone has none.
    assert!(!page.text().contains('⟦'), "{}", page.text());
    for odd in ["/audit?sort=nonsense", "/audit?sort=actor&page=9999", "/audit?sort=at&page=-3"] {
        assert_eq!(administrator.get(odd).await.status, 200, "{odd}");
    }
}
