//! Where the pages of questionnaires are, and what they say after an act.

use crate::{
    ids::SurveyId,
    words::{said_after, words},
};

pub(super) const SURVEYS: &str = "/surveys";

words! {
    /// What was just done.
    Done:
    Made = "made", "已建草稿。下一步：逐题加入问题，然后向同学开放。";
    Changed = "changed", "已保存。";
    Added = "added", "问题已加入。";
    Removed = "removed", "问题已删除。";
    Discarded = "discarded", "草稿已删除。";
    Opened = "opened", "已开放，同学在开放的时间里可以作答。";
    Answered = "answered", "已提交，谢谢。每人一份，不能再改；结果公布以后在这里看。";
    Closed = "closed", "已截止并统计。下一步：写结论，登记后续措施，公布结果。";
    Kept = "kept", "结论已保存，还没有公布。";
    Published = "published", "已公布，同学可以看到结果、结论和后续措施。";
    Measured = "measured", "后续措施已登记。";
    Progressed = "progressed", "落实情况已登记。";
    Set = "set", "已保存。";
}

said_after!(Done);

impl SurveyId {
    /// For whoever answers, and for everybody once it is published.
    pub(crate) fn path(self) -> String {
        format!("{SURVEYS}/{self}")
    }

    /// For whoever keeps it.
    pub(crate) fn desk_path(self) -> String {
        format!("{SURVEYS}/{self}/desk")
    }
}
