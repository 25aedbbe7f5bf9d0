//! 遴选办理: what waits for an office, opinions on many at once, and what one has dealt with.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, types::Uuid};
use time::Date;

use super::{
    case::{new_opinion, said_of},
    visible_round,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::{CaseId, RoundId},
    office::{Office, Registrar},
    page::{chrome::Chrome, filters},
    rules::chain::{Decision, DecisionKind, Link, Stage},
    text::searched,
    unions::union::sees_grades,
    vetting::{
        Verb, Vetter,
        case::{Case, CaseSeen},
        chain_office::ChainOffice,
        forms::{MOST_CASES, OpinionForm, SessionChoice},
        paths,
        round::{Place, Round},
        store::{self, BatchResult, CaseFilter, NewOpinion, OwnOpinion, RoundFilter, Session, WaitingFilter, Window},
    },
    web::forms::{Errors, Submitted, written},
};

/// The most cases of one place that are told at once that they were not chosen.
const MOST_LEFT_OVER: i64 = 5_000;
/// Cases a page; a batch may take them all.
const A_PAGE: i64 = 50;

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct WorkQuery {
    #[serde(default)]
    round: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    late: String,
    #[serde(default)]
    step: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    many: String,
    #[serde(default)]
    page: i64,
    /// The case that was dealt with just before.
    #[serde(default)]
    did: String,
}

impl WorkQuery {
    /// The list as a query, but for its page.
    fn kept(&self) -> String {
        filters::query(&[
            ("round", &self.round),
            ("college", &self.college),
            ("q", &self.q),
            ("late", &self.late),
            ("step", &self.step),
            ("place", &self.place),
            ("sort", &self.sort),
            ("many", &self.many),
        ])
    }
}

/// A case that waits, with its step in words.
pub(super) struct WaitingCase {
    case: Case,
    step: String,
    /// How many opinions the office has given on this visit, where it acts for several offices.
    given: usize,
}

