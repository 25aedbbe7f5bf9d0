//! The page of a sitting: what it is, how far it has come, and what is to be done next.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    StepView,
    collecting::Collecting,
    manages,
    readiness::{self, Check},
    result::{self, Results},
    steps, visible,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    elections::{
        ElectionReader, Elections,
        ballot_box::{Halt, Progress},
        ballot_key, counting,
        done::said,
        paths,
        reconciliation::{ContestTurnout, without_quorum},
        sitting::{Contest, Monitor, Sitting, Stage},
        store::{self, Dependent, Incidents, SittingCongress, ToldCount, Turnout},
    },
    failure::Failure,
    ids::{AccountId, ContestId, SittingId},
    page::{chrome::Chrome, filters},
    people::find::{self, Among, PeopleField},
    rules::sitting::Fills,
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

/// A contest as the sitting's page lists it.
struct ContestRow {
    contest: Contest,
    turnout: ContestTurnout,
    /// How often its paper ballots were entered.
    entries: usize,
    /// The entries agree, or a third person has settled them.
    settled: bool,
    /// It has a second round.
    second: bool,
}

/// How a count goes.
pub(super) struct CountView {
    pub(super) done: usize,
    pub(super) total: usize,
    /// Of the bar, 0 to 400.
    pub(super) length: usize,
    pub(super) halt: Option<Halt>,
    /// Another portal makes it.
    pub(super) is_elsewhere: bool,
    /// Why it stopped at the other one.
    pub(super) stopped: Option<String>,
}

impl CountView {
    fn here(progress: &Progress) -> Self {
        let (done, total) = progress.figures();
        let length = done * 400 / total.max(1);
        Self { done, total, length, halt: progress.halt(), is_elsewhere: false, stopped: None }
    }

    fn elsewhere(told: ToldCount) -> Self {
        let [done, total] = [told.done, told.total].map(|number| usize::try_from(number).unwrap_or_default());
        let length = done * 400 / total.max(1);
        Self { done, total, length, halt: None, is_elsewhere: true, stopped: told.halted }
    }

    fn runs(&self) -> bool {
        self.halt.is_none() && self.stopped.is_none()
    }
}

/// How the count of a closed sitting goes, here or at another portal.
pub(super) async fn count_view(
    app: &Elections,
    db: &mut PgConnection,
    sitting: &Sitting,
) -> Result<Option<CountView>, Failure> {
    if sitting.stage() != Stage::Closed {
        return Ok(None);
    }
    let here = app.ballot_box.progress(sitting.id).map(|progress| CountView::here(&progress));
    if here.as_ref().is_some_and(CountView::runs) {
        return Ok(here);
    }
    // One that stopped here may have been taken over since.
    let elsewhere = store::count_elsewhere(db, sitting.id, app.ballot_box.portal).await?;
    Ok(elsewhere.map(CountView::elsewhere).or(here))
}

#[derive(Template)]
#[template(path = "elections/sitting.html")]
struct SittingPage {
    chrome: Chrome,
    sitting: Sitting,
    /// The congress at which it is held.
    congress: Option<SittingCongress>,
    steps: Vec<StepView>,
    /// The sitting itself, where the ballot key does not open it.
    strangers: Vec<Dependent>,
    contests: Vec<ContestRow>,
    monitors: Vec<Monitor>,
    rehearsing: bool,
    /// The shares for the count, while the sitting waits for it.
    collecting: Option<Collecting>,
    turnout: Option<Turnout>,
    results: Option<Results>,
    count: Option<CountView>,
    course: Incidents,
    /// The contests for which too few have come so far, while votes are taken.
    unmet: Vec<String>,
    keeps: bool,
    me: AccountId,
    publishable: bool,
    /// What stands in the way of the announcement, and what does not.
    checks: Vec<Check>,
    typed: TypedForms,
    /// The address that suggests monitors to a script.
    suggestions: String,
    errors: Errors,
    now: OffsetDateTime,
    done: &'static str,
}

/// What was typed into the forms of a sitting's page.
#[derive(Debug, Default)]
pub(super) struct TypedForms {
    /// Numbers or names of monitors, one a line.
    pub(super) number: String,
    /// The monitors whom it names.
    pub(super) monitors: PeopleField,
    /// The monitor is the chief.
    pub(super) chief: bool,
    /// Why it is to be closed before its time.
    pub(super) close_why: String,
    /// Why it is to be void.
    pub(super) void_why: String,
    /// The contest of a lot.
    pub(super) lot_of: Option<ContestId>,
    pub(super) winners: Vec<String>,
    /// How it was drawn.
    pub(super) method: String,
    pub(super) present: String,
    /// The contest of a second round.
    pub(super) second_of: Option<ContestId>,
    /// Numbers of those who were written in and are tied.
    pub(super) numbers: Vec<String>,
}

impl SittingPage {
    fn keyless(&self) -> usize {
        self.monitors.iter().filter(|monitor| monitor.key.is_none()).count()
    }

    fn holds(&self, account: &AccountId) -> bool {
        self.collecting.as_ref().is_some_and(|collecting| collecting.holds(*account))
    }

    /// Monitors who are still to type their passphrase in the rehearsal, by name.
    fn unproved(&self) -> String {
        names(self.monitors.iter().filter(|monitor| monitor.proved_at.is_none()))
    }

