//! The ground floor of Lunzhi: all that needs neither a database nor a web. The plans and the rules ([`rules`]), names and
//! their orders, the national code words, the days that count, and the files that people have ([`sheet`]).
//!
//! It is a crate of its own so that its tests, most of the small ones, are built without the portal above it, and so that
//! a rule cannot read what it was not given. The portal shows it under the same paths: its rooms are on the lowest floors
//! of the portal's list.

pub mod calendar_file;
pub mod clock;
pub mod code_words;
pub mod fictional;
pub mod name;
pub mod office;
pub mod picture;
pub mod plan_form;
pub mod rules;
pub mod secrets;
pub mod sheet;
pub mod text;
pub mod words;
pub mod workdays;
