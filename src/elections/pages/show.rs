//! The page of a sitting: what it is, how far it has come, and what is to be done next.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use time::OffsetDateTime;

use super::{StepView, keeps, readiness::Check, result, result::Results, said, steps};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        ballot_box::Halt,
        sitting::{Contest, Monitor, Sitting, Stage},
        store::{self, Came, Course, Turnout},
    },
    failure::Failure,
    ids::{AccountId, ContestId, SittingId},
    office::ElectionReader,
    page::{chrome::Chrome, filters},
    web::forms::{Done, Errors},
};

/// A contest as the sitting's page lists it.
pub(super) struct ContestLine {
    pub contest: Contest,
    pub came: Came,
    pub entries: usize,
    pub settled: bool,
    pub second: bool,
}

/// How the count goes.
pub(super) struct CountView {
    pub done: usize,
    pub total: usize,
    pub length: usize,
    pub halt: Option<Halt>,
}

pub(super) fn count_view(app: &Elections, id: SittingId) -> Option<CountView> {
    let progress = app.ballot_box.progress(id)?;
    let (done, total) = progress.figures();
    Some(CountView { done, total, length: done * 400 / total.max(1), halt: progress.halt() })
}

#[derive(Template)]
#[template(path = "elections/sitting.html")]
struct ShowPage {
    chrome: Chrome,
    sitting: Sitting,
    steps: Vec<StepView>,
    contests: Vec<ContestLine>,
    monitors: Vec<Monitor>,
    rehearsing: bool,
    held: Vec<AccountId>,
    turnout: Option<Turnout>,
    results: Option<Results>,
    count: Option<CountView>,
    course: Course,
    keeps: bool,
    me: AccountId,
    publishable: bool,
    /// What stands in the way of the announcement, and what does not.
    checks: Vec<Check>,
    typed: Typed,
    errors: Errors,
    now: OffsetDateTime,
    done: &'static str,
}

/// What was typed into a form of the sitting's page.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// The number of a monitor.
    pub number: String,
    /// The monitor is the chief.
    pub chief: bool,
    /// The contest of a lot.
    pub lot_of: Option<ContestId>,
    pub winners: Vec<String>,
    /// How it was drawn.
    pub method: String,
    pub present: String,
}

impl ShowPage {
    fn keyless(&self) -> usize {
        self.monitors.iter().filter(|monitor| monitor.key.is_none()).count()
    }

    fn holds(&self, account: &AccountId) -> bool {
        self.held.contains(account)
    }

    fn asked_void(&self) -> bool {
        self.sitting.void_asked_by == Some(self.me)
    }

    fn announceable(&self) -> bool {
        self.checks.iter().all(|check| check.passes)
    }

    fn is_lot_of(&self, contest: &ContestId) -> bool {
        self.typed.lot_of == Some(*contest)
    }

    fn lot_open(&self) -> bool {
        self.results.as_ref().is_some_and(|results| results.contests.iter().any(|one| one.account.lot_open))
    }

    fn paper_open(&self) -> bool {
        self.contests.iter().any(|line| line.came.paper > 0 && !line.settled)
    }
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Failure> {
    let sitting = seen(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), sitting, (Typed::default(), Errors::default(), said(&done))).await
}

/// The page of a sitting; with what was typed and what is wrong with it.
pub(super) async fn page(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    (typed, errors, done): (Typed, Errors, &'static str),
) -> Result<Response, Failure> {
    let (mut db, now, id) = (app.read().await?, app.clock.now(), sitting.id);
    let contests = store::contests(&mut db, &sitting, Some(now.date())).await?;
    // A candidate who is of the office learns the result when everybody does.
    let stands = sitting.stage < Stage::Reported && store::stands_in(&mut db, id, person.account).await?;
    let results = if stands { None } else { result::results(&mut db, &sitting, &contests).await? };
    let all = contests.clone();
    let came = store::came(&mut db, id).await?;
    let entries = store::paper_entries(&mut db, id).await?;
    let seconds = store::second_rounds(&mut db, id).await?;
    let turnout = match sitting.opened_at {
        Some(_) => store::turnout(&mut db, id).await?.into_iter().next(),
        None => None,
    };
    let line = |contest: Contest| {
        let own = entries.get(&contest.id).map_or(&[][..], Vec::as_slice);
        ContestLine {
            came: came.get(&contest.ordinal).copied().unwrap_or_default(),
            entries: own.len(),
            settled: crate::elections::counting::settled(own).is_some(),
            second: seconds.contains(&contest.id),
            contest,
        }
    };
    let count = count_view(app, id).filter(|_| sitting.stage == Stage::Closed);
    let keeps = keeps(person, &sitting);
    let checks = if keeps && sitting.stage == Stage::Draft {
        super::readiness::checks(&mut db, person.institution, (&sitting, &contests), now).await?
    } else {
        Vec::new()
    };
    let unfit = !errors.is_empty();
    let publishable = result::few_patterns(&all, results.as_ref());
    let page = ShowPage {
        chrome: app.chrome(person, &sitting.title).under("/sittings", "选举"),
        steps: steps(&sitting),
        contests: contests.into_iter().map(line).collect(),
        monitors: store::monitors(&mut db, id).await?,
        rehearsing: store::rehearsal(&mut db, id).await?.is_some(),
        held: app.ballot_box.held(id, now).0,
        turnout,
        results,
        course: store::course(&mut db, id).await?,
        keeps,
        me: person.account,
        count,
        publishable,
        checks,
        typed,
        errors,
        now,
        done,
        sitting,
    };
    let response = refreshed(page.count.as_ref(), &page)?;
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() } else { response })
}

/// A page that looks again by itself while a count runs; no script is needed.
pub(super) fn refreshed(count: Option<&CountView>, page: &impl Template) -> Result<Response, Failure> {
    let html = axum::response::Html(page.render().map_err(anyhow::Error::new)?);
    Ok(if count.is_some_and(|count| count.halt.is_none()) {
        ([(header::REFRESH, "2")], html).into_response()
    } else {
        html.into_response()
    })
}

/// A sitting that an office sees: the school's offices all, a college's its own.
pub(super) async fn seen(
    db: &mut sqlx::PgConnection,
    acting: &Acting<ElectionReader>,
    id: SittingId,
) -> Result<Sitting, Failure> {
    let sitting = store::sitting(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    let college = acting.office().college;
    if college.is_none() || college == sitting.college { Ok(sitting) } else { Err(Failure::Missing) }
}
