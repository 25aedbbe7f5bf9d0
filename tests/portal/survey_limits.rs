//! However many questionnaires and measures others make, nobody's own are hidden by them (RGT-03).

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    questionnaires::{answer, draft, ended, number, opened, setup},
    vetting::{Stage, stage, student_account},
};

#[tokio::test]
async fn drafts_of_others_hide_no_questionnaire() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "yes", &[]).await;
    // More than a list has, of the League committee, and later.
    sqlx::query(
        "insert into survey (id, institution_id, union_id, title, purpose, anonymous, stage, opens_at, closes_at, years,
                             made_at, made_by)
         select gen_random_uuid(), q.institution_id, null, '别人的草稿' || n, '说明', true, 'draft',
                q.opens_at + interval '100 days', q.opens_at + interval '110 days', '{}', q.made_at, q.made_by
         from survey q, generate_series(1, 210) n",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/surveys").await.text();
    assert!(page.contains("等你作答（1）") && !page.contains("别人的草稿"), "{page}");
    assert_eq!(answer(&mut student, &path, "1", "").await.status, 303);
    assert!(student.get("/surveys").await.text().contains("你答过的，等公布结果（1）"));
    let page = union.get("/surveys").await.text();
    assert!(page.contains("本单位组织的（1）") && !page.contains("别人的草稿"), "{page}");
    let mut union = ended(&portal).await;
    assert!(union.get("/").await.text().contains("统计调研“食堂满意度调研”"));
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    let findings = [("findings", "排队太久"), ("publish", "yes")];
    assert_eq!(union.post(&format!("{path}/findings"), &findings).await.status, 303);
    assert!(union.get("/surveys").await.text().contains("已公布的结果（1）"));
}

#[tokio::test]
async fn a_host_has_ten_drafts_however_many_make_them_at_once() {
    let Stage { portal, mut league, .. } = stage().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..14 {
        let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
        let own = setup(&portal, "yes");
        tasks.spawn(async move {
            let fields: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
            union.post("/surveys", &fields).await.status
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!((&statuses[..10], &statuses[10..]), (&[303; 10][..], &[409; 4][..]));
    assert_eq!(number(&portal, "select count(*) from survey").await, 10);
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let refused = draft(&portal, &mut union, "yes", &[]).await;
    assert!(refused.status == 409 && refused.text().contains("最多有 10 份草稿"), "{}", refused.text());

    // Nor does another's draft become one of them; another host has its own.
    let school = "select u.id::text from student_union u join institution i on i.id = u.institution_id
                  where u.kind = 'school' and i.code = 'first'";
    let (school,): (String,) = sqlx::query_as(school).fetch_one(&mut portal.owner().await).await.unwrap();
    let made = draft(&portal, &mut league, "yes", &[("host", "league")]).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let path = made.location().split("/desk").next().unwrap().to_owned();
    let own = setup(&portal, "yes");
    let mut fields: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("host", school.as_str()));
    let refused = league.post(&format!("{path}/change"), &fields).await;
    assert!(refused.status == 409 && refused.text().contains("最多有 10 份草稿"), "{}", refused.text());

    // One that is put away makes room.
    let desk = union.get("/surveys").await.attributes("a[href^='/surveys/'][href$='/desk']", "href").remove(0);
    assert_eq!(union.post(&desk.replace("/desk", "/discard"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{path}/change"), &fields).await.status, 303);
}

#[tokio::test]
async fn a_questionnaire_has_fifty_measures() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = opened(&portal, &mut union, "no", &[]).await;
    assert_eq!(union.post(&format!("{path}/close"), &[]).await.status, 303);
    sqlx::query(
        "insert into survey_measure (id, survey_id, says, responsible, due_on, made_at)
         select gen_random_uuid(), id, '增开窗口', '后勤管理处', story_day() + 100, story_now() from survey, generate_series(1, 46)",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let due = (portal.app.clock.today() + Duration::days(3)).to_string();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
        let (path, due) = (path.clone(), due.clone());
        tasks.spawn(async move {
            let measure = [("says", "增开窗口"), ("responsible", "后勤管理处"), ("due_on", due.as_str())];
            union.post(&format!("{path}/measures"), &measure).await.status
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 303, 303, 409, 409, 409, 409]);
    assert_eq!(number(&portal, "select count(*) from survey_measure").await, 50);
}
