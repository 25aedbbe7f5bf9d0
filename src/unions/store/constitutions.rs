//! SQL of a union's constitution (章程) and its versions.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::locked::LockedUnion;
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    ids::{ConstitutionId, DocumentId, UnionId},
};

/// A version on file.
#[derive(Debug)]
pub struct Constitution {
    pub name: String,
    /// The congress or body that adopted it.
    pub adopted_by: String,
    pub adopted_on: Date,
    pub from_day: Date,
    pub document: DocumentId,
    pub document_name: String,
}

/// The versions of a union's constitution, the newest first.
pub async fn constitutions(connection: &mut PgConnection, union: UnionId) -> Result<Vec<Constitution>, Failure> {
    let rows = sqlx::query_as!(
        Constitution,
        r#"select c.name, c.adopted_by, c.adopted_on, c.from_day, c.document_id as "document: DocumentId",
                  d.name as document_name
           from union_constitution c join document d on d.id = c.document_id
           where c.union_id = $1 order by c.from_day desc, c.kept_at desc"#,
        union.0
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A version that is put on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConstitution {
    pub name: String,
    pub adopted_by: String,
    pub adopted_on: Date,
    pub from_day: Date,
}

/// Puts a version on file.
pub async fn file_constitution(
    connection: &mut PgConnection,
    person: &SignedIn,
    union: &LockedUnion,
    new: &NewConstitution,
    document: DocumentId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into union_constitution (id, union_id, name, adopted_by, adopted_on, from_day, document_id, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ConstitutionId::random().0,
        union.id().0,
        new.name,
        new.adopted_by,
        new.adopted_on,
        new.from_day,
        document.0,
        now,
        person.account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
