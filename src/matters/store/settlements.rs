//! SQL of what matters came to: what stands behind a union's settlement of a year.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    failure::Failure,
    ids::{MatterId, UnionId},
    rules::matters::MatterKind,
};

/// A matter with a budget that was settled and closed; sums in fen.
#[derive(Debug, Clone)]
pub struct SettledMatter {
    pub id: MatterId,
    pub number: i32,
    pub kind: MatterKind,
    pub title: String,
    pub closed_at: OffsetDateTime,
    pub planned: i64,
    pub spent: i64,
}

/// A union's matters with a budget that were closed from one day on and before another, the earliest first.
pub async fn settled(
    connection: &mut PgConnection,
    union: UnionId,
    from: Date,
    until: Date,
) -> Result<Vec<SettledMatter>, Failure> {
    let rows = sqlx::query!(
        r#"select q.id as "id: MatterId", q.number, q.kind, q.title, q.closed_at as "closed_at!",
                  sum(l.planned)::bigint as "planned!", coalesce(sum(l.spent), 0)::bigint as "spent!"
           from matter q join matter_line l on l.matter_id = q.id
           where q.union_id = $1 and q.stage = 'closed' and china_day(q.closed_at) >= $2 and china_day(q.closed_at) < $3
           group by q.id order by q.closed_at, q.number"#,
        union.0,
        from,
        until
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(SettledMatter {
            id: row.id,
            number: row.number,
            kind: row.kind.parse()?,
            title: row.title,
            closed_at: row.closed_at,
            planned: row.planned,
            spent: row.spent,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// How many of a union's matters with a budget have begun and are not closed.
pub async fn open_accounts(connection: &mut PgConnection, union: UnionId) -> Result<i64, Failure> {
    let number = sqlx::query_scalar!(
        r#"select count(*) as "number!" from matter q
           where q.union_id = $1 and q.stage = 'begun'
                 and exists (select from matter_line l where l.matter_id = q.id)"#,
        union.0
    );
    Ok(number.fetch_one(connection).await?)
}
