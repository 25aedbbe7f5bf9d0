//! What students ask for: from the first word to their own word on the answer (RGT-01), guided by the League committee (RGT-02),
//! open to everybody enrolled (POL-03).
//!
//! One file a feature: its stories share their helpers.

use std::io::Cursor;

use lunzhi::{ids::VoiceUnitId, office::OfficeKind, people::retention::ErasedPeople};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use time::Duration;

use crate::{
    support::{
        Client, Page, Portal,
        sitting::voters,
        vetting::{Stage, stage, student_account},
    },
    surveys,
};

/// What a student types.
fn fields<'a>(title: &'a str, identity: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("area", "rights"),
        ("title", title),
        ("says", "这两周晚上九点以后经常停水"),
        ("place", "三号楼"),
        ("receiver", "school"),
        ("identity", identity),
    ]
}

/// A JPEG that says where it was taken.
fn photo() -> Vec<u8> {
    let mut jpeg = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(1_600, 1_200, image::Rgb([90, 120, 200]))
        .write_to(&mut jpeg, image::ImageFormat::Jpeg)
        .unwrap();
    let jpeg = jpeg.into_inner();
    let notes = b"Exif\0\0GPS 31.2, 120.6";
    let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, notes, &jpeg[2..]].concat()
}

pub async fn ask(student: &mut Client, title: &str, identity: &str) -> String {
    let page = student.upload("/voice/new", &fields(title, identity), None).await;
    assert_eq!(page.status, 303, "{}", page.text());
    page.location().split('?').next().unwrap().to_owned()
}

/// Registers the offices that answer; gives the words by which forms name them.
pub async fn units(portal: &Portal, league: &mut Client) -> [String; 2] {
    for (name, office) in [("后勤管理处", ""), ("学生工作部（处）", "student_affairs")] {
        let page = league.post("/voice/units", &[("name", name), ("duties", "水电"), ("office", office)]).await;
        assert_eq!(page.status, 303, "{}", page.text());
    }
    let twice = league.post("/voice/units", &[("name", "后勤管理处")]).await;
    assert!(twice.status == 422 && twice.text().contains("已有这个名称"), "{}", twice.text());
    let mut found = Vec::new();
    for name in ["后勤管理处", "学生工作部（处）"] {
        let (id,): (String,) = sqlx::query_as(
            "select u.id::text from voice_unit u join institution i on i.id = u.institution_id
                            where u.name = $1 and i.code = 'first'",
        )
        .bind(name)
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
        found.push(id);
    }
    found.try_into().unwrap()
}

/// The page of the first request on the list of an office.
pub async fn first(office: &mut Client) -> String {
    office.get("/voice/desk").await.attributes("td[data-label='诉求'] a", "href").remove(0)
}

pub async fn send(office: &mut Client, request: &str, unit: &str) -> Page {
    office.post(&format!("{request}/send"), &[("unit", unit), ("publish", "yes")]).await
}

async fn answer(office: &mut Client, request: &str, says: &str) -> Page {
    let fields = [("ending", "solved"), ("says", says), ("publish", "yes")];
    office.post(&format!("{request}/answer"), &fields).await
}

