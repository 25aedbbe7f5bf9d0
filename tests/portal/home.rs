//! 首页 and 全年日历: what waits with its day, the late first, and figures that lead to where they come from.

use lunzhi::{office::OfficeKind, text::chinese_day};
use time::{Date, Duration};

use crate::{
    matters::{Signers, applied},
    support::{
        Client, Portal,
        questionnaires::opened,
        union::{ready, rows, union},
        vetting::{Stage, stage, student_account},
    },
};

#[tokio::test]
async fn the_navigation_of_a_student_is_in_groups_and_begins_with_what_they_come_for() {
    let portal = Portal::start().await;
    let page = portal.signed_in(OfficeKind::Student).await.get("/").await;
    assert_eq!(page.all(".side-head")[..2], ["今日", "我的"]);
    let own = page.all("[aria-labelledby=nav-own] a");
    assert_eq!(own[..3], ["我的投票", "活动报名", "学生会报名"]);
    assert_eq!(own[own.len() - 2..], ["我的信息", "我的账号"], "{own:?}");
}

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
    assert!(calendar.all("h2").iter().any(|week| week.starts_with("本周（")), "{:?}", calendar.all("h2"));
    let days = calendar.all(".days li");
    let on_its_day = |line: &String| line.starts_with(&chinese_day(today)) && line.contains("今天没有当值执行主席");
    assert!(days.iter().any(on_its_day), "{days:?}");
    // A student's objection is late after its seventh day and then stands first.
    let fact = "with fact as (
                    insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
                    select gen_random_uuid(), s.id, 'semester', '本学期', 60, 150, 0, '教务处', story_now(),
                           (select a.id from account a where a.institution_id = s.institution_id limit 1)
                    from student s where s.number = '20240007' returning id, student_id)
                insert into dispute (id, student_id, grade_fact_id, about, says, at, due_on)
                select gen_random_uuid(), student_id, id, 'rank', '没有重新排名', story_now(), $1 from fact";
    let due = today - Duration::days(2);
    sqlx::query(fact).bind(due).execute(&mut portal.owner().await).await.unwrap();
    let mut affairs = portal.signed_in(OfficeKind::StudentAffairs).await;
    let first = affairs.get("/").await.all(".waiting li").remove(0);
    assert!(first.starts_with("已逾期 2 天") && first.contains("1 名学生"), "{first}");
    assert_eq!(affairs.get("/calendar").await.all("h2")[0], "已逾期");
    // A student sees no figures of unions.
    let mut student = portal.signed_in(OfficeKind::Student).await;
    let home = student.get("/").await;
    assert!(!home.text().contains("项不符合"));
    assert!(!home.text().contains("件七天内到期"), "nor a nought: {}", home.text());
    let often = home.attributes("nav[aria-label='常用'] a", "href");
    assert_eq!(often, ["/votes", "/activities", "/apply", "/voice"], "a tap away, where a phone folds the navigation");
    assert!(league.get("/").await.attributes("nav[aria-label='常用'] a", "href").is_empty());
}

/// The month of a day, as it is asked for.
async fn month(client: &mut Client, day: Date) -> crate::support::Page {
    client.get(&format!("/calendar?view=month&month={}-{:02}", day.year(), u8::from(day.month()))).await
}

#[tokio::test]
async fn the_year_stands_on_one_calendar_by_month_and_as_a_list_for_each_office() {
    let Stage { portal, mut league, today, .. } = stage().await;
    let mut filer = portal.signed_in(OfficeKind::SchoolUnion).await;
    let mut signers = Signers::of(&portal).await;
    let day = today + Duration::days(40);
    let matter = applied(&mut filer, day, &[]).await;
    assert!(!month(&mut league, day).await.text().contains("冬日读书会"), "it is not approved yet");
    signers.approve(&matter).await;
    let page = month(&mut league, day).await;
    let cell = page.all(".month td.full").into_iter().find(|cell| cell.contains("冬日读书会")).unwrap();
    assert!(cell.contains(&format!("{}月{}日", u8::from(day.month()), day.day())) && cell.contains("19:00"), "{cell}");
    assert!(page.attributes(".month a", "href").contains(&matter));
    let list = league.get("/calendar").await.all(".days li");
    assert!(list.iter().any(|line| line.starts_with(&chinese_day(day)) && line.contains("冬日读书会")), "{list:?}");
    // A whole number of weeks, today marked, and the months on either side within a year.
    let page = league.get("/calendar?view=month").await;
    assert!(page.all(".month td").len().is_multiple_of(7) && page.all(".month td[aria-current]").len() == 1);
    assert_eq!(page.all(".month-head a").len(), 2);
    assert_eq!(league.get("/calendar?view=month&month=1999-13").await.all(".month td[aria-current]").len(), 1);
    // What is due of the unions is the League committee's to see.
    assert!(league.get("/calendar").await.text().contains("个学生会还没有提交"));
    // A student sees what they signed up for, and no college's officers the school's.
    let mut college = portal.signed_in(OfficeKind::CollegeUnion).await;
    assert!(!month(&mut college, day).await.text().contains("冬日读书会"));
    let mut student = student_account(&portal, 100).await;
    assert!(!month(&mut student, day).await.text().contains("冬日读书会"));
    let closes = format!("{}T18:00", day - Duration::DAY);
    let announced = [("purpose", "culture"), ("closes", closes.as_str())];
    let desk = matter.replace("/matters/", "/activity-desk/");
    assert_eq!(filer.post(&format!("{desk}/announce"), &announced).await.status, 303);
    let activity = matter.replace("/matters/", "/activities/");
    assert_eq!(student.post(&format!("{activity}/sign-up"), &[]).await.status, 303);
    let page = month(&mut student, day).await;
    assert!(page.attributes(".month a", "href").contains(&activity), "{}", page.text());
    // And on a phone that subscribed to it.
    let made = student.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    let path = made.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    let file = portal.visitor().get(&path).await;
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.contains("SUMMARY:冬日读书会") && text.contains("UID:signed_up-"), "{text}");
}

