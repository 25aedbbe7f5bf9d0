//! How many bytes of uploads are in memory at once. A place is asked for before a body is read: whoever has none is told
//! to come again, and what was sent waits in the socket meanwhile.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::http::{HeaderMap, header};
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{
    cookies::{Cookie, SESSION},
    routes::LARGEST_FORM,
};
use crate::{database::space::Space, failure::Failure, sheet::LARGEST_FILE};

/// The most that is kept of one body; what is sent beyond is read past.
const LARGEST_BODY: usize = LARGEST_FILE + LARGEST_FORM;
/// Bytes that are counted as one.
const UNIT: usize = 64 * 1024;
/// All uploads together: eight of the largest, or some forty photos.
const BUDGET: usize = 8 * LARGEST_BODY;
/// Of one session: two of the largest, or a desk's whole day of small forms.
const OF_A_SESSION: usize = 2 * LARGEST_BODY;
/// How long an upload waits for its place. A class that sends its photos in the last minute is served in turn.
const WAITS: Duration = Duration::from_secs(5);
/// Sessions remembered; beyond, those with nothing under way are forgotten.
const REMEMBERED: usize = 1_000;

/// The places for bodies of uploads.
#[derive(Debug, Clone)]
pub struct Intake(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    units: Arc<Semaphore>,
    waits: Duration,
    space: Space,
    /// The units of each session, by its token, while it has uploads under way.
    sessions: Mutex<HashMap<String, Weak<Semaphore>>>,
}

impl Default for Intake {
    fn default() -> Self {
        Self::new(Space::default())
    }
}

/// A place; given back when what was uploaded is no longer needed.
#[derive(Debug)]
pub struct Place {
    _of_session: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Intake {
    /// Places for as long as there is room on the disk.
    #[must_use]
    pub fn new(space: Space) -> Self {
        Self::waiting(WAITS, space)
    }

    /// As [`new`](Self::new), where an upload waits so long for its place.
    #[must_use]
    pub fn waiting(waits: Duration, space: Space) -> Self {
        Self(Arc::new(Parts { units: units(BUDGET), waits, space, sessions: Mutex::default() }))
    }

    /// A place for the body of a request with these headers.
    ///
    /// # Errors
    /// [`Failure::Busy`] where there is none in time, [`Failure::DiskShort`] where the disk is nearly full.
    pub async fn place(&self, headers: &HeaderMap) -> Result<Place, Failure> {
        if self.0.space.is_short() {
            return Err(Failure::DiskShort);
        }
        // A body of unknown length may be as long as any.
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let wanted = length.unwrap_or(LARGEST_BODY).clamp(1, LARGEST_BODY).div_ceil(UNIT);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let session = self.session(headers);
        let both = async {
            let of_session = session.acquire_many_owned(wanted).await?;
            let of_all = Arc::clone(&self.0.units).acquire_many_owned(wanted).await?;
            Ok::<_, AcquireError>(Place { _of_session: of_session, _of_all: of_all })
        };
        timeout(self.0.waits, both).await.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)
    }

    fn session(&self, headers: &HeaderMap) -> Arc<Semaphore> {
        let cookie = Cookie { name: SESSION, lasts: time::Duration::ZERO };
        let session = cookie.read(headers).unwrap_or_default();
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= REMEMBERED {
            sessions.retain(|_, known| known.strong_count() > 0);
        }
        if let Some(known) = sessions.get(session).and_then(Weak::upgrade) {
            return known;
        }
        let new = units(OF_A_SESSION);
        sessions.insert(session.to_owned(), Arc::downgrade(&new));
        new
    }
}

fn units(bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(bytes / UNIT))
}
