//! 代表名额: how the seats of a congress are shared out among the grades of the colleges, the main societies and the union
//! itself, drafted by the same function as `lunzhi allocate`, edited by hand, and approved before anything is elected.
//! Clauses: CON-04, CON-05, CON-06; main societies are those that the League committee flags for this congress.

mod draft;
mod forms;
mod heat;
mod pages;
pub mod store;
pub mod unit;

use sqlx::PgConnection;

use super::{
    congress::{Congress, Stage},
    section::{Progress, Section},
};
use crate::{
    database::Locked,
    failure::Failure,
    rules::{Plan, plan::DelegateBase},
};

pub use pages::routes;

/// Drafts the least number of seats, at a congress of the school with a place for each main society, for whoever runs the
/// server: the demo.
pub(crate) async fn allot_main(
    connection: &mut PgConnection,
    congress: &Locked<Congress>,
    plan: &Plan,
) -> Result<bool, Failure> {
    let base = plan.figures.delegates.as_ref().map_or(DelegateBase::Served, |stated| stated.value.base);
    let cohorts = store::cohorts(&mut *connection, congress, base).await?;
    let mut societies = store::societies(&mut *connection, congress).await?;
    societies.retain(|society| society.is_main && congress.college.is_none());
    let draft = draft::draft(plan, &cohorts, &draft::Request { total: None, own: 0, societies });
    store::keep(connection, congress, &draft.units, draft.total, &draft.allocation.ties).await
}

/// The line on the page of a congress.
#[must_use]
pub fn section(congress: &Congress) -> Section {
    let (progress, says) = match (congress.of_all, congress.seats, congress.has_approved_seats()) {
        (true, ..) => (Progress::None, "全体学生大会，不分配名额".to_owned()),
        (false, None, _) if congress.stage == Stage::Preparing => (Progress::ToDo, "还没有分配".to_owned()),
        (false, None, _) => (Progress::None, "系统里没有分配名额".to_owned()),
        (false, Some(seats), false) => (Progress::Now, format!("已分配 {seats} 个，还没有批准")),
        (false, Some(seats), true) => (Progress::Done, format!("{seats} 个，已批准")),
    };
    Section { name: "代表名额", href: congress.id.seats_path(), progress, says }
}
