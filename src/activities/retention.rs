//! What goes of activities when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// What those students said of activities; that they were there is counted on, under no name.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "update activity_sign_up set satisfaction = null, rated_at = null where student_id = any($1)",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
