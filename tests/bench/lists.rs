//! Long lists: what students ask for, as offices and everybody read it, and the reviews of many unions. How they grow, and in
//! how many statements.

use std::{net::SocketAddr, sync::atomic::Ordering, time::Duration, time::Instant};

use lunzhi::{
    accounts::store::{self, AccountManager, NewAccount, NewOffice, OfficePlace, Term},
    clock::Clock,
    ids::InstitutionId,
    office::OfficeKind,
};

use super::{Connection, SENT, percentile};

/// Universities with so many requests of students.
pub const ASKING: [(&str, i32); 2] = [("asking", 2_000), ("asked", 20_000)];
/// Universities with so many unions, each of which has reviewed its officers.
pub const REVIEWING: [(&str, i32); 2] = [("reviewing", 4), ("reviewed", 40)];
/// Universities with so many students; in each there is one more, in no post.
pub const OPENED: [&str; 2] = ["few", "many"];
/// The number of that student.
const QUIET: &str = "Q1";
/// Statements that their home page may send.
const QUIET_SENDS: u64 = 4;
const LOOKS: usize = 15;

/// A union's office and one that answers, whose numbers are those.
const DESKS: [(&str, OfficeKind); 2] = [("U1", OfficeKind::SchoolUnion), ("F1", OfficeKind::StudentAffairs)];

async fn school(db: &mut sqlx::PgConnection, code: &str) -> InstitutionId {
    sqlx::query_scalar("select id from institution where code = $1").bind(code).fetch_one(db).await.unwrap()
}

/// Requests of a university's students over a year: one in twenty waits to be taken up, one is being handled, one waits for
/// the student's word. One in five is not public, half are of offices, of which one in twenty answers in the portal.
pub async fn make_requests(db: &mut sqlx::PgConnection, hash: &str, code: &str, requests: i32) {
    let (school, clock) = (school(db, code).await, Clock::default());
    let manager = AccountManager::operator(school);
    for (number, kind) in DESKS {
        let account = NewAccount { number, name: "测速", password_hash: Some(hash), must_change_password: false };
        let id = store::create(db, &manager, &account, clock.now()).await.unwrap().unwrap();
        let office = NewOffice { kind, place: OfficePlace::School, term: Term::since(clock.today()) };
        assert!(store::grant(db, &manager, id, &office, clock.now()).await.unwrap());
    }
    let students =
        "insert into account (id, institution_id, number, name, must_change_password, created_at, student_id)
         select gen_random_uuid(), institution_id, number, name, false, now(), id from student
         where institution_id = $1 and $2 > 0";
    sqlx::query(students).bind(school).bind(requests).execute(&mut *db).await.unwrap();
    // Planned on what the server believes of an empty table, the statements below look every account up for every other.
    sqlx::query("analyze account").execute(&mut *db).await.unwrap();
    for statement in [
        "insert into voice_unit (id, institution_id, name, duties, office, made_at)
         select gen_random_uuid(), $1, '单位' || n, '水电', case when n = 1 then 'student_affairs' end, now()
         from generate_series(1, 20) n where $2 > 0",
        "insert into voice_request (id, institution_id, number, receiver, area, title, says, place, identity, account_id,
                                    may_publish, is_public, stage, received_at, take_up_due, taken_up_at, lead_unit_id,
                                    unit_id, due_on, turn, answer, ending, answered_at, satisfaction, confirmed_at)
         select gen_random_uuid(), $1, n, 'school', (array['study', 'health', 'integration', 'rights', 'other'])[1 + n % 5],
                '三楼热水经常停 ' || n, repeat('这两周晚上九点以后经常停水。', 6), '三号楼', 'named', a.id, true,
                s.stage <> 'received' and n % 5 <> 0, s.stage, t.at, t.at + interval '1 day',
                case when s.stage <> 'received' then t.at end,
                case when s.stage <> 'received' and n % 2 = 0 then u.id end,
                case when s.stage <> 'received' and n % 2 = 0 then u.id end,
                case when s.stage <> 'received' then current_date + 3 end, 1,
                case when s.stage in ('answered', 'confirmed') then '循环泵已经更换，今后每周检查一次。' end,
                case when s.stage in ('answered', 'confirmed') then 'solved' end,
                case when s.stage in ('answered', 'confirmed') then t.at end,
                case when s.stage = 'confirmed' then 'satisfied' end, case when s.stage = 'confirmed' then t.at end
         from generate_series(1, $2) n
              cross join lateral (select case n % 20 when 0 then 'received' when 1 then 'sent' when 2 then 'answered'
                                                     else 'confirmed' end as stage) s
              cross join lateral (select now() - ($2 - n) * (interval '360 days' / $2) as at) t
              join (select id, row_number() over (order by number) as place from account
                    where institution_id = $1 and student_id is not null) a on a.place = 1 + n % 300
              join (select id, row_number() over (order by name) as place from voice_unit
                    where institution_id = $1) u on u.place = 1 + n / 20 % 20",
        "insert into voice_counter (institution_id, last) values ($1, $2)",
        "insert into voice_support (request_id, account_id)
         select q.id, a.id from voice_request q
                join (select id, row_number() over (order by number) as place from account
                      where institution_id = $1 and student_id is not null) a on a.place % 100 = q.number % 100
         where q.institution_id = $1 and q.is_public and q.account_id <> a.id and $2 > 0",
    ] {
        sqlx::query(statement).bind(school).bind(requests).execute(&mut *db).await.unwrap();
    }
    sqlx::query("analyze").execute(db).await.unwrap();
}

