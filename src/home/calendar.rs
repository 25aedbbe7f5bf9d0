//! 期限日历: the days by which something is to be done or ends, week by week, from the same tasks as the home page.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use time::{Date, Duration};

use super::{figures, waiting::waiting};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    clock::CHINA,
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
struct CalendarPage {
    chrome: Chrome,
    weeks: Vec<Week>,
    /// What waits without a day.
    undated: usize,
}

async fn show(State(app): State<App>, person: SignedIn) -> Result<CalendarPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.to_offset(CHINA).date();
    let mut tasks = waiting(&mut db, &person, now).await?;
    for notice in vetting::store::on_notice(&mut db, person.institution, today).await? {
        let says = format!("公示期满：{}", notice.title);
        let href = notice.round.notice_path();
        tasks.push(Task::new(false, says, notice.union_name, href).due(Some(notice.until)));
    }
    for sitting in figures::sittings(&mut db, &person).await? {
        let day = |at: time::OffsetDateTime| Some(at.to_offset(CHINA).date());
        if sitting.takes_votes(now) {
            let says = format!("投票截止：{}", sitting.title);
            tasks.push(Task::new(false, says, String::new(), sitting.id.path()).due(day(sitting.closes_at)));
        } else if sitting.opens_at > now && sitting.voided_at.is_none() {
            let says = format!("开始投票：{}", sitting.title);
            tasks.push(Task::new(false, says, String::new(), sitting.id.path()).due(day(sitting.opens_at)));
        }
    }
    for round in vetting::store::open_for(&mut db, &person, today).await? {
        let says = format!("报名截止：{}", round.title);
        tasks.push(Task::new(false, says, round.union.name, round.id.apply_path()).due(Some(round.closes_on)));
    }
    let undated = tasks.iter().filter(|task| task.due.is_none()).count();
    Ok(CalendarPage { chrome: app.chrome(&person, "期限日历"), weeks: weeks(tasks, today), undated })
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