#[tokio::test]
async fn rgt_01_a_request_goes_from_the_first_word_to_the_students_own_word_on_the_answer() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let [logistics, affairs] = units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/voice/new").await;
    assert!(page.text().contains("听取、收集同学在学业发展、身心健康、社会融入、权益维护等方面"), "the clause");
    let (danger, form) = (page.text().find("急救").unwrap(), page.text().find("一句话说是什么事").unwrap());
    assert!(danger < form, "whom to call stands before the form");

    // What is missing is asked for, and what was typed is still there.
    let unfit = student.upload("/voice/new", &[("says", "晚上停水")], None).await;
    assert_eq!(unfit.status, 422);
    for says in ["请选择哪一方面", "请用一句话写明是什么事", "请选择实名", "晚上停水"] {
        assert!(unfit.text().contains(says) || unfit.field("具体情况，希望怎样解决") == says, "{says}");
    }
    let done = student.upload("/voice/new", &fields("三楼热水经常停", "named"), Some(("水.jpg", &photo()))).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let own = done.location().split('?').next().unwrap().to_owned();
    let kept = student.get(&format!("{own}/pictures/1")).await;
    assert!(kept.bytes.starts_with(&[0xFF, 0xD8]) && kept.bytes.len() < 400_000);
    assert!(!kept.bytes.windows(3).any(|part| part == b"GPS"), "where it was taken is lost");
    let more = student.upload(&format!("{own}/picture"), &[("opened", "")], Some(("a.jpg", &photo()))).await;
    assert_eq!(more.status, 303, "{}", more.text());
    assert_eq!(student_account(&portal, 101).await.get(&own).await.status, 404, "nobody else's, before it is public");

    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let home = union.get("/").await;
    assert!(home.text().contains("接收 1 件诉求"), "{}", home.text());
    let request = first(&mut union).await;
    let page = union.get(&request).await;
    assert!(page.text().contains("学生100") && page.text().contains("三号楼"), "{}", page.text());
    assert_eq!(union.get(&format!("{request}/pictures/2")).await.status, 200);
    let mut office = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert_eq!(office.get(&request).await.status, 404, "not sent to it yet");
    assert_eq!(answer(&mut union, &request, "太早").await.status, 409, "taken up first");
    assert_eq!(send(&mut union, &request, "").await.status, 422);
    assert_eq!(send(&mut union, &request, &VoiceUnitId::random().to_string()).await.status, 409, "no unit of ours");
    assert_eq!(send(&mut union, &request, &logistics).await.status, 303);
    assert_eq!(send(&mut union, &request, &logistics).await.status, 409, "once");

    // Not competent: sent on, and the office first asked stays responsible with the same day.
    let on = [("unit", affairs.as_str()), ("says", "属于学生宿舍管理，由学工部牵头")];
    assert_eq!(union.post(&format!("{request}/send-on"), &on[..1]).await.status, 422, "a word goes with it");
    assert_eq!(union.post(&format!("{request}/send-on"), &on).await.status, 303);
    let page = office.get(&request).await;
    assert!(page.text().contains("首问单位 后勤管理处，负责到底"), "{}", page.text());
    assert!(answer(&mut union, &request, "代答").await.status == 409, "the office answers itself");
    assert!(office.get("/").await.text().contains("办理 1 件诉求"));
    assert_eq!(answer(&mut office, &request, "").await.status, 422);
    assert_eq!(answer(&mut office, &request, "循环泵已更换").await.status, 303);
    assert_eq!(answer(&mut office, &request, "再答").await.status, 409);

    // Not satisfied: once more, and no more than once.
    assert!(student.get("/").await.text().contains("确认 1 件诉求的答复"));
    let word = |says: &'static str, why: &'static str| [("satisfaction", says), ("remark", why)];
    let path = format!("{own}/word");
    assert_eq!(student.post(&path, &word("dissatisfied", "")).await.status, 422, "why not?");
    assert_eq!(student.post(&path, &word("dissatisfied", "昨晚又停了")).await.status, 303);
    assert!(office.get(&request).await.text().contains("昨晚又停了"));
    assert_eq!(answer(&mut office, &request, "管道也已更换").await.status, 303);
    assert_eq!(student.post(&path, &word("satisfied", "")).await.status, 303);
    assert_eq!(student.post(&path, &word("satisfied", "")).await.status, 409, "closed");
    assert_eq!(student.post(&format!("{own}/withdraw"), &[]).await.status, 409, "what is answered stays");

    // Everybody reads the answer, without a name.
    let mut reader = student_account(&portal, 102).await;
    let found = reader.get("/voice?q=%E7%83%AD%E6%B0%B4").await;
    assert!(found.text().contains("三楼热水经常停") && found.text().contains("已解决"), "{}", found.text());
    let page = reader.get(&own).await.text();
    assert!(page.contains("管道也已更换") && !page.contains("学生100") && !page.contains("三号楼"), "{page}");
    assert!(!reader.get("/voice?q=%E5%8D%AB%E6%98%9F").await.text().contains("三楼热水"), "what was not sought");
    let figures = league.get("/voice/desk/figures").await.text();
    assert!(figures.contains("权益维护") && figures.contains("后勤管理处") && figures.contains("100.0%"), "{figures}");
}

