//! 活动开展, for those who hold activities and those who oversee them: who comes, whom it reaches, what they say of it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{desk_refusal, own::move_up, seen};
use crate::{
    activities::{
        activity::{Activity, Participant, Ratings, Reach, Way},
        forms::DeskForm,
        paths::{self, DESK, Done},
        store::{self, ActivityFilter, CheckedIn, ReachByPart},
    },
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::MatterId,
    matters::{
        MatterFiler, Verb as MatterVerb,
        store::{self as matters, MatterFilter},
    },
    name::{
        number_key,
        sought::{ByKey, Sought},
    },
    office::{MatterReader, Office},
    page::{
        charts::{Part, PartCount, Qr, ShareBar, strip},
        chrome::Chrome,
        filters,
    },
    people::find::{Found, PersonField, Rest},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        activities::{CheckIn, Purpose},
        matters::MatterKind,
        plan::Union,
    },
    secrets::readable,
    text::percent,
    web::{
        forms::{Done as After, Errors, Submitted},
        origin::Origin,
    },
};

/// How many activities a union held, for whom and with whom.
struct HostFigures {
    union: String,
    held: usize,
    /// A college's for the whole school (ORG-10).
    for_school: usize,
    /// With classes or societies (ORG-11).
    with_partners: usize,
    present: u32,
}

/// An approved activity for which nobody can sign up yet.
struct Unannounced {
    title: String,
    announce: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/desk_list.html")]
pub(super) struct DeskListPage {
    chrome: Chrome,
    rows: Vec<Activity>,
    /// Approved, and not announced yet.
    unannounced: Vec<Unannounced>,
    hosts: Vec<HostFigures>,
    purposes: Vec<Part>,
    clauses: Vec<Clause>,
    own: bool,
}

impl DeskListPage {
    /// The share of activities with classes or societies.
    fn partnered(&self) -> String {
        let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let with = self.hosts.iter().map(|host| host.with_partners).sum();
        percent(whole(with), whole(self.rows.len()))
    }
}

fn hosts(rows: &[Activity]) -> Vec<HostFigures> {
    let mut found: Vec<HostFigures> = Vec::new();
    for row in rows {
        let place = found.iter().position(|host| host.union == row.matter.union_name);
        let place = place.unwrap_or_else(|| {
            let union = row.matter.union_name.clone();
            found.push(HostFigures { union, held: 0, for_school: 0, with_partners: 0, present: 0 });
            found.len() - 1
        });
        if let Some(host) = found.get_mut(place) {
            host.held += 1;
            host.for_school += usize::from(row.setup.for_school && row.matter.union_kind == Union::College);
            host.with_partners += usize::from(!row.partners().is_empty());
            host.present += row.counts.present;
        }
    }
    found.sort_by(|one, other| other.held.cmp(&one.held).then_with(|| one.union.cmp(&other.union)));
    found
}

pub(super) async fn list(State(app): State<App>, acting: Acting<MatterReader>) -> Result<DeskListPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let mut rows = store::activities(&mut db, acting.institution(), ActivityFilter::default()).await?;
    rows.retain(|activity| activity.matter.union().is_visible_to(acting.office()));
    let filter = MatterFilter { kind: Some(MatterKind::Activity), open: true, ..MatterFilter::default() };
    let mut unannounced = matters::matters(&mut db, acting.institution(), filter).await?;
    unannounced.retain(|matter| {
        matter.is_approved()
            && matter.union().is_own_of(acting.office())
            && !rows.iter().any(|activity| activity.id() == matter.id)
    });
    let unannounced = unannounced
        .into_iter()
        .map(|matter| Unannounced { title: matter.says.title, announce: paths::announce(matter.id) })
        .collect();
    let tones = ["pass", "warn", "unknown", "fail", "not_required", "unknown"];
    let counted: Vec<_> = Purpose::ALL
        .iter()
        .zip(tones)
        .map(|(purpose, tone)| PartCount::new(tone, purpose.label(), store::count_of(&rows, *purpose)))
        .collect();
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let clause = |rule| plan.as_ref().and_then(|plan| plan.provision(rule)).map(|provision| provision.clause().clone());
    let clauses = [Rule::Pol02, Rule::Org10, Rule::Org11].into_iter().filter_map(clause).collect();
    let own = MatterFiler::KINDS.contains(&acting.office().kind);
    Ok(DeskListPage {
        chrome: app.chrome(acting.person(), "活动开展"),
        hosts: hosts(&rows),
        purposes: strip(&counted),
        rows,
        unannounced,
        clauses,
        own,
    })
}

/// Whom it reached, drawn.
struct DrawnReach {
    reach: Reach,
    bar: ShareBar,
    share: String,
}

