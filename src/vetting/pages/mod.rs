//! The pages of 遴选.

mod apply;
mod candidate_file;
mod case;
mod delegations;
mod nominate;
mod notice;
mod other_steps;
mod outcome;
mod papers;
mod rounds;
mod show;
mod work;

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{
    case::{Case, Evidence, Opinion},
    paths::{self, Done},
    round::Round,
    store::{self, CountedBy, PeopleCount},
};
use crate::{
    app::{App, Routes},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{InstitutionId, RoundId},
    office::UnionKeeper,
    page::chrome::Chrome,
    rules::{
        Plan, Rule,
        adoption::Calendar,
        appointment::conditions,
        chain::{Link, Stage},
        vetting::Source,
    },
    text::chinese_day,
    unions::union::StudentFacts,
    vetting::chain_office::ChainOffice,
};

/// The routes of 遴选.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/apply", apply::list)
        .get("/apply/{round}", apply::ask)
        .upload("/apply/{round}", apply::act)
        .get("/applications/{case}", apply::show)
        .get("/applications/{case}/edit", apply::edit)
        .upload("/applications/{case}/edit", apply::hand_in)
        .post("/applications/{case}/withdraw", apply::withdraw)
        .get("/applications/{case}/photo", apply::photo)
        .get("/vetting", work::list)
        .post("/vetting", work::act)
        .post("/vetting/rest", work::refuse_rest)
        .get("/vetting/done", work::done)
        .recorded_get("/cases/{case}", case::show)
        .post("/cases/{case}", case::act)
        .post("/cases/{case}/take-back", case::take_back)
        .post("/cases/{case}/retract", case::retract)
        .get("/cases/{case}/form", papers::form)
        .get("/cases/{case}/form.docx", papers::form_word)
        .get("/cases/{case}/photo", case::photo)
        .get("/rounds", rounds::list)
        .get("/rounds/new", rounds::ask)
        .post("/rounds/new", rounds::open)
        .get("/rounds/{round}", show::show)
        .get("/rounds/{round}/edit", rounds::edit)
        .post("/rounds/{round}/edit", rounds::change)
        .post("/rounds/{round}/end", rounds::end)
        .get("/rounds/{round}/steps", other_steps::show)
        .post("/rounds/{round}/steps", other_steps::tell)
        .post("/rounds/{round}/steps/each", other_steps::tell_each)
        .get("/rounds/{round}/cases", show::cases)
        .get("/rounds/{round}/cases.xlsx", papers::table)
        .get("/rounds/{round}/overview", papers::overview)
        .get("/rounds/{round}/overview.docx", papers::overview_word)
        .get("/rounds/{round}/record", papers::record)
        .get("/rounds/{round}/nominate", nominate::ask)
        .post("/rounds/{round}/nominate", nominate::act)
        .post("/rounds/{round}/nominate/several", nominate::several)
        .get("/rounds/{round}/nominate/template.xlsx", candidate_file::template)
        .upload("/rounds/{round}/nominate/file", nominate::file)
        .get("/rounds/{round}/notice", notice::show)
        .post("/rounds/{round}/notice", notice::publish)
        .get("/rounds/{round}/notice.docx", notice::word)
        .post("/rounds/{round}/notice/withdraw", notice::withdraw)
        .post("/rounds/{round}/notice/issuer", notice::issue)
        .post("/rounds/{round}/notice/objections", notice::object)
        .get("/rounds/{round}/objections", notice::objections)
        .post("/rounds/{round}/objections/{objection}", notice::answer)
        .get("/rounds/{round}/outcome", outcome::ask)
        .post("/rounds/{round}/outcome", outcome::act)
        .get("/delegations", delegations::list)
        .post("/delegations", delegations::add)
        .post("/delegations/{delegation}/end", delegations::end)
}

/// A round that an office sees.
async fn visible_round(db: &mut PgConnection, office: &ChainOffice, id: RoundId) -> Result<Round, Failure> {
    let round = store::round(db, office.institution, id).await?.ok_or(Failure::Missing)?;
    if office.sees(&round) { Ok(round) } else { Err(Failure::Missing) }
}

