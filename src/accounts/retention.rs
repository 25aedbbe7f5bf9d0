//! What goes of one-time codes and of what two have to agree on when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::failure::Failure;

/// The codes of those accounts, and what was asked about them or by them.
pub async fn erase(connection: &mut PgConnection, accounts: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!(
        "delete from consent where account_id = any($1) or asked_by = any($1) or confirmed_by = any($1)",
        accounts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from activation where account_id = any($1)", accounts).execute(connection).await?;
    Ok(())
}
