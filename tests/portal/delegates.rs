//! Delegates of a congress as their people live it: recommended, reviewed, elected, listed, seated, and examined.
//!
//! One file: its stories begin from the same congress.

use std::{fmt::Write as _, io::Read as _};

use lunzhi::{office::OfficeKind, rules::plan::BUILT_IN};
use time::{Date, Duration};

use crate::{
    papers::{assert_says_the_same, assert_snapshot, outline, undated},
    support::{
        Client, FIRST, Page, Portal,
        sitting::{Sitting, cast, number, see_other, voter, voters},
        union::adopt_text,
    },
};

/// A congress and those who bring its delegates about.
pub struct Prepared {
    pub portal: Portal,
    pub league: Client,
    pub branch: Client,
    pub union: Client,
    /// `/congresses/…`.
    pub path: String,
    pub today: Date,
}

/// The school's congress: the grade of 2024 has so many seats, and the main society one. Twenty students are here; the seats are
/// approved; recommending has begun under that plan.
async fn prepared(plan: &str, seats: i32, approved: bool) -> Prepared {
    let portal = Portal::start().await;
    let mut db = portal.owner().await;
    for statement in [
        "update student set left_on = '2025-07-01', left_why = 'graduated' where number > '20240020'",
        "update student set gender = case when right(number, 1) in ('1', '3') then '女' else '男' end, ethnic = '汉族'",
        "insert into student_union (id, institution_id, kind, created_at)
         select gen_random_uuid(), id, 'school', story_now() from institution where code = 'first'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    sqlx::query(
        "insert into adoption (institution_id, seq, effective_from, plan_version_id, adopted_at, adopted_by)
         select o.institution_id, 2, o.effective_from, v.id, story_now(), o.adopted_by
         from adoption o, plan_version v where v.code = $1",
    )
    .bind(plan)
    .execute(&mut db)
    .await
    .unwrap();
    let (id,): (uuid::Uuid,) = sqlx::query_as(
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on,
                               ordinary_percent, seats, students, created_at, created_by)
         select gen_random_uuid(), n.institution_id, n.id, 2026, '第三次', false, 'preparing', '2026-09-01', 60, $1 + 1, 20,
                story_now(), a.id
         from student_union n join account a on a.institution_id = n.institution_id and a.number = 'school_league'
         returning id",
    )
    .bind(seats)
    .fetch_one(&mut db)
    .await
    .unwrap();
    if approved {
        sqlx::query("update congress set seats_approved_at = created_at, seats_approved_by = created_by")
            .execute(&mut db)
            .await
            .unwrap();
    }
    sqlx::query(
        "insert into congress_unit (congress_id, place, kind, college_id, entry_year, organisation_id, students, seats)
         select $1, 1, 'grade', c.id, 2024, null, 20, $2 from college c join institution i on i.id = c.institution_id
         where i.code = 'first'
         union all
         select $1, 2, 'society', null, null, o.id, 0, 1 from organisation o join institution i on i.id = o.institution_id
         where i.code = 'first'",
    )
    .bind(id)
    .bind(seats)
    .execute(&mut db)
    .await
    .unwrap();
    let league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let branch = portal.signed_in(OfficeKind::ClassBranch).await;
    let union = portal.signed_in(OfficeKind::CollegeUnion).await;
    let today = portal.app.clock.today();
    Prepared { portal, league, branch, union, path: format!("/congresses/{id}"), today }
}

impl Prepared {
    async fn begin(&mut self, most: &str) -> Page {
        let closes = (self.today + Duration::days(10)).to_string();
        let fields = [("closes", closes.as_str()), ("margin", "20"), ("most", most)];
        self.league.post(&format!("{}/delegates/terms", self.path), &fields).await
    }

    pub async fn recommend(&mut self, student: u32) -> Page {
        let number = number(student);
        let fields = [("number", number.as_str()), ("words", "政治坚定，联系同学")];
        self.branch.post(&format!("{}/delegates/recommendations", self.path), &fields).await
    }

    /// Makes the election, in which the students vote for an hour.
    pub async fn make_election(&mut self) -> Page {
        let now = self.portal.app.clock.now();
        let at = |hours: i64| {
            let at = now + Duration::hours(hours);
            format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
        };
        let (opens, closes) = (at(1), at(12));
        let fields = [("opens", opens.as_str()), ("closes", closes.as_str()), ("body", "constituency")];
        self.union.post(&format!("{}/delegates/elections", self.path), &fields).await
    }

    /// The sitting that was made, with people of the college as its monitors.
    pub async fn sitting(&mut self, path: &str) -> Sitting {
        let id = path.rsplit('/').next().unwrap().to_owned();
        let mut monitors = Vec::new();
        for (student, chief) in [(17, "yes"), (18, ""), (19, "")] {
            let client = voter(&self.portal, student).await;
            let number = number(student);
            let fields = [("number", number.as_str()), ("chief", chief)];
            see_other(&self.union.post(&format!("{path}/monitors"), &fields).await);
            monitors.push((client, String::new()));
        }
        Sitting { path: path.to_owned(), id, contests: Vec::new(), keeper: self.union.clone(), monitors }
    }

