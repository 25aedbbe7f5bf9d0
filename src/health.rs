//! What operators ask of the portal: does the database answer, and the metrics.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    app::Routes,
    elections::{Elections, ballot_key},
    failure::Failure,
    web::{self, origin::is_loopback},
};

/// The metrics, where they are collected.
pub type Metrics = Option<PrometheusHandle>;

#[must_use]
pub fn routes(collected: Metrics, elections: Elections) -> Routes {
    let metrics = web::routes::Routes::default().get("/metrics", metrics).with_state(collected);
    web::routes::Routes::default().get("/healthz", health).with_state(elections).merge(metrics)
}

/// 200 where the database answers, 503 where not. Everything but elections works with another ballot key than theirs: that
/// is a word beside the 200.
async fn health(State(app): State<Elections>) -> (StatusCode, &'static str) {
    let answers = async {
        let mut db = app.read().await?;
        sqlx::query_scalar!("select 1 as one").fetch_one(&mut *db).await?;
        Ok::<bool, Failure>(ballot_key::strangers(&mut db, &app.ballot_box.key).await?.is_empty())
    };
    match answers.await {
        Ok(true) => (StatusCode::OK, "ok\n"),
        Ok(false) => (StatusCode::OK, "ok, but ballot.key is not that of the sittings in progress\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database does not answer\n"),
    }
}

/// Metrics, for a collector on the same machine: not through a proxy.
///
/// # Errors
/// [`Failure::Missing`] for anybody else.
async fn metrics(
    State(collected): State<Metrics>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let added_by_proxies = ["x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via"];
    let direct = peer.ip().is_loopback() && is_loopback(&headers);
    let direct = direct && !added_by_proxies.iter().any(|name| headers.contains_key(*name));
    let text = collected.filter(|_| direct).map(|handle| handle.render()).ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
