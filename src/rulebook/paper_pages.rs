//! The document of a plan comes in, is taken away, and is handed out to everybody who reads the rule book.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Verb,
    pages::plan_page,
    papers::{self, MOST, Paper, UNNAMED},
    paths::{Done, PLANS, version_after},
    store::{self, lock_plans},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{PlanDocumentId, PlanVersionId},
    office::SchoolLeague,
    page::filters::query_value,
    web::{
        forms::{Attempt, Errors, Upload},
        media,
    },
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
    let bytes = upload.file.clone().unwrap_or_default();
    let (name, read) = (upload.file_name.clone(), bytes.clone());
    let paper = match app.heavy(move || Paper::read(&name, &read)).await? {
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
            if papers::keep(db, &plans, acting.person(), id, &paper, &bytes, now).await? {
                let entry = Entry::new(Verb::PlanDocumentKept, plan.short.clone())
                    .detail("办理", "存入")
                    // Not its name: a file may be called by somebody's.
                    .detail("文件摘要", hex::encode(&paper.sha256));
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
        if papers::is_adopted(db, acting.institution(), version).await? {
            let chrome = app.chrome(acting.person(), "删除原件").under(PLANS, "实施方案");
            let refusal =
                Refusal { chrome, wanted: "删除方案原件".to_owned(), back: format!("{PLANS}/{version}") };
            let why = "这一版方案已经启用，引文要能与原件核对";
            return Err(refusal.for_reason(why, "存错了的，可以再存入正确的一份"));
        }
        let hash = papers::remove(db, &plans, version, document).await?.ok_or(Failure::Missing)?;
        let entry = Entry::new(Verb::PlanDocumentKept, plan.short.clone()).detail("办理", "删除");
        audit::append(db, acting.person(), entry.detail("文件摘要", hex::encode(hash)), now).await
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
    let name = query_value(&media::saved_name(&paper.name, &paper.media, UNNAMED));
    let headers = [
        (header::CONTENT_TYPE, paper.media),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"plan\"; filename*=UTF-8''{name}")),
    ];
    Ok((headers, paper.bytes).into_response())
}