#[tokio::test]
async fn questionnaires_and_trainings_stand_on_the_calendar_of_whoever_is_asked_or_expected() {
    let Stage { portal, mut league, school, today, .. } = stage().await;
    let mut union = portal.signed_in(OfficeKind::SchoolUnion).await;
    let opens = (portal.app.clock.now() - Duration::minutes(1)).date();
    let survey = opened(&portal, &mut union, "yes", &[]).await;
    let day = today + Duration::days(10);
    let on = day.to_string();
    let fields = [
        ("union", school.rsplit('/').next().unwrap()),
        ("title", "秋季培训"),
        ("day", on.as_str()),
        ("place", "报告厅"),
        ("says", "章程"),
    ];
    let training = league.post("/trainings", &fields).await.location().split('?').next().unwrap().to_owned();
    // Who keeps them, with the first day and the last.
    let page = month(&mut union, opens).await;
    assert!(page.text().contains("问卷开放：食堂满意度调研"), "{}", page.text());
    assert!(page.attributes(".month a", "href").contains(&format!("{survey}/desk")));
    let days = union.get("/calendar").await.all(".days li");
    let ends = |line: &String| line.starts_with(&chinese_day(day)) && line.contains("问卷截止：食堂满意度调研");
    assert!(days.iter().any(ends), "{days:?}");
    let page = month(&mut league, day).await;
    assert!(page.attributes(".month a", "href").contains(&training), "{}", page.text());
    // Who is asked and expected: an officer. What is to be done on a day stands for its end.
    let mut officer = student_account(&portal, 1).await;
    let page = month(&mut officer, day).await;
    assert!(page.attributes(".month a", "href").contains(&"/pledge".to_owned()), "{}", page.text());
    let text = page.text();
    assert!(text.contains("填写问卷：食堂满意度调研") && !text.contains("问卷截止"), "{text}");
    // Who is not expected, and whom it does not ask.
    let mut student = student_account(&portal, 120).await;
    assert!(!month(&mut student, day).await.text().contains("秋季培训"));
    let mut db = portal.owner().await;
    sqlx::query("alter table survey disable trigger user").execute(&mut db).await.unwrap();
    sqlx::query("update survey set years = '{2025}'").execute(&mut db).await.unwrap();
    drop(db);
    assert!(!student.get("/calendar").await.text().contains("食堂满意度调研"));
    // On a phone, with the place.
    let made = officer.post("/calendar/feed", &[]).await.all("#subscribe code").remove(0);
    let path = made.split_once("127.0.0.1:8080").unwrap().1.to_owned();
    let text = String::from_utf8(portal.visitor().get(&path).await.bytes.clone()).unwrap();
    assert!(text.contains("SUMMARY:秋季培训\r\nLOCATION:报告厅") && text.contains("UID:own_training-"), "{text}");
    assert!(!text.contains("SUMMARY:问卷："), "it asks other years now: {text}");
}

#[tokio::test]
async fn an_address_that_was_cut_off_leads_nowhere_and_is_no_form() {
    let portal = Portal::start().await;
    let mut student = portal.signed_in(OfficeKind::Student).await;
    for path in ["/votes/4f8276f1-5ff7", "/proposals/d43ea806", "/applications/1"] {
        let page = student.get(path).await;
        assert_eq!((page.status, page.heading().as_str()), (404, "没有这一页"), "{path}: {}", page.text());
    }
}
