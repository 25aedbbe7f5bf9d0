//! The figures of the home page, each of which leads to where it comes from.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::paths::CALENDAR;
use crate::{
    auth::person::SignedIn,
    clock::CHINA,
    elections::{self, ElectionReader, sitting::Sitting},
    failure::Failure,
    office::{Office, OfficeKind},
    page::task::Task,
    text::chinese_day,
    unions::{Overviews, standing::standing},
    vetting::store::PublicNotice,
};

/// How many days off a deadline is near.
const NEAR: Duration = Duration::days(7);

/// A figure with its words.
pub(super) struct Figure {
    pub count: usize,
    pub label: &'static str,
    /// More of it; may be empty.
    pub more: String,
    pub href: String,
    /// Something is amiss.
    pub amiss: bool,
}

/// What the figures count, beside what is asked of the database.
pub(super) struct Counted<'a> {
    pub waiting: &'a [Task],
    pub notices: &'a [PublicNotice],
    pub sittings: &'a [Sitting],
}

/// The sittings that an office follows.
pub(super) async fn sittings(connection: &mut PgConnection, person: &SignedIn) -> Result<Vec<Sitting>, Failure> {
    match &person.acting {
        Some(office) if ElectionReader::KINDS.contains(&office.kind) => {
            elections::store::sittings(connection, person.institution, None, office.college).await
        }
        _ => Ok(Vec::new()),
    }
}

/// The figures for a person in the office in which they act.
pub(super) async fn figures(
    overviews: &Overviews,
    connection: &mut PgConnection,
    person: &SignedIn,
    counted: &Counted<'_>,
    now: OffsetDateTime,
) -> Result<Vec<Figure>, Failure> {
    let today = now.to_offset(CHINA).date();
    let Some(office) = &person.acting else { return Ok(Vec::new()) };
    let mut figures = Vec::new();
    if let Some(standing) = Box::pin(standing(overviews, connection, person, office, today)).await? {
        figures.push(Figure {
            count: standing.breaches,
            label: "项不符合",
            more: if standing.unions > 1 { format!("{} 个学生会", standing.unions) } else { String::new() },
            href: standing.href,
            amiss: standing.breaches > 0,
        });
    }
    let near = counted.waiting.iter().filter(|task| task.due.is_some_and(|due| due <= today + NEAR));
    let (near, late) = (near.count(), counted.waiting.iter().filter(|task| task.is_late(today)).count());
    // A nought tells an office that it is up to date; a student, on a phone, nothing.
    if near > 0 || office.kind != OfficeKind::Student {
        figures.push(Figure {
            count: near,
            label: "件七天内到期",
            more: if late > 0 { format!("其中 {late} 件已逾期") } else { String::new() },
            href: CALENDAR.to_owned(),
            amiss: late > 0,
        });
    }
    if let Some(first) = counted.notices.first() {
        figures.push(Figure {
            count: counted.notices.len(),
            label: "项正在公示",
            more: format!("最早 {} 期满", chinese_day(first.until)),
            href: first.round.notice_path(),
            amiss: false,
        });
    }
    let open = counted.sittings.iter().filter(|sitting| sitting.takes_votes(now));
    if let Some(first) = open.clone().min_by_key(|sitting| sitting.closes_at) {
        figures.push(Figure {
            count: open.count(),
            label: "场正在投票",
            more: format!("最早 {} 截止", chinese_day(first.closes_at.to_offset(CHINA).date())),
            href: elections::SITTINGS.to_owned(),
            amiss: false,
        });
    }
    Ok(figures)
}
