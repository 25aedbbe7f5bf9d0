//! Making a sitting void, which takes two people; and holding it again.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{acts::Act, done_at, show::TypedForms};
use crate::{
    audit,
    auth::{acting::Acting, person::SignedIn},
    elections::{
        Elections,
        done::Done,
        paths,
        sitting::{Sitting, Stage},
        store::{self, ContestDraft, NewCandidate, SittingDraft},
    },
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    web::forms::{Attempt, Errors, reason},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct VoidForm {
    reason: String,
}

pub(super) async fn ask_void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<VoidForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "提出作废").await?;
    let mut errors = Errors::default();
    let Some(why) = reason(&form.reason, &mut errors) else {
        let says = errors.of("reason").unwrap_or_default().to_owned();
        let typed = TypedForms { void_why: form.reason, ..TypedForms::default() };
        return act.answer(&app, acting.person(), Attempt::fault("reason", says), typed, Done::VoidAsked).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if !store::ask_void(db, &acting, &sitting, &why, act.now).await? {
            let reason = "筹备中、已报告、已作废或已有人提出作废的场次，不能提出";
            return Err(act.refuse(reason, "刷新页面看现在的情况"));
        }
        let entry = act.entry("提出作废").detail("理由", why.clone());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::VoidAsked).into_response())
}

pub(super) async fn withdraw_request(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "撤回作废的提议").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if store::withdraw_void_request(db, &sitting).await? {
            audit::append(db, acting.person(), act.entry("撤回作废的提议"), act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.path(), Done::VoidWithdrawn))
}

pub(super) async fn agree_void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "同意作废").await?;
    make_void(&app, acting.person(), &act).await?;
    Ok(done_at(&id.path(), Done::Voided))
}

/// Makes a sitting void by a second person: another of the office in charge, or one of its monitors.
async fn make_void(app: &Elections, person: &SignedIn, act: &Act) -> Result<(), Failure> {
    app.write_as(person.authority(), async |db| {
        let sitting = store::lock(db, person.institution, act.sitting.id).await?;
        if !store::make_void(db, &sitting, person.account, act.now).await? {
            let remedy = "作废须由两人办理：一人提出，另一人（办理单位的其他人员或监票人）同意";
            return Err(act.refuse("没有人提出作废，或者是你自己提出的", remedy));
        }
        app.ballot_box.drop_shares(sitting.id);
        app.ballot_box.end(sitting.id);
        let entry = if sitting.counted_at().is_some() {
            act.entry("计票以后作废").detail("选票", "已计票，结果不作数")
        } else {
            act.entry("作废").detail("选票", "未经拆看已销毁")
        };
        audit::append(db, person, entry, act.now).await
    })
    .await
}

/// As [`agree_void`], for a monitor.
pub(super) async fn void_by_monitor(app: &Elections, person: &SignedIn, sitting: Sitting) -> Result<(), Failure> {
    let chrome = app.chrome(person, "没有办理").under(paths::MONITORING, "监票");
    let back = sitting.id.monitoring_path();
    make_void(app, person, &Act { sitting, chrome, wanted: "同意作废", back, now: app.clock.now() }).await
}

/// A sitting that was made void is held again: contests, candidates and monitors are the same, all of it a draft.
pub(super) async fn hold_again(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "照此另建场次").await?;
    if act.sitting.stage() != Stage::Voided {
        return Err(act.refuse("只有作废的场次可以照此另建", "需要另外一场选举的，请新建场次"));
    }
    let new = app
        .write_as(acting.person().authority(), async |db| {
            let new = store::create(db, &acting, &SittingDraft::like(&act.sitting, act.now), act.now).await?;
            let new = store::lock(db, acting.institution(), new).await?;
            store::assign_to_college(db, &new, act.sitting.college).await?;
            for own in store::contests(db, &act.sitting, Some(act.now.date())).await? {
                let by_hand = own.by_hand;
                let people = store::people_of(db, own.id).await?.into_iter().map(|(id, _)| id).collect();
                let added = store::add_contest(db, &new, &ContestDraft::like(&own, people)).await?;
                let candidates: Vec<NewCandidate> = own
                    .candidates
                    .into_iter()
                    .filter(|one| one.withdrawn.is_none())
                    .map(|one| NewCandidate {
                        student: one.student,
                        label: one.label,
                        about: one.about,
                        origin: one.origin,
                    })
                    .collect();
                store::add_candidates(db, &new, added, &candidates).await?;
                store::order_by_hand(db, &new, added, by_hand).await?;
            }
            store::take_over_congress(db, &act.sitting, &new).await?;
            store::take_over_monitors(db, &act.sitting, &new, act.now).await?;
            audit::append(db, acting.person(), act.entry("作废以后另建场次"), act.now).await?;
            Ok(new.id)
        })
        .await?;
    Ok(done_at(&new.path(), Done::HeldAgain))
}
