//! SQL of the turn of the year as one act: what it changed is kept, so that it can be taken back until something else is
//! built on it. Every write takes the lock of the university.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    database::Locked,
    failure::Failure,
    ids::{InstitutionId, YearTurnId},
    office::Registrar,
};

/// The last turn of the year of a university.
#[derive(Debug, Clone)]
pub struct LastTurn {
    pub id: YearTurnId,
    pub at: OffsetDateTime,
    /// Who did it, and in which office.
    pub by: String,
    pub day: Option<Date>,
    /// The cohorts in words.
    pub cohorts: String,
    pub students: i32,
    pub moved: i32,
    pub undone_at: Option<OffsetDateTime>,
}

/// What a turn of the year came to.
#[derive(Debug, Clone)]
pub struct NewTurn {
    pub day: Option<Date>,
    /// The cohorts in words.
    pub cohorts: String,
    /// Everybody who leaves or moves.
    pub students: Vec<Uuid>,
    /// Every class that ends.
    pub classes: Vec<Uuid>,
}

/// Begins a turn: keeps how everything stands that it will change. What earlier turns kept is dropped, because they can be
/// taken back no more.
pub async fn begin(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    acting: &Acting<Registrar>,
    new: &NewTurn,
    now: OffsetDateTime,
) -> Result<YearTurnId, Failure> {
    let id = YearTurnId::random();
    sqlx::query!(
        "delete from year_turn_row r using year_turn t where t.id = r.year_turn_id and t.institution_id = $1",
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into year_turn (id, institution_id, at, by_account, office, day, cohorts, students, moved)
         values ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
        id.0,
        institution.0,
        now,
        acting.person().account.0,
        acting.office().label(),
        new.day,
        new.cohorts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into year_turn_row (year_turn_id, what, row_id, before, after)
         select $1, w.what, w.id, year_turn_now(w.what, w.id), 'null' from (
             select 'student' as what, id from unnest($2::uuid[]) id
             union select 'class', id from unnest($3::uuid[]) id
             union select 'office', o.id from office o join account a on a.id = o.account_id where a.student_id = any($2)
             union select 'office', o.id from office o where o.class_id = any($3)
             union select 'post', p.id from post p where p.student_id = any($2) and p.voided_at is null
             union select 'turn', t.id from turn t where t.student_id = any($2)
             union select 'case', c.id from vetting_case c where c.student_id = any($2)) w",
        id.0,
        &new.students,
        &new.classes
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Ends a turn: keeps what it changed, with how many left and moved.
pub async fn finish(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    id: YearTurnId,
    students: i64,
    moved: i64,
) -> Result<(), Failure> {
    sqlx::query!("update year_turn_row set after = year_turn_now(what, row_id) where year_turn_id = $1", id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from year_turn_row where year_turn_id = $1 and after = before", id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "update year_turn set students = $2, moved = $3 where id = $1 and institution_id = $4",
        id.0,
        i32::try_from(students).unwrap_or(i32::MAX),
        i32::try_from(moved).unwrap_or(i32::MAX),
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The last turn of a university.
pub async fn last(connection: &mut PgConnection, institution: InstitutionId) -> Result<Option<LastTurn>, Failure> {
    let row = sqlx::query_as!(
        LastTurn,
        r#"select t.id as "id: YearTurnId", t.at, a.name || '（' || t.office || '）' as "by!", t.day, t.cohorts, t.students, t.moved,
                  t.undone_at
           from year_turn t join account a on a.id = t.by_account where t.institution_id = $1
           order by t.at desc, t.id limit 1"#,
        institution.0
    );
    Ok(row.fetch_optional(connection).await?)
}

/// What has been built on a turn, in sentences: none where it can be taken back.
pub async fn obstacles(connection: &mut PgConnection, id: YearTurnId) -> Result<Vec<String>, Failure> {
    let found = sqlx::query!(
        r#"select t.undone_at is not null as "undone!",
                  exists (select from year_turn l where l.institution_id = t.institution_id and l.at > t.at) as "later!",
                  (select count(*) from year_turn_row r
                   where r.year_turn_id = t.id and r.after is distinct from year_turn_now(r.what, r.row_id)) as "changed!",
                  (select string_agg(distinct union_name(u.kind, g.name), '、')
                   from union_fact f join student_union u on u.id = f.union_id left join college g on g.id = u.college_id
                   where f.at > t.at and f.act <> 'handover' and f.union_id in (
                       select p.union_id from post p join year_turn_row r on r.row_id = p.id
                       where r.year_turn_id = t.id and r.what = 'post'
                       union all
                       select n.union_id from turn n join year_turn_row r on r.row_id = n.id
                       where r.year_turn_id = t.id and r.what = 'turn')) as unions,
                  (select count(*) from office n where n.granted_at > t.at and n.ended_at is null and n.kind <> 'student'
                   and n.place in (select o.place from office o join year_turn_row r on r.row_id = o.id
                                   where r.year_turn_id = t.id and r.what = 'office')) as "granted!",
                  (select count(*) from sitting s where s.institution_id = t.institution_id and s.opened_at > t.at) as "opened!",
                  (select string_agg(distinct v.title, '、')
                   from vetting_round v join vetting_case c on c.round_id = v.id
                        join year_turn_row r on r.row_id = c.id and r.what = 'case'
                   where r.year_turn_id = t.id and v.ended_at > t.at) as rounds
           from year_turn t where t.id = $1"#,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    let found = found.ok_or(Failure::Missing)?;
    let mut says = Vec::new();
    if found.undone {
        says.push("这一次已经撤销".to_owned());
    }
    if found.later {
        says.push("之后又办过学年更替".to_owned());
    }
    if found.changed > 0 {
        says.push(format!("有 {} 项（学生、班级、任职、候选人）之后另行办理过", found.changed));
    }
    if let Some(unions) = found.unions {
        says.push(format!("{unions}之后办过任命、调整或轮值"));
    }
    if found.granted > 0 {
        says.push(format!("有 {} 个职务已另有他人接任", found.granted));
    }
    if found.opened > 0 {
        says.push("之后开启过投票，选民名册里没有这些学生".to_owned());
    }
    if let Some(rounds) = found.rounds {
        says.push(format!("遴选轮次已结束：{rounds}"));
    }
    Ok(says)
}

/// Takes a turn back: everything stands as before it. Nothing may have been built on it, and the caller holds the
/// university's lock since before it asked.
pub async fn undo(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    acting: &Acting<Registrar>,
    id: YearTurnId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let undone = sqlx::query!(
        "update year_turn set undone_at = $2, undone_by = $3
         where id = $1 and institution_id = $4 and undone_at is null",
        id.0,
        now,
        acting.person().account.0,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    if undone.rows_affected() != 1 {
        return Err(Failure::Busy);
    }
    sqlx::query!(
        "insert into student_change (id, student_id, at, by_account, office, field, before, after, reason)
         select gen_random_uuid(), r.row_id, $2, $3, $4, f.field, f.before, f.after, '撤销学年更替'
         from year_turn_row r cross join lateral (values
             ('left', r.after ->> 'left_on' || ' 起毕业', case when r.before ->> 'left_on' is null then '在校' end),
             ('class', (select name from class where id = (r.after ->> 'class_id')::uuid),
                       (select name from class where id = (r.before ->> 'class_id')::uuid))) as f(field, before, after)
         where r.year_turn_id = $1 and r.what = 'student'
               and case f.field when 'left' then r.before ->> 'left_on' is distinct from r.after ->> 'left_on'
                                else r.before ->> 'class_id' <> r.after ->> 'class_id' end",
        id.0,
        now,
        acting.person().account.0,
        acting.office().label()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "with class_back as (
             update class k set ended_on = (r.before ->> 'ended_on')::date, merged_into = (r.before ->> 'merged_into')::uuid
             from year_turn_row r where r.year_turn_id = $1 and r.what = 'class' and k.id = r.row_id
         ), student_back as (
             update student s set left_on = (r.before ->> 'left_on')::date, left_why = r.before ->> 'left_why',
                    class_id = (r.before ->> 'class_id')::uuid
             from year_turn_row r where r.year_turn_id = $1 and r.what = 'student' and s.id = r.row_id
         ), office_back as (
             update office o set until_day = (r.before ->> 'until_day')::date,
                    ended_at = (r.before ->> 'ended_at')::timestamptz
             from year_turn_row r where r.year_turn_id = $1 and r.what = 'office' and o.id = r.row_id
         ), post_back as (
             update post p set until_day = (r.before ->> 'until_day')::date
             from year_turn_row r where r.year_turn_id = $1 and r.what = 'post' and p.id = r.row_id
         ), turn_back as (
             update turn t set until_day = (r.before ->> 'until_day')::date
             from year_turn_row r where r.year_turn_id = $1 and r.what = 'turn' and t.id = r.row_id
         )
         update vetting_case c set stage = r.before ->> 'stage', step = (r.before ->> 'step')::integer,
                due_on = (r.before ->> 'due_on')::date, says = r.before ->> 'says',
                settled_at = (r.before ->> 'settled_at')::timestamptz
         from year_turn_row r where r.year_turn_id = $1 and r.what = 'case' and c.id = r.row_id",
        id.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from year_turn_row where year_turn_id = $1", id.0).execute(connection).await?;
    Ok(())
}

/// The students and the class of each merger, and the classes of the cohorts: what a turn will change.
pub async fn classes_of(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    levels: &[String],
    years: &[i32],
) -> Result<Vec<Uuid>, Failure> {
    let ids = sqlx::query_scalar!(
        "select k.id from class k join major m on m.id = k.major_id join college c on c.id = m.college_id
                join unnest($2::text[], $3::integer[]) as w(level, year) on w.level = m.level and w.year = k.entry_year
         where c.institution_id = $1 and k.ended_on is null",
        institution.0,
        levels,
        years
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The students of classes that are merged into others.
pub async fn students_in(
    connection: &mut PgConnection,
    institution: &Locked<InstitutionId>,
    classes: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    let ids = sqlx::query_scalar!(
        "select id from student where institution_id = $1 and class_id = any($2)",
        institution.0,
        classes
    );
    Ok(ids.fetch_all(connection).await?)
}
