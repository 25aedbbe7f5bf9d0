//! Sealing what must stay secret until several people open it together: key pairs, shares, marks, and envelopes.

pub mod keys;
pub mod recipient;
pub mod shares;
