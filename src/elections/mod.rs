//! Elections: sittings with their contests, rolls, sealed ballots, counting, and the public record. The count itself is a
//! rule (`rules::election`). Clauses: VET-05, CON-03, CON-07; what both plans leave open is practice or the committee's
//! decision, and said so.

pub mod account;
pub mod ballot;
pub mod paper;
pub mod seal;
pub mod sitting;
pub mod store;
