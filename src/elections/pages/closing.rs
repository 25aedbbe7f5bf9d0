//! Closing a sitting, the report, and publishing the full ballots.

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{acts::Act, done_at, result, show::TypedForms};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    database::Locked,
    elections::{
        Elections, Verb, ballot_key, counting,
        done::Done,
        paths,
        reconciliation::without_quorum,
        record,
        sitting::{Sitting, Stage},
        store,
    },
    failure::Failure,
    ids::SittingId,
    inbox::{Notice, To, tell, tell_all},
    office::ElectionKeeper,
    page::filters::minute_of,
    rules::sitting::report as may_report,
    text::folded,
    web::forms::Attempt,
};

/// The form to close. Before the announced end the office must tick that it means it, and say why while too few have come.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CloseForm {
    sure: String,
    close_why: String,
}

/// Tells the voters that it was closed before the announced end.
async fn tell_voters(
    db: &mut PgConnection,
    sitting: &Sitting,
    why: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let why = why.map(|why| format!("原因：{why}。")).unwrap_or_default();
    let says = format!(
        "公告的截止时间是 {}，实际于 {} 截止。{why}没有投票的不能再投；结果公布时另行通知。",
        minute_of(sitting.closes_at),
        minute_of(now)
    );
    let notice = Notice::new(format!("“{}”提前截止投票", sitting.title), sitting.id.vote_path()).says(says);
    let students = store::students_on_roll(db, sitting.id).await?;
    tell_all(db, sitting.institution, &students, &notice, now).await
}

pub(super) async fn close(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(form): Form<CloseForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "截止投票").await?;
    if act.sitting.stage() == Stage::Open && act.now < act.sitting.opens_at {
        let why = format!("投票 {} 才开始，没有开始的不能截止", minute_of(act.sitting.opens_at));
        return Err(act.refuse(why, "不再举行的，由两人办理作废"));
    }
    let early = act.sitting.closes_at > act.now;
    if early && act.sitting.stage() == Stage::Open && form.sure != "yes" {
        let says = "还没有到公告的截止时间；确需提前截止的（如到会的都已投完），请勾选确认";
        let typed = TypedForms { close_why: form.close_why, ..TypedForms::default() };
        return act.answer(&app, acting.person(), Attempt::fault("sure", says), typed, Done::Closed).await;
    }
    let why = folded(&form.close_why);
    let asked = app
        .write_as(acting.person().authority(), async |db| {
            let sitting = store::lock(db, acting.institution(), id).await?;
            if early && sitting.stage() == Stage::Open {
                let contests = store::contests(db, &sitting, Some(act.now.date())).await?;
                let unmet = without_quorum(&contests, &store::contest_turnouts(db, id).await?);
                if !unmet.is_empty() {
                    return ask(db, &act, &acting, &sitting, &why, &unmet).await;
                }
            }
            let Some(envelopes) = store::close(db, acting.institution(), id, act.now).await? else {
                return Err(act.refuse("本场次不在投票中", "刷新页面看现在的情况"));
            };
            if early {
                tell_voters(db, &sitting, None, act.now).await?;
            }
            let entry = act.entry(if early { "提前截止投票" } else { "截止投票" }).detail("加密选票", envelopes);
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Attempt::Done(Done::Closed))
        })
        .await?;
    match asked {
        Attempt::Done(done) => Ok(done_at(&id.path(), done).into_response()),
        Attempt::Fault(field, says) => {
            let typed = TypedForms { close_why: form.close_why, ..TypedForms::default() };
            act.answer(&app, acting.person(), Attempt::Fault(field, says), typed, Done::Closed).await
        }
        Attempt::NeedsReason(findings) => Err(act.refusal().because(findings)),
    }
}

/// Asks a second person to close it now, though too few have come.
async fn ask(
    db: &mut PgConnection,
    act: &Act,
    acting: &Acting<ElectionKeeper>,
    sitting: &Locked<Sitting>,
    why: &str,
    unmet: &[String],
) -> Result<Attempt<Done>, Failure> {
    if !(1..=200).contains(&why.chars().count()) {
        let says =
            format!("{}。现在截止，选举无效。确需截止的，请写明理由，1 至 200 字，由另一人同意", unmet.join("；"));
        return Ok(Attempt::fault("close_why", says));
    }
    if !store::ask_close(db, acting, sitting, why, act.now).await? {
        return Err(act.refuse("已有人提出提前截止", "由另一人同意，或先撤回提议"));
    }
    let notice = Notice::new(format!("“{}”有人提出提前截止投票", sitting.title), sitting.id.monitoring_path())
        .says(format!("理由：{why}。到会人数还不够：{}。须由监票人或办理单位的另一人同意。", unmet.join("；")));
    for monitor in store::monitors(db, sitting.id).await? {
        tell(db, sitting.institution, To::Account(monitor.account), &notice, act.now).await?;
    }
    let entry = act.entry("提出提前截止投票").detail("理由", why).detail("到会人数", unmet.to_vec());
    audit::append(db, acting.person(), entry, act.now).await?;
    Ok(Attempt::Done(Done::CloseAsked))
}

