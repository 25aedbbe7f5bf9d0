//! 账号与职务: who may sign in at a university and which offices they hold. Kept by its administrators, who have no
//! say in the union's matters.

mod forms;
mod pages;
pub mod store;

pub use pages::routes;

use crate::auth::office::{Administrator, Office, OfficeKind};

/// Who keeps accounts.
pub const OFFICES: &[OfficeKind] = Administrator::KINDS;
