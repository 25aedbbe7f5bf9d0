//! The pages 退出与交接, for the offices that manage a union (DIS-05): posts end by a ground, the union is judged again,
//! and what was in hand is handed over.

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
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    exit::Exit,
    exits_store::{self as store, ExitFilter, LeavingDay, NewExit, OfficerWithoutHandover, Removal},
    forms::{ExitForm, ExitSays, SaysForm, exit_day},
    lapse::Lapse,
    lapses_store::{self, Failing},
    paths::{Done, EXITS, LEAVING},
    terms::terms,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{ConductCaseId, ExitId, StudentId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    people::find::{Among, PersonField, Search},
    rulebook::store::calendar,
    rules::{
        Finding, Outcome, Plan, Rule,
        appointment::conditions,
        conduct::{ExitFacts, ExitKind, FailedReviews, leave},
    },
    unions::{
        Verb as UnionVerb,
        store::{self as unions, Grounds, LockedUnion},
        union::{PostRow, Record, StudentUnion},
    },
    web::forms::{Attempt, Done as After, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/exits", list)
        .post("/exits", begin)
        .get("/exits/{exit}", show)
        .post("/exits/{exit}/grant", grant)
        .post("/exits/{exit}/refuse", refuse)
        .post("/exits/{exit}/confirm", confirm)
}

/// An exit that the office itself begins, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct BeginForm {
    union: String,
    number: String,
    pick: String,
    #[serde(flatten)]
    exit: ExitForm,
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/exits.html")]
struct ExitsPage {
    chrome: Chrome,
    open: Vec<Exit>,
    ended: Vec<Exit>,
    /// Decisions that remove somebody who still holds a post.
    removals: Vec<Removal>,
    /// Officers with as many results 不合格 as open an exit.
    failing: Vec<Failing>,
    /// Officers who no longer meet the conditions.
    lapses: Vec<Lapse>,
    /// People who hold no post any more and have not handed over.
    left: Vec<OfficerWithoutHandover>,
    unions: Vec<StudentUnion>,
    kinds: Vec<ExitKind>,
    person: PersonField,
    form: BeginForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    person: PersonField,
    submitted: Submitted<BeginForm>,
    done: &'static str,
) -> Result<ExitsPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let mut unions = unions::list(&mut db, acting.institution(), None).await?;
    unions.retain(|union| union.is_managed_by(acting.office()) && union.opened_on.is_some());
    let managed = |id: UnionId| unions.iter().any(|union| union.id == id);
    let mut all = store::exits(&mut db, acting.institution(), ExitFilter::default()).await?;
    let is_own = |student: StudentId| acting.person().student == Some(student);
    all.retain(|exit| managed(exit.union) && !is_own(exit.student));
    let mut removals = store::removals(&mut db, acting.institution(), None, today).await?;
    removals.retain(|removal| managed(removal.union));
    let times = terms(&mut db, acting.institution()).await?.failed_reviews;
    let mut failing = lapses_store::failing(&mut db, acting.institution(), times, today).await?;
    failing.retain(|one| managed(one.union));
    let mut lapses = lapses_store::lapses(&mut db, acting.institution(), None, today).await?;
    lapses.retain(|lapse| managed(lapse.union) && !is_own(lapse.student));
    let mut left = store::left(&mut db, acting.institution(), None, today).await?;
    left.retain(|one| managed(one.union));
    let (open, ended) = all.into_iter().partition(Exit::is_open);
    // What only the officer can ask for is not offered to the office.
    let own = |kind: &ExitKind| matches!(kind, ExitKind::Resignation | ExitKind::Accountable);
    let kinds = ExitKind::ALL.iter().copied().filter(|kind| !own(kind)).collect();
    let Submitted { mut form, errors } = submitted;
    if form.exit.day.is_empty() {
        form.exit.day = today.to_string();
    }
    let chrome = app.chrome(acting.person(), "退出与交接");
    Ok(ExitsPage {
        chrome,
        open,
        ended,
        removals,
        failing,
        lapses,
        left,
        unions,
        kinds,
        person,
        form,
        errors,
        today,
        done,
    })
}

