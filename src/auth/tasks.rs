//! What a feature answers where the home page asks what waits for a person.

use std::pin::Pin;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::person::SignedIn;
use crate::{failure::Failure, page::task::Task};

/// A feature's answer, behind a pointer: the type of the whole would grow with each feature, and compiling it with it.
pub type TasksFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<Task>, Failure>> + Send + 'a>>;

/// A feature's function that answers, such as `unions::tasks::waiting`.
pub type TasksOf = for<'a> fn(&'a mut PgConnection, &'a SignedIn, OffsetDateTime) -> TasksFuture<'a>;

/// A feature that is asked, by the name of its room.
#[derive(Debug, Clone, Copy)]
pub struct AskedFeature {
    pub room: &'static str,
    pub waiting: TasksOf,
}
