//! The papers by which a congress is prepared: requests (请示) to prepare and to convene, the notice of the meeting
//! (会议通知) and the agenda (议程), made from what the portal knows, printed or opened in Word. Which papers there are is
//! practice.

pub(in crate::congress) mod forms;
mod kinds;
mod pages;
pub(in crate::congress) mod store;

use sqlx::PgConnection;

use self::{
    forms::PaperForm,
    kinds::{Facts, PaperKind},
};
use super::{
    congress::Congress,
    meeting::announced::announced,
    seats,
    section::{Progress, Section},
    steps::{self, step::Step},
};
use crate::{failure::Failure, papers::Paper};

pub use pages::routes;

/// What the papers of a congress are made from.
async fn facts(db: &mut PgConnection, congress: Congress) -> Result<Facts, Failure> {
    let units = seats::store::units(db, &congress).await?;
    let steps = steps::store::steps(db, &congress).await?;
    let says = |step: Step| steps.iter().find(|row| row.step == step).map(|row| row.says.clone()).unwrap_or_default();
    let done = |step: Step| steps.iter().any(|row| row.step == step && row.done_on.is_some());
    let answer = |step: Step| done(step).then(|| says(step));
    let (may_prepare, may_convene) = (answer(Step::ReplyPrepare), answer(Step::ReplyParty));
    let committee = says(Step::Committee);
    let meeting = announced(db, congress.id).await?;
    Ok(Facts { congress, units, committee, may_prepare, may_convene, meeting })
}

/// Every paper by which a congress was prepared, with what its office has added.
pub(in crate::congress) async fn core_papers(
    db: &mut PgConnection,
    congress: &Congress,
) -> Result<Vec<Paper>, Failure> {
    let mut additions = store::additions(db, congress.id).await?;
    let facts = facts(db, congress.clone()).await?;
    let mut form = |kind: PaperKind| PaperForm::from(additions.remove(kind.slug()).unwrap_or_default());
    let own = PaperKind::ALL.iter().filter(|kind| kind.is_of(congress));
    Ok(own.map(|kind| kind.paper(&facts, &form(*kind))).collect())
}

/// The line on the page of a congress.
#[must_use]
pub fn section(congress: &Congress) -> Section {
    let progress = if congress.stage.is_under_way() { Progress::Now } else { Progress::Done };
    let says = "请示、会议通知、议程：打印，或下载 Word 编辑".to_owned();
    Section { name: "公文", href: congress.id.papers_path(), progress, says }
}
