//! Who may be chosen, and what comes of those who are.

use lunzhi::{office::OfficeKind, text::chinese_day};
use time::Duration;

use crate::support::{
    FIRST, PASSWORD,
    union::choose_jining,
    vetting::{
        Opening, Stage, agree, announce_coming_years, apply, assert_counted, batch, open, pairs, say, stage,
        student_account, waiting,
    },
};

#[tokio::test]
async fn elg_05_whoever_does_not_meet_a_condition_is_told_which_with_the_fact_and_the_clause() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let id = round.rsplit('/').next().unwrap();
    let mut db = portal.owner().await;
    for statement in [
        "update student set political = '群众' where number = '20240050'",
        "insert into grade_fact (id, student_id, basis, period, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2025—2026 学年第二学期', 2, '教务处', story_now() + interval '1 second',
                (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s where s.number = '20240051'",
        "delete from grade_fact where student_id in (select id from student where number = '20240052')",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    for (number, fact, quote) in [
        (50, "群众", "学生会工作人员为共产党员或共青团员"),
        (51, "2 门", "且无课业不及格情况"),
        (52, "未登记", "学习成绩综合排名在本专业前30%以内"),
    ] {
        let mut student = student_account(&portal, number).await;
        let ask = student.get(&format!("/apply/{id}")).await;
        assert!(ask.text().contains("你还不能报名") && ask.text().contains(fact), "{number}");
        assert!(ask.all("details .condition-head").is_empty(), "what stands in the way is not folded");
        assert!(ask.attributes("input[name=statement], textarea[name=statement]", "name").is_empty(), "no form");
        assert!(ask.text().contains("均可报名参加学生会工作"), "whoever meets them may: {}", ask.text());
        // Who sends it all the same is refused with the clause, and nothing is written.
        let places = league.get(&format!("{round}/edit")).await.attributes("input[name=slot]", "value");
        let fields = [
            ("place", places[0].as_str()),
            ("source", "ordinary"),
            ("statement", "我愿意用课余时间服务同学，做好每一件小事，认真完成。"),
            ("pledge", "yes"),
        ];
        let refused = student.upload(&format!("/apply/{id}"), &fields, None).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains(quote), "{}", refused.text());
    }
    let (cases,): (i64,) = sqlx::query_as("select count(*) from vetting_case").fetch_one(&mut db).await.unwrap();
    assert_eq!(cases, 0);
}

