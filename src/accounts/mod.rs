//! 账号与职务: who may sign in at a university and which offices they hold. Managed by its administrators, who have no
//! say in the union's matters.

mod activate;
pub mod codes;
mod consent;
mod consents;
mod consents_store;
mod forms;
mod pages;
mod paths;
pub mod retention;
mod security;
mod slips;
pub mod store;
pub mod tasks;
pub mod vouched;

pub use consents_store::{clear_expired, others as others_who_could_confirm, tell_of_one};
pub use slips::Slips;

use crate::{
    app::Routes,
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
