//! What goes of the public column when somebody is erased. A published account is never changed: it stays as it was signed.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// What those accounts said of unions.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!("delete from disclosure_comment where account_id = any($1)", gone.accounts)
        .execute(connection)
        .await?;
    Ok(())
}
