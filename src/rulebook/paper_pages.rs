//! The document of a plan comes in, is taken away, and is handed out to everybody who reads the rule book.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    pages::plan_page,
    papers::{self, MOST, Paper, saved_name},
    paths::{Done, version_after},
    store::{self, lock_plans},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{PlanDocumentId, PlanVersionId},
    office::SchoolLeague,
    page::filters::query_value,
    web::forms::{Attempt, Errors, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/rulebook/documents/{document}", download)
        .upload("/plans/{version}/documents", add)
        .post("/plans/{version}/documents/{document}/remove", take_away)
}

async fn add(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanVersionId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let bytes = upload.file.as_deref().unwrap_or_default();
    let paper = match Paper::read(&upload.file_name, bytes) {
        Ok(paper) => paper,
        Err(says) => {
            errors.add("file", says);
            let page = plan_page(&app, &acting, id, errors, "").await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let plans = lock_plans(db, acting.institution()).await?;
            let found = store::version(db, acting.institution(), id).await?;
            let (_, plan, _) = found.ok_or(Failure::Missing)?;
            if papers::papers(db, acting.institution(), id).await?.len() >= MOST {
                return Ok(Attempt::fault("file", format!("一版方案最多存 {MOST} 份原件")));
            }
            if papers::keep(db, &plans, acting.person(), id, &paper, bytes, now).await? {
                let entry = Entry::new(Verb::PlanDocumentKept, plan.short.clone())
                    .detail("办理", "存入")
                    .detail("文件", paper.name.clone());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(Attempt::Done(()))
        })
        .await?;
    if attempt.done_or(&mut errors).is_none() {
        let page = plan_page(&app, &acting, id, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&version_after(id, Done::PaperKept)).into_response())
}

async fn take_away(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(PaperPath { version, document }): Path<PaperPath>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let plans = lock_plans(db, acting.institution()).await?;
        let found = store::version(db, acting.institution(), version).await?;
        let (_, plan, _) = found.ok_or(Failure::Missing)?;
        let name = papers::remove(db, &plans, version, document).await?.ok_or(Failure::Missing)?;
        let entry = Entry::new(Verb::PlanDocumentKept, plan.short.clone()).detail("办理", "删除").detail("文件", name);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&version_after(version, Done::PaperRemoved)))
}

/// A version and a document beside it.
#[derive(Deserialize)]
struct PaperPath {
    version: PlanVersionId,
    document: PlanDocumentId,
}

/// The document as a file to save: whoever reads the rule book reads it.
async fn download(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<PlanDocumentId>,
) -> Result<Response, Failure> {
    let found = papers::kept(&mut *app.read().await?, person.institution, id).await?;
    let paper = found.ok_or(Failure::Missing)?;
    let name = query_value(&saved_name(&paper.name, &paper.media));
    let headers = [
        (header::CONTENT_TYPE, paper.media),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"plan\"; filename*=UTF-8''{name}")),
    ];
    Ok((headers, paper.bytes).into_response())
}