#[tokio::test]
async fn rgt_02_the_league_committee_sees_all_and_instructs() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    let own = ask(&mut student, "三楼热水经常停", "named").await;
    let request = first(&mut league).await;
    let mut deputy = portal.signed_in(OfficeKind::DeputySecretary).await;
    assert_eq!(deputy.get(&request).await.status, 200);
    assert!(league.get("/voice/desk").await.text().contains("校团委可以看到全部诉求"));
    let instruct = [("says", "请本周内办结")];
    for office in [OfficeKind::SchoolUnion, OfficeKind::StudentAffairs, OfficeKind::CollegeLeague] {
        let page = portal.signed_in(office).await.post(&format!("{request}/instruct"), &instruct).await;
        assert_eq!(page.status, 403, "{}", office.label());
    }
    assert_eq!(league.post(&format!("{request}/instruct"), &[("says", "")]).await.status, 422);
    assert_eq!(league.post(&format!("{request}/instruct"), &instruct).await.status, 303);
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/inbox").await.text().contains("校团委督办诉求"));
    assert!(student.get(&own).await.text().contains("请本周内办结"));
    assert_eq!(
        portal.signed_in(OfficeKind::CollegeUnion).await.get(&request).await.status,
        404,
        "the school's, not theirs"
    );
    assert_eq!(portal.signed_in(OfficeKind::ClassBranch).await.get(&request).await.status, 403);

    // Days later it is late, and the overview says so under the clause.
    portal.app.clock.advance(Duration::days(20));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get("/voice/desk?late=yes").await.text();
    assert!(page.contains("逾期未接收 1 件") && page.contains("三楼热水经常停"), "{page}");
    assert!(league.get("/").await.text().contains("督办 1 件逾期的诉求"));
}

#[tokio::test]
async fn pol_03_every_enrolled_student_may_ask_and_nobody_else() {
    let portal = Portal::start().await;
    let mut branch = student_account(&portal, 7).await;
    ask(&mut branch, "自习室很冷", "named").await;
    let mut teacher = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(teacher.get("/voice/new").await.text().contains("你的账号不是学生账号"));
    let refused = teacher.upload("/voice/new", &fields("办公室很冷", "named"), None).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("学生会必须面向全体同学"), "{}", refused.text());
    sqlx::query("update student set left_on = story_day() - 30, left_why = 'graduated' where number = '20240007'")
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
    let gone = branch.upload("/voice/new", &fields("毕业以后", "named"), None).await;
    assert_eq!(gone.status, 409, "{}", gone.text());
}

#[tokio::test]
async fn a_name_is_seen_by_whom_it_is_for() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let [_, affairs] = units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    ask(&mut student, "被同学排挤", "answering").await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, &affairs).await.status, 303);
    let mut office = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(office.get(&request).await.text().contains("学生100"), "the answering office");
    for client in [&mut union, &mut league] {
        let page = client.get(&request).await.text();
        assert!(page.contains("姓名只有答复单位能看到") && !page.contains("学生100"), "{page}");
    }
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.text();
    assert!(record.contains("反映人（保密）") && !record.contains("学生100"), "{record}");
}

#[tokio::test]
async fn rgt_01_what_waits_for_its_authors_word_stands_first_and_a_long_list_is_folded() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    let answered = ask(&mut student, "三楼热水经常停", "named").await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, "own").await.status, 303);
    assert_eq!(answer(&mut union, &request, "已经修好").await.status, 303);
    for title in ["操场的灯不亮", "窗口没有标价", "教室插座太少", "晚上常常掉线", "快递柜常满"]
    {
        ask(&mut student, title, "named").await;
    }
    let list = student.get("/voice").await;
    let links = list.attributes("main a", "href");
    let own: Vec<&String> = links.iter().filter(|link| link.starts_with("/voice/requests/")).collect();
    assert_eq!(own[0], &answered, "{links:?}");
    assert_eq!(list.all("details.fold summary"), ["其余 2 件"], "{}", list.text());
    assert!(links.contains(&"#code".to_owned()), "an anonymous one is not behind all others");
}

