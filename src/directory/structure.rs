//! The page 院系专业班级: the university's parts as they stand, and the mending of a name.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::store::{self, ClassLine, CollegeRow, Part};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::CollegeId,
    office::{Office, Registrar, SchoolStaff},
    page::chrome::Chrome,
    rules::roster::level_label,
    web::forms::{Errors, written},
};

/// The routes of the structure.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/structure", list).post("/structure/{part}/{id}", rename)
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    college: String,
    #[serde(default)]
    done: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/structure.html")]
struct StructurePage {
    chrome: Chrome,
    colleges: Vec<CollegeRow>,
    chosen: Option<CollegeRow>,
    lines: Vec<ClassLine>,
    may_keep: bool,
    /// The part whose name could not be taken, as typed.
    typed: (String, String),
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
    fn was_typed(&self, line: &ClassLine, place: usize) -> bool {
        let is = |id: String| id == self.typed.0;
        line.class_id.is_some_and(|id| is(id.to_string())) || (self.begins(place) && is(line.major_id.to_string()))
    }

    fn level(line: &ClassLine) -> &'static str {
        level_label(&line.level)
    }

    /// What stands in the field of a part's name.
    fn value<'a>(&'a self, id: &impl ToString, name: &'a str) -> &'a str {
        if self.typed.0 == id.to_string() { &self.typed.1 } else { name }
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    college: Option<CollegeId>,
    typed: (String, String),
    errors: Errors,
    done: &'static str,
) -> Result<StructurePage, Failure> {
    let mut db = app.read().await?;
    let colleges = store::colleges(&mut db, person.institution).await?;
    let chosen = college.and_then(|id| colleges.iter().find(|row| row.id == id)).or(colleges.first()).cloned();
    let lines = match &chosen {
        Some(college) => store::class_lines(&mut db, person.institution, college.id, app.clock.today()).await?,
        None => Vec::new(),
    };
    let kind = person.acting.as_ref().map(|office| office.kind);
    let may_keep = kind.is_some_and(|kind| Registrar::KINDS.contains(&kind));
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
    Query(Asked { college, done }): Query<Asked>,
) -> Result<StructurePage, Failure> {
    let done = if done == "renamed" { "已更名；以前的记录里仍是原来的名称。" } else { "" };
    page(&app, acting.person(), college.parse().ok(), (String::new(), String::new()), Errors::default(), done).await
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
    let part = match part.as_str() {
        "college" => Part::College,
        "major" => Part::Major,
        "class" => Part::Class,
        _ => return Err(Failure::Missing),
    };
    let mut errors = Errors::default();
    let name = written(&form.name, 60, "name", "请填写名称", &mut errors);
    if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
        errors.add("name", "至少两个字");
    }
    let college = form.college.parse::<CollegeId>().ok();
    let typed = (id.to_string(), form.name);
    let (Some(name), true) = (name, errors.is_empty()) else {
        let page = page(&app, acting.person(), college, typed, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    let (acting, was) = app
        .write_as(acting.person().authority(), async move |db| {
            let was = store::rename(db, &acting, part, id, &name).await?;
            if let Some(was) = &was {
                let entry = Entry::new(Verb::Renamed, name).detail("原名", was.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok((acting, was))
        })
        .await?;
    if was.is_none() {
        errors.add("name", "同一处已有这个名称");
        let page = page(&app, acting.person(), college, typed, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let college = college.map(|id| id.to_string()).unwrap_or_default();
    Ok(Redirect::to(&format!("/structure?college={college}&done=renamed")).into_response())
}
