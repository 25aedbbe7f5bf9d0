//! Who presides over the meeting, monitors and counts: proposed here, approved by a vote.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    acts::Act,
    counting_day, done_at,
    hands::{self, TypedForms},
};
use crate::{
    audit,
    auth::acting::Acting,
    congress::{
        CongressKeeper,
        meeting::{done::Done, forms::PeopleForm, state::Meetings, store},
    },
    failure::Failure,
    ids::{CongressId, StudentId},
    people::find::{Among, PeopleField, Rest, Search},
    rules::meeting::{Duty, name_for},
    web::forms::{Errors, Submitted},
};

/// The most people of one list.
const LONGEST_LIST: usize = 100;

pub(super) async fn name(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(mut form): Form<PeopleForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "列入名单").await?.back_to(id.hands_path());
    let mut errors = Errors::default();
    let duty = form.read_duty(&mut errors);
    let mut db = app.read().await?;
    let (search, typed) = (Search::of(&acting, Among::Students, act.now.date()), &mut form.numbers);
    let field = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "numbers", &mut errors).await?;
    let numbers = field.numbers();
    let named = store::people_named(&mut db, id, &numbers, act.now.date()).await?;
    drop(db);
    if numbers.is_empty() || named.len() < numbers.len() {
        errors.add("numbers", "请填写学号或姓名；有的学号没有找到的，请核对");
    } else if numbers.len() > LONGEST_LIST {
        errors.add("numbers", format!("一次最多 {LONGEST_LIST} 人"));
    } else if duty.is_some_and(Duty::is_single) && numbers.len() > 1 {
        errors.add("numbers", "总监票人只有一名");
    }
    let Some(duty) = duty.filter(|_| errors.is_empty()) else {
        let typed = TypedForms { people: form, field, ..TypedForms::default() };
        return hands::again(&app, acting.person(), act.congress, Submitted::new(typed, errors)).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        let day = counting_day(&meeting, act.now.date());
        let (students, people): (Vec<StudentId>, Vec<_>) =
            store::people_named(db, id, &numbers, day).await?.into_iter().unzip();
        let given = name_for(duty, &people).permit().map_err(|findings| act.refusal().because(findings))?;
        store::give_duty(db, &meeting, &given, &students, acting.person(), act.now).await?;
        let marks: Vec<String> = students.iter().map(|one| audit::Mark::from(*one).to_string()).collect();
        let entry = act.entry().detail("职责", duty.label()).detail("人员", marks.join("、"));
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.hands_path(), Done::DutyNamed).into_response())
}

pub(super) async fn strike(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path((id, duty, student)): Path<(CongressId, String, StudentId)>,
) -> Result<Redirect, Failure> {
    let duty = duty.parse::<Duty>().map_err(|_| Failure::Missing)?;
    let act = Act::begin(&app, &acting, id, "从名单中删去").await?.back_to(id.hands_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.meeting(db).await?;
        if !store::strike_duty(db, &meeting, student, duty).await? {
            let remedy = "通过有误的，先作废那次表决的登记";
            return Err(act.refuse("此人不在名单上，或者已由大会举手表决通过", remedy));
        }
        let entry = act.entry().detail("职责", duty.label()).detail("人员", audit::Mark::from(student).to_string());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.hands_path(), Done::DutyStruck))
}