#[tokio::test]
async fn an_anonymous_request_is_nobodys_in_the_database_and_its_code_alone_opens_it() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    let opened = ask(&mut student, "想预约心理咨询", "anonymous").await;
    assert!(opened.starts_with("/voice/opened/"), "{opened}");
    let page = student.get(&opened).await;
    let code = page.all("strong.code-text").remove(0);
    assert_eq!(student_account(&portal, 101).await.get(&opened).await.status, 404, "another's session");
    assert!(!student.get("/voice").await.text().contains("我的诉求"), "not even its author's list has it");

    // Whoever has the database finds no account, number or name beside it: in no row that the request left.
    let mut db = portal.owner().await;
    let (account, number): (String, String) =
        sqlx::query_as("select id::text, number from account where number = '20240100'")
            .fetch_one(&mut db)
            .await
            .unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(
        "select q::text from voice_request q union all select e::text from voice_event e
         union all select n::text from notice n where n.subject like '收到一件诉求%'
         union all select r::text from audit_entry r where r.verb = 'voice_kept' and r.object like '诉求第%'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(rows.len() >= 4, "{rows:?}");
    for (row,) in rows {
        assert!(!row.contains(&account) && !row.contains(&number) && !row.contains("学生100"), "{row}");
        assert!(!row.contains(&code), "the code is kept nowhere: {row}");
    }
    let (whole,): (bool,) = sqlx::query_as("select received_at = date_trunc('hour', received_at) from voice_request")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert!(whole, "to the hour");

    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert!(union.get(&request).await.text().contains("匿名"));
    assert_eq!(send(&mut union, &request, "own").await.status, 303);
    assert_eq!(answer(&mut union, &request, "已开通网上预约").await.status, 303);

    // Elsewhere and later: by the code, as it is typed.
    let mut later = student_account(&portal, 103).await;
    let wrong = later.post("/voice/code", &[("code", "abcd-efgh")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("查询码不对"), "{}", wrong.text());
    let typed = code.to_uppercase().replace('-', " ");
    let page = later.post("/voice/code", &[("code", &typed)]).await;
    assert_eq!(page.status, 303);
    let opened = page.location().to_owned();
    assert!(later.get(&opened).await.text().contains("已开通网上预约"));
    let print = opened.rsplit('/').next().unwrap();
    let word = format!("/voice/requests/{}/word", request.rsplit('/').next().unwrap());
    assert_eq!(later.post(&word, &[("satisfaction", "mostly")]).await.status, 404, "not without the code");
    assert_eq!(later.post(&word, &[("satisfaction", "mostly"), ("opened", print)]).await.status, 303);
    let record = portal.signed_in(OfficeKind::SchoolParty).await.get("/audit").await.text();
    assert!(record.contains("本人确认") && !record.contains("学生103"), "{record}");
}

/// Every row, as text, that was written or locked in the transaction in which the last request was written.
async fn left_by_the_last_act(db: &mut PgConnection) -> Vec<String> {
    let by: String = sqlx::query_scalar("select xmin::text from voice_request order by number desc limit 1")
        .fetch_one(&mut *db)
        .await
        .unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
            .fetch_all(&mut *db)
            .await
            .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let list = format!("select t::text from \"{table}\" t where '{by}' in (t.xmin::text, t.xmax::text)");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(list)).fetch_all(&mut *db).await.unwrap();
        found.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    found
}

#[tokio::test]
async fn no_row_that_an_anonymous_act_wrote_or_locked_names_its_author() {
    let portal = Portal::start().await;
    let mut student = student_account(&portal, 100).await;
    let mut db = portal.owner().await;
    let account: String =
        sqlx::query_scalar("select id::text from account where number = '20240100'").fetch_one(&mut db).await.unwrap();
    let names = |rows: &[String]| -> Vec<String> {
        let named = |row: &&String| row.contains(&account) || row.contains("20240100") || row.contains("学生100");
        rows.iter().filter(named).cloned().collect()
    };
    // The search finds what it is meant to: the account, which the transaction of a named request locks.
    ask(&mut student, "三楼热水经常停", "named").await;
    let left = left_by_the_last_act(&mut db).await;
    assert!(left.iter().any(|row| row.starts_with("account: ") && row.contains("20240100")), "{left:?}");

    let opened = ask(&mut student, "想预约心理咨询", "anonymous").await;
    let rows = left_by_the_last_act(&mut db).await;
    assert!(rows.len() >= 3, "the request, the record, the notice to the office: {rows:?}");
    assert_eq!(names(&rows), Vec::<String>::new());
    let print = opened.rsplit('/').next().unwrap();
    let id: String = sqlx::query_scalar("select id::text from voice_request order by number desc limit 1")
        .fetch_one(&mut db)
        .await
        .unwrap();
    let withdrawn = student.post(&format!("/voice/requests/{id}/withdraw"), &[("opened", print)]).await;
    assert_eq!(withdrawn.status, 303, "{}", withdrawn.text());
    let rows = left_by_the_last_act(&mut db).await;
    assert!(rows.len() >= 2, "the request and the record: {rows:?}");
    assert_eq!(names(&rows), Vec::<String>::new());
}

