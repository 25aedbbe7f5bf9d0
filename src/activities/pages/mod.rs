//! The pages of activities: for students on their phones, and for those who hold them.

mod desk;
mod own;
mod setup;

use sqlx::PgConnection;

use super::{
    activity::Activity,
    paths::{ACTIVITIES, DESK},
    store,
};
use crate::{
    app::{App, Routes},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::MatterId,
    office::Office,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/activities", own::list)
        .get("/activities/{activity}", own::show)
        .post("/activities/{activity}/sign-up", own::sign_up)
        .post("/activities/{activity}/cancel", own::cancel)
        .get("/activities/{activity}/here", own::arrive)
        .post("/activities/{activity}/here", own::check_in)
        .post("/activities/{activity}/rate", own::rate)
        .get("/activity-desk", desk::list)
        .get("/activity-desk/{activity}", desk::show)
        .get("/activity-desk/{activity}/announce", setup::ask)
        .post("/activity-desk/{activity}/announce", setup::keep)
        .get("/activity-desk/{activity}/code", desk::code)
        .post("/activity-desk/{activity}/code", desk::new_code)
        .post("/activity-desk/{activity}/open", desk::open)
        .post("/activity-desk/{activity}/end", desk::end)
        .post("/activity-desk/{activity}/check-in", desk::check_in)
}

/// A refusal on a student's phone, which leads back to the activity.
fn refusal(app: &App, person: &SignedIn, wanted: &str, back: String) -> Refusal {
    let chrome = app.chrome(person, "没有办理").under(ACTIVITIES, "活动报名");
    Refusal { chrome, wanted: wanted.to_owned(), back }
}

/// A refusal of those who hold it.
fn desk_refusal<O: Office>(app: &App, acting: &Acting<O>, wanted: &str, back: String) -> Refusal {
    let chrome = app.chrome(acting.person(), "没有办理").under(DESK, "活动开展");
    Refusal { chrome, wanted: wanted.to_owned(), back }
}

/// An activity that the office sees.
async fn seen<O: Office>(db: &mut PgConnection, acting: &Acting<O>, id: MatterId) -> Result<Activity, Failure> {
    let activity = store::find(db, acting.institution(), id).await?;
    activity.filter(|one| one.matter.union().is_visible_to(acting.office())).ok_or(Failure::Missing)
}
