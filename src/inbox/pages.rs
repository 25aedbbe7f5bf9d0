//! The page 消息.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Query;
use serde::Deserialize;

use super::store::{self, Row};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::Failure,
    ids::NoticeId,
    page::{chrome::Chrome, filters},
    web::forms::local_path,
};

const A_PAGE: i64 = 30;

#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/inbox", list).post("/inbox/{notice}/read", open).post("/inbox/read", read_all)
}

#[derive(Template, WebTemplate)]
#[template(path = "inbox/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
    unread: i64,
    page: i64,
    more: bool,
}

#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    page: i64,
}

async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(Place { page }): Query<Place>,
) -> Result<ListPage, Failure> {
    let page = page.clamp(0, 10_000);
    let mut rows = store::list(&mut *app.read().await?, &person, (page * A_PAGE, A_PAGE + 1)).await?;
    let more = rows.len() > usize::try_from(A_PAGE).unwrap_or(0);
    if more {
        rows.pop();
    }
    Ok(ListPage { chrome: app.chrome(&person, "消息"), rows, unread: person.unread, page, more })
}

/// Marks a notice as read and goes on to what it is about.
async fn open(State(app): State<App>, person: SignedIn, Path(notice): Path<NoticeId>) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let href = app
        .write_one(async move |db| store::mark_read(db, &person, Some(notice), now).await)
        .await?
        .ok_or(Failure::Missing)?;
    Ok(Redirect::to(if href.is_empty() { "/inbox" } else { local_path(&href) }))
}

async fn read_all(State(app): State<App>, person: SignedIn) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_one(async move |db| store::mark_read(db, &person, None, now).await).await?;
    Ok(Redirect::to("/inbox"))
}
