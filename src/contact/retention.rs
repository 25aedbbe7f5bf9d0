//! What goes of contacts when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// The words that those accounts left for those in contact with their class, in the log too. Who was in contact and when is
/// counted on, under no name.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "update contact_point p set says = '已删除' from contact_note n
         where n.point_id = p.id and n.account_id = any($1)",
        gone.accounts
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("delete from contact_note where account_id = any($1)", gone.accounts).execute(connection).await?;
    Ok(())
}
