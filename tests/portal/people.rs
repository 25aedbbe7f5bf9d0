//! Students as the portal knows them: who sees whom, corrections, leaving, objections, activation, the turn of the year
//! and erasure.
//!
//! One file a feature: its stories share their helpers.

use lunzhi::{office::OfficeKind, page::filters::query_value};
use sqlx::PgConnection;

use crate::support::{Client, FIRST, PASSWORD, Portal, SECOND};

async fn text(db: &mut PgConnection, query: &'static str) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(db).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}

async fn count(portal: &Portal, query: &'static str) -> i64 {
    let (count,): (i64,) = sqlx::query_as(query).fetch_one(&mut portal.owner().await).await.unwrap();
    count
}

/// The first university gets a second college, whose class has one student; its own class a neighbour of one student.
async fn neighbours(portal: &Portal) -> PgConnection {
    let mut db = portal.owner().await;
    for statement in [
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), m.id, 2024, '软件2402班' from major m join college c on c.id = m.college_id
         where c.institution_id = (select id from institution where code = 'first')",
        "insert into college (id, institution_id, name)
         select gen_random_uuid(), id, '机电工程系' from institution where code = 'first'",
        "insert into major (id, college_id, name, level)
         select gen_random_uuid(), id, '数控技术', 'vocational' from college where name = '机电工程系'",
        "insert into class (id, major_id, entry_year, name)
         select gen_random_uuid(), id, 2025, '数控2501班' from major where name = '数控技术'",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), i.id, 'NEAR', '邻班生', k.id, '群众' from institution i, class k
         where i.code = 'first' and k.name = '软件2402班'",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), i.id, 'FAR', '邻院生', k.id, '群众' from institution i, class k
         where i.code = 'first' and k.name = '数控2501班'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    db
}

/// The student account of the first university becomes the student 20240001.
async fn become_student(portal: &Portal) -> Client {
    let mut db = portal.owner().await;
    sqlx::query(
        "update account a set student_id = s.id from student s
         where a.number = 'student' and s.number = '20240001' and s.institution_id = a.institution_id",
    )
    .execute(&mut db)
    .await
    .unwrap();
    portal.signed_in(OfficeKind::Student).await
}

#[tokio::test]
async fn nobody_sees_beyond_their_office() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let theirs = text(&mut db, "select s.id::text from student s join institution i on i.id = s.institution_id where i.code = 'second' limit 1").await;
    let ours = text(&mut db, "select s.id::text from student s join institution i on i.id = s.institution_id where i.code = 'first' and number in ('20240001', 'NEAR', 'FAR') order by number").await;
    let (own, far, near) = (&ours[0], &ours[1], &ours[2]);
    // own class, neighbour class, neighbour college, another university
    for (office, sees) in [
        (OfficeKind::ClassBranch, [200, 404, 404, 404]),
        (OfficeKind::CollegeLeague, [200, 200, 404, 404]),
        (OfficeKind::CollegeParty, [200, 200, 404, 404]),
        (OfficeKind::SchoolLeague, [200, 200, 200, 404]),
        (OfficeKind::StudentAffairs, [200, 200, 200, 404]),
        (OfficeKind::Administrator, [200, 200, 200, 404]),
        (OfficeKind::CollegeUnion, [403, 403, 403, 403]),
        (OfficeKind::Student, [403, 403, 403, 403]),
    ] {
        let mut client = portal.signed_in(office).await;
        for (id, status) in [own, near, far, &theirs[0]].into_iter().zip(sees) {
            assert_eq!(client.get(&format!("/people/{id}")).await.status, status, "{} at {id}", office.slug());
        }
        if sees[0] == 200 {
            let listed = client.get("/people?q=AR").await.all("tbody tr").len();
            assert_eq!(listed, sees[1..3].iter().filter(|status| **status == 200).count(), "{}", office.slug());
        }
    }
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let page = branch.get(&format!("/people/{own}")).await;
    assert!(!page.all("h2").contains(&"成绩".to_owned()), "classmates do not see ranks");
    let mut second = portal.signed_in_at(SECOND, OfficeKind::StudentAffairs).await;
    for act in ["correct", "leave", "return"] {
        let fields = [
            ("number", "X"),
            ("name", "偷改"),
            ("class", "软件2401班"),
            ("reason", "x"),
            ("day", "2026-09-01"),
            ("why", "other"),
        ];
        let status = second.post(&format!("/people/{own}/{act}"), &fields).await.status;
        assert!(status == 404, "{act}: {status}");
    }
    assert_eq!(count(&portal, "select count(*) from student where name = '偷改' or left_on is not null").await, 0);
}

#[tokio::test]
async fn every_neighbours_id_is_tried_and_none_opens() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let all = text(&mut db, "select s.id::text from student s join class k on k.id = s.class_id join institution i on i.id = s.institution_id where not (i.code = 'first' and k.name = '软件2401班') order by s.number").await;
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    for id in &all {
        assert_eq!(branch.get(&format!("/people/{id}")).await.status, 404);
    }
    let classes = text(&mut db, "select k.id::text from class k join major m on m.id = k.major_id join college c on c.id = m.college_id join institution i on i.id = c.institution_id where c.name = '机电工程系' or i.code = 'second'").await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    for id in &classes {
        assert_eq!(league.post(&format!("/slips/{id}"), &[]).await.status, 404);
    }
}

#[tokio::test]
async fn a_search_finds_two_characters_of_a_name_a_number_or_a_class() {
    let portal = Portal::start().await;
    neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(staff.get("/people?q=邻院").await.all("tbody tr").len(), 1);
    assert_eq!(staff.get("/people?q=FAR").await.all("tbody tr").len(), 1);
    assert_eq!(staff.get("/people?q=数控2501班").await.all("tbody tr").len(), 1);
    let short = staff.get("/people?q=邻").await;
    assert_eq!((short.all("tbody tr").len(), short.text().contains("至少填两个字")), (0, true));
    assert_eq!(staff.get("/people?q=%27--").await.status, 200);
    let page = staff.get("/people?page=2").await;
    assert!(page.text().contains("第 3 / 4 页"), "{}", page.text());
}

