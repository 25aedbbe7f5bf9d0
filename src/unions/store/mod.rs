//! SQL of unions: reading them whole. Locking one for a write, what is written of posts and of departments, and what is
//! read for papers stand in files of their own.

mod constitutions;
mod contacts;
mod departments;
mod duties;
mod ended;
mod everyday;
mod locked;
mod mendings;
mod own_facts;
mod papers;
mod posts;
mod reports;
mod stamps;
mod surveys;
mod voices;

use std::collections::HashMap;

use sqlx::{
    PgConnection,
    types::{Json, Uuid},
};
use time::Date;

use super::union::{Department, OtherRank, PostRow, Record, Rows, StudentFacts, StudentUnion, TurnRow};
use crate::{
    directory::store::stroke_order,
    failure::Failure,
    ids::{ClassId, CollegeId, DepartmentId, InstitutionId, PostId, StudentId, TurnId, UnionId},
    rules::{
        plan::Union,
        timeline::{Mandate, Organisation, Semester},
        yearly::{CongressYears, Slip, first_day},
    },
};

pub use constitutions::{Constitution, NewConstitution, constitutions, file_constitution};
pub use contacts::{ContactClass, UnionContacts, contact_coverage, contact_rhythm};
pub use departments::{change_department, end_department, establish, register_functions};
pub use duties::{constitutions_on_file, pledges, trainings};
pub use ended::{
    UndoableEnd, allow_turn_undoing, allow_undoing, take_back_department_end, take_back_end, undoable_departments,
    undoable_end,
};
pub use everyday::{UnionWork, everyday_work};
pub use locked::{Act, Grounds, HistoryEntry, LockedUnion, TakenUnion, Warned, create, hold, lock, note, open};
pub(crate) use locked::{hold_by_operator, insert_union};
pub use mendings::{
    NewMending, end_mendings, institutions_mending, open_mendings, past_mendings, set_mending, withdraw_mending,
};
pub use own_facts::{OwnFactRow, own_facts, report_own};
pub use papers::{
    DirectRow, HistoryAct, HistoryRow, OverdueFiling, ReasonRow, RosterRow, direct_appointments, history,
    overdue_filings, reasons, roster,
};
pub use posts::{
    Appointee, Correction, RosterPerson, Route, appoint, correct, end, promised, register, reshuffle, tell_end,
};
pub use reports::{UnionReports, report_coverage};
pub use stamps::{FactStamps, fact_stamps, roster_stamps};
pub use surveys::{UnionSurveys, survey_coverage};
pub use voices::{UnionVoices, voices};

/// The unions of a university, the school's first; or one of them.
pub async fn list(
    connection: &mut PgConnection,
    institution: InstitutionId,
    one: Option<UnionId>,
) -> Result<Vec<StudentUnion>, Failure> {
    let rows = sqlx::query!(
        r#"select u.id as "id: UnionId", u.kind, u.college_id as "college: CollegeId",
                  union_name(u.kind, c.name) as "name!", u.opened_on
           from student_union u left join college c on c.id = u.college_id
           where u.institution_id = $1 and ($2::uuid is null or u.id = $2)
           order by array_position(array['school', 'graduate', 'college'], u.kind), c.place, c.name"#,
        institution.0,
        one.map(|id| id.0)
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = row.kind.parse::<Union>()?;
            Ok(StudentUnion { id: row.id, kind, college: row.college, name: row.name, opened_on: row.opened_on })
        })
        .collect()
}

