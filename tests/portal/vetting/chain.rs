//! Cases on their way through the chain of opinions.

use lunzhi::{office::OfficeKind, sheet::Sheet};
use time::Duration;

use crate::support::{
    FIRST, PASSWORD, SECOND,
    sitting::{in_minutes, number, see_other},
    vetting::{
        Opening, Stage, agree, apply, assert_counted, batch, open, opening, pairs, say, slot, stage, student_account,
        try_apply, waiting,
    },
};

#[tokio::test]
async fn a_college_recruit_goes_from_the_application_to_the_post() {
    let Stage { portal, mut league, college, today, .. } = stage().await;
    let mut college_league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut college_league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 40).await;
    let home = student.get("/").await;
    assert!(home.text().contains("秋季招新") && home.text().contains("正在报名"));
    let ask = student.get(&format!("/apply/{}", round.rsplit('/').next().unwrap())).await;
    assert!(
        ask.text().contains("40 / 600")
            && ask.text().contains("教务处")
            && ask.text().contains("学习成绩综合排名在本专业前30%以内")
    );
    let conditions = ask.all(".condition-head");
    assert!(!conditions.is_empty(), "{}", ask.text());
    assert_eq!(ask.all("details .condition-head"), conditions, "met, they are folded, and the form is near");
    let application = apply(&mut student, &round, "ordinary").await;
    assert_eq!(try_apply(&mut student, &round, "ordinary").await.status, 422, "not twice");
    let home = student.get("/").await;
    assert!(!home.text().contains("报名到"), "it is open to them no more");
    assert!(home.attributes(".rounds a", "href").contains(&application), "where it stands is: {}", home.text());
    assert!(home.text().contains("待班级团支部推荐"), "{}", home.text());

    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert!(branch.get("/").await.text().contains("办理 1 件遴选"));
    let cases = waiting(&mut branch).await;
    // A recommendation says something of the person.
    let silent = say(&mut branch, &cases[0], "agree", &[("words", " ")]).await;
    assert!(silent.status == 422 && silent.text().contains("ELG-02"), "{}", silent.status);
    agree(&mut branch, &[]).await;
    assert!(waiting(&mut branch).await.is_empty());
    assert!(branch.get("/vetting/done").await.text().contains("学生40"));
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    assert!(waiting(&mut party).await.is_empty(), "not its turn");
    agree(&mut college_league, &[]).await;
    agree(&mut party, &[]).await;
    let own = student.get(&application).await;
    assert!(own.text().contains("已通过全部环节") && own.all(".chain-done").len() == 3, "{}", own.text());
    assert!(!own.text().contains("班级团支部甲"), "who signed is not told to the candidate");

    assert!(college_league.get("/").await.text().contains("任命秋季招新的 1 人"));
    let outcome = college_league.get(&format!("{round}/outcome")).await;
    let case = outcome.attributes("tbody input[name=case]", "value").remove(0);
    let from = (today + Duration::days(10)).to_string();
    let fields = [("case", case.as_str()), ("from", from.as_str()), ("ground", "系团总支〔2026〕3号")];
    let done = college_league.post(&format!("{round}/outcome"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(student.get("/me/data").await.text().contains("信息工程系学生会"));
    assert!(student.get(&application).await.text().contains("已任命"));
    assert!(league.get("/compliance").await.text().contains("启用以来的任命都经过遴选程序"));
    let again = college_league.post(&format!("{round}/outcome"), &fields).await;
    assert_eq!(again.status, 422, "once");

    // Papers: the form has every opinion and a block for each body, the table opens, the record has all.
    let form = college_league.get(&format!("/cases/{case}/form")).await;
    assert_eq!(form.all(".seal th").len(), 3);
    assert!(form.text().contains("政治坚定") && form.text().contains("盖章") && form.text().contains("40/600"));
    let sheet = college_league.get(&format!("{round}/cases.xlsx")).await;
    let sheet = Sheet::read(&sheet.bytes).unwrap();
    assert_eq!(sheet.rows.len(), 1);
    assert!(sheet.rows[0].cells.iter().any(|cell| cell.shown() == "学生40"));
    let record = college_league.get(&format!("{round}/record")).await;
    for part in ["学生40", "班级团支部推荐", "院系党组织"] {
        assert!(record.text().contains(part), "{part}");
    }
    // Ending lets go of the place that was not used.
    let ended = college_league.post(&format!("{round}/end"), &[("why", "本轮工作已完成")]).await;
    assert_eq!(ended.status, 303);
    assert!(college_league.get(&round).await.text().contains("本轮已结束"));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn vet_01_and_04_a_presidium_candidate_needs_both_offices_in_one_session_and_ends_on_the_list() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let opening = Opening { places: "presidium", label: "主席团候选人", ..Opening::staff("", "2", today) };
    let round = open(&mut league, &school, today, &opening).await;
    for number in [41, 42] {
        let mut student = student_account(&portal, number).await;
        apply(&mut student, &round, "college_staff").await;
    }
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let both = |cases: Vec<String>| -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = cases.into_iter().map(|case| ("case".to_owned(), case)).collect();
        fields.push(("verdict".to_owned(), "agree".to_owned()));
        fields.push(("words".to_owned(), "政治坚定，学习优良".to_owned()));
        fields
    };
    for office in [&mut college, &mut party] {
        let cases = waiting(office).await;
        assert_eq!(cases.len(), 2);
        let done = batch(office, &both(cases), &[]).await;
        assert!(done.text().contains("已对 2 人签署"), "{}", done.text());
    }
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let cases = waiting(&mut affairs).await;
    let bare = batch(&mut affairs, &both(cases.clone()), &[]).await;
    assert!(bare.text().contains("有 2 人没有办理") && bare.text().contains("联合会议"), "{}", bare.text());
    assert!(bare.text().contains("联合审查后"), "the clause is quoted");
    let day = today.to_string();
    let session = [("session", "new"), ("held_on", day.as_str()), ("minutes", "学生工作部、校团委共5人，逐一审查")];
    let done = batch(&mut affairs, &both(cases), &session).await;
    assert!(done.text().contains("已签署，等另一方办理"), "{}", done.text());
    assert!(waiting(&mut affairs).await.is_empty());
    let cases = waiting(&mut league).await;
    let page = league.get(&format!("/cases/{}", cases[0].split('.').next().unwrap())).await;
    assert!(page.field("会议").is_empty(), "nobody signs under a session by accident");
    let theirs = page.attributes("#session option", "value").remove(1);
    assert!(page.all("#session option")[1].contains("共5人"), "what it was stands beside it");
    let done = batch(&mut league, &both(cases), &[("session", theirs.as_str())]).await;
    assert!(done.text().contains("到“学校党委确定”"), "{}", done.text());
    let mut school_party = portal.signed_in(OfficeKind::SchoolParty).await;
    let cases = waiting(&mut school_party).await;
    let done = batch(&mut school_party, &both(cases), &[]).await;
    assert!(done.text().contains("已对 2 人签署"), "{}", done.text());

    let outcome = league.get(&format!("{round}/outcome")).await;
    assert!(outcome.text().contains("都来自院系学生会工作人员"), "{}", outcome.text());
    let chosen = outcome.attributes("tbody input[name=case]", "value");
    let mut fields: Vec<(&str, &str)> = chosen.iter().map(|case| ("case", case.as_str())).collect();
    let asked = league.post(&format!("{round}/outcome"), &fields).await;
    assert!(asked.status == 422 && !asked.fault("超出柔性要求的理由（如有）").is_empty(), "{}", asked.text());
    assert!(asked.text().contains("主席团候选人具有代表性"), "the clause is quoted: {}", asked.text());
    fields.push(("reason", "本次只有院系推荐人选报名"));
    assert_eq!(league.post(&format!("{round}/outcome"), &fields).await.status, 303);
    assert!(league.get(&round).await.text().contains("已列入候选人名单"));
    // Never straight to a post.
    let people = league.get(&school).await.all("td[data-label='姓名']");
    assert!(!people.contains(&"学生41".to_owned()), "{people:?}");

    // The list is taken over on the contest's page.
    let (opens, closes) = (in_minutes(&portal, 5), in_minutes(&portal, 125));
    let fields = [
        ("title", "主席团选举"),
        ("opens", opens.as_str()),
        ("closes", &closes),
        ("threshold", "2"),
        ("revote", "yes"),
    ];
    let sitting = see_other(&league.post("/sittings/new", &fields).await).split('?').next().unwrap().to_owned();
    let delegates: Vec<String> = (1..=10).map(number).collect();
    let fields = [
        ("title", "学生会主席团"),
        ("fills", "presidium"),
        ("body", "congress"),
        ("people", &delegates.join("\n")),
        ("seats", "1"),
        ("quorum", "2/3+"),
        ("majority", "present"),
        ("extra", "1"),
        ("write_in", "yes"),
        ("tie", "second_round"),
    ];
    let contest = see_other(&league.post(&format!("{sitting}/contests/new"), &fields).await);
    let contest = contest.split('?').next().unwrap().to_owned();
    let take = format!("{contest}/listed");
    let other = [("round", "00000000-0000-4000-8000-000000000000")];
    assert_eq!(league.post(&take, &other).await.status, 404, "no list of this university");
    let listed = [("round", round.rsplit('/').next().unwrap())];
    let page = league.post_on(&take, &listed).await;
    assert_eq!(page.all("td[data-label='学号']"), [number(41), number(42)], "{}", page.text());
    assert!(page.text().contains("遴选轮次“秋季招新”确定的候选人名单"), "{}", page.text());
    let again = league.post_on(&take, &listed).await;
    assert_eq!(again.all("td[data-label='学号']").len(), 2, "nobody stands twice");
    assert_eq!(again.all("td[data-label='任职条件']"), ["✓ 遴选名单", "✓ 遴选名单"]);
    // A list of another year is another election's: whoever was on it is judged as for an appointment.
    let mut db = portal.owner().await;
    let earlier = "update vetting_case set settled_at = settled_at - interval '366 days' where stage = 'listed'";
    sqlx::query(earlier).execute(&mut db).await.unwrap();
    let masses = "update student set political = '群众' where number = '20240042'";
    sqlx::query(masses).execute(&mut db).await.unwrap();
    let page = league.get(&contest).await;
    let judged = page.all("td[data-label='任职条件']");
    assert!(judged[0].contains("符合") && judged[1].contains("学生42的政治面貌是群众"), "{judged:?}");
    assert!(league.get(&sitting).await.text().contains("1 人不符或缺少材料：学生42"));
    // Nobody on a list is left out in silence where it does not fit.
    let full = see_other(&league.post(&format!("{sitting}/contests/new"), &fields).await);
    let full = full.split('?').next().unwrap().to_owned();
    let many = (50..109).map(number).collect::<Vec<_>>().join("\n");
    see_other(&league.post(&format!("{full}/candidates"), &[("numbers", &many), ("origin", "推荐")]).await);
    let refused = league.post(&format!("{full}/listed"), &listed).await;
    assert!(refused.status == 409 && refused.text().contains("名单里还有 2 人没有登记"), "{}", refused.text());
    assert_eq!(league.get(&full).await.all("td[data-label='学号']").len(), 59);
}

