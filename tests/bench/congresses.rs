//! Congresses: the overview of few and of many, and how fast delegates are checked in at several desks.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use sqlx::{PgConnection, PgPool};
use tokio::runtime::Runtime;

use super::{Connection, ROUNDS, SENT, bind, make_unions, percentile, spread};

/// Universities with so many congresses of 75 delegates each.
const FEW: (&str, i32) = ("congress", 4);
const MANY: (&str, i32) = ("congresses", 40);
/// Desks in a hall.
const DESKS: usize = 4;
/// The university whose congresses meet, and of each how many delegates come besides the 75: of a school or a college as it is,
/// of a large one (seats are given out up to 5,000), and every student at once.
const MEETING: (&str, i32) = ("halls", 3);
const COMING: [i32; 3] = [300, 3_000, 60_000];
/// Of a larger hall no more come in a round.
const MOST_AT_ONCE: u64 = 6_000;

/// Makes the universities of the overview; their unions have a hundred students each.
pub async fn make(db: &mut PgConnection, hash: &str) {
    for (code, unions) in [FEW, MANY, MEETING] {
        make_unions(db, hash, code, unions).await;
        for statement in [
            "insert into congress (id, institution_id, union_id, academic_year, ordinal, of_all, stage, counted_on, meets_on,
                                   created_at, created_by)
             select gen_random_uuid(), u.institution_id, u.id, 2026, '第一次', false, 'convened', current_date, current_date, now(),
                    a.id
             from student_union u join institution i on i.id = u.institution_id
                  join account a on a.institution_id = i.id and a.number = 'L1' where i.code = $1",
            "insert into congress_unit (congress_id, place, kind, college_id, entry_year, students, seats)
             select g.id, 1, 'grade', u.college_id, 2024, 100, 75 from congress g join student_union u on u.id = g.union_id
                    join institution i on i.id = g.institution_id where i.code = $1",
            "insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
             select gen_random_uuid(), g.id, s.id, 1, 'elected', false, now(), g.created_by
             from congress g join institution i on i.id = g.institution_id join student_union u on u.id = g.union_id
                  join lateral (select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                                where m.college_id = u.college_id order by s.number limit 75) s on true
             where i.code = $1",
        ] {
            sqlx::query(statement).bind(code).execute(&mut *db).await.unwrap();
        }
    }
    sqlx::query("analyze").execute(&mut *db).await.unwrap();
}

/// The list of 4 and of 40 congresses: how it grows, and in how many statements.
pub fn overview(portal: SocketAddr) {
    let mut medians = Vec::new();
    for (code, congresses) in [FEW, MANY] {
        let mut connection = Connection::open(portal);
        let cookie = connection.sign_in_as(code, "L1");
        for path in ["/congresses", "/compliance"] {
            assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
            let (mut times, before) = (Vec::new(), SENT.load(Ordering::Relaxed));
            for _ in 0..10 {
                let began = Instant::now();
                assert_eq!(connection.ask("GET", path, &cookie, "").0, 200);
                times.push(began.elapsed());
            }
            let each = (SENT.load(Ordering::Relaxed) - before) / 10;
            let (median, delegates) = (percentile(times, 50), congresses * 75);
            medians.push(median.as_secs_f64());
            println!(
                "{path:12} of {congresses:2} congresses, {delegates:4} delegates  {median:.1?} in {each} statements"
            );
        }
    }
    println!(
        "  ten times the congresses take           {:.1} and {:.1} times\n",
        medians[2] / medians[0],
        medians[3] / medians[1]
    );
}

/// The barest check-in: one row for one request.
async fn bare_row(State(pool): State<PgPool>, number: String) -> StatusCode {
    sqlx::query("insert into bare_attendance (number, at) values ($1, now())")
        .bind(number)
        .execute(&pool)
        .await
        .unwrap();
    StatusCode::NO_CONTENT
}

/// What the halls have in common: the students of whom delegates are taken, and an officer with an account of their own for each
/// desk.
async fn prepare_halls(pool: &PgPool) {
    for (statement, most) in [
        (
            "insert into student (id, institution_id, number, name, class_id)
             select gen_random_uuid(), i.id, 'D' || n, '代表' || n, (select k.id from class k join major m on m.id = k.major_id
                    join college c on c.id = m.college_id where c.institution_id = i.id limit 1)
             from institution i, generate_series(1, $2) n where i.code = $1",
            COMING.into_iter().max().unwrap(),
        ),
        (
            "insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password, created_at)
             select gen_random_uuid(), a.institution_id, 'O' || n, '签到员' || n, a.password_hash, now(), false, now()
             from account a join institution i on i.id = a.institution_id, generate_series(0, $2) n
             where i.code = $1 and a.number = 'L1'",
            i32::try_from(DESKS).unwrap() - 1,
        ),
    ] {
        sqlx::query(statement).bind(MEETING.0).bind(most).execute(pool).await.unwrap();
    }
    let bare = "create table bare_attendance (number text not null, at timestamptz not null)";
    sqlx::query(bare).execute(pool).await.unwrap();
}

