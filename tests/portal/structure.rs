//! How a union is built and staffed (ORG, STF): each rule by its code, refused or warned of with its clause.

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};
use time::Duration;

use crate::support::{
    Client, Portal, SECOND,
    union::{HEADER, adopt_text, appoint, choose_jining, grade_everybody, ready, rows, union},
};

#[tokio::test]
async fn org_02_nobody_becomes_a_president_by_a_roster() {
    let (_portal, mut league, today) = ready().await;
    let day = (today - Duration::days(20)).to_string();
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &day, true).await;
    let next = (today + Duration::days(10)).to_string();
    let text = format!("{HEADER}{}{}", rows(1, 3, "主席团成员", ""), rows(4, 1, "主席", ""));
    let fields = [("day", next.as_str()), ("ground", "校党委〔2026〕30号批复")];
    let draft = league.upload(&format!("{path}/batch"), &fields, Some(("换届.csv", text.as_bytes()))).await;
    assert_eq!(draft.status, 303, "{}", draft.text());
    let page = league.get(draft.location()).await.text();
    assert!(page.contains("不能办理") && page.contains("不设主席、副主席"), "{page}");
    let commit = [("direct", "线下完成推荐审查"), ("reason", "沿用旧称")];
    let refused = league.post(&format!("{}/commit", draft.location()), &commit).await;
    assert!(refused.status == 409 && refused.text().contains("不设主席、副主席"), "{}", refused.text());
    assert_eq!(league.get(&path).await.all("td[data-label='姓名']").len(), 4, "nothing was written");
}

#[tokio::test]
async fn org_12_a_department_that_sounds_like_an_authority_is_warned_of() {
    let (_portal, mut league, today) = ready().await;
    let day = today.to_string();
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &day, true).await;
    let found = async |league: &mut Client, reason: &str| {
        let fields = [
            ("name", "学术处"),
            ("functions", "学业帮扶"),
            ("from", day.as_str()),
            ("ground", "批复"),
            ("ruling", ""),
            ("reason", reason),
        ];
        league.post(&format!("{path}/departments"), &fields).await
    };
    let warned = found(&mut league, "").await;
    assert!(warned.status == 422 && warned.text().contains("行政机关色彩"), "{}", warned.text());
    assert!(warned.text().contains("优化机构和人员规模"), "the clause is quoted: {}", warned.text());
    assert_eq!(found(&mut league, "沿用多年的名称，下学期更名").await.status, 303);
}

#[tokio::test]
async fn stf_01_more_people_than_about_so_many_ask_for_a_reason() {
    let (_portal, mut league, today) = ready().await;
    let roster = rows(1, 5, "主席团成员", "")
        + &rows(10, 2, "部门负责人", "办公室")
        + &rows(12, 38, "部门工作人员", "办公室")
        + &rows(50, 2, "部门负责人", "宣传部");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let asked = appoint(&mut league, &path, 60, "staff", "宣传部", today).await;
    assert_eq!(asked.status, 422, "{}", asked.text());
    let text = asked.text();
    assert!(text.contains("工作人员 48 人") && text.contains("校级学生会工作人员规模控制在40人左右"), "{text}");
    assert!(!asked.fault("超出柔性要求的理由（没有超出不必填）").is_empty());
}

#[tokio::test]
async fn stf_04_and_05_a_department_has_three_heads_and_six_people_at_most() {
    let (_portal, mut league, today) = ready().await;
    let roster = rows(10, 3, "部门负责人", "办公室")
        + &rows(13, 1, "部门工作人员", "办公室")
        + &rows(20, 2, "部门负责人", "宣传部")
        + &rows(22, 4, "部门工作人员", "宣传部");
    let path = union(&mut league, "school", &roster, &today.to_string(), true).await;
    let fourth = appoint(&mut league, &path, 60, "head", "办公室", today).await;
    assert_eq!(fourth.status, 409, "{}", fourth.text());
    assert!(fourth.text().contains("每个工作部门成员设负责人2至3人"), "{}", fourth.text());
    let seventh = appoint(&mut league, &path, 61, "staff", "宣传部", today).await;
    assert_eq!(seventh.status, 409, "{}", seventh.text());
    assert!(seventh.text().contains("工作人员不超过6人") && seventh.text().contains("学生22"), "{}", seventh.text());
    assert_eq!(appoint(&mut league, &path, 62, "staff", "办公室", today).await.status, 303, "there is room");
}