impl WaitingCase {
    /// The case as it is before the reader.
    fn seen(&self) -> String {
        CaseSeen { id: self.case.id, visit: self.case.visit, given: self.given }.token()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/work.html")]
pub(super) struct WorkPage {
    chrome: Chrome,
    lines: Vec<WaitingCase>,
    total: i64,
    filter: WorkQuery,
    kept: String,
    more: bool,
    /// The rounds in which something may wait.
    rounds: Vec<Round>,
    /// What waits, by round and step, where there is more than one.
    groups: Vec<store::WaitingGroup>,
    /// The places of the round that is chosen, where it has several.
    places: Vec<Place>,
    colleges: Vec<(String, String)>,
    /// The one step that all cases on the page stand at: only then can one opinion fit them all.
    link: Option<Link>,
    step: usize,
    earlier: Vec<(usize, String)>,
    /// The seats that are left, where that step is the last.
    left: Vec<(String, i64)>,
    said: String,
    sessions: Vec<Session>,
    grades: bool,
    form: OpinionForm,
    errors: Errors,
    overdue: Vec<store::OverdueStep>,
    /// Cases that wait for an office below in which nobody can act.
    unstaffed: Vec<store::UnstaffedStep>,
    /// The office may enter who holds offices.
    fills_offices: bool,
    /// Whom the full places of this step leave over; none where there is nobody.
    rest: Option<Rest>,
    today: Date,
}

/// The cases of a round's last step that wait for places without a seat left.
pub(super) struct Rest {
    round: RoundId,
    step: i32,
    /// The full places, in words.
    places: String,
    total: usize,
}

impl WorkPage {
    /// What those are told who were not chosen: as typed, or as one may say it.
    fn rest_words(&self) -> &str {
        let typed = self.form.words.as_str();
        if typed.is_empty() || self.errors.of("rest-sure").or(self.errors.of("rest-words")).is_none() {
            "名额已满，本次未入选，感谢你的报名"
        } else {
            typed
        }
    }

    /// The page shows this group alone.
    fn is_shown(&self, group: &store::WaitingGroup) -> bool {
        self.filter.round == group.round.to_string() && self.filter.step == group.step.to_string()
    }

    /// Where the opinions are sent: should they come back, then on the same list.
    fn action(&self) -> String {
        let page = format!("page={}", self.filter.page);
        let query = if self.kept.is_empty() { page } else { format!("{}&{page}", self.kept) };
        format!("{}?{query}", paths::WORK)
    }

    /// The line's box was ticked in a form that came back.
    fn has(&self, line: &WaitingCase) -> bool {
        self.form.case.contains(&line.seen())
    }
}

/// What is asked for, and the part of it that the page shows.
#[derive(Clone, Copy)]
struct WaitingShown<'a> {
    which: &'a WaitingFilter,
    ids: &'a [CaseId],
}

/// The steps of rounds at which cases stand, each once.
fn steps_of(cases: &[Case]) -> Vec<(RoundId, usize)> {
    let mut steps: Vec<(RoundId, usize)> = cases.iter().filter_map(|case| Some((case.round, case.step()?))).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

async fn page(
    app: &App,
    acting: &Acting<Vetter>,
    filter: WorkQuery,
    submitted: Submitted<OpinionForm>,
) -> Result<WorkPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, acting).await?;
    let running = RoundFilter { running: true, ..RoundFilter::default() };
    let mut rounds = store::rounds(&mut db, acting.institution(), running).await?;
    rounds.retain(|round| office.acts_in(round) && office.sees(round));
    let size = if filter.many.is_empty() { A_PAGE } else { i64::try_from(MOST_CASES).unwrap_or(A_PAGE) };
    let page = filter.page.clamp(0, 10_000);
    let which = WaitingFilter {
        round: filter.round.parse().ok(),
        step: filter.step.parse().ok(),
        place: filter.place.parse().ok(),
        // Who sees no ranks is not given their order either.
        by_rank: filter.sort == "rank" && sees_grades(acting.office().kind),
        college: filter.college.parse().ok(),
        text: searched(&filter.q),
        late_on: (!filter.late.is_empty()).then_some(today),
        window: Window::page(page, size),
    };
    let ids = store::waiting(&mut db, &office, &which).await?;
    let mut groups = store::waiting_groups(&mut db, &office).await?;
    let total = total_of(&mut db, &office, WaitingShown { which: &which, ids: &ids }, &groups, today).await?;
    let mut cases = store::cases_of(&mut db, &ids).await?;
    if !sees_grades(acting.office().kind) {
        cases.iter_mut().for_each(Case::mute);
    }
    let stand_at = steps_of(&cases);
    let one = match stand_at.as_slice() {
        [(round, step)] => rounds.iter().find(|known| known.id == *round).map(|round| (round, *step)),
        _ => None,
    };
    let link = one.and_then(|(round, step)| round.link(step).cloned());
    let earlier = one.map(|(round, step)| {
        let earlier = round.chain.links.iter().take(step).enumerate();
        earlier.map(|(step, link)| (step, link.in_words())).collect()
    });
    let sessions = match one {
        Some((round, _)) => store::sessions(&mut db, round.id).await?,
        None => Vec::new(),
    };
    let lines = lines_of(&mut db, &office, &rounds, &cases).await?;
    let kept = filter.kept();
    let colleges = colleges_of(&mut db, &office).await?;
    let chosen = rounds.iter().find(|round| Some(round.id) == which.round);
    let chosen = chosen.or_else(|| rounds.first().filter(|_| rounds.len() == 1));
    let places = chosen.map(|round| round.places.clone()).filter(|places| places.len() > 1).unwrap_or_default();
    if groups.len() == 1 {
        groups.clear();
    }
    let (left, rest) = match one {
        Some((round, step)) if step + 1 == round.chain.links.len() => {
            (seats_left(&mut db, round).await?, rest_of(&mut db, &office, round, step).await?)
        }
        _ => (Vec::new(), None),
    };
    let unstaffed = store::unstaffed(&mut db, &office, app.clock.now()).await?;
    let said = said_of(app, acting, &filter.did).await?;
    let overdue = store::overdue(&mut db, &office, today).await?;
    Ok(WorkPage {
        chrome: app.chrome(acting.person(), "遴选办理"),
        lines,
        total,
        more: total > (page + 1) * size,
        filter: WorkQuery { page, ..filter },
        kept,
        step: one.map_or(0, |(_, step)| step),
        link,
        earlier: earlier.unwrap_or_default(),
        left,
        said,
        sessions,
        rounds,
        groups,
        places,
        colleges,
        grades: sees_grades(acting.office().kind),
        form: submitted.form,
        errors: submitted.errors,
        overdue,
        unstaffed,
        fills_offices: Registrar::KINDS.contains(&acting.office().kind),
        rest,
        today,
    })
}

