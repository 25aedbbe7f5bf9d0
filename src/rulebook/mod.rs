//! 规则手册 and the plans themselves: every rule with the plans' words side by side, the national baseline and the document
//! beside each quotation; plan files come in here and are adopted in [`adoption`](crate::adoption). Clause: POL-00 (a plan
//! governs by its own document, from its day on).

pub mod book;
mod pages;
mod paper_pages;
mod papers;
pub mod parsed;
mod paths;
mod rendered;
pub mod store;

pub use book::RuleSearch;
pub use pages::book_html;
pub use paths::PLANS;
pub use rendered::RuleBooks;
pub use store::{Beside, Governing, governing};

use crate::{
    app::Routes,
    audit::verbs,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
};

/// The routes of the rule book and of the plan files.
#[must_use]
pub fn routes(books: RuleBooks) -> Routes {
    pages::routes(books).merge(paper_pages::routes())
}

verbs! {
    /// A plan file was added.
    PlanAdded = "plan_added", "上传方案";
    /// The document of a plan was put beside it, or taken away.
    PlanDocumentKept = "plan_document_kept", "方案原件";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/rulebook",
    label: "规则手册",
    says: "本校方案的条款原文，以及系统怎样执行",
    group: NavGroup::Data,
    place: 120,
    offices: OfficeKind::ALL,
}];
