//! 学生会: school, graduate and college unions with their departments and posts, registered as they stand, then under the
//! rules: every appointment is judged on every day from its first, inside the transaction that writes it and with the
//! union's row locked. 对照检查总览 shows every union against every rule. Clauses: ORG-01 … ORG-03, ORG-12, ORG-13, STF-01 …
//! STF-10, ELG-01, ELG-03, ELG-04.

pub mod chart;
pub mod documents;
mod forms;
mod owed;
mod pages;
pub(crate) mod paths;
mod roster;
pub mod standing;
pub mod store;
pub mod tasks;
pub mod union;

pub use pages::{roster_html, routes};

use crate::{
    office::{ComplianceReader, Office, UnionReader},
    page::chrome::{NavGroup, NavItem},
};

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
