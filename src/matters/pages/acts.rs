//! Acts on a matter: signing a step, giving it up, taking the approval back, marking it as begun.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use time::Duration;

use super::{
    moved_on, refusal, seen,
    show::{self, Forms, reads_content},
    told::{ActivityFate, entry, tell_next, tell_of_word, tell_signed_up, tell_union},
};
use crate::{
    app::App,
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::MatterId,
    inbox::Notice,
    matters::{
        MatterFiler, MatterSigner,
        forms::{BeginForm, RevokeForm, SignForm},
        matter::Matter,
        paths::Done,
        scheme::SUMMARY_WITHIN,
        store::{self, Begun, NewSignature},
    },
    office::SchoolLeague,
    rulebook::store::calendar,
    rules::{
        Rule,
        matters::{Stage, Step},
    },
    web::forms::{Errors, reason},
};

pub(super) async fn sign(
    State(app): State<App>,
    acting: Acting<MatterSigner>,
    Path(id): Path<MatterId>,
    Form(form): Form<SignForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let matter = seen(&mut *app.read().await?, &acting, id).await?;
    let step = matter.step_of(acting.office()).ok_or_else(|| moved_on(&app, &acting, id, "签署意见"))?;
    let Some(said) = form.read(reads_content(&matter, step), &mut errors) else {
        return show::unfit(&app, &acting, id, Forms { sign: form, errors, ..Forms::default() }).await;
    };
    let refused = refusal(&app, &acting, &format!("签署{}", step.label()), id.path());
    let person = acting.person();
    let done = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            if locked.revision != matter.revision || locked.step_of(acting.office()) != Some(step) {
                return Err(moved_on(&app, &acting, id, "签署意见"));
            }
            if step == Step::Presidium {
                let today = now.date();
                let member = match person.student {
                    Some(student) => store::presidium_member(db, locked.union, student, today).await?,
                    None => false,
                };
                if !member {
                    return Err(refused.for_reason(
                        format!("主席团意见由{}现任主席团成员签署，你现在不是", locked.union_name),
                        "请现任主席团成员登录后签署；任职没有登记的，请主管团组织在“学生会”里登记",
                    ));
                }
            }
            let course = match locked.course.word(step, said.word, person.account.0, now).permit() {
                Ok(course) => course,
                Err(findings) => return Err(refused.because(findings)),
            };
            let new = NewSignature { step, word: said.word, says: &said.says, content_read: said.content_read };
            if !store::sign(db, &locked, person, new, &course, now).await? {
                return Err(moved_on(&app, &acting, id, "签署意见"));
            }
            let mut entry = entry(&locked, step.label()).detail("结果", said.word.label());
            let plans = calendar(db, acting.institution()).await?;
            let plan = plans.in_force(now.date());
            if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Gui02)) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, person, entry, now).await?;
            let done = done_by(course.stage());
            if done == Done::Signed {
                tell_next(db, &locked, &course, now).await?;
            } else {
                let subject = format!("{}：{}", locked.says.title, course.stage().word().label());
                let notice = Notice::new(subject, id.path()).says(&said.says);
                tell_union(db, &locked, &notice, now).await?;
                tell_of_word(db, &locked, course.stage(), now).await?;
            }
            Ok(done)
        })
        .await?;
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

/// What is said after a step's word.
fn done_by(stage: &Stage) -> Done {
    match stage {
        Stage::Approved { .. } => Done::Approved,
        Stage::Returned => Done::Returned,
        Stage::Refused => Done::Refused,
        Stage::Asked { .. } | Stage::Withdrawn | Stage::Revoked | Stage::Begun { .. } | Stage::Closed { .. } => {
            Done::Signed
        }
    }
}

/// Of acts of the union's own officers: nobody else learns of them.
pub(super) fn own_only(acting: &Acting<MatterFiler>, matter: &Matter) -> Result<(), Failure> {
    if matter.union().is_own_of(acting.office()) { Ok(()) } else { Err(Failure::Missing) }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        let course = matter.course.withdrawn().ok_or_else(|| moved_on(&app, &acting, id, "撤回申请"))?;
        if !store::put(db, &matter, &course).await? {
            return Err(moved_on(&app, &acting, id, "撤回申请"));
        }
        tell_signed_up(db, &matter, ActivityFate::CalledOff, "举办单位撤回了这项活动。", now).await?;
        audit::append(db, acting.person(), entry(&matter, "撤回申请"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(&id.path())))
}

pub(super) async fn revoke(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<MatterId>,
    Form(form): Form<RevokeForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(why) = reason(&form.reason, &mut errors) else {
        return show::unfit(&app, &acting, id, Forms { revoke: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        let course = matter.course.revoked().ok_or_else(|| moved_on(&app, &acting, id, "撤销批准"))?;
        if !store::put(db, &matter, &course).await? {
            return Err(moved_on(&app, &acting, id, "撤销批准"));
        }
        audit::append(db, acting.person(), entry(&matter, "撤销批准").detail("理由", why.as_str()), now).await?;
        let says = "校团委撤销了这项活动的批准，恢复以后会再通知。";
        tell_signed_up(db, &matter, ActivityFate::Paused, says, now).await?;
        let notice = Notice::new(format!("{}：已撤销批准", matter.says.title), id.path()).says(&why);
        tell_union(db, &matter, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Revoked.at(&id.path())).into_response())
}

pub(super) async fn begin(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<BeginForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(at) = form.read(now, &mut errors) else {
        return show::unfit(&app, &acting, id, Forms { begin: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let matter = store::lock(db, acting.institution(), id).await?;
        own_only(&acting, &matter)?;
        let wanted = format!("登记已{}", matter.kind().begins());
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(now.date());
        let course = match store::may_begin(db, &matter, plan.as_deref(), at).await?.permit() {
            Ok(course) => course,
            Err(findings) => return Err(refusal(&app, &acting, &wanted, id.path()).because(findings)),
        };
        let begun = Begun { summary_due: (at + Duration::days(SUMMARY_WITHIN)).to_offset(crate::clock::CHINA).date() };
        if !store::begin(db, &matter, acting.person(), &course, begun, now).await? {
            return Err(moved_on(&app, &acting, id, &wanted));
        }
        let mut entry = entry(&matter, &wanted).detail("时间", crate::page::filters::minute_of(at));
        if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Gui02)) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Begun.at(&id.path())).into_response())
}
