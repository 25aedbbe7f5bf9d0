//! What people keep in spreadsheets, read within bounds: `.xlsx`, `.xlsb`, `.xls`, `.ods`, `.fods`, and text with
//! separators (`.csv`, `.txt`).
//!
//! A [`Sheet`] is a row of headings and the rows below as text, each with the row number that the spreadsheet program
//! shows. A cell counts as it is shown. Whatever cannot be read cell by cell stays in the sheet as a fault, so that a
//! reader can name row, column, value and reason for all of them at once. What only people can decide (which of several
//! sheets, what about hidden rows) is a [`Question`].

mod book;
mod compound;
mod delimited;
mod document;
mod format;
mod grid;
mod kind;
mod ods;
pub mod population;
mod reader;
pub mod roster;
mod table;
mod template;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use std::{
    borrow::Cow,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::Deserialize;
use time::Date;

use crate::{
    text::{folded, is_hidden, is_plain, printable, trimmed},
    words::words,
};

pub use document::document_text;
pub use reader::{BadCell, Columns, Faults, MOST_FAULT_ROWS, RowReader, faults_as_json};
pub use table::row_list;
pub use template::{ReportColumn, ReportSheet, drop_down_template, faults_workbook, report_sheets, report_workbook};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 8 * 1024 * 1024;
/// The most rows below the header.
pub const MOST_ROWS: usize = 60_000;
/// The most columns; cells beyond are not read.
pub const MOST_COLUMNS: usize = 100;
/// The most cells: about 30 MB beside their text while a sheet is read.
const MOST_CELLS: usize = 1_200_000;
/// The longest text in one cell, in characters.
pub const LONGEST_CELL: usize = 1_000;
/// The most text in a whole sheet, in bytes. An .xlsx can point a million cells at one long string.
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// The endings of the files that are read, as a field for a file takes them.
pub const ACCEPTED: &str = ".xlsx,.xls,.xlsb,.ods,.fods,.csv,.txt";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text with surrounding blanks removed and full-width digits folded; empty for an empty cell.
    Text(String),
    /// A date cell of a workbook: a day for a column that asks for one, a fault in any other.
    Date(Date),
    /// A formula without a result, an error, a merged cell, a text too long: no plain value. Few are, and a sheet has a
    /// million cells: each would be as large as this.
    Fault(Box<CellFault>),
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// The value, as far as it can be shown.
    pub shown: String,
    /// Why it cannot be used, in Chinese.
    pub why: String,
    /// The text in one line, where nothing is wrong with it but its line breaks: a column of sentences may have them.
    pub in_one_line: Option<String>,
}

impl Cell {
    fn fault(shown: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Fault(Box::new(CellFault { shown: shown.into(), why: why.into(), in_one_line: None }))
    }

    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Date(day) => Cow::Owned(day.to_string()),
            Self::Fault(fault) => Cow::Borrowed(&fault.shown),
        }
    }

    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// The text without the marks that stand for what cannot be seen: a heading may have line breaks.
    fn typed(&self) -> String {
        self.shown().replace('␣', "")
    }
}

/// A row below the header; as many cells as there are headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number that the spreadsheet program shows.
    pub number: u32,
    pub cells: Vec<Cell>,
}

/// A sheet: the headers, and the rows below that are not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What the workbook calls it; empty for a text file.
    pub name: String,
    /// The row of the heading, as the spreadsheet program numbers it.
    pub heading_row: u32,
    /// The rows of the list that are hidden or filtered out.
    pub hidden_rows: Vec<u32>,
    /// The rows of the list that are struck out.
    pub struck_rows: Vec<u32>,
    /// What was left out, filled in or only looks odd, in Chinese. No note has anything of a person.
    pub notes: Vec<String>,
    /// Known headings as they should be, the others as they are.
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

words! {
    /// What becomes of rows that are hidden or struck out, or of hidden columns.
    Hidden:
    Take = "take", "一并读取";
    Leave = "leave", "不读取";
}

/// What people decided about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The name of the sheet that is meant.
    pub sheet: Option<String>,
    /// What becomes of rows that are hidden or struck out.
    pub hidden: Option<Hidden>,
    /// What becomes of columns of the list that are hidden.
    pub hidden_columns: Option<Hidden>,
}

