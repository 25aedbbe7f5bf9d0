//! What goes of meetings when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::failure::Failure;

/// Why those students were not there; that they were invited stays, under a number that says nothing.
pub async fn erase(connection: &mut PgConnection, students: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!(
        "update union_meeting_member set presence = case when counts then presence end
         where student_id = any($1) and presence in ('absent', 'excused', 'late')",
        students
    )
    .execute(connection)
    .await?;
    Ok(())
}
