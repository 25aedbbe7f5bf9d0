//! What operators see: request ids, one log line a request without personal data, metrics, and health.

use std::{any::Any, net::SocketAddr, time::Instant};

use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::{app::App, failure::Failure};

/// Gives each request a random id.
#[derive(Debug, Clone, Copy)]
pub struct RandomRequestId;

impl MakeRequestId for RandomRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let mut bytes = [0; 8];
        rand::fill(&mut bytes);
        let text = format!("{:016x}", u64::from_be_bytes(bytes));
        text.parse().ok().map(RequestId::new)
    }
}

/// Logs and measures a request: by its route, never by its path, whose parameters and query may name people.
pub async fn observe(request: Request, next: Next) -> axum::response::Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    tracing::info!(
        id = id.unwrap_or_default(),
        %method,
        route,
        status,
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!("lunzhi_requests_total", &labels).increment(1);
    metrics::histogram!("lunzhi_request_seconds", &labels).record(took.as_secs_f64());
    response
}

/// The answer where a handler panicked. What the panic said may hold anything, so it is not logged here.
#[must_use]
pub fn after_panic(_: Box<dyn Any + Send>) -> Response<Body> {
    Failure::Broken(anyhow::anyhow!("a handler panicked")).into_response()
}

/// 200 where the database answers, 503 where not.
pub async fn health(State(app): State<App>) -> (StatusCode, &'static str) {
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
pub async fn metrics(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Failure> {
    let proxied = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    let text = app.render_metrics().filter(|_| peer.ip().is_loopback() && !proxied).ok_or(Failure::Missing)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
