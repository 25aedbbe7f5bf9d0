//! 个人信息保护: the privacy notice, how long data of people who have left are kept, and their erasure. Who is erased stays
//! as a number in counts and in the record's chain, which names people by marks alone.

mod pages;
mod paths;
mod store;

pub use pages::routes;

use crate::{
    audit::verbs,
    office::{Administrator, Office},
    page::chrome::{NavGroup, NavItem},
};

verbs! {
    /// Personal data were erased.
    Erased = "erased", "删除个人信息";
    /// The time for which data are kept was set.
    RetentionSet = "retention_set", "设置保存期限";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/retention",
    label: "保存期限与删除",
    says: "离校人员的个人信息保存多久，到期删除",
    group: NavGroup::Data,
    place: 240,
    offices: Administrator::KINDS,
}];