fn drawn(all: Vec<Reach>) -> Vec<DrawnReach> {
    let most = all.iter().map(|reach| reach.present).max().unwrap_or_default();
    let draw = |reach: Reach| DrawnReach {
        bar: ShareBar::new(reach.present, most, format!("{}：到场 {} 人", reach.name, reach.present)),
        share: percent(u64::from(reach.present), u64::from(reach.enrolled)),
        reach,
    };
    all.into_iter().map(draw).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/desk.html")]
pub(super) struct DeskPage {
    chrome: Chrome,
    activity: Activity,
    participants: Vec<Participant>,
    colleges: Vec<DrawnReach>,
    grades: Vec<DrawnReach>,
    ratings: Ratings,
    said: Vec<Part>,
    own: bool,
    form: DeskForm,
    /// Who may be meant by what is typed.
    person: PersonField,
    errors: Errors,
    done: String,
}

impl DeskPage {
    fn path(&self) -> String {
        paths::desk(self.activity.id())
    }

    fn code_path(&self) -> String {
        paths::code(self.activity.id())
    }

    fn matter_path(&self) -> String {
        self.activity.matter.id.path()
    }

    fn may_open(&self) -> bool {
        self.own && self.activity.has_not_opened() && self.activity.is_running()
    }

    fn may_end(&self) -> bool {
        self.own && self.activity.is_checking_in()
    }

    /// At the desk; once check-in has ended, for who was there and is not on the list.
    fn may_check_in(&self) -> bool {
        self.own && self.activity.is_running() && !self.activity.has_not_opened()
    }

    fn turnout(&self) -> String {
        let counts = self.activity.counts;
        percent(u64::from(counts.present), u64::from(counts.taken))
    }
}

async fn page<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: MatterId,
    submitted: Submitted<DeskForm>,
    person: PersonField,
    after: &AfterDesk,
) -> Result<DeskPage, Failure> {
    let mut db = app.read().await?;
    let activity = seen(&mut db, acting, id).await?;
    let ratings = store::ratings(&mut db, id).await?;
    let said = strip(&[
        PartCount::new("pass", "满意", ratings.satisfied),
        PartCount::new("warn", "基本满意", ratings.mostly),
        PartCount::new("fail", "不满意", ratings.dissatisfied),
    ]);
    let own = activity.matter.union().is_own_of(acting.office());
    let ReachByPart { colleges, grades } = store::reach(&mut db, acting.institution(), id).await?;
    let Submitted { form, errors } = submitted;
    let participants = store::participants(&mut db, id).await?;
    Ok(DeskPage {
        chrome: app.chrome(acting.person(), &activity.matter.says.title).under(DESK, "活动开展"),
        done: after.says(&participants),
        participants,
        colleges: drawn(colleges),
        grades: drawn(grades),
        activity,
        ratings,
        said,
        own,
        form,
        person,
        errors,
    })
}

/// What was just done at the desk, and to whom: a wrong number is seen at once.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AfterDesk {
    done: String,
    who: String,
}

