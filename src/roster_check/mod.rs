//! 名单体检: a roster is uploaded and judged; nothing is stored. Clauses: every rule that looks at people in posts
//! (ORG-02, ORG-03, STF-01 … STF-10, ELG-01, ELG-03, ELG-04).

pub(crate) mod pages;

pub use pages::routes;

use crate::{
    office::{Office, RosterKeeper},
    page::chrome::{NavGroup, NavItem},
};

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/checkup",
    label: "名单体检",
    says: "上传一份名单，逐条看哪些规定符合、哪些不符合、依据哪一条",
    group: NavGroup::Unions,
    place: 110,
    offices: RosterKeeper::KINDS,
}];
