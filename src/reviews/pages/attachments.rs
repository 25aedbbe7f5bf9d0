//! Files that go with a report: added and taken away while it is written, read by the offices and the board once it is handed in.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{by_practice, own::own, refusal, scoring::scored, visible};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{AttachmentId, ReviewId},
    reviews::{ReviewReader, Reviews, Verb, paths::Done, store},
    rules::Rule,
    unions::documents::Scan,
    web::forms::{Errors, Upload},
};

/// Adds a file to the person's own report.
pub(super) async fn attach(
    State(app): State<Reviews>,
    person: SignedIn,
    Path(id): Path<ReviewId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let one = own(&app, &person, id).await?;
    let scan = match upload.file.take().map(|file| Scan::read(&upload.file_name, &file)) {
        None => {
            errors.add("file", "请选择文件");
            None
        }
        Some(Err(why)) => {
            errors.add("file", why);
            None
        }
        Some(Ok(scan)) => Some(scan),
    };
    let Some(scan) = scan else { return super::own::again(&app, &person, id, errors).await };
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::attach(db, &locked, one.person.place, &scan, now).await? {
            let refused = refusal(&app, &person, "添加附件", id.own_path());
            let why = format!("报告已经提交，或者附件已有 {} 个", store::MOST_ATTACHMENTS);
            return Err(by_practice(refused, Rule::Rev02, why, "先删除不需要的附件；已提交的，请办理评议的团组织退回"));
        }
        let entry = Entry::about(Verb::ReviewKept, one.person.student)
            .detail("办理", "添加附件")
            .detail("评议", locked.title());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Attached.at(&id.own_path())).into_response())
}

/// Takes a file away from the person's own report.
pub(super) async fn detach(
    State(app): State<Reviews>,
    person: SignedIn,
    Path((id, attachment)): Path<(ReviewId, AttachmentId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let one = own(&app, &person, id).await?;
    app.write_as(person.authority(), async |db| {
        let locked = store::lock(db, person.institution, id).await?;
        if !store::detach(db, &locked, one.person.place, attachment).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::ReviewKept, one.person.student)
            .detail("办理", "删除附件")
            .detail("评议", locked.title());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Detached.at(&id.own_path())))
}

async fn saved(app: &Reviews, review: ReviewId, person: i16, id: AttachmentId) -> Result<Response, Failure> {
    let scan = store::attachment(&mut *app.read().await?, review, person, id).await?;
    Ok(scan.ok_or(Failure::Missing)?.into_download())
}

/// For whoever wrote the report.
pub(super) async fn own_file(
    State(app): State<Reviews>,
    person: SignedIn,
    Path((id, attachment)): Path<(ReviewId, AttachmentId)>,
) -> Result<Response, Failure> {
    let one = own(&app, &person, id).await?;
    saved(&app, id, one.person.place, attachment).await
}

/// For the offices, once the report is handed in.
pub(super) async fn file(
    State(app): State<Reviews>,
    acting: Acting<ReviewReader>,
    Path((id, place, attachment)): Path<(ReviewId, i16, AttachmentId)>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    visible(&mut db, &acting, id).await?;
    let person = store::persons(&mut db, id, Some(place)).await?.pop();
    let handed = person.is_some_and(|person| person.is_handed() && acting.person().student != Some(person.student));
    drop(db);
    if handed { saved(&app, id, place, attachment).await } else { Err(Failure::Missing) }
}

/// For a board member who scores the person.
pub(super) async fn scored_file(
    State(app): State<Reviews>,
    person: SignedIn,
    Path((id, place, attachment)): Path<(ReviewId, i16, AttachmentId)>,
) -> Result<Response, Failure> {
    scored(&app, &person, id, place).await?;
    saved(&app, id, place, attachment).await
}
