//! The commands that need no portal: `check`, `allocate`, `count`, `order`, `plan`, `verify`, which need no database either and answer
//! people who only have a spreadsheet; `backup` and `restore`; `move-institution`; `sso`.
//!
//! Each of them reads its input whole and within bounds, prints one answer on standard output, and ends with 0 (nothing
//! fails), 1 (something fails), 3 (no rule could be judged) or 2 (the input cannot be read: every fault on standard error,
//! nothing on standard output).

mod allocate;
mod backup;
mod check;
mod count;
pub mod moving;
mod order;
mod plan_file;
mod restore;
mod sso;
mod verify;

use std::{
    fmt::Display,
    fs::File,
    io::{Read, Write},
    path::Path,
    process::ExitCode,
};

pub use allocate::allocate;
pub use backup::{BackupArgs, backup};
pub use check::check;
pub use count::count;
pub use moving::{MoveArgs, move_institution};
pub use order::order;
pub use plan_file::{check_plan, diff_plans, new_plan};
pub use restore::{RestoreArgs, restore};
use serde::Serialize;
pub use sso::{SsoArgs, SsoChoices, SsoWay, sso};
use unicode_width::UnicodeWidthStr;
pub use verify::verify;

use crate::{
    rules::{
        Finding, Outcome, Plan,
        plan::{self, LARGEST_FILE},
    },
    sheet::{Question, Sheet},
    text::printable,
};

/// The input cannot be read; one line of Chinese a fault.
#[derive(Debug)]
pub struct Unreadable(Vec<String>);

impl Unreadable {
    fn one(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }

    /// What must be chosen first, and how.
    fn question(question: &Question) -> Self {
        let how = match question {
            Question::Sheets(_) if question.asks_about_hidden_rows() || question.asks_about_hidden_columns() => {
                "--sheet 名称，另加 --hidden take（一并读取）或 --hidden leave（不读取）"
            }
            Question::Sheets(_) => "--sheet 名称",
            Question::Hidden(_) if question.asks_about_hidden_rows() && question.asks_about_hidden_columns() => {
                "--hidden take（一并读取）或 --hidden leave（不读取），列另作处理的再加 --hidden-columns take 或 leave"
            }
            Question::Hidden(_) => "--hidden take（一并读取）或 --hidden leave（不读取）",
        };
        Self::one(format!("{question}：{how}"))
    }

    fn all<T: Display>(faults: &[T]) -> Self {
        Self(faults.iter().map(ToString::to_string).collect())
    }
}

/// What a command says and how it ends.
#[derive(Debug)]
pub struct Answer {
    text: String,
    ends: Ends,
    notes: Vec<String>,
}

/// How a command ends that could read its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Passes,
    Fails,
    /// No rule could be judged.
    Unjudged,
}

impl Ends {
    fn failing(fails: bool) -> Self {
        if fails { Self::Fails } else { Self::Passes }
    }

    fn of(findings: &[Finding]) -> Self {
        let has = |is: fn(Outcome) -> bool| findings.iter().any(|finding| is(finding.verdict));
        match (has(|verdict| verdict == Outcome::Fail), has(Outcome::is_judged)) {
            (true, _) => Self::Fails,
            (false, true) => Self::Passes,
            (false, false) => Self::Unjudged,
        }
    }

    fn status(self) -> u8 {
        match self {
            Self::Passes => 0,
            Self::Fails => 1,
            Self::Unjudged => 3,
        }
    }
}

/// Prints an answer or the faults, and gives the exit status.
#[must_use]
pub fn finish(answer: Result<Answer, Unreadable>) -> ExitCode {
    // Who closes the pipe early has read enough: a failed write is not a failed command.
    let say = |lines: &[String]| {
        let mut out = std::io::stderr().lock();
        for line in lines {
            let _ = writeln!(out, "{}", printable(line, false));
        }
    };
    match answer {
        Ok(Answer { text, ends, notes }) => {
            say(&notes);
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
            ExitCode::from(ends.status())
        }
        Err(Unreadable(faults)) => {
            say(&faults);
            ExitCode::from(2)
        }
    }
}

