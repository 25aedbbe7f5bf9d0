//! The body of an upload on its way to whoever reads its parts. That reader takes all there is before it looks at any of it, and
//! keeps what it took until it has found the head of a part: left alone, it keeps a whole body that has none.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// After how many bytes without an end a part's head is none.
const LARGEST_HEAD: usize = 16 * 1024;
/// What is read is a part's content, which may be of any length.
const CONTENT: usize = usize::MAX;

/// What is being read: a part's head, so many bytes of it so far, or its content.
#[derive(Debug, Clone, Default)]
pub struct Reading(Arc<AtomicUsize>);

impl Reading {
    /// The next part is looked for.
    pub fn begin_head(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// A part's head was found.
    pub fn begin_content(&self) {
        self.0.store(CONTENT, Ordering::Relaxed);
    }

    /// Counts a chunk; false where a head has no end.
    fn may_take(&self, bytes: usize) -> bool {
        let so_far = self.0.load(Ordering::Relaxed);
        if so_far == CONTENT {
            return true;
        }
        self.0.store(so_far.saturating_add(bytes).min(CONTENT - 1), Ordering::Relaxed);
        so_far <= LARGEST_HEAD
    }
}

/// A body that begins with its first boundary and is taken a chunk at a time.
pub struct UploadBody {
    body: Body,
    /// What it still has to begin with.
    begins: Bytes,
    reading: Reading,
    /// The reader is to look at what it took before it takes more.
    pauses: bool,
}

impl UploadBody {
    #[must_use]
    pub fn new(body: Body, boundary: &str, reading: Reading) -> Self {
        Self { body, begins: format!("--{boundary}").into(), reading, pauses: false }
    }

    /// Whether a chunk goes on as the body has to.
    fn is_as_expected(&mut self, chunk: &[u8]) -> bool {
        let length = chunk.len().min(self.begins.len());
        let expected = self.begins.split_to(length);
        chunk.starts_with(&expected) && self.reading.may_take(chunk.len())
    }
}

impl HttpBody for UploadBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if std::mem::take(&mut self.pauses) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.pauses = true;
            if !frame.data_ref().is_none_or(|chunk| self.is_as_expected(chunk)) {
                return Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::InvalidData)))));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
