//! Education: the pledge before a post and each academic year (DIS-01), training (DIS-02), the constitution (DIS-03).

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Client, Page,
    union::appoint,
    vetting::{Stage, stage, student_account},
};

async fn keep_text(league: &mut Client, from: &str) -> Page {
    let fields =
        [("title", "学生会干部自律公约"), ("body", "一、坚定理想信念。\n二、全心全意服务同学。"), ("from", from)];
    league.upload("/pledges/text", &fields, None).await
}

#[tokio::test]
async fn dis_01_nobody_begins_in_a_post_before_the_pledge_is_signed() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut student = student_account(&portal, 60).await;
    assert!(student.get("/pledge").await.text().contains("现在不用签署"));
    let empty = league.upload("/pledges/text", &[("title", "公"), ("from", "2001-01-01")], None).await;
    assert_eq!(empty.status, 422);
    assert_eq!(empty.all(".faults li").len(), 3, "{}", empty.text());
    assert_eq!(keep_text(&mut league, &today.to_string()).await.status, 303);

    let refused = appoint(&mut league, &school, 60, "staff", "办公室", today).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("还没有签署《学生会干部自律公约》"), "{}", refused.text());
    assert!(refused.text().contains("落实《学生会干部自律公约》"), "the clause is quoted: {}", refused.text());

    assert!(student.get("/pledge").await.text().contains("全心全意服务同学"));
    assert_eq!(student.post("/pledge", &[]).await.status, 422, "unread");
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let mut client = portal.visitor();
        client.sign_in(crate::support::FIRST, "20240060", crate::support::PASSWORD).await;
        tasks.push(tokio::spawn(async move { client.post("/pledge", &[("sure", "yes")]).await.status }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap(), 303, "signing twice is signing");
    }
    let own = student.get("/pledge").await;
    assert!(own.text().contains("已签署"), "{}", own.text());
    assert_eq!(own.all("main ul li").len(), 1, "once: {}", own.text());
    let done = appoint(&mut league, &school, 60, "staff", "办公室", today).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

#[tokio::test]
async fn dis_01_who_has_not_signed_this_year_is_listed_and_reminded() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    keep_text(&mut league, &today.to_string()).await;
    let mut officer = student_account(&portal, 1).await;
    assert!(officer.get("/").await.text().contains("签署自律承诺"));
    let list = league.get("/pledges").await;
    assert!(list.text().contains("校学生会：已签署 0/8"), "{}", list.text());
    assert!(list.text().contains("学生10（20240010），办公室 部门负责人"), "{}", list.text());
    assert_eq!(league.post("/pledges/remind", &[]).await.status, 303);
    assert!(officer.get("/inbox").await.text().contains("请签署《学生会干部自律公约》"));
    officer.post("/pledge", &[("sure", "yes")]).await;
    let waits = officer.get("/").await.all(".waiting li");
    assert!(waits.iter().all(|task| !task.contains("签署自律承诺")), "{waits:?}");
    assert!(league.get("/pledges").await.text().contains("校学生会：已签署 1/8"));
    let findings = league.get(&format!("{school}/findings")).await;
    assert!(findings.text().contains("自律公约"), "{}", findings.text());
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let list = college.get("/pledges").await;
    assert!(list.text().contains("信息工程系学生会") && !list.text().contains("校学生会："), "its own alone");
    assert_eq!(college.upload("/pledges/text", &[("title", "公约")], None).await.status, 403);
}

#[tokio::test]
async fn dis_02_a_training_is_announced_and_who_came_is_taken_down() {
    let Stage { portal, mut league, school, college, today, .. } = stage().await;
    let (school, college) = (school.rsplit('/').next().unwrap(), college.rsplit('/').next().unwrap());
    let empty = league.post("/trainings", &[]).await;
    assert_eq!((empty.status, empty.all(".faults li").len()), (422, 5));
    let (on, later) = (today.to_string(), (today + Duration::days(3)).to_string());
    let fields = |day| {
        [
            ("union", school),
            ("union", college),
            ("title", "秋季培训"),
            ("day", day),
            ("place", "报告厅"),
            ("says", "章程"),
        ]
    };
    let ahead = league.post("/trainings", &fields(later.as_str())).await;
    let ahead = ahead.location().split('?').next().unwrap().to_owned();
    assert_eq!(league.post(&format!("{ahead}/attendance"), &[]).await.status, 409, "nobody was there yet");
    let done = league.post("/trainings", &fields(on.as_str())).await;
    let training = done.location().split('?').next().unwrap().to_owned();
    let page = league.get(&training).await;
    assert_eq!(page.attributes("input[name=came]", "value").len(), 15, "{}", page.text());
    assert_eq!(page.all("details.fold summary").len(), 2, "folded by union, with how many are expected");
    let came = page.attributes("input[name=came]", "value");
    assert!(came.iter().all(|value| value.len() < 10), "a form has room for thousands: {came:?}");
    let ticked: Vec<(&str, &str)> = came.iter().take(12).map(|number| ("came", number.as_str())).collect();
    let nobody = [("came", came[0].as_str()), ("came", training.rsplit('/').next().unwrap())];
    assert_eq!(league.post(&format!("{training}/attendance"), &nobody).await.status, 400, "no tick is passed over");
    assert_eq!(league.post(&format!("{training}/attendance"), &ticked).await.status, 303);
    assert!(league.get(&training).await.text().contains("到会 12 人"));
    let mut officer = student_account(&portal, 1).await;
    assert!(officer.get("/pledge").await.text().contains("秋季培训"));
    assert!(officer.get("/inbox").await.text().contains("培训：秋季培训"));
    let mut own = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert!(own.get("/trainings").await.text().contains("秋季培训"));
    let others = own.post(&format!("{training}/attendance"), &[]).await;
    assert_eq!(others.status, 404, "it is of the school's union too");
}

#[tokio::test]
async fn dis_03_a_unions_constitution_is_on_file_with_its_versions() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let page = format!("{school}/constitution");
    assert!(league.get(&page).await.text().contains("依章程"));
    let findings = league.get(&format!("{school}/findings")).await;
    assert!(findings.text().contains("系统里没有章程"), "{}", findings.text());
    assert_eq!(league.upload(&page, &[], None).await.status, 422);
    let old = (today - Duration::days(400)).to_string();
    for day in [old.as_str(), "2026-01-10"] {
        let fields =
            [("name", "学生会章程"), ("adopted_by", "第六次学生代表大会"), ("adopted_on", day), ("from_day", "")];
        let done = league.upload(&page, &fields, Some(("章程.pdf", b"%PDF-1.4 text"))).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let versions = union.get(&page).await;
    assert_eq!((versions.all("tbody tr").len(), versions.all("tbody .tag-pass").len()), (2, 1));
    let file = versions.attributes("td[data-label='全文'] a", "href").remove(0);
    assert_eq!(union.get(&file).await.status, 200);
    assert_eq!(union.upload(&page, &[], None).await.status, 403, "it is read, not kept, there");
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&file).await.status, 404, "of another union");
    let findings = league.get(&format!("{school}/findings")).await;
    assert!(findings.text().contains("存档 2 版"), "{}", findings.text());
}
