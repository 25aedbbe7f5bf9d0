//! Where the pages of education are, and what they say after an act.

use crate::{
    ids::TrainingId,
    words::{said_after, words},
};

pub(super) const PLEDGES: &str = "/pledges";
/// A student's own.
pub(crate) const OWN: &str = "/pledge";
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

said_after!(Done);

impl TrainingId {
    pub(crate) fn path(self) -> String {
        format!("{TRAININGS}/{self}")
    }
}
