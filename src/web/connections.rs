//! Accepting connections: how many there may be, how long one may take to say what it wants, and how they end.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::connect_info::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::ServiceExt;

/// What one listener bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a connection may be silent before a request, or take to send its head; then it is ended.
    pub head_within: Duration,
    /// Connections at once; whoever comes after waits to be accepted.
    pub at_once: usize,
}

impl Default for Limits {
    /// 30 seconds; 900 connections, below the 1,024 open files that a process is usually given.
    fn default() -> Self {
        Self { head_within: Duration::from_secs(30), at_once: 900 }
    }
}

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
            .serve_connection(TokioIo::new(socket), answer);
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