#[tokio::test]
async fn stf_06_a_colleges_union_has_thirty_people_at_most() {
    let (_portal, mut league, today) = ready().await;
    let path = union(&mut league, "colleges", &rows(1, 30, "部门工作人员", "综合部"), &today.to_string(), true).await;
    let refused = appoint(&mut league, &path, 60, "staff", "综合部", today).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("系（院）学生会工作人员规模控制在20至30人"), "{}", refused.text());
}

#[tokio::test]
async fn stf_08_a_post_that_the_plan_allows_is_filled_like_any_other_and_no_more_are() {
    let (portal, mut league, today) = ready().await;
    let (_, text) = BUILT_IN[0];
    let rule = "[rule.STF-08]\nstrength = \"hard\"\n";
    assert_eq!(text.matches(rule).count(), 1);
    adopt_text(&portal, &text.replace(rule, &format!("{rule}posts = [\"顾问\"]\n"))).await;
    let day = (today - Duration::days(20)).to_string();
    let path = union(&mut league, "school", &rows(1, 4, "主席团成员", ""), &day, true).await;
    let refused = appoint(&mut league, &path, 60, "other:秘书", "", today).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("均不设置其他任何职务"), "{}", refused.text());
    let done = appoint(&mut league, &path, 60, "other:顾问", "", today).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let advisers = "select count(*) from post where kind = 'other' and title = '顾问' and until_day is null";
    let mut db = portal.owner().await;
    assert_eq!(sqlx::query_scalar::<_, i64>(advisers).fetch_one(&mut db).await.unwrap(), 1);
    // A whole union, too, is staffed with what the plan allows.
    let next = (today + Duration::days(10)).to_string();
    let fields = [("day", next.as_str()), ("ground", "校党委〔2026〕30号批复")];
    let text = format!("{HEADER}{}{}", rows(1, 4, "主席团成员", ""), rows(61, 1, "顾问", ""));
    let draft = league.upload(&format!("{path}/batch"), &fields, Some(("换届.csv", text.as_bytes()))).await;
    assert_eq!(draft.status, 303, "{}", draft.text());
    let commit = [("direct", "线下完成推荐审查"), ("reason", "组建中")];
    let done = league.post(&format!("{}/commit", draft.location()), &commit).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(sqlx::query_scalar::<_, i64>(advisers).fetch_one(&mut db).await.unwrap(), 1, "one goes, one comes");
}

#[tokio::test]
async fn stf_09_a_graduate_union_goes_by_the_schools_figures_and_gives_its_reason() {
    let portal = Portal::start().await;
    grade_everybody(&portal).await;
    let mut league = portal.signed_in_at(SECOND, OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    choose_jining(&mut league, today - Duration::days(30)).await;
    sqlx::query("update major set level = 'graduate'").execute(&mut portal.owner().await).await.unwrap();
    let roster = rows(1, 3, "主席团成员", "") + &rows(10, 4, "部门负责人", "办公室");
    let path = union(&mut league, "graduate", &roster, &today.to_string(), true).await;
    let asked = appoint(&mut league, &path, 40, "head", "办公室", today).await;
    assert_eq!(asked.status, 422, "where a school's union is refused, it is warned: {}", asked.text());
    assert!(!asked.fault("超出柔性要求的理由（没有超出不必填）").is_empty());
    let page = league.get(&format!("{path}/findings")).await.text();
    assert!(page.contains("校研究生会工作人员设置根据实际参照校学生会规定执行"), "{page}");
}
