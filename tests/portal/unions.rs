//! Unions as League staff manage them: registered as they stand, opened, then guarded at every click.
//!
//! One file a feature: its stories share their helpers.

use lunzhi::{office::OfficeKind, sheet::Sheet, text::chinese_day};
use time::{Date, Duration};

use crate::support::{
    Client, FIRST, Page, Portal, SECOND,
    elected::elect,
    union::{HEADER, appoint, choose_jining, department_id, grade_everybody, ready, rows, union},
};

/// The path of the page of somebody's post.
async fn post_of(client: &mut Client, path: &str, name: &str) -> String {
    let page = client.get(path).await;
    let names = page.all("td[data-label='姓名'] a");
    let place = names.iter().position(|found| found == name).unwrap_or_else(|| panic!("{name} holds nothing"));
    page.attributes("td[data-label='姓名'] a", "href").remove(place)
}

async fn end(client: &mut Client, path: &str, name: &str, day: Date) -> Page {
    let post = post_of(client, path, name).await;
    let day = day.to_string();
    client.upload(&format!("{post}/end"), &[("day", day.as_str()), ("why", "工作调整"), ("ground", "")], None).await
}

#[tokio::test]
async fn breaches_at_the_start_are_findings_and_from_the_opening_on_nothing_is_added_to_them() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(40)).to_string();
    let roster = rows(1, 6, "主席团成员", "")
        + &rows(7, 1, "秘书长", "")
        + &rows(10, 2, "部门负责人", "办公室")
        + &rows(20, 4, "部门工作人员", "办公室");
    let path = union(&mut league, "school", &roster, &day, false).await;
    let before = league.get(&format!("{path}/findings")).await;
    let says = before.all("section.finding-fail .says");
    let since = chinese_day(today - Duration::days(40));
    assert!(says.iter().any(|says| *says == format!("主席团成员 6 人，超过 5 人 自{since}起")), "{says:#?}");
    assert!(says.iter().any(|says| says.starts_with("设有不允许的岗位：秘书长")), "{says:#?}");
    let early = appoint(&mut league, &path, 30, "presidium", "", today).await;
    assert_eq!(early.status, 422);
    assert!(early.fault("岗位").contains("现状登记"));
    assert!(!league.post(&format!("{path}/open"), &[]).await.fault("启用依据").is_empty());
    assert_eq!(league.post(&format!("{path}/open"), &[("ground", "校团委〔2026〕8号")]).await.status, 303);

    let refused = appoint(&mut league, &path, 30, "presidium", "", today).await;
    assert_eq!(refused.status, 409);
    assert!(refused.heading().starts_with("任命学生30（20240030）为校学生会主席团成员"), "{}", refused.heading());
    let text = refused.text();
    for part in ["任命后主席团成员 7 人，超过 5 人", "主席团成员不超过5人", "学生1、学生2", "先离任", "不超过 5"]
    {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    // The way back brings everything that was typed.
    let back = league.get(&refused.attributes(".actions a.button", "href").remove(0)).await;
    assert_eq!(
        (back.field("学号或姓名"), back.field("任命依据")),
        ("20240030".into(), "校团委〔2026〕12号批复".into())
    );
    assert_eq!(back.field("岗位"), "presidium");

    // What was over before does not stand in the way of something else, and nobody is kept from leaving.
    assert_eq!(appoint(&mut league, &path, 31, "head", "办公室", today).await.status, 409, "2 + 1 + 4 > 6");
    assert_eq!(end(&mut league, &path, "学生20", today).await.status, 303);
    assert_eq!(appoint(&mut league, &path, 31, "head", "办公室", today).await.status, 303);
    for name in ["学生1", "学生2"] {
        assert_eq!(end(&mut league, &path, name, today).await.status, 303);
    }
    let unelected = appoint(&mut league, &path, 30, "presidium", "", today).await;
    assert_eq!(unelected.status, 409);
    assert!(unelected.text().contains("没有学生30在学生代表大会当选"), "{}", unelected.text());
    elect(&portal, &path, &[30], today).await;
    assert_eq!(appoint(&mut league, &path, 30, "presidium", "", today).await.status, 303);
    let history = league.get(&format!("{path}/history")).await;
    assert!(
        history.all("td[data-label='内容']").iter().any(|says| says.contains("学生1 工作调整")),
        "{}",
        history.text()
    );
    assert!(history.all("td[data-label='姓名']").contains(&"学生1".to_owned()), "who left is still named");
}

#[tokio::test]
async fn an_appointed_student_is_told_and_sees_the_post_in_their_own_data() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today.to_string(), true).await;
    sqlx::query("update account set student_id = (select id from student s where s.number = '20240100' and s.institution_id = account.institution_id) where number = 'student'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    elect(&portal, &path, &[100], today).await;
    assert_eq!(appoint(&mut league, &path, 100, "presidium", "", today).await.status, 303);
    let mut student = portal.signed_in(OfficeKind::Student).await;
    assert!(student.get("/inbox").await.text().contains("你被任命为校学生会主席团成员"));
    assert!(student.get("/me/data").await.text().contains("校学生会 主席团成员"));
    // A student sees no union's pages, but the turns of the presidium they sit on.
    assert_eq!(student.get(&path).await.status, 403);
    assert_eq!(student.get(&format!("{path}/rotation")).await.status, 200);
    assert_eq!(student.get("/duty").await.status, 200);
}

