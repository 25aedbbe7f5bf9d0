//! 直接联系: delegates and officers in contact with classes, what they hear there, and what comes of it (RGT-05). A union gives
//! its people classes; they log when they were there and what was raised; each point may become a request (诉求).
//!
//! A contact is somebody's by their post or mandate, and over with it. Whoever sees a union sees its log; whoever is in contact
//! with a class sees what was logged of that class; a student sees who is in contact with their own.

mod assign;
mod classes;
#[expect(clippy::module_inception, reason = "the noun of a feature is a file that bears its name")]
pub mod contact;
mod desk;
pub mod even;
pub mod forms;
pub mod kept;
mod log_store;
pub mod matrix;
mod own;
mod paths;
pub mod retention;
mod settings;
mod store;
pub mod tasks;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, UnionReader},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    own::routes().merge(classes::routes()).merge(desk::routes()).merge(assign::routes()).merge(settings::routes())
}

verbs! {
    /// Somebody was put in contact with a class, or no more; a contact was logged; how often was set.
    ContactKept = "contact_kept", "直接联系同学";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/contact",
        label: "班级联系人",
        says: "谁联系我的班级、给他们留言；我联系的班级",
        group: NavGroup::Activities,
        place: 26,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/contact/desk",
        label: "直接联系同学",
        says: "学生代表、学生干部联系哪些班级，各班各月的联系情况和记录",
        group: NavGroup::Activities,
        place: 28,
        offices: UnionReader::KINDS,
    },
];
