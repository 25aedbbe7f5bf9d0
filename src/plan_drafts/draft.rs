//! A draft of a plan, its stages, and the groups in which its form is worked through.

use std::str::FromStr;

use time::OffsetDateTime;

use crate::{
    ids::{AccountId, PlanDraftId, PlanVersionId},
    rules::{Rule, catalogue::Family},
    words::words,
};

words! {
    /// Where a draft stands.
    Stage:
    Open = "open", "正在起草";
    /// As it stands it waits for a second person, and nobody changes it.
    Submitted = "submitted", "等第二人确认";
    /// It has become a version of the university's plan.
    Confirmed = "confirmed", "已收存";
}

impl Stage {
    /// Its tone beside the word.
    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Open => "unknown",
            Self::Submitted => "warn",
            Self::Confirmed => "pass",
        }
    }
}

words! {
    /// A group of the form, in the order of a document: what it is, the provisions, how it calls bodies, what it leaves open.
    Group:
    Head = "head", "文件基本情况";
    Pol = "pol", "职能定位";
    Org = "org", "组织架构与轮值";
    Stf = "stf", "机构和人员规模";
    Elg = "elg", "遴选条件";
    Vet = "vet", "遴选程序";
    Vol = "vol", "项目志愿者";
    Con = "con", "学生代表大会";
    Rev = "rev", "述职评议";
    Dis = "dis", "从严治会与退出";
    Gui = "gui", "领导与指导";
    Rgt = "rgt", "权益与联系同学";
    Bodies = "bodies", "各组织的称呼";
    Switches = "switches", "原文没有写明的口径";
}

impl Group {
    /// The family of rules that it asks about; none for those about the file as a whole.
    pub(super) fn family(self) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.prefix().eq_ignore_ascii_case(self.slug()))
    }

    /// The group that asks about a rule.
    pub(super) fn of_rule(rule: Rule) -> Self {
        let family = rule.entry().map(|entry| entry.family);
        Self::ALL.iter().copied().find(|group| group.family() == family).unwrap_or(Self::Head)
    }

    /// The group of a field, by its name.
    pub(super) fn of_field(name: &str) -> Self {
        let first = name.split('.').next().unwrap_or_default();
        match first {
            "bodies" => Self::Bodies,
            "switch" => Self::Switches,
            code => Rule::from_str(code).map_or(Self::Head, Self::of_rule),
        }
    }

    /// The one after it.
    pub(super) fn next(self) -> Option<Self> {
        let all = Self::ALL.iter().skip_while(|group| **group != self);
        all.copied().nth(1)
    }
}

words! {
    /// What a plan says of a rule, as the form asks it.
    RuleState:
    /// Whether the document says something is not known so far.
    Untaken = "untaken", "尚未录入";
    Stated = "stated", "写明";
    Silent = "silent", "未作要求";
    /// In words that no figure expresses.
    Quoted = "quoted", "无法表达，照录原文";
}

#[derive(Debug, Clone)]
pub(super) struct PlanDraft {
    pub id: PlanDraftId,
    pub name: String,
    pub stage: Stage,
    pub made_at: OffsetDateTime,
    pub maker: String,
    /// The document's text and what the file was called; none before it was brought.
    pub text: Option<DocumentText>,
    pub submitted: Option<Submission>,
    /// Why it was given back the last time; empty where it was not.
    pub returned: String,
    /// The version that it became.
    pub version: Option<PlanVersionId>,
}

/// The text of the document that the plan is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentText {
    pub name: String,
    pub text: String,
}

/// A draft as it was handed in for the second person.
#[derive(Debug, Clone)]
pub(super) struct Submission {
    /// The plan file.
    pub source: String,
    pub by: AccountId,
    pub name: String,
    pub at: OffsetDateTime,
}

impl PlanDraft {
    pub fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// It waits, and this person may confirm it: somebody else handed it in.
    pub fn may_confirm(&self, person: AccountId) -> bool {
        self.stage == Stage::Submitted && self.submitted.as_ref().is_some_and(|one| one.by != person)
    }

    /// The text of its document; empty where there is none.
    pub fn document_text(&self) -> &str {
        self.text.as_ref().map_or("", |text| &text.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::CATALOGUE;

    #[test]
    fn every_rule_has_its_group_and_every_family_is_asked_once() {
        for entry in CATALOGUE {
            assert_eq!(Group::of_rule(entry.rule).family(), Some(entry.family), "{}", entry.code);
            assert_eq!(Group::of_rule(entry.rule).label(), entry.family.label());
        }
        assert_eq!(Group::ALL.iter().filter(|group| group.family().is_some()).count(), Family::ALL.len());
        assert_eq!((Group::of_field("STF-02.at_most"), Group::of_field("code")), (Group::Stf, Group::Head));
        assert_eq!((Group::Head.next(), Group::Switches.next()), (Some(Group::Pol), None));
    }
}
