//! 部门: set up, changed and ended (STF-03, ORG-01, ORG-12, ORG-13).

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
    Tab, Tabs,
    attempt::{answer, held_up},
    calendar, frame, managed, visible,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{DepartmentId, UnionId},
    name::key,
    office::{UnionKeeper, UnionReader},
    page::chrome::Chrome,
    rules::{Finding, Rule, structure::establish},
    text::chinese_day,
    unions::{
        Verb,
        forms::{DepartmentForm, near_day},
        paths::Done,
        store::{self, Grounds},
        union::{Department, Record},
    },
    web::forms::{Attempt, Errors, Submitted, filled_in, written},
};

#[derive(Template, WebTemplate)]
#[template(path = "unions/departments.html")]
pub(super) struct DepartmentsPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    current: Vec<(Department, usize)>,
    past: Vec<Department>,
    /// Those whose end can be taken back today.
    undoable: Vec<Department>,
    form: DepartmentForm,
    errors: Errors,
    warned: Vec<Finding>,
    done: &'static str,
}

fn list_page(
    app: &App,
    person: &SignedIn,
    record: Record,
    tabs: Tabs,
    submitted: Submitted<DepartmentForm>,
    warned: Vec<Finding>,
    done: &'static str,
) -> DepartmentsPage {
    let today = app.clock.today();
    let open = |department: &&Department| department.until_day.is_none_or(|until| until > today);
    let held =
        |department: &Department| record.posts_on(today).filter(|post| post.department == Some(department.id)).count();
    let current =
        record.departments.iter().filter(open).map(|department| (department.clone(), held(department))).collect();
    let past = record
        .departments
        .iter()
        .filter(|department| !open(department) && department.until_day != Some(department.from_day))
        .cloned()
        .collect();
    let chrome = frame(app, person, &record, "部门");
    let Submitted { form, errors } = submitted;
    DepartmentsPage { chrome, tabs, record, current, past, undoable: Vec::new(), form, errors, warned, done }
}

#[derive(Deserialize)]
pub(super) struct DepartmentsQuery {
    #[serde(default)]
    done: String,
    #[serde(flatten)]
    form: DepartmentForm,
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(DepartmentsQuery { done, mut form }): Query<DepartmentsQuery>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    let tabs = Tabs::new(&acting, &record, Tab::Departments);
    if form.from.is_empty() {
        form.from = today.to_string();
    }
    let mut undoable = Vec::new();
    if record.union.is_managed_by(acting.office()) {
        let ended = store::undoable_departments(&mut db, id, today).await?;
        undoable.extend(record.departments.iter().filter(|department| ended.contains(&department.id)).cloned());
    }
    let submitted = Submitted::new(form, Errors::default());
    let page = list_page(&app, acting.person(), record, tabs, submitted, Vec::new(), Done::said(&done));
    Ok(DepartmentsPage { undoable, ..page }.into_response())
}

pub(super) async fn add(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<DepartmentForm>,
) -> Result<Response, Failure> {
    keep(app, acting, id, None, form).await
}

