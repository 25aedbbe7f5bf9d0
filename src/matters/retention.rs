//! What goes of matters when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// The telephone numbers of those students; what was done stays, and the scans of receipts as vouchers of its accounts.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!("update matter set phone = null where lead_id = any($1)", gone.students).execute(connection).await?;
    Ok(())
}