#[tokio::test]
async fn soft_limits_ask_for_a_reason_that_is_kept_and_shown() {
    let portal = Portal::start().await;
    grade_everybody(&portal).await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    assert_eq!(league.get("/unions").await.status, 200);
    choose_jining(&mut league, today - Duration::days(30)).await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 6, "部门工作人员", "办公室");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let asked = appoint(&mut league, &path, 40, "staff", "办公室", today).await;
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("工作人员一般不超过6人"), "{}", asked.text());
    assert!(!asked.fault("超出柔性要求的理由（没有超出不必填）").is_empty());
    assert_eq!(asked.field("学号或姓名"), "20240040");
    let id = department_id(&mut league, &path, "办公室").await;
    let today_text = today.to_string();
    let fields = [
        ("number", "20240040"),
        ("post", "staff"),
        ("department", id.as_str()),
        ("from", today_text.as_str()),
        ("ground", "校团委会议"),
        ("direct", "系统启用前已完成推荐审查"),
        ("reason", "承办校庆，工作量大"),
    ];
    assert_eq!(league.upload(&format!("{path}/appoint"), &fields, None).await.status, 303);
    assert!(league.get(&format!("{path}/findings")).await.text().contains("承办校庆，工作量大"));
    assert!(league.get("/compliance").await.text().contains("已记录理由"));
}

#[tokio::test]
async fn elg_01_03_and_04_the_person_must_qualify_and_missing_data_say_who_can_supply_them() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let mut owner = portal.owner().await;
    for statement in [
        "update student set political = '群众' where number = '20240060'",
        "update student set political = null where number = '20240061'",
        "delete from grade_fact g using student s where s.id = g.student_id and s.number = '20240062'",
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2026—2027 学年第一学期', 300, 600, 2, '教务处', story_now(), a.id
         from student s join account a on a.institution_id = s.institution_id and a.number = 'student_affairs'
         where s.number = '20240063'",
    ] {
        sqlx::query(statement).execute(&mut owner).await.unwrap();
    }
    let (league_member, rank) = ("学生会工作人员为共产党员或共青团员", "学习成绩综合排名在本专业前30%以内");
    for (number, part, quote) in [
        (60, "学生60的政治面貌是群众", league_member),
        (61, "系统没有学生61的政治面貌", league_member),
        (62, "由学生工作部门或校团委在“导入数据”里导入", rank),
        (63, "学生63有 2 门课业不及格", "且无课业不及格情况"),
    ] {
        let page = appoint(&mut league, &path, number, "presidium", "", today).await;
        assert_eq!(page.status, 409);
        assert!(page.text().contains(part), "{part}: {}", page.text());
        assert!(page.text().contains(quote), "by its clause, {part}: {}", page.text());
    }
    let nobody = appoint(&mut league, &path, 900, "presidium", "", today).await;
    assert_eq!((nobody.status, nobody.fault("学号或姓名").contains("没有这个学号")), (422, true));
    let card = league.get(&format!("{path}/appoint?number=20240063")).await;
    assert!(card.all(".checks li").iter().any(|line| line.contains("不符合") && line.contains("300 / 600")));
}

#[tokio::test]
async fn everybody_sees_and_does_what_is_theirs() {
    let (portal, mut league, today) = ready().await;
    let day = today.to_string();
    let school = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &day, true).await;
    let college = union(&mut league, "colleges", &rows(50, 3, "主席团成员", ""), &day, true).await;
    let mut secretary = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(secretary.get("/unions").await.location(), college, "one union: straight to it");
    assert_eq!(secretary.get(&school).await.status, 404);
    assert_eq!(appoint_raw(&mut secretary, &school).await.status, 404);
    assert_eq!(end(&mut secretary, &college, "学生50", today).await.status, 303);
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let page = officer.get(&school).await;
    assert_eq!(page.status, 200);
    assert!(page.attributes("a", "href").iter().all(|link| !link.ends_with("/appoint")));
    assert_eq!(appoint_raw(&mut officer, &school).await.status, 403);
    assert_eq!(officer.get(&college).await.status, 404);
    assert_eq!(officer.get(&format!("{college}/roster")).await.status, 404);
    assert_eq!(officer.get("/compliance").await.status, 403);
    // Students who run a union see no ranks of one another, in the findings and in the file.
    sqlx::query("update student set political = '群众' where number = '20240002'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let shown = officer.get(&format!("{school}/findings")).await;
    assert!(shown.all("[id='ELG-01'] .person").is_empty());
    assert!(shown.all("[id='ELG-01']")[0].contains("涉及 1 人"));
    assert_eq!(league.get(&format!("{school}/findings")).await.all("[id='ELG-01'] .person").len(), 1);
    let sheet = Sheet::read(&officer.get(&format!("{school}/roster.xlsx")).await.bytes).unwrap();
    let rank = sheet.headers.iter().position(|header| header == "专业排名").unwrap();
    assert!(sheet.rows.iter().all(|row| row.cells[rank].shown().is_empty()));
    let sheet = Sheet::read(&league.get(&format!("{school}/roster.xlsx")).await.bytes).unwrap();
    assert_eq!(sheet.rows[0].cells[rank].shown(), "1");
    // Another university knows nothing of it.
    let mut elsewhere = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    for path in [&school, &format!("{school}/roster"), &format!("{school}/rotation"), &format!("{school}/appoint")] {
        assert_eq!(elsewhere.get(path).await.status, 404, "{path}");
    }
}

async fn appoint_raw(client: &mut Client, path: &str) -> Page {
    let fields = [("number", "20240090"), ("post", "presidium"), ("from", "2026-10-01"), ("ground", "x")];
    client.upload(&format!("{path}/appoint"), &fields, None).await
}

#[tokio::test]
async fn a_roster_with_bad_rows_writes_nothing_and_comes_back_to_be_mended() {
    let (_portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today.to_string(), false).await;
    let text = format!(
        "{HEADER}20240001,学生1,主席团成员,,,\n29990001,无此人,主席团成员,,,\n20240002,张冠李戴,主席团成员,,,\n"
    );
    let day = today.to_string();
    let page = league.upload(&format!("{path}/batch"), &[("day", &day)], Some(("x.csv", text.as_bytes()))).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.all("td[data-label='行']"), ["3", "4"]);
    let back = league.post("/checkup/faults", &[("rows", &page.attributes("input[name=rows]", "value")[0])]).await;
    assert_eq!(Sheet::read(&back.bytes).unwrap().rows.len(), 2);
    let future = (today + Duration::days(3)).to_string();
    let page = league.upload(&format!("{path}/batch"), &[("day", &future)], Some(("x.csv", text.as_bytes()))).await;
    assert!(page.fault("这些人自何日起任职").contains("不能晚于今天"));
}

