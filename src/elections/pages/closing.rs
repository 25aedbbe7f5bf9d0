//! Closing a sitting, the report, and publishing the full ballots.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{acts::Act, result};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        counting, record,
        sitting::Stage,
        store::{self},
    },
    failure::{Failure, Refusal},
    ids::SittingId,
    office::ElectionKeeper,
    rules::sitting::report as may_report,
};

/// Closing, as typed: before its time it wants to be meant.
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
    let wanted = "截止投票";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    if act.sitting.closes_at > act.now && form.sure != "yes" {
        return Err(act.refuse(wanted, "还没有到公告的截止时间", "确需提前截止的（如到会的都已投完），请勾选确认"));
    }
    app.write_as(acting.person().authority(), async move |db| {
        let Some(envelopes) = store::close(db, acting.institution(), id, act.now).await? else {
            return Err(act.refuse(wanted, "本场次不在投票中", "刷新页面看现在的情况"));
        };
        let early = act.sitting.closes_at > act.now;
        let entry = act.entry(if early { "提前截止投票" } else { "截止投票" }).detail("信封", envelopes);
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(Act::done(id, "closed"))
}

/// Closes every sitting whose time is up.
pub async fn close_overdue(app: &Elections) -> Result<(), Failure> {
    let now = app.clock.now();
    app.ballot_box.sweep(now);
    let overdue = store::overdue(&mut *app.read().await?, now).await?;
    for (institution, id, title) in overdue {
        app.write(async move |db| {
            if let Some(envelopes) = store::close(db, institution, id, now).await? {
                let entry =
                    Entry::new(Verb::SittingKept, title).detail("办理", "到时截止投票").detail("信封", envelopes);
                audit::append_by_operator(db, institution, entry, now).await?;
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
    let wanted = "生成监票报告";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    app.write_as(acting.person().authority(), async move |db| {
        let sitting = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if sitting.stage != Stage::Counted {
            return Err(act.refuse(wanted, format!("本场次{}", sitting.stage.label()), "计票完成之后才能报告"));
        }
        let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
        let (record, accounts) =
            counting::make_record(db, &acting.person().institution_name, &sitting, &contests).await?;
        let facts: Vec<_> =
            contests.iter().zip(&accounts).map(|(contest, account)| account.facts(&contest.title)).collect();
        let entry = act.entry("监票报告");
        let permitted = may_report(&facts).permit().map_err(|findings| {
            let refusal = Refusal { chrome: act.chrome, wanted: wanted.to_owned(), back: act.back };
            refusal.because(findings)
        })?;
        let text = serde_json::to_string_pretty(&record).map_err(anyhow::Error::new)? + "\n";
        let results = counting::kept_results(&contests, &accounts)?;
        store::report(db, acting.institution(), id, (&text, &results), permitted, act.now).await?;
        let entry = entry.detail("公开记录哈希", hex::encode(record::hash(text.as_bytes())));
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(Act::done(id, "reported"))
}

pub(super) async fn publish(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "公布全部选票";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    {
        let mut db = app.read().await?;
        let contests = store::contests(&mut db, &act.sitting, Some(act.now.date())).await?;
        let results = result::results(&mut db, &act.sitting, &contests).await?;
        if act.sitting.stage != Stage::Reported || !result::few_patterns(&contests, results.as_ref()) {
            let why = "候选人多于 4 名、设了另选他人，或者选票少于 20 张时，全部选票可能让人认出是谁投的";
            return Err(act.refuse(wanted, why, "监票人各自保存全部选票，可以用公开记录里的哈希核对"));
        }
    }
    app.write_as(acting.person().authority(), async move |db| {
        if store::publish_ballots(db, id, act.now).await? {
            audit::append(db, acting.person(), act.entry("公布全部选票"), act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Act::done(id, "published"))
}
