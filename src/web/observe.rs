//! What operators see: request ids, one log line a request without personal data, and metrics.

use std::{any::Any, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    http::Response,
    middleware::Next,
    response::IntoResponse,
};
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::failure::Failure;

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

/// Drops a request id of the client's own: ours are random and fit for logs.
pub async fn own_request_id(mut request: Request, next: Next) -> axum::response::Response {
    request.headers_mut().remove("x-request-id");
    next.run(request).await
}

/// Logs and measures a request: by its route, never by its path, whose parameters and query may name people.
pub async fn observe(request: Request, next: Next) -> axum::response::Response {
    let started = Instant::now();
    // Any word may stand as the method; only the known ones become a name of a metric.
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    let method = known.into_iter().find(|known| *known == request.method().as_str()).unwrap_or("OTHER");
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    tracing::info!(
        id = id.unwrap_or_default(),
        method,
        route,
        status,
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("lunzhi_requests_total", &labels).increment(1);
    metrics::histogram!("lunzhi_request_seconds", &labels).record(took.as_secs_f64());
    response
}

/// The answer where a handler panicked. What the panic said may hold anything, so it is not logged here.
#[must_use]
pub fn after_panic(_: Box<dyn Any + Send>) -> Response<Body> {
    Failure::Broken(anyhow::anyhow!("a handler panicked")).into_response()
}