#[tokio::test]
async fn a_correction_is_a_new_fact_and_the_old_one_stays_in_the_history() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 5, "主席团成员", ""), &today.to_string(), true).await;
    let post = post_of(&mut league, &path, "学生3").await;
    let from = (today + Duration::days(5)).to_string();
    let fields = [("number", "20240003"), ("post", "presidium"), ("from", from.as_str()), ("reason", "")];
    let bare = league.upload(&format!("{post}/correct"), &fields, None).await;
    assert_eq!(bare.status, 422);
    assert!(!bare.fault("更正理由").is_empty());
    let fields = [("number", "20240033"), ("post", "presidium"), ("from", from.as_str()), ("reason", "学号抄错")];
    let unelected = league.upload(&format!("{post}/correct"), &fields, None).await;
    assert_eq!(unelected.status, 409, "a correction is no way past the congress");
    elect(&portal, &path, &[33], today).await;
    assert_eq!(league.upload(&format!("{post}/correct"), &fields, None).await.status, 303);
    let page = league.get(&path).await;
    assert!(!page.all("td[data-label='姓名']").contains(&"学生3".to_owned()));
    assert!(page.all("td[data-label='姓名']").contains(&"学生33".to_owned()));
    let history = league.get(&format!("{path}/history")).await.text();
    assert!(history.contains("更正为主席团成员") && history.contains("学号抄错"), "{history}");
    let never = post_of(&mut league, &path, "学生4").await;
    let fields = [("never", "yes"), ("reason", "从未任职")];
    assert_eq!(league.upload(&format!("{never}/correct"), &fields, None).await.status, 303);
    let (kept,): (i64,) = sqlx::query_as("select count(*) from post where voided_at is not null")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!(kept, 2, "void, not deleted");
    for statement in ["update post set from_day = from_day + 1", "delete from post", "update union_fact set says = ''"]
    {
        assert!(sqlx::query(statement).execute(&mut portal.owner().await).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn a_whole_union_is_staffed_anew_or_not_at_all() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(20)).to_string();
    let roster =
        rows(1, 5, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室") + &rows(12, 3, "部门工作人员", "文体部");
    let path = union(&mut league, "school", &roster, &day, true).await;
    let from = (today + Duration::days(10)).to_string();
    let fields = [("day", from.as_str()), ("ground", "校党委〔2026〕30号批复")];
    // Half of them must have been in a college union.
    let strangers = rows(60, 4, "主席团成员", "").replace(",是", ",否") + &rows(70, 2, "部门负责人", "宣传部");
    let text = format!("{HEADER}{strangers}");
    let draft = league.upload(&format!("{path}/batch"), &fields, Some(("x.csv", text.as_bytes()))).await;
    let page = league.get(draft.location()).await;
    assert!(page.text().contains("不能办理") && page.text().contains("STF-10"), "{}", page.text());
    let direct = [("direct", "线下完成推荐审查")];
    assert_eq!(league.post(&format!("{}/commit", draft.location()), &direct).await.status, 409);
    // A sound one: whoever is not named leaves on that day, and so does a department without anybody.
    let new = rows(3, 2, "主席团成员", "")
        + &rows(60, 3, "主席团成员", "")
        + &rows(70, 2, "部门负责人", "宣传部")
        + &rows(72, 3, "部门工作人员", "办公室")
        + &rows(80, 2, "部门负责人", "办公室");
    let text = format!("{HEADER}{new}");
    let draft = league.upload(&format!("{path}/batch"), &fields, Some(("x.csv", text.as_bytes()))).await;
    let page = league.get(draft.location()).await;
    assert!(page.text().contains("没有学生60在学生代表大会当选"), "{}", page.text());
    assert_eq!(league.post(&format!("{}/commit", draft.location()), &direct).await.status, 409);
    elect(&portal, &path, &[60, 61, 62], today).await;
    let page = league.get(draft.location()).await;
    assert!(page.text().contains("同时卸任"), "{}", page.text());
    let bare = league.post(&format!("{}/commit", draft.location()), &[]).await;
    assert!(bare.fault("未经遴选程序的说明").contains("对照检查总览"), "{}", bare.text());
    assert_eq!(league.post(&format!("{}/commit", draft.location()), &direct).await.status, 303);
    let overview = league.get("/compliance").await.text();
    assert!(overview.contains("线下完成推荐审查"));
    assert!(overview.contains("个岗位就任、"), "what is decided stands above: {overview}");
    assert!(league.get(&path).await.text().contains("尚未生效"));
    portal.app.clock.advance(Duration::days(11));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let after = league.get(&path).await;
    let names = after.all("td[data-label='姓名']");
    assert_eq!(names.len(), 12, "{names:?}");
    assert!(names.contains(&"学生3".to_owned()) && !names.contains(&"学生1".to_owned()), "{names:?}");
    assert!(!after.all(".chart-title").contains(&"文体部".to_owned()));
    let again = league.post(&format!("{}/commit", draft.location()), &direct).await;
    assert_eq!(again.status, 422, "a roster is written once");
    // Who stays goes on: the term is as it was, and nobody tells them that they were appointed.
    let roster = league.get(&format!("{path}/roster")).await;
    let place = roster.all("td[data-label='姓名']").iter().position(|name| name == "学生3").unwrap();
    assert_eq!(roster.all("td[data-label='任职时间']")[place], day);
    let history = league.get(&format!("{path}/history")).await;
    let done = history.all("td[data-label='内容']");
    for part in ["学生1 换届", "换届，撤销文体部", "留任 2 个"] {
        assert!(done.iter().any(|says| says.contains(part)), "{part}: {done:#?}");
    }
    let whole: Vec<&String> = done.iter().filter(|says| says.contains("换届")).collect();
    assert_eq!(whole.len(), 1, "one act is one entry that unfolds: {whole:#?}");
    assert!(whole[0].contains("同时办理的"));
}

#[tokio::test]
async fn a_roster_that_is_kept_is_made_anew_where_anything_of_it_changed() {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 2, "部门工作人员", "办公室");
    let path = union(&mut league, "school", &roster, &today.to_string(), false).await;
    let mut db = portal.owner().await;
    for (change, says) in [
        ("update student set political = '中共党员' where number = '20240003'", "中共党员"),
        ("update class set name = '改名一班' where id in (select class_id from student where number = '20240003')", "改名一班"),
        ("update college set name = '改名学院' where name in (select c.name from student s join class k on k.id = s.class_id
              join major m on m.id = k.major_id join college c on c.id = m.college_id where s.number = '20240003')", "改名学院"),
        ("update department set name = '综合办公室'", "综合办公室"),
        ("update institution set stroke_order = 'whole'", "笔画"),
    ] {
        let page = league.get(&format!("{path}/roster")).await;
        assert!(says == "笔画" || !page.text().contains(says), "{says}: {}", page.text());
        sqlx::query(change).execute(&mut db).await.unwrap();
        let (once, again) = (league.get(&format!("{path}/roster")).await, league.get(&format!("{path}/roster")).await);
        assert!(once.text().contains(says), "{says}: {}", once.text());
        assert_ne!(page.text(), once.text(), "{says}");
        assert_eq!(once.text(), again.text(), "{says}");
    }
    // Who may not see it gets nothing of what is kept.
    let college = portal.signed_in(OfficeKind::CollegeLeague).await.get(&format!("{path}/roster")).await;
    assert_eq!(college.status, 404);
    let other = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await.get(&format!("{path}/roster")).await;
    assert_eq!(other.status, 404);
    // A day later it says so.
    portal.app.clock.advance(Duration::days(1));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let tomorrow = chinese_day(today + Duration::days(1));
    assert!(league.get(&format!("{path}/roster")).await.text().contains(&format!("截至{tomorrow}")));
}

