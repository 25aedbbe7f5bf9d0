//! Unions to tell stories about: students with grades, rosters, and a union registered from one.

use std::fmt::Write as _;

use lunzhi::{
    office::OfficeKind,
    rules::{Plan, plan::BUILT_IN},
};
use time::Date;

use super::{Client, Page, Portal};

/// Students `1..=150` of the prepared class get ranks that meet the plan, and no failed course.
pub async fn grade_everybody(portal: &Portal) {
    sqlx::query(
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2025—2026 学年第二学期', substr(s.number, 5)::integer, 600, 0, '教务处',
                story_now(), (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s where s.number ~ '^2024'",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

/// The columns of [`rows`].
pub const HEADER: &str = "学号,姓名,岗位,部门,执行主席,来自院系学生会\n";

/// Rows of a roster: so many people in a post, from the student with that number on.
pub fn rows(first: u32, count: u32, post: &str, department: &str) -> String {
    (first..first + count).fold(String::new(), |mut text, number| {
        writeln!(text, "2024{number:04},学生{number},{post},{department},,是").unwrap();
        text
    })
}

/// Sets up a union, registers it from a roster and, where asked, brings it under the rules. Gives its path.
pub async fn union(league: &mut Client, what: &str, roster: &str, day: &str, open: bool) -> String {
    assert_eq!(league.post("/unions", &[("what", what)]).await.status, 303);
    let list = league.get("/unions").await;
    let name = match what {
        "school" => "校学生会",
        "graduate" => "校研究生会",
        _ => "信息工程系学生会",
    };
    let names = list.all("tbody td:first-child a");
    let place = names.iter().position(|found| found == name).expect("the union is not in the list");
    let path = list.attributes("tbody td:first-child a", "href").remove(place);
    let text = format!("{HEADER}{roster}");
    let draft = league.upload(&format!("{path}/batch"), &[("day", day)], Some(("现状.csv", text.as_bytes()))).await;
    assert_eq!(draft.status, 303, "{}", draft.text());
    let preview = league.get(draft.location()).await;
    assert_eq!(preview.status, 200);
    let done = league.post(&format!("{}/commit", draft.location()), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    if open {
        let opened = league.post(&format!("{path}/open"), &[("ground", "校团委〔2026〕8号")]).await;
        assert!(opened.location().ends_with("done=opened"), "{}", opened.location());
    }
    path
}

/// A portal whose students all have grades, with the League committee signed in, and today.
pub async fn ready() -> (Portal, Client, Date) {
    let portal = Portal::start().await;
    grade_everybody(&portal).await;
    let league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    (portal, league, today)
}

/// Appoints the student with that number from a day on; `department` is the name in a department's choice.
pub async fn appoint(client: &mut Client, path: &str, number: u32, post: &str, department: &str, from: Date) -> Page {
    let id = department_id(client, path, department).await;
    let (number, from) = (format!("2024{number:04}"), from.to_string());
    let fields = [
        ("number", number.as_str()),
        ("post", post),
        ("department", id.as_str()),
        ("from", from.as_str()),
        ("from_college", "yes"),
        ("ground", "校团委〔2026〕12号批复"),
        ("direct", "系统启用前已完成推荐审查"),
    ];
    client.upload(&format!("{path}/appoint"), &fields, None).await
}

/// The id of the department with that name in the choice of a union's appointments; empty for none.
pub async fn department_id(client: &mut Client, path: &str, name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    let page = client.get(&format!("{path}/appoint")).await;
    let names = page.all("#department option");
    let place = names.iter().position(|found| found.starts_with(name)).expect("no such department");
    page.attributes("#department option", "value").remove(place)
}

/// Adopts the Jining plan from a day on, as the League committee does it.
pub async fn choose_jining(league: &mut Client, from: Date) {
    let plans = league.get("/plans").await;
    let place = plans.all("#version option").iter().position(|label| label.contains("济宁方案")).unwrap();
    let version = plans.attributes("#version option", "value").remove(place);
    let from = from.to_string();
    let fields = [
        ("version", version.as_str()),
        ("from", from.as_str()),
        ("confirm", "yes"),
        ("rule", "STF-01"),
        ("reason", "学生人数较多"),
    ];
    assert_eq!(league.post("/plans/adopt", &fields).await.status, 303);
}

/// Adopts a plan of the first university's own, by its text, from the day of the first adoption on.
pub async fn adopt_text(portal: &Portal, text: &str) {
    sqlx::query(
        "with last as (
             select a.institution_id, max(a.seq) + 1 as seq, min(a.effective_from) as since, i.id
             from adoption a join institution i on i.id = a.institution_id where i.code = 'first' group by 1, 4
         ), made as (
             insert into plan_version (id, institution_id, code, version, short, title, document, effective, source, sha256,
                                       created_at, seats)
             select gen_random_uuid(), id, 'own-2026', seq, '本校方案', '本校方案', '本校', '2020-12-31', $1,
                    sha256(convert_to($1, 'UTF8')), story_now(), $2
             from last returning id
         )
         insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select last.institution_id, last.seq, last.since, made.id, story_now(),
                (select a.adopted_by from adoption a where a.institution_id = last.institution_id and a.seq = 1)
         from last, made",
    )
    .bind(text)
    .bind(Plan::parse(text).map(|plan| plan.seats()).unwrap_or_default())
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
}

/// Adopts the first shipped plan with one post more, 召集人, whose holder sits on the presidium.
pub async fn adopt_convener(portal: &Portal) {
    let post = "[rule.STF-08]\nposts = [{ name = \"召集人\", presidium = true }]\n";
    let text = BUILT_IN[0].1.replacen("[rule.STF-08]\n", post, 1).replace("suzhou-2020", "own-2026");
    adopt_text(portal, &text).await;
}
