//! Delegates and officers in contact with classes, and what comes of what they hear there (RGT-05).

use std::io::Cursor;

use calamine::Reader as _;
use lunzhi::{office::OfficeKind, people::retention::ErasedPeople};
use sqlx::Connection as _;
use time::{Date, Duration};

use crate::support::{
    Client, Page, Portal, elected,
    vetting::{Stage, stage, student_account},
};

/// Where the contacts of the union at that path are.
fn desk(union: &str) -> String {
    format!("/contact/desk/{}", union.rsplit('/').next().unwrap())
}

/// The id of a class, as the form of the union's people has it.
async fn class(keeper: &mut Client, desk: &str, name: &str) -> String {
    let page = keeper.get(&format!("{desk}/people")).await;
    let place = page.all("#class option").iter().position(|found| found.starts_with(name)).expect("no such class");
    page.attributes("#class option", "value").remove(place)
}

async fn assign(keeper: &mut Client, desk: &str, name: &str, people: &str) -> Page {
    let class = class(keeper, desk, name).await;
    keeper.post(&format!("{desk}/people"), &[("class", &class), ("people", people)]).await
}

/// The page of a class on the list of whoever is in contact with it.
async fn own_class(officer: &mut Client) -> String {
    officer.get("/contact").await.attributes("a[href^='/contact/classes/']", "href").remove(0)
}

async fn log(officer: &mut Client, path: &str, day: Date, points: &str) -> Page {
    let day = day.to_string();
    officer.post(path, &[("day", day.as_str()), ("way", "visit"), ("points", points)]).await
}

async fn count(portal: &Portal, statement: &'static str) -> i64 {
    let (count,): (i64,) = sqlx::query_as(statement).fetch_one(&mut portal.owner().await).await.unwrap();
    count
}

