//! How many files are on their way to strangers at once: each lies in memory until it is sent, and a slow reader takes its
//! time.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::Failure;

/// Files at once, of at most 8 MB each.
const AT_ONCE: usize = 8;

/// The places for files that anybody may ask for.
#[derive(Debug, Clone)]
pub struct Downloads(Arc<Semaphore>);

impl Default for Downloads {
    fn default() -> Self {
        Self::new(AT_ONCE)
    }
}

impl Downloads {
    fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }

    /// A place, to be asked for before the file is read.
    ///
    /// # Errors
    /// [`Failure::Busy`] where all are taken.
    pub fn place(&self) -> Result<DownloadPlace, Failure> {
        let permit = Arc::clone(&self.0).try_acquire_owned().map_err(|_| Failure::Busy)?;
        Ok(DownloadPlace(Arc::new(permit)))
    }
}

/// A place; given back when the file is no longer in memory.
#[derive(Debug, Clone)]
pub struct DownloadPlace(#[expect(dead_code, reason = "held for its drop")] Arc<OwnedSemaphorePermit>);

impl DownloadPlace {
    /// The answer, which has the place until its last byte is sent or its reader has gone.
    #[must_use]
    pub fn held_by(self, response: Response) -> Response {
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

#[cfg(test)]
mod tests {
    use axum::{body::to_bytes, http::StatusCode, response::IntoResponse};

    use super::*;

    #[tokio::test]
    async fn a_place_is_taken_until_the_file_is_sent() {
        let downloads = Downloads::new(1);
        let response = downloads.place().unwrap().held_by(vec![7_u8; 100_000].into_response());
        let refused = downloads.place().unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(response.body().size_hint().exact(), Some(100_000), "its length is said");
        let sent = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(downloads.place().is_err(), "read and not yet sent");
        assert_eq!(sent.len(), 100_000);
        drop(sent);
        let gone = downloads.place().unwrap().held_by(StatusCode::OK.into_response());
        drop(gone);
        assert!(downloads.place().is_ok(), "its reader has gone");
    }
}
