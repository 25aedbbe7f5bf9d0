//! The page 名单排序: whether official lists name people by the strokes of surnames or of whole names, and in which order the
//! colleges stand.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    Verb,
    paths::{Done, ORDER, order_after},
    store::{self, CollegeRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::CollegeId,
    name::order::StrokeOrder,
    office::SchoolLeague,
    page::chrome::Chrome,
    web::forms::{Done as After, Errors, Submitted, moved, typed_places},
};

/// The routes of the order.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/order", show)
        .post("/order/names", set_names)
        .post("/order/colleges", set_colleges)
        .post("/order/colleges/strokes", by_strokes)
}

/// The places typed for colleges, one for each in the order of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CollegesForm {
    college: Vec<String>,
    place: Vec<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/order.html")]
struct OrderPage {
    chrome: Chrome,
    names: StrokeOrder,
    colleges: Vec<CollegeRow>,
    by_hand: bool,
    form: CollegesForm,
    errors: Errors,
    done: &'static str,
}

impl OrderPage {
    /// The place of a college, from 1: as typed, or as it is.
    fn place(&self, college: &CollegeRow, place: usize) -> String {
        let typed = self.form.college.iter().position(|id| *id == college.id.to_string());
        typed.and_then(|typed| self.form.place.get(typed).cloned()).unwrap_or_else(|| place.to_string())
    }

    fn is(&self, order: StrokeOrder) -> bool {
        self.names == order
    }
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    submitted: Submitted<CollegesForm>,
    done: &'static str,
) -> Result<OrderPage, Failure> {
    let mut db = app.read().await?;
    let Submitted { form, errors } = submitted;
    Ok(OrderPage {
        chrome: app.chrome(acting.person(), "名单排序"),
        names: store::stroke_order(&mut db, acting.institution()).await?,
        colleges: store::colleges(&mut db, acting.institution()).await?,
        by_hand: store::colleges_are_by_hand(&mut db, acting.institution()).await?,
        form,
        errors,
        done,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<OrderPage, Failure> {
    page(&app, &acting, Submitted::default(), done.parse().map_or("", Done::label)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamesForm {
    order: String,
}

async fn set_names(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(NamesForm { order }): Form<NamesForm>,
) -> Result<Redirect, Failure> {
    let (now, order) = (app.clock.now(), order.parse::<StrokeOrder>().map_err(|_| Failure::Malformed)?);
    app.write_as(acting.person().authority(), async |db| {
        store::set_stroke_order(db, &acting, order).await?;
        let entry = Entry::new(Verb::OrderSet, "人员名单").detail("次序", order.label());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&order_after(Done::NamesOrdered)))
}

async fn set_colleges(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<CollegesForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let listed: Result<Vec<CollegeId>, _> = form.college.iter().map(|id| id.parse()).collect();
    let listed = listed.ok().filter(|listed| listed.len() == form.place.len()).ok_or(Failure::Malformed)?;
    let Some(places) = typed_places(&form.place, &mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let known = store::colleges(db, acting.institution()).await?;
        // The places are meant for the list that was seen.
        if !known.iter().map(|college| college.id).eq(listed.iter().copied()) {
            let chrome = app.chrome(acting.person(), "没有办理").under(ORDER, "名单排序");
            let refused = Refusal { chrome, wanted: "调整院系次序".to_owned(), back: ORDER.to_owned() };
            return Err(refused.for_reason("院系刚才有变化", "回到名单排序，按现在的院系再调整"));
        }
        let order = moved(known, &places);
        let ids: Vec<CollegeId> = order.iter().map(|college| college.id).collect();
        let names: Vec<String> = order.into_iter().map(|college| college.name).collect();
        store::set_college_order(db, &acting, &ids).await?;
        let entry = Entry::new(Verb::OrderSet, "院系").detail("次序", names);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&order_after(Done::CollegesOrdered)).into_response())
}

async fn by_strokes(State(app): State<App>, acting: Acting<SchoolLeague>) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        store::order_colleges_by_strokes(db, &acting).await?;
        let entry = Entry::new(Verb::OrderSet, "院系").detail("次序", "以名称笔画为序");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&order_after(Done::CollegesOrdered)))
}