#[tokio::test]
async fn a_correction_keeps_what_stood_there_and_the_student_learns_of_it() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let mut student = become_student(&portal).await;
    let id = text(&mut db, "select id::text from student where number = '20240001' and institution_id = (select id from institution where code = 'first')").await.remove(0);
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let path = format!("/people/{id}/correct");
    let fields = |name: &'static str, number: &'static str, class: &'static str, reason: &'static str| {
        [
            ("number", number),
            ("name", name),
            ("class", class),
            ("political", "党员"),
            ("gender", "女"),
            ("ethnic", ""),
            ("reason", reason),
        ]
    };
    let bad = staff.post(&path, &fields("欧阳𠮷", "20240002", "没有的班", "")).await;
    assert_eq!(bad.status, 422);
    assert!(bad.fault("班级").contains("没有这个班级") && bad.fault("更正理由").contains("请写明理由"));
    assert_eq!(bad.field("姓名"), "欧阳𠮷", "what was typed stays");
    let taken = staff.post(&path, &fields("欧阳𠮷", "20240002", "软件2402班", "身份证更名")).await;
    assert_eq!(taken.fault("学号"), "✕ 这个学号已属于另一人");
    let done = staff.post(&path, &fields("欧阳𠮷", "20240001", "软件2402班", "身份证更名")).await;
    assert_eq!(done.status, 303);
    let page = staff.get(&format!("/people/{id}")).await;
    for words in ["学生1", "欧阳𠮷", "软件2401班", "软件2402班", "中共党员", "身份证更名"] {
        assert!(page.text().contains(words), "{words}");
    }
    assert_eq!(count(&portal, "select count(*) from student_change").await, 4);
    assert!(student.get("/inbox").await.text().contains("你的信息有更正"));
    let own = student.get("/me/data").await;
    assert!(own.text().contains("身份证更名") && own.text().contains("欧阳𠮷"));
    // What they themselves wrote is not all on one page, and the page does not say so: each of the others opens.
    let elsewhere = own.attributes("nav[aria-label='其他信息'] a", "href");
    assert!(elsewhere.len() > 10 && elsewhere.contains(&"/voice".to_owned()), "{elsewhere:?}");
    for path in &elsewhere {
        let status = student.get(path).await.status;
        assert!(![403, 404].contains(&status), "{path}: {status}");
    }
    assert_eq!(student.get("/").await.heading(), "欧阳𠮷，你好", "the account follows");
    let same = staff.post(&path, &fields("欧阳𠮷", "20240001", "软件2402班", "再来")).await;
    assert!(same.location().ends_with("done=same"));
    // Whoever reads the record is led from the student to what was done to them.
    assert!(staff.get(&format!("/people/{id}")).await.attributes("a[href^='/audit?']", "href").is_empty());
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let record = league.get(&format!("/people/{id}")).await.attributes("a[href^='/audit?']", "href").remove(0);
    let said = league.get(&record).await.all("td[data-label='做了什么']");
    assert!(said.iter().any(|says| says.contains("欧阳𠮷（20240001）")), "{said:?}");
    // By the name that was wrong too, and a part of a name is said to be none.
    let asked = |name: &str| format!("/audit?q={}", query_value(name));
    let by_old_name = league.get(&asked("学生1")).await.all("td[data-label='做了什么']");
    assert!(by_old_name.iter().any(|says| says.contains("欧阳𠮷（20240001）")), "{by_old_name:?}");
    assert!(league.get(&asked("欧阳")).await.text().contains("姓名须写全名"));
}

#[tokio::test]
async fn whoever_leaves_keeps_the_history_and_loses_the_rights_on_the_day() {
    let portal = Portal::start().await;
    let mut student = become_student(&portal).await;
    let mut db = portal.owner().await;
    let id = text(&mut db, "select student_id::text from account where student_id is not null").await.remove(0);
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let tomorrow = portal.app.clock.today().next_day().unwrap().to_string();
    let path = format!("/people/{id}/leave");
    assert_eq!(
        staff.post(&path, &[("day", "明天"), ("why", "withdrawn"), ("reason", "x")]).await.fault("离校日期"),
        "✕ 请填写离校日期"
    );
    let done = staff.post(&path, &[("day", &tomorrow), ("why", "withdrawn"), ("reason", "退学决定")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(student.get("/rulebook").await.status, 200, "today still in office");
    assert_eq!(staff.post(&path, &[("day", &tomorrow), ("why", "other"), ("reason", "again")]).await.status, 422);
    portal.app.clock.advance(time::Duration::days(1));
    let mut student = portal.signed_in(OfficeKind::Student).await;
    assert!(student.get("/").await.text().contains("你还没有职务"), "from the day on no office");
    assert_eq!(student.get("/me/data").await.status, 200, "their own data stay theirs to see");
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(staff.get(&format!("/people/{id}")).await.text().contains("退学"));
    assert_eq!(staff.get("/people?q=20240001").await.all("tbody tr").len(), 0);
    assert_eq!(staff.get("/people?q=20240001&state=left").await.all("tbody tr").len(), 1);
    assert_eq!(staff.post(&format!("/people/{id}/return"), &[("reason", "复学")]).await.status, 303);
    let mut student = portal.signed_in(OfficeKind::Student).await;
    assert!(!student.get("/").await.text().contains("你还没有职务"));
}

#[tokio::test]
async fn an_objection_is_answered_and_a_right_one_leaves_both_facts() {
    let portal = Portal::start().await;
    let mut student = become_student(&portal).await;
    let mut db = portal.owner().await;
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), student_id, 'semester', '上学期', 60, 150, 1, '教务处', story_now(), id from account
         where student_id is not null",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let fact = text(&mut db, "select id::text from grade_fact").await.remove(0);
    let empty = student.post("/me/data/disputes", &[("fact", &fact), ("about", "rank"), ("says", " ")]).await;
    assert!(empty.fault("哪里不对").contains("请写明"));
    let fields = [("fact", fact.as_str()), ("about", "rank"), ("says", "应为第 6 名")];
    assert_eq!(student.post("/me/data/disputes", &fields).await.status, 303);
    assert_eq!(student.post("/me/data/disputes", &fields).await.status, 422, "one at a time");
    let mut stranger = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(stranger.post("/me/data/disputes", &fields).await.status, 404);
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(staff.get("/inbox").await.text().contains("学生对专业排名有异议"));
    let path = staff.get("/disputes").await.attributes("tbody a", "href").remove(0);
    let mut other = portal.signed_in_at(SECOND, OfficeKind::StudentAffairs).await;
    assert_eq!(other.get(&path).await.status, 404);
    let act = format!("{path}/answer");
    let none = staff.post(&act, &[("upheld", "yes"), ("rank", "9"), ("cohort", "5"), ("answer", "属实")]).await;
    assert_eq!((none.status, none.fault("正确的专业排名").as_str()), (422, "✕ 排名大于专业人数"));
    let nobodys = staff.post(&act, &[("upheld", "yes"), ("rank", "2"), ("cohort", "99999"), ("answer", "属实")]).await;
    assert!(nobodys.status == 422 && nobodys.text().contains("应为 1 至 150 的整数"), "{}", nobodys.text());
    let answer = [("upheld", "yes"), ("rank", "6"), ("cohort", "150"), ("answer", "核对属实")];
    assert_eq!(other.post(&act, &answer).await.status, 404);
    assert_eq!(staff.post(&act, &answer).await.status, 303);
    assert_eq!(staff.post(&act, &answer).await.status, 422, "once");
    let own = student.get("/me/data").await;
    assert!(own.text().contains("6 / 150") && own.text().contains("60 / 150") && own.text().contains("核对属实"));
    assert!(student.get("/inbox").await.text().contains("异议已答复：成立"));
}

#[tokio::test]
async fn slips_open_accounts_once_and_leave_higher_offices_alone() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let first = league.post_on(&act, &[]).await;
    let (codes, names) = (first.all(".slip-code"), first.all(".slip-name"));
    assert_eq!((codes.len(), names.len()), (150, 150));
    let mut unique = codes.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 150);
    let stored =
        "select count(*) from activation where position(code_hash in 'x'::bytea) = 0 and length(code_hash) = 32";
    assert_eq!(count(&portal, stored).await, 150, "hashes alone are kept");
    let mut phone = portal.visitor();
    let wrong = phone.activate(FIRST, "20240002", &codes[0], "my own long one").await;
    assert!(wrong.fault("激活码").contains("不符"), "a code opens its own account alone");
    assert_eq!(phone.activate(FIRST, "20240001", &codes[0], "my own long one").await.status, 303);
    assert_eq!(phone.get("/me/data").await.status, 200);
    assert_eq!(phone.get("/people").await.status, 403);
    let again = league.post_on(&act, &[("whom", "all")]).await;
    assert_eq!(again.all(".slip-code").len(), 149, "who is in needs none");
    assert_eq!(portal.visitor().activate(FIRST, "20240003", &codes[2], "my own long one").await.status, 422, "voided");
    let fresh = again.all(".slip-code").remove(0);
    portal.app.clock.advance(time::Duration::days(31));
    let late = portal.visitor().activate(FIRST, "20240002", &fresh, "my own long one").await;
    assert!(late.fault("激活码").contains("过期"));
    // Somebody who is granted an office of the whole school gets no slip from a college.
    let granted = "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
        select gen_random_uuid(), a.id, a.institution_id, 'school_party', '2026-01-01', story_now() from account a
        join institution i on i.id = a.institution_id where a.number = '20240002' and i.code = 'first'";
    sqlx::query(granted).execute(&mut portal.owner().await).await.unwrap();
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    assert_eq!(league.post_on(&act, &[("whom", "all")]).await.all(".slip-code").len(), 148);
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let waiting = branch.get("/people?state=waiting").await;
    assert!(waiting.text().contains("共 149 人"), "the branch sees who has not activated");
}

