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
            nouns::{CheckIn, Meeting, mark_of_minutes},
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

    /// The minutes as they are kept, where the form has others that were not.
    fn kept(&self) -> Option<&str> {
        self.meeting.minutes.as_deref().filter(|kept| self.errors.has_faults() && *kept != self.form.minutes)
    }

    fn path(&self) -> String {
        self.congress.id.minutes_path()
    }

    fn paper_path(&self) -> String {
        self.congress.id.meeting_paper_path("minutes")
    }
}

/// The minutes as they are kept, else as they are assembled now.
async fn current(app: &Meetings, congress: &Congress, meeting: &Meeting) -> Result<String, Failure> {
    if let Some(kept) = &meeting.minutes {
        return Ok(kept.clone());
    }
    let mut db = app.read().await?;
    Ok(course(&mut db, congress.clone(), meeting.clone(), app.clock.today()).await?.minutes())
}

async fn page(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    meeting: Meeting,
    submitted: Option<Submitted<MinutesForm>>,
    done: &'static str,
) -> Result<MinutesPage, Failure> {
    let Submitted { mut form, errors } = if let Some(submitted) = submitted {
        submitted
    } else {
        let minutes = current(app, &congress, &meeting).await?;
        let held_on = meeting.starts_at.date().to_string();
        Submitted::new(MinutesForm { minutes, held_on, ..MinutesForm::default() }, Errors::default())
    };
    form.seen = meeting.minutes_mark();
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
    let is_kept = app
        .write_as(acting.person().authority(), async |db| {
            let meeting = act.convened(db).await?;
            if meeting.minutes_mark() != form.seen {
                return Ok(false);
            }
            if !store::keep_minutes(db, &meeting, Some(&text), acting.person(), act.now).await? {
                return Err(act.refuse("会议纪要已经签发", "需要更正的，请另附说明"));
            }
            let entry = act.entry().detail("字数", text.chars().count());
            audit::append(db, acting.person(), entry, act.now).await?;
            Ok(true)
        })
        .await?;
    if !is_kept {
        let says = "刚才有人改过会议纪要，你填的还没有保存；请对照现在保存的内容改好，再保存";
        return faulty(&app, acting.person(), act.congress, Submitted::with_fault(form, "minutes", says)).await;
    }
    Ok(done_at(&id.minutes_path(), Done::MinutesKept).into_response())
}

pub(super) async fn reset(
    State(app): State<Meetings>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<MinutesForm>,
) -> Result<Redirect, Failure> {
    let act = Act::begin(&app, &acting, id, "重新汇编会议纪要").await?.back_to(id.minutes_path());
    app.write_as(acting.person().authority(), async |db| {
        let meeting = act.convened(db).await?;
        if meeting.minutes_mark() != form.seen {
            return Err(act.refuse("刚才有人改过会议纪要", "看过现在保存的内容，再决定要不要放弃"));
        }
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
        let says = "请填写会议的最后一天：不早于大会定下的日期，不晚于今天";
        return unsigned(&app, acting.person(), act.congress, form, "held_on", says).await;
    };
    // What is signed is what is kept: whoever has changed the text since would lose it, and the meeting is over.
    let text = typed(&form);
    let meeting = store::find(&mut *app.read().await?, id).await?.ok_or(Failure::Missing)?;
    if !text.is_empty() && meeting.minutes.as_deref() != Some(text.as_str()) {
        let says = if meeting.minutes_mark() == form.seen { UNSAVED } else { CHANGED };
        return unsigned(&app, acting.person(), act.congress, form, "minutes", says).await;
    }
    let is_signed = app
        .write_as(acting.person().authority(), async |db| {
            let congress = act.congress(db).await?;
            let unreported = elected_presidium(db, congress.institution, id).await?.open;
            if !unreported.is_empty() {
                let why = format!("选举场次还没有监票报告：{}", unreported.join("、"));
                return Err(act.refuse(why, "选举办完、有了监票报告再签发；不用的场次删除或者作废"));
            }
            let meeting = store::lock(db, id).await?;
            // Nobody signs what they have not seen.
            if meeting.minutes_mark() != form.seen {
                return Ok(false);
            }
            if !store::sign_minutes(db, &acting, &meeting, act.now).await? {
                let remedy = "请先结束签到，核对并保存会议纪要，再签发";
                return Err(act.refuse("会议纪要还没有保存，或者签到还没有结束", remedy));
            }
            if !congresses::record_held(db, &congress, last_day).await? {
                let why = format!("大会{}，不能记为召开", congress.stage.label());
                return Err(act.refuse(why, "请先办妥召开的请示和批复"));
            }
            audit::append(db, acting.person(), held_entry(&act, last_day), act.now).await?;
            Ok(true)
        })
        .await?;
    if !is_signed {
        return unsigned(&app, acting.person(), act.congress, form, "minutes", CHANGED).await;
    }
    Ok(done_at(&id.minutes_path(), Done::MinutesSigned).into_response())
}

const CHANGED: &str = "刚才有人改过会议纪要，还没有签发；请看过现在的内容，再签发";
const UNSAVED: &str = "会议纪要还没有保存，也就没有签发；请先保存，再签发";

/// The minutes as they were sent along with a signature, as they would be kept.
fn typed(form: &MinutesForm) -> String {
    long_text(&form.minutes, "minutes", &mut Errors::default())
}

/// The page after a signature that was not given, with what was changed of the minutes, else with them as they are now.
async fn unsigned(
    app: &Meetings,
    person: &SignedIn,
    congress: Congress,
    form: MinutesForm,
    field: &'static str,
    says: &str,
) -> Result<Response, Failure> {
    let meeting = store::find(&mut *app.read().await?, congress.id).await?.ok_or(Failure::Missing)?;
    let text = typed(&form);
    let is_as_seen = text.is_empty() || mark_of_minutes(&text) == form.seen;
    let minutes = if is_as_seen { current(app, &congress, &meeting).await? } else { text };
    let form = MinutesForm { minutes, ..form };
    let submitted = Submitted::with_fault(form, field, says);
    Ok(again(page(app, person, congress, meeting, Some(submitted), "").await?))
}

fn held_entry(act: &Act, last_day: Date) -> Entry {
    Entry::new(Verb::CongressKept, act.congress.short_title())
        .detail("办理", act.wanted)
        .detail("召开", last_day.to_string())
}
