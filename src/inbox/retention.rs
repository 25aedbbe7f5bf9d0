//! What goes of notices when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::failure::Failure;

/// Notices to those students and their accounts, and what the accounts have read.
pub async fn erase(connection: &mut PgConnection, students: &[Uuid], accounts: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("delete from notice_read where account_id = any($1)", accounts).execute(&mut *connection).await?;
    sqlx::query!("delete from notice where student_id = any($1) or account_id = any($2)", students, accounts)
        .execute(connection)
        .await?;
    Ok(())
}
