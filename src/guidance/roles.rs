//! The page on which the School Youth League committee registers who leads, cooperates and guides, and fixes the list of the
//! leading group or mechanism (GUI-04, GUI-08, GUI-09).

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    Verb,
    forms::{GroupForm, RoleForm},
    paths::{Done, GUIDANCE, ROLES},
    record::{LeadingGroup, Role, filled},
    store::{self, NewRole},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    office::SchoolLeague,
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Rule,
        guidance::{Slot, SlotKind, constitute, slots},
    },
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/guidance/roles", show).post("/guidance/roles", fill).post("/guidance/group", fix)
}

/// A slot with who fills it.
struct SlotRow {
    slot: Slot,
    /// As the form sends it.
    value: String,
    role: Option<Role>,
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/roles.html")]
struct RolesPage {
    chrome: Chrome,
    slots: Vec<SlotRow>,
    group: Option<LeadingGroup>,
    form: RoleForm,
    group_form: GroupForm,
    errors: Errors,
    done: &'static str,
}

/// The forms of the page as they are filled in.
#[derive(Default)]
struct RoleForms {
    form: RoleForm,
    group: GroupForm,
    errors: Errors,
    done: &'static str,
}

impl RolesPage {
    fn is_picked(&self, row: &SlotRow) -> bool {
        self.form.slot == row.value
    }
}

fn value(slot: &Slot) -> String {
    format!("{}:{}", slot.kind.slug(), slot.name)
}

async fn page(app: &App, acting: &Acting<SchoolLeague>, forms: RoleForms) -> Result<RolesPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let found = plans.in_force(today).map(|plan| slots(&plan)).unwrap_or_default();
    let roles = store::roles(&mut db, acting.institution()).await?;
    let slots = found
        .into_iter()
        .map(|slot| {
            let role = roles.iter().find(|role| role.kind == slot.kind && role.slot == slot.name).cloned();
            SlotRow { value: value(&slot), role, slot }
        })
        .collect();
    let group = store::group(&mut db, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), "领导和指导人员").under(GUIDANCE, "领导与指导");
    let RoleForms { form, group: group_form, errors, done } = forms;
    Ok(RolesPage { chrome, slots, group, form, group_form, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<RolesPage, Failure> {
    page(&app, &acting, RoleForms { done: Done::said(&done), ..RoleForms::default() }).await
}

async fn unfit(app: &App, acting: &Acting<SchoolLeague>, forms: RoleForms) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, forms).await?).into_response())
}

async fn fill(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let plans = calendar(&mut *app.read().await?, acting.institution()).await?;
    let known = plans.in_force(today).map(|plan| slots(&plan)).unwrap_or_default();
    let slot = known.into_iter().find(|slot| value(slot) == form.slot);
    if slot.is_none() {
        errors.add("slot", "请选择登记的是哪一项");
    }
    let read = form.read(&mut errors);
    let (Some(slot), Some((name, title)), true) = (slot, read, errors.is_empty()) else {
        return unfit(&app, &acting, RoleForms { form, errors, ..RoleForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let new = NewRole { kind: slot.kind, slot: &slot.name, name: &name, title: &title };
        store::fill(db, &acting, &new, now).await?;
        let entry = Entry::new(Verb::GuidanceKept, slot.name.clone())
            .detail("姓名", name.clone())
            .detail("职务", title.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Filled.at(ROLES)).into_response())
}

/// The members of the list, one a line.
fn members(roles: &[Role]) -> String {
    let on_list = roles.iter().filter(|role| role.kind != SlotKind::Guider);
    on_list.map(|role| format!("{}　{}　{}", role.slot, role.name, role.title)).collect::<Vec<_>>().join("\n")
}

async fn fix(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<GroupForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let Some(document) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        return unfit(&app, &acting, RoleForms { group: form, errors, ..RoleForms::default() }).await;
    };
    let chrome = app.chrome(acting.person(), "确定名单").under(GUIDANCE, "领导与指导");
    let refusal =
        Refusal { chrome, wanted: "确定领导小组（工作机制）名单".to_owned(), back: ROLES.to_owned() };
    app.write_as(acting.person().authority(), async |db| {
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let roles = store::roles(db, acting.institution()).await?;
        let passed = match constitute(&plan, &filled(&roles)).permit() {
            Ok(passed) => passed,
            Err(findings) => return Err(refusal.because(findings)),
        };
        let members = members(&roles);
        if members.is_empty() {
            return Err(refusal.for_reason("名单上还没有人", "请先登记分管校领导和协同部门的负责人"));
        }
        let group = LeadingGroup { fixed_on: today, document, members };
        store::fix(db, &acting, passed, &group, now).await?;
        let mut entry =
            Entry::new(Verb::GuidanceKept, "领导小组（工作机制）名单").detail("文号", group.document.clone());
        if let Some(provision) = plan.provision(Rule::Gui09) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Fixed.at(ROLES)).into_response())
}
