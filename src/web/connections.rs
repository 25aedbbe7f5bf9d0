//! Accepting connections: how many there may be, how long one may take to say what it wants and to take its answer, and how
//! they end.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body, extract::connect_info::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::Sleep,
};
use tower::ServiceExt;

/// What one listener bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a connection may be silent before a request, or take to send its head; then it is ended.
    pub head_within: Duration,
    /// How long its reader may take nothing of an answer, which lies in memory meanwhile; then it is ended.
    pub taken_within: Duration,
    /// Connections at once; whoever comes after waits to be accepted.
    pub at_once: usize,
}

impl Default for Limits {
    /// 30 seconds, and a minute; 900 connections, below the 1,024 open files that a process is usually given.
    fn default() -> Self {
        Self { head_within: Duration::from_secs(30), taken_within: Duration::from_mins(1), at_once: 900 }
    }
}

/// The most of a request that lies with its connection before anybody takes it, and so the longest head.
const LARGEST_BUFFER: usize = 64 * 1024;

/// After an accept that failed (no more open files, say), a breath before the next.
const BREATH: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stop`; then lets the requests under way end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let (places, ending) = (Arc::new(Semaphore::new(limits.at_once)), GracefulShutdown::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (Ok(place), Ok((socket, peer))) = (tokio::select! {
            next = next => next,
            () = &mut stop => break,
        }) else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let router = router.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_within)
            .max_buf_size(LARGEST_BUFFER)
            .serve_connection(TokioIo::new(PatientSocket::new(socket, limits.taken_within)), answer);
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            // A client that goes away, or says what is no HTTP, is no event of ours.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    ending.shutdown().await;
}

/// A socket that fails where its reader takes nothing for a while.
struct PatientSocket {
    socket: TcpStream,
    within: Duration,
    /// When its patience ends; none while its reader takes what there is.
    until: Option<Pin<Box<Sleep>>>,
}

impl PatientSocket {
    fn new(socket: TcpStream, within: Duration) -> Self {
        Self { socket, within, until: None }
    }

    /// What writing came to, or a failure where nothing was taken for too long.
    fn patient<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.until = None;
            return written;
        }
        let within = self.within;
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        until.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for PatientSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for PatientSocket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.patient(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        self.patient(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}
