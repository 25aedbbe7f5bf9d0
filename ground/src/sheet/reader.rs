//! Reads a sheet's rows by the names of its columns and collects every fault instead of stopping at the first.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use time::Date;

use super::{Cell, LONGEST_CELL, Row, Sheet, SheetError, error};
use crate::{
    code_words::{
        Fault, figures, is_silent, level,
        nationality::{self, Nationality},
        office, political, sex,
    },
    name::{Name, Number, key},
    office::OfficeKind,
    rules::roster::Level,
    text::{DAYS, day, printable},
};

/// A cell that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// The row number that the spreadsheet program shows.
    pub row: u32,
    pub column: String,
    pub value: String,
    /// Why it cannot be used, in Chinese.
    pub reason: String,
}

impl fmt::Display for BadCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, column, value, reason } = self;
        write!(f, "第 {row} 行，“{column}”列，“{}”：{reason}", printable(value, false))
    }
}

/// The places of the known columns in a sheet.
#[derive(Debug)]
pub struct Columns {
    places: BTreeMap<&'static str, usize>,
    /// Headers that are ignored.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Finds the known columns, in any order. An error where a required one is missing, a known one is there twice, or
    /// no row follows.
    pub fn find(sheet: &Sheet, known: &[&'static str], required: &[&str]) -> Result<Self, SheetError> {
        let (mut places, mut ignored) = (BTreeMap::new(), Vec::new());
        for (place, header) in sheet.headers.iter().enumerate() {
            match known.iter().find(|name| *name == header) {
                Some(name) if places.insert(*name, place).is_some() => {
                    return error(format!("表头“{name}”出现了两次"));
                }
                Some(_) => {}
                None if header.is_empty() => {}
                None => ignored.push(printable(header, false)),
            }
        }
        let missing: Vec<&str> = required.iter().copied().filter(|name| !places.contains_key(name)).collect();
        if !missing.is_empty() {
            return error(format!("第 {} 行缺少表头：{}", sheet.heading_row, missing.join("、")));
        }
        if sheet.rows.is_empty() {
            return error("表头以下没有一行数据");
        }
        Ok(Self { places, ignored })
    }

    /// The text of a row's cell in a known column; empty where the sheet does not have the column.
    #[must_use]
    pub fn shown<'r>(&self, row: &'r Row, column: &str) -> Cow<'r, str> {
        self.places.get(column).and_then(|&place| row.cells.get(place)).map_or(Cow::Borrowed(""), Cell::shown)
    }
}

impl Columns {
    /// The column of a row's one cell, where no number of anybody stands there.
    fn alone(&self, row: &Row) -> Option<&'static str> {
        let mut filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
        let (at, cell) = filled.next()?;
        let shown = cell.shown();
        let is_number = shown.is_ascii() && shown.contains(|c: char| c.is_ascii_digit());
        if is_number || filled.next().is_some() {
            return None;
        }
        self.places.iter().find(|(_, place)| **place == at).map(|(name, _)| *name)
    }
}

/// What is wrong with a row of one cell.
const NO_ROW: &str = "这一行只有这一格，像是备注或小标题，不是名单里的人；请删去这一行，或填完整";

/// Reads one row and notes what is wrong in it.
#[derive(Debug)]
pub struct RowReader<'a, 'b> {
    row: &'a Row,
    columns: &'a Columns,
    bad: &'b mut Vec<BadCell>,
    before: usize,
    /// The column of the row's one cell, where that says nobody's number: a remark, or the heading of a group.
    alone: Option<&'static str>,
}

impl<'a, 'b> RowReader<'a, 'b> {
    /// A reader of `row` that adds faults to `bad`.
    pub fn new(row: &'a Row, columns: &'a Columns, bad: &'b mut Vec<BadCell>) -> Self {
        let before = bad.len();
        Self { row, columns, bad, before, alone: columns.alone(row) }
    }

