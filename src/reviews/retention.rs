//! What goes of reviews when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// The reports of those students, what was remarked on them, what they objected, and the grounds of their nominations. Scores
/// stay with a number that says nothing.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    sqlx::query!(
        "delete from review_comment c using review_person p
         where p.review_id = c.review_id and p.place = c.person and p.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update review_paper w set says = '' from review_person p
         where p.review_id = w.review_id and p.place = w.person and p.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from review_attachment a using review_person p
         where p.review_id = a.review_id and p.place = a.person and p.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update review_objection o set says = '已删除', answer = case when o.answer is not null then '已删除' end
         from review_person p where p.review_id = o.review_id and p.place = o.person and p.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update nominee e set ground = '已删除' from nomination n, review_person p
         where n.id = e.nomination_id and p.review_id = n.review_id and p.place = e.person and p.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update review_person set report = '{}', left_why = null, returned_why = null,
                excused_why = case when excused_why is not null then '已删除' end
         where student_id = any($1)",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
