//! The one place where cookies are read, written and cleared.

use axum::http::{HeaderMap, HeaderValue, header};
use time::Duration;

use crate::web::origin::is_loopback;

/// Over TLS the prefix makes browsers insist on `Secure`, no domain and the whole site, so that no neighbour host can
/// plant a cookie. Plain http reaches us on the machine itself alone; browsers and tools drop `Secure` cookies there.
const HOST_BOUND: &str = "__Host-";

/// The name of the cookie that is a session's token.
pub const SESSION: &str = "lunzhi";

/// A cookie of the portal. Its value is ASCII without blanks, quotes, commas and semicolons.
#[derive(Debug, Clone, Copy)]
pub struct Cookie {
    /// Without the prefix.
    pub name: &'static str,
    /// How long the browser keeps it.
    pub lasts: Duration,
}

impl Cookie {
    /// Its value in a request: the first, where a browser sends several.
    #[must_use]
    pub fn read(self, request: &HeaderMap) -> Option<&str> {
        let prefix = prefix(request);
        let lines = request.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, _)| found.strip_prefix(prefix) == Some(self.name)).map(|(_, value)| value)
    }

    /// The value of the `Set-Cookie` header that gives it to the browser.
    ///
    /// # Errors
    /// Where the value cannot stand in a header.
    pub fn write(self, request: &HeaderMap, value: &str) -> anyhow::Result<HeaderValue> {
        self.header(request, value, self.lasts)
    }

    /// The value of the `Set-Cookie` header that takes it away.
    ///
    /// # Errors
    /// Never for a name that can stand in a header.
    pub fn clear(self, request: &HeaderMap) -> anyhow::Result<HeaderValue> {
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
