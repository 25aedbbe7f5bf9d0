//! Leadership and guidance: who leads, what is done again and again, how far guidance reached; the papers of the year.

use lunzhi::office::OfficeKind;

use crate::{
    matters::{Signers, applied},
    support::{
        Client, Page, Portal,
        vetting::{Stage, stage, student_account},
    },
};

async fn fill(league: &mut Client, slot: &str, name: &str) -> Page {
    league.post("/guidance/roles", &[("slot", slot), ("name", name), ("title", "部长")]).await
}

async fn record(client: &mut Client, duty: &str, day: &str, more: &[(&str, &str)]) -> Page {
    let mut fields = vec![("day", day), ("title", "第一次办理"), ("says", "按程序办理。\n留存材料。")];
    fields.extend_from_slice(more);
    client.upload(&format!("/guidance/duties/{duty}/records"), &fields, None).await
}

/// What the overview says of one line: verdict and words.
fn line(page: &Page, name: &str) -> String {
    let rows = page.all("tbody tr");
    rows.into_iter().rev().find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name}: {}", page.text()))
}

#[tokio::test]
async fn gui_08_and_09_a_list_without_one_of_the_plans_offices_is_not_fixed() {
    let Stage { portal, mut league, .. } = stage().await;
    let page = league.get("/guidance/roles").await;
    let slots = page.attributes("#slot option", "value");
    let slots: Vec<&str> = slots.iter().map(String::as_str).filter(|slot| !slot.is_empty()).collect();
    assert!(slots.iter().any(|slot| slot.contains("分管团委")) && slots.len() == 9, "{slots:?}");
    assert_eq!(fill(&mut league, "office:财务处", "甲").await.status, 422, "not in the plan");
    assert_eq!(fill(&mut league, slots[0], "").await.status, 422);
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(affairs.post("/guidance/group", &[("document", "1号")]).await.status, 403);
    let on_list: Vec<&&str> = slots.iter().filter(|slot| !slot.starts_with("guider")).collect();
    for slot in &on_list[1..] {
        assert_eq!(fill(&mut league, slot, "王某").await.status, 303);
    }
    let refused = league.post("/guidance/group", &[("document", "校党发〔2026〕9号")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("分管学生会工作"), "the clause is quoted: {}", refused.text());
    assert!(line(&league.get("/guidance").await, "分管校领导").contains("不符合"));
    assert_eq!(fill(&mut league, on_list[0], "李某").await.status, 303);
    assert_eq!(league.post("/guidance/group", &[("document", "")]).await.status, 422);
    assert_eq!(league.post("/guidance/group", &[("document", "校党发〔2026〕9号")]).await.status, 303);
    let paper = affairs.get("/guidance/group").await.text();
    assert!(paper.contains("李某") && paper.contains("校党发〔2026〕9号"), "{paper}");
    assert!(affairs.get("/guidance/group.docx").await.bytes.starts_with(b"PK"));
    assert!(line(&league.get("/guidance").await, "部门协同与领导小组").contains("符合"));
}

#[tokio::test]
async fn gui_03_and_04_who_guides_is_shown_and_who_is_missing() {
    let Stage { portal, mut league, .. } = stage().await;
    let page = league.get("/guidance").await;
    assert!(line(&page, "1名团委专职副书记指导").contains("符合"), "{}", page.text());
    assert!(line(&page, "双重指导").contains("还没有明确：学校团委、上级学联"));
    for name in ["学校团委", "上级学联"] {
        assert_eq!(fill(&mut league, &format!("guider:{name}"), name).await.status, 303);
    }
    assert!(line(&league.get("/guidance").await, "双重指导").contains("2 项都已明确"));
    // Nobody guides once the office is ended.
    sqlx::query("update office set ended_at = story_now() where kind = 'deputy_secretary'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert!(line(&league.get("/guidance").await, "1名团委专职副书记指导").contains("不符合"));
}

#[tokio::test]
async fn gui_06_10_and_11_hearings_reports_and_the_years_item_have_their_interval() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let page = party.get("/guidance/duties/party-hearing").await;
    assert!(page.text().contains("学校党委定期听取学生会工作汇报") && page.text().contains("还没有记录"));
    assert_eq!(record(&mut party, "party-hearing", "2099-01-01", &[]).await.status, 422);
    assert_eq!(record(&mut party, "party-hearing", &day, &[]).await.status, 303);
    assert_eq!(record(&mut party, "group-report", &day, &[]).await.status, 409, "the group's office reports");
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(union.get("/guidance/duties/party-hearing").await.status, 404, "not for the union");
    assert_eq!(league.post("/guidance/duties/party-hearing/interval", &[("every", "3")]).await.status, 422);
    assert_eq!(party.post("/guidance/duties/party-hearing/interval", &[("every", "30")]).await.status, 403);
    assert_eq!(league.post("/guidance/duties/party-hearing/interval", &[("every", "30")]).await.status, 303);
    assert!(line(&league.get("/guidance").await, "听取学生会工作汇报").contains("每 30 天一次：校团委确定"));
    assert!(
        line(&league.get("/guidance").await, "向领导小组汇报").contains("本方案未作要求"),
        "Suzhou is silent on it"
    );
    assert_eq!(record(&mut league, "party-building", &day, &[]).await.status, 303);
    assert!(union.get("/guidance/duties/party-building").await.text().contains("第一次办理"), "everybody reads that");
    let record = party.get("/guidance/duties/party-hearing").await;
    assert!(record.text().contains("学校党委"));
    let outline = party.get("/guidance/outline").await;
    assert!(outline.text().contains("请研究决定的事项"), "{}", outline.text());
    assert!(party.get("/guidance/outline.docx").await.bytes.starts_with(b"PK"));
    portal.app.clock.advance(time::Duration::days(31));
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert!(party.get("/").await.all(".waiting li.urgent").iter().any(|task| task.contains("听取学生会工作汇报")));
}

#[tokio::test]
async fn gui_07_one_signature_is_refused_and_so_is_one_person_for_both() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let study = "/guidance/duties/joint-study";
    assert_eq!(record(&mut league, "joint-study", &day, &[]).await.status, 422, "which matter");
    assert_eq!(record(&mut league, "joint-study", &day, &[("topic", "rules")]).await.status, 303);
    let conclude = league.get(study).await.attributes("form[action$='/conclude']", "action").remove(0);
    let refused = league.post(&conclude, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("共同研究学生会的规章制度") && refused.text().contains("已签署 1 方"));
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(affairs.get("/").await.text().contains("签署 1 件共同研究的事项"));
    let sign = affairs.get(study).await.attributes("form[action$='/sign']", "action").remove(0);
    assert_eq!(league.post(&sign, &[]).await.status, 409, "it has signed");
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.post(&sign, &[]).await.status, 404);
    assert_eq!(affairs.post(&sign, &[]).await.status, 303);
    assert_eq!(affairs.post(&sign, &[]).await.status, 409, "once");
    // The same person must not have signed for both.
    let both = "update guidance_record set affairs_by = league_by";
    sqlx::query(both).execute(&mut portal.owner().await).await.unwrap();
    let refused = affairs.post(&conclude, &[]).await;
    assert!(refused.status == 409 && refused.text().contains("同一个人签署"), "{}", refused.text());
    let apart = "update guidance_record set affairs_by = (select account_id from office where kind = 'student_affairs' limit 1)";
    sqlx::query(apart).execute(&mut portal.owner().await).await.unwrap();
    assert_eq!(affairs.post(&conclude, &[]).await.status, 303);
    assert!(league.get(study).await.text().contains("已定稿"));
}

