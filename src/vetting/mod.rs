//! 遴选: from application to appointment. A League organisation opens a round for one union and one kind of place; students
//! apply, or an office names them and they confirm; each case then passes the chain of opinions that the plan prescribes,
//! and ends in an appointment, on the list of candidates for the congress, or in a recorded no. Clauses: VET-01 … VET-05,
//! ELG-01 … ELG-06, STF-10, DIS-01.

pub mod case;
pub mod chain_office;
mod forms;
mod pages;
mod photo;
pub mod round;
pub mod store;

pub use pages::routes;

use crate::office::{Office, OfficeKind, Vetter};

/// Who acts in the chains or puts candidates forward.
pub const OFFICES: &[OfficeKind] = Vetter::KINDS;
pub const APPLICANTS: &[OfficeKind] = &[OfficeKind::Student];