#[tokio::test]
async fn whom_it_concerns_too_is_counted_once_and_told_of_the_answer() {
    let portal = Portal::start().await;
    let mut student = student_account(&portal, 100).await;
    let own = ask(&mut student, "三楼热水经常停", "named").await;
    let mut others = [student_account(&portal, 101).await, student_account(&portal, 102).await];
    assert_eq!(others[0].post(&format!("{own}/support"), &[]).await.status, 404, "not public yet");
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, "own").await.status, 303);
    for other in &mut others {
        assert_eq!(other.post(&format!("{own}/support"), &[]).await.status, 303);
        assert_eq!(other.post(&format!("{own}/support"), &[]).await.status, 409, "once");
    }
    assert_eq!(student.post(&format!("{own}/support"), &[]).await.status, 409, "not one's own");
    assert!(student.get(&own).await.text().contains("2 人也有这个情况"));
    assert!(!union.get(&request).await.text().contains("学生101"), "how many, not who");
    assert_eq!(answer(&mut union, &request, "已修好").await.status, 303);
    assert!(others[1].get("/inbox").await.text().contains("诉求有了答复"));
    assert_eq!(union.post(&format!("{request}/publish"), &[("publish", "no")]).await.status, 303);
    assert_eq!(others[1].get(&own).await.status, 404, "taken back");
}

#[tokio::test]
async fn what_is_withdrawn_or_its_author_erased_loses_its_words() {
    let portal = Portal::start().await;
    let mut student = student_account(&portal, 100).await;
    let done = student.upload("/voice/new", &fields("三楼热水经常停", "named"), Some(("水.jpg", &photo()))).await;
    let own = done.location().split('?').next().unwrap().to_owned();
    assert_eq!(student.post(&format!("{own}/withdraw"), &[]).await.status, 303);
    let mut refused = fields("自习室很冷", "named");
    refused.push(("publish", "no"));
    assert_eq!(student.upload("/voice/new", &refused, Some(("水.jpg", &photo()))).await.status, 303);
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, "own").await.status, 303);
    assert!(
        !student_account(&portal, 101).await.get("/voice").await.text().contains("自习室很冷"),
        "as its author wished"
    );
    let mut db = portal.owner().await;
    let account: (sqlx::types::Uuid,) =
        sqlx::query_as("select id from account where number = '20240100'").fetch_one(&mut db).await.unwrap();
    // An office was told of it by its title, and keeps no more of it than that it was withdrawn.
    let told = "select subject from notice order by at, id";
    let notices: Vec<String> = sqlx::query_scalar(told).fetch_all(&mut db).await.unwrap();
    assert!(notices.iter().any(|notice| notice.contains("已由提出人撤回")), "{notices:?}");
    assert!(!notices.iter().any(|notice| notice.contains("热水")), "{notices:?}");
    assert!(notices.iter().any(|notice| notice.contains("自习室")), "{notices:?}");
    let mut transaction = db.begin().await.unwrap();
    lunzhi::voice::retention::erase(&mut transaction, ErasedPeople { accounts: &[account.0], students: &[] })
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let rows: Vec<(String,)> = sqlx::query_as(
        "select q::text from voice_request q union all select e::text from voice_event e
         union all select p.request_id::text from voice_picture p",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for (row,) in &rows {
        assert!(!row.contains("热水") && !row.contains("自习室") && !row.contains("停水"), "{row}");
    }
    let (pictures,): (i64,) = sqlx::query_as("select count(*) from voice_picture").fetch_one(&mut db).await.unwrap();
    assert_eq!(pictures, 0);
    let notices: Vec<String> = sqlx::query_scalar(told).fetch_all(&mut db).await.unwrap();
    assert!(!notices.iter().any(|notice| notice.contains("自习室")), "{notices:?}");
}

