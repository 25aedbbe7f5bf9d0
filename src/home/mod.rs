//! 首页: what waits for a person in the office in which they act, asked of every feature, and the way to everything; and the
//! calendar of the year, by month and as a list.

mod calendar;
mod entries;
pub mod entry;
mod feed;
mod figures;
pub mod month;
mod pages;
mod paths;
mod pending;
mod subscription;
mod waiting;
pub mod week;

use std::ops::Deref;

use axum::extract::FromRef;

use crate::{
    app::{App, Routes},
    audit::verbs,
    auth::tasks::AskedFeature,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
    unions::Overviews,
};

/// The state of the home page: the application, how the unions were judged last, and the features that are asked what waits.
#[derive(Debug, Clone)]
struct Home {
    app: App,
    overviews: Overviews,
    features: &'static [AskedFeature],
}

impl Deref for Home {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Home> for App {
    fn from_ref(home: &Home) -> Self {
        home.app.clone()
    }
}

/// Its routes; `features` in the order in which they are asked.
#[must_use]
pub fn routes(app: &App, overviews: Overviews, features: &'static [AskedFeature]) -> Routes {
    let home = Home { app: app.clone(), overviews, features };
    pages::routes().merge(calendar::routes()).merge(feed::routes()).with_state(home)
}

verbs! {
    /// A calendar's secret address was made or ended.
    CalendarKept = "calendar_kept", "订阅日历";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem { href: "/", label: "首页", says: "", group: NavGroup::Today, place: 0, offices: OfficeKind::ALL },
    NavItem {
        href: paths::CALENDAR,
        label: "全年日历",
        says: "选举、学代会、评议、活动、会议、学期和各种期限，按月看、按清单看，也可以订阅到手机",
        group: NavGroup::Today,
        place: 5,
        offices: OfficeKind::ALL,
    },
];
