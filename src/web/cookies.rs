//! The one place where cookies are read, written and cleared.

use axum::http::{HeaderMap, HeaderValue, header};
use time::Duration;

use crate::web::origin::is_loopback;

/// Over TLS the prefix makes browsers insist on `Secure`, no domain and the whole site, so that no neighbour host can
/// plant a cookie. Plain http reaches us on the machine itself alone; browsers and tools drop `Secure` cookies there.
const HOST_BOUND: &str = "__Host-";

/// The name of the cookie that is a session's token.
pub(crate) const SESSION: &str = "lunzhi";

/// A cookie of the portal. Its value is ASCII without blanks, quotes, commas and semicolons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookie {
    /// Without the prefix.
    pub(crate) name: &'static str,
    /// How long the browser keeps it.
    pub(crate) lasts: Duration,
}

impl Cookie {
    /// Its value in a request: the first, where a browser sends several.
    pub(crate) fn read(self, request: &HeaderMap) -> Option<&str> {
        let prefix = prefix(request);
        let lines = request.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| found.strip_prefix(prefix) == Some(self.name)).map(|(_, value)| value)
    }

    /// The value of the `Set-Cookie` header that gives it to the browser.
    ///
    /// # Errors
    /// Where the value cannot stand in a header.
    pub(crate) fn write(self, request: &HeaderMap, value: &str) -> anyhow::Result<HeaderValue> {
        self.header(request, value, self.lasts)
    }

    /// The value of the `Set-Cookie` header that takes it away.
    ///
    /// # Errors
    /// Never for a name that can stand in a header.
    pub(crate) fn clear(self, request: &HeaderMap) -> anyhow::Result<HeaderValue> {
        self.header(request, "", Duration::ZERO)
    }

    fn header(self, request: &HeaderMap, value: &str, lasts: Duration) -> anyhow::Result<HeaderValue> {
        let secure = if is_loopback(request) { "" } else { "; Secure" };
        let (prefix, name, seconds) = (prefix(request), self.name, lasts.whole_seconds());
        let text = format!("{prefix}{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        Ok(HeaderValue::from_str(&text)?)
    }
}

fn prefix(request: &HeaderMap) -> &'static str {
    if is_loopback(request) { "" } else { HOST_BOUND }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOKIE: Cookie = Cookie { name: "lunzhi-slip", lasts: Duration::hours(4) };

    fn request(host: &str, cookie: &str) -> HeaderMap {
        [(header::HOST, host), (header::COOKIE, cookie)]
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn away_from_loopback_a_cookie_is_bound_to_the_host_when_written_and_when_cleared() {
        let (away, here) = (request("lunzhi.example.edu.cn", ""), request("127.0.0.1:8080", ""));
        let rest = "HttpOnly; SameSite=Lax";
        assert_eq!(
            COOKIE.write(&away, "abc").unwrap(),
            format!("__Host-lunzhi-slip=abc; Path=/; Max-Age=14400; {rest}; Secure")
        );
        assert_eq!(COOKIE.clear(&away).unwrap(), format!("__Host-lunzhi-slip=; Path=/; Max-Age=0; {rest}; Secure"));
        assert_eq!(COOKIE.write(&here, "abc").unwrap(), format!("lunzhi-slip=abc; Path=/; Max-Age=14400; {rest}"));
        assert!(COOKIE.write(&here, "a\nb").is_err());
    }

    #[test]
    fn a_cookie_that_is_not_bound_to_the_host_is_read_on_loopback_alone() {
        let sent = "a=b; lunzhi-slip=plain; __Host-lunzhi-slip=bound";
        assert_eq!(COOKIE.read(&request("lunzhi.example.edu.cn", sent)), Some("bound"));
        assert_eq!(COOKIE.read(&request("[::1]:8080", sent)), Some("plain"));
        assert_eq!(COOKIE.read(&request("lunzhi.example.edu.cn", "lunzhi-slip=plain")), None);
        assert_eq!(COOKIE.read(&request("localhost", "__Host-lunzhi-slip=bound")), None);
    }
}
