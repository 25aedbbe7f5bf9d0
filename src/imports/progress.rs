//! What is being committed right now, and who waits: one file of a university at a time, at whichever portal. A commit is one
//! transaction that shows nothing before its end, so that its portal says in a row of its own how far it is. A portal that
//! is not heard of for a while has ended, and what it had begun was taken back with its connection.

use std::{
    collections::HashMap,
    ops::{Deref, Range},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI32, Ordering},
    },
    time::Duration,
};

use axum::extract::FromRef;
use tokio::{sync::OwnedMutexGuard, time::timeout};

use super::progress_store::{self, Turn};
use crate::{
    app::App,
    failure::Failure,
    ids::{ImportId, InstitutionId, PortalId},
};

/// How often it is said how far a commit is, and how often a file that waits asks for its turn.
const SAID_EVERY: Duration = Duration::from_secs(1);
const ASKED_EVERY: Duration = Duration::from_millis(300);

/// How long a list waits for its turn to be read: half a minute's worth of the largest.
const READ_WITHIN: Duration = Duration::from_secs(30);

/// Counts the rows of a commit as they are written.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    rows: AtomicI32,
    ended: AtomicBool,
}

impl Progress {
    /// These rows are written too.
    pub fn add_rows(&self, rows: &Range<i32>) {
        self.0.rows.fetch_add(i32::try_from(rows.len()).unwrap_or(0), Ordering::Relaxed);
    }

    pub(super) fn rows(&self) -> i32 {
        self.0.rows.load(Ordering::Relaxed)
    }
}

/// A commit that is told of until this goes, whether it ends or panics.
#[derive(Debug)]
pub(super) struct ReportedProgress(Progress);

impl Deref for ReportedProgress {
    type Target = Progress;

    fn deref(&self) -> &Progress {
        &self.0
    }
}

impl Drop for ReportedProgress {
    fn drop(&mut self) {
        self.0.0.ended.store(true, Ordering::Relaxed);
    }
}

/// The imports' state: the application, and whose turn it is at this portal.
#[derive(Debug, Clone, FromRef)]
pub struct Imports {
    app: App,
    turns: Arc<Turns>,
    /// The turn of a list to be read.
    reading: Arc<tokio::sync::Mutex<()>>,
    /// This portal among several on one database, and after its next start.
    pub(super) portal: PortalId,
}

type Turns = Mutex<HashMap<InstitutionId, Arc<tokio::sync::Mutex<()>>>>;

impl Deref for Imports {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Imports {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), turns: Arc::default(), reading: Arc::default(), portal: PortalId::random() }
    }

    /// The university's turn at this portal, in the order in which they came.
    pub(super) fn turn(&self, institution: InstitutionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(institution).or_default())
    }

    /// A list's turn to be read at this portal. Its rows lie in memory until they are staged, several times as large as the file.
    ///
    /// # Errors
    /// [`Failure::Busy`] where it does not come in time.
    pub(super) async fn turn_to_read(&self) -> Result<OwnedMutexGuard<()>, Failure> {
        timeout(READ_WITHIN, Arc::clone(&self.reading).lock_owned()).await.map_err(|_| Failure::Busy)
    }

    /// Says every second how far a commit is.
    pub(super) fn keep_telling(&self, id: ImportId) -> ReportedProgress {
        let (app, progress) = (self.clone(), Progress::default());
        let told = progress.clone();
        tokio::spawn(async move {
            while !told.0.ended.load(Ordering::Relaxed) {
                let said = app.write_quietly(async |db| progress_store::say(db, id, app.portal, told.rows()).await);
                if let Err(failure) = said.await {
                    tracing::warn!(%failure, "the progress of an import was not said");
                }
                tokio::time::sleep(SAID_EVERY).await;
            }
        });
        ReportedProgress(progress)
    }

    /// Waits until no other portal writes a file of the university; fails where another has begun this one anew.
    pub(super) async fn wait_for_turn(&self, id: ImportId, institution: InstitutionId) -> Result<(), Failure> {
        loop {
            let portal = self.portal;
            match self.write(async |db| progress_store::take_turn(db, id, institution, portal).await).await? {
                Turn::Taken => return Ok(()),
                Turn::Busy => tokio::time::sleep(ASKED_EVERY).await,
                Turn::Lost => return Err(anyhow::anyhow!("another portal has begun this import anew").into()),
            }
        }
    }

    /// A commit has ended; one that failed is noted, so that its page says so.
    pub(super) async fn end(&self, id: ImportId, told: ReportedProgress, failed: bool) {
        drop(told);
        if failed {
            let noted = self.write_one(async |db| progress_store::fail(db, id, self.portal).await).await;
            if let Err(failure) = noted {
                tracing::warn!(%failure, "that an import failed was not noted");
            }
        }
    }
}
