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
    office::{Office, OfficeKind, PeopleReader, StudentAffairs},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(own::routes()).merge(disputes::routes())
}

pub const OFFICES: &[OfficeKind] = PeopleReader::KINDS;
pub const DISPUTE_OFFICES: &[OfficeKind] = StudentAffairs::KINDS;
