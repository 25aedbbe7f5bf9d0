//! What rows would do, written beside them.

use sqlx::PgConnection;

use super::import::RowState;
use crate::{failure::Failure, ids::ImportId};

/// What a row would do, and what it changes or what is wrong with it, in Chinese.
pub(super) struct Judged {
    pub row: i32,
    pub state: RowState,
    pub says: String,
}

/// What stands beside a row already.
pub(super) struct Before {
    state: String,
    says: String,
}

impl Before {
    pub fn take(state: &mut String, says: &mut String) -> Self {
        Self { state: std::mem::take(state), says: std::mem::take(says) }
    }
}

impl Judged {
    /// It is not what stands beside the row.
    pub fn is_news(&self, before: &Before) -> bool {
        self.state.slug() != before.state || self.says != before.says
    }

    pub fn wrong(row: i32, says: impl Into<String>) -> Self {
        Self { row, state: RowState::Wrong, says: says.into() }
    }

    /// A row about something that is known already, with what it changes.
    pub fn known(row: i32, changes: &[String]) -> Self {
        let state = if changes.is_empty() { RowState::Same } else { RowState::Changed };
        Self { row, state, says: changes.join("；") }
    }
}

/// A change in words.
pub(super) fn change(what: &str, before: Option<&str>, after: &str) -> String {
    format!("{what}：{} → {after}", before.unwrap_or("未登记"))
}

/// Writes what rows would do beside them.
pub(super) async fn keep(connection: &mut PgConnection, id: ImportId, judged: &[Judged]) -> Result<(), Failure> {
    if judged.is_empty() {
        return Ok(());
    }
    let rows: Vec<i32> = judged.iter().map(|judged| judged.row).collect();
    let states: Vec<&str> = judged.iter().map(|judged| judged.state.slug()).collect();
    let says: Vec<&str> = judged.iter().map(|judged| judged.says.as_str()).collect();
    sqlx::query!(
        "update import_row r set state = u.state, says = u.says
         from unnest($2::integer[], $3::text[], $4::text[]) as u(row, state, says)
         where r.import_id = $1 and r.row = u.row and (r.state, r.says) is distinct from (u.state, u.says)",
        id.0,
        &rows,
        &states as &[&str],
        &says as &[&str]
    )
    .execute(connection)
    .await?;
    Ok(())
}