/// A sheet that has the headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetToChoose {
    pub name: String,
    /// The numbers of its hidden rows; none where what becomes of them is decided.
    pub hidden_rows: Vec<u32>,
    /// Those of its other rows that are struck out, likewise.
    pub struck_rows: Vec<u32>,
    /// The headings of its hidden columns that the list has, likewise.
    pub hidden_columns: Vec<String>,
}

impl SheetToChoose {
    /// What is said of its hidden rows and columns and of rows that are struck out; empty where it has none.
    #[must_use]
    pub fn says(&self) -> String {
        let rows = [(&self.hidden_rows, "是隐藏的或被筛选掉的"), (&self.struck_rows, "有删除线")];
        let rows = rows.iter().filter(|(rows, _)| !rows.is_empty());
        let rows = rows.map(|(rows, what)| format!("有 {} 行{what}（{}）", rows.len(), row_list(rows)));
        let columns = (!self.hidden_columns.is_empty()).then(|| format!("有隐藏的列{}", quoted(&self.hidden_columns)));
        rows.chain(columns).collect::<Vec<_>>().join("，")
    }

    fn has_rows_to_decide(&self) -> bool {
        !self.hidden_rows.is_empty() || !self.struck_rows.is_empty()
    }
}

/// Headings in quotes.
fn quoted(headings: &[String]) -> String {
    headings.iter().map(|heading| format!("“{heading}”")).collect::<Vec<_>>().join("、")
}

/// What people must decide about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Which of the sheets that have the headings; and what becomes of what is hidden, where one of them has any.
    Sheets(Vec<SheetToChoose>),
    /// Whether rows and columns count that are hidden or struck out.
    Hidden(SheetToChoose),
}

impl Question {
    fn sheets(&self) -> &[SheetToChoose] {
        match self {
            Self::Sheets(sheets) => sheets,
            Self::Hidden(sheet) => std::slice::from_ref(sheet),
        }
    }

    /// What becomes of rows that are hidden or struck out is to be decided.
    #[must_use]
    pub fn asks_about_hidden_rows(&self) -> bool {
        self.sheets().iter().any(SheetToChoose::has_rows_to_decide)
    }

    /// What becomes of hidden columns is to be decided.
    #[must_use]
    pub fn asks_about_hidden_columns(&self) -> bool {
        self.sheets().iter().any(|sheet| !sheet.hidden_columns.is_empty())
    }

    /// What is to be decided beside the sheet.
    fn hidden_parts(&self) -> Option<&'static str> {
        match (self.asks_about_hidden_rows(), self.asks_about_hidden_columns()) {
            (true, true) => Some("这些行和列"),
            (true, false) => Some("这些行"),
            (false, true) => Some("这些列"),
            (false, false) => None,
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sheets(sheets) => {
                let quoted = |sheet: &SheetToChoose| format!("“{}”{}", printable(&sheet.name, false), sheet.says());
                let all: Vec<String> = sheets.iter().map(quoted).collect();
                write!(f, "有 {} 张工作表都有这份名单的表头：{}，请选定一张", sheets.len(), all.join("、"))?;
                self.hidden_parts().map_or(Ok(()), |parts| write!(f, "，并选择是否读取{parts}"))
            }
            Self::Hidden(sheet) => {
                write!(f, "工作表“{}”里{}，请选择是否读取", printable(&sheet.name, false), sheet.says())
            }
        }
    }
}

/// Why there is no sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file as a whole.
    #[error("{0}")]
    File(#[from] SheetError),
    /// Somebody must choose first.
    #[error("{0}")]
    Asks(Question),
}

/// A file that was sent before, and is kept until it is sent for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptUpload {
    /// What opens it again; empty where none is kept.
    pub token: String,
    pub file_name: String,
}

/// What a form says beside its file, and what it is asked.
#[derive(Debug, Clone, Default)]
pub struct SheetChoice {
    /// What was chosen.
    pub choice: Choice,
    /// What is to be chosen.
    pub question: Option<Question>,
    pub kept: KeptUpload,
}

impl SheetChoice {
    /// The sheets to choose from.
    #[must_use]
    pub fn sheets(&self) -> &[SheetToChoose] {
        match &self.question {
            Some(Question::Sheets(sheets)) => sheets,
            Some(Question::Hidden(_)) | None => &[],
        }
    }

    /// The sheet that was chosen; empty where none was.
    #[must_use]
    pub fn sheet(&self) -> &str {
        self.choice.sheet.as_deref().unwrap_or_default()
    }