#[tokio::test]
async fn stf_03_and_org_13_departments_are_capped_compared_with_others_and_end_with_their_posts() {
    let (portal, mut league, today) = ready().await;
    let names = ["办公室", "文体部", "宣传部", "学习部", "权益部"];
    let roster = names.iter().zip(0_u32..).fold(String::new(), |text, (name, place)| {
        text + &rows(10 + place * 10, 2, "部门负责人", name) + &rows(12 + place * 10, 2, "部门工作人员", name)
    });
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    sqlx::query("update organisation set functions = '志愿服务、支教'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let day = today.to_string();
    let fields = |name, functions, ruling, reason| {
        [
            ("name", name),
            ("functions", functions),
            ("from", day.as_str()),
            ("ground", "批复"),
            ("ruling", ruling),
            ("reason", reason),
        ]
    };
    let met = league.post(&format!("{path}/departments"), &fields("志愿部", "志愿服务", "", "")).await;
    assert_eq!(met.status, 422);
    assert!(met.text().contains("青年志愿者协会") && met.text().contains("不与其他学生组织重叠"), "{}", met.text());
    assert_eq!(met.field("职能"), "志愿服务");
    let ruled = fields("志愿部", "志愿服务", "校团委〔2026〕9号", "");
    assert_eq!(league.post(&format!("{path}/departments"), &ruled).await.status, 303);
    let seventh = league.post(&format!("{path}/departments"), &fields("生活部", "生活服务", "", "")).await;
    assert_eq!(seventh.status, 409);
    assert!(seventh.text().contains("工作部门不超过6个") && seventh.text().contains("权益部"), "{}", seventh.text());
    let offices = fields("生活部", "宿舍管理", "", "");
    // Before anything else makes room, somebody has to go.
    let list = league.get(&format!("{path}/departments")).await;
    let place = list.all("td[data-label='部门'] a").iter().position(|name| name == "学习部").unwrap();
    let edit = list.attributes("td[data-label='部门'] a", "href").remove(place);
    let done = league.post(&format!("{edit}/end"), &[("day", day.as_str()), ("ground", "批复")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let left = league.get(&path).await;
    assert!(!left.all("td[data-label='姓名']").contains(&"学生40".to_owned()), "the posts end with it");
    let warned = league.post(&format!("{path}/departments"), &offices).await;
    assert_eq!(warned.status, 422);
    assert!(warned.text().contains("自评表核心指标第 1 项"), "{}", warned.text());
    let sound = fields("生活部", "生活服务", "", "");
    assert_eq!(league.post(&format!("{path}/departments"), &sound).await.status, 303);
    let twice = league.post(&format!("{path}/departments"), &fields("生活部", "生活服务", "", "")).await;
    assert!(twice.fault("名称").contains("同名"));
}

#[tokio::test]
async fn a_scan_is_kept_with_the_act_and_handed_out_to_those_who_see_the_union() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    elect(&portal, &path, &[30], today).await;
    let day = today.to_string();
    let mut body = Vec::new();
    let fields = [
        ("number", "20240030"),
        ("post", "presidium"),
        ("from", day.as_str()),
        ("ground", "批复"),
        ("direct", "补办"),
        ("from_college", "yes"),
    ];
    let part = |body: &mut Vec<u8>, head: &str, bytes: &[u8]| {
        body.extend_from_slice(format!("--XyX\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    let send = async |league: &mut Client, scan: &[u8]| {
        body.clear();
        for (name, value) in fields {
            part(&mut body, &format!("name=\"{name}\""), value.as_bytes());
        }
        part(&mut body, "name=\"scan\"; filename=\"批复.pdf\"", scan);
        body.extend_from_slice(b"--XyX--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=XyX"), ("sec-fetch-site", "same-origin")];
        league.send("POST", &format!("{path}/appoint"), &headers, body.clone()).await
    };
    let mut send = send;
    let wrong = send(&mut league, b"<script>alert(1)</script>").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.fault("批复扫描件（可不传）").contains("PDF"));
    let good = send(&mut league, b"%PDF-1.7 a decision").await;
    assert_eq!(good.status, 303, "{}", good.text());
    let history = league.get(&format!("{path}/history")).await;
    let link = history.attributes("a[href^='/documents/']", "href").remove(0);
    let file = league.get(&link).await;
    assert_eq!(file.bytes, b"%PDF-1.7 a decision");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.get(&link).await.status, 200);
    for (school, office) in [(FIRST, OfficeKind::CollegeUnion), (SECOND, OfficeKind::SchoolLeague)] {
        assert_eq!(portal.signed_in_at(school, office).await.get(&link).await.status, 404);
    }
}

#[tokio::test]
async fn whoever_leaves_the_university_leaves_their_posts() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "school", &rows(1, 3, "主席团成员", ""), &today.to_string(), true).await;
    let people = league.get("/people?q=20240002").await;
    let person = people.attributes("tbody a", "href").remove(0);
    let day = (today + Duration::days(2)).to_string();
    let fields = [("day", day.as_str()), ("why", "withdrawn"), ("reason", "退学")];
    assert_eq!(league.post(&format!("{person}/leave"), &fields).await.status, 303);
    assert_eq!(league.get(&path).await.all("td[data-label='姓名']").len(), 3);
    portal.app.clock.advance(Duration::days(3));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(league.get(&path).await.all("td[data-label='姓名']").len(), 2);
}