    #[must_use]
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// Nothing was wrong so far.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.bad.len() == self.before
    }

    /// A fault of the named column was noted for this row.
    #[must_use]
    pub fn is_faulty(&self, column: &str) -> bool {
        self.bad.iter().skip(self.before).any(|bad| bad.column == column)
    }

    /// Notes a fault of the named column; of a row that is none of the list one for all.
    pub fn fault(&mut self, column: &str, reason: impl Into<String>) {
        if let Some(alone) = self.alone {
            if self.is_clean() {
                let (value, reason) = (self.shown(alone).into_owned(), NO_ROW.to_owned());
                self.bad.push(BadCell { row: self.row.number, column: alone.to_owned(), value, reason });
            }
            return;
        }
        let value = self.cell(column).map_or_else(String::new, |cell| cell.shown().into_owned());
        self.bad.push(BadCell { row: self.row.number, column: column.to_owned(), value, reason: reason.into() });
    }

    /// The cell as it is shown; empty where the sheet does not have the column.
    #[must_use]
    pub fn shown(&self, column: &str) -> Cow<'a, str> {
        self.cell(column).map_or(Cow::Borrowed(""), Cell::shown)
    }

    fn cell(&self, column: &str) -> Option<&'a Cell> {
        self.columns.places.get(column).and_then(|&place| self.row.cells.get(place))
    }

    /// The cell's text; none where it is blank or only fills the cell (`-`, 无, `nan`), the column is absent, or the text
    /// is at fault (which is noted).
    pub fn text(&mut self, column: &str, longest: usize) -> Option<&'a str> {
        self.typed(column, longest).filter(|text| !is_silent(text))
    }

    /// As [`text`](Self::text), also where it only fills the cell: to a question 无 is an answer.
    fn typed(&mut self, column: &str, longest: usize) -> Option<&'a str> {
        match self.cell(column)? {
            Cell::Fault(fault) => {
                self.fault(column, fault.why.clone());
                None
            }
            Cell::Date(_) => {
                self.fault(column, "单元格是日期格式，请改为文本或数值");
                None
            }
            Cell::Text(text) if text.is_empty() => None,
            Cell::Text(text) if text.chars().nth(longest).is_some() => {
                self.fault(column, format!("超过 {longest} 字"));
                None
            }
            Cell::Text(text) => Some(text),
        }
    }

    /// As [`text`](Self::text), of sentences: their line breaks become blanks, as in a form.
    pub fn sentences(&mut self, column: &str, longest: usize) -> Option<String> {
        let Some(Cell::Fault(fault)) = self.cell(column) else {
            return self.text(column, longest).map(str::to_owned);
        };
        match &fault.in_one_line {
            Some(line) if line.chars().nth(longest).is_none() => Some(line.clone()),
            Some(_) => {
                self.fault(column, format!("超过 {longest} 字"));
                None
            }
            None => {
                self.fault(column, fault.why.clone());
                None
            }
        }
    }

    /// As [`text`](Self::text), and a blank is a fault.
    pub fn required(&mut self, column: &str, longest: usize) -> Option<&'a str> {
        let before = self.bad.len();
        let text = self.text(column, longest);
        if text.is_none() && self.bad.len() == before {
            let shown = self.shown(column);
            let filler = if shown.is_empty() { String::new() } else { format!("“{shown}”等于没有填写，") };
            self.fault(column, format!("{filler}不能为空"));
        }
        text
    }

    /// A person's name; a blank is a fault.
    pub fn person_name(&mut self, column: &str) -> Option<Name> {
        let text = self.required(column, LONGEST_CELL)?;
        Name::read(text).map_err(|fault| self.fault(column, fault.to_string())).ok()
    }

    /// A 学号 or 工号; a blank is a fault.
    pub fn person_number(&mut self, column: &str) -> Option<Number> {
        let text = self.required(column, LONGEST_CELL)?;
        Number::read(text).map_err(|fault| self.fault(column, fault.to_string())).ok()
    }

    /// A day from 1990 to 2100, in a date cell or as text: `2026-09-01`, `2026.9.1`, `2026年9月1日`.
    pub fn day(&mut self, column: &str) -> Option<Date> {
        let text = match self.cell(column)? {
            Cell::Date(day) if DAYS.contains(day) => return Some(*day),
            Cell::Date(_) => {
                // 20260901 typed into a cell of days is a day 55,000 years on, and 2026 one of 1905.
                self.fault(column, "日期不在 1990 至 2100 年之间，请按 2026-09-01 的写法重填");
                return None;
            }
            Cell::Text(_) | Cell::Fault(_) => self.text(column, 40)?,
        };
        let day = day(text);
        if day.is_none() {
            self.fault(column, not_a_day(text));
        }
        day
    }

    /// One of a few words; blanks and the width of brackets do not count.
    pub fn word<T: Copy>(&mut self, column: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(column, 60)?;
        let typed = key(text);
        let found = words.iter().find(|(word, _)| key(word) == typed).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let all: Vec<String> = words.iter().map(|(word, _)| format!("“{word}”")).collect();
            self.fault(column, format!("应填{}", all.join("或")));
        }
        found
    }

    /// What the field's words and the national codes mean; none where the cell says nothing.
    fn coded<T>(&mut self, column: &str, read: impl Fn(&str) -> Result<Option<T>, Fault>) -> Option<T> {
        let text = self.typed(column, 60)?;
        read(text).unwrap_or_else(|fault| {
            self.fault(column, fault.to_string());
            None
        })
    }

    /// 政治面貌 as it is stored.
    pub fn political(&mut self, column: &str) -> Option<&'static str> {
        self.coded(column, political::read).map(political::Status::label)
    }

    /// 职务 among the offices that may be granted.
    pub fn office(&mut self, column: &str, may_grant: &[OfficeKind]) -> Option<OfficeKind> {
        self.coded(column, |text| office::read(text, may_grant))
    }

    /// 性别 as it is stored.
    pub fn sex(&mut self, column: &str) -> Option<&'static str> {
        self.coded(column, sex::read).map(sex::Sex::label)
    }

    /// 民族 as it is stored.
    pub fn nationality(&mut self, column: &str) -> Option<&'static str> {
        self.coded(column, nationality::read).map(Nationality::label)
    }

    /// 培养层次.
    pub fn level(&mut self, column: &str) -> Option<Level> {
        self.coded(column, level::read)
    }

    /// 年级, the year of entry in four digits.
    pub fn entry_year(&mut self, column: &str) -> Option<String> {
        self.coded(column, figures::entry_year).map(|year| year.to_string())
    }

    /// 专业排名, with the cohort where the cell has it.
    pub fn standing(&mut self, column: &str) -> Option<figures::Standing> {
        self.coded(column, figures::standing)
    }

    /// 专业人数.
    pub fn cohort(&mut self, column: &str) -> Option<u32> {
        self.coded(column, figures::cohort)
    }

    /// A number of students.
    pub fn students(&mut self, column: &str) -> Option<u32> {
        self.coded(column, figures::students)
    }

    /// 不及格门数.
    pub fn failed_courses(&mut self, column: &str) -> Option<u32> {
        self.coded(column, figures::failed_courses)
    }

    /// Yes, no or nothing.
    pub fn yes_no(&mut self, column: &str) -> Option<bool> {
        self.coded(column, figures::yes_no)
    }
}

