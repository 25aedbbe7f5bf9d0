//! 对照检查总览 is kept judged at each portal and never older than a fact: whatever a judgement looks at is changed, at another
//! portal or past all of them, and the page says at once what a portal says that was started a moment ago.

use lunzhi::{office::OfficeKind, router::Portal as Lunzhi, unions::Overviews};
use time::{Date, Duration};

use crate::support::{
    Client, Page, Portal,
    elected::{elect, held},
    union::{appoint, ready, rows, union},
};

/// What is changed of the facts of a union (`$1`) on a day (`$2`), each with a difference that the overview shows.
const CHANGES: [(&str, &str); 12] = [
    (
        "a post begins",
        "insert into post (id, union_id, student_id, kind, from_day)
         select gen_random_uuid(), u.id, s.id, 'presidium', $2::date
         from student s join student_union u on u.institution_id = s.institution_id
         where u.id = $1::uuid and s.number = '20240030'",
    ),
    (
        "a post is to begin",
        "insert into post (id, union_id, student_id, kind, from_day)
         select gen_random_uuid(), u.id, s.id, 'presidium', $2::date + 30
         from student s join student_union u on u.institution_id = s.institution_id
         where u.id = $1::uuid and s.number = '20240031'",
    ),
    (
        "a post ends",
        "update post p set until_day = $2::date from student s
         where s.id = p.student_id and s.number = '20240012' and p.union_id = $1::uuid",
    ),
    ("a department is renamed", "update department set name = '宣传策划部' where union_id = $1::uuid and from_day < $2::date"),
    (
        "somebody is on duty",
        "insert into turn (id, union_id, student_id, from_day, until_day, state, proposed_at)
         select gen_random_uuid(), u.id, s.id, $2::date - 5, $2::date + 60, 'confirmed', story_now()
         from student s join student_union u on u.institution_id = s.institution_id
         where u.id = $1::uuid and s.number = '20240001'",
    ),
    (
        "a political status",
        "update student s set political = '群众' from student_union u
         where u.id = $1::uuid and u.institution_id = s.institution_id and s.number = '20240002' and $2::date is not null",
    ),
    (
        "a rank",
        "insert into grade_fact (id, student_id, basis, period, rank, cohort, failed, source, recorded_at, recorded_by)
         select gen_random_uuid(), s.id, 'semester', '2025—2026 学年第二学期', 590, 600, 0, '教务处', story_now() + interval '1 hour',
                (select a.id from account a where a.institution_id = s.institution_id limit 1)
         from student s join student_union u on u.institution_id = s.institution_id
         where u.id = $1::uuid and s.number = '20240001' and $2::date is not null",
    ),
    (
        "a name",
        "update student s set name = '欧阳新名' from student_union u
         where u.id = $1::uuid and u.institution_id = s.institution_id and s.number = '20240001' and $2::date is not null",
    ),
    (
        "a semester",
        "insert into semester (id, institution_id, name, from_day, until_day)
         select gen_random_uuid(), institution_id, '本学期', $2::date - 60, $2::date + 60 from student_union
         where id = $1::uuid",
    ),
    (
        "a text to sign",
        "insert into pledge_text (id, institution_id, title, body, from_day, kept_at, kept_by)
         select gen_random_uuid(), u.institution_id, '自律公约', '遵守', $2::date, story_now(),
                (select a.id from account a where a.institution_id = u.institution_id limit 1)
         from student_union u where u.id = $1::uuid",
    ),
    (
        "a training",
        "with announced as (
             insert into training (id, institution_id, title, on_day, place, says, taken_at, closed_at, taken_by)
             select gen_random_uuid(), u.institution_id, '骨干培训', $2::date, '报告厅', '学习章程', story_now(), story_now(),
                    (select a.id from account a where a.institution_id = u.institution_id limit 1)
             from student_union u where u.id = $1::uuid returning id
         )
         insert into training_union (training_id, union_id) select id, $1::uuid from announced",
    ),
    (
        "a day to mend",
        "insert into mending (id, union_id, rule, due_on, says, office, by_account, at)
         select gen_random_uuid(), u.id, 'ELG-01', $2::date + 10, '按程序办理', '校团委',
                (select a.id from account a where a.institution_id = u.institution_id limit 1), story_now()
         from student_union u where u.id = $1::uuid",
    ),
];

