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
    if let Some(office) = &person.acting {
        tasks.extend(asked(unions::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(congress::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(conduct::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(education::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(matters::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(activities::tasks::waiting(connection, person, office, now)).await?);
        tasks.extend(asked(meetings::tasks::waiting(connection, person, office, now)).await?);
        tasks.extend(asked(guidance::tasks::waiting(connection, person, office, now)).await?);
        tasks.extend(asked(projects::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(voice::tasks::waiting(connection, person, office, now)).await?);
        tasks.extend(asked(contact::tasks::waiting(connection, person, office, today)).await?);
        tasks.extend(asked(surveys::tasks::waiting(connection, person, office, now)).await?);
        if SchoolLeague::KINDS.contains(&office.kind) {
            tasks.extend(asked(rotation::tasks::semesters(connection, person, today)).await?);
            tasks.extend(asked(people::tasks::twins(connection, person)).await?);
            tasks.extend(asked(plan_drafts::tasks::waiting(connection, person)).await?);
        }
        if office.kind == OfficeKind::Administrator {
            tasks.extend(asked(accounts::tasks::waiting(connection, person, now)).await?);
        }
        if office.kind == OfficeKind::StudentAffairs {
            tasks.extend(asked(people::tasks::waiting(connection, person, today)).await?);
        }
        if Vetter::KINDS.contains(&office.kind) {
            tasks.extend(asked(vetting::tasks::waiting(connection, person, office, now)).await?);
        }
        if CongressReader::KINDS.contains(&office.kind) {
            tasks.extend(asked(congress::result::tasks::waiting(connection, person, office, today)).await?);
            tasks.extend(asked(congress::proposals::tasks::waiting(connection, person, office, today)).await?);
        }
        if DelegateReader::KINDS.contains(&office.kind) {
            tasks.extend(asked(congress::delegates::tasks::waiting(connection, person, office, today)).await?);
        }
        if Registrar::KINDS.contains(&office.kind) {
            tasks.extend(asked(imports::tasks::waiting(connection, person)).await?);
        }
    }
    Task::sort(&mut tasks, now.date());
    Ok(tasks)
}