impl AfterDesk {
    fn says(&self, listed: &[Participant]) -> String {
        let says = Done::said(&self.done);
        let who = listed.iter().find(|one| one.checked_in_at.is_some() && one.student.to_string() == self.who);
        who.map_or_else(|| says.to_owned(), |one| format!("{}（{}，{}）：{says}", one.name, one.number, one.class))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<MatterId>,
    Query(after): Query<AfterDesk>,
) -> Result<DeskPage, Failure> {
    page(&app, &acting, id, Submitted::default(), PersonField::default(), &after).await
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/code.html")]
pub(super) struct CodePage {
    chrome: Chrome,
    activity: Activity,
    qr: Qr,
    done: &'static str,
}

impl CodePage {
    fn path(&self) -> String {
        paths::code(self.activity.id())
    }
}

/// An activity of the office's own union.
async fn own(app: &App, acting: &Acting<MatterFiler>, id: MatterId) -> Result<Activity, Failure> {
    let activity = seen(&mut *app.read().await?, acting, id).await?;
    if activity.matter.union().is_own_of(acting.office()) { Ok(activity) } else { Err(Failure::Missing) }
}

pub(super) async fn code(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Origin(origin): Origin,
    Path(id): Path<MatterId>,
    Query(After { done }): Query<After>,
) -> Result<CodePage, Failure> {
    let activity = own(&app, &acting, id).await?;
    let qr = Qr::new(&format!("{origin}{}", paths::here(id, &activity.code)))?;
    let chrome = app
        .chrome(acting.person(), "签到码")
        .under(DESK, "活动开展")
        .under(&paths::desk(id), &activity.matter.says.title);
    Ok(CodePage { chrome, activity, qr, done: Done::said(&done) })
}

pub(super) async fn new_code(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    own(&app, &acting, id).await?;
    app.write_as(acting.person().authority(), async |db| {
        let activity = store::lock(db, acting.institution(), id).await?;
        store::set_code(db, &activity, &readable(20, 5)).await
    })
    .await?;
    Ok(Redirect::to(&Done::CodeMade.at(&paths::code(id))))
}

async fn set(app: &App, acting: &Acting<MatterFiler>, id: MatterId, from: CheckIn, to: CheckIn) -> Result<(), Failure> {
    let now = app.clock.now();
    own(app, acting, id).await?;
    let wanted = if to == CheckIn::Open { "开始签到" } else { "结束签到" };
    app.write_as(acting.person().authority(), async |db| {
        let activity = store::lock(db, acting.institution(), id).await?;
        if activity.check_in != from || !activity.is_running() {
            let says = if activity.is_running() { activity.check_in.label() } else { "这项活动现在没有批准" };
            return Err(
                desk_refusal(app, acting, wanted, paths::desk(id)).for_reason(says, "请打开这项活动，看看现在的情况")
            );
        }
        // People who come in are its start, whoever notes it later: what has to be reported first was.
        if to == CheckIn::Open && activity.matter.is_approved() {
            let plans = calendar(db, acting.institution()).await?;
            let plan = plans.in_force(now.date());
            let begun = matters::may_begin(db, &activity.matter, plan.as_deref(), now).await?;
            if let Err(findings) = begun.permit() {
                return Err(desk_refusal(app, acting, wanted, paths::desk(id)).because(findings));
            }
            move_up(db, &activity, now).await?;
        }
        if !store::set_check_in(db, &activity, to).await? {
            return Err(Failure::Busy);
        }
        let entry = Entry::new(MatterVerb::MatterKept, activity.matter.name()).detail("办理", wanted);
        audit::append(db, acting.person(), entry, now).await
    })
    .await
}

pub(super) async fn open(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    set(&app, &acting, id, CheckIn::NotYet, CheckIn::Open).await?;
    Ok(Redirect::to(&Done::CheckInOpen.at(&paths::desk(id))))
}

pub(super) async fn end(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
) -> Result<Redirect, Failure> {
    set(&app, &acting, id, CheckIn::Open, CheckIn::Ended).await?;
    Ok(Redirect::to(&Done::CheckInEnded.at(&paths::desk(id))))
}

fn found(one: &Participant) -> Found {
    Found { number: one.number.clone(), name: one.name.clone(), class: one.class.clone(), college: one.college.clone() }
}

/// Whom of the list somebody at the desk means: by number, by name, by name with class; several where that is not clear.
fn meant<'p>(listed: &'p [Participant], form: &DeskForm) -> Vec<&'p Participant> {
    let all: Vec<Found> = listed.iter().map(found).collect();
    let (named, _) = Sought::read(&form.number).pick(&ByKey::of(&all), Rest::Class);
    let named: Vec<&Participant> =
        listed.iter().filter(|one| named.iter().any(|found| found.number == one.number)).collect();
    let picked = number_key(&form.pick);
    match named.iter().find(|one| number_key(&one.number) == picked) {
        Some(one) => vec![*one],
        None => named,
    }
}

/// Those to choose from.
fn to_choose(meant: &[&Participant]) -> PersonField {
    PersonField { choices: meant.iter().copied().map(found).collect(), ..PersonField::default() }
}

/// Checks somebody in at the desk who cannot read the code, or did not.
pub(super) async fn check_in(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<MatterId>,
    Form(form): Form<DeskForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    own(&app, &acting, id).await?;
    let listed = store::participants(&mut *app.read().await?, id).await?;
    let mut person = PersonField::default();
    match meant(&listed, &form).as_slice() {
        [] => errors.add("number", "名单里没有这个人，请核对学号或姓名"),
        [one] => {
            let student = one.student;
            let came = app
                .write_as(acting.person().authority(), async |db| {
                    let activity = store::lock(db, acting.institution(), id).await?;
                    if !activity.is_running() || activity.has_not_opened() {
                        let says = if activity.is_running() {
                            activity.check_in.label()
                        } else {
                            "这项活动现在没有批准，或者已经办结"
                        };
                        return Err(desk_refusal(&app, &acting, "签到", paths::desk(id))
                            .for_reason(says, "请打开这项活动，看看现在的情况"));
                    }
                    store::check_in(db, &activity, student, Way::Desk, now).await
                })
                .await?;
            let done = match came {
                CheckedIn::Now => Some(Done::CheckedIn),
                CheckedIn::Already => Some(Done::CheckedInBefore),
                CheckedIn::No => None,
            };
            match done {
                Some(done) => {
                    let to = format!("{}&who={student}", done.at(&paths::desk(id)));
                    return Ok(Redirect::to(&to).into_response());
                }
                None => errors.add("number", "还在候补，没有名额"),
            }
        }
        several => {
            errors.add("number", "有重名，请选定是哪一位");
            person = to_choose(several);
        }
    }
    let page = page(&app, &acting, id, Submitted::new(form, errors), person, &AfterDesk::default()).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