    /// What becomes of hidden rows, as it was chosen; empty where it was not.
    #[must_use]
    pub fn hidden(&self) -> &'static str {
        self.choice.hidden.map_or("", Hidden::slug)
    }

    /// What becomes of hidden columns, as it was chosen; empty where it was not.
    #[must_use]
    pub fn hidden_columns(&self) -> &'static str {
        self.choice.hidden_columns.map_or("", Hidden::slug)
    }

    #[must_use]
    pub fn asks_about_hidden_rows(&self) -> bool {
        self.question.as_ref().is_some_and(Question::asks_about_hidden_rows)
    }

    #[must_use]
    pub fn asks_about_hidden_columns(&self) -> bool {
        self.question.as_ref().is_some_and(Question::asks_about_hidden_columns)
    }

    /// The file was sent before and need not be chosen again.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.kept.token.is_empty()
    }
}

/// What a form sends beside its file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChoiceForm {
    sheet: String,
    hidden: String,
    hidden_columns: String,
}

impl From<ChoiceForm> for Choice {
    fn from(ChoiceForm { sheet, hidden, hidden_columns }: ChoiceForm) -> Self {
        Self {
            sheet: Some(sheet).filter(|sheet| !sheet.is_empty()),
            hidden: hidden.parse().ok(),
            hidden_columns: hidden_columns.parse().ok(),
        }
    }
}

impl Sheet {
    /// Reads a file whose columns are not known: its first visible sheet, whose first row is the heading. Hidden rows
    /// are read.
    pub fn read(bytes: &[u8]) -> Result<Self, SheetError> {
        let choice = Choice { hidden: Some(Hidden::Take), ..Choice::default() };
        Self::read_for(bytes, &[], &[], &choice).map_err(|error| SheetError(error.to_string()))
    }

    /// Reads a file by what it is, whatever its name says: the sheet with the required headings. An error where it is no
    /// spreadsheet, damaged, too large or without those headings; a question where people must choose.
    pub fn read_for(
        bytes: &[u8],
        known: &[&'static str],
        required: &[&str],
        choice: &Choice,
    ) -> Result<Self, ReadError> {
        if bytes.len() > LARGEST_FILE {
            return Err(SheetError(format!("文件超过 {} MB", LARGEST_FILE / 1024 / 1024)).into());
        }
        let folded: Vec<String> = known.iter().map(|name| table::fold(name)).collect();
        let headings = table::Headings { known, folded: &folded, required };
        // Files are made to break parsers; a panic must stay this file's fault.
        let read = AssertUnwindSafe(|| {
            let mut book = kind::open(bytes, &headings)?;
            let meant = book::meant(book.as_mut(), &headings, choice)?;
            let name = book.sheets().get(meant.place).map(|entry| entry.name.clone()).unwrap_or_default();
            let grid = book.grid(meant.place, usize::MAX)?;
            let mut sheet = table::sheet(name, grid, &headings, choice).map_err(|error| match error {
                ReadError::File(reason) => ReadError::File(book::with_hint(book.as_mut(), &headings, reason)),
                asks @ ReadError::Asks(_) => asks,
            })?;
            sheet.notes.extend(meant.note());
            Ok(sheet)
        });
        catch_unwind(read).unwrap_or_else(|_| Err(SheetError("文件已损坏，无法读取".to_owned()).into()))
    }
}

/// Removes surrounding blanks (ideographic and invisible ones too) and folds full-width digits; a text that is too
/// long or holds control characters becomes a fault, and so does a number that a program has spoilt. `="001234"` and
/// `'001234`, with which programs keep a number's zeros, are the text that they mean.
fn cell(raw: &str) -> Cell {
    let trimmed = trimmed(raw);
    if trimmed.len() <= LONGEST_CELL && is_plain(trimmed) {
        return Cell::Text(trimmed.to_owned());
    }
    if trimmed.chars().nth(LONGEST_CELL).is_some() {
        let shown: String = trimmed.chars().take(20).chain(['…']).collect();
        return Cell::fault(printable(&shown, false), format!("超过 {LONGEST_CELL} 字"));
    }
    let text = folded(meant(trimmed));
    if text.chars().any(is_hidden) {
        let is_lines = text.chars().all(|c| c.is_whitespace() || !is_hidden(c));
        let in_one_line = is_lines.then(|| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let (shown, why) = (printable(&text, false), "含有换行或看不见的字符".to_owned());
        return Cell::Fault(Box::new(CellFault { shown, why, in_one_line }));
    }
    match spoilt(&text) {
        Some(why) => Cell::fault(text, why),
        None => Cell::Text(text),
    }
}

/// The text that a marked one means.
fn meant(text: &str) -> &str {
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|rest| !rest.contains('"'));
    let marked = text.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    formula.or(marked).unwrap_or(text)
}

/// Why a text is a number that a program has changed on its way: `202400103.0` of pandas, `202400103.` of numpy,
/// `2.026990001E9` of Java, `2.02401E+11` of Excel.
fn spoilt(text: &str) -> Option<&'static str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, decimals)) = text.split_once('.')
        && whole.len() >= 4
        && digits(whole)
        && decimals.bytes().all(|byte| byte == b'0')
    {
        return Some("像是被程序改成了小数，请在原来的表格里把这一列设为文本后重新导出");
    }
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_sign = exponent.starts_with('+');
    let is_number = whole.len() == 1 && digits(whole) && (decimals.is_empty() || digits(decimals));
    // Without a point and a sign it may be a number of its own: 2E3.
    let is_scientific = is_number && digits(exponent.trim_start_matches('+')) && (has_sign || !decimals.is_empty());
    is_scientific.then_some("被改成了科学计数，原来的号码已看不全，请在原来的表格里把这一列设为文本后重新填写")
}

