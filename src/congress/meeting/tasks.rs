//! What waits about meetings: a desk to be kept, a congress to attend, minutes to be signed.

use sqlx::PgConnection;
use time::Date;

use super::{nouns::CheckIn, store};
use crate::{
    auth::person::SignedIn,
    congress::{
        congress::{Congress, Stage},
        store::find,
    },
    failure::Failure,
    page::task::Task,
    text::chinese_day,
};

/// What meetings ask of a person, as an officer, a delegate or the keeper.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    congresses: &[Congress],
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    for id in store::desks_of(connection, person.account).await? {
        if let Some(congress) = find(connection, person.institution, id).await? {
            let title = format!("签到：{}", congress.short_title());
            tasks.push(Task::new(false, title, day_of(&congress), id.check_in_path()).due(congress.meets_on));
        }
    }
    if let Some(student) = person.student {
        for id in store::attends(connection, student, today).await? {
            if let Some(congress) = find(connection, person.institution, id).await? {
                let title = format!("出席{}", congress.short_title());
                tasks.push(Task::new(false, title, day_of(&congress), id.own_meeting_path()).due(congress.meets_on));
            }
        }
    }
    let Some(office) = person.acting.as_ref() else { return Ok(tasks) };
    for congress in congresses {
        if congress.stage != Stage::Convened || !congress.is_kept_by(office) {
            continue;
        }
        let meeting = store::find(connection, congress.id).await?;
        let due = congress.meets_on.is_some_and(|day| day <= today);
        match meeting {
            None => {
                let title = format!("安排{}的会议", congress.short_title());
                let task = Task::new(due, title, day_of(congress), congress.id.meeting_path());
                tasks.push(task.due(congress.meets_on));
            }
            Some(meeting) if meeting.check_in == CheckIn::Closed => {
                let title = format!("签发{}的会议纪要", congress.short_title());
                tasks.push(Task::new(true, title, "签到已结束".to_owned(), congress.id.minutes_path()));
            }
            Some(_) => {}
        }
    }
    Ok(tasks)
}

fn day_of(congress: &Congress) -> String {
    congress.meets_on.map_or_else(String::new, |day| format!("{}召开", chinese_day(day)))
}
