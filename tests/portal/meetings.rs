//! Meetings of a union: who calls them, what they decide, and the working meeting with the colleges.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Client, FIRST, PASSWORD, Page, Portal,
    vetting::{Stage, stage, student_account},
};

/// Puts a member of the presidium on duty, from so many days before today on.
async fn on_duty(portal: &Portal, union: &str, number: u32, from: i64, until: i64) {
    let today = portal.app.clock.today();
    sqlx::query(
        "insert into turn (id, union_id, student_id, from_day, until_day, state, proposed_at)
         select gen_random_uuid(), $1::uuid, s.id, $3, $4, 'confirmed', story_now() from student s
                join institution i on i.id = s.institution_id where s.number = $2 and i.code = $5",
    )
    .bind(union.rsplit('/').next().unwrap())
    .bind(format!("2024{number:04}"))
    .bind(today + Duration::days(from))
    .bind(today + Duration::days(until))
    .bind(FIRST)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

/// A moment as the form sends it.
fn at(portal: &Portal, minutes: i64) -> String {
    let at = portal.app.clock.now() + Duration::minutes(minutes);
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

async fn call(client: &mut Client, union: &str, kind: &str, starts: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![
        ("union", union.rsplit('/').next().unwrap()),
        ("kind", kind),
        ("title", "第一次会议"),
        ("starts", starts),
        ("place", "活动中心"),
        ("agenda", "研究工作计划\n研究分工"),
    ];
    fields.extend_from_slice(more);
    client.post("/union-meetings/new", &fields).await
}

fn path(done: &Page) -> String {
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().split('?').next().unwrap().to_owned()
}

/// Takes down who came, in the order of the page.
async fn attend(client: &mut Client, meeting: &str, presences: &[&str]) -> Page {
    let members = client.get(meeting).await.attributes("input[name=member]", "value");
    let mut fields = Vec::new();
    for (place, member) in members.iter().enumerate() {
        fields.push(("member", member.as_str()));
        fields.push(("presence", presences.get(place).copied().unwrap_or("present")));
    }
    client.post(&format!("{meeting}/attendance"), &fields).await
}

async fn decide(client: &mut Client, meeting: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![("says", "通过工作计划")];
    fields.extend_from_slice(more);
    client.post(&format!("{meeting}/decide"), &fields).await
}

const MAJOR: [(&str, &str); 5] = [("major", "yes"), ("report", "none"), ("yes", "3"), ("no", "0"), ("abstained", "0")];

#[tokio::test]
async fn org_06_only_the_executive_chair_on_duty_calls_the_presidium() {
    let Stage { portal, mut league, school, .. } = stage().await;
    on_duty(&portal, &school, 1, -5, 60).await;
    let mut chair = student_account(&portal, 1).await;
    let mut member = student_account(&portal, 2).await;
    let starts = at(&portal, 24 * 60);
    let refused = call(&mut member, &school, "presidium", &starts, &[]).await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(text.contains("执行主席负责召集会议") && text.contains("只由当值执行主席召集"), "{text}");
    assert_eq!(
        call(&mut portal.signed_in(OfficeKind::SchoolUnion).await, &school, "presidium", &starts, &[]).await.status,
        409
    );
    let mut stranger = student_account(&portal, 150).await;
    assert_eq!(call(&mut stranger, &school, "presidium", &starts, &[]).await.status, 404);

    let wrong = call(&mut chair, &school, "presidium", "2001-01-01T10:00", &[]).await;
    assert!(wrong.status == 422 && wrong.text().contains("三十天") && wrong.text().contains("研究分工"));
    let meeting = path(&call(&mut chair, &school, "presidium", &starts, &[]).await);
    assert!(member.get("/inbox").await.text().contains("会议通知"), "the members are told");
    assert!(member.get("/").await.text().contains("参加第一次会议"));
    let file = member.get(&format!("{meeting}/calendar.ics")).await;
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("SEQUENCE:0"), "{text}");
    assert_eq!(stranger.get(&meeting).await.status, 404);
    // Each is led back to a list that opens for them.
    for (client, list) in [(&mut member, "/my-meetings"), (&mut league, "/union-meetings")] {
        assert_eq!(client.get(&meeting).await.attributes(".trail a", "href"), [list]);
        assert_eq!(client.get(list).await.status, 200);
    }
    let moved = [("starts", at(&portal, 25 * 60)), ("place", "图书馆".to_owned())];
    let moved: Vec<(&str, &str)> = moved.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(member.post(&format!("{meeting}/change"), &moved).await.status, 409, "whoever keeps the record");
    assert_eq!(chair.post(&format!("{meeting}/change"), &moved).await.status, 303);
    let file = member.get(&format!("{meeting}/calendar.ics")).await;
    assert!(String::from_utf8(file.bytes.clone()).unwrap().contains("SEQUENCE:1"));
    assert!(member.get(&format!("{meeting}/notice")).await.text().contains("图书馆"));
    assert!(member.get(&format!("{meeting}/notice.docx")).await.bytes.starts_with(b"PK"));
    // 丁 has two strokes and 王 four, whatever their numbers.
    for (number, name) in [("20240001", "王甲"), ("20240002", "丁乙")] {
        let rename = sqlx::query("update student set name = $2 where number = $1").bind(number).bind(name);
        rename.execute(&mut portal.owner().await).await.unwrap();
    }
    let notice = member.get(&format!("{meeting}/notice")).await.text();
    assert!(notice.contains("以姓氏笔画为序") && notice.contains("丁乙、王甲"), "{notice}");

    let without = call(&mut league, &school, "presidium", &starts, &[]).await;
    assert!(without.status == 422 && without.text().contains("责成召开的缘由"), "{}", without.text());
    let ordered = path(&call(&mut league, &school, "presidium", &starts, &[("reason", "布置换届工作")]).await);
    assert!(member.get(&ordered).await.text().contains("布置换届工作"));
    assert!(portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.text().contains("布置换届工作"));
    assert_eq!(chair.post(&format!("{ordered}/cancel"), &[("text", "")]).await.status, 422);
    assert_eq!(chair.post(&format!("{ordered}/cancel"), &[("text", "与考试冲突")]).await.status, 303);
    assert!(member.get("/inbox").await.text().contains("会议取消"));
}

#[tokio::test]
async fn org_05_a_major_matter_needs_the_presidium_and_its_quorum() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    on_duty(&portal, &school, 1, -5, 3).await;
    on_duty(&portal, &school, 2, 3, 90).await;
    let mut chair = student_account(&portal, 1).await;
    let topical = call(&mut chair, &school, "topical", &at(&portal, -10), &[]).await;
    assert_eq!(topical.status, 422, "nobody was picked");
    let picked = chair
        .get(&format!("/union-meetings/new?union={}&kind=topical", school.rsplit('/').next().unwrap()))
        .await
        .attributes("input[name=people]", "value");
    let topical = path(&call(&mut chair, &school, "topical", &at(&portal, -10), &[("people", &picked[0])]).await);
    let refused = decide(&mut chair, &topical, &MAJOR).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("主席团集体负责学生会重大事项"), "{}", refused.text());
    assert_eq!(decide(&mut chair, &topical, &[("owner", "甲")]).await.status, 422, "no owner is passed over");
    assert_eq!(decide(&mut chair, &topical, &[]).await.status, 303, "what is not major may be decided there");

    let meeting = path(&call(&mut chair, &school, "presidium", &at(&portal, -10), &[]).await);
    let refused = decide(&mut chair, &meeting, &MAJOR).await;
    assert!(refused.status == 409 && refused.text().contains("还没有登记到会"), "{}", refused.text());
    assert_eq!(attend(&mut chair, &meeting, &["", "", "", ""]).await.status, 422);
    assert_eq!(attend(&mut chair, &meeting, &["present", "absent", "absent", "absent"]).await.status, 303);
    let refused = decide(&mut chair, &meeting, &MAJOR).await;
    assert!(refused.status == 409 && refused.text().contains("不得由一人决定"), "one signature: {}", refused.text());
    assert_eq!(attend(&mut chair, &meeting, &["present", "late", "absent", "excused"]).await.status, 303);
    let refused = decide(&mut chair, &meeting, &MAJOR).await;
    assert!(refused.status == 409 && refused.text().contains("实践惯例"), "two of four: {}", refused.text());
    assert_eq!(attend(&mut chair, &meeting, &["present", "late", "present", "excused"]).await.status, 303);
    let refused = decide(&mut chair, &meeting, &[("major", "yes"), ("report", "none")]).await;
    assert!(refused.status == 409 && refused.text().contains("须登记表决票数"));
    let owner = chair.get(&meeting).await.attributes("#owner option", "value").remove(2);
    let due = (today + Duration::days(20)).to_string();
    let mut fields = MAJOR.to_vec();
    fields.push(("owner", &owner));
    assert_eq!(decide(&mut chair, &meeting, &fields).await.status, 422, "an owner has a day");
    fields.push(("due", &due));
    assert_eq!(decide(&mut chair, &meeting, &fields).await.status, 303);
    assert_eq!(chair.post(&format!("{meeting}/minutes"), &[("text", "")]).await.status, 422);
    assert_eq!(chair.post(&format!("{meeting}/minutes"), &[("text", "议了两件事。\n一致同意。")]).await.status, 303);
    assert_eq!(decide(&mut chair, &meeting, &fields).await.status, 409, "what is kept stands");
    assert_eq!(attend(&mut chair, &meeting, &[]).await.status, 422);
    let paper = league.get(&format!("{meeting}/minutes")).await.text();
    assert!(paper.contains("（重大事项）通过工作计划") && paper.contains("赞成3，反对0，弃权0"), "{paper}");
    assert!(league.get(&format!("{meeting}/minutes.docx")).await.bytes.starts_with(b"PK"));

    // What is open follows the next chair, by itself.
    portal.app.clock.advance(Duration::days(4));
    let mut next = student_account(&portal, 2).await;
    assert!(next.get("/").await.text().contains("督促落实：通过工作计划"));
    let mut before = portal.visitor();
    assert_eq!(before.sign_in(FIRST, "20240001", PASSWORD).await.status, 303);
    assert!(!before.get("/").await.text().contains("督促落实：通过工作计划"));
    let form = next.get(&meeting).await.attributes("form[action$='/done']", "action").remove(0);
    let mut other = student_account(&portal, 12).await;
    assert_eq!(other.post(&form, &[("text", "办了")]).await.status, 409);
    assert_eq!(next.post(&form, &[("text", "")]).await.status, 422);
    assert_eq!(next.post(&form, &[("text", "已印发各部门")]).await.status, 303);
    assert_eq!(next.post(&form, &[("text", "再一次")]).await.status, 409, "once");
    assert!(!next.get("/").await.text().contains("督促落实：通过工作计划"));
}

