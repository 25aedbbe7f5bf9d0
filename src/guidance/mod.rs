//! 领导与指导: who leads and guides the unions in the plan's own words, and what is done for it again and again. One shape: a
//! duty of a rule, its interval or its occasion, records with evidence, what is overdue. The position of the union
//! (POL-01), the deputy secretary (GUI-03), two guiders (GUI-04), hearings by the Party committee (GUI-06), joint study under
//! two signatures (GUI-07), leaders and offices (GUI-08, GUI-09), reports to the leading group (GUI-10), the Party-building
//! item (GUI-11), measures, problems and good practice (GUI-12), guidance one level down and how far it reached (ORG-07,
//! ORG-08). Beside it the papers of a year and the letters of those who serve.

mod college_store;
mod colleges;
mod duty;
mod forms;
mod letters;
mod overview;
mod papers;
pub(crate) mod paths;
pub mod record;
mod roles;
pub mod settlement;
mod store;
pub mod tasks;
pub mod yearly;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, UnionReader, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    overview::routes()
        .merge(duty::routes())
        .merge(roles::routes())
        .merge(papers::routes())
        .merge(yearly::routes())
        .merge(letters::routes())
        .merge(colleges::routes())
}

sets_of_offices! {
    /// Who registers how a college leads and guides its union: those who do so.
    CollegeGuider: CollegeLeague, CollegeParty;
}

verbs! {
    /// Something was recorded of how unions are led and guided, signed, answered, or fixed.
    GuidanceKept = "guidance_kept", "领导与指导";
    /// A plan, summary, budget or settlement was handed in.
    YearPaperKept = "year_paper_kept", "年度材料";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: paths::GUIDANCE,
        label: "领导与指导",
        says: "领导小组、听取汇报、共同研究、细化措施、问题反馈、逐级指导",
        group: NavGroup::Unions,
        place: 60,
        offices: UnionReader::KINDS,
    },
    NavItem {
        href: paths::YEAR_PAPERS,
        label: "年度材料",
        says: "各学期的工作计划、总结，学年的经费预算、决算：交了没有、何时到期",
        group: NavGroup::Activities,
        place: 60,
        offices: UnionReader::KINDS,
    },
    NavItem {
        href: paths::SERVICE,
        label: "我的任职",
        says: "现在和以往的学生会任职，下载聘书、任职证明",
        group: NavGroup::Own,
        place: 80,
        offices: &[OfficeKind::Student],
    },
];
