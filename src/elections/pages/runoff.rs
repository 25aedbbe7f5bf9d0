//! What follows where seats stay vacant: the lot, and the second round.

use std::collections::HashSet;

use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{
    acts::{Act, Answer, answered, drafted, later},
    contests::contest_of,
    result,
    show::Typed,
};
use crate::{
    audit::{self},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        counting,
        sitting::{ContestRules, Stage},
        store::{self, ContestDraft, Draft, Lot, Standing},
    },
    failure::Failure,
    ids::{ContestId, SittingId},
    office::ElectionKeeper,
    rules::election::Tie,
    web::forms::Errors,
};

/// A lot as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LotForm {
    winner: Vec<String>,
    method: String,
    present: String,
}

pub(super) async fn lot(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<LotForm>,
) -> Result<Response, Failure> {
    let wanted = "登记抽签结果";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let (person, sitting) = (acting.person().clone(), act.sitting.clone());
    let typed = Typed {
        lot_of: Some(contest),
        winners: form.winner.clone(),
        method: form.method.clone(),
        present: form.present.clone(),
        ..Typed::default()
    };
    let mut errors = Errors::default();
    let method = crate::web::forms::written(&form.method, 200, "method", "请写明怎样抽签", &mut errors);
    let present = crate::web::forms::written(&form.present, 200, "present", "请写明在场的人", &mut errors);
    let (Some(method), Some(present)) = (method, present) else {
        return super::show::page(&app, &person, sitting, (typed, errors, "")).await;
    };
    let drawn = app
        .write_as(acting.person().authority(), async move |db| {
            let sitting = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
            let accounts = counting::accounts(db, &sitting, &contests).await?;
            let found = contests.iter().zip(&accounts).find(|(one, _)| one.id == contest);
            let (own, account) = found.ok_or(Failure::Missing)?;
            if sitting.stage != Stage::Counted || own.rules.count.tie != Tie::Lot || !account.lot_open {
                return Err(act.refuse(wanted, "这一项现在不用抽签", "刷新页面看现在的情况"));
            }
            let fits = form.winner.len() == usize::try_from(account.count.vacant).unwrap_or(0)
                && form.winner.iter().all(|name| account.count.tied.contains(name))
                && form.winner.iter().collect::<HashSet<_>>().len() == form.winner.len();
            if !fits {
                let tied = account.count.tied.join("、");
                let says = format!("请照抽签结果，从得票相同的人（{tied}）中选定 {} 人", account.count.vacant);
                return Ok(Answer::Fault("winner", says));
            }
            let lot = Lot { winners: form.winner, method, present, drawn_at: act.now };
            let entry = act.entry("登记抽签结果").detail("项目", own.title.clone()).detail("方法", lot.method.clone());
            store::keep_lot(db, contest, &lot, acting.person().account).await?;
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Answer::Done)
        })
        .await?;
    answered(&app, &person, sitting, (drawn, typed, "lot")).await
}

pub(super) async fn second_round(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let wanted = "开启第二轮";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let mut db = app.read().await?;
    let own = contest_of(&mut db, &act.sitting, contest, act.now.date()).await?;
    let results = result::results(&mut db, &act.sitting, std::slice::from_ref(&own)).await?;
    let people = store::people_of(&mut db, contest).await?.into_iter().map(|(id, _)| id).collect();
    drop(db);
    let count = results.as_ref().and_then(|results| results.contests.first()).map(|one| one.account.count.clone());
    let Some(count) = count.filter(|count| act.sitting.stage == Stage::Reported && count.vacant > 0) else {
        return Err(act.refuse(wanted, "报告之后仍有空缺席位的项目，才能开启第二轮", "先生成监票报告"));
    };
    // Among the tied where there was a tie, else among all who were not elected.
    let stands = |label: &String| {
        if count.tied.is_empty() { !count.elected.contains(label) } else { count.tied.contains(label) }
    };
    let standing: Vec<Standing> = own
        .candidates
        .iter()
        .filter(|one| one.withdrawn.is_none() && stands(&one.label))
        .map(|one| Standing {
            student: one.student,
            label: one.label.clone(),
            about: one.about.clone(),
            origin: format!("“{}”第一轮", own.title),
        })
        .collect();
    let spare = u32::try_from(standing.len()).unwrap_or(0).saturating_sub(count.vacant);
    let draft = ContestDraft {
        title: format!("{}（第二轮）", own.title).chars().take(40).collect(),
        seats: count.vacant,
        rules: ContestRules { extra: own.rules.extra.min(spare), ..own.rules },
        round_of: Some(own.id),
        ..drafted(&own, people)
    };
    let old = act.sitting.clone();
    let title = format!("{}（第二轮）", old.title).chars().take(40).collect();
    let sitting = Draft { title, ..later(&old, act.now) };
    let new = app
        .write_as(acting.person().authority(), async move |db| {
            store::lock(db, acting.institution(), id).await?;
            if store::second_rounds(db, id).await?.contains(&contest) {
                return Err(act.refuse(wanted, "这一项已经有第二轮", "在场次列表里查看"));
            }
            let new = store::create(db, &acting, &sitting, act.now).await?;
            store::hand_to(db, new, old.college).await?;
            let added = store::add_contest(db, &acting, new, &draft).await?;
            store::stand(db, &acting, added, &standing).await?;
            store::take_over_monitors(db, &acting, (id, new), act.now).await?;
            let entry = act.entry("开启第二轮").detail("项目", draft.title).detail("应选", draft.seats);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(new)
        })
        .await?;
    Ok(Act::done(new, "second"))
}
