//! What a meeting's arrangement lets its notice say: where, when, and with which agenda.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::store;
use crate::{clock::CHINA, failure::Failure, ids::CongressId};

/// The arrangement of a meeting, in the words of papers.
pub(in crate::congress) struct Announced {
    pub place: String,
    /// `上午9时`.
    pub begins: String,
    /// The titles of its agenda, in their order; empty while it has none.
    pub agenda: Vec<String>,
}

/// What is arranged of a congress's meeting; none while nothing is.
pub(in crate::congress) async fn announced(
    db: &mut PgConnection,
    congress: CongressId,
) -> Result<Option<Announced>, Failure> {
    let Some(meeting) = store::find(db, congress).await? else { return Ok(None) };
    let agenda = store::agenda(db, congress).await?.into_iter().map(|item| item.title).collect();
    Ok(Some(Announced { place: meeting.place, begins: time_of_day(meeting.starts_at), agenda }))
}

/// A time of day as an invitation says it: `上午9时`, `下午2时30分`.
fn time_of_day(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    let (part, hour) = match at.hour() {
        hour @ 0..12 => ("上午", hour),
        12 => ("中午", 12),
        hour => ("下午", hour - 12),
    };
    match at.minute() {
        0 => format!("{part}{hour}时"),
        minute => format!("{part}{hour}时{minute}分"),
    }
}
