//! What the stories stand on: one throw-away server, a clone of a prepared database for each test, and a client that
//! reads pages by role and label.

pub mod campus;
mod client;
pub mod congress;
pub mod elected;
pub mod questionnaires;
pub mod raw;
mod server;
pub mod sitting;
mod turns;
pub mod union;
pub mod vetting;

pub use client::{Client, Page, attributes};
pub use server::{Portal, empty_database, runtime, scratch, story_clock};

/// The password of every account in the prepared database.
pub const PASSWORD: &str = "a correct horse 77";

/// The two universities of the prepared database; the first is under the Suzhou plan, the second has adopted none.
pub const FIRST: &str = "first";
pub const SECOND: &str = "second";
