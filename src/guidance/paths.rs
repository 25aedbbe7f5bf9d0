//! Where the pages of guidance are, and what they say after an act.

use crate::{
    ids::GuidanceRecordId,
    rules::guidance::Duty,
    words::{said_after, words},
};

pub(crate) const GUIDANCE: &str = "/guidance";
pub(super) const ROLES: &str = "/guidance/roles";
pub(super) const COLLEGES: &str = "/guidance/colleges";
pub(crate) const YEAR_PAPERS: &str = "/year-papers";
pub(super) const SERVICE: &str = "/my-service";
pub(super) const GROUP_WORD: &str = "/guidance/group.docx";
pub(super) const OUTLINE_WORD: &str = "/guidance/outline.docx";

words! {
    /// What was just done.
    Done:
    Recorded = "recorded", "已登记。";
    Signed = "signed", "已签署。";
    Concluded = "concluded", "已定稿，两个单位的签署都已记入。";
    Answered = "answered", "已答复，并已告诉反馈的单位。";
    Set = "set", "已确定。";
    Filled = "filled", "已登记。";
    Fixed = "fixed", "名单已确定，可以打印、下载。";
    HandedIn = "handed-in", "已提交。";
}

said_after!(Done);

/// The page of a duty.
pub(super) fn duty_path(duty: Duty) -> String {
    format!("{GUIDANCE}/duties/{}", duty.slug())
}

impl GuidanceRecordId {
    pub(super) fn word_path(self) -> String {
        format!("{GUIDANCE}/records/{self}/paper.docx")
    }
}

/// A paper of the year of one union.
pub(super) fn year_paper_path(union: crate::ids::UnionId, paper: &str) -> String {
    format!("{YEAR_PAPERS}/{union}/{paper}")
}

pub(super) fn year_paper_word(union: crate::ids::UnionId, paper: &str) -> String {
    format!("{YEAR_PAPERS}/{union}/{paper}/print.docx")
}

/// A letter about a post.
pub(super) fn letter_word(post: crate::ids::PostId, which: &str) -> String {
    format!("/service/{post}/{which}.docx")
}
