//! The pages of elections: of those who keep them, of monitors, and of voters.

mod acts;
mod announcement;
mod closing;
mod collecting;
mod contests;
mod entries;
mod issue_form;
mod issued;
mod monitor;
mod monitors;
mod names;
mod on_site;
mod opening;
mod papers;
mod powers;
mod public_papers;
mod readiness;
mod receipt;
mod report_paper;
mod result;
mod result_notice;
mod runoff;
mod show;
mod sittings;
mod slip;
mod turnout;
mod voiding;
mod vote;

use std::cmp::Ordering;

pub use closing::{close_overdue, stop};
pub use issued::issued_papers;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use sqlx::PgConnection;

use super::{
    Elections,
    done::Done,
    paths,
    sitting::{Sitting, Stage},
    store,
};
use crate::{
    auth::{acting::Acting, person::SignedIn},
    elections::ElectionReader,
    failure::{Failure, Refusal},
    ids::SittingId,
    office::{ElectionKeeper, Office},
    page::chrome::Chrome,
    web::routes::Routes,
};

#[must_use]
pub fn routes() -> Routes<Elections> {
    Routes::default()
        .get("/votes", vote::list)
        .get("/votes/{sitting}", vote::show)
        .post("/votes/{sitting}", vote::check)
        .post("/votes/{sitting}/edit", vote::edit)
        .post("/votes/{sitting}/cast", vote::cast)
        .post("/votes/{sitting}/receipt", receipt::receipt)
        .get("/votes/{sitting}/edit", vote::back)
        .get("/votes/{sitting}/cast", vote::back)
        .get("/receipts/{sitting}", receipt::ask)
        .post("/receipts/{sitting}", receipt::look_up)
        .get("/votes/{sitting}/notice", papers::notice_for_voters)
        .get("/votes/{sitting}/record.json", receipt::record)
        .get("/votes/{sitting}/ballots.json", receipt::ballots)
        .get("/votes/{sitting}/powers", powers::show)
        .get("/slip", slip::ask)
        .post("/slip", slip::enter)
        .get("/slip/ballot", slip::ballot)
        .post("/slip/ballot", slip::check)
        .post("/slip/ballot/edit", slip::edit)
        .post("/slip/ballot/cast", slip::cast)
        .get("/slip/ballot/edit", slip::ask)
        .get("/slip/ballot/cast", slip::ask)
        .get("/sittings", sittings::list)
        .get("/sittings/new", sittings::ask)
        .post("/sittings/new", sittings::create)
        .get("/sittings/{sitting}", show::show)
        .get("/sittings/{sitting}/edit", sittings::edit)
        .post("/sittings/{sitting}/edit", sittings::change)
        .post("/sittings/{sitting}/remove", sittings::remove)
        .get("/sittings/{sitting}/contests/new", contests::ask)
        .post("/sittings/{sitting}/contests/new", contests::add)
        .get("/sittings/{sitting}/contests/{contest}", contests::show)
        .post("/sittings/{sitting}/contests/{contest}", contests::change)
        .post("/sittings/{sitting}/contests/{contest}/remove", contests::remove)
        .post("/sittings/{sitting}/contests/{contest}/candidates", contests::add_candidates)
        .post("/sittings/{sitting}/contests/{contest}/listed", contests::take_listed)
        .post("/sittings/{sitting}/contests/{contest}/candidates/{candidate}/strike", contests::remove_candidate)
        .post("/sittings/{sitting}/contests/{contest}/candidates/{candidate}/withdraw", contests::withdraw)
        .post("/sittings/{sitting}/contests/{contest}/candidates/{candidate}/move", contests::move_candidate)
        .post("/sittings/{sitting}/contests/{contest}/order", contests::order)
        .post("/sittings/{sitting}/contests/{contest}/order/strokes", contests::order_by_strokes)
        .post("/sittings/{sitting}/contests/{contest}/lot", runoff::lot)
        .post("/sittings/{sitting}/contests/{contest}/second", runoff::second_round)
        .post("/sittings/{sitting}/contests/{contest}/recount", entries::clear)
        .post("/sittings/{sitting}/monitors", monitors::name_monitor)
        .post("/sittings/{sitting}/monitors/{account}/dismiss", monitors::dismiss_monitor)
        .post("/sittings/{sitting}/announce", announcement::announce)
        .post("/sittings/{sitting}/back", announcement::take_back)
        .post("/sittings/{sitting}/rehearse", opening::rehearse)
        .post("/sittings/{sitting}/open", opening::open)
        .post("/sittings/{sitting}/close", closing::close)
        .post("/sittings/{sitting}/close/drop", closing::withdraw_request)
        .post("/sittings/{sitting}/close/agree", closing::agree_close)
        .post("/sittings/{sitting}/report", closing::report)
        .post("/sittings/{sitting}/publish", closing::publish)
        .post("/sittings/{sitting}/void", voiding::ask_void)
        .post("/sittings/{sitting}/void/drop", voiding::withdraw_request)
        .post("/sittings/{sitting}/void/agree", voiding::agree_void)
        .post("/sittings/{sitting}/again", voiding::hold_again)
        .get("/sittings/{sitting}/turnout", turnout::show)
        .get("/turnout", turnout::list)
        .get("/sittings/{sitting}/hall", on_site::show)
        .post("/sittings/{sitting}/paper", on_site::issue)
        .post("/sittings/{sitting}/slips", on_site::make_slips)
        .get("/sittings/{sitting}/slips/{print}", on_site::printed)
        .post("/sittings/{sitting}/slips/bind", on_site::bind)
        .post("/sittings/{sitting}/slips/void", on_site::void)
        .get("/sittings/{sitting}/ballots", papers::ballots)
        .get("/sittings/{sitting}/tally", papers::tally)
        .get("/sittings/{sitting}/report", papers::report)
        .get("/sittings/{sitting}/report.docx", papers::report_word)
        .get("/sittings/{sitting}/notice", issued::notice)
        .get("/sittings/{sitting}/notice.docx", issued::notice_word)
        .get("/sittings/{sitting}/announcement", issued::announcement)
        .get("/sittings/{sitting}/announcement.docx", issued::announcement_word)
        .get("/sittings/{sitting}/candidates", issued::candidates)
        .get("/sittings/{sitting}/candidates.docx", issued::candidates_word)
        .get("/sittings/{sitting}/early-closing", issued::early_closing)
        .get("/sittings/{sitting}/early-closing.docx", issued::early_closing_word)
        .post("/sittings/{sitting}/papers/{paper}", issued::keep)
        .recorded_get("/sittings/{sitting}/voters.xlsx", papers::voters)
        .recorded_get("/sittings/{sitting}/archive.zip", papers::archive)
        .get("/monitoring", monitor::list)
        .get("/monitoring/{sitting}", monitor::show)
        .post("/monitoring/{sitting}/passphrase", monitor::passphrase)
        .post("/monitoring/{sitting}/unseal", monitor::unseal)
        .post("/monitoring/{sitting}/exclude", monitor::exclude)
        .post("/monitoring/{sitting}/admissions", monitor::ask_admission)
        .post("/monitoring/{sitting}/admissions/{admission}", monitor::admit)
        .post("/monitoring/{sitting}/close", monitor::agree_close)
        .post("/monitoring/{sitting}/void", monitor::agree_void)
        .get("/monitoring/{sitting}/ballots.json", monitor::ballots)
        .get("/monitoring/{sitting}/names/{contest}", names::show)
        .post("/monitoring/{sitting}/names/{contest}", names::propose)
        .post("/monitoring/{sitting}/names/{contest}/confirm", names::confirm)
        .post("/monitoring/{sitting}/names/{contest}/drop", names::take_back)
        .get("/entries/{sitting}/{contest}", entries::ask)
        .post("/entries/{sitting}/{contest}", entries::enter)
}

