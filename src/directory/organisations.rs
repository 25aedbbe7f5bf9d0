//! The page 学生组织: societies and other student organisations with their functions, against which a new department will
//! be held (ORG-13).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    SchoolStaff, Verb,
    paths::{Done, ORGANISATIONS, organisations_after},
    store::{self, Organisation, OrganisationKind, OrganisationRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::OrganisationId,
    office::{Office, OfficeKind, SchoolLeague},
    page::chrome::Chrome,
    text::folded,
    web::forms::{self, Errors, Submitted, written, written_if_any},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/organisations", list)
        .post("/organisations", add)
        .get("/organisations/{organisation}", ask)
        .post("/organisations/{organisation}", change)
        .post("/organisations/{organisation}/end", end)
}

#[derive(Debug, Clone, Default, Deserialize)]
struct OrganisationForm {
    #[serde(default)]
    name: String,
    /// A kind's stable word.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    members: String,
    #[serde(default)]
    functions: String,
}

impl OrganisationForm {
    fn of(row: &OrganisationRow) -> Self {
        Self {
            name: row.name.clone(),
            kind: row.organisation_kind().slug().to_owned(),
            members: row.members.map(|members| members.to_string()).unwrap_or_default(),
            functions: row.functions.clone(),
        }
    }

    fn read(&self, errors: &mut Errors) -> Option<Organisation> {
        let name = written(&self.name, 60, "name", "请填写名称", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let kind = self.kind.parse::<OrganisationKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择类别");
        }
        let members = folded(&self.members);
        let count = members.parse::<i32>().ok().filter(|count| (0..=100_000).contains(count));
        if count.is_none() && !members.is_empty() {
            errors.add("members", "应为 0 至 100000 的整数，不清楚可以不填");
        }
        let functions = written_if_any(&self.functions, 500, "functions", errors);
        let organisation = Organisation { name: name?, kind: kind?, members: count, functions: functions? };
        errors.is_empty().then_some(organisation)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/organisations.html")]
struct OrganisationsPage {
    chrome: Chrome,
    rows: Vec<OrganisationRow>,
    /// The office registers them and does not only see them.
    may_keep: bool,
    form: OrganisationForm,
    errors: Errors,
    done: &'static str,
}

async fn list_page(
    app: &App,
    person: &SignedIn,
    submitted: Submitted<OrganisationForm>,
    done: &'static str,
) -> Result<OrganisationsPage, Failure> {
    let rows = store::organisations(&mut *app.read().await?, person.institution, None).await?;
    let kind = person.acting.as_ref().map(|office| office.kind);
    let may_keep = kind.is_some_and(|kind: OfficeKind| SchoolLeague::KINDS.contains(&kind));
    let Submitted { form, errors } = submitted;
    Ok(OrganisationsPage { chrome: app.chrome(person, "学生组织"), rows, may_keep, form, errors, done })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(query): Query<forms::Done>,
) -> Result<OrganisationsPage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    list_page(&app, acting.person(), Submitted::default(), done).await
}

async fn add(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    if let Some(organisation) = form.read(&mut errors) {
        if keep(&app, &acting, None, &organisation).await? {
            return Ok(Redirect::to(&organisations_after(Done::Added)).into_response());
        }
        errors.add("name", "已有同名的学生组织");
    }
    let page = list_page(&app, acting.person(), Submitted::new(form, errors), "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Registers an organisation or changes it; `false` where the name is taken or there is none.
async fn keep(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: Option<OrganisationId>,
    organisation: &Organisation,
) -> Result<bool, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let kept = store::keep_organisation(db, acting, id, organisation).await?;
        if kept {
            let what = if id.is_some() { "修改" } else { "登记" };
            let entry = Entry::new(Verb::OrganisationKept, organisation.name.clone())
                .detail("办理", what)
                .detail("职能", organisation.functions.clone());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(kept)
    })
    .await
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/organisation.html")]
struct OrganisationPage {
    chrome: Chrome,
    row: OrganisationRow,
    form: OrganisationForm,
    errors: Errors,
}

async fn find(app: &App, acting: &Acting<SchoolLeague>, id: OrganisationId) -> Result<OrganisationRow, Failure> {
    let found = store::organisations(&mut *app.read().await?, acting.institution(), Some(id)).await?;
    found.into_iter().next().ok_or(Failure::Missing)
}

fn edit_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    row: OrganisationRow,
    submitted: Submitted<OrganisationForm>,
) -> OrganisationPage {
    let chrome = app.chrome(acting.person(), &row.name).under(ORGANISATIONS, "学生组织");
    let Submitted { form, errors } = submitted;
    OrganisationPage { chrome, row, form, errors }
}

async fn ask(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
) -> Result<OrganisationPage, Failure> {
    let row = find(&app, &acting, id).await?;
    let form = OrganisationForm::of(&row);
    Ok(edit_page(&app, &acting, row, Submitted::new(form, Errors::default())))
}

async fn change(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    if let Some(organisation) = form.read(&mut errors) {
        if keep(&app, &acting, Some(id), &organisation).await? {
            return Ok(Redirect::to(&organisations_after(Done::Changed)).into_response());
        }
        errors.add("name", "已有同名的学生组织，或这个组织已注销");
    }
    let row = find(&app, &acting, id).await?;
    let page = edit_page(&app, &acting, row, Submitted::new(form, errors));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn end(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let name = store::end_organisation(db, &acting, id, now.date()).await?.ok_or(Failure::Missing)?;
        let entry = Entry::new(Verb::OrganisationKept, name).detail("办理", "注销");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&organisations_after(Done::Ended)))
}
