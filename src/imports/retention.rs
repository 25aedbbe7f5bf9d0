//! What goes of imported files when somebody is erased.

use sqlx::{PgConnection, types::Uuid};

use crate::{failure::Failure, ids::InstitutionId};

/// Their rows, under their number of today and every earlier one.
pub async fn erase(
    connection: &mut PgConnection,
    institution: InstitutionId,
    students: &[Uuid],
) -> Result<(), Failure> {
    sqlx::query!(
        "delete from import_row r using import i, student s
         where s.id = any($1) and s.institution_id = $2 and i.id = r.import_id and i.institution_id = $2
               and (r.cells[1] = s.number or r.cells[1] in (
                        select before from student_change h where h.student_id = s.id and h.field = 'number'))",
        students,
        institution.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
