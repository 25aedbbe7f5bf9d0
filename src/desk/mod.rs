//! 待我办理: what waits for a person in the office in which they act. Always a query and never a copy: what is done is gone.

mod store;

pub use store::{Task, waiting};
