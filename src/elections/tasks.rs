//! Votes to cast, and what sittings ask of their office and their monitors.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    KEEPERS,
    store::{self, Duty, Waiting},
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
    let rows = store::waiting(connection, person, keeps, now).await?;
    let one = |row: Waiting| {
        let at = row.until.to_offset(CHINA);
        let day = at.date();
        // The day stands before it, as the one by which it is due.
        let at = format!("{:02}:{:02}", at.hour(), at.minute());
        let (more, href, urgent) = match row.duty {
            Duty::Vote => (format!("{at} 截止"), row.id.vote_path(), true),
            Duty::MakeKey => (format!("{at} 开始投票"), row.id.monitoring_path(), false),
            Duty::Rehearse => (format!("{at} 开始投票"), row.id.monitoring_path(), true),
            Duty::Count => ("投票已截止".to_owned(), row.id.monitoring_path(), true),
            Duty::AgreeAdmission | Duty::AgreeClose => (format!("{at} 截止"), row.id.monitoring_path(), true),
            Duty::ConfirmNames => ("另一名监票人已提出".to_owned(), row.id.monitoring_path(), true),
            Duty::AgreeVoid => ("办理单位已提出".to_owned(), row.id.monitoring_path(), true),
            Duty::Open => (format!("{at} 开始投票"), row.id.path(), true),
            Duty::Report => ("已计票".to_owned(), row.id.path(), true),
        };
        // What follows the closing has no day of its own.
        let due = match row.duty {
            Duty::Vote | Duty::MakeKey | Duty::Rehearse | Duty::AgreeAdmission | Duty::AgreeClose | Duty::Open => {
                Some(day)
            }
            Duty::Count | Duty::ConfirmNames | Duty::AgreeVoid | Duty::Report => None,
        };
        Task::new(urgent, format!("{}：{}", row.duty.label(), row.title), more, href).due(due)
    };
    Ok(rows.into_iter().map(one).collect())
}
