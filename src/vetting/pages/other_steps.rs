//! 其他环节: the steps of a round's chain that are no opinions, and saying that one of them was taken: by the round, or by those
//! candidates who passed it where each does so alone.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::Date;

use super::{frame, managed_round};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    database::Locked,
    failure::{Failure, Refusal},
    ids::{CaseId, RoundId},
    office::UnionKeeper,
    page::chrome::Chrome,
    rules::{
        Finding,
        chain::{OtherStep, TakenStep},
        chain_steps::{TellRequest, own_step_due, tell_candidate_step, tell_step},
    },
    vetting::{
        Verb,
        case::Case,
        paths::Done,
        round::Round,
        step_forms::{TellEachForm, TellForm, ToldOfEach, ToldStep},
        store::{self, CaseFilter},
    },
    web::forms::{Errors, Submitted},
};

/// A step that is no opinion as the page shows it.
struct OtherStepRow {
    /// What it is, and after which opinion.
    says: String,
    /// When and by whom it is said to have been taken, or why nobody need say so.
    state: String,
    is_done: bool,
    /// Where it is said of candidates who have come to it.
    tells_each: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/round_steps.html")]
pub(super) struct OtherStepsPage {
    chrome: Chrome,
    round: Round,
    rows: Vec<OtherStepRow>,
    /// The place and the name of the step whose turn it is.
    next: Option<NextStep>,
    /// Those who have come to a step that each passes alone.
    own: Option<OwnStep>,
    form: TellForm,
    each: TellEachForm,
    errors: Errors,
}

/// A step that each candidate passes alone, and who has come to it.
struct OwnStep {
    step: NextStep,
    cases: Vec<Case>,
}

/// What was typed into the one or the other form of the page.
#[derive(Default)]
struct Typed {
    of_round: TellForm,
    of_each: TellEachForm,
}

/// The step that is to be told of next.
struct NextStep {
    place: usize,
    says: String,
    hint: String,
}

fn rows(round: &Round, cases: &[Case]) -> Vec<OtherStepRow> {
    let come = |place: usize| cases.iter().filter(|case| due(round, case) == Some(place)).count();
    let passed =
        |place: usize| cases.iter().filter(|case| case.own_steps.iter().any(|step| step.place == place)).count();
    let row = |(place, other): (usize, &OtherStep)| OtherStepRow {
        says: round.chain.place_in_words(place),
        tells_each: Some(round.id.own_step_path(place)).filter(|_| come(place) > 0 && round.ended_why.is_none()),
        state: match &other.taken {
            Some(taken) => format!("{}，{}登记", taken.days_in_words(), taken.office),
            None if other.each => format!("逐人登记：已登记 {} 人，待登记 {} 人", passed(place), come(place)),
            None if round.chain.is_told(other) => "还没有登记".to_owned(),
            None if other.is_notice() => "由系统按本轮的公示办理，不用登记".to_owned(),
            None => "本人报名就是，不用登记".to_owned(),
        },
        is_done: other.taken.is_some()
            || !round.chain.is_told(other)
            || other.each && come(place) == 0 && passed(place) > 0,
    };
    round.chain.others.iter().enumerate().map(row).collect()
}

/// The place of the step that waits to be said of a candidate.
fn due(round: &Round, case: &Case) -> Option<usize> {
    own_step_due(&round.chain.of_candidate(&case.own_steps), case.stage)
}

fn step_at(round: &Round, place: usize) -> Option<NextStep> {
    let other = round.chain.others.get(place)?;
    let hint = other.days.map_or_else(String::new, |days| format!("方案规定不少于 {days} 天，首日、末日都算。"));
    Some(NextStep { place, says: other.says.clone(), hint })
}

fn next(round: &Round) -> Option<NextStep> {
    let other = round.chain.round_waits_for(round.chain.links.len())?;
    step_at(round, round.chain.others.iter().position(|one| one == other)?)
}

/// Those who have come to the step that is asked for, or else to the first to which somebody has.
fn own(round: &Round, cases: Vec<Case>, asked: &str) -> Option<OwnStep> {
    let asked = asked.parse::<usize>().ok().filter(|asked| cases.iter().any(|case| due(round, case) == Some(*asked)));
    let place = asked.or_else(|| cases.iter().filter_map(|case| due(round, case)).min())?;
    let step = step_at(round, place)?;
    Some(OwnStep { step, cases: cases.into_iter().filter(|case| due(round, case) == Some(place)).collect() })
}

/// The candidates of a round, where some of its steps are said of each of them.
async fn candidates(db: &mut PgConnection, acting: &Acting<UnionKeeper>, round: &Round) -> Result<Vec<Case>, Failure> {
    if !round.chain.has_own_steps() {
        return Ok(Vec::new());
    }
    let (cases, _) = store::cases(db, acting.institution(), None, &CaseFilter::of_round(round.id)).await?;
    Ok(cases)
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: RoundId,
    submitted: Submitted<Typed>,
) -> Result<OtherStepsPage, Failure> {
    let round = managed_round(app, acting, id).await?;
    if round.chain.others.is_empty() {
        return Err(Failure::Missing);
    }
    let Submitted { form: Typed { of_round: form, of_each: each }, errors } = submitted;
    let cases = candidates(&mut *app.read().await?, acting, &round).await?;
    let chrome = frame(app, acting.person(), &round, "其他环节");
    let next = next(&round).filter(|_| round.ended_why.is_none());
    let rows = rows(&round, &cases);
    let own = own(&round, cases, &each.step).filter(|_| round.ended_why.is_none());
    Ok(OtherStepsPage { chrome, round, rows, next, own, form, each, errors })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Query(of_each): Query<TellEachForm>,
) -> Result<OtherStepsPage, Failure> {
    let typed = Typed { of_each, ..Typed::default() };
    page(&app, &acting, id, Submitted::new(typed, Errors::default())).await
}

pub(super) async fn tell(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<TellForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let round = managed_round(&app, &acting, id).await?;
    if round.ended_why.is_some() {
        errors.add("from", "本轮已经结束，不能再登记");
    }
    let Some(told) = form.read(today, &mut errors).filter(|_| errors.is_empty()) else {
        let typed = Typed { of_round: form, ..Typed::default() };
        let page = page(&app, &acting, id, Submitted::new(typed, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, "其他环节"),
        wanted: format!("{}：登记“{}”", round.title, round.chain.place_in_words(told.place)),
        back: id.steps_path(),
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        let taken = TakenStep { from: told.from, until: told.until, office: acting.office().label() };
        let request = TellRequest { place: told.place, taken };
        let days = request.taken.days_in_words();
        let step = tell_step(&round.chain, request, today).permit().map_err(|findings| refusal.because(findings))?;
        if !store::tell_step(db, &round, &step).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::RoundKept, round.union.name.clone())
            .detail("轮次", round.title.clone())
            .detail("办理", format!("登记办完“{}”", step.in_words()))
            .detail("日期", days)
            .under(&round.chain.clause());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Told.at(&id.path())).into_response())
}

