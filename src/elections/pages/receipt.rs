//! 查回执: whether a receipt was counted; and the files by which anybody may check a result.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use sqlx::PgConnection;

use super::{
    json_file, result,
    vote::{VoterView, own_view, status_page},
};
use crate::{
    auth::person::SignedIn,
    elections::{Elections, ballot::RECEIPT, forms::CodeForm, store},
    failure::Failure,
    ids::SittingId,
    page::chrome::Chrome,
    web::forms::{Errors, Submitted},
};

/// A receipt that was looked for.
struct LookedUp {
    status: StatusCode,
    submitted: Submitted<CodeForm>,
    /// It was counted; none where it cannot be told yet.
    found: Option<bool>,
}

async fn looked_up(
    db: &mut PgConnection,
    sitting: SittingId,
    form: CodeForm,
    counted: bool,
) -> Result<LookedUp, Failure> {
    let code = form.letters();
    if code.len() != RECEIPT {
        let says = "回执码是 16 位字母和数字，请照投票完成时的页面填写";
        let submitted = Submitted::with_fault(form, "code", says);
        return Ok(LookedUp { status: StatusCode::UNPROCESSABLE_ENTITY, submitted, found: None });
    }
    let found = if counted { Some(store::is_counted(db, sitting, &code).await?) } else { None };
    Ok(LookedUp { status: StatusCode::OK, submitted: Submitted::new(form, Errors::default()), found })
}

pub(super) async fn receipt(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Failure> {
    let VoterView::Status(voter) = own_view(&app, &person, id).await? else {
        return Ok(Redirect::to(&id.vote_path()).into_response());
    };
    let counted = voter.sitting.counted_at().is_some();
    let LookedUp { status, submitted, found } = looked_up(&mut *app.read().await?, id, form, counted).await?;
    Ok((status, status_page(&app, &person, *voter, submitted, found, "").await?).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/receipt.html")]
pub(super) struct ReceiptPage {
    chrome: Chrome,
    /// Told to whoever has a receipt that was counted alone: the address says nothing of who asks.
    title: Option<String>,
    counted: bool,
    check: CodeForm,
    errors: Errors,
    found: Option<bool>,
}

/// Whether a receipt was counted says nothing of anybody: it is answered without signing in, for those who voted by a slip.
pub(super) async fn ask(State(app): State<Elections>, Path(id): Path<SittingId>) -> Result<ReceiptPage, Failure> {
    let (_, counted) = store::countedness(&mut *app.read().await?, id).await?.ok_or(Failure::Missing)?;
    let (check, errors) = (CodeForm::default(), Errors::default());
    Ok(ReceiptPage { chrome: Chrome::bare("查回执"), title: None, counted, check, errors, found: None })
}

pub(super) async fn look_up(
    State(app): State<Elections>,
    Path(id): Path<SittingId>,
    Form(form): Form<CodeForm>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let (title, counted) = store::countedness(&mut db, id).await?.ok_or(Failure::Missing)?;
    let LookedUp { status, submitted, found } = looked_up(&mut db, id, form, counted).await?;
    let Submitted { form: check, errors } = submitted;
    let title = Some(title).filter(|_| found == Some(true));
    let page = ReceiptPage { chrome: Chrome::bare("查回执"), title, counted, check, errors, found };
    Ok((status, page).into_response())
}

/// The public record of a sitting that was reported, as a file.
pub(super) async fn record(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let (record, _) = store::record(&mut db, sitting.id).await?;
    Ok(json_file("record.json", record.ok_or(Failure::Missing)?))
}

/// The full ballots, where the committee has published them.
pub(super) async fn ballots(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    if sitting.ballots_published_at().is_none() {
        return Err(Failure::Missing);
    }
    Ok(json_file("ballots.json", result::ballots_file(&mut db, &sitting).await?))
}
