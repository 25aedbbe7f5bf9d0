//! 消息: notices in the portal, to a person or to the holders of an office. Nothing here depends on e-mail; what has to be
//! done is found by each feature's own list, a notice only says that something happened.

pub mod kept;
mod pages;
pub mod retention;
mod store;

pub use pages::routes;
pub use store::{Notice, To, take_back_of_requests, tell, tell_all, tell_classes, tell_offices, tell_students};
