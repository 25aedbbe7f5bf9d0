//! How many bytes of uploads are in memory at once. A place is asked for before a body is read: whoever has none is told
//! to come again, and what was sent waits in the socket meanwhile.

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderMap, header};
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{account_places::AccountPlaces, routes::LARGEST_FORM};
use crate::{database::space::Space, failure::Failure, ids::AccountId, sheet::LARGEST_FILE};

/// The most that is kept of one body; what is sent beyond is read past.
const LARGEST_BODY: usize = LARGEST_FILE + LARGEST_FORM;
/// Bytes that are counted as one.
const UNIT: usize = 64 * 1024;
/// All uploads together: four of the largest, or some forty photos.
const BUDGET: usize = 4 * LARGEST_BODY;
/// Of one account, in whatever browsers: two of the largest, or a desk's whole day of small forms.
const OF_AN_ACCOUNT: usize = 2 * LARGEST_BODY;
/// How long an upload waits for its place. A class that sends its photos in the last minute is served in turn.
const WAITS: Duration = Duration::from_secs(5);
/// Bodies that are read at once although there is no place for them, for what was typed beside their files.
const READ_PAST: usize = 16;

/// The places for bodies of uploads.
#[derive(Debug, Clone)]
pub struct Intake(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    units: Arc<Semaphore>,
    read_past: Arc<Semaphore>,
    waits: Duration,
    space: Space,
    /// The units of each account.
    accounts: AccountPlaces,
}

impl Default for Intake {
    fn default() -> Self {
        Self::new(Space::default())
    }
}

/// Who sends an upload, for a handler's extractor. Nobody has a place who is not signed in: a stranger could hold all of them with
/// bodies that never end. What a few of them typed is read, and their files are read past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uploader(pub AccountId);

/// A place; given back when what was uploaded is no longer needed.
#[derive(Debug)]
pub struct Place {
    _of_account: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Leave to read a body without a place; held while it is read.
#[derive(Debug)]
pub struct ReadPast(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Intake {
    /// Places for as long as there is room on the disk.
    #[must_use]
    pub fn new(space: Space) -> Self {
        Self::waiting(WAITS, space)
    }

    /// As [`new`](Self::new), where an upload waits so long for its place.
    #[must_use]
    pub fn waiting(waits: Duration, space: Space) -> Self {
        let (units, accounts) = (Arc::new(Semaphore::new(BUDGET / UNIT)), AccountPlaces::new(OF_AN_ACCOUNT / UNIT));
        let read_past = Arc::new(Semaphore::new(READ_PAST));
        Self(Arc::new(Parts { units, read_past, waits, space, accounts }))
    }

    /// A place for the body of an account's request with these headers.
    ///
    /// # Errors
    /// [`Failure::Busy`] where there is none in time, [`Failure::DiskShort`] where the disk is nearly full.
    pub async fn place(&self, account: AccountId, headers: &HeaderMap) -> Result<Place, Failure> {
        if self.0.space.is_short() {
            return Err(Failure::DiskShort);
        }
        // A body of unknown length may be as long as any.
        let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let wanted = length.unwrap_or(LARGEST_BODY).clamp(1, LARGEST_BODY).div_ceil(UNIT);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let own = self.0.accounts.of(account);
        let both = async {
            let of_account = own.acquire_many_owned(wanted).await?;
            let of_all = Arc::clone(&self.0.units).acquire_many_owned(wanted).await?;
            Ok::<_, AcquireError>(Place { _of_account: of_account, _of_all: of_all })
        };
        timeout(self.0.waits, both).await.map_err(|_| Failure::Busy)?.map_err(|_| Failure::Busy)
    }

    /// Leave to read a body past its files, of which nothing is kept; what there is no place for is turned away beyond that.
    ///
    /// # Errors
    /// [`Failure::Busy`] where as many are read as may be.
    pub fn read_past(&self) -> Result<ReadPast, Failure> {
        Arc::clone(&self.0.read_past).try_acquire_owned().map(ReadPast).map_err(|_| Failure::Busy)
    }
}
