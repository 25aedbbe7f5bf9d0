//! Where the pages of drafts are, and what they say after an act.

use crate::{
    ids::{PlanDraftId, PlanVersionId},
    plan_form::group::Group,
    rulebook::PLANS,
    rules::Rule,
    words::{said_after, words},
};

pub(super) const DRAFTS: &str = "/plan-drafts";

words! {
    /// What was just done.
    Done:
    Begun = "begun", "已建草稿。可以先放入文件原文，再逐部分填写；随时保存，可以几个人分着填。";
    Saved = "saved", "已保存。";
    TextKept = "text", "原文已存入草稿。下面逐句编号，选一句、选一条规定即可引用。";
    Quoted = "quoted", "已引用。核对这一条的力度和数值，再保存。";
    Submitted = "submitted", "已交第二人确认。确认以前不能再改；需要改的，先收回。";
    Withdrawn = "withdrawn", "已收回，可以继续修改。";
    Returned = "returned", "已退回修改，理由已告诉交来的人。";
    Discarded = "discarded", "草稿已删除。";
}

said_after!(Done);

impl PlanDraftId {
    pub(super) fn path(self) -> String {
        format!("{DRAFTS}/{self}")
    }

    /// A group of its form.
    pub(super) fn group_path(self, group: Group) -> String {
        format!("{DRAFTS}/{self}/groups/{}", group.slug())
    }

    /// The same after an act, at a rule.
    pub(super) fn rule_path(self, rule: Rule, done: Done) -> String {
        format!("{}#{rule}", done.at(&self.group_path(Group::of_rule(rule))))
    }

    /// A rule in its group.
    pub(super) fn place_path(self, rule: Rule) -> String {
        format!("{}#{rule}", self.group_path(Group::of_rule(rule)))
    }

    /// The document's text, with a rule to quote it for.
    pub(super) fn text_path(self) -> String {
        format!("{DRAFTS}/{self}/text")
    }
}

/// The version that a draft became, where it is adopted.
pub(super) fn adopted_from(version: PlanVersionId) -> String {
    format!("{PLANS}?done=added&version={version}")
}
