//! The home page: what waits, what runs, and where everything is.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use time::{Date, Duration};

use super::{
    Home,
    figures::{self, Counted, Figure},
    pending::{APPLICATIONS, NOTICES, Pending, ROUNDS, SITTINGS},
    waiting::waiting,
};
use crate::{
    accounts::Activated,
    auth::{extract::With, person::SignedIn},
    failure::Failure,
    office::OfficeKind,
    page::{
        chrome::{Chrome, NavItem},
        filters,
        task::Task,
    },
    rulebook::{Governing, store::GoverningToday},
    vetting::{self, case::Case, round::Round, store::PublicNotice},
    web::{forms::Done as After, routes::Routes},
};

/// How far ahead home lists what waits; the calendar has the rest of the year.
const AHEAD: Duration = Duration::days(90);

pub(super) fn routes() -> Routes<Home> {
    Routes::default().get("/", home)
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/welcome.html")]
struct WelcomePage {
    chrome: Chrome,
}

#[derive(Template, WebTemplate)]
#[template(path = "home/home.html")]
struct HomePage {
    chrome: Chrome,
    /// What led here, in a sentence; empty where one just comes.
    done: &'static str,
    person: SignedIn,
    governing: Option<Governing>,
    waiting: Vec<Task>,
    /// Rounds in which the student who looks may apply.
    rounds: Vec<Round>,
    /// The person's own applications that an office has in hand.
    applications: Vec<(Case, Round)>,
    /// Public notices that run.
    notices: Vec<PublicNotice>,
    figures: Vec<Figure>,
    /// Everything that the office has, with what one does there.
    entries: Vec<NavItem>,
    today: Date,
}

/// What students come for most.
const OFTEN: [&str; 4] = ["/activities", "/apply", "/votes", "/voice"];

impl HomePage {
    /// What a student comes for, a tap away; an office finds its work in what waits.
    fn shortcuts(&self) -> Vec<&NavItem> {
        let is_student = self.person.acting.as_ref().is_some_and(|office| office.kind == OfficeKind::Student);
        self.entries.iter().filter(|entry| is_student && OFTEN.contains(&entry.href)).collect()
    }
}

async fn home(
    State(app): State<Home>,
    found: Option<With<GoverningToday>>,
    Query(After { done }): Query<After>,
) -> Result<Response, Failure> {
    let Some(With(person, GoverningToday(governing))) = found else {
        return Ok(WelcomePage { chrome: Chrome::bare("依规运行学生会") }.into_response());
    };
    if person.must_see_to_account() {
        return Err(Failure::PasswordFirst);
    }
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.date();
    let pending = Pending::of(&mut db, &person, now).await?;
    let mut waiting = waiting(app.features, &pending, &mut db, &person, now).await?;
    waiting.retain(|task| task.due.is_none_or(|due| due <= today + AHEAD));
    let entries = app.tasks(&person);
    let (mut rounds, mut notices, mut sittings) = (Vec::new(), Vec::new(), Vec::new());
    if pending.has(ROUNDS) {
        rounds = vetting::store::open_for(&mut db, &person, today).await?;
    }
    let mut applications = Vec::new();
    if let Some(student) = person.student.filter(|_| pending.has(APPLICATIONS)) {
        applications = vetting::store::under_way(&mut db, person.institution, student).await?;
    }
    if pending.has(NOTICES) {
        notices = vetting::store::on_notice(&mut db, person.institution, today).await?;
    }
    if pending.has(SITTINGS) {
        sittings = figures::sittings(&mut db, &person).await?;
    }
    let counted = Counted { waiting: &waiting, notices: &notices, sittings: &sittings };
    let figures = figures::figures(&app.overviews, &mut db, &person, &counted, now).await?;
    let chrome = app.chrome(&person, "首页");
    let done = done.parse().map_or("", Activated::label);
    let page =
        HomePage { chrome, done, person, governing, waiting, rounds, applications, notices, figures, entries, today };
    Ok(page.into_response())
}