/// Sets up or changes a department.
async fn keep(
    app: App,
    acting: Acting<UnionKeeper>,
    id: UnionId,
    instead: Option<DepartmentId>,
    form: DepartmentForm,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let old = match instead {
        Some(wanted) => Some(find(&record, wanted)?),
        None => None,
    };
    if record.union.opened_on.is_none() && instead.is_none() {
        errors.add("name", "这个学生会还没有启用：部门随现状登记一起登记");
    }
    let read = form.read(&record, old.as_ref(), today, &mut errors);
    let path = match instead {
        Some(department) => id.department_path(department),
        None => id.departments_path(),
    };
    let back = filled_in(&path, &form)?;
    let again = async |submitted, warned| -> Result<Response, Failure> {
        let record = managed(&mut *app.read().await?, &acting, id, today).await?;
        Ok(if let Some(wanted) = instead {
            let department = find(&record, wanted)?;
            edit_page(&app, acting.person(), record, department, submitted, warned).into_response()
        } else {
            let tabs = Tabs::new(&acting, &record, Tab::Departments);
            list_page(&app, acting.person(), record, tabs, submitted, warned, "").into_response()
        })
    };
    let Some((unit, grounds)) = read else {
        let page = again(Submitted::new(form, errors), Vec::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let what = if instead.is_some() { "变更" } else { "设立" };
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            let plans = calendar(db, acting.institution()).await?;
            let old = match instead {
                Some(wanted) => Some(find(&locked, wanted)?),
                None => None,
            };
            if let (Some(department), None) = (&old, locked.union.opened_on) {
                store::register_functions(db, &locked, department, &unit, &grounds, now).await?;
                let object = format!("{} {}", locked.union.name, department.name);
                let entry = Entry::new(Verb::DepartmentKept, object).detail("登记职能", unit.functions.clone());
                audit::append(db, acting.person(), entry, now).await?;
                return Ok(Attempt::Done(()));
            }
            let name = old.as_ref().map(|department| department.name.as_str());
            let others = locked.departments.iter().filter(|known| Some(known.id) != instead);
            let ahead = |known: &Department| known.until_day.is_none_or(|until| until > unit.from);
            if others.into_iter().any(|known| key(&known.name) == key(&unit.name) && ahead(known)) {
                return Ok(Attempt::fault("name", "本会已有同名部门"));
            }
            let clause = plans
                .on(unit.from)
                .and_then(|plan| plan.provision(Rule::Stf03))
                .map(|provision| provision.clause().clone());
            let verdict = establish(&plans, &locked.timeline, unit.clone(), name, grounds.reason.as_deref());
            let establishment = match verdict.permit() {
                Ok(establishment) => establishment,
                Err(findings) => {
                    let refusal = Refusal {
                        chrome: frame(&app, acting.person(), &locked, "部门"),
                        wanted: format!(
                            "{what}部门“{}”（{}），自{}起",
                            unit.name,
                            locked.union.name,
                            chinese_day(unit.from)
                        ),
                        back: back.clone(),
                    };
                    return held_up(findings, refusal);
                }
            };
            match &old {
                Some(department) => {
                    store::change_department(db, &locked, department, &establishment, &grounds, now).await?;
                }
                None => {
                    store::establish(db, &locked, &establishment, &grounds, now).await?;
                }
            }
            let unit = establishment.unit();
            let mut entry = Entry::new(Verb::DepartmentKept, format!("{} {}", locked.union.name, unit.name))
                .detail("办理", what)
                .detail("职能", unit.functions.clone())
                .detail("依据", grounds.words.clone());
            if let Some(clause) = &clause {
                entry = entry.under(clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    let done = if instead.is_some() { Done::DepartmentChanged } else { Done::DepartmentAdded };
    answer(attempt, errors, done.at(&id.departments_path()), async |errors, warned| {
        again(Submitted::new(form, errors), warned).await
    })
    .await
}

fn find(record: &Record, id: DepartmentId) -> Result<Department, Failure> {
    record.departments.iter().find(|department| department.id == id).cloned().ok_or(Failure::Missing)
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/department.html")]
pub(super) struct DepartmentPage {
    chrome: Chrome,
    record: Record,
    department: Department,
    held: usize,
    form: DepartmentForm,
    end: EndForm,
    errors: Errors,
    warned: Vec<Finding>,
}

fn edit_page(
    app: &App,
    person: &SignedIn,
    record: Record,
    department: Department,
    submitted: Submitted<DepartmentForm>,
    warned: Vec<Finding>,
) -> DepartmentPage {
    let today = app.clock.today();
    let chrome = frame(app, person, &record, &department.name).under(&record.union.id.departments_path(), "部门");
    let Submitted { form, errors } = submitted;
    let held = record.posts_on(today).filter(|post| post.department == Some(department.id)).count();
    let end = EndForm { day: today.to_string(), ground: String::new() };
    DepartmentPage { chrome, record, department, held, form, end, errors, warned }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Query(typed): Query<DepartmentForm>,
) -> Result<Response, Failure> {
    let record = managed(&mut *app.read().await?, &acting, id, app.clock.today()).await?;
    let department = find(&record, department)?;
    // The way back from a refusal brings what was typed.
    let form = if typed.name.is_empty() { DepartmentForm::of(&department) } else { typed };
    let submitted = Submitted::new(form, Errors::default());
    Ok(edit_page(&app, acting.person(), record, department, submitted, Vec::new()).into_response())
}

pub(super) async fn change(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Form(form): Form<DepartmentForm>,
) -> Result<Response, Failure> {
    keep(app, acting, id, Some(department), form).await
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    day: String,
    ground: String,
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Form(form): Form<EndForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let old = find(&record, department)?;
    let day = near_day(&form.day, "day", "请填写撤销日期", today, &mut errors);
    if day.is_some_and(|day| day < old.from_day) {
        errors.add("day", format!("部门自{}起设立，撤销日期不能更早", chinese_day(old.from_day)));
    }
    if let Some(until) = old.until_day.filter(|until| day.is_some_and(|day| day >= *until)) {
        errors.add("day", format!("部门自{}起已撤销，撤销日期须在其前", chinese_day(until)));
    }
    let words = written(&form.ground, 120, "end-ground", "请填写依据", &mut errors);
    let (Some(day), Some(words), true) = (day, words, errors.is_empty()) else {
        let submitted = Submitted::new(DepartmentForm::of(&old), errors);
        let page = edit_page(&app, acting.person(), record, old, submitted, Vec::new());
        let page = DepartmentPage { end: form, ..page };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let grounds = Grounds { words, ..Grounds::default() };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        let old = find(&locked, department)?;
        let posts = store::end_department(db, &locked, &old, day, &grounds, now).await?.ok_or(Failure::Missing)?;
        for post in locked.posts.iter().filter(|post| post.department == Some(old.id) && !post.has_ended(&day)) {
            let why = format!("{}撤销", old.name);
            store::tell_end(db, &locked, post, day, &why, now).await?;
        }
        let entry = Entry::new(Verb::DepartmentKept, format!("{} {}", locked.union.name, old.name))
            .detail("办理", "撤销")
            .detail("自", day.to_string())
            .detail("同日结束的岗位", posts)
            .detail("依据", grounds.words.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::DepartmentEnded.at(&id.departments_path())).into_response())
}