/// Reads a file of at most `largest` bytes; a longer one is not read to its end.
fn read_file(path: &Path, largest: usize) -> Result<Vec<u8>, Unreadable> {
    let fault = |error: std::io::Error| Unreadable::one(format!("无法读取 {}：{error}", path.display()));
    // A pipe or a device could keep us waiting for ever.
    if !path.metadata().map_err(fault)?.is_file() {
        return Err(Unreadable::one(format!("无法读取 {}：不是普通文件", path.display())));
    }
    let file = File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(largest as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() > largest {
        return Err(Unreadable::one(format!("{}：文件超过 {} MB", path.display(), largest / 1024 / 1024)));
    }
    Ok(bytes)
}

/// A built-in plan by its code, or a plan file by its path.
fn find_plan(name: &str) -> Result<Plan, Unreadable> {
    if let Some(plan) = plan::named(name) {
        return Ok(plan.clone());
    }
    let built_in: Vec<&str> = plan::built_in().iter().map(|plan| plan.code.as_str()).collect();
    let path = Path::new(name);
    if !path.exists() {
        return Err(Unreadable::one(format!(
            "没有方案 {name}：内置方案有 {}，也可以给出方案文件的路径",
            built_in.join("、")
        )));
    }
    let bytes = read_file(path, LARGEST_FILE + 1)?;
    let text = plan::text_of(&bytes).map_err(|says| Unreadable::one(format!("{name}：{says}")))?;
    Plan::parse(text).map_err(|errors| Unreadable::all(&errors))
}

/// What was read of a file, and what not.
fn reading_notes(sheet: &Sheet, ignored: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if !sheet.name.is_empty() {
        notes.push(format!("提示：读取的是工作表“{}”", sheet.name));
    }
    notes.extend(sheet.notes.iter().map(|note| format!("提示：{note}")));
    if !ignored.is_empty() {
        notes.push(format!("提示：忽略了不认识的列：{}", ignored.join("、")));
    }
    notes
}

/// Text for people: what input brought along cannot steer a terminal.
fn for_people(text: &str) -> String {
    printable(text, true)
}

fn json(value: &impl Serialize) -> Result<String, Unreadable> {
    let line = serde_json::to_string(value).map_err(|error| Unreadable::one(error.to_string()))?;
    Ok(line + "\n")
}

/// Findings as lines for people, gravest first, each with its clause.
fn findings_in_words(findings: &[Finding]) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.verdict);
    let mut lines = Vec::new();
    for finding in sorted {
        let Finding { verdict, rule, message, .. } = finding;
        let head = format!("{} {}", verdict.sign(), verdict.label());
        lines.push(format!("{} {rule}  {message}", padded(&head, 18)));
        let mut line = |label: &str, value: &str| lines.push(format!("{} {label}：{value}", padded("", 18)));
        if matches!(verdict, Outcome::Pass | Outcome::NotRequired | Outcome::NotTakenDown) {
            continue;
        }
        if !finding.subjects.is_empty() {
            line("涉及", &finding.subjects.join("、"));
        }
        if let Some(unknown) = finding.unknown.as_ref().filter(|unknown| !unknown.is_empty()) {
            line("待补", &unknown.join("、"));
        }
        if let Some(clause) = &finding.clause {
            line("依据", &format!("{} {}：“{}”", clause.document, clause.section, clause.quote));
        }
        if !finding.remedy.is_empty() {
            line("办法", &finding.remedy);
        }
    }
    lines.join("\n") + "\n"
}

/// Pads to a width in terminal columns, where a Chinese character takes two.
fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// Lines of equal columns.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|text| text.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(text, width)| padded(text, *width)).collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}
