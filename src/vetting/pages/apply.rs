//! 报名: open rounds for a student, whether they meet the conditions, applying, and following it to the end.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::Date;

use super::{ConditionText, StepView, asks, calendar, case::picture, evidence_today, said, steps};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{CaseId, PlaceId, RoundId, StudentId},
    page::{chrome::Chrome, filters},
    rules::{
        Plan, Rule,
        chain::{Stage, begin},
        plan::Body,
        vetting::{Source, may_apply},
    },
    unions::{store as unions_store, union::Fact},
    vetting::{
        case::{CandidateText, Case, Evidence, Opinion, Origin},
        forms::{Application, ApplyForm, sources},
        photo::redraw,
        round::{Phase, Round},
        store::{self, CaseFilter, NewCase, RoundFilter, Submission},
    },
    web::forms::{Done, Errors, Upload},
};

/// The student that a person is.
fn student(person: &SignedIn) -> Result<StudentId, Failure> {
    person.student.ok_or(Failure::Missing)
}

async fn fact_of(app: &App, student: StudentId, basis: Option<&str>) -> Result<Fact, Failure> {
    let facts = unions_store::facts_over(&mut *app.read().await?, &[student.0], basis, app.clock.today()).await?;
    facts.into_iter().next().ok_or(Failure::Missing)
}