#[tokio::test]
async fn a_request_of_a_college_comes_back_to_the_office_that_answered() {
    let Stage { portal, mut league, .. } = stage().await;
    let [_, affairs] = units(&portal, &mut league).await;
    let mut student = student_account(&portal, 100).await;
    let mut asked = fields("实训室没有空调", "named");
    asked[4] = ("receiver", "college");
    let done = student.upload("/voice/new", &asked, None).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let own = done.location().split('?').next().unwrap().to_owned();
    let mut union = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(union.get("/inbox").await.text().contains("收到一件诉求：实训室没有空调"));
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, &affairs).await.status, 303);
    let mut office = portal.signed_in(OfficeKind::StudentAffairs).await;
    assert!(office.get("/inbox").await.text().contains("收到交办的诉求"));
    assert_eq!(answer(&mut office, &request, "本学期内安装").await.status, 303);
    let word = [("satisfaction", "dissatisfied"), ("remark", "没有写明哪一天")];
    assert_eq!(student.post(&format!("{own}/word"), &word).await.status, 303);
    let told = office.get("/inbox").await.text();
    assert!(
        told.contains("诉求退回再办：实训室没有空调"),
        "an office of the school, whichever college it is of: {told}"
    );
    assert_eq!(student.post(&format!("{own}/withdraw"), &[]).await.status, 303);
    let told = office.get("/inbox").await.text();
    assert!(told.contains("已由提出人撤回") && !told.contains("实训室"), "{told}");
}

