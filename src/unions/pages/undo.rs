//! 撤销离任, 恢复部门: an end of a post or of a department that was entered by mistake, taken back the same day.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    appoint::{holds_it, members},
    calendar, frame, managed,
    posts::{self, Forms, find},
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{DepartmentId, PostId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    people::find::PersonField,
    rules::appointment::{Wanted, restore},
    unions::{
        Verb,
        paths::Done,
        store::{self, Grounds},
    },
    web::forms::{Errors, ReasonForm, reason, written},
};

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, post)): Path<(UnionId, PostId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let record = managed(&mut *app.read().await?, &acting, id, today).await?;
    let row = find(&record, post)?;
    let reason = written(&form.reason, 200, "undo-reason", "请写明为什么撤销", &mut errors);
    let Some(reason) = reason.filter(|_| errors.is_empty()) else {
        let person = PersonField::new(&members(&acting, &record, today));
        let forms = Forms::undoing(&row, person, form.reason, errors);
        return Ok(
            (StatusCode::UNPROCESSABLE_ENTITY, posts::again(&app, &acting, id, post, forms).await?).into_response()
        );
    };
    let grounds = Grounds { words: "撤销离任".to_owned(), document: None, reason: Some(reason) };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        let row = find(&locked, post)?;
        store::hold_students(db, acting.institution(), std::slice::from_ref(&row.number)).await?;
        let numbers = [row.number.clone()];
        let mut facts = store::facts_by_number(db, acting.institution(), &numbers, None, today).await?;
        let end = store::undoable_end(db, id, post, today).await?;
        let place = locked.posts.iter().position(|known| known.id == post);
        let wanted_words = format!("撤销{}的离任（{}）", row.name, locked.union.name);
        let refusal = Refusal {
            chrome: frame(&app, acting.person(), &locked, "撤销离任"),
            wanted: wanted_words,
            back: id.post_path(post),
        };
        let (Some(end), Some(fact), Some(place)) = (end, facts.pop(), place) else {
            return Err(refusal.for_reason("只有当天办理的离任可以撤销", "以后发现办错的，在“更正”里办理"));
        };
        let gone = row.department.is_some_and(|id| {
            let stands = locked.departments.iter().find(|known| known.id == id).map(|known| known.until_day);
            stands.is_none_or(|until| until.is_some_and(|day| end.was_until.is_none_or(|was| was > day)))
        });
        if gone {
            let remedy = "撤销部门是误办的，当天先在“部门”里恢复；否则重新设立部门以后，按任命办理";
            return Err(refusal.for_reason("原来的部门已经撤销，不能恢复任职", remedy));
        }
        let person = fact.member(row.from_college, today);
        let wanted = Wanted { person, post: row.post(), from: row.from_day, until: end.was_until };
        if holds_it(&locked.timeline, Some(place), &wanted) {
            return Err(refusal.for_reason("本人已经重新任这一岗位", "不用再撤销"));
        }
        let plans = calendar(db, acting.institution()).await?;
        let verdict = restore(&plans, &locked.timeline, place, wanted, grounds.reason.as_deref());
        let restored = verdict.permit().map_err(|findings| refusal.because(findings))?;
        if !store::take_back_end(db, &locked, post, &restored, &grounds, now).await? {
            return Err(Failure::Busy);
        }
        let entry = Entry::about(Verb::PostEndUndone, row.student)
            .detail("学生会", locked.union.name.clone())
            .detail("岗位", row.label_with_place())
            .detail("理由", grounds.reason.clone().unwrap_or_default());
        audit::append(db, acting.person(), entry, now).await?;
        let subject = format!("你在{}的离任已撤销", locked.union.name);
        let notice = Notice::new(subject, crate::people::OWN_DATA)
            .says(format!("{}，离任是误办，继续任职。", row.label_with_place()));
        inbox::tell(db, acting.institution(), To::Student(row.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::EndUndone.at(&id.path())).into_response())
}

/// Lets a department go on that was ended by mistake. The union is what it was before, so that no rule is asked.
pub(super) async fn department(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, department)): Path<(UnionId, DepartmentId)>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let why = reason(&form.reason, &mut Errors::default());
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, &acting, id, today).await?;
        let old = locked.departments.iter().find(|known| known.id == department).ok_or(Failure::Missing)?;
        let refusal = Refusal {
            chrome: frame(&app, acting.person(), &locked, "恢复部门"),
            wanted: format!("恢复{}（{}）", old.name, locked.union.name),
            back: id.departments_path(),
        };
        let Some(why) = &why else {
            return Err(refusal.for_reason("没有写明恢复的理由", "请写明为什么恢复，如点错了部门，1 至 200 字"));
        };
        if !store::undoable_departments(db, id, today).await?.contains(&department) {
            return Err(
                refusal.for_reason("只有当天撤销、此后本会没有办理过别的，才能恢复", "重新设立部门以后，按任命办理")
            );
        }
        let grounds = Grounds { words: "恢复部门".to_owned(), document: None, reason: Some(why.clone()) };
        let holders = store::take_back_department_end(db, &locked, old, &grounds, now).await?.ok_or(Failure::Busy)?;
        let notice = Notice::new(format!("你在{}的任职已恢复", locked.union.name), crate::people::OWN_DATA)
            .says(format!("撤销{}是误办，你在该部门的任职照原来的继续。", old.name));
        for holder in &holders {
            inbox::tell(db, acting.institution(), To::Student(*holder), &notice, now).await?;
        }
        let entry = Entry::new(Verb::DepartmentKept, format!("{} {}", locked.union.name, old.name))
            .detail("办理", "恢复")
            .detail("同时恢复的岗位", holders.len())
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::DepartmentRestored.at(&id.departments_path())))
}
