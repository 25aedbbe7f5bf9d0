//! Votes to cast, and what sittings ask of their office and their monitors.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    KEEPERS,
    store::{self, Waiting},
};
use crate::{auth::person::SignedIn, clock::CHINA, failure::Failure, page::task::Task};

/// Votes to cast, and what keepers and monitors of sittings have to do.
pub async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let office = person.acting.as_ref();
    let keeps = office.filter(|office| KEEPERS.contains(&office.kind)).map(|office| office.college);
    let who = (person.institution, person.account, person.student);
    let rows = store::waiting(connection, who, keeps, now).await?;
    let at = |row: &Waiting| {
        let at = row.until.to_offset(CHINA);
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    };
    let one = |row: Waiting| {
        let (says, more, href, urgent) = match row.what.as_str() {
            "vote" => ("投票", format!("{} 截止", at(&row)), format!("/votes/{}", row.id), true),
            "key" => ("生成监票口令", format!("{} 开始投票", at(&row)), format!("/monitoring/{}", row.id), false),
            "rehearsal" => {
                ("输入监票口令演练", format!("{} 开始投票", at(&row)), format!("/monitoring/{}", row.id), true)
            }
            "count" => ("输入监票口令开票", "投票已截止".to_owned(), format!("/monitoring/{}", row.id), true),
            "admission" => ("商定补入选民", format!("{} 截止", at(&row)), format!("/monitoring/{}", row.id), true),
            "void" => ("商定是否作废", "办理单位已提出".to_owned(), format!("/monitoring/{}", row.id), true),
            "open" => ("开启投票", format!("{} 开始投票", at(&row)), format!("/sittings/{}", row.id), true),
            _ => ("核对计票、生成监票报告", "已计票".to_owned(), format!("/sittings/{}", row.id), true),
        };
        Task::new(urgent, format!("{says}：{}", row.title), more, href)
    };
    Ok(rows.into_iter().map(one).collect())
}
