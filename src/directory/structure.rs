//! The page 院系专业班级: colleges, majors and classes, and the correction of a name.

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
    SchoolStaff, Verb,
    paths::{Done, structure_after},
    store::{self, ClassRow, CollegeRow, Part},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::CollegeId,
    office::{Office, Registrar},
    page::chrome::Chrome,
    rules::roster::level_label,
    web::forms::{Errors, Submitted, written},
};

/// The routes of the structure.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/structure", list).post("/structure/{part}/{id}", rename)
}

#[derive(Deserialize)]
struct StructureQuery {
    #[serde(default)]
    college: String,
    #[serde(default)]
    done: String,
}

/// A name as typed, and the part of the university it is for.
#[derive(Debug, Default)]
struct TypedName {
    /// The part's id; empty where nothing was typed.
    part: String,
    name: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/structure.html")]
struct StructurePage {
    chrome: Chrome,
    colleges: Vec<CollegeRow>,
    chosen: Option<CollegeRow>,
    lines: Vec<ClassRow>,
    may_keep: bool,
    /// The name that could not be given.
    typed: TypedName,
    errors: Errors,
    done: &'static str,
}

impl StructurePage {
    /// A line begins a new major.
    fn begins(&self, place: usize) -> bool {
        let major = |place: usize| self.lines.get(place).map(|line| line.major_id);
        place == 0 || major(place) != major(place - 1)
    }

    /// The line holds the field of the name that could not be taken.
    fn was_typed(&self, line: &ClassRow, place: usize) -> bool {
        let is = |id: String| id == self.typed.part;
        line.class_id.is_some_and(|id| is(id.to_string())) || (self.begins(place) && is(line.major_id.to_string()))
    }

    fn level(line: &ClassRow) -> &'static str {
        level_label(&line.level)
    }

    /// The value of the field for a part's name.
    fn value<'a>(&'a self, id: &impl ToString, name: &'a str) -> &'a str {
        if self.typed.part == id.to_string() { &self.typed.name } else { name }
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    college: Option<CollegeId>,
    submitted: Submitted<TypedName>,
    done: &'static str,
) -> Result<StructurePage, Failure> {
    let mut db = app.read().await?;
    let colleges = store::colleges(&mut db, person.institution).await?;
    let chosen = college.and_then(|id| colleges.iter().find(|row| row.id == id)).or(colleges.first()).cloned();
    let lines = match &chosen {
        Some(college) => store::class_rows(&mut db, person.institution, college.id, app.clock.today()).await?,
        None => Vec::new(),
    };
    let kind = person.acting.as_ref().map(|office| office.kind);
    let may_keep = kind.is_some_and(|kind| Registrar::KINDS.contains(&kind));
    let Submitted { form: typed, errors } = submitted;
    Ok(StructurePage {
        chrome: app.chrome(person, "院系专业班级"),
        colleges,
        chosen,
        lines,
        may_keep,
        typed,
        errors,
        done,
    })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(StructureQuery { college, done }): Query<StructureQuery>,
) -> Result<StructurePage, Failure> {
    let done = done.parse().map_or("", Done::label);
    page(&app, acting.person(), college.parse().ok(), Submitted::default(), done).await
}

#[derive(Deserialize)]
struct RenameForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    college: String,
}

async fn rename(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path((part, id)): Path<(String, uuid::Uuid)>,
    Form(form): Form<RenameForm>,
) -> Result<Response, Failure> {
    let part: Part = part.parse().map_err(|_| Failure::Missing)?;
    let mut errors = Errors::default();
    let name = written(&form.name, 60, "name", "请填写名称", &mut errors);
    if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
        errors.add("name", "至少两个字");
    }
    let college = form.college.parse::<CollegeId>().ok();
    if let Some(name) = name.filter(|_| errors.is_empty()) {
        let now = app.clock.now();
        let was = app
            .write_as(acting.person().authority(), async |db| {
                let was = store::rename(db, &acting, part, id, &name).await?;
                if let Some(was) = &was {
                    if part == Part::College {
                        store::place_colleges(db, acting.institution()).await?;
                    }
                    let entry = Entry::new(Verb::Renamed, name.clone()).detail("原名", was.clone());
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok(was)
            })
            .await?;
        if was.is_some() {
            return Ok(Redirect::to(&structure_after(college, Done::Renamed)).into_response());
        }
        errors.add("name", "同一处已有这个名称");
    }
    let typed = TypedName { part: id.to_string(), name: form.name };
    let page = page(&app, acting.person(), college, Submitted::new(typed, errors), "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