/// A student in no post, for whom nothing waits.
pub async fn make_quiet(db: &mut sqlx::PgConnection, hash: &str, code: &str) {
    let school = school(db, code).await;
    sqlx::query(
        "with quiet as (
             insert into student (id, institution_id, number, name, class_id, political)
             select gen_random_uuid(), $1, $2, '安静', k.id, '共青团员'
             from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
             where c.institution_id = $1 limit 1
             returning id, number, name
         )
         insert into account (id, institution_id, number, name, password_hash, password_set_at, must_change_password,
                              created_at, student_id)
         select gen_random_uuid(), $1, number, name, $3, now(), false, now(), id from quiet",
    )
    .bind(school)
    .bind(QUIET)
    .bind(hash)
    .execute(db)
    .await
    .unwrap();
}

/// A review of each union, settled, of sixty officers by sixty sheets.
pub async fn make_reviews(db: &mut sqlx::PgConnection, code: &str) {
    let school = school(db, code).await;
    for statement in [
        "insert into semester (id, institution_id, name, from_day, until_day)
         values (gen_random_uuid(), $1, '本学期', current_date - 60, current_date + 60)",
        "insert into review (id, institution_id, union_id, semester_id, stage, report_until, sits_on, aspects,
                             aspects_by_default, weights, most, trims, excellent, good, satisfactory, objection_days, begun_at,
                             begun_by, confirmed_at, opened_at, public_key, seal, closed_at, sheets, counted_at, object_until,
                             settled_at)
         select gen_random_uuid(), $1, u.id, s.id, 'settled', current_date - 20, current_date - 20,
                '{政治态度,道德品行,学习情况,工作成效,纪律作风}', false, '{20,20,20,20,20}', 100, false, 90, 75, 60, 5, now(),
                a.id, now(), now(), sha256('key'), sha256('seal'), now(), 3600, now(), current_date - 10, now()
         from student_union u join semester s on s.institution_id = u.institution_id
              join account a on a.institution_id = u.institution_id and a.number = 'L1'
         where u.institution_id = $1",
        "insert into review_person (review_id, place, student_id, posts, report_state, handed_at, scored)
         select r.id, p.place, p.student_id, '部门负责人', 'handed', now(), true
         from review r join lateral (
                  select student_id, row_number() over (order by student_id) as place
                  from (select distinct student_id from post where union_id = r.union_id) one) p on p.place <= 60
         where r.institution_id = $1",
        "insert into review_result (review_id, person, sheets, score, grade, aspects, bands, trimmed)
         select p.review_id, p.place, 60, 8500, 'good', '{8500,8500,8500,8500,8500}', '{0,60,0,0}', false
         from review_person p join review r on r.id = p.review_id where r.institution_id = $1",
    ] {
        sqlx::query(statement).bind(school).execute(&mut *db).await.unwrap();
    }
    sqlx::query("analyze").execute(db).await.unwrap();
}

/// Somebody who looks at pages.
struct Reader {
    connection: Connection,
    cookie: String,
}