/// More that a judgement looks at, whether or not it makes a difference here.
const OTHERS: [(&str, &str); 6] = [
    (
        "a pledge",
        "insert into pledge (student_id, academic_year, text_id, signed_at)
         select s.id, academic_year($2::date), t.id, story_now()
         from student s join pledge_text t on t.institution_id = s.institution_id
              join student_union u on u.institution_id = s.institution_id
         where u.id = $1::uuid and s.number = '20240003'",
    ),
    (
        "a review",
        "insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects,
                             aspects_by_default, weights, most, trims, excellent, good, satisfactory, objection_days, begun_at,
                             begun_by)
         select gen_random_uuid(), u.institution_id, u.id, s.id, 'reporting', $2::date - 2, $2::date, '{学习}', true, '{100}', 100,
                false, 90, 75, 60, 5, story_now(), (select a.id from account a where a.institution_id = u.institution_id limit 1)
         from student_union u join semester s on s.institution_id = u.institution_id where u.id = $1::uuid",
    ),
    (
        "somebody who reports",
        "insert into review_person (review_id, place, student_id, posts)
         select r.id, 1, s.id, '主席团成员' from review r join student s on s.institution_id = r.institution_id
         where r.union_id = $1::uuid and s.number = '20240001' and $2::date is not null",
    ),
    (
        "a reason",
        "insert into union_fact (id, union_id, at, office, act, reason, warned)
         select gen_random_uuid(), $1::uuid, story_now(), '校团委', 'appointed', '工作需要',
                '[{\"rule\": \"STF-01\", \"unit\": null, \"says\": \"\"}]' where $2::date is not null",
    ),
    ("another organisation", "update organisation set functions = '文艺' where $1::uuid is not null and $2::date is not null"),
    (
        "a year without a congress",
        "insert into congress_slip (union_id, academic_year, reason, kept_at, kept_by)
         select u.id, academic_year($2::date) - 1, '校区搬迁', story_now(),
                (select a.id from account a where a.institution_id = u.institution_id limit 1)
         from student_union u where u.id = $1::uuid",
    ),
];

/// It is said that the rankings so far are none in the major.
const EARLIER_RANKINGS: &str = "
    insert into unsaid_ranking (institution_id, before, answer, answered_at, office)
    select institution_id, '2100-01-01', 'other', story_now(), '学生工作部（处）' from student_union
    where id = $1::uuid and $2::date is not null";

/// What the overview says, but for the time of day.
fn said(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.text());
    let texts = [".matrix td", ".breaches li", "p.note", ".headline", "table.cards td"];
    let texts = texts.iter().flat_map(|selector| page.all(selector));
    let drawn = page.attributes("svg.chart", "aria-label");
    texts.chain(page.attributes(".matrix a", "title")).chain(drawn).collect()
}

/// A portal on the same database that has kept nothing.
fn fresh(portal: &Portal) -> Portal {
    let overviews = Overviews::new(&portal.app);
    portal.with(Lunzhi { overviews, ..portal.app.clone() })
}

/// What the overview says at the portal that has kept it, which must be what a portal says that has kept nothing.
async fn overview(portal: &Portal, league: &mut Client, after: &str) -> Vec<String> {
    let kept = said(&league.get("/compliance").await);
    let again = said(&league.get("/compliance").await);
    let anew = said(&league.at(&fresh(portal)).get("/compliance").await);
    assert_eq!(kept, anew, "after {after}");
    assert_eq!(again, anew, "once more after {after}");
    // The home page counts in the same overview.
    let home = league.get("/").await.all("ul.tiles li");
    assert_eq!(home, league.at(&fresh(portal)).get("/").await.all("ul.tiles li"), "at home after {after}");
    kept
}

async fn change(portal: &Portal, path: &str, day: Date, statement: &'static str) {
    let union = path.rsplit('/').next().unwrap();
    let done = sqlx::query(statement).bind(union).bind(day).execute(&mut portal.owner().await).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
}

/// A school's and a college's union under the rules for nine days.
async fn unions(league: &mut Client, today: Date) -> String {
    let day = (today - Duration::days(9)).to_string();
    let roster =
        rows(1, 3, "主席团成员", "") + &rows(10, 1, "部门负责人", "综合部") + &rows(12, 4, "部门工作人员", "综合部");
    let path = union(league, "school", &roster, &day, true).await;
    union(league, "colleges", &rows(50, 3, "主席团成员", ""), &day, true).await;
    path
}

