//! A round as its offices see it, and the cases in it.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, State};
use axum_extra::extract::Query;
use serde::Deserialize;
use time::Date;

use super::{
    Composition, composition_of, frame,
    notice::{NoNotice, why_no_notice},
    said, visible_round,
};
use crate::{
    app::App,
    auth::acting::Acting,
    directory::store::stroke_order,
    failure::Failure,
    ids::{CollegeId, PlaceId, RoundId},
    name::order::{self, StrokeOrder},
    page::{chrome::Chrome, filters},
    rules::chain::{Link, Stage},
    text::searched,
    unions::union::sees_grades,
    vetting::{
        Vetter,
        case::Case,
        chain_office::ChainOffice,
        paths::{self, Done, nominated_in_words},
        public_notice::NoticeTerm,
        round::{Phase, Place, Round},
        store::{self, CaseFilter, StageCount, Window},
    },
    workdays::Span,
};

/// A step with the cases that stand there.
pub(super) struct StepRow {
    pub link: Link,
    pub days: i32,
    pub cases: i64,
    pub late: i64,
    /// The bar's length, 0 to 200.
    pub length: i64,
}

/// A place with how it is filled.
pub(super) struct PlaceRow {
    pub place: Place,
    pub held: i64,
    pub under_way: i64,
    pub settled: i64,
    pub left: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/round.html")]
pub(super) struct RoundPage {
    chrome: Chrome,
    round: Round,
    phase: Phase,
    keeps: bool,
    nominates: bool,
    recommends: bool,
    steps: Vec<StepRow>,
    places: Vec<PlaceRow>,
    /// Stage in words, its colour, and how many.
    stages: Vec<(Stage, i64)>,
    total: i64,
    waiting: i64,
    passed: i64,
    objections: usize,
    /// From which day to which candidates are on public notice; none where none is.
    on_notice: Option<NoticeTerm>,
    /// Those who passed and were not yet on public notice.
    unshown: i64,
    /// Of those on it, how many were put there today and can be taken off again.
    withdrawable: i64,
    /// When a notice would run that is published today.
    span: Span,
    /// Why it cannot be published today.
    no_notice: Option<NoNotice>,
    composition: Option<Composition>,
    done: String,
}

fn places(round: &Round, held: &HashMap<PlaceId, i64>, tally: &[StageCount]) -> Vec<PlaceRow> {
    let count = |place: PlaceId, is_meant: fn(Stage) -> bool| -> i64 {
        let rows = tally.iter().filter(|row| row.place == place && is_meant(row.stage));
        rows.map(|row| row.cases).sum()
    };
    let line = |place: &Place| {
        let settled = count(place.id, Stage::fills_a_seat);
        PlaceRow {
            held: held.get(&place.id).copied().unwrap_or(0),
            under_way: count(place.id, Stage::is_under_way),
            settled,
            left: (i64::from(place.seats) - settled).max(0),
            place: place.clone(),
        }
    };
    round.places.iter().map(line).collect()
}

/// What was done, and to how many.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RoundQuery {
    done: String,
    people: u32,
    unreachable: u32,
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    Query(RoundQuery { done, people, unreachable }): Query<RoundQuery>,
) -> Result<RoundPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, &acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    let held = store::holders(&mut db, &round, round.effective_on.max(today)).await?;
    let tally = store::tally(&mut db, id, today).await?;
    let at = |step: usize| tally.iter().filter(move |row| row.stage == Stage::At(step));
    let most =
        (0..round.chain.links.len()).map(|step| at(step).map(|row| row.cases).sum::<i64>()).max().unwrap_or(1).max(1);
    let line = |(step, link): (usize, &Link)| {
        let cases: i64 = at(step).map(|row| row.cases).sum();
        StepRow {
            link: link.clone(),
            days: round.due_days.get(step).copied().unwrap_or(0),
            cases,
            late: at(step).map(|row| row.late).sum(),
            length: cases * 200 / most,
        }
    };
    let steps = round.chain.links.iter().enumerate().map(line).collect();
    let mut stages: Vec<(Stage, i64)> = Vec::new();
    for row in &tally {
        match stages.iter_mut().find(|(known, _)| known.slug() == row.stage.slug()) {
            Some((_, count)) => *count += row.cases,
            None => stages.push((row.stage, row.cases)),
        }
    }
    stages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let passed = tally.iter().filter(|row| row.stage == Stage::Passed).map(|row| row.cases).sum();
    let keeps = office.manages(&round);
    let which = store::WaitingFilter { round: Some(id), ..store::WaitingFilter::first() };
    let waiting =
        if office.acts_in(&round) { store::count_waiting(&mut db, &office, &which, today).await?.all } else { 0 };
    let mut shown = None;
    let (mut on_notice, mut unshown, mut withdrawable) = (None, 0, 0);
    if keeps && round.ended_why.is_none() {
        let counts = store::counts(&mut db, id).await?;
        shown = Some(composition_of(&counts)).filter(|_| !counts.is_empty());
        if store::on_notice(&mut db, acting.institution(), today).await?.iter().any(|one| one.round == id) {
            on_notice = store::notice_terms(&mut db, id, today).await?.into_values().reduce(NoticeTerm::together);
        }
        unshown = store::unshown(&mut db, id).await?;
        withdrawable = store::withdrawable(&mut db, id, today).await?;
    }
    let span = round.notice(today);
    let objections = if keeps { store::open_objections(&mut db, id).await?.len() } else { 0 };
    Ok(RoundPage {
        chrome: app.chrome(acting.person(), &round.title).under(paths::ROUNDS, "遴选轮次"),
        phase: round.phase(&today),
        keeps,
        nominates: office.nominates_in(&round) && round.phase(&today) == Phase::Open,
        recommends: office.recommends_in(&round),
        steps,
        places: places(&round, &held, &tally),
        total: stages.iter().map(|(_, count)| count).sum(),
        stages,
        waiting,
        passed,
        objections,
        on_notice,
        unshown,
        withdrawable,
        no_notice: why_no_notice(&round, span, today),
        span,
        composition: shown,
        round,
        done: match done.parse::<Done>() {
            Ok(Done::Nominated) if people > 0 => nominated_in_words(people, unreachable),
            _ => said(&done).to_owned(),
        },
    })
}

