//! The rule book's main part as it was made last. It depends on nothing of its reader but their university, and to make it takes
//! longer than all else of the page.

use std::{
    collections::VecDeque,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::FromRef;
use time::Date;

use super::store::Beside;
use crate::{app::App, ids::PlanVersionId};

/// Main parts that are kept, of some hundred kB each: a university has two. Those that nobody read for the longest time go.
const MOST_KEPT: usize = 16;

/// What it was made from. The text of a version never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BookMark {
    pub institution: String,
    /// The version by which the university goes, and since when.
    pub governing: Option<(PlanVersionId, Date)>,
    pub beside: Beside,
    /// The other plans stand beside its own.
    pub all_plans: bool,
}

#[derive(Debug)]
struct KeptBook {
    mark: BookMark,
    html: Arc<str>,
}

/// The state of the rule book: the application, and the main parts that were made last.
#[derive(Debug, Clone, FromRef)]
pub struct RuleBooks {
    app: App,
    kept: Arc<KeptBooks>,
}

/// The last one is the one read last.
#[derive(Debug, Default)]
struct KeptBooks(Mutex<VecDeque<KeptBook>>);

impl Deref for RuleBooks {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl RuleBooks {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), kept: Arc::default() }
    }

    /// The main part for that mark: as it is kept, else as it is made now.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn kept_or(
        &self,
        mark: &BookMark,
        make: impl FnOnce() -> anyhow::Result<String>,
    ) -> anyhow::Result<Arc<str>> {
        if let Some(html) = self.found(mark) {
            return Ok(html);
        }
        let html = Arc::<str>::from(make()?);
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody may have made it meanwhile.
        kept.retain(|one| one.mark != *mark);
        kept.push_back(KeptBook { mark: mark.clone(), html: Arc::clone(&html) });
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
        Ok(html)
    }

    /// It is put behind all others: the one in front goes first.
    fn found(&self, mark: &BookMark) -> Option<Arc<str>> {
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|one| one.mark == *mark)?;
        let book = kept.remove(place)?;
        let html = Arc::clone(&book.html);
        kept.push_back(book);
        Some(html)
    }
}
