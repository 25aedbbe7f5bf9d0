//! 学生会: school, graduate and college unions with their departments and posts, taken down as they stand, then under the
//! rules: every appointment is judged on every day from its first, inside the transaction that writes it and with the
//! union's row locked. 合规总览 shows every union against every rule. Clauses: ORG-01 … ORG-03, ORG-12, ORG-13, STF-01 …
//! STF-10, ELG-01, ELG-03, ELG-04.

pub mod chart;
pub mod documents;
mod forms;
mod pages;
mod roster;
pub mod store;
pub mod union;

pub use pages::{roster_html, routes};

use crate::office::{ComplianceReader, Office, OfficeKind, UnionReader};

pub const OFFICES: &[OfficeKind] = UnionReader::KINDS;
/// Who sees 合规总览.
pub const COMPLIANCE_OFFICES: &[OfficeKind] = ComplianceReader::KINDS;