/// Reads unions whole: the same number of statements for one and for all.
pub async fn records(
    connection: &mut PgConnection,
    institution: InstitutionId,
    unions: Vec<StudentUnion>,
    today: Date,
) -> Result<Vec<Record>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|union| union.id.0).collect();
    let mut posts = by_union(posts(connection, &ids, today).await?, |post| post.union);
    let mut departments = by_union(departments(connection, &ids).await?, |department| department.union);
    let mut turns = by_union(turns(connection, &ids).await?, |turn| turn.union);
    let mut elected: HashMap<UnionId, Vec<Mandate>> = HashMap::new();
    for (union, mandate) in mandates(connection, &ids).await? {
        elected.entry(union).or_default().push(mandate);
    }
    let mut current: Vec<Uuid> = posts
        .values()
        .flatten()
        .filter(|post| post.until_day.is_none_or(|until| until > today))
        .map(|post| post.student.0)
        .collect();
    current.sort_unstable();
    current.dedup();
    let facts: HashMap<StudentId, StudentFacts> =
        self::facts(connection, &current, today).await?.into_iter().map(|fact| (fact.student, fact)).collect();
    let semesters: Vec<Semester> = semesters(connection, institution).await?;
    let organisations = organisations(connection, institution).await?;
    let mut congresses = congresses(connection, &ids).await?;
    let order = stroke_order(connection, institution).await?;
    let colleges: Vec<Uuid> = unions.iter().filter_map(|union| union.college).map(|college| college.0).collect();
    let sizes = college_sizes(connection, &colleges, today).await?;
    let record = |union: StudentUnion| {
        let posts = posts.remove(&union.id).unwrap_or_default();
        let mut own: Vec<StudentFacts> = posts.iter().filter_map(|post| facts.get(&post.student).cloned()).collect();
        own.sort_by_key(|fact| fact.student);
        own.dedup_by_key(|fact| fact.student);
        let rows = Rows {
            posts,
            departments: departments.remove(&union.id).unwrap_or_default(),
            turns: turns.remove(&union.id).unwrap_or_default(),
            facts: own,
            elected: elected.remove(&union.id).unwrap_or_default(),
            semesters: semesters.clone(),
            organisations: organisations.clone(),
            congresses: congresses.remove(&union.id).unwrap_or_default(),
            order,
            students: union.college.and_then(|college| sizes.get(&college).copied()),
        };
        Record::new(union, rows, today)
    };
    Ok(unions.into_iter().map(record).collect())
}

/// How many students each of those colleges has on a day.
async fn college_sizes(
    connection: &mut PgConnection,
    colleges: &[Uuid],
    day: Date,
) -> Result<HashMap<CollegeId, u32>, Failure> {
    let rows = sqlx::query!(
        r#"select m.college_id as "college: CollegeId", count(*) as "students!"
           from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
           where m.college_id = any($1) and (s.left_on is null or s.left_on > $2)
           group by m.college_id"#,
        colleges,
        day
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.college, u32::try_from(row.students).unwrap_or(u32::MAX))).collect())
}

fn by_union<T>(rows: Vec<T>, union: impl Fn(&T) -> UnionId) -> HashMap<UnionId, Vec<T>> {
    let mut map: HashMap<UnionId, Vec<T>> = HashMap::new();
    for row in rows {
        map.entry(union(&row)).or_default().push(row);
    }
    map
}

/// One union of a university, whole.
pub async fn record(
    connection: &mut PgConnection,
    institution: InstitutionId,
    id: UnionId,
    today: Date,
) -> Result<Option<Record>, Failure> {
    let unions = list(connection, institution, Some(id)).await?;
    Ok(records(connection, institution, unions, today).await?.into_iter().next())
}

