//! What follows once something has begun: the settlement, materials out and back, the summary.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    acts::own_only,
    moved_on, refusal, seen,
    show::{self, Forms},
    told::entry,
};
use crate::{
    app::App,
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::{LoanId, MatterId},
    matters::{
        MatterFiler,
        forms::{LoanForm, SettleForm, SummaryForm},
        paths::Done,
        store,
    },
    rules::matters::{Closing, close as may_close, yuan},
    web::forms::Errors,
};

pub(super) async fn settle(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<SettleForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let matter = seen(&mut *app.read().await?, &acting, id).await?;
    own_only(&acting, &matter)?;
    let Some(lines) = form.read(&matter.says.lines, &mut errors) else {
        return show::unfit(&app, &acting, id, Forms { settle: Some(form), errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock(db, acting.institution(), id).await?;
        if locked.revision != matter.revision || !store::settle(db, &locked, &lines).await? {
            return Err(moved_on(&app, &acting, id, "登记决算"));
        }
        let spent: i64 = lines.iter().map(|line| line.spent).sum();
        let entry = entry(&locked, "登记决算").detail("预算", yuan(locked.says.planned())).detail("决算", yuan(spent));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Settled.at(&id.path())).into_response())
}

pub(super) async fn lend(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<LoanForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(new) = form.read(now.date(), &mut errors) else {
        return show::unfit(&app, &acting, id, Forms { loan: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        if !store::lend(db, &matter, acting.person(), &new, now).await? {
            return Err(moved_on(&app, &acting, id, "借用物资"));
        }
        let entry = entry(&matter, "借用物资").detail("物资", format!("{} × {}", new.what, new.quantity));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Lent.at(&id.path())).into_response())
}

pub(super) async fn give_back(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path((id, loan)): Path<(MatterId, LoanId)>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        if !store::give_back(db, &matter, loan, acting.person(), now).await? {
            return Err(moved_on(&app, &acting, id, "登记归还"));
        }
        audit::append(db, acting.person(), entry(&matter, "归还物资"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::GivenBack.at(&id.path())))
}

pub(super) async fn close(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<SummaryForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(summary) = form.read(&mut errors) else {
        return show::unfit(&app, &acting, id, Forms { summary: form, errors, ..Forms::default() }).await;
    };
    let refused = refusal(&app, &acting, "提交总结，办结", id.path());
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        if matter.course.closed().is_none() {
            return Err(moved_on(&app, &acting, id, "提交总结"));
        }
        let lent = store::loans(db, id).await?.iter().filter(|loan| loan.returned_at.is_none()).count();
        let unsettled = matter.says.lines.iter().filter(|line| line.spent.is_none()).count();
        let permitted = match may_close(Closing { unsettled, lent }).permit() {
            Ok(permitted) => permitted,
            Err(findings) => return Err(refused.because(findings)),
        };
        if !store::close(db, &matter, &summary, permitted, now).await? {
            return Err(moved_on(&app, &acting, id, "提交总结"));
        }
        audit::append(db, acting.person(), entry(&matter, "提交总结，办结"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Closed.at(&id.path())).into_response())
}
