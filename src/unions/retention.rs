//! What goes of rosters on their way in when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::{failure::Failure, ids::InstitutionId};

/// Rosters that were looked at and never taken over, where those students stand on them.
pub async fn erase(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "update roster_draft d set state = 'discarded', rows = '[]' from student_union u
         where u.id = d.union_id and u.institution_id = $2 and d.state = 'previewed'
               and exists (select from jsonb_array_elements(d.rows) l
                           where student_numbered($2, l ->> 'number') = any($1))",
        students,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
