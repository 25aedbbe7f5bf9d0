//! One congress from its seats to its filing: what a secretary of the League committee does at a desk, while branches recommend,
//! students and delegates vote, and monitors count.

use std::path::{Path, PathBuf};

use fantoccini::Locator;
use lunzhi::office::OfficeKind;
use serde_json::json;
use tempfile::TempDir;
use time::Duration;

use super::{Desk, journey_after};
use crate::{
    congress::preparing,
    delegates::Prepared,
    support::{
        Portal,
        sitting::{Sitting, cast, number, see_other, voters},
    },
};

const SCAN: &[u8] = b"%PDF-1.7 signed";

/// What the journey goes on with: the congress and those who work for it, and a signed paper as a file.
struct Begun {
    congress: Prepared,
    scan: PathBuf,
    _folder: TempDir,
}

/// A university of twenty students whose school union prepares its congress.
async fn begun() -> (Portal, Begun) {
    let (portal, league, path) = preparing().await;
    sqlx::query("update student set left_on = '2025-07-01', left_why = 'graduated' where number > '20240020'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("批复.pdf");
    std::fs::write(&scan, SCAN).unwrap();
    let congress = Prepared {
        branch: portal.signed_in(OfficeKind::ClassBranch).await,
        union: portal.signed_in(OfficeKind::CollegeUnion).await,
        today: portal.app.clock.today(),
        portal: portal.with(portal.app.clone()),
        league,
        path,
    };
    (portal, Begun { congress, scan, _folder: folder })
}

/// Fills a field for a day or a choice: how its keys are typed depends on the machine's language.
async fn set(desk: &Desk, id: &str, value: &str) {
    let script = "document.getElementById(arguments[0]).value = arguments[1]";
    desk.browser.execute(script, vec![json!(id), json!(value)]).await.unwrap();
}

/// Sends the form of a step by its own button.
async fn submit(desk: &Desk, form: &str) {
    desk.press_at(Locator::Css(&format!("form[action$='{form}'] button"))).await;
}

async fn said(desk: &Desk, words: &str) {
    let text = desk.text().await;
    assert!(text.contains(words), "{words}: {text}");
}

/// Hours have passed: whoever works on signs in again.
async fn sign_in_again(desk: &Desk, congress: &mut Prepared) {
    desk.sign_in(OfficeKind::SchoolLeague).await;
    congress.league = congress.portal.signed_in(OfficeKind::SchoolLeague).await;
}

async fn share_seats(desk: &Desk, path: &str) {
    desk.go(path).await;
    desk.judge("a congress that is prepared").await;
    desk.go(&format!("{path}/seats")).await;
    desk.judge("the seats to share out").await;
    desk.fill("名额总数（不填按最低数）", "3").await;
    desk.fill("其中学生会自身的名额", "0").await;
    // No society is a main one this time: its delegate would come about in another way.
    let none = "document.querySelectorAll('input[name=society]').forEach((one) => { one.checked = false })";
    desk.browser.execute(none, vec![]).await.unwrap();
    desk.press("保存为名额方案").await;
    desk.judge("the seats as they are drafted").await;
    desk.press("批准名额方案").await;
    said(desk, "名额方案已批准").await;
    desk.judge("the seats that bind").await;
}

/// Recommended by the branch, elected by the students, listed by the college's union; received and examined at the desk.
async fn elect_delegates(desk: &Desk, congress: &mut Prepared) {
    let path = congress.path.clone();
    desk.go(&format!("{path}/delegates")).await;
    desk.judge("how delegates come about").await;
    set(desk, "closes", &(congress.today + Duration::days(10)).to_string()).await;
    desk.fill("差额（%）", "20").await;
    desk.press("开始推荐").await;
    desk.judge("recommending has begun").await;
    for student in 5..=8 {
        see_other(&congress.recommend(student).await);
    }
    desk.go(&format!("{path}/delegates/recommendations")).await;
    desk.judge("those who are recommended").await;
    let made = see_other(&congress.make_election().await);
    let mut sitting = congress.sitting(&made).await;
    sitting.announce().await;
    sitting.rehearse().await;
    sitting.act("open", &[]).await;
    congress.portal.app.clock.advance(Duration::minutes(70));
    for mut client in voters(&congress.portal, 1..=16).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "F"), ("c1-3", "F")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    see_other(&congress.list(&[5, 6, 7], &[]).await);
    sign_in_again(desk, congress).await;
    said(desk, "接收代表名单 1 份").await;
    desk.go(&format!("{path}/delegates")).await;
    desk.judge("a list that was handed in").await;
    desk.press("接收").await;
    desk.judge("a list that was received").await;
    desk.go(&format!("{path}/delegations")).await;
    desk.press("按院系组成代表团").await;
    desk.judge("delegations").await;
    desk.go(&format!("{path}/qualification")).await;
    desk.judge("the report on the delegates").await;
    desk.fill("审查小组成员", "王老师\n李老师").await;
    desk.browser.find(Locator::Id("sure")).await.unwrap().click().await.unwrap();
    desk.press("通过").await;
    desk.judge("the report is adopted").await;
}

