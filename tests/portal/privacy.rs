//! The privacy notice says what the pages do.

use lunzhi::{office::OfficeKind, privacy::kept::Data};

use crate::support::{
    Portal,
    vetting::{Opening, Stage, agree, apply, open, stage, student_account},
};

/// A page that an office reaches; empty where it does not.
async fn reached(portal: &Portal, office: OfficeKind, path: &str) -> String {
    let page = portal.signed_in(office).await.get(path).await;
    if page.status == 200 { page.text() } else { String::new() }
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
    let (person,): (String,) = sqlx::query_as(
        "select id::text from student where number = '20240120'
        and institution_id = (select id from institution where code = 'first')",
    )
    .fetch_one(&mut portal.owner().await)
    .await
    .unwrap();
    let person = format!("/people/{person}");
    let case = format!("/cases/{}", application.rsplit('/').next().unwrap());
    for office in OfficeKind::ALL.iter().copied().filter(|office| *office != OfficeKind::Student) {
        let (of_person, of_case) = (reached(&portal, office, &person).await, reached(&portal, office, &case).await);
        let check = |data: Data, sees: bool| {
            assert_eq!(sees, data.readers().contains(&office), "{} and {}", office.label(), data.label());
        };
        check(Data::Identity, of_person.contains("学生120"));
        check(Data::Grades, of_person.contains("120 / 600"));
        // Of a case in a college's chain: only those in it, or above it, have it before them.
        if !of_case.is_empty() {
            check(Data::Application, of_case.contains("课余时间"));
            check(Data::Figures, of_case.contains("120 / 600"));
            check(Data::Opinions, of_case.contains("评语甲乙丙"));
        }
    }
    let notice = student.get("/privacy").await;
    for data in Data::ALL {
        assert!(notice.text().contains(data.label()), "{}", data.label());
        assert!(notice.text().contains(&data.seen_by()), "{}: {}", data.seen_by(), notice.text());
    }
    assert!(Data::Grades.seen_by().contains("院系党组织（本院系）") && !Data::Grades.seen_by().contains("班级团支部"));
    assert!(Data::Figures.seen_by().contains("班级团支部（本班的候选人）"));
    assert!(portal.visitor().get("/privacy").await.text().contains("学校规定的年数"), "before one signs in too");
}
