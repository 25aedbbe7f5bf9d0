//! When a sitting ends: never before it starts, and before the announced end without a quorum by two people alone.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Portal,
    sitting::{SMALL, cast, number, opened, prepare, see_other, voter, voters},
};

#[tokio::test]
async fn a_sitting_is_not_closed_before_it_starts_and_voters_read_when_that_is() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.rehearse().await;
    sitting.act("open", &[]).await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(!page.text().contains("提前截止"), "it is not even offered: {}", page.text());
    let refused = sitting.keeper.post(&format!("{}/close", sitting.path), &[("sure", "yes")]).await;
    assert!(refused.status == 409 && refused.text().contains("没有开始的不能截止"), "{}", refused.text());
    let straight = "update sitting set stage = 'closed', closed_at = story_now(), envelopes = 0";
    let error = sqlx::query(straight).execute(&mut portal.owner().await).await.unwrap_err();
    assert!(error.to_string().contains("not closed before it starts"), "{error}");

    let mut first = voter(&portal, 1).await;
    let page = first.get(&sitting.votes()).await;
    assert!(page.text().contains("未开始") && page.text().contains("开始。"), "{}", page.text());
    assert!(!page.text().contains("投票已截止"), "{}", page.text());
    let early = first.post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
    let early = first.get(early.location()).await;
    assert!(early.text().contains("投票还没有开始") && !early.text().contains("截止，或者"), "{}", early.text());
    // Codes are shown by the portal that made them, at which the documented proxy keeps a browser.
    let mut printing = sitting.keeper.at(portal.first());
    let made = printing.post_on(&format!("{}/slips", sitting.path), &[("many", "1")]).await;
    let code = made.all(".slip-code").remove(0);
    sitting.act("slips/bind", &[("serial", "1"), ("number", &number(2))]).await;
    let mut guest = portal.visitor();
    see_other(&guest.post("/slip", &[("code", &code)]).await);
    let slip = guest.get("/slip/ballot").await.text();
    assert!(slip.contains("开始，请在开始以后输入票码"), "{slip}");
    portal.app.clock.advance(Duration::minutes(6));
    assert_eq!(guest.get("/slip/ballot").await.status, 200);
}

#[tokio::test]
async fn closing_early_without_a_quorum_takes_a_reason_and_two_people_and_voters_are_told() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut casting = voters(&portal, 1..=10).await;
    for client in &mut casting[..3] {
        cast(client, &sitting.id, &[("c1-1", "F")]).await;
    }
    let close = format!("{}/close", sitting.path);
    let page = sitting.keeper.get(&sitting.path).await.text();
    assert!(
        page.contains("须重新选举") && page.contains("班长：实到 3 人"),
        "what will follow stands there before: {page}"
    );
    let bare = sitting.keeper.post(&close, &[("sure", "yes")]).await;
    assert!(bare.status == 422 && bare.fault("提前截止的理由").contains("选举无效"), "{}", bare.text());
    let asked = sitting.keeper.post(&close, &[("sure", "yes"), ("close_why", "校区停电")]).await;
    assert!(see_other(&asked).contains("close-asked"));
    assert_eq!(
        sitting.keeper.post(&close, &[("sure", "yes"), ("close_why", "停电")]).await.status,
        409,
        "asked already"
    );
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("投票中") && page.text().contains("校区停电"), "{}", page.text());
    cast(&mut casting[3], &sitting.id, &[("c1-1", "F")]).await;
    let own = sitting.keeper.post(&format!("{close}/agree"), &[]).await;
    assert!(own.status == 409 && own.text().contains("须由两人办理"), "{}", own.text());
    sitting.act("close/drop", &[]).await;
    let agree = format!("/monitoring/{}/close", sitting.id);
    assert_eq!(sitting.monitors[1].0.post(&agree, &[]).await.status, 409, "withdrawn");
    sitting.act("close", &[("sure", "yes"), ("close_why", "校区停电，无法继续")]).await;
    let home = sitting.monitors[1].0.get("/").await.text();
    assert!(home.contains("商定是否提前截止"), "{home}");
    let page = sitting.monitors[1].0.get(&format!("/monitoring/{}", sitting.id)).await.text();
    assert!(page.contains("校区停电，无法继续") && page.contains("实到 4 人"), "{page}");
    assert_eq!(portal.signed_in(OfficeKind::CollegeParty).await.post(&agree, &[]).await.status, 404, "no monitor");
    see_other(&sitting.monitors[1].0.post(&agree, &[]).await);
    assert_ne!(casting[5].post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await.status, 200);
    let inbox = casting[5].get("/inbox").await.text();
    assert!(inbox.contains("提前截止投票") && inbox.contains("公告的截止时间是"), "{inbox}");
    let page = casting[5].get(&sitting.votes()).await.text();
    assert!(page.contains("提前截止") && page.contains("校区停电，无法继续"), "{page}");

    sitting.unseal(0).await;
    sitting.unseal(1).await;
    sitting.counted().await;
    sitting.act("report", &[]).await;
    let page = sitting.keeper.get(&sitting.path).await.text();
    assert!(page.contains("，没有人当选。") && page.contains("重新选举") && !page.contains("空缺席位另行"), "{page}");
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await.text();
    assert!(report.contains("公告的截止时间是") && report.contains("校区停电，无法继续（"), "{report}");
    let record = casting[0].get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert!(record.announced_end > record.closed_at, "{} {}", record.announced_end, record.closed_at);
    assert_eq!(record.closed_early_why.as_deref(), Some("校区停电，无法继续"));
    lunzhi::elections::record::verify(&record, None).unwrap();
}

#[tokio::test]
async fn closing_early_with_everybody_there_takes_one_person_and_tells_the_voters_all_the_same() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut casting = voters(&portal, 1..=10).await;
    for client in &mut casting[..7] {
        cast(client, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.act("close", &[("sure", "yes")]).await;
    assert!(casting[9].get("/inbox").await.text().contains("提前截止投票"));
    let left: i64 = sqlx::query_scalar("select count(*) from sitting where close_why is not null or closed_at is null")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
}
