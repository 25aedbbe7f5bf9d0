//! 活动报名 on a phone: what there is, a place or the waiting list, being there, and a word afterwards.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::refusal;
use crate::{
    activities::{
        activity::{Activity, Own, Way},
        forms::{CodeForm, RateForm},
        paths::{self, ACTIVITIES, Done},
        store::{self, ActivityFilter, CheckedIn},
    },
    app::App,
    auth::person::SignedIn,
    database::Locked,
    failure::Failure,
    ids::{MatterId, StudentId},
    inbox::{self, Notice},
    page::{chrome::Chrome, filters},
    rules::activities::{Satisfaction, Standing, Wish, sign_up as may_sign_up},
    web::forms::Done as After,
};

/// An activity with how the person stands with it.
struct Listed {
    activity: Activity,
    own: Option<Own>,
}

impl Listed {
    fn path(&self) -> String {
        paths::activity(self.activity.id())
    }

    fn state(&self) -> &'static str {
        self.own.map_or("", |own| own.standing.label())
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/list.html")]
pub(super) struct ActivitiesPage {
    chrome: Chrome,
    /// Those for which one may sign up now.
    open: Vec<Listed>,
    /// Those for which the person signed up.
    own: Vec<Listed>,
    /// The person is a student.
    student: bool,
}

pub(super) async fn list(State(app): State<App>, person: SignedIn) -> Result<ActivitiesPage, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let filter = ActivityFilter { open_at: Some(now), ..ActivityFilter::default() };
    let mut open = Vec::new();
    for activity in store::activities(&mut db, person.institution, filter).await? {
        open.push(Listed { activity, own: None });
    }
    let mut own = Vec::new();
    if let Some(student) = person.student {
        let filter = ActivityFilter { of: Some(student), ..ActivityFilter::default() };
        for activity in store::activities(&mut db, person.institution, filter).await? {
            let stands = store::own(&mut db, activity.id(), student).await?;
            open.retain(|one| one.activity.id() != activity.id());
            own.push(Listed { activity, own: stands });
        }
    }
    open.reverse();
    let chrome = app.chrome(&person, "活动报名");
    Ok(ActivitiesPage { chrome, open, own, student: person.student.is_some() })
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/show.html")]
pub(super) struct ActivityPage {
    chrome: Chrome,
    activity: Activity,
    own: Option<Own>,
    student: bool,
    /// The code that the phone read off the wall; empty where it came otherwise.
    code: String,
    satisfactions: &'static [Satisfaction],
    now: OffsetDateTime,
    done: &'static str,
}

impl ActivityPage {
    fn path(&self) -> String {
        paths::activity(self.activity.id())
    }

    fn may_sign_up(&self) -> bool {
        self.student && !self.own.is_some_and(|own| own.is_up()) && self.activity.takes_sign_ups(self.now)
    }

    /// What the button gives: a place, or the next one in the waiting list.
    fn sign_up_word(&self) -> &'static str {
        if self.activity.is_full() { "排候补" } else { "报名" }
    }

    fn may_cancel(&self) -> bool {
        self.own.is_some_and(|own| own.is_up() && !own.was_there()) && self.activity.matter.is_approved()
    }

    fn may_check_in(&self) -> bool {
        !self.code.is_empty() && self.own.is_some_and(|own| own.is_in() && !own.was_there())
    }

    fn may_rate(&self) -> bool {
        self.own.is_some_and(|own| own.was_there())
    }

    fn was_there(&self) -> bool {
        self.may_rate()
    }

