//! A congress that was convened for today, with its delegates, as its preparation leaves it.

use lunzhi::office::OfficeKind;

use super::{Client, FIRST, Portal};

/// The school's congress, convened for today, with so many delegates: students from number 1 on, in two delegations, each with a
/// card's number. More students are made where the class has too few.
pub async fn convened(portal: &Portal, delegates: i32) -> String {
    let mut db = portal.owner().await;
    let today = portal.app.clock.today();
    for statement in [
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), i.id, '2024' || lpad(n::text, 4, '0'), '学生' || n, k.id
         from institution i join college c on c.institution_id = i.id join major m on m.college_id = c.id
              join class k on k.major_id = m.id, generate_series(151, $2) n where i.code = $1 and $3::date is not null",
        "insert into student_union (id, institution_id, kind, created_at)
         select gen_random_uuid(), id, 'school', story_now() from institution where code = $1 and $2 > 0 and $3::date is not null
         on conflict do nothing",
        "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on, created_at,
                               created_by)
         select gen_random_uuid(), u.institution_id, u.id, 2026, '第三次', false, 'convened', $3, $3, story_now(), a.id
         from student_union u join institution i on i.id = u.institution_id
              join account a on a.institution_id = i.id and a.number = 'school_league'
         where i.code = $1 and u.kind = 'school' and $2 > 0",
        "insert into congress_unit (congress_id, place, kind, college_id, entry_year, students, seats)
         select g.id, 1, 'grade', c.id, 2024, 150, $2 from congress g join institution i on i.id = g.institution_id
                join college c on c.institution_id = i.id where i.code = $1 and $3::date is not null",
        "insert into congress_delegation (id, congress_id, place, name)
         select gen_random_uuid(), g.id, d.place, d.name from congress g join institution i on i.id = g.institution_id,
                (values (1, '信息工程系代表团'), (2, '社团代表团')) d(place, name)
         where i.code = $1 and $2 > 0 and $3::date is not null",
        "insert into delegate (id, congress_id, student_id, unit, delegation_id, number, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 1, d.id, row_number() over (order by s.number), 'elected', false, story_now(), g.created_by
         from congress g join institution i on i.id = g.institution_id join student s on s.institution_id = i.id
              join congress_delegation d on d.congress_id = g.id and d.place = 1 + right(s.number, 1)::integer % 2
         where i.code = $1 and s.number between '20240001' and '2024' || lpad($2::text, 4, '0') and $3::date is not null",
    ] {
        sqlx::query(statement).bind(FIRST).bind(delegates).bind(today).execute(&mut db).await.unwrap();
    }
    let (id,): (String,) = sqlx::query_as(
        "select g.id::text from congress g join institution i on i.id = g.institution_id where i.code = $1",
    )
    .bind(FIRST)
    .fetch_one(&mut db)
    .await
    .unwrap();
    format!("/congresses/{id}")
}

/// Prepares its meeting as practice does, by the League committee.
pub async fn prepared(portal: &Portal, delegates: i32) -> (String, Client) {
    let path = convened(portal, delegates).await;
    let mut league = portal.signed_in(OfficeKind::SchoolLeague).await;
    let form = league.get(&format!("{path}/meeting/setup")).await;
    let starts = form.field("开会时间");
    let fields = [
        ("starts", starts.as_str()),
        ("place", "大学生活动中心"),
        ("quorum", "2/3+"),
        ("majority", "present"),
        ("source", "practice"),
        ("rows", "10"),
        ("columns", "12"),
    ];
    let page = league.post_on(&format!("{path}/meeting/setup"), &fields).await;
    assert!(page.text().contains("已保存会议安排"), "{}", page.text());
    (path, league)
}

/// As [`prepared`], with check-in open.
pub async fn checking_in(portal: &Portal, delegates: i32) -> (String, Client) {
    let (path, mut league) = prepared(portal, delegates).await;
    let page = league.post_on(&format!("{path}/check-in/state"), &[("to", "open")]).await;
    assert!(page.text().contains("签到已开始"), "{}", page.text());
    (path, league)
}
