//! 统一身份认证: signing in by the university's own server (CAS 2/3 or OpenID Connect), each university's own choice. A person
//! is known by the number that the server states and never by name; what they may do comes from the portal alone.
//!
//! ```text
//! /sso/{school} ──link──▶ the server ──▶ /sso/cas/{school}?ticket=… ─asked about at once─▶ number ─▶ account ─▶ session
//!                                    └─▶ /sso/oidc/{school}?code=… ─redeemed once────────▶    (second factor, idle end
//!                                                                                              as after a password)
//! ```

mod arrival;
pub mod cas;
pub mod claims;
mod forms;
pub mod journey;
pub mod keys;
mod oidc;
mod paths;
pub mod provider;
pub mod refusal;
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
    audit::verbs,
    office::{Administrator, Office},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: Campus) -> Routes {
    arrival::routes().merge(settings::routes()).with_state(state)
}

verbs! {
    /// A university's own sign-in server was set, or given up.
    CampusSet = "campus_set", "设置统一身份认证";
    /// An account was bound to a user of the university's server.
    CampusBound = "campus_bound", "绑定统一身份认证";
    /// A person came by the university's server.
    CampusSignedIn = "campus_signed_in", "统一身份认证登录";
    /// Somebody who came by the university's server was not signed in.
    CampusRefused = "campus_refused", "统一身份认证未通过";
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