    fn state(&self) -> &'static str {
        match self.own {
            Some(own) if own.was_there() => "已签到",
            Some(own) if own.is_up() => own.standing.label(),
            _ => "",
        }
    }

    /// It is paused: changed, or its approval taken back.
    fn is_paused(&self) -> bool {
        !self.activity.is_running() && self.activity.matter.is_open()
    }

    fn is_off(&self) -> bool {
        !self.activity.is_running() && !self.activity.matter.is_open() && self.activity.matter.summary.is_none()
    }

    fn is_said(&self, one: Satisfaction) -> bool {
        self.own.is_some_and(|own| own.satisfaction == Some(one))
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    id: MatterId,
    code: String,
    done: &'static str,
) -> Result<ActivityPage, Failure> {
    let mut db = app.read().await?;
    let activity = store::find(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let own = match person.student {
        Some(student) => store::own(&mut db, id, student).await?,
        None => None,
    };
    let chrome = app.chrome(person, &activity.matter.says.title).under(ACTIVITIES, "活动报名");
    let (student, now) = (person.student.is_some(), app.clock.now());
    Ok(ActivityPage { chrome, activity, own, student, code, satisfactions: Satisfaction::ALL, now, done })
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
    Query(After { done }): Query<After>,
) -> Result<ActivityPage, Failure> {
    page(&app, &person, id, String::new(), Done::said(&done)).await
}

/// The student that a person is.
fn student_of(app: &App, person: &SignedIn, id: MatterId) -> Result<StudentId, Failure> {
    person.student.ok_or_else(|| {
        refusal(app, person, "报名参加活动", paths::activity(id))
            .for_reason("这个账号不是学生账号", "请用学生账号登录后报名")
    })
}

pub(super) async fn sign_up(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let student = student_of(&app, &person, id)?;
    let done = app
        .write_as(person.authority(), async |db| {
            let mut activity = store::lock(db, person.institution, id).await?;
            // Whoever waits comes before whoever comes now.
            if activity.owes_places() && activity.passes_places_on(now) {
                move_up(db, &activity, now).await?;
                activity = store::lock(db, person.institution, id).await?;
            }
            let applicant = store::applicant(db, student).await?.ok_or(Failure::Missing)?;
            let setup = &activity.setup;
            let is_for_them = setup.only_college.is_none_or(|college| college == applicant.college)
                && setup.only_year.is_none_or(|year| year == applicant.year);
            let wish = Wish {
                approved: activity.matter.is_approved(),
                closes_at: setup.closes_at,
                now,
                enrolled: applicant.left_on.is_none_or(|left| left > now.date()),
                is_for_them,
                taken: activity.counts.taken,
                places: setup.places,
            };
            let place = match may_sign_up(wish).permit() {
                Ok(place) => place,
                Err(findings) => {
                    return Err(refusal(&app, &person, "报名参加活动", paths::activity(id)).because(findings));
                }
            };
            // A second tap changes nothing, and is no fault of theirs: the page says how they stand.
            if !store::sign_up(db, &activity, student, place, now).await? {
                return Ok(None);
            }
            Ok(Some(if place.standing() == Standing::Waiting { Done::Waiting } else { Done::SignedUp }))
        })
        .await?;
    let page = paths::activity(id);
    Ok(Redirect::to(&done.map_or_else(|| page.clone(), |done| done.at(&page))))
}

/// Gives free places to those who wait, and tells them.
pub(super) async fn move_up(
    db: &mut PgConnection,
    activity: &Locked<Activity>,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let moved = store::move_up(db, activity).await?;
    if moved.is_empty() {
        return Ok(());
    }
    let notice = Notice::new(format!("候补成功：{}", activity.matter.says.title), paths::activity(activity.id()))
        .says("有人取消报名，名额给了你。不能参加的请取消报名，名额由下一位候补的同学递补。");
    inbox::tell_all(db, activity.matter.institution, &moved, &notice, now).await
}

pub(super) async fn cancel(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let student = student_of(&app, &person, id)?;
    app.write_as(person.authority(), async |db| {
        let activity = store::lock(db, person.institution, id).await?;
        if !store::cancel(db, &activity, student).await? {
            return Err(refusal(&app, &person, "取消报名", paths::activity(id))
                .for_reason("你没有报名，或者已经签到", "在活动的页面可以看到你的情况"));
        }
        if activity.passes_places_on(now) {
            move_up(db, &activity, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Cancelled.at(&paths::activity(id))))
}

/// Where a phone that read the code on the wall comes to: one tap, and they are there.
pub(super) async fn arrive(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
    Query(CodeForm { code }): Query<CodeForm>,
) -> Result<ActivityPage, Failure> {
    page(&app, &person, id, code, "").await
}

pub(super) async fn check_in(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
    Form(CodeForm { code }): Form<CodeForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let student = student_of(&app, &person, id)?;
    app.write_as(person.authority(), async |db| {
        let activity = store::lock(db, person.institution, id).await?;
        let refused =
            |why: &str, remedy: &str| refusal(&app, &person, "签到", paths::activity(id)).for_reason(why, remedy);
        if activity.code != code {
            return Err(refused("签到码不对，或者已经换过", "请重新扫描现场的二维码"));
        }
        if !activity.is_running() && activity.is_checking_in() {
            return Err(refused("这项活动现在没有批准，或者已经办结", "请问举办单位；恢复以后可以再签到"));
        }
        match store::check_in(db, &activity, student, Way::Code, now).await? {
            CheckedIn::Now | CheckedIn::Already => Ok(()),
            CheckedIn::No if activity.is_checking_in() => {
                Err(refused("你没有报名，或者还在候补", "请到签到台，有空位时由举办单位安排"))
            }
            CheckedIn::No => Err(refused("现在不是签到时间", "签到由举办单位开始和结束")),
        }
    })
    .await?;
    Ok(Redirect::to(&Done::CheckedIn.at(&paths::activity(id))))
}

pub(super) async fn rate(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<MatterId>,
    Form(form): Form<RateForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let student = student_of(&app, &person, id)?;
    let satisfaction = form.read().ok_or(Failure::Malformed)?;
    app.write_as(person.authority(), async |db| {
        if !store::rate(db, id, student, satisfaction, now).await? {
            return Err(refusal(&app, &person, "评价活动", paths::activity(id))
                .for_reason("只有签到参加的同学可以评价", "没有签到上的，请联系举办单位补签"));
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Rated.at(&paths::activity(id))).into_response())
}
