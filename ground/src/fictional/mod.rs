//! Invented people, for the demo and for samples: the same everywhere and for ever, and nobody exists.

pub mod names;
pub mod random;
pub mod rosters;
