//! The document of a plan comes in, is taken away, and is handed out to everybody who reads the rule book; one that another
//! took the place of, to the School Youth League committee alone.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Verb,
    pages::{PaperForm, plan_page},
    papers::{self, MOST, MOST_KEPT, Paper, PaperRow, UNNAMED},
    paths::{Done, PLANS, version_after},
    store::{self, lock_plans},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{PlanDocumentId, PlanVersionId},
    office::{Office, SchoolLeague},
    web::{
        self,
        forms::{Attempt, Errors, Submitted, Upload},
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
    let form: PaperForm = upload.form()?;
    let bytes = upload.file.clone().unwrap_or_default();
    let (name, read) = (upload.file_name.clone(), bytes.clone());
    let paper = match app.heavy(move || Paper::read(&name, &read)).await? {
        Ok(paper) => Some(paper),
        Err(says) => {
            errors.add("file", says);
            None
        }
    };
    let replaced = form.read(&mut errors);
    let Some(paper) = paper.filter(|_| errors.is_empty()) else {
        let page = plan_page(&app, &acting, id, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    let refusal = Refusal {
        chrome: app.chrome(acting.person(), "存入原件").under(PLANS, "实施方案"),
        wanted: "代替方案原件".to_owned(),
        back: format!("{PLANS}/{id}"),
    };
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let plans = lock_plans(db, acting.institution()).await?;
            let found = store::version(db, acting.institution(), id).await?;
            let (_, plan, _) = found.ok_or(Failure::Missing)?;
            let standing = papers::papers(db, acting.institution(), id).await?;
            if replaced.is_none() && standing.iter().filter(|paper| paper.stands()).count() >= MOST {
                return Ok(Attempt::fault("file", format!("一版方案最多存 {MOST} 份原件")));
            }
            if standing.len() >= MOST_KEPT {
                let says = format!("这一版的原件连同被代替的已有 {MOST_KEPT} 份，不能再存");
                return Ok(Attempt::fault("file", says));
            }
            let is_new = papers::keep(db, &plans, acting.person(), id, &paper, &bytes, now).await?;
            if let Some(wrong) = &replaced {
                // The file and the place it takes go in together, or neither does.
                let stands = |paper: &PaperRow| paper.id == wrong.document && paper.stands();
                if !is_new || !standing.iter().any(stands) {
                    return Err(refusal
                        .for_reason("这份文件已经存过，或者要代替的一份已经被代替", "请刷新页面，核对现在存着的原件"));
                }
                papers::replace(db, &plans, acting.person(), id, wrong, now).await?;
            }
            if is_new {
                let how = if replaced.is_some() { "代替原来的一份" } else { "存入" };
                let mut entry = Entry::new(Verb::PlanDocumentKept, plan.short.clone())
                    .detail("办理", how)
                    // Not its name: a file may be called by somebody's.
                    .detail("文件摘要", hex::encode(&paper.sha256));
                if let Some(wrong) = &replaced {
                    entry = entry.detail("理由", wrong.why.clone());
                }
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(Attempt::Done(()))
        })
        .await?;
    if attempt.done_or(&mut errors).is_none() {
        let page = plan_page(&app, &acting, id, Submitted::new(form, errors), "").await?;
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
            return Err(refusal.for_reason(why, "存错了的，存入正确的一份来代替它，并写明理由；原来的一份留有记录"));
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
    // The wrong one was perhaps no plan at all: whoever keeps the plans has it on record, and nobody else.
    let keeps = person.acting.as_ref().is_some_and(|office| SchoolLeague::KINDS.contains(&office.kind));
    let paper = found.filter(|paper| paper.stands || keeps).ok_or(Failure::Missing)?;
    let name = media::saved_name(&paper.name, &paper.media, UNNAMED);
    Ok(web::file(&paper.media, &name, "plan", paper.bytes))
}
