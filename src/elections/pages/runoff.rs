//! What follows a tie and vacant seats: the lot, and the second round.

use std::collections::HashSet;

use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{
    acts::Act,
    contests::contest_of,
    done_at, result,
    show::{self, TypedForms},
};
use crate::{
    audit,
    auth::acting::Acting,
    elections::{
        Elections, counting,
        done::Done,
        sitting::{ContestRules, Stage},
        store::{self, ContestDraft, Lot, NewCandidate, SittingDraft},
    },
    failure::Failure,
    ids::{ContestId, SittingId},
    office::ElectionKeeper,
    rules::election::Tie,
    web::forms::{Attempt, Errors, Submitted, written},
};

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
    let act = Act::begin(&app, &acting, id, "登记抽签结果").await?;
    let mut errors = Errors::default();
    let method = written(&form.method, 200, "method", "请写明怎样抽签", &mut errors);
    let present = written(&form.present, 200, "present", "请写明在场的人", &mut errors);
    let typed = TypedForms {
        lot_of: Some(contest),
        winners: form.winner,
        method: form.method,
        present: form.present,
        ..TypedForms::default()
    };
    let (Some(method), Some(present)) = (method, present) else {
        return show::page(&app, acting.person(), act.sitting, Submitted::new(typed, errors), "").await;
    };
    let lot = Lot { winners: typed.winners.clone(), method, present, drawn_at: act.now };
    let drawn = app
        .write_as(acting.person().authority(), async |db| {
            let sitting = store::lock(db, acting.institution(), id).await?;
            let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
            let accounts = counting::accounts(db, &sitting, &contests).await?;
            let found = contests.iter().zip(&accounts).find(|(one, _)| one.id == contest);
            let (own, account) = found.ok_or(Failure::Missing)?;
            if sitting.stage != Stage::Counted || own.rules.count.tie != Tie::Lot || !account.lot_open {
                return Err(act.refuse("这一项现在不用抽签", "刷新页面看现在的情况"));
            }
            let fits = lot.winners.len() == usize::try_from(account.count.vacant).unwrap_or(0)
                && lot.winners.iter().all(|name| account.count.tied.contains(name))
                && lot.winners.iter().collect::<HashSet<_>>().len() == lot.winners.len();
            if !fits {
                let tied = account.count.tied.join("、");
                let says = format!("请照抽签结果，从得票相同的人（{tied}）中选定 {} 人", account.count.vacant);
                return Ok(Attempt::fault("winner", says));
            }
            let entry = act.entry("登记抽签结果").detail("项目", own.title.clone()).detail("方法", lot.method.clone());
            store::keep_lot(db, &sitting, own, &lot, acting.person().account).await?;
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    act.answer(&app, acting.person(), drawn, typed, Done::LotKept).await
}

pub(super) async fn second_round(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "开启第二轮").await?;
    let mut db = app.read().await?;
    let own = contest_of(&mut db, &act.sitting, contest, act.now.date()).await?;
    let results = result::results(&mut db, &act.sitting, std::slice::from_ref(&own)).await?;
    let people = store::people_of(&mut db, contest).await?.into_iter().map(|(id, _)| id).collect();
    drop(db);
    let count = results.as_ref().and_then(|results| results.contests.first()).map(|one| one.account.count.clone());
    let Some(count) = count.filter(|count| act.sitting.stage == Stage::Reported && count.vacant > 0) else {
        return Err(act.refuse("报告之后仍有空缺席位的项目，才能开启第二轮", "先生成监票报告"));
    };
    // Among the tied where there was a tie, else among all who were not elected.
    let stands = |label: &String| {
        if count.tied.is_empty() { !count.elected.contains(label) } else { count.tied.contains(label) }
    };
    let candidates: Vec<NewCandidate> = own
        .candidates
        .iter()
        .filter(|one| one.withdrawn.is_none() && stands(&one.label))
        .map(|one| NewCandidate {
            student: one.student,
            label: one.label.clone(),
            about: one.about.clone(),
            origin: format!("“{}”第一轮", own.title),
        })
        .collect();
    let spare = u32::try_from(candidates.len()).unwrap_or(0).saturating_sub(count.vacant);
    let second = |title: &str| format!("{title}（第二轮）").chars().take(40).collect::<String>();
    let draft = ContestDraft {
        title: second(&own.title),
        seats: count.vacant,
        rules: ContestRules { extra: own.rules.extra.min(spare), ..own.rules },
        round_of: Some(own.id),
        ..ContestDraft::like(&own, people)
    };
    let next = SittingDraft { title: second(&act.sitting.title), ..SittingDraft::like(&act.sitting, act.now) };
    let new = app
        .write_as(acting.person().authority(), async |db| {
            let first = store::lock(db, acting.institution(), id).await?;
            if store::second_rounds(db, id).await?.contains(&contest) {
                return Err(act.refuse("这一项已经有第二轮", "在场次列表里查看"));
            }
            let new = store::create(db, &acting, &next, act.now).await?;
            let new = store::lock(db, acting.institution(), new).await?;
            store::assign_to_college(db, &new, first.college).await?;
            let added = store::add_contest(db, &new, &draft).await?;
            store::add_candidates(db, &new, added, &candidates).await?;
            store::take_over_monitors(db, &first, &new, act.now).await?;
            let entry = act.entry("开启第二轮").detail("项目", draft.title.clone()).detail("应选", draft.seats);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(new.id)
        })
        .await?;
    Ok(done_at(&new.path(), Done::SecondRound))
}
