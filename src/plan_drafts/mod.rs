//! 起草方案: a university's plan taken down in a form instead of an editor. A draft holds the document's text and what is typed,
//! group by group in the order of a document; it reads and writes the same plan file that [`crate::rules::plan`] reads.
//!
//! ```text
//! open ── handed in ──> submitted ── a second person confirms ──> confirmed: a version of the plan, to be adopted
//!   ^                        │
//!   └── withdrawn, given back┘
//! ```
//!
//! Each group has a version of its own: of two who type in one group the later one sees both and loses nothing. The form itself
//! is [`crate::plan_form`].

mod draft;
mod forms;
mod pages;
mod paths;
mod seed;
mod store;
pub mod tasks;
mod views;

pub use seed::{DemoDraft, begin_demo};

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, SchoolLeague},
    page::chrome::{NavGroup, NavItem},
};

/// The routes of drafts.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
}

verbs! {
    /// A draft of a plan was begun, filled in, handed in, given back, confirmed or deleted.
    PlanDraftKept = "plan_draft_kept", "起草方案";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/plan-drafts",
    label: "起草方案",
    says: "在网页上逐条录入本校的实施方案，两人确认后收存",
    group: NavGroup::Data,
    place: 132,
    offices: SchoolLeague::KINDS,
}];
