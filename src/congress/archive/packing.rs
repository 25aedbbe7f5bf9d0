//! A file of files on its way to whoever asked for it: packed one by one, so that no more than one of them lies in memory.

use std::{
    fmt::Write as _,
    io::{self, Write},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use askama::Template;
use axum::body::{Body, Bytes};
use hyper::body::Frame;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use zip::{
    CompressionMethod, DateTime, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::page::filters;

/// How many packed files wait for a slow reader.
const WAITING: usize = 2;

/// A line of the table of contents.
struct IndexRow {
    name: String,
    size: usize,
    hash: String,
}

impl IndexRow {
    /// The file as a link: titles of documents may have signs that mean something else in one.
    fn href(&self) -> String {
        filters::query_value(&self.name)
    }
}

#[derive(Template)]
#[template(path = "congress/archive/index.html")]
struct IndexPage<'a> {
    title: &'a str,
    made_at: OffsetDateTime,
    rows: &'a [IndexRow],
}

/// What was packed and not yet sent.
#[derive(Clone, Default)]
struct Packed(Arc<Mutex<Vec<u8>>>);

impl Packed {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Packs files and keeps the table of contents.
pub struct Packer {
    /// On the heap: it is large, and it goes from thread to thread.
    zip: Box<ZipWriter<StreamWriter<Packed>>>,
    packed: Packed,
    rows: Vec<IndexRow>,
}

impl Default for Packer {
    fn default() -> Self {
        let packed = Packed::default();
        Self { zip: Box::new(ZipWriter::new_stream(packed.clone())), packed, rows: Vec::new() }
    }
}

impl Packer {
    fn put(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(name, options)?;
        self.zip.write_all(bytes)?;
        Ok(())
    }

    /// Packs a file under its name with its folder; gives what is to be sent of it.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<Bytes> {
        self.put(name, bytes)?;
        let hash = Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        self.rows.push(IndexRow { name: name.to_owned(), size: bytes.len(), hash });
        Ok(self.packed.take())
    }

    /// Adds the table of contents, which any browser shows, and the hashes as `sha256sum` reads them; gives the rest.
    pub fn finish(mut self, title: &str, made_at: OffsetDateTime) -> anyhow::Result<Bytes> {
        let sums = self.rows.iter().fold(String::new(), |mut text, row| {
            let _ = writeln!(text, "{}  {}", row.hash, row.name);
            text
        });
        let index = IndexPage { title, made_at, rows: &self.rows }.render()?;
        self.put("SHA256SUMS.txt", sums.as_bytes())?;
        self.put("index.html", index.as_bytes())?;
        let Self { zip, packed, .. } = self;
        zip.finish()?;
        Ok(packed.take())
    }
}

/// Where packed files are sent. Where it is dropped before the end, the file that was sent is not whole and no program opens it.
pub(super) type Sending = mpsc::Sender<io::Result<Bytes>>;

/// The body of an answer, and where its parts are sent.
pub(super) fn body() -> (Sending, Body) {
    let (sending, parts) = mpsc::channel(WAITING);
    (sending, Body::new(Parts(parts)))
}

struct Parts(mpsc::Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Parts {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(Frame::data)))
    }
}
