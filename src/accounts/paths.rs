//! Where the pages of accounts are, and what they say after an act.

use super::codes::Purpose;
use crate::{
    ids::{AccountId, ClassId, PrintId},
    words::words,
};

pub(super) const ACCOUNTS: &str = "/accounts";
pub(super) const NEW_ACCOUNT: &str = "/accounts/new";
pub(super) const SECURITY: &str = "/accounts/security";
pub(super) const CONSENTS: &str = "/accounts/consents";
/// Where the university's own server is set.
pub const CAMPUS: &str = "/campus";
pub(super) const SLIPS: &str = "/slips";

words! {
    /// What was done to an account.
    Done:
    Granted = "granted", "职务已授予，自任职起始日期起生效。";
    Ended = "ended", "职务已免去，立即生效。";
    Sessions = "sessions", "该账号的登录已全部结束。";
    Waits = "waits", "可以立即重新登录。";
    Disabled = "disabled", "账号已停用，登录已全部结束。";
    Enabled = "enabled", "账号已恢复。";
    Factor = "factor", "动态验证码已停用，登录已全部结束。";
    Security = "security", "登录安全设置已保存，立即生效。";
    Asked = "asked", "已提出，还没有办理：须由另一名系统管理员在一天内确认，已通知对方。";
    Confirmed = "confirmed", "已确认。授予的职务已生效；其他事项由提出的人接着办理。";
    Withdrawn = "withdrawn", "已撤回，没有办理。";
    Declined = "declined", "没有同意，已告知提出的人。";
}

words! {
    /// What the home page says to whoever came in by a one-time code.
    Activated:
    First = "activated", "账号已激活，你已登录。以后用学号（工号）和刚才设置的密码登录。";
    Reset = "new-password", "新密码已生效，你已登录。以后用学号（工号）和这个密码登录。";
}

impl Activated {
    pub(super) fn by(purpose: Purpose) -> Self {
        match purpose {
            Purpose::First => Self::First,
            Purpose::Reset => Self::Reset,
        }
    }

    /// The home page, which says so.
    pub(super) fn path(self) -> String {
        format!("/?done={}", self.slug())
    }
}

/// The page 登录安全 after an act.
pub(super) fn security_after(done: Done) -> String {
    format!("{SECURITY}?done={}", done.slug())
}

/// The page 两人办理 after an act.
pub(super) fn consents_after(done: Done) -> String {
    format!("{CONSENTS}?done={}", done.slug())
}

/// What is printed for a class, and whom that voids.
pub(super) fn class_slips_path(class: ClassId) -> String {
    format!("{SLIPS}/{class}")
}

/// Slips that were just made.
pub(super) fn printed_slips_path(print: PrintId) -> String {
    format!("{SLIPS}/printed/{print}")
}

impl AccountId {
    pub(crate) fn path(self) -> String {
        format!("{ACCOUNTS}/{self}")
    }

    pub(super) fn path_after(self, done: Done) -> String {
        format!("{}?done={}", self.path(), done.slug())
    }
}
