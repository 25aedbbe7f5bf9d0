//! 全年日历: what stands on which day for a person in the office in which they act, by month and as a list: elections,
//! congresses, reviews, activities, meetings, projects, questionnaires, trainings, turns, semesters, and the days by which
//! something is to be done.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    Home,
    entries::{Days, entries},
    entry::{CalendarEntry, CalendarLine, WEEKDAYS},
    month::{self, MonthView},
    paths::month_path,
    pending::{NOTICES, Pending, ROUNDS},
    subscription,
    waiting::waiting,
    week::{Week, weeks},
};
use crate::{
    auth::person::SignedIn,
    clock::CHINA,
    failure::Failure,
    guidance,
    holidays::store::workdays,
    page::{chrome::Chrome, filters, task::Task},
    vetting,
    web::routes::Routes,
};

/// How far ahead the list goes: a year.
const AHEAD: Duration = Duration::days(366);

pub(super) fn routes() -> Routes<Home> {
    Routes::default().get("/calendar", show)
}

/// Which view, and which month of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CalendarQuery {
    /// `month`, or the list.
    view: String,
    /// As `2026-11`.
    month: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "home/calendar.html")]
pub(super) struct CalendarPage {
    chrome: Chrome,
    /// The list; empty where a month is shown.
    weeks: Vec<Week>,
    month: Option<MonthView>,
    month_path: String,
    weekdays: [&'static str; 7],
    /// What waits without a day.
    undated: usize,
    /// The address that was just made; empty where none was.
    address: String,
    /// Since when a phone may subscribe.
    since: Option<OffsetDateTime>,
}

/// What has a day for a person in the office in which they act: deadlines, notices, applications, papers of the year. Also
/// what waits without one.
pub(super) async fn gather(
    app: &Home,
    db: &mut PgConnection,
    person: &SignedIn,
    now: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let today = now.to_offset(CHINA).date();
    let pending = Pending::of(db, person, now).await?;
    let mut tasks = waiting(app.features, &pending, db, person, now).await?;
    if pending.has(NOTICES) {
        for notice in vetting::store::on_notice(db, person.institution, today).await? {
            let says = format!("公示期满：{}", notice.title);
            let href = notice.round.notice_path();
            tasks.push(Task::new(false, says, notice.union_name, href).due(Some(notice.until)));
        }
    }
    if pending.has(ROUNDS) {
        for round in vetting::store::open_for(db, person, today).await? {
            let says = format!("报名截止：{}", round.title);
            tasks.push(Task::new(false, says, round.union.name, round.id.apply_path()).due(Some(round.closes_on)));
        }
    }
    if let Some(office) = &person.acting {
        tasks.extend(guidance::tasks::papers_due(db, person, office, today).await?);
    }
    Ok(tasks)
}

/// The lines of those days, by day, what is due first. What is to be done at something stands for it.
async fn lines(
    db: &mut PgConnection,
    person: &SignedIn,
    tasks: Vec<Task>,
    days: Days,
    today: Date,
) -> Result<Vec<CalendarLine>, Failure> {
    let mut lines: Vec<CalendarLine> = tasks.into_iter().filter_map(|task| CalendarLine::due(task, today)).collect();
    let found: Vec<CalendarLine> = entries(db, person, days).await?.iter().flat_map(CalendarEntry::lines).collect();
    let is_due = |line: &CalendarLine| lines.iter().any(|due| due.day == line.day && due.href == line.href);
    let more: Vec<CalendarLine> = found.into_iter().filter(|line| !is_due(line)).collect();
    lines.extend(more);
    // What has no time of day comes first, and among that what is to be done.
    lines.sort_by(|one, other| {
        (one.day, !one.urgent).cmp(&(other.day, !other.urgent)).then_with(|| one.time.cmp(&other.time))
    });
    Ok(lines)
}

/// The page; with the address under which a phone subscribes, where it was just made.
pub(super) async fn page(
    app: &Home,
    person: &SignedIn,
    query: &CalendarQuery,
    address: String,
) -> Result<CalendarPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.to_offset(CHINA).date();
    let tasks = gather(app, &mut db, person, now).await?;
    let undated = tasks.iter().filter(|task| task.due.is_none()).count();
    let since = subscription::since(&mut db, person).await?;
    let (mut found, mut month) = (Vec::new(), None);
    if query.view == "month" {
        let first = month::asked(&query.month, today);
        let lines = lines(&mut db, person, tasks, month::days(first), today).await?;
        let workdays = workdays(&mut db, person.institution).await?;
        month = Some(MonthView::new(first, today, lines, &workdays));
    } else {
        let days = Days { first: today, last: today + AHEAD };
        let lines = lines(&mut db, person, tasks, days, today).await?;
        // Of what began before today its end alone is still to come.
        found = weeks(lines.into_iter().filter(|line| line.late || line.day >= today), today);
    }
    let chrome = app.chrome(person, "全年日历");
    let month_path = month_path(today);
    Ok(CalendarPage { chrome, weeks: found, month, month_path, weekdays: WEEKDAYS, undated, address, since })
}

async fn show(
    State(app): State<Home>,
    person: SignedIn,
    Query(query): Query<CalendarQuery>,
) -> Result<CalendarPage, Failure> {
    page(&app, &person, &query, String::new()).await
}
