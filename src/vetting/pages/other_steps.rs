//! 其他环节: the steps of a round's chain that are no opinions, and saying that one of them was taken.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{frame, managed_round};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::RoundId,
    office::UnionKeeper,
    page::chrome::Chrome,
    rules::{
        chain::{OtherStep, TakenStep},
        chain_steps::{TellRequest, tell_step},
    },
    vetting::{Verb, forms::TellForm, paths::Done, round::Round, store},
    web::forms::{Errors, Submitted},
};

/// A step that is no opinion as the page shows it.
struct OtherStepRow {
    /// What it is, and after which opinion.
    says: String,
    /// When and by whom it is said to have been taken, or why nobody need say so.
    state: String,
    is_done: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/round_steps.html")]
pub(super) struct OtherStepsPage {
    chrome: Chrome,
    round: Round,
    rows: Vec<OtherStepRow>,
    /// The place and the name of the step whose turn it is.
    next: Option<NextStep>,
    form: TellForm,
    errors: Errors,
}

/// The step that is to be told of next.
struct NextStep {
    place: usize,
    says: String,
    hint: String,
}

fn rows(round: &Round) -> Vec<OtherStepRow> {
    let row = |(place, other): (usize, &OtherStep)| OtherStepRow {
        says: round.chain.place_in_words(place),
        state: match &other.taken {
            Some(taken) => format!("{}，{}登记", taken.days_in_words(), taken.office),
            None if round.chain.is_told(other) => "还没有登记".to_owned(),
            None if other.is_notice() => "由系统按本轮的公示办理，不用登记".to_owned(),
            None => "本人报名就是，不用登记".to_owned(),
        },
        is_done: other.taken.is_some() || !round.chain.is_told(other),
    };
    round.chain.others.iter().enumerate().map(row).collect()
}

fn next(round: &Round) -> Option<NextStep> {
    let other = round.chain.waits_for(round.chain.links.len())?;
    let place = round.chain.others.iter().position(|one| one == other)?;
    let hint = other.days.map_or_else(String::new, |days| format!("方案规定不少于 {days} 天，首日、末日都算。"));
    Some(NextStep { place, says: other.says.clone(), hint })
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: RoundId,
    submitted: Submitted<TellForm>,
) -> Result<OtherStepsPage, Failure> {
    let round = managed_round(app, acting, id).await?;
    if round.chain.others.is_empty() {
        return Err(Failure::Missing);
    }
    let Submitted { form, errors } = submitted;
    let chrome = frame(app, acting.person(), &round, "其他环节");
    let next = next(&round).filter(|_| round.ended_why.is_none());
    Ok(OtherStepsPage { chrome, rows: rows(&round), next, round, form, errors })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
) -> Result<OtherStepsPage, Failure> {
    page(&app, &acting, id, Submitted::new(TellForm::default(), Errors::default())).await
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
        let page = page(&app, &acting, id, Submitted::new(form, errors)).await?;
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
