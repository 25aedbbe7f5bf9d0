//! The pages of proposals: what students read and write, and what the committee does with it.

mod committee;
mod handling;
mod office;
mod one;
mod write;

use crate::app::Routes;

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/proposals", write::list)
        .get("/proposals/new", write::ask)
        .post("/proposals/new", write::keep)
        .get("/proposals/{proposal}", one::show)
        .post("/proposals/{proposal}/edit", one::edit)
        .post("/proposals/{proposal}/ask", one::ask)
        .post("/proposals/{proposal}/answer", one::answer)
        .post("/proposals/{proposal}/submit", one::submit)
        .post("/proposals/{proposal}/withdraw", one::withdraw)
        .post("/proposals/{proposal}/rate", one::rate)
        .get("/proposal-replies", office::list)
        .get("/proposal-replies/{proposal}", office::show)
        .post("/proposal-replies/{proposal}", office::answer)
        .get("/congresses/{congress}/proposals", committee::list)
        .post("/congresses/{congress}/proposals", committee::set)
        .post("/congresses/{congress}/proposals/carry", committee::carry)
        .get("/congresses/{congress}/proposals/{proposal}", handling::show)
        .post("/congresses/{congress}/proposals/{proposal}/screen", handling::screen)
        .post("/congresses/{congress}/proposals/{proposal}/assign", handling::assign)
        .post("/congresses/{congress}/proposals/{proposal}/reply", handling::reply)
        .get("/congresses/{congress}/proposals/{proposal}/papers/{paper}", handling::paper)
        .get("/congresses/{congress}/proposals/{proposal}/papers/{paper}/word", handling::word)
}