#[tokio::test]
async fn objections_during_the_notice_hold_a_case_up_and_are_read_by_its_keepers_alone() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let opening = Opening { notice: "3", ..Opening::staff("综合部 部门工作人员", "2", today) };
    let round = open(&mut league, &college, today, &opening).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let mut candidate = student_account(&portal, 80).await;
    apply(&mut candidate, &round, "ordinary").await;
    agree(&mut branch, &[]).await;
    agree(&mut league, &[]).await;
    agree(&mut party, &[]).await;
    let mut other = student_account(&portal, 81).await;
    assert!(!other.get(&format!("{round}/notice")).await.text().contains("学生80"), "not before it is published");
    // As long as one may apply, nobody is put on notice.
    let early = league.post(&format!("{round}/notice"), &[]).await;
    assert!(early.status == 409 && early.text().contains("截止之前不能公示"), "{}", early.text());
    assert!(!league.get("/").await.text().contains("公示秋季招新"), "nor is it asked for");
    portal.app.clock.advance(Duration::days(6));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let (mut candidate, mut other) = (portal.visitor(), portal.visitor());
    for (client, number) in [(&mut candidate, "20240080"), (&mut other, "20240081")] {
        client.sign_in(FIRST, number, PASSWORD).await;
    }
    let days = announce_coming_years(&portal).await.span(portal.app.clock.today(), 3);
    let (first, last) = (chinese_day(days.first), chinese_day(days.last));
    let before = league.get(&round).await;
    assert!(before.text().contains(&first) && before.text().contains(&last), "{}", before.text());
    assert_eq!(league.post(&format!("{round}/notice"), &[]).await.status, 303);
    // Put on by mistake, it is taken down the same day, and put on again.
    let withdraw = format!("{round}/notice/withdraw");
    assert_eq!(league.post(&withdraw, &[("reason", "")]).await.status, 409);
    assert_eq!(branch.post(&withdraw, &[("reason", "名单有误")]).await.status, 403);
    let withdrawn = league.post_on(&withdraw, &[("reason", "名单有误")]).await;
    assert!(withdrawn.text().contains("公示已撤下"), "{}", withdrawn.text());
    assert!(!other.get(&format!("{round}/notice")).await.text().contains("学生80"));
    assert_eq!(league.post(&format!("{round}/notice"), &[]).await.status, 303);
    let after = candidate.get("/apply").await;
    assert!(after.text().contains(&format!("公示{first}至{last}")), "{}", after.text());
    let shown = other.get(&format!("{round}/notice")).await;
    assert!(shown.text().contains("学生80") && !shown.text().contains("80 / 600"), "names and no grades");
    let case = shown.attributes("#case option", "value").remove(1);
    let fields = [("case", case.as_str()), ("says", "他在宿舍\r\n违规使用电器")];
    assert_eq!(other.post(&format!("{round}/notice/objections"), &fields).await.status, 303);
    assert_eq!(league.post(&withdraw, &[("reason", "名单有误")]).await.status, 409, "somebody has objected");
    for reader in [&mut candidate, &mut branch, &mut party, &mut other] {
        assert_ne!(reader.get(&format!("{round}/objections")).await.status, 200);
    }
    let read = league.get(&format!("{round}/objections")).await;
    assert!(
        read.text().contains("他在宿舍\n违规使用电器")
            && read.text().contains("未署名")
            && !read.text().contains("学生81")
    );
    portal.app.clock.advance(days.last - portal.app.clock.today() + Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let from = (today + Duration::days(20)).to_string();
    let settle = [("case", case.as_str()), ("from", from.as_str()), ("ground", "系团总支〔2026〕3号")];
    let unread = [&settle[..], &[("case", "甲")]].concat();
    assert_eq!(league.post(&format!("{round}/outcome"), &unread).await.status, 400, "nobody ticked is passed over");
    let held = league.post(&format!("{round}/outcome"), &settle).await;
    assert!(held.status == 422 && held.text().contains("尚未核实"), "{}", held.text());
    let act = read.attributes("form[method=post][action*=objections]", "action").remove(0);
    assert_eq!(league.post(&act, &[("upheld", "no")]).await.status, 422);
    assert_eq!(league.post(&act, &[("upheld", "no"), ("answer", "宿管核实，系他人所用")]).await.status, 303);
    // Whoever objected without their name learns what came of it, and nobody else does.
    for (client, number, told) in [(&mut other, "20240081", true), (&mut candidate, "20240080", false)] {
        client.sign_in(FIRST, number, PASSWORD).await;
        assert_eq!(client.get("/inbox").await.text().contains("宿管核实，系他人所用"), told, "{number}");
    }
    assert_eq!(league.post(&format!("{round}/outcome"), &settle).await.status, 303);
}

#[tokio::test]
async fn the_last_seat_is_given_once_however_many_press_at_once() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let id = round.rsplit('/').next().unwrap().to_owned();
    for number in 90..106 {
        let mut student = student_account(&portal, number).await;
        apply(&mut student, &round, "ordinary").await;
    }
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    for office in [&mut branch, &mut league] {
        let mut fields: Vec<(String, String)> = Vec::new();
        for case in waiting(office).await {
            fields.push(("case".to_owned(), case));
        }
        fields.extend([("verdict".to_owned(), "agree".to_owned()), ("words".to_owned(), "表现优良".to_owned())]);
        assert!(office.post("/vetting", &pairs(&fields)).await.text().contains("已对 16 人"));
    }
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let cases = waiting(&mut party).await;
    assert_eq!(cases.len(), 16);
    let tasks: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let mut party = party.clone();
            tokio::spawn(async move { say(&mut party, &case, "agree", &[]).await.status })
        })
        .collect();
    let (mut passed, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            303 => passed += 1,
            409 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((passed, refused), (3, 13));
    let (stored,): (i64,) =
        sqlx::query_as("select count(*) from vetting_case where stage = 'passed' and round_id = $1::uuid")
            .bind(&id)
            .fetch_one(&mut portal.owner().await)
            .await
            .unwrap();
    assert_eq!(stored, 3);
    assert_counted(&portal).await;
}

