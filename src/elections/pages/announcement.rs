//! Announcing a sitting, and taking that back.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::{acts::Act, readiness::facts};
use crate::{
    audit::{self},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        sitting::Stage,
        store::{self},
    },
    failure::{Failure, Refusal},
    ids::SittingId,
    office::ElectionKeeper,
    rules::sitting::announce as may_announce,
};

pub(super) async fn announce(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "公告场次";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    app.write_as(acting.person().authority(), async move |db| {
        let Some(sitting) = store::lock(db, acting.institution(), id).await?.filter(|one| one.stage == Stage::Draft)
        else {
            return Err(act.refuse(wanted, "这个场次已经公告", "刷新页面看现在的情况"));
        };
        let calendar = crate::rulebook::store::calendar(db, acting.institution()).await?;
        let Some(plan) = calendar.in_force(act.now.date()) else {
            return Err(act.refuse(wanted, "学校还没有启用实施方案", "请先在“实施方案”里启用本校的方案"));
        };
        let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
        let verdict = may_announce(&plan, &facts(db, (&sitting, &contests), act.now).await?);
        let entry = act.entry("公告");
        let permitted = verdict.permit().map_err(|findings| {
            let refusal = Refusal { chrome: act.chrome, wanted: wanted.to_owned(), back: act.back };
            refusal.because(findings)
        })?;
        store::announce(db, &acting, id, permitted).await?;
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(Act::done(id, "announced"))
}

pub(super) async fn take_back(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "收回公告";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let ballot_box = app.ballot_box.clone();
    app.write_as(acting.person().authority(), async move |db| {
        let sitting = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if !store::take_back(db, &acting, &sitting).await? {
            return Err(act.refuse(wanted, "投票开启以后不能收回公告", "投票不能继续的，由两人办理作废"));
        }
        ballot_box.drop_shares(id);
        audit::append(db, acting.person(), act.entry("收回公告"), act.now).await
    })
    .await?;
    Ok(Act::done(id, "back"))
}
