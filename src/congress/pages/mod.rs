//! The pages of congresses: the list, the form, and the page of one with its parts.

mod form;
mod list;
mod register;
mod show;

use sqlx::PgConnection;

use super::{congress::Congress, paths::CONGRESSES, store};
use crate::{
    app::{App, Routes},
    auth::{acting::Acting, person::SignedIn},
    congress::{CongressKeeper, CongressReader},
    failure::{Failure, Refusal},
    ids::CongressId,
    page::chrome::Chrome,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses", list::list)
        .get("/congresses/new", form::ask)
        .post("/congresses/new", form::create)
        .get("/congresses/register", register::ask)
        .upload("/congresses/register", register::register)
        .post("/congresses/slip", register::slip)
        .get("/congresses/{congress}", show::show)
        .get("/congresses/{congress}/edit", form::edit)
        .post("/congresses/{congress}/edit", form::change)
        .post("/congresses/{congress}/call-off", show::call_off)
}

/// A congress that the office sees.
pub(in crate::congress) async fn visible(
    db: &mut PgConnection,
    acting: &Acting<CongressReader>,
    id: CongressId,
) -> Result<Congress, Failure> {
    let congress = store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if congress.is_visible_to(acting.office()) { Ok(congress) } else { Err(Failure::Missing) }
}

/// A congress that the office keeps.
pub(in crate::congress) async fn kept(
    db: &mut PgConnection,
    acting: &Acting<CongressKeeper>,
    id: CongressId,
) -> Result<Congress, Failure> {
    let congress = store::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if congress.is_kept_by(acting.office()) { Ok(congress) } else { Err(Failure::Missing) }
}

/// The frame of a page below that of a congress.
pub(in crate::congress) fn frame(app: &App, person: &SignedIn, congress: &Congress, title: &str) -> Chrome {
    app.chrome(person, title).under(CONGRESSES, "学代会").under(&congress.id.path(), &congress.short_title())
}

/// A refusal that leads back to a page of the congress.
pub(in crate::congress) fn refusal(
    app: &App,
    person: &SignedIn,
    congress: &Congress,
    wanted: &str,
    back: String,
) -> Refusal {
    Refusal { chrome: frame(app, person, congress, "没有办理"), wanted: wanted.to_owned(), back }
}
