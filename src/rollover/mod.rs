//! 学年更替: graduations and mergers of classes, previewed and then done at once. New classes come with the import of new
//! students, single transfers with a correction. Who leaves keeps their history and loses their rights on the day.

mod pages;
mod store;

pub use pages::routes;

use crate::office::{Office, OfficeKind, Registrar};

pub const OFFICES: &[OfficeKind] = Registrar::KINDS;
