//! What the office adds to a paper: to look at, or to keep.

use serde::{Deserialize, Serialize};
use time::Date;

use super::store::Addition;
use crate::{
    papers::document_number,
    text::{day, searched, trimmed},
    web::forms::{Errors, written_if_any},
};

/// What is typed for a paper, as its address carries it until it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::congress) struct PaperForm {
    /// 发文字号.
    pub number: String,
    /// 成文日期; left to be written by hand where it is no day.
    pub date: String,
    /// Where the congress meets.
    pub place: String,
    /// When it begins, in words.
    pub time: String,
    /// 抄送机关.
    pub copies: String,
}

/// A text of a field, cut to what a line holds.
fn line(typed: &str) -> String {
    searched(trimmed(typed))
}

impl From<Addition> for PaperForm {
    fn from(Addition { number, dated_on, place, begins, copies }: Addition) -> Self {
        let date = dated_on.map(|day| day.to_string()).unwrap_or_default();
        Self { number, date, place, time: begins, copies }
    }
}

impl PaperForm {
    /// Reads what is to be kept, or leaves an error beside each field; all of it may be empty.
    pub fn read(&self, errors: &mut Errors) -> Option<Addition> {
        let number = written_if_any(&self.number, 40, "number", errors);
        let dated_on = day(&self.date);
        if dated_on.is_none() && !trimmed(&self.date).is_empty() {
            errors.add("date", "请填写日期");
        }
        let copies = written_if_any(&self.copies, 40, "copies", errors);
        let begins = written_if_any(&self.time, 40, "time", errors);
        let place = written_if_any(&self.place, 40, "place", errors);
        if errors.has_faults() {
            return None;
        }
        Some(Addition { number: document_number(&number?), dated_on, place: place?, begins: begins?, copies: copies? })
    }

    pub fn number(&self) -> String {
        document_number(&line(&self.number))
    }

    pub fn day(&self) -> Option<Date> {
        day(&self.date)
    }

    /// Where, or room for it.
    pub fn place(&self) -> String {
        let place = line(&self.place);
        // With the day and the time before it, a longer one would break over the line of 28 characters.
        if place.is_empty() { "＿".repeat(6) } else { place }
    }

    /// When it begins, or room for it.
    pub fn time(&self) -> String {
        let time = line(&self.time);
        if time.is_empty() { "＿".repeat(4) } else { time }
    }

    pub fn copies(&self) -> String {
        line(&self.copies)
    }
}
