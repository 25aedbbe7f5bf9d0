//! What waits about requests: to be taken up or answered, for offices; an answer to be confirmed, for students.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    paths::{DESK, VOICE},
    request::Receiver,
    store::{self, Desk},
};
use crate::{
    auth::person::{Held, SignedIn},
    clock::CHINA,
    failure::Failure,
    office::{Office, OfficeKind, VoiceHandler},
    page::task::Task,
};

/// The office of a union that takes requests up.
#[must_use]
pub(super) fn receiving_office(receiver: Receiver) -> OfficeKind {
    match receiver {
        Receiver::School => OfficeKind::SchoolUnion,
        Receiver::Graduate => OfficeKind::GraduateUnion,
        Receiver::College => OfficeKind::CollegeUnion,
    }
}

/// For an office. The League committees hear of what is late alone: the unions do the daily work.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if !VoiceHandler::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let (desk, today) = (Desk::held(office), now.to_offset(CHINA).date());
    let waiting = store::waiting(connection, person.institution, desk, now).await?;
    let late = waiting.late.take_up + waiting.late.answer;
    if desk.is_league() || office.kind == OfficeKind::CollegeLeague {
        let says = format!("督办 {late} 件超期的诉求");
        let task = Task::new(true, says, String::new(), DESK.to_owned());
        return Ok(if late > 0 { vec![task] } else { Vec::new() });
    }
    let mut tasks = Vec::new();
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
pub async fn own(connection: &mut PgConnection, person: &SignedIn) -> Result<Option<Task>, Failure> {
    if person.student.is_none() {
        return Ok(None);
    }
    let count = store::to_confirm(connection, person.account).await?;
    let task = || Task::new(false, format!("确认 {count} 件诉求的答复"), String::new(), VOICE.to_owned());
    Ok((count > 0).then(task))
}
