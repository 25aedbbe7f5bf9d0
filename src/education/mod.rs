//! 日常教育管理: the text that officers pledge to keep, signed before a post begins and each academic year (DIS-01), and their
//! training in spring and autumn with who came (DIS-02). Who is in a post and whether a pledge is there the unions ask.

mod forms;
pub mod kept;
pub(crate) mod paths;
mod pledge;
mod pledges;
mod pledges_store;
pub mod tasks;
mod training;
mod trainings;
mod trainings_store;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, UnionKeeper, UnionReader},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pledges::routes().merge(trainings::routes())
}

verbs! {
    /// The text to pledge was kept, signed, or its signature reminded of.
    PledgeKept = "pledge_kept", "自律承诺";
    /// A training of officers was announced, or who came was taken down.
    TrainingKept = "training_kept", "教育培训";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/pledges",
        label: "承诺签署",
        says: "自律承诺的全文，各学生会本学年谁签了、谁还没有签",
        group: NavGroup::Conduct,
        place: 10,
        offices: UnionReader::KINDS,
    },
    NavItem {
        href: "/trainings",
        label: "教育培训",
        says: "安排工作人员的春季、秋季培训，登记到会",
        group: NavGroup::Conduct,
        place: 15,
        offices: UnionKeeper::KINDS,
    },
    NavItem {
        href: "/pledge",
        label: "自律承诺",
        says: "阅读并签署自律承诺，看自己的培训",
        group: NavGroup::Own,
        place: 85,
        offices: STUDENTS,
    },
];

/// Offices that students hold.
const STUDENTS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
    OfficeKind::Student,
];
