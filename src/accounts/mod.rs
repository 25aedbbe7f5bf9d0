//! 账号与职务: who may sign in at a university and which offices they hold. Kept by its administrators, who have no
//! say in the union's matters.

mod activate;
pub mod codes;
mod forms;
mod pages;
mod slips;
pub mod store;

use crate::{
    app::Routes,
    office::{Administrator, Office, OfficeKind, SlipPrinter},
};

#[must_use]
pub fn routes() -> Routes {
    pages::routes().merge(slips::routes()).merge(activate::routes())
}

pub const SLIP_OFFICES: &[OfficeKind] = SlipPrinter::KINDS;

pub const OFFICES: &[OfficeKind] = Administrator::KINDS;