/// A day as programs write it into a file: `2026-09-01`, `2026-09-01T00:00:00.000Z`. None where it is another time of day,
/// because that may be another day in China.
fn iso_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let parts: Vec<&str> = date.splitn(3, '-').collect();
    let [year, month, of_month] = parts.as_slice() else { return None };
    let is_midnight = time.trim_end_matches('Z').chars().all(|c| matches!(c, '0' | ':' | '.'));
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, of_month.parse().ok()?).ok()?;
    is_midnight.then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_full_width_digits_are_normalised() {
        assert_eq!(cell("\u{feff} \u{3000}２０２４０１ "), Cell::Text("202401".to_owned()));
        assert_eq!(cell("𠮷野"), Cell::Text("𠮷野".to_owned()));
        assert!(matches!(cell("a\u{0}b"), Cell::Fault(fault) if fault.in_one_line.is_none()));
        let lines = cell("一、服务同学。\r\n二、认真学习。\n");
        assert!(
            matches!(lines, Cell::Fault(fault) if fault.in_one_line.as_deref() == Some("一、服务同学。 二、认真学习。"))
        );
        assert!(matches!(cell(&"长".repeat(1001)), Cell::Fault(_)));
        assert!(matches!(cell(&"长".repeat(1000)), Cell::Text(_)));
        for plain in ["2E3", "1e5", "软件技术(校企合作)2601班", "()", "A1"] {
            assert_eq!(cell(&format!(" {plain}\u{3000}")), Cell::Text(plain.to_owned()), "no program has spoilt it");
        }
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let reason = |bytes: &[u8]| Sheet::read(bytes).unwrap_err().0;
        for (bytes, part) in [
            (&[0xD0, 0xCF, 0x11, 0xE0, 0][..], "损坏"),
            (b"", "空的"),
            (b"\n\n", "表头"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04not a zip", "损坏"),
            (b"{\\rtf1 x}", "RTF"),
            (b"[{\"a\": 1}]", "JSON"),
            (b"\x89PNG\r\n\x1a\n", "图片"),
            (b"Rar!\x1a\x07", "压缩包"),
            (b"<html><body><table></table></body></html>", "网页"),
            (b"\r\n  <!DOCTYPE html><table>", "网页"),
            (b"<table border=1><tr><td>x</td></tr></table>", "网页"),
            (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
            (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>", "2003"),
            (b"<?xml version=\"1.0\"?><a/>", "XML"),
            (b"\x09\x08\x10\0\0\x05\x05\0", "Excel 95"),
        ] {
            let says = reason(bytes);
            assert!(says.contains(part), "{part}: {says}");
        }
        assert!(reason(&vec![b'a'; LARGEST_FILE + 1]).contains("超过"));
        let (gbk, _, _) =
            encoding_rs::GB18030.encode("<html><body><table><tr><td>张三</td></tr></table></body></html>");
        assert!(reason(&gbk).contains("网页"));
    }
}
