//! A check-in desk: by the card's code, by number, by name. Everybody is counted once, whoever scans them how often.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;

use super::{counting_day, done_at, keeps};
use crate::{
    audit::{self, Entry},
    auth::{extract::Caller, person::SignedIn, token::hash_of},
    congress::{
        CongressKeeper, Verb,
        congress::{Congress, Stage},
        meeting::{
            done::{Done, said},
            forms::{DeskForm, GuestForm},
            nouns::{Admission, Arrival, Attendee, CheckIn, CheckedIn, Headcount, Meeting, NotCheckedIn, Recent},
            paths,
            state::Meetings,
            store::{self, CheckInDesk, CheckInTarget},
        },
        store as congresses,
    },
    failure::{Failure, Refusal},
    ids::{CongressId, StudentId},
    office::Office,
    page::chrome::Chrome,
    text::{folded, is_hidden},
    web::forms::{Errors, Submitted, reason},
};

/// The right to check in at a congress: an officer's, or its keeper's.
struct DeskRight {
    congress: Congress,
    meeting: Meeting,
    /// The name of the desk.
    desk: String,
    keeps: bool,
}

/// The desk of whoever keeps the congress.
const KEEPERS_DESK: &str = "会务组";

impl DeskRight {
    /// The right of a person; none who has none learns of the congress.
    async fn of(db: &mut PgConnection, person: &SignedIn, id: CongressId) -> Result<Self, Failure> {
        let congress = congresses::find(db, person.institution, id).await?.ok_or(Failure::Missing)?;
        let own = store::desk_of(db, id, person.account).await?;
        let keeps = keeps(person, &congress);
        let Some(desk) = own.or_else(|| keeps.then(|| KEEPERS_DESK.to_owned())) else { return Err(Failure::Missing) };
        let meeting = store::find(db, id).await?.ok_or(Failure::Missing)?;
        Ok(Self { congress, meeting, desk, keeps })
    }

    /// The right is held until the end of the transaction.
    async fn hold(&self, app: &Meetings, db: &mut PgConnection, person: &SignedIn) -> Result<(), Failure> {
        if self.keeps || store::hold_desk(db, self.congress.id, person.account).await? {
            return Ok(());
        }
        Err(refusal(app, person, "签到").for_reason("你已不是本次大会的签到员", "请找会务组"))
    }
}

fn refusal(app: &Meetings, person: &SignedIn, wanted: &str) -> Refusal {
    Refusal { chrome: app.chrome(person, "没有办理"), wanted: wanted.to_owned(), back: "/".to_owned() }
}

/// The page's forms as they were sent, with those who may be meant.
#[derive(Debug, Default)]
struct TypedDesk {
    desk: DeskForm,
    guest: GuestForm,
    choices: Vec<Attendee>,
}

/// Somebody whose check-in the page tells of.
struct CheckInMessage {
    came: Admission,
    attendee: Attendee,
}

