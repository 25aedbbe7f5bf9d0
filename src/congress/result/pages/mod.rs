//! The pages of a congress's result.

mod next_step;
mod papers;
mod seat;
mod show;
mod steps;

use sqlx::PgConnection;
use time::Date;

use super::{result::CongressResult, store};
use crate::{
    app::Routes, congress::congress::Congress, failure::Failure, ids::InstitutionId, rulebook::store::calendar,
    rules::Plan,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/{congress}/result", show::show)
        .upload("/congresses/{congress}/result", show::begin)
        .post("/congresses/{congress}/result/drop", show::drop_result)
        .upload("/congresses/{congress}/result/announce", steps::announce)
        .upload("/congresses/{congress}/result/approve", steps::approve)
        .upload("/congresses/{congress}/result/send", steps::send)
        .upload("/congresses/{congress}/result/file", steps::file)
        .get("/congresses/{congress}/result/posts", seat::ask)
        .post("/congresses/{congress}/result/posts", seat::act)
        .get("/congresses/{congress}/result/papers/{paper}", papers::show)
        .post("/congresses/{congress}/result/papers/{paper}", papers::keep)
        .get("/congresses/{congress}/result/papers/{paper}/word", papers::word)
        .get("/congresses/{congress}/result/scans/{scan}", papers::scan)
}

/// The result of a congress, which has one.
async fn result_of(db: &mut PgConnection, congress: &Congress) -> Result<CongressResult, Failure> {
    store::find(db, congress.id).await?.ok_or(Failure::Missing)
}

/// The plan that governs on a day; none where the university has adopted none.
async fn plan_on(db: &mut PgConnection, institution: InstitutionId, day: Date) -> Result<Option<Plan>, Failure> {
    Ok(calendar(db, institution).await?.in_force(day).map(std::borrow::Cow::into_owned))
}
