//! Selection as first-years, secretaries and committees meet it.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Client, FIRST, PASSWORD, Portal,
    vetting::{Opening, Stage, agree, apply, assert_counted, open, say, stage, student_account, try_apply, waiting},
};

/// Makes a student one of this year's intake, of whom no grade is known.
async fn make_first_year(portal: &Portal, number: u32) {
    let mut db = portal.owner().await;
    let year = lunzhi::rules::yearly::academic_year(portal.app.clock.today());
    sqlx::query(
        "with fresh as (
             insert into class (id, major_id, entry_year, name)
             select gen_random_uuid(), k.major_id, $2, '新生班' from student s join class k on k.id = s.class_id
             where s.number = $1 returning id, major_id
         )
         update student s set class_id = fresh.id from fresh, class k
         where s.number = $1 and k.id = s.class_id and k.major_id = fresh.major_id",
    )
    .bind(format!("2024{number:04}"))
    .bind(year)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("delete from grade_fact g using student s where s.id = g.student_id and s.number = $1")
        .bind(format!("2024{number:04}"))
        .execute(&mut db)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_first_year_applies_without_grades_and_is_judged_again_at_the_appointment() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    make_first_year(&portal, 60).await;
    let mut student = student_account(&portal, 60).await;
    let ask = student.get(&format!("/apply/{}", round.rsplit('/').next().unwrap())).await;
    for part in ["按惯例不作要求", "新生尚无成绩，按实践惯例不作要求，任命时再核对", "大一新生除外"]
    {
        assert!(ask.text().contains(part), "{part}: {}", ask.text());
    }
    assert!(!ask.text().contains("待补数据") && !ask.text().contains("导入"), "{}", ask.text());
    let applied = try_apply(&mut student, &round, "ordinary").await;
    assert_eq!(applied.status, 303, "{}", applied.text());
    // Their class has no branch in the story: the case is carried on by hand to the end of the chain.
    let case = applied.location().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    sqlx::query("update vetting_case set step = 1, visit = 1, furthest = 1 where id = $1::uuid")
        .bind(&case)
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    agree(&mut league, &[]).await;
    agree(&mut portal.signed_in(OfficeKind::CollegeParty).await, &[]).await;
    // Meanwhile the first examinations are over, one of them failed.
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '第一学期', 3, 600, 1, '教务处', story_now(),
                (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s where s.number = '20240060'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let from = (today + Duration::days(10)).to_string();
    let fields = [("case", case.as_str()), ("from", from.as_str()), ("ground", "系团总支〔2026〕3号")];
    let refused = league.post(&format!("{round}/outcome"), &fields).await;
    assert!(refused.status == 409 && refused.text().contains("有 1 门课业不及格"), "{}", refused.text());
    sqlx::query("delete from grade_fact g using student s where s.id = g.student_id and s.number = '20240060'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let done = league.post(&format!("{round}/outcome"), &fields).await;
    assert_eq!(done.status, 303, "still a first-year without grades: {}", done.text());
}

#[tokio::test]
async fn a_notice_counts_working_days_by_the_calendar_that_the_school_keeps() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let opening = Opening { notice: "5", ..Opening::staff("综合部 部门工作人员", "2", today) };
    let round = open(&mut league, &college, today, &opening).await;
    let mut student = student_account(&portal, 80).await;
    apply(&mut student, &round, "ordinary").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    agree(&mut branch, &[]).await;
    agree(&mut league, &[]).await;
    agree(&mut party, &[]).await;
    // Into the first days of the year after the next, of which nothing is announced.
    let new_year = time::Date::from_ordinal_date(today.year() + 2, 1).unwrap();
    portal.app.clock.advance(new_year - today - Duration::days(3));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    sqlx::query("update vetting_round set closes_on = $1, effective_on = $1 + 60")
        .bind(portal.app.clock.today() - Duration::days(1))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let unknown = league.post(&format!("{round}/notice"), &[]).await;
    let year = new_year.year() - 1;
    let says = format!("{year} 年的放假安排还没有登记");
    assert!(unknown.status == 409 && unknown.text().contains(&says), "{}", unknown.text());
    assert_eq!(league.get("/holidays").await.status, 403, "a college keeps no calendar");

    let mut keeper = portal.signed_in(OfficeKind::Administrator).await;
    let page = keeper.get("/holidays").await;
    assert!(
        page.text().contains("国务院办公厅关于2026年部分节假日安排的通知") && page.text().contains("248"),
        "{}",
        page.text()
    );
    assert!(page.text().contains(&says), "{}", page.text());
    let short = [("year", "2027"), ("source", "国务院办公厅通知"), ("days", "2027-01-01 休 元旦")];
    let refused = keeper.upload("/holidays", &short, None).await;
    assert!(refused.status == 422 && refused.text().contains("只有 1 天休息"), "{}", refused.text());
    assert_eq!(refused.field("放假和补班（一行一条）"), "2027-01-01 休 元旦");
    for year in [year, year + 1] {
        let rows: Vec<String> = (1..=13).map(|day| format!("{year}-01-{day:02},,休,长假")).collect();
        let file = format!("开始,结束,安排,名称\n{}\n", rows.join("\n"));
        let fields = [("year", year.to_string()), ("source", "本校通知".to_owned()), ("days", String::new())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let kept = keeper.upload("/holidays", &fields, Some(("放假.csv", file.as_bytes()))).await;
        assert_eq!(kept.status, 303, "{}", kept.text());
    }
    let from = format!("{}-01-14", new_year.year());
    let last = format!("{}-01-31", new_year.year());
    let away = [("name", "寒假"), ("from", from.as_str()), ("last", last.as_str())];
    assert_eq!(keeper.post("/holidays/breaks", &away).await.status, 303);
    assert_eq!(keeper.post("/holidays/breaks", &away).await.status, 422, "not twice");
    assert_eq!(league.post(&format!("{round}/notice"), &[]).await.status, 303);
    let shown = league.get(&format!("{round}/notice")).await;
    let end = format!("至{}年2月", new_year.year());
    assert!(shown.text().contains(&end) && shown.text().contains("共5个工作日"), "{}", shown.text());
    // Who is on notice is judged against those who applied: nobody joins them now.
    let slot = league.get(&format!("{round}/edit")).await.attributes("input[name=slot]", "value").remove(0);
    let (closes, from) = (portal.app.clock.today() + Duration::days(9), portal.app.clock.today() + Duration::days(90));
    let (closes, from) = (closes.to_string(), from.to_string());
    let longer =
        [("closes_on", closes.as_str()), ("effective_on", from.as_str()), ("slot", slot.as_str()), ("seats", "2")];
    let refused = league.post(&format!("{round}/edit"), &longer).await;
    assert!(refused.status == 422 && refused.text().contains("公示期间不再接受报名"), "{}", refused.text());
}

#[tokio::test]
async fn those_for_whom_no_seat_is_left_are_told_in_one_act() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut left = Vec::new();
    for number in 91..95 {
        let mut student = student_account(&portal, number).await;
        left.push((student.clone(), apply(&mut student, &round, "ordinary").await));
        agree(&mut branch, &[]).await;
        agree(&mut league, &[]).await;
    }
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let cases = waiting(&mut party).await;
    assert!(!party.get("/vetting").await.text().contains("其余未入选"), "there is a seat still");
    assert_eq!(say(&mut party, &cases[0], "agree", &[]).await.status, 303);
    let page = party.get("/vetting").await;
    assert!(page.text().contains("其余未入选（3 人）"), "{}", page.text());
    let field =
        |name: &str| page.attributes(&format!("form[action='/vetting/rest'] input[name={name}]"), "value").remove(0);
    let (id, step, words) = (field("round"), field("step"), field("words"));
    let rest = [("round", id.as_str()), ("step", step.as_str()), ("total", "3"), ("words", words.as_str())];
    let asked = party.post("/vetting/rest", &rest).await;
    assert!(asked.status == 422 && asked.text().contains("将告知 3 人"), "{}", asked.text());
    let other = [&rest[..2], &[("total", "2"), ("words", words.as_str()), ("sure", "yes")]].concat();
    let changed = party.post("/vetting/rest", &other).await;
    assert!(changed.status == 422 && changed.text().contains("人数有变化"), "{}", changed.text());
    let done = party.post("/vetting/rest", &[&rest[..], &[("sure", "yes")]].concat()).await;
    assert!(done.text().contains("已对 3 人签署“未入选”"), "{}", done.text());
    assert!(waiting(&mut party).await.is_empty());
    for (student, application) in &mut left[1..] {
        assert!(student.get("/inbox").await.text().contains("本次未入选：秋季招新"));
        assert!(student.get(application).await.text().contains("名额已满"));
    }
    assert!(!left[0].0.get("/inbox").await.text().contains("未入选"));
}