#[tokio::test]
async fn grades_that_change_in_mid_case_are_shown_and_judged_again_at_the_appointment() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    let mut student = student_account(&portal, 130).await;
    let case = apply(&mut student, &round, "ordinary").await.rsplit('/').next().unwrap().to_owned();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    agree(&mut branch, &[]).await;
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2025—2026 学年第二学期', 300, 600, 1, '教务处', story_now() + interval '1 second',
                (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s where s.number = '20240130'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let page = league.get(&format!("/cases/{case}")).await;
    for part in ["提交之后数据有变化", "130 / 600", "300 / 600"] {
        assert!(page.text().contains(part), "{part}");
    }
    agree(&mut league, &[]).await;
    agree(&mut party, &[]).await;
    let from = (today + Duration::days(10)).to_string();
    let fields = [("case", case.as_str()), ("from", from.as_str()), ("ground", "系团总支〔2026〕3号")];
    let refused = league.post(&format!("{round}/outcome"), &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("学生130有 1 门课业不及格"), "{}", refused.text());
}

#[tokio::test]
async fn plan_holder_and_class_may_change_in_mid_case() {
    let Stage { portal, mut league, college, today, .. } = stage().await;
    let mut college_league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut college_league, &college, today, &Opening::staff("综合部 部门工作人员", "3", today)).await;
    for number in [145, 146] {
        let mut student = student_account(&portal, number).await;
        apply(&mut student, &round, "ordinary").await;
    }
    // Another plan from today on: the round keeps the chain, the words and the clause of the day on which it was opened.
    choose_jining(&mut league, today).await;
    let page = league.get(&round).await;
    assert!(page.text().contains("苏工院党委〔2020〕41号") && page.text().contains("系（院）团组织"));
    // The class is merged into another: that one's branch goes on. A new holder finds what waits.
    let mut db = portal.owner().await;
    sqlx::query(
        "with other as (
             insert into class (id, major_id, entry_year, name)
             select gen_random_uuid(), k.major_id, 2024, '软件2402班' from class k join major m on m.id = k.major_id
                    join college c on c.id = m.college_id join institution i on i.id = c.institution_id
             where i.code = $1 returning id
         ), moved as (
             update office o set class_id = other.id from other, institution i
             where i.id = o.institution_id and i.code = $1 and o.kind = 'class_branch'
         )
         update class k set ended_on = story_day(), merged_into = other.id from other, major m, college c, institution i
         where m.id = k.major_id and c.id = m.college_id and i.id = c.institution_id and i.code = $1 and k.name = '软件2401班'",
    )
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let cases = waiting(&mut branch).await;
    assert_eq!(cases.len(), 2, "the class that took it in acts for it");
    assert_eq!(say(&mut branch, &cases[0], "agree", &[]).await.status, 303);
    // The office passes to somebody else: the step is the office's, and what was signed stays signed.
    sqlx::query(
        "insert into office (id, account_id, institution_id, kind, class_id, from_day, granted_at)
         select gen_random_uuid(), a.id, o.institution_id, o.kind, o.class_id, o.from_day, story_now()
         from office o join account a on a.institution_id = o.institution_id and a.number = 'school_party'
         where o.kind = 'class_branch' and o.class_id is not null
               and o.institution_id = (select id from institution where code = $1)",
    )
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("update office set ended_at = story_now() where kind = 'class_branch' and account_id in (select id from account where number = 'class_branch')")
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(branch.get(&format!("/cases/{}", cases[1].split('.').next().unwrap())).await.status, 403);
    let mut next = portal.signed_in(OfficeKind::SchoolParty).await;
    let me = next.get("/me").await;
    let id = me.attributes("#offices li input[name=office]", "value").remove(0);
    next.post("/me/office", &[("office", id.as_str())]).await;
    assert_eq!(waiting(&mut next).await, [cases[1].clone()]);
    // A student who moves to another class is still dealt with where they applied, and the page says so.
    sqlx::query(
        "update student set class_id = (select k.id from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                                        join institution i on i.id = c.institution_id where i.code = $1 and k.name = '软件2401班')
         where number = '20240145' and institution_id = (select id from institution where code = $1)",
    )
    .bind(FIRST)
    .execute(&mut db)
    .await
    .unwrap();
    let waiting_for = waiting(&mut college_league).await;
    assert_eq!(waiting_for.len(), 1);
}

