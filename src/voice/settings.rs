//! 诉求设置: the time that offices have, whom to call in danger, and the offices that answer.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    Verb, Voice,
    forms::{ANSWERING, SettingsForm, UnitForm},
    paths::{Done, SETTINGS},
    request::Unit,
    store,
};
use crate::{
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::VoiceUnitId,
    office::{OfficeKind, SchoolLeague},
    page::chrome::Chrome,
    rules::voice::{PRACTICE, Within},
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Voice> {
    Routes::default()
        .get("/voice/settings", show)
        .post("/voice/settings", keep)
        .post("/voice/units", add_unit)
        .post("/voice/units/{unit}/end", end_unit)
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    units: Vec<Unit>,
    offices: &'static [OfficeKind],
    practice: Within,
    form: SettingsForm,
    unit: UnitForm,
    errors: Errors,
    done: &'static str,
}

async fn page(
    voice: &Voice,
    acting: &Acting<SchoolLeague>,
    form: Option<SettingsForm>,
    unit: UnitForm,
    errors: Errors,
    done: &'static str,
) -> Result<SettingsPage, Failure> {
    let mut db = voice.read().await?;
    let settings = store::settings(&mut db, acting.institution()).await?;
    Ok(SettingsPage {
        chrome: voice.chrome(acting.person(), "诉求设置"),
        units: store::units(&mut db, acting.institution()).await?,
        offices: ANSWERING,
        practice: PRACTICE,
        form: form.unwrap_or_else(|| SettingsForm::of(&settings)),
        unit,
        errors,
        done,
    })
}

async fn show(
    State(voice): State<Voice>,
    acting: Acting<SchoolLeague>,
    Query(After { done }): Query<After>,
) -> Result<SettingsPage, Failure> {
    page(&voice, &acting, None, UnitForm::default(), Errors::default(), Done::said(&done)).await
}

async fn keep(
    State(voice): State<Voice>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<SettingsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let Some(settings) = form.read(&mut errors) else {
        let page = page(&voice, &acting, Some(form), UnitForm::default(), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    voice
        .write_as(acting.person().authority(), async |db| {
            store::set(db, &acting, &settings, now).await?;
            let entry = Entry::new(Verb::VoiceKept, "诉求设置")
                .detail("接收", format!("{} 小时", settings.within.take_up_hours))
                .detail("答复", format!("{} 个工作日", settings.within.answer_days));
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Kept.at(SETTINGS)).into_response())
}

async fn add_unit(
    State(voice): State<Voice>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<UnitForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (voice.clock.now(), Errors::default());
    let mut added = false;
    if let Some(new) = form.read(&mut errors) {
        added = voice
            .write_as(acting.person().authority(), async |db| {
                let added = store::add_unit(db, &acting, &new, now).await?;
                if added {
                    let entry = Entry::new(Verb::VoiceKept, new.name.clone()).detail("办理", "登记承办单位");
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok(added)
            })
            .await?;
        if !added {
            errors.add("name", "已有这个名称的承办单位");
        }
    }
    if !added {
        let page = page(&voice, &acting, None, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::UnitKept.at(SETTINGS)).into_response())
}

async fn end_unit(
    State(voice): State<Voice>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<VoiceUnitId>,
) -> Result<Redirect, Failure> {
    let now = voice.clock.now();
    voice
        .write_as(acting.person().authority(), async |db| {
            let name = store::end_unit(db, &acting, id, now).await?.ok_or(Failure::Missing)?;
            let entry = Entry::new(Verb::VoiceKept, name).detail("办理", "停用承办单位");
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::UnitEnded.at(SETTINGS)))
}