/// What a text is that should have been a day.
fn not_a_day(text: &str) -> &'static str {
    let open_ended = ["长期", "长期有效", "永久", "至今", "现在", "今", "无期限", "无"];
    if open_ended.contains(&text) {
        return "没有最后一天的请留空";
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [year, month] if year.len() == 4 && month.len() <= 2 => "只到月份，请填到日，如 2026-09-01",
        _ => "应为日期，如 2026-09-01",
    }
}

/// The most bad rows that a page carries to the file to take back.
pub const MOST_FAULT_ROWS: usize = 2_000;

/// The bad rows as they travel through the page: nothing of a roster is kept on the server.
#[derive(Serialize, Deserialize)]
pub struct Faults {
    pub headers: Vec<String>,
    /// The cells of a row, and what is wrong with it.
    pub rows: Vec<(Vec<String>, String)>,
}

/// The bad rows of a sheet as a form carries them to the file to take back.
#[must_use]
pub fn faults_as_json(sheet: &Sheet, bad: &[BadCell]) -> String {
    let faults = Faults { headers: sheet.headers.clone(), rows: sheet.faulty_rows(bad, MOST_FAULT_ROWS) };
    // Texts and lists of texts always have a JSON form.
    serde_json::to_string(&faults).unwrap_or_default()
}
