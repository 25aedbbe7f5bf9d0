//! SQL of the turn of the year.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{ClassId, CongressId, InstitutionId, SittingId, StudentId, UnionId},
    office::Registrar,
    rollover::cohort::Cohort,
};

/// The cohorts with students, the oldest first.
pub async fn cohorts(
    connection: &mut PgConnection,
    institution: InstitutionId,
    now: OffsetDateTime,
) -> Result<Vec<Cohort>, Failure> {
    let rows = sqlx::query_as!(
        Cohort,
        r#"with of_class as (
               select s.class_id, count(*) as students from student s
               where s.institution_id = $1 and s.left_on is null group by 1
           ), held as (
               -- Of all offices few are others than a student's own.
               select s.class_id, count(*) as offices
               from office o cross join lateral (select a.student_id from account a where a.id = o.account_id limit 1) a
                    cross join lateral (
                        select s.class_id from student s where s.id = a.student_id and s.left_on is null limit 1) s
               where o.institution_id = $1 and o.kind <> 'student' and is_held(o.from_day, o.until_day, o.ended_at, $2)
               group by 1
           )
           select m.level, k.entry_year, sum(n.students)::bigint as "students!", count(*) as "classes!",
                  coalesce(sum(h.offices), 0)::bigint as "offices!"
           from of_class n join class k on k.id = n.class_id join major m on m.id = k.major_id
                left join held h on h.class_id = n.class_id
           group by m.level, k.entry_year order by k.entry_year, m.level"#,
        institution.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The students of a cohort who have not left.
pub async fn students_of(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    cohort: &Cohort,
) -> Result<Vec<Uuid>, Failure> {
    let ids = sqlx::query_scalar!(
        "select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
         where s.institution_id = $1 and s.left_on is null and m.level = $2 and k.entry_year = $3
         order by s.id for update of s",
        institution.0,
        cohort.level,
        cohort.entry_year
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Ends the classes of a cohort whose students have all left by a day.
pub async fn end_classes(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    cohort: &Cohort,
    day: Date,
    now: OffsetDateTime,
) -> Result<i64, Failure> {
    let done = sqlx::query_scalar!(
        r#"with ended as (
             update class k set ended_on = $4 from major m join college c on c.id = m.college_id
             where m.id = k.major_id and c.institution_id = $1 and m.level = $2 and k.entry_year = $3
                   and k.ended_on is null
                   and not exists (select from student s where s.class_id = k.id
                                   and (s.left_on is null or s.left_on > $4))
             returning k.id
         ), branch as (
             -- A class's branch ends with it, whoever runs it.
             update office o set until_day = case when o.from_day < $4 then $4 else o.until_day end,
                    ended_at = case when o.from_day < $4 then null else $5::timestamptz end
             from ended where o.class_id = ended.id and o.ended_at is null and (o.until_day is null or o.until_day > $4)
         )
         select count(*) as "ended!" from ended"#,
        institution.0,
        cohort.level,
        cohort.entry_year,
        day,
        now
    );
    Ok(done.fetch_one(connection).await?)
}

/// One class that goes into another.
#[derive(Debug, Clone)]
pub struct Merger {
    pub from: ClassRow,
    pub into: ClassRow,
}

/// A class that may be merged.
#[derive(Debug, Clone)]
pub struct ClassRow {
    pub id: ClassId,
    /// Its name with its college.
    pub name: String,
    pub students: i64,
    /// The cohort it belongs to, as forms name it.
    pub cohort: String,
}

/// The classes that have not ended.
pub async fn classes(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<ClassRow>, Failure> {
    let rows = sqlx::query_as!(
        ClassRow,
        r#"select k.id as "id: ClassId", c.name || ' ' || k.name as "name!",
                  coalesce(n.students, 0) as "students!",
                  m.level || ':' || k.entry_year as "cohort!"
           from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                left join (
                    select s.class_id, count(*) as students from student s
                    where s.institution_id = $1 and (s.left_on is null or s.left_on > $2) group by 1
                ) n on n.class_id = k.id
           where c.institution_id = $1 and k.ended_on is null
           order by c.place, c.name, k.entry_year desc, k.name"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Moves a class's students into another and ends it: its branch's offices end with it. Gives how many moved.
pub async fn merge(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    acting: &Acting<Registrar>,
    from: ClassId,
    into: ClassId,
    now: OffsetDateTime,
) -> Result<i64, Failure> {
    // Two mergers at once, or one of a class that has just ended, find one class too few.
    let both = sqlx::query_scalar!(
        "select k.id from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
         where k.id in ($1, $2) and c.institution_id = $3 and k.ended_on is null
         order by k.id for update of k",
        from.0,
        into.0,
        institution.0
    )
    .fetch_all(&mut *connection)
    .await?;
    if both.len() != 2 {
        return Err(Failure::Busy);
    }
    let moved = sqlx::query_scalar!(
        r#"with classes as (
               select o.id as old_id, o.name as old_name, n.id as new_id, n.name as new_name
               from class o, class n where o.id = $1 and n.id = $2
           ), moved as (
               update student s set class_id = c.new_id from classes c
               where s.class_id = c.old_id and s.institution_id = $3
                     and (s.left_on is null or s.left_on > china_day($4)) returning s.id
           ), kept as (
               insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
               select gen_random_uuid(), m.id, $4, $5, $6, 'class', c.old_name, c.new_name, '班级合并'
               from moved m, classes c
           ), ended as (
               update class set ended_on = china_day($4), merged_into = $2 where id = $1
           ), branch as (
               update office set ended_at = $4
               where class_id = $1 and institution_id = $3 and ended_at is null
                     and (until_day is null or until_day > china_day($4))
           )
           select count(*) as "moved!" from moved"#,
        from.0,
        into.0,
        institution.0,
        now,
        acting.person().account.0,
        acting.office().label()
    );
    Ok(moved.fetch_one(connection).await?)
}

/// Cohorts as two columns of a statement.
struct Columns {
    levels: Vec<String>,
    years: Vec<i32>,
}

impl Columns {
    fn of(cohorts: &[Cohort]) -> Self {
        Self {
            levels: cohorts.iter().map(|cohort| cohort.level.clone()).collect(),
            years: cohorts.iter().map(|cohort| cohort.entry_year).collect(),
        }
    }
}

/// The students of cohorts who have not left, without a lock: for a preview.
pub async fn members_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    cohorts: &[Cohort],
) -> Result<Vec<StudentId>, Failure> {
    let Columns { levels, years } = Columns::of(cohorts);
    let ids = sqlx::query_scalar!(
        r#"select s.id as "id: StudentId" from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                join unnest($2::text[], $3::integer[]) as c(level, year) on c.level = m.level and c.year = k.entry_year
           where s.institution_id = $1 and s.left_on is null"#,
        institution.0,
        &levels,
        &years
    );
    Ok(ids.fetch_all(connection).await?)
}

/// What a union loses when cohorts leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnionLoss {
    pub union: UnionId,
    pub name: String,
    /// Posts that are held.
    pub posts: i64,
    /// Posts that were to begin on the day or later.
    pub coming: i64,
    /// Turns of the executive chair that run or come.
    pub turns: i64,
    /// Candidates of open rounds.
    pub cases: i64,
}

/// The unions that lose somebody when cohorts leave on a day, the school's first.
pub async fn union_losses(
    connection: &mut PgConnection,
    institution: InstitutionId,
    cohorts: &[Cohort],
    day: Date,
) -> Result<Vec<UnionLoss>, Failure> {
    let Columns { levels, years } = Columns::of(cohorts);
    let rows = sqlx::query_as!(
        UnionLoss,
        r#"with gone as materialized (
               select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                      join unnest($2::text[], $3::integer[]) as c(level, year) on c.level = m.level and c.year = k.entry_year
               where s.institution_id = $1 and s.left_on is null
           ), post_lost as (
               select p.union_id, count(*) filter (where p.from_day < $4) as held, count(*) filter (where p.from_day >= $4) as coming
               from post p where p.student_id in (select id from gone) and p.voided_at is null
                    and (p.until_day is null or (p.until_day > $4 and p.until_day > p.from_day))
               group by p.union_id
           ), turn_lost as (
               select t.union_id, count(*) as turns from turn t
               where t.student_id in (select id from gone) and t.state <> 'withdrawn' and t.until_day > $4
                     and t.until_day > t.from_day
               group by t.union_id
           ), case_lost as (
               select r.union_id, count(*) as cases from vetting_case c join vetting_round r on r.id = c.round_id
               where c.student_id in (select id from gone) and $4 <= r.effective_on
                     and c.stage in ('invited', 'at', 'returned', 'passed', 'listed')
               group by r.union_id
           )
           select u.id as "union: UnionId", union_name(u.kind, g.name) as "name!", coalesce(p.held, 0) as "posts!",
                  coalesce(p.coming, 0) as "coming!", coalesce(t.turns, 0) as "turns!", coalesce(c.cases, 0) as "cases!"
           from student_union u left join college g on g.id = u.college_id left join post_lost p on p.union_id = u.id
                left join turn_lost t on t.union_id = u.id left join case_lost c on c.union_id = u.id
           where u.institution_id = $1 and (p.union_id is not null or t.union_id is not null or c.union_id is not null)
           order by array_position(array['school', 'graduate', 'college'], u.kind), g.place, g.name"#,
        institution.0,
        &levels,
        &years,
        day
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What a sitting loses when cohorts leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SittingLoss {
    pub sitting: SittingId,
    pub title: String,
    pub monitors: i64,
    pub candidates: i64,
    /// Voters on its frozen roll.
    pub voters: i64,
}

/// The sittings that are not settled and lose somebody when cohorts leave.
pub async fn sitting_losses(
    connection: &mut PgConnection,
    institution: InstitutionId,
    cohorts: &[Cohort],
) -> Result<Vec<SittingLoss>, Failure> {
    let Columns { levels, years } = Columns::of(cohorts);
    let rows = sqlx::query_as!(
        SittingLoss,
        r#"with gone as materialized (
               select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                      join unnest($2::text[], $3::integer[]) as c(level, year) on c.level = m.level and c.year = k.entry_year
               where s.institution_id = $1 and s.left_on is null
           ), lost as (
               select t.id, t.title, t.opens_at,
                      (select count(*) from monitor m join account a on a.id = m.account_id
                       where m.sitting_id = t.id and a.student_id in (select id from gone)) as monitors,
                      (select count(*) from candidate c join contest o on o.id = c.contest_id
                       where o.sitting_id = t.id and c.student_id in (select id from gone)) as candidates,
                      (select count(*) from voter v
                       where v.sitting_id = t.id and t.stage = 'open' and v.student_id in (select id from gone)) as voters
               from sitting t where t.institution_id = $1 and t.stage not in ('reported', 'voided')
           )
           select id as "sitting: SittingId", title, monitors as "monitors!", candidates as "candidates!", voters as "voters!"
           from lost where monitors + candidates + voters > 0 order by opens_at, id"#,
        institution.0,
        &levels,
        &years
    );
    Ok(rows.fetch_all(connection).await?)
}

/// What a congress that is still to meet loses when cohorts leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CongressLoss {
    pub congress: CongressId,
    pub title: String,
    /// Delegates.
    pub delegates: i64,
    /// Substitutes who wait to move up.
    pub waiting: i64,
}

/// The congresses that are prepared, meet on a day or later, and lose somebody when cohorts leave on it.
pub async fn congress_losses(
    connection: &mut PgConnection,
    institution: InstitutionId,
    cohorts: &[Cohort],
    day: Date,
) -> Result<Vec<CongressLoss>, Failure> {
    let Columns { levels, years } = Columns::of(cohorts);
    let rows = sqlx::query_as!(
        CongressLoss,
        r#"with gone as materialized (
               select s.id from student s join class k on k.id = s.class_id join major m on m.id = k.major_id
                      join unnest($2::text[], $3::integer[]) as c(level, year) on c.level = m.level and c.year = k.entry_year
               where s.institution_id = $1 and s.left_on is null
           )
           select g.id as "congress: CongressId",
                  coalesce(c.name, '学校') || g.ordinal
                      || case when g.of_all then '全体学生大会' when u.kind = 'graduate' then '研究生代表大会'
                              else '学生代表大会' end as "title!",
                  count(*) filter (where d.waits_for is null) as "delegates!",
                  count(*) filter (where d.waits_for is not null) as "waiting!"
           from delegate d join congress g on g.id = d.congress_id join student_union u on u.id = g.union_id
                left join college c on c.id = u.college_id
           where g.institution_id = $1 and g.stage in ('preparing', 'convened') and (g.meets_on is null or g.meets_on >= $4)
                 and d.ended_on is null and d.student_id in (select id from gone)
           group by g.id, c.name, u.kind order by g.meets_on, g.id"#,
        institution.0,
        &levels,
        &years,
        day
    );
    Ok(rows.fetch_all(connection).await?)
}
