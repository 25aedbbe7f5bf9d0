//! Conduct: a report from the first word to the objection (DIS-04, DIS-02), and how officers leave (DIS-05).
//!
//! One file a feature: its stories share their helpers.

use std::fmt::Write as _;

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, Page, Portal,
        union::{ready, rows, union},
        vetting::{Stage, stage, student_account},
    },
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
         where s.number = $1 and p.voided_at is null and (p.until_day is null or p.until_day > story_day() + 30)",
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
    // Nobody learns here whose a number is, or what number somebody has; an officer's neither.
    assert!(!nobody.text().contains("学生101"), "{}", nobody.text());
    let by_name = report(&mut witness, "学生101", "confidential").await;
    assert!(by_name.status == 422 && !by_name.text().contains("20240101"), "{}", by_name.text());
    let unsaid = witness.post("/reports", &[("number", "学生10"), ("source", "named")]).await;
    let named = unsaid.field("学生会工作人员（姓名或学号）");
    assert!(named.starts_with("学生10 ") && !unsaid.text().contains("20240010"), "{named}");
    let unsaid = witness.post("/reports", &[("number", &named), ("source", "named")]).await;
    assert_eq!(unsaid.fault("学生会工作人员（姓名或学号）"), "", "it names the same officer again");
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
    assert!(refused.text().contains("学校团委将迅速调查核实"), "{}", refused.text());
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
    let milder = [("changed", "talk"), ("says", "情节较轻\r\n改为谈话提醒")];
    assert_eq!(league.post(&format!("{case}/answer"), &milder).await.status, 303);
    assert!(officer.get(&own).await.text().contains("情节较轻"));
    let paper = league.get(&format!("{case}/decision")).await.text();
    assert!(paper.contains("处理决定书") && paper.contains("谈话提醒"), "{paper}");
    let reviewed = ["经复核，变更原决定。情节较轻", "改为谈话提醒"];
    let paragraphs = league.get(&format!("{case}/decision")).await.all("p.lines");
    assert!(reviewed.iter().all(|line| paragraphs.iter().any(|one| one == line)), "lines stay lines: {paragraphs:?}");
    assert!(league.get(&format!("{case}/decision.docx")).await.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn dis_04_whom_a_decision_is_about_prints_it_and_nobody_else_does() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let mut witness = student_account(&portal, 100).await;
    let mut officer = student_account(&portal, 10).await;
    let mut colleague = student_account(&portal, 11).await;
    assert_eq!(report(&mut witness, "20240010", "confidential").await.status, 303);
    let case = first_case(&mut league).await;
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 303);
    let own = case.replace("/conduct/", "/my-case/");
    let papers = [format!("{own}/decision"), format!("{own}/decision.docx")];
    for paper in &papers {
        assert_eq!(officer.get(paper).await.status, 404, "nothing is decided: {paper}");
    }
    for kind in ["inquiry", "hearing"] {
        assert_eq!(note(&mut league, &case, kind, &day).await.status, 303);
    }
    assert_eq!(decide(&mut league, &case, "warning").await.status, 303);

    let links = officer.get(&own).await.attributes("main a", "href");
    assert!(links.contains(&papers[0]), "{links:?}");
    let page = officer.get(&papers[0]).await;
    let text = page.text();
    assert!(page.status == 200 && text.contains("处理决定书") && text.contains("警告"), "{text}");
    assert!(text.contains("学校团委将迅速调查核实"), "by the clause: {text}");
    assert!(!text.contains("学生100"), "who reported it stands on no paper: {text}");
    assert!(page.attributes("main a", "href").contains(&papers[1]));
    let word = officer.get(&papers[1]).await.bytes;
    assert_says_the_same(&page, &outline(&word));
    assert_eq!(outline(&word), outline(&league.get(&format!("{case}/decision.docx")).await.bytes), "the same paper");

    for paper in &papers {
        assert_eq!(witness.get(paper).await.status, 404, "the reporter learns that, not what: {paper}");
        assert_eq!(colleague.get(paper).await.status, 404, "nobody else's: {paper}");
        assert_eq!(league.get(paper).await.status, 404, "the office has its own: {paper}");
    }
    assert_eq!(officer.get(&format!("{case}/decision")).await.status, 403);
    assert_eq!(officer.get(&format!("{case}/receipt")).await.status, 403, "the receipt is the office's");
    assert_eq!(officer.get(&format!("{own}/receipt")).await.status, 404);

    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "当时只是提醒")]).await.status, 303);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let seen = party.get("/audit?verb=conduct_seen").await.text();
    assert!(seen.contains("本人（保密）") && seen.contains("处理决定书"), "every look is recorded: {seen}");
    let kept = party.get("/audit?verb=conduct_kept").await.text();
    assert!(kept.contains("本人（保密）") && kept.contains("提出异议"), "{kept}");
    assert!(!seen.contains("学生10") && !kept.contains("学生10"), "and not who it is about: {seen} {kept}");
}

