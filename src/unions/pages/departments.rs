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
    Tabs,
    appoint::{Done, answer, held_up},
    calendar, frame, kept, seen,
};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{DepartmentId, UnionId},
    office::{UnionKeeper, UnionReader},
    page::chrome::Chrome,
    rules::{Finding, Rule, structure::establish},
    unions::{
        forms::{DepartmentForm, near_day},
        store::{self, Ground},
        union::{Department, Record},
    },
    web::forms::Errors,
};

#[derive(Template, WebTemplate)]
#[template(path = "unions/departments.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    current: Vec<(Department, usize)>,
    past: Vec<Department>,
    form: DepartmentForm,
    errors: Errors,
    warned: Vec<Finding>,
    done: &'static str,
}

fn list_page(
    app: &App,
    person: &crate::auth::person::SignedIn,
    (record, tabs): (Record, Tabs),
    (form, errors, warned): (DepartmentForm, Errors, Vec<Finding>),
    done: &'static str,
) -> ListPage {
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
    ListPage { chrome, tabs, record, current, past, form, errors, warned, done }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(flatten)]
    form: DepartmentForm,
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(Asked { done, mut form }): Query<Asked>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = seen(&mut db, &acting, id, today).await?;
    let tabs = Tabs::new(&acting, &record, "/departments");
    if form.from.is_empty() {
        form.from = today.to_string();
    }
    let done = match done.as_str() {
        "added" => "已设立。",
        "changed" => "已变更；原来的名称和职能保留在沿革里。",
        "ended" => "已撤销；部门内的任职同日结束。",
        _ => "",
    };
    Ok(list_page(&app, acting.person(), (record, tabs), (form, Errors::default(), Vec::new()), done).into_response())
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
    let record = kept(&mut *app.read().await?, &acting, id, today).await?;
    let old = match instead {
        Some(wanted) => Some(find(&record, wanted)?),
        None => None,
    };
    if record.union.opened_on.is_none() && instead.is_none() {
        errors.add("name", "这个学生会还没有启用：部门随现状登记一起登记");
    }
    let read = form.read(&record, old.as_ref(), today, &mut errors);
    let back = match instead {
        Some(department) => format!("/unions/{id}/departments/{department}?{}", form.as_query()),
        None => format!("/unions/{id}/departments?{}", form.as_query()),
    };
    let again = async |app: &App, acting: &Acting<UnionKeeper>, form, errors, warned| -> Result<Response, Failure> {
        let record = kept(&mut *app.read().await?, acting, id, today).await?;
        Ok(if let Some(wanted) = instead {
            let department = find(&record, wanted)?;
            edit_page(app, acting.person(), record, department, (form, errors, warned)).into_response()
        } else {
            let tabs = Tabs::new(acting, &record, "/departments");
            list_page(app, acting.person(), (record, tabs), (form, errors, warned), "").into_response()
        })
    };
    let Some((unit, ground)) = read else {
        let page = again(&app, &acting, form, errors, Vec::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let what = if instead.is_some() { "变更" } else { "设立" };
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &record, "部门"),
        wanted: format!("{what}部门“{}”（{}），自 {} 起", unit.name, record.union.name, unit.from),
        back,
    };
    let (done, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            let (locked, record) = store::lock(db, &acting, id, today).await?;
            let plans = calendar(db, acting.institution()).await?;
            let old = match instead {
                Some(wanted) => Some(find(&record, wanted)?),
                None => None,
            };
            if let (Some(department), None) = (&old, record.union.opened_on) {
                store::take_down_functions(db, &locked, department, &unit, &ground, now).await?;
                let object = format!("{} {}", record.union.name, department.name);
                let entry = Entry::new(Verb::DepartmentKept, object).detail("登记职能", unit.functions.clone());
                audit::append(db, acting.person(), entry, now).await?;
                return Ok((Done::Written, acting));
            }
            let name = old.as_ref().map(|department| department.name.as_str());
            let others = record.departments.iter().filter(|known| Some(known.id) != instead);
            let ahead = |known: &Department| known.until_day.is_none_or(|until| until > unit.from);
            if others.into_iter().any(|known| known.name == unit.name && ahead(known)) {
                return Ok((Done::Unfit("name", "本会已有同名部门".to_owned()), acting));
            }
            let clause = plans
                .on(unit.from)
                .and_then(|plan| plan.provision(Rule::Stf03))
                .map(|provision| provision.clause().clone());
            let verdict = establish(&plans, &record.timeline, unit, name, ground.reason.as_deref());
            let establishment = match verdict.permit() {
                Ok(establishment) => establishment,
                Err(findings) => return Ok((held_up(findings, refusal)?, acting)),
            };
            match &old {
                Some(department) => {
                    store::change_department(db, &locked, department, &establishment, &ground, now).await?;
                }
                None => {
                    store::establish(db, &locked, &establishment, &ground, now).await?;
                }
            }
            let unit = establishment.unit();
            let mut entry = Entry::new(Verb::DepartmentKept, format!("{} {}", record.union.name, unit.name))
                .detail("办理", what)
                .detail("职能", unit.functions.clone())
                .detail("依据", ground.words.clone());
            if let Some(clause) = &clause {
                entry = entry.under(clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            Ok((Done::Written, acting))
        })
        .await?;
    let onward = format!("/unions/{id}/departments?done={}", if instead.is_some() { "changed" } else { "added" });
    answer(done, errors, onward, async |errors, warned| again(&app, &acting, form, errors, warned).await).await
}

