//! Where the pages of people are, and what they say after an act.

use crate::{
    ids::{CollegeId, StudentId},
    page::filters,
    words::words,
};

pub(super) const PEOPLE: &str = "/people";
pub(super) const DISPUTES: &str = "/disputes";
pub(crate) const OWN_DATA: &str = "/me/data";

/// Where a script asks whom the text that it adds may mean; among whom by its stable word.
pub(super) fn suggestions_path(among: &str, college: Option<CollegeId>) -> String {
    let college = college.map(|id| id.to_string()).unwrap_or_default();
    let query = filters::query(&[("among", among), ("college", &college)]);
    format!("{PEOPLE}/find?{query}&q=")
}

/// The students that the list shows, as a workbook.
pub(super) fn people_file(query: &str) -> String {
    format!("{PEOPLE}.xlsx?{query}")
}

/// The state by which the list shows numbers that differ in case or width alone.
pub(super) const TWINS: &str = "twins";

words! {
    /// What was done to a student's data, or to an objection.
    Done:
    Corrected = "corrected", "已更正，原内容和理由记入更正记录，并已告知本人。";
    Same = "same", "内容没有变化，没有更正。";
    Renumbered = "renumbered", "已换学号，以新学号登录；原学号保留在“曾用学号”，不再给别人使用。已告知本人。";
    Joined = "joined", "已换学号，名单里重复的一人已合并过来；原学号保留在“曾用学号”。已告知本人。";
    Left = "left", "已登记离校；任职到前一天为止，离校当天起不再有办事权限。";
    Back = "back", "已恢复在校；原来的职务不会自动恢复。";
    Raised = "dispute", "异议已提交学生工作部门，答复后在“消息”里告诉你。";
    Answered = "answered", "已答复，并已告知学生。";
}

impl Done {
    /// The page at `path`, which then says what was done.
    pub(super) fn at(self, path: &str) -> String {
        format!("{path}?done={}", self.slug())
    }
}

impl StudentId {
    pub(crate) fn path(self) -> String {
        format!("{PEOPLE}/{self}")
    }
}
