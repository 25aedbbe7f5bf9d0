//! What goes of recommended people and delegates when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// What was said of those students. That they were recommended or a delegate stays, under a number that says nothing.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "update recommendation_opinion o set says = '已删除' from recommendation r
         where r.id = o.recommendation_id and r.student_id = any ($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update recommendation set ended_why = '已删除' where student_id = any ($1) and ended_why is not null",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update delegate set ended_why = '已删除' where student_id = any ($1) and ended_why is not null",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
