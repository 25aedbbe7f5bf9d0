//! Elections as their people live them: prepared, announced, rehearsed, opened, voted in, closed, counted and reported.
//!
//! One file a feature: its stories share their helpers.

use std::fmt::Write as _;

use lunzhi::office::OfficeKind;

use crate::support::{
    Client, Page, Portal,
    sitting::{Plan, SMALL, cast, number, opened, prepare, see_other, voter, voters},
};

#[tokio::test]
async fn a_small_sitting_goes_from_draft_to_report() {
    let portal = Portal::two().await;
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
    for paper in ["tally", "report", "notice", "notice.docx", "ballots", "voters.xlsx", "archive.zip"] {
        let page = sitting.keeper.get(&format!("{}/{paper}", sitting.path)).await;
        assert_eq!(page.status, 200, "{paper}: {}", page.text());
    }
}

#[tokio::test]
async fn voters_are_told_of_the_result_and_papers_carry_the_day_of_the_act() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    assert_eq!(sitting.keeper.get(&format!("{}/announcement", sitting.path)).await.status, 409, "not of a draft");
    sitting.open(&portal).await;
    for mut client in voters(&portal, 1..=9).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.count().await;
    let mut absent = voter(&portal, 10).await;
    let notice = format!("{}/notice", sitting.votes());
    assert_eq!(absent.get(&notice).await.status, 404, "not before the report");
    sitting.act("report", &[]).await;
    let inbox = absent.get("/inbox").await.text();
    assert!(inbox.contains("“代表选举”结果已公布"), "{inbox}");
    assert!(absent.get(&sitting.votes()).await.text().contains("结果公告"));
    let list = absent.get("/votes").await;
    assert_eq!(list.all(".rounds .tag"), ["结果已公布"]);
    assert!(list.text().contains("提前截止，公告到"), "when it ended, not when it was to: {}", list.text());
    let list = voter(&portal, 1).await.get("/votes").await;
    assert_eq!(list.all(".rounds .tag"), ["✓ 已投票", "结果已公布"], "whoever voted reads that it is out too");
    // Acts of other days than that on which the papers are printed.
    sqlx::query("update sitting set announced_at = '2026-03-01 10:00+08', reported_at = '2026-03-09 23:30+08'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let (announced, reported) = ("2026年3月1日", "2026年3月9日");
    for (paper, on) in [("announcement", announced), ("candidates", announced), ("notice", reported)] {
        let page = sitting.keeper.get(&format!("{}/{paper}", sitting.path)).await;
        let sign = page.all(".formal-signature").remove(0);
        assert!(page.status == 200 && sign.ends_with(on), "{paper}: {sign}");
    }
    let candidates = sitting.keeper.get(&format!("{}/candidates", sitting.path)).await.text();
    assert!(candidates.contains("学生101") && candidates.contains("班级团支部推荐"), "{candidates}");
    let read = voter(&portal, 10).await.get(&notice).await;
    assert!(read.status == 200 && read.text().contains("当选") && read.text().contains(reported), "{}", read.text());
    assert_eq!(sitting.keeper.get(&format!("{}/early-closing", sitting.path)).await.status, 200);
}

#[tokio::test]
async fn the_announcement_says_what_was_announced_whenever_it_is_printed() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.act("announce", &[]).await;
    let paper = format!("{}/announcement", sitting.path);
    assert!(sitting.keeper.get(&paper).await.text().contains("选民10人"));
    sqlx::query("update student set left_on = $1, left_why = 'graduated' where number = '20240009'")
        .bind(portal.app.clock.today() + time::Duration::DAY)
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    portal.app.clock.advance(time::Duration::days(2));
    let mut keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(keeper.get(&sitting.path).await.text().contains("班长"));
    let later = keeper.get(&paper).await.text();
    assert!(later.contains("选民10人"), "whoever left since was counted: {later}");
}

#[tokio::test]
async fn ballots_that_must_not_be_used_say_so_across_the_page() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    let ballots = format!("{}/ballots", sitting.path);
    assert_eq!(sitting.keeper.get(&ballots).await.all(".paper-ballot .across"), ["草稿 不得使用"]);
    sitting.act("announce", &[]).await;
    assert!(sitting.keeper.get(&ballots).await.all(".across").is_empty());
    sitting.act("back", &[]).await;
    assert_eq!(sitting.keeper.get(&ballots).await.all(".across").len(), 1, "what is taken back may change again");
}

#[tokio::test]
async fn who_was_put_on_a_contests_roll_and_who_was_taken_off_is_on_record() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    // As a table has them: counted, numbered and named.
    let people: Vec<String> =
        (1..=9).map(|place| format!("{place}\t{}\t学生{}", number(place + 1), place + 1)).collect();
    let fields = [
        ("title", "班长"),
        ("fills", "other"),
        ("body", "congress"),
        ("people", &people.join("\n")),
        ("seats", "1"),
        ("quorum", "2/3+"),
        ("majority", "valid"),
        ("extra", "1"),
        ("write_in", "yes"),
        ("tie", "second_round"),
    ];
    see_other(&sitting.keeper.post(&sitting.contests[0], &fields).await);
    let (detail,): (String,) = sqlx::query_as("select detail from audit_entry order by seq desc limit 1")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    let (gone,): (String,) = sqlx::query_as(
        "select id::text from student
         where number = '20240001' and institution_id = (select id from institution where code = 'first')",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert!(detail.contains(&format!("\"减去的选民\":[\"⟦学生 {gone}⟧\"]")), "{detail}");
    assert!(!detail.contains("增加的选民"), "{detail}");
    assert!(detail.contains("赞成超过实到人数的一半 → 赞成超过有效票的一半"), "{detail}");
    assert!(!detail.contains("学生1\""), "by a mark and not by name: {detail}");
    assert!(sitting.keeper.get("/audit").await.status == 200);
}

/// The figures of an entry of paper ballots for two candidates.
fn entry(returned: u32, void: u32, first: (u32, u32, u32), second: (u32, u32, u32)) -> Vec<(&'static str, String)> {
    vec![
        ("returned", returned.to_string()),
        ("valid", (returned - void).to_string()),
        ("void", void.to_string()),
        ("f1", first.0.to_string()),
        ("a1", first.1.to_string()),
        ("n1", first.2.to_string()),
        ("f2", second.0.to_string()),
        ("a2", second.1.to_string()),
        ("n2", second.2.to_string()),
        ("written", String::new()),
    ]
}

