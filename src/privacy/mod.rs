//! 个人信息保护: the privacy notice, how long data of people who have left are kept, and their erasure. Who is erased stays
//! as a number in counts and in the record's chain, which names people by marks alone.

mod pages;
mod store;

pub use pages::routes;

use crate::office::{Administrator, Office, OfficeKind};

pub const OFFICES: &[OfficeKind] = Administrator::KINDS;
