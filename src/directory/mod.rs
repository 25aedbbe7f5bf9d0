//! The university as it is: colleges, majors, classes, students, societies; and the home page. The students a
//! congress stands for are counted here (CON-04, CON-05).

mod pages;
pub mod store;

pub use pages::routes;

use crate::auth::office::{Office, OfficeKind, SchoolStaff};

/// Who sees the university's figures.
pub const OFFICES: &[OfficeKind] = SchoolStaff::KINDS;
