//! SQL of the log of 学校治理.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    auth::acting::Acting,
    failure::Failure,
    ids::{GovernanceId, InstitutionId, UnionId},
    voice::VoiceKeeper,
    words::words,
};

words! {
    /// How a union takes part in the university's governance.
    GovernanceKind:
    Council = "council", "校内委员会、会议";
    Hearing = "hearing", "听证会";
    Consultation = "consultation", "座谈、征求意见";
    Other = "other", "其他";
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub(super) struct GovernanceEntry {
    pub id: GovernanceId,
    pub union: UnionId,
    pub union_name: String,
    pub kind: GovernanceKind,
    pub on_day: Date,
    pub title: String,
    pub host: String,
    pub said: String,
    pub outcome: Option<String>,
}

/// The log of a university, the newest day first, at most 300.
pub(super) async fn entries(
    connection: &mut PgConnection,
    institution: InstitutionId,
) -> Result<Vec<GovernanceEntry>, Failure> {
    let rows = sqlx::query!(
        r#"select g.id as "id: GovernanceId", g.union_id as "union: UnionId", union_name(u.kind, c.name) as "union_name!",
                  g.kind, g.on_day, g.title, g.host, g.said, g.outcome
           from governance_entry g join student_union u on u.id = g.union_id left join college c on c.id = u.college_id
           where g.institution_id = $1 order by g.on_day desc, g.id limit 300"#,
        institution.0
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(GovernanceEntry {
            id: row.id,
            union: row.union,
            union_name: row.union_name,
            kind: row.kind.parse()?,
            on_day: row.on_day,
            title: row.title,
            host: row.host,
            said: row.said,
            outcome: row.outcome,
        })
    });
    Ok(read.collect::<anyhow::Result<_>>()?)
}

/// An entry about to be kept.
#[derive(Debug, Clone)]
pub(super) struct NewEntry {
    pub union: UnionId,
    pub kind: GovernanceKind,
    pub on_day: Date,
    pub title: String,
    pub host: String,
    pub said: String,
    pub outcome: Option<String>,
}

/// Keeps an entry.
pub(super) async fn keep(
    connection: &mut PgConnection,
    acting: &Acting<VoiceKeeper>,
    new: &NewEntry,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into governance_entry (id, institution_id, union_id, kind, on_day, title, host, said, outcome, kept_at, kept_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        GovernanceId::random().0,
        acting.institution().0,
        new.union.0,
        new.kind.slug(),
        new.on_day,
        new.title,
        new.host,
        new.said,
        new.outcome,
        now,
        acting.person().account.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes down what came of it; `false` where that is taken down, or the union is another.
pub(super) async fn settle(
    connection: &mut PgConnection,
    _acting: &Acting<VoiceKeeper>,
    id: GovernanceId,
    unions: &[UnionId],
    outcome: &str,
) -> Result<bool, Failure> {
    let unions: Vec<_> = unions.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "update governance_entry set outcome = $2 where id = $1 and outcome is null and union_id = any($3)",
        id.0,
        outcome,
        &unions
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
