//! 登录: signing in and out, one's own account, and the office in which one acts. Attempts with passwords and codes are
//! counted before they are checked, and written in batches where many come at once.

mod factor;
mod factor_pages;
pub mod factor_store;
mod networks;
mod pages;
mod paths;
pub mod retention;
mod session;

pub use session::{Arrived, SignIn, open_session, open_vouched_session};

use crate::{
    app::Routes,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: SignIn) -> Routes {
    pages::routes().merge(factor_pages::routes()).with_state(state)
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
