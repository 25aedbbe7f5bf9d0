//! What waits for an office: its list, and what is late.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::vetting::{Opening, Stage, apply, assert_counted, batch, open, stage, student_account};

#[tokio::test]
async fn what_is_late_is_shown_to_the_office_and_to_the_one_above() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut student = student_account(&portal, 131).await;
    apply(&mut student, &round, "ordinary").await;
    // Three working days, over the longest holiday too.
    portal.app.clock.advance(Duration::days(16));
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let home = branch.get("/").await;
    assert!(home.text().contains("其中 1 件已逾期"), "{}", home.text());
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert!(league.get("/").await.text().contains("下级有 1 件遴选逾期未办"));
    assert!(league.get("/vetting").await.text().contains("班级团支部，1 件"));
    let mut school = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(school.get("/vetting").await.text().contains("班级团支部，1 件"));
}

#[tokio::test]
async fn a_long_list_stops_at_its_page_and_says_how_many_there_are() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let came = sqlx::query(
        r#"insert into vetting_case (id, number, institution_id, round_id, place_id, student_id, college_id, class_id,
                                     origin, source, pledge, pledged_at, evidence, created_at, submitted_at, stage, step, visit,
                                     furthest, due_on)
           select gen_random_uuid(), 1000 + s.place, r.institution_id, r.id, p.id, s.id, m.college_id, k.id, 'applied',
                  'ordinary', '公约', story_now(), '{"on": "2026-11-01", "conditions": [], "rank": [1, 40], "failed": 0, "political": "共青团员"}',
                  story_now(), story_now(), 'at', 0, 1, 0, $2 + (s.place % 3)::integer
           from vetting_round r join vetting_place p on p.round_id = r.id
                join lateral (select id, class_id, row_number() over (order by number) as place from student
                              where institution_id = r.institution_id and number >= '20240050') s on s.place <= 60
                join class k on k.id = s.class_id join major m on m.id = k.major_id
           where r.id = $1::uuid"#,
    )
    .bind(round.rsplit('/').next().unwrap())
    .bind(today)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(came.rows_affected(), 60);
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let first = branch.get("/vetting").await;
    assert_eq!(first.attributes("tbody input[name=case]", "value").len(), 50);
    assert!(first.text().contains("待我办理 60"), "{}", first.text());
    // What is due first comes first: twenty are due each day.
    let numbers = first.all("td[data-label='编号']");
    assert_eq!((numbers[0].as_str(), numbers[19].as_str(), numbers[20].as_str()), ("1003", "1060", "1001"));
    let second = branch.get("/vetting?page=1").await;
    assert_eq!(second.attributes("tbody input[name=case]", "value").len(), 10);
    assert!(second.text().contains("待我办理 60"), "{}", second.text());
    assert_eq!(second.all("td[data-label='编号']").last().map(String::as_str), Some("1059"));
    // What comes back comes back on the page on which it was ticked.
    let (ticked, action) = (
        second.attributes("tbody input[name=case]", "value").remove(9),
        second.attributes("form[action^='/vetting?']", "action").remove(0),
    );
    let unfit = branch.post(&action, &[("case", ticked.as_str())]).await;
    assert_eq!(unfit.status, 422, "{}", unfit.text());
    assert_eq!(unfit.attributes("tbody input[name=case][checked]", "value"), [ticked]);
    let one = branch.get("/vetting?q=1007").await;
    assert!(one.text().contains("待我办理 1") && !one.text().contains("待我办理 60"), "{}", one.text());
    assert_eq!(branch.get("/vetting?late=yes").await.attributes("tbody input[name=case]", "value").len(), 0);
    assert_eq!(branch.get("/").await.all(".waiting li").iter().filter(|one| one.contains("办理 60 件遴选")).count(), 1);
    // One step further they wait for the college's League organisation, and for no branch.
    let fields: Vec<(String, String)> =
        first.attributes("tbody input[name=case]", "value").into_iter().map(|case| ("case".to_owned(), case)).collect();
    let done =
        batch(&mut branch, &fields, &[("verdict", "agree"), ("words", "政治坚定，品行端正，愿意服务同学")]).await;
    assert!(done.text().contains("已对 50 人签署") && done.text().contains("点姓名可以收回"), "{}", done.text());
    assert!(branch.get("/vetting").await.text().contains("待我办理 10"));
    let waits = league.get("/vetting?many=yes").await;
    assert_eq!(waits.attributes("tbody input[name=case]", "value").len(), 50);
    // An office of the whole university reads the counts that are kept.
    let page = portal.signed_in(OfficeKind::SchoolLeague).await.get(&round).await;
    assert!(page.text().contains("共 60 件"), "{}", page.text());
    assert_counted(&portal).await;
}
