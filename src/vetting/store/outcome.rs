//! What comes of cases: an appointment, the list of candidates, or an end without an answer.

use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

use crate::{
    database::Locked,
    failure::Failure,
    ids::{PostId, StudentId},
    vetting::{case::Case, round::Round},
};

/// Notes that a case ended in an appointment; `false` where it had not passed.
pub async fn mark_appointed(
    connection: &mut PgConnection,
    case: &Locked<Case>,
    post: PostId,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update vetting_case set stage = 'appointed', post_id = $2, visit = visit + 1, settled_at = $3
         where id = $1 and stage = 'passed'",
        case.id.0,
        post.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts cases that have passed on the list of candidates for the congress; gives how many.
pub async fn list_candidates(
    connection: &mut PgConnection,
    cases: &[Locked<Case>],
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let cases: Vec<Uuid> = cases.iter().map(|case| case.id.0).collect();
    let done = sqlx::query!(
        "update vetting_case set stage = 'listed', visit = visit + 1, settled_at = $2
         where id = any($1) and stage = 'passed'",
        &cases,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Ends what a round leaves undecided; gives whom to tell.
pub async fn lapse_rest(
    connection: &mut PgConnection,
    round: &Locked<Round>,
    why: &str,
    now: OffsetDateTime,
) -> Result<Vec<StudentId>, Failure> {
    let gone = sqlx::query_scalar!(
        r#"update vetting_case set stage = 'lapsed', step = null, due_on = null, visit = visit + 1, says = $2, settled_at = $3
           where round_id = $1 and stage in ('invited', 'at', 'returned', 'passed')
           returning student_id as "student: StudentId""#,
        round.id.0,
        why,
        now
    );
    Ok(gone.fetch_all(connection).await?)
}
