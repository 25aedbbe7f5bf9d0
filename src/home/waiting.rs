//! What waits for a person, asked of each feature.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::pending::Pending;
use crate::{
    auth::{person::SignedIn, tasks::AskedFeature},
    failure::Failure,
    page::task::Task,
};

/// Everything that waits for a person, what is late first; of two that are equal, in the order of the features. A feature
/// where nothing is pending is not asked; in a debug build it is, and must have nothing.
pub(super) async fn waiting(
    features: &[AskedFeature],
    pending: &Pending,
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    for feature in features {
        if pending.has(feature.room) {
            tasks.extend((feature.waiting)(&mut *connection, person, now).await?);
        } else if cfg!(debug_assertions) && !(feature.waiting)(&mut *connection, person, now).await?.is_empty() {
            // Something may have come in between.
            let again = Pending::of(&mut *connection, person, now).await?;
            debug_assert!(again.has(feature.room), "what waits in {} is not pending", feature.room);
        }
    }
    Task::sort(&mut tasks, now.date());
    Ok(tasks)
}
