//! What is being committed right now, and who waits: one file of a university at a time. It lives in memory, because a
//! commit is one transaction and its progress concerns nobody else; after a crash the file is previewed as before.

use std::{
    collections::HashMap,
    ops::{Deref, Range},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::extract::FromRef;

use crate::{
    app::App,
    ids::{ImportId, InstitutionId},
};

/// One commit under way.
#[derive(Debug, Clone)]
pub enum Job {
    /// Another file is being committed first.
    Waiting {
        /// What is waited for: who, and which file.
        behind: String,
    },
    /// Rows are being written.
    Writing {
        /// Rows written so far.
        done: u64,
        total: u64,
    },
    /// It failed, and nothing was written.
    Failed,
}

/// Counts the rows of a commit as they are written.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// These rows are written too.
    pub fn add_rows(&self, rows: &Range<i32>) {
        self.0.fetch_add(u64::try_from(rows.len()).unwrap_or(0), Ordering::Relaxed);
    }
}

#[derive(Debug)]
enum State {
    Waiting,
    Writing(Progress, u64),
    Failed,
}

#[derive(Debug)]
struct Entry {
    institution: InstitutionId,
    title: String,
    state: State,
}

/// All commits under way.
#[derive(Debug, Default)]
pub struct Board {
    entries: Mutex<HashMap<ImportId, Entry>>,
    turns: Mutex<HashMap<InstitutionId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Board {
    /// Puts a commit on the board; `false` where it is there already. One that failed starts anew.
    pub fn begin(&self, id: ImportId, institution: InstitutionId, title: String) -> bool {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.get(&id).is_some_and(|entry| !matches!(entry.state, State::Failed)) {
            return false;
        }
        entries.insert(id, Entry { institution, title, state: State::Waiting });
        true
    }

    /// The university's turn: one commit holds it, the others wait.
    pub fn turn(&self, institution: InstitutionId) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(institution).or_default())
    }

    /// The commit has its turn.
    pub fn writing(&self, id: ImportId, total: u64) -> Progress {
        let progress = Progress::default();
        self.set(id, State::Writing(progress.clone(), total));
        progress
    }

    pub fn failed(&self, id: ImportId) {
        self.set(id, State::Failed);
    }

    /// The commit is done; the database says how it ended.
    pub fn done(&self, id: ImportId) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn set(&self, id: ImportId, state: State) {
        if let Some(entry) = self.entries.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id) {
            entry.state = state;
        }
    }

    /// The progress of a commit; none where none is under way.
    pub fn job(&self, id: ImportId) -> Option<Job> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&id)?;
        Some(match &entry.state {
            State::Failed => Job::Failed,
            State::Writing(progress, total) => Job::Writing { done: progress.0.load(Ordering::Relaxed), total: *total },
            State::Waiting => {
                let ahead = |other: &&Entry| {
                    other.institution == entry.institution && matches!(other.state, State::Writing(..))
                };
                let behind = entries.values().find(ahead).map_or(String::new(), |other| other.title.clone());
                Job::Waiting { behind }
            }
        })
    }
}

/// The imports' state: the application, and what is being committed.
#[derive(Debug, Clone, FromRef)]
pub struct Imports {
    app: App,
    pub board: Arc<Board>,
}

impl Deref for Imports {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Imports {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), board: Arc::default() }
    }
}
