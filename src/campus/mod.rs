//! 统一身份认证: signing in by the university's own server (CAS 2/3 or OpenID Connect), each university's own choice. A person
//! is known by the number that the server states and never by name; what they may do comes from the portal alone.
//!
//! ```text
//! /sso/{school} ──link──▶ the server ──▶ /sso/cas/{school}?ticket=… ─asked about at once─▶ number ─▶ account ─▶ session
//!                                    └─▶ /sso/oidc/{school}?code=… ─redeemed once────────▶    (second factor, idle end
//!                                                                                              as after a password)
//! ```

mod arrival;
mod cas;
mod claims;
mod forms;
mod journey;
mod keys;
mod oidc;
mod paths;
mod provider;
mod refusal;
pub mod server;
mod settings;
mod state;
pub mod store;
mod validation;
mod vouchee;

pub use forms::{Sealer, SettingsForm};
pub use settings::set_by_operator;
pub use state::Campus;

use crate::{
    app::Routes,
    office::{Administrator, Office},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: Campus) -> Routes {
    arrival::routes().merge(settings::routes()).with_state(state)
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/campus",
    label: "统一身份认证",
    says: "让师生用学校自己的账号登录（CAS、OIDC）",
    group: NavGroup::Data,
    place: 235,
    offices: Administrator::KINDS,
}];
