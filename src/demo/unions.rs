//! The demo's unions, made as a university makes them: registered as they stand, with faults of every kind, then opened; and
//! their turns, through the rule.

use std::collections::HashSet;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime, macros::date};

use super::schools::School;
use crate::{
    audit::{self, Entry},
    failure::Failure,
    ids::{CollegeId, InstitutionId, StudentId, UnionId},
    rotation::store::{self as rotation_store, NewSemester},
    rulebook::store::calendar,
    rules::{
        appointment::Wanted,
        plan::{self, Union},
        roster::Post,
        rotation::take_turn,
        timeline::Turn,
    },
    unions::{
        self,
        store::{self, Grounds, LockedUnion, RosterPerson},
        union::StudentFacts,
    },
};

/// The day on which the unions were registered as they stood, and the one on which they came under the rules.
const REGISTERED: Date = date!(2026 - 09 - 14);
const OPENED: Date = date!(2026 - 10 - 08);
/// The year of those who led the school's union before them: last year's reviews are of them.
const FORMER: (Date, Date) = (date!(2025 - 09 - 08), date!(2026 - 09 - 01));
const SEMESTERS: [(&str, Date, Date); 3] = [
    ("2025—2026 学年第二学期", date!(2026 - 02 - 23), date!(2026 - 09 - 01)),
    ("2026—2027 学年第一学期", date!(2026 - 09 - 01), date!(2027 - 02 - 22)),
    ("2026—2027 学年第二学期", date!(2027 - 02 - 22), date!(2027 - 09 - 01)),
];

/// What kind of person is wanted for a post.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Fit,
    LowRank,
    Failed,
    /// Neither in the Party nor in the League.
    Outside,
}

/// Students of a university, handed out one by one.
struct Pool {
    facts: Vec<StudentFacts>,
    taken: HashSet<StudentId>,
}

impl Pool {
    async fn load(db: &mut PgConnection, institution: InstitutionId) -> Result<Self, Failure> {
        let ids = sqlx::query_scalar!(
            "select id from student where institution_id = $1 and left_on is null order by number ~ '^[0-9]', md5('unions' || number)
             limit 4000",
            institution.0
        )
        .fetch_all(&mut *db)
        .await?;
        let mut facts = store::facts(db, &ids, REGISTERED).await?;
        facts.sort_by(|one, other| one.number.cmp(&other.number));
        // The same invented order every time, and not one class after the other.
        facts
            .sort_by_key(|fact| fact.number.bytes().rev().map(u64::from).fold(0, |sum, byte| (sum * 31 + byte) % 9973));
        Ok(Self { facts, taken: HashSet::new() })
    }

    fn take(&mut self, want: Want, college: Option<CollegeId>, graduate: bool) -> Option<StudentFacts> {
        let fits = |fact: &&StudentFacts| {
            let of_place = college.is_none_or(|college| fact.college_id == college);
            let level = fact.is_graduate() == graduate;
            let ranked = fact.rank.zip(fact.cohort).map(|(rank, cohort)| rank * 10 <= cohort * 3);
            let member = fact.political.as_deref().is_some_and(|status| status != "群众");
            let clean = fact.failed == Some(0);
            of_place
                && level
                && !self.taken.contains(&fact.student)
                && match want {
                    Want::Fit => (ranked == Some(true) || graduate) && member && clean,
                    Want::LowRank => ranked == Some(false) && member && clean,
                    Want::Failed => ranked == Some(false) && member && fact.failed.is_some_and(|failed| failed > 0),
                    Want::Outside => ranked == Some(true) && !member && clean,
                }
        };
        let found = self.facts.iter().find(fits).cloned()?;
        self.taken.insert(found.student);
        Some(found)
    }

    /// The demo's own student, who is put on a presidium to try the chair's pages with.
    fn take_number(&mut self, number: &str) -> Option<StudentFacts> {
        let found = self.facts.iter().find(|fact| fact.number == number).cloned()?;
        self.taken.insert(found.student);
        Some(found)
    }
}

/// A post with the student who fills it.
struct Filled {
    facts: StudentFacts,
    seat: Seat,
}

/// One post to fill.
struct Seat {
    post: Post,
    want: Want,
    from_college: Option<bool>,
    chair: bool,
}

fn seat(post: Post) -> Seat {
    Seat { post, want: Want::Fit, from_college: Some(true), chair: false }
}

/// Heads and staff of a department.
fn department(seats: &mut Vec<Seat>, name: &str, heads: usize, staff: usize) {
    seats.extend((0..heads).map(|_| seat(Post::Head(name.to_owned()))));
    seats.extend((0..staff).map(|_| seat(Post::Staff(name.to_owned()))));
}

