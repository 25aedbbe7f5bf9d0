//! 学代会日程: what is to be done until a congress has met and its result is filed, by whom and until when; what the portal
//! knows itself is not asked again. The rules by which a union's congresses are held stand beside it, and the congress is
//! convened here. Clauses: CON-10, CON-11; the order of business is practice.

mod forms;
mod pages;
pub mod step;
pub mod store;

use sqlx::PgConnection;
use time::Date;

use super::{
    congress::{Congress, Stage},
    section::{Progress, Section},
};
use crate::failure::Failure;

pub use pages::routes;

/// The line on the page of a congress.
pub async fn section(connection: &mut PgConnection, congress: &Congress, today: Date) -> Result<Section, Failure> {
    let steps = store::steps(connection, congress).await?;
    let late = steps.iter().filter(|step| step.progress(today) == Progress::Late).count();
    let done = steps.iter().filter(|step| step.done_on.is_some()).count();
    let next = steps.iter().find(|step| step.done_on.is_none());
    let next = next.map(|step| format!("，下一项：{}", step.step.label())).unwrap_or_default();
    let progress = match congress.stage {
        Stage::CalledOff => Progress::None,
        Stage::Closed => Progress::Done,
        Stage::Preparing | Stage::Convened | Stage::Held if late > 0 => Progress::Late,
        Stage::Preparing | Stage::Convened | Stage::Held => Progress::Now,
    };
    let behind = if late > 0 { format!("，逾期 {late} 项") } else { String::new() };
    let says = format!("已办 {done} 项，共 {} 项{behind}{next}", steps.len());
    Ok(Section { name: "学代会日程", href: congress.id.steps_path(), progress, says })
}
