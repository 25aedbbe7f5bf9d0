//! SQL of the stamps on what unions are judged from. The database changes them with the facts, in the same transaction.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};

use crate::{
    failure::Failure,
    ids::{InstitutionId, UnionId},
};

/// The stamps of a moment: as long as they are the same, so are the facts. Read before the facts: what changes in between is
/// then judged once more than it need be, and never once less.
#[derive(Debug, Default)]
pub struct FactStamps {
    /// On what unions share: students and their figures, classes, semesters, plans.
    pub shared: Vec<Uuid>,
    /// On what is a union's own; none where nothing of it was written so far.
    pub of_unions: HashMap<UnionId, Vec<Uuid>>,
}

/// The stamps of a university's unions now.
pub async fn fact_stamps(connection: &mut PgConnection, institution: InstitutionId) -> Result<FactStamps, Failure> {
    let rows = sqlx::query!(
        "select f.scope, f.stamp from fact_stamp f
         where f.scope = $2 or f.scope in (select u.id from student_union u where u.institution_id = $1)
         order by f.stamp",
        institution.0,
        Uuid::nil()
    )
    .fetch_all(connection)
    .await?;
    let mut stamps = FactStamps::default();
    for row in rows {
        if row.scope.is_nil() {
            stamps.shared.push(row.stamp);
        } else {
            stamps.of_unions.entry(UnionId(row.scope)).or_default().push(row.stamp);
        }
    }
    Ok(stamps)
}