async fn posts(connection: &mut PgConnection, unions: &[Uuid], today: Date) -> Result<Vec<PostRow>, Failure> {
    let rows = sqlx::query_as!(
        PostRow,
        r#"select p.id as "id: PostId", p.union_id as "union: UnionId", p.student_id as "student: StudentId", s.number,
                  s.name, c.name as college, k.name as class, k.entry_year, p.kind,
                  p.department_id as "department: DepartmentId", d.name as "department_name?", p.title,
                  is_seat(p.kind, p.title, p.union_id, $2) as "seat!", p.from_day, p.until_day, p.from_college,
                  p.marked_chair, p.registered
           from post p join student s on s.id = p.student_id join class k on k.id = s.class_id
                join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join department d on d.id = p.department_id
           where p.union_id = any($1) and p.voided_at is null
                 -- What was called off before it began is history and holds nothing.
                 and (p.until_day is null or p.until_day > p.from_day)
           -- By union first, which is one short comparison for most pairs of fifty thousand.
           order by p.union_id, p.department_id is not null, d.from_day, d.name,
                    p.kind = 'other' and is_seat(p.kind, p.title, p.union_id, $2) desc,
                    array_position(array['presidium', 'other', 'head', 'staff'], p.kind), p.from_day, s.number"#,
        unions,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn departments(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<Department>, Failure> {
    let rows = sqlx::query_as!(
        Department,
        r#"select id as "id: DepartmentId", union_id as "union: UnionId", name, functions, ruling, changed_on, from_day,
                  until_day
           from department where union_id = any($1) and (until_day is null or until_day > from_day)
           order by from_day, name"#,
        unions
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn turns(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<TurnRow>, Failure> {
    let rows = sqlx::query_as!(
        TurnRow,
        r#"select t.id as "id: TurnId", t.union_id as "union: UnionId", t.student_id as "student: StudentId", s.number,
                  s.name, t.from_day, t.until_day, t.state = 'confirmed' as "confirmed!", t.handover, t.handover_at
           from turn t join student s on s.id = t.student_id
           where t.union_id = any($1) and t.state <> 'withdrawn' and t.until_day > t.from_day
           order by t.from_day, t.proposed_at, t.id"#,
        unions
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Whom the congresses of unions elected to their presidiums, by the results that were approved.
async fn mandates(connection: &mut PgConnection, unions: &[Uuid]) -> Result<Vec<(UnionId, Mandate)>, Failure> {
    let rows = sqlx::query!(
        r#"select c.union_id as "union: UnionId", s.number, r.approved_on as "from!",
                  (select min(later.approved_on) from congress_result later join congress d on d.id = later.congress_id
                   where d.union_id = c.union_id and later.purpose = 'term'
                         and (later.approved_on, later.taken_at) > (r.approved_on, r.taken_at)) as until
           from congress_result r join congress c on c.id = r.congress_id
                join congress_elected e on e.congress_id = c.id join student s on s.id = e.student_id
           where c.union_id = any($1) and r.approved_on is not null order by r.approved_on, e.place"#,
        unions
    )
    .fetch_all(connection)
    .await?;
    let mandate = |number, from, until| Mandate { number, from, until };
    Ok(rows.into_iter().map(|row| (row.union, mandate(row.number, row.from, row.until))).collect())
}

async fn semesters(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Semester>, Failure> {
    let rows = sqlx::query_as!(
        Semester,
        r#"select from_day as "from", until_day as "until" from semester where institution_id = $1 order by from_day"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

async fn organisations(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<Organisation>, Failure> {
    let rows = sqlx::query_as!(
        Organisation,
        "select name, functions from organisation where institution_id = $1 and ended_on is null order by name",
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What is on record of the congresses of unions.
async fn congresses(
    connection: &mut PgConnection,
    unions: &[Uuid],
) -> Result<HashMap<UnionId, CongressYears>, Failure> {
    let rows = sqlx::query!(
        r#"select union_id as "union!: UnionId", held_on, meets_on, null::smallint as slipped, null as reason from congress
           where union_id = any($1) and stage <> 'called_off'
           union all
           select union_id, null, null, academic_year, reason from congress_slip where union_id = any($1)
           order by 2, 3"#,
        unions
    )
    .fetch_all(connection)
    .await?;
    let mut years: HashMap<UnionId, CongressYears> = HashMap::new();
    for row in rows {
        let own = years.entry(row.union).or_default();
        let slipped = row.slipped.map(i32::from).and_then(|year| first_day(year).zip(first_day(year + 1)));
        let slipped = slipped.zip(row.reason);
        match (row.held_on, slipped) {
            (_, Some(((from, until), reason))) => own.slips.push(Slip { from, until, reason }),
            (Some(held), None) => own.held.push(held),
            (None, None) => own.planned = row.meets_on.or(own.planned),
        }
    }
    Ok(years)
}

/// What the rules ask of students, by the figures of the basis that speaks best for each.
pub async fn facts(
    connection: &mut PgConnection,
    students: &[Uuid],
    today: Date,
) -> Result<Vec<StudentFacts>, Failure> {
    facts_over(connection, students, None, today).await
}

/// What the rules ask of students, by the figures over one basis (`semester`, `year`, `entry`) where one is named.
pub async fn facts_over(
    connection: &mut PgConnection,
    students: &[Uuid],
    basis: Option<&str>,
    today: Date,
) -> Result<Vec<StudentFacts>, Failure> {
    let rows = sqlx::query_as!(
        StudentFacts,
        r#"select f.student_id as "student!: StudentId", f.number as "number!", f.name as "name!",
                  f.college_id as "college_id!: CollegeId", f.college as "college!", f.major as "major!",
                  f.class_id as "class_id!: ClassId", f.class as "class!", f.gender, f.level as "level!", f.entry_year as "entry_year!", f.political, f.left_on, f.rank,
                  f.cohort, f.other_ranks as "other_ranks!: Json<Vec<OtherRank>>", f.failed, f.failed_of, f.period, f.source, f.graded_at, f.political_at,
                  coalesce(h.from_college, false) as "was_in_college_union!",
                  case when t.on_file then coalesce(g.academic_year, 0) end as pledged
           from student_facts($3) f left join last_pledges($1) g on g.student_id = f.student_id
           left join (
               -- Universities that keep a text to sign.
               select s.id as student_id, true as on_file from student s
               where s.id = any($1) and exists (select from pledge_text t where t.institution_id = s.institution_id
                                                                                and t.from_day <= $2)
           ) t on t.student_id = f.student_id left join (
               -- A post that began, and not after one in a union of the whole school. Once for all, not for each.
               select p.student_id, min(p.from_day) filter (where u.kind = 'college')
                                    <= coalesce(min(p.from_day) filter (where u.kind <> 'college'), 'infinity')
                                    as from_college
               from post p join student_union u on u.id = p.union_id
               where p.student_id = any($1) and p.voided_at is null and p.from_day <= $2
                     and (p.until_day is null or p.until_day > p.from_day)
               group by p.student_id
           ) h on h.student_id = f.student_id
           where f.student_id = any($1)"#,
        students,
        today,
        basis
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The students of a university by their numbers, by the figures over one basis where one is named; those whose data are
/// erased are not among them.
pub async fn facts_by_number(
    connection: &mut PgConnection,
    institution: InstitutionId,
    numbers: &[String],
    basis: Option<&str>,
    today: Date,
) -> Result<Vec<StudentFacts>, Failure> {
    let ids = sqlx::query_scalar!(
        "select id from student where id in (select student_numbered($1, n) from unnest($2::text[]) n) and erased_at is null",
        institution.0,
        numbers
    );
    let ids = ids.fetch_all(&mut *connection).await?;
    facts_over(connection, &ids, basis, today).await
}

/// The unions of a college.
pub async fn of_college(connection: &mut PgConnection, college: CollegeId) -> Result<Vec<UnionId>, Failure> {
    let ids = sqlx::query_scalar!("select id from student_union where college_id = $1", college.0);
    Ok(ids.fetch_all(connection).await?.into_iter().map(UnionId).collect())
}

/// Locks students for the rest of a transaction, so that nobody can be recorded as having left meanwhile.
pub async fn hold_students(
    connection: &mut PgConnection,
    institution: InstitutionId,
    numbers: &[String],
) -> Result<(), Failure> {
    sqlx::query!(
        "select id from student where id in (select student_numbered($1, n) from unnest($2::text[]) n) order by id for share",
        institution.0,
        numbers
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}
