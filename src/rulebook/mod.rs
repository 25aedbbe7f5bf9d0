//! 规则手册 and 实施方案: every rule with both plans' words side by side, and which plan governs a university from
//! which day. Clause: POL-00 (a plan governs by its own document, from its day on, never backwards).

mod book;
mod forms;
mod pages;
pub mod store;

pub use book::Search;
pub use pages::{book_html, routes};
pub use store::{Governing, governing};

use crate::office::{Office, OfficeKind, SchoolLeague};

/// Who decides which plan governs.
pub const PLAN_OFFICES: &[OfficeKind] = SchoolLeague::KINDS;