#[tokio::test]
async fn a_signature_is_taken_back_until_the_next_office_has_the_case_open() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 96).await;
    let application = apply(&mut student, &round, "ordinary").await;
    let id = application.rsplit('/').next().unwrap().to_owned();
    let (path, back) = (format!("/cases/{id}"), format!("/cases/{id}/take-back"));
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    agree(&mut branch, &[("words", "推荐错了人")]).await;
    assert!(branch.get(&path).await.text().contains("收回意见"));
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    assert_ne!(party.post(&back, &[]).await.status, 303, "nor is it another office's");
    let taken = branch.post(&back, &[]).await;
    assert_eq!(taken.status, 303, "{}", taken.text());
    let page = branch.get(taken.location()).await;
    assert!(page.text().contains("请重新签署") && page.text().contains("已收回"), "{}", page.text());
    assert!(waiting(&mut league).await.is_empty(), "it waits for the branch again");
    assert!(!student.get(&application).await.text().contains("推荐：同意"));
    let again = waiting(&mut branch).await.remove(0);
    let words = [("back", "candidate"), ("words", "请补充经历")];
    assert_eq!(say(&mut branch, &again, "return", &words).await.status, 303);
    assert_eq!(branch.post(&back, &[]).await.status, 303, "the candidate has not handed it in again");
    assert!(student.get("/inbox").await.text().contains("上一条结论已收回"));
    agree(&mut branch, &[("words", "学习优良，愿意服务同学")]).await;
    // The League organisation opens it: what led there stands.
    assert_eq!(league.get(&path).await.status, 200);
    let late = branch.post(&back, &[]).await;
    assert!(late.status == 409 && late.text().contains("已经打开"), "{}", late.text());
    assert!(!branch.get(&path).await.text().contains("收回意见"));
    // Sent back, the case says by whom and why, in the list and on its page.
    let seen = waiting(&mut league).await.remove(0);
    assert_eq!(say(&mut league, &seen, "return", &[("back", "0"), ("words", "推荐意见过于笼统")]).await.status, 303);
    for page in ["/vetting", path.as_str()] {
        let page = branch.get(page).await;
        assert!(page.text().contains("退回") && page.text().contains("推荐意见过于笼统"), "{}", page.text());
        assert!(page.text().contains("信息工程系 院系团组织"), "{}", page.text());
    }
    agree(&mut branch, &[("words", "担任班长一年，群众基础好")]).await;
    agree(&mut league, &[]).await;
    let case = waiting(&mut party).await.remove(0);
    assert_eq!(say(&mut party, &case, "refuse", &[("words", "名额所限"), ("sure", "yes")]).await.status, 303);
    portal.app.clock.advance(Duration::days(1));
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let told = party.post(&back, &[]).await;
    assert!(told.status == 409 && told.text().contains("已告知本人"), "{}", told.text());
    assert_counted(&portal).await;
}

