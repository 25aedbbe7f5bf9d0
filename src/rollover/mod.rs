//! 学年更替: graduations and mergers of classes, previewed and then done at once. New classes come with the import of new
//! students, single transfers with a correction. Who leaves keeps their history and loses their rights on the day. The last
//! turn can be taken back until something else is built on it.

pub mod cohort;
pub mod consequences;
mod pages;
mod paths;
pub mod retention;
pub mod store;
pub mod undoing;

pub use pages::routes;

use crate::{
    audit::verbs,
    office::{Office, Registrar},
    page::chrome::{NavGroup, NavItem},
};

verbs! {
    /// The turn of the year: graduations and mergers.
    YearTurned = "year_turned", "学年更替";
    /// The last turn of the year was taken back.
    YearTurnUndone = "year_turn_undone", "撤销学年更替";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/rollover",
    label: "学年更替",
    says: "毕业离校和班级合并，先核对再写入",
    group: NavGroup::Data,
    place: 170,
    offices: Registrar::KINDS,
}];
