//! What two administrators have to agree on and waits for one of them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{consents_store, paths::CONSENTS};
use crate::{auth::person::SignedIn, clock::CHINA, failure::Failure, office::OfficeKind, page::task::Task};

/// For an administrator.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if person.acting.as_ref().is_none_or(|office| office.kind != OfficeKind::Administrator) {
        return Ok(Vec::new());
    }
    let open = consents_store::find(connection, person.institution, None, now).await?;
    let me = person.account;
    let tasks = open.iter().filter_map(|one| {
        let (says, href) = if one.may_confirm(me) {
            (format!("确认{}", one.subject()), CONSENTS.to_owned())
        } else if one.is_ready_for(me) {
            (format!("办理{}", one.subject()), one.path())
        } else {
            return None;
        };
        let task = Task::new(true, says, String::new(), href).due(Some(one.expires_at.to_offset(CHINA).date()));
        Some(task.awaited_by(one.asker.clone()))
    });
    Ok(tasks.collect())
}
