//! How a plan file writes its values.

use std::fmt::{Display, Write as _};

use time::Date;

/// Lines of a section of a plan file.
#[derive(Default)]
pub(super) struct Keys(String);

impl Keys {
    /// A value that needs no quotation marks: a number, a word of the language, a table.
    pub(super) fn bare(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.0, "{key} = {value}");
    }

    /// What was written.
    pub(super) fn end(self) -> String {
        self.0
    }

    /// The head of a section; in one more pair of brackets, of one among several.
    pub(super) fn head(&mut self, name: &str) {
        let _ = writeln!(self.0, "\n[{name}]");
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.bare(key, quoted(text));
    }

    pub(super) fn list<T: AsRef<str>>(&mut self, key: &str, items: &[T]) {
        self.bare(key, list_of(items));
    }

    /// Tables on one line each, in a list.
    pub(super) fn tables(&mut self, key: &str, tables: &[String]) {
        if tables.is_empty() {
            return self.bare(key, "[]");
        }
        let _ = writeln!(self.0, "{key} = [");
        for table in tables {
            let _ = writeln!(self.0, "    {table},");
        }
        let _ = writeln!(self.0, "]");
    }
}

/// A table on one line.
#[derive(Default)]
pub(super) struct Inline(Vec<String>);

impl Inline {
    pub(super) fn bare(mut self, key: &str, value: impl Display) -> Self {
        self.0.push(format!("{key} = {value}"));
        self
    }

    pub(super) fn text(self, key: &str, text: &str) -> Self {
        self.bare(key, quoted(text))
    }

    /// The value where there is one.
    pub(super) fn maybe<T: Display>(self, key: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.bare(key, value),
            None => self,
        }
    }

    /// A flag that stands only where it is set.
    pub(super) fn flag(self, key: &str, set: bool) -> Self {
        if set { self.bare(key, true) } else { self }
    }

    pub(super) fn end(self) -> String {
        format!("{{ {} }}", self.0.join(", "))
    }
}

/// A text in quotation marks. It holds no control characters: none is read into a plan.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn list_of<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// A day as TOML writes it.
pub(super) fn day(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}
