//! The main part of 花名册 as it was made last. It depends on nothing of its reader but their university and whether they see
//! what students do not see of each other, and to read its rows and make it takes longer than all else of the page. Whether it
//! is still as it was, the stamps say ([`store::roster_stamps`](crate::unions::store::roster_stamps)).

use std::{
    collections::VecDeque,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::FromRef;
use sqlx::types::Uuid;
use time::Date;

use crate::{app::App, ids::UnionId};

/// Main parts that are kept, of some 50 kB each. Those that nobody read for the longest time go.
const MOST_KEPT: usize = 100;

/// What it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RosterMark {
    pub union: UnionId,
    pub institution: String,
    pub day: Date,
    /// The reader sees what students do not see of each other.
    pub grades: bool,
    /// On the union's own facts and on those that all share.
    pub stamps: Vec<Uuid>,
}

/// The main part of the page, with the union's name for its frame.
#[derive(Debug, Clone)]
pub(super) struct RosterPart {
    pub union_name: Arc<str>,
    pub html: Arc<str>,
}

#[derive(Debug)]
struct KeptRoster {
    mark: RosterMark,
    part: RosterPart,
}

/// The state of 花名册: the application, and the main parts that were made last.
#[derive(Debug, Clone, FromRef)]
pub struct Rosters {
    app: App,
    kept: Arc<KeptRosters>,
}

/// The last one is the one read last.
#[derive(Debug, Default)]
struct KeptRosters(Mutex<VecDeque<KeptRoster>>);

impl Deref for Rosters {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Rosters {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), kept: Arc::default() }
    }

    /// The main part for that mark, where it is kept. It is put behind all others: the one in front goes first.
    pub(super) fn found(&self, mark: &RosterMark) -> Option<RosterPart> {
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|one| one.mark == *mark)?;
        let roster = kept.remove(place)?;
        let part = roster.part.clone();
        kept.push_back(roster);
        Some(part)
    }

    /// Keeps a main part in the place of the one before. Without a stamp nothing would say that it changed.
    pub(super) fn keep(&self, mark: RosterMark, part: RosterPart) {
        if mark.stamps.is_empty() {
            return;
        }
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| (one.mark.union, one.mark.grades) != (mark.union, mark.grades));
        kept.push_back(KeptRoster { mark, part });
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
    }
}