/// A school union with a fault of every kind that a roster can have.
fn faulty_school() -> Vec<Seat> {
    let mut seats: Vec<Seat> = (0..6).map(|_| seat(Post::Presidium)).collect();
    // Two who call themselves chair.
    for seat in seats.iter_mut().take(2) {
        seat.chair = true;
    }
    seats.push(seat(Post::Other("学生会主席".to_owned())));
    seats.push(seat(Post::Other("秘书长".to_owned())));
    department(&mut seats, "办公室", 2, 4);
    department(&mut seats, "权益服务部", 1, 5);
    department(&mut seats, "学术处", 4, 2);
    department(&mut seats, "文体部", 2, 6);
    department(&mut seats, "新媒体中心", 2, 4);
    department(&mut seats, "生活部", 2, 3);
    department(&mut seats, "社团服务部", 2, 3);
    for (place, want) in [(9, Want::Outside), (12, Want::LowRank), (20, Want::LowRank), (26, Want::Failed)] {
        if let Some(seat) = seats.get_mut(place) {
            seat.want = want;
        }
    }
    for (place, seat) in seats.iter_mut().enumerate() {
        seat.from_college = Some(place % 5 < 2);
    }
    seats
}

/// A school union in order.
fn sound_school() -> Vec<Seat> {
    let mut seats: Vec<Seat> = (0..5).map(|_| seat(Post::Presidium)).collect();
    for name in ["办公室", "权益服务部", "学习实践部", "文体部", "宣传部", "社团服务部"] {
        department(&mut seats, name, 2, 5);
    }
    seats
}

fn graduate() -> Vec<Seat> {
    let mut seats: Vec<Seat> = (0..4).map(|_| seat(Post::Presidium)).collect();
    department(&mut seats, "办公室", 2, 4);
    department(&mut seats, "学术部", 2, 8);
    department(&mut seats, "服务部", 1, 4);
    seats
}

/// A college union; `place` says which fault it has, most have none.
fn college(place: usize) -> Vec<Seat> {
    let presidium = if place == 2 { 4 } else { 3 };
    let staff = match place {
        // 34 people, and 15.
        1 => 6,
        3 => 1,
        _ => 3,
    };
    let mut seats: Vec<Seat> = (0..presidium).map(|_| seat(Post::Presidium)).collect();
    for name in ["综合部", "学习部", "文体部", "服务部"] {
        department(&mut seats, name, 2, staff);
    }
    if let (4, Some(last)) = (place, seats.last_mut()) {
        last.want = Want::LowRank;
    }
    for seat in &mut seats {
        seat.from_college = None;
    }
    seats
}

/// What departments do, where it is known.
fn functions(name: &str) -> &'static str {
    match name {
        "办公室" => "会议、文书、财务物资",
        "综合部" => "会议、文书、考核",
        "权益服务部" => "权益反馈、意见收集",
        "学术处" | "学术部" | "学习部" | "学习实践部" => "学风建设、学术讲座、实践活动",
        "文体部" => "文艺活动、体育活动",
        // Both are done by another organisation, and no ruling says who goes on.
        "新媒体中心" => "新媒体运营、校园新闻",
        "宣传部" => "宣传、海报设计",
        // Not a student union's business.
        "生活部" => "宿舍管理、食堂监督",
        "社团服务部" => "社团联络、场地协调",
        "服务部" => "便民服务、资助宣传",
        _ => "",
    }
}

/// Semesters, unions, their posts and turns.
pub(super) async fn load_unions(
    db: &mut PgConnection,
    school: &School,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    for (name, from, until) in SEMESTERS {
        let semester = NewSemester { name: name.to_owned(), from, until };
        rotation_store::insert_semester(db, institution, &semester).await?;
    }
    let mut pool = Pool::load(db, institution).await?;
    let own = school.accounts.iter().find(|(kind, _)| *kind == crate::office::OfficeKind::Student);
    let mut own_student = own.and_then(|(_, number)| pool.take_number(number));
    let scope = plan::named(school.plan).map(|plan| plan.unions.clone()).unwrap_or_default();
    // Colleges first: who comes from a college union is known then.
    let colleges = crate::directory::store::colleges(db, institution).await?;
    for (place, college_row) in colleges.iter().enumerate() {
        // The last one is left for visitors to register themselves.
        let Some(id) = store::insert_union(db, institution, Union::College, Some(college_row.id), now).await? else {
            continue;
        };
        if place + 1 == colleges.len() {
            continue;
        }
        let mut people = Vec::new();
        for seat in college(place) {
            let mine = own_student.take_if(|fact| fact.college_id == college_row.id);
            let graduates = pool.facts.iter().all(|fact| fact.college_id != college_row.id || fact.is_graduate());
            if let Some(facts) = mine.or_else(|| pool.take(seat.want, Some(college_row.id), graduates)) {
                people.push(Filled { facts, seat });
            }
        }
        open(db, institution, id, people, now).await?;
        if place != 3 {
            rotate(db, institution, id, place != 0, now).await?;
        }
    }
    if scope.contains(&Union::Graduate)
        && let Some(id) = store::insert_union(db, institution, Union::Graduate, None, now).await?
    {
        let people = fill(&mut pool, graduate(), true);
        open(db, institution, id, people, now).await?;
        rotate(db, institution, id, true, now).await?;
    }
    if let Some(id) = store::insert_union(db, institution, Union::School, None, now).await? {
        let sound = scope.contains(&Union::Graduate);
        let people = fill(&mut pool, if sound { sound_school() } else { faulty_school() }, false);
        open(db, institution, id, people, now).await?;
        if sound {
            rotate(db, institution, id, true, now).await?;
        }
        former(db, institution, id).await?;
    }
    Ok(())
}