/// The cases as lines of the list, each with its step and, where the office acts for several there, with the one that is next.
async fn lines_of(
    db: &mut PgConnection,
    office: &ChainOffice,
    rounds: &[Round],
    cases: &[Case],
) -> Result<Vec<WaitingCase>, Failure> {
    let link_of = |case: &Case| {
        let round = rounds.iter().find(|round| round.id == case.round);
        round.zip(case.step()).and_then(|(round, step)| round.link(step))
    };
    let several = |case: &Case| link_of(case).is_some_and(|link| link.opinions_of(office.body) > 1);
    let mut given_now = HashMap::new();
    if cases.iter().any(several) {
        let ids: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
        given_now = store::given_now(db, office, &ids).await?;
    }
    let line = |case: &Case| {
        let given = given_now.get(&case.id).copied().unwrap_or(0);
        let words = |link: &Link| match link.speaks_for(office.body, given) {
            Some(name) => format!("{}（{name}）", link.act),
            None => link.act.clone(),
        };
        WaitingCase { step: link_of(case).map(words).unwrap_or_default(), case: case.clone(), given }
    };
    Ok(cases.iter().map(line).collect())
}

/// How many wait of what is asked for. The groups have counted it already where they are all, or some, of what is asked for.
async fn total_of(
    db: &mut PgConnection,
    office: &ChainOffice,
    shown: WaitingShown<'_>,
    groups: &[store::WaitingGroup],
    today: Date,
) -> Result<i64, Failure> {
    let WaitingShown { which, ids } = shown;
    if ids.is_empty() {
        return Ok(0);
    }
    if which.narrows_groups() {
        return Ok(store::count_waiting(db, office, which, today).await?.all);
    }
    let meant = groups.iter().filter(|group| which.has_group(group.round, group.step));
    Ok(meant.map(|group| group.cases).sum())
}

/// The colleges by which an office of the whole school filters, by id.
async fn colleges_of(db: &mut PgConnection, office: &ChainOffice) -> Result<Vec<(String, String)>, Failure> {
    if office.college.is_some() {
        return Ok(Vec::new());
    }
    let all = crate::directory::store::colleges(db, office.institution).await?;
    Ok(all.into_iter().map(|college| (college.id.to_string(), college.name)).collect())
}

/// Whom the full places of a round's last step leave over; none where there is nobody.
async fn rest_of(
    db: &mut PgConnection,
    office: &ChainOffice,
    round: &Round,
    step: usize,
) -> Result<Option<Rest>, Failure> {
    let (found, places) = left_over(db, office, round, step).await?;
    let step = i32::try_from(step).unwrap_or(0);
    let rest = Rest { round: round.id, step, places: places.join("、"), total: found.len() };
    Ok((rest.total > 0).then_some(rest))
}

/// The cases that wait for an office at a round's last step for places that are full, and those places in words.
async fn left_over(
    db: &mut PgConnection,
    office: &ChainOffice,
    round: &Round,
    step: usize,
) -> Result<(Vec<CaseId>, Vec<String>), Failure> {
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for place in store::full_places(db, round).await? {
        let which = WaitingFilter {
            round: Some(round.id),
            step: i32::try_from(step).ok(),
            place: Some(place),
            window: Window { skip: 0, most: MOST_LEFT_OVER },
            ..WaitingFilter::first()
        };
        let ids = store::waiting(db, office, &which).await?;
        if !ids.is_empty() {
            places.extend(round.place(place).map(Place::label));
            found.extend(ids);
        }
    }
    Ok((found, places))
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Query(filter): Query<WorkQuery>,
) -> Result<WorkPage, Failure> {
    page(&app, &acting, filter, Submitted::default()).await
}

