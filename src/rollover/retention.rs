//! What goes of the last turn of the year when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// How those students, their offices, posts, turns and cases stood before the turn: should it be taken back, they stay as they
/// are.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "delete from year_turn_row r
         where case r.what
                   when 'student' then r.row_id = any($1)
                   when 'office' then r.row_id in (select id from office where account_id = any($2))
                   when 'post' then r.row_id in (select id from post where student_id = any($1))
                   when 'turn' then r.row_id in (select id from turn where student_id = any($1))
                   when 'case' then r.row_id in (select id from vetting_case where student_id = any($1))
                   else false
               end",
        gone.students,
        gone.accounts
    )
    .execute(connection)
    .await?;
    Ok(())
}