#[tokio::test]
async fn gui_12_measures_are_filed_problems_answered_and_good_practice_spread() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let day = today.to_string();
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert!(line(&league.get("/guidance").await, "院系细化措施").contains("已有细化措施的 0 个"));
    assert_eq!(record(&mut league, "measures", &day, &[]).await.status, 409, "a college's own");
    let scan = b"%PDF-1.4 measures".as_slice();
    let fields = [("day", day.as_str()), ("title", "细化措施"), ("says", "一、")];
    let sent =
        crate::support::elected::send_scan(&mut college, "/guidance/duties/measures/records", &fields, Some(scan))
            .await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = league.get("/guidance/duties/measures").await;
    let file = page.attributes("a[href$='/scan']", "href").remove(0);
    assert_eq!(league.get(&file).await.bytes, scan);
    assert!(line(&league.get("/guidance").await, "院系细化措施").contains("已有细化措施的 1 个"));

    assert_eq!(record(&mut college, "feedback", &day, &[]).await.status, 303);
    assert!(league.get("/").await.text().contains("答复院系反馈的 1 个问题"));
    let form = league.get("/guidance/duties/feedback").await.attributes("form[action$='/answer']", "action").remove(0);
    assert_eq!(college.post(&form, &[("answer", "自己答")]).await.status, 403);
    assert_eq!(league.post(&form, &[("answer", "")]).await.status, 422);
    assert_eq!(league.post(&form, &[("answer", "已协调")]).await.status, 303);
    assert_eq!(league.post(&form, &[("answer", "再答")]).await.status, 409);
    assert!(college.get("/guidance/duties/feedback").await.text().contains("已协调"));
    assert!(college.get("/inbox").await.text().contains("已答复"));
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(record(&mut union, "good-practice", &day, &[]).await.status, 303);
    assert!(college.get("/guidance/duties/good-practice").await.text().contains("第一次办理"), "it is spread");
}

