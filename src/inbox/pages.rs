//! The page 消息.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Query;
use serde::Deserialize;

use super::store::{self, NoticeRow};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    failure::Failure,
    ids::NoticeId,
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, cut},
    },
    web::forms::local_path,
};

const A_PAGE: i64 = 30;
const INBOX: &str = "/inbox";

#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/inbox", list).post("/inbox/{notice}/read", open).post("/inbox/read", read_all)
}

#[derive(Template, WebTemplate)]
#[template(path = "inbox/list.html")]
struct InboxPage {
    chrome: Chrome,
    rows: Vec<NoticeRow>,
    unread: i64,
    page: i64,
    more: bool,
}

#[derive(Deserialize)]
struct InboxQuery {
    #[serde(default)]
    page: i64,
}

async fn list(
    State(app): State<App>,
    person: SignedIn,
    Query(InboxQuery { page }): Query<InboxQuery>,
) -> Result<InboxPage, Failure> {
    let page = page.clamp(0, 10_000);
    let mut rows = store::list(&mut *app.read().await?, &person, RowRange::page(page, A_PAGE).and_one()).await?;
    let more = cut(&mut rows, A_PAGE);
    Ok(InboxPage { chrome: app.chrome(&person, "消息"), rows, unread: person.unread, page, more })
}

/// Marks a notice as read and goes on to what it is about.
async fn open(State(app): State<App>, person: SignedIn, Path(notice): Path<NoticeId>) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let href = app
        .write_one(async |db| store::mark_read(db, &person, Some(notice), now).await)
        .await?
        .ok_or(Failure::Missing)?;
    Ok(Redirect::to(if href.is_empty() { INBOX } else { local_path(&href) }))
}

async fn read_all(State(app): State<App>, person: SignedIn) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_one(async |db| store::mark_read(db, &person, None, now).await).await?;
    Ok(Redirect::to(INBOX))
}