    pub async fn list(&mut self, elected: &[u32], substitutes: &[u32]) -> Page {
        let lines = |students: &[u32]| students.iter().map(|one| number(*one)).collect::<Vec<_>>().join("\n");
        let (elected, substitutes) = (lines(elected), lines(substitutes));
        let fields = [("elected_1", elected.as_str()), ("substitutes_1", substitutes.as_str())];
        self.union.post(&format!("{}/delegates/list", self.path), &fields).await
    }
}

/// A form with a scan.
async fn with_scan(client: &mut Client, path: &str, fields: &[(&str, &str)], scan: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XyX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = "--XyX\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"报告.pdf\"\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(scan);
    body.extend_from_slice(b"\r\n--XyX--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=XyX"), ("sec-fetch-site", "same-origin")];
    client.send("POST", path, &headers, body).await
}

#[tokio::test]
async fn con_03_the_election_waits_for_a_step_that_is_no_opinion_until_it_is_said_to_be_taken() {
    let mut congress = prepared("suzhou-2020", 2, true).await;
    let path = congress.path.clone();
    let steps = format!("{path}/delegates/steps");
    see_other(&congress.begin("2").await);
    assert_eq!(congress.league.get(&steps).await.status, 404, "the plan has no such step");
    // As where the plan has a public notice between the recommendation and the election.
    sqlx::query(
        r#"update delegate_terms set chain = jsonb_set(chain, '{before,others}',
           '[{"after": 1, "kind": "notice", "says": "公示 3 天", "days": 3, "taken": null}]')"#,
    )
    .execute(&mut congress.portal.owner().await)
    .await
    .unwrap();
    for student in [1, 2, 3] {
        see_other(&congress.recommend(student).await);
    }
    let waits = congress.make_election().await;
    assert!(waits.status == 409 && waits.text().contains("选举之前还有“公示 3 天”"), "{}", waits.text());
    assert!(waits.text().contains("由筹备大会的单位在“代表”的“其他环节”登记"), "{}", waits.text());
    let overview = congress.league.get(&format!("{path}/delegates")).await;
    assert!(overview.attributes("main a", "href").contains(&steps), "{}", overview.text());
    assert_ne!(congress.union.get(&steps).await.status, 200, "the college's union does not keep it");
    let page = congress.league.get(&steps).await.text();
    assert!(page.contains("公示 3 天（在“推荐”之后）") && page.contains("还没有登记"), "{page}");
    let unsaid = congress.league.post(&steps, &[("place", "0"), ("from", "")]).await;
    assert_eq!(unsaid.status, 422, "{}", unsaid.text());
    let (today, before) = (congress.today.to_string(), (congress.today - Duration::days(2)).to_string());
    let short = congress.league.post(&steps, &[("place", "0"), ("from", &today)]).await;
    assert!(short.status == 409 && short.text().contains("方案规定不少于 3 天"), "{}", short.text());
    let fields = [("place", "0"), ("from", before.as_str()), ("until", today.as_str())];
    see_other(&congress.league.post(&steps, &fields).await);
    assert_eq!(congress.league.post(&steps, &fields).await.status, 409, "once");
    see_other(&congress.make_election().await);
}

#[tokio::test]
async fn con_03_who_votes_is_the_plans_where_it_says_so_whatever_the_form_asks() {
    let mut congress = prepared("suzhou-2020", 2, true).await;
    let elections = format!("{}/delegates/elections", congress.path);
    see_other(&congress.begin("2").await);
    for student in [1, 2, 3] {
        see_other(&congress.recommend(student).await);
    }
    let open = congress.union.get(&elections).await;
    assert!(open.text().contains("方案没有规定由谁投票，由院系学生会确定"), "{}", open.text());
    let mut db = congress.portal.owner().await;
    // As where recommending began under a plan that says so.
    for (voters, says) in
        [("congress", "方案规定由本院系学生代表大会选举"), ("college", "方案规定由本院系全体学生选举")]
    {
        sqlx::query("update delegate_terms set chain = jsonb_set(chain, '{voters}', to_jsonb($1::text))")
            .bind(voters)
            .execute(&mut db)
            .await
            .unwrap();
        let page = congress.union.get(&elections).await;
        assert!(page.text().contains(says) && !page.text().contains("方案没有规定由谁投票"), "{}", page.text());
        assert!(page.attributes("input[type=radio]", "name").is_empty(), "nothing to choose");
        let made = congress.make_election().await;
        if voters == "congress" {
            let text = made.text();
            assert!(made.status == 409 && text.contains("方案规定由它选举：先产生本院系大会的代表"), "{text}");
        } else {
            see_other(&made);
        }
    }
    let (body,): (String,) = sqlx::query_as("select body from contest").fetch_one(&mut db).await.unwrap();
    assert_eq!(body, "college", "though the form asked for the students of a grade");
}