#[tokio::test]
async fn what_if_shows_the_difference_and_writes_nothing() {
    let (portal, mut league, today) = ready().await;
    let roster =
        rows(1, 5, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室") + &rows(20, 1, "部门工作人员", "办公室");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let before = portal.row_counts().await;
    let ask = league.get(&format!("{path}/what-if")).await;
    let names = ask.all("td[data-label='姓名']");
    let place = names.iter().position(|name| name == "学生20").unwrap();
    let moved = ask.attributes("select[name=move] option[value$=':presidium']", "value").remove(place);
    let fields = [("department", "宣传部"), ("heads", "1"), ("staff", "2"), ("move", moved.as_str())];
    let answer = league.post(&format!("{path}/what-if"), &fields).await;
    assert_eq!(answer.status, 200);
    let worse = answer.all("tr.worse td[data-label='规则']");
    assert!(worse.iter().any(|rule| rule.starts_with("校级主席团人数")), "{worse:?}");
    assert!(worse.iter().any(|rule| rule.contains("每个部门的负责人数") && rule.contains("宣传部")), "{worse:?}");
    assert_eq!(portal.row_counts().await, before);
}

#[tokio::test]
async fn the_overview_names_every_breach_with_its_day_and_leads_to_the_evidence() {
    let (_portal, mut league, today) = ready().await;
    let day = (today - Duration::days(9)).to_string();
    union(&mut league, "school", &rows(1, 6, "主席团成员", ""), &day, true).await;
    union(&mut league, "colleges", &rows(50, 3, "主席团成员", ""), &day, true).await;
    let page = league.get("/compliance").await;
    let breaches = page.all(".breaches li");
    let found = breaches.iter().any(|line| {
        line.contains("校学生会")
            && line.contains("主席团成员 6 人，超过 5 人")
            && line.contains(&format!("自{}起", chinese_day(today - Duration::days(9))))
    });
    assert!(found, "{breaches:#?}");
    let cell = page.attributes(".matrix a.cell-fail[href$='#STF-02']", "href").remove(0);
    let (path, rule) = cell.split_once('#').unwrap();
    let evidence = league.get(path).await;
    assert_eq!(evidence.all(&format!("[id='{rule}'] .person")).len(), 6);
    assert!(page.all(".matrix tbody th").iter().any(|name| name == "信息工程系学生会"));
}

#[tokio::test]
async fn a_department_ended_by_mistake_goes_on_with_its_posts_unless_more_was_done() {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 3, "部门工作人员", "学习部");
    let path = union(&mut league, "school", &roster, &(today - Duration::days(9)).to_string(), true).await;
    let departments = format!("{path}/departments");
    let edit = league.get(&departments).await.attributes("td[data-label='部门'] a", "href").remove(0);
    let (undo, day) = (format!("{edit}/undo-end"), today.to_string());
    let ending = [("day", day.as_str()), ("ground", "批复")];
    assert_eq!(league.post(&format!("{edit}/end"), &ending).await.status, 303);
    assert!(!league.get(&path).await.all("td[data-label='姓名']").contains(&"学生10".to_owned()));
    assert!(league.get(&departments).await.attributes("form", "action").contains(&undo));
    assert_eq!(league.post(&undo, &[("reason", "")]).await.status, 409);
    let mut officer = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(officer.post(&undo, &[("reason", "点错")]).await.status, 403);
    let done = league.post_on(&undo, &[("reason", "点错")]).await;
    assert!(done.text().contains("部门已恢复"), "{}", done.text());
    let names = league.get(&path).await.all("td[data-label='姓名']");
    for name in ["学生10", "学生11", "学生12"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    assert_eq!(league.post(&undo, &[("reason", "点错")]).await.status, 409, "it is taken back once");
    // Once something else was done, the union would not be what it was.
    assert_eq!(league.post(&format!("{edit}/end"), &ending).await.status, 303);
    portal.app.clock.advance(Duration::minutes(1));
    assert_eq!(end(&mut league, &path, "学生1", today).await.status, 303);
    let refused = league.post(&undo, &[("reason", "点错")]).await;
    assert!(refused.status == 409 && refused.text().contains("没有办理过别的"), "{}", refused.text());
}

#[tokio::test]
async fn what_had_to_wait_for_the_end_of_a_department_was_done_since_although_it_began_before() {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 3, "部门工作人员", "学习部");
    let path = union(&mut league, "school", &roster, &(today - Duration::days(9)).to_string(), true).await;
    let departments = format!("{path}/departments");
    let edit = league.get(&departments).await.attributes("td[data-label='部门'] a", "href").remove(0);
    let (undo, day) = (format!("{edit}/undo-end"), today.to_string());
    assert_eq!(league.post(&format!("{edit}/end"), &[("day", day.as_str()), ("ground", "批复")]).await.status, 303);
    assert!(league.get(&departments).await.attributes("form", "action").contains(&undo));
    // An act bears the moment at which it was asked for, and then waits for the union's row.
    sqlx::query(
        "insert into union_fact (id, union_id, at, office, act)
         select gen_random_uuid(), union_id, min(at) - interval '1 minute', '校团委', 'appointed' from union_fact
         group by union_id",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let refused = league.post(&undo, &[("reason", "点错")]).await;
    assert!(refused.status == 409 && refused.text().contains("没有办理过别的"), "{}", refused.text());
    assert!(!league.get(&departments).await.attributes("form", "action").contains(&undo));
}

#[tokio::test]
async fn who_leaves_the_university_while_a_department_is_taken_back_gets_no_post_again() {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 3, "部门工作人员", "学习部");
    let path = union(&mut league, "school", &roster, &(today - Duration::days(9)).to_string(), true).await;
    let departments = league.get(&format!("{path}/departments")).await;
    let edit = departments.attributes("td[data-label='部门'] a", "href").remove(0);
    let day = today.to_string();
    assert_eq!(league.post(&format!("{edit}/end"), &[("day", day.as_str()), ("ground", "批复")]).await.status, 303);
    let (mut leaving, mut looking) = (portal.owner().await, portal.owner().await);
    let left = "begin; update student set left_on = story_day(), left_why = 'withdrawn' where number = '20240011'";
    sqlx::raw_sql(left).execute(&mut leaving).await.unwrap();
    let leaves = async {
        let waits = "select exists (select from pg_stat_activity
                                    where datname = current_database() and wait_event_type = 'Lock')";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut looking).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        sqlx::raw_sql("commit").execute(&mut leaving).await.unwrap();
    };
    let undo = format!("{edit}/undo-end");
    let (undone, ()) = tokio::join!(league.post(&undo, &[("reason", "点错")]), leaves);
    assert_eq!(undone.status, 303, "{}", undone.text());
    let names = league.get(&path).await.all("td[data-label='姓名']");
    assert!(names.contains(&"学生10".to_owned()) && names.contains(&"学生12".to_owned()), "{names:?}");
    assert!(!names.contains(&"学生11".to_owned()), "{names:?}");
}

