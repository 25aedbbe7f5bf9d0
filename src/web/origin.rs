//! Under which address a browser reaches the portal, from the headers of its request.

use axum::http::{HeaderMap, header};

/// The browser speaks to this machine itself. Only the browser's own cookies depend on it, so a false `Host` fools
/// nobody but its sender.
#[must_use]
pub fn is_loopback(request: &HeaderMap) -> bool {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    // A proxy that speaks TLS to the browser says so, whatever host it names to us.
    let through_tls = request.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") && !through_tls
}

/// The address under which the browser reaches the portal: `https://lunzhi.example.edu.cn`.
#[must_use]
pub fn origin(request: &HeaderMap) -> String {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_loopback(request) { "http" } else { "https" };
    format!("{scheme}://{host}")
}