#[tokio::test]
async fn org_07_and_08_guidance_goes_one_level_down_and_the_matrix_shows_where_it_is_missing() {
    let Stage { portal, mut league, today, college: below, school } = stage().await;
    let day = today.to_string();
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let page = union.get("/guidance/duties/guiding").await;
    assert!(page.text().contains("0 / 1"), "{}", page.text());
    let (below, school) = (below.rsplit('/').next().unwrap(), school.rsplit('/').next().unwrap());
    let refused = record(&mut union, "guiding", &day, &[("means", "system"), ("union", school)]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("接受校级学生会指导") && refused.text().contains("只能逐级指导"));
    assert_eq!(record(&mut union, "guiding", &day, &[("means", ""), ("union", below)]).await.status, 422);
    assert_eq!(record(&mut union, "guiding", &day, &[("means", "system"), ("union", below)]).await.status, 303);
    assert!(line(&union.get("/guidance").await, "信息工程系学生会").contains("✓ 1"));
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    let classes = college.get("/guidance/duties/guiding").await.attributes("#class option", "value");
    assert_eq!(record(&mut college, "guiding", &day, &[("means", "activity"), ("union", below)]).await.status, 409);
    assert_eq!(
        record(&mut college, "guiding", &day, &[("means", "activity"), ("class", &classes[1])]).await.status,
        303
    );
    assert!(line(&league.get("/guidance").await, "信息工程系学生会").contains("1 / "));
    assert!(line(&league.get("/guidance").await, "逐级指导与联动").contains("1 / 1"));
}

#[tokio::test]
async fn pol_01_the_position_of_the_union_stands_in_the_plans_own_words() {
    let Stage { portal, school, college, .. } = stage().await;
    for (office, own) in
        [(OfficeKind::SchoolUnion, &school), (OfficeKind::CollegeUnion, &college), (OfficeKind::SchoolParty, &college)]
    {
        let mut client = portal.signed_in(office).await;
        // With its leaders, and on the union's own page.
        for path in ["/guidance", own.as_str()] {
            let page = client.get(path).await;
            let words = "学生会是党委领导下的主要学生组织，是学校联系广大同学的桥梁和纽带";
            assert!(page.text().contains(words), "{path}: {}", page.text());
        }
    }
}

