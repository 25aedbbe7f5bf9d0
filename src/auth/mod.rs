//! Who you are, and in which office you act: passwords, sessions, sign-in, and the proof of an office.
//!
//! A handler that needs an office asks for [`acting::Acting`]; no other code can make one, so a store that takes it
//! cannot be called for somebody whose office was not proved.
//!
//! ```compile_fail
//! use lunzhi::office::Administrator;
//! use lunzhi::auth::{
//!     acting::Acting,
//!     person::{Held, SignedIn},
//! };
//! // Its fields are private: an office that no request has proved does not compile.
//! fn forge(person: SignedIn, office: Held) -> Acting<Administrator> {
//!     Acting { person, office, proof: std::marker::PhantomData }
//! }
//! ```

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
