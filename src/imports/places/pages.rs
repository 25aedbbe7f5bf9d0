//! The page on which the parts are decided that a list of students names and that do not exist.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Meaning, UnknownPlace,
    store::{self, SHOWN},
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    directory,
    failure::Failure,
    ids::ImportId,
    imports::{
        Verb,
        import::{Import, Kind},
        paths::IMPORTS,
        progress::Imports,
        store as imports_store,
    },
    office::Registrar,
    page::chrome::Chrome,
    web::{forms::Errors, routes::Routes},
};

#[must_use]
pub fn routes() -> Routes<Imports> {
    Routes::default().get("/imports/{import}/places", show).post("/imports/{import}/places", decide)
}

/// What was chosen of each part, by the name of its field.
type Choices = BTreeMap<String, String>;

#[derive(Template, WebTemplate)]
#[template(path = "imports/places.html")]
struct PlacesPage {
    chrome: Chrome,
    import: Import,
    places: Vec<UnknownPlace>,
    /// Parts that are not shown.
    others: usize,
    choices: Choices,
    errors: Errors,
}

impl PlacesPage {
    fn is_chosen(&self, place: &UnknownPlace, value: &str) -> bool {
        match self.choices.get(&place.field()) {
            Some(chosen) => chosen == value,
            None => value == "new" && !place.is_open(),
        }
    }
}

/// A list of students of the university that waits to be committed.
async fn previewed(app: &App, acting: &Acting<Registrar>, id: ImportId) -> Result<Import, Failure> {
    let found = imports_store::list(&mut *app.read().await?, acting.institution(), Some(id)).await?;
    let import = found.into_iter().next().ok_or(Failure::Missing)?;
    if import.kind == Kind::Students && import.is_previewed() { Ok(import) } else { Err(Failure::Missing) }
}

/// The parts of a file that are shown, and how many there are more.
async fn shown(
    connection: &mut PgConnection,
    acting: &Acting<Registrar>,
    id: ImportId,
    now: OffsetDateTime,
) -> Result<(Vec<UnknownPlace>, usize), Failure> {
    let mut places = store::unknown(connection, id, acting.institution(), now).await?;
    places.sort_by_key(|place| !place.is_open());
    let others = places.len().saturating_sub(SHOWN);
    places.truncate(SHOWN);
    Ok((places, others))
}

async fn page(
    app: &App,
    acting: &Acting<Registrar>,
    import: Import,
    choices: Choices,
    errors: Errors,
) -> Result<PlacesPage, Failure> {
    let (places, others) = shown(&mut *app.read().await?, acting, import.id, app.clock.now()).await?;
    let chrome = app.chrome(acting.person(), "核对院系、专业、班级").under(IMPORTS, "导入数据");
    let chrome = chrome.under(&import.id.path(), import.kind_label());
    Ok(PlacesPage { chrome, import, places, others, choices, errors })
}

async fn show(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
) -> Result<PlacesPage, Failure> {
    let import = previewed(&app, &acting, id).await?;
    page(&app, &acting, import, Choices::new(), Errors::default()).await
}

async fn decide(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
    Form(choices): Form<Choices>,
) -> Result<Response, Failure> {
    let (import, now) = (previewed(&app, &acting, id).await?, app.clock.now());
    let unanswered = app
        .write_as(acting.person().authority(), async |db| {
            let institution = directory::store::lock(db, acting.institution()).await?;
            let import = imports_store::lock(db, &institution, id).await?;
            if !import.is_previewed() {
                return Err(Failure::Missing);
            }
            let (places, _) = shown(db, &acting, id, now).await?;
            let answer = |place: &UnknownPlace| choices.get(&place.field()).map_or("", String::as_str).to_owned();
            let unanswered = places.iter().filter(|place| Meaning::read(&answer(place), place).is_none()).count();
            if unanswered > 0 {
                return Ok(unanswered);
            }
            let mut entry = Entry::new(Verb::PlacesMatched, import.kind_label()).detail("编号", id.to_string());
            let (mut new, mut known, mut left) = (0, Vec::new(), Vec::new());
            for place in &places {
                let answer = answer(place);
                let Some(meaning) = Meaning::read(&answer, place) else { continue };
                store::decide(db, &import, place, &meaning).await?;
                let named = format!("{}{}", place.part.label(), place.path.join(" "));
                match meaning {
                    Meaning::New => new += 1,
                    Meaning::Known(it) => known.push(format!("{named} → {}（{} 行）", it.label, place.rows)),
                    Meaning::Leave => left.push(format!("{named}（{} 行）", place.rows)),
                }
            }
            entry = entry.detail("新建", new);
            if !known.is_empty() {
                entry = entry.detail("就是已有的", known);
            }
            if !left.is_empty() {
                entry = entry.detail("不导入", left);
            }
            imports_store::compare(db, &acting, id, import.kind, now).await?;
            audit::append(db, acting.person(), entry, now).await?;
            Ok(0)
        })
        .await?;
    if unanswered > 0 {
        let mut errors = Errors::default();
        errors.add("places", format!("还有 {unanswered} 处没有选择"));
        let page = page(&app, &acting, import, choices, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    // What exists now may have parts that do not: a major in a college that was spelt wrong.
    let open = store::open(&mut *app.read().await?, id, acting.institution(), now).await?;
    let next = if open > 0 { id.places_path() } else { id.path() };
    Ok(Redirect::to(&next).into_response())
}
