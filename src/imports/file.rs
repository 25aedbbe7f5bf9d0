//! Reading a file: its rows become cells in the order of its kind's columns.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    panic::resume_unwind,
    thread::{self, available_parallelism},
};

use super::{
    grades::{self, FAILED},
    import::{Cells, FileRow, Kind, Layout, NoneFailed, ReadAs},
    offices,
    repeats::{RepeatedNumbers, Repeats},
    students,
};
use crate::{
    code_words::figures,
    name::Spellings,
    office::OfficeKind,
    sheet::{BadCell, Choice, Columns, ReadError, Row, RowReader, Sheet, SheetError, row_list},
    text::printable,
};

/// Rows that are read at once: what each has is held beside the file meanwhile.
const AT_ONCE: usize = 2_000;
/// The fewest rows for which another core is asked.
const FEWEST: usize = 200;

impl Kind {
    fn layout(self) -> &'static Layout {
        match self {
            Self::Students => &students::LAYOUT,
            Self::Grades => &grades::LAYOUT,
            Self::Offices => &offices::LAYOUT,
        }
    }

    /// The columns with their fixed values, in the order of the template and of the cells.
    #[must_use]
    pub fn columns(self) -> &'static [(&'static str, &'static [&'static str])] {
        self.layout().columns
    }

    /// As [`columns`](Self::columns), with the offices alone that may be granted.
    #[must_use]
    pub fn columns_for(self, may_grant: &[OfficeKind]) -> Vec<(&'static str, Vec<&'static str>)> {
        let may_be =
            |column: &str, value: &str| column != offices::OFFICE || may_grant.iter().any(|kind| kind.label() == value);
        let offered = |(column, values): &(&'static str, &'static [&'static str])| {
            (*column, values.iter().copied().filter(|value| may_be(column, value)).collect::<Vec<_>>())
        };
        self.columns().iter().map(offered).collect()
    }

    /// The names of the columns.
    fn names(self) -> Vec<&'static str> {
        self.columns().iter().map(|(name, _)| *name).collect()
    }

    /// Example rows of the template.
    #[must_use]
    pub(super) fn examples(self) -> Vec<Vec<String>> {
        self.layout().examples.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRows {
    pub rows: Vec<FileRow>,
    /// The sheet, and what was left out, filled in or only looks odd.
    pub read_as: ReadAs,
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// As a whole, or somebody must choose its sheet or rows first.
    #[error("{0}")]
    Sheet(#[from] ReadError),
    /// Somebody must say first what 无 means, in these rows.
    #[error("{}的不及格门数是“无”，请选择它的意思", row_list(.0))]
    NoneFailed(Vec<u32>),
}

impl From<SheetError> for NotRead {
    fn from(error: SheetError) -> Self {
        Self::Sheet(error.into())
    }
}

/// What people decided about a file.
#[derive(Debug, Clone, Default)]
pub struct Decided {
    pub choice: Choice,
    pub none_failed: Option<NoneFailed>,
}

/// Reads a file. `may_grant`: the offices that its uploader may grant; `own`: the uploader's own number.
///
/// # Errors
/// Where the file as a whole cannot be read, or somebody must choose first; wrong rows are no error.
pub fn read(
    bytes: &[u8],
    kind: Kind,
    may_grant: &[OfficeKind],
    own: &str,
    decided: &Decided,
) -> Result<FileRows, NotRead> {
    let names = kind.names();
    let required = kind.layout().required;
    let mut sheet = Sheet::read_for(bytes, &names, required, &decided.choice).map_err(|error| match error {
        ReadError::File(reason) => ReadError::File(named(kind, bytes, reason)),
        asks @ ReadError::Asks(_) => asks,
    })?;
    let columns = Columns::find(&sheet, &names, required)?;
    let none_failed = if kind == Kind::Grades { none_failed(&mut sheet, &columns, decided)? } else { None };
    let number = names.first().copied().unwrap_or_default();
    let repeated = RepeatedNumbers::among(sheet.rows.iter().map(|row| columns.shown(row, number)));
    let mut repeats = Repeats::new(kind);
    let mut spellings = Spellings::default();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    // What rows that may repeat each other have, as it was typed; all others are let go as they are read.
    let mut typed = BTreeMap::new();
    let reading = Reading { kind, columns: &columns, may_grant, own, none_failed };
    let mut left = std::mem::take(&mut sheet.rows).into_iter();
    loop {
        let part: Vec<Row> = left.by_ref().take(AT_ONCE).collect();
        if part.is_empty() {
            break;
        }
        for (row, ReadRow { mut cells, wrong }) in part.iter().zip(reading.rows(&part)) {
            let place = rows.len();
            if kind == Kind::Students {
                students::spell_alike(&mut cells, &mut spellings);
            }
            repeats.note(place, &cells);
            if repeated.has(&columns.shown(row, number)) {
                typed.insert(place, as_typed(&columns, row, &names));
            }
            let cells = if wrong.is_empty() { Cells::of(&cells) } else { as_typed(&columns, row, &names) };
            rows.push(FileRow { row: row.number, cells, wrong });
        }
    }
    for (place, says) in repeats.faults(&rows, &names) {
        let Some(row) = rows.get_mut(place) else { continue };
        row.wrong = if row.wrong.is_empty() { says } else { format!("{}；{says}", row.wrong) };
        row.cells = typed.remove(&place).unwrap_or_else(|| std::mem::take(&mut row.cells));
    }
    Ok(FileRows { rows, read_as: ReadAs::of(sheet.name, &sheet.notes, &columns.ignored) })
}

/// What a row has and what is wrong with it, in Chinese.
struct ReadRow {
    cells: Vec<Option<String>>,
    wrong: String,
}

/// How each row of a file is read.
struct Reading<'a> {
    kind: Kind,
    columns: &'a Columns,
    may_grant: &'a [OfficeKind],
    own: &'a str,
    none_failed: Option<NoneFailed>,
}

impl Reading<'_> {
    fn row(&self, row: &Row) -> ReadRow {
        let mut bad: Vec<BadCell> = Vec::new();
        let mut reader = RowReader::new(row, self.columns, &mut bad);
        let cells = match self.kind {
            Kind::Students => students::read(&mut reader),
            Kind::Grades => grades::read(&mut reader, self.none_failed),
            Kind::Offices => offices::read(&mut reader, self.may_grant, self.own),
        };
        let wrong = bad.iter().map(|bad| format!("{}：{}", bad.column, bad.reason)).collect::<Vec<_>>().join("；");
        ReadRow { cells, wrong }
    }

    /// Reads rows on all cores, in their order.
    fn rows(&self, rows: &[Row]) -> Vec<ReadRow> {
        let read = |part: &[Row]| part.iter().map(|row| self.row(row)).collect::<Vec<_>>();
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        let mut parts = rows.chunks(rows.len().div_ceil(cores).max(FEWEST));
        let first = parts.next().unwrap_or_default();
        thread::scope(|scope| {
            let others: Vec<_> = parts.map(|part| scope.spawn(move || read(part))).collect();
            let mut all = read(first);
            for other in others {
                all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            all
        })
    }
}

/// What 无 means among the failed courses of this file; none where no row has it.
fn none_failed(sheet: &mut Sheet, columns: &Columns, decided: &Decided) -> Result<Option<NoneFailed>, NotRead> {
    let is_none = |row: &&Row| figures::is_none(&columns.shown(row, FAILED));
    let found: Vec<u32> = sheet.rows.iter().filter(is_none).map(|row| row.number).collect();
    if found.is_empty() {
        return Ok(None);
    }
    let Some(meant) = decided.none_failed else { return Err(NotRead::NoneFailed(found)) };
    let words = match meant {
        NoneFailed::Zero => "按 0 门",
        NoneFailed::Unknown => "按未知",
    };
    sheet.notes.push(format!("{}的不及格门数“无”{words}读取", row_list(&found)));
    Ok(Some(meant))
}

/// A file of another kind is named for what it is.
fn named(kind: Kind, bytes: &[u8], error: SheetError) -> SheetError {
    let fits = |other: &&Kind| {
        // 成绩排名 asks for a number alone, which every file has.
        let marks: &[&str] =
            if **other == Kind::Grades { &["学号", "专业排名"] } else { other.layout().required };
        let read = Sheet::read_for(bytes, &other.names(), marks, &Choice::default());
        **other != kind && !matches!(read, Err(ReadError::File(_)))
    };
    match Kind::ALL.iter().find(fits) {
        Some(other) => SheetError(format!("这份文件像是“{}”，而要导入的是“{}”；{error}", other.label(), kind.label())),
        None => error,
    }
}

fn as_typed(columns: &Columns, row: &Row, names: &[&str]) -> Cells {
    let typed = |name: &&str| {
        let text = columns.shown(row, name);
        let text: String = printable(&text, false).chars().take(200).collect();
        (!text.is_empty()).then_some(text)
    };
    Cells::of(&names.iter().map(typed).collect::<Vec<_>>())
}
