//! 首页: what waits for a person in the office in which they act, asked of every feature, and the way to everything; and the
//! calendar of the year, by month and as a list.

mod calendar;
mod entries;
mod entry;
mod feed;
mod figures;
mod month;
mod pages;
mod paths;
mod subscription;
mod waiting;

use crate::{
    app::Routes,
    audit::verbs,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(calendar::routes()).merge(feed::routes())
}

verbs! {
    /// A calendar's secret address was made or ended.
    CalendarKept = "calendar_kept", "订阅日历";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem { href: "/", label: "首页", says: "", group: NavGroup::Today, place: 0, offices: OfficeKind::ALL },
    NavItem {
        href: paths::CALENDAR,
        label: "全年日历",
        says: "选举、学代会、评议、活动、会议、学期和各种期限，按月看、按清单看，也可以订阅到手机",
        group: NavGroup::Today,
        place: 5,
        offices: OfficeKind::ALL,
    },
];
