//! Nothing that was written is lost: a form that was not done comes back as it was filled in, and says so.
//!
//! What came back is the form's own page: its request is run again under a mark ([`crate::page::unsent`]) under which every
//! form counts as one with a fault and nothing is written. A file that was too large and a fault of ours are answered so at
//! once. Where the session had ended, what was typed is kept for an hour, sealed to a key that the browser alone holds and
//! bound to the account whose session it was; after signing in the same person finds the form, nobody else does. Files are
//! not kept with it, nor are passwords, codes and ballots.
//!
//! A file about which somebody is asked first (which sheet, what about hidden rows) is kept the same way, so that it need
//! not be chosen again: one a person, for an hour.

mod file;
mod form;
mod layers;
mod store;

pub use file::{bring_file, keep_file};
pub use layers::{KEPT, capture, show};
pub use store::{clear_expired, erase};
