//! The rehearsal, and the opening: the one act in which the roll is frozen and the keys are made.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use time::Duration;

use super::{acts::Act, done_at};
use crate::{
    audit,
    auth::acting::Acting,
    elections::{
        Elections,
        ballot::{Mark, Vote, Votes},
        ballot_box::full_size,
        done::Done,
        sitting::{Monitor, Opened, Sitting, Stage, terms},
        store::{self, DealtShare, NewOpening},
    },
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    sealing::keys::{self, MarkKey, OpenShare, PublicKey, Purpose, SecretKey},
};

/// Throw-away ballots of a ceremony.
const REHEARSED: i32 = 10;

/// A key pair whose private half was split among the monitors and forgotten.
struct Ceremony {
    public: PublicKey,
    shares: Vec<DealtShare>,
}

/// Makes a key pair, splits it among the monitors and seals each share to its monitor. That enough of the shares give the
/// key back, and open ballots that are thrown away, is tried before anything is kept; the mark on each share then lets a
/// monitor show alone that theirs is one of these. `mark` also tells the monitors' own keys from forged ones.
fn deal(sitting: &Sitting, monitors: &[Monitor], mark: &MarkKey) -> anyhow::Result<Ceremony> {
    let (secret, public) = keys::make_pair();
    let parts = keys::split(&secret, sitting.threshold, monitors.len());
    drop(secret);
    let open: Vec<OpenShare> = parts.iter().filter_map(|part| keys::share(part)).collect();
    anyhow::ensure!(open.len() == monitors.len(), "a share is no share");
    anyhow::ensure!(keys::all_join(&open, sitting.threshold, &public), "the shares do not give the key back");
    let some = open.get(..usize::from(sitting.threshold)).and_then(|some| keys::join(some, sitting.threshold, &public));
    anyhow::ensure!(some.is_some_and(|joined| opens_ballots(sitting, &public, &joined)), "a ballot does not open");
    let mut shares = Vec::with_capacity(monitors.len());
    for (monitor, (part, share)) in monitors.iter().zip(parts.iter().zip(&open)) {
        let key = monitor.own_key(mark, sitting.id);
        let key = key.ok_or_else(|| anyhow::anyhow!("a monitor's key is not one that the monitor made"))?;
        let purpose = Purpose::Share(sitting.id, monitor.account);
        shares.push(DealtShare {
            account: monitor.account,
            sealed: keys::seal(&key, purpose, part)?,
            mark: mark.mark_share(sitting.id, monitor.account, &public, share),
        });
    }
    Ok(Ceremony { public, shares })
}

/// Ballots sealed to the public half open by the private one.
fn opens_ballots(sitting: &Sitting, public: &PublicKey, secret: &SecretKey) -> bool {
    (1..=REHEARSED).all(|number| {
        let (purpose, text) = (Purpose::Rehearsal(sitting.id, number), rehearsal_text(number));
        let sealed = keys::seal(public, purpose, text.as_bytes()).ok();
        let opened = sealed.and_then(|sealed| keys::open(secret, purpose, &sealed));
        opened.is_some_and(|opened| opened.as_slice() == text.as_bytes())
    })
}

pub(super) async fn rehearse(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "开始演练").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if sitting.stage() != Stage::Announced {
            return Err(act.refuse("演练在公告以后、投票开启以前进行", "刷新页面看现在的情况"));
        }
        act.refuse_other_key(&app, db).await?;
        let monitors = store::monitors(db, id).await?;
        let without: Vec<&str> = monitors.iter().filter(|one| one.key.is_none()).map(|one| one.name.as_str()).collect();
        if !without.is_empty() {
            let why = format!("监票人{}还没有生成口令", without.join("、"));
            return Err(act.refuse(why, "请他们登录后在“监票”里生成口令"));
        }
        let Ceremony { public, shares } = deal(&sitting, &monitors, &app.ballot_box.key)?;
        store::begin_rehearsal(db, &sitting, &public, &shares).await?;
        audit::append(db, acting.person(), act.entry("开始演练"), act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Rehearsing))
}

/// What a throw-away ballot says.
fn rehearsal_text(number: i32) -> String {
    let votes = Votes {
        receipt: format!("rehearsal{number:07}"),
        votes: vec![Vote {
            choices: vec![if number % 2 == 0 { Mark::For } else { Mark::Against }],
            written: Vec::new(),
        }],
    };
    format!("{} {}", votes.receipt, votes.votes.iter().map(Vote::pattern).collect::<String>())
}

/// Why a sitting is not opened now: the reason and the remedy.
fn why_not_opened(act: &Act, sitting: &Sitting) -> Option<Failure> {
    match sitting.stage() {
        Stage::Rehearsed => {}
        Stage::Announced => {
            let remedy = "先进行演练：没有演练过的口令，开票时可能打不开。各人可以在不同的时间输入，都成功后即可开启";
            return Some(act.refuse("监票人还没有演练成功", remedy));
        }
        Stage::Draft | Stage::Open | Stage::Closed | Stage::Counted | Stage::Reported | Stage::Voided => {
            return Some(act.refuse(format!("本场次{}", sitting.stage().label()), "刷新页面看现在的情况"));
        }
    }
    if sitting.closes_at <= act.now {
        return Some(act.refuse("投票截止时间已过", "请收回公告，修改时间后重新公告"));
    }
    (sitting.opens_at - act.now > Duration::days(1))
        .then(|| act.refuse("距投票开始还有一天以上", "开启即冻结选民名册，请在开始前 24 小时之内办理"))
}

pub(super) async fn open(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "开启投票").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if let Some(refused) = why_not_opened(&act, &sitting) {
            return Err(refused);
        }
        act.refuse_other_key(&app, db).await?;
        let monitors = store::monitors(db, id).await?;
        let voters = store::freeze_roll(db, &sitting, act.now.date()).await?;
        let contests = store::contests_of_frozen_roll(db, &sitting).await?;
        if let Some(empty) = contests.iter().find(|contest| contest.voters == 0) {
            return Err(act.refuse(format!("{}没有一名选民", empty.title), "请收回公告，核对选举单位"));
        }
        let roll = store::roll(db, id).await?;
        let Ceremony { public, shares } = deal(&sitting, &monitors, &app.ballot_box.key)?;
        let opened = Opened {
            key: public,
            ballot_size: full_size(&contests, &store::contest_sets(db, id).await?),
            roll_hash: store::hash_roll(&roll),
            contests_hash: store::hash_contests(&contests),
            terms: terms(&sitting),
        };
        let roll_size = i32::try_from(voters).map_err(anyhow::Error::new)?;
        let mark = opened.mark(&app.ballot_box.key, id);
        let opening = NewOpening { opened: &opened, shares: &shares, mark: &mark, roll_size };
        if !store::open(db, &acting, &sitting, &opening, act.now).await? {
            return Err(act.refuse("场次已经变化", "刷新页面看现在的情况"));
        }
        let keys_of_monitors = monitors.iter().filter_map(|one| one.key.as_ref());
        let entry = act
            .entry("开启投票")
            .detail("选民", roll_size)
            .detail("名册核验码", hex::encode(&opened.roll_hash))
            .detail("选票核验码", hex::encode(&opened.contests_hash))
            .detail("公钥", hex::encode(opened.key.as_bytes()))
            .detail("监票人公钥", keys_of_monitors.map(|key| hex::encode(key.public.as_bytes())).collect::<Vec<_>>());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::Opened))
}