async fn convene(desk: &Desk, congress: &mut Prepared, scan: &Path) {
    let (path, day) = (congress.path.clone(), congress.portal.app.clock.today().to_string());
    desk.go(&format!("{path}/papers/request-convene")).await;
    desk.judge("a request").await;
    desk.fill("发文字号", "学会[2026]3号").await;
    desk.press("保存").await;
    said(desk, "学会〔2026〕3号").await;
    desk.judge("a request with its number").await;
    desk.go(&format!("{path}/steps/reply_party")).await;
    desk.judge("a step").await;
    set(desk, "done", &day).await;
    desk.fill("文号或说明", "示党〔2026〕9号").await;
    desk.attach("扫描件（PDF、JPG、PNG）", scan).await;
    desk.press("保存").await;
    let reply = [("due", ""), ("done", day.as_str()), ("says", "省学联〔2026〕2号")];
    let steps = format!("{path}/steps/reply_federation");
    see_other(&congress.league.upload(&steps, &reply, Some(("批复.pdf", SCAN))).await);
    desk.go(&format!("{path}/steps")).await;
    desk.judge("the order of business").await;
    set(desk, "meets", &day).await;
    desk.press("登记批准召开").await;
    said(desk, "已登记批准召开").await;
}

async fn meet(desk: &Desk, congress: &mut Prepared) {
    let path = congress.path.clone();
    desk.go(&format!("{path}/meeting/setup")).await;
    desk.judge("a meeting to arrange").await;
    desk.fill("会场", "大学生活动中心").await;
    for (id, value) in [("quorum", "2/3+"), ("majority", "present"), ("source", "practice")] {
        set(desk, id, value).await;
    }
    desk.fill("排数", "3").await;
    desk.fill("每排座位数", "4").await;
    desk.press("保存").await;
    let item = [("kind", "election"), ("title", "选举主席团"), ("speaker", ""), ("document", "")];
    see_other(&congress.league.post(&format!("{path}/meeting/agenda"), &item).await);
    desk.go(&format!("{path}/meeting")).await;
    desk.judge("the meeting with its agenda").await;
    desk.go(&format!("{path}/check-in/desks")).await;
    desk.press("开始签到").await;
    desk.judge("check-in has begun").await;
    desk.go(&format!("{path}/check-in")).await;
    for student in 5..=7 {
        desk.fill("学号、代表证号或姓名", &number(student)).await;
        desk.press("签到").await;
    }
    said(desk, "实到 3").await;
    desk.go(&format!("{path}/meeting/screen")).await;
    said(desk, "实到").await;
    desk.judge("the projector's page").await;
}

