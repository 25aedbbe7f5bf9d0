//! SQL of the portal that collects the monitors' shares of a review: among several on one database one does, and it says that
//! it lives.

use sqlx::PgConnection;

use crate::{database::Locked, failure::Failure, ids::PortalId, reviews::review::Review, sealing::shares::SHARES_HELD};

/// A portal that is not heard of for so many seconds has ended, and what it held with it. By the database's clock alone:
/// those of portals differ.
const SILENT: f64 = 30.0;

/// Collects a review's shares from now on; `false` where another portal does.
pub async fn hold_shares(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    portal: PortalId,
) -> Result<bool, Failure> {
    let held = sqlx::query!(
        "insert into review_holder (review_id, portal, seen_at, held_until)
         values ($1, $2, clock_timestamp(), clock_timestamp() + make_interval(secs => $3))
         on conflict (review_id) do update
         set portal = excluded.portal, seen_at = excluded.seen_at, held_until = excluded.held_until
         where review_holder.portal = excluded.portal or review_holder.held_until <= excluded.seen_at
               or review_holder.seen_at <= excluded.seen_at - make_interval(secs => $4)",
        review.id.0,
        portal.0,
        SHARES_HELD.as_seconds_f64(),
        SILENT
    );
    Ok(held.execute(connection).await?.rows_affected() == 1)
}

/// Whether this portal still is the one: of two counts one is written.
pub async fn holds_shares(
    connection: &mut PgConnection,
    review: &Locked<Review>,
    portal: PortalId,
) -> Result<bool, Failure> {
    let holder = sqlx::query_scalar!("select portal from review_holder where review_id = $1", review.id.0);
    Ok(holder.fetch_optional(connection).await? == Some(portal.0))
}

/// The shares were used, or will not be.
pub async fn let_shares_go(connection: &mut PgConnection, review: &Locked<Review>) -> Result<(), Failure> {
    sqlx::query!("delete from review_holder where review_id = $1", review.id.0).execute(connection).await?;
    Ok(())
}

/// Says that a portal that collects shares still runs.
pub async fn still_holds_shares(connection: &mut PgConnection, portal: PortalId) -> Result<(), Failure> {
    sqlx::query!("update review_holder set seen_at = clock_timestamp() where portal = $1", portal.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Says that a portal ends, and with it what it held.
pub async fn end_holds_of(connection: &mut PgConnection, portal: PortalId) -> Result<(), Failure> {
    sqlx::query!(
        "update review_holder set held_until = least(held_until, clock_timestamp()) where portal = $1",
        portal.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says that no portal of before runs any more: a database of this portal's own has nobody else.
pub async fn end_holds(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::query!("update review_holder set held_until = least(held_until, clock_timestamp())")
        .execute(connection)
        .await?;
    Ok(())
}
