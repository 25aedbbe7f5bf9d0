//! SQL of what the office that keeps a congress adds to its papers.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;

use crate::{congress::congress::Congress, database::Locked, failure::Failure, ids::CongressId};

/// What an office has added to a paper; empty where it has added nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    /// 发文字号.
    pub number: String,
    /// 成文日期.
    pub dated_on: Option<Date>,
    /// Where the congress meets.
    pub place: String,
    /// When it begins, in words.
    pub begins: String,
    /// 抄送机关.
    pub copies: String,
}

/// What was added to each paper of a congress, by the paper's word.
pub async fn additions(
    connection: &mut PgConnection,
    congress: CongressId,
) -> Result<HashMap<String, Addition>, Failure> {
    let rows = sqlx::query!(
        "select paper, number, dated_on, place, begins, copies from congress_paper where congress_id = $1",
        congress.0
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let addition = Addition {
            number: row.number,
            dated_on: row.dated_on,
            place: row.place,
            begins: row.begins,
            copies: row.copies,
        };
        (row.paper, addition)
    });
    Ok(rows.collect())
}

/// What was added to one paper of a congress.
pub async fn addition(connection: &mut PgConnection, congress: CongressId, paper: &str) -> Result<Addition, Failure> {
    Ok(additions(connection, congress).await?.remove(paper).unwrap_or_default())
}

/// Keeps what is added to a paper, in place of what was added before.
pub async fn keep(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    paper: &str,
    addition: &Addition,
) -> Result<(), Failure> {
    sqlx::query!(
        "insert into congress_paper (congress_id, paper, number, dated_on, place, begins, copies)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (congress_id, paper) do update
         set number = excluded.number, dated_on = excluded.dated_on, place = excluded.place, begins = excluded.begins,
             copies = excluded.copies",
        congress.id.0,
        paper,
        addition.number,
        addition.dated_on,
        addition.place,
        addition.begins,
        addition.copies
    )
    .execute(connection)
    .await?;
    Ok(())
}
