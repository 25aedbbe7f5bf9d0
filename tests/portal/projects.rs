//! Projects: report first, then an open recruitment, hours, and everybody released at the end.

use lunzhi::office::OfficeKind;
use time::{Date, Duration};

use crate::{
    matters::{Signers, applied},
    support::{
        Client, Page, Portal,
        vetting::{Stage, stage, student_account},
    },
};

async fn draft(client: &mut Client, portal: &Portal, union: &str, days: i64, tasks: &str) -> Page {
    let today = portal.app.clock.today();
    let (from, until) = ((today - Duration::days(1)).to_string(), (today + Duration::days(days)).to_string());
    let fields = [
        ("union", union.rsplit('/').next().unwrap()),
        ("title", "校运会志愿服务"),
        ("necessity", "学校委托学生会主办，需要引导和签到"),
        ("place", "田径场"),
        ("starts", &from),
        ("ends", &until),
        ("tasks", tasks),
    ];
    client.post("/projects", &fields).await
}

fn path(done: &Page) -> String {
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().split('?').next().unwrap().to_owned()
}

/// A project that recruits; gives its path.
async fn recruiting(portal: &Portal, league: &mut Client, union: &str, days: i64, tasks: &str) -> String {
    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    let project = path(&draft(&mut officers, portal, union, days, tasks).await);
    let report = [("text", "运动会三天，安排志愿者，制定安全预案")];
    assert_eq!(officers.post(&format!("{project}/report"), &report).await.status, 303);
    assert_eq!(league.post(&format!("{project}/receive"), &[]).await.status, 303);
    assert_eq!(officers.post(&format!("{project}/recruit"), &[]).await.status, 303);
    project
}

/// Volunteers for the first task of the page.
async fn join(student: &mut Client, project: &str) -> Page {
    let page = project.replace("/projects/", "/volunteering/");
    let tasks = student.get(&page).await.attributes("input[name=task]", "value");
    let task = tasks.first().map_or("", String::as_str);
    student.post(&format!("{page}/join"), &[("task", task)]).await
}

async fn hours(client: &mut Client, project: &str, volunteer: &str, day: Date, hours: &str) -> u16 {
    let day = day.to_string();
    let fields = [("day", day.as_str()), ("volunteer", volunteer), ("hours", hours)];
    client.post(&format!("{project}/hours"), &fields).await.status
}

#[tokio::test]
async fn vol_01_necessity_and_prior_report_come_before_recruitment() {
    let Stage { portal, mut league, school, .. } = stage().await;
    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    let wrong = draft(&mut officers, &portal, &school, 10, "引导").await;
    assert!(wrong.status == 422 && wrong.text().contains("任务后面写人数") && wrong.text().contains("田径场"));
    let project = path(&draft(&mut officers, &portal, &school, 10, "引导 2 人").await);
    let refused = officers.post(&format!("{project}/recruit"), &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("以项目化方式招募志愿者") && refused.text().contains("还没有收到事先报告"));
    let mut student = student_account(&portal, 100).await;
    let page = project.replace("/projects/", "/volunteering/");
    assert_eq!(student.get(&page).await.status, 404, "nobody volunteers before");
    assert_eq!(officers.post(&format!("{project}/receive"), &[]).await.status, 409, "not by the union itself");
    assert_eq!(league.post(&format!("{project}/receive"), &[]).await.status, 409, "there is no report");
    assert_eq!(officers.post(&format!("{project}/report"), &[("text", "")]).await.status, 422);
    assert_eq!(officers.post(&format!("{project}/report"), &[("text", "报告")]).await.status, 303);
    assert!(league.get("/").await.text().contains("1 个志愿项目的事先报告待收"));
    assert_eq!(officers.post(&format!("{project}/recruit"), &[]).await.status, 409, "reported is not received");
    assert_eq!(league.post(&format!("{project}/receive"), &[]).await.status, 303);
    assert_eq!(officers.post(&format!("{project}/recruit"), &[]).await.status, 303);
    assert_eq!(officers.post(&format!("{project}/recruit"), &[]).await.status, 409, "once");
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.get(&project).await.status, 404, "not their union's");
    assert!(student.get("/volunteering").await.text().contains("校运会志愿服务"), "open to every student");
    assert_eq!(student.post(&format!("{page}/join"), &[]).await.status, 422);
    assert_eq!(join(&mut student, &project).await.status, 303);
}