#[tokio::test]
async fn printing_again_says_whom_it_voids_and_a_reload_prints_nothing_anew() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let sent = league.post(&act, &[]).await;
    let printed = sent.location().to_owned();
    let first = league.get(&printed).await.all(".slip-code");
    assert_eq!(league.get(&printed).await.all(".slip-code"), first, "a reload shows the same");
    let mut other = portal.signed_in(OfficeKind::CollegeLeague).await;
    let refused = other.get(&printed).await;
    assert!(
        refused.status == 409 && refused.text().contains("10 分钟"),
        "another session's are nobody's: {}",
        refused.text()
    );

    let list = league.get("/slips").await;
    assert!(list.attributes("form[action^='/slips/']", "action").is_empty(), "no button that voids at once");
    let again = league.post(&act, &[]).await;
    assert_eq!(again.location(), act, "it is asked first");
    let asked = league.get(&act).await;
    assert!(asked.text().contains("已发出的 150 条随即作废") && asked.text().contains("学生7、"), "{}", asked.text());
    let codes = "select count(*) from activation where voided_at is not null";
    assert_eq!(count(&portal, codes).await, 0);
    let one = league.post_on(&act, &[("whom", "one"), ("number", "20240003")]).await.all(".slip-code");
    assert_eq!((one.len(), count(&portal, codes).await), (1, 1), "one alone, and the others' slips stand");
    let old = portal.visitor().activate(FIRST, "20240003", &first[2], "my own long one").await;
    assert!(old.fault("激活码").contains("已重新打印过"), "{}", old.text());
    assert_eq!(portal.visitor().activate(FIRST, "20240003", &one[0], "my own long one").await.status, 303);
    assert_eq!(portal.visitor().activate(FIRST, "20240004", &first[3], "my own long one").await.status, 303);
    let rest = league.post_on(&act, &[("whom", "without")]).await;
    assert!(rest.all(".slip-code").is_empty(), "everybody else holds one");
    assert_eq!(league.post(&act, &[("whom", "nobody")]).await.status, 400);
    portal.app.clock.advance(time::Duration::minutes(11));
    assert_eq!(league.get(&printed).await.status, 409);
}

#[tokio::test]
async fn slips_of_several_classes_are_printed_at_once_with_a_sheet_to_sign() {
    let portal = Portal::start().await;
    let mut staff = portal.signed_in(OfficeKind::Administrator).await;
    let nothing = staff.post("/slips", &[]).await;
    assert!(nothing.status == 422 && nothing.text().contains("请勾选要打印的班级"), "{}", nothing.text());
    let year = staff.get("/slips").await.attributes("select[name=year] option", "value").remove(1);
    let none = staff.post("/slips", &[("listed", "yes"), ("year", "1999")]).await;
    assert_eq!(none.status, 422, "{}", none.text());
    let class = staff.get("/slips").await.attributes("input[name=class]", "value").remove(0);
    let ticked = staff.post_on("/slips", &[("class", &class)]).await;
    let first = ticked.all(".slip-code");
    assert!(!first.is_empty() && ticked.all(".slip-receipts tbody tr").len() == first.len(), "{}", ticked.text());
    let voided = "select count(*) from activation where voided_at is not null";
    let rest = staff.post("/slips", &[("listed", "yes"), ("year", &year)]).await;
    assert!(matches!(rest.status, 303 | 422), "{}", rest.text());
    assert_eq!(count(&portal, voided).await, 0, "nobody's slip is voided");
    let left = "select count(*) from activation where used_at is null group by account_id having count(*) > 1";
    assert!(sqlx::query_scalar::<_, i64>(left).fetch_all(&mut portal.owner().await).await.unwrap().is_empty());
    let mut other = portal.signed_in(OfficeKind::CollegeParty).await;
    assert_eq!(other.post("/slips", &[("listed", "yes")]).await.status, 403);
}

