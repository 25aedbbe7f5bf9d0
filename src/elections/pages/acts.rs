//! What moves a sitting on: monitors, announcing, the rehearsal, opening, closing, the report, and making it void.

use std::collections::HashSet;

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    contests::contest_of,
    frame, kept, not_standing, refuse, result,
    sittings::{Check, Typed},
};
use crate::{
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        ballot::{Mark, Vote, Votes},
        ballot_box::full_size,
        counting,
        reconciliation::FEW,
        record,
        sitting::{Contest, ContestRules, Monitor, Opened, Sitting, Stage, terms},
        store::{self, ContestDraft, Draft, Lot, Standing},
    },
    failure::{Failure, Refusal},
    ids::{AccountId, ContestId, InstitutionId, SittingId, StudentId},
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    page::chrome::Chrome,
    rules::{
        Finding, Outcome,
        election::Tie,
        sitting::{ContestFacts, SittingFacts, announce as may_announce, report as may_report},
    },
    sealing::keys::{self, Purpose},
    text::{folded, is_hidden},
    web::forms::Errors,
};

/// Throw-away ballots of a rehearsal.
const REHEARSED: i32 = 10;

/// Where an act stands: the sitting before it, the frame of a refusal, and the way back.
struct Act {
    sitting: Sitting,
    chrome: Chrome,
    back: String,
    now: OffsetDateTime,
}

impl Act {
    async fn begin(
        app: &Elections,
        acting: &Acting<ElectionKeeper>,
        id: SittingId,
        wanted: &str,
    ) -> Result<Self, Failure> {
        let mut db = app.read().await?;
        let sitting = kept(&mut db, acting, id).await?;
        not_standing(app, &mut db, acting.person(), (&sitting, wanted)).await?;
        let chrome = frame(app, acting.person(), &sitting, "没有办理");
        Ok(Self { back: format!("/sittings/{id}"), sitting, chrome, now: app.clock.now() })
    }

    fn refuse(self, wanted: &str, why: impl Into<String>, remedy: &str) -> Failure {
        refuse(self.chrome, self.back, wanted, why, remedy)
    }

    fn entry(&self, what: &str) -> Entry {
        Entry::new(Verb::SittingKept, self.sitting.title.clone()).detail("办理", what)
    }

    fn done(id: SittingId, word: &str) -> Redirect {
        Redirect::to(&format!("/sittings/{id}?done={word}"))
    }
}

/// What came of a form: done, or what is wrong with a field.
enum Answer {
    Done,
    Fault(&'static str, String),
}

/// A monitor as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MonitorForm {
    number: String,
    chief: String,
}

pub(super) async fn name_monitor(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<MonitorForm>,
) -> Result<Response, Failure> {
    let wanted = "登记监票人";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let (person, sitting, number) = (acting.person().clone(), act.sitting.clone(), folded(&form.number));
    let typed = Typed { number: form.number.clone(), chief: form.chief == "yes", ..Typed::default() };
    if act.sitting.stage != Stage::Draft {
        return Err(act.refuse(wanted, "公告以后不能更换监票人", "确需更换的，先收回公告"));
    }
    let chief = typed.chief;
    let named = app
        .write_as(acting.person().authority(), async move |db| {
            let fault = |says: String| Ok(Answer::Fault("number", says));
            if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
                return fault("请填写监票人的工号或学号".to_owned());
            }
            store::lock(db, acting.institution(), id).await?;
            let Some(account) = store::account_of(db, &acting, &number).await? else {
                return fault(format!("没有工号或学号为 {number} 的账号，请核对；没有账号的，先由系统管理员建立"));
            };
            if store::keeps(db, account, &act.sitting, act.now).await? {
                return fault("办理本场次的单位的人员不能监票，请登记其他单位的人员或代表".to_owned());
            }
            if store::stands_in(db, id, account).await? {
                return fault("候选人不得监票，请登记不是候选人的人员".to_owned());
            }
            let Some(new) = store::name_monitor(db, &acting, id, (account, chief), act.now).await? else {
                return fault(format!("监票人最多 {} 人，请先减去一人", keys::MOST_MONITORS));
            };
            if new {
                let says = "请在投票开启之前生成你的监票口令、参加演练；开票时凭口令交出你的一份密钥。";
                let notice =
                    Notice::new(format!("你是“{}”的监票人", act.sitting.title), format!("/monitoring/{id}")).says(says);
                tell(db, acting.institution(), To::Account(account), &notice, act.now).await?;
            }
            let entry = Entry::about(Verb::MonitorsKept, account)
                .detail("办理", if chief { "登记总监票人" } else { "登记监票人" })
                .detail("场次", act.sitting.title);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Answer::Done)
        })
        .await?;
    answered(&app, &person, sitting, (named, typed, "monitor")).await
}

