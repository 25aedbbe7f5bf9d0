//! 我的投票: the ballot, its confirmation, 已投票 with the receipt, and afterwards the result. Two pages and no script. Whoever
//! holds a slip votes by the same pages, at other addresses.

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    again,
    result::{self, Results},
};
use crate::{
    auth::{
        person::SignedIn,
        token::{Purpose, Token},
    },
    elections::{
        Elections,
        ballot::{RECEIPT, Votes, spaced},
        ballot_box::OpenBallot,
        forms::{CodeForm, Fields, VoteForm, read_votes},
        paths,
        sitting::{Contest, Sitting, Stage},
        store::{self, CastAnswer, CastRequest, Credential, Voter, VoterSitting},
    },
    failure::Failure,
    ids::{InstitutionId, SittingId},
    page::{chrome::Chrome, faults, filters},
    sealing::keys::Purpose as Sealed,
    web::forms::{Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/votes.html")]
pub(super) struct VotesPage {
    chrome: Chrome,
    rows: Vec<VoterSitting>,
    is_student: bool,
    now: OffsetDateTime,
}

impl VotesPage {
    fn is_open(&self, row: &VoterSitting) -> bool {
        row.stage == Stage::Open && row.opens_at <= self.now && self.now < row.closes_at
    }
}

pub(super) async fn list(State(app): State<Elections>, person: SignedIn) -> Result<VotesPage, Failure> {
    let now = app.clock.now();
    let rows = match person.student {
        Some(student) => store::voter_sittings(&mut *app.read().await?, person.institution, student, now).await?,
        None => Vec::new(),
    };
    Ok(VotesPage { chrome: app.chrome(&person, "我的投票"), rows, is_student: person.student.is_some(), now })
}

/// By what somebody votes: a session, under `/votes/…`, or a slip, under `/slip/ballot`.
pub(super) struct VotingChannel {
    pub(super) chrome: Chrome,
    /// The address of the ballot.
    pub(super) base: String,
    /// Where they begin.
    pub(super) home: &'static str,
    pub(super) by_slip: bool,
    /// The header that takes the slip's cookie away once its vote is in: the next one at this screen is somebody else.
    pub(super) once_cast: Option<HeaderValue>,
}

impl VotingChannel {
    fn of_session(chrome: Chrome, id: SittingId) -> Self {
        Self { chrome, base: id.vote_path(), home: paths::VOTES, by_slip: false, once_cast: None }
    }
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

fn on_ballot(contests: Vec<Contest>, forms: Vec<VoteForm>) -> Vec<OnBallot> {
    contests.into_iter().zip(forms).map(|(contest, form)| OnBallot { contest, form }).collect()
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
    home: &'static str,
    check: String,
    closes_at: OffsetDateTime,
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/unclear.html")]
struct UnclearPage {
    chrome: Chrome,
    base: String,
    revote: bool,
    /// It is known that the ballot is not in.
    nothing_cast: bool,
    contests: Vec<OnBallot>,
}

/// A sitting as its voters see it while they cannot vote.
#[derive(Template, WebTemplate)]
#[template(path = "elections/standing.html")]
pub(super) struct VoterSittingPage {
    chrome: Chrome,
    sitting: Sitting,
    base: String,
    voter: Option<Voter>,
    contests: Vec<Contest>,
    results: Option<Results>,
    check: CodeForm,
    errors: Errors,
    /// The receipt that was looked for was counted; none where none was looked for.
    found: Option<bool>,
    says: &'static str,
    has_voted: bool,
    now: OffsetDateTime,
}

/// The ballot that a voter has before them.
pub(super) struct OwnBallot {
    pub(super) ballot: Arc<OpenBallot>,
    /// Those in which they vote.
    contests: Vec<Contest>,
    voter: Voter,
}

impl OwnBallot {
    /// With what was chosen so far.
    fn page(self, channel: VotingChannel, forms: Vec<VoteForm>) -> BallotPage {
        ballot_page(channel, &self.ballot, self.contests, &self.voter, forms)
    }

    /// With nothing chosen yet.
    pub(super) fn fresh(self, channel: VotingChannel) -> Response {
        let forms = self.contests.iter().map(VoteForm::empty).collect();
        self.page(channel, forms).into_response()
    }

    /// What was chosen, to be confirmed; or the ballot again with what is wrong.
    pub(super) fn checked(self, channel: VotingChannel, fields: &Fields) -> Result<Response, Failure> {
        let forms = read_votes(&self.contests.iter().collect::<Vec<_>>(), fields)?;
        if forms.iter().any(|form| form.fault.is_some()) {
            return Ok(again(self.page(channel, forms)));
        }
        let replaces = self.voter.cast_at.is_some() && !channel.by_slip;
        let VotingChannel { chrome, base, .. } = channel;
        let (sitting, contests) = (self.ballot.sitting.clone(), on_ballot(self.contests, forms));
        Ok(ConfirmPage { chrome, base, sitting, contests, again: replaces }.into_response())
    }

    /// The ballot with what was chosen so far, to be changed.
    pub(super) fn edited(self, channel: VotingChannel, fields: &Fields) -> Result<Response, Failure> {
        let forms = read_votes(&self.contests.iter().collect::<Vec<_>>(), fields)?;
        Ok(self.page(channel, forms).into_response())
    }
}

fn ballot_page(
    channel: VotingChannel,
    ballot: &OpenBallot,
    contests: Vec<Contest>,
    voter: &Voter,
    forms: Vec<VoteForm>,
) -> BallotPage {
    let faults = forms.iter().any(|form| form.fault.is_some());
    if faults {
        faults::note();
    }
    BallotPage {
        chrome: channel.chrome,
        base: channel.base,
        by_slip: channel.by_slip,
        sitting: ballot.sitting.clone(),
        contests: on_ballot(contests, forms),
        // Whoever has a slip need not be its owner.
        cast_at: voter.cast_at.filter(|_| !channel.by_slip),
        reset_at: voter.reset_at,
        slip: voter.slip.filter(|_| !channel.by_slip),
        faults,
    }
}

/// A sitting in which somebody cannot vote now.
pub(super) struct VoterStatus {
    pub(super) sitting: Sitting,
    contests: Vec<Contest>,
    /// None where they are not on the roll.
    pub(super) voter: Option<Voter>,
}

/// What somebody sees of a sitting: their ballot, or why there is none.
pub(super) enum VoterView {
    Ballot(Box<OwnBallot>),
    Status(Box<VoterStatus>),
}

pub(super) async fn view(
    app: &Elections,
    institution: InstitutionId,
    id: SittingId,
    credential: &Credential,
) -> Result<VoterView, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let sitting = store::sitting(&mut db, institution, id).await?.ok_or(Failure::Missing)?;
    if sitting.stage() == Stage::Draft {
        return Err(Failure::Missing);
    }
    let contests = store::contests(&mut db, &sitting, None).await?;
    let voter = store::voter(&mut db, id, credential, now).await?;
    if sitting.takes_votes(now)
        && let Some(voter) = &voter
        && !voter.on_paper
        && (voter.cast_at.is_none() || sitting.revote)
        && let Some(ballot) = app.ballot_box.opened(&mut db, institution, id).await?
    {
        app.ballot_box.remember(id, credential, voter);
        let contests = contests.into_iter().filter(|contest| voter.contests.contains(&contest.ordinal)).collect();
        return Ok(VoterView::Ballot(Box::new(OwnBallot { ballot, contests, voter: voter.clone() })));
    }
    Ok(VoterView::Status(Box::new(VoterStatus { sitting, contests, voter })))
}

/// As [`view`], for whoever is signed in.
pub(super) async fn own_view(app: &Elections, person: &SignedIn, id: SittingId) -> Result<VoterView, Failure> {
    view(app, person.institution, id, &Credential::Session(person.session.clone())).await
}

fn channel(app: &Elections, person: &SignedIn, sitting: &Sitting) -> VotingChannel {
    VotingChannel::of_session(app.chrome(person, &sitting.title).under(paths::VOTES, "我的投票"), sitting.id)
}

/// Set where a vote came too late and led back here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LateQuery {
    late: String,
}

pub(super) async fn show(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Query(LateQuery { late }): Query<LateQuery>,
) -> Result<Response, Failure> {
    match own_view(&app, &person, id).await? {
        VoterView::Ballot(own) => {
            let channel = channel(&app, &person, &own.ballot.sitting);
            Ok(own.fresh(channel))
        }
        VoterView::Status(status) if !late.is_empty() => no_more(&app, &person, *status).await,
        VoterView::Status(status) => {
            Ok(status_page(&app, &person, *status, Submitted::default(), None, "").await?.into_response())
        }
    }
}

pub(super) async fn status_page(
    app: &Elections,
    person: &SignedIn,
    status: VoterStatus,
    looked_up: Submitted<CodeForm>,
    found: Option<bool>,
    says: &'static str,
) -> Result<VoterSittingPage, Failure> {
    let VoterStatus { sitting, contests, voter } = status;
    let mut db = app.read().await?;
    let results = result::published(&mut db, &sitting, &contests).await?;
    let has_voted = match &voter {
        Some(voter) if sitting.counted_at().is_some() => store::has_voted(&mut db, sitting.id, voter.place).await?,
        Some(voter) => voter.cast_at.is_some() || voter.on_paper,
        None => false,
    };
    let VotingChannel { chrome, base, .. } = channel(app, person, &sitting);
    let (now, Submitted { form: check, errors }) = (app.clock.now(), looked_up);
    Ok(VoterSittingPage { chrome, sitting, base, voter, contests, results, check, errors, found, says, has_voted, now })
}

const NO_MORE: &str = "这一票没有投出：投票已截止，或者你已投过、已领取纸质选票。";
const NOT_YET: &str = "这一票没有投出：投票还没有开始。";

pub(super) async fn check(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    match own_view(&app, &person, id).await? {
        VoterView::Ballot(own) => {
            let channel = channel(&app, &person, &own.ballot.sitting);
            own.checked(channel, &fields)
        }
        VoterView::Status(status) => no_more(&app, &person, *status).await,
    }
}

async fn no_more(app: &Elections, person: &SignedIn, status: VoterStatus) -> Result<Response, Failure> {
    let says = if app.clock.now() < status.sitting.opens_at { NOT_YET } else { NO_MORE };
    let page = status_page(app, person, status, Submitted::default(), None, says).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

pub(super) async fn edit(
    State(app): State<Elections>,
    person: SignedIn,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    match own_view(&app, &person, id).await? {
        VoterView::Ballot(own) => {
            let channel = channel(&app, &person, &own.ballot.sitting);
            own.edited(channel, &fields)
        }
        VoterView::Status(status) => no_more(&app, &person, *status).await,
    }
}

/// A reload after POST lands here.
pub(super) async fn back(Path(id): Path<SittingId>) -> Redirect {
    Redirect::to(&id.vote_path())
}

/// Casts by the session in the cookie. The session, the roll and the sitting are checked in the statement that takes the
/// envelope; what is read before is only what the ballot must look like.
pub(super) async fn cast(
    State(app): State<Elections>,
    headers: HeaderMap,
    Path(id): Path<SittingId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let Some(token) = Token::from_headers(Purpose::Session, &headers) else {
        return Err(Failure::SignInFirst(id.vote_path()));
    };
    // The page after a cast: the same for all, so that it reads nothing about the voter.
    let channel = VotingChannel::of_session(Chrome::bare("投票"), id);
    cast_by(&app, channel, id, Credential::Session(token.hash()), &fields).await
}

pub(super) async fn cast_by(
    app: &Elections,
    channel: VotingChannel,
    id: SittingId,
    credential: Credential,
    fields: &Fields,
) -> Result<Response, Failure> {
    let not_on_roll = |channel: &VotingChannel| {
        let start = if channel.by_slip { paths::SLIP } else { channel.base.as_str() };
        Redirect::to(start).into_response()
    };
    let Some(voter) = app.ballot_box.place(id, &credential).await? else { return Ok(not_on_roll(&channel)) };
    let known = app.ballot_box.known(id);
    let ballot = match known {
        Some(ballot) => ballot,
        None => app.ballot_box.opened(&mut *app.read().await?, voter.institution, id).await?.ok_or(Failure::Missing)?,
    };
    let contests = ballot.contests_of(&voter.contests);
    let forms = read_votes(&contests, fields)?;
    let own = || contests.iter().map(|&contest| contest.clone()).collect::<Vec<Contest>>();
    if forms.iter().any(|form| form.fault.is_some()) {
        let voter = store::voter(&mut *app.read().await?, id, &credential, app.clock.now()).await?;
        let Some(voter) = voter else { return Ok(not_on_roll(&channel)) };
        return Ok(again(ballot_page(channel, &ballot, own(), &voter, forms)));
    }
    let receipt = crate::secrets::readable(RECEIPT, 64);
    let text = Votes { receipt: receipt.clone(), votes: forms.iter().map(VoteForm::vote).collect() }
        .encode(&ballot.shapes(&voter.contests), ballot.opened.ballot_size)
        .ok_or_else(|| anyhow::anyhow!("a ballot that was checked does not fit its envelope"))?;
    let sealed = ballot.recipient.seal(Sealed::Envelope(id, voter.place), &text)?;
    let mac = app.ballot_box.key.mark_envelope(id, voter.place, &sealed);
    let request = CastRequest { sitting: id, voter: voter.place, credential, sealed, mac };
    match app.ballot_box.cast(request).await {
        Ok(CastAnswer::Taken) => {
            let page = VotedPage {
                chrome: Chrome::bare("已投票"),
                title: ballot.sitting.title.clone(),
                receipt: spaced(&receipt),
                revote: ballot.sitting.revote,
                by_slip: channel.by_slip,
                home: channel.home,
                check: id.receipt_path(),
                closes_at: ballot.sitting.closes_at,
            };
            Ok(match channel.once_cast {
                Some(gone) => ([(header::SET_COOKIE, gone)], page).into_response(),
                None => page.into_response(),
            })
        }
        // The page itself says why.
        Ok(CastAnswer::Closed | CastAnswer::OnPaper | CastAnswer::Again) => {
            Ok(Redirect::to(&paths::too_late(&channel.base)).into_response())
        }
        Ok(CastAnswer::Stranger) if channel.by_slip => Ok(Redirect::to(paths::SLIP).into_response()),
        Ok(CastAnswer::Stranger) => Err(Failure::SignInFirst(channel.base)),
        Err(failure) => {
            let nothing_cast = failure.wrote_nothing();
            if nothing_cast {
                tracing::warn!(%failure, "a ballot was not cast");
            } else {
                // Whether it is in is not known: the voter is told so.
                tracing::error!(%failure, "a cast has no clear answer");
            }
            // What was chosen stays.
            let (contests, revote) = (on_ballot(own(), forms), ballot.sitting.revote);
            let page = UnclearPage { chrome: channel.chrome, base: channel.base, revote, nothing_cast, contests };
            Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], page).into_response())
        }
    }
}
