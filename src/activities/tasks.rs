//! What waits of activities for a student: one that is about to begin, and a word on one that they were at.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::{
    paths,
    store::{self, ActivityFilter},
};
use crate::{auth::person::SignedIn, clock::CHINA, failure::Failure, page::task::Task, text::chinese_day};

/// How long before its day an activity is among the tasks.
const SOON: Duration = Duration::days(3);

pub async fn own(connection: &mut PgConnection, person: &SignedIn, now: OffsetDateTime) -> Result<Vec<Task>, Failure> {
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
