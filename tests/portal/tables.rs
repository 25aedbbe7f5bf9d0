//! Long tables: sorted by a heading, filtered, and taken as a workbook, of which the record knows.

use calamine::Reader;
use lunzhi::office::OfficeKind;

use crate::support::{
    Client, Page, Portal,
    union::{ready, rows as union_rows, union},
};

/// The rows of a workbook, cells joined by `|`.
fn rows(file: &Page) -> Vec<String> {
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect()
}

async fn names(client: &mut Client, path: &str) -> Vec<String> {
    client.get(path).await.all("tbody td[data-label=姓名]")
}

#[tokio::test]
async fn people_are_sorted_by_a_heading_filtered_and_exported() {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for (number, name, political) in [("ZX1", "甲一", "中共党员"), ("ZX2", "乙二", "群众"), ("ZX3", "丙三", "中共党员")]
    {
        sqlx::query(
            "insert into student (id, institution_id, number, name, class_id, political)
             select gen_random_uuid(), s.institution_id, $1, $2, s.class_id, $3 from student s
             join institution i on i.id = s.institution_id where i.code = 'first' and s.number = '20240001'",
        )
        .bind(number)
        .bind(name)
        .bind(political)
        .execute(&mut db)
        .await
        .unwrap();
    }
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let page = league.get("/people?q=ZX").await;
    assert_eq!(page.all("tbody td[data-label=姓名]"), ["甲一", "乙二", "丙三"], "by number");
    assert_eq!(page.attributes("thead th", "aria-sort").first().map(String::as_str), Some("ascending"));
    let down = page.attributes("thead th a", "href").first().cloned().unwrap();
    assert_eq!(names(&mut league, &down).await, ["丙三", "乙二", "甲一"], "the heading turns it round: {down}");
    assert_eq!(names(&mut league, "/people?q=ZX&sort=-political").await, ["乙二", "甲一", "丙三"]);
    assert_eq!(names(&mut league, "/people?q=ZX&sort=name").await, ["丙三", "甲一", "乙二"], "bing, jia, yi");
    assert_eq!(names(&mut league, "/people?q=ZX&sort=-name").await, ["乙二", "甲一", "丙三"]);
    assert_eq!(names(&mut league, "/people?q=ZX&political=中共党员").await, ["甲一", "丙三"]);
    assert_eq!(names(&mut league, "/people?q=ZX&sort=nonsense&political=nonsense").await.len(), 3);
    assert_eq!(names(&mut league, "/people?q=ZX&year=2024").await.len(), 3);
    assert_eq!(names(&mut league, "/people?q=ZX&year=2023").await.len(), 0);

    let link = league.get("/people?q=ZX&political=中共党员").await;
    let link = link.attributes("a[download]", "href").first().cloned().unwrap();
    let file = league.get(&link).await;
    assert_eq!(file.status, 200);
    let rows = rows(&file);
    assert!(
        rows.iter().any(|row| row.contains("ZX3|丙三")) && !rows.iter().any(|row| row.contains("乙二")),
        "{rows:?}"
    );
    let record = league.get("/audit?verb=list_exported").await;
    let details = record.all("tbody tr");
    assert!(details.len() == 1 && details[0].contains("导出名单") && details[0].contains("人数：2"), "{details:?}");
    // A class branch takes its own class along and nobody else.
    let mut branch = portal.signed_in(OfficeKind::ClassBranch).await;
    assert_eq!(branch.get("/people.xlsx").await.status, 200);
    assert_eq!(portal.signed_in(OfficeKind::Student).await.get("/people.xlsx").await.status, 403);
}

#[tokio::test]
async fn office_holders_are_sorted_and_exported() {
    let portal = Portal::start().await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let numbers = league.get("/offices?sort=number").await.all("tbody td[data-label^=学号]");
    let mut sorted = numbers.clone();
    sorted.sort();
    assert!(numbers.len() > 5 && numbers == sorted, "{numbers:?}");
    let down = league.get("/offices?sort=-number").await.all("tbody td[data-label^=学号]");
    assert!(down.iter().rev().eq(&numbers));
    let up = league.get("/offices?sort=name").await.all("tbody td[data-label=姓名]");
    let down = league.get("/offices?sort=-name").await.all("tbody td[data-label=姓名]");
    assert!(up.len() == numbers.len() && up.first() == down.last(), "{up:?} {down:?}");
    let offices = league.get("/offices").await.all("tbody td[data-label=职务]");
    assert_eq!(offices.first().map(String::as_str), Some("校团委"), "as offices rank");
    let file = league.get("/offices.xlsx?kind=school_league").await;
    assert!(file.status == 200 && rows(&file).iter().any(|row| row.starts_with("校团委|")));
}

