//! 选举: the sittings of a university, and each with what is to be done next.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Duration;

use super::{frame, kept, not_standing, refuse, said};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        forms::{SittingForm, field},
        sitting::Sitting,
        store::{self},
    },
    failure::Failure,
    ids::SittingId,
    office::{ElectionKeeper, ElectionReader},
    page::{chrome::Chrome, filters},
    web::forms::{Done, Errors},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/sittings.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    rows: Vec<Sitting>,
    keeps: bool,
    done: &'static str,
}

pub(super) async fn list(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Query(Done { done }): Query<Done>,
) -> Result<ListPage, Failure> {
    let scope = acting.scope();
    let rows = store::sittings(&mut *app.read().await?, scope.institution, (None, scope.college)).await?;
    let keeps = crate::elections::KEEPERS.contains(&acting.office().kind);
    Ok(ListPage { chrome: app.chrome(acting.person(), "选举"), rows, keeps, done: said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/sitting_form.html")]
pub(super) struct FormPage {
    chrome: Chrome,
    form: SittingForm,
    errors: Errors,
    /// Where the form is sent.
    action: String,
    new: bool,
}

fn new_page(app: &Elections, acting: &Acting<ElectionKeeper>, form: SittingForm, errors: Errors) -> FormPage {
    let chrome = app.chrome(acting.person(), "新建场次").under("/sittings", "选举");
    FormPage { chrome, form, errors, action: "/sittings/new".to_owned(), new: true }
}

pub(super) async fn ask(State(app): State<Elections>, acting: Acting<ElectionKeeper>) -> FormPage {
    let day = app.clock.now() + Duration::days(7);
    let at = |hour| day.replace_time(time::Time::from_hms(hour, 0, 0).unwrap_or(time::Time::MIDNIGHT));
    let form = SittingForm {
        opens: field(at(8)),
        closes: field(at(18)),
        revote: "yes".to_owned(),
        threshold: "2".to_owned(),
        ..SittingForm::default()
    };
    new_page(&app, &acting, form, Errors::default())
}

pub(super) async fn create(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Form(form): Form<SittingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(draft) = form.read(now, &mut errors) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&app, &acting, form, errors)).into_response());
    };
    let id = app
        .write_as(acting.person().authority(), async move |db| {
            let id = store::create(db, &acting, &draft, now).await?;
            let entry = Entry::new(Verb::SittingKept, draft.title).detail("办理", "建立");
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&format!("/sittings/{id}?done=created")).into_response())
}

fn edit_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    form: SittingForm,
    errors: Errors,
) -> FormPage {
    let chrome = frame(app, acting.person(), sitting, "修改场次");
    FormPage { chrome, form, errors, action: format!("/sittings/{}/edit", sitting.id), new: false }
}

pub(super) async fn edit(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<FormPage, Failure> {
    let sitting = kept(&mut *app.read().await?, &acting, id).await?;
    Ok(edit_page(&app, &acting, &sitting, SittingForm::of(&sitting), Errors::default()))
}

pub(super) async fn change(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<SittingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let sitting = {
        let mut db = app.read().await?;
        let sitting = kept(&mut db, &acting, id).await?;
        not_standing(&app, &mut db, acting.person(), (&sitting, "修改场次")).await?;
        sitting
    };
    let Some(draft) = form.read(now, &mut errors) else {
        let page = edit_page(&app, &acting, &sitting, form, errors);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let chrome = frame(&app, acting.person(), &sitting, "没有办理");
    app.write_as(acting.person().authority(), async move |db| {
        if !store::change(db, &acting, id, &draft).await? {
            let back = format!("/sittings/{id}");
            let remedy = "确需修改的，先收回公告；投票开启以后不能修改";
            return Err(refuse(chrome, back, "修改场次", "已公告的场次不能修改", remedy));
        }
        let entry = Entry::new(Verb::SittingKept, draft.title).detail("办理", "修改");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/sittings/{id}?done=changed")).into_response())
}

pub(super) async fn remove(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (kept(&mut *app.read().await?, &acting, id).await?, app.clock.now());
    let chrome = frame(&app, acting.person(), &sitting, "没有办理");
    app.write_as(acting.person().authority(), async move |db| {
        if !store::remove(db, &acting, id).await? {
            let back = format!("/sittings/{id}");
            let remedy = "不再举行的场次，请由两人办理作废";
            return Err(refuse(chrome, back, "删除场次", "已公告的场次不能删除", remedy));
        }
        let entry = Entry::new(Verb::SittingKept, sitting.title).detail("办理", "删除");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to("/sittings?done=removed"))
}
