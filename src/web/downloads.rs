//! How many files are on their way at once: each lies in memory until it is sent, and a slow reader takes its time.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::account_places::AccountPlaces;
use crate::{failure::Failure, ids::AccountId};

/// Files at once to those who have not signed in, of at most 8 MB each.
const AT_ONCE: usize = 8;
/// From how many bytes on an answer to somebody who is signed in asks for a place.
const LARGE: u64 = 1024 * 1024;
/// Such answers at once, to all and to one account: who signs in often has no more of them.
const TO_ALL: usize = 16;
const TO_ONE: usize = 4;

/// The places for files: those that anybody may ask for have their own.
#[derive(Debug, Clone)]
pub struct Downloads(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    strangers: Arc<Semaphore>,
    everybody: Arc<Semaphore>,
    /// The places of each account.
    accounts: AccountPlaces,
}

/// Whose request it is, as far as somebody asked while it was answered.
#[derive(Debug, Clone, Default)]
pub struct DownloadReader(Arc<OnceLock<AccountId>>);

impl DownloadReader {
    /// Notes who is signed in.
    pub fn note(&self, account: AccountId) {
        let _ = self.0.set(account);
    }
}

impl Default for Downloads {
    fn default() -> Self {
        Self::new(AT_ONCE)
    }
}

impl Downloads {
    fn new(at_once: usize) -> Self {
        let places = |number| Arc::new(Semaphore::new(number));
        let accounts = AccountPlaces::new(TO_ONE);
        Self(Arc::new(Parts { strangers: places(at_once), everybody: places(TO_ALL), accounts }))
    }

    /// A place for a file that anybody may ask for, to be asked for before it is read.
    ///
    /// # Errors
    /// [`Failure::Busy`] where all are taken.
    pub fn place(&self) -> Result<DownloadPlace, Failure> {
        Ok(DownloadPlace(Arc::new(Permits { _of_all: taken(&self.0.strangers)?, _of_account: None })))
    }

    fn place_of(&self, account: AccountId) -> Result<DownloadPlace, Failure> {
        let of_account = taken(&self.0.accounts.of(account))?;
        Ok(DownloadPlace(Arc::new(Permits { _of_all: taken(&self.0.everybody)?, _of_account: Some(of_account) })))
    }
}

fn taken(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Failure> {
    Arc::clone(places).try_acquire_owned().map_err(|_| Failure::Busy)
}

/// Bounds the large answers that lie in memory for readers who are signed in, whatever page makes them: one who asks for
/// many and reads none of them is told to come again.
pub async fn few_at_once(mut request: Request, next: Next) -> Response {
    let downloads = request.extensions().get::<Downloads>().cloned();
    let reader = DownloadReader::default();
    request.extensions_mut().insert(reader.clone());
    let response = next.run(request).await;
    let is_large = response.body().size_hint().lower() > LARGE && response.extensions().get::<HasPlace>().is_none();
    let (Some(downloads), Some(account), true) = (downloads, reader.0.get().copied(), is_large) else {
        return response;
    };
    match downloads.place_of(account) {
        Ok(place) => place.held_by(response),
        Err(failure) => failure.into_response(),
    }
}

/// Marks an answer that has its place.
#[derive(Debug, Clone, Copy)]
struct HasPlace;

#[derive(Debug)]
struct Permits {
    _of_all: OwnedSemaphorePermit,
    _of_account: Option<OwnedSemaphorePermit>,
}

/// A place; given back when the file is no longer in memory.
#[derive(Debug, Clone)]
pub struct DownloadPlace(#[expect(dead_code, reason = "held for its drop")] Arc<Permits>);

impl DownloadPlace {
    /// The answer, which has the place until its last byte is sent or its reader has gone.
    #[must_use]
    pub fn held_by(self, mut response: Response) -> Response {
        response.extensions_mut().insert(HasPlace);
        response.map(|body| Body::new(Held { body, place: self }))
    }
}

struct Held {
    body: Body,
    place: DownloadPlace,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // The connection takes a part into its own queue, where it waits for its reader: so each part has the place too.
        let place = self.place.clone();
        let hold = |bytes| Bytes::from_owner(Part { bytes, _place: place });
        Pin::new(&mut self.body).poll_frame(context).map_ok(|frame| frame.map_data(hold))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

struct Part {
    bytes: Bytes,
    _place: DownloadPlace,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}
