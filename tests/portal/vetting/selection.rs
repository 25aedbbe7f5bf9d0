//! Selection as first-years, secretaries and committees meet it.

use lunzhi::office::OfficeKind;
use time::Duration;

use crate::support::{
    Portal,
    vetting::{Opening, Stage, agree, open, stage, student_account, try_apply},
};

/// Makes a student one of this year's intake, of whom no grade is known.
async fn make_first_year(portal: &Portal, number: u32) {
    let mut db = portal.owner().await;
    let year = lunzhi::unions::union::academic_year(portal.app.clock.today());
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
         select gen_random_uuid(), s.id, 'semester', '第一学期', 3, 600, 1, '教务处', now(),
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