#[tokio::test]
async fn two_offices_answer_at_once_and_one_answer_stands() {
    let portal = Portal::start().await;
    let mut student = student_account(&portal, 100).await;
    let own = ask(&mut student, "三楼热水经常停", "named").await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let request = first(&mut union).await;
    assert_eq!(send(&mut union, &request, "own").await.status, 303);
    let mut clients = vec![union];
    for _ in 0..7 {
        clients.push(portal.signed_in(OfficeKind::SchoolLeague).await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (place, mut client) in clients.into_iter().enumerate() {
        let request = request.clone();
        tasks.spawn(async move { answer(&mut client, &request, &format!("答复甲{place}乙")).await.status });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
    let page = student.get(&own).await.text();
    assert_eq!((0..8).filter(|place| page.contains(&format!("答复甲{place}乙"))).count(), 1, "{page}");
}

#[tokio::test]
async fn an_account_asks_ten_times_a_day() {
    let portal = Portal::start().await;
    let mut student = student_account(&portal, 100).await;
    for _ in 0..10 {
        ask(&mut student, "热水", "named").await;
    }
    let page = student.upload("/voice/new", &fields("热水", "named"), None).await;
    assert!(page.status == 422 && page.text().contains("一天最多提 10 件"), "{}", page.text());
    // Of anonymous ones nothing tells how many but the memory of the portal.
    let mut other = student_account(&portal, 101).await;
    for _ in 0..10 {
        ask(&mut other, "热水", "anonymous").await;
    }
    assert_eq!(other.upload("/voice/new", &fields("热水", "anonymous"), None).await.status, 422);
}

#[tokio::test]
async fn of_twelve_requests_at_once_ten_are_taken_in() {
    let portal = Portal::start().await;
    let student = student_account(&portal, 100).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let mut client = student.at(&portal);
        tasks.spawn(async move { client.upload("/voice/new", &fields("热水", "named"), None).await.status });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [[303; 10].as_slice(), &[422; 2]].concat());
}

#[tokio::test]
async fn a_union_that_is_not_asked_sees_nothing_and_settings_are_the_league_committees() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let form = [("take_up_hours", "48"), ("answer_days", "5"), ("emergency", "校保卫处 65001100\n值班室")];
    let wrong = league.post("/voice/settings", &form).await;
    assert!(wrong.status == 422 && wrong.text().contains("“值班室”应写成"), "{}", wrong.text());
    let form = [("take_up_hours", "48"), ("answer_days", "5"), ("emergency", "校保卫处 65001100\n急救 120")];
    assert_eq!(league.post("/voice/settings", &form).await.status, 303);
    assert_eq!(portal.signed_in(OfficeKind::SchoolUnion).await.post("/voice/settings", &form).await.status, 403);
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/voice/new").await;
    assert!(page.text().contains("校保卫处") && page.text().contains("48 小时内接收"), "{}", page.text());
    assert_eq!(page.attributes("aside a", "href")[0], "tel:65001100");
    ask(&mut student, "三楼热水经常停", "named").await;
    for office in [OfficeKind::GraduateUnion, OfficeKind::CollegeUnion, OfficeKind::StudentAffairs] {
        let page = portal.signed_in(office).await.get("/voice/desk").await;
        assert!(page.text().contains("还没有诉求"), "{}", office.label());
    }
}

#[tokio::test]
async fn rgt_04_students_sign_up_and_what_was_raised_is_followed_up() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let at = portal.app.clock.now() + Duration::days(2);
    let starts = format!("{}T14:00", at.date());
    let fields =
        [("topic", "食堂和宿舍"), ("offices", "后勤管理处"), ("place", "活动中心"), ("starts_at", starts.as_str())];
    let unfit = union.post("/voice/sessions", &fields).await;
    assert!(unfit.status == 422 && unfit.text().contains("应为 1 至 500 的整数"), "{}", unfit.text());
    let fields: Vec<_> = fields.into_iter().chain([("seats", "2")]).collect();
    let made = union.post("/voice/sessions", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let session = made.location().split('?').next().unwrap().to_owned();
    // Two seats, and six students at once.
    let mut tasks = tokio::task::JoinSet::new();
    for number in 100..106 {
        let mut student = student_account(&portal, number).await;
        let session = session.clone();
        tasks.spawn(async move { student.post(&format!("{session}/seat"), &[]).await.status });
    }
    let mut statuses = tasks.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 303, 409, 409, 409, 409]);
    let mut student = student_account(&portal, 110).await;
    assert!(!student.get(&session).await.text().contains("学生10"), "names are for whoever keeps it");
    assert!(union.get(&session).await.text().contains("报名的同学（2）"));
    let mut other = portal.signed_in(OfficeKind::CollegeUnion).await;
    let point = [("says", "热水时间太短"), ("office", "后勤管理处")];
    assert_eq!(other.post(&format!("{session}/points"), &point).await.status, 404, "another union's");
    assert_eq!(union.post(&format!("{session}/points"), &point).await.status, 422, "not begun yet");
    portal.app.clock.advance(Duration::days(3));
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert_eq!(union.post(&format!("{session}/points"), &point).await.status, 303);
    portal.app.clock.advance(Duration::days(9));
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    assert!(union.get("/").await.text().contains("催办面对面的 1 个问题"));
    assert!(union.get("/voice/sessions").await.text().contains("1 个问题逾期没有进展"));
    let progress = union.get(&session).await.attributes("form[action$='/progress']", "action").remove(0);
    assert_eq!(union.post(&progress, &[("says", "")]).await.status, 422);
    assert_eq!(union.post(&progress, &[("says", "已延长到二十三点")]).await.status, 303);
    let mut reader = student_account(&portal, 111).await;
    assert!(reader.get(&session).await.text().contains("已延长到二十三点"));
    assert!(union.get("/voice/sessions").await.text().contains("没有逾期未答复的问题"));
    let told =
        "select count(*) from notice where student_id is not null and subject = '面对面提出的问题有了进展：食堂和宿舍'";
    let told: i64 = sqlx::query_scalar(told).fetch_one(&mut portal.owner().await).await.unwrap();
    assert_eq!(told, 2, "both who signed up");
}

