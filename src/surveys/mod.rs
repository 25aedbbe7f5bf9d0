//! 问卷调研 (RGT-03): questionnaires of a union or of the School Youth League committee, from the draft to the findings and what
//! follows from them.
//!
//! ```text
//! Draft ──opened──▶ Open ──closed, the answers opened──▶ Closed ──findings──▶ Published
//! ```
//!
//! Answers are sealed as they come, as ballots are, and opened after the close alone. Of an anonymous questionnaire the count
//! leaves sums, and texts in an order drawn by lot; who answered stands apart from them.

mod acts;
mod answering;
pub mod counting;
mod desk;
mod file;
pub mod forms;
mod hosts;
pub mod kept;
mod list;
mod measures;
mod paths;
pub mod results;
pub mod retention;
pub mod sealed;
pub mod sheet;
pub mod store;
pub mod survey;
pub mod tasks;

pub use sealed::SurveyKeys;

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;

use crate::{
    app::{App, Routes},
    audit::verbs,
    office::OfficeKind,
    page::chrome::{NavGroup, NavItem},
    sealing::keys::MarkKey,
};

/// The state of questionnaires: the application, and what seals answers.
#[derive(Debug, Clone, FromRef)]
pub struct Surveys {
    app: App,
    keys: Arc<SurveyKeys>,
}

impl Deref for Surveys {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Surveys {
    #[must_use]
    pub fn new(app: &App, key: MarkKey) -> Self {
        Self { app: app.clone(), keys: Arc::new(SurveyKeys::new(key)) }
    }
}

#[must_use]
pub fn routes(state: Surveys) -> Routes {
    let own = list::routes().merge(answering::routes());
    own.merge(desk::routes()).merge(acts::routes()).merge(measures::routes()).merge(file::routes()).with_state(state)
}

verbs! {
    /// A questionnaire was made, opened, closed or published, or what follows from it was taken down. Never who answered.
    SurveyKept = "survey_kept", "问卷调研";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/surveys",
    label: "调研",
    says: "问卷调研：作答、公布的结果和后续措施；学生会和团组织制作问卷",
    group: NavGroup::Activities,
    place: 23,
    offices: OfficeKind::ALL,
}];
