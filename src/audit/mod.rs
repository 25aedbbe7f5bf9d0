//! Who did what, when, in which office, under which clause; append-only, each entry's hash covering the one before.
//!
//! Single sign-ins with a password are not entries: thousands at once would queue for the chain's one end, and it would keep
//! where students are. Those by a university's own server are, without a place: there another machine vouches for people,
//! and the record says when. Whoever can rewrite the whole table can also rewrite the chain; the last hash, printed by
//! `verify-audit` and filed on paper, is what a rewritten chain cannot match.

pub mod chain;
mod filed;
pub mod kept;
pub(crate) mod moved;
mod pages;
mod store;

pub(crate) use chain::verbs;
pub use chain::{Broken, Entry, Mark, RecordVerb, Verified};
pub use filed::entries_about;
pub use pages::routes;
pub use store::{
    append, append_by_nobody, append_by_operator, append_by_subject, append_by_visitor, append_in_confidence, verify,
    verify_within,
};

use crate::{
    office::{Office, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

/// The page of the record; its `q` is a number or a name.
pub(crate) const AUDIT: &str = "/audit";

sets_of_offices! {
    /// Who reads the record of what was done.
    Overseer: Administrator, SchoolLeague, DeputySecretary, SchoolParty;
}

verbs! {
    /// A list of people was taken as a workbook.
    ListExported = "list_exported", "导出名单";
    /// All of a university's data were written into a folder, to be taken into another database.
    UniversityMovedOut = "university_moved_out", "转出全校数据";
    /// A university that was written out stays: it is worked on here again.
    UniversityStayed = "university_stayed", "撤销迁出";
    /// A university's data were taken in from another database.
    UniversityMovedIn = "university_moved_in", "转入全校数据";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: AUDIT,
    label: "操作记录",
    says: "谁在什么时候以什么职务做了什么",
    group: NavGroup::Data,
    place: 250,
    offices: Overseer::KINDS,
}];