#[tokio::test]
async fn dis_04_whom_a_decision_is_about_finds_it_at_home_while_they_may_object() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let mut witness = student_account(&portal, 100).await;
    let mut officer = student_account(&portal, 10).await;
    assert_eq!(report(&mut witness, "20240010", "confidential").await.status, 303);
    let case = first_case(&mut league).await;
    let own = case.replace("/conduct/", "/my-case/");
    let before = officer.get("/reports").await;
    assert!(!before.attributes("main a", "href").contains(&own), "nobody is told before it is accepted");
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 303);
    for kind in ["inquiry", "hearing"] {
        assert_eq!(note(&mut league, &case, kind, &day).await.status, 303);
    }
    let heard = officer.get("/").await;
    assert!(!heard.attributes("main a", "href").contains(&own), "nothing waits for them yet");
    assert_eq!(decide(&mut league, &case, "warning").await.status, 303);

    let home = officer.get("/").await;
    assert!(home.attributes(".waiting a", "href").contains(&own), "{}", home.text());
    assert!(home.text().contains("有异议的") && !home.text().contains("警告"), "{}", home.text());
    let list = officer.get("/reports").await;
    assert!(list.attributes("main a", "href").contains(&own), "it is found again: {}", list.text());
    assert!(officer.get(&own).await.attributes(".trail a", "href").contains(&"/reports".to_owned()));
    for other in [&mut witness, &mut league] {
        assert!(!other.get("/reports").await.attributes("main a", "href").contains(&own));
        assert!(!other.get("/").await.attributes("main a", "href").contains(&own));
    }

    assert_eq!(officer.post(&format!("{own}/object"), &[("says", "当时只是提醒")]).await.status, 303);
    let objected = officer.get("/").await;
    assert!(!objected.attributes("main a", "href").contains(&own), "they objected once: {}", objected.text());
    assert!(officer.get("/reports").await.attributes("main a", "href").contains(&own), "and still find it");
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
    assert!(
        page.contains("待交接") && page.contains("每个部门的负责人数"),
        "one head is left, and the page says so: {page}"
    );
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 409, "nothing was handed over");
    let leaving = exit.replace("/exits/", "/leaving/");
    assert_eq!(officer.post(&format!("{leaving}/hand-over"), &[("says", ""), ("to", "")]).await.status, 422);
    let list = [("says", "印章一枚、账册一本，账目结清"), ("to", "学生11")];
    assert_eq!(officer.post(&format!("{leaving}/hand-over"), &list).await.status, 303);
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 303);
    let paper = league.get(&format!("{exit}/form")).await.text();
    assert!(paper.contains("退出登记表") && paper.contains("免职"), "{paper}");
    assert!(!league.get("/exits").await.text().contains("已被决定免去职务"));
}