#[tokio::test]
async fn vol_02_closing_ends_every_engagement_and_a_volunteer_holds_no_post() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let before = league.get(&school).await.all("tbody tr").len();
    let project = recruiting(&portal, &mut league, &school, 2, "引导 5 人").await;
    let mut student = student_account(&portal, 100).await;
    let mut other = student_account(&portal, 101).await;
    assert_eq!(join(&mut student, &project).await.status, 303);
    assert_eq!(join(&mut other, &project).await.status, 303);
    assert_eq!(league.get(&school).await.all("tbody tr").len(), before, "in no cap");
    assert!(student.get("/my-service").await.text().contains("没有在学生会任职"), "and no post");
    let leave = project.replace("/projects/", "/volunteering/") + "/leave";
    assert_eq!(other.post(&leave, &[]).await.status, 303);
    assert_eq!(other.post(&leave, &[]).await.status, 404);
    assert_eq!(join(&mut other, &project).await.status, 303, "the place is free again");

    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    let volunteers = officers.get(&project).await.attributes("input[name=volunteer]", "value");
    assert_eq!(volunteers.len(), 2);
    assert_eq!(hours(&mut officers, &project, &volunteers[0], today, "2.3").await, 422);
    assert_eq!(hours(&mut officers, &project, &volunteers[0], today, "3.5").await, 303);
    assert_eq!(hours(&mut officers, &project, &volunteers[0], today, "4.25").await, 303, "the same day is put right");
    let book = officers.get(&format!("{project}/hours.xlsx")).await;
    assert!(book.bytes.starts_with(b"PK"));
    let certificate = format!("/volunteers/{}/certificate", volunteers[0]);
    let paper = student.get(&certificate).await;
    assert!(paper.status == 200 && paper.text().contains("累计4.25小时"), "{}", paper.text());
    assert!(student.get(&format!("{certificate}.docx")).await.bytes.starts_with(b"PK"));
    assert_eq!(other.get(&certificate).await.status, 404, "somebody else's");

    // Its last day passes at night.
    portal.app.clock.advance(Duration::days(3));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get("/projects").await;
    assert!(page.text().contains("已逾期") && page.text().contains("还有 2 名志愿者没有解散"), "{}", page.text());
    assert!(league.get("/").await.all(".waiting li.urgent").iter().any(|task| task.contains("办理结项")));
    let mut late = student_account(&portal, 102).await;
    let page = project.replace("/projects/", "/volunteering/");
    assert!(!late.get("/volunteering").await.text().contains("校运会"));
    let task: (String,) =
        sqlx::query_as("select id::text from project_task").fetch_one(&mut portal.owner().await).await.unwrap();
    let refused = late.post(&format!("{page}/join"), &[("task", &task.0)]).await;
    assert!(refused.status == 409 && refused.text().contains("因事用人、事完人散"), "{}", refused.text());
    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officers.post(&format!("{project}/close"), &[("text", "")]).await.status, 422);
    assert_eq!(officers.post(&format!("{project}/close"), &[("text", "圆满完成")]).await.status, 303);
    assert_eq!(officers.post(&format!("{project}/close"), &[("text", "再来")]).await.status, 409);
    let (left,): (i64,) = sqlx::query_as("select count(*) from volunteer where until_at is null")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(hours(&mut officers, &project, &volunteers[0], today, "1").await, 409, "nothing is added");
    let mut student = student_account(&portal, 103).await;
    assert_eq!(join(&mut student, &project).await.status, 422, "there is nothing to choose");
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    let Stage { portal, mut league, school, .. } = stage().await;
    let project = recruiting(&portal, &mut league, &school, 10, "引导 3 人").await;
    let mut tasks = Vec::new();
    for number in 100..116 {
        let mut student = student_account(&portal, number).await;
        let project = project.clone();
        tasks.push(tokio::spawn(async move { join(&mut student, &project).await.status }));
    }
    let mut taken = 0;
    for task in tasks {
        let status = task.await.unwrap();
        assert!(status == 303 || status == 422, "{status}");
        taken += usize::from(status == 303);
    }
    assert_eq!(taken, 3, "sixteen at once for three places");
}