async fn own_cases(app: &App, person: &SignedIn, only: CaseFilter) -> Result<Vec<Case>, Failure> {
    let only = CaseFilter { student: Some(student(person)?), ..only };
    Ok(store::cases(&mut *app.read().await?, person.institution, None, &only).await?.0)
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/apply_list.html")]
pub(super) struct ApplicationsPage {
    chrome: Chrome,
    is_student: bool,
    open: Vec<Round>,
    mine: Vec<(Case, Round)>,
    notices: Vec<store::PublicNotice>,
    today: Date,
}

pub(super) async fn list(State(app): State<App>, person: SignedIn) -> Result<ApplicationsPage, Failure> {
    let today = app.clock.today();
    let chrome = app.chrome(&person, "报名");
    let Some(student) = person.student else {
        return Ok(ApplicationsPage {
            chrome,
            is_student: false,
            open: Vec::new(),
            mine: Vec::new(),
            notices: Vec::new(),
            today,
        });
    };
    let notices = store::on_notice(&mut *app.read().await?, person.institution, today).await?;
    let all = store::rounds(&mut *app.read().await?, person.institution, RoundFilter::default()).await?;
    let fact = fact_of(&app, student, None).await?;
    let mine: Vec<(Case, Round)> = own_cases(&app, &person, CaseFilter::default())
        .await?
        .into_iter()
        .rev()
        .filter_map(|case| all.iter().find(|round| round.id == case.round).cloned().map(|round| (case, round)))
        .collect();
    let fits = |round: &Round| {
        let taken = mine.iter().any(|(case, of)| {
            of.id == round.id && !matches!(case.stage, Stage::Withdrawn | Stage::Refused | Stage::Lapsed)
        });
        matches!(round.phase(&today), Phase::Open | Phase::Coming)
            && round.union.misfit(&fact, today).is_none()
            && !taken
    };
    let open = all.iter().filter(|round| fits(round)).cloned().collect();
    Ok(ApplicationsPage { chrome, is_student: true, open, mine, notices, today })
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/apply.html")]
pub(super) struct ApplyPage {
    chrome: Chrome,
    round: Round,
    phase: Phase,
    /// The case that is confirmed or handed in again.
    case: Option<Case>,
    evidence: Option<Evidence>,
    /// May apply, by the facts of today.
    eligible: bool,
    /// The student cannot be in this union, or has applied already.
    barred: Option<String>,
    asks: Vec<ConditionText>,
    sources: Vec<Source>,
    /// The plan names no sources: the question is practice.
    silent: bool,
    pledge: String,
    form: ApplyForm,
    errors: Errors,
    photo: bool,
    /// Places whose seats are all decided.
    full: Vec<PlaceId>,
}

/// What the governing plan says of pledge and sources, with its conditions.
fn of_plan(plan: Option<&Plan>) -> (String, bool, Vec<ConditionText>) {
    let pledge =
        plan.and_then(|plan| plan.figures.pledge.clone()).unwrap_or_else(|| "学生会工作人员自律要求".to_owned());
    let silent = plan.is_none_or(|plan| plan.provision(Rule::Vet04).is_none());
    (pledge, silent, plan.map(asks).unwrap_or_default())
}

async fn page(
    app: &App,
    person: &SignedIn,
    (round, case): (Round, Option<Case>),
    (form, errors): (ApplyForm, Errors),
) -> Result<ApplyPage, Failure> {
    let (today, id) = (app.clock.today(), student(person)?);
    let fact = fact_of(app, id, round.basis.as_deref()).await?;
    let plans = calendar(&mut *app.read().await?, person.institution).await?;
    let evidence = evidence_today(&plans, &fact, today);
    let mut barred = round.union.misfit(&fact, today);
    if case.is_none() {
        let live = own_cases(app, person, CaseFilter { round: Some(round.id), ..CaseFilter::default() }).await?;
        let taken = live.iter().any(|case| !matches!(case.stage, Stage::Withdrawn | Stage::Refused | Stage::Lapsed));
        barred = barred.or_else(|| taken.then(|| "你已在本轮报名，进度看“报名”页".to_owned()));
    }
    let photo = match &case {
        Some(case) => store::words(&mut *app.read().await?, case.id).await?.photo,
        None => false,
    };
    let (pledge, silent, asks) = of_plan(plans.in_force(today).as_deref());
    let title = if case.is_some() { "填写并提交" } else { "报名" };
    let chrome = app.chrome(person, title).under("/apply", "报名");
    let sources = sources(round.presidium);
    let full = store::full_places(&mut *app.read().await?, &round).await?;
    Ok(ApplyPage {
        chrome,
        phase: round.phase(&today),
        eligible: evidence.as_ref().is_some_and(Evidence::is_met),
        evidence,
        barred,
        asks,
        sources,
        silent,
        pledge,
        form,
        errors,
        photo,
        full,
        round,
        case,
    })
}

async fn round_of(app: &App, person: &SignedIn, id: RoundId) -> Result<Round, Failure> {
    store::round(&mut *app.read().await?, person.institution, id).await?.ok_or(Failure::Missing)
}

pub(super) async fn ask(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
) -> Result<ApplyPage, Failure> {
    let round = round_of(&app, &person, id).await?;
    page(&app, &person, (round, None), (ApplyForm::default(), Errors::default())).await
}

/// Nobody is chosen for what they have.
pub(super) const HOLDS: &str = "届时仍任同一岗位，不必再报";

/// What became of handing in.
enum Sent {
    In(CaseId),
    Unfit(&'static str, String),
}

/// Reads the form and the photo, or leaves an error beside each field.
async fn read(
    app: &App,
    person: &SignedIn,
    (round, upload): (&Round, &Upload),
    (form, errors): (&ApplyForm, &mut Errors),
) -> Result<Option<(Application, String, Option<Vec<u8>>)>, Failure> {
    let plans = calendar(&mut *app.read().await?, person.institution).await?;
    let (pledge, silent, _) = of_plan(plans.in_force(app.clock.today()).as_deref());
    let applied = form.read(round, true, silent, errors);
    let pledged = form.pledged(errors);
    let mut photo = None;
    if let Some(file) = upload.file.clone() {
        match app.heavy(move || redraw(&file)).await? {
            Ok(jpeg) => photo = Some(jpeg),
            Err(why) => errors.add("file", why),
        }
    }
    Ok(applied.filter(|_| pledged && errors.is_empty()).map(|applied| (applied, pledge, photo)))
}

/// Judges the candidate in the transaction that writes: enrolled, of the union, and meeting the conditions.
async fn judge(
    db: &mut sqlx::PgConnection,
    person: &SignedIn,
    (student, round): (StudentId, &Round),
    today: Date,
    refusal: Refusal,
) -> Result<Result<(Fact, Evidence), Sent>, Failure> {
    unions_store::hold_students(db, person.institution, std::slice::from_ref(&person.number)).await?;
    let facts = unions_store::facts_over(db, &[student.0], round.basis.as_deref(), today).await?;
    let fact = facts.into_iter().next().ok_or(Failure::Missing)?;
    if let Some(says) = round.union.misfit(&fact, round.effective_on) {
        return Ok(Err(Sent::Unfit("place", says)));
    }
    let plans = calendar(db, person.institution).await?;
    let Some(plan) = plans.in_force(today) else {
        return Ok(Err(Sent::Unfit("place", "本校没有在用的实施方案，不能报名".to_owned())));
    };
    match may_apply(&plan, &fact.member(None, today)).permit() {
        Ok(eligible) => {
            let evidence = Evidence::take(&fact, eligible.findings(), today);
            Ok(Ok((fact, evidence)))
        }
        Err(findings) => Err(refusal.because(findings)),
    }
}

fn late(round: &Round) -> String {
    match &round.ended_why {
        Some(why) => format!("本轮已结束（{why}），没有提交；填写的内容还在下面"),
        None => format!("本轮报名到 {} 截止，没有提交；填写的内容还在下面", round.closes_on),
    }
}

fn submission(applied: Application, pledge: String, evidence: Evidence) -> Submission {
    let Application { place, source, field, statement, experience } = applied;
    Submission { place, source, field, statement, experience, pledge, evidence }
}

pub(super) async fn act(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (student, form) = (student(&person)?, ApplyForm::of(&upload));
    let round = round_of(&app, &person, id).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if round.phase(&today) != Phase::Open {
        errors.add("place", late(&round));
    }
    let Some((applied, pledge, photo)) = read(&app, &person, (&round, &upload), (&form, &mut errors)).await? else {
        return Ok((unfit, page(&app, &person, (round, None), (form, errors)).await?).into_response());
    };
    let refusal = Refusal {
        chrome: app.chrome(&person, "报名").under("/apply", "报名"),
        wanted: format!("报名：{}", round.title),
        back: format!("/apply/{id}"),
    };
    let actor = person.clone();
    let sent = app
        .write_as(person.authority(), async move |db| {
            let round = store::hold_round(db, actor.institution, id, false).await?;
            if round.phase(&today) != Phase::Open {
                return Ok(Sent::Unfit("place", late(&round)));
            }
            let (fact, evidence) = match judge(db, &actor, (student, &round), today, refusal).await? {
                Ok(found) => found,
                Err(sent) => return Ok(sent),
            };
            if store::holds_place(db, &round, (student, applied.place)).await? {
                return Ok(Sent::Unfit("place", HOLDS.to_owned()));
            }
            if store::full_places(db, &round).await?.contains(&applied.place) {
                return Ok(Sent::Unfit("place", "这个岗位的名额已全部确定，请选其他岗位".to_owned()));
            }
            let new = NewCase { round: &round, fact: &fact, origin: Origin::Applied, prepared: None };
            let submission = submission(applied, pledge, evidence);
            let Some(case) = store::hand_in(db, actor.institution, &new, &submission, now).await? else {
                return Ok(Sent::Unfit("place", "你已在本轮报名，不必重复提交".to_owned()));
            };
            if let Some(jpeg) = photo {
                store::set_photo(db, case, &jpeg).await?;
            }
            let entry = Entry::about(Verb::CaseKept, student)
                .detail("轮次", round.title.clone())
                .detail("办理", "报名")
                .under(&round.chain.clause());
            audit::append(db, &actor, entry, now).await?;
            Ok(Sent::In(case))
        })
        .await?;
    match sent {
        Sent::In(case) => Ok(Redirect::to(&format!("/applications/{case}?done=applied")).into_response()),
        Sent::Unfit(field, says) => {
            errors.add(field, says);
            Ok((unfit, page(&app, &person, (round, None), (form, errors)).await?).into_response())
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/application.html")]
pub(super) struct ApplicationPage {
    chrome: Chrome,
    case: Case,
    round: Round,
    words: CandidateText,
    steps: Vec<StepView>,
    /// When each step was passed, without who.
    log: Vec<(String, time::OffsetDateTime)>,
    may_withdraw: bool,
    may_edit: bool,
    errors: Errors,
    done: &'static str,
}

async fn own(app: &App, person: &SignedIn, id: CaseId) -> Result<(Case, Round), Failure> {
    let found = own_cases(app, person, CaseFilter { ids: Some(vec![id.0]), ..CaseFilter::default() }).await?;
    let case = found.into_iter().next().ok_or(Failure::Missing)?;
    let round = round_of(app, person, case.round).await?;
    Ok((case, round))
}

async fn application_page(
    app: &App,
    person: &SignedIn,
    id: CaseId,
    (errors, done): (Errors, &'static str),
) -> Result<ApplicationPage, Failure> {
    let (case, round) = own(app, person, id).await?;
    let mut db = app.read().await?;
    let words = store::words(&mut db, id).await?;
    let opinions = store::opinions_of(&mut db, &[id.0]).await?;
    let line = |opinion: &Opinion| match opinion.verdict.as_str() {
        "agree" => (format!("{}：{}", opinion.act, opinion.verdict_label()), opinion.at),
        _ => (format!("{}：{}。{}", opinion.act, opinion.verdict_label(), opinion.says), opinion.at),
    };
    let mut log: Vec<(String, time::OffsetDateTime)> = opinions.iter().map(line).collect();
    log.extend(case.submitted_at.map(|at| ("提交".to_owned(), at)));
    log.sort_by_key(|(_, at)| *at);
    let chrome = app.chrome(person, "报名进度").under("/apply", "报名");
    Ok(ApplicationPage {
        chrome,
        steps: steps(&round, &case, &opinions, false),
        log,
        may_withdraw: case.stage.is_under_way() || case.stage == Stage::Passed,
        may_edit: matches!(case.stage, Stage::Invited | Stage::Returned) && round.ended_why.is_none(),
        case,
        round,
        words,
        errors,
        done,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
    Query(Done { done }): Query<Done>,
) -> Result<ApplicationPage, Failure> {
    application_page(&app, &person, id, (Errors::default(), said(&done))).await
}

pub(super) async fn edit(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    let (case, round) = own(&app, &person, id).await?;
    if !matches!(case.stage, Stage::Invited | Stage::Returned) {
        return Ok(Redirect::to(&format!("/applications/{id}")).into_response());
    }
    let words = store::words(&mut *app.read().await?, id).await?;
    let form = ApplyForm {
        place: case.place.to_string(),
        source: case.source.map(Source::slug).unwrap_or_default().to_owned(),
        field: case.field.clone(),
        statement: words.statement,
        experience: words.experience,
        ..ApplyForm::default()
    };
    Ok(page(&app, &person, (round, Some(case)), (form, Errors::default())).await?.into_response())
}

/// The body that named the candidate and signed.
fn recommender(case: &Case, opinions: &[Opinion]) -> Option<Body> {
    let first = opinions.iter().find(|one| (one.visit, one.step) == (0, 0) && one.agreed())?;
    let body = serde_json::from_value(serde_json::Value::String(first.body.clone())).ok()?;
    (case.stage == Stage::Invited && case.origin == Origin::Recommended).then_some(body)
}

pub(super) async fn hand_in(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (student, form) = (student(&person)?, ApplyForm::of(&upload));
    let (case, round) = own(&app, &person, id).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Some((applied, pledge, photo)) = read(&app, &person, (&round, &upload), (&form, &mut errors)).await? else {
        return Ok((unfit, page(&app, &person, (round, Some(case)), (form, errors)).await?).into_response());
    };
    let refusal = Refusal {
        chrome: app.chrome(&person, "填写并提交").under("/apply", "报名"),
        wanted: format!("提交：{}", round.title),
        back: format!("/applications/{id}/edit"),
    };
    let actor = person.clone();
    let sent = app
        .write_as(person.authority(), async move |db| {
            let (case, round) = store::hold_case(db, actor.institution, id).await?;
            // Who was named confirms while one may apply; what came back may be handed in until the round ends.
            let open = match case.stage {
                Stage::Invited => round.phase(&today) == Phase::Open,
                _ => round.ended_why.is_none(),
            };
            if !open {
                return Ok(Sent::Unfit("place", late(&round)));
            }
            let (_, evidence) = match judge(db, &actor, (student, &round), today, refusal).await? {
                Ok(found) => found,
                Err(sent) => return Ok(sent),
            };
            if store::holds_place(db, &round, (student, applied.place)).await? {
                return Ok(Sent::Unfit("place", HOLDS.to_owned()));
            }
            let opinions = store::opinions_of(db, &[id.0]).await?;
            // A recommendation is for the place that it names.
            let recommended = recommender(&case, &opinions).filter(|_| applied.place == case.place);
            let stage = begin(&round.chain, recommended);
            let submission = submission(applied, pledge, evidence);
            if !store::resubmit(db, (&case, &round), &submission, stage, now).await? {
                return Ok(Sent::Unfit("place", format!("这件现在{}，不能再提交", case.stage.label())));
            }
            if let Some(jpeg) = photo {
                store::set_photo(db, id, &jpeg).await?;
            }
            let how = if case.stage == Stage::Invited { "确认推荐" } else { "修改后再提交" };
            let entry = Entry::about(Verb::CaseKept, student)
                .detail("轮次", round.title.clone())
                .detail("办理", how)
                .under(&round.chain.clause());
            audit::append(db, &actor, entry, now).await?;
            Ok(Sent::In(id))
        })
        .await?;
    match sent {
        Sent::In(case) => Ok(Redirect::to(&format!("/applications/{case}?done=confirmed")).into_response()),
        Sent::Unfit(field, says) => {
            errors.add(field, says);
            Ok((unfit, page(&app, &person, (round, Some(case)), (form, errors)).await?).into_response())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct WithdrawForm {
    #[serde(default)]
    confirm: String,
}

pub(super) async fn withdraw(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
    Form(form): Form<WithdrawForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    own(&app, &person, id).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if form.confirm != "yes" {
        errors.add("confirm", "请勾选确认；撤回后本件作废，报名期内可以重新报名");
        return Ok((unfit, application_page(&app, &person, id, (errors, "")).await?).into_response());
    }
    let actor = person.clone();
    let gone = app
        .write_as(person.authority(), async move |db| {
            let (case, round) = store::hold_case(db, actor.institution, id).await?;
            let gone = store::withdraw(db, id, "本人撤回", now).await?;
            if gone {
                let entry = Entry::about(Verb::CaseKept, case.student)
                    .detail("轮次", round.title.clone())
                    .detail("办理", "本人撤回");
                audit::append(db, &actor, entry, now).await?;
            }
            Ok(gone)
        })
        .await?;
    if !gone {
        errors.add("confirm", "这件已有结论，不能撤回");
        return Ok((unfit, application_page(&app, &person, id, (errors, "")).await?).into_response());
    }
    Ok(Redirect::to(&format!("/applications/{id}?done=withdrawn")).into_response())
}

pub(super) async fn photo(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    own(&app, &person, id).await?;
    picture(store::photo(&mut *app.read().await?, id).await?)
}
