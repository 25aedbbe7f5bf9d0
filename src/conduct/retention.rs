//! What goes of cases and exits when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// The words of cases about those students and of their exits; that there was one and what it came to stays.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "update conduct_case set says = '已删除', decision = case when decision is not null then '已删除' end,
                                 objection = case when objection is not null then '已删除' end,
                                 answer = case when answer is not null then '已删除' end
         where student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update conduct_inquiry i set says = '已删除' from conduct_case q
         where q.id = i.case_id and q.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update union_exit set reason = '已删除', answer = case when answer is not null then '已删除' end,
                               handover = case when handover is not null then '已删除' end,
                               handover_to = case when handover_to is not null then '已删除' end
         where student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update lapse set says = '已删除', answer = case when answer is not null then '已删除' end
         where student_id = any($1)",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
