//! 提案: what delegates propose, from the draft to the proposer's word on the reply. One matter each, seconded by others,
//! screened by the committee, handled by an office of the university.
//!
//! ```text
//! Draft ── hand in ─▶ Submitted ── accept ─▶ Accepted ── assign ─▶ Assigned ── reply ─▶ Replied ── rate ─▶ Closed
//!   │                     │   │                                       ▲                    │
//!   └─▶ Withdrawn         │   └─▶ Joined (并案)                        └── not satisfied ───┘ once
//!                         └─▶ Refused
//! ```

mod forms;
mod pages;
mod papers;
mod paths;
pub mod proposal;
pub mod store;
pub mod tasks;

pub use pages::routes;
pub(in crate::congress) use papers::{Seconded, paper};
pub(crate) use paths::PROPOSALS;

use sqlx::PgConnection;
use time::Date;

use super::{
    congress::Congress,
    section::{Progress, Section},
};
use crate::{failure::Failure, text::chinese_day};

/// The line of a congress's page about its proposals.
pub async fn section(
    connection: &mut PgConnection,
    congress: &Congress,
    keeps: bool,
    today: Date,
) -> Result<Section, Failure> {
    let settings = store::settings(connection, congress.id).await?;
    let store::ProposalCounts { all, open, late } = store::counts(connection, congress.id, today).await?;
    let (progress, says) = match settings {
        None if all == 0 => (Progress::ToDo, "还没有确定提案截止日期".to_owned()),
        Some(settings) if settings.closes_on >= today => {
            (Progress::Now, format!("{}截止；已提交 {all} 件", chinese_day(settings.closes_on)))
        }
        _ if late > 0 => (Progress::Late, format!("{open} 件未办结，有的逾期未答复")),
        _ if open > 0 => (Progress::Now, format!("{open} 件未办结")),
        _ => (Progress::Done, format!("{all} 件，全部办结")),
    };
    // Who does not keep the congress reads what every student reads.
    let href = if keeps { congress.id.proposals_path() } else { PROPOSALS.to_owned() };
    Ok(Section { name: "提案", href, progress, says })
}
