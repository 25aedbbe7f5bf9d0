//! Who monitors a sitting.

use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use time::Date;

use super::{acts::Act, done_at, show::TypedForms};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    elections::{Elections, Verb, done::Done, sitting::Stage, store},
    failure::Failure,
    ids::{AccountId, SittingId},
    inbox::{Notice, To, tell},
    office::ElectionKeeper,
    people::find::{Among, PeopleField, Rest, Search},
    sealing::keys,
    web::forms::{Attempt, Errors},
};

const NOT_ANY_MORE: (&str, &str) = ("公告以后不能更换监票人", "确需更换的，先收回公告");

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MonitorForm {
    /// Numbers or names, one a line.
    number: String,
    /// The numbers of those who were chosen among people of one name.
    pick: Vec<String>,
    chief: String,
}

pub(super) async fn name_monitor(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path(id): Path<SittingId>,
    Form(mut form): Form<MonitorForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "登记监票人").await?;
    if act.sitting.stage() != Stage::Draft {
        return Err(act.refuse(NOT_ANY_MORE.0, NOT_ANY_MORE.1));
    }
    let (chief, mut errors, search) = (form.chief == "yes", Errors::default(), accounts(&acting, act.now.date()));
    let (typed, picked) = (&mut form.number, &form.pick);
    let monitors =
        PeopleField::read(&mut *app.read().await?, &search, typed, picked, Rest::Class, "number", &mut errors).await?;
    let numbers = monitors.numbers();
    if numbers.is_empty() {
        errors.add("number", "请填写监票人的工号、学号或姓名");
    } else if chief && numbers.len() > 1 {
        errors.add("number", "总监票人只有一人，请单独登记");
    }
    let named = match errors.of("number") {
        Some(says) => Attempt::fault("number", says),
        None => {
            app.write_as(acting.person().authority(), async |db| {
                let mut inner = db.begin().await?;
                let done = name_all(&mut inner, &acting, &act, &numbers, chief).await?;
                match &done {
                    Attempt::Done(()) => inner.commit().await?,
                    Attempt::Fault(..) | Attempt::NeedsReason(_) => inner.rollback().await?,
                }
                Ok(done)
            })
            .await?
        }
    };
    let typed = TypedForms { number: form.number, monitors, chief, ..TypedForms::default() };
    act.answer(&app, acting.person(), named, typed, Done::MonitorNamed).await
}

/// Who may monitor, as far as the office sees them.
fn accounts(acting: &Acting<ElectionKeeper>, today: Date) -> Search {
    Search::of(acting, Among::Accounts, today)
}

/// Names the monitors with those numbers. After a fault, what was written is to be rolled back.
async fn name_all(
    db: &mut PgConnection,
    acting: &Acting<ElectionKeeper>,
    act: &Act,
    numbers: &[String],
    chief: bool,
) -> Result<Attempt, Failure> {
    let fault = |says: String| Ok(Attempt::fault("number", says));
    let id = act.sitting.id;
    let sitting = store::lock(db, acting.institution(), id).await?;
    for number in numbers {
        let Some(account) = store::account_of(db, acting.institution(), number).await? else {
            return fault(format!("没有工号或学号为 {number} 的账号，请核对；没有账号的，先由系统管理员建立"));
        };
        if store::manages(db, account, &sitting, act.now).await? {
            return fault(format!("{number}：办理本场次的单位的人员不能监票，请登记其他单位的人员或代表"));
        }
        if store::stands_in(db, id, account).await? {
            return fault(format!("{number}：候选人不得监票，请登记不是候选人的人员"));
        }
        let Some(new) = store::name_monitor(db, &sitting, account, chief, act.now).await? else {
            return fault(format!("监票人最多 {} 人，请先减去一人", keys::MOST_MONITORS));
        };
        if new {
            let says = "请在投票开启之前生成你的监票口令、参加演练；开票时提交口令。";
            let notice = Notice::new(format!("你是“{}”的监票人", sitting.title), id.monitoring_path()).says(says);
            tell(db, acting.institution(), To::Account(account), &notice, act.now).await?;
        }
        let entry = Entry::about(Verb::MonitorsKept, account)
            .detail("办理", if chief { "登记总监票人" } else { "登记监票人" })
            .detail("场次", sitting.title.clone());
        audit::append(db, acting.person(), entry, act.now).await?;
    }
    Ok(Attempt::Done(()))
}

pub(super) async fn dismiss_monitor(
    State(app): State<Elections>,
    acting: Acting<ElectionKeeper>,
    Path((id, account)): Path<(SittingId, AccountId)>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "更换监票人").await?;
    if act.sitting.stage() != Stage::Draft {
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
