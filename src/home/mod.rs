//! 首页: what waits for a person in the office in which they act, asked of every feature, and the way to everything.

mod calendar;
mod feed;
mod figures;
mod pages;
mod paths;
mod subscription;
mod waiting;

use crate::{
    app::Routes,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(calendar::routes()).merge(feed::routes())
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] =
    &[NavItem { href: "/", label: "首页", says: "", group: NavGroup::Today, place: 0, offices: OfficeKind::ALL }];
