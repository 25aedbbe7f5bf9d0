//! What goes of questionnaires when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// What those students answered under their names, and what is still sealed; that they answered stays under no name. Of what is
/// anonymous nobody knows whose it is.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!("delete from survey_sheet where student_id = any($1)", gone.students)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from survey_envelope where student_id = any($1)", gone.students).execute(connection).await?;
    Ok(())
}
