//! What is done with a draft as a whole: handed in, withdrawn, given back, confirmed by a second person, deleted.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    super::{
        draft::{PlanDraft, Stage},
        paths::{DRAFTS, Done, adopted_from},
        store,
    },
    FullDraft, checked, entry, not_open, overview, refusal, whole,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::PlanDraftId,
    inbox::{self, Notice, To},
    office::{Office, SchoolLeague},
    rulebook::{self, store as plans},
    rules::{Plan, Rule},
    web::forms::{Errors, reason},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/plan-drafts/{draft}/submit", submit)
        .post("/plan-drafts/{draft}/withdraw", withdraw)
        .post("/plan-drafts/{draft}/return", give_back)
        .post("/plan-drafts/{draft}/confirm", confirm)
        .post("/plan-drafts/{draft}/discard", discard)
}

async fn submit(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let wanted = "交第二人确认";
    let FullDraft { draft, content, .. } = whole(&mut *app.read().await?, &acting, id).await?;
    if !draft.is_open() {
        return Err(not_open(&app, &acting, id, wanted));
    }
    let found = checked(&app, &draft, &content).await?;
    if !draft.is_ready(&found) {
        let why = format!("草稿还有 {} 处要改正", found.faults.len());
        return Err(refusal(&app, &acting, id, wanted).for_reason(why, "各部分的表单里，每一处都写明了怎样改"));
    }
    let text = draft.text;
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        // Somebody may have saved since it was checked, or brought another document.
        if draft.text != text || store::content_of(&store::groups(db, id).await?) != content {
            let refused = refusal(&app, &acting, id, wanted);
            return Err(refused.for_reason("刚才有人改了草稿", "请看过改动以后再交"));
        }
        if !store::submit(db, &acting, &draft, &found.source, now).await? {
            return Err(not_open(&app, &acting, id, wanted));
        }
        let hash = hex::encode(Sha256::digest(&found.source));
        audit::append(db, acting.person(), entry(&draft, wanted).detail("文件摘要", hash), now).await?;
        let subject = format!("方案草稿“{}”等第二人确认", draft.name);
        let notice = Notice::new(subject, id.path()).says(format!("由{}交来。", acting.person().name));
        inbox::tell_offices(db, acting.institution(), SchoolLeague::KINDS, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Submitted.at(&id.path())))
}

/// Whoever handed a draft in takes it back.
async fn withdraw(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        let is_own = draft.submitted.as_ref().is_some_and(|one| one.by == acting.person().account);
        if !is_own || !store::reopen(db, &draft, "").await? {
            let refused = refusal(&app, &acting, id, "收回草稿");
            return Err(refused.for_reason("草稿不在等待确认，或者不是你交的", "别人交来的，可以写明理由退回修改"));
        }
        audit::append(db, acting.person(), entry(&draft, "收回"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(&id.path())))
}

/// 退回修改 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ReturnForm {
    reason: String,
}

async fn give_back(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Form(form): Form<ReturnForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let why = reason(&form.reason, &mut errors);
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        let page = overview::page(&app, &acting, id, form.reason, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        if !draft.may_confirm(acting.person().account) || !store::reopen(db, &draft, &why).await? {
            let refused = refusal(&app, &acting, id, "退回修改");
            return Err(refused.for_reason("草稿不在等待确认，或者是你自己交的", "自己交的，可以收回"));
        }
        let entry = entry(&draft, "退回修改").detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await?;
        let says = format!("理由：{why}");
        tell_submitter(&app, db, &acting, &draft, "退回修改", &says).await
    })
    .await?;
    Ok(Redirect::to(&Done::Returned.at(&id.path())).into_response())
}

async fn tell_submitter(
    app: &App,
    db: &mut sqlx::PgConnection,
    acting: &Acting<SchoolLeague>,
    draft: &PlanDraft,
    what: &str,
    says: &str,
) -> Result<(), Failure> {
    let Some(submitted) = &draft.submitted else { return Ok(()) };
    let subject = format!("方案草稿“{}”已由{}{what}", draft.name, acting.person().name);
    let notice = Notice::new(subject, draft.id.path()).says(says);
    inbox::tell(db, acting.institution(), To::Account(submitted.by), &notice, app.clock.now()).await
}

/// The second person confirms what was handed in: it becomes a version of the university's plan, which may be adopted.
async fn confirm(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let version = app
        .write_as(acting.person().authority(), async |db| {
            let draft = store::lock(db, &acting, id).await?;
            let refused = refusal(&app, &acting, id, "确认方案草稿");
            let Some(submitted) = draft.submitted.as_ref().filter(|_| draft.stage == Stage::Submitted) else {
                return Err(refused.for_reason("草稿不在等待确认", "交来确认的草稿，才能确认"));
            };
            if !draft.may_confirm(acting.person().account) {
                let remedy = "请由校团委的另一个人确认；需要修改的，可以收回";
                return Err(refused.for_reason("这份草稿是你交的，不能由同一个人确认", remedy));
            }
            let plan = Plan::parse(&submitted.source).map(Box::new);
            let Ok(plan) = plan else {
                let why = "系统更新以后，这份草稿有不合格式的地方";
                return Err(refused.for_reason(why, "请退回修改，按表单里的提示改正后再交"));
            };
            let (version, is_new) = plans::add(db, &acting, &plan, &submitted.source, now).await?;
            if !store::confirm(db, &acting, &draft, version, now).await? {
                return Err(not_open(&app, &acting, id, "确认方案草稿"));
            }
            let kept = entry(&draft, "第二人确认").detail("方案代码", plan.code.clone());
            audit::append(db, acting.person(), kept, now).await?;
            if is_new {
                let mut added = Entry::new(rulebook::Verb::PlanAdded, format!("{}（{}）", plan.short, plan.code))
                    .detail("文号", plan.document.clone());
                if let Some(provision) = plan.provision(Rule::Pol00) {
                    added = added.under(provision.clause());
                }
                audit::append(db, acting.person(), added, now).await?;
            }
            tell_submitter(&app, db, &acting, &draft, "确认", "方案已收存，可以启用。").await?;
            Ok(version)
        })
        .await?;
    Ok(Redirect::to(&adopted_from(version)))
}

async fn discard(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        if !store::discard(db, &draft).await? {
            return Err(not_open(&app, &acting, id, "删除草稿"));
        }
        audit::append(db, acting.person(), entry(&draft, "删除草稿"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Discarded.at(DRAFTS)))
}
