//! Monitors and their passphrases: they rehearse and count hours apart, over restarts and at other portals.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Portal,
    sitting::{SMALL, Sitting, cast, opened, prepare, see_other, voters},
};

impl Sitting {
    /// A monitor types the passphrase at that portal; the answer.
    async fn unseal_at(&self, portal: &Portal, place: usize) -> crate::support::Page {
        let (monitor, phrase) = &self.monitors[place];
        monitor.at(portal).post(&format!("/monitoring/{}/unseal", self.id), &[("phrase", phrase)]).await
    }

    async fn monitoring_at(&self, portal: &Portal, place: usize) -> String {
        self.monitors[place].0.at(portal).get(&format!("/monitoring/{}", self.id)).await.text()
    }
}

#[tokio::test]
async fn monitors_rehearse_hours_apart_over_restarts_and_at_other_portals() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.act("rehearse", &[]).await;
    see_other(&sitting.unseal_at(&portal, 0).await);
    let page = sitting.monitoring_at(&portal, 0).await;
    assert!(page.contains("演练有效") && !page.contains("演练：输入你的口令"), "{page}");
    portal.app.clock.advance(Duration::hours(2));
    sitting.keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    for (place, kind) in [(0, OfficeKind::StudentAffairs), (1, OfficeKind::SchoolParty), (2, OfficeKind::ClassBranch)] {
        sitting.monitors[place].0 = portal.signed_in(kind).await;
    }
    let second = portal.restarted();
    assert!(sitting.monitoring_at(&second, 0).await.contains("演练有效"), "it is kept in the database");
    see_other(&sitting.unseal_at(&second, 1).await);
    let keeper = sitting.keeper.get(&sitting.path).await.text();
    assert!(keeper.contains("不同的时间") && keeper.contains("还没有输入的："), "{keeper}");
    let early = sitting.keeper.post(&format!("{}/open", sitting.path), &[]).await;
    assert!(early.status == 409 && early.text().contains("还没有演练成功"), "{}", early.text());
    see_other(&sitting.unseal_at(&portal.restarted(), 2).await);
    let keeper = sitting.keeper.get(&sitting.path).await.text();
    assert!(keeper.contains("演练成功"), "{keeper}");
    let kept: (i64, i64) = sqlx::query_as(
        "select count(*) filter (where proved_for is not null and proved_at is not null), count(share) from monitor",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(kept, (3, 0), "who, when, in which rehearsal; and no share is left");
}

#[tokio::test]
async fn a_proof_is_of_one_rehearsal_and_of_the_share_that_was_dealt() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.act("rehearse", &[]).await;
    see_other(&sitting.unseal_at(&portal, 0).await);
    see_other(&sitting.unseal_at(&portal, 1).await);
    sitting.act("rehearse", &[]).await;
    see_other(&sitting.unseal_at(&portal, 2).await);
    let stage = "select stage from sitting";
    let mut db = portal.owner().await;
    let at: String = sqlx::query_scalar(stage).fetch_one(&mut db).await.unwrap();
    assert_eq!(at, "announced", "what was proved before the rehearsal began anew counts no more");
    // Whoever writes tables seals a share of their own to a monitor.
    let account: uuid::Uuid = sqlx::query_scalar(
        "select m.account_id from monitor m join account a on a.id = m.account_id where a.number = $1",
    )
    .bind(OfficeKind::StudentAffairs.slug())
    .fetch_one(&mut db)
    .await
    .unwrap();
    let key: Vec<u8> = sqlx::query_scalar("select public_key from monitor where account_id = $1")
        .bind(account)
        .fetch_one(&mut db)
        .await
        .unwrap();
    let id: uuid::Uuid = sitting.id.parse().unwrap();
    let forged = {
        use lunzhi::{ids, sealing::keys};
        let share = &keys::split(&keys::make_pair().0, 2, 3)[0];
        let purpose = keys::Purpose::Share(ids::SittingId(id), ids::AccountId(account));
        keys::seal(&keys::PublicKey::from_bytes(&key).unwrap(), purpose, share).unwrap()
    };
    sqlx::query("update monitor set share = $2 where account_id = $1")
        .bind(account)
        .bind(forged)
        .execute(&mut db)
        .await
        .unwrap();
    let refused = sitting.unseal_at(&portal, 0).await;
    assert!(refused.status == 409 && refused.text().contains("不是本次演练分给你的"), "{}", refused.text());
}