#[tokio::test]
async fn cases_of_an_office_without_people_are_shown_to_the_office_above_at_once() {
    let Stage { portal, mut league, college, today, .. } = stage().await;
    let mut college_league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut college_league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 97).await;
    apply(&mut student, &round, "ordinary").await;
    assert!(!college_league.get("/vetting").await.text().contains("没有人办理"));
    let end = "update office set ended_at = story_now() where kind = $1 and ended_at is null";
    sqlx::query(end).bind("class_branch").execute(&mut portal.owner().await).await.unwrap();
    let page = college_league.get("/vetting").await;
    assert!(
        page.text().contains("停在没有人办理的单位") && page.text().contains("软件2401班 班级团支部，1 件"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("请校团委或系统管理员登记"), "{}", page.text());
    assert!(college_league.get("/").await.text().contains("有 1 件遴选停在没有人办理的单位"));
    assert!(!league.get("/vetting").await.text().contains("没有人办理"), "the college looks after its classes");
    sqlx::query(end).bind("college_league").execute(&mut portal.owner().await).await.unwrap();
    let page = league.get("/vetting").await;
    assert!(page.text().contains("班级团支部，1 件"), "where nobody does, the school does: {}", page.text());
    let mut links = page.attributes(".note a", "href");
    links.retain(|link| link == "/imports");
    assert_eq!(links.len(), 1, "with the way to fill it");
}

