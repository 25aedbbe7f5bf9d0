//! The papers of a result, printed and for Word, with what the office adds to them, and the scans of its steps.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{plan_on, result_of};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        pages::{frame, kept, visible},
        papers::{forms::PaperForm, store as additions},
        result::{
            papers::paper,
            paths::Done,
            result::{ResultPaper, ScanOf},
            store,
        },
        store as core,
    },
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    papers::{self, Paper},
    rules::congress_result::announcing,
    web::forms::{Done as After, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/result/paper.html")]
pub(super) struct ResultPaperPage {
    chrome: Chrome,
    congress: Congress,
    which: ResultPaper,
    paper: Paper,
    /// 发文字号 and 成文日期, for the office that adds them.
    form: Option<PaperForm>,
    errors: Errors,
    done: &'static str,
}

impl ResultPaperPage {
    fn action(&self) -> String {
        self.congress.id.result_paper_path(self.which.slug())
    }
}

/// A paper of a result, with what the office has added to it.
struct Found {
    congress: Congress,
    which: ResultPaper,
    paper: Paper,
    /// None where nothing is added to such a paper.
    form: Option<PaperForm>,
}

async fn found(app: &App, acting: &Acting<CongressReader>, id: CongressId, slug: &str) -> Result<Found, Failure> {
    let which: ResultPaper = slug.parse().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let congress = visible(&mut db, acting, id).await?;
    let result = result_of(&mut db, &congress).await?;
    let plan = plan_on(&mut db, congress.institution, app.clock.today()).await?;
    let paper = paper(&congress, &result, which, plan.as_ref().map_or("公布", announcing));
    let Some(added_as) = which.added_as() else {
        return Ok(Found { congress, which, paper, form: None });
    };
    let addition = additions::addition(&mut db, id, added_as).await?;
    let paper = paper.number(addition.number.clone()).dated(addition.dated_on);
    Ok(Found { congress, which, paper, form: Some(addition.into()) })
}

async fn page(
    app: &App,
    acting: &Acting<CongressReader>,
    id: CongressId,
    slug: &str,
    typed: Option<Submitted<PaperForm>>,
    done: &'static str,
) -> Result<ResultPaperPage, Failure> {
    let Found { congress, which, paper, form } = found(app, acting, id, slug).await?;
    let chrome = frame(app, acting.person(), &congress, which.label()).under(&id.result_path(), "选举结果");
    let form = form.filter(|_| congress.is_kept_by(acting.office()));
    let (form, errors) = match typed {
        Some(Submitted { form, errors }) => (Some(form), errors),
        None => (form, Errors::default()),
    };
    Ok(ResultPaperPage { chrome, congress, which, paper, form, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Query(After { done }): Query<After>,
) -> Result<ResultPaperPage, Failure> {
    page(&app, &acting, id, &slug, None, Done::said(&done)).await
}

pub(super) async fn keep(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    reader: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
    Form(form): Form<PaperForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let which: ResultPaper = slug.parse().map_err(|_| Failure::Missing)?;
    let added_as = which.added_as().ok_or(Failure::Missing)?;
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    result_of(&mut *app.read().await?, &congress).await?;
    let Some(addition) = form.read(&mut errors) else {
        let page = page(&app, &reader, id, &slug, Some(Submitted::new(form, errors)), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        additions::keep(db, &locked, added_as, &addition).await?;
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "填写公文")
            .detail("公文", which.label())
            .detail("发文字号", addition.number.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::PaperKept.at(&id.result_paper_path(which.slug()))).into_response())
}

pub(super) async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path((id, slug)): Path<(CongressId, String)>,
) -> Result<Response, Failure> {
    papers::download(&app, found(&app, &acting, id, &slug).await?.paper).await
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