impl Reader {
    fn sign_in(portal: SocketAddr, school: &str, number: &str) -> Self {
        let mut connection = Connection::open(portal);
        let cookie = connection.sign_in_as(school, number);
        Self { connection, cookie }
    }

    /// How long the page takes, and how many statements it sends.
    fn look(&mut self, path: &str) -> (Duration, u64) {
        let (began, before) = (Instant::now(), SENT.load(Ordering::Relaxed));
        assert_eq!(self.connection.ask("GET", path, &self.cookie, "").0, 200);
        (began.elapsed(), SENT.load(Ordering::Relaxed) - before)
    }
}

/// The same page of two universities by turns: medians and statements of both, and how it grows.
fn compare(portal: SocketAddr, schools: [&str; 2], number: &str, path: &str) -> ([Duration; 2], [u64; 2], f64) {
    let mut readers = schools.map(|school| Reader::sign_in(portal, school, number));
    let (mut times, mut sent) = ([Vec::new(), Vec::new()], [0, 0]);
    for look in 0..=LOOKS {
        for (place, reader) in readers.iter_mut().enumerate() {
            let (took, statements) = reader.look(path);
            // The first look warms up.
            if look > 0 {
                times[place].push(took);
                sent[place] = statements;
            }
        }
    }
    let medians = times.map(|times| percentile(times, 50));
    (medians, sent, medians[1].as_secs_f64() / medians[0].as_secs_f64())
}

/// What everybody opens, in universities of 5,000 and of 50,000 students: as many statements, and few for a student for whom
/// nothing waits.
pub fn pages(portal: SocketAddr) {
    for (what, number, path, target) in [
        ("a student's quiet home page    ", QUIET, "/", " (target 1.2)"),
        ("the League committee's home    ", "L1", "/", ""),
        ("the list of students           ", "L1", "/people", ""),
        ("a student's calendar           ", QUIET, "/calendar", ""),
    ] {
        let ([few, many], [sent, sent_of_many], ratio) = compare(portal, OPENED, number, path);
        println!(
            "{what} {few:.1?} in {sent}, {many:.1?} in {sent_of_many} statements (target: as many); {ratio:.2} times{target}"
        );
        assert!(number != QUIET || path != "/" || sent_of_many <= QUIET_SENDS, "a quiet page sends {sent_of_many}");
    }
    println!();
}

/// The lists of 2,000 and of 20,000 requests at each desk and as everybody reads them.
pub fn requests(portal: SocketAddr) {
    let schools = ASKING.map(|(code, _)| code);
    for (what, number, path, target) in [
        ("the League committee's desk    ", "L1", "/voice/desk", " (target 1.3)"),
        ("a union's desk                 ", "U1", "/voice/desk", " (target 1.3)"),
        ("an answering office's desk     ", "F1", "/voice/desk", " (target 1.3)"),
        ("what is late                   ", "L1", "/voice/desk?late=yes", " (target 1.3)"),
        ("what is closed, of one area    ", "L1", "/voice/desk?stage=confirmed&area=rights", " (target 1.3)"),
        ("what everybody reads           ", "U1", "/voice", " (target 1.3)"),
        ("of one area                    ", "U1", "/voice?area=rights", " (target 1.3)"),
        // These read all of a year, whatever is shown.
        ("words that nobody wrote        ", "U1", "/voice?q=%E6%B2%A1%E6%9C%89%E4%BA%BA%E5%86%99", ""),
        ("the figures of a year          ", "L1", "/voice/desk/figures", ""),
    ] {
        let ([few, many], [sent, sent_of_many], ratio) = compare(portal, schools, number, path);
        println!(
            "{what} {few:.1?} in {sent}, {many:.1?} in {sent_of_many} statements (target: as many); {ratio:.2} times{target}"
        );
    }
    println!();
}

/// The overviews of 4 and of 40 unions whose sixty officers were reviewed: a constant number of statements.
pub fn reviews(portal: SocketAddr) {
    let schools = REVIEWING.map(|(code, _)| code);
    for (what, path) in [("the reviews      ", "/reviews"), ("the overview     ", "/compliance")] {
        let ([few, many], [sent, sent_of_many], ratio) = compare(portal, schools, "L1", path);
        println!(
            "{what} of 4 unions {few:.1?} in {sent}, of 40 {many:.1?} in {sent_of_many} statements (target: as many); \
             {ratio:.1} times"
        );
    }
    println!();
}
