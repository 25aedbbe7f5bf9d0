//! What waits about drafts: those that somebody else has handed in.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::store;
use crate::{
    auth::person::SignedIn,
    failure::Failure,
    office::{Office, SchoolLeague},
    page::task::Task,
};

/// For the School Youth League committee: drafts that this person may confirm.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    _now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    if person.acting.as_ref().is_none_or(|office| !SchoolLeague::KINDS.contains(&office.kind)) {
        return Ok(Vec::new());
    }
    let drafts = store::waiting(connection, person.institution, person.account).await?;
    let task = |draft: &super::draft::PlanDraft| {
        let by = draft.submitted.as_ref().map_or("", |one| one.name.as_str()).to_owned();
        Task::new(false, format!("确认方案草稿“{}”", draft.name), String::new(), draft.id.path()).awaited_by(by)
    };
    Ok(drafts.iter().map(task).collect())
}
