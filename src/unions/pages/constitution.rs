//! The page 章程: the constitution of a union with its versions (DIS-03).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use time::Date;

use super::{Tab, Tabs, calendar, frame, managed, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::{Office, UnionKeeper, UnionReader},
    page::chrome::Chrome,
    rules::{Clause, Rule},
    text::{day, trimmed},
    unions::{
        Verb,
        documents::{self, Scan},
        paths::Done,
        store::{self, Constitution, NewConstitution},
        union::Record,
    },
    web::forms::{self, Errors, Upload, written},
};

/// A version as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConstitutionForm {
    name: String,
    adopted_by: String,
    adopted_on: String,
    from_day: String,
}

impl ConstitutionForm {
    /// Reads the form, or leaves an error beside each field; `has_file` where the text comes with it.
    fn read(&self, has_file: bool, today: Date, errors: &mut Errors) -> Option<NewConstitution> {
        let name = written(&self.name, 60, "name", "请填写章程的名称", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let adopted_by = written(&self.adopted_by, 60, "adopted_by", "请填写由哪次大会通过", errors);
        if adopted_by.as_ref().is_some_and(|by| by.chars().count() < 2) {
            errors.add("adopted_by", "至少两个字");
        }
        let adopted_on = day(&self.adopted_on);
        match adopted_on {
            None => errors.add("adopted_on", "请填写通过的日期"),
            Some(on) if on > today => errors.add("adopted_on", "通过以后再存档，不能晚于今天"),
            Some(_) => {}
        }
        // Without a day of its own it holds from its adoption.
        let from_day = if trimmed(&self.from_day).is_empty() { adopted_on } else { day(&self.from_day) };
        if from_day.is_none() && !trimmed(&self.from_day).is_empty() {
            errors.add("from_day", "请填写日期");
        }
        if from_day.zip(adopted_on).is_some_and(|(from, adopted)| from < adopted) {
            errors.add("from_day", "不能早于通过的日期");
        }
        if !has_file {
            errors.add("file", "请上传章程全文（PDF 或扫描件）");
        }
        let (name, adopted_by) = (name?, adopted_by?);
        let new = NewConstitution { name, adopted_by, adopted_on: adopted_on?, from_day: from_day? };
        errors.is_empty().then_some(new)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/constitution.html")]
pub(super) struct ConstitutionPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    versions: Vec<Constitution>,
    clause: Option<Clause>,
    keeps: bool,
    form: ConstitutionForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

/// The form as it is filled in.
#[derive(Default)]
struct TypedConstitution {
    form: ConstitutionForm,
    errors: Errors,
    done: &'static str,
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    record: Record,
    typed: TypedConstitution,
) -> Result<ConstitutionPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let versions = store::constitutions(&mut db, record.union.id).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let clause = plan.and_then(|plan| plan.provision(Rule::Dis03).map(|provision| provision.clause().clone()));
    let TypedConstitution { form, errors, done } = typed;
    Ok(ConstitutionPage {
        chrome: frame(app, acting.person(), &record, "章程"),
        tabs: Tabs::new(acting, &record, Tab::Constitution),
        keeps: record.union.is_managed_by(acting.office()),
        record,
        versions,
        clause,
        form,
        errors,
        today,
        done,
    })
}

impl ConstitutionPage {
    /// The version that holds today.
    fn holds(&self, version: &Constitution) -> bool {
        let current = self.versions.iter().find(|one| one.from_day <= self.today);
        current.is_some_and(|current| current.document == version.document)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<ConstitutionPage, Failure> {
    let record = visible(&mut *app.read().await?, &acting, id, app.clock.today()).await?;
    page(&app, &acting, record, TypedConstitution { done: Done::said(&done), ..TypedConstitution::default() }).await
}

pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let form: ConstitutionForm = upload.form()?;
    let scan = upload.file.take().map(|file| Scan::read(&upload.file_name, &file));
    let new = form.read(scan.is_some(), today, &mut errors);
    let scan = scan.and_then(|scan| scan.map_err(|why| errors.add("file", why)).ok());
    let (Some(new), Some(scan), true) = (new, scan, errors.is_empty()) else {
        let page = page(&app, &acting, record, TypedConstitution { form, errors, done: "" }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        let document = documents::keep(db, acting.person(), &scan, now).await?;
        store::file_constitution(db, acting.person(), &locked, &new, document, now).await?;
        let entry = Entry::new(Verb::ConstitutionKept, locked.union.name.clone())
            .detail("章程", new.name.clone())
            .detail("通过", format!("{} {}", new.adopted_on, new.adopted_by))
            .detail("施行", new.from_day.to_string());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::ConstitutionFiled.at(&id.constitution_path())).into_response())
}
