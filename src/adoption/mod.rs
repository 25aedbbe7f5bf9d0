//! 启用方案: which plan governs a university from which day. Before it is registered the university sees what it would change in
//! every union, in the chains and in what runs; where it is wider than the national baseline it says why; every office is
//! told; within a day it may be withdrawn. Clause: POL-00 (a plan governs by its own document, from its day on, never
//! backwards).

mod forms;
mod pages;
mod paths;
mod preview;
mod store;

pub use pages::routes;

use crate::{
    audit::verbs,
    office::{Office, SchoolLeague},
    page::chrome::{NavGroup, NavItem},
};

verbs! {
    /// A plan governs from a day on.
    PlanAdopted = "plan_adopted", "启用方案";
    /// An adoption was withdrawn within its day.
    PlanWithdrawn = "plan_withdrawn", "撤回启用";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/plans",
    label: "实施方案",
    says: "启用本校的实施方案，或上传自己的方案文件",
    group: NavGroup::Data,
    place: 130,
    offices: SchoolLeague::KINDS,
}];