#[tokio::test]
async fn the_papers_of_a_case_and_of_an_exit_are_the_same_on_the_page_and_in_word() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let (day, union) = (today.to_string(), school.rsplit('/').next().unwrap().to_owned());
    let mut officer = student_account(&portal, 10).await;
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(report(&mut affairs, "20240010", "").await.status, 303);
    let case = first_case(&mut league).await;
    assert_eq!(league.post(&format!("{case}/accept"), &[]).await.status, 303);
    for paper in ["decision", "receipt", "receipt.docx"] {
        assert_eq!(league.get(&format!("{case}/{paper}")).await.status, 404, "nothing is decided: {paper}");
    }
    for kind in ["inquiry", "hearing"] {
        assert_eq!(note(&mut league, &case, kind, &day).await.status, 303);
    }
    assert_eq!(decide(&mut league, &case, "removal").await.status, 303);
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
    let own = format!("{}/handover", exit.replace("/exits/", "/leaving/"));
    let blank = officer.get(&own).await;
    assert!(blank.status == 200 && !blank.text().contains("账册一本"), "to be written by hand: {}", blank.text());
    let list = [("says", "印章一枚、账册一本，账目结清"), ("to", "学生11")];
    let hand_over = format!("{}/hand-over", exit.replace("/exits/", "/leaving/"));
    assert_eq!(officer.post(&hand_over, &list).await.status, 303);
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 303);
    let mut all = String::new();
    for path in
        [format!("{case}/decision"), format!("{case}/receipt"), format!("{exit}/form"), format!("{exit}/handover")]
    {
        let page = league.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let shown = outline(&league.get(&format!("{path}.docx")).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {}\n{}", path.rsplit('/').next().unwrap(), undated(&shown)).unwrap();
    }
    let since = (today - Duration::days(40)).to_string();
    assert_snapshot("conduct_papers", &all.replace(&since, "⟨任职日⟩"));
    // Each is linked where its act happens.
    let links = league.get(&case).await.attributes("main a", "href");
    assert!(links.contains(&format!("{case}/receipt")) && links.contains(&format!("{case}/decision")), "{links:?}");
    let links = league.get(&exit).await.attributes("main a", "href");
    assert!(links.contains(&format!("{exit}/handover")) && links.contains(&format!("{exit}/form")), "{links:?}");
    assert!(officer.get("/leaving").await.attributes("main a", "href").contains(&own));
    assert!(officer.get(&format!("{own}.docx")).await.bytes.starts_with(b"PK"));
    let mut other = student_account(&portal, 11).await;
    assert_eq!(other.get(&own).await.status, 404, "nobody else's");
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&format!("{exit}/handover")).await.status, 404, "the school's union is not theirs");
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.text();
    assert!(record.contains("送达回执"), "whoever printed one is recorded: {record}");
}

#[tokio::test]
async fn dis_05_whoever_served_their_term_hands_over_by_the_day_that_is_set() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let (day, union) = (today.to_string(), school.rsplit('/').next().unwrap().to_owned());
    let mut officer = student_account(&portal, 10).await;
    let asked = [("union", union.as_str()), ("kind", "term_end"), ("reason", "任期届满")];
    assert_eq!(officer.post("/leaving", &asked).await.status, 422, "a term ends by itself: nobody asks for it");
    let fields = [
        ("union", union.as_str()),
        ("number", "20240010"),
        ("kind", "term_end"),
        ("day", day.as_str()),
        ("reason", "任期届满，不再连任"),
    ];
    let done = league.post("/exits", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let again = league.post("/exits", &fields).await;
    assert_eq!(again.status, 422, "it is under way: {}", again.text());
    let exit = done.location().split('?').next().unwrap().to_owned();
    assert_eq!(posts_of(&portal, "20240010").await, 0, "the post ended with it");
    let page = league.get(&exit).await;
    let successor = page.attributes("a[href*='/appoint?post=head']", "href").remove(0);
    assert_eq!(league.get(&successor).await.status, 200, "the post that is open is one click away");
    let page = page.text();
    assert!(page.contains("任满离职") && page.contains("每个部门的负责人数"), "the page says what follows: {page}");
    assert!(officer.get("/inbox").await.text().contains("请办理校学生会的工作交接"));
    assert!(officer.get("/").await.text().contains("办理工作交接"));
    // A week is usual; on the day after it, both hear that it is late.
    portal.app.clock.advance(Duration::days(8));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get("/").await.text().contains("确认 1 人的工作交接"));
    let mut late = portal.visitor();
    late.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    assert!(late.get("/leaving").await.text().contains("已逾期"));
    let list = [("says", "在办事项三件、活动物资一批"), ("to", "学生11")];
    let hand_over = format!("{}/hand-over", exit.replace("/exits/", "/leaving/"));
    assert_eq!(late.post(&hand_over, &list).await.status, 303);
    assert_eq!(league.post(&format!("{exit}/confirm"), &[]).await.status, 303);
    let paper = league.get(&format!("{exit}/handover")).await.text();
    assert!(paper.contains("工作交接表") && paper.contains("活动物资一批"), "{paper}");
    assert!(league.get(&exit).await.text().contains("已办结"));
}

