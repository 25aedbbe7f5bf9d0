//! 轮值: the university's semesters and the turns of the executive chair. An order is proposed by the union or by the
//! office that manages it, adjusted, and confirmed turn by turn through the rule; who is on duty follows from the confirmed
//! turns on the day and passes over by itself. Clauses: ORG-03, ORG-04.

pub mod chart;
mod pages;
mod paths;
mod semesters;
pub mod store;
pub mod tasks;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, SchoolLeague},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(semesters::routes())
}

verbs! {
    /// A semester was set, changed or removed.
    SemesterKept = "semester_kept", "登记学期";
    /// A turn of the executive chair was proposed, confirmed or withdrawn.
    TurnKept = "turn_kept", "执行主席轮值";
}

pub const NAV: &[NavItem] = &[NavItem {
    href: "/semesters",
    label: "学期",
    says: "各学期的起止日期，执行主席轮值以此为准",
    group: NavGroup::Unions,
    place: 100,
    offices: SchoolLeague::KINDS,
}];
