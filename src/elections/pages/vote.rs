//! 我的投票: the ballot, its confirmation, 已投票 with the receipt, and afterwards the result. Two pages and no script. Whoever
//! holds a slip votes by the same pages, at other addresses.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::OffsetDateTime;

use super::result::{self, Results};
use crate::{
    auth::{
        person::SignedIn,
        token::{Purpose, Token},
    },
    elections::Elections,
    elections::{
        ballot::{Votes, spaced},
        ballot_box::OpenBallot,
        forms::{Fields, VoteForm, read_votes},
        sitting::{Contest, Sitting, Stage},
        store::{self, Asked, CastAnswer, Given, Voter},
    },
    failure::Failure,
    ids::SittingId,
    page::{chrome::Chrome, filters},
    sealing::keys::Purpose as Sealed,
    web::{cookies::Cookie, forms::Errors},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/votes.html")]
pub(super) struct VotesPage {
    chrome: Chrome,
    rows: Vec<store::Mine>,
    is_student: bool,
    now: OffsetDateTime,
}

impl VotesPage {
    fn is_open(&self, row: &store::Mine) -> bool {
        row.stage == Stage::Open && row.opens_at <= self.now && self.now < row.closes_at
    }
}

pub(super) async fn list(State(app): State<Elections>, person: SignedIn) -> Result<VotesPage, Failure> {
    let now = app.clock.now();
    let rows = match person.student {
        Some(student) => store::my_sittings(&mut *app.read().await?, person.institution, student, now).await?,
        None => Vec::new(),
    };
    Ok(VotesPage { chrome: app.chrome(&person, "我的投票"), rows, is_student: person.student.is_some(), now })
}

/// Where somebody votes: by a session under `/votes/…`, by a slip under `/slip/ballot`.
pub(super) struct Booth {
    pub chrome: Chrome,
    pub base: String,
    pub by_slip: bool,
}

/// A contest as the ballot page shows it.
struct OnBallot {
    contest: Contest,
    form: VoteForm,
}

impl OnBallot {
    fn chosen(&self) -> usize {
        self.form.vote().chosen()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/ballot.html")]
struct BallotPage {
    chrome: Chrome,
    base: String,
    by_slip: bool,
    sitting: Sitting,
    contests: Vec<OnBallot>,
    cast_at: Option<OffsetDateTime>,
    reset_at: Option<OffsetDateTime>,
    slip: Option<i32>,
    faults: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/confirm.html")]
struct ConfirmPage {
    chrome: Chrome,
    base: String,
    sitting: Sitting,
    contests: Vec<OnBallot>,
    again: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/voted.html")]
struct VotedPage {
    chrome: Chrome,
    title: String,
    receipt: String,
    revote: bool,
    by_slip: bool,
    home: String,
    check: String,
    closes_at: OffsetDateTime,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/unclear.html")]
struct UnclearPage {
    chrome: Chrome,
    base: String,
    revote: bool,
    contests: Vec<OnBallot>,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/standing.html")]
pub(super) struct StandingPage {
    chrome: Chrome,
    sitting: Sitting,
    base: String,
    voter: Option<Voter>,
    contests: Vec<Contest>,
    results: Option<Results>,
    check: ReceiptForm,
    errors: Errors,
    found: Option<bool>,
    says: &'static str,
    has_voted: bool,
    now: OffsetDateTime,
}

/// A receipt as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReceiptForm {
    pub code: String,
}

fn booth(app: &Elections, person: &SignedIn, sitting: &Sitting) -> Booth {
    Booth {
        chrome: app.chrome(person, &sitting.title).under("/votes", "我的投票"),
        base: format!("/votes/{}", sitting.id),
        by_slip: false,
    }
}

/// The ballot with what was chosen so far.
fn ballot_page(
    booth: Booth,
    ballot: &OpenBallot,
    fresh: Vec<Contest>,
    voter: &Voter,
    forms: Vec<VoteForm>,
) -> BallotPage {
    let faults = forms.iter().any(|form| form.fault.is_some());
    BallotPage {
        chrome: booth.chrome,
        base: booth.base,
        by_slip: booth.by_slip,
        sitting: ballot.sitting.clone(),
        contests: fresh.into_iter().zip(forms).map(|(contest, form)| OnBallot { contest, form }).collect(),
        // Whoever has a slip need not be its owner.
        cast_at: voter.cast_at.filter(|_| !booth.by_slip),
        reset_at: voter.reset_at,
        slip: voter.slip.filter(|_| !booth.by_slip),
        faults,
    }
}

/// What somebody may do now: vote, or see how things stand.
pub(super) enum Door {
    Ballot(Arc<OpenBallot>, Vec<Contest>, Voter),
    Standing(Box<Sitting>, Vec<Contest>, Option<Voter>),
}

pub(super) async fn door(
    app: &Elections,
    institution: crate::ids::InstitutionId,
    id: SittingId,
    given: &Given,
) -> Result<Door, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let sitting = store::sitting(&mut db, institution, id).await?.ok_or(Failure::Missing)?;
    if sitting.stage == Stage::Draft {
        return Err(Failure::Missing);
    }
    let contests = store::contests(&mut db, &sitting, None).await?;
    let voter = store::voter(&mut db, id, given, now).await?;
    if sitting.takes_votes(now)
        && let Some(voter) = &voter
        && !voter.on_paper
        && (voter.cast_at.is_none() || sitting.revote)
        && let Some(ballot) = app.ballot_box.opened(&mut db, institution, id).await?
    {
        app.ballot_box.remember(id, given, voter);
        let own = contests.into_iter().filter(|contest| voter.contests.contains(&contest.ordinal)).collect();
        return Ok(Door::Ballot(ballot, own, voter.clone()));
    }
    Ok(Door::Standing(Box::new(sitting), contests, voter))
}

/// A vote that came too late leads back here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Late {
    late: String,
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Query(Late { late }): Query<Late>,
) -> Result<Response, Failure> {
    let given = Given::Session(person.session.clone());
    match door(&app, person.institution, id, &given).await? {
        Door::Ballot(ballot, contests, voter) => {
            let booth = booth(&app, &person, &ballot.sitting);
            Ok(fresh(booth, (ballot, contests, voter)))
        }
        Door::Standing(sitting, contests, voter) if !late.is_empty() => {
            no_more(&app, &person, *sitting, (contests, voter)).await
        }
        Door::Standing(sitting, contests, voter) => {
            let check = (ReceiptForm::default(), Errors::default(), None, "");
            Ok(standing(&app, &person, *sitting, (contests, voter), check).await?.into_response())
        }
    }
}

pub(super) async fn standing(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    (contests, voter): (Vec<Contest>, Option<Voter>),
    (check, errors, found, says): (ReceiptForm, Errors, Option<bool>, &'static str),
) -> Result<StandingPage, Failure> {
    let mut db = app.read().await?;
    let results = result::published(&mut db, &sitting, &contests).await?;
    let has_voted = match &voter {
        Some(voter) if sitting.counted_at.is_some() => store::has_voted(&mut db, sitting.id, voter.place).await?,
        Some(voter) => voter.cast_at.is_some() || voter.on_paper,
        None => false,
    };
    let Booth { chrome, base, .. } = booth(app, person, &sitting);
    let now = app.clock.now();
    Ok(StandingPage { chrome, sitting, base, voter, contests, results, check, errors, found, says, has_voted, now })
}

/// The ballot that a voter has before them.
pub(super) type Own = (Arc<OpenBallot>, Vec<Contest>, Voter);

/// What was chosen, to be confirmed; or the ballot again with what is wrong.
pub(super) fn checked(booth: Booth, (ballot, contests, voter): Own, fields: &Fields) -> Result<Response, Failure> {
    let forms = read_votes(&contests.iter().collect::<Vec<_>>(), fields)?;
    if forms.iter().any(|form| form.fault.is_some()) {
        let page = ballot_page(booth, &ballot, contests, &voter, forms);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let contests = contests.into_iter().zip(forms).map(|(contest, form)| OnBallot { contest, form }).collect();
    let again = voter.cast_at.is_some() && !booth.by_slip;
    let Booth { chrome, base, .. } = booth;
    Ok(ConfirmPage { chrome, base, sitting: ballot.sitting.clone(), contests, again }.into_response())
}

/// The ballot with what was chosen so far.
pub(super) fn again(booth: Booth, (ballot, contests, voter): Own, fields: &Fields) -> Result<Response, Failure> {
    let forms = read_votes(&contests.iter().collect::<Vec<_>>(), fields)?;
    Ok(ballot_page(booth, &ballot, contests, &voter, forms).into_response())
}

/// The ballot with nothing chosen yet.
pub(super) fn fresh(booth: Booth, (ballot, contests, voter): Own) -> Response {
    let forms = contests.iter().map(VoteForm::empty).collect();
    ballot_page(booth, &ballot, contests, &voter, forms).into_response()
}

const NO_MORE: &str = "这一票没有投出：投票已截止，或者你已投过、已领取纸质选票。";

pub(super) async fn check(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let given = Given::Session(person.session.clone());
    match door(&app, person.institution, id, &given).await? {
        Door::Ballot(ballot, contests, voter) => {
            checked(booth(&app, &person, &ballot.sitting), (ballot, contests, voter), &fields)
        }
        Door::Standing(sitting, contests, voter) => no_more(&app, &person, *sitting, (contests, voter)).await,
    }
}

async fn no_more(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    parts: (Vec<Contest>, Option<Voter>),
) -> Result<Response, Failure> {
    let page =
        standing(app, person, sitting, parts, (ReceiptForm::default(), Errors::default(), None, NO_MORE)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

pub(super) async fn edit(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let given = Given::Session(person.session.clone());
    match door(&app, person.institution, id, &given).await? {
        Door::Ballot(ballot, contests, voter) => {
            again(booth(&app, &person, &ballot.sitting), (ballot, contests, voter), &fields)
        }
        Door::Standing(sitting, contests, voter) => no_more(&app, &person, *sitting, (contests, voter)).await,
    }
}

/// A page that does not know who looks: the result of a cast is the same for all, and reads nothing more.
pub(super) fn plain(title: &str) -> Chrome {
    Chrome::bare(title)
}

/// A page that was the answer to an act is asked for again: how things stand is a page of its own.
pub(super) async fn back(Path(id): Path<SittingId>) -> Redirect {
    Redirect::to(&format!("/votes/{id}"))
}

/// Casts by the session in the cookie. The session, the roll and the sitting are looked at in the statement that takes the
/// envelope; what is read before is only what the ballot must look like.
pub(super) async fn cast(
    State(app): State<Elections>,
    headers: HeaderMap,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let Some(token) = Token::from_headers(Purpose::Session, &headers) else {
        return Err(Failure::SignInFirst(format!("/votes/{id}")));
    };
    let booth = Booth { chrome: plain("投票"), base: format!("/votes/{id}"), by_slip: false };
    put_in(&app, &headers, booth, id, Given::Session(token.hash()), &fields).await
}

pub(super) async fn put_in(
    app: &Elections,
    headers: &HeaderMap,
    booth: Booth,
    id: SittingId,
    given: Given,
    fields: &Fields,
) -> Result<Response, Failure> {
    let nobody = |booth: Booth| {
        let back = if booth.by_slip { "/slip".to_owned() } else { booth.base };
        Redirect::to(&back).into_response()
    };
    let Some(voter) = app.ballot_box.place(id, &given).await? else { return Ok(nobody(booth)) };
    let known = app.ballot_box.known(id);
    let ballot = match known {
        Some(ballot) => ballot,
        None => app.ballot_box.opened(&mut *app.read().await?, voter.institution, id).await?.ok_or(Failure::Missing)?,
    };
    let contests = ballot.contests_of(&voter.contests);
    let forms = read_votes(&contests, fields)?;
    let own = || contests.iter().map(|&contest| contest.clone()).collect::<Vec<Contest>>();
    if forms.iter().any(|form| form.fault.is_some()) {
        let voter = store::voter(&mut *app.read().await?, id, &given, app.clock.now()).await?;
        let Some(voter) = voter else { return Ok(nobody(booth)) };
        let page = ballot_page(booth, &ballot, own(), &voter, forms);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let receipt = crate::secrets::readable(crate::elections::ballot::RECEIPT, 64);
    let text = Votes { receipt: receipt.clone(), votes: forms.iter().map(VoteForm::vote).collect() }
        .encode(&ballot.shapes(&voter.contests), ballot.opened.ballot_size)
        .ok_or_else(|| anyhow::anyhow!("a ballot that was checked does not fit its envelope"))?;
    let sealed = ballot.recipient.seal(Sealed::Envelope(id, voter.place), &text)?;
    let mac = app.ballot_box.key.mark_envelope(id, voter.place, &sealed);
    let by_slip = booth.by_slip;
    let answer = app.ballot_box.cast(Asked { sitting: id, voter: voter.place, given, sealed, mac }).await;
    match answer {
        Ok(CastAnswer::Taken) => {
            let page = VotedPage {
                chrome: plain("已投票"),
                title: ballot.sitting.title.clone(),
                receipt: spaced(&receipt),
                revote: ballot.sitting.revote,
                by_slip: booth.by_slip,
                home: if booth.by_slip { "/slip" } else { "/votes" }.to_owned(),
                check: format!("/receipts/{id}"),
                closes_at: ballot.sitting.closes_at,
            };
            if by_slip {
                // The next one at this screen is somebody else.
                return Ok(([(header::SET_COOKIE, SLIP_COOKIE.clear(headers)?)], page).into_response());
            }
            Ok(page.into_response())
        }
        // The page itself says how things stand.
        Ok(CastAnswer::Closed | CastAnswer::OnPaper | CastAnswer::Again) => {
            Ok(Redirect::to(&format!("{}?late=1", booth.base)).into_response())
        }
        Ok(CastAnswer::Stranger) if booth.by_slip => Ok(Redirect::to("/slip").into_response()),
        Ok(CastAnswer::Stranger) => Err(Failure::SignInFirst(booth.base)),
        Err(failure) => {
            // Whether it is in is not known: the voter is told so, and what was chosen stays.
            tracing::error!(%failure, "a cast has no clear answer");
            let contests = own().into_iter().zip(forms).map(|(contest, form)| OnBallot { contest, form }).collect();
            let revote = ballot.sitting.revote;
            let page = UnclearPage { chrome: booth.chrome, base: booth.base, revote, contests };
            Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], page).into_response())
        }
    }
}

/// Votes are cast within a few hours of check-in.
pub(super) const SLIP_COOKIE: Cookie = Cookie { name: "lunzhi-slip", lasts: time::Duration::hours(4) };

/// The letters of a code as typed or scanned.
pub(super) fn plain_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).take(40).collect()
}
