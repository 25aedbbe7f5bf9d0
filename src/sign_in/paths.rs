//! Where the pages of signing in are, and what one's own account says after an act.

use crate::{page::filters::query_value, words::words};

const FACTOR: &str = "/sign-in/factor";
pub(super) const ME_FACTOR: &str = "/me/factor";
pub(super) const SIGN_IN: &str = "/sign-in";

words! {
    /// What was done to one's own account.
    Done:
    Password = "password", "密码已更换，其他设备上的登录已全部结束。";
    Sessions = "sessions", "其他设备上的登录已全部结束。";
    Office = "office", "职务已切换。";
    FactorEnded = "factor-ended", "动态验证码已停用，恢复码已作废。";
}

pub(super) fn me_after(done: Done) -> String {
    format!("/me?done={}", done.slug())
}

/// Where a browser is after signing out: of a session that the server of the university of that code opened, where it is said that
/// the one there goes on.
pub(super) fn signed_out(campus: Option<&str>) -> String {
    campus.map_or_else(|| format!("{SIGN_IN}?out=yes"), |code| format!("/sso/left/{code}"))
}

/// Where a browser goes on after the password, where a second factor is asked for.
pub(super) fn factor_path(next: &str) -> String {
    if next == "/" { FACTOR.to_owned() } else { format!("{FACTOR}?next={}", query_value(next)) }
}