#[tokio::test]
async fn nobody_sits_in_a_department_that_is_no_more() {
    let (_portal, mut league, today) = ready().await;
    let roster =
        (1..7).fold(String::new(), |text, place| text + &rows(place * 10, 1, "部门工作人员", &format!("部门{place}")));
    let path = union(&mut league, "school", &roster, &(today - Duration::days(9)).to_string(), true).await;
    let list = league.get(&format!("{path}/departments")).await;
    let edit = list.attributes("td[data-label='部门'] a", "href").remove(5);
    let id = edit.rsplit('/').next().unwrap().to_owned();
    let soon = (today + Duration::days(10)).to_string();
    assert_eq!(league.post(&format!("{edit}/end"), &[("day", &soon), ("ground", "批复")]).await.status, 303);
    let day = today.to_string();
    let fields = |until| {
        [
            ("number", "20240100"),
            ("post", "staff"),
            ("department", id.as_str()),
            ("from", day.as_str()),
            ("until", until),
            ("from_college", "yes"),
            ("ground", "批复"),
            ("direct", "补办"),
        ]
    };
    let open = league.upload(&format!("{path}/appoint"), &fields(""), None).await;
    assert_eq!(open.status, 422);
    assert!(open.fault("任职截止日期（可不填）").contains("撤销"), "{}", open.text());
    let latest = (today + Duration::days(9)).to_string();
    assert_eq!(league.upload(&format!("{path}/appoint"), &fields(&latest), None).await.status, 303);
    // The seventh from the day on which the sixth ends, and not a day before.
    let new = |from| [("name", "新部"), ("functions", "海报"), ("from", from), ("ground", "批复")];
    assert_eq!(league.post(&format!("{path}/departments"), &new(&day)).await.status, 409);
    assert_eq!(league.post(&format!("{path}/departments"), &new(&soon)).await.status, 303);
}

#[tokio::test]
async fn breaches_can_be_taken_away_one_by_one() {
    let (_portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "")
        + &rows(7, 1, "秘书长", "")
        + &rows(8, 1, "学生会主席", "")
        + &rows(10, 2, "部门负责人", "办公室");
    let path = union(&mut league, "school", &roster, &(today - Duration::days(9)).to_string(), true).await;
    let office = department_id(&mut league, &path, "办公室").await;
    let day = (today - Duration::days(9)).to_string();
    for (name, number) in [("学生7", "20240007"), ("学生8", "20240008")] {
        let post = post_of(&mut league, &path, name).await;
        let fields =
            [("number", number), ("post", "staff"), ("department", &office), ("from", &day), ("reason", "按方案改任")];
        let done = league.upload(&format!("{post}/correct"), &fields, None).await;
        assert_eq!(done.status, 303, "{}", done.text());
    }
    // What was taken down stays so, and can be corrected once more.
    let post = post_of(&mut league, &path, "学生7").await;
    assert!(league.get(&post).await.text().contains("现状登记"));
    let fields =
        [("number", "20240007"), ("post", "staff"), ("department", &office), ("from", &day), ("reason", "再核对")];
    assert_eq!(league.upload(&format!("{post}/correct"), &fields, None).await.status, 303);
    // Not to somebody who has the very post already.
    let one = post_of(&mut league, &path, "学生1").await;
    let fields = [("number", "20240002"), ("post", "presidium"), ("from", day.as_str()), ("reason", "抄错")];
    let twice = league.upload(&format!("{one}/correct"), &fields, None).await;
    assert!(twice.fault("学号或姓名").contains("已任这一岗位"), "{}", twice.text());
}

