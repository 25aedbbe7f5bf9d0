//! What goes of matters when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::failure::Failure;

/// The telephone numbers of those students; what was done stays, and the scans of receipts as vouchers of its accounts.
pub async fn erase(connection: &mut PgConnection, students: &[Uuid]) -> Result<(), Failure> {
    sqlx::query!("update matter set phone = null where lead_id = any($1)", students).execute(connection).await?;
    Ok(())
}
