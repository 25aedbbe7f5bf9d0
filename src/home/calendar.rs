//! 期限日历: the days by which something is to be done or ends, week by week, from the same tasks as the home page.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{figures, subscription, waiting::waiting};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    clock::CHINA,
    elections::sitting::Stage,
    failure::Failure,
    page::{chrome::Chrome, filters, task::Task},
    text::chinese_day,
    vetting,
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/calendar", show)
}

/// A week with what falls into it.
struct Week {
    label: String,
    tasks: Vec<Dated>,
}

/// A task with its day.
struct Dated {
    day: Date,
    weekday: &'static str,
    late: bool,
    task: Task,
}

#[derive(Template, WebTemplate)]
#[template(path = "home/calendar.html")]
pub(super) struct CalendarPage {
    chrome: Chrome,
    weeks: Vec<Week>,
    /// What waits without a day.
    undated: usize,
    /// The address that was just made; empty where none was.
    address: String,
    /// Since when a phone may subscribe.
    since: Option<OffsetDateTime>,
}

/// What has a day for a person in the office in which they act: deadlines, notices, votes, applications. Also what waits
/// without one.
pub(super) async fn gather(
    db: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.to_offset(CHINA).date();
    let mut tasks = waiting(db, person, now).await?;
    for notice in vetting::store::on_notice(db, person.institution, today).await? {
        let says = format!("公示期满：{}", notice.title);
        let href = notice.round.notice_path();
        tasks.push(Task::new(false, says, notice.union_name, href).due(Some(notice.until)));
    }
    for sitting in figures::sittings(db, person).await? {
        let day = |at: OffsetDateTime| Some(at.to_offset(CHINA).date());
        if sitting.takes_votes(now) {
            let says = format!("投票截止：{}", sitting.title);
            tasks.push(Task::new(false, says, String::new(), sitting.id.path()).due(day(sitting.closes_at)));
        } else if sitting.opens_at > now && sitting.stage() != Stage::Voided {
            let says = format!("开始投票：{}", sitting.title);
            tasks.push(Task::new(false, says, String::new(), sitting.id.path()).due(day(sitting.opens_at)));
        }
    }
    for round in vetting::store::open_for(db, person, today).await? {
        let says = format!("报名截止：{}", round.title);
        tasks.push(Task::new(false, says, round.union.name, round.id.apply_path()).due(Some(round.closes_on)));
    }
    Ok(tasks)
}

/// The page; with the address under which a phone subscribes, where it was just made.
pub(super) async fn page(app: &App, person: &SignedIn, address: String) -> Result<CalendarPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.to_offset(CHINA).date();
    let tasks = gather(&mut db, person, now).await?;
    let undated = tasks.iter().filter(|task| task.due.is_none()).count();
    let since = subscription::since(&mut db, person).await?;
    Ok(CalendarPage { chrome: app.chrome(person, "期限日历"), weeks: weeks(tasks, today), undated, address, since })
}

async fn show(State(app): State<App>, person: SignedIn) -> Result<CalendarPage, Failure> {
    page(&app, &person, String::new()).await
}

/// Tasks with a day by weeks; what is late stands first, whatever its week.
fn weeks(tasks: Vec<Task>, today: Date) -> Vec<Week> {
    let dated = |task: Task| {
        let day = task.due?;
        Some(Dated { day, weekday: weekday(day), late: task.is_late(today), task })
    };
    let mut dated: Vec<Dated> = tasks.into_iter().filter_map(dated).collect();
    dated.sort_by_key(|one| (one.day, !one.task.urgent));
    let mut weeks: Vec<Week> = Vec::new();
    for one in dated {
        let label = if one.late { "已逾期".to_owned() } else { week(one.day, today) };
        match weeks.last_mut() {
            Some(last) if last.label == label => last.tasks.push(one),
            _ => weeks.push(Week { label, tasks: vec![one] }),
        }
    }
    weeks
}

fn monday(day: Date) -> Date {
    day - Duration::days(day.weekday().number_days_from_monday().into())
}

/// The week of a day in words, seen from today.
fn week(day: Date, today: Date) -> String {
    let first = monday(day);
    let span = format!("{}至{}", chinese_day(first), chinese_day(first + Duration::days(6)));
    match (first - monday(today)).whole_weeks() {
        0 => format!("本周（{span}）"),
        1 => format!("下周（{span}）"),
        _ => span,
    }
}

fn weekday(day: Date) -> &'static str {
    const NAMES: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    NAMES.get(usize::from(day.weekday().number_days_from_monday())).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_week_goes_from_monday_to_sunday() {
        // A Saturday.
        let today = date!(2026 - 11 - 28);
        assert_eq!(week(date!(2026 - 11 - 29), today), "本周（2026年11月23日至2026年11月29日）");
        assert_eq!(week(date!(2026 - 11 - 30), today), "下周（2026年11月30日至2026年12月6日）");
        assert_eq!(week(date!(2027 - 01 - 01), today), "2026年12月28日至2027年1月3日");
        assert_eq!(weekday(today), "周六");
        let task = |says: &str, due| Task::new(false, says.to_owned(), String::new(), String::new()).due(due);
        let tasks = vec![
            task("no day", None),
            task("next", Some(date!(2026 - 12 - 01))),
            task("long ago", Some(date!(2026 - 10 - 01))),
            task("yesterday", Some(date!(2026 - 11 - 27))),
            task("today", Some(today)),
        ];
        let said: Vec<(String, usize)> =
            weeks(tasks, today).into_iter().map(|week| (week.label, week.tasks.len())).collect();
        assert_eq!(said.first(), Some(&("已逾期".to_owned(), 2)));
        assert_eq!(said.len(), 3);
    }
}