#[tokio::test]
async fn another_colleges_students_and_strange_characters_get_a_word_and_no_data() {
    let (portal, mut league, today) = ready().await;
    let path = union(&mut league, "colleges", &rows(50, 3, "主席团成员", ""), &today.to_string(), true).await;
    let mut owner = portal.owner().await;
    for statement in [
        "insert into college (id, institution_id, name) select gen_random_uuid(), id, '别系' from institution where code = 'first'",
        "insert into major (id, college_id, name, level) select gen_random_uuid(), id, '别业', 'vocational' from college where name = '别系'",
        "insert into class (id, major_id, entry_year, name) select gen_random_uuid(), id, 2024, '别班' from major where name = '别业'",
        "update student set class_id = (select id from class where name = '别班')
         where number = '20240100' and institution_id = (select id from institution where code = 'first')",
    ] {
        sqlx::query(statement).execute(&mut owner).await.unwrap();
    }
    let mut secretary = portal.signed_in(OfficeKind::CollegeLeague).await;
    let page = secretary.get(&format!("{path}/appoint?number=20240100")).await;
    assert!(page.fault("学号或姓名").contains("不是本院系学生"));
    assert!(!page.text().contains("100 / 600") && page.all(".checks").is_empty());
    let nul = secretary.get(&format!("{path}/appoint?number=a%00b")).await;
    assert_eq!(nul.status, 200);
    let fields = [("number", "a\0b"), ("post", "presidium"), ("from", "2026-10-01"), ("ground", "x")];
    assert_eq!(secretary.upload(&format!("{path}/appoint"), &fields, None).await.status, 400);
    // Who will leave holds a post until then and no longer.
    sqlx::query("update student set left_on = story_day() + 9, left_why = 'other' where number = '20240101'")
        .execute(&mut owner)
        .await
        .unwrap();
    let leaving = appoint(&mut secretary, &path, 101, "presidium", "", today).await;
    assert_eq!(leaving.status, 422);
    assert!(leaving.fault("任职截止日期（可不填）").contains("不在校"), "{}", leaving.text());
    // A department's name that cannot be kept is a bad row and no failure later.
    let long = rows(60, 1, "部门工作人员", &"长".repeat(31));
    let text = format!("{HEADER}{long}");
    let later = (today + Duration::days(3)).to_string();
    let fields = [("day", later.as_str()), ("ground", "批复")];
    let page = secretary.upload(&format!("{path}/batch"), &fields, Some(("x.csv", text.as_bytes()))).await;
    assert!(page.text().contains("应为 2 至 30 字"), "{}", page.text());
}

#[tokio::test]
async fn posts_that_never_began_bring_nobody_from_a_college_union() {
    let (_portal, mut league, today) = ready().await;
    let strangers = rows(1, 4, "主席团成员", "").replace(",是", ",否");
    let school = union(&mut league, "school", &strangers, &today.to_string(), true).await;
    let college =
        union(&mut league, "colleges", &rows(50, 1, "部门工作人员", "综合部"), &today.to_string(), true).await;
    let before = league.get(&format!("{school}/findings")).await;
    assert!(before.all("[id='STF-10'] .says")[0].contains("来自院系学生会 0 人"));
    for number in 1..=3 {
        let later = today + Duration::days(60);
        assert_eq!(appoint(&mut league, &college, number, "staff", "综合部", later).await.status, 303);
    }
    let after = league.get(&format!("{school}/findings")).await;
    assert!(after.all("[id='STF-10'] .says")[0].contains("来自院系学生会 0 人"), "not before, and not after");
}

