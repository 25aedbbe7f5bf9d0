//! The ballot key: a portal with another one says so before any voter is hurt, and opens nothing.

use lunzhi::{elections::ballot_key, office::OfficeKind, sealing::keys::MarkKey};

use crate::support::{
    Portal,
    sitting::{Plan, SMALL, cast, opened, prepare, voter, voters},
};

/// What `/healthz` says.
async fn health(portal: &Portal) -> String {
    let page = portal.visitor().get("/healthz").await;
    assert_eq!(page.status, 200);
    String::from_utf8(page.bytes).unwrap()
}

#[tokio::test]
async fn a_portal_with_another_key_says_which_sittings_it_cannot_open_and_voters_read_that_voting_is_held_up() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut first = voter(&portal, 1).await;
    cast(&mut first, &sitting.id, &[("c1-1", "F")]).await;

    let other = portal.beside(MarkKey::random());
    ballot_key::claim_at_start(&other.app.elections).await.unwrap();
    assert!(health(&other).await.contains("ballot.key"));
    assert_eq!(health(&portal).await, "ok\n");
    for client in [&first, &voter(&portal, 2).await] {
        let page = client.at(&other).get(&sitting.votes()).await;
        assert_eq!((page.status, page.heading().as_str()), (503, "投票暂停"), "{}", page.text());
        assert!(page.text().contains("已经投出的票都在"), "{}", page.text());
    }
    let cast_there = first.at(&other).post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
    assert_eq!(cast_there.status, 503);
    for path in ["/sittings", sitting.path.as_str()] {
        let page = sitting.keeper.at(&other).get(path).await.text();
        assert!(page.contains("不能投票，也不能开票") && page.contains("放回原处"), "{path}: {page}");
        assert!(!sitting.keeper.get(path).await.text().contains("ballot.key"), "not where the key is right");
    }
    assert!(sitting.monitors[0].0.at(&other).get("/monitoring").await.text().contains("不能投票，也不能开票"));

    // The first portal goes on, to its count; the other counts nothing.
    for mut client in voters(&portal, 2..=8).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.act("close", &[("sure", "yes")]).await;
    let (monitor, phrase) = &sitting.monitors[0];
    let there = monitor.at(&other).post(&format!("/monitoring/{}/unseal", sitting.id), &[("phrase", phrase)]).await;
    assert!(there.status == 409 && there.text().contains("与数据库不符"), "{}", there.text());
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    sitting.counted().await;
}

#[tokio::test]
async fn a_second_portal_with_another_key_prepares_and_opens_no_sitting() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.act("rehearse", &[]).await;
    let other = portal.beside(MarkKey::random());
    let mut keeper = sitting.keeper.at(&other);
    let begun = keeper.post(&format!("{}/rehearse", sitting.path), &[]).await;
    assert!(begun.status == 409 && begun.text().contains("与数据库不符：代表选举"), "{}", begun.text());
    for place in 0..3 {
        sitting.unseal(place).await;
    }
    let opened = keeper.post(&format!("{}/open", sitting.path), &[]).await;
    assert!(opened.status == 409 && opened.text().contains("与数据库不符"), "{}", opened.text());
    sitting.act("open", &[]).await;
    let plan = Plan { contests: SMALL.contests, fields: &[("title", "另一场")] };
    let second = prepare(&other, &plan).await;
    let mut monitor = second.monitors[0].0.clone();
    let made = monitor.post(&format!("/monitoring/{}/passphrase", second.id), &[]).await;
    assert!(made.status == 409 && made.text().contains("与数据库不符"), "{}", made.text());
}

#[tokio::test]
async fn a_new_key_is_taken_where_no_sitting_in_progress_needs_the_old_one() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let lost = portal.beside(MarkKey::random());
    ballot_key::claim_at_start(&lost.app.elections).await.unwrap();
    assert!(health(&lost).await.contains("ballot.key"));
    sitting.keeper = sitting.keeper.at(&lost);
    sitting.act("void", &[("reason", "密钥遗失")]).await;
    let agreed = sitting.monitors[0].0.at(&lost).post(&format!("/monitoring/{}/void", sitting.id), &[]).await;
    assert_eq!(agreed.status, 303, "{}", agreed.text());
    assert_eq!(health(&lost).await, "ok\n");
    let mut again = prepare(&lost, &SMALL).await;
    again.open(&lost).await;
    cast(&mut voter(&lost, 1).await, &again.id, &[("c1-1", "F")]).await;
    assert_eq!(lost.signed_in(OfficeKind::SchoolLeague).await.get(&again.path).await.status, 200);
}

#[tokio::test]
async fn a_database_from_before_keys_were_noted_is_claimed_by_the_key_of_its_marks_alone() {
    let portal = Portal::two().await;
    let sitting = opened(&portal, &SMALL).await;
    let mut db = portal.owner().await;
    sqlx::query("delete from ballot_key").execute(&mut db).await.unwrap();
    let other = portal.beside(MarkKey::random());
    ballot_key::claim_at_start(&other.app.elections).await.unwrap();
    let noted = "select count(*) from ballot_key";
    assert_eq!(sqlx::query_scalar::<_, i64>(noted).fetch_one(&mut db).await.unwrap(), 0);
    assert_eq!(voter(&portal, 1).await.at(&other).get(&sitting.votes()).await.status, 503);
    ballot_key::claim_at_start(&portal.restarted().app.elections).await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(noted).fetch_one(&mut db).await.unwrap(), 1);
}