#[tokio::test]
async fn vet_02_a_return_from_the_second_step_reaches_both_offices_and_nothing_moves_by_accident() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let round = open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    let mut student = student_account(&portal, 43).await;
    let application = apply(&mut student, &round, "college_staff").await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    agree(&mut college, &[]).await;
    let id = application.rsplit('/').next().unwrap();
    let beyond = say(&mut college, &format!("{id}.1"), "agree", &[]).await;
    assert!(beyond.status == 409 && beyond.text().contains("审核后确定"), "whose turn it is: {}", beyond.text());
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    // Both have the page open; the League committee agrees, student affairs send it back with a reason.
    let seen = waiting(&mut affairs).await.remove(0);
    assert_eq!(waiting(&mut league).await, std::slice::from_ref(&seen));
    assert_eq!(say(&mut league, &seen, "agree", &[]).await.status, 303);
    let blank = say(&mut affairs, &seen, "return", &[("back", "0"), ("words", "")]).await;
    assert_eq!(blank.status, 422);
    assert_eq!(say(&mut affairs, &seen, "return", &[("back", "0"), ("words", "推荐意见过于笼统")]).await.status, 303);
    assert!(league.get("/inbox").await.text().contains("推荐意见过于笼统"), "the other office is told");
    let stale = say(&mut league, &seen, "agree", &[]).await;
    assert!(stale.status == 409 && stale.text().contains("情况有变化"), "{}", stale.text());
    assert!(student.get(&application).await.text().contains("退回前面环节。推荐意见过于笼统"));
    agree(&mut college, &[("words", "补充：担任班长一年，群众基础好，成绩前列")]).await;
    // What the League committee agreed to before counts no more: both sign anew, in either order.
    agree(&mut affairs, &[]).await;
    assert_eq!(waiting(&mut league).await.len(), 1);
    agree(&mut league, &[]).await;
    let case = application.rsplit('/').next().unwrap();
    let page = league.get(&format!("/cases/{case}")).await;
    assert_eq!(page.all(".opinions > li").len(), 6, "every opinion is kept: {:?}", page.all(".opinions > li"));
    let form = league.get(&format!("/cases/{case}/form")).await;
    assert!(form.text().contains("退回记录") && form.text().contains("推荐意见过于笼统"));
}

