//! 其他环节: the steps of the delegates' chain that are no opinions (CON-03), and saying that one of them was taken.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Form;

use super::{again, done_at, frame, kept, refusal, under_preparation};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, Verb,
        congress::Congress,
        delegates::{forms::StepForm, paths::Done, recommendation::Terms, store},
    },
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    rules::{chain::OtherStep, chain_steps::tell_step},
    web::forms::{Errors, Submitted},
};

/// A step that is no opinion as the page shows it.
struct StepRow {
    /// What it is, and after which step.
    says: String,
    /// When and by whom it is said to have been taken, or why nobody need say so.
    state: String,
    is_done: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/steps.html")]
pub(super) struct DelegateStepsPage {
    chrome: Chrome,
    congress: Congress,
    terms: Terms,
    rows: Vec<StepRow>,
    form: StepForm,
    errors: Errors,
}

impl DelegateStepsPage {
    /// The step whose turn it is.
    fn next(&self) -> Option<&OtherStep> {
        self.terms.chain.open_step()
    }

    /// Its place among those that are no opinions.
    fn place(&self) -> usize {
        let others = &self.terms.chain.before.others;
        self.next().and_then(|next| others.iter().position(|other| other == next)).unwrap_or_default()
    }

    /// How long it lasts by the plan.
    fn hint(&self) -> String {
        let days = self.next().and_then(|next| next.days);
        days.map_or_else(String::new, |days| format!("方案规定不少于 {days} 天，首日、末日都算。"))
    }
}

fn rows(terms: &Terms) -> Vec<StepRow> {
    let chain = &terms.chain.before;
    let row = |(place, other): (usize, &OtherStep)| StepRow {
        says: terms.chain.place_in_words(place),
        state: match &other.taken {
            Some(taken) => format!("{}，{}登记", taken.days_in_words(), taken.office),
            None if chain.is_told(other) => "还没有登记".to_owned(),
            None => "本人报名就是，不用登记".to_owned(),
        },
        is_done: other.taken.is_some() || !chain.is_told(other),
    };
    chain.others.iter().enumerate().map(row).collect()
}

async fn page(
    app: &App,
    acting: &Acting<CongressKeeper>,
    id: CongressId,
    submitted: Submitted<StepForm>,
) -> Result<DelegateStepsPage, Failure> {
    let mut db = app.read().await?;
    let congress = crate::congress::pages::kept(&mut db, acting, id).await?;
    let terms = store::terms(&mut db, &congress).await?;
    let terms = terms.filter(|terms| !terms.chain.before.others.is_empty()).ok_or(Failure::Missing)?;
    let Submitted { form, errors } = submitted;
    let chrome = frame(app, acting.person(), &congress, "其他环节");
    Ok(DelegateStepsPage { chrome, rows: rows(&terms), congress, terms, form, errors })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<DelegateStepsPage, Failure> {
    page(&app, &acting, id, Submitted::default()).await
}

pub(super) async fn tell(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<StepForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let office = acting.office().label();
    let request = form.read(&office, now.date(), &mut errors).filter(|_| errors.is_empty());
    let Some(request) = request else {
        return Ok(again(page(&app, &acting, id, Submitted::new(form, errors)).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        let wanted = "登记其他环节";
        let back = id.delegate_steps_path();
        under_preparation(&app, acting.person(), &congress, wanted, back.clone())?;
        let terms = store::terms(db, &congress).await?.ok_or(Failure::Missing)?;
        let days = request.taken.days_in_words();
        let refused = refusal(&app, acting.person(), &congress, wanted, back);
        let told = tell_step(&terms.chain.before, request, now.date())
            .permit()
            .map_err(|findings| refused.because(findings))?;
        store::tell_step(db, &congress, &told).await?;
        let entry = Entry::new(Verb::DelegatesKept, congress.short_title())
            .detail("办理", format!("登记办完“{}”", told.in_words()))
            .detail("日期", days)
            .under(&terms.chain.before.clause());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.delegates_path(), Done::Told).into_response())
}
