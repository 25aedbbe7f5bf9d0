//! What operators ask of the portal: does the database answer, and the metrics.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{
    app::{App, Routes},
    failure::Failure,
    web::{self, origin::is_loopback},
};

/// The metrics, where they are collected.
pub type Metrics = Option<PrometheusHandle>;

#[must_use]
pub fn routes(collected: Metrics) -> Routes {
    let metrics = web::routes::Routes::default().get("/metrics", metrics).with_state(collected);
    Routes::default().get("/healthz", health).merge(metrics)
}

/// 200 where the database answers, 503 where not.
async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
    let answers = async {
        sqlx::query_scalar!("select 1 as one").fetch_one(&mut *app.read().await?).await?;
        Ok::<(), Failure>(())
    };
    match answers.await {
        Ok(()) => (StatusCode::OK, "ok\n"),
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
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
