//! Where the pages of a congress's result are, and what they say after an act.

use crate::{
    ids::CongressId,
    rules::congress_result::Step,
    words::{said_after, words},
};

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Taken = "taken", "选举结果已登记。下一步：向大会公布，再报批准。";
    Dropped = "dropped", "已撤下登记。";
    Stepped = "stepped", "已登记，并已通知有关单位。";
    PaperKept = "paper", "已保存，以后打印、下载和归档的这份公文都相同。";
    Closed = "closed", "已备案，大会办结。";
    Seated = "seated", "已就任；换届的，原主席团成员同时卸任。";
}

said_after!(Done);

/// The page of the result with a step's form as it was typed.
pub(super) fn step_filled_in(id: CongressId, step: Step, query: &str) -> String {
    format!("{}?step={}&{query}", id.result_path(), step.slug())
}

impl CongressId {
    pub(crate) fn result_path(self) -> String {
        self.path() + "/result"
    }

    pub(super) fn result_step_path(self, step: Step) -> String {
        format!("{}/{}", self.result_path(), step.slug())
    }

    pub(super) fn result_paper_path(self, paper: &str) -> String {
        format!("{}/papers/{paper}", self.result_path())
    }

    /// Where the elected take their posts.
    pub(crate) fn seating_path(self) -> String {
        self.result_path() + "/posts"
    }
}
