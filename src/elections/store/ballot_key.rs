//! SQL of whose ballot key marks what the database holds.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{Stage, contests, is_opened_by, monitors, sitting};
use crate::{
    failure::Failure,
    ids::{InstitutionId, SittingId},
    sealing::keys::MarkKey,
};

/// A sitting in progress, which needs the ballot key that its marks are by.
#[derive(Debug, Clone)]
pub struct Dependent {
    pub id: SittingId,
    pub institution: InstitutionId,
    pub title: String,
    pub stage: Stage,
}

/// The check value of the key that the database's marks are by; none where none was ever used, or before it was kept.
pub async fn key_mark(connection: &mut PgConnection) -> Result<Option<Vec<u8>>, Failure> {
    Ok(sqlx::query_scalar!("select mark from ballot_key").fetch_optional(connection).await?)
}

/// As [`key_mark`]; nobody else claims it until the end of the transaction.
pub async fn lock_key_mark(connection: &mut PgConnection) -> Result<Option<Vec<u8>>, Failure> {
    sqlx::query!("lock table ballot_key in share row exclusive mode").execute(&mut *connection).await?;
    key_mark(connection).await
}

pub async fn keep_key_mark(connection: &mut PgConnection, mark: &[u8], now: OffsetDateTime) -> Result<(), Failure> {
    sqlx::query!(
        "insert into ballot_key (mark, since) values ($1, $2)
         on conflict (single) do update set mark = excluded.mark, since = excluded.since",
        mark,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sittings whose votes are still sealed, and those whose monitors have made passphrases.
pub async fn dependents(connection: &mut PgConnection) -> Result<Vec<Dependent>, Failure> {
    let rows = sqlx::query!(
        r#"select t.id as "id: SittingId", t.institution_id as "institution: InstitutionId", t.title, t.stage
           from sitting t
           where t.stage in ('open', 'closed') or t.stage in ('draft', 'announced', 'rehearsed') and exists (
                     select from monitor m where m.sitting_id = t.id and m.mac is not null)
           order by t.opens_at, t.id"#
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let dependents = rows.map(|row| {
        let stage = row.stage.parse()?;
        anyhow::Ok(Dependent { id: row.id, institution: row.institution, title: row.title, stage })
    });
    Ok(dependents.collect::<anyhow::Result<_>>()?)
}

/// The marks of a sitting in progress are by this key.
pub async fn is_marked_by(
    connection: &mut PgConnection,
    dependent: &Dependent,
    key: &MarkKey,
) -> Result<bool, Failure> {
    let Some(found) = sitting(connection, dependent.institution, dependent.id).await? else { return Ok(true) };
    if let Some(day) = found.opened_at().map(OffsetDateTime::date) {
        let contests = contests(connection, &found, Some(day)).await?;
        return is_opened_by(connection, &found, &contests, key).await;
    }
    let monitors = monitors(connection, found.id).await?;
    Ok(monitors.iter().all(|one| one.key.is_none() || one.own_key(key, found.id).is_some()))
}
