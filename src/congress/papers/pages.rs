//! The pages 公文: which papers there are, and one paper with what the office adds to it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{forms::PaperForm, kinds::PaperKind, store};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        pages::{frame, kept, visible},
        paths::Done,
        store as core,
    },
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    papers::{self, Paper},
    web::forms::{Done as After, Errors, Submitted, as_query},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/{congress}/papers", list)
        .get("/congresses/{congress}/papers/{paper}", show)
        .post("/congresses/{congress}/papers/{paper}", keep)
        .get("/congresses/{congress}/papers/{paper}/word", word)
}

/// A paper in the list.
struct PaperLink {
    href: String,
    label: &'static str,
    /// 发文字号; empty where it has none.
    number: String,
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
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    let mut additions = store::additions(&mut db, id).await?;
    let mut link = |kind: &PaperKind| PaperLink {
        href: id.paper_path(kind.slug()),
        label: kind.label(),
        number: additions.remove(kind.slug()).map(|one| one.number).unwrap_or_default(),
    };
    let links = PaperKind::ALL.iter().filter(|kind| kind.is_of(&congress)).map(&mut link).collect();
    Ok(PapersPage { chrome: frame(&app, acting.person(), &congress, "公文"), links })
}

/// A paper and what it is made from.
struct Found {
    congress: Congress,
    kind: PaperKind,
    paper: Paper,
    /// As it came, or as it was kept where nothing came.
    form: PaperForm,
}

async fn paper_of(
    app: &App,
    acting: &Acting<CongressReader>,
    id: CongressId,
    slug: &str,
    form: PaperForm,
) -> Result<Found, Failure> {
    let kind: PaperKind = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let congress = visible(&mut db, acting, id).await?;
    if !kind.is_of(&congress) {
        return Err(Failure::Missing);
    }
    let form =
        if form == PaperForm::default() { store::addition(&mut db, id, kind.slug()).await?.into() } else { form };
    let facts = super::facts(&mut db, congress).await?;
    let paper = kind.paper(&facts, &form);
    Ok(Found { congress: facts.congress, kind, paper, form })
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    form: PaperForm,
    errors: Errors,
    /// Where it is shown with what is typed, and where that is kept.
    action: String,
    word: String,
    /// The office may keep what it types.
    keeps: bool,
    /// The seats in it are not approved yet.
    is_draft: bool,
    done: &'static str,
}

async fn page(
    app: &App,
    acting: &Acting<CongressReader>,
    id: CongressId,
    slug: &str,
    submitted: Submitted<PaperForm>,
    done: &'static str,
) -> Result<PaperPage, Failure> {
    let Submitted { form, errors } = submitted;
    let Found { congress, kind, paper, form } = paper_of(app, acting, id, slug, form).await?;
    Ok(PaperPage {
        chrome: frame(app, acting.person(), &congress, kind.label()).under(&id.papers_path(), "公文"),
        word: id.word_path(kind.slug(), &as_query(&form)?),
        action: id.paper_path(kind.slug()),
        keeps: congress.is_kept_by(acting.office()),
        is_draft: congress.seats.is_some() && !congress.has_approved_seats(),
        paper,
        form,
        errors,
        done,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Query(form): Query<PaperForm>,
    Query(After { done }): Query<After>,
) -> Result<PaperPage, Failure> {
    page(&app, &acting, id, &slug, Submitted::new(form, Errors::default()), Done::said(&done)).await
}

async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Query(form): Query<PaperForm>,
) -> Result<Response, Failure> {
    papers::download(&app, paper_of(&app, &acting, id, &slug, form).await?.paper).await
}

async fn keep(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    reader: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Form(form): Form<PaperForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let kind: PaperKind = slug.parse().map_err(|_| Failure::Missing)?;
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    if !kind.is_of(&congress) {
        return Err(Failure::Missing);
    }
    let Some(addition) = form.read(&mut errors) else {
        let page = page(&app, &reader, id, &slug, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        store::keep(db, &locked, kind.slug(), &addition).await?;
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "填写公文")
            .detail("公文", kind.label())
            .detail("发文字号", addition.number.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::PaperKept.at(&id.paper_path(kind.slug()))).into_response())
}
