//! Rounds, applications and opinions, as the stories of 遴选 and others need them.

use lunzhi::{
    office::OfficeKind,
    workdays::{Schedule, SpecialDay, Workdays},
};
use time::{Date, Duration};

use super::{Client, FIRST, PASSWORD, Page, Portal};
use crate::support::union::{grade_everybody, rows, union};

/// Gives the student with that number an account; its number is the student's.
pub async fn student_account(portal: &Portal, number: u32) -> Client {
    let number = format!("2024{number:04}");
    sqlx::query(
        "with made as (
             insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                                  created_at, student_id)
             select gen_random_uuid(), s.institution_id, s.number, s.name, a.password_hash, story_now(), false, story_now(), s.id
             from student s join institution i on i.id = s.institution_id
                  join account a on a.institution_id = i.id and a.number = 'student'
             where s.number = $1 and i.code = $2 returning id, institution_id
         )
         insert into office (id, account_id, institution_id, kind, from_day, granted_at)
         select gen_random_uuid(), id, institution_id, 'student', '2024-09-01', story_now() from made",
    )
    .bind(&number)
    .bind(FIRST)
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let mut client = portal.visitor();
    assert_eq!(client.sign_in(FIRST, &number, PASSWORD).await.status, 303);
    client
}

/// A portal with a school union and a college union, both under the rules.
pub struct Stage {
    pub portal: Portal,
    pub league: Client,
    pub school: String,
    pub college: String,
    pub today: Date,
}

pub async fn stage() -> Stage {
    let portal = Portal::start().await;
    grade_everybody(&portal).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let today = portal.app.clock.today();
    let day = (today - Duration::days(40)).to_string();
    let roster =
        rows(1, 4, "主席团成员", "") + &rows(10, 2, "部门负责人", "办公室") + &rows(12, 2, "部门工作人员", "办公室");
    let school = union(&mut league, "school", &roster, &day, true).await;
    let roster =
        rows(20, 2, "主席团成员", "") + &rows(25, 2, "部门负责人", "综合部") + &rows(30, 3, "部门工作人员", "综合部");
    let college = union(&mut league, "colleges", &roster, &day, true).await;
    Stage { portal, league, school, college, today }
}

/// Registers the holidays of the years to come that nobody has announced yet, so that a story may run over New Year; gives the
/// calendar by which the portal counts then.
pub async fn announce_coming_years(portal: &Portal) -> Workdays {
    let mut schedules = Schedule::announced();
    let this_year = portal.app.clock.today().year();
    for year in this_year..=this_year + 2 {
        if schedules.iter().any(|known| known.year == year) {
            continue;
        }
        let day = Date::from_ordinal_date(year, 1).unwrap();
        sqlx::query(
            "with kept as (
                 insert into holiday_year (institution_id, year, source, kept_at)
                 select id, $1, '通知', story_now() from institution returning institution_id, year
             )
             insert into holiday (institution_id, year, day, works, name)
             select institution_id, year, $2, false, '元旦' from kept",
        )
        .bind(year)
        .bind(day)
        .execute(&mut portal.owner().await)
        .await
        .unwrap();
        let day = SpecialDay { day, works: false, name: "元旦".to_owned() };
        schedules.push(Schedule { year, source: "通知".to_owned(), days: vec![day] });
    }
    Workdays::new(schedules, Vec::new())
}

/// The slots of the opening form by their labels.
pub async fn slot(client: &mut Client, path: &str, places: &str, label: &str) -> String {
    let id = path.rsplit('/').next().unwrap();
    let page = client.get(&format!("/rounds/new?union={id}&places={places}")).await;
    let place = page
        .all(".seat label")
        .iter()
        .position(|found| found == label)
        .unwrap_or_else(|| panic!("{label}: {}", page.text()));
    page.attributes("input[name=slot]", "value").remove(place)
}

/// What a round is opened with, where a story does not say otherwise.
pub struct Opening<'a> {
    pub places: &'a str,
    pub label: &'a str,
    pub seats: &'a str,
    pub purpose: &'a str,
    pub notice: &'a str,
    pub from: Date,
}

impl<'a> Opening<'a> {
    pub fn staff(label: &'a str, seats: &'a str, today: Date) -> Self {
        Self { places: "members", label, seats, purpose: "recruit", notice: "0", from: today + Duration::days(10) }
    }
}

/// The fields with which a round is opened.
pub async fn opening(client: &mut Client, union: &str, today: Date, opening: &Opening<'_>) -> Vec<(String, String)> {
    let slot = slot(client, union, opening.places, opening.label).await;
    let id = union.rsplit('/').next().unwrap();
    let day = |days: i64| (today + Duration::days(days)).to_string();
    let fields = [
        ("union", id.to_owned()),
        ("places", opening.places.to_owned()),
        ("title", "秋季招新".to_owned()),
        ("purpose", opening.purpose.to_owned()),
        ("basis", String::new()),
        ("opens_on", day(0)),
        ("closes_on", day(5)),
        ("effective_on", opening.from.to_string()),
        ("notice_days", opening.notice.to_owned()),
        ("slot", slot),
        ("seats", opening.seats.to_owned()),
        ("to_elect", "1".to_owned()),
    ];
    let asked = client.get(&format!("/rounds/new?union={id}&places={}", opening.places)).await;
    let dues = asked.attributes("input[name=due]", "name").into_iter().map(|name| (name, "3".to_owned()));
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(dues).collect()
}