/// A sitting that an office has in charge: the school's all, a college's its own.
async fn managed(db: &mut PgConnection, acting: &Acting<ElectionKeeper>, id: SittingId) -> Result<Sitting, Failure> {
    let sitting = store::sitting(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if manages(acting.person(), &sitting) { Ok(sitting) } else { Err(Failure::Missing) }
}

/// The person acts in an office that has the sitting in charge.
fn manages(person: &SignedIn, sitting: &Sitting) -> bool {
    person.acting.as_ref().is_some_and(|office| {
        ElectionKeeper::KINDS.contains(&office.kind) && (office.college.is_none() || office.college == sitting.college)
    })
}

/// The person acts in an office that sees the sitting: the school's offices all, a college's its own.
fn oversees(person: &SignedIn, sitting: &Sitting) -> bool {
    person.acting.as_ref().is_some_and(|office| {
        ElectionReader::KINDS.contains(&office.kind) && (office.college.is_none() || office.college == sitting.college)
    })
}

/// A sitting that an office sees.
async fn visible(db: &mut PgConnection, acting: &Acting<ElectionReader>, id: SittingId) -> Result<Sitting, Failure> {
    let sitting = store::sitting(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if oversees(acting.person(), &sitting) { Ok(sitting) } else { Err(Failure::Missing) }
}

/// The frame of a page below that of a sitting.
fn frame(app: &Elections, person: &SignedIn, sitting: &Sitting, title: &str) -> Chrome {
    app.chrome(person, title).under(paths::SITTINGS, "选举").under(&sitting.id.path(), &sitting.title)
}

/// A refusal that leads back to the sitting.
fn refusal(app: &Elections, person: &SignedIn, sitting: &Sitting, wanted: &str) -> Refusal {
    let chrome = frame(app, person, sitting, "没有办理");
    Refusal { chrome, wanted: wanted.to_owned(), back: sitting.id.path() }
}

/// Candidates neither run, monitor nor count the sitting in which they stand.
async fn refuse_candidates(
    app: &Elections,
    db: &mut PgConnection,
    person: &SignedIn,
    sitting: &Sitting,
    wanted: &str,
) -> Result<(), Failure> {
    if !store::stands_in(db, sitting.id, person.account).await? {
        return Ok(());
    }
    let why = "你是本场次的候选人；候选人不得办理、监票、计票";
    Err(refusal(app, person, sitting, wanted).for_reason(why, "请由本单位其他人员办理"))
}

/// On to a page that says what was done.
fn done_at(path: &str, done: Done) -> Redirect {
    Redirect::to(&paths::with_done(path, done))
}

/// The page of a form again, as filled in.
fn again(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// A file of JSON to keep.
fn json_file(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepState {
    Done,
    Now,
    ToDo,
}

/// A step of a sitting as its pages draw it.
struct StepView {
    label: &'static str,
    state: StepState,
}

impl StepView {
    /// The end of its style's name.
    fn style(&self) -> &'static str {
        match self.state {
            StepState::Done => "done",
            StepState::Now => "now",
            StepState::ToDo => "todo",
        }
    }

    fn is_done(&self) -> bool {
        self.state == StepState::Done
    }

    fn is_now(&self) -> bool {
        self.state == StepState::Now
    }
}

fn steps(sitting: &Sitting) -> Vec<StepView> {
    let shown =
        [Stage::Draft, Stage::Announced, Stage::Rehearsed, Stage::Open, Stage::Closed, Stage::Counted, Stage::Reported];
    let state = |stage: Stage| match stage.cmp(&sitting.stage()) {
        _ if sitting.stage() == Stage::Voided => StepState::ToDo,
        Ordering::Less => StepState::Done,
        Ordering::Equal if stage == Stage::Reported => StepState::Done,
        Ordering::Equal => StepState::Now,
        Ordering::Greater => StepState::ToDo,
    };
    shown.into_iter().map(|stage| StepView { label: stage.label(), state: state(stage) }).collect()
}