#[tokio::test]
async fn a_passphrase_that_somebody_guesses_at_is_in_the_record() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.act("rehearse", &[]).await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let unseal = format!("/monitoring/{}/unseal", sitting.id);
    // Each portal counts for itself.
    let mut guesser = sitting.monitors[0].0.at(portal.first());
    for number in 1..=6 {
        let guess = [("phrase", "none of the passphrases")];
        assert_eq!(guesser.post(&unseal, &guess).await.status, 422);
        let record = administrator.get("/audit").await.text();
        assert_eq!(record.matches("多次输错监票口令").count(), usize::from(number >= 5), "{number}");
    }
    see_other(&sitting.unseal_at(&portal, 0).await);
}

#[tokio::test]
async fn a_rehearsal_that_began_before_shares_were_marked_ends_all_the_same() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.act("rehearse", &[]).await;
    sqlx::query("update monitor set share_mark = null").execute(&mut portal.owner().await).await.unwrap();
    for place in 0..3 {
        see_other(&sitting.unseal_at(&portal, place).await);
    }
    sitting.act("open", &[]).await;
}

#[tokio::test]
async fn shares_for_the_count_are_in_one_portals_memory_and_the_page_says_what_to_do() {
    // At one portal: it says what this one and the one beside it hold, ask by ask.
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    for mut client in voters(&portal, 1..=8).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.close().await;
    assert!(sitting.monitoring_at(&portal, 0).await.contains("还没有监票人输入口令"));
    see_other(&sitting.unseal_at(&portal, 0).await);
    let until = portal.app.clock.now() + Duration::minutes(15);
    let until = format!("保留至 {:02}:{:02}", until.hour(), until.minute());
    let page = sitting.monitoring_at(&portal, 1).await;
    assert!(page.contains(&until) && page.contains("还需要 1 人，未输入的有："), "{page}");
    let second = portal.restarted();
    let elsewhere = sitting.monitoring_at(&second, 1).await;
    assert!(elsewhere.contains("另一台服务器正在收集"), "{elsewhere}");
    let refused = sitting.unseal_at(&second, 1).await;
    assert!(refused.status == 409 && refused.text().contains("另一台服务器"), "{}", refused.text());
    // Who is stopped says so: nobody waits to find out.
    lunzhi::elections::stop(&portal.app.elections).await.unwrap();
    assert!(sitting.monitoring_at(&second, 1).await.contains("系统在收集口令期间重新启动过"));
    see_other(&sitting.unseal_at(&portal, 0).await);
    // A portal whose clock runs ahead takes nothing over: the database's decides.
    portal.app.clock.advance(Duration::minutes(1));
    assert!(sitting.monitoring_at(&second, 1).await.contains("另一台服务器正在收集"));
    // The first portal is heard of no more: it has restarted, and what it held is gone.
    let silent = "update count_holder set seen_at = seen_at - interval '31 seconds'";
    let mut db = portal.owner().await;
    sqlx::query(silent).execute(&mut db).await.unwrap();
    assert!(sitting.monitoring_at(&second, 1).await.contains("系统在收集口令期间重新启动过"));
    see_other(&sitting.unseal_at(&second, 1).await);
    portal.app.clock.advance(Duration::minutes(16));
    assert!(sitting.monitoring_at(&second, 1).await.contains("已满 15 分钟"));
    see_other(&sitting.unseal_at(&second, 1).await);
    sqlx::query(silent).execute(&mut db).await.unwrap();
    lunzhi::elections::close_overdue(&second.app.elections).await.unwrap();
    assert!(
        sitting.monitoring_at(&portal, 2).await.contains("另一台服务器正在收集"),
        "it says every few seconds that it lives"
    );
    see_other(&sitting.unseal_at(&second, 2).await);
    sitting.counted().await;
    let left: i64 = sqlx::query_scalar("select count(*) from count_holder").fetch_one(&mut db).await.unwrap();
    assert_eq!(left, 0);
}