#[tokio::test]
async fn a_return_to_the_candidate_a_withdrawal_and_a_no() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut student = student_account(&portal, 44).await;
    let application = apply(&mut student, &round, "ordinary").await;
    let case = waiting(&mut branch).await.remove(0);
    let done = say(&mut branch, &case, "return", &[("back", "candidate"), ("words", "请写明服务经历")]).await;
    assert_eq!(done.status, 303);
    assert!(student.get("/").await.text().contains("修改并再次提交"));
    let edit = student.get(&format!("{application}/edit")).await;
    assert!(edit.field("个人陈述").contains("课余时间"), "what was written is still there");
    // The round may close meanwhile: what came back can be handed in until the round ends.
    portal.app.clock.advance(Duration::days(6));
    let mut student = portal.visitor();
    student.sign_in(FIRST, "20240044", PASSWORD).await;
    let edit = student.get(&format!("{application}/edit")).await;
    let place = edit.attributes("input[name=place]", "value").remove(0);
    let fields = [
        ("place", place.as_str()),
        ("source", "ordinary"),
        ("statement", "补充：大一起每周在学院服务台值班，累计六十小时，没有缺勤。"),
        ("pledge", "yes"),
    ];
    let again = student.upload(&format!("{application}/edit"), &fields, None).await;
    assert_eq!(again.status, 303, "{}", again.text());
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let case = waiting(&mut branch).await.remove(0);
    let bare = say(&mut branch, &case, "refuse", &[("words", "近期有违纪情况")]).await;
    assert!(bare.status == 422 && bare.text().contains("原因随即告诉本人；请勾选确认"), "{}", bare.text());
    let sure = [("words", "近期有违纪情况"), ("sure", "yes")];
    assert_eq!(say(&mut branch, &case, "refuse", &sure).await.status, 303);
    assert!(student.get(&application).await.text().contains("近期有违纪情况"), "a no carries its reason");
    let late = try_apply(&mut student, &round, "ordinary").await;
    assert!(late.status == 422 && late.text().contains("截止"), "{}", late.text());

    // Withdrawing asks first.
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let closes = (today + Duration::days(9)).to_string();
    let from = (today + Duration::days(20)).to_string();
    let page = league.get(&format!("{round}/edit")).await;
    let slot = page.attributes("input[name=slot]", "value").remove(0);
    let fields =
        [("closes_on", closes.as_str()), ("effective_on", from.as_str()), ("slot", slot.as_str()), ("seats", "3")];
    let extended = league.post(&format!("{round}/edit"), &fields).await;
    assert_eq!(extended.status, 303, "{}", extended.text());
    let application = apply(&mut student, &round, "ordinary").await;
    assert_eq!(student.post(&format!("{application}/withdraw"), &[]).await.status, 422);
    assert_eq!(student.post(&format!("{application}/withdraw"), &[("confirm", "yes")]).await.status, 303);
    assert!(waiting(&mut branch).await.is_empty());
    apply(&mut student, &round, "ordinary").await;
    assert_counted(&portal).await;
}