#[tokio::test]
async fn the_record_is_filtered_by_person_day_and_act() {
    let portal = Portal::start().await;
    let mut admin = portal.signed_in(OfficeKind::Administrator).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    assert_eq!(admin.get("/people.xlsx").await.status, 200);
    assert_eq!(league.get("/offices.xlsx").await.status, 200);
    let exported = |person: &str| format!("/audit?q={person}&verb=list_exported");
    let rows_of = |page: Page| page.all("tbody tr");
    assert_eq!(rows_of(league.get("/audit?verb=list_exported").await).len(), 2);
    let own = rows_of(league.get(&exported("school_league")).await);
    assert!(own.len() == 1 && own[0].contains("任职一览"), "{own:?}");
    assert_eq!(rows_of(league.get(&exported("没有这个人")).await).len(), 0);
    let today = portal.app.clock.today();
    let (before, after) = (today.previous_day().unwrap(), today.next_day().unwrap());
    assert_eq!(rows_of(league.get(&format!("/audit?verb=list_exported&from={today}&until={today}")).await).len(), 2);
    assert_eq!(rows_of(league.get(&format!("/audit?verb=list_exported&until={before}")).await).len(), 0);
    assert_eq!(rows_of(league.get(&format!("/audit?verb=list_exported&from={after}")).await).len(), 0);
    let wrong = league.get(&format!("/audit?from={after}&until=明天")).await;
    assert_eq!((wrong.status, wrong.fault("截止日期").as_str()), (422, "✕ 请填写日期，如 2026-09-01"));
    assert_eq!(wrong.field("起始日期"), after.to_string());
    let file = league.get("/audit.xlsx?verb=list_exported").await;
    assert!(file.status == 200 && rows(&file).iter().any(|row| row.contains("任职一览")));
}

#[tokio::test]
async fn unions_and_their_histories_are_sorted_filtered_and_exported() {
    let (_portal, mut league, today) = ready().await;
    let department = union_rows(10, 1, "部门负责人", "综合部") + &union_rows(12, 4, "部门工作人员", "综合部");
    let roster = union_rows(1, 3, "主席团成员", "") + &department;
    let school = union(&mut league, "school", &roster, &today.to_string(), true).await;
    assert_eq!(league.post("/unions", &[("what", "colleges")]).await.status, 303);
    let listed = |page: &Page| page.all("tbody td[data-label=组织]");
    let all = league.get("/unions").await;
    let (first, number) = (listed(&all), listed(&all).len());
    assert!(number > 1 && first[0] == "校学生会", "{first:?}");
    let down = listed(&league.get("/unions?sort=-name").await);
    assert!(down.iter().rev().eq(&first), "{down:?}");
    assert_eq!(listed(&league.get("/unions?sort=-people").await)[0], "校学生会");
    assert_eq!(listed(&league.get("/unions?only=unopened").await).len(), number - 1);
    assert_eq!(listed(&league.get("/unions?only=fail").await), ["校学生会"], "a department lacks a head");
    assert_eq!(listed(&league.get("/unions?only=nonsense&sort=nonsense").await).len(), number);
    let breaches = all.all("tbody tr")[0].split_whitespace().collect::<String>();
    let fails = breaches.split("不符合").nth(1).and_then(|rest| rest.split('项').next()).unwrap().to_owned();
    let overview = league.get("/compliance").await.text().split_whitespace().collect::<String>();
    assert!(overview.contains(&format!("校学生会{fails}项")), "{fails} in the list, with what it owes: {overview}");
    let link = all.attributes("a[download]", "href").first().cloned().unwrap();
    let file = rows(&league.get(&link).await);
    assert!(file.iter().any(|row| row.starts_with("校学生会|已启用|8|1|")), "{file:?}");
    let history = league.get(&format!("{school}/history")).await;
    let link = history.attributes("a[download]", "href").first().cloned().unwrap();
    let file = rows(&league.get(&link).await);
    assert!(file.iter().any(|row| row.contains("|启用|")), "{file:?}");
}