#[tokio::test]
async fn rgt_04_whoever_signed_up_is_told_that_a_session_is_called_off() {
    let Stage { portal, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let starts = format!("{}T14:00", (portal.app.clock.now() + Duration::days(2)).date());
    let fields = [
        ("topic", "选课和考试"),
        ("offices", "教务处"),
        ("place", "活动中心"),
        ("starts_at", starts.as_str()),
        ("seats", "20"),
    ];
    let session = union.post("/voice/sessions", &fields).await.location().split('?').next().unwrap().to_owned();
    let (mut comes, mut stays) = (student_account(&portal, 100).await, student_account(&portal, 101).await);
    for student in [&mut comes, &mut stays] {
        assert_eq!(student.post(&format!("{session}/seat"), &[]).await.status, 303);
    }
    assert_eq!(stays.post(&format!("{session}/leave"), &[]).await.status, 303);
    assert_eq!(union.post(&format!("{session}/call-off"), &[]).await.status, 303);
    assert!(comes.get("/inbox").await.text().contains("面对面已取消，请不要前往：选课和考试"));
    assert!(!stays.get("/inbox").await.text().contains("面对面已取消"), "the seat was given back");
}

#[tokio::test]
async fn rgt_07_where_a_union_spoke_for_students_is_read_by_all() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let day = today.to_string();
    let fields = [
        ("kind", "hearing"),
        ("day", day.as_str()),
        ("title", "食堂价格听证会"),
        ("host", "后勤管理处"),
        ("said", "建议公开成本，保留平价窗口"),
    ];
    assert_eq!(union.post("/voice/governance", &fields[..3]).await.status, 422);
    assert_eq!(union.post("/voice/governance", &fields).await.status, 303);
    assert!(league.post("/voice/governance", &fields).await.text().contains("请选择学生会"), "it speaks for several");
    let mut student = student_account(&portal, 100).await;
    let page = student.get("/voice/governance").await.text();
    assert!(page.contains("食堂价格听证会") && page.contains("还没有结果"), "{page}");
    assert_eq!(student.post("/voice/governance", &fields).await.status, 403);
    let act = union.get("/voice/governance").await.attributes("form[action$='/outcome']", "action").remove(0);
    let mut other = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert_eq!(other.post(&act, &[("says", "无")]).await.status, 404, "another union's");
    assert_eq!(union.post(&act, &[("says", "已采纳")]).await.status, 303);
    assert!(student.get("/voice/governance").await.text().contains("结果：已采纳"));
}

#[tokio::test]
async fn rgt_01_rgt_04_what_is_late_stands_on_the_overview_of_its_union() {
    let Stage { portal, .. } = stage().await;
    surveys::adopt_jining(&portal).await;
    let mut student = student_account(&portal, 100).await;
    ask(&mut student, "三楼热水经常停", "named").await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let starts = format!("{}T14:00", (portal.app.clock.now() + Duration::days(2)).date());
    let fields = [
        ("topic", "食堂和宿舍"),
        ("offices", "后勤管理处"),
        ("place", "活动中心"),
        ("starts_at", starts.as_str()),
        ("seats", "20"),
    ];
    let session = union.post("/voice/sessions", &fields).await.location().split('?').next().unwrap().to_owned();
    portal.app.clock.advance(Duration::days(3));
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let point = [("says", "热水时间太短"), ("office", "后勤管理处")];
    assert_eq!(union.post(&format!("{session}/points"), &point).await.status, 303);
    portal.app.clock.advance(Duration::days(17));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let requests = league.get("/compliance?rule=RGT-01").await.text();
    assert!(requests.contains("逾期未接收 1 件"), "{requests}");
    let points = league.get("/compliance?rule=RGT-04").await.text();
    assert!(points.contains("1 个问题逾期没有进展") && points.contains("搭建面对面沟通渠道"), "{points}");
}

/// A university's students share an address: what one of them may do a day is counted by account.
#[tokio::test]
async fn a_thousand_requests_an_hour_from_one_address_are_taken_in() {
    let portal = Portal::start().await;
    let mut tasks = tokio::task::JoinSet::new();
    // Ten at a time: each waits for its number, and how long a busy machine lets them wait is no matter of this story.
    for tenth in 0..10 {
        let students = voters(&portal, tenth * 10 + 1..=tenth * 10 + 10).await;
        tasks.spawn(async move {
            let mut taken = 0;
            for mut student in students {
                for _ in 0..10 {
                    let sent = student.upload("/voice/new", &fields("热水", "named"), None).await;
                    taken += usize::from(sent.status == 303);
                }
            }
            taken
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 1_000);
    let (requests, last): (i64, i32) = sqlx::query_as("select count(*), max(number) from voice_request")
        .fetch_one(&mut portal.owner().await)
        .await
        .unwrap();
    assert_eq!((requests, last), (1_000, 1_000), "each with a number of its own");
}
