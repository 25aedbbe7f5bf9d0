//! What was imported before a ranking's base was asked for: the university says once whether it is the major (ELG-03).

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{auth::acting::Acting, failure::Failure, ids::InstitutionId, office::Registrar, words::words};

words! {
    /// Of what those rankings are.
    EarlierRankings:
    Major = "major", "是本专业学习成绩的排名：照旧作为依据";
    /// They count no more, and are missing until they are imported anew.
    Other = "other", "不是，或者不能确定：不再作为依据，按待补数据，请按实际口径重新导入";
}

/// The university has such rankings, and has not yet said of what they are.
pub(super) async fn are_unsaid(connection: &mut PgConnection, institution: InstitutionId) -> Result<bool, Failure> {
    let unsaid = sqlx::query_scalar!(
        r#"select exists (select from unsaid_ranking where institution_id = $1 and answer is null) as "unsaid!""#,
        institution.0
    );
    Ok(unsaid.fetch_one(connection).await?)
}

/// Keeps what the university says of them; `false` where it was not asked, or has said so.
pub(super) async fn say(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    answer: EarlierRankings,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let said = sqlx::query!(
        "update unsaid_ranking set answer = $2, answered_at = $3, office = $4
         where institution_id = $1 and answer is null",
        acting.institution().0,
        answer.slug(),
        now,
        acting.office().label()
    );
    Ok(said.execute(connection).await?.rows_affected() == 1)
}
