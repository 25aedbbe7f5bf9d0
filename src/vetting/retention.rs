//! What goes of cases when somebody is erased.

use sqlx::PgConnection;

use crate::{failure::Failure, people::retention::ErasedPeople};

/// The words and photos of those students' cases, and what was said of them.
pub async fn erase(connection: &mut PgConnection, gone: ErasedPeople<'_>) -> Result<(), Failure> {
    // What was written of them and by them goes; that there was a case and what it came to stays.
    sqlx::query!(
        "delete from case_photo where case_id in (select id from vetting_case where student_id = any($1))",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_case set statement = '', experience = '', field = '', says = '', evidence = case
                when evidence is not null then jsonb_build_object('on', evidence -> 'on', 'conditions', '[]'::jsonb) end
         where student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_opinion o set says = case when o.verdict = 'agree' then '' else '已删除' end
         from vetting_case c where c.id = o.case_id and c.student_id = any($1)",
        gone.students
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update vetting_objection o set says = '已删除', answer = case when o.answer is not null then '已删除' end
         from vetting_case c where c.id = o.case_id and c.student_id = any($1)",
        gone.students
    )
    .execute(connection)
    .await?;
    Ok(())
}
