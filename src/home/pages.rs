//! The home page: what waits, what runs, and where everything is.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

use super::waiting::waiting;
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::Failure,
    page::{
        chrome::{Chrome, NavItem},
        filters,
        task::Task,
    },
    rulebook::{self, Governing},
    vetting::{self, round::Round, store::PublicNotice},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/", home)
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/welcome.html")]
struct WelcomePage {
    chrome: Chrome,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/home.html")]
struct HomePage {
    chrome: Chrome,
    person: SignedIn,
    governing: Option<Governing>,
    waiting: Vec<Task>,
    /// Rounds in which the student who looks may apply.
    rounds: Vec<Round>,
    /// Public notices that run.
    notices: Vec<PublicNotice>,
    tasks: Vec<NavItem>,
}

async fn home(State(app): State<App>, person: Option<SignedIn>) -> Result<Response, Failure> {
    let Some(person) = person else {
        return Ok(WelcomePage { chrome: Chrome::bare("依规运行学生会") }.into_response());
    };
    if person.must_change_password {
        return Err(Failure::PasswordFirst);
    }
    let (mut db, now) = (app.read().await?, app.clock.now());
    let governing = rulebook::governing(&mut db, person.institution, now.date()).await?;
    let waiting = waiting(&mut db, &person, now).await?;
    let tasks = app.tasks(&person);
    let rounds = vetting::store::open_for(&mut db, &person, now.date()).await?;
    let notices = vetting::store::on_notice(&mut db, person.institution, now.date()).await?;
    let chrome = app.chrome(&person, "首页");
    Ok(HomePage { chrome, person, governing, waiting, rounds, notices, tasks }.into_response())
}