#[tokio::test]
async fn dis_05_who_left_past_the_exits_hands_over_all_the_same() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let (day, union) = (today.to_string(), school.rsplit('/').next().unwrap().to_owned());
    let mut officer = student_account(&portal, 12).await;
    let page = league.get(&school).await;
    let place = page.all("td[data-label='姓名'] a").iter().position(|name| name == "学生12").unwrap();
    let post = page.attributes("td[data-label='姓名'] a", "href").remove(place);
    for (why, status) in [("自愿辞职", 422), ("劝退", 422), ("工作调整", 303)] {
        let fields = [("day", day.as_str()), ("why", why), ("ground", "")];
        let ended = league.upload(&format!("{post}/end"), &fields, None).await;
        assert_eq!(ended.status, status, "who resigns or is asked to leave goes another way: {why}");
    }
    assert!(league.get("/exits").await.text().contains("学生12（校学生会）自"), "listed until it is begun");
    assert!(league.get("/").await.text().contains("1 人已离任，还没有办理交接"));
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert!(!college.get("/exits").await.text().contains("还没有办理交接"), "the school's union is not theirs");
    let fields = [
        ("union", union.as_str()),
        ("number", "20240012"),
        ("kind", "term_end"),
        ("day", day.as_str()),
        ("reason", "调整到青年志愿者协会"),
    ];
    let done = league.post("/exits", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(officer.get("/").await.text().contains("办理工作交接"));
    assert!(!league.get("/exits").await.text().contains("还没有办理交接"));
    let stranger = fields.map(|(name, value)| if name == "number" { (name, "20240100") } else { (name, value) });
    assert_eq!(league.post("/exits", &stranger).await.status, 422, "never in office");
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
    let long = "缺".repeat(501);
    let refused = league.post(&format!("{exit}/refuse"), &[("says", &long)]).await;
    assert_eq!((refused.status, refused.field("理由（会告诉本人）")), (422, long), "no reason is told cut off");
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

/// Imports one row of grades as the student-affairs office.
async fn import_grades(affairs: &mut Client, row: &str) {
    let fields =
        [("kind", "grades"), ("basis", "semester"), ("period", "2025—2026 学年第二学期"), ("source", "教务处")];
    let file = format!("学号,专业排名,专业人数,不及格门数\n{row}\n");
    let staged = affairs.upload("/imports", &fields, Some(("成绩.csv", file.as_bytes()))).await;
    assert_eq!(staged.status, 303, "{}", staged.text());
    affairs.commit_import(staged.location()).await;
}

#[tokio::test]
async fn elg_04_an_import_finds_who_no_longer_qualifies_and_removes_nobody() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut officer = student_account(&portal, 10).await;
    import_grades(&mut affairs, "20240010,10,600,2").await;
    assert_eq!(posts_of(&portal, "20240010").await, 1, "nobody is removed by a file");
    let list = league.get("/exits").await;
    assert!(list.text().contains("有 2 门课业不及格"), "{}", list.text());
    assert!(league.get("/").await.text().contains("1 人不再符合任职条件"));
    assert!(officer.get("/inbox").await.text().contains("任职条件复核"));
    let lapse = list.attributes("td[data-label='办理'] a", "href").remove(0);
    let page = league.get(&lapse).await;
    assert!(page.attributes("main a.button", "href")[0].contains("kind=ineligible"), "{}", page.text());
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(college.get(&lapse).await.status, 404, "the school's union is not theirs");
    assert_eq!(league.post(&format!("{lapse}/keep"), &[("until", "2001-01-01")]).await.status, 422);

    import_grades(&mut affairs, "20240010,10,600,0").await;
    assert!(!league.get("/exits").await.text().contains("有 2 门课业不及格"), "who qualifies again is cleared");
    import_grades(&mut affairs, "20240010,10,600,1").await;
    let lapse = league.get("/exits").await.attributes("td[data-label='办理'] a", "href").remove(0);
    let until = (today + Duration::days(60)).to_string();
    let stay = [("why", "已报名补考，成绩下月公布"), ("until", until.as_str())];
    assert_eq!(league.post(&format!("{lapse}/keep"), &stay).await.status, 303);
    assert_eq!(league.post(&format!("{lapse}/keep"), &stay).await.status, 409, "once");
    import_grades(&mut affairs, "20240010,11,600,1").await;
    assert_eq!(league.get("/exits").await.all("td[data-label='不再符合']").len(), 1, "the stay holds");
}

