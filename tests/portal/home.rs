//! 首页 and 期限日历: what waits with its day, the late first, and figures that lead to where they come from.

use lunzhi::{office::OfficeKind, text::chinese_day};
use time::Duration;

use crate::support::union::{ready, rows, union};

#[tokio::test]
async fn the_home_page_says_what_waits_by_when_and_how_the_unions_stand() {
    let (portal, mut league, today) = ready().await;
    // One more in the presidium than the plan allows, and nobody on duty.
    let path = union(&mut league, "school", &rows(1, 6, "主席团成员", ""), &today.to_string(), true).await;
    let home = league.get("/").await;
    let tiles = home.all(".tiles li");
    assert!(tiles[0].contains("项不符合") && !tiles[0].starts_with('0'), "{tiles:?}");
    assert!(tiles[1].contains("件七天内到期"), "{tiles:?}");
    let links = home.attributes(".tiles a", "href");
    assert_eq!(links[..2], [format!("{path}/findings"), "/calendar".to_owned()]);
    assert_eq!(home.all(".tiles li.amiss").len(), 1, "{tiles:?}");
    // The same task on its day in the calendar.
    let waiting = home.all(".waiting li.urgent");
    assert!(waiting.iter().any(|task| task.contains("今天没有当值执行主席") && task.ends_with("今天")), "{waiting:?}");
    let calendar = league.get("/calendar").await;
    assert!(calendar.all("h2")[0].starts_with("本周（"), "{:?}", calendar.all("h2"));
    let days = calendar.all(".days li");
    assert!(days[0].starts_with(&chinese_day(today)) && days[0].contains("今天没有当值执行主席"), "{days:?}");
    // A student's objection is late after its seventh day and then stands first.
    let fact = "with fact as (
                    insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
                    select gen_random_uuid(), s.id, 'semester', '本学期', 60, 150, 0, '教务处', now(),
                           (select a.id from account a where a.institution_id = s.institution_id limit 1)
                    from student s where s.number = '20240007' returning id, student_id)
                insert into dispute (id, student_id, grade_fact_id, about, says, at, due_on)
                select gen_random_uuid(), student_id, id, 'rank', '没有重新排名', now(), $1 from fact";
    let due = today - Duration::days(2);
    sqlx::query(fact).bind(due).execute(&mut portal.owner().await).await.unwrap();
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let first = affairs.get("/").await.all(".waiting li").remove(0);
    assert!(first.starts_with("已逾期 2 天") && first.contains("1 名学生"), "{first}");
    assert_eq!(affairs.get("/calendar").await.all("h2")[0], "已逾期");
    // A student sees no figures of unions.
    let mut student = portal.signed_in(OfficeKind::Student).await;
    assert!(!student.get("/").await.text().contains("项不符合"));
}