#[tokio::test]
async fn gui_02_a_project_waits_for_the_controlled_matters_that_it_needs() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let money = [("kind", "funds"), ("source", "start"), ("budget", "饮水 200")];
    let matter = applied(&mut officers, today + Duration::days(40), &money).await;
    let id = matter.rsplit('/').next().unwrap();
    let project = path(&draft(&mut officers, &portal, &school, 10, "引导 2 人").await);
    let report = [("text", "运动会三天，需要饮水经费"), ("matter", id)];
    assert_eq!(officers.post(&format!("{project}/report"), &[report[0], ("matter", "x")]).await.status, 400);
    assert_eq!(officers.post(&format!("{project}/report"), &report).await.status, 303);
    let page = league.get(&project).await;
    assert!(page.text().contains("涉及的四类事项") && page.text().contains("审批中"), "{}", page.text());
    assert!(page.attributes("a", "href").contains(&matter), "the report leads to what it needs");
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(affairs.get(&matter).await.status, 403);
    let page = affairs.get(&project).await.text();
    assert!(page.contains("涉及的四类事项 1 件，已批准 0 件") && !page.contains("审批中"), "{page}");
    assert_eq!(league.post(&format!("{project}/receive"), &[]).await.status, 303);
    let refused = officers.post(&format!("{project}/recruit"), &[]).await;
    assert!(refused.status == 409 && refused.text().contains("还有 1 件没有批准"), "{}", refused.text());
    assert!(refused.text().contains("使用经费物资等事项的审核管理"), "the clause");
    signers.approve(&matter).await;
    assert_eq!(officers.post(&format!("{project}/recruit"), &[]).await.status, 303);
    let mut student = student_account(&portal, 100).await;
    assert_eq!(join(&mut student, &project).await.status, 303);
    // The approval is taken back: nothing is done until it is there again, or it is needed no more.
    assert_eq!(league.post(&format!("{matter}/revoke"), &[("reason", "预算有误")]).await.status, 303);
    let volunteer = officers.get(&project).await.attributes("input[name=volunteer]", "value").remove(0);
    assert_eq!(hours(&mut officers, &project, &volunteer, today, "2").await, 409);
    assert_eq!(officers.post(&format!("{project}/matters"), &[]).await.status, 303);
    assert_eq!(hours(&mut officers, &project, &volunteer, today, "2").await, 303);
    // Another union's matter is none of it.
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.post(&format!("{project}/matters"), &[("matter", id)]).await.status, 404);
}

#[tokio::test]
async fn vol_02_a_project_past_its_last_day_stands_on_the_overview_with_a_link() {
    let Stage { portal, mut league, school, .. } = stage().await;
    recruiting(&portal, &mut league, &school, 2, "引导 5 人").await;
    assert!(!league.get("/compliance?rule=VOL-02").await.text().contains("还没有结项"));
    portal.app.clock.advance(Duration::days(3));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let overview = league.get("/compliance?rule=VOL-02").await;
    assert!(overview.text().contains("1 个志愿项目已过结束日期，还没有结项"), "{}", overview.text());
    assert!(overview.text().contains("因事用人、事完人散"), "the clause");
    assert!(overview.attributes(".breaches a", "href").contains(&"/projects".to_owned()));
}