impl CheckInMessage {
    fn tone(&self) -> &'static str {
        match self.came {
            Admission::Now | Admission::Back => "pass",
            Admission::Already => "warn",
        }
    }

    /// When and where they were checked in.
    fn says(&self) -> String {
        let Some(arrival) = &self.attendee.arrival else { return String::new() };
        let (time, Arrival { desk, way, .. }) = (arrival.time(), arrival);
        match self.came {
            Admission::Now => format!("{time}，{desk}，{}", way.label()),
            Admission::Back => format!("{time} 在{desk}签到，现已返回"),
            Admission::Already => format!("已于 {time} 在{desk}签到，不用再签，请入场"),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/meeting/desk.html")]
struct DeskPage {
    chrome: Chrome,
    right: DeskRight,
    head: Headcount,
    told: Option<CheckInMessage>,
    latest: Vec<Recent>,
    typed: TypedDesk,
    errors: Errors,
    done: &'static str,
}

impl DeskPage {
    fn path(&self) -> String {
        self.right.congress.id.check_in_path()
    }

    fn is_open(&self) -> bool {
        self.right.meeting.check_in == CheckIn::Open && self.right.congress.stage == Stage::Convened
    }
}

async fn page(
    app: &Meetings,
    person: &SignedIn,
    right: DeskRight,
    submitted: Submitted<TypedDesk>,
    told: Option<CheckInMessage>,
    done: &'static str,
) -> Result<Response, Failure> {
    let (id, day) = (right.congress.id, counting_day(&right.meeting, app.clock.today()));
    let mut db = app.read().await?;
    let Submitted { form: typed, errors } = submitted;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = DeskPage {
        chrome: app.chrome(person, "签到"),
        head: store::headcount(&mut db, id, day).await?,
        latest: store::latest(&mut db, id, person.account).await?,
        right,
        told,
        typed,
        errors,
        done,
    };
    Ok((status, page).into_response())
}

/// What an act tells the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToldQuery {
    done: String,
    came: String,
    student: String,
}

pub(super) async fn show(
    State(app): State<Meetings>,
    person: SignedIn,
    Path(id): Path<CongressId>,
    Query(query): Query<ToldQuery>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let right = DeskRight::of(&mut db, &person, id).await?;
    let mut told = None;
    if let (Ok(came), Ok(student)) = (query.came.parse::<Admission>(), query.student.parse::<StudentId>()) {
        let day = counting_day(&right.meeting, app.clock.today());
        let found = store::attendees_among(&mut db, id, day, &[student]).await?.pop();
        told = found.map(|attendee| CheckInMessage { came, attendee });
    }
    drop(db);
    page(&app, &person, right, Submitted::default(), told, said(&query.done)).await
}

/// Checks somebody in. The right to do so is looked at where it is done, and not before: a crowd stands at the desk.
async fn admit(
    app: &Meetings,
    person: &SignedIn,
    id: CongressId,
    meant: CheckInTarget<'_>,
) -> Result<CheckedIn, Failure> {
    let keepers = match &person.acting {
        Some(office) if CongressKeeper::KINDS.contains(&office.kind) => {
            let congress = congresses::find(&mut *app.read().await?, person.institution, id).await?;
            congress.ok_or(Failure::Missing)?.is_kept_by(office).then_some(KEEPERS_DESK)
        }
        _ => None,
    };
    let (desk, now) = (CheckInDesk { person, keepers }, app.clock.now());
    let done =
        app.write_one_as(&person.authority(), async |db| store::check_in(db, id, desk, meant, now).await).await?;
    if let (CheckedIn::There { .. }, None) = (&done, keepers) {
        app.remember_desk(id, &person.session);
    }
    Ok(done)
}

/// On to the desk's page, which tells of it.
fn onward(congress: CongressId, came: Admission, student: StudentId) -> Response {
    Redirect::to(&paths::checked_in(congress, came.slug(), student)).into_response()
}

/// Whoever is counted now is checked in by the session alone, with those of the other desks. For all else it is read who asks.
pub(super) async fn check_in(
    State(app): State<Meetings>,
    caller: Caller,
    Path(id): Path<CongressId>,
    Form(form): Form<DeskForm>,
) -> Result<Response, Failure> {
    let (typed, mut errors, mut choices) = (folded(&form.who), Errors::default(), Vec::new());
    let is_unfit = typed.is_empty() || typed.chars().count() > 60 || typed.chars().any(is_hidden);
    let meant = CheckInTarget::Called { typed: &typed, picked: form.pick.parse().ok() };
    if !is_unfit
        && form.pick.is_empty()
        && let Some(student) = app.check_in_together(id, &caller.session, meant).await?
    {
        return Ok(onward(id, Admission::Now, student));
    }
    let person = caller.person().await?;
    if is_unfit {
        errors.add("who", "请填写学号、代表证号或姓名");
    } else if errors.is_empty() {
        match admit(&app, &person, id, meant).await? {
            CheckedIn::There { came, student } => return Ok(onward(id, came, student)),
            CheckedIn::Not(NotCheckedIn::NoRight) => return Err(Failure::Missing),
            CheckedIn::Not(NotCheckedIn::NotDue) => {
                errors.add("who", "没有这名正式代表；请核对学号、代表证号或姓名。列席人员请在下面登记");
            }
            CheckedIn::Not(why @ NotCheckedIn::NotOpen) => errors.add("who", why.label()),
            CheckedIn::Not(why @ NotCheckedIn::Several) => {
                errors.add("who", why.label());
                choices = namesakes(&app, id, &typed).await?;
            }
        }
    }
    let right = DeskRight::of(&mut *app.read().await?, &person, id).await?;
    let typed = TypedDesk { desk: form, choices, ..TypedDesk::default() };
    page(&app, &person, right, Submitted::new(typed, errors), None, "").await
}

/// Those who are due and called so.
async fn namesakes(app: &Meetings, id: CongressId, typed: &str) -> Result<Vec<Attendee>, Failure> {
    let mut db = app.read().await?;
    let meeting = store::find(&mut db, id).await?.ok_or(Failure::Missing)?;
    let day = counting_day(&meeting, app.clock.today());
    let called = store::called(&mut db, id, day, typed).await?;
    store::attendees_among(&mut db, id, day, &called).await
}

/// A card's code, opened by a phone's own camera. It is an act: whoever holds the code and the right is enough.
pub(super) async fn scan(
    State(app): State<Meetings>,
    person: SignedIn,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let wanted = "扫码签到";
    let holder = store::holder(&mut *app.read().await?, person.institution, &hash_of(&code)).await?;
    let Some((id, student)) = holder else {
        let remedy = "请本人出示最近打印的出席证或手机上的出席证；也可以按学号、姓名签到";
        return Err(refusal(&app, &person, wanted).for_reason("这张出席证无效，或者已经换发", remedy));
    };
    let meant = CheckInTarget::Holder(student);
    if let Some(student) = app.check_in_together(id, &person.session, meant).await? {
        return Ok(onward(id, Admission::Now, student));
    }
    match admit(&app, &person, id, meant).await? {
        CheckedIn::There { came, student } => Ok(onward(id, came, student)),
        CheckedIn::Not(why @ NotCheckedIn::NoRight) => {
            let remedy = "请到签到处，把出席证交给签到员扫描";
            Err(refusal(&app, &person, wanted).for_reason(why.label(), remedy))
        }
        CheckedIn::Not(why) => {
            let refused = Refusal { back: id.check_in_path(), ..refusal(&app, &person, wanted) };
            Err(refused.for_reason(why.label(), "请找会务组"))
        }
    }
}

pub(super) async fn undo(
    State(app): State<Meetings>,
    person: SignedIn,
    Path((id, student)): Path<(CongressId, StudentId)>,
    Form(form): Form<DeskForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let right = DeskRight::of(&mut *app.read().await?, &person, id).await?;
    let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) else {
        let typed = TypedDesk { desk: form, ..TypedDesk::default() };
        return page(&app, &person, right, Submitted::new(typed, errors), None, "").await;
    };
    app.write_as(person.authority(), async |db| {
        right.hold(&app, db, &person).await?;
        if !store::undo(db, id, student, &why, &person, now).await? {
            let refused = Refusal { back: id.check_in_path(), ..refusal(&app, &person, "撤销签到") };
            return Err(refused.for_reason("没有这次签到，或者签到已经结束", "签到结束以后，由会务组恢复签到再办"));
        }
        let entry = Entry::about(Verb::MeetingKept, student)
            .detail("办理", "撤销签到")
            .detail("大会", right.congress.short_title())
            .detail("理由", why.clone());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(done_at(&id.check_in_path(), Done::Undone).into_response())
}

pub(super) async fn leave(
    State(app): State<Meetings>,
    person: SignedIn,
    Path((id, student)): Path<(CongressId, StudentId)>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let right = DeskRight::of(&mut *app.read().await?, &person, id).await?;
    app.write_as(person.authority(), async |db| {
        right.hold(&app, db, &person).await?;
        if !store::leave(db, id, student, &person, now).await? {
            let refused = Refusal { back: id.check_in_path(), ..refusal(&app, &person, "登记退场") };
            return Err(refused.for_reason("此人不在场，或者会议纪要已经签发", "刷新页面看现在的情况"));
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.check_in_path(), Done::WentOut).into_response())
}

pub(super) async fn add_guest(
    State(app): State<Meetings>,
    person: SignedIn,
    Path(id): Path<CongressId>,
    Form(form): Form<GuestForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let right = DeskRight::of(&mut *app.read().await?, &person, id).await?;
    let Some(guest) = form.read(&mut errors).filter(|_| errors.is_empty()) else {
        let typed = TypedDesk { guest: form, ..TypedDesk::default() };
        return page(&app, &person, right, Submitted::new(typed, errors), None, "").await;
    };
    // At another desk, or by a form that was sent twice: the minutes count each once.
    if store::guests(&mut *app.read().await?, id).await?.contains(&guest) {
        let typed = TypedDesk { guest: form, ..TypedDesk::default() };
        let says = "这个单位的这位列席人员已经登记过，不用再登记";
        return page(&app, &person, right, Submitted::with_fault(typed, "guest", says), None, "").await;
    }
    app.write_as(person.authority(), async |db| {
        right.hold(&app, db, &person).await?;
        if !store::add_guest(db, id, &guest, &person, now).await? {
            let refused = Refusal { back: id.check_in_path(), ..refusal(&app, &person, "登记列席人员") };
            return Err(refused.for_reason("现在不是签到时间", "请在签到期间登记"));
        }
        Ok(())
    })
    .await?;
    Ok(done_at(&id.check_in_path(), Done::GuestAdded).into_response())
}
