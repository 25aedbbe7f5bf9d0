//! 学年更替: what it ends is seen before it is done, it is confirmed by typing, and it can be taken back until something
//! else is built on it.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Client, Page, Portal,
    elected::held,
    union::{ready, rows, union},
};

/// A school's union of the intake of 2024 with a chair on duty; the cohort's key and its number of students.
async fn stage() -> (Portal, Client, String, String, String) {
    let (portal, mut league, today) = ready().await;
    let day = |days: i64| (today + Duration::days(days)).to_string();
    let semester = [("name", "本学期"), ("from", &day(-60)), ("last", &day(100))];
    assert_eq!(league.post("/semesters", &semester).await.status, 303);
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 2, "部门负责人", "综合部") + &rows(12, 4, "部门工作人员", "综合部");
    let path = union(&mut league, "school", &roster, &day(-20), true).await;
    let page = league.get(&format!("{path}/rotation")).await;
    let pick = |id: &str, name: &str| {
        let place = page.all(&format!("#{id} option")).iter().position(|found| found.starts_with(name)).unwrap();
        page.attributes(&format!("#{id} option"), "value").remove(place)
    };
    let fields = [("holder", pick("holder", "学生1")), ("semester", pick("semester", "本学期"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(league.post(&format!("{path}/rotation"), &fields).await.status, 303);
    let turns =
        league.get(&format!("{path}/rotation")).await.attributes("form[action$='/confirm'] input[name=turn]", "value");
    let confirmed = league.post(&format!("{path}/rotation/confirm"), &[("turn", &turns[0]), ("reason", "")]).await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.text());
    let asked = league.get("/rollover").await;
    let place = asked.all("form td label").iter().position(|label| label.starts_with("2024")).unwrap();
    let cohort = asked.attributes("input[name=cohort]", "value").remove(place);
    let students = asked.all("form tbody tr td:nth-child(5)").remove(place);
    (portal, league, path, cohort, students)
}

async fn preview(client: &mut Client, cohort: &str, day: &str) -> Page {
    let page = client.post("/rollover/preview", &[("cohort", cohort), ("day", day)]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

async fn turn(client: &mut Client, cohort: &str, day: &str, seen: &str, typed: [&str; 2]) -> Page {
    let fields = [("cohort", cohort), ("day", day), ("seen", seen), ("people", typed[0]), ("early", typed[1])];
    client.post("/rollover", &fields).await
}

/// Everything that a turn of the year changes, in one text.
async fn standing(portal: &Portal) -> String {
    sqlx::query_scalar(
        "select string_agg(line, ';' order by line) from (
             select 's' || number || coalesce(left_on::text, '') || coalesce(left_why, '') || class_id from student
             union all select 'o' || id || coalesce(until_day::text, '') || coalesce(ended_at::text, '') from office
             union all select 'k' || id || coalesce(ended_on::text, '') || coalesce(merged_into::text, '') from class
             union all select 'p' || id || coalesce(until_day::text, '') from post
             union all select 't' || id || until_day from turn) l(line)",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_cohort_that_is_not_due_is_neither_proposed_nor_graduated_by_two_clicks() {
    let (portal, mut league, _, cohort, students) = stage().await;
    let asked = league.get("/rollover").await;
    assert!(asked.attributes("input[name=cohort][checked]", "value").is_empty(), "nobody is due");
    assert!(asked.all("form tbody tr").iter().all(|row| row.contains("未到")));
    let day = portal.app.clock.today().to_string();
    let page = preview(&mut league, &cohort, &day).await;
    assert!(page.text().contains("还没有到毕业年份"));
    // What ends is listed by union, and what follows.
    let union = page.all("section:nth-of-type(2) tbody tr").remove(0);
    assert!(union.starts_with("校学生会9010") && union.contains("没有人留任"), "{union}");
    assert!(union.contains("当天没有当值执行主席"), "the breach that follows: {union}");
    for label in ["任职", "待生效的任命", "执行主席轮值", "办理中的候选人", "随之出现的不符合项"]
    {
        let sum = page.all(&format!("tfoot td[data-label='{label}']"));
        assert_eq!(sum.len(), 1, "on a phone a figure says what it counts: {label}");
    }
    let before = standing(&portal).await;
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    for typed in [["", ""], [&students, ""], [&students, "2026"], ["7", "2024"]] {
        let refused = turn(&mut league, &cohort, &day, &seen, typed).await;
        assert_eq!(refused.status, 422, "{typed:?}");
    }
    assert_eq!(standing(&portal).await, before);
    // What was seen is what is done: a department's member less, and it is shown again.
    let stale = turn(&mut league, &cohort, &day, &seen.replace("=9/", "=8/"), [&students, "2024"]).await;
    assert_eq!(stale.status, 409);
    assert_eq!(standing(&portal).await, before);
    // In the summer of its year it is proposed.
    portal.app.clock.advance(Duration::days(365 * 4));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let due = league.get("/rollover").await;
    assert!(due.attributes("input[name=cohort][checked]", "value").contains(&cohort));
}

#[tokio::test]
async fn whoever_goes_back_from_the_preview_finds_everything_as_it_was_chosen() {
    let (portal, mut league, _, cohort, _) = stage().await;
    sqlx::query(
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), k.major_id, 2023, n.name
         from class k, student s, unnest(array['软件2301班', '软件2302班']) n(name)
         where k.id = s.class_id and s.number = '20240001'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let asked = league.get("/rollover").await;
    let class = |name: &str| {
        let place = asked.all("#from-1 option").iter().position(|found| found.contains(name)).unwrap();
        asked.attributes("#from-1 option", "value").remove(place)
    };
    let (from, into) = (class("软件2301班"), class("软件2302班"));
    let merger = [("from", ""), ("into", ""), ("from", from.as_str()), ("into", into.as_str())];
    let day = portal.app.clock.today().to_string();
    let leaves = [("cohort", cohort.as_str()), ("day", day.as_str())];
    let [both, alone] = [[&leaves[..], &merger[..]].concat(), merger.to_vec()];
    for (chosen, ticked) in [(both, vec![cohort.clone()]), (alone, Vec::new())] {
        let page = league.post("/rollover/preview", &chosen).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let back = page.attributes("form[action='/rollover'] .actions a", "href").remove(0);
        let asked = league.get(&back).await;
        assert_eq!(asked.attributes("input[name=cohort][checked]", "value"), ticked);
        assert_eq!(asked.field("离校日期"), if ticked.is_empty() { "" } else { day.as_str() });
        assert_eq!((asked.field("被合并的班（1）"), asked.field("并入（1）")), (from.clone(), into.clone()));
    }
}

#[tokio::test]
async fn the_turn_of_the_year_is_taken_back_until_something_is_built_on_it() {
    let (portal, mut league, path, cohort, students) = stage().await;
    let day = portal.app.clock.today().to_string();
    let before = standing(&portal).await;
    let act = async |league: &mut Client| {
        let seen = preview(league, &cohort, &day).await.attributes("input[name=seen]", "value").remove(0);
        // With a comma, as the page writes thousands.
        let (first, rest) = students.split_at(1);
        let done = turn(league, &cohort, &day, &seen, [&format!("{first},{rest} 人"), "２０２４级"]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = league.get("/rollover").await;
        page.attributes("form[action$='/undo']", "action")
    };
    let undo = act(&mut league).await.remove(0);
    assert_ne!(standing(&portal).await, before);
    // Nobody else's office may take it back, nor another university.
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.post(&undo, &[]).await.status, 403);
    let mut others = portal.signed_in_at(crate::support::SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(others.post(&undo, &[]).await.status, 404);
    let back = league.post_on(&undo, &[]).await;
    assert!(back.text().contains("已撤销，学生、班级、任职和候选人都恢复到办理之前"));
    assert_eq!(standing(&portal).await, before, "everything stands as before");
    assert!(league.get("/audit").await.text().contains("撤销学年更替"), "it is recorded");
    assert_eq!(league.post(&undo, &[]).await.status, 409, "once");
    // Something is built on the second one: a department.
    let undo = act(&mut league).await.remove(0);
    portal.app.clock.advance(Duration::minutes(1));
    let after = standing(&portal).await;
    let fields =
        [("name", "宣传部"), ("functions", "新闻宣传"), ("from", day.as_str()), ("ground", "校团委〔2026〕20号")];
    let added = league.post(&format!("{path}/departments"), &fields).await;
    assert_eq!(added.status, 303, "{}", added.text());
    assert!(league.get("/rollover").await.attributes("form[action$='/undo']", "action").is_empty());
    let refused = league.post(&undo, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("校学生会之后办过任命、调整或轮值"), "{}", refused.text());
    assert_eq!(standing(&portal).await, after, "nothing was written");
}

#[tokio::test]
async fn delegates_of_a_congress_that_is_still_to_meet_are_counted_before_they_leave() {
    let (portal, mut league, path, cohort, _) = stage().await;
    let today = portal.app.clock.today();
    let congress = held(&portal, &path, today + Duration::days(10)).await;
    let id = congress.rsplit('/').next().unwrap();
    let mut db = portal.owner().await;
    for statement in [
        "update congress set stage = 'preparing', held_on = null where id = $1::uuid",
        "insert into delegate (id, congress_id, student_id, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 'outside', false, story_now(), g.created_by
         from congress g join student s on s.institution_id = g.institution_id
         where g.id = $1::uuid and s.number between '20240010' and '20240013'",
    ] {
        sqlx::query(statement).bind(id).execute(&mut db).await.unwrap();
    }
    let page = preview(&mut league, &cohort, &today.to_string()).await.text();
    assert!(page.contains("代表 4 名，等待递补的 0 名"), "{page}");
    let later = preview(&mut league, &cohort, &(today + Duration::days(11)).to_string()).await.text();
    assert!(!later.contains("等待递补的"), "it has met before they leave: {later}");
}

#[tokio::test]
async fn a_breach_that_is_smaller_without_those_who_leave_does_not_follow_from_it() {
    let (portal, mut league, today) = ready().await;
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 2, "部门负责人", "综合部") + &rows(12, 7, "部门工作人员", "综合部");
    union(&mut league, "school", &roster, &(today - Duration::days(20)).to_string(), true).await;
    sqlx::query(
        "with one as (
             select s.id, k.major_id from student s join class k on k.id = s.class_id join institution i on i.id = s.institution_id
             where s.number = '20240018' and i.code = 'first'
         ), made as (
             insert into class (id, major_id, entry_year, name) select gen_random_uuid(), major_id, 2023, '软件2301班' from one
             returning id
         )
         update student s set class_id = made.id from made, one where s.id = one.id",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let page = preview(&mut league, "vocational:2023", &today.to_string()).await;
    let union = page.all("section:nth-of-type(2) tbody tr").remove(0);
    assert!(union.starts_with("校学生会1000"), "{union}");
    assert!(!union.contains("超过"), "eight of nine are still two too many: {union}");
}

#[tokio::test]
async fn whoever_was_erased_since_stays_gone_when_a_turn_is_taken_back() {
    let (portal, mut league, _, cohort, students) = stage().await;
    let day = portal.app.clock.today().to_string();
    let seen = preview(&mut league, &cohort, &day).await.attributes("input[name=seen]", "value").remove(0);
    let done = turn(&mut league, &cohort, &day, &seen, [&students, "2024"]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240012"), ("reason", "本人申请")];
    assert_eq!(administrator.post("/retention/erase-one", &one).await.location(), "/retention?erased=1");
    let undo = league.get("/rollover").await.attributes("form[action$='/undo']", "action").remove(0);
    let back = league.post_on(&undo, &[]).await;
    assert!(back.text().contains("已撤销"), "{}", back.text());
    let (gone, there): (i64, i64) = sqlx::query_as(
        "select count(*) filter (where s.erased_at is not null and s.left_on is not null),
                count(*) filter (where s.number = '20240013' and s.left_on is null)
         from student s join institution i on i.id = s.institution_id where i.code = 'first'",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!((gone, there), (1, 1), "they stay gone, the others are back");
}
