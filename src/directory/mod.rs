//! The university as it is: colleges, majors, classes, students, societies. The students a
//! congress stands for are counted here (CON-04, CON-05); other student organisations are registered with their functions
//! (ORG-13).

mod holders;
mod merging;
mod merging_store;
mod order;
mod organisations;
mod pages;
mod paths;
pub mod store;
mod structure;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, SchoolLeague, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

/// The routes of the directory.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .merge(structure::routes())
        .merge(merging::routes())
        .merge(order::routes())
        .merge(holders::routes())
        .merge(organisations::routes())
}

sets_of_offices! {
    /// Who sees the figures of the whole university.
    SchoolStaff: Administrator, SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty;
}

verbs! {
    /// A university was set up.
    InstitutionCreated = "institution_created", "建立学校";
    /// A college, major or class got another name.
    Renamed = "renamed", "更名";
    /// The order of official lists or of the colleges was set.
    OrderSet = "order_set", "名单排序";
    /// A student organisation was registered, changed or ended.
    OrganisationKept = "organisation_kept", "登记学生组织";
    /// A college was merged into another.
    CollegeMerged = "college_merged", "合并院系";
    /// An empty college was removed.
    CollegeRemoved = "college_removed", "删除院系";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/directory",
        label: "学校概况",
        says: "各院系、年级的学生人数和代表名额下限",
        group: NavGroup::Data,
        place: 190,
        offices: SchoolStaff::KINDS,
    },
    NavItem {
        href: "/structure",
        label: "院系专业班级",
        says: "各院系的专业、班级和人数；更正写错的名称",
        group: NavGroup::Data,
        place: 200,
        offices: SchoolStaff::KINDS,
    },
    NavItem {
        href: "/order",
        label: "名单排序",
        says: "人员名单按姓氏笔画还是姓名笔画；院系的先后次序",
        group: NavGroup::Data,
        place: 205,
        offices: SchoolLeague::KINDS,
    },
    NavItem {
        href: "/offices",
        label: "任职一览",
        says: "谁担任什么职务、从何时到何时；哪些岗位空缺",
        group: NavGroup::Data,
        place: 210,
        offices: SchoolStaff::KINDS,
    },
    NavItem {
        href: "/organisations",
        label: "学生组织",
        says: "社团和其他学生组织及其职能，学生会不与之重叠",
        group: NavGroup::Unions,
        place: 220,
        offices: SchoolStaff::KINDS,
    },
];