/// A semester that runs.
async fn semester(portal: &Portal, league: &mut Client) {
    let today = portal.app.clock.today();
    let day = |days: i64| (today + time::Duration::days(days)).to_string();
    let fields = [("name", "本学期".to_owned()), ("from", day(-20)), ("last", day(100))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(league.post("/semesters", &fields).await.status, 303);
}

#[tokio::test]
async fn the_papers_of_the_year_are_due_on_the_calendar_and_budgets_are_in_fen() {
    let Stage { portal, mut league, school, .. } = stage().await;
    semester(&portal, &mut league).await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/calendar").await.text().contains("提交工作计划"));
    let id = school.rsplit('/').next().unwrap();
    let path = format!("/year-papers/{id}/budget");
    for (sum, status) in [("", 422), ("一万", 422), ("1.005", 422), ("12000.5", 303)] {
        let fields = [("title", "经费预算"), ("says", "一、活动经费\n二、办公经费"), ("sum", sum)];
        assert_eq!(union.post(&path, &fields).await.status, status, "{sum}");
    }
    let page = union.get(&path).await.text();
    assert!(page.contains("12000.50"), "{page}");
    assert!(union.get(&format!("{path}/print")).await.text().contains("合计：12000.50元"));
    assert!(union.get(&format!("{path}/print.docx")).await.bytes.starts_with(b"PK"));
    assert!(!union.get("/calendar").await.text().contains("提交年度经费预算"));
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(college.get(&path).await.status, 404, "not theirs");
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    assert!(party.get("/year-papers").await.text().contains("已提交"));
    let fields = [("title", "经费预算"), ("says", "改"), ("sum", "1")];
    assert_eq!(party.post(&path, &fields).await.status, 409);
    let record = league.get("/audit?verb=year_paper_kept").await.all("tbody tr").concat();
    assert!(record.contains("学年") && record.contains("12000.50 元"), "{record}");
    // What one presidium hands to the next has no sum, and is due with the year's end.
    let handover = format!("/year-papers/{id}/handover");
    assert!(union.get("/calendar").await.text().contains("提交主席团交接书"));
    let fields = [("title", "主席团交接书"), ("says", "一、在办事项\n二、账目和物资")];
    assert_eq!(union.post(&handover, &fields).await.status, 303);
    assert!(union.get(&format!("{handover}/print")).await.text().contains("账目和物资"));
    assert!(union.get(&format!("{handover}/print.docx")).await.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn gui_02_the_years_settlement_is_summed_from_the_matters_that_were_settled() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let path = format!("/year-papers/{}/settlement", school.rsplit('/').next().unwrap());
    assert_eq!(union.get(&path).await.field("合计金额（元）"), "", "nothing was settled");
    let day = today + time::Duration::days(40);
    let mut settled = Vec::new();
    for (budget, spent) in [("横幅 120.50\n场地 300", "0.07"), ("印刷 50", "49.99")] {
        let matter = applied(&mut union, day, &[("budget", budget)]).await;
        signers.approve(&matter).await;
        assert_eq!(union.post(&format!("{matter}/begin"), &[("at", "")]).await.status, 303);
        let mut lines = vec![("spent", spent), ("receipt", "票据 0231")];
        if budget.contains("场地") {
            lines.extend([("spent", "300"), ("receipt", "票据 0232")]);
        }
        assert_eq!(union.post(&format!("{matter}/settle"), &lines).await.status, 303);
        settled.push(matter);
    }
    let close = async |union: &mut Client, matter: &str| {
        union.post(&format!("{matter}/close"), &[("summary", "六十人参加。")]).await.status
    };
    assert_eq!(close(&mut union, &settled[0]).await, 303);
    // What is under way is said and not counted.
    let page = union.get(&path).await;
    assert_eq!(page.field("合计金额（元）"), "300.07");
    assert!(page.field("正文").contains("预算合计420.50元，实支合计300.07元"), "{}", page.text());
    assert!(page.text().contains("另有 1 件有经费的事项已经开展"), "{}", page.text());
    assert!(page.attributes("#settled a", "href").contains(&settled[0]));
    let fields = [("title", "经费决算"), ("says", "一、四类事项\n二、其他支出"), ("sum", "300.07")];
    assert_eq!(union.post(&path, &fields).await.status, 303);
    let printed = union.get(&format!("{path}/print")).await.text();
    assert!(printed.contains("办结事项决算表") && printed.contains("420.50"), "{printed}");
    // What is closed later is a difference, and the paper stays what was handed in.
    portal.app.clock.advance(time::Duration::minutes(1));
    assert_eq!(close(&mut union, &settled[1]).await, 303);
    let page = union.get(&path).await.text();
    assert!(page.contains("实支 350.06 元，相差 -49.99 元") && !page.contains("另有"), "{page}");
    let printed = union.get(&format!("{path}/print")).await.text();
    assert!(printed.contains("300.07") && !printed.contains("350.06"), "{printed}");
    assert!(union.get(&format!("{path}/print.docx")).await.bytes.starts_with(b"PK"));
    // Who oversees the union sees what is behind it; who sees no matters has no link to them, and no other union sees it.
    assert!(league.get(&path).await.attributes("#settled a", "href").contains(&settled[1]));
    let affairs = portal.signed_in(OfficeKind::StudentAffairs).await.get(&path).await;
    assert!(affairs.text().contains("350.06") && affairs.attributes("#settled a", "href").is_empty());
    assert_eq!(portal.signed_in(OfficeKind::CollegeUnion).await.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_paper_that_was_missed_is_owed_and_handed_in_after_its_semester() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let day = |days: i64| (today + time::Duration::days(days)).to_string();
    let (from, last) = (day(-200), day(-60));
    let fields = [("name", "上学期"), ("from", from.as_str()), ("last", last.as_str())];
    assert_eq!(league.post("/semesters", &fields).await.status, 303);
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let path = format!("/year-papers/{}/summary", school.rsplit('/').next().unwrap());
    // In the vacation it is the paper of the semester that ended.
    assert!(union.get(&path).await.text().contains("上学期"));
    semester(&portal, &mut league).await;
    assert_eq!(union.get(&path).await.field("标题"), "本学期工作总结");
    let owes = async |union: &mut Client| {
        union.get("/").await.all(".waiting li").iter().any(|line| line.contains("工作总结") && line.contains("上学期"))
    };
    assert!(!owes(&mut union).await, "it was not under the rules yet");
    sqlx::query("update student_union set opened_on = story_day() - 300")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert!(owes(&mut union).await);
    let late = format!("{path}?of={from}");
    assert!(union.get(&path).await.attributes("nav.tabs a", "href").contains(&late));
    let fields = [("title", "上学期工作总结"), ("says", "一、活动\n二、权益")];
    let done = union.post(&late, &fields).await;
    assert_eq!(done.status, 303);
    assert!(union.get(done.location()).await.text().contains("已提交。"));
    assert!(!owes(&mut union).await);
    assert!(union.get(&format!("{path}/print?of={from}")).await.text().contains("上学期工作总结"));
    assert_eq!(union.get(&format!("{path}/print")).await.status, 404, "this semester's is not handed in");
    assert_eq!(union.get(&format!("{path}?of=2001-09-01")).await.status, 404, "no such period");
}

#[tokio::test]
async fn whoever_serves_finds_their_letters_and_nobody_elses() {
    let Stage { portal, mut league, .. } = stage().await;
    let mut officer = student_account(&portal, 10).await;
    let page = officer.get("/my-service").await;
    let proof = page.attributes("a[href$='/proof']", "href").remove(0);
    let paper = officer.get(&proof).await.text();
    assert!(paper.contains("任职证明") && paper.contains("办公室部门负责人") && paper.contains("20240010"), "{paper}");
    assert!(officer.get(&proof.replace("/proof", "/appointment.docx")).await.bytes.starts_with(b"PK"));
    assert_eq!(league.get(&proof).await.status, 200);
    let mut other = student_account(&portal, 11).await;
    assert_eq!(other.get(&proof).await.status, 404);
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.get(&proof).await.status, 404);
}

#[tokio::test]
async fn the_calendar_is_subscribed_to_by_an_address_that_can_be_ended() {
    let Stage { portal, mut league, .. } = stage().await;
    semester(&portal, &mut league).await;
    let made = league.post("/calendar/feed", &[]).await;
    assert_eq!(made.status, 200);
    let address = made.all("#subscribe code").remove(0);
    let path = address.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    let mut phone = portal.visitor();
    let file = phone.get(&path).await;
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("SUMMARY:本学期开始"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 75));
    assert!(!league.get("/calendar").await.text().contains(&path), "the address is shown once");
    assert_eq!(phone.get(&path.replace(|c: char| c.is_ascii_digit(), "0")).await.status, 404);
    let again = league.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    assert_eq!(phone.get(&path).await.status, 404, "the earlier address ended");
    let path = again.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    assert_eq!(phone.get(&path).await.status, 200);
    assert_eq!(league.post("/calendar/feed/end", &[]).await.status, 303);
    assert_eq!(phone.get(&path).await.status, 404);
    // Of an office that is held no more nothing is shown.
    let address = league.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    let path = address.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    sqlx::query("update office set ended_at = story_now() where kind = 'school_league'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(phone.get(&path).await.status, 404);
}

#[tokio::test]
async fn org_01_there_is_no_third_layer_and_a_name_that_sounds_like_one_is_warned_of() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let book = league.get("/rulebook?q=ORG-01").await.text();
    assert!(book.contains("部门以外的层级无处可设") && book.contains("设立部门时提醒"), "{book}");
    let centre = "insert into post (id, union_id, student_id, kind, title, from_day)
                  select gen_random_uuid(), union_id, student_id, 'centre', '中心主任', from_day from post limit 1";
    assert!(sqlx::query(centre).execute(&mut portal.owner().await).await.is_err(), "no other kind of post");
    let day = today.to_string();
    let fields = |reason| {
        let fields = [("name", "融媒体中心"), ("functions", "新媒体"), ("from", day.as_str()), ("ground", "批复")];
        [fields.as_slice(), &[("ruling", ""), ("reason", reason)]].concat()
    };
    let warned = league.post(&format!("{school}/departments"), &fields("")).await;
    assert!(warned.status == 422 && warned.text().contains("另设层级"), "{}", warned.text());
    let done = league.post(&format!("{school}/departments"), &fields("是工作部门，沿用原名")).await;
    assert_eq!(done.status, 303, "a name is warned of and not refused: {}", done.text());
}
