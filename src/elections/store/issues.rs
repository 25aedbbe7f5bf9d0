//! SQL of the numbers and seals under which papers are issued.

use sqlx::PgConnection;

use crate::{
    database::Locked,
    elections::{
        public_paper::{Issue, PublicPaper},
        sitting::Sitting,
    },
    failure::Failure,
    ids::SittingId,
};

/// What the office in charge has given a paper of a sitting.
pub async fn issue(connection: &mut PgConnection, sitting: SittingId, paper: PublicPaper) -> Result<Issue, Failure> {
    let given = sqlx::query_as!(
        Issue,
        "select number, issuer from sitting_paper where sitting_id = $1 and paper = $2",
        sitting.0,
        paper.slug()
    );
    Ok(given.fetch_optional(connection).await?.unwrap_or_default())
}

/// Keeps what the office in charge gives a paper, in place of what it gave before.
pub async fn keep_issue(
    connection: &mut PgConnection,
    sitting: &Locked<Sitting>,
    paper: PublicPaper,
    issue: &Issue,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into sitting_paper (sitting_id, paper, number, issuer) values ($1, $2, $3, $4)
         on conflict (sitting_id, paper) do update set number = excluded.number, issuer = excluded.issuer",
        sitting.id.0,
        paper.slug(),
        issue.number,
        issue.issuer
    )
    .execute(connection)
    .await?;
    Ok(())
}