/// Another college with a class of ten students.
async fn another_college(portal: &Portal) {
    for statement in [
        "insert into college (id, institution_id, name)
         select md5('business')::uuid, id, '商学院' from institution where code = 'first'",
        "insert into major (id, college_id, name, level)
         values (md5('accounting')::uuid, md5('business')::uuid, '会计', 'vocational')",
        "insert into class (id, major_id, entry_year, name)
         values (md5('accounting 1')::uuid, md5('accounting')::uuid, 2024, '会计2401班')",
        "insert into student (id, institution_id, number, name, class_id, political)
         select gen_random_uuid(), i.id, '2024' || (9000 + n), '会计' || n, md5('accounting 1')::uuid, '共青团员'
         from generate_series(1, 10) n, institution i where i.code = 'first'",
    ] {
        sqlx::query(statement).execute(&mut portal.owner().await).await.unwrap();
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn rgt_05_a_class_is_contacted_and_what_was_raised_becomes_a_request() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(union.get("/").await.text().contains("给 1 个班级安排联系人"));
    let desk = desk(&college);
    assert_eq!(union.get("/contact/desk").await.location(), desk, "it has one union");
    let unfit = union.post(&format!("{desk}/people"), &[("class", ""), ("people", "学生100")]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.text().contains("请选择班级") && unfit.text().contains("不是本会在任的学生干部"), "{}", unfit.text());
    assert_eq!(unfit.field("联系人"), "学生100", "what was typed is still there");
    let done = assign(&mut union, &desk, "软件2401班", "20240020、学生21").await;
    assert_eq!(done.status, 303, "{}", done.text());
    let twice = assign(&mut union, &desk, "软件2401班", "20240020").await;
    assert!(twice.status == 422 && twice.text().contains("已经联系这个班级"), "{}", twice.text());

    // Students see who it is, and leave word.
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/contact").await.text();
    assert!(page.contains("学生20") && page.contains("信息工程系学生会 主席团成员"), "{page}");
    assert!(page.contains("学生会必须面向全体同学"), "the clause");
    let unfit = student.post("/contact/notes", &[("says", " ")]).await;
    assert!(unfit.status == 422 && unfit.text().contains("请写明想让联系人知道什么"), "{}", unfit.text());
    assert_eq!(student.post("/contact/notes", &[("says", "自习室很冷")]).await.status, 303);
    let mut officer = student_account(&portal, 20).await;
    let inbox = officer.get("/inbox").await.text();
    assert!(inbox.contains("你负责联系软件2401班") && inbox.contains("软件2401班有同学留言"), "{inbox}");
    let home = officer.get("/").await.text();
    assert!(home.contains("联系 1 个班级，本月还没有联系"), "{home}");
    assert!(home.contains("看 1 条同学给班级联系人的留言"), "{home}");

    let path = own_class(&mut officer).await;
    let page = officer.get(&path).await;
    assert!(page.text().contains("自习室很冷") && !page.text().contains("学生100"), "not signed: {}", page.text());
    let note = page.attributes("input[name=note]", "value").remove(0);
    let unfit = officer.post(&path, &[("day", "2020-01-01"), ("points", "热水时间太短"), ("note", &note)]).await;
    assert_eq!(unfit.status, 422);
    assert!(unfit.text().contains("之间的日期") && unfit.text().contains("请选择怎样联系的"), "{}", unfit.text());
    assert_eq!(unfit.field("同学提出的问题（没有的不填）"), "热水时间太短");
    assert_eq!(unfit.attributes("input[name=note][checked]", "value"), std::slice::from_ref(&note));
    assert_eq!(count(&portal, "select count(*) from contact_entry").await, 0, "nothing half-written");
    let day = today.to_string();
    let fields =
        [("day", day.as_str()), ("way", "visit"), ("points", "热水时间太短\n食堂窗口少"), ("note", note.as_str())];
    let done = officer.post_on(&path, &fields).await;
    for says in ["联系记录已登记", "自习室很冷", "热水时间太短", "食堂窗口少"] {
        assert!(done.text().contains(says), "{says}: {}", done.text());
    }
    assert!(!officer.get("/").await.text().contains("本月还没有联系"), "done for this month");
    assert!(student.get("/contact").await.text().contains("的联系里已登记"));

    // A point becomes a request that is filled in.
    let points = done.attributes("a[href^='/contact/points/']", "href");
    assert_eq!(points.len(), 3);
    assert_eq!(student_account(&portal, 21).await.get(&points[0]).await.status, 404, "another's");
    let page = officer.get(&points[0]).await;
    let ask = page.attributes("a[href^='/voice/new?point=']", "href").remove(0);
    let form = officer.get(&ask).await;
    assert_eq!(form.field("具体情况，希望怎样解决"), "自习室很冷");
    assert_eq!(student.get(&ask).await.status, 404, "another's");
    let point = ask.rsplit('=').next().unwrap();
    let mut fields = vec![
        ("area", "study"),
        ("title", "自习室很冷"),
        ("says", "三号楼自习室早上很冷"),
        ("receiver", "school"),
        ("point", point),
        ("identity", "anonymous"),
    ];
    assert_eq!(form.attributes("input[name=identity]", "value"), ["named"], "the log says whose it is");
    for identity in ["anonymous", "answering"] {
        fields[5].1 = identity;
        let unfit = officer.upload("/voice/new", &fields, None).await;
        assert!(unfit.status == 422 && unfit.text().contains("只能实名"), "{identity}: {}", unfit.text());
        assert_eq!(unfit.field("具体情况，希望怎样解决"), "三号楼自习室早上很冷");
    }
    assert_eq!(count(&portal, "select count(*) from voice_request").await, 0, "nothing half-written");
    fields[5].1 = "named";
    let asked = officer.upload("/voice/new", &fields, None).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert_eq!(officer.upload("/voice/new", &fields, None).await.status, 404, "once");
    assert!(officer.get(&path).await.text().contains("诉求第 1 号：待接收"));
    let own = student.get("/contact").await;
    assert!(own.text().contains("诉求第 1 号") && own.attributes("a[href^='/voice/requests/']", "href").is_empty());

    // Another is about one that there is.
    let wrong = officer.post(&points[1], &[("number", "99")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("没有这个编号的公开诉求"), "{}", wrong.text());
    // One in confidence is not named by the log, which says whose entry it is.
    let confident = [
        ("area", "study"),
        ("title", "食堂窗口少"),
        ("says", "中午排队很久"),
        ("receiver", "school"),
        ("identity", "answering"),
        ("publish", "no"),
    ];
    assert_eq!(officer.upload("/voice/new", &confident, None).await.status, 303);
    assert_eq!(officer.post(&points[1], &[("number", "2")]).await.status, 422);
    assert_eq!(officer.post(&points[1], &[("number", "第 1 号")]).await.status, 303);
    assert_eq!(officer.get(&points[1]).await.status, 404, "settled");
    assert_eq!(count(&portal, "select count(*) from contact_request").await, 2);

    let file = union.get(&format!("{desk}/log.xlsx")).await;
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit?verb=contact_kept").await.text();
    assert!(record.contains("导出联系记录"), "{record}");
    let mut book = calamine::Xlsx::new(Cursor::new(file.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<String> = sheet.cells().map(|(_, _, cell)| cell.to_string()).collect();
    for says in ["自习室很冷", "软件2401班", "学生20", "诉求第 1 号：待接收"] {
        assert!(cells.iter().any(|cell| cell == says), "{says}: {cells:?}");
    }
}

#[tokio::test]
async fn rgt_05_an_entry_is_taken_back_while_nothing_came_of_it() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(assign(&mut union, &desk(&college), "软件2401班", "20240020 20240021").await.status, 303);
    let mut student = student_account(&portal, 100).await;
    assert_eq!(student.post("/contact/notes", &[("says", "自习室很冷"), ("signed", "yes")]).await.status, 303);
    let mut officer = student_account(&portal, 20).await;
    let path = own_class(&mut officer).await;
    let page = officer.get(&path).await;
    assert!(page.text().contains("学生100"), "signed");
    let note = page.attributes("input[name=note]", "value").remove(0);
    let day = today.to_string();
    let entry = [("day", day.as_str()), ("way", "talk"), ("note", note.as_str())];
    assert_eq!(officer.post(&path, &entry).await.status, 303);
    let remove = officer.get(&path).await.attributes("form[action$='/remove']", "action").remove(0);
    let mut other = student_account(&portal, 21).await;
    assert!(other.get(&path).await.attributes("form[action$='/remove']", "action").is_empty());
    assert_eq!(other.post(&remove, &[]).await.status, 404, "another's");
    assert_eq!(officer.post(&remove, &[]).await.status, 303);
    assert_eq!(officer.get(&path).await.attributes("input[name=note]", "value"), [note], "it waits again");

    assert_eq!(log(&mut officer, &path, today, "热水时间太短").await.status, 303);
    let remove = officer.get(&path).await.attributes("form[action$='/remove']", "action").remove(0);
    portal.app.clock.advance(Duration::days(8));
    let mut officer = student_sign_in(&portal, 20).await;
    let refused = officer.post(&remove, &[]).await;
    assert!(refused.status == 409 && refused.text().contains("登记满 7 天"), "{}", refused.text());
}

#[tokio::test]
async fn rgt_05_an_entry_is_taken_back_or_a_request_comes_of_it() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(assign(&mut union, &desk(&college), "软件2401班", "20240020").await.status, 303);
    let mut officer = student_account(&portal, 20).await;
    let path = own_class(&mut officer).await;
    for _ in 0..6 {
        assert_eq!(log(&mut officer, &path, today, "热水时间太短").await.status, 303);
        let page = officer.get(&path).await;
        let remove = page.attributes("form[action$='/remove']", "action").remove(0);
        let point = page.attributes("a[href^='/contact/points/']", "href").remove(0);
        let point = point.rsplit('/').next().unwrap().to_owned();
        let mut other = student_sign_in(&portal, 20).await;
        let ask = tokio::spawn(async move {
            let fields = [
                ("area", "study"),
                ("title", "热水时间太短"),
                ("says", "热水时间太短"),
                ("receiver", "school"),
                ("point", point.as_str()),
                ("identity", "named"),
            ];
            other.upload("/voice/new", &fields, None).await.status
        });
        let removed = officer.post(&remove, &[]).await.status;
        let asked = ask.await.unwrap();
        assert!(matches!((removed, asked), (303, 404) | (409, 303)), "one of both: {removed} {asked}");
    }
    let made = count(&portal, "select count(*) from voice_request").await;
    assert_eq!(count(&portal, "select count(*) from contact_request").await, made);
    assert_eq!(count(&portal, "select count(*) from contact_entry").await, made, "what nothing came of is gone");
}

/// Signs in once more as a student who has an account.
async fn student_sign_in(portal: &Portal, number: u32) -> Client {
    let mut client = portal.visitor();
    let number = format!("2024{number:04}");
    let done = client.sign_in(crate::support::FIRST, &number, crate::support::PASSWORD).await;
    assert_eq!(done.status, 303, "{}", done.text());
    client
}

#[tokio::test]
async fn rgt_05_an_even_proposal_gives_each_class_people_and_each_person_a_class_once() {
    let Stage { portal, school, .. } = stage().await;
    another_college(&portal).await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let proposal = format!("{}/proposal", desk(&school));
    let page = union.get(&proposal).await;
    let pairs = page.attributes("input[name=pair]", "value");
    assert_eq!(pairs.len(), 8, "each of eight people once, each of two classes four times");
    let unfit = union.post(&proposal, &[]).await;
    assert!(unfit.status == 422 && unfit.text().contains("请至少勾选一条"), "{}", unfit.text());
    assert_eq!(union.post(&proposal, &[("pair", &pairs[0]), ("pair", "甲")]).await.status, 400, "all or nothing");

    // Two accept it at once.
    let mut tasks = tokio::task::JoinSet::new();
    for mut client in [union, portal.signed_in(OfficeKind::SchoolLeague).await] {
        let (proposal, pairs) = (proposal.clone(), pairs.clone());
        tasks.spawn(async move {
            let fields: Vec<(&str, &str)> = pairs.iter().map(|pair| ("pair", pair.as_str())).collect();
            client.post(&proposal, &fields).await.status
        });
    }
    assert_eq!(tasks.join_all().await, [303, 303]);
    assert_eq!(count(&portal, "select count(*) from contact_assignment").await, 8, "nobody twice");
    let most = "select max(n) - min(n) from (select count(*) as n from contact_assignment group by class_id) c";
    assert_eq!(count(&portal, most).await, 0, "evenly");
    let told = "select count(*) from notice where subject like '你负责联系%'";
    assert_eq!(count(&portal, told).await, 8, "each once");
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get(&proposal).await.text().contains("不需要再分配"));
    let desk = desk(&school);
    let page = union.get(&desk).await;
    assert!(page.text().contains("商学院") && page.text().contains("0/1"), "by college: {}", page.text());
    let one = page.attributes("tbody th a", "href").remove(0);
    assert!(union.get(&one).await.text().contains("的联系情况"), "one college's classes");
}

#[tokio::test]
async fn rgt_05_the_contacts_of_a_union_stand_by_the_year_of_their_classes() {
    let Stage { portal, mut league, school, .. } = stage().await;
    another_college(&portal).await;
    let younger = "update class set entry_year = 2025, name = '会计2501班' where id = md5('accounting 1')::uuid";
    sqlx::query(younger).execute(&mut portal.owner().await).await.unwrap();
    let desk = desk(&school);
    for (class, people) in [("会计2501班", "20240010"), ("软件2401班", "20240012,20240001")] {
        assert_eq!(assign(&mut league, &desk, class, people).await.status, 303, "{class}");
    }
    let page = league.get(&format!("{desk}/people")).await;
    assert_eq!(page.attributes("nav.contents a", "href"), ["#entered-2025", "#entered-2024"]);
    assert_eq!(page.all("nav.contents a"), ["2025 级（1 个班）", "2024 级（1 个班）"]);
    assert_eq!(page.all("section h3"), ["2025 级", "2024 级"]);
    assert_eq!(page.all("details.fold-narrow summary"), ["1 个班的联系人（1）", "1 个班的联系人（2）"]);
    assert_eq!(page.all("#entered-2024 + details td[data-label=联系人]"), ["学生1", "学生12"]);
}

#[tokio::test]
async fn rgt_05_a_contact_ends_with_the_post_or_the_mandate() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let desk = desk(&school);
    // A delegate of the school's congress, too.
    elected::held(&portal, &school, today - Duration::days(20)).await;
    let mut db = portal.owner().await;
    sqlx::query(
        "insert into delegate (id, congress_id, student_id, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 'outside', false, story_now(), g.created_by
         from congress g join student s on s.institution_id = g.institution_id where s.number = '20240060'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let done = assign(&mut league, &desk, "软件2401班", "20240001,20240012,20240060").await;
    assert_eq!(done.status, 303, "{}", done.text());
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/contact").await;
    assert_eq!(page.all("td[data-label=姓名]"), ["学生1", "学生12", "学生60"]);
    assert!(page.text().contains("校学生会 学生代表"), "{}", page.text());
    let mut officer = student_account(&portal, 12).await;
    let path = own_class(&mut officer).await;
    assert_eq!(log(&mut officer, &path, today, "热水时间太短").await.status, 303);

    sqlx::query(
        "update post set until_day = $1 where student_id in (select id from student where number = '20240012')",
    )
    .bind(today)
    .execute(&mut db)
    .await
    .unwrap();
    sqlx::query("update delegate set ended_on = $1, ended_why = '毕业'").bind(today).execute(&mut db).await.unwrap();
    assert_eq!(student.get("/contact").await.all("td[data-label=姓名]"), ["学生1"]);
    assert_eq!(officer.get(&path).await.status, 404, "no more");
    assert_eq!(log(&mut officer, &path, today, "食堂").await.status, 404);
    assert!(league.get(&desk).await.text().contains("热水时间太短"), "what was logged stays");
    let gone = assign(&mut league, &desk, "软件2401班", "20240012").await;
    assert!(gone.status == 422 && gone.text().contains("不是本会在任的学生干部"), "{}", gone.text());

    // By hand, before that.
    let end = league.get(&format!("{desk}/people")).await.attributes("form[action$='/end']", "action");
    assert_eq!(end.len(), 1);
    assert_eq!(league.post(&end[0], &[]).await.status, 303);
    assert_eq!(league.post(&end[0], &[]).await.status, 404, "once");
    assert!(student.get("/contact").await.text().contains("现在没有人联系本班"));
    assert_eq!(assign(&mut league, &desk, "软件2401班", "20240001").await.status, 303, "and again");
}

#[tokio::test]
async fn rgt_05_a_class_that_nobody_contacts_stands_on_the_overview() {
    let Stage { portal, mut league, school, college, today } = stage().await;
    let findings = format!("{school}/findings");
    let page = league.get(&findings).await.text();
    assert!(page.contains("没有人联系的 1 个：软件2401班") && page.contains("从同学中来"), "{page}");
    let overview = league.get("/compliance?rule=RGT-05").await.text();
    assert!(overview.contains("没有人联系的 1 个：软件2401班"), "{overview}");
    assert!(league.get(&desk(&school)).await.text().contains("没有人联系"));

    // Whichever union's people are in contact with it, it is.
    assert_eq!(assign(&mut league, &desk(&college), "软件2401班", "20240020").await.status, 303);
    let mut officer = student_account(&portal, 20).await;
    let path = own_class(&mut officer).await;
    assert_eq!(log(&mut officer, &path, today, "").await.status, 303, "nothing was raised");
    let page = league.get(&findings).await.text();
    assert!(page.contains("1 个班级都有人联系，没有逾期") && page.contains("每月至少联系一次是实践惯例"), "{page}");
    let drawn = league.get(&desk(&school)).await;
    let cells = drawn.all("svg.heat text.heat-middle");
    assert!(cells.iter().any(|cell| cell == "1"), "this month: {cells:?}");
    assert_eq!(drawn.all("tbody td.num").first().map(String::as_str), Some("1"), "the table says the same");

    portal.app.clock.advance(Duration::days(70));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert!(league.get(&findings).await.text().contains("逾期没有联系的 1 个：软件2401班"));
    assert!(league.get("/contact/desk").await.text().contains("逾期"));
    let mut officer = student_sign_in(&portal, 20).await;
    assert!(officer.get("/").await.text().contains("联系 1 个班级，本月还没有联系"));

    // How often is the League committee's to say.
    let wrong = league.post("/contact/settings", &[("every", "7")]).await;
    assert!(wrong.status == 422 && wrong.fault("每几个月至少联系一次").contains("1 至 6"), "{}", wrong.text());
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.get("/contact/settings").await.status, 403);
    assert_eq!(league.post("/contact/settings", &[("every", "3")]).await.status, 303);
    assert!(league.get(&findings).await.text().contains("每 3 个月至少联系一次是实践惯例"));
    assert!(!league.get(&findings).await.text().contains("逾期没有联系"));
}

