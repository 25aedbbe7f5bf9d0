//! 代表团: made for the colleges in one act, others by hand; who sits in which, and who heads it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{again, done_at, frame, kept, refusal, under_preparation};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::Congress,
        delegates::{
            forms::{DelegationForm, SeatingForm},
            paths::Done,
            store::{self, Delegation, SeatedDelegate},
        },
        pages::visible,
    },
    directory,
    failure::Failure,
    ids::{CongressDelegationId, CongressId, DelegateId},
    name::order,
    page::chrome::Chrome,
    text::trimmed,
    web::forms::{Done as DoneQuery, Errors, Submitted, ticked, written},
};

/// The longest duty in a delegation.
const LONGEST_DUTY: usize = 20;

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/delegations.html")]
pub(super) struct DelegationsPage {
    chrome: Chrome,
    congress: Congress,
    delegations: Vec<Delegation>,
    /// Delegates with a vote, by strokes.
    rows: Vec<SeatedDelegate>,
    keeps: bool,
    form: DelegationForm,
    seating: SeatingForm,
    errors: Errors,
    done: &'static str,
}

impl DelegationsPage {
    fn members(&self, delegation: &Delegation) -> Vec<&SeatedDelegate> {
        self.rows.iter().filter(|row| row.delegation == Some(delegation.id)).collect()
    }

    fn loose(&self) -> Vec<&SeatedDelegate> {
        self.rows.iter().filter(|row| row.delegation.is_none()).collect()
    }

    fn has(&self, row: &SeatedDelegate) -> bool {
        self.seating.pick.contains(&row.id.to_string())
    }

    fn is_target(&self, delegation: &Delegation) -> bool {
        self.seating.delegation == delegation.id.to_string()
    }
}

/// The page's forms as they were sent.
#[derive(Debug, Default)]
struct TypedDelegations {
    form: DelegationForm,
    seating: SeatingForm,
}

async fn page(
    app: &App,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<TypedDelegations>,
    done: &'static str,
) -> Result<DelegationsPage, Failure> {
    let mut db = app.read().await?;
    let delegations = store::delegations(&mut db, &congress).await?;
    let strokes = directory::store::stroke_order(&mut db, person.institution).await?;
    let mut rows = store::seated(&mut db, &congress).await?;
    rows.retain(SeatedDelegate::votes);
    order::sort(&mut rows, strokes, |row| &row.name);
    let keeps = person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office));
    let chrome = frame(app, person, &congress, "代表团");
    let Submitted { form: TypedDelegations { form, seating }, errors } = submitted;
    Ok(DelegationsPage { chrome, congress, delegations, rows, keeps, form, seating, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<DelegationsPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    page(&app, acting.person(), congress, Submitted::default(), Done::said(&done)).await
}

/// What is recorded of an act on delegations.
fn entry(congress: &Congress, act: &str) -> Entry {
    Entry::new(Verb::DelegatesKept, congress.short_title()).detail("办理", act)
}

pub(super) async fn make(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        under_preparation(&app, acting.person(), &congress, "组成代表团", id.delegations_path())?;
        let made = store::make_delegations(db, &congress).await?;
        audit::append(db, acting.person(), entry(&congress, "按院系组成代表团").detail("新组成", made), now).await
    })
    .await?;
    Ok(done_at(&id.delegations_path(), Done::DelegationsMade))
}