#[tokio::test]
async fn a_stranger_with_wrong_codes_does_not_keep_the_owner_from_activating() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let code = league.post_on(&act, &[]).await.all(".slip-code").remove(0);
    let mut stranger = portal.visitor();
    for _ in 0..10 {
        let wrong = stranger.activate(FIRST, "20240001", "aaaaa-bbbbb-ccccc-ddddd", "my own long one").await;
        assert_eq!(wrong.status, 422);
        stranger.sign_in(FIRST, "20240001", "a guess").await;
    }
    assert_eq!(portal.visitor().activate(FIRST, "20240001", &code, "my own long one").await.status, 303);
}

#[tokio::test]
async fn the_year_turns_with_a_preview() {
    let portal = Portal::start().await;
    neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let empty = staff.post("/rollover/preview", &[]).await;
    assert_eq!(empty.status, 422);
    let mut db = portal.owner().await;
    let classes = text(&mut db, "select k.id::text from class k join major m on m.id = k.major_id join college c on c.id = m.college_id join institution i on i.id = c.institution_id where i.code = 'first' order by k.name").await;
    let (from, into) = (classes[2].as_str(), classes[1].as_str());
    let own = [("from", from), ("into", from), ("day", "")];
    assert!(staff.post("/rollover/preview", &own).await.text().contains("不能并入自己"));
    let day = portal.app.clock.today().to_string();
    let fields = [("cohort", "vocational:2025"), ("day", day.as_str()), ("from", from), ("into", into)];
    let preview = staff.post("/rollover/preview", &fields).await;
    assert_eq!((preview.status, preview.heading().as_str()), (200, "核对学年更替"), "{}", preview.text());
    let seen = preview.attributes("input[name='seen']", "value").remove(0);
    assert_eq!(count(&portal, "select count(*) from student where left_on is not null").await, 0);
    let mut act = fields.to_vec();
    act.push(("seen", "something else"));
    assert_eq!(staff.post("/rollover", &act).await.status, 409, "what is done is what was seen");
    act.pop();
    act.extend([("seen", seen.as_str()), ("people", "1"), ("early", "2025")]);
    let done = staff.post("/rollover", &act).await;
    assert_eq!(done.location(), "/rollover?left=1&moved=1", "{}", done.text());
    assert!(staff.get(done.location()).await.text().contains("1 人登记毕业离校"));
    assert_eq!(count(&portal, "select count(*) from student where number = 'FAR' and left_why = 'graduated'").await, 1);
    assert_eq!(
        count(&portal, "select count(*) from class where merged_into is not null and ended_on is not null").await,
        1
    );
    assert_eq!(count(&portal, "select count(*) from student_change where reason = '班级合并'").await, 1);
    assert_eq!(
        count(&portal, "select count(*) from class where name = '数控2501班' and ended_on is not null").await,
        1
    );
    assert_eq!(staff.post("/rollover", &act).await.status, 422, "the year turns once");
}

#[tokio::test]
async fn erased_people_stay_as_a_number_in_counts_and_in_the_chain() {
    let portal = Portal::start().await;
    let mut student = become_student(&portal).await;
    let mut db = portal.owner().await;
    let id = text(&mut db, "select student_id::text from account where student_id is not null").await.remove(0);
    // A past with a name in it: a correction, a notice, a session, an entry of their own.
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let fields = [("number", "20240001"), ("name", "将被忘记"), ("class", "软件2401班"), ("reason", "更名")];
    assert_eq!(staff.post(&format!("/people/{id}/correct"), &fields).await.status, 303);
    student.post("/me/sessions/end", &[("which", "others")]).await;
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240001"), ("reason", "本人申请")];
    let here = administrator.post("/retention/erase-one", &one).await;
    assert!(here.fault("学号").contains("在校学生的信息不能删除"));
    let day = portal.app.clock.today().to_string();
    staff.post(&format!("/people/{id}/leave"), &[("day", &day), ("why", "graduated"), ("reason", "毕业")]).await;
    assert!(administrator.get("/audit").await.text().contains("将被忘记"), "named while they are known");
    let before = count(&portal, "select count(*) from student").await;
    assert_eq!(administrator.post("/retention/erase-one", &one).await.location(), "/retention?erased=1");
    assert_eq!(count(&portal, "select count(*) from student").await, before, "they still count");
    for table in ["student", "account", "audit_entry", "notice", "student_change", "office", "session", "grade_fact"] {
        let dump = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
        let (all,): (String,) = sqlx::query_as(sqlx::AssertSqlSafe(dump)).fetch_one(&mut db).await.unwrap();
        assert!(!all.contains("将被忘记"), "{table} still knows the name");
    }
    assert_eq!(
        count(&portal, "select count(*) from student where number = '20240001'").await,
        1,
        "the second school's alone"
    );
    let record = administrator.get("/audit").await.text();
    assert!(!record.contains("将被忘记") && record.contains("已删除"));
    let verified = lunzhi::audit::verify(&mut portal.owner().await).await.unwrap();
    assert!(verified.is_ok(), "the chain holds: {verified:?}");
    assert_eq!(portal.visitor().sign_in(FIRST, "student", PASSWORD).await.status, 422);
}

