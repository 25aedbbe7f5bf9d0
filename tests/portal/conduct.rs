//! Conduct: a report from the first word to the objection (DIS-04, DIS-02), and how officers leave (DIS-05).

use lunzhi::office::OfficeKind;

use crate::support::{
    Client, Page, Portal,
    vetting::{Stage, stage, student_account},
};

/// Reports the officer with that number.
async fn report(client: &mut Client, number: &str, source: &str) -> Page {
    let fields = [
        ("about", "student"),
        ("number", number),
        ("ground", "bureaucratic"),
        ("says", "2026年11月20日在活动现场对同学颐指气使"),
        ("source", source),
    ];
    client.post("/reports", &fields).await
}

/// The address of the first case on the list of the office.
async fn first_case(office: &mut Client) -> String {
    office.get("/conduct").await.attributes("td[data-label='办理'] a", "href").remove(0)
}

async fn note(office: &mut Client, case: &str, kind: &str, day: &str) -> Page {
    let fields = [("kind", kind), ("day", day), ("says", "向在场的三位同学核实，属实")];
    office.post(&format!("{case}/inquiry"), &fields).await
}

async fn decide(office: &mut Client, case: &str, sanction: &str) -> Page {
    let fields = [("sanction", sanction), ("says", "经查属实，依据学生会管理办法第八条")];
    office.post(&format!("{case}/decide"), &fields).await
}

async fn posts_of(portal: &Portal, number: &str) -> i64 {
    let (count,): (i64,) = sqlx::query_as(
        "select count(*) from post p join student s on s.id = p.student_id
         where s.number = $1 and p.voided_at is null and (p.until_day is null or p.until_day > current_date + 30)",
    )
    .bind(number)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    count
}

#[tokio::test]
async fn dis_04_nothing_is_decided_before_it_was_investigated_and_the_person_was_heard() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let mut witness = student_account(&portal, 100).await;
    let mut officer = student_account(&portal, 10).await;
    let nobody = report(&mut witness, "20240101", "confidential").await;
    assert_eq!(nobody.status, 422);
    assert!(nobody.text().contains("没有在学生会任职"), "{}", nobody.text());
    assert!(nobody.text().contains("颐指气使"), "what was typed is still there");
    assert_eq!(report(&mut witness, "20240010", "confidential").await.status, 303);

    let case = first_case(&mut league).await;
    let page = league.get(&case).await;
    assert!(page.text().contains("保密") && !page.text().contains("学生100"), "{}", page.text());
    assert!(page.text().contains("迅速调查核实"), "the clause is quoted");
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let record = party.get("/audit").await.text();
    assert!(record.contains("反映人（保密）") && !record.contains("学生100"), "{record}");
    assert!(record.contains("查看违纪失范件"), "whoever looked is recorded");
    let own = case.replace("/conduct/", "/my-case/");
    assert_eq!(officer.get(&own).await.status, 404, "nobody is told before it is accepted");

    assert_eq!(decide(&mut league, &case, "warning").await.status, 409, "not accepted yet");
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 303);
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 409, "once");
    assert_eq!(officer.get(&own).await.status, 200);
    assert_eq!(witness.get(&own).await.status, 404, "it is not about them");
    let refused = decide(&mut league, &case, "warning").await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("学校团委将迅速调查核实") && refused.text().contains("DIS-04"),
        "{}",
        refused.text()
    );
    assert_eq!(note(&mut league, &case, "inquiry", "2099-01-01").await.status, 422);
    assert_eq!(note(&mut league, &case, "inquiry", &day).await.status, 303);
    let refused = decide(&mut league, &case, "warning").await;
    assert!(refused.status == 409 && refused.text().contains("听取本人陈述"), "{}", refused.text());
    assert_eq!(note(&mut league, &case, "hearing", &day).await.status, 303);
    assert_eq!(decide(&mut league, &case, "warning").await.status, 303);
    assert_eq!(decide(&mut league, &case, "removal").await.status, 409, "what is decided stands");

    assert!(officer.get(&own).await.text().contains("警告"));
    let told = witness.get("/reports").await.text();
    assert!(told.contains("已按规定处理") && !told.contains("警告"), "the reporter learns that, not what: {told}");
    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "")]).await.status, 422);
    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "当时只是提醒")]).await.status, 303);
    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "再一次")]).await.status, 422);
    let harder = [("changed", "removal"), ("says", "加重")];
    assert_eq!(league.post(&format!("{case}/answer"), &harder).await.status, 422, "an objection makes nothing worse");
    let milder = [("changed", "talk"), ("says", "情节较轻，改为谈话提醒")];
    assert_eq!(league.post(&format!("{case}/answer"), &milder).await.status, 303);
    assert!(officer.get(&own).await.text().contains("情节较轻"));
    let paper = league.get(&format!("{case}/decision")).await.text();
    assert!(paper.contains("处理决定书") && paper.contains("送达回执") && paper.contains("谈话提醒"), "{paper}");
    assert!(league.get(&format!("{case}/decision.docx")).await.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn dis_04_of_the_league_committees_own_people_the_party_committee_hears() {
    let Stage { portal, mut league, .. } = stage().await;
    let mut student = student_account(&portal, 100).await;
    let fields =
        [("about", "staff"), ("staff", "团委办公室某老师"), ("ground", "rules"), ("says", "推诿"), ("source", "named")];
    assert_eq!(student.post("/reports", &fields).await.status, 303);
    assert!(league.get("/conduct").await.text().contains("没有正在办理"));
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let case = first_case(&mut party).await;
    assert_eq!(league.get(&case).await.status, 404, "not the accused's own office");
    assert_eq!(portal.signed_in(OfficeKind::CollegeLeague).await.get(&case).await.status, 403);
    let page = party.get(&case).await;
    assert!(page.text().contains("学生100"), "who signs is known to the office that handles it");
    assert_eq!(party.post(&format!("{case}/decline"), &[("says", "")]).await.status, 422);
    assert_eq!(party.post(&format!("{case}/decline"), &[("says", "属于教务管理，请向教务处反映")]).await.status, 303);
    assert!(student.get("/reports").await.text().contains("请向教务处反映"));
}

#[tokio::test]
async fn dis_05_nobody_is_removed_without_a_decision_and_whoever_is_hands_over() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let day = today.to_string();
    let union = school.rsplit('/').next().unwrap().to_owned();
    let mut officer = student_account(&portal, 10).await;
    let mut remove = async |kind: &str| {
        let fields = [
            ("union", union.as_str()),
            ("number", "20240010"),
            ("kind", kind),
            ("day", day.as_str()),
            ("reason", "处理决定"),
        ];
        league.post("/exits", &fields).await
    };
    let refused = remove("removal").await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(text.contains("免职须有免去职务的处理决定") && text.contains("按规定和程序及时予以处理"), "{text}");
    let refused = remove("ineligible").await;
    assert!(refused.status == 409 && refused.text().contains("仍符合任职条件"), "{}", refused.text());
    assert_eq!(remove("").await.status, 422);

    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(report(&mut affairs, "20240010", "").await.status, 303, "an office reports in its own name");
    let case = first_case(&mut league).await;
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 303);
    assert_eq!(note(&mut league, &case, "inquiry", &day).await.status, 303);
    assert_eq!(note(&mut league, &case, "not_heard", &day).await.status, 303);
    assert_eq!(decide(&mut league, &case, "removal").await.status, 303);
    assert!(league.get("/exits").await.text().contains("已被决定免去职务"));
    let fields = [
        ("union", union.as_str()),
        ("number", "20240010"),
        ("kind", "removal"),
        ("day", day.as_str()),
        ("reason", "处理决定"),
    ];
    let done = league.post("/exits", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let exit = done.location().split('?').next().unwrap().to_owned();
    assert_eq!(posts_of(&portal, "20240010").await, 0, "the post ended with it");
    let page = league.get(&exit).await.text();
    assert!(page.contains("待交接") && page.contains("STF-04"), "one head is left, and the page says so: {page}");
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 409, "nothing was handed over");
    let leaving = exit.replace("/exits/", "/leaving/");
    assert_eq!(officer.post(&format!("{leaving}/hand-over"), &[("says", ""), ("to", "")]).await.status, 422);
    let list = [("says", "印章一枚、账册一本，账目结清"), ("to", "学生11")];
    assert_eq!(officer.post(&format!("{leaving}/hand-over"), &list).await.status, 303);
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 303);
    let paper = league.get(&format!("{exit}/form")).await.text();
    assert!(paper.contains("退出登记表") && paper.contains("账册一本") && paper.contains("免职"), "{paper}");
    assert!(!league.get("/exits").await.text().contains("已被决定免去职务"));
}

