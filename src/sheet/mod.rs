//! What people keep in spreadsheets, read within bounds: `.xlsx` (first sheet) and `.csv` (UTF-8 or GB18030).
//!
//! A [`Sheet`] is the first row as headers and the other rows as text, each with the row number that the
//! spreadsheet program shows. Whatever cannot be read cell by cell stays in the sheet as a fault, so that a reader
//! can name row, column, value and reason for all of them at once.

mod csv;
pub mod population;
mod reader;
pub mod roster;
mod xlsx;

use std::borrow::Cow;

use time::Date;

use crate::text::{folded, is_hidden, printable, trimmed};

pub use reader::{BadCell, Columns, Faults, MOST_FAULT_ROWS, RowReader, faults_as_json};
pub use xlsx::{drop_down_template, faults_workbook};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 8 * 1024 * 1024;
/// The most rows below the header.
pub const MOST_ROWS: usize = 60_000;
/// The most columns; cells beyond are not read.
pub const MOST_COLUMNS: usize = 100;
/// The most cells: about 60 MB while a sheet is read.
const MOST_CELLS: usize = 1_200_000;
/// The longest text in one cell, in characters.
pub const LONGEST_CELL: usize = 1_000;
/// The most text in a whole sheet, in bytes. An .xlsx can point a million cells at one long string.
const MOST_TEXT: usize = 32 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text with surrounding blanks removed and full-width digits folded; empty for an empty cell.
    Text(String),
    /// A date cell of a workbook: a day for a column that asks for one, a fault in any other.
    Date(Date),
    /// A formula without a result, an error, a merged cell, a text too long: no plain value.
    Fault {
        /// The value, as far as it can be shown.
        shown: String,
        /// Why it cannot be used, in Chinese.
        why: String,
    },
}

impl Cell {
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Date(day) => Cow::Owned(day.to_string()),
            Self::Fault { shown, .. } => Cow::Borrowed(shown),
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

/// A row below the header; as many cells as there are headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number that the spreadsheet program shows; the header is row 1.
    pub number: u32,
    pub cells: Vec<Cell>,
}

/// A sheet: the headers, and the rows below that are not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

/// The file as a whole cannot be read; the reason is in Chinese.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SheetError(pub String);

fn error<T>(reason: impl Into<String>) -> Result<T, SheetError> {
    Err(SheetError(reason.into()))
}

impl Sheet {
    /// Reads a file by what it is, whatever its name says. An error where it is neither of the two kinds, damaged, too
    /// large, or without a header row.
    pub fn read(bytes: &[u8]) -> Result<Self, SheetError> {
        if bytes.len() > LARGEST_FILE {
            return error(format!("文件超过 {} MB", LARGEST_FILE / 1024 / 1024));
        }
        if bytes.starts_with(b"PK") {
            xlsx::read(bytes)
        } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            error("这是旧版 .xls 或加了密码的文件，请另存为不加密的 .xlsx")
        } else if bytes.starts_with(b"%PDF") {
            error("这是 PDF 文件，请上传 .xlsx 或 .csv")
        } else if bytes.is_empty() {
            error("文件是空的")
        } else {
            csv::read(bytes)
        }
    }
}

/// Gathers cells into a sheet and keeps it within bounds.
#[derive(Default)]
struct SheetBuilder {
    headers: Vec<String>,
    rows: Vec<Row>,
    text: usize,
}

impl SheetBuilder {
    fn row(&mut self, number: u32, mut cells: Vec<Cell>) -> Result<(), SheetError> {
        self.text += cells.iter().map(|cell| cell.shown().len()).sum::<usize>();
        if self.text > MOST_TEXT {
            return error(format!("表内文字超过 {} MB", MOST_TEXT / 1024 / 1024));
        }
        if number == 1 {
            self.headers = cells.iter().map(|cell| cell.shown().into_owned()).collect();
            while self.headers.last().is_some_and(String::is_empty) {
                self.headers.pop();
            }
            return Ok(());
        }
        cells.resize(self.headers.len(), Cell::Text(String::new()));
        if cells.iter().all(Cell::is_blank) {
            return Ok(());
        }
        if self.rows.len() == MOST_ROWS {
            return error(format!("数据超过 {MOST_ROWS} 行"));
        }
        if (self.rows.len() + 1) * self.headers.len() > MOST_CELLS {
            return error("表格过大：行数乘列数超过 120 万格，请删去多余的列");
        }
        self.rows.push(Row { number, cells });
        Ok(())
    }

    fn finish(self) -> Result<Sheet, SheetError> {
        if self.headers.iter().all(String::is_empty) {
            return error("第 1 行没有表头");
        }
        Ok(Sheet { headers: self.headers, rows: self.rows })
    }
}

/// Removes surrounding blanks (ideographic and invisible ones too) and folds full-width digits; a text that is too
/// long or holds control characters becomes a fault.
fn cell(raw: &str) -> Cell {
    let trimmed = trimmed(raw);
    if trimmed.chars().nth(LONGEST_CELL).is_some() {
        let shown: String = trimmed.chars().take(20).chain(['…']).collect();
        return Cell::Fault { shown: printable(&shown, false), why: format!("超过 {LONGEST_CELL} 字") };
    }
    let text = folded(trimmed);
    if text.chars().any(is_hidden) {
        return Cell::Fault { shown: printable(&text, false), why: "含有换行或看不见的字符".to_owned() };
    }
    Cell::Text(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_full_width_digits_are_normalised() {
        assert_eq!(cell("\u{feff} \u{3000}２０２４０１ "), Cell::Text("202401".to_owned()));
        assert_eq!(cell("𠮷野"), Cell::Text("𠮷野".to_owned()));
        assert!(matches!(cell("a\u{0}b"), Cell::Fault { .. }));
        assert!(matches!(cell(&"长".repeat(1001)), Cell::Fault { .. }));
        assert!(matches!(cell(&"长".repeat(1000)), Cell::Text(_)));
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let reason = |bytes: &[u8]| Sheet::read(bytes).unwrap_err().0;
        assert!(reason(&[0xD0, 0xCF, 0x11, 0xE0, 0]).contains(".xlsx"));
        assert!(reason(b"").contains("空的"));
        assert!(reason(b"\n\n").contains("表头"));
        assert!(reason(b"%PDF-1.7").contains("PDF"));
        assert!(reason(b"PK\x03\x04not a zip").contains("损坏"));
        assert!(reason(&vec![b'a'; LARGEST_FILE + 1]).contains("超过"));
    }
}
