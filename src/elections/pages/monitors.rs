//! Who monitors a sitting.

use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{
    acts::{Act, Answer, answered},
    show::Typed,
};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections::Elections,
    elections::{
        sitting::Stage,
        store::{self},
    },
    failure::Failure,
    ids::{AccountId, SittingId},
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    sealing::keys::{self},
    text::{folded, is_hidden},
};

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
