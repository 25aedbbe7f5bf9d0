//! Pages while the database moves to another server: one that met a dead connection is read once more, and one whose server
//! hangs is not waited for.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::{
    database::Pools,
    failure::{BrokeOff, Failure},
};

/// How long a page may take: longer than the server lets any of its statements run.
const READ_WITHIN: Duration = Duration::from_secs(40);

/// Stands around every handler. An act is left alone: it may be done.
pub async fn read_again(State(pools): State<Pools>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), Body::empty());
    let turns = pools.read.turns();
    let first = read(&pools, next.clone(), Request::from_parts(parts, body)).await;
    if first.extensions().get::<BrokeOff>().is_none() {
        return first;
    }
    pools.read.renew_since(turns);
    pools.watched.settled().await;
    read(&pools, next, again).await
}

async fn read(pools: &Pools, next: Next, request: Request) -> Response {
    tokio::select! {
        response = timeout(READ_WITHIN, next.run(request)) => response.unwrap_or_else(|_| {
            pools.watched.stuck();
            Failure::Away.into_response()
        }),
        () = pools.watched.given_up() => Failure::Away.into_response(),
    }
}
