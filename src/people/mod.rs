//! 人员: the students as the portal knows them, what is known of their grades and from whom, corrections with reason and
//! history, leaving, and a student's own page with objections. A student sees only themselves, a class branch its class, a
//! college its college. The facts here are what ELG-01, ELG-03 and ELG-04 will be judged on.

mod disputes;
pub mod forms;
pub mod own;
mod pages;
pub mod store;
pub mod student;

use crate::{
    app::Routes,
    auth::office::{Office, OfficeKind, PeopleReader, StudentAffairs},
};

/// The routes of people.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(own::routes()).merge(disputes::routes())
}

/// Who sees people's data.
pub const OFFICES: &[OfficeKind] = PeopleReader::KINDS;
/// Who answers objections.
pub const DISPUTE_OFFICES: &[OfficeKind] = StudentAffairs::KINDS;
