//! What the office adds to a paper; nothing of it is kept.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::text::{day, searched, trimmed};

/// What is typed for a paper, as its address carries it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PaperForm {
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

impl PaperForm {
    pub fn number(&self) -> String {
        line(&self.number)
    }

    pub fn day(&self) -> Option<Date> {
        day(&self.date)
    }

    /// Where, or room for it.
    pub fn place(&self) -> String {
        let place = line(&self.place);
        if place.is_empty() { "＿".repeat(8) } else { place }
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
