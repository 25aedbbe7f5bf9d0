//! Elections: reading what is to be counted. The count itself is a rule (`rules::election`).

pub mod paper;