/// The sealed ballot of those who are there.
async fn elect_presidium(desk: &Desk, congress: &mut Prepared) {
    let meeting = format!("{}/meeting", congress.path);
    desk.go(&meeting).await;
    desk.press("建立选举场次").await;
    desk.judge("an election is made").await;
    let league = &mut congress.league;
    let path = league.get(&meeting).await.attributes("a[href^='/sittings/']", "href").remove(0);
    let contests = league.get(&path).await.attributes("a[href*='/contests/']", "href");
    let contest = contests.into_iter().find(|href| !href.ends_with("/new")).unwrap();
    let stand = [("numbers", "20240009\n20240010"), ("origin", "遴选确定")];
    see_other(&league.post(&format!("{contest}/candidates"), &stand).await);
    let kinds = [OfficeKind::StudentAffairs, OfficeKind::SchoolParty, OfficeKind::ClassBranch];
    let mut monitors = Vec::new();
    for (kind, chief) in kinds.into_iter().zip(["yes", "", ""]) {
        see_other(&league.post(&format!("{path}/monitors"), &[("number", kind.slug()), ("chief", chief)]).await);
        monitors.push((congress.portal.signed_in(kind).await, String::new()));
    }
    let id = path.rsplit('/').next().unwrap().to_owned();
    let mut sitting = Sitting { path, id, contests: vec![contest], keeper: league.clone(), monitors };
    desk.go(&sitting.path).await;
    desk.judge("the election is ready").await;
    sitting.announce().await;
    sitting.rehearse().await;
    sitting.act("open", &[]).await;
    congress.portal.app.clock.advance(Duration::minutes(31));
    sign_in_again(desk, congress).await;
    sitting.keeper = congress.league.clone();
    for ((client, _), kind) in sitting.monitors.iter_mut().zip(kinds) {
        *client = congress.portal.signed_in(kind).await;
    }
    for mut client in voters(&congress.portal, 5..=7).await {
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", "A")]).await;
    }
    sitting.count().await;
    sitting.act("report", &[]).await;
    desk.go(&sitting.path).await;
    said(desk, "请在大会的选举结果里登记、办理").await;
    desk.judge("the election is reported").await;
}

async fn sign_minutes(desk: &Desk, congress: &Prepared) {
    let minutes = format!("{}/minutes", congress.path);
    desk.go(&minutes).await;
    desk.judge("the minutes as they are put together").await;
    desk.press("保存").await;
    desk.go(&format!("{}/check-in/desks", congress.path)).await;
    desk.press("结束签到").await;
    desk.go(&minutes).await;
    set(desk, "held_on", &congress.portal.app.clock.today().to_string()).await;
    desk.press("签发").await;
    said(desk, "大会已记为召开").await;
    desk.judge("the minutes are signed").await;
}

async fn file_result(desk: &Desk, path: &str, scan: &Path) {
    desk.go(&format!("{path}/result")).await;
    said(desk, "本次大会的选举场次选出 1 人，从监票报告取得").await;
    desk.judge("a result from the monitors' report").await;
    desk.press("登记").await;
    said(desk, "选举结果已登记").await;
    desk.judge("a result that was taken down").await;
    submit(desk, "/result/announce").await;
    desk.judge("told to the congress").await;
    desk.fill("批复文号", "校党〔2026〕30号").await;
    desk.attach("文件扫描件", scan).await;
    submit(desk, "/result/approve").await;
    desk.judge("approved").await;
    submit(desk, "/result/send").await;
    desk.judge("sent").await;
    desk.fill("回执文号（编号）", "学联〔2026〕8号").await;
    submit(desk, "/result/file").await;
    said(desk, "已备案，大会办结").await;
    desk.judge("filed").await;
    desk.go(&format!("{path}/result/papers/filing")).await;
    desk.judge("the report for the filing").await;
}

#[test]
fn a_league_secretary_goes_from_the_seats_to_the_filing() {
    journey_after(false, begun, async |desk, mut begun| {
        let path = begun.congress.path.clone();
        let congress = &mut begun.congress;
        desk.sign_in(OfficeKind::SchoolLeague).await;
        desk.press("学代会").await;
        desk.judge("the congresses").await;
        share_seats(desk, &path).await;
        elect_delegates(desk, congress).await;
        convene(desk, congress, &begun.scan).await;
        meet(desk, congress).await;
        elect_presidium(desk, congress).await;
        sign_minutes(desk, congress).await;
        file_result(desk, &path, &begun.scan).await;
    });
}
