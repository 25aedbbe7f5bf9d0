//! The groups in which the form of a plan is worked through, and what it says of a rule.

use std::str::FromStr;

use crate::{
    rules::{Rule, catalogue::Family},
    words::words,
};

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
    #[must_use]
    pub fn family(self) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.prefix().eq_ignore_ascii_case(self.slug()))
    }

    /// The group that asks about a rule.
    #[must_use]
    pub fn of_rule(rule: Rule) -> Self {
        let family = rule.entry().map(|entry| entry.family);
        Self::ALL.iter().copied().find(|group| group.family() == family).unwrap_or(Self::Head)
    }

    /// The group of a field, by its name.
    #[must_use]
    pub(super) fn of_field(name: &str) -> Self {
        let first = name.split('.').next().unwrap_or_default();
        match first {
            "bodies" => Self::Bodies,
            "switch" => Self::Switches,
            code => Rule::from_str(code).map_or(Self::Head, Self::of_rule),
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
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
