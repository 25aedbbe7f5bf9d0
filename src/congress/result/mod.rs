//! 选举结果: from the report in the hall to the filing with the higher body, and the posts that the elected take by it.
//! Clauses: CON-07, CON-08, CON-09, VET-05.
//!
//! ```text
//! Elected ── announce ─▶ Announced ── approve ─▶ Approved ── send ─▶ Sent ── receipt ─▶ Filed
//!                                                   │
//!                                                   └── the elected take their posts, the old presidium leaves
//! ```

pub mod forms;
mod pages;
mod papers;
mod paths;
#[expect(clippy::module_inception, reason = "the noun of a feature is a file that bears its name")]
pub mod result;
pub mod store;
pub mod tasks;

pub use pages::routes;
pub(in crate::congress) use papers::paper;

use sqlx::PgConnection;
use time::Date;

use super::{
    congress::{Congress, Stage as CongressStage},
    section::{Progress, Section},
};
use crate::{failure::Failure, rules::congress_result::Stage};

/// The line of a congress's page about its result.
pub async fn section(connection: &mut PgConnection, congress: &Congress, today: Date) -> Result<Section, Failure> {
    let result = store::find(connection, congress.id).await?;
    let (progress, says) = match (&result, congress.stage) {
        (Some(result), _) => {
            let late = result.state.approval().is_some_and(|approval| approval.file_by < today);
            let progress = match result.stage() {
                Stage::Filed => Progress::Done,
                Stage::Approved if late => Progress::Late,
                Stage::Elected | Stage::Announced | Stage::Approved | Stage::Sent => Progress::Now,
            };
            (progress, result.stage().label().to_owned())
        }
        (None, CongressStage::Held) => (Progress::Now, "大会已召开，请登记选举结果".to_owned()),
        (None, CongressStage::Closed | CongressStage::CalledOff) => (Progress::None, String::new()),
        (None, CongressStage::Preparing | CongressStage::Convened) => (Progress::ToDo, "大会召开以后办理".to_owned()),
    };
    Ok(Section { name: "选举结果", href: congress.id.result_path(), progress, says })
}