pub(super) async fn withdraw_request(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "撤回提前截止的提议").await?;
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if store::withdraw_close_request(db, &sitting).await? {
            audit::append(db, acting.person(), act.entry("撤回提前截止的提议"), act.now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.path(), Done::CloseWithdrawn))
}

pub(super) async fn agree_close(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "同意提前截止投票").await?;
    close_early(&app, acting.person(), &act).await?;
    Ok(done_at(&id.path(), Done::Closed))
}

/// Closes a sitting before its time by a second person: another of the office in charge, or one of its monitors.
async fn close_early(app: &Elections, person: &SignedIn, act: &Act) -> Result<(), Failure> {
    app.write_as(person.authority(), async |db| {
        let sitting = store::lock(db, person.institution, act.sitting.id).await?;
        let agreed = store::agree_close(db, &sitting, person.account, act.now).await?;
        let envelopes = if agreed { store::close(db, sitting.institution, sitting.id, act.now).await? } else { None };
        let Some(envelopes) = envelopes else {
            let remedy = "提前截止须由两人办理：一人提出，另一人（办理单位的其他人员或监票人）同意";
            return Err(act.refuse("没有人提出提前截止，或者是你自己提出的，或者投票已截止", remedy));
        };
        tell_voters(db, &sitting, sitting.close_why(), act.now).await?;
        let entry = act.entry("同意提前截止投票").detail("加密选票", envelopes);
        audit::append(db, person, entry, act.now).await
    })
    .await
}

/// As [`agree_close`], for a monitor.
pub(super) async fn close_by_monitor(app: &Elections, person: &SignedIn, sitting: Sitting) -> Result<(), Failure> {
    let chrome = app.chrome(person, "没有办理").under(paths::MONITORING, "监票");
    let back = sitting.id.monitoring_path();
    close_early(app, person, &Act { sitting, chrome, wanted: "同意提前截止投票", back, now: app.clock.now() }).await
}

/// Says that this portal ends, and with it the shares that it holds: who waits for it at another need not wait to find out.
pub async fn stop(app: &Elections) -> Result<(), Failure> {
    if !app.ballot_box.holds_shares() {
        return Ok(());
    }
    let portal = app.ballot_box.portal;
    app.write_one(async |db| store::end_holds_of(db, portal).await).await
}

/// Closes every sitting whose time is up.
pub async fn close_overdue(app: &Elections) -> Result<(), Failure> {
    let now = app.clock.now();
    app.ballot_box.sweep(now);
    if app.ballot_box.holds_shares() {
        let portal = app.ballot_box.portal;
        app.write_quietly(async |db| store::still_holds_counts(db, portal).await).await?;
    }
    ballot_key::look(app).await?;
    let overdue = store::overdue(&mut *app.read().await?, now).await?;
    for sitting in overdue {
        app.write(async |db| {
            if let Some(envelopes) = store::close(db, sitting.institution, sitting.id, now).await? {
                let entry = Entry::new(Verb::SittingKept, sitting.title.clone())
                    .detail("办理", "到时截止投票")
                    .detail("加密选票", envelopes);
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
        if sitting.stage() != Stage::Counted {
            return Err(act.refuse(format!("本场次{}", sitting.stage().label()), "计票完成之后才能报告"));
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
        let notice = Notice::new(format!("“{}”结果已公布", sitting.title), id.vote_path())
            .says("可以查看结果公告，也可以用投票时的回执码查自己的一票是否计入。");
        let students = store::students_on_roll(db, id).await?;
        tell_all(db, sitting.institution, &students, &notice, act.now).await?;
        let entry = act.entry("监票报告").detail("公开记录核验码", hex::encode(record::hash(text.as_bytes())));
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
        if act.sitting.stage() != Stage::Reported || !result::few_patterns(&contests, results.as_ref()) {
            let why = "候选人多于 4 名、设了另选他人，或者选票少于 20 张时，全部选票可能让人认出是谁投的";
            return Err(act.refuse(why, "监票人各自保存全部选票，可以用公开记录里的核验码核对"));
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
