//! Where the pages of signing in are, and what one's own account says after an act.

use crate::words::words;

pub(super) const SIGN_IN: &str = "/sign-in";

words! {
    /// What was done to one's own account.
    Done:
    Password = "password", "密码已更换，其他设备上的登录已全部结束。";
    Sessions = "sessions", "其他设备上的登录已全部结束。";
    Office = "office", "职务已切换。";
}

pub(super) fn me_after(done: Done) -> String {
    format!("/me?done={}", done.slug())
}
