//! 工作日历: the public holidays of each year and the university's own breaks, by which notices and due days are counted.
//! No plan speaks of it: that such days are working days is practice.

mod forms;
mod pages;
mod paths;
pub mod store;

pub use pages::routes;

use crate::{
    audit::verbs,
    office::{Office, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

sets_of_offices! {
    /// Who keeps the calendar of working days.
    HolidayKeeper: Administrator, SchoolLeague, DeputySecretary;
}

verbs! {
    /// The public holidays of a year were kept, or a break of the school.
    HolidaysKept = "holidays_kept", "工作日历";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/holidays",
    label: "工作日历",
    says: "每年的放假调休安排和本校寒暑假，公示和办理期限按它计算",
    group: NavGroup::Data,
    place: 105,
    offices: HolidayKeeper::KINDS,
}];