/// A case that the opinion could not be given on.
pub(super) struct NotGivenRow {
    case: Case,
    says: String,
    quote: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/batch.html")]
pub(super) struct BatchPage {
    chrome: Chrome,
    verdict: String,
    /// What became of each, in words.
    done: Vec<(String, Case)>,
    held: Vec<NotGivenRow>,
    kept: String,
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Query(shown): Query<WorkQuery>,
    Form(form): Form<OpinionForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    // What the opinion must say depends on the step, and a session belongs to one step of one round.
    let ids: Vec<Uuid> = form.case.iter().filter_map(|text| text.split('.').next()?.parse().ok()).collect();
    let steps = store::steps_of(&mut *app.read().await?, &office, &ids).await?;
    let recommends = steps.iter().any(|(_, step)| *step == 0);
    let asked = form.read(recommends, today, &mut errors);
    if asked.as_ref().is_some_and(|asked| matches!(asked.session, SessionChoice::New(..))) && steps.len() != 1 {
        errors.add("session", "登记新会议时，所选各件须同属一个轮次的同一环节");
    }
    let (Some(asked), true) = (asked, errors.is_empty()) else {
        let page = page(&app, &acting, shown, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let place = steps.first().copied();
    let verdict = match asked.decision.kind() {
        DecisionKind::Agree => agreement(&mut *app.read().await?, &office, place).await?,
        kind @ (DecisionKind::Return | DecisionKind::Refuse) => kind.label().to_owned(),
    };
    let batch = app
        .write_as(acting.person().authority(), async |db| {
            let round = match place {
                Some((round, _)) => store::round(db, office.institution, round).await?,
                None => None,
            };
            // A session that is recorded for no opinion goes with it.
            let mut inner = db.begin().await?;
            let new = match place.zip(round) {
                Some(((_, step), round)) => {
                    new_opinion(&mut inner, &acting, &office, &round, step, &asked, now).await?
                }
                None => {
                    NewOpinion { decision: asked.decision, words: asked.words.clone(), session: None, for_seats: false }
                }
            };
            let batch = store::give(&mut inner, &office, acting.person(), &asked.cases, &new, now).await?;
            if batch.done.is_empty() {
                inner.rollback().await?;
                return Ok(batch);
            }
            inner.commit().await?;
            audit::append(db, acting.person(), entry_of(&batch, &verdict), now).await?;
            Ok(batch)
        })
        .await?;
    if !batch.crowded.is_empty() {
        // Nobody was decided: the list comes back with the same ticks.
        errors.add("case", format!("{}；没有办理任何一人，请只勾选拟确定的人选", batch.crowded.join("；")));
        let page = page(&app, &acting, shown, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let of_cases: Vec<Uuid> = steps.iter().map(|(round, _)| round.0).collect();
    let which = RoundFilter { some: Some(&of_cases), ..RoundFilter::default() };
    let rounds = store::rounds(&mut *app.read().await?, office.institution, which).await?;
    Ok(result(&app, &acting, batch, &rounds, verdict, shown.kept()).into_response())
}

/// What the record says of opinions on many: each stands with its case, the chain names them all by one digest.
fn entry_of(batch: &BatchResult, verdict: &str) -> Entry {
    let mut numbers: Vec<i32> = batch.done.iter().map(|(case, _)| case.number).collect();
    numbers.sort_unstable();
    let list: Vec<String> = numbers.iter().map(i32::to_string).collect();
    let digest = hex::encode(Sha256::digest(list.join(",")));
    Entry::new(Verb::OpinionGiven, format!("{} 件", batch.done.len()))
        .detail("结论", verdict.to_owned())
        .detail("编号", list.iter().take(20).cloned().collect::<Vec<_>>().join("、"))
        .detail("全部编号的摘要", digest)
}

/// 其余未入选 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RestForm {
    round: String,
    step: String,
    /// How many the page showed.
    total: String,
    words: String,
    sure: String,
}

/// Refuses, for want of seats, whoever waits at a round's last step for a place that is full, and tells each.
pub(super) async fn refuse_rest(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Form(form): Form<RestForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let office = ChainOffice::of(&mut *app.read().await?, &acting).await?;
    let asked = form.round.parse::<RoundId>().ok().zip(form.step.parse::<usize>().ok());
    let (id, step) = asked.ok_or(Failure::Malformed)?;
    let round = visible_round(&mut *app.read().await?, &office, id).await?;
    let words = written(&form.words, 300, "rest-words", "请写明原因，原因会告诉本人", &mut errors);
    if form.sure != "yes" {
        errors.add("rest-sure", format!("将告知 {} 人本次未入选；请勾选确认", form.total));
    }
    let mut batch = BatchResult::default();
    if let Some(words) = words.filter(|_| errors.is_empty()) {
        let new = NewOpinion { decision: Decision::Refuse, words, session: None, for_seats: true };
        batch = app
            .write_as(acting.person().authority(), async |db| {
                let round = store::steady_round(db, acting.institution(), id).await?;
                let (ids, _) = left_over(db, &office, &round, step).await?;
                // Who is told is who was shown.
                if ids.len().to_string() != form.total || ids.is_empty() {
                    return Ok(BatchResult::default());
                }
                let only = CaseFilter { ids: Some(ids.iter().map(|id| id.0).collect()), ..CaseFilter::default() };
                let (cases, _) = store::cases(db, acting.institution(), Some(&office), &only).await?;
                let given_now = store::given_now(db, &office, &ids).await?;
                let seen = |case: &Case| {
                    let given = given_now.get(&case.id).copied().unwrap_or(0);
                    CaseSeen { id: case.id, visit: case.visit, given }
                };
                let seen: Vec<CaseSeen> = cases.iter().map(seen).collect();
                let batch = store::give(db, &office, acting.person(), &seen, &new, now).await?;
                if !batch.done.is_empty() {
                    audit::append(db, acting.person(), entry_of(&batch, "未入选"), now).await?;
                }
                Ok(batch)
            })
            .await?;
        if batch.done.is_empty() && batch.held.is_empty() {
            errors.add("rest-sure", "人数有变化，没有办理；请核对后再办");
        }
    }
    if !errors.is_empty() {
        let filter = WorkQuery { round: form.round.clone(), step: form.step.clone(), ..WorkQuery::default() };
        let opinion = OpinionForm { words: form.words, ..OpinionForm::default() };
        let page = page(&app, &acting, filter, Submitted::new(opinion, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let kept = WorkQuery { round: form.round, ..WorkQuery::default() }.kept();
    Ok(result(&app, &acting, batch, &[round], "未入选".to_owned(), kept).into_response())
}

/// The seats of a round's places that are left, in words.
async fn seats_left(db: &mut PgConnection, round: &Round) -> Result<Vec<(String, i64)>, Failure> {
    let seats = store::seats_left(db, round).await?;
    Ok(seats.into_iter().filter_map(|(id, left)| Some((round.place(id)?.label(), left))).collect())
}

/// What agreeing is called at a step.
async fn agreement(
    db: &mut PgConnection,
    office: &ChainOffice,
    at: Option<(RoundId, usize)>,
) -> Result<String, Failure> {
    let Some((round, step)) = at else { return Ok("同意".to_owned()) };
    let round = store::round(db, office.institution, round).await?;
    let link = round.as_ref().and_then(|round| round.link(step));
    Ok(link.map_or_else(|| "同意".to_owned(), Link::agreement))
}

fn result(
    app: &App,
    acting: &Acting<Vetter>,
    batch: BatchResult,
    rounds: &[Round],
    verdict: String,
    kept: String,
) -> BatchPage {
    let words = |case: &Case, stage: Stage| {
        let round = rounds.iter().find(|round| round.id == case.round);
        match (stage, round) {
            (Stage::At(_), _) if stage == case.stage => "已签署，等另一方办理".to_owned(),
            (Stage::At(step), Some(round)) => {
                round.link(step).map_or(String::new(), |link| format!("到“{}”", link.in_words()))
            }
            _ => stage.label().to_owned(),
        }
    };
    let held = |held: store::NotGiven| NotGivenRow {
        says: held.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("；"),
        quote: held
            .findings
            .iter()
            .find_map(|finding| Some(finding.clause.as_ref()?.quote.clone()))
            .unwrap_or_default(),
        case: held.case,
    };
    BatchPage {
        chrome: app.chrome(acting.person(), "办理结果").under(paths::WORK, "遴选办理"),
        verdict,
        done: batch.done.into_iter().map(|(case, stage)| (words(&case, stage), case)).collect(),
        held: batch.held.into_iter().map(held).collect(),
        kept,
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/done.html")]
pub(super) struct OwnOpinionsPage {
    chrome: Chrome,
    rows: Vec<OwnOpinion>,
    page: i64,
    more: bool,
}

pub(super) async fn done(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Query(PageQuery { page }): Query<PageQuery>,
) -> Result<OwnOpinionsPage, Failure> {
    let (mut db, page) = (app.read().await?, page.clamp(0, 10_000));
    let office = ChainOffice::of(&mut db, &acting).await?;
    let window = Window { skip: page * A_PAGE, most: A_PAGE + 1 };
    let mut rows = store::own_opinions(&mut db, &office, acting.person().account, window).await?;
    let most = usize::try_from(A_PAGE).unwrap_or(50);
    let more = rows.len() > most;
    rows.truncate(most);
    Ok(OwnOpinionsPage {
        chrome: app.chrome(acting.person(), "我办过的").under(paths::WORK, "遴选办理"),
        rows,
        page,
        more,
    })
}
