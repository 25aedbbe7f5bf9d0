//! What goes of the public column when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// What those accounts said of unions, and those students' lines in the yearly accounts: an account that is published stays as
/// it was signed but for them, and who reads it, perhaps without signing in, learns of a post and not whose it was.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!("delete from disclosure_comment where account_id = any($1)", gone.accounts)
        .execute(&mut *connection)
        .await?;
    // One that is being signed waits, and then leaves them out itself.
    sqlx::query!(
        "select id from disclosure where institution_id in (select institution_id from student where id = any($1))
         order by id for update",
        gone.students
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "update disclosure set content = disclosure_erased(content)
         where institution_id in (select institution_id from student where id = any($1))
               and content is distinct from disclosure_erased(content)",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
