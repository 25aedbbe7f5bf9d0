//! Where the pages of education are, and what they say after an act.

use crate::{ids::TrainingId, words::words};

pub(super) const PLEDGES: &str = "/pledges";
/// A student's own.
pub(super) const OWN: &str = "/pledge";
pub(super) const TRAININGS: &str = "/trainings";

words! {
    /// What was just done.
    Done:
    TextKept = "text", "全文已存入。从所填之日起，签署的是这一版。";
    Reminded = "reminded", "已提醒还没有签署的人。";
    Signed = "signed", "已签署，本学年不用再签。";
    Announced = "announced", "已安排，并已通知应到的人。";
    Closed = "closed", "到会已登记。";
}

impl Done {
    /// The sentence of that word; empty for any other.
    pub(super) fn said(word: &str) -> &'static str {
        word.parse().map_or("", Self::label)
    }

    /// The page at `path`, which says so.
    pub(super) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.slug())
    }
}

impl TrainingId {
    pub(super) fn path(self) -> String {
        format!("{TRAININGS}/{self}")
    }
}
