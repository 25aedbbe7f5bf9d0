//! What the forms of the calendar ask.

use serde::Deserialize;

use crate::{
    sheet::{Columns, Sheet},
    text::{day, folded},
    web::forms::{Errors, Upload, written},
    workdays::{Break, Schedule},
};

/// The columns of a schedule as a file.
pub(super) const COLUMNS: [&str; 4] = ["开始", "结束", "安排", "名称"];

/// A year's schedule as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ScheduleForm {
    pub year: String,
    pub source: String,
    pub days: String,
}

impl ScheduleForm {
    /// The form in a request with a file.
    pub fn of(upload: &Upload) -> Self {
        let field = |name: &str| upload.field(name).to_owned();
        Self { year: field("year"), source: field("source"), days: field("days") }
    }

    /// The schedule with what is known now.
    pub fn showing(schedule: &Schedule) -> Self {
        Self { year: schedule.year.to_string(), source: schedule.source.clone(), days: schedule.in_lines() }
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<Schedule> {
        let year = folded(&self.year).parse::<i32>().ok().filter(|year| (2020..=2100).contains(year));
        if year.is_none() {
            errors.add("year", "请填写四位年份，如 2027");
        }
        let source = written(&self.source, 200, "source", "请写明依据，如“国务院办公厅关于…的通知”和日期", errors);
        let schedule = Schedule::read(year?, source.as_deref().unwrap_or_default(), &self.days);
        match schedule {
            Ok(schedule) => source.map(|_| schedule),
            Err(wrong) => {
                errors.add("days", wrong.join("；"));
                None
            }
        }
    }
}

/// The lines of a schedule in a file.
///
/// # Errors
/// Why the file cannot be read, in Chinese.
pub(super) fn lines_of(bytes: &[u8]) -> Result<String, String> {
    let sheet = Sheet::read(bytes).map_err(|error| error.0)?;
    let columns = Columns::find(&sheet, &COLUMNS, &["开始", "安排"]).map_err(|error| error.0)?;
    let line = |row| {
        let [first, last, word, name] = COLUMNS.map(|column| columns.shown(row, column));
        let until = if last.is_empty() { String::new() } else { format!(" 至 {last}") };
        format!("{first}{until} {word} {name}").trim_end().to_owned()
    };
    Ok(sheet.rows.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// 寒假, 暑假 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BreakForm {
    pub name: String,
    pub from: String,
    pub last: String,
}

impl BreakForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<Break> {
        let name = written(&self.name, 20, "name", "请填写名称，如“2027年寒假”", errors);
        let (from, last) = (day(&self.from), day(&self.last));
        if from.is_none() {
            errors.add("from", "请填写第一天");
        }
        if last.is_none() {
            errors.add("last", "请填写最后一天");
        }
        let (name, from, last) = (name?, from?, last?);
        if !(0..120).contains(&(last - from).whole_days()) {
            errors.add("last", "应在第一天之后，一共不超过 120 天");
        }
        errors.is_empty().then_some(Break { name, from, last })
    }
}
