//! A congress from the day on which it is begun: who sees it, who keeps it, what is refused.

use lunzhi::office::OfficeKind;

use crate::support::{
    Client, Portal,
    union::{ready, rows, union},
};

/// The value of the option of the form's unions that begins with that name.
async fn union_named(client: &mut Client, name: &str) -> String {
    let page = client.get("/congresses/new").await;
    let names = page.all("#union option");
    let place = names.iter().position(|found| found.starts_with(name)).expect("the union is not offered");
    page.attributes("#union option", "value").remove(place)
}

/// What is typed into the form of a new congress.
fn fields<'a>(union: &'a str, today: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("union", union), ("year", "2026"), ("ordinal", "第二十三次"), ("counted", today), ("ordinary", "60")]
}

/// A university whose school union prepares its congress; the path of the congress.
async fn preparing() -> (Portal, Client, String) {
    let (portal, mut league, today) = ready().await;
    let today = today.to_string();
    union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today, true).await;
    let school = union_named(&mut league, "校学生会").await;
    let begun = league.post("/congresses/new", &fields(&school, &today)).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let path = begun.location().split('?').next().unwrap().to_owned();
    (portal, league, path)
}

#[tokio::test]
async fn a_congress_is_begun_listed_and_called_off() {
    let (portal, mut league, path) = preparing().await;
    let page = league.get(&path).await;
    assert!(page.heading().ends_with("第二十三次学生代表大会"), "{}", page.heading());
    let list = league.get("/congresses").await;
    assert_eq!(list.all("td[data-label='大会'] a"), ["学校第二十三次学生代表大会"]);
    assert_eq!(list.all("td[data-label='阶段']"), ["筹备"]);
    assert!(league.get("/congresses?year=2020").await.text().contains("没有符合的大会"));
    // Another one of the same union waits for this one to end.
    let school = union_named(&mut league, "校学生会").await;
    let today = portal.app.clock.today().to_string();
    let second = league.post("/congresses/new", &fields(&school, &today)).await;
    assert_eq!(second.status, 409);
    assert!(second.text().contains("还没有办结"), "{}", second.text());
    assert_eq!(league.post(&format!("{path}/call-off"), &[]).await.status, 422, "a reason is asked for");
    let off = league.post_on(&format!("{path}/call-off"), &[("reason", "疫情")]).await;
    assert!(off.text().contains("大会已取消：疫情"), "{}", off.text());
    assert_eq!(league.post(&format!("{path}/call-off"), &[("reason", "再取消")]).await.status, 409);
    let mut fields = fields(&school, &today);
    assert_eq!(league.post("/congresses/new", &fields).await.status, 422, "the same number again");
    fields[2].1 = "第二十四次";
    assert_eq!(league.post("/congresses/new", &fields).await.status, 303);
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.get(&path).await.status, 200, "its delegates come from the colleges");
    assert_eq!(college.get("/congresses/new").await.status, 403);
}

#[tokio::test]
async fn a_form_comes_back_as_it_was_filled_in() {
    let (_portal, mut league, path) = preparing().await;
    let edit = format!("{path}/edit");
    let unfit = [("year", "26"), ("ordinal", "二十三"), ("counted", ""), ("ordinary", "120"), ("meets", "明天")];
    let page = league.post(&edit, &unfit).await;
    assert_eq!(page.status, 422);
    for (label, says) in [
        ("学年（开始的年份）", "四位年份"),
        ("届次", "请写成"),
        ("学生人数的基准日", "请填写日期"),
        ("拟召开日期（未定可不填）", "请填写日期"),
        ("非学生会骨干的代表不少于（%）", "0 至 100"),
    ] {
        let fault = page.fault(label);
        assert!(fault.contains(says) || label.starts_with("学年") && fault.contains("学年开始"), "{label}: {fault}");
    }
    assert_eq!(page.field("届次"), "二十三");
    let fields = [("year", "2026"), ("ordinal", "第六届第一次"), ("counted", "2026-09-30"), ("meets", "2026-12-05")];
    let page = league.post_on(&edit, &fields).await;
    assert!(page.heading().ends_with("第六届第一次学生代表大会"));
    assert!(page.text().contains("2026-12-05"));
}

#[tokio::test]
async fn all_students_meet_in_a_small_college_alone() {
    let (portal, mut league, today) = ready().await;
    let today = today.to_string();
    union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today, true).await;
    let school = union_named(&mut league, "校学生会").await;
    let mut of_all = fields(&school, &today);
    of_all.push(("of_all", "yes"));
    let refused = league.post("/congresses/new", &of_all).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("只有院系可以召开全体学生大会"), "{}", refused.text());
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let own = union_named(&mut college, "信息工程系学生会").await;
    let mut of_all = fields(&own, &today);
    of_all.push(("of_all", "yes"));
    let begun = college.post_on("/congresses/new", &of_all).await;
    assert!(begun.heading().ends_with("信息工程系第二十三次全体学生大会"), "{}", begun.heading());
    assert!(begun.text().contains("不选代表"));
}
