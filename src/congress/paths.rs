//! Where the pages of congresses are, and what they say after an act.

use crate::{
    ids::CongressId,
    words::{said_after, words},
};

pub(crate) const CONGRESSES: &str = "/congresses";
/// Where a congress held before the portal is taken down.
pub(super) const REGISTER: &str = "/congresses/register";
/// Where a congress is begun.
pub(super) const NEW: &str = "/congresses/new";

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Created = "created", "已开始筹备。下一步核对学生人数，分配代表名额。";
    Registered = "registered", "已登记。";
    SlipKept = "slip", "理由已保存，显示在检查明细里。";
    Changed = "changed", "已修改。";
    Convened = "convened", "已登记批准召开。";
    PutOff = "put-off", "已登记改期，会议安排和没有另定的期限随之改到新的日期。请重新印发会议通知；已经建立的选举场次，投票时间在场次里改。";
    SeatsKept = "seats", "名额方案已保存。请核对，逐格调整，再批准。";
    SeatsEdited = "cells", "各格已保存。";
    SeatsApproved = "seats-approved", "名额方案已批准，代表按它选举。";
    SeatsReopened = "seats-open", "名额方案已重新打开。";
    StepKept = "step", "已登记。";
    RulesFiled = "rules", "已存档。";
    PaperKept = "paper", "已保存，以后打印、下载和归档的这份公文都相同。";
    CalledOff = "called-off", "已取消；已办的事项和记录保留。";
}

said_after!(Done);

impl CongressId {
    /// The page of a congress.
    pub(crate) fn path(self) -> String {
        format!("{CONGRESSES}/{self}")
    }

    /// How its seats are shared out.
    pub(crate) fn seats_path(self) -> String {
        format!("{CONGRESSES}/{self}/seats")
    }

    /// What is to be done until it meets.
    pub(crate) fn steps_path(self) -> String {
        format!("{CONGRESSES}/{self}/steps")
    }

    /// Where a step of the order of business is ticked.
    pub(super) fn step_path(self, step: &str) -> String {
        format!("{CONGRESSES}/{self}/steps/{step}")
    }

    /// The papers by which it is prepared.
    pub(crate) fn papers_path(self) -> String {
        format!("{CONGRESSES}/{self}/papers")
    }

    pub(super) fn paper_path(self, paper: &str) -> String {
        format!("{CONGRESSES}/{self}/papers/{paper}")
    }

    /// A paper as a Word file, with what was typed for it.
    pub(super) fn word_path(self, paper: &str, query: &str) -> String {
        format!("{CONGRESSES}/{self}/papers/{paper}/word?{query}")
    }

    pub(super) fn edit_path(self) -> String {
        format!("{CONGRESSES}/{self}/edit")
    }
}
