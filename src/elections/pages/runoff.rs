//! What follows a tie and vacant seats: the lot, and the second round.

use std::collections::HashSet;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

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
        names::SettledNames,
        sitting::{Candidate, Contest, ContestRules, Stage},
        store::{self, ContestDraft, Lot, NewCandidate, SittingDraft},
    },
    failure::Failure,
    ids::{ContestId, SittingId},
    name::key,
    office::ElectionKeeper,
    rules::sitting::Fills,
    text::folded,
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
    let act = Act::begin(&app, &acting, id, "登记得票相同的处理结果").await?;
    let mut errors = Errors::default();
    let method = written(&form.method, 200, "method", "请写明怎样抽签、怎样表决", &mut errors);
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
            if sitting.stage() != Stage::Counted || !account.lot_open {
                return Err(act.refuse("这一项现在不用抽签、表决", "刷新页面看现在的情况"));
            }
            if account.names_open > 0 {
                let why = "得票相同的人中有另选他人，还没有核对是谁";
                return Err(act.refuse(why, "请两名监票人先在监票页面核对：一人提出、另一人确认"));
            }
            let fits = lot.winners.len() == usize::try_from(account.count.vacant).unwrap_or(0)
                && lot.winners.iter().all(|name| account.count.tied.contains(name))
                && lot.winners.iter().collect::<HashSet<_>>().len() == lot.winners.len();
            if !fits {
                let (tied, act) = (account.count.tied.join("、"), own.rules.count.tie.act());
                let says = format!("请照{act}结果，从得票相同的人（{tied}）中选定 {} 人", account.count.vacant);
                return Ok(Attempt::fault("winner", says));
            }
            let entry = act
                .entry("登记得票相同的处理结果")
                .detail("项目", own.title.clone())
                .detail("方法", lot.method.clone());
            store::keep_lot(db, &sitting, own, &lot, acting.person().account).await?;
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    act.answer(&app, acting.person(), drawn, typed, Done::LotKept).await
}

/// Whom the tied names mean that were written in and that no monitors settled: reports of earlier versions have such.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SecondForm {
    number: Vec<String>,
}

/// Those of a tie who were written in: settled by monitors, or named now by their numbers.
async fn written_in(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    own: &Contest,
    tied: &[String],
    form: &SecondForm,
    today: Date,
) -> Result<Attempt<Vec<NewCandidate>>, Failure> {
    let matches = store::name_matches(db, own.sitting).await?;
    let settled = SettledNames::of(own, &matches, true);
    let labels = own.labels();
    let candidate = |student, label: &str, class: &str| NewCandidate {
        student,
        label: label.to_owned(),
        about: class.to_owned(),
        origin: format!("“{}”第一轮另选他人", own.title),
    };
    let (mut found, mut numbers) = (Vec::new(), form.number.iter());
    for name in tied.iter().filter(|name| !labels.contains(name)) {
        if let Some(person) = settled.person(name) {
            found.push(candidate(person.student, name, &person.class));
            continue;
        }
        let number = folded(numbers.next().map_or("", String::as_str));
        let known = store::students(db, acting.institution(), std::slice::from_ref(&number), today).await?.pop();
        let Some(student) = known.filter(|one| key(&one.name) == key(name)) else {
            let says = format!("“{name}”得票相同，是另选他人：请填写本人的学号，姓名须一致");
            return Ok(Attempt::fault("number", says));
        };
        let stands = own.candidates.iter().any(|one| one.student == student.id)
            || found.iter().any(|one: &NewCandidate| one.student == student.id);
        if stands || !store::is_of_constituency(db, own, student.id).await? {
            return Ok(Attempt::fault("number", format!("{number} 不是本选区的人，或者已经是候选人")));
        }
        found.push(candidate(student.id, name, &student.class));
    }
    Ok(Attempt::Done(found))
}

pub(super) async fn second_round(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, contest)): Path<(SittingId, ContestId)>,
    Form(form): Form<SecondForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "开启第二轮").await?;
    let mut db = app.read().await?;
    let own = contest_of(&mut db, &act.sitting, contest, act.now.date()).await?;
    let results = result::results(&mut db, &act.sitting, std::slice::from_ref(&own)).await?;
    let people = store::people_of(&mut db, contest).await?.into_iter().map(|(id, _)| id).collect();
    let count = results.as_ref().and_then(|results| results.contests.first()).map(|one| one.account.count.clone());
    let Some(count) = count.filter(|count| act.sitting.stage() == Stage::Reported && count.vacant > 0) else {
        return Err(act.refuse("报告之后仍有空缺席位的项目，才能开启第二轮", "先生成监票报告"));
    };
    let among_tied = !count.tied.is_empty();
    let written = match written_in(&mut db, &acting, &own, &count.tied, &form, act.now.date()).await? {
        Attempt::Done(written) => written,
        Attempt::Fault(field, says) => {
            let typed = TypedForms { second_of: Some(contest), numbers: form.number, ..TypedForms::default() };
            let submitted = Submitted::with_fault(typed, field, says);
            return show::page(&app, acting.person(), act.sitting, submitted, "").await;
        }
        Attempt::NeedsReason(findings) => return Err(act.refusal().because(findings)),
    };
    let calendar = crate::rulebook::store::calendar(&mut db, acting.institution()).await?;
    drop(db);
    // Among the tied where there was a tie, else a new election among all who were not elected.
    let stands = |label: &String| {
        if among_tied { count.tied.contains(label) } else { !count.elected.contains(label) }
    };
    let candidate = |one: &Candidate| NewCandidate {
        student: one.student,
        label: one.label.clone(),
        about: one.about.clone(),
        origin: format!("“{}”第一轮", own.title),
    };
    let standing = own.candidates.iter().filter(|one| one.withdrawn.is_none() && stands(&one.label));
    let candidates: Vec<NewCandidate> = standing.map(candidate).chain(written).collect();
    let spare = u32::try_from(candidates.len()).unwrap_or(0).saturating_sub(count.vacant);
    // The plan speaks of how a presidium is elected.
    let plan = calendar.in_force(act.now.date()).filter(|_| own.fills == Fills::Presidium);
    let (rules, source) = own.rules.further(plan.as_deref(), among_tied);
    let word = if among_tied { "第二轮" } else { "另行选举" };
    let second = |title: &str| {
        let title: String = title.chars().take(40 - word.chars().count() - 2).collect();
        format!("{title}（{word}）")
    };
    let mut draft = ContestDraft {
        title: second(&own.title),
        seats: count.vacant,
        rules: ContestRules { extra: own.rules.extra.min(spare), count: rules },
        round_of: Some(own.id),
        ..ContestDraft::like(&own, people)
    };
    if let Some(source) = source {
        draft.sources.retain(|one| one.point != source.point);
        draft.sources.push(source);
    }
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
            store::take_over_congress(db, &first, &new).await?;
            store::take_over_monitors(db, &first, &new, act.now).await?;
            let entry = act
                .entry(if among_tied { "开启第二轮" } else { "另行选举" })
                .detail("项目", draft.title.clone())
                .detail("应选", draft.seats);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(new.id)
        })
        .await?;
    Ok(done_at(&new.path(), Done::SecondRound).into_response())
}
