//! 账号与职务: who may sign in at a university and which offices they hold. Managed by its administrators, who have no
//! say in the union's matters.

mod activate;
pub mod codes;
mod consent;
mod consents;
mod consents_store;
mod forms;
pub mod kept;
mod pages;
mod paths;
pub mod retention;
mod security;
mod slips;
pub mod store;
pub mod tasks;
pub mod vouched;

pub use consents_store::{
    AskedSettings, OpenSettings, ask_for_settings, clear_expired, open_settings, others as others_who_could_confirm,
    take_settings, tell_of_one,
};
pub use paths::{Activated, CAMPUS};
pub use slips::Slips;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Administrator, Office, SlipPrinter},
    page::chrome::{NavGroup, NavItem},
    sign_in::SignIn,
};

#[must_use]
pub fn routes(sign_in: SignIn, slips: Slips) -> Routes {
    pages::routes()
        .merge(consents::routes())
        .merge(security::routes())
        .merge(slips::routes().with_state(slips))
        .merge(activate::routes().with_state(sign_in))
}

verbs! {
    /// An account was made.
    AccountCreated = "account_created", "建立账号";
    /// An account may no longer sign in.
    AccountDisabled = "account_disabled", "停用账号";
    /// An account may sign in again.
    AccountEnabled = "account_enabled", "恢复账号";
    /// An account got a new password from somebody else.
    PasswordReset = "password_reset", "重置密码";
    /// The waiting after failed attempts was lifted.
    SignInOpened = "sign_in_opened", "解除登录等待";
    /// An office was granted.
    OfficeGranted = "office_granted", "授予职务";
    /// An office was ended.
    OfficeEnded = "office_ended", "免去职务";
    /// One-time codes were made.
    CodesMade = "codes_made", "生成激活码";
    /// An account got its password by a one-time code.
    AccountActivated = "account_activated", "激活账号";
    /// When idle sessions end, or who must have a second factor, was set.
    SignInRulesSet = "sign_in_rules_set", "设置登录安全";
    /// One administrator asked for what two have to agree on.
    ConsentAsked = "consent_asked", "提出两人办理";
    ConsentGiven = "consent_given", "确认两人办理";
    /// What one had asked was withdrawn, or another did not agree.
    ConsentEnded = "consent_ended", "撤回或不同意两人办理";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/slips",
        label: "激活条",
        says: "按班打印一次性激活码，学生自己设置密码",
        group: NavGroup::Data,
        place: 180,
        offices: SlipPrinter::KINDS,
    },
    NavItem {
        href: "/accounts",
        label: "账号与职务",
        says: "建立账号、授予职务、重置密码、结束登录",
        group: NavGroup::Data,
        place: 230,
        offices: Administrator::KINDS,
    },
];