#[tokio::test]
async fn several_people_are_put_forward_by_a_column_and_all_or_none() {
    let Stage { portal, college, today, .. } = stage().await;
    sqlx::query("update student set name = '张伟' where number in ('20240093', '20240094')")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "4", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let path = format!("{round}/nominate/several");
    let page = branch.get(&format!("{round}/nominate")).await;
    let place = page.attributes("select[name=several_place] option", "value").remove(1);
    let asked = async |branch: &mut Client, column: &str, picks: &[&str]| {
        let mut fields = vec![("people", column), ("several_place", place.as_str())];
        fields.push(("several_words", "政治坚定，品行端正，学习优良"));
        fields.extend(picks.iter().map(|pick| ("pick", *pick)));
        branch.post(&path, &fields).await
    };
    let column = "序号\t学号\t姓名\n1\t20240091\t学生91\n2\t学生92\n3\t张伟";
    let unsure = asked(&mut branch, column, &[]).await;
    assert_eq!(unsure.status, 422);
    let fault = unsure.all("#people-fault").remove(0);
    assert!(fault.contains("请在下面逐一选定：张伟"), "{fault}");
    assert_eq!(unsure.attributes("select[name=pick] option", "value"), ["", "20240093", "20240094"]);
    assert!(branch.get(&format!("{round}/cases")).await.all("tbody tr").is_empty(), "nothing is half written");
    let unknown = asked(&mut branch, "20240091\n20249999", &[]).await;
    let fault = unknown.all("#people-fault").remove(0);
    assert!(fault.contains("一个也没有提交") && fault.contains("20249999：本单位没有这个学号"), "{fault}");
    let unsaid = branch.post(&path, &[("people", "20240091")]).await;
    assert!(unsaid.fault("岗位").contains("请选择岗位") && unsaid.text().contains("ELG-02"), "{}", unsaid.text());
    let done = asked(&mut branch, column, &["20240094"]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let cases = branch.get(&format!("{round}/cases")).await.text();
    for number in ["20240091", "20240092", "20240094"] {
        assert!(cases.contains(number), "{number}: {cases}");
    }
    let again = asked(&mut branch, "20240092\n20240095", &[]).await;
    let fault = again.all("#people-fault").remove(0);
    assert!(fault.contains("学生92（20240092）：在本轮已经报名"), "{fault}");
    assert_eq!(branch.get(&format!("{round}/cases")).await.all("tbody tr").len(), 3, "all or none");
}

#[tokio::test]
async fn a_nominee_who_cannot_sign_in_is_marked_at_the_look_up_the_nomination_and_the_case() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let look = format!("{round}/nominate?number=20240098");
    let page = branch.get(&look).await;
    assert!(page.text().contains("账号未激活"), "{}", page.text());
    let place = page.attributes("input[name=place]", "value").remove(0);
    let fields =
        [("number", "20240098"), ("place", place.as_str()), ("source", "ordinary"), ("words", "政治坚定，学习优良")];
    let done = branch.post(&format!("{round}/nominate"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(branch.get(done.location()).await.text().contains("账号还没有激活"));
    let list = branch.get(&format!("{round}/cases")).await;
    assert!(list.text().contains("账号未激活"), "{}", list.text());
    let case = list.attributes("td[data-label='姓名'] a", "href").remove(0);
    assert!(branch.get(&case).await.text().contains("账号未激活"));
    let mut student = student_account(&portal, 98).await;
    assert!(!branch.get(&case).await.text().contains("账号未激活"));
    assert!(!branch.get(&look).await.text().contains("账号未激活"));
    student.sign_in(FIRST, "20240098", PASSWORD).await;

    // Who signs in by the university's own server has no password and can confirm all the same.
    let look = format!("{round}/nominate?number=20240097");
    assert!(branch.get(&look).await.text().contains("账号未激活"));
    sqlx::query(
        "with made as (
             insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
             select gen_random_uuid(), s.institution_id, s.number, s.name, false, story_now(), s.id
             from student s join institution i on i.id = s.institution_id
             where s.number = '20240097' and i.code = $1 returning id, institution_id
         ), server as (
             insert into campus_sign_in (institution_id, kind, server, origin, plain_allowed, opens_students, password_for,
                                         set_at)
             select institution_id, 'cas', 'https://cas.example.edu.cn', 'https://xsh.example.edu.cn', false, false, 'all',
                    story_now()
             from made
         )
         insert into campus_binding (account_id, subject_hash, bound_at) select id, sha256('cas'), story_now() from made",
    )
    .bind(FIRST)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    assert!(!branch.get(&look).await.text().contains("账号未激活"));
}

#[tokio::test]
async fn a_class_branch_looks_nobodys_rank_up_and_sees_the_figures_of_its_candidates() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2025—2026 学年第二学期', 500, 600, 0, '教务处', story_now() + interval '1 second',
                (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s where s.number = '20240099'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    for (number, answer) in [("20240099", "不符合"), ("20240100", "符合")] {
        let page = branch.get(&format!("{round}/nominate?number={number}")).await;
        assert!(page.text().contains(answer), "{}", page.text());
        for figure in ["500 /", "100 / 600", "/ 600", "500 名"] {
            assert!(!page.text().contains(figure), "{figure}: {}", page.text());
        }
    }
    let page = branch.get(&format!("{round}/nominate")).await;
    let place = page.attributes("input[name=place]", "value").remove(0);
    let fields =
        [("number", "20240099"), ("place", place.as_str()), ("source", "ordinary"), ("words", "政治坚定，学习优良")];
    let refused = branch.post(&format!("{round}/nominate"), &fields).await;
    assert!(refused.status == 409 && refused.text().contains("学习成绩综合排名：不符合"), "{}", refused.text());
    for figure in ["500 名", "600 人", "/600", "/ 600"] {
        assert!(!refused.text().contains(figure), "{figure}: {}", refused.text());
    }
    let full = league.get(&format!("{round}/nominate?number=20240100")).await;
    assert!(full.status == 404 || full.text().contains("100 / 600"), "who examines sees the figures");
    let mut student = student_account(&portal, 100).await;
    let application = apply(&mut student, &round, "ordinary").await;
    let case = branch.get(&format!("/cases/{}", application.rsplit('/').next().unwrap())).await;
    assert!(case.text().contains("100 / 600"), "of its candidate: {}", case.text());
}
