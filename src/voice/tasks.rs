//! What waits about requests: to be taken up or answered, for offices; an answer to be confirmed, for students.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    VoiceHandler,
    paths::{DESK, SESSIONS, VOICE},
    session_store,
    store::{self, VoiceDesk},
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    office::{Office, OfficeKind},
    page::task::Task,
    rules::plan::Union,
    unions::{store as unions, union::StudentUnion},
};

/// Everything of it that waits for a person.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    if let Some(office) = &person.acting {
        tasks.extend(of_office(connection, person, office, now).await?);
    }
    tasks.extend(own(connection, person).await?);
    Ok(tasks)
}

/// An office speaks for a union in its sessions and in the log: the school's League committee for all, others for their own.
#[must_use]
pub fn speaks_for(office: &Held, union: &StudentUnion) -> bool {
    match office.kind {
        OfficeKind::SchoolLeague | OfficeKind::DeputySecretary => true,
        OfficeKind::SchoolUnion => union.kind == Union::School,
        OfficeKind::GraduateUnion => union.kind == Union::Graduate,
        OfficeKind::CollegeLeague | OfficeKind::CollegeUnion => {
            union.college.is_some() && union.college == office.college
        }
        _ => false,
    }
}

/// Points of 面对面 without an answer past their day, for whoever speaks for their unions.
async fn late_points(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Option<Task>, Failure> {
    let late = session_store::late_points(connection, person, today).await?;
    if late.is_empty() {
        return Ok(None);
    }
    let mut own = unions::list(connection, person.institution, None).await?;
    own.retain(|union| speaks_for(office, union));
    let count = late.iter().filter(|id| own.iter().any(|union| union.id == **id)).count();
    let task = || Task::new(true, format!("催办面对面的 {count} 个问题"), String::new(), SESSIONS.to_owned());
    Ok((count > 0).then(task))
}

/// For an office. The League committees hear of what is late alone: the unions do the daily work.
async fn of_office(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if !VoiceHandler::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let (desk, today) = (VoiceDesk::held(office), now.to_offset(CHINA).date());
    let mut tasks: Vec<Task> = late_points(connection, person, office, today).await?.into_iter().collect();
    let waiting = store::waiting(connection, person.institution, desk, now).await?;
    let late = waiting.late.take_up + waiting.late.answer;
    if desk.is_league() || office.kind == OfficeKind::CollegeLeague {
        let says = format!("督办 {late} 件逾期的诉求");
        if late > 0 {
            tasks.push(Task::new(true, says, String::new(), DESK.to_owned()));
        }
        return Ok(tasks);
    }
    let mut wait = |count: i64, says: String| {
        if count > 0 {
            let urgent = late > 0 || waiting.due.is_some_and(|due| due < today);
            tasks.push(Task::new(urgent, says, String::new(), DESK.to_owned()).due(waiting.due));
        }
    };
    wait(waiting.received, format!("接收 {} 件诉求", waiting.received));
    wait(waiting.sent, format!("办理 {} 件诉求", waiting.sent));
    Ok(tasks)
}

/// For a student: an answer waits for their word.
async fn own(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<Task>, Failure> {
    if person.student.is_none() {
        return Ok(None);
    }
    let count = store::to_confirm(connection, person.account).await?;
    let task = || Task::new(false, format!("确认 {count} 件诉求的答复"), String::new(), VOICE.to_owned());
    Ok((count > 0).then(task))
}
