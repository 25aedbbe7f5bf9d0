//! What an act has made and shows for some minutes: codes of which only the hash is kept. The act leads on to the page that
//! shows them, so that a reload makes nothing anew and a print that jams can be tried again.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

use crate::ids::PrintId;

/// How long it is shown.
pub const SHOWN_FOR: Duration = Duration::minutes(10);
/// The most that is held; the oldest goes first.
const MOST: usize = 100;

struct Made<T> {
    id: PrintId,
    session: Vec<u8>,
    until: OffsetDateTime,
    what: Arc<T>,
}

/// In the memory of this portal, each for the session that made it.
pub struct JustMade<T>(Mutex<Vec<Made<T>>>);

impl<T> Default for JustMade<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for JustMade<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JustMade")
    }
}

impl<T> JustMade<T> {
    /// Keeps what was made, for the session with that hash.
    pub fn keep(&self, session: &[u8], what: T, now: OffsetDateTime) -> PrintId {
        let id = PrintId::random();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| now < one.until);
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(Made { id, session: session.to_vec(), until: now + SHOWN_FOR, what: Arc::new(what) });
        id
    }

    /// What was made, for the session that made it, while it is shown.
    pub fn of(&self, session: &[u8], id: PrintId, now: OffsetDateTime) -> Option<Arc<T>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| now < one.until);
        all.iter().find(|one| one.id == id && one.session == session).map(|one| Arc::clone(&one.what))
    }
}