const A_PAGE: i64 = 100;

#[derive(Debug, Default, Deserialize)]
pub(super) struct CasesQuery {
    #[serde(default)]
    stage: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/cases.html")]
pub(super) struct CasesPage {
    chrome: Chrome,
    round: Round,
    cases: Vec<Case>,
    order: StrokeOrder,
    order_hint: Option<String>,
    total: i64,
    filter: CasesQuery,
    kept: String,
    more: bool,
    grades: bool,
    stages: Vec<Stage>,
    colleges: Vec<(CollegeId, String)>,
    today: Date,
}

pub(super) async fn cases(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    Query(filter): Query<CasesQuery>,
) -> Result<CasesPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, &acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    let page = filter.page.clamp(0, 10_000);
    let only = CaseFilter {
        stage: Stage::of(&filter.stage, Some(0)),
        college: filter.college.parse().ok(),
        text: searched(&filter.q),
        window: Some(Window::page(page, A_PAGE)),
        ..CaseFilter::of_round(id)
    };
    let (mut cases, total) = store::cases(&mut db, acting.institution(), Some(&office), &only).await?;
    if !sees_grades(acting.office().kind) {
        cases.iter_mut().for_each(Case::mute);
    }
    let order = stroke_order(&mut db, acting.institution()).await?;
    let colleges = match (office.college, round.union.college) {
        (None, None) => crate::directory::store::colleges(&mut db, acting.institution()).await?,
        _ => Vec::new(),
    };
    let kept = filters::query(&[("stage", &filter.stage), ("college", &filter.college), ("q", &filter.q)]);
    Ok(CasesPage {
        chrome: frame(&app, acting.person(), &round, "候选人"),
        more: total > (page + 1) * A_PAGE,
        grades: sees_grades(acting.office().kind),
        stages: Stage::ALL.to_vec(),
        colleges: colleges.into_iter().map(|college| (college.id, college.name)).collect(),
        filter: CasesQuery { page, ..filter },
        order,
        order_hint: order::hint(cases.iter().map(|case| case.name.as_str())),
        round,
        cases,
        total,
        kept,
        today,
    })
}