#[tokio::test]
async fn an_office_recommends_and_the_student_confirms_and_union_officers_prepare_a_file() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let round = open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    let page = college.get(&format!("{round}/nominate?number=20240060")).await;
    assert!(page.text().contains("60 / 600"));
    let place = page.attributes("input[name=place]", "value").remove(0);
    let fields = [("number", "20240060"), ("place", place.as_str()), ("words", "表现突出，学习优良，乐于服务")];
    let bare = college.post(&format!("{round}/nominate"), &fields[..2]).await;
    assert!(bare.status == 422 && bare.fault("推荐意见").contains("ELG-02"));
    assert_eq!(bare.field("学号或姓名"), "20240060");
    assert_eq!(college.post(&format!("{round}/nominate"), &fields).await.status, 303);
    let twice = college.post(&format!("{round}/nominate"), &fields).await;
    assert!(twice.fault("学号或姓名").contains("已被推荐"), "{}", twice.text());
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(waiting(&mut affairs).await.is_empty(), "the student has not agreed yet");
    let mut student = student_account(&portal, 60).await;
    let home = student.get("/").await;
    assert!(home.text().contains("确认推荐"), "{}", home.text());
    let application = home.attributes(".waiting a", "href").remove(0);
    let fields = [
        ("place", place.as_str()),
        ("source", "college_staff"),
        ("statement", "感谢推荐，我愿意到校学生会办公室工作，为同学服务。"),
        ("pledge", "yes"),
    ];
    let unsigned = student.upload(&format!("{application}/edit"), &fields[..3], None).await;
    assert!(unsigned.status == 422 && unsigned.text().contains("请阅读并勾选承诺"));
    assert_eq!(student.upload(&format!("{application}/edit"), &fields, None).await.status, 303);
    assert_eq!(waiting(&mut affairs).await.len(), 1, "the recommendation stood: it is at the second step");
    assert_eq!(college.get("/vetting/done").await.all("tbody tr").len(), 1);

    // The college union's officers prepare; the body that the plan names recommends.
    let mut officers = portal.signed_in(OfficeKind::CollegeUnion).await;
    let header = "学号,姓名,岗位,来源,领域,个人陈述,经历,推荐意见\n";
    let upload = |rows: &str| format!("{header}{rows}").into_bytes();
    let path = format!("{round}/nominate/file");
    let masses = "update student set political = '群众' where number in ('20240063', '20240064')";
    sqlx::query(masses).execute(&mut portal.owner().await).await.unwrap();
    let bad = upload(
        "20240061,学生61,办公室 部门工作人员,,,,,\n20240062,另一人,办公室 部门工作人员,,,,,\n20249999,甲乙,部长,,,,,\n\
         20240063,学生63,部长,,,,,\n20240064,学生64,办公室 部门工作人员,,,,,\n20240061,学生61,办公室 部门工作人员,,,,,\n",
    );
    let refused = officers.upload(&path, &[], Some(("人选.csv", &bad))).await;
    assert_eq!(refused.status, 422);
    let said = refused.text();
    assert!(said.contains("有 7 处有误，什么也没有写入"), "every fault of every row at once: {said}");
    for part in ["姓名与系统登记的不同", "甲乙：本单位没有这个学号", "学生63有不符合的条件", "学生64有不符合的条件"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains("出现了两次") && said.matches("部长").count() >= 2, "{said}");
    assert!(said.find("有误的行") < said.find("逐人填报"), "above the forms: {said}");
    assert!(officers.get(&format!("{round}/cases")).await.all("tbody tr").is_empty(), "nobody was put forward");
    // Sentences have line breaks in a cell, as people type them.
    let first = "20240061,学生61,办公室 部门工作人员,,,\"一、热心服务同学。\n二、学习认真。\",,\n";
    let good = upload(&format!("{first}20240062,学生62,办公室 部门工作人员,,,,,\n"));
    let done = officers.upload(&path, &[], Some(("人选.csv", &good))).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let told = officers.get(done.location()).await.text();
    assert!(told.contains("已提交 2 人，其中 2 人账号还没有激活"), "{told}");
    let list = officers.get(&format!("{round}/cases")).await;
    assert_eq!(list.all("tbody tr").len(), 2, "they follow their own: {:?}", list.all("tbody tr"));
    assert!(list.all("thead th").iter().all(|head| head != "排名"), "students see no ranks");
    let template = officers.get(&format!("{round}/nominate/template.xlsx")).await;
    let sheet = Sheet::read(&template.bytes).unwrap();
    assert_eq!((sheet.headers[0].as_str(), sheet.rows.len()), ("学号", 1), "with an example that is filled in");
    let sent = officers.upload(&path, &[], Some(("人选.xlsx", &template.bytes))).await;
    assert!(sent.status == 422 && sent.text().contains("模板里的示例"), "{}", sent.text());
    let mut student = student_account(&portal, 61).await;
    let application = student.get("/").await.attributes(".waiting a", "href").remove(0);
    assert_eq!(student.upload(&format!("{application}/edit"), &fields, None).await.status, 303);
    assert_eq!(waiting(&mut college).await.len(), 1, "the college's League organisation recommends");
    let case = list.attributes("td[data-label='姓名'] a", "href").remove(0);
    let seen = officers.get(&case).await;
    assert!(seen.status == 200 && !seen.text().contains("61 / 600"), "no figures for students");
    // Nor what was said of the trial of each.
    sqlx::query("update vetting_round set chain = jsonb_set(chain, '{others}', $1)")
        .bind(serde_json::json!([{ "after": 1, "kind": "trial", "says": "试用 10 天", "days": 10, "each": true }]))
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    assert!(college.get(&case).await.text().contains("其他环节（逐人登记）"));
    assert!(!officers.get(&case).await.text().contains("其他环节（逐人登记）"));
}