pub(super) async fn add(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<DelegationForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let name = written(&form.name, 40, "name", "请填写代表团的名称", &mut errors);
    if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
        errors.add("name", "至少两个字");
    }
    if let Some(name) = name.filter(|_| errors.is_empty()) {
        let added = app
            .write_as(acting.person().authority(), async |db| {
                let congress = kept(db, &acting, id).await?;
                under_preparation(&app, acting.person(), &congress, "组成代表团", id.delegations_path())?;
                if !store::add_delegation(db, &congress, &name).await? {
                    return Ok(false);
                }
                let entry = entry(&congress, "组成代表团").detail("名称", name.clone());
                audit::append(db, acting.person(), entry, now).await?;
                Ok(true)
            })
            .await?;
        if added {
            return Ok(done_at(&id.delegations_path(), Done::DelegationKept).into_response());
        }
        errors.add("name", "已有同名的代表团");
    }
    let congress = crate::congress::pages::kept(&mut *app.read().await?, &acting, id).await?;
    let submitted = Submitted::new(TypedDelegations { form, ..TypedDelegations::default() }, errors);
    Ok(again(page(&app, acting.person(), congress, submitted, "").await?))
}

/// Lets the ticked delegates sit in another delegation, or gives the one who is ticked a duty.
pub(super) async fn seat(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<SeatingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let picked: Vec<DelegateId> = ticked(&form.pick)?;
    let typed = Some(form.delegation.as_str()).filter(|id| !id.is_empty());
    let target: Option<CongressDelegationId> = typed.map(str::parse).transpose().map_err(|_| Failure::Malformed)?;
    let duty = trimmed(&form.duty);
    if picked.is_empty() {
        errors.add("pick", "请勾选代表");
    }
    if target.is_none() && picked.len() > 1 {
        errors.add("pick", "确定职务时只勾选一名代表");
    }
    if duty.chars().count() > LONGEST_DUTY {
        errors.add("duty", format!("不能超过 {LONGEST_DUTY} 字"));
    }
    if !errors.is_empty() {
        let congress = crate::congress::pages::kept(&mut *app.read().await?, &acting, id).await?;
        let submitted = Submitted::new(TypedDelegations { seating: form, ..TypedDelegations::default() }, errors);
        return Ok(again(page(&app, acting.person(), congress, submitted, "").await?));
    }
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        under_preparation(&app, acting.person(), &congress, "编组代表团", id.delegations_path())?;
        let seated = store::seated(db, &congress).await?;
        if !picked.iter().all(|id| seated.iter().any(|row| row.id == *id && row.votes())) {
            let refused = refusal(&app, acting.person(), &congress, "编组代表团", id.delegations_path());
            return Err(
                refused.for_reason("勾选的人里有的不是本次大会的代表，或者已经不是", "核对现在的名单，重新勾选")
            );
        }
        if let Some(target) = target {
            let moved = store::move_to(db, &congress, target, &picked).await?;
            return audit::append(db, acting.person(), entry(&congress, "编入代表团").detail("代表", moved), now).await;
        }
        let is_head = duty == "团长";
        let other = (!duty.is_empty() && !is_head).then_some(duty);
        for delegate in &picked {
            if !store::set_duty(db, &congress, *delegate, is_head, other).await? {
                let refused = refusal(&app, acting.person(), &congress, "确定代表团职务", id.delegations_path());
                return Err(refused.for_reason("这名代表还没有编入代表团", "先编入代表团，再确定职务"));
            }
        }
        let said = if duty.is_empty() { "无" } else { duty };
        audit::append(db, acting.person(), entry(&congress, "确定代表团职务").detail("职务", said), now).await
    })
    .await?;
    let done = if target.is_some() { Done::Moved } else { Done::DelegationKept };
    Ok(done_at(&id.delegations_path(), done).into_response())
}

pub(super) async fn remove(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path((id, delegation)): Path<(CongressId, CongressDelegationId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let congress = kept(db, &acting, id).await?;
        if !store::end_delegation(db, &congress, delegation).await? {
            let refused = refusal(&app, acting.person(), &congress, "撤销代表团", id.delegations_path());
            return Err(refused.for_reason("代表团里还有代表", "先把代表编入其他代表团"));
        }
        audit::append(db, acting.person(), entry(&congress, "撤销代表团"), now).await
    })
    .await?;
    Ok(done_at(&id.delegations_path(), Done::DelegationKept))
}
