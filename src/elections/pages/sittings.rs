//! 选举: the sittings of a university, and the form of one.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::{Duration, Time};

use super::{again, done_at, frame, managed, refusal, refuse_candidates};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    elections::{
        ElectionReader, Elections, Verb, ballot_key,
        done::{Done, said},
        forms::SittingForm,
        paths,
        sitting::Sitting,
        store::{self, Dependent},
    },
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    page::{chrome::Chrome, filters},
    web::forms::{Done as DoneQuery, Errors, Submitted, moment_field},
};

#[derive(Template, WebTemplate)]
#[template(path = "elections/sittings.html")]
pub(super) struct SittingsPage {
    chrome: Chrome,
    /// Those that the ballot key does not open.
    strangers: Vec<Dependent>,
    rows: Vec<Sitting>,
    keeps: bool,
    done: &'static str,
}

pub(super) async fn list(
    State(app): State<Elections>,
    acting: Acting<ElectionReader>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<SittingsPage, Failure> {
    let scope = acting.scope();
    let mut db = app.read().await?;
    let rows = store::sittings(&mut db, scope.institution, None, scope.college).await?;
    let mut strangers = ballot_key::strangers(&mut db, &app.ballot_box.key).await?;
    strangers.retain(|one| rows.iter().any(|row| row.id == one.id));
    let keeps = crate::elections::KEEPERS.contains(&acting.office().kind);
    Ok(SittingsPage { chrome: app.chrome(acting.person(), "选举"), strangers, rows, keeps, done: said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/sitting_form.html")]
pub(super) struct SittingFormPage {
    chrome: Chrome,
    form: SittingForm,
    errors: Errors,
    /// Where the form is sent.
    action: String,
    new: bool,
}

fn new_page(app: &Elections, acting: &Acting<ElectionKeeper>, submitted: Submitted<SittingForm>) -> SittingFormPage {
    let chrome = app.chrome(acting.person(), "新建场次").under(paths::SITTINGS, "选举");
    let Submitted { form, errors } = submitted;
    SittingFormPage { chrome, form, errors, action: "/sittings/new".to_owned(), new: true }
}

pub(super) async fn ask(State(app): State<Elections>, acting: Acting<ElectionKeeper>) -> SittingFormPage {
    let day = app.clock.now() + Duration::days(7);
    let at = |hour| day.replace_time(Time::from_hms(hour, 0, 0).unwrap_or(Time::MIDNIGHT));
    let form = SittingForm {
        opens: moment_field(at(8)),
        closes: moment_field(at(18)),
        revote: "yes".to_owned(),
        threshold: "2".to_owned(),
        ..SittingForm::default()
    };
    new_page(&app, &acting, Submitted::new(form, Errors::default()))
}

pub(super) async fn create(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Form(form): Form<SittingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(draft) = form.read(now, &mut errors) else {
        return Ok(again(new_page(&app, &acting, Submitted::new(form, errors))));
    };
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let id = store::create(db, &acting, &draft, now).await?;
            let entry = Entry::new(Verb::SittingKept, draft.title.clone()).detail("办理", "建立");
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(done_at(&id.path(), Done::Created).into_response())
}

fn edit_page(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    submitted: Submitted<SittingForm>,
) -> SittingFormPage {
    let chrome = frame(app, acting.person(), sitting, "修改场次");
    let Submitted { form, errors } = submitted;
    SittingFormPage { chrome, form, errors, action: sitting.id.edit_path(), new: false }
}

pub(super) async fn edit(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<SittingFormPage, Failure> {
    let sitting = managed(&mut *app.read().await?, &acting, id).await?;
    Ok(edit_page(&app, &acting, &sitting, Submitted::new(SittingForm::of(&sitting), Errors::default())))
}

pub(super) async fn change(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<SittingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors, wanted) = (app.clock.now(), Errors::default(), "修改场次");
    let mut db = app.read().await?;
    let sitting = managed(&mut db, &acting, id).await?;
    refuse_candidates(&app, &mut db, acting.person(), &sitting, wanted).await?;
    drop(db);
    let Some(draft) = form.read(now, &mut errors) else {
        return Ok(again(edit_page(&app, &acting, &sitting, Submitted::new(form, errors))));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::change(db, &locked, &draft).await? {
            let remedy = "确需修改的，先收回公告；投票开启以后不能修改";
            return Err(refusal(&app, acting.person(), &sitting, wanted).for_reason("已公告的场次不能修改", remedy));
        }
        let entry = Entry::new(Verb::SittingKept, draft.title.clone()).detail("办理", "修改");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Changed).into_response())
}

pub(super) async fn remove(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let (sitting, now) = (managed(&mut *app.read().await?, &acting, id).await?, app.clock.now());
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if !store::remove(db, &locked).await? {
            let remedy = "不再举行的场次，请由两人办理作废";
            return Err(refusal(&app, acting.person(), &sitting, "删除场次").for_reason("已公告的场次不能删除", remedy));
        }
        let entry = Entry::new(Verb::SittingKept, sitting.title.clone()).detail("办理", "删除");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(done_at(paths::SITTINGS, Done::Removed))
}