#[tokio::test]
async fn what_is_kept_too_long_is_erased_by_count() {
    let portal = Portal::start().await;
    sqlx::query(
        "update student set left_on = '2023-07-01', left_why = 'graduated' where number in ('20240010', '20240011')
         and institution_id = (select id from institution where code = 'first')",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    assert!(administrator.get("/retention").await.text().contains("已到期：2 人"));
    assert_eq!(
        administrator.post("/retention", &[("years", "0")]).await.fault("离校后保存几年"),
        "✕ 应为 1 至 30 的整数"
    );
    administrator.post("/retention", &[("years", "30")]).await;
    assert!(administrator.get("/retention").await.text().contains("已到期：0 人"));
    administrator.post("/retention", &[("years", "3")]).await;
    assert_eq!(administrator.post("/retention/erase", &[("total", "3")]).await.status, 409);
    assert_eq!(administrator.post("/retention/erase", &[("total", "2")]).await.location(), "/retention?erased=2");
    assert_eq!(count(&portal, "select count(*) from student where erased_at is not null").await, 2);
}

#[tokio::test]
async fn notices_go_to_the_person_or_the_office_and_are_read_once() {
    let portal = Portal::start().await;
    let mut student = become_student(&portal).await;
    let mut db = portal.owner().await;
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, source, recorded_at, recorded_by)
         select gen_random_uuid(), student_id, 'entry', '入学以来', 6, 150, '教务处', story_now(), id from account
         where student_id is not null",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let fact = text(&mut db, "select id::text from grade_fact").await.remove(0);
    student.post("/me/data/disputes", &[("fact", &fact), ("about", "rank"), ("says", "不对")]).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(staff.get("/").await.all(".viewer .count"), ["1 条未读"]);
    let act = staff.get("/inbox").await.attributes("form[action$='/read']", "action");
    let one = act.iter().find(|act| act.len() > 20).unwrap().clone();
    let mut other = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(other.post(&one, &[]).await.status, 404, "not theirs to read");
    let mut second = portal.signed_in_at(SECOND, OfficeKind::StudentAffairs).await;
    assert!(second.get("/").await.all(".viewer .count").is_empty());
    assert_eq!(staff.post(&one, &[]).await.location(), "/disputes");
    assert!(staff.get("/").await.all(".viewer .count").is_empty());
}

#[tokio::test]
async fn organisations_are_registered_with_their_functions() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let bad = league.post("/organisations", &[("name", "甲"), ("kind", ""), ("members", "很多")]).await;
    assert_eq!(bad.status, 422);
    assert!(bad.fault("名称").contains("至少两个字") && bad.fault("成员数").contains("整数"));
    let fields = [("name", "社团联合会"), ("kind", "other"), ("members", ""), ("functions", "社团管理")];
    assert_eq!(league.post("/organisations", &fields).await.status, 303);
    assert_eq!(league.post("/organisations", &fields).await.fault("名称"), "✕ 已有同名的学生组织");
    let path = league.get("/organisations").await.attributes("tbody a", "href").remove(0);
    let changed = [("name", "社团联合会"), ("kind", "society"), ("members", "30"), ("functions", "社团管理、场地")];
    let _ = league.post(&path, &changed).await;
    let mut theirs = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    assert_eq!(theirs.get(&path).await.status, 404);
    assert_eq!(theirs.post(&format!("{path}/end"), &[]).await.status, 404);
    assert_eq!(league.post(&format!("{path}/end"), &[]).await.status, 303);
    assert_eq!(league.get(&path).await.status, 404);
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let page = party.get("/organisations").await;
    assert!(page.text().contains("注销") && page.attributes("form[action='/organisations']", "action").is_empty());
}

#[tokio::test]
async fn a_leaving_that_is_taken_back_takes_no_rights() {
    let portal = Portal::start().await;
    let _ = become_student(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let person = staff.get("/people?q=20240001").await.attributes("tbody a", "href").remove(0);
    let later = (portal.app.clock.today() + time::Duration::days(30)).to_string();
    let leave = [("day", later.as_str()), ("why", "transferred"), ("reason", "转学")];
    assert_eq!(staff.post(&format!("{person}/leave"), &leave).await.status, 303);
    assert_eq!(staff.post(&format!("{person}/return"), &[("reason", "不转了")]).await.status, 303);
    portal.app.clock.advance(time::Duration::days(40));
    let mut student = portal.signed_in(OfficeKind::Student).await;
    assert!(!student.get("/").await.text().contains("你还没有职务"));
    let far = [("day", "2016-07-01"), ("why", "graduated"), ("reason", "错年份")];
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(staff.post(&format!("{person}/leave"), &far).await.fault("离校日期").contains("请核对年份"));
}

#[tokio::test]
async fn a_printed_slip_opens_no_office_that_came_later() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let act = league.get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let codes = league.post_on(&act, &[]).await.all(".slip-code");
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let later = (portal.app.clock.today() + time::Duration::days(90)).to_string();
    let path = administrator.get("/accounts?q=20240001").await.attributes("tbody a", "href").remove(0);
    let grant = [("office", "school_union"), ("from", later.as_str())];
    assert_eq!(administrator.post(&format!("{path}/offices"), &grant).await.status, 303);
    assert_eq!(portal.visitor().activate(FIRST, "20240001", &codes[0], "my own long one").await.status, 422);
    assert_eq!(
        league.post_on(&act, &[("whom", "all")]).await.all(".slip-code").len(),
        149,
        "not before its first day either"
    );
}

#[tokio::test]
async fn slips_printed_by_several_at_once_are_all_answered() {
    let portal = Portal::start().await;
    let mut offices = Vec::new();
    for _ in 0..6 {
        offices.push(portal.signed_in(OfficeKind::CollegeLeague).await);
    }
    let act = offices[0].get("/slips").await.attributes("form[action^='/slips/']", "action").remove(0);
    let mut prints = Vec::new();
    for mut league in offices {
        let act = act.clone();
        prints.push(tokio::spawn(async move { league.post_on(&act, &[("whom", "all")]).await.status }));
    }
    for print in prints {
        assert_eq!(print.await.unwrap(), 200);
    }
    let open = "select count(*) from activation where used_at is null and voided_at is null";
    assert_eq!(count(&portal, open).await, 150);
}

#[tokio::test]
async fn a_class_that_graduates_takes_nobody_in_and_the_erased_are_nobodys_to_open() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let classes = text(&mut db, "select k.id::text from class k join major m on m.id = k.major_id join college c on c.id = m.college_id join institution i on i.id = c.institution_id where i.code = 'first' order by k.name").await;
    let day = portal.app.clock.today().to_string();
    let both = [("cohort", "vocational:2025"), ("day", day.as_str()), ("from", &classes[2]), ("into", &classes[0])];
    assert!(staff.post("/rollover/preview", &both).await.text().contains("正在毕业年级里"));
    sqlx::query("update student set left_on = '2026-09-01', left_why = 'graduated' where number = 'FAR'")
        .execute(&mut db)
        .await
        .unwrap();
    let person = staff.get("/people?q=FAR&state=left").await.attributes("tbody a", "href").remove(0);
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "FAR"), ("reason", "本人申请")];
    assert_eq!(administrator.post("/retention/erase-one", &one).await.status, 303);
    assert_eq!(staff.get(&person).await.status, 404);
    assert!(staff.get("/people?state=left").await.all("tbody tr").is_empty());
}

