//! The papers of a result, printed and for Word, and the scans of its steps.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{plan_on, result_of};
use crate::{
    app::App,
    auth::acting::Acting,
    congress::{
        congress::Congress,
        pages::{frame, visible},
        result::{
            papers::paper,
            result::{ResultPaper, ScanOf},
            store,
        },
    },
    failure::Failure,
    ids::CongressId,
    office::CongressReader,
    page::chrome::Chrome,
    papers::{self, Paper},
    rules::congress_result::announcing,
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/result/paper.html")]
pub(super) struct ResultPaperPage {
    chrome: Chrome,
    congress: Congress,
    which: ResultPaper,
    paper: Paper,
}

async fn found(
    app: &App,
    acting: &Acting<CongressReader>,
    id: CongressId,
    slug: &str,
) -> Result<(Congress, ResultPaper, Paper), Failure> {
    let which: ResultPaper = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let congress = visible(&mut db, acting, id).await?;
    let result = result_of(&mut db, &congress).await?;
    let plan = plan_on(&mut db, congress.institution, app.clock.today()).await?;
    let paper = paper(&congress, &result, which, plan.as_ref().map_or("公布", announcing));
    Ok((congress, which, paper))
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
) -> Result<ResultPaperPage, Failure> {
    let (congress, which, paper) = found(&app, &acting, id, &slug).await?;
    let chrome = frame(&app, acting.person(), &congress, which.label()).under(&id.result_path(), "选举结果");
    Ok(ResultPaperPage { chrome, congress, which, paper })
}

pub(super) async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
) -> Result<Response, Failure> {
    let (_, _, paper) = found(&app, &acting, id, &slug).await?;
    papers::download(&app, paper).await
}

/// The scan of what a step rests on, as a file to save.
pub(super) async fn scan(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
) -> Result<Response, Failure> {
    let of: ScanOf = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let congress = visible(&mut db, &acting, id).await?;
    Ok(store::scan(&mut db, &congress, of).await?.ok_or(Failure::Missing)?.into_download())
}