#[tokio::test]
async fn con_03_the_delegates_of_a_college_elect_also_when_their_congress_is_over() {
    let mut congress = prepared("suzhou-2020", 2, true).await;
    see_other(&congress.begin("2").await);
    for student in [1, 2, 3] {
        see_other(&congress.recommend(student).await);
    }
    let mut db = congress.portal.owner().await;
    for statement in [
        "update delegate_terms set chain = jsonb_set(chain, '{voters}', '\"congress\"')",
        "insert into student_union (id, institution_id, kind, college_id, created_at)
         select gen_random_uuid(), c.institution_id, 'college', c.id, story_now()
         from college c join institution i on i.id = c.institution_id where i.code = 'first'",
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, held_on,
                               created_at, created_by)
         select gen_random_uuid(), n.institution_id, n.id, 2025, '第二次', false, 'closed', '2026-03-01', '2026-04-01',
                '2026-04-01', story_now(), g.created_by
         from student_union n join congress g on g.institution_id = n.institution_id where n.kind = 'college'",
        "insert into delegate (id, congress_id, student_id, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 'outside', false, story_now(), g.created_by
         from congress g join student s on s.institution_id = g.institution_id
         where g.stage = 'closed' and s.number between '20240010' and '20240013'",
    ] {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    see_other(&congress.make_election().await);
    let (body, people): (String, i64) = sqlx::query_as(
        "select c.body, (select count(*) from contest_person p where p.contest_id = c.id) from contest c",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!((body.as_str(), people), ("congress", 4));
}

/// Ends the mandate of the delegation's head by mistake, and takes that back: whoever moved up waits again in their place.
async fn an_end_by_mistake_is_taken_back(portal: &Portal, league: &mut Client, path: &str) {
    let seated = format!("{path}/delegates/seated");
    let end = league.get(&seated).await.attributes("details form", "action").remove(0);
    let ended = league.post_on(&end, &[("reason", "点错人")]).await;
    assert!(ended.text().contains("接替学生1"), "{}", ended.text());
    let undo = ended.attributes("form[action$='/undo-end']", "action").remove(0);
    assert_eq!(league.post(&undo, &[("reason", "")]).await.status, 409);
    // Whoever votes at the congress is a delegate for good.
    let mut db = portal.owner().await;
    sqlx::raw_sql(
        "with held as (
             insert into sitting (id, institution_id, title, stage, opens_at, closes_at, revote, threshold, created_at,
                                  created_by, congress_id)
             select gen_random_uuid(), g.institution_id, '主席团选举', 'draft', story_now(), story_now() + interval '1 day', true, 2,
                    story_now(), (select a.id from account a where a.institution_id = g.institution_id limit 1), g.id
             from congress g join delegate d on d.congress_id = g.id where d.replaces is not null returning id
         )
         insert into contest (id, sitting_id, ordinal, title, fills, body, seats, rules)
         select gen_random_uuid(), id, 1, '主席团', 'presidium', 'congress', 1, '{}' from held;
         insert into contest_person (contest_id, student_id)
         select c.id, d.student_id from contest c, delegate d where c.body = 'congress' and d.replaces is not null;
         update sitting set stage = 'announced', announced_at = story_now() where title = '主席团选举'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let late = league.post(&undo, &[("reason", "点错人")]).await;
    assert!(late.status == 409 && late.text().contains("列入选民"), "{}", late.text());
    sqlx::raw_sql(
        "update sitting set stage = 'draft', announced_at = null where title = '主席团选举';
         delete from sitting where title = '主席团选举'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let done = league.post_on(&undo, &[("reason", "点错人")]).await;
    assert!(done.text().contains("代表资格照原来的继续") && done.text().contains("候补第 1 位"), "{}", done.text());
    let delegations = league.get(&format!("{path}/delegations")).await.text();
    assert!(delegations.contains("团长 学生1"), "they head it again: {delegations}");
    assert_eq!(league.post(&undo, &[("reason", "点错人")]).await.status, 409, "it is taken back once");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
async fn con_03_delegates_go_from_recommendation_to_their_cards() {
    let mut congress = prepared("suzhou-2020", 2, true).await;
    let (path, recommendations) = (congress.path.clone(), format!("{}/delegates/recommendations", congress.path));
    let early = congress.recommend(1).await;
    assert!(early.status == 409 && early.text().contains("还没有开始推荐"), "{}", early.text());
    assert_eq!(congress.league.post(&format!("{path}/delegates/terms"), &[("closes", "")]).await.status, 422);
    see_other(&congress.begin("2").await);
    let home = congress.branch.get("/").await.text();
    assert!(home.contains("推荐代表：学校第三次学生代表大会"), "{home}");
    for student in [1, 2] {
        see_other(&congress.recommend(student).await);
    }
    assert!(!congress.branch.get("/").await.text().contains("推荐代表：学校"), "done is done");
    let own = congress.branch.get("/congresses/recommendations").await;
    assert_eq!(own.all("td[data-label='已推荐']"), ["2"]);
    // Too few candidates: who lacks how many is said, and the election is refused.
    let page = congress.union.get(&format!("{path}/delegates/elections")).await.text();
    assert!(page.contains("还差 1 名候选人") && page.contains("向上取整"), "{page}");
    assert_eq!(congress.make_election().await.status, 409);
    let missing = congress.branch.post(&recommendations, &[("number", &number(3)), ("words", "")]).await;
    assert_eq!((missing.status, missing.field("学号或姓名")), (422, number(3)));
    see_other(&congress.recommend(3).await);
    let twice = congress.recommend(3).await;
    assert!(twice.status == 409 && twice.text().contains("已由信息工程系2024级推荐"), "{}", twice.text());
    let gone = congress.recommend(60).await;
    assert!(gone.status >= 400 && !gone.text().contains("已推荐。"), "{}", gone.text());
    // Who is of another class stays unnamed: a branch that tries numbers learns nobody's name.
    let mut db = congress.portal.owner().await;
    let (before, name): (String, String) = sqlx::query_as(
        "select s.class_id::text, s.name from student s join institution i on i.id = s.institution_id
                        where s.number = $1 and i.code = $2",
    )
    .bind(number(20))
    .bind(FIRST)
    .fetch_one(&mut db)
    .await
    .unwrap();
    let other = "insert into class (id, major_id, entry_year, name)
                 select gen_random_uuid(), major_id, entry_year, '别的班' from class where id = $1::uuid";
    sqlx::query(other).bind(&before).execute(&mut db).await.unwrap();
    let away = "update student s set class_id = k.id from class k
                where s.number = $1 and s.class_id = $2::uuid and k.name = '别的班'";
    sqlx::query(away).bind(number(20)).bind(&before).execute(&mut db).await.unwrap();
    let strange = congress.recommend(20).await;
    assert!(strange.status == 409 && strange.text().contains("这名学生不在"), "{}", strange.text());
    assert!(!strange.text().contains(&name), "{}", strange.text());
    let back = "update student s set class_id = $2::uuid from class k
                where s.number = $1 and k.id = s.class_id and k.name = '别的班'";
    sqlx::query(back).bind(number(20)).bind(&before).execute(&mut db).await.unwrap();
    see_other(&congress.recommend(4).await);
    let full = congress.recommend(5).await;
    assert!(full.status == 409 && full.text().contains("最多推荐 4 人"), "{}", full.text());
    // The branch takes one back.
    let list = congress.branch.get(&recommendations).await;
    let actions = list.attributes("details form", "action");
    assert_eq!(actions.len(), 4);
    assert_eq!(congress.branch.post(&actions[3], &[("reason", "")]).await.status, 409, "a reason is asked for");
    see_other(&congress.branch.post(&actions[3], &[("reason", "本人不愿担任")]).await);

    assert_eq!(
        congress.league.get(&format!("{path}/delegates/elections")).await.status,
        404,
        "the college's union elects"
    );
    let made = congress.make_election().await;
    let sitting = see_other(&made);
    assert_eq!(congress.make_election().await.status, 409, "once");
    let late = congress.recommend(6).await;
    assert!(late.status == 409 && late.text().contains("候选人名单已经确定"), "{}", late.text());
    let mut sitting = congress.sitting(&sitting).await;
    sitting.announce().await;
    sitting.rehearse().await;
    sitting.act("open", &[]).await;
    congress.portal.app.clock.advance(Duration::minutes(70));
    congress.league = congress.portal.signed_in(OfficeKind::SchoolLeague).await;
    for (place, mut client) in voters(&congress.portal, 1..=16).await.into_iter().enumerate() {
        let second = if place < 10 { ("F", "A") } else { ("A", "F") };
        cast(&mut client, &sitting.id, &[("c1-1", "F"), ("c1-2", second.0), ("c1-3", second.1)]).await;
    }
    let unreported = congress.list(&[1, 2], &[]).await;
    assert!(unreported.status == 409 && unreported.text().contains("还没有选举结果"), "{}", unreported.text());
    sitting.count().await;
    sitting.act("report", &[]).await;
    assert!(congress.union.get("/").await.text().contains("上报当选代表名单"));
    let early = congress.league.get(&format!("{path}/qualification")).await.text();
    assert!(!early.contains("不低于60%"), "nobody is a delegate: {early}");
    let page = congress.union.get(&format!("{path}/delegates/list")).await;
    assert_eq!(page.field("当选代表（信息工程系2024级）"), format!("{} 学生1\n{} 学生2", number(1), number(2)));
    let forged = congress.list(&[1, 3], &[2]).await;
    assert_eq!(forged.status, 409);
    assert!(
        forged.text().contains("没有当选，不能列为代表") && forged.text().contains("班级团支部推荐"),
        "{}",
        forged.text()
    );
    see_other(&congress.list(&[1, 2], &[3]).await);
    assert_eq!(congress.list(&[1, 2], &[3]).await.status, 409, "it waits");

    assert!(congress.league.get("/").await.text().contains("接收代表名单 1 份"));
    let overview = congress.league.get(&format!("{path}/delegates")).await;
    let actions = overview.attributes("td form", "action");
    see_other(&congress.league.post(&actions[1], &[("reason", "请核对候补")]).await);
    assert!(congress.union.get(&format!("{path}/delegates/list")).await.text().contains("请核对候补"));
    see_other(&congress.list(&[1, 2], &[3]).await);
    see_other(&congress.league.post(&actions[0], &[]).await);
    let own = voter(&congress.portal, 1).await.get("/me/data").await.text();
    assert!(own.contains("第三次学生代表大会：正式代表"), "{own}");
    let section = congress.league.get(&path).await.text();
    assert!(section.contains("代表 2/3 名"), "{section}");

    // Delegations, and who heads one.
    let delegations = format!("{path}/delegations");
    see_other(&congress.league.post(&delegations, &[]).await);
    assert_eq!(congress.union.post(&delegations, &[]).await.status, 403);
    let page = congress.league.get(&delegations).await;
    assert!(page.text().contains("信息工程系代表团（2 人"), "{}", page.text());
    let people = page.attributes("input[name=pick]", "value");
    let seating = format!("{delegations}/seating");
    assert_eq!(congress.league.post(&seating, &[("duty", "团长")]).await.status, 422);
    let unread = congress.league.post(&seating, &[("pick", &people[0]), ("pick", "甲"), ("duty", "团长")]).await;
    assert_eq!(unread.status, 400, "nobody who was ticked is passed over");
    assert_eq!(congress.league.post(&seating, &[("pick", &people[0]), ("delegation", "甲")]).await.status, 400);
    let nobody = path.rsplit('/').next().unwrap();
    let strange = congress.league.post(&seating, &[("pick", nobody), ("duty", "团长")]).await;
    assert!(strange.status == 409 && strange.text().contains("不是本次大会的代表"), "{}", strange.text());
    see_other(&congress.league.post(&seating, &[("pick", &people[0]), ("duty", "团长")]).await);
    see_other(&congress.league.post(&seating, &[("pick", &people[1]), ("duty", "副团长")]).await);
    assert!(congress.league.get(&delegations).await.text().contains("团长 学生1"));
    see_other(&congress.league.post(&format!("{delegations}/new"), &[("name", "社团代表团")]).await);
    assert_eq!(congress.league.post(&format!("{delegations}/new"), &[("name", "社团代表团")]).await.status, 422);

    an_end_by_mistake_is_taken_back(&congress.portal, &mut congress.league, &path).await;

    // A delegate leaves: the substitute moves up, and is named.
    let mut db = congress.portal.owner().await;
    sqlx::query("update student set left_on = story_day() - 1, left_why = 'withdrawn' where number = '20240002'")
        .execute(&mut db)
        .await
        .unwrap();
    assert!(congress.league.get("/").await.text().contains("1 名代表已离校"));
    let qualification = format!("{path}/qualification");
    let adopt = [("examiners", "王老师\n李老师"), ("sure", "yes")];
    let refused = congress.league.post(&qualification, &adopt).await;
    assert!(refused.status == 409 && refused.text().contains("已经离校"), "{}", refused.text());
    let seated = congress.league.get(&format!("{path}/delegates/seated")).await;
    let ends = seated.attributes("details form", "action");
    assert_eq!(congress.league.post(&ends[1], &[("reason", "")]).await.status, 409);
    let ended = congress.league.post_on(&ends[1], &[("reason", "退学")]).await;
    assert!(ended.text().contains("接替学生2") && ended.text().contains("依次递补"), "{}", ended.text());
    assert!(voter(&congress.portal, 3).await.get("/inbox").await.text().contains("你已递补为"));

    // The report counts what is there, is adopted once, and gives the numbers.
    let page = congress.league.get(&qualification).await;
    let report = page.text();
    assert!(report.contains("女代表2人，占100.0%"), "{report}");
    assert!(report.contains("非骨干代表 2 人 ÷ 代表 2 人，不低于60%（实践惯例）"), "{report}");
    assert_eq!(congress.league.post(&qualification, &[("examiners", "")]).await.status, 422);
    let other = congress.league.post(&qualification, &adopt).await;
    assert!(other.status == 422 && other.text().contains("刚才变了"), "not the one examined: {}", other.text());
    assert_eq!(other.field("审查小组成员"), "王老师\n李老师");
    let seen = page.attributes("input[name=seen]", "value").remove(0);
    let adopt = [adopt[0], adopt[1], ("seen", seen.as_str())];
    see_other(&congress.league.post(&qualification, &adopt).await);
    assert_eq!(congress.league.post(&qualification, &adopt).await.status, 409);
    let roster = congress.league.get(&format!("{path}/delegates/roster")).await;
    assert_eq!(roster.all("td[data-label='代表证号']"), ["1", "2"]);
    assert_eq!(roster.all("td[data-label='备注']"), ["团长", ""]);
    let mut all = String::new();
    for (page, word) in [("qualification", "qualification.docx"), ("delegates/roster", "delegates/roster.docx")] {
        let page = congress.league.get(&format!("{path}/{page}")).await;
        let shown = outline(&congress.league.get(&format!("{path}/{word}")).await.bytes);
        assert_says_the_same(&page, &shown);
        writeln!(all, "--- {word}\n{}", undated(&shown)).unwrap();
    }
    assert_snapshot("delegate_papers", &all);
    let file = congress.league.get(&format!("{path}/delegates/roster.xlsx")).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
    let mut text = String::new();
    zip.by_name("xl/workbook.xml").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("代表"), "{text}");
}

#[tokio::test]
async fn con_03_jining_asks_the_party_before_anybody_stands() {
    let mut congress = prepared("jining-2022", 2, true).await;
    see_other(&congress.begin("").await);
    for student in 1..=3 {
        see_other(&congress.recommend(student).await);
    }
    let refused = congress.make_election().await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(text.contains("3 人没有走完") && text.contains("由学院学生会选举产生"), "{text}");
    let mut party = congress.portal.signed_in(OfficeKind::CollegeParty).await;
    assert!(party.get("/").await.text().contains("审查代表人选 3 人"));
    let page = party.get(&format!("{}/delegates/recommendations", congress.path)).await;
    let picks = page.attributes("input[name=pick]", "value");
    assert_eq!(picks.len(), 3);
    let review = format!("{}/delegates/review", congress.path);
    assert_eq!(congress.branch.post(&review, &[("pick", &picks[0]), ("verdict", "agree")]).await.status, 403);
    let mut league = congress.portal.signed_in(OfficeKind::SchoolLeague).await;
    let wrong = league.post(&review, &[("pick", &picks[0]), ("verdict", "agree")]).await;
    assert!(wrong.status == 409 && wrong.text().contains("代表人选所在党组织审查"), "{}", wrong.text());
    assert_eq!(party.post(&review, &[("pick", &picks[0]), ("verdict", "refuse")]).await.status, 422, "why not");
    assert_eq!(party.post(&review, &[("verdict", "agree")]).await.status, 422, "nobody is ticked");
    let torn = picks[1].split('.').next().unwrap();
    let fields = [("pick", picks[0].as_str()), ("pick", torn), ("verdict", "refuse"), ("says", "还在处分期内")];
    let unread = party.post(&review, &fields).await;
    assert_eq!((unread.status, unread.attributes(".faults a", "href")), (422, vec!["#pick".to_owned()]));
    assert!(unread.text().contains("勾选的人选有认不出的"), "not the one alone that can be read: {}", unread.text());
    assert_eq!(unread.attributes("input[name=pick][checked]", "value"), picks[..2]);
    assert_eq!(unread.attributes("input[name=verdict][checked]", "value"), ["refuse"]);
    assert_eq!(unread.field("意见"), "还在处分期内");
    see_other(&party.post(&review, &[("pick", &picks[0]), ("pick", &picks[1]), ("verdict", "agree")]).await);
    let stale = party.post(&review, &[("pick", &picks[0]), ("verdict", "agree")]).await;
    assert_eq!(stale.status, 409, "not twice");
    let refuse = [("pick", picks[2].as_str()), ("verdict", "refuse"), ("says", "还在处分期内")];
    see_other(&party.post(&review, &refuse).await);
    assert!(congress.branch.get("/inbox").await.text().contains("没有通过审查"));
    // A third goes round the Party on the sitting's own page: the announcement is refused.
    see_other(&congress.recommend(4).await);
    let page = party.get(&format!("{}/delegates/recommendations", congress.path)).await;
    let picks = page.attributes("input[name=pick]", "value");
    see_other(&party.post(&review, &[("pick", &picks[0]), ("verdict", "agree")]).await);
    let path = see_other(&congress.make_election().await);
    let mut sitting = congress.sitting(&path).await;
    let contest = sitting.keeper.get(&path).await.attributes("a", "href");
    let contest = contest.into_iter().find(|href| href.contains("/contests/") && !href.ends_with("new")).unwrap();
    let candidates = [("numbers", number(9)), ("origin", "自荐".to_owned())];
    let candidates: Vec<(&str, &str)> = candidates.iter().map(|(name, value)| (*name, value.as_str())).collect();
    see_other(&sitting.keeper.post(&format!("{contest}/candidates"), &candidates).await);
    let announced = sitting.keeper.post(&format!("{path}/announce"), &[]).await;
    assert_eq!(announced.status, 409);
    assert!(announced.text().contains("学生9没有经过推荐和规定的审查"), "{}", announced.text());
    assert!(announced.text().contains("由学院学生会选举产生"), "the clause is quoted");
}

#[tokio::test]
async fn con_03_each_office_of_a_step_speaks_for_itself_also_where_one_body_acts_for_two() {
    let mut congress = prepared("jining-2022", 2, true).await;
    let (_, text) = BUILT_IN.iter().find(|(code, _)| *code == "jining-2022").unwrap();
    let one = "by = [\"delegate_party\"]";
    assert_eq!(text.matches(one).count(), 1);
    let two = "by = [\"delegate_party\", { name = \"组织员办公室\", acts = \"delegate_party\" }]";
    adopt_text(&congress.portal, &text.replace(one, two)).await;
    see_other(&congress.begin("").await);
    see_other(&congress.recommend(1).await);
    let list = format!("{}/delegates/recommendations", congress.path);
    let review = format!("{}/delegates/review", congress.path);
    let mut party = congress.portal.signed_in(OfficeKind::CollegeParty).await;
    let first = party.get(&list).await.attributes("input[name=pick]", "value").remove(0);
    see_other(&party.post(&review, &[("pick", &first), ("verdict", "agree")]).await);
    let page = party.get(&list).await;
    assert!(page.text().contains("代“组织员办公室”办理"), "{}", page.text());
    let second = page.attributes("input[name=pick]", "value").remove(0);
    let one_hand = party.post(&review, &[("pick", &second), ("verdict", "agree")]).await;
    assert!(one_hand.status == 409 && one_hand.text().contains("不能再签另一单位的意见"), "{}", one_hand.text());
    let refused = congress.make_election().await;
    assert!(refused.status == 409 && refused.text().contains("1 人没有走完"), "{}", refused.text());
    let mut other = congress.portal.signed_in_beside(OfficeKind::CollegeParty, "organiser", "组织员甲").await;
    let stale = other.post(&review, &[("pick", &first), ("verdict", "agree")]).await;
    assert!(stale.status == 409 && stale.text().contains("的意见已签署或收回"), "{}", stale.text());
    see_other(&other.post(&review, &[("pick", &second), ("verdict", "agree")]).await);
    assert!(other.get(&list).await.attributes("input[name=pick]", "value").is_empty(), "both have spoken");
}

#[tokio::test]
async fn con_10_a_college_congress_in_jining_goes_by_the_same_steps() {
    let mut congress = prepared("jining-2022", 2, true).await;
    let mut db = congress.portal.owner().await;
    sqlx::query(
        "update student_union set kind = 'college', college_id = (
             select c.id from college c join institution i on i.id = c.institution_id where i.code = 'first')",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let refused = congress.begin("").await;
    assert_eq!(refused.status, 404, "the college's League organisation keeps it");
    congress.league = congress.portal.signed_in(OfficeKind::CollegeLeague).await;
    see_other(&congress.begin("").await);
    for student in 1..=3 {
        see_other(&congress.recommend(student).await);
    }
    let refused = congress.make_election().await;
    assert!(refused.status == 409 && refused.text().contains("其程序同校级学生代表大会一致"), "{}", refused.text());
}

#[tokio::test]
async fn recommending_waits_for_approved_seats_and_a_graduated_grade_stands_no_more() {
    let mut congress = prepared("suzhou-2020", 1, false).await;
    let refused = congress.begin("").await;
    assert!(refused.status == 409 && refused.text().contains("还没有批准"), "{}", refused.text());
    let mut db = congress.portal.owner().await;
    sqlx::query("update congress set seats_approved_at = created_at, seats_approved_by = created_by")
        .execute(&mut db)
        .await
        .unwrap();
    see_other(&congress.begin("").await);
    for student in 1..=3 {
        see_other(&congress.recommend(student).await);
    }
    sqlx::query(
        "update student set left_on = story_day(), left_why = 'graduated' where number in ('20240001', '20240002')",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let page = congress.union.get(&format!("{}/delegates/elections", congress.path)).await.text();
    assert!(page.contains("2 人已不在本单位") && page.contains("还差 1 名候选人"), "{page}");
    let refused = congress.make_election().await;
    assert_eq!(refused.status, 409);
    see_other(&congress.recommend(4).await);
    see_other(&congress.make_election().await);
    let (lapsed,): (i64,) =
        sqlx::query_as("select count(*) from recommendation where stage = 'lapsed'").fetch_one(&mut db).await.unwrap();
    assert_eq!(lapsed, 2);
}

async fn send_report(client: &mut Client, path: &str, fields: &[(&'static str, String)], scan: &[u8]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    with_scan(client, path, &fields, scan).await
}

#[tokio::test]
async fn a_society_names_its_delegate_and_a_result_from_elsewhere_rests_on_its_report() {
    let mut congress = prepared("suzhou-2020", 1, true).await;
    see_other(&congress.begin("").await);
    let path = congress.path.clone();
    let recommend = format!("{path}/delegates/recommendations");
    for student in [11, 12] {
        let number = number(student);
        let fields = [("unit", "2"), ("number", number.as_str()), ("words", "社团大会提名")];
        see_other(&congress.league.post(&recommend, &fields).await);
    }
    // Whoever a society has named is nobody else's.
    let twice = congress.recommend(11).await;
    assert!(twice.status == 409 && twice.text().contains("已由青年志愿者协会推荐"), "{}", twice.text());
    let report = format!("{path}/delegates/reports/2");
    assert_eq!(congress.union.get(&report).await.status, 404, "not the college's");
    let today = congress.today.to_string();
    let votes =
        |first: u32, second: u32| format!("{} 学生{first} 40\n{} 学生{second} 20", number(first), number(second));
    let fields = |votes: &str| {
        vec![
            ("held", today.clone()),
            ("how", "社团成员大会无记名投票".to_owned()),
            ("due", "80".to_owned()),
            ("present", "60".to_owned()),
            ("votes", votes.to_owned()),
        ]
    };
    let bare = send_report(&mut congress.league, &report, &fields(&votes(11, 12)), b"no paper").await;
    assert!(bare.status == 422 && bare.fault("签字的选举报告").contains("PDF"), "{}", bare.text());
    assert_eq!(bare.field("应到（人）"), "80", "what was typed stays");
    let stranger = send_report(&mut congress.league, &report, &fields(&votes(11, 13)), b"%PDF-1").await;
    assert!(stranger.status == 409 && stranger.text().contains("没有走完"), "{}", stranger.text());
    assert!(stranger.text().contains("班级团支部推荐"), "the clause is quoted");
    see_other(&send_report(&mut congress.league, &report, &fields(&votes(11, 12)), b"%PDF-1").await);
    assert_eq!(congress.league.get(&format!("{report}/scan")).await.bytes, b"%PDF-1");
    let page = congress.league.get(&format!("{path}/delegates/list")).await;
    assert!(page.text().contains("在系统以外选举"), "{}", page.text());
    let (elected, next) = (number(11), number(12));
    let fields = [("elected_2", elected.as_str()), ("substitutes_2", next.as_str())];
    see_other(&congress.league.post(&format!("{path}/delegates/list"), &fields).await);
    let overview = congress.league.get(&format!("{path}/delegates")).await;
    let receive = overview.attributes("td form", "action").remove(0);
    see_other(&congress.league.post(&receive, &[]).await);
    assert_eq!(congress.league.post(&format!("{report}/withdraw"), &[]).await.status, 409, "delegates rest on it");
    // A delegate is erased later: the seat stays, the name goes.
    let mut db = congress.portal.owner().await;
    sqlx::query("update student set left_on = '2010-01-01', left_why = 'other' where number = '20240011'")
        .execute(&mut db)
        .await
        .unwrap();
    let mut administrator = congress.portal.signed_in(OfficeKind::Administrator).await;
    see_other(&administrator.post("/retention/erase", &[("total", "1")]).await);
    let seated = congress.league.get(&format!("{path}/delegates/seated")).await.text();
    assert!(seated.contains("已删除") && !seated.contains("学生11<"), "{seated}");
    let (words,): (i64,) = sqlx::query_as("select count(*) from recommendation_opinion where says = '已删除'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(words, 1);
}

#[tokio::test]
async fn sixty_four_recommendations_at_once_stay_within_the_units_limit() {
    let mut congress = prepared("suzhou-2020", 2, true).await;
    see_other(&congress.begin("3").await);
    let recommend = format!("{}/delegates/recommendations", congress.path);
    let attempts = (0..64_u32).map(|attempt| {
        let (mut client, path) = (congress.branch.clone(), recommend.clone());
        tokio::spawn(async move {
            let number = number(attempt % 20 + 1);
            client.post(&path, &[("number", &number), ("words", "同意推荐")]).await.status
        })
    });
    let mut made = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        let status = attempt.await.unwrap();
        assert!([303, 409, 503].contains(&status), "{status}");
        made += i64::from(status == 303);
    }
    let (standing,): (i64,) = sqlx::query_as("select count(*) from recommendation where stage = 'passed'")
        .fetch_one(&mut congress.portal.owner().await)
        .await
        .unwrap();
    assert_eq!((made, standing), (6, 6));
}