fn fill(pool: &mut Pool, seats: Vec<Seat>, graduate: bool) -> Vec<Filled> {
    let filled = |seat: Seat| Some(Filled { facts: pool.take(seat.want, None, graduate)?, seat });
    seats.into_iter().filter_map(filled).collect()
}

/// Registers a union as it stands and brings it under the rules.
async fn open(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    people: Vec<Filled>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let found = |Filled { facts, seat }: Filled| {
        let person = facts.member(seat.from_college, REGISTERED);
        let wanted = Wanted { person, post: seat.post, from: REGISTERED, until: None };
        RosterPerson { facts, posts: vec![wanted], from_college: seat.from_college, chair: seat.chair }
    };
    let people: Vec<RosterPerson> = people.into_iter().map(found).collect();
    let says = format!("{} 人、{} 个岗位", people.len(), people.len());
    let locked = lock(db, institution, id, now).await?;
    store::register(db, &locked, REGISTERED, &people, &says, now).await?;
    // The departments came with the people.
    let locked = lock(db, institution, id, now).await?;
    for department in &locked.departments {
        let mut unit = department.unit();
        functions(&unit.name).clone_into(&mut unit.functions);
        store::register_functions(db, &locked, department, &unit, &Grounds::default(), now).await?;
    }
    store::open(db, &locked, OPENED, &says, &Grounds::default(), now).await?;
    let entry = Entry::new(unions::Verb::UnionOpened, locked.union.name.clone()).detail("情况", says);
    audit::append_by_operator(db, institution, entry, now).await
}

/// Those who sat on the presidium and led the departments the year before: students who hold no post now.
async fn former(db: &mut PgConnection, institution: InstitutionId, union: UnionId) -> Result<(), Failure> {
    let (from, until) = FORMER;
    sqlx::query!(
        "with seat as (
             select p.kind, p.department_id, row_number() over (order by p.kind, p.department_id, p.id) as place
             from post p where p.union_id = $1 and p.voided_at is null and p.kind in ('presidium', 'head')
         ), free as (
             select s.id, row_number() over (order by md5('former' || $1::uuid::text || s.number)) as place
             from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
             where s.institution_id = $2 and s.left_on is null and s.political <> '群众' and k.entry_year <= 2024
                   and m.level <> 'graduate'
                   and not exists (select from post p where p.student_id = s.id)
                   and not exists (select from account a where a.student_id = s.id)
         )
         insert into post (id, union_id, student_id, kind, department_id, from_day, until_day, from_college, registered)
         select gen_random_uuid(), $1, free.id, seat.kind, seat.department_id, $3, $4, true, true
         from seat join free using (place)",
        union.0,
        institution.0,
        from,
        until
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn lock(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    now: OffsetDateTime,
) -> Result<LockedUnion, Failure> {
    store::hold_by_operator(db, institution, id, now.date()).await
}

/// The first of the presidium on duty this semester; where `next`, the second is confirmed for the next one, else proposed.
async fn rotate(
    db: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    next: bool,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let locked = lock(db, institution, id, now).await?;
    let plans = calendar(db, institution).await?;
    let mut timeline = locked.timeline.clone();
    let mut presidium: Vec<(StudentId, String, String)> = locked
        .posts
        .iter()
        .filter(|post| post.post() == Post::Presidium)
        .map(|post| (post.student, post.number.clone(), post.name.clone()))
        .collect();
    // Whoever has an account to try is on duty first.
    presidium.sort_by_key(|(_, number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let [_, (_, this_end), (next_start, next_end)] = SEMESTERS.map(|(_, from, until)| (from, until));
    let turns = [(OPENED, this_end), (next_start, next_end)];
    for (place, ((student, number, name), (from, until))) in presidium.into_iter().zip(turns).enumerate() {
        let turn = rotation_store::propose(db, &locked, student, from, until, now).await?;
        if place > 0 && !next {
            continue;
        }
        let turn_wanted = Turn { number, name, from, until };
        if let Ok(duty) = take_turn(&plans, &timeline, turn_wanted, OPENED, None).permit() {
            rotation_store::confirm(db, &locked, turn, &duty, None, now).await?;
            timeline.turns.push(duty.turn().clone());
        }
    }
    Ok(())
}
