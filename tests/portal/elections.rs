//! Elections as their people live them: prepared, announced, rehearsed, opened, voted in, closed, counted and reported.

use crate::support::{
    Portal,
    sitting::{SMALL, cast, opened, voter, voters},
};

#[tokio::test]
async fn a_small_sitting_goes_from_draft_to_report() {
    let portal = Portal::start().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut receipts = Vec::new();
    for (place, mut client) in voters(&portal, 1..=9).await.into_iter().enumerate() {
        let list = client.get("/votes").await;
        assert!(list.text().contains("待投票"), "{}", list.text());
        let ballot = client.get(&sitting.votes()).await;
        assert!(ballot.text().contains("应选") && ballot.text().contains("学生101"), "{}", ballot.text());
        let choice = [("c1-1", if place < 6 { "F" } else { "A" }), ("c1-2", "-")];
        let confirm = client.post(&sitting.votes(), &choice).await;
        assert_eq!(confirm.heading(), "请核对，然后投票");
        receipts.push(cast(&mut client, &sitting.id, &choice).await);
        assert!(client.get("/votes").await.text().contains("已投票"));
    }
    let mut stranger = voter(&portal, 50).await;
    assert!(stranger.get(&sitting.votes()).await.text().contains("选民名册上没有你"));

    sitting.count().await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("当选 1 人"), "{}", page.text());
    let mut first = voter(&portal, 1).await;
    assert!(!first.get(&sitting.votes()).await.text().contains("公开记录可以"), "not before the report");
    let found = first.post(&format!("{}/receipt", sitting.votes()), &[("code", &receipts[0])]).await;
    assert!(found.text().contains("这张回执已计入"), "{}", found.text());
    sitting.act("report", &[]).await;
    let result = first.get(&sitting.votes()).await;
    assert!(result.text().contains("选举有效") && result.text().contains("当选"), "{}", result.text());
    let record = first.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    receipts.sort();
    assert_eq!(record.receipts, receipts);
    let ballots = sitting.monitors[0].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await;
    let verified = lunzhi::elections::record::verify(&record, Some(&ballots.bytes)).unwrap();
    assert_eq!(verified.level, lunzhi::elections::record::Level::Ballots);
    for paper in ["tally", "report", "notice", "ballots", "voters.xlsx", "archive.zip"] {
        let page = sitting.keeper.get(&format!("{}/{paper}", sitting.path)).await;
        assert_eq!(page.status, 200, "{paper}: {}", page.text());
    }
}
