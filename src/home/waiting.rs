//! What waits for a person, asked of each feature.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    activities,
    accounts,
    auth::person::SignedIn,
    conduct,
    congress::{self, meeting},
    education, elections,
    failure::Failure,
    imports, matters,
    imports, meetings,
    guidance, imports, meetings,
    office::{CongressReader, DelegateReader, Office, OfficeKind, Registrar, SchoolLeague, Vetter},
    page::task::Task,
    people, projects, reviews, rotation, unions, vetting,
    people, reviews, rotation, unions, vetting, voice,
};

/// Everything that waits for a person, what is late first.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(unions::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(congress::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(conduct::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(education::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(matters::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(meetings::tasks::waiting(connection, person, office, now).await?);
        tasks.extend(guidance::tasks::waiting(connection, person, office, now).await?);
        tasks.extend(projects::tasks::waiting(connection, person, office, today).await?);
        tasks.extend(voice::tasks::waiting(connection, person, office, now).await?);
        if SchoolLeague::KINDS.contains(&office.kind) {
            tasks.extend(rotation::tasks::semesters(connection, person, today).await?);
            tasks.extend(people::tasks::twins(connection, person).await?);
        }
        if office.kind == OfficeKind::Administrator {
            tasks.extend(accounts::tasks::waiting(connection, person, now).await?);
        }
        if office.kind == OfficeKind::StudentAffairs {
            tasks.extend(people::tasks::waiting(connection, person, today).await?);
        }
        if Vetter::KINDS.contains(&office.kind) {
            tasks.extend(vetting::tasks::waiting(connection, person, office, now).await?);
        }
        if CongressReader::KINDS.contains(&office.kind) {
            tasks.extend(congress::result::tasks::waiting(connection, person, office, today).await?);
            tasks.extend(congress::proposals::tasks::waiting(connection, person, office, today).await?);
        }
        if DelegateReader::KINDS.contains(&office.kind) {
            tasks.extend(congress::delegates::tasks::waiting(connection, person, office, today).await?);
        }
        if Registrar::KINDS.contains(&office.kind) {
            tasks.extend(imports::tasks::waiting(connection, person).await?);
        }
    }
    tasks.extend(elections::tasks::waiting(connection, person, now).await?);
    tasks.extend(reviews::tasks::waiting(connection, person, now).await?);
    tasks.extend(conduct::tasks::own(connection, person, today).await?);
    tasks.extend(education::tasks::own(connection, person, today).await?);
    if person.student.is_none() {
        tasks.extend(congress::proposals::tasks::answering(connection, person, today).await?);
    }
    tasks.extend(activities::tasks::own(connection, person, now).await?);
    tasks.extend(voice::tasks::own(connection, person).await?);
    tasks.extend(meeting::tasks::waiting(connection, person, today).await?);
    if let Some(student) = person.student {
        tasks.extend(rotation::tasks::duties(connection, student, today).await?);
        tasks.extend(meetings::tasks::own(connection, person, student, now).await?);
        tasks.extend(projects::tasks::own(connection, person, student).await?);
        tasks.extend(vetting::tasks::applications(connection, student).await?);
        tasks.extend(congress::proposals::tasks::own(connection, person, student).await?);
    }
    Task::sort(&mut tasks, today);
    Ok(tasks)
}