#[tokio::test]
async fn nobody_signs_their_own_case_nor_two_steps_of_one_without_a_delegation() {
    let Stage { portal, mut league, college, today, .. } = stage().await;
    let mut college_league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut college_league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    // The branch's secretary is a student and applies.
    let mut db = portal.owner().await;
    sqlx::query("update account a set student_id = s.id from student s where s.number = '20240070' and s.institution_id = a.institution_id and a.number = 'class_branch'")
        .execute(&mut db)
        .await
        .unwrap();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    apply(&mut branch, &round, "ordinary").await;
    let case = waiting(&mut branch).await.remove(0);
    let own = say(&mut branch, &case, "agree", &[]).await;
    assert!(own.status == 409 && own.text().contains("不能办理本人的事项"), "{}", own.text());
    let page = branch.get(&format!("/cases/{}", case.split('.').next().unwrap())).await;
    assert!(page.text().contains("你不能办理这一件") && page.text().contains("不是方案的条款"));

    // One person holds the League's and the Party's office of the college.
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, college_id, from_day, granted_at)
         select gen_random_uuid(), a.id, o.institution_id, 'college_party', o.college_id, o.from_day, o.granted_at
         from office o join account a on a.institution_id = o.institution_id and a.number = 'college_league'
         where o.kind = 'college_league' and o.account_id = a.id",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let mut student = student_account(&portal, 71).await;
    apply(&mut student, &round, "ordinary").await;
    sqlx::query("update account set student_id = null where number = 'class_branch'").execute(&mut db).await.unwrap();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    for case in waiting(&mut branch).await {
        assert_eq!(say(&mut branch, &case, "agree", &[]).await.status, 303);
    }
    let mut both = portal.signed_in(OfficeKind::CollegeLeague).await;
    for case in waiting(&mut both).await {
        assert_eq!(say(&mut both, &case, "agree", &[]).await.status, 303);
    }
    let me = both.get("/me").await;
    let place = me.all("#offices li").iter().position(|office| office.contains("院系党组织")).unwrap();
    let other = me.attributes("#offices li input[name=office]", "value");
    let id = other.get(place).or(other.first()).unwrap();
    both.post("/me/office", &[("office", id.as_str())]).await;
    let cases = waiting(&mut both).await;
    assert_eq!(cases.len(), 2, "{}", both.get("/").await.heading());
    let refused = say(&mut both, &cases[0], "agree", &[]).await;
    assert!(refused.status == 409 && refused.text().contains("同一人已在"), "{}", refused.text());
    // The database says so too.
    let forged = sqlx::query(
        "insert into vetting_opinion (id, case_id, step, visit, body, office, act, verdict, says, by_account, at)
         select gen_random_uuid(), case_id, 2, visit + 1, 'college_party', office, '确定', 'agree', '', by_account, at
         from vetting_opinion where body = 'college_league' limit 1",
    )
    .execute(&mut db)
    .await;
    assert!(forged.unwrap_err().to_string().contains("two steps"));
    let (from, last) = (today.to_string(), (today + Duration::days(30)).to_string());
    let college_id = league.get("/delegations").await.attributes("#college option", "value").remove(1);
    let fields = [
        ("number", "college_league"),
        ("college", college_id.as_str()),
        ("from", from.as_str()),
        ("last", last.as_str()),
        ("ground", "本系只有一名专职组织员"),
    ];
    assert_eq!(league.post("/delegations", &fields[..4]).await.status, 422);
    assert_eq!(league.post("/delegations", &fields).await.status, 303);
    assert_eq!(say(&mut both, &cases[0], "agree", &[]).await.status, 303);
    assert!(league.get("/delegations").await.text().contains("1 次"), "and it is counted");
}