pub(super) async fn tell_each(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<TellEachForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let round = managed_round(&app, &acting, id).await?;
    if round.ended_why.is_some() {
        errors.add("case", "本轮已经结束，不能再登记");
    }
    let Some(ToldOfEach { step, cases }) = form.read(today, &mut errors) else {
        let typed = Typed { of_each: form, ..Typed::default() };
        let page = page(&app, &acting, id, Submitted::new(typed, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, "其他环节"),
        wanted: format!("{}：为 {} 人登记“{}”", round.title, cases.len(), round.chain.place_in_words(step.place)),
        back: format!("{}?{}", id.steps_path(), form.as_query()),
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        if round.ended_why.is_some() {
            return Err(Failure::Missing);
        }
        let telling = Telling { acting: &acting, round: &round, step, today };
        telling.of_each(db, &cases, refusal).await?;
        let says = round.chain.others.get(step.place).map_or("", |other| other.says.as_str());
        let entry = Entry::new(Verb::RoundKept, round.union.name.clone())
            .detail("轮次", round.title.clone())
            .detail("办理", format!("逐人登记办完“{says}”"))
            .detail("日期", telling.taken().days_in_words())
            .detail("人数", cases.len().to_string())
            .under(&round.chain.clause());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::ToldOfEach.at(&id.path())).into_response())
}

/// A step that each candidate passes alone, on its way into the round.
struct Telling<'a> {
    acting: &'a Acting<UnionKeeper>,
    round: &'a Locked<Round>,
    step: ToldStep,
    today: Date,
}

impl Telling<'_> {
    fn taken(&self) -> TakenStep {
        let ToldStep { from, until, .. } = self.step;
        TakenStep { from, until, office: self.acting.office().label() }
    }

    /// Keeps it with each of these candidates, or with none: nobody's own, and each as the rule allows.
    async fn of_each(&self, db: &mut PgConnection, ids: &[CaseId], refusal: Refusal) -> Result<(), Failure> {
        let cases = store::lock_cases(db, self.acting.institution(), self.round, ids).await?;
        if cases.len() != ids.len() {
            return Err(Failure::Missing);
        }
        let mut findings: Vec<Finding> = Vec::new();
        for case in &cases {
            if self.acting.person().student == Some(case.student) {
                return Err(refusal.for_reason("不能登记本人的事项", "请由其他人登记"));
            }
            let chain = self.round.chain.of_candidate(&case.own_steps);
            let request = TellRequest { place: self.step.place, taken: self.taken() };
            match tell_candidate_step(&chain, case.stage, request, self.today).permit() {
                Ok(told) => store::note_own_step(db, case, &told).await?,
                Err(found) => {
                    let of_them = |finding: Finding| {
                        let message = format!("{}：{}", case.name, finding.message);
                        Finding { message, ..finding }
                    };
                    findings.extend(found.into_iter().map(of_them));
                }
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(refusal.because(findings)) }
    }
}
