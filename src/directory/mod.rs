//! The university as it is: colleges, majors, classes, students, societies; and the home page. The students a
//! congress stands for are counted here (CON-04, CON-05); other student organisations are registered with their functions
//! (ORG-13).

mod holders;
mod organisations;
mod pages;
pub mod store;
mod structure;

use crate::{
    app::Routes,
    office::{Office, OfficeKind, SchoolStaff},
};

/// The routes of the directory.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(structure::routes()).merge(holders::routes()).merge(organisations::routes())
}

/// Who sees the university's figures.
pub const OFFICES: &[OfficeKind] = SchoolStaff::KINDS;
