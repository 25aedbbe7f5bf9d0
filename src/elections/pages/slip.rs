//! 凭票码投票: whoever holds a slip votes without an account, by the pages of a ballot at other addresses.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use time::{Duration, OffsetDateTime};

use super::{
    again,
    vote::{OwnBallot, VoterView, VotingChannel, cast_by, view},
};
use crate::{
    auth::token::hash_of,
    elections::{
        Elections,
        forms::{CodeForm, Fields},
        paths,
        store::{self, Credential},
    },
    failure::Failure,
    ids::SittingId,
    page::{chrome::Chrome, filters::minute_of},
    web::{
        cookies::Cookie,
        forms::{Errors, Submitted},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/slip.html")]
pub(super) struct SlipPage {
    chrome: Chrome,
    form: CodeForm,
    errors: Errors,
    says: String,
}

fn page(submitted: Submitted<CodeForm>, says: impl Into<String>) -> SlipPage {
    let Submitted { form, errors } = submitted;
    SlipPage { chrome: Chrome::bare("凭票码投票"), form, errors, says: says.into() }
}

/// Longer than anybody sits over a ballot, shorter than a day at one screen.
const COOKIE: Cookie = Cookie { name: "lunzhi-slip", lasts: Duration::hours(4) };

pub(super) async fn ask() -> SlipPage {
    page(Submitted::default(), "")
}

pub(super) async fn enter(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Result<Response, Failure> {
    let code = form.letters();
    if store::sitting_of_slip(&mut *app.read().await?, &hash_of(&code)).await?.is_none() {
        let says = "没有这个票码，请照票面重新输入；票已作废的，请到签到处";
        return Ok(again(page(Submitted::with_fault(form, "code", says), "")));
    }
    let cookie = COOKIE.write(&headers, &code)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(paths::SLIP_BALLOT)).into_response())
}

/// What the slip in the cookie opens.
struct SlipView {
    sitting: SittingId,
    credential: Credential,
    view: VoterView,
}

async fn slip_view(app: &Elections, headers: &HeaderMap) -> Result<Option<SlipView>, Failure> {
    let Some(code) = COOKIE.read(headers).filter(|code| code.len() <= 64) else { return Ok(None) };
    let hash = hash_of(code);
    let Some((sitting, institution)) = store::sitting_of_slip(&mut *app.read().await?, &hash).await? else {
        return Ok(None);
    };
    let credential = Credential::Slip(hash);
    let view = view(app, institution, sitting, &credential).await?;
    Ok(Some(SlipView { sitting, credential, view }))
}

fn channel(headers: &HeaderMap, title: &str) -> Result<VotingChannel, Failure> {
    Ok(VotingChannel {
        chrome: Chrome::bare(title),
        base: paths::SLIP_BALLOT.to_owned(),
        home: paths::SLIP,
        by_slip: true,
        once_cast: Some(COOKIE.clear(headers)?),
    })
}

fn refused(view: Option<&VoterView>, now: OffsetDateTime) -> Response {
    let says = match view {
        None => "票码不对或已作废，请照票面重新输入；票丢失或作废的，请到签到处重新领取。".to_owned(),
        Some(VoterView::Status(status)) if now < status.sitting.opens_at => {
            format!("投票 {} 开始，请在开始以后输入票码。", minute_of(status.sitting.opens_at))
        }
        Some(VoterView::Status(status)) if status.voter.is_none() => "这张票还没有在签到处登记，请先签到。".to_owned(),
        Some(VoterView::Status(status)) if !status.sitting.takes_votes(now) => "现在不在投票时间内。".to_owned(),
        Some(VoterView::Status(_) | VoterView::Ballot(_)) => {
            "这张票的持有人已经投票，或已领取纸质选票，不能再投。".to_owned()
        }
    };
    (StatusCode::CONFLICT, page(Submitted::default(), says)).into_response()
}

/// A page of the ballot of whoever holds the slip in the cookie, if they may vote now.
async fn for_slip(
    app: &Elections,
    headers: &HeaderMap,
    page: impl FnOnce(OwnBallot, VotingChannel) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    match slip_view(app, headers).await?.map(|slip| slip.view) {
        Some(VoterView::Ballot(own)) => {
            let channel = channel(headers, &own.ballot.sitting.title)?;
            page(*own, channel)
        }
        other => Ok(refused(other.as_ref(), app.clock.now())),
    }
}

pub(super) async fn ballot(State(app): State<Elections>, headers: HeaderMap) -> Result<Response, Failure> {
    for_slip(&app, &headers, |own, channel| Ok(own.fresh(channel))).await
}

pub(super) async fn check(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    for_slip(&app, &headers, |own, channel| own.checked(channel, &fields)).await
}

pub(super) async fn edit(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    for_slip(&app, &headers, |own, channel| own.edited(channel, &fields)).await
}

pub(super) async fn cast(
    State(app): State<Elections>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    match slip_view(&app, &headers).await? {
        Some(SlipView { sitting, credential, view: VoterView::Ballot(own) }) => {
            let channel = channel(&headers, &own.ballot.sitting.title)?;
            cast_by(&app, channel, sitting, credential, &fields).await
        }
        other => Ok(refused(other.map(|slip| slip.view).as_ref(), app.clock.now())),
    }
}
