//! Pages while the database moves to another server: one that met a dead connection is read once more, and one whose server
//! hangs is not waited for.

use std::time::Duration;

use axum::{
    Extension,
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::{
    database::{Pools, handover::handing_over, pool::Watched},
    failure::{BrokeOff, Failure},
};

/// How long a page may take: longer than the server lets any of its statements run.
const READ_WITHIN: Duration = Duration::from_secs(40);

/// Stands around every page that only reads. An act is left alone, and so is a page that is recorded: it may be done.
pub async fn read_again(Extension(pools): Extension<Pools>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let again = Request::from_parts(parts.clone(), Body::empty());
    let turns = pools.read.turns();
    let once = next.clone().run(Request::from_parts(parts, body));
    let first = read(&pools.watched, READ_WITHIN, once).await;
    if first.extensions().get::<BrokeOff>().is_none() {
        return first;
    }
    pools.read.renew_since(turns);
    pools.watched.settled().await;
    read(&pools.watched, READ_WITHIN, next.run(again)).await
}

/// One reading of a page: no longer than that, and not past the connection.
pub async fn read(watched: &Watched, within: Duration, page: impl Future<Output = Response>) -> Response {
    tokio::select! {
        response = timeout(within, handing_over(page)) => response.unwrap_or_else(|_| {
            // It may wait for its turn, or for a file that is being made, which a second run would not hurry: the watch
            // finds out whether the server hangs.
            watched.doubt();
            Failure::TookLong.into_response()
        }),
        () = watched.given_up() => Failure::Away.into_response(),
    }
}
