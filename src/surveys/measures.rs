//! What was found and what follows from it: kept, published, seen to.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;

use super::{
    Surveys, Verb,
    desk::{DeskForms, kept, lock_kept, page, refusal},
    forms::{FindingsForm, MeasureForm, ProgressForm},
    paths::Done,
    store,
    survey::MOST_MEASURES,
};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    clock::CHINA,
    failure::Failure,
    ids::{SurveyId, SurveyMeasureId},
    voice::VoiceKeeper,
    web::{forms::Errors, routes::Routes},
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default()
        .post("/surveys/{survey}/findings", keep)
        .post("/surveys/{survey}/measures", add)
        .post("/surveys/{survey}/measures/{measure}/done", progress)
}

/// A refusal where the questionnaire is not counted, or its findings stand.
fn moved_on(surveys: &Surveys, acting: &Acting<VoiceKeeper>, id: SurveyId, wanted: &str) -> Failure {
    refusal(surveys, acting.person(), id, wanted)
        .for_reason("问卷还没有截止统计，或者已经办到别的环节", "请看问卷现在的状态；公布的结论不能再改")
}

async fn keep(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
    Form(form): Form<FindingsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    kept(&mut *surveys.read().await?, &acting, id).await?;
    let Some(says) = form.read(&mut errors) else {
        let page =
            page(&surveys, &acting, id, DeskForms { findings: Some(form), errors, ..DeskForms::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let publish = form.publishes();
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            if !store::keep_findings(db, &acting, &survey, &says, publish, now).await? {
                return Err(moved_on(&surveys, &acting, id, "写结论"));
            }
            let what = if publish { "公布结果和结论" } else { "写结论" };
            let entry = Entry::new(Verb::SurveyKept, survey.title.clone()).detail("办理", what);
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    let done = if publish { Done::Published } else { Done::Kept };
    Ok(Redirect::to(&done.at(&id.desk_path())).into_response())
}

async fn add(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path(id): Path<SurveyId>,
    Form(form): Form<MeasureForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    kept(&mut *surveys.read().await?, &acting, id).await?;
    let Some(new) = form.read(now.to_offset(CHINA).date(), &mut errors) else {
        let page = page(&surveys, &acting, id, DeskForms { measure: form, errors, ..DeskForms::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            if store::measures(db, id).await?.len() >= MOST_MEASURES {
                let why = format!("一份问卷最多登记 {MOST_MEASURES} 项后续措施，已经满了");
                let refused = refusal(&surveys, acting.person(), id, "登记后续措施");
                return Err(refused.for_reason(why, "新的进展请写在已登记措施的落实情况里"));
            }
            if !store::add_measure(db, &acting, &survey, &new, now).await? {
                return Err(moved_on(&surveys, &acting, id, "登记后续措施"));
            }
            let entry = Entry::new(Verb::SurveyKept, survey.title.clone()).detail("办理", "登记后续措施");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Measured.at(&id.desk_path())).into_response())
}

async fn progress(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Path((id, measure)): Path<(SurveyId, SurveyMeasureId)>,
    Form(form): Form<ProgressForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    kept(&mut *surveys.read().await?, &acting, id).await?;
    let Some(says) = form.read(&mut errors) else {
        let page = page(&surveys, &acting, id, DeskForms { errors, ..DeskForms::default() }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    surveys
        .write_as(acting.person().authority(), async |db| {
            let survey = lock_kept(db, &acting, id).await?;
            if !store::progress(db, &acting, &survey, measure, &says, now).await? {
                return Err(moved_on(&surveys, &acting, id, "登记落实情况"));
            }
            let entry = Entry::new(Verb::SurveyKept, survey.title.clone()).detail("办理", "登记落实情况");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Progressed.at(&id.desk_path())).into_response())
}