#[tokio::test]
async fn gui_01_a_major_decision_is_taken_at_a_meeting_that_began_after_its_report_was_received() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    on_duty(&portal, &school, 1, -5, 60).await;
    let mut chair = student_account(&portal, 1).await;
    let early = path(&call(&mut chair, &school, "presidium", &at(&portal, -10), &[]).await);
    assert_eq!(attend(&mut chair, &early, &[]).await.status, 303);
    let votes = [("major", "yes"), ("yes", "4"), ("no", "0"), ("abstained", "0")];
    let twice = decide(&mut chair, &early, &[("major", "yes"), ("yes", "many")]).await;
    assert_eq!(twice.attributes(".faults a", "href"), ["#report", "#yes"], "in the order of the form");
    let unsaid = decide(&mut chair, &early, &votes).await;
    assert!(unsaid.status == 422 && unsaid.fault("事先报告").contains("请选择"), "{}", unsaid.text());
    assert!(unsaid.text().contains("调整部门设置"), "what the committee wants to hear of first: {}", unsaid.text());
    let planned = format!("{}T08:00", today + Duration::days(9));
    let report = [
        ("kind", "decision"),
        ("title", "调整部门设置"),
        ("ground", "调整部门设置"),
        ("says", "合并两个部门"),
        ("why", "精简"),
        ("when", "before"),
        ("at", planned.as_str()),
    ];
    let report = path(&portal.signed_in(OfficeKind::SchoolUnion).await.post("/prior-reports/new", &report).await);
    assert!(chair.get(&early).await.text().contains("调整部门设置（校团委"));
    sqlx::query(
        "insert into prior_report (id, institution_id, union_id, number, kind, title, says, why, grounds, planned_at,
                                   received_at, by_account)
         select gen_random_uuid(), institution_id, union_id, number + n, 'activity', title || n, says, why, grounds,
                planned_at, received_at, by_account from prior_report, generate_series(1, 600) n",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert!(chair.get(&early).await.text().contains("调整部门设置（校团委"), "however many others there are");
    let mut fields = votes.to_vec();
    fields.push(("report", report.rsplit('/').next().unwrap()));
    let refused = decide(&mut chair, &early, &fields).await;
    assert!(refused.status == 409 && refused.text().contains("须事先向学校团委报告"), "{}", refused.text());

    portal.app.clock.advance(Duration::minutes(3));
    let later = path(&call(&mut chair, &school, "presidium", &at(&portal, -1), &[]).await);
    assert_eq!(attend(&mut chair, &later, &[]).await.status, 303);
    let done = decide(&mut chair, &later, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(league.get(&report).await.text().contains("通过工作计划"), "it stands with the report");
    let again = decide(&mut chair, &later, &fields).await;
    assert!(again.status == 409 && again.text().contains("已经登记过决定"), "{}", again.text());
    let (decisions,): (i64,) =
        sqlx::query_as("select count(*) from union_decision").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(decisions, 1);
}

