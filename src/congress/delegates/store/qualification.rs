//! SQL of the report on the delegates' qualification: what is counted, and the report as it was adopted.

use sqlx::{PgConnection, types::Json, types::Uuid};
use time::OffsetDateTime;

use crate::{
    congress::{congress::Congress, delegates::store::seated::SeatedDelegate},
    database::Locked,
    failure::Failure,
    ids::{AccountId, DelegateId},
    rules::qualification::{DelegateFacts, Qualification},
};

/// A delegate with a vote, as the report counts them.
#[must_use]
pub fn counted(delegate: &SeatedDelegate, source: &str, delegation: Option<&str>) -> DelegateFacts {
    DelegateFacts {
        gender: delegate.gender.clone(),
        political: delegate.political.clone(),
        ethnic: delegate.ethnic.clone(),
        grade: delegate.entry_year,
        source: source.to_owned(),
        delegation: delegation.map(str::to_owned),
        backbone: delegate.backbone,
    }
}

/// The report as it was adopted.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub figures: Qualification,
    /// Who examined the delegates, by name.
    pub examiners: Vec<String>,
    pub at: OffsetDateTime,
}

/// The adopted report; none before.
pub async fn adopted(connection: &mut PgConnection, congress: &Congress) -> Result<Option<Adopted>, Failure> {
    let row = sqlx::query!(
        r#"select figures as "figures: Json<Qualification>", examiners, adopted_at
           from qualification_report where congress_id = $1"#,
        congress.id.0
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Adopted {
        figures: row.figures.0,
        examiners: row.examiners,
        at: row.adopted_at.to_offset(crate::clock::CHINA),
    }))
}

/// Adopts the report; `false` where it is adopted already.
pub async fn adopt(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    figures: &Qualification,
    examiners: &[String],
    by: AccountId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "insert into qualification_report (congress_id, figures, examiners, adopted_at, adopted_by)
         values ($1, $2, $3, $4, $5) on conflict do nothing",
        congress.id.0,
        serde_json::to_value(figures).map_err(anyhow::Error::new)?,
        examiners,
        now,
        by.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Gives delegates their numbers, from 1, in the order in which they are named.
pub async fn give_numbers(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    delegates: &[DelegateId],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = delegates.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update delegate d set number = u.place from unnest($2::uuid[]) with ordinality as u(id, place)
         where d.congress_id = $1 and d.id = u.id",
        congress.id.0,
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}
