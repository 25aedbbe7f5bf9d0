//! The pages 公文: which papers there are, and one paper with what the office adds to it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use axum_extra::extract::Query;

use super::{forms::PaperForm, kinds::PaperKind};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    congress::{
        congress::Congress,
        pages::{frame, visible},
    },
    failure::Failure,
    ids::CongressId,
    office::CongressReader,
    page::chrome::Chrome,
    papers::{self, Paper},
    web::forms::as_query,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/{congress}/papers", list)
        .get("/congresses/{congress}/papers/{paper}", show)
        .get("/congresses/{congress}/papers/{paper}/word", word)
}

/// A paper in the list.
struct PaperLink {
    href: String,
    label: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/papers.html")]
struct PapersPage {
    chrome: Chrome,
    links: Vec<PaperLink>,
}

async fn list(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<PapersPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    let link = |kind: &PaperKind| PaperLink { href: id.paper_path(kind.slug()), label: kind.label() };
    let links = PaperKind::ALL.iter().map(link).collect();
    Ok(PapersPage { chrome: frame(&app, acting.person(), &congress, "公文"), links })
}

/// A paper and the congress that it is of.
async fn paper_of(
    app: &App,
    acting: &Acting<CongressReader>,
    id: CongressId,
    slug: &str,
    form: &PaperForm,
) -> Result<(Congress, PaperKind, Paper), Failure> {
    let kind: PaperKind = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let congress = visible(&mut db, acting, id).await?;
    let facts = super::facts(&mut db, congress).await?;
    let paper = kind.paper(&facts, form);
    Ok((facts.congress, kind, paper))
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    form: PaperForm,
    /// Where it is shown with what is typed.
    action: String,
    word: String,
    /// The seats in it are not approved yet.
    is_draft: bool,
}

async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Query(form): Query<PaperForm>,
) -> Result<PaperPage, Failure> {
    let (congress, kind, paper) = paper_of(&app, &acting, id, &slug, &form).await?;
    let chrome = frame(&app, acting.person(), &congress, kind.label()).under(&id.papers_path(), "公文");
    let word = id.word_path(kind.slug(), &as_query(&form)?);
    let is_draft = congress.seats.is_some() && !congress.has_approved_seats();
    Ok(PaperPage { chrome, paper, form, action: id.paper_path(kind.slug()), word, is_draft })
}

async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Query(form): Query<PaperForm>,
) -> Result<Response, Failure> {
    let (_, _, paper) = paper_of(&app, &acting, id, &slug, &form).await?;
    papers::download(&app, paper).await
}
