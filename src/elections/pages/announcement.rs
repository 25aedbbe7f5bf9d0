//! Announcing a sitting, and taking that back.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::{acts::Act, done_at, readiness};
use crate::{
    audit,
    auth::acting::Acting,
    elections::{Elections, done::Done, sitting::Stage, store},
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    rules::sitting::announce as may_announce,
};

pub(super) async fn announce(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "公告场次").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if sitting.stage() != Stage::Draft {
            return Err(act.refuse("这个场次已经公告", "刷新页面看现在的情况"));
        }
        let calendar = crate::rulebook::store::calendar(db, acting.institution()).await?;
        let Some(plan) = calendar.in_force(act.now.date()) else {
            return Err(act.refuse("学校还没有启用实施方案", "请先在“实施方案”里启用本校的方案"));
        };
        let mut contests = store::contests(db, &sitting, Some(act.now.date())).await?;
        for contest in &contests {
            store::label_candidates(db, &sitting, contest.id, &[]).await?;
        }
        contests = store::contests(db, &sitting, Some(act.now.date())).await?;
        let verdict = may_announce(&plan, &readiness::facts(db, &sitting, &contests, act.now).await?);
        let permitted = verdict.permit().map_err(|findings| act.refusal().because(findings))?;
        store::announce(db, &sitting, permitted, act.now).await?;
        audit::append(db, acting.person(), act.entry("公告"), act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Announced))
}

pub(super) async fn take_back(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "收回公告").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if !store::take_back(db, &sitting).await? {
            return Err(act.refuse("投票开启以后不能收回公告", "投票不能继续的，由两人办理作废"));
        }
        audit::append(db, acting.person(), act.entry("收回公告"), act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::TakenBack))
}
