//! 学生会: school, graduate and college unions with their departments and posts, registered as they stand, then under the
//! rules: every appointment is judged on every day from its first, inside the transaction that writes it and with the
//! union's row locked. 对照检查总览 shows every union against every rule. Clauses: ORG-01 … ORG-03, ORG-12, ORG-13, STF-01 …
//! STF-10, ELG-01, ELG-03, ELG-04.

pub mod chart;
pub mod documents;
mod forms;
pub mod kept;
pub mod mending;
mod owed;
mod pages;
pub(crate) mod paths;
pub mod retention;
mod roster;
pub mod standing;
pub mod store;
pub mod tasks;
pub mod trend;
pub mod union;

pub use pages::{Overviews, Rosters, roster_html, routes};

use crate::{
    audit::verbs,
    office::{Office, UnionReader, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

sets_of_offices! {
    /// Who has the compliance of every union before them.
    ComplianceReader: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty;
}

verbs! {
    /// A student union was set up.
    UnionCreated = "union_created", "建立学生会";
    /// A union's posts were recorded as they were found.
    UnionRegistered = "union_registered", "现状登记";
    /// A union came under the rules.
    UnionOpened = "union_opened", "学生会启用";
    /// Somebody was appointed to a post.
    Appointed = "appointed", "任命";
    /// A post was ended.
    PostEnded = "post_ended", "离任";
    /// An end of a post was taken back.
    PostEndUndone = "post_end_undone", "撤销离任";
    /// A post was corrected.
    PostCorrected = "post_corrected", "更正任职";
    /// A whole union was newly staffed.
    Reshuffled = "reshuffled", "换届";
    /// A department was set up, changed or ended.
    DepartmentKept = "department_kept", "工作部门";
    /// A union's constitution was put on file.
    ConstitutionKept = "constitution_kept", "章程存档";
    /// How a union stands to a rule of the university's own was reported.
    OwnRuleReported = "own_rule_reported", "本校规定登记";
    /// The day by which a union mends what it breaks was set.
    MendingSet = "mending_set", "定整改期限";
    /// Such a day was taken back.
    MendingWithdrawn = "mending_withdrawn", "撤回整改期限";
}

pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/compliance",
        label: "对照检查总览",
        says: "全部学生会对照全部规则：哪里不符合、自何日起、依据哪一条",
        group: NavGroup::Unions,
        place: 10,
        offices: ComplianceReader::KINDS,
    },
    NavItem {
        href: "/unions",
        label: "学生会",
        says: "各级学生会的部门、人员、轮值；任命、离任、换届逐条核对",
        group: NavGroup::Unions,
        place: 20,
        offices: UnionReader::KINDS,
    },
];