fn search(app: &App, acting: &Acting<UnionKeeper>) -> Search {
    Search::of(acting, Among::Students, app.clock.today())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ExitsQuery {
    done: String,
    union: String,
    number: String,
    kind: String,
}

async fn list(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Query(ExitsQuery { done, union, number, kind }): Query<ExitsQuery>,
) -> Result<ExitsPage, Failure> {
    let exit = ExitForm { kind, ..ExitForm::default() };
    let form = BeginForm { union, number, exit, ..BeginForm::default() };
    let field = PersonField::new(&search(&app, &acting));
    page(&app, &acting, field, Submitted::new(form, Errors::default()), Done::said(&done)).await
}

/// Who leaves, and whether they asked for it.
#[derive(Clone, Copy)]
struct Leaver {
    student: StudentId,
    requested: bool,
}

/// What the rules know of somebody who leaves.
async fn facts(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    record: &Record,
    plan: &Plan,
    leaver: Leaver,
    today: Date,
) -> Result<(ExitFacts, Option<ConductCaseId>), Failure> {
    let Leaver { student, requested } = leaver;
    let of_union = |removal: &Removal| removal.union == record.union.id;
    let removals = store::removals(db, acting.institution(), Some(student), today).await?;
    let case = removals.iter().find(|removal| of_union(removal)).map(|removal| removal.case);
    let known = record.facts.iter().find(|facts| facts.student == student);
    let number = known.map(|facts| facts.number.as_str());
    let person = record.timeline.people.iter().find(|person| Some(person.number.as_str()) == number);
    let unmet = person.map(|person| conditions(plan, person)).unwrap_or_default();
    let unmet = unmet.into_iter().filter(|finding| finding.verdict == Outcome::Fail);
    let unmet = unmet.map(|finding| finding.message).collect();
    let left = known.is_some_and(|facts| facts.left_on.is_some());
    let needed = terms(db, acting.institution()).await?.failed_reviews;
    let failing = lapses_store::failing(db, acting.institution(), 1, today).await?;
    let own = failing.iter().find(|one| one.student == student && one.union == record.union.id);
    let failed = own.map_or(0, |one| u32::try_from(one.times).unwrap_or(u32::MAX));
    let reviews = FailedReviews { failed, needed };
    Ok((ExitFacts { requested, removed: case.is_some(), unmet, left, reviews }, case))
}

/// Ends every post that a student holds in a union on the first day without one, and tells them.
async fn end_posts(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    union: &LockedUnion,
    leaving: Leaving<'_>,
    now: OffsetDateTime,
) -> Result<usize, Failure> {
    let Leaving { student, day, kind, reason } = leaving;
    let grounds = Grounds { words: reason.chars().take(100).collect(), document: None, reason: None };
    let mut ended = 0;
    for post in union.posts.iter().filter(|post| post.student == student && !post.has_ended(&day)) {
        if unions::end(db, union, post.id, day, kind.label(), &grounds, now).await? {
            ended += 1;
            let entry = Entry::about(UnionVerb::PostEnded, student)
                .detail("学生会", union.union.name.clone())
                .detail("岗位", post.label_with_place())
                .detail("原因", kind.label())
                .detail("自", day.to_string());
            audit::append(db, acting.person(), entry, now).await?;
            unions::tell_end(db, union, post, day, kind.label(), now).await?;
        }
    }
    Ok(ended)
}

/// Who leaves, from when and why.
#[derive(Clone, Copy)]
struct Leaving<'a> {
    student: StudentId,
    day: Date,
    kind: ExitKind,
    reason: &'a str,
}

