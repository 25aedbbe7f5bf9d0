//! The pages of delegates: how far their elections are, who is recommended, the election, the list, who sits where, and the
//! papers.

mod delegations;
mod elections;
mod lists;
mod overview;
mod qualification;
mod recommendations;
mod reports;
mod roster;
mod seated;
mod steps;

pub(super) use qualification::paper as qualification_paper;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use sqlx::PgConnection;

use super::paths::Done;
use crate::{
    app::{App, Routes},
    auth::{acting::Acting, person::SignedIn},
    congress::{CongressReader, congress::Congress, paths::CONGRESSES, store as congresses},
    database::Locked,
    failure::{Failure, Refusal},
    ids::{CollegeId, CongressId},
    office::{Office, OfficeKind},
    page::chrome::Chrome,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/recommendations", recommendations::list)
        .get("/congresses/{congress}/delegates", overview::show)
        .post("/congresses/{congress}/delegates/terms", overview::keep_terms)
        .get("/congresses/{congress}/delegates/steps", steps::show)
        .post("/congresses/{congress}/delegates/steps", steps::tell)
        .get("/congresses/{congress}/delegates/recommendations", recommendations::show)
        .post("/congresses/{congress}/delegates/recommendations", recommendations::recommend)
        .post("/congresses/{congress}/delegates/review", recommendations::review)
        .post("/congresses/{congress}/delegates/recommendations/{recommendation}/withdraw", recommendations::withdraw)
        .get("/congresses/{congress}/delegates/elections", elections::ask)
        .post("/congresses/{congress}/delegates/elections", elections::make)
        .get("/congresses/{congress}/delegates/reports/{unit}", reports::ask)
        .upload("/congresses/{congress}/delegates/reports/{unit}", reports::keep)
        .get("/congresses/{congress}/delegates/reports/{unit}/scan", reports::scan)
        .post("/congresses/{congress}/delegates/reports/{unit}/withdraw", reports::withdraw)
        .get("/congresses/{congress}/delegates/list", lists::ask)
        .post("/congresses/{congress}/delegates/list", lists::hand_in)
        .post("/congresses/{congress}/delegates/lists/{list}/receive", lists::receive)
        .post("/congresses/{congress}/delegates/lists/{list}/return", lists::return_list)
        .get("/congresses/{congress}/delegates/seated", seated::show)
        .post("/congresses/{congress}/delegates/seated/{delegate}/end", seated::end)
        .post("/congresses/{congress}/delegates/seated/{delegate}/undo-end", seated::undo)
        .get("/congresses/{congress}/delegates/roster", roster::show)
        .get("/congresses/{congress}/delegates/roster.docx", roster::word)
        .get("/congresses/{congress}/delegates/roster.xlsx", roster::file)
        .get("/congresses/{congress}/delegations", delegations::show)
        .post("/congresses/{congress}/delegations", delegations::make)
        .post("/congresses/{congress}/delegations/new", delegations::add)
        .post("/congresses/{congress}/delegations/seating", delegations::seat)
        .post("/congresses/{congress}/delegations/{delegation}/remove", delegations::remove)
        .get("/congresses/{congress}/qualification", qualification::show)
        .get("/congresses/{congress}/qualification.docx", qualification::word)
        .post("/congresses/{congress}/qualification", qualification::adopt)
}

/// The college to which an office belongs, a class's its class's.
async fn college_of<O: Office>(db: &mut PgConnection, acting: &Acting<O>) -> Result<Option<CollegeId>, Failure> {
    let Some(class) = acting.office().class else { return Ok(acting.office().college) };
    let college = sqlx::query_scalar!(
        r#"select m.college_id as "college: CollegeId" from class k join major m on m.id = k.major_id where k.id = $1"#,
        class.0
    );
    Ok(college.fetch_optional(db).await?)
}

/// A congress whose delegates the office has to do with: a class branch the school's and its own college's.
async fn visible<O: Office>(db: &mut PgConnection, acting: &Acting<O>, id: CongressId) -> Result<Congress, Failure> {
    let congress = congresses::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    let near = match acting.office().kind {
        OfficeKind::ClassBranch => congress.college.is_none() || college_of(db, acting).await? == congress.college,
        _ => congress.is_visible_to(acting.office()),
    };
    if near && !congress.of_all { Ok(congress) } else { Err(Failure::Missing) }
}

/// A congress with delegates, locked.
async fn locked(db: &mut PgConnection, person: &SignedIn, id: CongressId) -> Result<Locked<Congress>, Failure> {
    let congress = congresses::lock(db, person.institution, id).await?.ok_or(Failure::Missing)?;
    if congress.of_all { Err(Failure::Missing) } else { Ok(congress) }
}

/// A congress that the office keeps, locked.
async fn kept<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    id: CongressId,
) -> Result<Locked<Congress>, Failure> {
    let congress = locked(db, acting.person(), id).await?;
    if congress.is_kept_by(acting.office()) { Ok(congress) } else { Err(Failure::Missing) }
}

/// The frame of a page below that of the delegates; a class branch sees no page above its own.
fn frame(app: &App, person: &SignedIn, congress: &Congress, title: &str) -> Chrome {
    let chrome = app.chrome(person, title);
    let reads = person.acting.as_ref().is_some_and(|office| CongressReader::KINDS.contains(&office.kind));
    if !reads {
        return chrome;
    }
    let chrome = chrome.under(CONGRESSES, "学代会").under(&congress.id.path(), &congress.short_title());
    if title == "代表" { chrome } else { chrome.under(&congress.id.delegates_path(), "代表") }
}

/// A refusal that leads back to a page of the delegates.
fn refusal(app: &App, person: &SignedIn, congress: &Congress, wanted: &str, back: String) -> Refusal {
    Refusal { chrome: frame(app, person, congress, "没有办理"), wanted: wanted.to_owned(), back }
}

/// A page again as it was filled in.
fn again(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// On to a page that says what was done.
fn done_at(path: &str, done: Done) -> Redirect {
    Redirect::to(&done.at(path))
}

/// Refuses what is done once the congress has met, or was called off.
fn under_preparation(
    app: &App,
    person: &SignedIn,
    congress: &Congress,
    wanted: &str,
    back: String,
) -> Result<(), Failure> {
    use crate::congress::congress::Stage;
    match congress.stage {
        Stage::Preparing | Stage::Convened => Ok(()),
        Stage::Held | Stage::Closed | Stage::CalledOff => {
            let why = format!("大会{}，代表名单不再变动", congress.stage.label());
            Err(refusal(app, person, congress, wanted, back).for_reason(why, "下一次大会重新选举代表"))
        }
    }
}