#[tokio::test]
async fn names_are_mended_and_holders_and_vacancies_seen() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let far = text(&mut db, "select id::text from college where name = '机电工程系'").await.remove(0);
    let page = staff.get(&format!("/structure?college={far}")).await;
    assert!(page.text().contains("数控2501班"), "{}", page.text());
    let class = text(&mut db, "select id::text from class where name = '数控2501班'").await.remove(0);
    let path = format!("/structure/college/{far}");
    assert!(staff.post(&path, &[("name", "信息工程系"), ("college", &far)]).await.text().contains("已有这个名称"));
    let done = staff.post(&path, &[("name", "智能制造学院"), ("college", &far)]).await;
    assert!(staff.get(done.location()).await.text().contains("智能制造学院"));
    assert_eq!(staff.post(&format!("/structure/class/{class}"), &[("name", "数控2502班")]).await.status, 303);
    assert_eq!(staff.post(&format!("/structure/none/{class}"), &[("name", "数控")]).await.status, 404);
    let mut theirs = portal.signed_in_at(SECOND, OfficeKind::StudentAffairs).await;
    assert_eq!(theirs.post(&path, &[("name", "偷改系"), ("college", &far)]).await.status, 422);
    assert_eq!(count(&portal, "select count(*) from college where name = '偷改系'").await, 0);
    let held = staff.get("/offices").await;
    assert!(held.text().contains("软件2401班 班级团支部") && held.text().contains("空缺"));
    assert!(held.text().contains("智能制造学院 院系团组织"), "nobody holds it");
    assert_eq!(staff.get("/offices?kind=class_branch").await.all("tbody tr").len(), 1);
    assert!(staff.get("/offices?when=past").await.all("tbody tr").is_empty());
    assert_eq!(theirs.get(&format!("/offices?college={far}")).await.all("tbody tr").len(), 0);
}

#[tokio::test]
async fn whoever_comes_back_finds_a_class_that_goes_on() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let later = (portal.app.clock.today() + time::Duration::days(100)).to_string();
    let fields = [("cohort", "vocational:2025"), ("day", later.as_str())];
    let preview = staff.post("/rollover/preview", &fields).await;
    let seen = preview.attributes("input[name='seen']", "value").remove(0);
    let act = [
        ("cohort", "vocational:2025"),
        ("day", later.as_str()),
        ("seen", seen.as_str()),
        ("people", "1"),
        ("early", "2025"),
    ];
    assert_eq!(staff.post("/rollover", &act).await.status, 303);
    // Nobody moves into a class that will graduate.
    let near = staff.get("/people?q=NEAR").await.attributes("tbody a", "href").remove(0);
    let fields = [("number", "NEAR"), ("name", "邻班生"), ("class", "数控2501班"), ("reason", "转专业")];
    assert!(staff.post(&format!("{near}/correct"), &fields).await.fault("班级").contains("即将毕业"));
    let far = staff.get("/people?q=FAR").await.attributes("tbody a", "href").remove(0);
    assert_eq!(staff.post(&format!("{far}/return"), &[("reason", "延期毕业")]).await.status, 303);
    let ended = "select count(*) from class where ended_on is not null";
    assert_eq!(count(&portal, ended).await, 0, "it goes on with them");
    // And into the class that took the old one over.
    for statement in [
        "update student set left_on = '2026-09-01', left_why = 'suspended' where number = 'NEAR'",
        "update class k set ended_on = '2026-10-01', merged_into = n.id from class n
         where k.name = '软件2402班' and n.name = '软件2401班' and n.major_id = k.major_id",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    assert_eq!(staff.post(&format!("{near}/return"), &[("reason", "复学")]).await.status, 303);
    assert!(staff.get(&near).await.text().contains("软件2401班"));
}

/// The second person whom a file made of 20240001 under a new number, in the class that they are in now.
async fn made_again(staff: &mut Client) {
    let file = "学号,姓名,院系,专业,培养层次,年级,班级,政治面貌\n\
                2025N001,学　生1,机电工程系,数控技术,专科,2025,数控2501班,中共预备党员\n";
    let sent = staff.upload("/imports", &[("kind", "students")], Some(("名单.csv", file.as_bytes()))).await;
    let path = sent.location().split('?').next().unwrap().to_owned();
    assert!(staff.commit_import(&path).await.text().contains("已写入：新增 1 条"));
    let file = "学号,专业排名,专业人数,不及格门数\n2025N001,2,30,0\n";
    let fields = [("kind", "grades"), ("basis", "year"), ("period", "2025—2026 学年"), ("source", "教务处")];
    let sent = staff.upload("/imports", &fields, Some(("成绩.csv", file.as_bytes()))).await;
    let path = sent.location().split('?').next().unwrap().to_owned();
    assert!(staff.commit_import(&path).await.text().contains("已写入：新增 1 条"));
}

