//! 登录: signing in and out, one's own account, and the office in which one acts. Attempts with passwords and codes are
//! counted before they are checked, and written in batches where many come at once.

pub mod factor;
mod factor_pages;
pub mod factor_store;
pub mod networks;
mod pages;
mod paths;
pub mod retention;
mod session;

pub use session::{Arrived, SignIn, open_session, open_vouched_session};

use crate::{
    app::Routes,
    audit::verbs,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: SignIn) -> Routes {
    pages::routes().merge(factor_pages::routes()).with_state(state)
}

verbs! {
    /// A person chose a new password.
    PasswordChanged = "password_changed", "更换密码";
    /// Attempts to sign in failed so often that the next has to wait.
    SignInSlowed = "sign_in_slowed", "登录失败较多";
    SessionsEnded = "sessions_ended", "结束登录";
    /// A person has a second factor from now on.
    FactorSet = "factor_set", "开启动态验证码";
    /// A second factor was given up, by its owner or by an administrator.
    FactorEnded = "factor_ended", "停用动态验证码";
    /// A code on paper stood in for the device.
    RecoveryCodeUsed = "recovery_code_used", "使用恢复码";
    /// The codes on paper were made anew; the old ones work no more.
    RecoveryCodesMade = "recovery_codes_made", "重新生成恢复码";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/me",
    label: "我的账号",
    says: "更换密码、设置动态验证码、查看在哪些设备上登录",
    group: NavGroup::Own,
    place: 270,
    offices: OfficeKind::ALL,
}];
