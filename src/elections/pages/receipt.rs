//! 查回执: whether a receipt was counted; and the files that anybody may check a result by.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    result,
    vote::{Door, ReceiptForm, door, plain, plain_code, standing},
};
use crate::{
    auth::person::SignedIn,
    elections::Elections,
    elections::store::{self, Given},
    failure::Failure,
    ids::SittingId,
    page::chrome::Chrome,
    web::forms::Errors,
};

pub(super) async fn receipt(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<ReceiptForm>,
) -> Result<Response, Failure> {
    let given = Given::Session(person.session.clone());
    let Door::Standing(sitting, contests, voter) = door(&app, person.institution, id, &given).await? else {
        return Ok(Redirect::to(&format!("/votes/{id}")).into_response());
    };
    let mut errors = Errors::default();
    let code = plain_code(&form.code);
    if code.len() != crate::elections::ballot::RECEIPT {
        errors.add("code", NO_RECEIPT);
    }
    let found = if errors.is_empty() && sitting.counted_at.is_some() {
        Some(store::is_counted(&mut *app.read().await?, id, &code).await?)
    } else {
        None
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = standing(&app, &person, *sitting, (contests, voter), (form, errors, found, "")).await?;
    Ok((status, page).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/receipt.html")]
pub(super) struct ReceiptPage {
    chrome: Chrome,
    title: String,
    counted: bool,
    check: ReceiptForm,
    errors: Errors,
    found: Option<bool>,
}

/// Whether a receipt was counted says nothing of anybody: it is answered without signing in, for those who voted by a slip.
pub(super) async fn ask_receipt(
    State(app): State<Elections>,
    Path(id): Path<SittingId>,
) -> Result<ReceiptPage, Failure> {
    let (title, counted) = store::countedness(&mut *app.read().await?, id).await?.ok_or(Failure::Missing)?;
    let (check, errors) = (ReceiptForm::default(), Errors::default());
    Ok(ReceiptPage { chrome: plain("查回执"), title, counted, check, errors, found: None })
}

pub(super) async fn look_up(
    State(app): State<Elections>,
    Path(id): Path<SittingId>,
    Form(check): Form<ReceiptForm>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (title, counted) = store::countedness(&mut db, id).await?.ok_or(Failure::Missing)?;
    let mut errors = Errors::default();
    let code = plain_code(&check.code);
    if code.len() != crate::elections::ballot::RECEIPT {
        errors.add("code", NO_RECEIPT);
    }
    let found = if errors.is_empty() && counted { Some(store::is_counted(&mut db, id, &code).await?) } else { None };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, ReceiptPage { chrome: plain("查回执"), title, counted, check, errors, found }).into_response())
}

const NO_RECEIPT: &str = "回执码是 16 位字母和数字，请照投票完成时的页面填写";

/// The public record of a sitting that was reported, as a file.
pub(super) async fn record(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let (record, _) = store::record(&mut db, sitting.id).await?;
    Ok(super::json_file("record.json", record.ok_or(Failure::Missing)?))
}

/// The full ballots, where the committee has published them.
pub(super) async fn ballots(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    if sitting.ballots_published_at.is_none() {
        return Err(Failure::Missing);
    }
    Ok(super::json_file("ballots.json", result::ballots_file(&mut db, &sitting).await?))
}
