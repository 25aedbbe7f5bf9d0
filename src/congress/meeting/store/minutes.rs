//! SQL of the minutes: kept as edited, signed off, and with them the meeting over.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{acting::Acting, person::SignedIn},
    congress::{CongressKeeper, meeting::nouns::Meeting},
    database::Locked,
    failure::Failure,
};

/// Keeps the minutes as edited, or forgets what was edited; `false` once they are signed.
pub async fn keep_minutes(
    connection: &mut PgConnection,
    meeting: &Locked<Meeting>,
    text: Option<&str>,
    by: &SignedIn,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update meeting set minutes = $2, minutes_at = case when $2::text is not null then $3::timestamptz end,
                            minutes_by = case when $2::text is not null then $4::uuid end
         where congress_id = $1 and signed_at is null",
        meeting.congress.0,
        text,
        now,
        by.account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Signs the minutes off; `false` where there are none that were kept, or check-in is not over.
pub async fn sign_minutes(
    connection: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    meeting: &Locked<Meeting>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    let done = sqlx::query!(
        "update meeting set signed_at = $2, signed_by = $3
         where congress_id = $1 and signed_at is null and minutes is not null and check_in = 'closed'",
        meeting.congress.0,
        now,
        acting.person().account.0
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
