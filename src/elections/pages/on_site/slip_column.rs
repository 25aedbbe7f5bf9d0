//! Slips that were handed out, as two columns pasted from a table: the serial, then who drew it.

use axum::response::Response;
use sqlx::Connection;

use super::{LONGEST_COLUMN, OnSiteForm, TypedOnSite, answer, page, record_bound, says, voters};
use crate::{
    auth::acting::Acting,
    elections::{
        Elections,
        done::Done,
        sitting::{Sitting, Stage},
        slip_column::SlipColumn,
        store::{self, Obstacle},
    },
    failure::Failure,
    office::ElectionKeeper,
    people::find::{PeopleField, Rest},
    web::forms::{Attempt, Errors, Submitted},
};

/// Notes who drew which slip for all lines, or for none where one of them cannot be noted.
pub(super) async fn bind_column(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    mut form: OnSiteForm,
) -> Result<Response, Failure> {
    let (id, now, mut errors) = (sitting.id, app.clock.now(), Errors::default());
    if form.pairs.lines().count() > LONGEST_COLUMN {
        let says = format!("一次最多 {LONGEST_COLUMN} 行");
        return page(app, acting, id, Submitted::with_fault(form, "pairs", says), "").await;
    }
    let mut column = match SlipColumn::read(&form.pairs) {
        Ok(column) => column,
        Err(says) => return page(app, acting, id, Submitted::with_fault(form, "pairs", says), "").await,
    };
    let (search, typed) = (voters(acting, sitting, now.date()), &mut column.people);
    let mut db = app.read().await?;
    let drawers = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "pairs", &mut errors).await?;
    drop(db);
    let numbers = drawers.numbers();
    if errors.is_empty() && numbers.len() != column.serials.len() {
        errors.add("pairs", "一行一张票、一个人；有人写了两次，或一行写了两个学号");
    }
    if let Some(written) = column.written() {
        form.pairs = written;
    }
    let typed = TypedOnSite { drawers, ..TypedOnSite::from(form) };
    if !errors.is_empty() {
        return page(app, acting, id, Submitted::new(typed, errors), "").await;
    }
    let obstacles = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let takes = locked.stage() == Stage::Open && now < locked.closes_at;
            let (mut refused, mut inner) = (Vec::new(), db.begin().await?);
            for (serial, number) in column.serials.iter().zip(&numbers) {
                let outcome = if takes {
                    store::bind_slip(&mut inner, &locked, *serial, number, acting.person().account, now).await?
                } else {
                    Err(Obstacle::NotOpen)
                };
                match outcome {
                    Ok(student) => record_bound(&mut inner, acting, sitting, *serial, student, now).await?,
                    Err(obstacle) => refused.push(format!("{serial} {number}：{}", says(obstacle))),
                }
            }
            if refused.is_empty() {
                inner.commit().await?;
            } else {
                inner.rollback().await?;
            }
            Ok(refused)
        })
        .await?;
    let attempt = if obstacles.is_empty() {
        Attempt::Done(())
    } else {
        let says = format!("一张也没有登记，请先去掉或改正这些行。{}", obstacles.join("；"));
        Attempt::fault("pairs", says)
    };
    answer(app, acting, sitting, attempt, typed, Done::SlipBound).await
}
