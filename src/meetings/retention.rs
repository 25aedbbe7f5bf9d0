//! What goes of meetings when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// Why those students were not there; that they were invited stays, under a number that says nothing.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "update union_meeting_member set presence = case when counts then presence end
         where student_id = any($1) and presence in ('absent', 'excused', 'late')",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
