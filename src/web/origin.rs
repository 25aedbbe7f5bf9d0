//! Under which address a browser reaches the portal, from the headers of its request.

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::failure::Failure;

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

/// The address under which the browser reaches the portal: `https://lunzhi.example.edu.cn`.
#[must_use]
pub fn origin(request: &HeaderMap) -> String {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_loopback(request) { "http" } else { "https" };
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_browsers_own_proxy_says_whether_it_speaks_tls() {
        for (proto, tls) in
            [("https", true), ("HTTPS", true), ("https, http", true), ("http, https", false), ("", false)]
        {
            assert_eq!(is_through_tls(&request(&[("x-forwarded-proto", proto)])), tls, "{proto}");
        }
    }

    #[test]
    fn a_page_is_ours_where_its_host_and_port_are() {
        let from =
            |referer: &str| is_from_here(&request(&[("host", "lunzhi.example.edu.cn:8443"), ("referer", referer)]));
        assert!(from("https://lunzhi.example.edu.cn:8443/sign-in"));
        assert!(from("https://LUNZHI.example.edu.cn:8443"));
        assert!(
            !from("https://lunzhi.example.edu.cn/sign-in") && !from("https://evil.example/") && !from("about:blank")
        );
    }
}
