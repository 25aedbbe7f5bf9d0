//! Who monitors a sitting.

use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{acts::Act, done_at, show::TypedForms};
use crate::{
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections::{Elections, done::Done, sitting::Stage, store},
    failure::Failure,
    ids::{AccountId, SittingId},
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    sealing::keys,
    text::{folded, is_hidden},
    web::forms::Attempt,
};

const NOT_ANY_MORE: (&str, &str) = ("公告以后不能更换监票人", "确需更换的，先收回公告");

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
    let act = Act::begin(&app, &acting, id, "登记监票人").await?;
    if act.sitting.stage != Stage::Draft {
        return Err(act.refuse(NOT_ANY_MORE.0, NOT_ANY_MORE.1));
    }
    let (number, chief) = (folded(&form.number), form.chief == "yes");
    let named = app
        .write_as(acting.person().authority(), async |db| {
            let fault = |says: String| Ok(Attempt::fault("number", says));
            if number.is_empty() || number.chars().count() > 32 || number.chars().any(is_hidden) {
                return fault("请填写监票人的工号或学号".to_owned());
            }
            let sitting = store::lock(db, acting.institution(), id).await?;
            let Some(account) = store::account_of(db, acting.institution(), &number).await? else {
                return fault(format!("没有工号或学号为 {number} 的账号，请核对；没有账号的，先由系统管理员建立"));
            };
            if store::manages(db, account, &sitting, act.now).await? {
                return fault("办理本场次的单位的人员不能监票，请登记其他单位的人员或代表".to_owned());
            }
            if store::stands_in(db, id, account).await? {
                return fault("候选人不得监票，请登记不是候选人的人员".to_owned());
            }
            let Some(new) = store::name_monitor(db, &sitting, account, chief, act.now).await? else {
                return fault(format!("监票人最多 {} 人，请先减去一人", keys::MOST_MONITORS));
            };
            if new {
                let says = "请在投票开启之前生成你的监票口令、参加演练；开票时凭口令交出你的一份密钥。";
                let notice = Notice::new(format!("你是“{}”的监票人", sitting.title), id.monitoring_path()).says(says);
                tell(db, acting.institution(), To::Account(account), &notice, act.now).await?;
            }
            let entry = Entry::about(Verb::MonitorsKept, account)
                .detail("办理", if chief { "登记总监票人" } else { "登记监票人" })
                .detail("场次", sitting.title.clone());
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    let typed = TypedForms { number: form.number, chief, ..TypedForms::default() };
    act.answer(&app, acting.person(), named, typed, Done::MonitorNamed).await
}

pub(super) async fn dismiss_monitor(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, account)): Path<(SittingId, AccountId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "更换监票人").await?;
    if act.sitting.stage != Stage::Draft {
        return Err(act.refuse(NOT_ANY_MORE.0, NOT_ANY_MORE.1));
    }
    app.write_as(acting.person().authority(), async |db| {
        let sitting = store::lock(db, acting.institution(), id).await?;
        if !store::dismiss_monitor(db, &sitting, account).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::MonitorsKept, account)
            .detail("办理", "减去监票人")
            .detail("场次", sitting.title.clone());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.path(), Done::MonitorDismissed))
}
