//! 凭票码投票: whoever holds a slip votes without an account, by the pages of a ballot at other addresses.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::vote::{Booth, Door, Own, ReceiptForm, SLIP_COOKIE, again, checked, door, fresh, plain, plain_code, put_in};
use crate::{
    elections::Elections,
    elections::{
        forms::Fields,
        sitting::Stage,
        store::{self, Given},
    },
    failure::Failure,
    ids::SittingId,
    page::chrome::Chrome,
    web::forms::Errors,
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/slip.html")]
pub(super) struct SlipPage {
    chrome: Chrome,
    form: ReceiptForm,
    errors: Errors,
    says: &'static str,
}

fn slip_code(headers: &HeaderMap) -> Option<&str> {
    SLIP_COOKIE.read(headers).filter(|code| code.len() <= 64)
}

pub(super) async fn slip() -> SlipPage {
    SlipPage { chrome: plain("凭票码投票"), form: ReceiptForm::default(), errors: Errors::default(), says: "" }
}

pub(super) async fn typed(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(form): Form<ReceiptForm>,
) -> Result<Response, Failure> {
    let code = plain_code(&form.code);
    let hash = crate::auth::token::hash_of(&code);
    if store::sitting_of_slip(&mut *app.read().await?, &hash).await?.is_none() {
        let mut errors = Errors::default();
        errors.add("code", "没有这个票码，请照票面重新输入；票已作废的，请到签到处");
        let page = SlipPage { chrome: plain("凭票码投票"), form, errors, says: "" };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let cookie = SLIP_COOKIE.write(&headers, &code)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/slip/ballot")).into_response())
}

/// The slip in the cookie, with its sitting.
async fn slip_door(app: &Elections, headers: &HeaderMap) -> Result<Option<(SittingId, Given, Door)>, Failure> {
    let Some(code) = slip_code(headers) else { return Ok(None) };
    let hash = crate::auth::token::hash_of(code);
    let Some((sitting, institution)) = store::sitting_of_slip(&mut *app.read().await?, &hash).await? else {
        return Ok(None);
    };
    let given = Given::Slip(hash);
    let door = door(app, institution, sitting, &given).await?;
    Ok(Some((sitting, given, door)))
}

fn slip_booth(title: &str) -> Booth {
    Booth { chrome: plain(title), base: "/slip/ballot".to_owned(), by_slip: true }
}

fn slip_refused(door: Option<Door>) -> Response {
    let says = match door {
        None => "票码不对或已作废，请照票面重新输入；票丢失或作废的，请到签到处重新领取。",
        Some(Door::Standing(_, _, None)) => "这张票还没有在签到处登记，请先签到。",
        Some(Door::Standing(sitting, ..)) if sitting.stage != Stage::Open => "现在不在投票时间内。",
        Some(_) => "这张票的持有人已经投票，或已领取纸质选票，不能再投。",
    };
    let page =
        SlipPage { chrome: plain("凭票码投票"), form: ReceiptForm::default(), errors: Errors::default(), says };
    (StatusCode::CONFLICT, page).into_response()
}

/// What the holder of the slip in the cookie sees, if they may vote now.
async fn for_slip(
    app: &Elections,
    headers: &HeaderMap,
    page: impl FnOnce(Booth, Own) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    match slip_door(app, headers).await? {
        Some((_, _, Door::Ballot(ballot, contests, voter))) => {
            page(slip_booth(&ballot.sitting.title), (ballot, contests, voter))
        }
        other => Ok(slip_refused(other.map(|(_, _, door)| door))),
    }
}

pub(super) async fn slip_ballot(State(app): State<Elections>, headers: HeaderMap) -> Result<Response, Failure> {
    for_slip(&app, &headers, |booth, own| Ok(fresh(booth, own))).await
}

pub(super) async fn slip_check(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    for_slip(&app, &headers, |booth, own| checked(booth, own, &fields)).await
}

pub(super) async fn slip_edit(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    for_slip(&app, &headers, |booth, own| again(booth, own, &fields)).await
}

pub(super) async fn slip_cast(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    match slip_door(&app, &headers).await? {
        Some((id, given, Door::Ballot(ballot, ..))) => {
            put_in(&app, &headers, slip_booth(&ballot.sitting.title), id, given, &fields).await
        }
        other => Ok(slip_refused(other.map(|(_, _, door)| door))),
    }
}