fn find(record: &Record, id: DepartmentId) -> Result<Department, Failure> {
    record.departments.iter().find(|department| department.id == id).cloned().ok_or(Failure::Missing)
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/department.html")]
pub(super) struct EditPage {
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
    person: &crate::auth::person::SignedIn,
    record: Record,
    department: Department,
    (form, errors, warned): (DepartmentForm, Errors, Vec<Finding>),
) -> EditPage {
    let today = app.clock.today();
    let path = format!("/unions/{}/departments", record.union.id);
    let chrome = frame(app, person, &record, &department.name).under(&path, "部门");
    let held = record.posts_on(today).filter(|post| post.department == Some(department.id)).count();
    let end = EndForm { day: today.to_string(), ground: String::new() };
    EditPage { chrome, record, department, held, form, end, errors, warned }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Query(typed): Query<DepartmentForm>,
) -> Result<Response, Failure> {
    let record = kept(&mut *app.read().await?, &acting, id, app.clock.today()).await?;
    let department = find(&record, department)?;
    // The way back from a refusal brings what was typed.
    let form = if typed.name.is_empty() { DepartmentForm::of(&department) } else { typed };
    Ok(edit_page(&app, acting.person(), record, department, (form, Errors::default(), Vec::new())).into_response())
}

pub(super) async fn change(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Form(form): Form<DepartmentForm>,
) -> Result<Response, Failure> {
    keep(app, acting, id, Some(department), form).await
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct EndForm {
    #[serde(default)]
    day: String,
    #[serde(default)]
    ground: String,
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Form(form): Form<EndForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = kept(&mut *app.read().await?, &acting, id, today).await?;
    let old = find(&record, department)?;
    let day = near_day(&form.day, "day", "请填写撤销日期", today, &mut errors);
    if day.is_some_and(|day| day < old.from_day) {
        errors.add("day", format!("部门自 {} 起设立，撤销日期不能更早", old.from_day));
    }
    if let Some(until) = old.until_day.filter(|until| day.is_some_and(|day| day >= *until)) {
        errors.add("day", format!("部门自 {until} 起已撤销，撤销日期须在其前"));
    }
    let words = crate::web::forms::written(&form.ground, 120, "end-ground", "请填写依据", &mut errors);
    let (Some(day), Some(words), true) = (day, words, errors.is_empty()) else {
        let again = (DepartmentForm::of(&old), errors, Vec::new());
        let page = EditPage { end: form, ..edit_page(&app, acting.person(), record, old, again) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async move |db| {
        let (locked, record) = store::lock(db, &acting, id, today).await?;
        let old = find(&record, department)?;
        let ground = Ground { words, ..Ground::default() };
        let posts = store::end_department(db, &locked, &old, day, &ground, now).await?.ok_or(Failure::Missing)?;
        for post in record.posts.iter().filter(|post| post.department == Some(old.id) && !post.has_ended(&day)) {
            let why = format!("{}撤销", old.name);
            store::tell_end(db, &locked, (post, &record.union.name), (day, &why), now).await?;
        }
        let entry = Entry::new(Verb::DepartmentKept, format!("{} {}", record.union.name, old.name))
            .detail("办理", "撤销")
            .detail("自", day.to_string())
            .detail("同日结束的岗位", posts)
            .detail("依据", ground.words.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&format!("/unions/{id}/departments?done=ended")).into_response())
}
