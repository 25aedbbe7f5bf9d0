//! A plan as a form: what it asks, group by group in the order of a document; how it reads a plan file and writes one again;
//! and what is wrong with what was typed. What the form asks is a table ([`fields`]); a key of the format that has no line in it
//! is kept as it is written.

pub mod baseline;
pub mod faults;
pub mod fields;
pub mod group;
mod quantities;
pub mod quoting;
pub mod reading;
pub mod sent;
pub mod typed;
pub mod wording;
pub mod writing;
