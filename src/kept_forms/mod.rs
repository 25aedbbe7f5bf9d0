//! Nothing that was written is lost: a form that was not done comes back as it was filled in, and says so.
//!
//! What came back is the form's own page: its request is run again under a mark ([`crate::page::unsent`]) under which every
//! form counts as one with a fault and nothing is written. So is answered whatever a form can meet on its way: a file or a
//! text too large, characters that nobody types, a portal too busy or a disk too full, somebody who was faster, an answer
//! that takes too long, a panic, a fault of ours. Where its own page cannot be shown (it is gone, it is another office's,
//! the database is away), the failure's page has what was typed, to be copied.
//!
//! Where the session had ended, what was typed is kept for an hour, sealed to a key that the browser alone holds and bound
//! to the account whose session it was; after signing in the same person finds the form, nobody else does. Files are not
//! kept with it, nor are passwords, codes and ballots.
//!
//! Three things give nothing back, and cannot. A form of another site's page is not read: a page of ours with its words
//! would lend them our name, and behind a proxy that spoils every origin nobody gets past signing in. Of a body that did
//! not arrive in its time, or is over 40 MB, what was typed has not arrived. A refusal by the rules has a way back of its
//! own that keeps everything.
//!
//! A file about which somebody is asked first (which sheet, what about hidden rows) is kept the same way, so that it need
//! not be chosen again: one a person, for an hour.

pub mod field_names;
pub mod file;
pub mod form;
pub mod kept;
pub mod layers;
mod store;

pub use file::{bring_file, keep_file};
pub use layers::{KEPT, capture, show};
pub use store::{clear_expired, erase};
