//! The examples of the portal's documentation, which stand beside what they are about, compiled and run from here: to find them
//! in the portal itself, all of it would be read once more and its queries and templates expanded.
//!
//! An official paper with everything in it:
#![doc = include_str!("../../src/papers/example.md")]
//!
//! What must not compile, an office that nobody proved:
#![doc = include_str!("../../src/auth/forged.md")]
