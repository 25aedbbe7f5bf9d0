//! Who you are, and in which office you act: passwords, sessions, sign-in, and the proof of an office.
//!
//! A handler that needs an office asks for [`acting::Acting`]; no other code can make one, so a store that takes it
//! cannot be called for somebody whose office was not proved.
//!
#![doc = include_str!("forged.md")]

pub mod acting;
pub mod extract;
pub mod kept;

pub mod password;
pub mod person;
pub mod store;
pub mod tasks;
pub mod token;
pub mod unread;
pub mod vouched;
