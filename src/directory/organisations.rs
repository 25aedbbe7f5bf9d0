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

use super::store::{self, Organisation, OrganisationRow};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::OrganisationId,
    office::{Office, OfficeKind, SchoolLeague, SchoolStaff},
    page::chrome::Chrome,
    text::{folded, trimmed},
    web::forms::{Done, Errors, written},
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
    /// `main`, `society` or `other`.
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
            kind: row.kind_slug().to_owned(),
            members: row.members.map(|members| members.to_string()).unwrap_or_default(),
            functions: row.functions.clone(),
        }
    }

    fn read(&self, errors: &mut Errors) -> Option<Organisation> {
        let name = written(&self.name, 60, "name", "请填写名称", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let kind = match self.kind.as_str() {
            "main" => Some((true, true)),
            "society" => Some((true, false)),
            "other" => Some((false, false)),
            _ => {
                errors.add("kind", "请选择类别");
                None
            }
        };
        let members = folded(&self.members);
        let count = members.parse::<i32>().ok().filter(|count| (0..=100_000).contains(count));
        if count.is_none() && !members.is_empty() {
            errors.add("members", "应为 0 至 100000 的整数，不清楚可以不填");
        }
        let functions = if trimmed(&self.functions).is_empty() {
            Some(String::new())
        } else {
            written(&self.functions, 500, "functions", "", errors)
        };
        let ((is_society, is_main), name, functions) = (kind?, name?, functions?);
        errors.is_empty().then_some(Organisation { name, is_society, is_main, members: count, functions })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/organisations.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<OrganisationRow>,
    /// The office keeps them and does not only see them.
    may_keep: bool,
    form: OrganisationForm,
    errors: Errors,
    done: &'static str,
}

async fn list_page(
    app: &App,
    person: &SignedIn,
    form: OrganisationForm,
    errors: Errors,
    done: &'static str,
) -> Result<ListPage, Failure> {
    let rows = store::organisations(&mut *app.read().await?, person.institution, None).await?;
    let kind = person.acting.as_ref().map(|office| office.kind);
    let may_keep = kind.is_some_and(|kind: OfficeKind| SchoolLeague::KINDS.contains(&kind));
    Ok(ListPage { chrome: app.chrome(person, "学生组织"), rows, may_keep, form, errors, done })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(Done { done }): Query<Done>,
) -> Result<ListPage, Failure> {
    let done = match done.as_str() {
        "added" => "已登记。",
        "changed" => "已修改。",
        "ended" => "已注销；名称和历史保留。",
        _ => "",
    };
    list_page(&app, acting.person(), OrganisationForm::default(), Errors::default(), done).await
}

async fn add(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(organisation) = form.read(&mut errors) else {
        let page = list_page(&app, acting.person(), form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (acting, added) = keep(&app, acting, None, organisation).await?;
    if !added {
        errors.add("name", "已有同名的学生组织");
        let page = list_page(&app, acting.person(), form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to("/organisations?done=added").into_response())
}

async fn keep(
    app: &App,
    acting: Acting<SchoolLeague>,
    id: Option<OrganisationId>,
    organisation: Organisation,
) -> Result<(Acting<SchoolLeague>, bool), Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async move |db| {
        let kept = store::keep_organisation(db, &acting, id, &organisation).await?;
        if kept {
            let what = if id.is_some() { "修改" } else { "登记" };
            let entry = Entry::new(Verb::OrganisationKept, organisation.name.clone())
                .detail("办理", what)
                .detail("职能", organisation.functions.clone());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok((acting, kept))
    })
    .await
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/organisation.html")]
struct EditPage {
    chrome: Chrome,
    row: OrganisationRow,
    form: OrganisationForm,
    errors: Errors,
}

async fn edit_page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: OrganisationId,
    form: Option<OrganisationForm>,
    errors: Errors,
) -> Result<EditPage, Failure> {
    let found = store::organisations(&mut *app.read().await?, acting.institution(), Some(id)).await?;
    let row = found.into_iter().next().ok_or(Failure::Missing)?;
    let form = form.unwrap_or_else(|| OrganisationForm::of(&row));
    let chrome = app.chrome(acting.person(), &row.name).under("/organisations", "学生组织");
    Ok(EditPage { chrome, row, form, errors })
}

async fn ask(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
) -> Result<EditPage, Failure> {
    edit_page(&app, &acting, id, None, Errors::default()).await
}

async fn change(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(organisation) = form.read(&mut errors) else {
        let page = edit_page(&app, &acting, id, Some(form), errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (acting, kept) = keep(&app, acting, Some(id), organisation).await?;
    if !kept {
        errors.add("name", "已有同名的学生组织，或这个组织已注销");
        let page = edit_page(&app, &acting, id, Some(form), errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to("/organisations?done=changed").into_response())
}

async fn end(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<OrganisationId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async move |db| {
        let name = store::end_organisation(db, &acting, id, now.date()).await?.ok_or(Failure::Missing)?;
        let entry = Entry::new(Verb::OrganisationKept, name).detail("办理", "注销");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to("/organisations?done=ended"))
}