#[tokio::test]
async fn the_overview_is_never_older_than_a_fact() {
    let (portal, mut league, today) = ready().await;
    let path = unions(&mut league, today).await;
    let mut before = overview(&portal, &mut league, "nothing").await;
    for (what, statement) in CHANGES {
        change(&portal, &path, today, statement).await;
        let now = overview(&portal, &mut league, what).await;
        assert_ne!(now, before, "{what} is seen");
        before = now;
    }
    for (what, statement) in OTHERS {
        change(&portal, &path, today, statement).await;
        overview(&portal, &mut league, what).await;
    }
    held(&portal, &path, today).await;
    overview(&portal, &mut league, "a congress").await;
    sqlx::query("update congress set stage = 'closed'").execute(&mut portal.owner().await).await.unwrap();
    elect(&portal, &path, &[2], today).await;
    overview(&portal, &mut league, "an election").await;
    sqlx::query("update institution set stroke_order = stroke_order").execute(&mut portal.owner().await).await.unwrap();
    let ranked = overview(&portal, &mut league, "the order of names").await;
    change(&portal, &path, today, EARLIER_RANKINGS).await;
    assert_ne!(overview(&portal, &mut league, "the answer").await, ranked, "the rankings are missing from now on");
    // Time alone changes it too.
    portal.app.clock.advance(Duration::days(40));
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let now = overview(&portal, &mut league, "forty days").await;
    assert_ne!(now, before, "the post that was to begin has begun");
    // Another office sees another page, and a part of the unions is no overview of all.
    let mut party = portal.signed_in(OfficeKind::SchoolParty).await;
    overview(&portal, &mut party, "another office").await;
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(league.get(&format!("/compliance?union={id}")).await.all(".matrix tbody tr").len(), 1);
    assert_eq!(league.get("/compliance").await.all(".matrix tbody tr").len(), 2);
}

#[tokio::test]
async fn what_one_portal_changes_the_other_shows_at_once() {
    let (one, mut league, today) = ready().await;
    let path = unions(&mut league, today).await;
    let other = one.restarted();
    let mut there = league.at(&other);
    overview(&one, &mut league, "a look").await;
    let before = overview(&other, &mut there, "a look").await;
    let done = appoint(&mut there, &path, 40, "staff", "综合部", today).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let now = overview(&one, &mut league, "an appointment at the other").await;
    assert_ne!(now, before);
    assert_eq!(overview(&other, &mut there, "an appointment here").await, now);
}

#[tokio::test]
async fn a_union_is_judged_again_only_where_a_stamp_says_so() {
    let (portal, mut league, today) = ready().await;
    unions(&mut league, today).await;
    let before = overview(&portal, &mut league, "nothing").await;
    let mut db = portal.owner().await;
    let unnoticed = [
        "alter table student disable trigger student_stamped",
        "update student set political = '群众' where number = '20240002'",
        "alter table student enable trigger student_stamped",
    ];
    for statement in unnoticed {
        sqlx::query(statement).execute(&mut db).await.unwrap();
    }
    assert_eq!(said(&league.get("/compliance").await), before, "kept, for no stamp says otherwise");
    let anew = said(&league.at(&fresh(&portal)).get("/compliance").await);
    assert_ne!(anew, before);
    sqlx::query("update student set name = name where number = '20240002'").execute(&mut db).await.unwrap();
    assert_eq!(said(&league.get("/compliance").await), anew, "now one does");
}

#[tokio::test]
async fn many_unions_stand_on_several_pages_of_the_table_the_gravest_first() {
    let (portal, mut league, today) = ready().await;
    unions(&mut league, today).await;
    sqlx::query(
        "with made as (
             insert into college (id, institution_id, name) select gen_random_uuid(), i.id, '新院系' || n
             from institution i, generate_series(1, 70) n where i.code = 'first' returning id, institution_id
         )
         insert into student_union (id, institution_id, kind, college_id, created_at)
         select gen_random_uuid(), institution_id, 'college', id, story_now() from made",
    )
    .execute(&mut portal.owner().await)
    .await
    .unwrap();
    let first = league.get("/compliance").await;
    let names = first.all(".matrix tbody th");
    assert_eq!(names.len(), 60);
    assert!(names[..2].iter().all(|name| !name.contains("未登记")), "{names:?}");
    assert!(first.text().contains("共 72 个组织，最要紧的在前，本页 60 个"), "{}", first.text());
    let next = first.attributes(".actions a", "href").into_iter().find(|href| href.contains("page=")).unwrap();
    assert_eq!(next, "/compliance?page=1");
    let second = league.get(&next).await;
    assert_eq!(second.all(".matrix tbody th").len(), 12);
    assert_eq!(league.get("/compliance?page=7").await.all(".matrix tbody th").len(), 12, "there is no later one");
    assert!(league.get("/compliance/report").await.text().contains("对72个学生会组织"));
}
