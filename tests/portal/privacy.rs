//! The privacy notice says what the pages do.

use std::collections::BTreeMap;

use lunzhi::{auth::kept::KeptData, office::OfficeKind, router::kept};

use crate::support::{
    Portal,
    union::{HEADER, ready, rows},
    vetting::{Opening, Stage, agree, apply, open, stage, student_account},
};

/// What the notice says of one kind of data.
fn data(slug: &str) -> KeptData {
    kept().into_iter().find(|data| data.slug == slug).unwrap_or_else(|| panic!("nothing is kept as {slug}"))
}

/// A page that an office reaches; empty where it does not.
async fn reached(portal: &Portal, office: OfficeKind, path: &str) -> String {
    let page = portal.signed_in(office).await.get(path).await;
    if page.status == 200 { page.text() } else { String::new() }
}

/// The page of a student of the first university.
async fn page_of(portal: &Portal, number: &str) -> String {
    let (id,): (String,) = sqlx::query_as(
        "select id::text from student where number = $1
        and institution_id = (select id from institution where code = 'first')",
    )
    .bind(number)
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    format!("/people/{id}")
}

#[tokio::test]
async fn each_office_sees_of_others_what_the_notice_says_and_no_more() {
    let Stage { portal, college, today, .. } = stage().await;
    let mut league = portal.signed_in(OfficeKind::CollegeLeague).await;
    let round = open(&mut league, &college, today, &Opening::staff("综合部 部门工作人员", "2", today)).await;
    let mut student = student_account(&portal, 120).await;
    let application = apply(&mut student, &round, "ordinary").await;
    for office in [OfficeKind::ClassBranch, OfficeKind::CollegeLeague] {
        agree(&mut portal.signed_in(office).await, &[("words", "评语甲乙丙")]).await;
    }
    let (person, holder) = (page_of(&portal, "20240120").await, page_of(&portal, "20240030").await);
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let known = affairs.get(&person).await;
    let (class, political) = (known.field("班级"), known.field("政治面貌"));
    let fields = [("number", "20240120"), ("name", "学生120"), ("class", &class), ("political", &political)];
    let fields = [&fields[..], &[("ethnic", "汉族"), ("reason", "补登民族甲乙丙")]].concat();
    assert_eq!(affairs.post(&format!("{person}/correct"), &fields).await.status, 303);
    let case = format!("/cases/{}", application.rsplit('/').next().unwrap());
    for office in OfficeKind::ALL.iter().copied().filter(|office| *office != OfficeKind::Student) {
        let (of_person, of_case) = (reached(&portal, office, &person).await, reached(&portal, office, &case).await);
        let check = |slug: &str, sees: bool| {
            assert_eq!(sees, (data(slug).readers)().contains(&office), "{} and {slug}", office.label());
        };
        check("identity", of_person.contains("学生120"));
        check("grades", of_person.contains("120 / 600"));
        check("corrections", of_person.contains("补登民族甲乙丙"));
        let of_holder = reached(&portal, office, &holder).await;
        if !of_holder.is_empty() {
            check("posts", of_holder.contains("学生会任职"));
        }
        // Of a case in a college's chain: only those in it, or above it, have it before them.
        if !of_case.is_empty() {
            check("application", of_case.contains("课余时间"));
            check("figures", of_case.contains("120 / 600"));
            check("opinions", of_case.contains("评语甲乙丙"));
        }
    }
    let notice = student.get("/privacy").await;
    for data in kept() {
        assert!(notice.text().contains(data.label), "{}", data.label);
        assert!(notice.text().contains(&data.seen_by()), "{}: {}", data.seen_by(), notice.text());
    }
    let grades = data("grades").seen_by();
    assert!(grades.contains("院系党组织（本院系）") && !grades.contains("班级团支部"));
    assert!(data("figures").seen_by().contains("班级团支部（本班的候选人）"));
    assert!(notice.text().contains("单据扫描件作为会计凭证"), "what stays is said");
    assert!(portal.visitor().get("/privacy").await.text().contains("学校规定的年数"), "before one signs in too");
}

/// Of which kind of the notice's table each table of the database is that knows students.
const TABLES: &[(&str, &[&str])] = &[
    ("grades", &["grade_fact"]),
    ("corrections", &["student_change", "dispute", "former_number"]),
    ("application", &["vetting_case"]),
    ("conduct", &["conduct_case"]),
    ("exits", &["union_exit", "lapse"]),
    ("duties", &["pledge", "training_attendance"]),
    ("posts", &["post", "turn"]),
    ("voted", &["voter", "contest_person", "admission"]),
    ("stood", &["candidate", "written_in_match"]),
    ("meetings", &["union_meeting", "union_meeting_member", "volunteer"]),
    (
        "delegate",
        &[
            "delegate",
            "recommendation",
            "delegate_report_vote",
            "delegate_list_line",
            "delegate_card",
            "congress_elected",
        ],
    ),
    ("attended", &["attendance", "roll_entry_line", "meeting_duty"]),
    ("reviewed", &["review_person"]),
    ("matters", &["matter"]),
    ("activities", &["activity_sign_up"]),
    ("contact", &["contact_assignment"]),
    ("surveyed", &["survey_envelope", "survey_answered", "survey_sheet"]),
    ("account", &["account"]),
    ("messages", &["notice"]),
];