    /// Whoever looks may ask for it to be void, or agree.
    fn may_be_voided(&self) -> bool {
        self.keeps && self.sitting.stage().leads_to(Stage::Voided)
    }

    fn asked_void(&self) -> bool {
        self.sitting.voiding.as_ref().is_some_and(|asked| asked.by == self.me)
    }

    fn asked_close(&self) -> bool {
        self.sitting.early_closing.as_ref().is_some_and(|asked| asked.by == self.me)
    }

    fn announceable(&self) -> bool {
        self.checks.iter().all(|check| check.passes)
    }

    /// The number that was typed for the tied person at a place, from 1.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn typed_number(&self, place: &usize) -> &str {
        self.typed.numbers.get(place.saturating_sub(1)).map_or("", String::as_str)
    }

    fn is_second_of(&self, contest: &ContestId) -> bool {
        self.typed.second_of == Some(*contest)
    }

    fn is_lot_of(&self, contest: &ContestId) -> bool {
        self.typed.lot_of == Some(*contest)
    }

    fn lot_open(&self) -> bool {
        self.results.as_ref().is_some_and(|results| results.contests.iter().any(|one| one.account.lot_open))
    }

    fn paper_open(&self) -> bool {
        self.contests.iter().any(|row| row.turnout.paper > 0 && !row.settled)
    }

    fn elects_presidium(&self) -> bool {
        self.contests.iter().any(|row| row.contest.fills == Fills::Presidium)
    }
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Path(id): Path<SittingId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let sitting = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), sitting, Submitted::default(), said(&done)).await
}

pub(super) async fn page(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    submitted: Submitted<TypedForms>,
    done: &'static str,
) -> Result<Response, Failure> {
    let (mut db, now, id) = (app.read().await?, app.clock.now(), sitting.id);
    let contests = store::contests(&mut db, &sitting, Some(now.date())).await?;
    // A candidate who is of the office learns the result when everybody does.
    let stands = sitting.stage() < Stage::Reported && store::stands_in(&mut db, id, person.account).await?;
    let results = if stands { None } else { result::results(&mut db, &sitting, &contests).await? };
    let turnouts = store::contest_turnouts(&mut db, id).await?;
    let entries = store::paper_entries(&mut db, id).await?;
    let seconds = store::second_rounds(&mut db, id).await?;
    let turnout = match sitting.opened_at() {
        Some(_) => store::turnout(&mut db, id).await?.into_iter().next(),
        None => None,
    };
    let count = count_view(app, &mut db, &sitting).await?;
    let keeps = manages(person, &sitting);
    let checks = if keeps && sitting.stage() == Stage::Draft {
        readiness::checks(&mut db, &sitting, &contests, now).await?
    } else {
        Vec::new()
    };
    let unmet = if keeps && sitting.takes_votes(now) { without_quorum(&contests, &turnouts) } else { Vec::new() };
    let publishable = result::few_patterns(&contests, results.as_ref());
    let row = |contest: Contest| {
        let own = entries.get(&contest.id).map_or(&[][..], Vec::as_slice);
        ContestRow {
            turnout: turnouts.get(&contest.ordinal).copied().unwrap_or_default(),
            entries: own.len(),
            settled: counting::settled(own).is_some(),
            second: seconds.contains(&contest.id),
            contest,
        }
    };
    let monitors = store::monitors(&mut db, id).await?;
    let is_counted_elsewhere = count.as_ref().is_some_and(|count| count.is_elsewhere);
    let collecting = if sitting.stage() == Stage::Closed && !is_counted_elsewhere {
        Some(Collecting::of(app, &mut db, &sitting, &monitors, now).await?)
    } else {
        None
    };
    let mut strangers = ballot_key::strangers(&mut db, &app.ballot_box.key).await?;
    strangers.retain(|one| one.id == id);
    let Submitted { form: typed, errors } = submitted;
    let unfit = !errors.is_empty();
    let page = SittingPage {
        chrome: app.chrome(person, &sitting.title).under(paths::SITTINGS, "选举"),
        steps: steps(&sitting),
        congress: store::congress_of(&mut db, id).await?,
        strangers,
        contests: contests.into_iter().map(row).collect(),
        monitors,
        rehearsing: store::rehearsal(&mut db, id).await?.is_some(),
        collecting,
        turnout,
        results,
        unmet,
        course: store::incidents(&mut db, id).await?,
        keeps,
        me: person.account,
        count,
        publishable,
        checks,
        typed,
        suggestions: find::suggestions(Among::Accounts),
        errors,
        now,
        done,
        sitting,
    };
    let response = refreshed(page.count.as_ref(), &page)?;
    Ok(if unfit { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() } else { response })
}

/// Monitors by name.
pub(super) fn names<'a>(monitors: impl Iterator<Item = &'a Monitor>) -> String {
    monitors.map(|monitor| monitor.name.as_str()).collect::<Vec<_>>().join("、")
}

/// A page that is loaded again every two seconds while a count runs; no script is needed.
pub(super) fn refreshed(count: Option<&CountView>, page: &impl Template) -> Result<Response, Failure> {
    let html = Html(page.render().map_err(anyhow::Error::new)?);
    Ok(if count.is_some_and(CountView::runs) {
        ([(header::REFRESH, "2")], html).into_response()
    } else {
        html.into_response()
    })
}
