//! The rehearsal, and the opening: the one act in which the keys are made.

use axum::{
    extract::{Path, State},
    response::Redirect,
};

use super::acts::Act;
use crate::{
    audit::{self},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        ballot::{Mark, Vote, Votes},
        ballot_box::full_size,
        sitting::{Monitor, Opened, Sitting, Stage, terms},
        store::{self},
    },
    failure::Failure,
    ids::{AccountId, SittingId},
    office::ElectionKeeper,
    sealing::keys::{self, Purpose},
};

/// Throw-away ballots of a rehearsal.
const REHEARSED: i32 = 10;

/// The shares of a key, each sealed to its monitor.
fn deal(
    sitting: &Sitting,
    monitors: &[Monitor],
    (secret, mark): (&keys::SecretKey, &keys::MarkKey),
) -> anyhow::Result<Vec<(AccountId, Vec<u8>)>> {
    let shares = keys::split(secret, sitting.threshold, monitors.len());
    let one = |(monitor, share): (&Monitor, &zeroize::Zeroizing<Vec<u8>>)| {
        let key = monitor.own_key(mark, sitting.id);
        let key = key.ok_or_else(|| anyhow::anyhow!("a monitor's key is not one that the monitor made"))?;
        Ok((monitor.account, keys::seal(&key, Purpose::Share(sitting.id, monitor.account), share)?))
    };
    monitors.iter().zip(&shares).map(one).collect()
}

pub(super) async fn rehearse(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "开始演练";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let ballot_box = app.ballot_box.clone();
    app.write_as(acting.person().authority(), async move |db| {
        let sitting = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if sitting.stage != Stage::Announced {
            return Err(act.refuse(wanted, "演练在公告以后、投票开启以前进行", "刷新页面看现在的情况"));
        }
        let monitors = store::monitors(db, id).await?;
        let without: Vec<&str> = monitors.iter().filter(|one| one.key.is_none()).map(|one| one.name.as_str()).collect();
        if !without.is_empty() {
            let why = format!("监票人{}还没有生成口令", without.join("、"));
            return Err(act.refuse(wanted, why, "请他们登录后在“监票”里生成口令"));
        }
        let (secret, public) = keys::make_pair();
        let shares = deal(&sitting, &monitors, (&secret, &ballot_box.key))?;
        let mut ballots = Vec::new();
        for number in 1..=REHEARSED {
            let text = rehearsal_text(number);
            ballots.push(keys::seal(&public, Purpose::Rehearsal(id, number), text.as_bytes())?);
        }
        drop(secret);
        store::begin_rehearsal(db, id, (&public, &ballots), &shares).await?;
        ballot_box.drop_shares(id);
        audit::append(db, acting.person(), act.entry("开始演练"), act.now).await
    })
    .await?;
    Ok(Act::done(id, "rehearsing"))
}

/// What a throw-away ballot says.
pub(super) fn rehearsal_text(number: i32) -> String {
    let votes = Votes {
        receipt: format!("rehearsal{number:07}"),
        votes: vec![Vote {
            choices: vec![if number % 2 == 0 { Mark::For } else { Mark::Against }],
            written: Vec::new(),
        }],
    };
    format!("{} {}", votes.receipt, votes.votes.iter().map(Vote::pattern).collect::<String>())
}

pub(super) async fn open(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "开启投票";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let ballot_box = app.ballot_box.clone();
    app.write_as(acting.person().authority(), async move |db| {
        let sitting = store::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        match sitting.stage {
            Stage::Rehearsed => {}
            Stage::Announced => {
                return Err(act.refuse(
                    wanted,
                    "监票人还没有演练成功",
                    "先进行演练：没有演练过的口令，开票时可能打不开",
                ));
            }
            _ => {
                return Err(act.refuse(wanted, format!("本场次{}", sitting.stage.label()), "刷新页面看现在的情况"));
            }
        }
        if sitting.closes_at <= act.now {
            return Err(act.refuse(wanted, "投票截止时间已过", "请收回公告，修改时间后重新公告"));
        }
        if sitting.opens_at - act.now > time::Duration::days(1) {
            return Err(act.refuse(wanted, "距投票开始还有一天以上", "开启即冻结选民名册，请在开始前 24 小时之内办理"));
        }
        let monitors = store::monitors(db, id).await?;
        let voters = store::freeze_roll(db, id, act.now.date()).await?;
        let contests =
            store::contests(db, &Sitting { opened_at: Some(act.now), ..sitting.clone() }, Some(act.now.date())).await?;
        if let Some(empty) = contests.iter().find(|contest| contest.voters == 0) {
            let why = format!("{}没有一名选民", empty.title);
            return Err(act.refuse(wanted, why, "请收回公告，核对选举单位"));
        }
        let roll = store::roll(db, id).await?;
        let (secret, key) = keys::make_pair();
        let shares = deal(&sitting, &monitors, (&secret, &ballot_box.key))?;
        drop(secret);
        let opened = Opened {
            key,
            ballot_size: full_size(&contests, &store::contest_sets(db, id).await?),
            roll_hash: store::hash_roll(&roll),
            contests_hash: store::hash_contests(&contests),
            terms: terms(&sitting),
        };
        let size = i32::try_from(voters).map_err(anyhow::Error::new)?;
        let mark = opened.mark(&ballot_box.key, id);
        if !store::open(db, &acting, &sitting, (&opened, &shares), (&mark, size), act.now).await? {
            return Err(act.refuse(wanted, "场次已经变化", "刷新页面看现在的情况"));
        }
        let entry = act
            .entry("开启投票")
            .detail("选民", size)
            .detail("名册哈希", hex::encode(&opened.roll_hash))
            .detail("选票哈希", hex::encode(&opened.contests_hash))
            .detail("公钥", hex::encode(opened.key.as_bytes()))
            .detail(
                "监票人公钥",
                monitors.iter().filter_map(|one| one.key).map(|key| hex::encode(key.as_bytes())).collect::<Vec<_>>(),
            );
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(Act::done(id, "opened"))
}
