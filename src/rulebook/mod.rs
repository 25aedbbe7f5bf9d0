//! 规则手册 and 实施方案: every rule with both plans' words side by side, and which plan governs a university from
//! which day. Clause: POL-00 (a plan governs by its own document, from its day on, never backwards).

mod book;
mod forms;
mod pages;
mod paths;
pub mod store;

pub use book::RuleSearch;
pub use pages::{book_html, routes};
pub use store::{Governing, governing};

use crate::{
    office::{Office, OfficeKind, SchoolLeague},
    page::chrome::{NavGroup, NavItem},
};

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/rulebook",
        label: "规则手册",
        says: "本校方案的条款原文，以及系统怎样执行",
        group: NavGroup::Data,
        place: 120,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/plans",
        label: "实施方案",
        says: "启用本校的实施方案，或上传自己的方案文件",
        group: NavGroup::Data,
        place: 130,
        offices: SchoolLeague::KINDS,
    },
];
