//! How matters are controlled here: who signs, how long before, and what has to be reported first. The School Youth League
//! committee's to set; every default is labelled as practice.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    matters::{
        Verb,
        forms::{DropForm, GroundForm, RulesForm},
        paths::{Done, MATTERS, RULES},
        scheme::{CHAINS, Control},
        store,
    },
    office::SchoolLeague,
    page::chrome::Chrome,
    rules::matters::{Measure, Step},
    web::forms::{Done as After, Errors},
};

#[derive(Template, WebTemplate)]
#[template(path = "matters/rules.html")]
pub(super) struct MatterRulesPage {
    chrome: Chrome,
    control: Control,
    form: RulesForm,
    ground: GroundForm,
    measures: &'static [Measure],
    chains: Vec<ChainChoice>,
    errors: Errors,
    done: &'static str,
}

/// The choices of a chain: the word, and the steps in words.
struct ChainChoice {
    word: &'static str,
    steps: String,
}

fn in_words(steps: &[Step]) -> String {
    steps.iter().map(|step| step.label()).collect::<Vec<_>>().join(" → ")
}

/// The forms as they were sent.
#[derive(Default)]
struct TypedRules {
    rules: Option<RulesForm>,
    ground: GroundForm,
    errors: Errors,
    done: &'static str,
}

async fn page(app: &App, acting: &Acting<SchoolLeague>, typed: TypedRules) -> Result<MatterRulesPage, Failure> {
    let control = store::control(&mut *app.read().await?, acting.institution()).await?;
    let TypedRules { rules, ground, errors, done } = typed;
    let form = rules.unwrap_or_else(|| RulesForm::of(&control.schemes));
    let chrome = app.chrome(acting.person(), "审核办法和报告事项").under(MATTERS, "四类事项审核");
    let chains = CHAINS.iter().map(|(word, steps)| ChainChoice { word, steps: in_words(steps) }).collect();
    Ok(MatterRulesPage { chrome, control, form, ground, measures: Measure::ALL, chains, errors, done })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<MatterRulesPage, Failure> {
    page(&app, &acting, TypedRules { done: Done::said(&done), ..TypedRules::default() }).await
}

async fn unfit(app: &App, acting: &Acting<SchoolLeague>, typed: TypedRules) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, typed).await?).into_response())
}

pub(super) async fn set(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<RulesForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let control = store::control(&mut *app.read().await?, acting.institution()).await?;
    let Some(schemes) = form.read(&control.schemes, &mut errors) else {
        return unfit(&app, &acting, TypedRules { rules: Some(form), errors, ..TypedRules::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        for (new, old) in schemes.iter().zip(&control.schemes).filter(|(new, old)| new != old) {
            store::keep_scheme(db, &acting, new).await?;
            let entry = Entry::new(Verb::MatterRulesSet, format!("{}，{}", new.kind.label(), new.level.label()))
                .detail("环节", in_words(&new.steps))
                .detail("原环节", in_words(&old.steps))
                .detail("提前工作日", format!("{} 至 {}", new.lead_days, new.large_days));
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::RulesSet.at(RULES)).into_response())
}

pub(super) async fn add_ground(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<GroundForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(new) = form.read(&mut errors) else {
        return unfit(&app, &acting, TypedRules { ground: form, errors, ..TypedRules::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        store::keep_ground(db, &acting, &new, now).await?;
        let entry = Entry::new(Verb::MatterRulesSet, "须事先报告的事项").detail("列入", new.ground.in_words());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::RulesSet.at(RULES)).into_response())
}

pub(super) async fn drop_ground(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<DropForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let control = store::control(db, acting.institution()).await?;
        let listed = control.grounds.iter().find(|one| one.key() == form.key).ok_or(Failure::Missing)?;
        if store::drop_ground(db, &acting, listed, now).await? {
            let entry = Entry::new(Verb::MatterRulesSet, "须事先报告的事项").detail("移出", listed.ground.in_words());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::RulesSet.at(RULES)))
}