async fn enter(client: &mut Client, path: &str, fields: &[(&'static str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post(path, &fields).await
}

#[tokio::test]
async fn paper_stands_beside_the_envelopes_in_one_account() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut casting = voters(&portal, 1..=10).await;
    for client in &mut casting[..5] {
        cast(client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    let paper = format!("{}/paper", sitting.path);
    let twice = sitting.keeper.post(&paper, &[("number", &number(1))]).await;
    assert!(twice.status == 422 && twice.text().contains("已在网上投票"), "{}", twice.text());
    let unknown = sitting.keeper.post(&paper, &[("number", &number(60))]).await;
    assert!(unknown.fault("学号或姓名").contains("没有这个学号"), "{}", unknown.text());
    for student in 6..=9 {
        assert_eq!(sitting.keeper.post(&paper, &[("number", &number(student))]).await.status, 303);
    }
    assert_eq!(sitting.keeper.post(&paper, &[("number", &number(6))]).await.status, 422, "not twice");
    let closed = casting[5].post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
    assert_eq!(closed.status, 303, "paper closes the electronic ballot");
    assert!(casting[5].get(closed.location()).await.text().contains("已领取纸质选票"));

    sitting.close().await;
    let phrase = sitting.monitors[0].1.clone();
    let early = sitting.monitors[0].0.post(&format!("/monitoring/{}/unseal", sitting.id), &[("phrase", &phrase)]).await;
    assert!(early.status == 422 && early.fault("监票口令").contains("由两人分别录入"), "{}", early.text());
    let path = format!("/entries/{}", sitting.contests[0].trim_start_matches("/sittings/").replace("/contests/", "/"));
    let right = entry(4, 1, (1, 2, 0), (2, 0, 1));
    let wrong = entry(4, 1, (1, 1, 1), (2, 0, 1));
    let impossible = entry(5, 1, (1, 2, 1), (2, 0, 2));
    let refused = enter(&mut sitting.keeper, &path, &impossible).await;
    assert!(refused.status == 422 && refused.fault("收回（张）").contains("多于发出 4 张"), "{}", refused.text());
    assert_eq!(refused.field("收回（张）"), "5", "what was typed stays");
    assert_eq!(enter(&mut sitting.keeper, &path, &wrong).await.status, 303);
    assert_eq!(enter(&mut sitting.keeper, &path, &right).await.status, 409, "the second entry is another person's");
    assert!(!sitting.monitors[0].0.get(&path).await.text().contains("第 1 次</th>"), "the first is not shown before");
    assert_eq!(enter(&mut sitting.monitors[0].0, &path, &right).await.status, 303);
    let differs = sitting.monitors[1].0.get(&path).await;
    assert!(differs.text().contains("不一致之处") && differs.text().contains("学生101 反对"), "{}", differs.text());
    assert_eq!(enter(&mut sitting.monitors[1].0, &path, &right).await.status, 303);
    assert!(sitting.monitors[1].0.get(&path).await.text().contains("已录入一致"));
    let again = format!("{}/recount", sitting.contests[0]);
    see_other(&sitting.keeper.post(&again, &[]).await);
    assert_eq!(
        sitting.monitors[0].0.post(&format!("/monitoring/{}/unseal", sitting.id), &[("phrase", &phrase)]).await.status,
        422
    );
    assert_eq!(enter(&mut sitting.keeper, &path, &wrong).await.status, 303);
    assert_eq!(enter(&mut sitting.monitors[0].0, &path, &right).await.status, 303);
    assert_eq!(enter(&mut sitting.monitors[1].0, &path, &right).await.status, 303);
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    sitting.counted().await;
    assert_eq!(sitting.keeper.post(&again, &[]).await.status, 409, "nobody fits the paper to what came over the net");
    assert_eq!(enter(&mut sitting.monitors[2].0, &path, &right).await.status, 409);
    sitting.act("report", &[]).await;
    let record = casting[0].get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    let contest = &record.contests[0];
    assert_eq!((contest.attendance.due, contest.attendance.present, contest.attendance.issued), (10, 9, 9));
    assert_eq!((contest.tally.returned, contest.tally.valid, contest.tally.void), (9, 8, 1));
    assert_eq!(contest.tally.candidates[0].votes_for, 6);
    assert!(contest.apart.is_none(), "nothing is published apart under 20 ballots");
    assert_eq!(contest.result.elected, ["学生101"]);
    let ballots = sitting.monitors[2].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await;
    lunzhi::elections::record::verify(&record, Some(&ballots.bytes)).unwrap();
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("核定"), "{}", report.text());
}

#[tokio::test]
async fn a_slip_votes_without_an_account_and_a_lost_one_is_redrawn() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    // Codes are shown by the portal that made them, at which the documented proxy keeps a browser.
    let mut printing = sitting.keeper.at(portal.first());
    let sent = printing.post(&format!("{}/slips", sitting.path), &[("many", "3")]).await;
    let printed = see_other(&sent);
    let made = printing.get(&printed).await;
    let codes = made.all(".slip-code");
    assert_eq!(printing.get(&printed).await.all(".slip-code"), codes, "a reload makes none");
    let mut another = portal.first().signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(another.get(&printed).await.status, 409, "another session");
    assert_eq!((made.status, codes.len()), (200, 3));
    assert_eq!(sitting.keeper.post(&format!("{}/slips", sitting.path), &[("many", "0")]).await.status, 422);
    let mut guest = portal.visitor();
    assert_eq!(guest.post("/slip", &[("code", "nosuchcodenosuchcode")]).await.status, 422);
    assert_eq!(guest.post("/slip", &[("code", &codes[0].to_uppercase())]).await.location(), "/slip/ballot");
    assert!(guest.get("/slip/ballot").await.text().contains("还没有在签到处登记"), "drawn and not noted");

    let (bind, void) = (format!("{}/slips/bind", sitting.path), format!("{}/slips/void", sitting.path));
    assert_eq!(sitting.keeper.post(&bind, &[("serial", "1"), ("number", &number(2))]).await.status, 303);
    assert_eq!(sitting.keeper.post(&bind, &[("serial", "1"), ("number", &number(3))]).await.status, 422, "somebody's");
    assert_eq!(sitting.keeper.post(&bind, &[("serial", "2"), ("number", &number(2))]).await.status, 422, "holds one");
    let ballot = guest.get("/slip/ballot").await;
    assert!(ballot.status == 200 && ballot.text().contains("学生101"), "{}", ballot.text());
    let confirm = guest.post("/slip/ballot", &[("c1-1", "F")]).await;
    assert_eq!(confirm.heading(), "请核对，然后投票");
    let voted = guest.post("/slip/ballot/cast", &[("c1-1", "F")]).await;
    assert_eq!(voted.heading(), "已投票", "{}", voted.text());
    assert_eq!(voted.all("[data-sent-here]").len(), 1, "the script lets a reload ask for the address alone");
    assert_eq!(guest.get("/slip/ballot/cast").await.heading(), "凭票码投票", "which casts nothing");

    assert_eq!(sitting.keeper.post(&void, &[("serial", "1"), ("reason", "遗失")]).await.status, 303);
    let gone = guest.post("/slip/ballot/cast", &[("c1-1", "A")]).await;
    assert_eq!(gone.status, 409, "a slip that is void casts nothing");
    assert_eq!(sitting.keeper.post(&bind, &[("serial", "3"), ("number", &number(2))]).await.status, 303);
    let mut again = portal.visitor();
    assert_eq!(again.post("/slip", &[("code", &codes[2])]).await.status, 303);
    assert_eq!(again.post("/slip/ballot/cast", &[("c1-2", "F")]).await.heading(), "已投票");
    let codes_kept: i64 = sqlx::query_scalar("select count(*) from slip where encode(code_hash, 'escape') like $1")
        .bind(format!("%{}%", codes[2]))
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(codes_kept, 0, "of a code only the hash is kept");
    // The holder's own session casts into the same place: one voter, one envelope.
    cast(&mut voter(&portal, 2).await, &sitting.id, &[("c1-2", "A")]).await;
    let envelopes: i64 =
        sqlx::query_scalar("select count(*) from envelope").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(envelopes, 1);
}

#[tokio::test]
async fn a_tie_goes_to_a_second_round_among_the_tied() {
    let portal = Portal::two().await;
    let plan = Plan {
        contests: &[("代表", 9, 1, &[101, 102, 103], &[("write_in", "")])],
        fields: &[("decision", "校团委会议通过的选举办法")],
    };
    let mut sitting = opened(&portal, &plan).await;
    let mut casting = voters(&portal, 1..=9).await;
    // Approvals of one ballot may not exceed the seats, so a majority for two takes a rule of another base.
    for (place, client) in casting.iter_mut().enumerate() {
        cast(client, &sitting.id, &[(if place % 2 == 0 { "c1-1" } else { "c1-2" }, "F")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let result = sitting.keeper.get(&sitting.path).await;
    assert!(result.text().contains("当选 1 人"), "5 of 9 is more than half: {}", result.text());

    let plan = Plan { contests: &[("代表", 8, 2, &[101, 102, 103], &[])], fields: &[("title", "两席")] };
    let mut sitting = opened(&portal, &plan).await;
    for (place, client) in casting.iter_mut().take(8).enumerate() {
        // 101: 8 votes; 102 and 103: 4 each, which is no majority of 8: nobody is tied past it.
        let other = if place % 2 == 0 { "c1-2" } else { "c1-3" };
        cast(client, &sitting.id, &[("c1-1", "F"), (other, "F")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let contest = sitting.contests[0].clone();
    let second = sitting.keeper.post(&format!("{contest}/second"), &[]).await;
    assert_eq!(second.status, 303, "{}", second.text());
    let next = sitting.keeper.get(second.location()).await;
    assert!(next.text().contains("第二轮"), "{}", next.text());
    let link = next.attributes("table a", "href").into_iter().find(|href| href.contains("/contests/")).unwrap();
    let next = sitting.keeper.get(&link).await;
    assert_eq!(next.all("tbody strong"), ["学生102", "学生103"], "those who were not elected");
    assert_eq!(next.field("应选人数"), "1", "the seat that is left");
    assert_eq!(sitting.keeper.post(&format!("{contest}/second"), &[]).await.status, 409, "one second round");
}

#[tokio::test]
async fn a_lot_is_recorded_and_only_among_the_tied() {
    let portal = Portal::two().await;
    let rules = [("tie", "lot"), ("majority", "valid"), ("quorum", "0")];
    let plan = Plan {
        contests: &[("代表", 6, 3, &[101, 102, 103, 104], &rules)],
        fields: &[("decision", "校团委会议通过的选举办法")],
    };
    let mut sitting = opened(&portal, &plan).await;
    for (place, mut client) in voters(&portal, 1..=6).await.into_iter().enumerate() {
        // 101 and 102: 6 each; 103 and 104: 4 each by overlapping ballots of two voters who choose neither of the first.
        let fields: &[(&str, &str)] = match place {
            0..=2 => &[("c1-1", "F"), ("c1-2", "F"), ("c1-3", "F")],
            _ => &[("c1-1", "F"), ("c1-2", "F"), ("c1-4", "F")],
        };
        cast(&mut client, &sitting.id, fields).await;
    }
    // 3 of 6 is not more than half: one ballot on paper would decide; instead the sitting's own count says vacant.
    sitting.count().await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("空缺 1 席") && !page.text().contains("登记抽签结果"), "{}", page.text());

    let plan = Plan {
        contests: &[("代表", 5, 2, &[101, 102, 103], &rules)],
        fields: &[("decision", "校团委会议通过的选举办法"), ("title", "抽签")],
    };
    let mut sitting = opened(&portal, &plan).await;
    for (place, mut client) in voters(&portal, 1..=5).await.into_iter().enumerate() {
        let fields: &[(&str, &str)] = match place {
            0 => &[("c1-1", "F"), ("c1-2", "F")],
            1 => &[("c1-1", "F"), ("c1-3", "F")],
            2 => &[("c1-1", "F")],
            _ => &[("c1-2", "F"), ("c1-3", "F")],
        };
        cast(&mut client, &sitting.id, fields).await;
    }
    sitting.count().await;
    let (report, lot) = (format!("{}/report", sitting.path), format!("{}/lot", sitting.contests[0]));
    let early = sitting.keeper.post(&report, &[]).await;
    assert!(early.status == 409 && early.text().contains("抽签"), "all three have three votes: {}", early.text());
    let how = [("method", "纸团，由总监票人抽取"), ("present", "全体监票人和候选人")];
    let outsider = sitting.keeper.post(&lot, &[&[("winner", "学生104")][..], &how].concat()).await;
    assert_eq!(outsider.status, 422);
    let one = sitting.keeper.post(&lot, &[&[("winner", "学生103")][..], &how].concat()).await;
    assert!(one.status == 422 && one.text().contains("中选定 2 人"), "two seats, two winners: {}", one.text());
    assert_eq!(one.field("怎样抽签"), "纸团，由总监票人抽取", "what was typed stays");
    let silent = sitting.keeper.post(&lot, &[("winner", "学生103"), ("winner", "学生101"), ("present", "众人")]).await;
    assert!(silent.fault("怎样抽签").contains("请写明"), "{}", silent.text());
    let two = [&[("winner", "学生103"), ("winner", "学生101")][..], &how].concat();
    assert_eq!(sitting.keeper.post(&lot, &two).await.status, 303);
    sitting.act("report", &[]).await;
    let page = sitting.keeper.get(&report).await;
    assert!(page.text().contains("纸团") && page.text().contains("全体监票人和候选人"), "{}", page.text());
    let record = voter(&portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert_eq!(record.contests[0].result.elected, ["学生101", "学生103"]);
    lunzhi::elections::record::verify(&record, None).unwrap();
}

#[tokio::test]
async fn a_tie_is_settled_by_a_show_of_hands_where_the_rules_say_so() {
    let portal = Portal::two().await;
    let plan = Plan {
        contests: &[("代表", 5, 1, &[101, 102], &[("tie", "hands"), ("majority", "none"), ("quorum", "0")])],
        fields: &[("decision", "校团委会议通过的选举办法")],
    };
    let mut sitting = opened(&portal, &plan).await;
    for (place, mut client) in voters(&portal, 1..=4).await.into_iter().enumerate() {
        let choice = if place < 2 { "c1-1" } else { "c1-2" };
        cast(&mut client, &sitting.id, &[(choice, "F")]).await;
    }
    sitting.count().await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("登记举手表决结果") && page.text().contains("由到会的人举手表决"), "{}", page.text());
    let (report, lot) = (format!("{}/report", sitting.path), format!("{}/lot", sitting.contests[0]));
    assert_eq!(sitting.keeper.post(&report, &[]).await.status, 409, "not before it is settled");
    let how = [("winner", "学生102"), ("method", "举手：学生101 1 票，学生102 3 票"), ("present", "全体代表")];
    assert_eq!(sitting.keeper.post(&lot, &how).await.status, 303);
    sitting.act("report", &[]).await;
    let page = sitting.keeper.get(&report).await;
    assert!(page.text().contains("由举手表决决定") && page.text().contains("全体代表"), "{}", page.text());
    let record = voter(&portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert_eq!(record.contests[0].result.elected, ["学生102"]);
    lunzhi::elections::record::verify(&record, None).unwrap();
}

#[tokio::test]
async fn a_voter_left_off_the_roll_is_admitted_by_two_monitors() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let path = format!("/monitoring/{}", sitting.id);
    let mut late = voter(&portal, 30).await;
    let asked = [("number", "20240030"), ("contest", "1"), ("why", "转班后漏登，班级团支部证明")];
    let nobody =
        sitting.monitors[0].0.post(&format!("{path}/admissions"), &[("number", "20240030"), ("why", "漏登")]).await;
    assert_eq!(nobody.status, 422, "for which contests");
    let unheld = [&asked[..], &[("contest", "9")]].concat();
    let unheld = sitting.monitors[0].0.post(&format!("{path}/admissions"), &unheld).await;
    assert_eq!(unheld.status, 422, "one that is not held is not passed over");
    let known =
        sitting.monitors[0].0.post(&format!("{path}/admissions"), &[("number", "20240001"), asked[1], asked[2]]).await;
    assert!(known.status == 422 && known.text().contains("已经在名册上"));
    assert_eq!(sitting.monitors[0].0.post(&format!("{path}/admissions"), &asked).await.status, 303);
    let agree = sitting.monitors[1].0.get(&path).await.attributes("form", "action");
    let agree = agree.into_iter().find(|action| action.contains("/admissions/")).unwrap();
    assert_eq!(sitting.monitors[0].0.post(&agree, &[]).await.status, 409, "not by the one who asked");
    assert_eq!(late.post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await.status, 303, "not yet");
    assert_eq!(sitting.monitors[1].0.post(&agree, &[]).await.status, 303);
    assert_eq!(sitting.monitors[2].0.post(&agree, &[]).await.status, 409, "once");
    cast(&mut late, &sitting.id, &[("c1-1", "F")]).await;
    for mut client in voters(&portal, 1..=8).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("补登1人") && report.text().contains("转班后漏登"), "{}", report.text());
    let record = late.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert_eq!((record.roll_size, record.admitted, record.contests[0].attendance.due), (10, 1, 11));
}

#[tokio::test]
async fn a_sitting_is_void_by_two_people_and_its_votes_are_destroyed_unread() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    cast(&mut voter(&portal, 1).await, &sitting.id, &[("c1-1", "F")]).await;
    let bare = sitting.keeper.post(&format!("{}/void", sitting.path), &[("reason", " ")]).await;
    assert!(bare.status == 422 && !bare.fault("理由").is_empty(), "{}", bare.text());
    let unsure = sitting.keeper.post(&format!("{}/close", sitting.path), &[]).await;
    assert!(unsure.status == 422 && unsure.text().contains("请勾选确认"), "{}", unsure.text());
    sitting.act("void", &[("reason", "候选人名单有误")]).await;
    assert_eq!(sitting.keeper.post(&format!("{}/void/agree", sitting.path), &[]).await.status, 409, "not alone");
    let path = format!("/monitoring/{}/void", sitting.id);
    assert_eq!(sitting.monitors[1].0.post(&path, &[]).await.status, 303);
    let mut db = portal.owner().await;
    let left: (i64, i64) = sqlx::query_as(
        "select (select count(*) from envelope), (select count(*) from monitor where share is not null or salt is not null)",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(left, (0, 0));
    let page = voter(&portal, 1).await.get(&sitting.votes()).await;
    assert!(page.text().contains("本场次已作废") && page.text().contains("候选人名单有误"), "{}", page.text());
    let phrase = sitting.monitors[0].1.clone();
    let unseal = format!("/monitoring/{}/unseal", sitting.id);
    assert_eq!(sitting.monitors[0].0.post(&unseal, &[("phrase", &phrase)]).await.status, 409);

    let again = sitting.keeper.post(&format!("{}/again", sitting.path), &[]).await;
    let again = sitting.keeper.get(&see_other(&again)).await;
    assert!(again.text().contains("各项都已具备"), "contests, candidates and monitors are there: {}", again.text());
    assert_eq!(again.all(".next button"), ["公告", "确认删除"]);
    assert!(again.text().contains("未生成"), "with passphrases yet to be made");
}

#[tokio::test]
async fn a_draft_says_what_is_missing_and_a_monitor_is_nobody_of_the_keeping_office() {
    let portal = Portal::two().await;
    let plan = Plan { contests: &[("代表", 10, 1, &[101], &[])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(page.text().contains("候选人 1 人，应选 1 人，差额至少 1 人"), "{}", page.text());
    assert_eq!(page.attributes(".checks a", "href"), [sitting.contests[0].as_str()], "where it is put right");
    assert_eq!(page.all(".next button"), ["确认删除"], "no button that would be refused");
    let monitors = format!("{}/monitors", sitting.path);
    voter(&portal, 101).await;
    for (number, says) in [
        ("deputy_secretary", "办理本场次的单位的人员不能监票"),
        ("school_league", "办理本场次的单位的人员不能监票"),
        ("20240101", "候选人不得监票"),
        ("nobody1", "没有工号或学号为 nobody1 的账号"),
        ("没有此人", "没有找到：没有此人"),
        ("", "请填写监票人的工号、学号或姓名"),
    ] {
        let page = sitting.keeper.post(&monitors, &[("number", number), ("chief", "yes")]).await;
        let label = "监票人（工号、学号或姓名）";
        assert!(page.status == 422 && page.fault(label).contains(says), "{number}: {}", page.text());
        assert!(page.field(label).starts_with(number), "what was typed stays");
    }
    see_other(
        &sitting
            .keeper
            .post(
                &format!("{}/candidates", sitting.contests[0]),
                &[("numbers", "20240102"), ("origin", "班级团支部推荐")],
            )
            .await,
    );
    let page = sitting.keeper.get(&sitting.path).await;
    assert_eq!(page.all(".next button"), ["公告", "确认删除"], "{}", page.text());
}

#[tokio::test]
async fn vet_05_a_presidium_is_elected_by_the_congress_alone() {
    let portal = Portal::two().await;
    let class = [("fills", "presidium"), ("body", "class"), ("classes", "软件2401班"), ("people", "")];
    let plan = Plan { contests: &[("学生会主席团", 10, 1, &[101, 102], &class)], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let draft = sitting.keeper.get(&sitting.path).await;
    assert!(draft.text().contains("学生会主席团由学生代表大会选举产生"), "the clause: {}", draft.text());
    let refused = sitting.keeper.post(&format!("{}/announce", sitting.path), &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("学生会主席团由学生代表大会选举产生"), "the clause: {}", refused.text());
    // One candidate for one seat is refused by practice, without a clause.
    let plan = Plan { contests: &[("代表", 10, 1, &[101], &[])], fields: &[] };
    let mut sitting = prepare(&portal, &plan).await;
    let refused = sitting.keeper.post(&format!("{}/announce", sitting.path), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("差额至少 1 人"), "{}", refused.text());
    assert!(refused.text().contains("不是方案的条款"));
}

#[tokio::test]
async fn the_database_itself_keeps_ballots_rolls_and_stages() {
    let portal = Portal::two().await;
    let sitting = opened(&portal, &SMALL).await;
    let mut db = portal.owner().await;
    for statement in [
        "update sitting set stage = 'draft'",
        "update sitting set stage = 'counted'",
        "update sitting set public_key = decode(repeat('00', 32), 'hex')",
        "update sitting set closes_at = closes_at + interval '1 day'",
        "delete from sitting",
        "update contest set seats = 2",
        "delete from contest",
        "delete from candidate",
        "update candidate set label = '别人'",
        "insert into candidate (id, contest_id, ordinal, student_id, label, origin)
         select gen_random_uuid(), c.id, 9, s.id, '别人', 'x' from contest c, student s limit 1",
        "delete from voter",
        "update voter set contests = '{2}'",
        "insert into voter (sitting_id, place, student_id, class_id, contests)
         select t.id, 999, s.id, s.class_id, '{1}' from sitting t, student s where s.number = '20240140' limit 1",
        "insert into contest_person (contest_id, student_id) select c.id, s.id from contest c, student s limit 1",
    ] {
        assert!(sqlx::query(statement).execute(&mut db).await.is_err(), "{statement}");
    }
    let mut keeper = sitting.keeper;
    let contest = &sitting.contests[0];
    let fields = [("numbers", "20240105"), ("origin", "补登")];
    let late = keeper.post(&format!("{contest}/candidates"), &fields).await;
    assert!(late.status == 409 && late.text().contains("不能再改"), "{}", late.text());
}

#[tokio::test]
async fn whoever_withdraws_keeps_the_votes_and_is_not_elected() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let contest = sitting.contests[0].clone();
    let page = sitting.keeper.get(&contest).await;
    let action = page.attributes("form", "action").into_iter().find(|action| action.ends_with("/withdraw")).unwrap();
    assert_eq!(sitting.keeper.post(&action, &[("reason", "")]).await.status, 422);
    for mut client in voters(&portal, 1..=9).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    assert_eq!(sitting.keeper.post(&action, &[("reason", "本人申请退选")]).await.status, 303);
    let ballot = voter(&portal, 10).await.get(&sitting.votes()).await;
    assert!(ballot.text().contains("已退选"));
    sitting.count().await;
    assert_eq!(sitting.keeper.post(&action, &[("reason", "迟了")]).await.status, 409);
    sitting.act("report", &[]).await;
    let record = voter(&portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert_eq!(record.contests[0].tally.candidates[0].votes_for, 9);
    assert!(record.contests[0].result.elected.is_empty() && record.contests[0].withdrawn == ["学生101"]);
    lunzhi::elections::record::verify(&record, None).unwrap();
}

#[tokio::test]
async fn casting_again_replaces_or_is_refused_as_the_sitting_says() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut client = voter(&portal, 1).await;
    let first = cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    let second = cast(&mut client, &sitting.id, &[("c1-2", "F")]).await;
    for mut other in voters(&portal, 2..=8).await {
        cast(&mut other, &sitting.id, &[("c1-2", "F")]).await;
    }
    sitting.count().await;
    let check = format!("{}/receipt", sitting.votes());
    assert!(client.post(&check, &[("code", &second)]).await.text().contains("这张回执已计入"));
    assert!(client.post(&check, &[("code", &first)]).await.text().contains("没有这个回执码"));
    assert_eq!(client.post(&check, &[("code", "short")]).await.status, 422);
    sitting.act("report", &[]).await;
    assert!(sitting.keeper.get(&sitting.path).await.text().contains("学生102"));

    let plan = Plan { contests: SMALL.contests, fields: &[("revote", ""), ("title", "一次为准")] };
    let sitting = opened(&portal, &plan).await;
    cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    let again = client.post(&format!("{}/cast", sitting.votes()), &[("c1-2", "F")]).await;
    assert_eq!(again.status, 303);
    let page = client.get(again.location()).await;
    assert!(page.status == 409 && page.text().contains("没有投出"), "{}", page.text());
}

#[tokio::test]
async fn posts_that_are_forged_replayed_or_meant_for_others_cast_nothing() {
    let portal = Portal::two().await;
    let plan = Plan {
        contests: &[("甲项", 10, 1, &[101, 102], &[]), ("乙项", 5, 2, &[103, 104, 105], &[("write_in", "")])],
        fields: &[("decision", "校团委会议通过的选举办法")],
    };
    let mut sitting = opened(&portal, &plan).await;
    let path = format!("{}/cast", sitting.votes());
    let mut nobody = portal.visitor();
    assert_eq!(nobody.post(&path, &[("c1-1", "F")]).await.location(), format!("/sign-in?next={}", sitting.votes()));
    nobody.set_cookie("lunzhi", &"0".repeat(64));
    assert_eq!(nobody.post(&path, &[("c1-1", "F")]).await.status, 303, "a token that opens nothing");
    nobody.set_cookie("lunzhi-slip", &"x".repeat(500));
    assert_eq!(nobody.post("/slip/ballot/cast", &[("c1-1", "F")]).await.status, 409);

    let mut seventh = voter(&portal, 7).await;
    let forged: &[&[(&str, &str)]] = &[
        &[("c2-1", "F")],
        &[("c1-3", "F")],
        &[("c1-0", "F")],
        &[("c1-1", "X")],
        &[("c1-1", "FF")],
        &[("c1-1", "F"), ("c1-1", "A")],
        &[("w1-2", "某人")],
        &[("x", "1")],
        &[("", "")],
        &[("c1-99999999999999999999", "F")],
        &[("voter", "3")],
        &[("甲", "乙")],
    ];
    for fields in forged {
        let page = seventh.post(&path, fields).await;
        assert_eq!(page.status, 400, "{fields:?}: {}", page.text());
    }
    for (fields, says) in [
        (vec![("c1-1", "F"), ("c1-2", "F")], "多于应选人数"),
        (vec![("c1-1", "F"), ("w1-1", "某人")], "多于应选人数"),
        (vec![("w1-1", "学生101")], "已经是候选人"),
        (vec![("w1-1", "名字长得超过二十个字的人名字长得超过二十个字的人")], "不能超过 20 字"),
        (vec![("w1-1", "+坏人")], "不能用的字符"),
    ] {
        let page = seventh.post(&path, &fields).await;
        assert!(page.status == 422 && page.text().contains(says), "{fields:?}: {}", page.text());
    }
    let turned = seventh.post(&path, &[("w1-1", "坏\u{202e}人")]).await;
    assert!(turned.status == 400 && turned.text().contains("看不见的控制符"), "{}", turned.text());
    let kept = seventh.post(&sitting.votes(), &[("c1-1", "F"), ("c1-2", "F")]).await;
    assert_eq!(kept.attributes("input[type=radio][checked]", "value"), ["F", "F"], "what was chosen stays");
    let large = "名".repeat(40_000);
    assert_eq!(seventh.post(&path, &[("w1-1", &large)]).await.status, 413);
    let foreign = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")];
    assert_eq!(seventh.send("POST", &path, &foreign, b"c1-1=F".to_vec()).await.status, 403);
    let same = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    assert_eq!(seventh.send("POST", &path, &same, b"c1-1=%F".to_vec()).await.status, 400, "cut short");
    let envelopes = || async {
        let count = "select count(*) from envelope";
        sqlx::query_scalar::<_, i64>(count).fetch_one(&mut portal.owner().await).await.unwrap()
    };
    assert_eq!(envelopes().await, 0);

    // A session that has ended casts nothing, however young the page.
    let mut third = voter(&portal, 3).await;
    assert_eq!(third.get(&sitting.votes()).await.status, 200);
    sqlx::query("delete from session s using account a where a.id = s.account_id and a.number = '20240003'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(third.post(&path, &[("c1-1", "F")]).await.status, 303);
    assert!(third.get(&sitting.votes()).await.location().starts_with("/sign-in"));
    // Nor does one whose account was found to be another student's: the place on the roll is looked at again.
    let mut fourth = voter(&portal, 4).await;
    assert_eq!(fourth.get(&sitting.votes()).await.status, 200);
    let other = "update account a set student_id = s.id from student s
                 where a.number = '20240004' and s.institution_id = a.institution_id and s.number = '20240077'";
    sqlx::query(other).execute(&mut portal.owner().await).await.unwrap();
    assert_eq!(fourth.post(&path, &[("c1-1", "F")]).await.status, 303);
    assert_eq!(envelopes().await, 0);
    // The same post again and again, all at once: one voter, one envelope.
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..24 {
        let (mut client, path) = (seventh.clone(), path.clone());
        tasks.spawn(async move { client.post(&path, &[("c1-1", "F")]).await.status });
    }
    while let Some(status) = tasks.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    assert_eq!(envelopes().await, 1);
    // Once it is closed, a replay is refused.
    sitting.close().await;
    let late = seventh.post(&path, &[("c1-1", "A")]).await;
    assert_eq!(seventh.get(late.location()).await.status, 409);
}

#[tokio::test]
async fn rows_written_straight_into_the_tables_are_found() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    for mut client in voters(&portal, 1..=8).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    let mut db = portal.owner().await;
    // One is stuffed with the bytes of another, one is swapped, and one is for a place that is on no roll.
    for statement in [
        "insert into envelope select sitting_id, 9, sealed, mac, cast_at from envelope where voter = 1",
        "update envelope e set sealed = o.sealed from envelope o where e.voter = 2 and o.voter = 3",
        "insert into envelope select sitting_id, 77, sealed, mac, cast_at from envelope where voter = 1",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    sitting.close().await;
    sitting.meet_at_the_first(&portal);
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    let path = format!("/monitoring/{}", sitting.id);
    let page = loop {
        let page = sitting.monitors[0].0.get(&path).await;
        if page.text().contains("来历不明的选票") {
            break page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(page.text().contains("20240009") && page.text().contains("20240002") && page.text().contains("第 77 号"));
    assert!(sitting.keeper.get(&sitting.path).await.text().contains("什么都没有写入"));
    let reason = [("reason", "核对日志，系有人直接改动数据库")];
    assert_eq!(sitting.monitors[1].0.post(&format!("{path}/exclude"), &reason).await.status, 409, "the chief alone");
    assert_eq!(sitting.monitors[0].0.post(&format!("{path}/exclude"), &[("reason", "")]).await.status, 422);
    // What is broken after they have agreed is not left out with the rest.
    sqlx::query("update envelope set mac = sealed where voter = 4").execute(&mut db).await.unwrap();
    assert_eq!(sitting.monitors[0].0.post(&format!("{path}/exclude"), &reason).await.status, 303);
    loop {
        if sitting.monitors[0].0.get(&path).await.text().contains("20240004") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(sitting.keeper.get(&sitting.path).await.text().contains("什么都没有写入"));
    assert_eq!(sitting.monitors[0].0.post(&format!("{path}/exclude"), &reason).await.status, 303);
    sitting.counted().await;
    sitting.act("report", &[]).await;
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("4张未计入") && report.text().contains("核对日志"), "{}", report.text());
    let record = voter(&portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = lunzhi::elections::record::read(&record.bytes).unwrap();
    assert_eq!((record.envelopes, record.excluded, record.receipts.len()), (10, 4, 6));
    lunzhi::elections::record::verify(&record, None).unwrap();
}

#[tokio::test]
async fn a_key_or_a_roll_that_somebody_changed_is_not_used() {
    let portal = Portal::two().await;
    let sitting = opened(&portal, &SMALL).await;
    let mut db = portal.owner().await;
    // Past the guards, as the database's owner may: another key in the place of the sitting's.
    sqlx::query("alter table sitting disable trigger sitting_guarded").execute(&mut db).await.unwrap();
    sqlx::query("update sitting set public_key = $1")
        .bind(lunzhi::sealing::keys::make_pair().1.as_bytes())
        .execute(&mut db)
        .await
        .unwrap();
    let page = voter(&portal, 1).await.post(&format!("{}/cast", sitting.votes()), &[("c1-1", "F")]).await;
    assert_eq!(page.status, 500, "nobody's ballot is sealed to it");

    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    cast(&mut voter(&portal, 1).await, &sitting.id, &[("c1-1", "F")]).await;
    let mut db = portal.owner().await;
    sqlx::query("alter table voter disable trigger voter_guarded").execute(&mut db).await.unwrap();
    sqlx::query(
        "update voter set student_id = (select id from student where number = '20240077' limit 1) where place = 2",
    )
    .execute(&mut db)
    .await
    .unwrap();
    sitting.close().await;
    sitting.unseal(0).await;
    sitting.unseal(1).await;
    let page = loop {
        let page = sitting.keeper.get(&sitting.path).await;
        if page.text().contains("计票没有完成") {
            break page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(page.text().contains("选民名册与开启时封存的不一致"), "{}", page.text());
    let left: i64 = sqlx::query_scalar("select count(*) from envelope").fetch_one(&mut db).await.unwrap();
    assert_eq!(left, 1);
}

#[tokio::test]
async fn passphrases_are_the_monitors_own_and_few_are_not_enough() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    let early = sitting.keeper.post(&format!("{}/open", sitting.path), &[]).await;
    assert!(early.status == 409 && early.text().contains("还没有演练成功"), "{}", early.text());
    // A reload of the page with the passphrase voids nothing; who has lost theirs says so.
    let make = format!("/monitoring/{}/passphrase", sitting.id);
    let again = sitting.monitors[0].0.post(&make, &[]).await;
    assert!(again.status == 409 && again.text().contains("你的口令已经生成"), "{}", again.text());
    let other = sitting.monitors[0].0.post(&make, &[("anew", "yes")]).await.all(".receipt").remove(0);
    assert_ne!(other, sitting.monitors[0].1);
    sitting.monitors[0].1 = other;
    sitting.act("rehearse", &[]).await;
    let unseal = format!("/monitoring/{}/unseal", sitting.id);
    let other = sitting.monitors[1].1.clone();
    let wrong = sitting.monitors[0].0.post(&unseal, &[("phrase", &other)]).await;
    assert!(wrong.status == 422 && wrong.fault("监票口令").contains("口令不对"), "{}", wrong.text());
    let late = sitting.monitors[0].0.post(&format!("/monitoring/{}/passphrase", sitting.id), &[]).await;
    assert_eq!(late.status, 409, "not once the rehearsal runs");
    for place in 0..3 {
        sitting.unseal(place).await;
    }
    sitting.act("open", &[]).await;
    portal.app.clock.advance(time::Duration::minutes(6));
    for mut client in voters(&portal, 1..=8).await {
        cast(&mut client, &sitting.id, &[("c1-2", "F")]).await;
    }
    let soon = sitting.keeper.post(&format!("{}/close", sitting.path), &[]).await;
    assert!(soon.status == 422 && soon.text().contains("勾选确认"), "{}", soon.text());
    sitting.close().await;
    sitting.meet_at_the_first(&portal);
    sitting.unseal(2).await;
    assert!(sitting.keeper.get(&sitting.path).await.text().contains("已提交"));
    // A share is held for a quarter of an hour and no longer.
    portal.app.clock.advance(time::Duration::minutes(16));
    sitting.unseal(1).await;
    assert!(sitting.keeper.get(&sitting.path).await.all(".summary-line .tag").contains(&"已截止".to_owned()));
    sitting.unseal(0).await;
    sitting.counted().await;
    let stranger = portal.signed_in(OfficeKind::CollegeParty).await.post(&unseal, &[("phrase", &other)]).await;
    assert_eq!(stranger.status, 404, "no monitor of this sitting");
}

#[tokio::test]
async fn whoever_keeps_an_open_sitting_prints_no_slips_of_its_voters_and_monitors_see_firsts() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut db = portal.owner().await;
    let (class,): (String,) = sqlx::query_as("select class_id::text from voter where sitting_id = $1::uuid limit 1")
        .bind(&sitting.id)
        .fetch_one(&mut db)
        .await
        .unwrap();
    let (slips, all) = (format!("/slips/{class}"), [("whom", "all")]);
    let refused = sitting.keeper.post(&slips, &all).await;
    assert!(refused.text().contains("正在投票，这个班在选民名册上"), "{}", refused.text());
    let codes = "select count(*) from activation";
    let (made,): (i64,) = sqlx::query_as(codes).fetch_one(&mut db).await.unwrap();
    assert_eq!((refused.status, made), (409, 0));
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let inbox = sitting.monitors[0].0.get("/inbox").await.text();
    assert!(!inbox.contains("投票期间打印了激活条"), "{inbox}");
    assert_eq!(administrator.post(&slips, &all).await.status, 303, "who keeps no sitting may");
    for (monitor, _) in &mut sitting.monitors {
        let inbox = monitor.get("/inbox").await.text();
        assert!(inbox.contains("投票期间打印了激活条") && inbox.contains("系统管理员打印了"), "{inbox}");
    }

    let monitoring = format!("/monitoring/{}", sitting.id);
    assert!(sitting.monitors[0].0.get(&monitoring).await.all("#firsts").is_empty());
    sqlx::query(
        "insert into voter_reset (sitting_id, voter, at, kind) select sitting_id, place, story_now(), 'first'
         from voter where sitting_id = $1::uuid and place <= 2",
    )
    .bind(&sitting.id)
    .execute(&mut db)
    .await
    .unwrap();
    let firsts = sitting.monitors[0].0.get(&monitoring).await.all("#firsts td");
    assert_eq!(firsts[1], "2", "{firsts:?}");
    let powers = voter(&portal, 2).await.get(&format!("{}/powers", sitting.votes())).await;
    assert!(powers.text().contains("打印激活条"), "{}", powers.text());
    sitting.close().await;
    let mut keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(keeper.post(&slips, &all).await.status, 303, "once it is closed");
}

#[tokio::test]
async fn offices_see_and_keep_only_what_is_theirs() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    cast(&mut voter(&portal, 1).await, &sitting.id, &[("c1-1", "F")]).await;
    // The school's sitting is not a college's, and another university knows nothing of it.
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&sitting.path).await.status, 404);
    assert_eq!(college.post(&format!("{}/close", sitting.path), &[("sure", "yes")]).await.status, 404);
    let mut elsewhere = portal.signed_in_at(crate::support::SECOND, OfficeKind::SchoolLeague).await;
    for path in [&sitting.path, &sitting.votes()] {
        assert_eq!(elsewhere.get(path).await.status, 404);
    }
    let receipts = elsewhere.get(&format!("/receipts/{}", sitting.id)).await;
    assert!(receipts.status == 200 && !receipts.text().contains("代表选举"), "{}", receipts.text());
    // A branch of a few sees no number while votes are cast, and nobody's name: it would tell who has voted.
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert!(branch.get("/turnout").await.text().contains("人数较少，投票期间不显示"));
    let turnout = branch.get(&format!("{}/turnout", sitting.path)).await;
    assert!(turnout.status == 200 && turnout.text().contains("投票期间不显示人数"), "{}", turnout.text());
    assert!(!turnout.text().contains("/ 10 人") && !turnout.text().contains("已投票，"), "{}", turnout.text());
    let keepers = sitting.keeper.get(&format!("{}/turnout", sitting.path)).await;
    assert!(keepers.text().contains("/ 10 人"), "{}", keepers.text());
    assert!(!turnout.text().contains("学生1") && !turnout.text().contains("2024000"), "{}", turnout.text());
    assert!(turnout.headers.contains_key("refresh"));
    assert!(!voter(&portal, 2).await.get(&sitting.votes()).await.headers.contains_key("refresh"), "never a ballot");
    let list = sitting.keeper.get(&format!("{}/voters.xlsx", sitting.path)).await;
    assert!(list.status == 409 && list.text().contains("截止以前"));
    for path in ["tally", "report", "notice", "notice.docx", "archive.zip"] {
        assert_eq!(sitting.keeper.get(&format!("{}/{path}", sitting.path)).await.status, 409, "{path}");
    }
    let powers = voter(&portal, 2).await.get(&format!("{}/powers", sitting.votes())).await;
    assert!(powers.text().contains("谁也不能做的") && powers.text().contains("仍然要靠信任的"), "{}", powers.text());
    // The way back of each leads to a page of the sitting that is theirs.
    assert!(powers.attributes(".trail a", "href").contains(&sitting.votes()));
    for (client, own) in [
        (&mut sitting.keeper, sitting.path.clone()),
        (&mut sitting.monitors[0].0, format!("/monitoring/{}", sitting.id)),
    ] {
        let powers = client.get(&format!("/votes/{}/powers", sitting.id)).await;
        assert!(powers.attributes(".trail a", "href").contains(&own), "{own}");
        assert_eq!(client.get(&own).await.status, 200, "{own}");
    }
}

#[tokio::test]
async fn a_candidate_keeps_counts_and_resets_nothing() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut db = portal.owner().await;
    // The administrator and the keeper turn out to be candidates.
    for (office, student) in [("administrator", "20240101"), ("school_league", "20240102")] {
        sqlx::query(
            "update account a set student_id = s.id from student s, institution i
             where i.code = 'first' and a.institution_id = i.id and s.institution_id = i.id and a.number = $1 and s.number = $2",
        )
        .bind(office)
        .bind(student)
        .execute(&mut db)
        .await
        .unwrap();
    }
    let close = sitting.keeper.post(&format!("{}/close", sitting.path), &[("sure", "yes")]).await;
    assert!(close.status == 409 && close.text().contains("候选人不得办理"), "{}", close.text());
    for end in ["hall", "voters.xlsx"] {
        let page = sitting.keeper.get(&format!("{}/{end}", sitting.path)).await;
        assert!(page.status == 409 && page.text().contains("候选人不得办理"), "{end}: {}", page.text());
    }
    let mut target = voter(&portal, 4).await;
    let account: (sqlx::types::Uuid,) =
        sqlx::query_as("select id from account where number = '20240004'").fetch_one(&mut db).await.unwrap();
    let reset = format!("/accounts/{}/password", account.0);
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let refused = administrator.post(&reset, &[]).await;
    assert!(refused.status == 409 && refused.text().contains("候选人"), "{}", refused.text());
    sqlx::query("update account set student_id = null where number = 'administrator'").execute(&mut db).await.unwrap();
    assert_eq!(administrator.post(&reset, &[]).await.status, 200);
    // The old session has ended with the password.
    assert_eq!(target.get(&sitting.votes()).await.status, 303);
    target = voter(&portal, 4).await;
    let ballot = target.get(&sitting.votes()).await;
    assert!(ballot.text().contains("被重置过"), "{}", ballot.text());
    sqlx::query("update account set student_id = null where number = 'school_league'").execute(&mut db).await.unwrap();
    for mut client in voters(&portal, 1..=8).await {
        cast(&mut client, &sitting.id, &[("c1-2", "F")]).await;
    }
    sitting.count().await;
    let stands = "update account a set student_id = s.id from student s, institution i
                  where i.code = 'first' and a.institution_id = i.id and s.institution_id = i.id
                        and a.number = 'school_league' and s.number = '20240102'";
    sqlx::query(stands).execute(&mut db).await.unwrap();
    let page = sitting.keeper.get(&sitting.path).await;
    assert!(
        page.text().contains("已计票") && !page.text().contains("计票结果"),
        "not before everybody: {}",
        page.text()
    );
    assert_eq!(sitting.keeper.get(&format!("{}/tally", sitting.path)).await.status, 409);
    sqlx::query("update account set student_id = null where number = 'school_league'").execute(&mut db).await.unwrap();
    sitting.act("report", &[]).await;
    let report = sitting.keeper.get(&format!("{}/report", sitting.path)).await;
    assert!(report.text().contains("重置选民密码1次"), "{}", report.text());
}

#[tokio::test]
async fn the_clock_closes_a_sitting_that_nobody_closes() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    cast(&mut voter(&portal, 1).await, &sitting.id, &[("c1-1", "F")]).await;
    lunzhi::elections::close_overdue(&portal.app.elections).await.unwrap();
    assert!(sitting.keeper.get(&sitting.path).await.text().contains("投票中"), "not before its time");
    portal.app.clock.advance(time::Duration::hours(3));
    sitting.keeper = portal.signed_in(OfficeKind::SchoolLeague).await;
    lunzhi::elections::close_overdue(&portal.app.elections).await.unwrap();
    assert_eq!(sitting.keeper.get(&sitting.path).await.all(".summary-line .tag")[0], "已截止");
}

#[tokio::test]
async fn a_crowd_from_one_address_does_not_stop_a_class_behind_it() {
    let portal = Portal::two().await;
    let sitting = opened(&portal, &SMALL).await;
    let path = format!("{}/cast", sitting.votes());
    let mut crowd = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (mut client, path) = (portal.visitor(), path.clone());
        client.set_cookie("lunzhi", &format!("{number:064x}"));
        crowd.spawn(async move {
            for _ in 0..500 {
                client.post(&path, &[("c1-1", "F")]).await;
            }
        });
    }
    for mut client in voters(&portal, 1..=10).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F")]).await;
    }
    while crowd.join_next().await.is_some() {}
    let envelopes: i64 =
        sqlx::query_scalar("select count(*) from envelope").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(envelopes, 10, "10,000 posts of strangers put nothing in");
}

#[tokio::test]
async fn paper_ballots_of_one_eight_sixteen_and_sixty_candidates() {
    let portal = Portal::two().await;
    let mut printed = String::new();
    for many in [1_u32, 8, 16, 60] {
        let candidates: Vec<u32> = (80..80 + many).collect();
        let plan = Plan { contests: &[("代表", 10, 1.max(many / 2), &candidates, &[])], fields: &[] };
        let mut sitting = prepare(&portal, &plan).await;
        let page = sitting.keeper.get(&format!("{}/ballots", sitting.path)).await;
        let names = page.all(".ballot-table:not(.ballot-others) .ballot-name");
        let lines = page.all(".ballot-others tbody tr").len();
        assert_eq!(names.len(), usize::try_from(many).unwrap());
        assert_eq!(page.all("article").len(), 1, "one ballot a page");
        let article = page.all("article").remove(0);
        writeln!(printed, "{many} 名候选人，另选他人 {lines} 行：{article}\n").unwrap();
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("paper_ballots", printed));
}

#[tokio::test]
async fn verify_names_the_first_thing_that_does_not_agree() {
    use lunzhi::elections::record::{RecordFile, read, verify};
    type Way = (&'static str, fn(&mut RecordFile));
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    for mut client in voters(&portal, 1..=9).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    let record = voter(&portal, 1).await.get(&format!("{}/record.json", sitting.votes())).await;
    let record = read(&record.bytes).unwrap();
    let ballots = sitting.monitors[0].0.get(&format!("/monitoring/{}/ballots.json", sitting.id)).await.bytes;
    verify(&record, Some(&ballots)).unwrap();
    let ways: [Way; 14] = [
        ("数目不等", |file| drop(file.receipts.pop())),
        ("没有按顺序", |file| file.receipts.swap(0, 1)),
        ("有重复", |file| file.receipts[0] = file.receipts[1].clone()),
        ("不等于收回", |file| file.contests[0].tally.void += 1),
        ("合计不等于有效", |file| file.contests[0].tally.candidates[0].votes_for += 1),
        ("依次不增", |file| file.contests[0].attendance.present = 11),
        ("当选结果与记录不同", |file| file.contests[0].result.elected = vec!["学生102".to_owned()]),
        ("当选结果与记录不同", |file| file.contests[0].seats = 2),
        ("名单不一致", |file| file.contests[0].candidates.reverse()),
        ("多于全部加密选票", |file| file.excluded = 99),
        ("没有一项选举", |file| file.contests.clear()),
        ("多于选民名册", |file| file.roll_size = 3),
        ("实到 10 人，多于加密选票", |file| file.contests[0].attendance.present = 10),
        ("没有按顺序排列", |file| file.contests.push(file.contests[0].clone())),
    ];
    for (says, change) in ways {
        let mut other = record.clone();
        change(&mut other);
        let why = verify(&other, None).unwrap_err();
        assert!(why.contains(says), "{says}: {why}");
    }
    let mut moved = record.clone();
    for figures in &mut moved.contests[0].tally.candidates {
        (figures.votes_for, figures.against) = (figures.against, figures.votes_for);
    }
    moved.contests[0].result.candidates = moved.contests[0].tally.candidates.clone();
    moved.contests[0].result.elected = vec!["学生102".to_owned()];
    verify(&moved, None).unwrap();
    assert!(verify(&moved, Some(&ballots)).unwrap_err().contains("重新计票"), "the totals agree, the ballots do not");
    let other = String::from_utf8(ballots).unwrap().replace("FA+0", "AF+0");
    assert!(verify(&record, Some(other.as_bytes())).unwrap_err().contains("核验码"));

    // The command says the same, from files.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("record.json");
    std::fs::write(&file, serde_json::to_vec(&record).unwrap()).unwrap();
    let run = |file: &std::path::Path| {
        std::process::Command::new(env!("CARGO_BIN_EXE_lunzhi")).arg("verify").arg(file).output().unwrap()
    };
    let right = run(&file);
    assert!(right.status.code() == Some(0) && String::from_utf8_lossy(&right.stdout).contains("相符"));
    let mut short = record.clone();
    short.receipts.pop();
    std::fs::write(&file, serde_json::to_vec(&short).unwrap()).unwrap();
    assert_eq!(run(&file).status.code(), Some(1));
    std::fs::write(&file, b"{}").unwrap();
    assert_eq!(run(&file).status.code(), Some(2));
}

#[tokio::test]
async fn a_share_is_sealed_to_no_key_but_the_monitors_own() {
    let portal = Portal::two().await;
    let mut sitting = prepare(&portal, &SMALL).await;
    sitting.announce().await;
    sitting.rehearse().await;
    // Whoever writes tables puts keys of their own in the place of two monitors': enough to open every envelope.
    let mut db = portal.owner().await;
    sqlx::query("update monitor set public_key = $1")
        .bind(lunzhi::sealing::keys::make_pair().1.as_bytes())
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(sitting.keeper.post(&format!("{}/open", sitting.path), &[]).await.status, 500);
    let stage: String = sqlx::query_scalar("select stage from sitting").fetch_one(&mut db).await.unwrap();
    assert_eq!(stage, "rehearsed", "nothing was opened, and no share was dealt");
}

#[tokio::test]
async fn a_slip_replaces_nobodys_own_vote_and_its_voter_is_told() {
    let portal = Portal::two().await;
    let mut sitting = opened(&portal, &SMALL).await;
    let mut printing = sitting.keeper.at(portal.first());
    let made = printing.post_on(&format!("{}/slips", sitting.path), &[("many", "2")]).await;
    let codes = made.all(".slip-code");
    let bind = format!("{}/slips/bind", sitting.path);
    cast(&mut voter(&portal, 2).await, &sitting.id, &[("c1-1", "F")]).await;
    let refused = sitting.keeper.post(&bind, &[("serial", "1"), ("number", &number(2))]).await;
    assert!(refused.status == 422 && refused.fault("领取人学号或姓名").contains("已在网上投票"), "{}", refused.text());
    let mut third = voter(&portal, 3).await;
    assert_eq!(sitting.keeper.post(&bind, &[("serial", "1"), ("number", &number(3))]).await.status, 303);
    assert!(third.get("/inbox").await.text().contains("领取了票号 1"));
    assert!(third.get(&sitting.votes()).await.text().contains("票号 1"));
    cast(&mut third, &sitting.id, &[("c1-2", "F")]).await;
    let before: Vec<u8> = sqlx::query_scalar("select sealed from envelope where voter = 3")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    let mut thief = portal.visitor();
    assert_eq!(thief.post("/slip", &[("code", &codes[0])]).await.status, 303);
    assert!(
        !thief.get("/slip/ballot").await.text().contains("投过票"),
        "a slip tells nobody whether its voter has voted"
    );
    assert_ne!(thief.post("/slip/ballot/cast", &[("c1-1", "F")]).await.status, 200);
    let after: Vec<u8> = sqlx::query_scalar("select sealed from envelope where voter = 3")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(before, after);
}
