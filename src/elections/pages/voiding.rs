//! Making a sitting void, by two people; and holding it again.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::acts::{Act, drafted, later};
use crate::{
    audit::{self},
    auth::{acting::Acting, person::SignedIn},
    elections::Elections,
    elections::{
        sitting::{Sitting, Stage},
        store::{self, Standing},
    },
    failure::Failure,
    ids::SittingId,
    office::ElectionKeeper,
    web::forms::Errors,
};

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
