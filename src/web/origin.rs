//! Under which address a browser reaches the portal, from the headers of its request.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, Uri, header, request::Parts, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{config::PublicUrl, failure::Failure};

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
    matches!(name, "127.0.0.1" | "localhost" | "[::1]") && !is_through_tls(request)
}

/// A proxy that speaks TLS to the browser says so, whatever host it names to us. Of several proxies the first is the
/// browser's.
#[must_use]
pub fn is_through_tls(request: &HeaderMap) -> bool {
    let proto = request.get("x-forwarded-proto").and_then(|proto| proto.to_str().ok()).unwrap_or_default();
    proto.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https"))
}

/// Refuses a form of another site's page that says so by its `Referer` alone. The layer of fetch metadata lets pass what
/// has neither `Sec-Fetch-Site` nor `Origin`, as old browsers and browsers in the mode of older ones send it.
pub async fn referred_from_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let told = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    if !request.method().is_safe() && !told && headers.contains_key(header::REFERER) && !is_from_here(headers) {
        return Failure::Foreign.into_response();
    }
    next.run(request).await
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let referer = text(header::REFERER).and_then(|referer| referer.parse::<Uri>().ok());
    let authority = referer.as_ref().and_then(Uri::authority).map(Authority::as_str);
    authority.zip(text(header::HOST)).is_some_and(|(from, here)| from.eq_ignore_ascii_case(here))
}

/// The browser reaches us by plain http from another machine: it drops our cookies, and nobody can sign in. A browser
/// that speaks TLS, to whatever proxy, sends fetch metadata or is very old.
#[must_use]
pub fn is_plain(request: &HeaderMap) -> bool {
    !is_loopback(request) && !is_through_tls(request) && !request.contains_key("sec-fetch-site")
}

/// The address under which people reach the portal: the operator's, else as the browser names it.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let stated = parts.extensions.get::<Option<PublicUrl>>().and_then(Option::as_ref);
        Ok(Self(stated.map_or_else(|| as_named(&parts.headers), |url| url.as_str().to_owned())))
    }
}

/// The address under which people reach the portal as the operator states it; none where it is not stated. What another
/// server is told of us comes from here: a request may name any host.
#[derive(Debug, Clone)]
pub struct StatedOrigin(pub Option<PublicUrl>);

impl<S: Send + Sync> FromRequestParts<S> for StatedOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Option<PublicUrl>>().cloned().flatten()))
    }
}

fn as_named(request: &HeaderMap) -> String {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_loopback(request) { "http" } else { "https" };
    format!("{scheme}://{host}")
}
