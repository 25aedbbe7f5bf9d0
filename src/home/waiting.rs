//! What waits for a person, asked of each feature.

use std::pin::Pin;

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    accounts, activities,
    auth::person::SignedIn,
    conduct,
    congress::{self, meeting},
    contact, education, elections,
    failure::Failure,
    guidance, imports, matters, meetings,
    office::{CongressReader, DelegateReader, Office, OfficeKind, Registrar, SchoolLeague, Vetter},
    page::task::Task,
    people, plan_drafts, projects, reviews, rotation, surveys, unions, vetting, voice,
};

/// What a feature answers, behind a pointer: the type of the whole would grow with each feature, and compiling it with it.
fn asked<'a, T>(
    answer: impl Future<Output = Result<T, Failure>> + Send + 'a,
) -> Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>> {
    Box::pin(answer)
}

/// Everything that waits for a person, what is late first.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.date();
    let mut tasks = Vec::new();
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
    tasks.extend(asked(elections::tasks::waiting(connection, person, now)).await?);
    tasks.extend(asked(reviews::tasks::waiting(connection, person, now)).await?);
    tasks.extend(asked(conduct::tasks::own(connection, person, today)).await?);
    tasks.extend(asked(education::tasks::own(connection, person, today)).await?);
    if person.student.is_none() {
        tasks.extend(asked(congress::proposals::tasks::answering(connection, person, today)).await?);
    }
    tasks.extend(asked(activities::tasks::own(connection, person, now)).await?);
    tasks.extend(asked(voice::tasks::own(connection, person)).await?);
    tasks.extend(asked(meeting::tasks::waiting(connection, person, today)).await?);
    if let Some(student) = person.student {
        tasks.extend(asked(surveys::tasks::own(connection, person, student, now)).await?);
        tasks.extend(asked(rotation::tasks::duties(connection, student, today)).await?);
        tasks.extend(asked(meetings::tasks::own(connection, person, student, now)).await?);
        tasks.extend(asked(projects::tasks::own(connection, person, student)).await?);
        tasks.extend(asked(contact::tasks::own(connection, person, student, today)).await?);
        tasks.extend(asked(vetting::tasks::applications(connection, student)).await?);
        tasks.extend(asked(congress::proposals::tasks::own(connection, person, student)).await?);
    }
    Task::sort(&mut tasks, today);
    Ok(tasks)
}
