//! What goes of one-time codes when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::failure::Failure;

/// The codes of those accounts.
pub async fn erase(connection: &mut PgConnection, accounts: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("delete from activation where account_id = any($1)", accounts).execute(connection).await?;
    Ok(())
}