#[tokio::test]
async fn a_new_number_is_the_same_person_who_is_joined_where_a_file_made_another() {
    let portal = Portal::start().await;
    neighbours(&portal).await;
    let mut student = become_student(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let own = staff.get("/people?q=20240001").await.attributes("tbody a", "href").remove(0);
    assert!(!staff.get(&own).await.all("summary").contains(&"换学号".to_owned()), "the League committee's act");
    made_again(&mut staff).await;
    let act = format!("{own}/renumber");
    let unfit = league.post(&act, &[("new_number", "学号"), ("new_reason", "")]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.fault("新学号").contains("没有数字") && unfit.fault("理由").contains("请写明理由"));
    for (number, says) in [
        ("２０２４0001", "这就是现在的学号"),
        ("20240002", "这个学号是学生2的，姓名不同"),
        ("SCHOOL_PARTY", "已有他人的账号"),
    ] {
        let refused = league.post(&act, &[("new_number", number), ("new_reason", "转专业")]).await;
        assert!(refused.fault("新学号").contains(says), "{number}: {}", refused.fault("新学号"));
    }
    let done = league.post(&act, &[("new_number", "2025n001"), ("new_reason", "转专业〔2026〕3号")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = league.get(done.location()).await;
    for words in [
        "已合并过来",
        "学生1（2025N001）",
        "曾用学号",
        "20240001",
        "数控2501班",
        "中共预备党员",
        "2 / 30",
        "转专业〔2026〕3号",
    ] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert_eq!(count(&portal, "select count(*) from student where number_key = '2025n001'").await, 1);
    assert_eq!(count(&portal, "select count(*) from audit_entry where verb = 'student_renumbered'").await, 1);
    assert!(student.get("/inbox").await.text().contains("你的学号已换为 2025N001"));
    assert_eq!(student.get("/").await.status, 200, "whoever is signed in stays so");
    let mut again = portal.visitor();
    assert_eq!(again.sign_in(FIRST, "20240001", PASSWORD).await.status, 422);
    assert_eq!(again.sign_in(FIRST, "2025n001", PASSWORD).await.status, 303, "the new number signs in");
    assert_eq!(league.get("/people?q=20240001").await.all("tbody tr").len(), 1, "the old number finds them");
    // Files with the old number name the new one, and nobody gets the old one again.
    let file = "学号,专业排名,专业人数\n20240001,1,30\n";
    let fields = [("kind", "grades"), ("basis", "year"), ("period", "x"), ("source", "教务处")];
    let sent = staff.upload("/imports", &fields, Some(("成绩.csv", file.as_bytes()))).await;
    let path = sent.location().split('?').next().unwrap().to_owned();
    assert!(staff.get(&path).await.text().contains("该生已换学号，请改用新学号 2025N001"));
    let other = staff.get("/people?q=20240002").await.attributes("tbody a", "href").remove(0);
    let taken = league.post(&format!("{other}/renumber"), &[("new_number", "20240001"), ("new_reason", "x")]).await;
    assert!(taken.fault("新学号").contains("另一名学生曾用的学号"));
    // One who goes back has the first number again.
    let back = league.post(&act, &[("new_number", "20240001"), ("new_reason", "转回")]).await;
    assert!(back.location().ends_with("done=renumbered"), "{}", back.location());
    assert_eq!(again.sign_in(FIRST, "20240001", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn two_who_both_have_a_record_are_not_joined() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let own = staff.get("/people?q=20240001").await.attributes("tbody a", "href").remove(0);
    made_again(&mut staff).await;
    let act = "insert into account (id, institution_id, number, name, password_hash, password_set_at,
                                    must_change_password, created_at, student_id)
               select gen_random_uuid(), institution_id, number, name, 'x', story_now(), false, story_now(), id from student
               where number = '2025N001'";
    sqlx::query(act).execute(&mut db).await.unwrap();
    let wanted = [("new_number", "2025N001"), ("new_reason", "转专业")];
    let refused = league.post(&format!("{own}/renumber"), &wanted).await;
    assert!(refused.fault("新学号").contains("不能合并"), "{}", refused.fault("新学号"));
    // Nor where an office waits for the second person, whatever else could be taken over.
    for statement in [
        "update account set password_hash = null, password_set_at = null where number = '2025N001'",
        "insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'school_union', story_day(), story_now() from account
         where number = '2025N001'",
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select gen_random_uuid(), s.institution_id, s.number, s.name, false, story_now(), s.id
         from student s join institution i on i.id = s.institution_id where s.number = '20240001' and i.code = 'first'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    let before = portal.row_counts().await;
    assert!(league.post(&format!("{own}/renumber"), &wanted).await.fault("新学号").contains("不能合并"));
    assert_eq!(portal.row_counts().await, before, "nothing was taken over");
}

#[tokio::test]
async fn a_preview_says_who_may_have_got_a_new_number() {
    let portal = Portal::start().await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let file = "学号,姓名,院系,专业,培养层次,年级,班级\n2026X1,学 生1,信息工程系,软件技术,专科,2026,软件2601班\n\
                2026X2,学生2,信息工程系,软件技术,专科,2026,软件2601班\n20240002,学生2,信息工程系,软件技术,专科,2024,软件2401班\n\
                2026X3,生人,信息工程系,软件技术,专科,2026,软件2601班\n";
    let sent = staff.upload("/imports", &[("kind", "students")], Some(("名单.csv", file.as_bytes()))).await;
    let path = sent.location().split('?').next().unwrap().to_owned();
    let added = staff.get(&format!("{path}?tab=added")).await.all(".says-cell");
    assert_eq!(added.iter().filter(|says| says.contains("可能是换了学号")).count(), 1, "{added:?}");
    assert!(added[0].contains("软件2401班有同名的 20240001"), "{added:?}");
}

#[tokio::test]
async fn corrections_take_the_words_of_the_field_and_compare_by_the_key() {
    let portal = Portal::start().await;
    neighbours(&portal).await;
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let own = staff.get("/people?q=20240001").await.attributes("tbody a", "href").remove(0);
    let fields = |number: &'static str, name: &'static str, political: &'static str| {
        [
            ("number", number),
            ("name", name),
            ("class", "软件 2402 班"),
            ("political", political),
            ("gender", "女"),
            ("ethnic", "01"),
            ("reason", "核对"),
        ]
    };
    let path = format!("{own}/correct");
    assert_eq!(staff.post(&path, &fields("near", "学生1", "")).await.fault("学号"), "✕ 这个学号已属于另一人");
    let open = staff.post(&path, &fields("20240001", "学生1", "发展对象")).await;
    assert!(open.fault("政治面貌").contains("是入党的阶段"), "{}", open.fault("政治面貌"));
    assert!(staff.post(&path, &fields("20240001", "王?", "")).await.fault("姓名").contains("没能保存的字"));
    assert_eq!(staff.post(&path, &fields("20240001", "古丽 • 买提", "中国共产主义青年团团员")).await.status, 303);
    let stored = "select count(*) from student s join class k on k.id = s.class_id
                  where s.name = '古丽·买提' and s.political = '共青团员' and s.ethnic = '汉族' and k.name = '软件2402班'";
    assert_eq!(count(&portal, stored).await, 1);
}

#[tokio::test]
async fn words_that_were_stored_before_are_brought_to_the_one_form_at_the_start() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    for statement in [
        "update student set political = '中国共产党党员', ethnic = '汉' where number = 'NEAR'",
        "update student set political = '入党积极分子', ethnic = '火星族' where number = 'FAR'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    for _ in 0..2 {
        let now = portal.app.clock.now();
        portal.app.write(async |db| lunzhi::people::stored_words::unify(db, now).await).await.unwrap();
    }
    let words =
        "select concat_ws(' ', number, political, ethnic) from student where number in ('NEAR', 'FAR') order by 1";
    assert_eq!(text(&mut db, words).await, ["FAR 火星族", "NEAR 中共党员 汉族"], "what nobody knows stays as it is");
    assert_eq!(count(&portal, "select count(*) from audit_entry where office = '运维'").await, 3, "once");
}

/// What points at a college or a class and is moved with it, or stands in the way of a merger. A table that is new here is
/// one that `directory::merging_store` has to be told of.
const MERGED: &[&str] = &[
    "activity.only_college",
    "activity_partner.class_id",
    "guidance_record.class_id",
    "voice_request.college_id",
    "contact_assignment.class_id",
    "contact_note.class_id",
    "survey_college.college_id",
    "class.merged_into",
    "consent.class_id",
    "consent.college_id",
    "congress_delegation.college_id",
    "congress_unit.college_id",
    "contest.college_id",
    "delegate_list.college_id",
    "delegation.college_id",
    "major.college_id",
    "notice.class_id",
    "notice.college_id",
    "office.class_id",
    "office.college_id",
    "recommendation.class_id",
    "recommendation.college_id",
    "sitting.college_id",
    "student.class_id",
    "student_union.college_id",
    "vetting_case.class_id",
    "vetting_case.college_id",
    "voter.class_id",
];

#[tokio::test]
async fn a_merger_of_colleges_knows_whatever_points_at_one() {
    let portal = Portal::start().await;
    let known = text(
        &mut portal.owner().await,
        "select c.conrelid::regclass || '.' || a.attname from pg_constraint c
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.confrelid in ('college'::regclass, 'class'::regclass) order by 1",
    )
    .await;
    let mut expected = MERGED.to_vec();
    expected.sort_unstable();
    // The class of students has no key: it is asked once a statement.
    let mut known: Vec<&str> = known.iter().map(String::as_str).chain(["student.class_id"]).collect();
    known.sort_unstable();
    assert_eq!(known, expected);
}

#[tokio::test]
async fn a_college_made_by_a_typing_error_is_merged_or_removed_and_one_with_a_history_is_not() {
    let portal = Portal::start().await;
    let mut db = neighbours(&portal).await;
    let statement = "with school as (select id from institution where code = 'first'),
              twin as (
                  select m.name, m.level, k.entry_year, k.name as class from college c join major m on m.college_id = c.id
                         join class k on k.major_id = m.id, school
                  where c.institution_id = school.id and c.name = '信息工程系' and k.name = '软件2401班'),
              wrong as (
                  insert into college (id, institution_id, name)
                  select md5('wrong')::uuid, id, '信息工程糸' from school returning id),
              empty as (
                  insert into college (id, institution_id, name) select md5('empty')::uuid, id, '空系' from school returning id),
              major as (
                  insert into major (id, college_id, name, level)
                  select md5('wrong major')::uuid, md5('wrong')::uuid, name, level from twin
                  union all select md5('other major')::uuid, md5('wrong')::uuid, '人工智能', level from twin
                  returning id),
              class as (
                  insert into class (id, major_id, entry_year, name)
                  select md5('wrong class')::uuid, md5('wrong major')::uuid, entry_year, class from twin
                  union all select md5('other class')::uuid, md5('other major')::uuid, entry_year, '智能2401班' from twin
                  returning id)
         insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), school.id, n.number, n.name, n.class from school,
                (values ('M1', '甲', md5('wrong class')::uuid), ('M2', '乙', md5('other class')::uuid)) as n(number, name, class)";
    sqlx::query(statement).execute(&mut db).await.unwrap();
    let ids: Vec<(String, String)> = sqlx::query_as(
        "select name, id::text from college where institution_id = (select id from institution where code = 'first')",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let id = |name: &str| ids.iter().find(|(own, _)| own == name).unwrap().1.clone();
    let (wrong, meant, empty) = (id("信息工程糸"), id("信息工程系"), id("空系"));
    let mut staff = portal.signed_in(OfficeKind::StudentAffairs).await;
    let merge = format!("/structure/college/{wrong}/merge");
    assert!(staff.get(&format!("/structure?college={wrong}")).await.attributes("a", "href").contains(&merge));
    let preview = staff.get(&format!("{merge}?into={meant}")).await;
    let facts = preview.all("dd");
    assert_eq!(facts[..3], ["2 个，其中同名的 1 个合为一个", "2 个，其中同名的 1 个合为一个", "2 人"], "{facts:?}");
    let seen = preview.attributes("input[name=seen]", "value").remove(0);
    let stale = staff.post(&merge, &[("into", &meant), ("seen", "0-0-0-0-0-0")]).await;
    assert_eq!(stale.status, 409);
    assert!(stale.text().contains("预览之后数据有变化"));
    let history = staff.post(&format!("/structure/college/{meant}/remove"), &[]).await;
    assert_eq!(history.status, 409);
    let done = staff.post_on(&merge, &[("into", &meant), ("seen", &seen)]).await;
    assert!(done.text().contains("已合并") && done.text().contains("智能2401班"), "{}", done.text());
    let places: Vec<(String, String, String)> = sqlx::query_as(
        "select s.number, k.name, c.name from student s join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
         where s.number in ('M1', 'M2') order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let places: Vec<String> =
        places.into_iter().map(|(number, class, college)| format!("{number} {class} {college}")).collect();
    assert_eq!(places, ["M1 软件2401班 信息工程系", "M2 智能2401班 信息工程系"]);
    let classes = "select count(*) from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                   where c.id = $1::uuid and k.name = '软件2401班'";
    let (classes,): (i64,) = sqlx::query_as(classes).bind(&meant).fetch_one(&mut db).await.unwrap();
    assert_eq!(classes, 1, "one class of that name");
    assert!(staff.post_on(&format!("/structure/college/{empty}/remove"), &[]).await.text().contains("已删除"));
    assert_eq!(staff.get(&merge).await.status, 404);
    let (record,): (i64,) = sqlx::query_as(
        "select count(*) from audit_entry where (verb, object) in (('college_merged', '信息工程糸'), ('college_removed', '空系'))",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(record, 2);
    // A college with a union has a history of its own.
    sqlx::query(
        "insert into student_union (id, institution_id, kind, college_id, created_at)
         select gen_random_uuid(), institution_id, 'college', id, story_now() from college where id = $1::uuid",
    )
    .bind(&meant)
    .execute(&mut db)
    .await
    .unwrap();
    let other = ids.iter().find(|(name, _)| *name != "信息工程系" && *name != "信息工程糸" && *name != "空系").unwrap();
    let merge = format!("/structure/college/{meant}/merge");
    assert!(staff.get(&format!("{merge}?into={}", other.1)).await.text().contains("这个院系已建立学生会"));
    let refused = staff.post(&merge, &[("into", &other.1), ("seen", "")]).await;
    assert_eq!((refused.status, refused.text().contains("这个院系已建立学生会")), (409, true));
}