#[tokio::test]
async fn dis_05_nobody_settles_their_own_exit_or_stays_by_their_own_word() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    drop(student_account(&portal, 10).await);
    // The officer works in the office that manages the union.
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'school_league', '2024-09-01', story_now()
         from account where number = '20240010'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut clerk = portal.visitor();
    clerk.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    import_grades(&mut portal.signed_in(OfficeKind::StudentAffairs).await, "20240010,10,600,2").await;
    let lapse = league.get("/exits").await.attributes("td[data-label='办理'] a", "href").remove(0);
    assert!(!clerk.get("/exits").await.text().contains("有 2 门课业不及格"), "not before their own eyes");
    let until = (today + Duration::days(60)).to_string();
    let stay = [("why", "已报名补考，成绩下月公布"), ("until", until.as_str())];
    assert_eq!(clerk.post(&format!("{lapse}/keep"), &stay).await.status, 404);
    assert_eq!(clerk.get(&lapse).await.status, 404);

    let (union, day) = (school.rsplit('/').next().unwrap(), today.to_string());
    let own = [("union", union), ("number", "20240010"), ("kind", "asked"), ("day", day.as_str()), ("reason", "缺勤")];
    let refused = clerk.post("/exits", &own).await;
    assert!(refused.status == 422 && refused.text().contains("由主管团组织的其他人办理"), "{}", refused.text());
    let fields = [("union", union), ("kind", "resignation"), ("reason", "学业繁重")];
    assert_eq!(clerk.post("/leaving", &fields).await.status, 303);
    let exits = league.get("/exits").await.attributes("td[data-label='办理'] a", "href");
    let exit = exits.into_iter().find(|href| href.starts_with("/exits/")).unwrap();
    for act in ["grant", "refuse", "confirm"] {
        let refused = clerk.post(&format!("{exit}/{act}"), &[("day", day.as_str()), ("says", "同意")]).await;
        assert_eq!(refused.status, 404, "{act}");
    }
    assert_eq!(league.post(&format!("{exit}/grant"), &[("day", day.as_str())]).await.status, 303);
    assert_eq!(clerk.get(&exit).await.status, 404);
}

#[tokio::test]
async fn dis_04_of_seven_reports_at_once_five_are_taken() {
    let Stage { portal, .. } = stage().await;
    let reporter = student_account(&portal, 100).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..7 {
        let mut client = reporter.at(&portal);
        tasks.spawn(async move { report(&mut client, "20240010", "named").await.status });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 303, 303, 303, 422, 422]);
}