#[tokio::test]
async fn a_correction_makes_nobody_a_member_who_does_not_qualify_and_takes_turns_along() {
    let (portal, mut league, today) = ready().await;
    let day = (today - Duration::days(30)).to_string();
    let roster = rows(1, 2, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室");
    let path = union(&mut league, "school", &roster, &day, true).await;
    sqlx::query("update student set political = '群众' where number in ('20240001', '20240010')")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    // The days of the own post may be put right, whoever it is; another post is an appointment.
    let post = post_of(&mut league, &path, "学生10").await;
    let office = department_id(&mut league, &path, "办公室").await;
    let later = (today - Duration::days(20)).to_string();
    let fields = |post, from| {
        [("number", "20240010"), ("post", post), ("department", office.as_str()), ("from", from), ("reason", "抄错")]
    };
    let seat = league.upload(&format!("{post}/correct"), &fields("presidium", &later), None).await;
    assert_eq!(seat.status, 409, "{}", seat.text());
    assert!(seat.text().contains("学生10的政治面貌是群众"));
    assert_eq!(league.upload(&format!("{post}/correct"), &fields("head", &later), None).await.status, 303);
    // An ended term is not opened again by a correction.
    assert_eq!(end(&mut league, &path, "学生1", today - Duration::days(5)).await.status, 303);
    let history = league.get(&format!("{path}/history")).await;
    let place = history.all("td[data-label='姓名'] a").iter().position(|name| name == "学生1").unwrap();
    let ended = history.attributes("td[data-label='姓名'] a", "href").remove(place);
    let fields = [("number", "20240001"), ("post", "presidium"), ("from", day.as_str()), ("reason", "没有离任")];
    assert_eq!(league.upload(&format!("{ended}/correct"), &fields, None).await.status, 409);
}

#[tokio::test]
async fn a_reshuffle_does_not_rewrite_what_was_served_and_lifts_the_end_of_a_department_it_names() {
    let (portal, mut league, today) = ready().await;
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室");
    let path = union(&mut league, "school", &roster, &(today - Duration::days(30)).to_string(), true).await;
    elect(&portal, &path, &[60, 61], today).await;
    let list = league.get(&format!("{path}/departments")).await;
    let edit = list.attributes("td[data-label='部门'] a", "href").remove(0);
    let soon = (today + Duration::days(20)).to_string();
    assert_eq!(league.post(&format!("{edit}/end"), &[("day", &soon), ("ground", "批复")]).await.status, 303);
    assert_eq!(appoint(&mut league, &path, 60, "presidium", "", today + Duration::days(40)).await.status, 303);
    assert_eq!(appoint(&mut league, &path, 61, "presidium", "", today).await.status, 303);
    let text = format!("{HEADER}{roster}");
    let before = (today - Duration::days(2)).to_string();
    let fields = [("day", before.as_str()), ("ground", "批复")];
    let early = league.upload(&format!("{path}/batch"), &fields, Some(("x.csv", text.as_bytes()))).await;
    assert!(
        early.fault("换届生效日期").contains("已有任免") || early.fault("换届生效日期").contains("启用"),
        "{}",
        early.text()
    );
    let next = (today + Duration::days(10)).to_string();
    let fields = [("day", next.as_str()), ("ground", "批复")];
    let draft = league.upload(&format!("{path}/batch"), &fields, Some(("x.csv", text.as_bytes()))).await;
    let preview = league.get(draft.location()).await;
    assert!(preview.text().contains("1 个一并撤回"), "{}", preview.text());
    let done = league
        .post(&format!("{}/commit", draft.location()), &[("reason", "理由"), ("direct", "线下完成推荐审查")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let departments = league.get(&format!("{path}/departments")).await;
    assert!(!departments.text().contains(&soon), "it goes on: {}", departments.text());
    let page = league.get(&path).await;
    assert!(!page.text().contains("学生60"), "called off");
    // What was called off does not stand in the way of the same post on another day.
    assert_eq!(appoint(&mut league, &path, 60, "presidium", "", today + Duration::days(15)).await.status, 303);
}

#[test]
fn of_64_appointments_at_once_into_the_last_place_exactly_one_stands_for_each_cap() {
    crate::support::runtime().block_on(async {
        let cases: [(&str, &str, String, &str, &str); 6] = [
            ("STF-02", "school", rows(1, 4, "主席团成员", ""), "presidium", ""),
            ("STF-04", "school", rows(1, 2, "部门负责人", "办公室"), "head", "办公室"),
            (
                "STF-05",
                "school",
                rows(1, 2, "部门负责人", "办公室") + &rows(3, 3, "部门工作人员", "办公室"),
                "staff",
                "办公室",
            ),
            ("STF-07", "colleges", rows(1, 2, "主席团成员", ""), "presidium", ""),
            ("STF-06", "colleges", rows(1, 29, "部门工作人员", "综合部"), "staff", "综合部"),
            (
                "STF-03",
                "school",
                (1..6).map(|place| rows(place, 1, "部门工作人员", &format!("部门{place}"))).collect(),
                "",
                "",
            ),
        ];
        for (rule, what, roster, post, department) in cases {
            let (portal, mut league, today) = ready().await;
            let path = union(&mut league, what, &roster, &today.to_string(), true).await;
            if post == "presidium" {
                elect(&portal, &path, &(60..124).collect::<Vec<u32>>(), today).await;
            }
            let id = department_id(&mut league, &path, department).await;
            let tasks = (0..64_u32).map(|place| {
                let (mut client, path, id) = (league.clone(), path.clone(), id.clone());
                tokio::spawn(async move {
                    let (number, day) = (format!("2024{:04}", 60 + place), today.to_string());
                    let name = format!("新部{place}");
                    let founds = [("name", name.as_str()), ("functions", "海报"), ("from", &day), ("ground", "批复")];
                    let appoints = [
                        ("number", number.as_str()),
                        ("post", post),
                        ("department", &id),
                        ("from", &day),
                        ("from_college", "yes"),
                        ("ground", "批复"),
                        ("direct", "补办"),
                    ];
                    loop {
                        let page = if post.is_empty() {
                            client.post(&format!("{path}/departments"), &founds).await
                        } else {
                            client.upload(&format!("{path}/appoint"), &appoints, None).await
                        };
                        // Nothing was done: how long a busy machine lets sixty-four wait is no matter of this story.
                        if page.status != 503 {
                            return page;
                        }
                    }
                })
            });
            let (mut stood, mut refused) = (0, 0);
            for task in tasks.collect::<Vec<_>>() {
                let page = task.await.unwrap();
                match page.status {
                    303 => stood += 1,
                    409 if page.text().contains(rule) || page.text().contains("规则不允许") => refused += 1,
                    status => panic!("{rule}: {status} {}", page.text()),
                }
            }
            assert_eq!((stood, refused), (1, 63), "{rule}");
        }
    });
}

#[test]
fn appointments_from_different_days_do_not_pass_a_cap_together() {
    crate::support::runtime().block_on(async {
        let (portal, mut league, today) = ready().await;
        let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &today.to_string(), true).await;
        elect(&portal, &path, &(60..76).collect::<Vec<u32>>(), today).await;
        let tasks = (0..16_u32).map(|place| {
            let (mut client, path) = (league.clone(), path.clone());
            // Each from another day: on the latest of them all would sit together.
            let from = today + Duration::days(i64::from(place) * 7);
            tokio::spawn(async move { appoint(&mut client, &path, 60 + place, "presidium", "", from).await.status })
        });
        let mut stood = 0;
        for task in tasks.collect::<Vec<_>>() {
            stood += u32::from(task.await.unwrap() == 303);
        }
        assert_eq!(stood, 1);
        let (most,): (i64,) = sqlx::query_as(
            "select max(n) from (select d, count(*) as n from generate_series(0, 200) d, post p
             where p.from_day <= story_day() + d and (p.until_day is null or p.until_day > story_day() + d)
             group by d) counts",
        )
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
        assert_eq!(most, 5);
    });
}
