//! Closing a sitting, the report, and publishing the full ballots.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{acts::Act, done_at, result};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections::{Elections, counting, done::Done, record, sitting::Stage, store},
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    rules::sitting::report as may_report,
};

/// The form to close. Before the announced end the office must tick that it means it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CloseForm {
    sure: String,
}

pub(super) async fn close(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<CloseForm>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "截止投票").await?;
    let early = act.sitting.closes_at > act.now;
    if early && form.sure != "yes" {
        return Err(act.refuse("还没有到公告的截止时间", "确需提前截止的（如到会的都已投完），请勾选确认"));
    }
    app.write_as(acting.person().authority(), async |db| {
        let Some(envelopes) = store::close(db, acting.institution(), id, act.now).await? else {
            return Err(act.refuse("本场次不在投票中", "刷新页面看现在的情况"));
        };
        let entry = act.entry(if early { "提前截止投票" } else { "截止投票" }).detail("信封", envelopes);
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Closed))
}

/// Closes every sitting whose time is up.
pub async fn close_overdue(app: &Elections) -> Result<(), Failure> {
    let now = app.clock.now();
    app.ballot_box.sweep(now);
    if app.ballot_box.holds_shares() {
        let portal = app.ballot_box.portal;
        app.write_one(async |db| store::still_holds_counts(db, portal, now).await).await?;
    }
    let overdue = store::overdue(&mut *app.read().await?, now).await?;
    for sitting in overdue {
        app.write(async |db| {
            if let Some(envelopes) = store::close(db, sitting.institution, sitting.id, now).await? {
                let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
                    .detail("办理", "到时截止投票")
                    .detail("信封", envelopes);
                audit::append_by_operator(db, sitting.institution, entry, now).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}

pub(super) async fn report(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "生成监票报告").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if sitting.stage != Stage::Counted {
            return Err(act.refuse(format!("本场次{}", sitting.stage.label()), "计票完成之后才能报告"));
        }
        let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
        let (record, accounts) =
            counting::make_record(db, &acting.person().institution_name, &sitting, &contests).await?;
        let facts: Vec<_> =
            contests.iter().zip(&accounts).map(|(contest, account)| account.facts(&contest.title)).collect();
        let permitted = may_report(&facts).permit().map_err(|findings| act.refusal().because(findings))?;
        let text = serde_json::to_string_pretty(&record).map_err(anyhow::Error::new)? + "\n";
        let results = counting::contest_results(&contests, &accounts)?;
        store::report(db, &sitting, &text, &results, permitted, act.now).await?;
        let entry = act.entry("监票报告").detail("公开记录哈希", hex::encode(record::hash(text.as_bytes())));
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Reported))
}

pub(super) async fn publish(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "公布全部选票").await?;
    {
        let mut db = app.read().await?;
        let contests = store::contests(&mut db, &act.sitting, Some(act.now.date())).await?;
        let results = result::results(&mut db, &act.sitting, &contests).await?;
        if act.sitting.stage != Stage::Reported || !result::few_patterns(&contests, results.as_ref()) {
            let why = "候选人多于 4 名、设了另选他人，或者选票少于 20 张时，全部选票可能让人认出是谁投的";
            return Err(act.refuse(why, "监票人各自保存全部选票，可以用公开记录里的哈希核对"));
        }
    }
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if store::publish_ballots(db, &sitting, act.now).await? {
            audit::append(db, acting.person(), act.entry("公布全部选票"), act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.path(), Done::Published))
}