#[tokio::test]
async fn dis_05_a_resignation_is_the_officers_own_and_is_granted_once() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let union = school.rsplit('/').next().unwrap().to_owned();
    let mut officer = student_account(&portal, 2).await;
    let mut other = student_account(&portal, 100).await;
    let fields = [("union", union.as_str()), ("kind", "resignation"), ("reason", "学业繁重")];
    assert_eq!(other.post("/leaving", &fields).await.status, 422, "they hold no post");
    assert_eq!(officer.post("/leaving", &fields).await.status, 303);
    assert_eq!(officer.post("/leaving", &fields).await.status, 422, "one is under way");
    let page = officer.get("/leaving").await;
    let withdraw = page.attributes("form[action$='/withdraw']", "action").remove(0);
    assert_eq!(other.post(&withdraw, &[]).await.status, 404);
    assert_eq!(officer.post(&withdraw, &[]).await.status, 303);
    assert_eq!(officer.post("/leaving", &fields).await.status, 303);

    let exit = league.get("/exits").await.attributes("td[data-label='办理'] a", "href").remove(0);
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&exit).await.status, 404, "the school's union is not theirs");
    assert_eq!(league.post(&format!("{exit}/grant"), &[("day", "2001-01-01")]).await.status, 422);
    let day = today.to_string();
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let mut client = portal.signed_in(OfficeKind::SchoolLeague).await;
        let (path, day) = (format!("{exit}/grant"), day.clone());
        tasks.push(tokio::spawn(async move { client.post(&path, &[("day", &day)]).await.status }));
    }
    let mut granted = 0;
    for task in tasks {
        granted += usize::from(task.await.unwrap() == 303);
    }
    assert_eq!(granted, 1, "eight at once are one");
    assert_eq!(posts_of(&portal, "20240002").await, 0);
    assert!(officer.get("/leaving").await.text().contains("待交接"));
    assert!(officer.get("/").await.text().contains("办理工作交接"));
}