/// Fields as a client sends them.
pub fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

pub async fn try_open(client: &mut Client, union: &str, today: Date, wanted: &Opening<'_>) -> Page {
    let fields = opening(client, union, today, wanted).await;
    client.post("/rounds/new", &pairs(&fields)).await
}

/// Opens a round; gives its path.
pub async fn open(client: &mut Client, union: &str, today: Date, wanted: &Opening<'_>) -> String {
    let done = try_open(client, union, today, wanted).await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().split('?').next().unwrap().to_owned()
}

/// Applies in a round; gives the answer.
pub async fn try_apply(student: &mut Client, round: &str, source: &str) -> Page {
    let id = round.rsplit('/').next().unwrap();
    let page = student.get(&format!("/apply/{id}")).await;
    let place = page.attributes("input[name=place]", "value").into_iter().next().unwrap_or_default();
    let fields = [
        ("place", place.as_str()),
        ("source", source),
        ("field", "志愿服务"),
        ("statement", "我愿意用课余时间服务同学，做好每一件小事，认真完成分配的工作。"),
        ("experience", "班级学习委员"),
        ("pledge", "yes"),
    ];
    student.upload(&format!("/apply/{id}"), &fields, None).await
}

/// Applies; gives the path of the application.
pub async fn apply(student: &mut Client, round: &str, source: &str) -> String {
    let done = try_apply(student, round, source).await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().split('?').next().unwrap().to_owned()
}

/// The cases that wait for an office, each as a form has it.
pub async fn waiting(office: &mut Client) -> Vec<String> {
    office.get("/vetting").await.attributes("tbody input[name=case]", "value")
}

/// Gives an opinion on one case.
pub async fn say(office: &mut Client, case: &str, verdict: &str, more: &[(&str, &str)]) -> Page {
    let id = case.split('.').next().unwrap();
    let mut fields = vec![("case", case), ("verdict", verdict)];
    fields.extend_from_slice(more);
    if !more.iter().any(|(name, _)| *name == "words") {
        fields.push(("words", "政治坚定，品行端正，学习优良，愿意服务同学"));
    }
    office.post(&format!("/cases/{id}"), &fields).await
}

/// The one case that waits for an office gets its agreement.
pub async fn agree(office: &mut Client, more: &[(&str, &str)]) {
    let cases = waiting(office).await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    let done = say(office, &cases[0], "agree", more).await;
    assert_eq!(done.status, 303, "{}", done.text());
}

/// Gives one opinion on many.
pub async fn batch(office: &mut Client, fields: &[(String, String)], more: &[(&str, &str)]) -> Page {
    let mut all = pairs(fields);
    all.extend_from_slice(more);
    office.post("/vetting", &all).await
}

/// What is kept of rounds is what there is to count in them, however it came about.
pub async fn assert_counted(portal: &Portal) {
    let wrong: Vec<(String, i64)> = sqlx::query_as(
        "with opened as (
             select c.round_id, c.place_id, c.stage, c.step, c.due_on, null as signed_by, null::smallint as opinion from vetting_case c
             union all
             select c.round_id, c.place_id, c.stage, c.step, c.due_on, o.body, o.place
             from vetting_case c join vetting_opinion o on o.case_id = c.id and o.visit = c.visit and o.step = c.step
             where c.stage = 'at' and o.withdrawn_at is null
         ), people as (
             select c.round_id, v.part, v.label
             from vetting_case c join student s on s.id = c.student_id
                  cross join lateral (values ('source', c.source), ('college', c.college_id::text),
                                             ('class', c.class_id::text), ('gender', s.gender)) v(part, label)
             where c.stage not in ('invited', 'refused', 'withdrawn', 'lapsed')
         ), there as (
             select row(o.round_id, o.place_id, o.stage, o.step, o.due_on, o.signed_by, o.opinion)::text as what, 1 as n from opened o
             union all
             select row(p.round_id, p.part, p.label)::text, 1 from people p
             union all
             select row(r.round_id, r.place_id, r.stage, r.step, r.due_on, r.signed_by, r.opinion)::text, -r.cases from round_count r
             union all
             select row(r.round_id, case when s.id is null then r.part else 'gender' end,
                        case when s.id is null then coalesce(r.row_id::text, r.label) else s.gender end)::text, -r.people
             from round_people r left join student s on s.id = r.row_id
         )
         select what, sum(n)::bigint from there group by what having sum(n) <> 0",
    )
    .fetch_all(&mut portal.owner().await)
    .await
    .unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}
