//! 活动: what a union does for its fellow students, on top of a matter that was approved (GUI-02). What it is for (POL-02),
//! for whom (POL-03), who hosts it (ORG-10) and with whom (ORG-11); sign-up on a phone with places and a waiting list,
//! check-in by a code on the wall, a word afterwards, and whom it reached.
//!
//! Whoever signs up is in or waits, by the order of coming; a place that is given up goes to whoever waits longest. While the
//! matter is changed or its approval taken back nobody signs up.

mod activity;
mod forms;
pub mod kept;
mod pages;
pub(crate) mod paths;
pub mod retention;
mod store;
pub mod tasks;

pub use pages::routes;

use crate::{
    office::{MatterReader, Office, OfficeKind},
    page::chrome::{NavGroup, NavItem},
};

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/activity-desk",
        label: "活动开展",
        says: "已批准的活动：报名、签到、满意度，覆盖的院系和年级",
        group: NavGroup::Activities,
        place: 30,
        offices: MatterReader::KINDS,
    },
    NavItem {
        href: "/activities",
        label: "活动报名",
        says: "学生会的活动：报名、签到、评价",
        group: NavGroup::Own,
        place: 20,
        offices: OfficeKind::ALL,
    },
];