/// A round whose union the office manages.
async fn managed_round(app: &App, acting: &Acting<UnionKeeper>, id: RoundId) -> Result<Round, Failure> {
    let round = store::round(&mut *app.read().await?, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if round.union.is_managed_by(acting.office()) { Ok(round) } else { Err(Failure::Missing) }
}

/// The frame of a page of a round.
fn frame(app: &App, person: &SignedIn, round: &Round, title: &str) -> Chrome {
    app.chrome(person, title).under(paths::ROUNDS, "遴选轮次").under(&round.id.path(), &round.title)
}

/// What a page says of the act that led to it; nothing where one just comes to look.
fn said(word: &str) -> &'static str {
    word.parse::<Done>().map_or("", Done::label)
}

/// A step of a chain as a page draws it.
pub(super) struct StepView {
    pub act: String,
    pub bodies: String,
    pub state: StepState,
    pub word: &'static str,
    /// More of it: who has signed, by when it is due.
    pub more: String,
}

/// How a step of a chain is drawn: the word of its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepState {
    Done,
    Now,
    ToDo,
    Stopped,
}

impl StepState {
    pub fn slug(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::ToDo => "todo",
            Self::Stopped => "stopped",
        }
    }
}

impl StepView {
    pub fn is_done(&self) -> bool {
        self.state == StepState::Done
    }

    pub fn is_now(&self) -> bool {
        self.state == StepState::Now
    }

    pub fn is_stopped(&self) -> bool {
        self.state == StepState::Stopped
    }
}

/// The steps of a case. Who signed is told to offices, not to candidates.
fn steps(round: &Round, case: &Case, opinions: &[Opinion], offices: bool) -> Vec<StepView> {
    let mut standing = opinions.iter().filter(|opinion| !opinion.withdrawn);
    let stopped = standing.next_back().filter(|_| case.stage == Stage::Refused).map(|last| last.step);
    let at = match case.stage {
        Stage::At(step) => step,
        Stage::Invited | Stage::Returned => 0,
        Stage::Passed | Stage::Appointed | Stage::Listed => round.chain.links.len(),
        Stage::Refused | Stage::Withdrawn | Stage::Lapsed => {
            stopped.unwrap_or_else(|| usize::try_from(case.furthest).unwrap_or(0))
        }
    };
    let one = |(place, link): (usize, &Link)| {
        let here = place == at;
        let (state, word) = match case.stage {
            _ if place < at => (StepState::Done, "已办"),
            Stage::At(_) if here => (StepState::Now, "正在办理"),
            Stage::Returned if here => (StepState::ToDo, "待本人修改后重新办理"),
            Stage::Refused if here => (StepState::Stopped, "未通过"),
            Stage::Withdrawn | Stage::Lapsed | Stage::Refused => (StepState::ToDo, "不再办理"),
            _ => (StepState::ToDo, "待办"),
        };
        let signed = opinions
            .iter()
            .filter(|opinion| !opinion.withdrawn)
            .filter(|opinion| opinion.step == place && opinion.agreed() && (!here || opinion.visit == case.visit));
        let mut offices_signed: Vec<String> = signed.map(|opinion| opinion.office.clone()).collect();
        offices_signed.dedup();
        let more = match (state, case.due_on) {
            (StepState::Now, Some(due)) if offices && !offices_signed.is_empty() => {
                format!("{}已同意；{}前办理", offices_signed.join("、"), chinese_day(due))
            }
            (StepState::Now, Some(due)) => format!("{}前办理", chinese_day(due)),
            (StepState::Done, _) if offices => offices_signed.join("、"),
            _ => String::new(),
        };
        StepView { act: link.act.clone(), bodies: link.bodies_in_words(), state, word, more }
    };
    round.chain.links.iter().enumerate().map(one).collect()
}

