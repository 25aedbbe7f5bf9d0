//! What waits for a person, asked of each feature.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{person::SignedIn, tasks::TasksOf},
    failure::Failure,
    page::task::Task,
};

/// Everything that waits for a person, what is late first; of two that are equal, in the order of the features.
pub(super) async fn waiting(
    features: &[TasksOf],
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    for waiting in features {
        tasks.extend(waiting(&mut *connection, person, now).await?);
    }
    Task::sort(&mut tasks, now.date());
    Ok(tasks)
}
