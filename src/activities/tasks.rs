//! What waits of activities: for a student one that is about to begin, and a word on one that they were at; for a union who was
//! there.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{
    paths,
    store::{self, ActivityFilter},
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    matters::MatterFiler,
    office::Office,
    page::task::Task,
    text::chinese_day,
    unions::store as unions,
};

/// How long before its day an activity is among the tasks.
const SOON: Duration = Duration::days(3);

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = match &person.acting {
        Some(office) => of_office(&mut *connection, person, office, now).await?,
        None => Vec::new(),
    };
    tasks.extend(own(connection, person, now).await?);
    Ok(tasks)
}

/// For the office of a union: activities that are over and of which nobody noted who was there, without which nobody is asked
/// for a word.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if !MatterFiler::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let all = unions::list(connection, person.institution, None).await?;
    let own: Vec<_> = all.iter().filter(|union| union.is_own_of(office)).map(|union| union.id).collect();
    let task = |one: store::EndedActivity| {
        let says = format!("登记到场：{}", one.title);
        Task::new(false, says, "活动已经结束，还没有签到".to_owned(), paths::desk(one.id))
    };
    Ok(store::unattended(connection, &own, now).await?.into_iter().map(task).collect())
}

/// For a student.
async fn own(connection: &mut PgConnection, person: &SignedIn, now: OffsetDateTime) -> Result<Vec<Task>, Failure> {
    let Some(student) = person.student else { return Ok(Vec::new()) };
    let mut tasks = Vec::new();
    for one in store::unrated(connection, student, now).await? {
        let says = format!("评价活动：{}", one.title);
        tasks.push(Task::new(false, says, String::new(), paths::activity(one.id)));
    }
    let filter = ActivityFilter { of: Some(student), ..ActivityFilter::default() };
    for activity in store::activities(connection, person.institution, filter).await? {
        let starts = activity.matter.says.starts_at;
        let href = paths::activity(activity.id());
        let title = &activity.matter.says.title;
        if starts < now || starts - now > SOON {
            continue;
        }
        if !activity.is_running() {
            tasks.push(Task::new(true, format!("你报名的活动暂停：{title}"), "现在没有批准".to_owned(), href));
            continue;
        }
        let own = store::own(connection, activity.id(), student).await?;
        if own.is_some_and(|own| own.is_in() && !own.was_there()) {
            let day = starts.to_offset(CHINA).date();
            let more = format!("{}，{}", chinese_day(day), activity.place());
            tasks.push(Task::new(false, format!("参加活动：{title}"), more, href).due(Some(day)));
        }
    }
    Ok(tasks)
}
