//! What operators ask of the portal: does the database answer, and the metrics.

use std::{net::SocketAddr, time::Duration};

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::timeout;

use crate::{
    app::Routes,
    database::{pool::Standing, space::Space},
    elections::{Elections, ballot_key},
    failure::Failure,
    web::{self, origin::is_loopback},
};

/// The metrics, where they are collected.
pub type Metrics = Option<PrometheusHandle>;

#[must_use]
pub fn routes(collected: Metrics, elections: Elections, space: Space) -> Routes {
    let state = Watched { collected, elections, space };
    web::routes::Routes::default().get("/healthz", health).get("/metrics", metrics).with_state(state)
}

/// What is looked at.
#[derive(Debug, Clone)]
struct Watched {
    collected: Metrics,
    elections: Elections,
    space: Space,
}

/// How long the database may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// 200 where the database answers and takes writes, 503 where not: as the watch over it found a moment ago. Everything but
/// elections works with another ballot key than theirs: that is a word beside the 200, and so is a disk that is nearly full.
async fn health(State(Watched { elections: app, space, .. }): State<Watched>) -> (StatusCode, &'static str) {
    match app.pools.watched.standing() {
        Standing::Writable => {}
        Standing::Away => return (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n"),
        Standing::ReadOnly => return (StatusCode::SERVICE_UNAVAILABLE, "database takes no writes\n"),
        Standing::Full => {
            return (StatusCode::SERVICE_UNAVAILABLE, "the disk is full: nothing is written until there is room\n");
        }
        Standing::CommitsWait => {
            return (StatusCode::SERVICE_UNAVAILABLE, "commits wait for a standby that does not confirm them\n");
        }
    }
    let answers = async {
        let mut db = app.read().await?;
        sqlx::query_scalar!("select 1 as one").fetch_one(&mut *db).await?;
        Ok::<bool, Failure>(ballot_key::strangers(&mut db, &app.ballot_box.key).await?.is_empty())
    };
    match timeout(ANSWERS_WITHIN, answers).await.unwrap_or(Err(Failure::Away)) {
        Ok(true) if space.is_short() => (StatusCode::OK, "ok, but the disk is nearly full: uploads are refused\n"),
        Ok(true) => (StatusCode::OK, "ok\n"),
        Ok(false) => (StatusCode::OK, "ok, but ballot.key is not that of the sittings in progress\n"),
        Err(Failure::Database(error)) if Failure::is_not_granted(&error) => {
            (StatusCode::SERVICE_UNAVAILABLE, "database does not let the portal in: start the portal again\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n"),
    }
}

/// Metrics, for a collector on the same machine: not through a proxy.
///
/// # Errors
/// [`Failure::Missing`] for anybody else.
async fn metrics(
    State(Watched { collected, space, .. }): State<Watched>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let added_by_proxies = ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];
    let direct = peer.ip().is_loopback() && is_loopback(&headers);
    let direct = direct && !added_by_proxies.iter().any(|name| headers.contains_key(*name));
    if let Some(free) = space.free() {
        metrics::gauge!("lunzhi_free_mebibytes").set(u32::try_from(free / 1024 / 1024).unwrap_or(u32::MAX));
    }
    let text = collected.filter(|_| direct).map(|handle| handle.render()).ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
