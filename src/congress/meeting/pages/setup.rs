//! How a meeting is prepared: when and where, and what counts as enough people and as passed.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Form;
use time::{OffsetDateTime, PrimitiveDateTime, Time};

use super::{acts::Act, again, below, done_at};
use crate::{
    audit,
    auth::acting::Acting,
    clock::CHINA,
    congress::{
        CongressKeeper,
        congress::{Congress, Stage},
        meeting::{
            done::Done,
            forms::SetupForm,
            state::Meetings,
            stated::{StatedQuorum, stated_quorum},
            store,
        },
        pages::kept,
    },
    failure::Failure,
    ids::CongressId,
    page::chrome::Chrome,
    rules::{election::Source, meeting::VoteBase},
    text::chinese_day,
    web::forms::{Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/setup.html")]
pub(super) struct SetupPage {
    chrome: Chrome,
    action: String,
    /// Where a meeting's rules may come from.
    sources: Vec<Source>,
    /// What is stated of how many have to be there.
    stated: Option<StatedQuorum>,
    form: SetupForm,
    errors: Errors,
}

fn page(
    app: &Meetings,
    acting: &Acting<CongressKeeper>,
    congress: &Congress,
    stated: Option<StatedQuorum>,
    submitted: Submitted<SetupForm>,
) -> SetupPage {
    let Submitted { form, errors } = submitted;
    let chrome = below(app, acting.person(), congress, "会议安排");
    let of_plan = stated.as_ref().is_some_and(|stated| stated.rules.source == Source::Plan);
    let mut sources = vec![Source::Practice, Source::Constitution, Source::ElectionRules, Source::Decision];
    if of_plan {
        sources.push(Source::Plan);
    }
    if stated.is_some() {
        sources.retain(|source| *source != Source::Practice);
    }
    SetupPage { chrome, action: congress.id.setup_path(), sources, stated, form, errors }
}

/// When a meeting begins by default: on its day in the morning.
fn usual(congress: &Congress, now: OffsetDateTime) -> OffsetDateTime {
    let day = congress.meets_on.unwrap_or_else(|| now.date());
    PrimitiveDateTime::new(day, Time::from_hms(9, 0, 0).unwrap_or(Time::MIDNIGHT)).assume_offset(CHINA)
}

pub(super) async fn ask(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<SetupPage, Failure> {
    let mut db = app.read().await?;
    let congress = kept(&mut db, &acting, id).await?;
    let stated = stated_quorum(&mut db, acting.institution(), app.clock.today()).await?;
    let form = match store::find(&mut db, id).await? {
        Some(meeting) => SetupForm::of(&meeting),
        None => SetupForm::usual(usual(&congress, app.clock.now()), stated.as_ref()),
    };
    Ok(page(&app, &acting, &congress, stated, Submitted::new(form, Errors::default())))
}

pub(super) async fn prepare(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<SetupForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "安排会议").await?;
    let mut errors = Errors::default();
    let stated = stated_quorum(&mut *app.read().await?, acting.institution(), app.clock.today()).await?;
    let draft = form.read(stated.as_ref(), &mut errors);
    let day = act.congress.meets_on.filter(|_| act.congress.stage == Stage::Convened);
    if let (Some(draft), Some(day)) = (&draft, day)
        && draft.starts_at.to_offset(CHINA).date() != day
    {
        errors.add("starts", format!("大会定于{}召开；改期的，先在学代会日程里登记", chinese_day(day)));
    }
    let Some(draft) = draft.filter(|_| errors.is_empty()) else {
        return Ok(again(page(&app, &acting, &act.congress, stated, Submitted::new(form, errors))));
    };
    app.write_as(acting.person().authority(), async |db| {
        let congress = act.congress(db).await?;
        if !store::prepare(db, &acting, &congress, &draft).await? {
            return Err(act.refuse("签到已经开始，到会和表决的规则不再变动", "规则确实填错的，请在会议纪要里写明"));
        }
        let entry = act
            .entry()
            .detail("到会", draft.rules.quorum_in_words())
            .detail("表决", draft.rules.majority_in_words())
            .detail("依据", draft.rules.label());
        audit::append(db, acting.person(), entry, act.now).await
    })
    .await?;
    Ok(done_at(&id.meeting_path(), Done::Prepared).into_response())
}
