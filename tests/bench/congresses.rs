//! Congresses: the overview of few and of many, and how fast delegates are checked in at several desks.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use sqlx::{PgConnection, PgPool};
use tokio::runtime::Runtime;

use super::{Connection, ROUNDS, SENT, bind, make_unions, percentile, rate, spread};

/// Universities with so many congresses of 75 delegates each.
const FEW: (&str, i32) = ("congress", 4);
const MANY: (&str, i32) = ("congresses", 40);
/// Desks in a hall.
const DESKS: usize = 4;
/// Students who are delegates of the congress that meets, more than come in a round.
const DELEGATES: i32 = 60_000;

/// Makes the universities of the overview; their unions have a hundred students each.
pub async fn make(db: &mut PgConnection, hash: &str) {
    for (code, unions) in [FEW, MANY] {
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

/// A congress that meets, of the university of few, whose delegates are sixty thousand students; the path of its desk.
async fn hall(pool: &PgPool) -> String {
    for statement in [
        "create table bare_attendance (number text not null, at timestamptz not null)",
        "insert into student (id, institution_id, number, name, class_id)
         select gen_random_uuid(), i.id, 'D' || n, '代表' || n, (select k.id from class k join major m on m.id = k.major_id
                join college c on c.id = m.college_id where c.institution_id = i.id limit 1)
         from institution i, generate_series(1, $2) n where i.code = $1",
        "insert into delegate (id, congress_id, student_id, unit, standing, backbone, listed_at, listed_by)
         select gen_random_uuid(), g.id, s.id, 1, 'elected', false, now(), g.created_by
         from institution i join lateral (select * from congress c where c.institution_id = i.id order by c.id limit 1) g on true
              join student s on s.institution_id = i.id
         where i.code = $1 and s.number like 'D%' and $2 > 0",
    ] {
        let query = sqlx::query(statement);
        let bound = if statement.contains("$1") { query.bind(FEW.0).bind(DELEGATES) } else { query };
        bound.execute(pool).await.unwrap();
    }
    let (id,): (String,) = sqlx::query_as(
        "with held as (
             select g.id from congress g join institution i on i.id = g.institution_id where i.code = $1 order by g.id limit 1
         ), met as (
             insert into meeting (congress_id, starts_at, place, quorum_part, quorum_whole, quorum_strict, majority_of, source,
                                  basis, check_in, check_in_opened_at)
             select id, now(), '大礼堂', 2, 3, true, 'present', 'practice', '', 'open', now() from held
             returning congress_id
         )
         insert into check_in_officer (congress_id, account_id, desk, named_at, named_by)
         select met.congress_id, a.id, '1 号台', now(), a.id from met, account a join institution i on i.id = a.institution_id
         where i.code = $1 and a.number = 'L1'
         returning congress_id::text",
    )
    .bind(FEW.0)
    .fetch_one(pool)
    .await
    .unwrap();
    sqlx::query("analyze").execute(pool).await.unwrap();
    format!("/congresses/{id}/check-in")
}

/// Delegates a second at four desks, against rows a second that the barest handler writes for as many connections.
pub fn check_ins(runtime: &Runtime, portal: SocketAddr, url: &str) {
    let (path, bare) = runtime.block_on(async {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(16).connect(url).await.unwrap();
        let path = hall(&pool).await;
        let (listener, at) = bind().await;
        let router = Router::new().route("/", post(bare_row)).with_state(pool);
        tokio::spawn(axum::serve(listener, router).into_future());
        (path, at)
    });
    let cookie = Connection::open(portal).sign_in_as(FEW.0, "L1");
    let (next, mut ours, mut theirs, mut ratios) = (AtomicU64::new(1), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let rows = rate(
            DESKS,
            |_| Connection::open(bare),
            |connection, _| assert_eq!(connection.ask("POST", "/", &cookie, "D1").0, 204),
        );
        let desks = rate(
            DESKS,
            |_| Connection::open(portal),
            |connection, _| {
                let who = format!("who=D{}", next.fetch_add(1, Ordering::Relaxed));
                let kind = "application/x-www-form-urlencoded";
                let answer = connection.send("POST", &path, &cookie, kind, &who);
                assert!(answer.location.contains("came=now"), "{} {}", answer.status, answer.location);
            },
        );
        ratios.push(desks / rows);
        ours.push(desks);
        theirs.push(rows);
    }
    println!("rows a second by a bare handler           {}", spread(theirs, 0));
    println!("check-ins a second at {DESKS} desks           {}", spread(ours, 0));
    println!("  ratio (target 0.70)                     {}\n", spread(ratios, 3));
}
