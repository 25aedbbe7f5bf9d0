//! What waits about projects: reports for the League organisation, and what is past its last day for whoever leads it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    paths::{PROJECTS, VOLUNTEERING},
    store::{self, ProjectFilter, VolunteerFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    failure::Failure,
    ids::StudentId,
    office::{Office, UnionReader},
    page::task::Task,
    unions::store as unions,
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(of_office(connection, person, office, now.date()).await?);
    }
    if let Some(student) = person.student {
        tasks.extend(own(connection, person, student).await?);
    }
    Ok(tasks)
}

/// For an office.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    if !UnionReader::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let unions = unions::list(connection, person.institution, None).await?;
    let led: Vec<_> = unions
        .iter()
        .filter(|union| union.is_managed_by(office) || union.is_own_of(office))
        .map(|union| union.id.0)
        .collect();
    let filter = ProjectFilter { unions: Some(led), ..ProjectFilter::default() };
    let mut tasks = Vec::new();
    let mut reports = 0;
    for project in store::projects(connection, person.institution, filter).await? {
        let keeps = unions.iter().any(|union| union.id == project.union && union.is_managed_by(office));
        reports += usize::from(project.is_reported() && keeps);
        if project.is_recruiting() {
            let says = format!("办理结项：{}", project.title);
            let more = format!("还有 {} 名志愿者", project.engaged);
            let task = Task::new(project.is_overdue(&today), says, more, project.id.path());
            tasks.push(task.due(Some(project.ends_on)).awaited_by(project.union_name.clone()));
        }
    }
    if reports > 0 {
        tasks.push(Task::new(false, format!("{reports} 个志愿项目的事先报告待收"), String::new(), PROJECTS.to_owned()));
    }
    Ok(tasks)
}

/// For a student: the projects for which they volunteer.
async fn own(connection: &mut PgConnection, person: &SignedIn, student: StudentId) -> Result<Vec<Task>, Failure> {
    let filter = VolunteerFilter { student: Some(student), ..VolunteerFilter::default() };
    let mine = store::volunteers(connection, person.institution, filter).await?;
    let engaged = mine.into_iter().filter(super::project::Volunteer::is_engaged);
    Ok(engaged
        .map(|one| {
            let says = format!("志愿服务：{}", one.project_title);
            Task::new(false, says, one.task, VOLUNTEERING.to_owned()).awaited_by(one.union_name)
        })
        .collect())
}
