//! 撤销提前结束: an end of a running turn that was a mistake, taken back the same day.

use axum::{
    extract::{Path, State},
    response::Redirect,
};
use axum_extra::extract::Form;

use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{TurnId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    rotation::{
        Verb,
        paths::{DUTY, Done},
        store,
    },
    rulebook::store::calendar,
    rules::{rotation::take_turn, timeline::Turn},
    text::chinese_day,
    unions::{paths::UNIONS, store as unions_store},
    web::forms::{Errors, ReasonForm, reason},
};

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, turn)): Path<(UnionId, TurnId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let why = reason(&form.reason, &mut Errors::default());
    let path = id.rotation_path();
    app.write_as(acting.person().authority(), async |db| {
        let locked = unions_store::lock(db, &acting, id, today).await?;
        let name = &locked.union.name;
        let row = locked.turns.iter().find(|row| row.id == turn).ok_or(Failure::Missing)?;
        let refusal = Refusal {
            chrome: app.chrome(acting.person(), "撤销提前结束").under(UNIONS, "学生会").under(&path, name),
            wanted: format!("撤销{}当值的提前结束（{name}）", row.name),
            back: path.clone(),
        };
        let Some(why) = &why else {
            return Err(refusal.for_reason("没有写明撤销的理由", "请写明为什么撤销，如点错了，1 至 200 字"));
        };
        let undoable = store::undoable_turns(db, id, today).await?;
        let Some(end) = undoable.iter().find(|end| end.id == turn) else {
            return Err(refusal.for_reason("只有当天办理的提前结束可以撤销", "以后发现办错的，重新拟定并确认"));
        };
        // As it was confirmed: the turn as it stands now is not held against itself.
        let mut timeline = locked.timeline.clone();
        let shortened = row.turn();
        timeline.turns.retain(|known| *known != shortened);
        let whole = Turn { until: end.was_until, ..shortened };
        let plans = calendar(db, acting.institution()).await?;
        let verdict = take_turn(&plans, &timeline, whole, today, Some(why.as_str()));
        let duty = match verdict.permit() {
            Ok(duty) => duty,
            Err(findings) => return Err(refusal.because(findings)),
        };
        if !store::take_back_turn_end(db, &locked, turn, &duty, why, now).await? {
            return Err(Failure::Busy);
        }
        // On the days that come back, which are the turn's again by now.
        if let Some(until) = store::suspended_until(db, &locked, row).await? {
            let says = format!("本人停职到{}，停职期间不任执行主席", chinese_day(until));
            return Err(refusal.for_reason(says, "请改由他人轮值"));
        }
        let entry = Entry::about(Verb::TurnKept, row.student)
            .detail("办理", "撤销提前结束")
            .detail("学生会", name.clone())
            .detail("起止", store::days_in_words(row.from_day, end.was_until))
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await?;
        let notice =
            Notice::new(format!("你在{name}的执行主席轮值照原来的继续"), DUTY).says("提前结束是误办，已经撤销。");
        inbox::tell(db, acting.institution(), To::Student(row.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::EndUndone.at(&path)))
}
