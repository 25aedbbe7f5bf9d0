//! An election in which some vote on their phones and some on paper: one account of both.

use fantoccini::Locator;
use lunzhi::office::OfficeKind;
use serde_json::json;

use super::{Desk, journey_on_both};
use crate::support::{
    Portal,
    sitting::{SMALL, Sitting, cast, number, opened, voter},
    vetting::student_account,
};

/// An open sitting of ten voters, two of whom hold a phone.
async fn open_hall() -> (Portal, Sitting) {
    let portal = Portal::start().await;
    let sitting = opened(&portal, &SMALL).await;
    for student in [3, 7] {
        drop(student_account(&portal, student).await);
    }
    (portal, sitting)
}

/// What somebody counted on the pile of paper ballots: for, against and abstentions of two candidates.
async fn enter(desk: &Desk, figures: [&str; 6]) {
    for (label, many) in [("收回（张）", "3"), ("有效（张）", "3"), ("无效（张）", "0")] {
        desk.fill(label, many).await;
    }
    for (name, many) in ["f1", "a1", "n1", "f2", "a2", "n2"].into_iter().zip(figures) {
        let field = desk.browser.find(Locator::Css(&format!("input[name={name}]"))).await.unwrap();
        field.send_keys(many).await.unwrap();
    }
    desk.press("保存录入").await;
}

/// Types the number of whoever takes a paper ballot.
async fn hand_out(desk: &Desk, student: u32) {
    desk.fill("学号或姓名", &number(student)).await;
    desk.press("登记发出").await;
}

async fn tick(desk: &Desk, name: &str, value: &str) {
    let script = "document.querySelector(`input[name='${arguments[0]}'][value='${arguments[1]}']`).click()";
    desk.browser.execute(script, vec![json!(name), json!(value)]).await.unwrap();
}

#[test]
fn a_hall_votes_on_phones_and_on_paper_and_one_account_has_both() {
    journey_on_both(open_hall, async |desk, phone, mut sitting| {
        phone.sign_in_as(&number(3)).await;
        phone.go(&sitting.votes()).await;
        phone.judge("the ballot in the hall").await;
        tick(phone, "c1-1", "F").await;
        tick(phone, "c1-2", "A").await;
        phone.press("下一步：核对").await;
        phone.press("确认投票").await;
        assert_eq!(phone.heading().await, "已投票");
        phone.judge("voted in the hall").await;
        for student in [1, 2, 4, 5, 6] {
            let mut client = voter(&desk.portal, student).await;
            cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
        }

        // Three take paper; whoever has voted gets none, and whoever has paper votes on no phone.
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.go(&format!("{}/hall", sitting.path)).await;
        hand_out(desk, 3).await;
        assert!(desk.text().await.contains("已在网上投票"), "{}", desk.text().await);
        desk.judge("no paper for whoever has voted").await;
        hand_out(desk, 7).await;
        assert!(desk.text().await.contains("已登记发出纸质选票"), "{}", desk.text().await);
        desk.judge("a paper ballot is handed out").await;
        let others = format!("{}\n{}", number(8), number(9));
        sitting.act("paper", &[("numbers", &others)]).await;
        phone.sign_in_as(&number(7)).await;
        phone.go(&sitting.votes()).await;
        phone.judge("whoever holds paper").await;
        assert!(phone.text().await.contains("你已领取纸质选票，网上投票已关闭"), "{}", phone.text().await);

        // The pile is counted twice, differently, and by a third one; no key is given before they agree.
        desk.go(&sitting.path).await;
        tick(desk, "sure", "yes").await;
        desk.press("截止投票").await;
        desk.judge("closed with paper to enter").await;
        desk.press("录入").await;
        enter(desk, ["2", "1", "0", "1", "2", "0"]).await;
        let entry = sitting.contests[0].replace("/sittings/", "/entries/").replace("/contests/", "/");
        desk.go(&entry).await;
        assert!(desk.text().await.contains("请另一人录入第 2 次"), "{}", desk.text().await);
        desk.sign_in(OfficeKind::SchoolParty).await;
        desk.go(&entry).await;
        enter(desk, ["2", "1", "0", "1", "1", "1"]).await;
        desk.sign_in(OfficeKind::StudentAffairs).await;
        let monitoring = format!("/monitoring/{}", sitting.id);
        desk.go(&monitoring).await;
        desk.fill("监票口令", &sitting.monitors[0].1).await;
        desk.press("提交口令").await;
        assert!(desk.text().await.contains("由两人分别录入"), "{}", desk.text().await);
        desk.sign_in(OfficeKind::ClassBranch).await;
        desk.go(&entry).await;
        assert!(desk.text().await.contains("不一致之处"), "{}", desk.text().await);
        desk.judge("two entries that differ").await;
        enter(desk, ["2", "1", "0", "1", "2", "0"]).await;
        desk.go(&entry).await;
        assert!(desk.text().await.contains("已录入一致"), "{}", desk.text().await);
        desk.judge("settled by a third one").await;

        desk.sign_in(OfficeKind::StudentAffairs).await;
        desk.go(&monitoring).await;
        desk.fill("监票口令", &sitting.monitors[0].1).await;
        desk.press("提交口令").await;
        desk.judge("one share is given").await;
        sitting.unseal(1).await;
        sitting.counted().await;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.go(&sitting.path).await;
        desk.judge("paper and phones are counted").await;
        sitting.act("report", &[]).await;
        desk.go(&format!("{}/report", sitting.path)).await;
        desk.judge("the monitors' report of both").await;
        phone.go(&format!("{}/notice", sitting.votes())).await;
        phone.judge("the notice on a phone").await;
        let notice = phone.text().await;
        for says in ["应到10人，实到9人", "发出选票9张，收回9张，其中有效9张，无效0张", "学生101"]
        {
            assert!(notice.contains(says), "{says}: {notice}");
        }
    });
}