#[tokio::test]
async fn two_of_one_office_who_press_at_once_make_one_opinion() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut student = student_account(&portal, 110).await;
    apply(&mut student, &round, "ordinary").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let case = waiting(&mut branch).await.remove(0);
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (mut branch, case) = (branch.clone(), case.clone());
            let verdict = if number % 2 == 0 { "agree" } else { "return" };
            tokio::spawn(async move { say(&mut branch, &case, verdict, &[("back", "candidate")]).await.status })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        let status = task.await.unwrap();
        assert!(matches!(status, 303 | 409), "{status}");
        done += usize::from(status == 303);
    }
    assert_eq!(done, 1, "one agrees or one returns, never both");
    let (opinions,): (i64,) =
        sqlx::query_as("select count(*) from vetting_opinion").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(opinions, 1);
}

#[tokio::test]
async fn a_class_branch_sees_no_other_class_and_a_college_no_other_college() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut db = portal.owner().await;
    sqlx::query(
        "with other as (
             insert into class (id, major_id, entry_year, name)
             select gen_random_uuid(), k.major_id, 2024, '软件2402班' from class k join major m on m.id = k.major_id
                    join college c on c.id = m.college_id join institution i on i.id = c.institution_id
             where i.code = $1 returning id
         ) update student s set class_id = other.id from other, institution i
           where i.id = s.institution_id and i.code = $1 and s.number = '20240120'",
    )
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    let mut theirs = student_account(&portal, 120).await;
    let case = apply(&mut theirs, &round, "ordinary").await.rsplit('/').next().unwrap().to_owned();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert!(waiting(&mut branch).await.is_empty());
    for path in [format!("/cases/{case}"), format!("/cases/{case}/form"), format!("/cases/{case}/photo")] {
        assert_eq!(branch.get(&path).await.status, 404, "{path}");
    }
    let list = branch.get(&format!("{round}/cases")).await;
    assert!(!list.text().contains("学生120"));
    let sheet = branch.get(&format!("{round}/cases.xlsx")).await;
    assert!(Sheet::read(&sheet.bytes).unwrap().rows.is_empty());
    let forced = say(&mut branch, &format!("{case}.0"), "agree", &[]).await;
    assert_eq!(forced.status, 404);
    let nominated = branch.get(&format!("{round}/nominate?number=20240120")).await;
    assert!(!nominated.text().contains("120 / 600") && nominated.fault("学号或姓名").contains("本单位没有"));
    assert_eq!(branch.get(&format!("{round}/record")).await.status, 404);
    // Another university sees nothing at all.
    let mut elsewhere = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    for path in [round.clone(), format!("/cases/{case}"), format!("{round}/notice"), format!("{round}/cases.xlsx")] {
        assert_eq!(elsewhere.get(&path).await.status, 404, "{path}");
    }
    // Another student neither.
    let mut other = student_account(&portal, 121).await;
    assert_eq!(other.get(&format!("/applications/{case}")).await.status, 404);
    assert_eq!(other.get(&format!("/applications/{case}/photo")).await.status, 404);
}

