//! Where the pages of campus sign-in are, what the university's server is told of them, and what they say after an act.

pub(super) use crate::accounts::CAMPUS;
use crate::{page::filters::query_value, words::words};

words! {
    /// What was just done.
    Done:
    Kept = "kept", "统一身份认证设置已保存，立即生效；换了服务器、学号属性或客户端的，经原来的设置登录的人已退出；已通知全体系统管理员。";
    Asked = "asked", "已提出，还没有生效：须由另一名系统管理员在一天内确认，已通知对方。";
    Off = "off", "统一身份认证已停用，只能用密码登录，经它登录的人已退出；已通知全体系统管理员。";
}

impl Done {
    /// The sentence of that word; empty for any other.
    pub(super) fn said(word: &str) -> &'static str {
        word.parse().map_or("", Self::label)
    }

    /// The page, which says so.
    pub(super) fn path(self) -> String {
        format!("{CAMPUS}?done={}", self.slug())
    }
}

/// Where a sign-in begins.
pub(super) fn begin_path(school: &str, next: &str) -> String {
    if next == "/" { format!("/sso/{school}") } else { format!("/sso/{school}?next={}", query_value(next)) }
}

/// The service that a CAS server knows us by: the same at sign-in and when a ticket is asked about, and without a query,
/// which some servers write anew.
pub(super) fn cas_service(origin: &str, school: &str) -> String {
    format!("{origin}/sso/cas/{school}")
}

/// The address to which an OpenID server sends browsers back.
pub(super) fn oidc_return(origin: &str, school: &str) -> String {
    format!("{origin}/sso/oidc/{school}")
}

/// A value of a query for servers that read theirs by hand: every character that is not plain is encoded, slashes too.
pub(super) fn encoded(text: &str) -> String {
    query_value(text).replace('/', "%2F")
}
