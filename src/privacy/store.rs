//! SQL of retention and erasure.

use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use crate::{auth::acting::Acting, failure::Failure, ids::InstitutionId, office::Administrator};

/// How long a university keeps the data of people who have left, in years.
pub async fn retention_years(connection: &mut PgConnection, institution: InstitutionId) -> Result<i32, Failure> {
    let years = sqlx::query_scalar!("select retention_years from institution where id = $1", institution.0);
    Ok(years.fetch_one(connection).await?)
}

/// Sets it; 1 to 30.
pub async fn set_retention(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    years: i32,
) -> Result<(), Failure> {
    sqlx::query!("update institution set retention_years = $2 where id = $1", acting.institution().0, years)
        .execute(connection)
        .await?;
    Ok(())
}

/// Those whose time is up, by the year in which they left.
#[derive(Debug)]
pub struct Due {
    pub year: i32,
    pub students: i64,
}

/// Those whose time is up on a day.
pub async fn due(connection: &mut PgConnection, institution: InstitutionId, today: Date) -> Result<Vec<Due>, Failure> {
    let rows = sqlx::query_as!(
        Due,
        r#"select extract(year from s.left_on)::integer as "year!", count(*) as "students!"
           from student s join institution i on i.id = s.institution_id
           where s.institution_id = $1 and s.erased_at is null
                 and s.left_on <= ($2::date - make_interval(years => i.retention_years))::date
           group by 1 order by 1"#,
        institution.0,
        today
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The ids of those whose time is up.
pub async fn due_ids(
    connection: &mut PgConnection,
    institution: InstitutionId,
    today: Date,
) -> Result<Vec<Uuid>, Failure> {
    let ids = sqlx::query_scalar!(
        "select s.id from student s join institution i on i.id = s.institution_id
         where s.institution_id = $1 and s.erased_at is null
               and s.left_on <= ($2::date - make_interval(years => i.retention_years))::date
         order by s.id for update of s",
        institution.0,
        today
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The student of a number who has left by a day and is not erased.
pub async fn gone_student(
    connection: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    today: Date,
) -> Result<Option<Uuid>, Failure> {
    let id = sqlx::query_scalar!(
        "select id from student where institution_id = $1 and number = $2 and left_on <= $3 and erased_at is null
         for update",
        institution.0,
        number,
        today
    );
    Ok(id.fetch_optional(connection).await?)
}

/// How many students were erased so far.
pub async fn erased(connection: &mut PgConnection, institution: InstitutionId) -> Result<i64, Failure> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from student where institution_id = $1 and erased_at is not null"#,
        institution.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Erases students who have left: names, numbers, facts, history, notices and everything they sign in with. Their rows
/// stay, under a number that says nothing. Gives how many were erased.
pub async fn erase(
    connection: &mut PgConnection,
    acting: &Acting<Administrator>,
    students: &[Uuid],
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let institution = acting.institution().0;
    let accounts = sqlx::query_scalar!(
        "select a.id from account a join student s on s.id = a.student_id
         where s.id = any($1) and s.institution_id = $2",
        students,
        institution
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from sign_in_attempt t using student s
         where s.id = any($1) and s.institution_id = $2 and t.institution_id = $2 and t.number = s.number",
        students,
        institution
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from import_row r using import i, student s
         where s.id = any($1) and s.institution_id = $2 and i.id = r.import_id and i.institution_id = $2
               and (r.cells[1] = s.number or r.cells[1] in (
                        select before from student_change h where h.student_id = s.id and h.field = 'number'))",
        students,
        institution
    )
    .execute(&mut *connection)
    .await?;
    // Facts and objections name each other; the objections go with the facts they are about.
    sqlx::query!("delete from grade_fact where student_id = any($1)", students).execute(&mut *connection).await?;
    sqlx::query!("delete from student_change where student_id = any($1)", students).execute(&mut *connection).await?;
    sqlx::query!("delete from notice_read where account_id = any($1)", &accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from notice where student_id = any($1) or account_id = any($2)", students, &accounts)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from session where account_id = any($1)", &accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from known_device where account_id = any($1)", &accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from activation where account_id = any($1)", &accounts).execute(&mut *connection).await?;
    let erased = sqlx::query!(
        "with gone as (
             update student set number = '#' || left(replace(gen_random_uuid()::text, '-', ''), 12), name = '已删除',
                    political = null, gender = null, ethnic = null, erased_at = $3
             where id = any($1) and institution_id = $2 and erased_at is null and left_on <= china_day($3)
             returning id, number
         ), accounts_too as (
             update account a set number = gone.number, name = '已删除', password_hash = null, password_set_at = null,
                    disabled_at = coalesce(a.disabled_at, $3)
             from gone where a.student_id = gone.id
         )
         select count(*) from gone",
        students,
        institution,
        now
    )
    .fetch_one(&mut *connection)
    .await?;
    // What was written of them and by them goes; that there was a case and what it came to stays.
    sqlx::query!(
        "delete from case_photo where case_id in (select id from vetting_case where student_id = any($1))",
        students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_case set statement = '', experience = '', field = '', says = '', evidence = case
                when evidence is not null then jsonb_build_object('on', evidence -> 'on', 'conditions', '[]'::jsonb) end
         where student_id = any($1)",
        students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_opinion o set says = case when o.verdict = 'agree' then '' else '已删除' end
         from vetting_case c where c.id = o.case_id and c.student_id = any($1)",
        students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_objection o set says = '已删除', answer = case when o.answer is not null then '已删除' end
         from vetting_case c where c.id = o.case_id and c.student_id = any($1)",
        students
    )
    .execute(connection)
    .await?;
    Ok(u64::try_from(erased.count.unwrap_or(0)).unwrap_or(0))
}