#[tokio::test]
async fn what_officers_may_not_see_no_refusal_tells_them() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let round = open(&mut league, &school, today, &Opening::staff("办公室 部门工作人员", "1", today)).await;
    sqlx::query("update student set political = '群众' where number in ('20240063', '20240064')")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    for office in [OfficeKind::CollegeUnion, OfficeKind::SchoolUnion] {
        let mut officers = portal.signed_in(office).await;
        let page = officers.get(&format!("{round}/nominate?number=20240063")).await;
        let place = page.attributes("input[name=place]", "value").remove(0);
        let fields = [("number", "20240063"), ("place", place.as_str()), ("words", "表现优良")];
        let refused = officers.post(&format!("{round}/nominate"), &fields).await;
        assert_eq!(refused.status, 409);
        let file = "学号,姓名,岗位,推荐意见\n20240063,学生63,办公室 部门工作人员,优良\n20240064,学生64,办公室 部门工作人员,优良\n";
        let batch = officers.upload(&format!("{round}/nominate/file"), &[], Some(("x.csv", file.as_bytes()))).await;
        assert_eq!(batch.status, 422);
        for page in [refused, batch] {
            assert!(page.text().contains("有不符合的条件，或缺少数据"), "{}", page.text());
            for figure in ["群众", "ELG-01", "ELG-03", "/ 600"] {
                assert!(!page.text().contains(figure), "{figure} is told to {}", office.label());
            }
        }
        // What is no number is nobody's, whatever stands in it.
        assert_eq!(officers.get(&format!("{round}/nominate?number=a%00b")).await.status, 200);
    }
    for path in ["/vetting?q=%00", &format!("{round}/cases?q=a%00&stage=%00"), "/vetting?did=x"] {
        assert_eq!(league.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn an_office_whose_turn_it_is_not_takes_no_session_down() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let opening = Opening { places: "presidium", label: "主席团候选人", ..Opening::staff("", "2", today) };
    let round = open(&mut league, &school, today, &opening).await;
    let mut student = student_account(&portal, 65).await;
    apply(&mut student, &round, "college_staff").await;
    let mut college = portal.signed_in(OfficeKind::CollegeLeague).await;
    agree(&mut college, &[]).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    agree(&mut party, &[]).await;
    let case = waiting(&mut league).await.remove(0);
    let day = today.to_string();
    let fields = [
        ("case", case.as_str()),
        ("verdict", "agree"),
        ("session", "new"),
        ("held_on", day.as_str()),
        ("minutes", "并未开过的会议"),
    ];
    assert!(college.post("/vetting", &fields).await.text().contains("没有办理"));
    // A return needs none, and takes none down.
    let back =
        [("back", "0"), ("session", "new"), ("held_on", day.as_str()), ("minutes", "未开"), ("words", "材料不全")];
    assert_eq!(say(&mut league, &case, "return", &back).await.status, 303);
    let (sessions,): (i64,) =
        sqlx::query_as("select count(*) from joint_session").fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn a_recommendation_is_for_the_place_that_it_names_and_its_author_may_sign_again() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let mut fields = opening(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let more = |label: &str, fields: &mut Vec<(String, String)>| {
        fields.extend([("slot".to_owned(), label.to_owned()), ("seats".to_owned(), "1".to_owned())]);
    };
    let other = slot(&mut league, &college, "members", "综合部 部门负责人").await;
    more(&other, &mut fields);
    let mut again = fields.clone();
    more(&other, &mut again);
    let twice = pairs(&again);
    assert!(league.post("/rounds/new", &twice).await.text().contains("同一岗位填了两次"));
    let opened = league.post("/rounds/new", &pairs(&fields)).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let round = opened.location().split('?').next().unwrap().to_owned();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let places = branch.get(&format!("{round}/nominate")).await.attributes("input[name=place]", "value");
    let mut handed = Vec::new();
    for number in [72, 73] {
        let number_text = format!("2024{number:04}");
        let fields = [("number", number_text.as_str()), ("place", places[0].as_str()), ("words", "适合这一岗位")];
        assert_eq!(branch.post(&format!("{round}/nominate"), &fields).await.status, 303);
        let mut student = student_account(&portal, number).await;
        let application = student.get("/").await.attributes(".waiting a", "href").remove(0);
        let place = if number == 72 { &places[1] } else { &places[0] };
        let fields = [
            ("place", place.as_str()),
            ("source", "ordinary"),
            ("statement", "感谢推荐，我愿意到学生会工作，认真为同学服务。"),
            ("pledge", "yes"),
        ];
        assert_eq!(student.upload(&format!("{application}/edit"), &fields, None).await.status, 303);
        handed.push(application.rsplit('/').next().unwrap().to_owned());
    }
    let waits = waiting(&mut branch).await;
    assert_eq!(waits.len(), 1);
    assert!(waits[0].starts_with(&handed[0]), "another place needs another word");
    let case = waiting(&mut league).await.remove(0);
    assert_eq!(say(&mut league, &case, "return", &[("back", "0"), ("words", "请补充")]).await.status, 303);
    let again = waiting(&mut branch).await.into_iter().find(|case| case.starts_with(&handed[1])).unwrap();
    assert_eq!(say(&mut branch, &again, "agree", &[]).await.status, 303, "who recommended may recommend again");
}
