//! 志愿项目: for major work that a union really has to host it recruits volunteers by project (VOL-01): necessity and prior
//! report first, then a recruitment that is open to every student, tasks, hours, a last day. Closing ends every engagement,
//! and what is past its last day is on the list of every office (VOL-02). Volunteers hold no post and count in no cap: they
//! stand in a table of their own that no rule of staffing reads.

mod certificate;
pub mod forms;
mod pages;
pub(crate) mod paths;
pub mod project;
mod store;
pub mod tasks;
mod volunteering;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, UnionReader},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(volunteering::routes()).merge(certificate::routes())
}

verbs! {
    /// A project was made, reported, received, recruited for, or closed.
    ProjectKept = "project_kept", "志愿项目";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: paths::PROJECTS,
        label: "志愿项目",
        says: "确需主办的重大工作：事先报告、公开招募志愿者、登记时数、结项解散",
        group: NavGroup::Activities,
        place: 30,
        offices: UnionReader::KINDS,
    },
    NavItem {
        href: paths::VOLUNTEERING,
        label: "志愿服务",
        says: "正在招募的志愿项目，报名、退出，我的时数和证明",
        group: NavGroup::Own,
        place: 57,
        offices: &[OfficeKind::Student],
    },
];