#[tokio::test]
async fn more_people_than_seats_are_not_decided_by_the_order_of_a_list() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    for number in 67..70 {
        let mut student = student_account(&portal, number).await;
        apply(&mut student, &round, "ordinary").await;
        agree(&mut branch, &[]).await;
        agree(&mut league, &[]).await;
    }
    let mut party = portal.signed_in(OfficeKind::CollegeParty).await;
    let cases = waiting(&mut party).await;
    assert!(party.get("/vetting").await.text().contains("空余名额"));
    let fields = |cases: &[String]| -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = cases.iter().map(|case| ("case".to_owned(), case.clone())).collect();
        fields.push(("verdict".to_owned(), "agree".to_owned()));
        fields
    };
    let none = batch(&mut party, &fields(&cases), &[]).await;
    assert!(none.status == 422 && none.text().contains("空余 2 个名额，勾选了 3 人"), "{}", none.text());
    assert!(none.text().contains("没有办理任何一人"), "{}", none.text());
    assert_eq!(none.attributes("tbody input[name=case][checked]", "value").len(), 3, "the ticks are kept");
    let two = batch(&mut party, &fields(&cases[..2]), &[]).await;
    assert!(two.text().contains("已对 2 人签署“确定”"), "{}", two.text());
    // Refusing several at once is asked about; one who keeps the round does not appoint themself.
    let both = [cases[2].clone(), cases[0].clone()];
    let mut refuse = fields(&both);
    refuse.pop();
    refuse.extend([("verdict".to_owned(), "refuse".to_owned()), ("words".to_owned(), "名额所限".to_owned())]);
    let asked = batch(&mut party, &refuse, &[]).await;
    assert!(asked.status == 422 && asked.text().contains("将对 2 人不予通过"), "{}", asked.text());
    sqlx::query(
        "update account a set student_id = null where a.student_id = (select student_id from vetting_case where id = $1::uuid)",
    )
    .bind(cases[0].split('.').next().unwrap())
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    sqlx::query("update account set student_id = (select student_id from vetting_case where id = $1::uuid) where number = 'college_league'
                 and institution_id = (select institution_id from vetting_case where id = $1::uuid)")
        .bind(cases[0].split('.').next().unwrap())
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let from = (today + Duration::days(10)).to_string();
    let own = cases[0].split('.').next().unwrap();
    let settle = [("case", own), ("from", from.as_str()), ("ground", "系团总支〔2026〕3号")];
    let refused = league.post(&format!("{round}/outcome"), &settle).await;
    assert!(refused.status == 422 && refused.text().contains("不能办理本人的事项"), "{}", refused.text());
}