#[tokio::test]
async fn dis_04_whoever_is_suspended_acts_for_no_union() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut officer = student_account(&portal, 10).await;
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'school_union', '2024-09-01', story_now()
         from account where number = '20240010'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut officer_again = portal.visitor();
    officer_again.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    assert_eq!(officer_again.get(&school).await.status, 200);
    let made = officer_again.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    let feed = made.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    assert_eq!(portal.visitor().get(&feed).await.status, 200);
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    report(&mut affairs, "20240010", "").await;
    let case = first_case(&mut league).await;
    league.post(&format!("{case}/accept"), &[]).await;
    for kind in ["inquiry", "hearing"] {
        note(&mut league, &case, kind, &today.to_string()).await;
    }
    assert_eq!(decide(&mut league, &case, "suspension").await.status, 422, "it has an end");
    let last = (today + Duration::days(9)).to_string();
    let fields = [("sanction", "suspension"), ("until", last.as_str()), ("says", "经查属实")];
    assert_eq!(league.post(&format!("{case}/decide"), &fields).await.status, 303);
    let refused = officer_again.get(&school).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(portal.visitor().get(&feed).await.status, 404, "nor is the union's calendar read on a phone");
    let own = officer.get(&case.replace("/conduct/", "/my-case/")).await;
    assert!(own.text().contains("停职") && own.text().contains("任职保留"), "{}", own.text());
    assert_eq!(posts_of(&portal, "20240010").await, 1);
    portal.app.clock.advance(Duration::days(10));
    let mut later = portal.visitor();
    later.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    assert_eq!(later.get(&school).await.status, 200, "it is over");
    assert_eq!(portal.visitor().get(&feed).await.status, 200);
}

#[tokio::test]
async fn dis_05_results_that_failed_twice_open_an_exit() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let union = school.rsplit('/').next().unwrap().to_owned();
    let failed = async |name: &str, from: i64| {
        sqlx::query(
            "with term as (
                 insert into semester (id, institution_id, name, from_day, until_day)
                 select gen_random_uuid(), institution_id, $2, $3, $3 + 70 from student_union where id = $1::uuid
                 returning id, institution_id
             ), made as (
                 insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects,
                                     aspects_by_default, weights, most, trims, excellent, good, satisfactory,
                                     objection_days, begun_at, begun_by, confirmed_at, opened_at, public_key, seal,
                                     closed_at, sheets, counted_at, object_until, settled_at)
                 select gen_random_uuid(), t.institution_id, $1::uuid, t.id, 'settled', $3, $3, '{工作成效}', false,
                        '{100}', 100, false, 90, 75, 60, 5, story_now(), a.id, story_now(), story_now(), sha256('key'), sha256('seal'),
                        story_now(), 5, story_now(), $3, story_now()
                 from term t join account a on a.institution_id = t.institution_id and a.number = 'school_league'
                 returning id
             ), person as (
                 insert into review_person (review_id, place, student_id, posts, report_state, handed_at, scored)
                 select m.id, 1, s.id, '部门负责人', 'handed', story_now(), true
                 from made m, student s join student_union u on u.institution_id = s.institution_id
                 where s.number = '20240010' and u.id = $1::uuid returning review_id
             )
             insert into review_result (review_id, person, sheets, score, grade, aspects, bands, trimmed)
             select review_id, 1, 5, 4200, 'unsatisfactory', '{4200}', '{0,0,0,5}', false from person",
        )
        .bind(&union)
        .bind(name)
        .bind(today + Duration::days(from))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    };
    let day = today.to_string();
    let fields = [
        ("union", union.as_str()),
        ("number", "20240010"),
        ("kind", "review_failed"),
        ("day", day.as_str()),
        ("reason", "两个学期述职评议不合格"),
    ];
    failed("上学期", -200).await;
    let refused = league.post("/exits", &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("不合格 1 次，满 2 次"), "{}", refused.text());
    assert!(!league.get("/exits").await.text().contains("述职评议不合格 1 次"));
    let once =
        [("accept", "3"), ("decide", "20"), ("object", "5"), ("handover", "10"), ("lapse", "14"), ("failed", "1")];
    assert_eq!(league.post("/conduct-terms", &[("accept", "0")]).await.status, 422);
    assert_eq!(league.post("/conduct-terms", &once).await.status, 303, "or as the university has set");
    assert!(league.get("/exits").await.text().contains("述职评议不合格 1 次"));
    let twice = once.map(|(name, value)| if name == "failed" { (name, "2") } else { (name, value) });
    assert_eq!(league.post("/conduct-terms", &twice).await.status, 303);
    failed("这学期", -100).await;
    assert!(league.get("/").await.text().contains("1 人述职评议不合格，办理退出"));
    let done = league.post("/exits", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let exit = league.get(done.location()).await;
    let due = lunzhi::text::chinese_day(today + Duration::days(10));
    assert!(exit.text().contains(&due), "the handover is due in the days that were set: {}", exit.text());
}

