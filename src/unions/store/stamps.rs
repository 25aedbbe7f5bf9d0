//! SQL of the stamps on what unions are judged from. The database changes them with the facts, in the same transaction.

use std::collections::HashMap;

use sqlx::{PgConnection, types::Uuid};

use super::papers::own_kind;
use crate::{
    auth::person::Scope,
    failure::Failure,
    ids::{InstitutionId, UnionId},
    office::OfficeKind,
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

/// The stamps on what a union's roster is made of, in their order; none for an office that does not see the union.
pub async fn roster_stamps(
    connection: &mut PgConnection,
    scope: &Scope,
    office: OfficeKind,
    union: UnionId,
) -> Result<Vec<Uuid>, Failure> {
    let stamps = sqlx::query_scalar!(
        "select f.stamp from student_union u join fact_stamp f on f.scope = any(array[$2, $5::uuid])
         where u.id = $2 and u.institution_id = $1 and ($3::uuid is null or u.college_id = $3)
               and ($4::text is null or u.kind = $4)
         order by f.stamp",
        scope.institution.0,
        union.0,
        scope.college.map(|id| id.0),
        own_kind(office),
        Uuid::nil()
    );
    Ok(stamps.fetch_all(connection).await?)
}