#[tokio::test]
async fn who_is_erased_leaves_a_case_without_words_and_the_opinions_stay() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let mut student = student_account(&portal, 147).await;
    let case = apply(&mut student, &round, "exemplar").await.rsplit('/').next().unwrap().to_owned();
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let waits = waiting(&mut branch).await.remove(0);
    let words = [("back", "candidate"), ("words", "学生147在服务台的材料要补")];
    assert_eq!(say(&mut branch, &waits, "return", &words).await.status, 303);
    let mut db = portal.owner().await;
    let rewritten = sqlx::query("update vetting_opinion set says = '同意'").execute(&mut db).await;
    assert!(rewritten.unwrap_err().to_string().contains("never rewritten"));
    sqlx::query("update student set left_on = story_day() - 1, left_why = 'withdrawn' where number = '20240147'")
        .execute(&mut db)
        .await
        .unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240147"), ("reason", "本人申请"), ("confirm", "yes")];
    let erased = administrator.post("/retention/erase-one", &one).await;
    assert_eq!(erased.location(), "/retention?erased=1", "{}", erased.text());
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    for path in [format!("/cases/{case}"), format!("/cases/{case}/form"), format!("{round}/record")] {
        let page = league.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        for gone in ["学生147", "20240147", "服务台", "课余时间", "志愿服务", "147 / 600"] {
            assert!(!page.text().contains(gone), "{path} still has {gone}");
        }
    }
    let (opinions,): (i64,) = sqlx::query_as("select count(*) from vetting_opinion").fetch_one(&mut db).await.unwrap();
    assert_eq!(opinions, 1, "that there was one stays");
    assert_counted(&portal).await;
}

#[tokio::test]
async fn a_round_is_told_of_whoever_has_passed_and_stands_back() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let mut student = student_account(&portal, 91).await;
    let application = apply(&mut student, &round, "ordinary").await;
    for kind in [OfficeKind::ClassBranch, OfficeKind::CollegeLeague, OfficeKind::CollegeParty] {
        agree(&mut portal.signed_in(kind).await, &[]).await;
    }
    let withdraw = format!("{application}/withdraw");
    let back = student.post_on(&withdraw, &[("confirm", "yes")]).await;
    assert!(back.text().contains("你撤回了这次报名") && back.text().contains("自己报名"), "{}", back.text());
    let told = league.get("/inbox").await.text();
    assert!(told.contains("学生91撤回报名：秋季招新"), "{told}");
    // The period is over: nobody is told to apply anew.
    portal.app.clock.advance(Duration::days(6));
    let mut student = portal.visitor();
    assert_eq!(student.sign_in(FIRST, "20240091", PASSWORD).await.status, 303);
    let page = student.get(&application).await.text();
    assert!(page.contains("你撤回了这次报名") && !page.contains("自己报名"), "{page}");
}

#[tokio::test]
async fn what_nobody_has_confirmed_is_taken_back_by_whoever_put_it_forward_and_they_learn_so() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let mut named = student_account(&portal, 74).await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let place = branch.get(&format!("{round}/nominate")).await.attributes("input[name=place]", "value").remove(0);
    let fields = [("number", "20240074"), ("place", place.as_str()), ("words", "适合")];
    assert_eq!(branch.post(&format!("{round}/nominate"), &fields).await.status, 303);
    let list = branch.get(&format!("{round}/cases?q=20240074")).await;
    let case = list.attributes("td[data-label='姓名'] a", "href").remove(0);
    assert_eq!(league.post(&format!("{case}/retract"), &[]).await.status, 404);
    assert_eq!(branch.post(&format!("{case}/retract"), &[]).await.status, 303);
    assert!(branch.get(&case).await.text().contains("提交单位撤回"));
    assert!(named.get("/inbox").await.text().contains("对你的推荐已撤回：秋季招新"));
    let own = named.get(&case.replace("/cases/", "/applications/")).await;
    assert!(own.text().contains("撤回了对你的推荐") && !own.text().contains("你撤回了"), "{}", own.text());
}

#[tokio::test]
async fn whoever_is_refused_waits_for_no_further_step() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "1", today)).await;
    let mut student = student_account(&portal, 91).await;
    let application = apply(&mut student, &round, "ordinary").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let case = waiting(&mut branch).await.remove(0);
    let refused = say(&mut branch, &case, "refuse", &[("words", "与岗位要求有差距"), ("sure", "yes")]).await;
    assert_eq!(refused.status, 303, "{}", refused.text());
    let page = branch.get(&application.replace("/applications/", "/cases/")).await;
    let open = page.all(".chain-todo");
    assert!(!open.is_empty() && open.iter().all(|step| step.contains("不再办理")), "{open:?}");
    assert!(page.text().contains("当天可以收回重签"), "{}", page.text());
}