/// On with a word of what was done, or the page again with the fault beside its field and all that was typed.
async fn answered(
    app: &Elections,
    person: &SignedIn,
    sitting: Sitting,
    (answer, typed, word): (Answer, Typed, &str),
) -> Result<Response, Failure> {
    match answer {
        Answer::Done => Ok(Act::done(sitting.id, word).into_response()),
        Answer::Fault(field, says) => {
            let mut errors = Errors::default();
            errors.add(field, says);
            super::sittings::page(app, person, sitting, (typed, errors, "")).await
        }
    }
}

pub(super) async fn dismiss_monitor(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, account)): Path<(SittingId, AccountId)>,
) -> Result<Redirect, Failure> {
    let wanted = "更换监票人";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    if act.sitting.stage != Stage::Draft {
        return Err(act.refuse(wanted, "公告以后不能更换监票人", "确需更换的，先收回公告"));
    }
    app.write_as(acting.person().authority(), async move |db| {
        if store::dismiss_monitor(db, &acting, id, account).await? {
            let entry = Entry::about(Verb::MonitorsKept, account)
                .detail("办理", "减去监票人")
                .detail("场次", act.sitting.title);
            audit::append(db, acting.person(), entry, act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Act::done(id, "dismissed"))
}

async fn facts(
    db: &mut PgConnection,
    (sitting, contests): (&Sitting, &[Contest]),
    now: OffsetDateTime,
) -> Result<SittingFacts, Failure> {
    let monitors = store::monitors(db, sitting.id).await?;
    let sets = store::coming_sets(db, sitting.id, now.date()).await?;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(SittingFacts {
        monitors: count(monitors.len()),
        threshold: u32::from(sitting.threshold),
        has_chief: monitors.iter().any(|monitor| monitor.chief),
        standing_monitors: store::standing_monitors(db, sitting.id).await?,
        begins_later: sitting.opens_at > now,
        longest: full_size(contests, &sets),
        most_contests: sets.iter().map(Vec::len).max().unwrap_or(0),
        undecided: sitting.decision.is_empty() && contests.iter().any(|contest| contest.rules.leaves_practice()),
        contests: contests
            .iter()
            .map(|contest| ContestFacts {
                title: contest.title.clone(),
                fills: contest.fills,
                body: contest.body,
                seats: contest.seats,
                extra: contest.rules.extra,
                candidates: count(contest.candidates.len()),
                voters: contest.voters,
            })
            .collect(),
    })
}

/// What the announcement asks, one by one, with the contest in which it is put right.
pub(super) async fn checks(
    db: &mut PgConnection,
    institution: InstitutionId,
    (sitting, contests): (&Sitting, &[Contest]),
    now: OffsetDateTime,
) -> Result<Vec<Check>, Failure> {
    let calendar = crate::rulebook::store::calendar(db, institution).await?;
    let Some(plan) = calendar.in_force(now.date()) else {
        let says = "学校还没有启用实施方案".to_owned();
        let remedy = "请校团委先在“实施方案”里启用本校的方案".to_owned();
        return Ok(vec![Check { passes: false, says, remedy, contest: None, clause: None }]);
    };
    let verdict = may_announce(&plan, &facts(db, (sitting, contests), now).await?);
    let check = |finding: &Finding| Check {
        passes: finding.verdict != Outcome::Fail,
        contest: contests.iter().find(|one| finding.unit.as_ref() == Some(&one.title)).map(|one| one.id),
        says: finding.message.clone(),
        remedy: finding.remedy.clone(),
        clause: finding.clause.clone(),
    };
    Ok(verdict.findings().iter().map(check).collect())
}

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

/// The full ballots may be published where few patterns are possible: with few candidates, and enough ballots.
pub(super) fn few_patterns(contests: &[Contest], results: Option<&result::Results>) -> bool {
    let small = contests.iter().all(|contest| contest.candidates.len() <= 4 && !contest.rules.count.write_in);
    let enough = results.is_some_and(|results| {
        // A few paper ballots would stand there by subtraction.
        results.contests.iter().all(|one| {
            let paper = one.account.paper_tally.as_ref().map_or(0, |tally| tally.returned);
            one.account.electronic_tally.returned >= FEW && (paper == 0 || paper >= FEW)
        })
    });
    small && enough
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
        if act.sitting.stage != Stage::Reported || !few_patterns(&contests, results.as_ref()) {
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WhyForm {
    reason: String,
}

pub(super) async fn ask_void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<WhyForm>,
) -> Result<Redirect, Failure> {
    let wanted = "提出作废";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    let mut errors = Errors::default();
    let Some(why) = crate::web::forms::reason(&form.reason, &mut errors) else {
        let says = errors.of("reason").unwrap_or_default().to_owned();
        return Err(act.refuse(wanted, says, "作废须写明理由，1 至 200 字"));
    };
    app.write_as(acting.person().authority(), async move |db| {
        if !store::ask_void(db, &acting, id, &why, act.now).await? {
            return Err(act.refuse(
                wanted,
                "筹备中、已报告、已作废或已有人提出作废的场次，不能提出",
                "刷新页面看现在的情况",
            ));
        }
        audit::append(db, acting.person(), act.entry("提出作废").detail("理由", why), act.now).await
    })
    .await?;
    Ok(Act::done(id, "void-asked"))
}

pub(super) async fn drop_void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "撤回作废的提议").await?;
    app.write_as(acting.person().authority(), async move |db| {
        if store::keep_valid(db, &acting, id).await? {
            audit::append(db, acting.person(), act.entry("撤回作废的提议"), act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Act::done(id, "void-dropped"))
}

pub(super) async fn agree_void(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "同意作废").await?;
    let person = acting.person().clone();
    make_void(&app, &person, act).await?;
    Ok(Act::done(id, "voided"))
}

/// Makes a sitting void by a second person: somebody else of its keepers, or one of its monitors.
async fn make_void(app: &Elections, person: &SignedIn, act: Act) -> Result<(), Failure> {
    let (person, ballot_box, standing) = (person.clone(), app.ballot_box.clone(), person.authority());
    let id = act.sitting.id;
    app.write_as(standing, async move |db| {
        store::lock(db, person.institution, id).await?;
        if !store::make_void(db, person.institution, id, person.account, act.now).await? {
            let remedy = "作废须由两人办理：一人提出，另一人（办理单位的其他人员或监票人）同意";
            return Err(act.refuse("同意作废", "没有人提出作废，或者是你自己提出的", remedy));
        }
        ballot_box.drop_shares(id);
        ballot_box.end(id);
        let entry = if act.sitting.counted_at.is_some() {
            act.entry("计票以后作废").detail("选票", "已计票，结果不作数")
        } else {
            act.entry("作废").detail("选票", "未经拆看已销毁")
        };
        audit::append(db, &person, entry, act.now).await
    })
    .await
}

/// As [`agree_void`], for a monitor.
pub(super) async fn void_by_monitor(app: &Elections, person: &SignedIn, sitting: Sitting) -> Result<(), Failure> {
    let chrome = app.chrome(person, "没有办理").under("/monitoring", "监票");
    let back = format!("/monitoring/{}", sitting.id);
    make_void(app, person, Act { sitting, chrome, back, now: app.clock.now() }).await
}

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
        return super::sittings::page(&app, &person, sitting, (typed, errors, "")).await;
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

/// A sitting like another, a day from now and as long.
fn later(old: &Sitting, now: OffsetDateTime) -> Draft {
    let opens_at = now + time::Duration::days(1);
    Draft {
        title: old.title.clone(),
        note: old.note.clone(),
        opens_at,
        closes_at: opens_at + (old.closes_at - old.opens_at),
        revote: old.revote,
        threshold: old.threshold,
        decision: old.decision.clone(),
    }
}

/// A contest as it was registered, with the people who vote in it where they are no class or college.
fn drafted(own: &Contest, people: Vec<StudentId>) -> ContestDraft {
    ContestDraft {
        title: own.title.clone(),
        fills: own.fills,
        body: own.body,
        college: own.college,
        classes: own.classes.clone(),
        people,
        seats: own.seats,
        rules: own.rules,
        round_of: None,
    }
}

/// A sitting that was made void is held again: contests, candidates and monitors are the same, all of it a draft.
pub(super) async fn hold_again(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let wanted = "照此另建场次";
    let act = Act::begin(&app, &acting, id, wanted).await?;
    if act.sitting.stage != Stage::Voided {
        return Err(act.refuse(wanted, "只有作废的场次可以照此另建", "需要另外一场选举的，请新建场次"));
    }
    let new = app
        .write_as(acting.person().authority(), async move |db| {
            let new = store::create(db, &acting, &later(&act.sitting, act.now), act.now).await?;
            store::hand_to(db, new, act.sitting.college).await?;
            for own in store::contests(db, &act.sitting, Some(act.now.date())).await? {
                let people = store::people_of(db, own.id).await?.into_iter().map(|(id, _)| id).collect();
                let added = store::add_contest(db, &acting, new, &drafted(&own, people)).await?;
                let standing: Vec<Standing> = own
                    .candidates
                    .into_iter()
                    .filter(|one| one.withdrawn.is_none())
                    .map(|one| Standing {
                        student: one.student,
                        label: one.label,
                        about: one.about,
                        origin: one.origin,
                    })
                    .collect();
                store::stand(db, &acting, added, &standing).await?;
            }
            store::take_over_monitors(db, &acting, (id, new), act.now).await?;
            audit::append(db, acting.person(), act.entry("作废以后另建场次"), act.now).await?;
            Ok(new)
        })
        .await?;
    Ok(Act::done(new, "again"))
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