/// What the conditions say of a student today, by the plan that governs; none where no plan governs.
fn evidence_today(plans: &Calendar, round: &Round, fact: &StudentFacts, today: time::Date) -> Option<Evidence> {
    let plan = plans.in_force(today)?;
    Some(Evidence::take(fact, &conditions(&plan, &round.candidate(fact.member(None, today))), today))
}

async fn calendar(db: &mut PgConnection, institution: InstitutionId) -> Result<Calendar, Failure> {
    crate::rulebook::store::calendar(db, institution).await
}

/// One bar of a figure that counts people by something.
pub(super) struct Share {
    pub label: String,
    pub count: usize,
    /// The bar's length, 0 to 200.
    pub length: usize,
}

/// People counted by something, the most first.
fn shares(labels: impl Iterator<Item = String>) -> Vec<Share> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(1);
    let mut shares: Vec<Share> =
        counts.into_iter().map(|(label, count)| Share { label, count, length: count * 200 / most }).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.count));
    shares
}

/// Where candidates come from: by source, college, grade, gender.
pub(super) struct Composition {
    pub parts: Vec<(&'static str, Vec<Share>)>,
}

/// The composition of a round as the database counts it.
fn composition_of(counts: &[PeopleCount]) -> Composition {
    let part = |by: CountedBy| {
        let own: Vec<&PeopleCount> = counts.iter().filter(|count| count.by == by).collect();
        let most = own.iter().map(|count| count.people).max().unwrap_or(1).max(1);
        let label = |count: &PeopleCount| match (by, count.label.as_deref()) {
            (CountedBy::Source, word) => source_label(word.and_then(|word| word.parse().ok())),
            (CountedBy::Grade, Some(year)) => format!("{year}级"),
            (CountedBy::College | CountedBy::Gender, Some(label)) => label.to_owned(),
            (CountedBy::College | CountedBy::Grade | CountedBy::Gender, None) => UNKNOWN.to_owned(),
        };
        let share = |count: &&PeopleCount| Share {
            label: label(count),
            count: usize::try_from(count.people).unwrap_or(0),
            length: usize::try_from(count.people * 200 / most).unwrap_or(0),
        };
        own.iter().map(share).collect()
    };
    Composition { parts: CountedBy::ALL.iter().map(|by| (by.label(), part(*by))).collect() }
}

const UNKNOWN: &str = "未登记";

fn source_label(source: Option<Source>) -> String {
    source.map_or("未说明", Source::label).to_owned()
}

fn composition(cases: &[&Case]) -> Composition {
    let part = |by: CountedBy| {
        shares(cases.iter().map(|case| match by {
            CountedBy::Source => source_label(case.source),
            CountedBy::College => case.college_name.clone(),
            CountedBy::Grade => format!("{}级", case.entry_year),
            CountedBy::Gender => case.gender.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        }))
    };
    Composition { parts: CountedBy::ALL.iter().map(|by| (by.label(), part(*by))).collect() }
}

/// What a plan asks of a candidate.
pub(super) struct ConditionText {
    pub rule: Rule,
    pub name: &'static str,
    pub quote: String,
}

impl ConditionText {
    /// The recommending body signs an opinion on it.
    fn is_signed(&self) -> bool {
        matches!(self.rule, Rule::Elg02 | Rule::Elg06)
    }

    /// It says who may apply.
    fn is_of_all(&self) -> bool {
        self.rule == Rule::Elg05
    }
}

/// The conditions of a plan, in its words: those that the portal judges, those on which the recommending body signs, and who may
/// apply.
fn asks(plan: &Plan) -> Vec<ConditionText> {
    let one = |rule: Rule| {
        let quote = plan.provision(rule)?.clause().quote.clone();
        Some(ConditionText { rule, name: rule.name(), quote })
    };
    let rules = [Rule::Elg01, Rule::Elg03, Rule::Elg04, Rule::Elg02, Rule::Elg06, Rule::Elg05];
    rules.into_iter().filter_map(one).collect()
}
