//! The pages of a meeting: those of its keeper, of the check-in desks, of the hall, and of delegates.

mod acts;
mod agenda;
mod cards;
mod desk;
mod desks;
mod documents;
mod duties;
mod election;
mod hands;
mod minutes;
mod own;
mod papers;
mod roll;
mod screen;
mod setup;
mod show;

pub(super) use papers::{course, paper_of};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use sqlx::PgConnection;
use time::Date;

use super::{
    done::Done,
    nouns::{CheckIn, Meeting},
    paths,
    state::Meetings,
    store,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    congress::{
        CongressReader,
        congress::Congress,
        pages::{frame, visible},
    },
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    web::routes::Routes,
};

#[must_use]
pub fn routes() -> Routes<Meetings> {
    Routes::default()
        .get("/congresses/{congress}/meeting", show::show)
        .get("/congresses/{congress}/meeting/setup", setup::ask)
        .post("/congresses/{congress}/meeting/setup", setup::prepare)
        .post("/congresses/{congress}/meeting/agenda", agenda::add)
        .post("/congresses/{congress}/meeting/agenda/order", agenda::order)
        .post("/congresses/{congress}/meeting/agenda/{item}/strike", agenda::strike)
        .upload("/congresses/{congress}/meeting/documents", documents::add)
        .get("/congresses/{congress}/meeting/documents/{document}", documents::show)
        .post("/congresses/{congress}/meeting/documents/{document}/remove", documents::remove)
        .post("/congresses/{congress}/meeting/election", election::create)
        .get("/congresses/{congress}/meeting/screen", screen::show)
        .get("/congresses/{congress}/meeting/cards", cards::ask)
        .post("/congresses/{congress}/meeting/cards", cards::make)
        .get("/congresses/{congress}/meeting/cards/{print}", cards::printed)
        .get("/congresses/{congress}/meeting/papers/{paper}", papers::show)
        .get("/congresses/{congress}/meeting/papers/{paper}/word", papers::word)
        .get("/congresses/{congress}/meeting/mine", own::show)
        .post("/congresses/{congress}/meeting/mine", own::card)
        .get("/congresses/{congress}/check-in", desk::show)
        .post("/congresses/{congress}/check-in", desk::check_in)
        .post("/congresses/{congress}/check-in/{student}/undo", desk::undo)
        .post("/congresses/{congress}/check-in/{student}/leave", desk::leave)
        .post("/congresses/{congress}/check-in/guests", desk::add_guest)
        .recorded_get("/cards/{code}", desk::scan)
        .get("/congresses/{congress}/check-in/desks", desks::show)
        .post("/congresses/{congress}/check-in/desks", desks::name_officer)
        .post("/congresses/{congress}/check-in/desks/{account}/dismiss", desks::dismiss)
        .post("/congresses/{congress}/check-in/state", desks::move_check_in)
        .get("/congresses/{congress}/check-in/roll", roll::show)
        .post("/congresses/{congress}/check-in/roll", roll::enter)
        .post("/congresses/{congress}/check-in/roll/{entry}/confirm", roll::confirm)
        .post("/congresses/{congress}/check-in/roll/{entry}/drop", roll::drop_entry)
        .get("/congresses/{congress}/votes", hands::show)
        .post("/congresses/{congress}/votes", hands::take)
        .post("/congresses/{congress}/votes/{vote}/void", hands::void)
        .post("/congresses/{congress}/votes/duties", duties::name)
        .post("/congresses/{congress}/votes/duties/{duty}/{student}/strike", duties::strike)
        .get("/congresses/{congress}/minutes", minutes::show)
        .post("/congresses/{congress}/minutes", minutes::keep)
        .post("/congresses/{congress}/minutes/reset", minutes::reset)
        .post("/congresses/{congress}/minutes/sign", minutes::sign)
}

/// The day by whose delegates a meeting counts: that on which check-in ended, or today.
fn counting_day(meeting: &Meeting, today: Date) -> Date {
    match (meeting.check_in, meeting.check_in_closed_at) {
        (CheckIn::Closed, Some(at)) => at.to_offset(CHINA).date(),
        _ => today,
    }
}

/// A congress that the office sees, with its meeting once it is prepared.
async fn seen(
    db: &mut PgConnection,
    acting: &Acting<CongressReader>,
    id: CongressId,
) -> Result<(Congress, Option<Meeting>), Failure> {
    let congress = visible(db, acting, id).await?;
    Ok((congress, store::find(db, id).await?))
}

/// As [`seen`], for pages that there are only once the meeting is prepared.
async fn seen_meeting(
    db: &mut PgConnection,
    acting: &Acting<CongressReader>,
    id: CongressId,
) -> Result<(Congress, Meeting), Failure> {
    let (congress, meeting) = seen(db, acting, id).await?;
    Ok((congress, meeting.ok_or(Failure::Missing)?))
}

/// The office keeps the congress.
fn keeps(person: &SignedIn, congress: &Congress) -> bool {
    person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office))
}

/// The frame of a page below that of a meeting.
fn below(app: &Meetings, person: &SignedIn, congress: &Congress, title: &str) -> Chrome {
    frame(app, person, congress, title).under(&congress.id.meeting_path(), "会议")
}

/// On to a page that says what was done.
fn done_at(path: &str, done: Done) -> Redirect {
    Redirect::to(&paths::with_done(path, done))
}

/// The page of a form again, as filled in.
fn again(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// A page of the meeting among its tabs.
struct Tab {
    href: String,
    label: &'static str,
    here: bool,
}

/// The pages of a meeting that an office sees, of which this is one.
fn tabs(congress: CongressId, here: &str) -> Vec<Tab> {
    let all = [
        (congress.meeting_path(), "议程与文件"),
        (congress.desks_path(), "签到"),
        (congress.hands_path(), "表决与名单"),
        (congress.minutes_path(), "会议纪要"),
    ];
    all.into_iter().map(|(href, label)| Tab { here: href == here, href, label }).collect()
}
