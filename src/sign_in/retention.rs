//! What goes of signing in when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::{failure::Failure, ids::InstitutionId};

/// Attempts of those students, and the sessions, devices and second factors of their accounts.
pub async fn erase(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[Uuid],
    accounts: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "delete from sign_in_attempt t using student s
         where s.id = any($1) and s.institution_id = $2 and t.institution_id = $2 and t.number = s.number_key",
        students,
        institution.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from recovery_code where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from second_factor where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from session where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from ended_session where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from known_device where account_id = any($1)", accounts).execute(connection).await?;
    Ok(())
}
