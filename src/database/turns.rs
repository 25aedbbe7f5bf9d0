//! Turns of statements that may wait for rows that others hold: a few at once, so that they do not take all the connections.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::failure::Failure;

/// How long a statement waits for its turn: as long as it would for a lock.
const WITHIN: Duration = Duration::from_secs(10);

/// So many may wait at once.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Turns {
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// A turn, until it is dropped. To be taken before a connection.
    ///
    /// # Errors
    /// [`Failure::Busy`] where none comes.
    pub async fn take(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let turn = timeout(WITHIN, self.0.acquire()).await.map_err(|_| Failure::Busy)?;
        Ok(turn.map_err(anyhow::Error::new)?)
    }
}
