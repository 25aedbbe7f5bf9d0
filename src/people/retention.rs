//! What goes of students themselves when they are erased.

use std::pin::Pin;

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{failure::Failure, ids::InstitutionId};

/// Who is erased, for the features that keep something of theirs: `student.id` and `account.id`. Their names and numbers are
/// gone already.
#[derive(Debug, Clone, Copy)]
pub struct ErasedPeople<'a> {
    pub students: &'a [Uuid],
    pub accounts: &'a [Uuid],
}

/// A feature's part, behind a pointer: the type of the whole would grow with each feature, and compiling it with it.
pub type ErasureFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// A feature's function that erases, such as `voice::retention::erase`.
pub type EraseOf = for<'a> fn(&'a mut PgConnection, ErasedPeople<'a>) -> ErasureFuture<'a>;

/// The accounts of those students.
pub async fn accounts_of(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[Uuid],
) -> Result<Vec<Uuid>, Failure> {
    let accounts = sqlx::query_scalar!(
        "select a.id from account a join student s on s.id = a.student_id
         where s.id = any($1) and s.institution_id = $2",
        students,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    Ok(accounts)
}

/// Their facts, corrections and objections.
pub async fn erase_facts(connection: &mut PgConnection, students: &[Uuid]) -> Result<(), Failure> {
    // Facts and objections name each other; the objections go with the facts they are about.
    sqlx::query!("delete from grade_fact where student_id = any($1)", students).execute(&mut *connection).await?;
    sqlx::query!("delete from student_change where student_id = any($1)", students).execute(&mut *connection).await?;
    sqlx::query!("delete from former_number where student_id = any($1)", students).execute(connection).await?;
    Ok(())
}

/// Their names, numbers and fields, and those of their accounts. Their rows stay, under a number that says nothing. Gives
/// how many were erased.
pub async fn erase(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[Uuid],
    now: OffsetDateTime,
) -> Result<u64, Failure> {
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
        institution.0,
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(erased.count.unwrap_or(0)).unwrap_or(0))
}
