//! 名单体检: a roster is uploaded and judged; nothing is stored. Clauses: every rule that looks at people in posts
//! (ORG-02, ORG-03, STF-01 … STF-10, ELG-01, ELG-03, ELG-04).

pub(crate) mod pages;
mod sample;

pub use pages::routes;

use crate::office::{Office, OfficeKind, RosterKeeper};

/// Who may have a roster judged.
pub const OFFICES: &[OfficeKind] = RosterKeeper::KINDS;
