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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn it_is_shown_to_its_session_for_some_minutes() {
        let (made, now) = (JustMade::default(), datetime!(2026-03-01 08:00 +8));
        let id = made.keep(b"session", "codes", now);
        assert_eq!(made.of(b"session", id, now + Duration::minutes(9)).as_deref(), Some(&"codes"));
        assert_eq!(made.of(b"session", id, now + Duration::minutes(9)).as_deref(), Some(&"codes"), "and once more");
        assert!(made.of(b"another", id, now).is_none() && made.of(b"session", PrintId::random(), now).is_none());
        assert!(made.of(b"session", id, now + SHOWN_FOR).is_none());
        let mut first = None;
        for _ in 0..=MOST {
            first = first.or(Some(made.keep(b"session", "codes", now)));
        }
        assert!(made.of(b"session", first.unwrap(), now).is_none(), "it takes no more memory than so much");
    }
}
