//! What is to be done until a congress meets: ticked with its paper, and convened by what is on record.

use lunzhi::office::OfficeKind;

use crate::{
    congress::{fields, preparing, union_named},
    support::{Client, Page, union::ready},
};

const PDF: &[u8] = b"%PDF-1.4 x";

async fn tick(client: &mut Client, path: &str, step: &str, says: &str, scan: bool) -> Page {
    let fields = [("due", ""), ("done", "2026-11-20"), ("says", says)];
    client.upload(&format!("{path}/steps/{step}"), &fields, scan.then_some(("批复.pdf", PDF))).await
}

async fn approve_seats(client: &mut Client, path: &str) {
    assert_eq!(client.post(&format!("{path}/seats"), &[("asked", "yes")]).await.status, 303);
    let done = seats_as_seen(client, path).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

/// Approves the seats that the page shows.
async fn seats_as_seen(client: &mut Client, path: &str) -> Page {
    let seats = format!("{path}/seats");
    let seen = client.get(&seats).await.attributes("input[name=seen]", "value").pop().unwrap_or_default();
    client.post(&format!("{seats}/approve"), &[("seen", &seen)]).await
}

#[tokio::test]
async fn a_congress_is_convened_by_what_is_on_record() {
    let (portal, mut league, path) = preparing().await;
    let convene = format!("{path}/convene");
    assert_eq!(league.post(&convene, &[]).await.status, 422);
    let refused = league.post(&convene, &[("meets", "2026-12-20")]).await;
    assert_eq!(refused.status, 409);
    for missing in ["没有学校党委同意召开的批复", "没有上级学联同意召开的批复", "代表名额还没有批准"]
    {
        assert!(refused.text().contains(missing), "{missing}: {}", refused.text());
    }
    assert_eq!(tick(&mut league, &path, "request_convene", "示学〔2026〕3号", false).await.status, 303);
    let bare = tick(&mut league, &path, "reply_party", "", false).await;
    assert_eq!(bare.status, 422);
    assert!(bare.fault("文号或说明").contains("文号") && bare.text().contains("请上传批复的扫描件"));
    assert_eq!(tick(&mut league, &path, "reply_party", "示党〔2026〕9号", true).await.status, 303);
    assert_eq!(tick(&mut league, &path, "reply_federation", "省学联〔2026〕2号", true).await.status, 303);
    let late = [("due", "2026-11-01"), ("done", ""), ("says", "")];
    assert_eq!(league.upload(&format!("{path}/steps/committee"), &late, None).await.status, 303);
    // Who had the page open before the reply came does not do away with it.
    let blank = tick(&mut league, &path, "reply_party", "另一份", true).await;
    assert!(blank.status == 422 && blank.text().contains("刚才有人改过这一步"), "{}", blank.text());
    assert!(blank.text().contains("示党〔2026〕9号") && blank.field("文号或说明") == "另一份", "{}", blank.text());
    approve_seats(&mut league, &path).await;
    let page = league.get(&format!("{path}/steps")).await;
    assert!(page.text().contains("示党〔2026〕9号") && page.text().contains("逾期"), "{}", page.text());
    let scan = page.attributes("td a[href*='/documents/']", "href").remove(0);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.get(&scan).await.bytes, PDF);
    assert_eq!(portal.signed_in(OfficeKind::Student).await.get(&scan).await.status, 403);
    let done = league.post_on(&convene, &[("meets", "2026-12-20")]).await;
    assert!(done.text().contains("已登记批准召开") && done.text().contains("2026年12月20日"), "{}", done.text());
    assert_eq!(done.all("[aria-current=step] strong"), ["已批准召开"]);
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/inbox").await.text().contains("已批准召开"), "who holds it is told");
    assert_eq!(league.post(&convene, &[("meets", "2026-12-21")]).await.status, 409, "once");
    assert_eq!(league.post(&format!("{path}/edit"), &fields("", "2026-11-01")).await.status, 409, "the day is fixed");
    let missing = league.get(&format!("{path}/steps/nothing")).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn a_convened_congress_is_put_off_with_its_meeting() {
    let (portal, mut league, path) = preparing().await;
    let put_off = format!("{path}/put-off");
    let other = [("meets", "2027-01-09"), ("ground", "示党〔2026〕12号")];
    let early = league.post(&put_off, &other).await;
    assert!(early.status == 409 && early.text().contains("批准召开以后、签到开始以前可以改期"), "{}", early.text());
    for step in ["reply_party", "reply_federation"] {
        assert_eq!(tick(&mut league, &path, step, "示党〔2026〕9号", true).await.status, 303);
    }
    approve_seats(&mut league, &path).await;
    assert_eq!(league.post(&format!("{path}/convene"), &[("meets", "2026-12-20")]).await.status, 303);
    let setup = format!("{path}/meeting/setup");
    let fields = |starts| {
        [("starts", starts), ("place", "礼堂"), ("quorum", "2/3+"), ("majority", "present"), ("source", "practice")]
    };
    let unfit = league.post(&setup, &fields("2027-01-09T14:00")).await;
    assert_eq!(unfit.status, 422, "the meeting is on the day for which the congress is convened");
    assert!(unfit.fault("开会时间").contains("先在学代会日程里登记"), "{}", unfit.text());
    assert_eq!(league.post(&setup, &fields("2026-12-20T14:00")).await.status, 303);
    let unfit = league.post(&put_off, &[("meets", "2026-12-20"), ("ground", "")]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.fault("改后的召开日期").contains("相同") && unfit.fault("依据").contains("批复文号"));
    let done = league.post_on(&put_off, &other).await;
    assert!(done.text().contains("已登记改期"), "{}", done.text());
    let meeting = league.get(&format!("{path}/meeting")).await.text();
    assert!(meeting.contains("2027年1月9日14时00分"), "the meeting keeps its hour: {meeting}");
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/inbox").await.text().contains("改期"), "who holds it is told");
    let mut db = portal.owner().await;
    sqlx::query("update meeting set check_in = 'open', check_in_opened_at = story_now()")
        .execute(&mut db)
        .await
        .unwrap();
    let late = league.post(&put_off, &[("meets", "2027-01-10"), ("ground", "再改")]).await;
    assert!(late.status == 409 && late.text().contains("签到已经开始"), "{}", late.text());
}

#[tokio::test]
async fn con_10_a_college_goes_the_same_way_where_the_plan_says_so() {
    let (portal, mut league, today) = ready().await;
    sqlx::query(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select a.institution_id, a.seq + 1, a.effective_from, v.id, a.adopted_at, a.adopted_by
         from adoption a, plan_version v where v.code = 'jining-2022'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let own = union_named(&mut college, "信息工程系学生会").await;
    let begun = college.post("/congresses/new", &fields(&own, &today.to_string())).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let path = begun.location().split('?').next().unwrap().to_owned();
    assert_eq!(league.get(&format!("{path}/steps/committee")).await.status, 404, "the college keeps its own");
    let refused = college.post(&format!("{path}/convene"), &[("meets", "2026-12-20")]).await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(text.contains("没有院系党组织同意召开的批复") && !text.contains("学联同意"), "{text}");
    assert!(text.contains("其程序同校级学生代表大会一致"), "the clause is quoted: {text}");
    // The same floor as the school's.
    assert_eq!(college.post(&format!("{path}/seats"), &[("asked", "yes"), ("total", "1")]).await.status, 303);
    let refused = seats_as_seen(&mut college, &path).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("代表比例不低于全校学生总数的1%"), "{}", refused.text());
    approve_seats(&mut college, &path).await;
    assert_eq!(tick(&mut college, &path, "reply_party", "信党〔2026〕1号", true).await.status, 303);
    assert_eq!(college.post(&format!("{path}/convene"), &[("meets", "2026-12-20")]).await.status, 303);
}

#[tokio::test]
async fn con_11_the_rules_of_the_congress_are_put_on_file_by_version() {
    let (_portal, mut league, path) = preparing().await;
    let steps = format!("{path}/steps");
    assert!(league.get(&steps).await.text().contains("大会制度没有存档"));
    let unfit = league.upload(&format!("{path}/rules"), &[("name", "制"), ("adopted", "")], None).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.text().contains("至少两个字") && unfit.text().contains("请上传文件的扫描件"));
    for day in ["2025-03-01", "2026-03-01"] {
        let fields = [("name", "学生代表大会制度"), ("adopted", day)];
        let filed = league.upload(&format!("{path}/rules"), &fields, Some(("制度.pdf", PDF))).await;
        assert_eq!(filed.status, 303, "{}", filed.text());
    }
    let page = league.get(&steps).await;
    assert!(page.text().contains("大会制度已存档 2 份"));
    assert_eq!(page.all("td[data-label='通过或印发']"), ["2026-03-01", "2025-03-01"], "the newest version first");
}
