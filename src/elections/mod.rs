//! Elections: sittings with their contests, rolls, sealed ballots, counting, and the public record. The count itself is a
//! rule (`rules::election`). Clauses: VET-05, CON-03, CON-07; what both plans leave open is practice or the committee's
//! decision, and said so.

pub mod ballot;
pub mod ballot_box;
pub mod counting;
pub mod election_file;
mod forms;
mod pages;
pub mod reconciliation;
pub mod record;
pub mod sitting;
pub mod store;

pub use forms::QUORUMS;
pub use pages::{close_overdue, routes};

use crate::office::{ElectionKeeper, ElectionReader, Office, OfficeKind, TurnoutReader};

/// Offices that students hold: whoever has one votes too.
pub const VOTERS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
    OfficeKind::Student,
];
pub const KEEPERS: &[OfficeKind] = ElectionKeeper::KINDS;
pub const READERS: &[OfficeKind] = ElectionReader::KINDS;
/// Who sees how many have voted.
pub const TURNOUT_READERS: &[OfficeKind] = TurnoutReader::KINDS;
