//! What rows would do, beside them.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::import::{BETWEEN, BLANK, Cells, FileRow, RowState};
use crate::{failure::Failure, ids::ImportId};

/// A row of a file as it stands in the database, or will.
pub(super) struct StagedRow {
    pub row: i32,
    pub cells: Cells,
    pub state: RowState,
    /// What changes, or what is wrong, in Chinese.
    pub says: String,
    /// Its cells are no more those that stand in the database.
    pub is_respelt: bool,
    /// Somebody has the number that it names, in whatever spelling, or once had it.
    pub is_about_known: bool,
}

impl StagedRow {
    /// A row that was just read: it adds something until it is compared.
    pub fn read(row: FileRow) -> Self {
        let state = if row.wrong.is_empty() { RowState::Added } else { RowState::Wrong };
        let number = i32::try_from(row.row).unwrap_or(i32::MAX);
        Self { row: number, cells: row.cells, state, says: row.wrong, is_respelt: false, is_about_known: false }
    }

    /// It can be used as far as anybody knows.
    pub fn is_usable(&self) -> bool {
        self.state != RowState::Wrong
    }

    /// Of a list of students: college, major, level, year and class, as the file has them.
    pub fn place(&self) -> [&str; 5] {
        let mut cells = self.cells.each().skip(2).map(Option::unwrap_or_default);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    }

    /// It adds or changes somebody.
    fn writes(&self) -> bool {
        matches!(self.state, RowState::Added | RowState::Changed)
    }

    /// Takes over how a cell is spelt in the database.
    pub fn respell(&mut self, place: usize, text: &str) {
        self.cells.replace(place, text);
        self.is_respelt = true;
    }
}

/// Those of a file's rows that can be used.
pub(super) fn usable(rows: &[StagedRow]) -> impl Iterator<Item = &StagedRow> {
    rows.iter().filter(|row| row.is_usable())
}

/// Those of them that name the number of somebody: of most rows of a new list nobody is looked for any further.
pub(super) fn about_known(rows: &[StagedRow]) -> impl Iterator<Item = &StagedRow> {
    usable(rows).filter(|row| row.is_about_known)
}

/// The rows of a file that stand in the database, in their order.
pub(super) async fn staged(connection: &mut PgConnection, id: ImportId) -> Result<Vec<StagedRow>, Failure> {
    let found = sqlx::query!(
        r#"select row, array_to_string(cells, $2, $3) as "cells!", state, says from import_row where import_id = $1
           order by row"#,
        id.0,
        BETWEEN.to_string(),
        BLANK.to_string()
    )
    .fetch_all(connection)
    .await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let (state, cells) = (row.state.parse()?, Cells::of_text(row.cells));
        let says = row.says;
        rows.push(StagedRow { row: row.row, cells, state, says, is_respelt: false, is_about_known: false });
    }
    Ok(rows)
}

/// What a row would do, and what it changes or what is wrong with it, in Chinese.
pub(super) struct Judged {
    pub row: i32,
    pub state: RowState,
    pub says: String,
}

impl Judged {
    /// It is not what stands beside the row.
    pub fn is_news(&self, staged: &StagedRow) -> bool {
        self.state != staged.state || self.says != staged.says
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

/// Puts what rows would do beside them; both in the order of the rows.
pub(super) fn put_beside(rows: &mut [StagedRow], judged: Vec<Judged>) {
    let mut judged = judged.into_iter().peekable();
    for row in rows {
        if let Some(Judged { state, says, .. }) = judged.next_if(|judged| judged.row == row.row) {
            (row.state, row.says) = (state, says);
        }
    }
}

/// Notes how many rows of a list of students would do what, and the places that it writes somebody to, each with how many: a
/// list has forty times as many rows, and its pages ask about its places again and again.
pub(super) async fn note_students(
    connection: &mut PgConnection,
    id: ImportId,
    rows: &[StagedRow],
) -> Result<(), Failure> {
    let mut counted = HashMap::<[&str; 5], u32>::new();
    for row in rows.iter().filter(|row| row.writes()) {
        *counted.entry(row.place()).or_default() += 1;
    }
    let between = BETWEEN.to_string();
    let places = counted.into_iter().map(|(place, rows)| format!("{}{between}{rows}", place.join(between.as_str())));
    let mut places: Vec<String> = places.collect();
    places.sort_unstable();
    let count = |state| i32::try_from(rows.iter().filter(|row| row.state == state).count()).unwrap_or(i32::MAX);
    sqlx::query!(
        "update import set places = $2, added = $3, changed = $4, same = $5, wrong = $6 where id = $1",
        id.0,
        &places,
        count(RowState::Added),
        count(RowState::Changed),
        count(RowState::Same),
        count(RowState::Wrong)
    )
    .execute(connection)
    .await?;
    Ok(())
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