async fn begin(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Form(mut form): Form<BeginForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let search = search(&app, &acting);
    let pick = std::mem::take(&mut form.pick);
    let union = form.union.parse::<UnionId>().ok();
    if union.is_none() {
        errors.add("union", "请选择学生会");
    }
    let field =
        PersonField::read(&mut *app.read().await?, &search, &mut form.number, &pick, "number", &mut errors).await?;
    if form.number.is_empty() {
        errors.add("number", "请填写退出的是谁");
    }
    let says = form.exit.read(today, &mut errors);
    let (Some(union), Some(ExitSays { kind, day, reason })) = (union, says) else {
        let page = page(&app, &acting, field, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let chrome = app.chrome(acting.person(), "退出与交接").under(EXITS, "退出与交接");
    let refusal = Refusal { chrome, wanted: format!("办理退出（{}）", kind.label()), back: EXITS.to_owned() };
    let number = form.number.clone();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = unions::lock(db, &acting, union, today).await?;
            let Some(student) = store::officer(db, acting.institution(), &number, today).await? else {
                return Ok(Attempt::fault("number", "这个人没有在这个学生会任职"));
            };
            if acting.person().student == Some(student) {
                return Ok(Attempt::fault("number", "自己的退出在“我的离任”里申请，由主管团组织的其他人办理"));
            }
            let holds = locked.posts.iter().any(|post| post.student == student && !post.has_ended(&day));
            let gone = store::left(db, acting.institution(), Some(student), today).await?;
            let gone = gone.iter().find(|one| one.union == union).map(|one| one.from_day);
            // Whoever has left already hands over what they had until that day.
            let Some(day) = holds.then_some(day).or(gone) else {
                return Ok(Attempt::fault("number", "这个人在那一天已不在这个学生会任职"));
            };
            let plans = calendar(db, acting.institution()).await?;
            let plan = plans.in_force(today).ok_or(Failure::Missing)?;
            let (facts, case) = facts(db, &acting, &locked, &plan, Leaver { student, requested: false }, today).await?;
            let passed = match leave(&plan, kind, &facts).permit() {
                Ok(passed) => passed,
                Err(findings) => return Err(refusal.because(findings)),
            };
            let case = case.filter(|_| kind == ExitKind::Removal);
            let when = LeavingDay::new(day, today, terms(db, acting.institution()).await?);
            let new = NewExit { student, leaving: when, reason: &reason, case };
            let Some(id) = store::begin(db, &acting, &locked, passed, &new, now).await? else {
                return Ok(Attempt::fault("number", "这个人的退出正在办理，见下面的列表"));
            };
            let leaving = Leaving { student, day, kind, reason: &reason };
            end_posts(db, &acting, &locked, leaving, now).await?;
            let mut entry = Entry::about(Verb::ExitKept, student)
                .detail("学生会", locked.union.name.clone())
                .detail("类别", kind.label())
                .detail("自", day.to_string());
            if let Some(provision) = plan.provision(Rule::Dis05) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, acting.person(), entry, now).await?;
            tell_handover(db, &acting, student, &locked.union.name, now).await?;
            Ok(Attempt::Done(id))
        })
        .await?;
    if let Some(id) = attempt.done_or(&mut errors) {
        return Ok(Redirect::to(&Done::Granted.at(&id.path())).into_response());
    }
    let page = page(&app, &acting, field, Submitted::new(form, errors), "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Opens the handover of those whose term in a union ended with a new presidium and who hold no other post in it.
pub(crate) async fn term_ended(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    union: &LockedUnion,
    students: &[StudentId],
    day: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let plans = calendar(db, acting.institution()).await?;
    let Some(plan) = plans.in_force(now.date()) else { return Ok(()) };
    let when = LeavingDay::new(day, now.date(), terms(db, acting.institution()).await?);
    for student in students {
        let Ok(passed) = leave(&plan, ExitKind::TermEnd, &ExitFacts::default()).permit() else { continue };
        let new = NewExit { student: *student, leaving: when, reason: "换届，任期届满", case: None };
        // Whose exit is under way already hands over by that.
        if store::begin(db, acting, union, passed, &new, now).await?.is_some() {
            tell_handover(db, acting, *student, &union.union.name, now).await?;
        }
    }
    Ok(())
}

async fn tell_handover(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    student: StudentId,
    union: &str,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let notice = Notice::new(format!("请办理{union}的工作交接"), LEAVING)
        .says("写明交接的工作、资料、物品和账目，以及交给谁，由主管团组织确认。");
    inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await
}

/// An exit whose union the office manages. Nobody settles their own.
async fn managed(app: &App, acting: &Acting<UnionKeeper>, id: ExitId) -> Result<(Exit, StudentUnion), Failure> {
    let mut db = app.read().await?;
    let filter = ExitFilter { one: Some(id), ..ExitFilter::default() };
    let found = store::exits(&mut db, acting.institution(), filter).await?.into_iter().next();
    let exit = found.filter(|exit| acting.person().student != Some(exit.student)).ok_or(Failure::Missing)?;
    let union = unions::list(&mut db, acting.institution(), Some(exit.union)).await?.into_iter().next();
    let union = union.filter(|union| union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    Ok((exit, union))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct GrantForm {
    day: String,
}

/// A post that the exit leaves open, with the form by which somebody is appointed to it.
struct VacatedPost {
    label: String,
    href: String,
}

/// The posts beside the presidium that end with an exit: seats there are filled by the congress.
fn vacated(exit: &Exit, record: &Record) -> Vec<VacatedPost> {
    let ended = |post: &&PostRow| post.student == exit.student && !post.seat && post.until_day == exit.from_day;
    let open = record.posts.iter().filter(ended).filter(|_| exit.from_day.is_some());
    let one = |post: &PostRow| VacatedPost {
        label: post.label_with_place(),
        href: record.union.id.appoint_to_path(post.kind, post.department),
    };
    open.map(one).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/exit.html")]
struct ExitPage {
    chrome: Chrome,
    exit: Exit,
    /// What it leaves open beside the presidium.
    vacated: Vec<VacatedPost>,
    /// What is amiss in the union once the posts have ended.
    breaches: Vec<Finding>,
    day: String,
    refusal: SaysForm,
    errors: Errors,
    done: &'static str,
}

/// The forms of an exit as they are filled in.
#[derive(Default)]
struct ExitForms {
    day: String,
    refusal: SaysForm,
    errors: Errors,
    done: &'static str,
}

async fn exit_page(app: &App, acting: &Acting<UnionKeeper>, id: ExitId, forms: ExitForms) -> Result<ExitPage, Failure> {
    let today = app.clock.today();
    let (exit, union) = managed(app, acting, id).await?;
    let mut db = app.read().await?;
    let record = unions::record(&mut db, acting.institution(), union.id, today).await?.ok_or(Failure::Missing)?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let on = exit.from_day.unwrap_or(today).max(today);
    let judged = plans.in_force(on).and_then(|plan| record.timeline.findings(&plan, on).ok());
    let mut breaches = judged.unwrap_or_default();
    breaches.retain(|finding| finding.verdict == Outcome::Fail);
    let chrome = app.chrome(acting.person(), &format!("{}的退出", exit.name)).under(EXITS, "退出与交接");
    let ExitForms { day, refusal, errors, done } = forms;
    let day = if day.is_empty() { today.to_string() } else { day };
    let vacated = vacated(&exit, &record);
    Ok(ExitPage { chrome, exit, vacated, breaches, day, refusal, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
    Query(After { done }): Query<After>,
) -> Result<ExitPage, Failure> {
    exit_page(&app, &acting, id, ExitForms { done: Done::said(&done), ..ExitForms::default() }).await
}

async fn unfit(app: &App, acting: &Acting<UnionKeeper>, id: ExitId, forms: ExitForms) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, exit_page(app, acting, id, forms).await?).into_response())
}

fn moved_on(app: &App, acting: &Acting<UnionKeeper>, id: ExitId, wanted: &str) -> Failure {
    let chrome = app.chrome(acting.person(), wanted).under(EXITS, "退出与交接");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
        .for_reason("这一件已经办到别的环节", "请打开这一件，看看现在到哪一步")
}

async fn grant(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
    Form(form): Form<GrantForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (exit, union) = managed(&app, &acting, id).await?;
    let Some(day) = exit_day(&form.day, today, &mut errors).filter(|_| errors.is_empty()) else {
        return unfit(&app, &acting, id, ExitForms { day: form.day, errors, ..ExitForms::default() }).await;
    };
    let chrome = app.chrome(acting.person(), "同意退出").under(EXITS, "退出与交接");
    let refusal = Refusal { chrome, wanted: format!("同意{}", exit.kind.label()), back: id.path() };
    app.write_as(acting.person().authority(), async |db| {
        let locked = unions::lock(db, &acting, union.id, today).await?;
        let exit = store::lock(db, acting.institution(), id).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(today).ok_or(Failure::Missing)?;
        let (facts, _) =
            facts(db, &acting, &locked, &plan, Leaver { student: exit.student, requested: true }, today).await?;
        let passed = match leave(&plan, exit.kind, &facts).permit() {
            Ok(passed) => passed,
            Err(findings) => return Err(refusal.because(findings)),
        };
        let when = LeavingDay::new(day, today, terms(db, acting.institution()).await?);
        if !store::grant(db, &acting, &exit, passed, when, now).await? {
            return Err(moved_on(&app, &acting, id, "同意退出"));
        }
        let leaving = Leaving { student: exit.student, day, kind: exit.kind, reason: &exit.reason };
        end_posts(db, &acting, &locked, leaving, now).await?;
        let entry = Entry::about(Verb::ExitKept, exit.student)
            .detail("学生会", locked.union.name.clone())
            .detail("类别", exit.kind.label())
            .detail("自", day.to_string());
        audit::append(db, acting.person(), entry, now).await?;
        tell_handover(db, &acting, exit.student, &locked.union.name, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Granted.at(&id.path())).into_response())
}

async fn refuse(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
    Form(form): Form<SaysForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    managed(&app, &acting, id).await?;
    let Some(why) = form.read(500, "请写明为何不同意，会告诉本人", &mut errors) else {
        return unfit(&app, &acting, id, ExitForms { refusal: form, errors, ..ExitForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let exit = store::lock(db, acting.institution(), id).await?;
        if !store::refuse(db, &acting, &exit, &why, now).await? {
            return Err(moved_on(&app, &acting, id, "不同意退出"));
        }
        let entry = Entry::about(Verb::ExitKept, exit.student)
            .detail("学生会", exit.union_name.clone())
            .detail("办理", "不同意");
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("你在{}的{}未获同意", exit.union_name, exit.kind.label()), LEAVING).says(&why);
        inbox::tell(db, acting.institution(), To::Student(exit.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Refused.at(&id.path())).into_response())
}

async fn confirm(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    managed(&app, &acting, id).await?;
    app.write_as(acting.person().authority(), async |db| {
        let exit = store::lock(db, acting.institution(), id).await?;
        if !store::confirm(db, &acting, &exit, now).await? {
            return Err(moved_on(&app, &acting, id, "确认交接"));
        }
        let entry = Entry::about(Verb::ExitKept, exit.student)
            .detail("学生会", exit.union_name.clone())
            .detail("办理", "确认交接");
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("{}的工作交接已确认", exit.union_name), LEAVING);
        inbox::tell(db, acting.institution(), To::Student(exit.student), &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Confirmed.at(&id.path())))
}