#[tokio::test]
async fn org_09_the_working_meeting_has_its_interval_and_names_who_did_not_come() {
    let Stage { portal, mut league, school, .. } = stage().await;
    on_duty(&portal, &school, 1, -5, 60).await;
    let mut chair = student_account(&portal, 1).await;
    let page = league.get("/union-meetings").await;
    assert!(page.text().contains("校、系（院）学生会工作例会制度") && page.text().contains("还没有召开过"));
    assert!(
        league.get("/").await.text().contains("召开校院学生会工作例会"),
        "it is late from the day of the opening on"
    );
    assert_eq!(league.post("/union-meetings/settings", &[("every", "3"), ("quorum", "half")]).await.status, 422);
    assert_eq!(league.post("/union-meetings/settings", &[("every", "15"), ("quorum", "two_thirds")]).await.status, 303);
    let mut officers = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officers.post("/union-meetings/settings", &[("every", "90"), ("quorum", "half")]).await.status, 403);

    let mut member = student_account(&portal, 2).await;
    assert_eq!(call(&mut member, &school, "link", &at(&portal, -5), &[]).await.status, 409);
    let meeting = path(&call(&mut chair, &school, "link", &at(&portal, 5), &[]).await);
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(college.get("/inbox").await.text().contains("会议通知"));
    assert!(college.get("/union-meetings").await.text().contains("校院学生会工作例会"));
    assert_eq!(college.get(&meeting).await.status, 200);
    assert_eq!(attend(&mut chair, &meeting, &[]).await.status, 422, "it has not begun");
    portal.app.clock.advance(Duration::minutes(6));
    let presences = ["present", "present", "present", "present", "absent"];
    assert_eq!(attend(&mut chair, &meeting, &presences).await.status, 303);
    assert_eq!(chair.post(&format!("{meeting}/minutes"), &[("text", "通报工作")]).await.status, 303);
    let page = league.get("/union-meetings").await;
    assert!(
        page.text().contains("有迟到或缺席") && page.text().contains("每 15 天一次：校团委确定"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("已逾期"));
    let overview = league.get("/compliance?rule=ORG-09").await.text();
    assert!(overview.contains("工作例会 1 次，迟到 0 次，缺席 1 次"), "{overview}");
}