/// Opens check-in at a congress that did not meet before, for so many delegates more; the path of its desks.
async fn hall(pool: &PgPool, delegates: i32) -> String {
    let (id,): (String,) = sqlx::query_as(
        "select g.id::text from congress g join institution i on i.id = g.institution_id where i.code = $1
               and not exists (select from meeting m where m.congress_id = g.id) limit 1",
    )
    .bind(MEETING.0)
    .fetch_one(pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 1, 'elected', false, now(), g.created_by
         from congress g join generate_series(1, $2) n on true
              join student s on s.institution_id = g.institution_id and s.number = 'D' || n
         where g.id = $1::uuid",
    )
    .bind(&id)
    .bind(delegates)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query(
        "with met as (
             insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source,
                                  basis, check_in, check_in_opened_at)
             select id, now(), '大礼堂', 2, 3, true, 'present', 'practice', '', 'open', now() from congress where id = $1::uuid
             returning congress_id
         )
         insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
         select met.congress_id, a.id, substr(a.number, 2) || ' 号台', now(), a.id
         from met join congress g on g.id = met.congress_id join account a on a.institution_id = g.institution_id
         where a.number like 'O%'",
    )
    .bind(&id)
    .execute(pool)
    .await
    .unwrap();
    sqlx::query("analyze").execute(pool).await.unwrap();
    format!("/congresses/{id}/check-in")
}

/// How many a second `work` takes of people who come once each to the desks, each of which has a state of its own.
fn once_each<S>(people: u64, start: impl Fn(usize) -> S + Sync, work: impl Fn(&mut S, u64) + Sync) -> f64 {
    let next = AtomicU64::new(1);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for desk in 0..DESKS {
            let (next, start, work) = (&next, &start, &work);
            scope.spawn(move || {
                let mut state = start(desk);
                loop {
                    let person = next.fetch_add(1, Ordering::Relaxed);
                    if person > people {
                        break;
                    }
                    work(&mut state, person);
                }
            });
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "far below the limit")]
    let people = people as f64;
    people / began.elapsed().as_secs_f64()
}

/// Checks a person in at a desk; where the page is that tells of it.
fn check_in(connection: &mut Connection, path: &str, cookie: &str, person: u64) -> String {
    let kind = "application/x-www-form-urlencoded";
    let answer = connection.send("POST", path, cookie, kind, &format!("who=D{person}"));
    assert!(answer.location.contains("came=now"), "{} {}", answer.status, answer.location);
    answer.location
}

/// Delegates a second at four desks, against rows a second that the barest handler writes for as many connections. The acts
/// alone, as the rows are; and with the page that a desk is shown after each.
pub fn check_ins(runtime: &Runtime, portal: SocketAddr, url: &str) {
    let (pool, bare) = runtime.block_on(async {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(16).connect(url).await.unwrap();
        prepare_halls(&pool).await;
        let (listener, at) = bind().await;
        let router = Router::new().route("/", post(bare_row)).with_state(pool.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        (pool, at)
    });
    let officers: Vec<String> =
        (0..DESKS).map(|desk| Connection::open(portal).sign_in_as(MEETING.0, &format!("O{desk}"))).collect();
    for delegates in COMING {
        let path = runtime.block_on(hall(&pool, delegates));
        let (mut rows, mut acts, mut with_page, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let people = u64::try_from(delegates).unwrap().min(MOST_AT_ONCE);
        let emptied = || {
            runtime.block_on(sqlx::query("truncate attendance").execute(&pool)).unwrap();
        };
        for _ in 0..ROUNDS {
            let written = once_each(
                people,
                |_| Connection::open(bare),
                |connection, person| assert_eq!(connection.ask("POST", "/", "", &format!("D{person}")).0, 204),
            );
            emptied();
            let act = |(connection, desk): &mut (Connection, usize), person| {
                check_in(connection, &path, &officers[*desk], person);
            };
            let acted = once_each(people, |desk| (Connection::open(portal), desk), act);
            emptied();
            let shown = |(connection, desk): &mut (Connection, usize), person| {
                let told = check_in(connection, &path, &officers[*desk], person);
                assert_eq!(connection.ask("GET", &told, &officers[*desk], "").0, 200);
            };
            with_page.push(once_each(people, |desk| (Connection::open(portal), desk), shown));
            emptied();
            ratios.push(acted / written);
            rows.push(written);
            acts.push(acted);
        }
        println!("{delegates:6} delegates at {DESKS} desks");
        println!("  rows a second by a bare handler         {}", spread(rows, 0));
        println!("  check-ins a second                      {}", spread(acts, 0));
        println!("  ratio (target 0.70)                     {}", spread(ratios, 3));
        println!("  check-ins a second, each with its page  {}\n", spread(with_page, 0));
    }
}