#[tokio::test]
async fn dis_04_nobody_handles_or_sees_a_case_about_themselves_or_a_colleague() {
    let Stage { portal, mut league, today, .. } = stage().await;
    drop(student_account(&portal, 10).await);
    let mut witness = student_account(&portal, 100).await;
    // The officer works in the office that handles cases.
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'school_league', '2024-09-01', story_now()
         from account where number = '20240010'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut clerk = portal.visitor();
    clerk.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    assert_eq!(clerk.get("/conduct").await.status, 200, "acts in the office");
    assert_eq!(report(&mut witness, "20240010", "named").await.status, 303);
    assert_eq!(report(&mut witness, "20240011", "named").await.status, 303);
    assert_eq!(report(&mut witness, "20240025", "named").await.status, 303);
    let list = clerk.get("/conduct").await;
    let seen = list.attributes("td[data-label='办理'] a", "href");
    assert_eq!(seen.len(), 1, "of another union's officer alone: {}", list.text());
    assert!(list.text().contains("学生25") && !list.text().contains("学生11"), "{}", list.text());
    assert_eq!(clerk.get(&seen[0]).await.status, 200);
    let (colleague,): (String,) = sqlx::query_as(
        "select '/conduct/' || q.id from conduct_case q join student s on s.id = q.student_id where s.number = '20240011'",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(clerk.get(&colleague).await.status, 404, "who works beside the accused is no judge of theirs");
    assert_eq!(clerk.post(&format!("{colleague}/accept"), &[]).await.status, 404);
    assert!(clerk.get("/").await.text().contains("办理 1 件违纪失范反映"));
    assert!(league.get("/").await.text().contains("办理 2 件违纪失范反映"));
    let (own,): (String,) = sqlx::query_as(
        "select '/conduct/' || q.id from conduct_case q join student s on s.id = q.student_id where s.number = '20240010'",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    assert_eq!(clerk.get(&own).await.status, 404);
    let acts = [("accept", &[][..]), ("decline", &[("says", "无此事")][..]), ("inquiry", &[("kind", "inquiry")][..])];
    for (act, fields) in acts {
        let refused = clerk.post(&format!("{own}/{act}"), fields).await.status;
        assert!(refused == 404 || refused == 422, "{act}: {refused}");
    }
    assert_eq!(league.get(&own).await.status, 404, "of its own clerk the League committee does not judge");
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert_eq!(party.post(&format!("{own}/accept"), &[]).await.status, 303, "it stands as it was reported");
    for kind in ["inquiry", "hearing"] {
        assert_eq!(note(&mut party, &own, kind, &today.to_string()).await.status, 303);
    }
    assert_eq!(clerk.post(&format!("{own}/decide"), &[("sanction", "no_fault"), ("says", "查无")]).await.status, 404);
    assert_eq!(decide(&mut party, &own, "warning").await.status, 303);
    assert_eq!(clerk.get(&format!("{own}/decision")).await.status, 404);
    assert_eq!(clerk.get(&own.replace("/conduct/", "/my-case/")).await.status, 200, "told as everybody is");
}

#[tokio::test]
async fn dis_04_who_left_lately_is_judged_by_none_of_their_colleagues() {
    let Stage { portal, mut league, today, .. } = stage().await;
    drop(student_account(&portal, 10).await);
    let mut witness = student_account(&portal, 100).await;
    let mut db = portal.owner().await;
    let works = "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
                 select gen_random_uuid(), id, institution_id, 'school_league', '2024-09-01', story_now()
                 from account where number = '20240010'";
    sqlx::query(works).execute(&mut db).await.unwrap();
    let leaves = "update post set until_day = $1 where student_id in (
                      select s.id from student s join account a on a.institution_id = s.institution_id
                      where a.number = '20240010' and s.number = '20240011')";
    sqlx::query(leaves).bind(today).execute(&mut db).await.unwrap();
    assert_eq!(report(&mut witness, "20240011", "named").await.status, 303, "within a year");
    let case = first_case(&mut league).await;
    let mut clerk = portal.visitor();
    clerk.sign_in(crate::support::FIRST, "20240010", crate::support::PASSWORD).await;
    assert!(clerk.get("/conduct").await.attributes("td[data-label='办理'] a", "href").is_empty());
    assert_eq!(clerk.get(&case).await.status, 404);
    assert!(!clerk.get("/").await.text().contains("违纪失范反映"));

    // Where the League committee has nobody else who can sign in, the Party committee hears what nobody of it may.
    let alone = "update office set ended_at = granted_at
                 where kind in ('school_league', 'deputy_secretary')
                       and account_id not in (select id from account where number = '20240010')";
    sqlx::query(alone).execute(&mut db).await.unwrap();
    let newcomer = "with made as (
                        insert into account (id, institution_id, number, name, must_change_password, created_at)
                        select gen_random_uuid(), institution_id, 'T900', '李老师', false, story_now()
                        from account where number = '20240010' returning id, institution_id
                    )
                    insert into office (id, account_id, institution_id, kind, from_day, granted_at)
                    select gen_random_uuid(), id, institution_id, 'school_league', '2024-09-01', story_now() from made";
    sqlx::query(newcomer).execute(&mut db).await.unwrap();
    assert_eq!(report(&mut witness, "20240013", "named").await.status, 303);
    assert_eq!(report(&mut witness, "20240025", "named").await.status, 303);
    let heard: Vec<(String, String)> = sqlx::query_as(
        "select s.number, q.handler from conduct_case q join student s on s.id = q.student_id order by s.number",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let heard: Vec<(&str, &str)> = heard.iter().map(|(number, by)| (number.as_str(), by.as_str())).collect();
    assert_eq!(
        heard,
        [("20240011", "school_league"), ("20240013", "school_party"), ("20240025", "school_league")],
        "of another union's officer the clerk may judge"
    );
}

#[tokio::test]
async fn stf_10_the_half_from_the_colleges_is_judged_again_after_an_exit() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(40)).to_string();
    let others = rows(10, 2, "部门负责人", "办公室") + &rows(12, 2, "部门工作人员", "办公室");
    let roster = rows(1, 4, "主席团成员", "") + &others.replace(",,是", ",,否");
    let school = union(&mut league, "school", &roster, &day, true).await;
    let id = school.rsplit('/').next().unwrap().to_owned();
    let before = league.get("/compliance?rule=STF-10").await;
    assert!(!before.text().contains("不是的 4 人"), "four of eight are half: {}", before.text());
    let day = today.to_string();
    let leaves = [
        ("union", id.as_str()),
        ("number", "20240002"),
        ("kind", "asked"),
        ("day", day.as_str()),
        ("reason", "多次无故缺席"),
    ];
    let done = league.post("/exits", &leaves).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let exit = league.get(done.location()).await.text();
    assert!(exit.contains("来自院系学生会 3 人，不是的 4 人；7 人中须有 4 人"), "the page says what follows: {exit}");
    let after = league.get("/compliance?rule=STF-10").await.text();
    assert!(after.contains("来自院系学生会 3 人，不是的 4 人"), "and so does the overview: {after}");
    assert_eq!(posts_of(&portal, "20240002").await, 0);
}

#[tokio::test]
async fn dis_05_whoever_left_the_school_leaves_the_union_and_nobody_else_by_that_ground() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let (id, day) = (school.rsplit('/').next().unwrap().to_owned(), today.to_string());
    let fields = [
        ("union", id.as_str()),
        ("number", "20240012"),
        ("kind", "left_school"),
        ("day", day.as_str()),
        ("reason", "休学转出"),
    ];
    let refused = league.post("/exits", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert_eq!(posts_of(&portal, "20240012").await, 1);
    sqlx::query("update student set left_on = $1, left_why = 'withdrawn' where number = '20240012'")
        .bind(today + Duration::days(5))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let done = league.post("/exits", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(posts_of(&portal, "20240012").await, 0);
    assert!(league.get(done.location()).await.text().contains("离校"));
}
