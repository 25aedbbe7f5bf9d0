//! 诉求: what students ask for, from the first word to their own word on the answer (RGT-01), in the daily work that the League
//! committee guides (RGT-02), open to every enrolled student (POL-03).
//!
//! Of an anonymous request the row has no account: whoever has its code follows it. What the database can join all the same
//! stands on the page on which it is written.

mod acts;
mod ask;
mod desk;
mod figures;
mod forms;
mod governance;
mod governance_store;
mod handling;
pub mod kept;
mod list;
pub mod paths;
pub mod points;
pub mod request;
pub mod retention;
mod session_forms;
mod session_store;
mod sessions;
mod settings;
pub mod store;
pub mod tasks;

pub(crate) use paths::{ASK, DESK};

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::FromRef;
use time::Date;

use crate::{
    app::{App, Routes},
    audit::verbs,
    ids::{AccountId, VoiceRequestId},
    office::{Office, OfficeKind, SchoolLeague, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
    web::just_made::JustMade,
};

/// An anonymous request that a browser has opened with its code.
#[derive(Debug)]
struct Opened {
    request: VoiceRequestId,
    /// The code, where it was made just now and is shown.
    code: Option<String>,
}

/// The state of requests: the application, and what is held in memory alone of anonymous ones.
#[derive(Debug, Clone, FromRef)]
pub struct Voice {
    app: App,
    opened: Arc<JustMade<Opened>>,
    anonymous: Arc<AnonymousToday>,
}

impl Deref for Voice {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Voice {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), opened: Arc::default(), anonymous: Arc::default() }
    }
}

/// Requests of one person within a day.
const A_DAY: u32 = 10;

/// How many anonymous requests each account made today. In memory alone: a table of it could be joined with the requests.
#[derive(Debug, Default)]
pub struct AnonymousToday(Mutex<HashMap<AccountId, Day>>);

#[derive(Debug)]
struct Day {
    day: Date,
    count: u32,
}

impl AnonymousToday {
    /// Counts one more; `false` where there were enough.
    #[must_use]
    pub fn one_more(&self, account: AccountId, today: Date) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, day| day.day == today);
        let day = asked.entry(account).or_insert(Day { day: today, count: 0 });
        day.count += 1;
        day.count <= A_DAY
    }
}

#[must_use]
pub fn routes(state: Voice) -> Routes {
    let own = list::routes().merge(ask::routes()).merge(acts::routes());
    let offices = desk::routes().merge(handling::routes()).merge(figures::routes()).merge(settings::routes());
    let meetings = sessions::routes().merge(governance::routes());
    own.merge(offices).merge(meetings).with_state(state)
}

sets_of_offices! {
    /// Who handles what students ask for: the unions take it up, the League committees see to it, offices answer.
    VoiceHandler: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague,
        CollegeParty, CollegeUnion;
    /// Who speaks for students: the unions, and the League committees that guide them.
    VoiceKeeper: SchoolLeague, DeputySecretary, SchoolUnion, GraduateUnion, CollegeLeague, CollegeUnion;
}

verbs! {
    /// A student's request was made, taken up, sent on, answered or closed, or how requests are handled was set.
    VoiceKept = "voice_kept", "诉求办理";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/voice",
        label: "诉求",
        says: "反映学习生活中的困难和建议，查看办理和答复",
        group: NavGroup::Activities,
        place: 10,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/voice/desk",
        label: "办理诉求",
        says: "接收、交办、答复同学的诉求",
        group: NavGroup::Activities,
        place: 20,
        offices: VoiceHandler::KINDS,
    },
    NavItem {
        href: "/voice/sessions",
        label: "面对面",
        says: "和学校有关单位当面说：报名、提出的问题、答复的进展",
        group: NavGroup::Activities,
        place: 22,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/voice/governance",
        label: "学校治理",
        says: "学生会代表同学参加的会议、听证、征求意见和结果",
        group: NavGroup::Activities,
        place: 24,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/voice/settings",
        label: "诉求设置",
        says: "办理期限、应急电话、承办单位",
        group: NavGroup::Activities,
        place: 30,
        offices: SchoolLeague::KINDS,
    },
];
