//! A college that was made by a typing error: merged into the one that was meant, or removed while nothing belongs to it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Verb,
    merging_store::{self, Merger},
    paths::{Done, STRUCTURE, structure_after},
    store::{self, CollegeRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::CollegeId,
    office::Registrar,
    page::chrome::Chrome,
};

/// The routes of mergers.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/structure/college/{college}/merge", show)
        .post("/structure/college/{college}/merge", merge)
        .post("/structure/college/{college}/remove", remove)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MergeForm {
    /// The college that stays.
    into: String,
    /// The figures that its preview showed.
    seen: String,
}

/// A merger as its page shows it.
struct Preview {
    into: CollegeRow,
    merger: Merger,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/merge.html")]
struct MergePage {
    chrome: Chrome,
    college: CollegeRow,
    /// What belongs to the college.
    own: Merger,
    others: Vec<CollegeRow>,
    /// What moves; none before the other is chosen.
    preview: Option<Preview>,
    /// It changed since the preview.
    changed: bool,
}

impl MergePage {
    fn is_into(&self, college: &CollegeRow) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.into.id == college.id)
    }
}

async fn page(
    app: &App,
    acting: &Acting<Registrar>,
    id: CollegeId,
    into: Option<CollegeId>,
    changed: bool,
) -> Result<MergePage, Failure> {
    let mut db = app.read().await?;
    let mut others = store::colleges(&mut db, acting.institution()).await?;
    let place = others.iter().position(|college| college.id == id).ok_or(Failure::Missing)?;
    let college = others.remove(place);
    let own = merging_store::merger(&mut db, acting.institution(), id, id).await?;
    let preview = match others.iter().find(|other| Some(other.id) == into).cloned() {
        Some(into) => {
            let merger = merging_store::merger(&mut db, acting.institution(), id, into.id).await?;
            Some(Preview { into, merger })
        }
        None => None,
    };
    let chrome = app.chrome(acting.person(), "合并或删除院系").under(STRUCTURE, "院系专业班级");
    Ok(MergePage { chrome, college, own, others, preview, changed })
}

async fn show(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<CollegeId>,
    Query(MergeForm { into, .. }): Query<MergeForm>,
) -> Result<MergePage, Failure> {
    page(&app, &acting, id, into.parse().ok(), false).await
}

/// A college of the university.
fn named(colleges: &[CollegeRow], id: CollegeId) -> Result<&str, Failure> {
    let found = colleges.iter().find(|college| college.id == id);
    found.map(|college| college.name.as_str()).ok_or(Failure::Missing)
}

fn refusal(app: &App, acting: &Acting<Registrar>, wanted: String, id: CollegeId) -> Refusal {
    let chrome = app.chrome(acting.person(), "没有办理").under(STRUCTURE, "院系专业班级");
    Refusal { chrome, wanted, back: id.merge_path() }
}

async fn merge(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<CollegeId>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Failure> {
    let into = form.into.parse::<CollegeId>().ok().filter(|into| *into != id).ok_or(Failure::Malformed)?;
    let now = app.clock.now();
    let is_done = app
        .write_as(acting.person().authority(), async |db| {
            let institution = store::lock(db, acting.institution()).await?;
            let colleges = store::colleges(db, *institution).await?;
            let (from_name, into_name) = (named(&colleges, id)?, named(&colleges, into)?);
            let merger = merging_store::merger(db, *institution, id, into).await?;
            if let Some(obstacle) = merger.obstacles.first() {
                let refused = refusal(&app, &acting, format!("把“{from_name}”并入“{into_name}”"), id);
                return Err(refused.for_reason(obstacle, "有自己历史的院系不能合并；名称写错的可以更名"));
            }
            if merger.seen() != form.seen {
                return Ok(false);
            }
            merging_store::merge(db, &institution, &acting, id, into, now).await?;
            let entry = Entry::new(Verb::CollegeMerged, from_name)
                .detail("并入", into_name)
                .detail("专业", merger.majors)
                .detail("班级", merger.classes)
                .detail("学生", merger.students)
                .detail("职务", merger.offices);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(true)
        })
        .await?;
    if is_done {
        return Ok(Redirect::to(&structure_after(Some(into), Done::Merged)).into_response());
    }
    let page = page(&app, &acting, id, Some(into), true).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

async fn remove(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<CollegeId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let institution = store::lock(db, acting.institution()).await?;
        let colleges = store::colleges(db, *institution).await?;
        let name = named(&colleges, id)?;
        let own = merging_store::merger(db, *institution, id, id).await?;
        if !own.is_empty() {
            let refused = refusal(&app, &acting, format!("删除“{name}”"), id);
            let why = own.obstacles.first().map_or("它还有专业或任职人员", String::as_str);
            return Err(refused.for_reason(why, "先并入别的院系，或者更名"));
        }
        merging_store::remove(db, &institution, &acting, id).await?;
        audit::append(db, acting.person(), Entry::new(Verb::CollegeRemoved, name), now).await
    })
    .await?;
    Ok(Redirect::to(&structure_after(None, Done::Removed)))
}