#[tokio::test]
async fn rgt_05_jining_asks_for_the_system_in_its_own_words() {
    let Stage { portal, mut league, school, .. } = stage().await;
    sqlx::query(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select a.institution_id, a.seq + 1, a.effective_from, v.id, a.adopted_at, a.adopted_by
         from adoption a, plan_version v where v.code = 'jining-2022'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    for path in [desk(&school), format!("{school}/findings"), "/contact".to_owned()] {
        let page = league.get(&path).await.text();
        assert!(page.contains("建立学生代表、学生干部直接联系同学、听取意见的制度"), "{path}: {page}");
    }
}

#[tokio::test]
async fn rgt_05_a_log_is_seen_by_whoever_sees_the_union_or_is_in_contact_with_the_class() {
    let Stage { portal, mut league, school, college, today } = stage().await;
    another_college(&portal).await;
    let (of_school, of_college) = (desk(&school), desk(&college));
    assert_eq!(assign(&mut league, &of_school, "会计2401班", "20240010").await.status, 303);
    assert_eq!(assign(&mut league, &of_college, "软件2401班", "20240020").await.status, 303);
    let mut officer = student_account(&portal, 10).await;
    let accounting = own_class(&mut officer).await;
    assert_eq!(log(&mut officer, &accounting, today, "机房太挤").await.status, 303);
    let end = league.get(&format!("{of_school}/people")).await.attributes("form[action$='/end']", "action").remove(0);

    // An officer of one college, its union, its League organisation: nothing of another college's class.
    let mut other = student_account(&portal, 20).await;
    assert_eq!(other.get(&accounting).await.status, 404);
    assert_eq!(log(&mut other, &accounting, today, "代写").await.status, 404);
    assert!(!other.get("/contact").await.text().contains("会计2401班"));
    for office in [OfficeKind::CollegeUnion, OfficeKind::CollegeLeague, OfficeKind::CollegeParty] {
        let mut client = portal.signed_in(office).await;
        for path in ["", "/people", "/log.xlsx"] {
            assert_eq!(client.get(&format!("{of_school}{path}")).await.status, 404, "{} {path}", office.label());
        }
        let own = client.get(&of_college).await;
        assert!(own.status == 200 && !own.text().contains("机房太挤"), "{}", office.label());
    }
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(union.post(&format!("{of_school}/people"), &[]).await.status, 404);
    assert_eq!(union.post(&format!("{of_school}/proposal"), &[]).await.status, 404);
    assert_eq!(union.post(&end, &[]).await.status, 404, "another union's");
    assert!(
        assign_status(&mut union, &of_college, "md5").await == 422,
        "a class of another college is none of its own"
    );

    // Who reads does not assign; who has no union sees no log.
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    let page = party.get(&of_school).await;
    assert!(page.text().contains("机房太挤") && !page.text().contains("安排联系人"), "{}", page.text());
    assert_eq!(party.post(&end, &[]).await.status, 403);
    for office in [OfficeKind::ClassBranch, OfficeKind::Student, OfficeKind::Administrator] {
        assert_eq!(portal.signed_in(office).await.get(&of_school).await.status, 403, "{}", office.label());
    }
    let teacher = party.post("/contact/notes", &[("says", "请注意")]).await;
    assert!(teacher.status == 409 && teacher.text().contains("不是学生账号"), "{}", teacher.text());
}

/// What comes of putting somebody in contact with a class that is not on the form.
async fn assign_status(keeper: &mut Client, desk: &str, class: &str) -> u16 {
    keeper.post(&format!("{desk}/people"), &[("class", class), ("people", "20240020")]).await.status
}

#[tokio::test]
async fn a_student_leaves_five_notes_a_day_and_erasure_takes_their_words() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(assign(&mut union, &desk(&college), "软件2401班", "20240020").await.status, 303);
    let student = student_account(&portal, 100).await;
    let mut tasks = tokio::task::JoinSet::new();
    for place in 0..8 {
        let mut client = student.at(&portal);
        tasks.spawn(async move {
            let says = format!("自习室很冷{place}");
            client.post("/contact/notes", &[("says", &says)]).await.status
        });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 303, 303, 303, 422, 422, 422]);
    let mut student = student.at(&portal);
    let more = student.post("/contact/notes", &[("says", "还有")]).await;
    assert!(more.text().contains("一天最多留言 5 条"), "{}", more.text());
    assert_eq!(more.field("想让联系人知道什么"), "还有");

    let mut officer = student_account(&portal, 20).await;
    let path = own_class(&mut officer).await;
    let notes = officer.get(&path).await.attributes("input[name=note]", "value");
    let day = today.to_string();
    let mut fields = vec![("day", day.as_str()), ("way", "visit"), ("points", "热水时间太短")];
    fields.extend(notes.iter().take(2).map(|note| ("note", note.as_str())));
    assert_eq!(officer.post(&path, &fields).await.status, 303);
    let mut db = portal.owner().await;
    let (account,): (sqlx::types::Uuid,) =
        sqlx::query_as("select id from account where number = '20240100'").fetch_one(&mut db).await.unwrap();
    let mut transaction = db.begin().await.unwrap();
    lunzhi::contact::retention::erase(&mut transaction, ErasedPeople { accounts: &[account], students: &[] })
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let rows: Vec<(String,)> =
        sqlx::query_as("select n::text from contact_note n union all select p::text from contact_point p order by 1")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert_eq!(rows.len(), 3, "the points still count: {rows:?}");
    assert!(rows.iter().all(|(row,)| !row.contains("自习室")), "{rows:?}");
    assert!(officer.get(&path).await.text().contains("热水时间太短"), "what others raised stays");
}
