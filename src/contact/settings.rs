//! 联系设置: how often a class is to be contacted.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    Verb,
    forms::SettingsForm,
    paths::{DESK, Done, SETTINGS},
    store,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    office::SchoolLeague,
    page::chrome::Chrome,
    rules::contact::EVERY,
    unions::store::contact_rhythm,
    web::forms::{Done as After, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/contact/settings", show).post("/contact/settings", keep)
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/settings.html")]
struct ContactSettingsPage {
    chrome: Chrome,
    /// As is usual.
    usual: u32,
    form: SettingsForm,
    errors: Errors,
    done: &'static str,
}

fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    submitted: Submitted<SettingsForm>,
    done: &'static str,
) -> ContactSettingsPage {
    let chrome = app.chrome(acting.person(), "联系设置").under(DESK, "直接联系同学");
    ContactSettingsPage { chrome, usual: EVERY, form: submitted.form, errors: submitted.errors, done }
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<ContactSettingsPage, Failure> {
    let rhythm = contact_rhythm(&mut *app.read().await?, acting.institution()).await?;
    let form = SettingsForm { every: rhythm.every.to_string() };
    Ok(page(&app, &acting, Submitted::new(form, Errors::default()), Done::said(&done)))
}

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(every) = form.read(&mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        store::set(db, &acting, every, now).await?;
        let entry = Entry::new(Verb::ContactKept, "联系设置").detail("至少", format!("每 {every} 个月一次"));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.at(SETTINGS)).into_response())
}
