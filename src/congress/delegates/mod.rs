//! 代表: how the delegates of a congress are recommended, reviewed, elected and listed, in which delegations they sit, and
//! the report on their qualification. Clauses: CON-03, CON-06, CON-10.
//!
//! ```text
//! recommended ──▶ reviewed, as the plan says ──▶ elected (a sitting, or a report of one held elsewhere)
//!             ──▶ list handed in ──▶ received: delegates and substitutes ──▶ delegations ──▶ qualification report
//! ```

pub mod forms;
pub mod list;
mod pages;
mod paths;
pub mod recommendation;
pub mod report;
pub mod retention;
pub mod store;
pub mod tasks;
pub mod unit;

use sqlx::PgConnection;
use time::Date;

use super::{
    congress::Congress,
    section::{Progress, Section},
};
use crate::{app::Routes, failure::Failure, papers::Paper};

/// The routes of delegates.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
}

/// The delegates' line on the congress's page.
pub(super) async fn section(
    connection: &mut PgConnection,
    congress: &Congress,
    today: Date,
) -> Result<Section, Failure> {
    let units = store::units(&mut *connection, congress, None, today).await?;
    let terms = store::terms(&mut *connection, congress).await?;
    let waiting = store::lists(connection, congress).await?.iter().filter(|list| list.waits()).count();
    let seats: u32 = units.iter().map(|one| one.unit.seats).sum();
    let delegates: u32 = units.iter().map(|one| one.delegates).sum();
    let progress = match (&terms, delegates) {
        _ if congress.of_all => Progress::None,
        (None, 0) => Progress::ToDo,
        (_, delegates) if delegates < seats => Progress::Now,
        _ => Progress::Done,
    };
    let says = match &terms {
        _ if congress.of_all => "全体学生大会不选代表".to_owned(),
        None if delegates == 0 && congress.has_approved_seats() => "名额已批准，可以开始推荐".to_owned(),
        None if delegates == 0 => "名额批准以后开始推荐".to_owned(),
        _ if waiting > 0 => format!("代表 {delegates}/{seats} 名，{waiting} 份名单待接收"),
        _ => format!("代表 {delegates}/{seats} 名"),
    };
    Ok(Section { name: "代表", href: congress.id.delegates_path(), progress, says })
}

/// The report on the delegates' qualification as it stands; none for a meeting of all, or before there are delegates.
pub(super) async fn qualification_paper(
    connection: &mut PgConnection,
    congress: &Congress,
    today: Date,
) -> Result<Option<Paper>, Failure> {
    if congress.of_all {
        return Ok(None);
    }
    let counted = report::counted(connection, congress, today).await?;
    Ok((!counted.rows.is_empty()).then(|| pages::qualification_paper(congress, &counted, today)))
}

/// The line of the report on the delegates' qualification.
pub(super) async fn qualification_section(
    connection: &mut PgConnection,
    congress: &Congress,
) -> Result<Section, Failure> {
    let adopted = store::adopted(connection, congress).await?;
    let (progress, says) = match &adopted {
        _ if congress.of_all => (Progress::None, "全体学生大会不选代表".to_owned()),
        Some(adopted) => (Progress::Done, format!("已通过，代表 {} 名", adopted.figures.total)),
        None => (Progress::ToDo, "代表产生以后审查资格、编代表证号".to_owned()),
    };
    Ok(Section { name: "代表资格审查", href: congress.id.qualification_path(), progress, says })
}
