//! 会议纪要: assembled, edited, kept, and signed off; with that the congress has been held.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{Tab, acts::Act, again, below, done_at, keeps, papers::course, seen_meeting, tabs};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::{Congress, Stage},
        meeting::{
            done::{Done, said},
            forms::{MinutesForm, long_text},
            nouns::{CheckIn, Meeting},
            state::Meetings,
            store,
        },
        store as congresses,
    },
    elections::elected::elected_presidium,
    failure::Failure,
    ids::CongressId,
    page::{chrome::Chrome, filters},
    text::day,
    web::forms::{Done as DoneQuery, Errors, Submitted},
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/minutes.html")]
struct MinutesPage {
    chrome: Chrome,
    tabs: Vec<Tab>,
    congress: Congress,
    meeting: Meeting,
    keeps: bool,
    form: MinutesForm,
    errors: Errors,
    done: &'static str,
}

impl MinutesPage {
    fn may_edit(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Convened && self.meeting.signed_at.is_none()
    }

    fn may_sign(&self) -> bool {
        self.may_edit() && self.meeting.minutes.is_some() && self.meeting.check_in == CheckIn::Closed
    }

    fn path(&self) -> String {
        self.congress.id.minutes_path()
    }

    fn paper_path(&self) -> String {
        self.congress.id.meeting_paper_path("minutes")
    }
}

async fn page(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    meeting: Meeting,
    submitted: Option<Submitted<MinutesForm>>,
    done: &'static str,
) -> Result<MinutesPage, Failure> {
    let Submitted { form, errors } = if let Some(submitted) = submitted {
        submitted
    } else {
        let mut db = app.read().await?;
        let course = course(&mut db, congress.clone(), meeting.clone(), app.clock.today()).await?;
        let minutes = meeting.minutes.clone().unwrap_or_else(|| course.minutes());
        let held_on = meeting.starts_at.date().to_string();
        Submitted::new(MinutesForm { minutes, held_on }, Errors::default())
    };
    Ok(MinutesPage {
        chrome: below(app, person, &congress, "会议纪要"),
        tabs: tabs(congress.id, &congress.id.minutes_path()),
        keeps: keeps(person, &congress),
        congress,
        meeting,
        form,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<Meetings>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(DoneQuery { done }): Query<DoneQuery>,
) -> Result<Response, Failure> {
    let (congress, meeting) = seen_meeting(&mut *app.read().await?, &acting, id).await?;
    Ok(page(&app, acting.person(), congress, meeting, None, said(&done)).await?.into_response())
}

/// The page again, as filled in.
async fn faulty(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    submitted: Submitted<MinutesForm>,
) -> Result<Response, Failure> {
    let meeting = store::find(&mut *app.read().await?, congress.id).await?.ok_or(Failure::Missing)?;
    Ok(again(page(app, person, congress, meeting, Some(submitted), "").await?))
}

pub(super) async fn keep(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<MinutesForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "保存会议纪要").await?.back_to(id.minutes_path());
    let mut errors = Errors::default();
    let text = long_text(&form.minutes, "minutes", &mut errors);
    if text.is_empty() {
        errors.add("minutes", "请填写会议纪要");
    }
    if !errors.is_empty() {
        return faulty(&app, acting.person(), act.congress, Submitted::new(form, errors)).await;
    }
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        if !store::keep_minutes(db, &meeting, Some(&text), acting.person(), act.now).await? {
            return Err(act.refuse("会议纪要已经签发", "需要更正的，请另附说明"));
        }
        audit::append(db, acting.person(), act.entry().detail("字数", text.chars().count()), act.now).await
    })
    .await?;
    Ok(done_at(&id.minutes_path(), Done::MinutesKept).into_response())
}

pub(super) async fn reset(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "重新汇编会议纪要").await?.back_to(id.minutes_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        if !store::keep_minutes(db, &meeting, None, acting.person(), act.now).await? {
            return Err(act.refuse("会议纪要已经签发", "需要更正的，请另附说明"));
        }
        audit::append(db, acting.person(), act.entry(), act.now).await
    })
    .await?;
    Ok(done_at(&id.minutes_path(), Done::MinutesReset))
}

pub(super) async fn sign(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<MinutesForm>,
) -> Result<Response, Failure> {
    let act = Act::begin(&app, &acting, id, "签发会议纪要").await?.back_to(id.minutes_path());
    let first = act.congress.meets_on;
    let last_day =
        day(&form.held_on).filter(|last| *last <= act.now.date() && first.is_some_and(|first| first <= *last));
    let Some(last_day) = last_day else {
        let meeting = store::find(&mut *app.read().await?, id).await?.ok_or(Failure::Missing)?;
        let form = MinutesForm { minutes: meeting.minutes.unwrap_or_default(), ..form };
        let says = "请填写会议的最后一天：不早于大会定下的日期，不晚于今天";
        return faulty(&app, acting.person(), act.congress, Submitted::with_fault(form, "held_on", says)).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let congress = act.congress(db).await?;
        let unreported = elected_presidium(db, congress.institution, id).await?.open;
        if !unreported.is_empty() {
            let why = format!("选举场次还没有监票报告：{}", unreported.join("、"));
            return Err(act.refuse(why, "选举办完、有了监票报告再签发；不用的场次删除或者作废"));
        }
        let meeting = store::lock(db, id).await?;
        if !store::sign_minutes(db, &acting, &meeting, act.now).await? {
            let remedy = "请先结束签到，核对并保存会议纪要，再签发";
            return Err(act.refuse("会议纪要还没有保存，或者签到还没有结束", remedy));
        }
        if !congresses::record_held(db, &congress, last_day).await? {
            return Err(act.refuse(format!("大会{}，不能记为召开", congress.stage.label()), "请先办妥召开的请示和批复"));
        }
        audit::append(db, acting.person(), held_entry(&act, last_day), act.now).await
    })
    .await?;
    Ok(done_at(&id.minutes_path(), Done::MinutesSigned).into_response())
}

fn held_entry(act: &Act, last_day: Date) -> Entry {
    Entry::new(Verb::CongressKept, act.congress.short_title())
        .detail("办理", act.wanted)
        .detail("召开", last_day.to_string())
}
