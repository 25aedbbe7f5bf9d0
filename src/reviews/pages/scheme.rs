//! 评议计分: how a university scores.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{by_practice, plan_on, refusal};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    office::SchoolLeague,
    page::chrome::Chrome,
    reviews::{
        Reviews, Verb,
        forms::{SchemeForm, aspect_id},
        paths::{Done, REVIEWS, SCHEME},
        store::{self, KeptScheme},
    },
    rules::{
        Rule,
        review::{Aspects, SCALES, aspects},
    },
    web::forms::{self, Errors, Submitted},
};

/// The field of an aspect's weight.
struct WeightField {
    id: &'static str,
    aspect: String,
    value: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "reviews/scheme.html")]
struct SchemePage {
    chrome: Chrome,
    own: KeptScheme,
    by_default: bool,
    weights: Vec<WeightField>,
    form: SchemeForm,
    errors: Errors,
    done: &'static str,
}

async fn read(app: &Reviews, acting: &Acting<SchoolLeague>) -> Result<(Aspects, KeptScheme), Failure> {
    let mut db = app.read().await?;
    let Some(plan) = plan_on(&mut db, acting.institution(), app.clock.today()).await? else {
        let refused = refusal(app, acting.person(), "设置评议计分", REVIEWS.to_owned());
        return Err(by_practice(refused, Rule::Rev03, "本校还没有启用实施方案", "请校团委在“实施方案”里启用"));
    };
    let aspects = aspects(&plan);
    let own = store::scheme(&mut db, acting.institution(), &aspects).await?;
    Ok((aspects, own))
}

fn page(
    app: &Reviews,
    acting: &Acting<SchoolLeague>,
    aspects: &Aspects,
    own: KeptScheme,
    submitted: Submitted<SchemeForm>,
    done: &'static str,
) -> SchemePage {
    let Submitted { form, errors } = submitted;
    let weight = |(place, aspect): (usize, &String)| WeightField {
        id: aspect_id(place),
        aspect: aspect.clone(),
        value: form.weight.get(place).cloned().unwrap_or_default(),
    };
    let weights = aspects.names.iter().enumerate().map(weight).collect();
    let chrome = app.chrome(acting.person(), "评议计分").under(REVIEWS, "述职评议");
    SchemePage { chrome, own, by_default: aspects.by_default, weights, form, errors, done }
}

pub(super) async fn ask(
    State(app): State<Reviews>,
    acting: Acting<SchoolLeague>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<Response, Failure> {
    let (aspects, own) = read(&app, &acting).await?;
    let form = Submitted::new(SchemeForm::of(&own), Errors::default());
    Ok(page(&app, &acting, &aspects, own, form, Done::said(&done)).into_response())
}

pub(super) async fn keep(
    State(app): State<Reviews>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<SchemeForm>,
) -> Result<Response, Failure> {
    let (mut errors, now) = (Errors::default(), app.clock.now());
    let (aspects, own) = read(&app, &acting).await?;
    let read = form.read(&aspects.names, &mut errors);
    if read.as_ref().is_some_and(|new| new.scheme.clone().under(&aspects) != new.scheme) {
        errors.add(aspect_id(0), format!("本校方案写明了：{}，计分办法不能与它不同", aspects.terms_in_words()));
    }
    let Some(new) = read.filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, &aspects, own, Submitted::new(form, errors), "");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        store::keep_scheme(db, &acting, &new, now).await?;
        let entry = Entry::new(Verb::ReviewKept, "评议计分").detail("计分办法", new.scheme.in_words());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SchemeKept.at(SCHEME)).into_response())
}