#[tokio::test]
async fn whatever_is_kept_of_students_has_its_line_in_the_notice() {
    let portal = Portal::start().await;
    let kept: Vec<String> = sqlx::query_scalar(
        "select distinct conrelid::regclass::text from pg_constraint
         where contype = 'f' and confrelid = 'student'::regclass order by 1",
    )
    .fetch_all(&mut portal.owner().await)
    .await
    .unwrap();
    let named: BTreeMap<&str, &str> =
        TABLES.iter().flat_map(|(data, tables)| tables.iter().map(move |table| (*table, *data))).collect();
    let notice = portal.visitor().get("/privacy").await.text();
    for table in &kept {
        let slug = named.get(table.as_str());
        let slug = slug.unwrap_or_else(|| panic!("{table} knows students and no line of the notice says so"));
        let data = data(slug);
        assert!(notice.contains(data.label) && notice.contains(data.purpose), "{table}: {}", data.label);
    }
    // What is not collected has no column either.
    let columns = "select count(*) from information_schema.columns where table_schema = 'public' and column_name ~ $1";
    let mut db = portal.owner().await;
    for (words, columns_of_it) in [("身份证号", "identity_card|id_card"), ("位置", "latitude|longitude|geo")] {
        let found: i64 = sqlx::query_scalar(columns).bind(columns_of_it).fetch_one(&mut db).await.unwrap();
        assert!(found == 0 && notice.contains(words), "{words}");
    }
    let phones: i64 = sqlx::query_scalar(columns).bind("phone").fetch_one(&mut db).await.unwrap();
    assert!(phones == 1 && notice.contains("联系电话只在申报四类事项时由负责人填写"), "{phones} columns: {notice}");
    for table in named.keys() {
        assert!(kept.iter().any(|known| known == table), "{table} is no table that knows students");
    }
}

#[tokio::test]
async fn the_notice_has_contents_and_each_kind_stands_under_a_heading() {
    let notice = Portal::start().await.visitor().get("/privacy").await;
    let links = notice.attributes("nav.contents a", "href");
    assert!(links.len() > 6, "{links:?}");
    for link in &links {
        assert_eq!(notice.attributes(&format!("article {link}"), "id").len(), 1, "{link}");
    }
    let mut shown = 0;
    for fold in notice.attributes("details.fold", "id") {
        assert!(links.contains(&format!("#{fold}")), "{fold} is missing from the contents");
        let kinds = notice.all(&format!("#{fold} h4"));
        assert!(!kinds.is_empty(), "{fold} is empty");
        shown += kinds.len();
    }
    assert_eq!(shown, kept().len());
}

#[tokio::test]
async fn a_roster_that_was_only_looked_at_goes_with_whoever_is_erased() {
    let (portal, mut league, today) = ready().await;
    assert_eq!(league.post("/unions", &[("what", "school")]).await.status, 303);
    let path = league.get("/unions").await.attributes("tbody td:first-child a", "href").remove(0);
    let (day, text) = (today.to_string(), format!("{HEADER}{}", rows(1, 4, "主席团成员", "")));
    let draft = league.upload(&format!("{path}/batch"), &[("day", &day)], Some(("现状.csv", text.as_bytes()))).await;
    assert_eq!(draft.status, 303, "{}", draft.text());
    let kept = "select count(*) from roster_draft where rows::text like '%学生1\"%'";
    let mut db = portal.owner().await;
    let before: i64 = sqlx::query_scalar(kept).fetch_one(&mut db).await.unwrap();
    assert_eq!(before, 1);
    let leaves = "update student set left_on = '2020-07-01', left_why = 'graduated' where number = '20240001'
                  and institution_id = (select id from institution where code = 'first')";
    sqlx::query(leaves).execute(&mut db).await.unwrap();
    let mut administrator = portal.signed_in(OfficeKind::Administrator).await;
    let one = [("number", "20240001"), ("reason", "本人申请")];
    assert_eq!(administrator.post("/retention/erase-one", &one).await.location(), "/retention?erased=1");
    let after: i64 = sqlx::query_scalar(kept).fetch_one(&mut db).await.unwrap();
    assert_eq!(after, 0);
}
