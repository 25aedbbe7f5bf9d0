//! Headers that every answer carries.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
};

use crate::web::origin::is_through_tls;

/// Nothing is allowed but our own style, script and pictures, what the script asks us, and forms to ourselves.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // `no-referrer` would make browsers send `Origin: null`, which the check of foreign forms refuses.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    // What a university opens to the public names people: it is to be read here, where it can be taken back, and not found for
    // ever in the copies of search engines.
    (HeaderName::from_static("x-robots-tag"), "noindex, noarchive"),
];

/// Adds the headers; pages are not kept by browsers, because office computers are shared.
pub async fn security(request: Request, next: Next) -> axum::response::Response {
    let through_tls = is_through_tls(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if through_tls {
        // The first visit through TLS makes the next ones begin with it, for a year, as ASVS and browsers' lists ask.
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
