//! 报名: open rounds for a student, whether they meet the conditions, applying, and following it to the end.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

use super::{ConditionText, StepView, asks, calendar, case::picture, said, steps};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::person::SignedIn,
    failure::{Failure, Refusal},
    ids::{CaseId, PlaceId, RoundId, StudentId},
    inbox::{self, Notice},
    page::{chrome::Chrome, filters},
    picture::{PORTRAIT, redraw},
    rules::{
        Plan, Rule,
        adoption::Calendar,
        appointment::conditions,
        chain::{Decision, Stage, begin},
        education::pledge_title,
        plan::Body,
        vetting::{Source, may_apply, told_to},
    },
    text::chinese_day,
    unions::{store as unions_store, union::StudentFacts},
    vetting::{
        Verb,
        case::{BY_CANDIDATE, CandidateText, Case, Evidence, Opinion, Origin},
        forms::{Application, ApplyForm, sources},
        paths::{self, Done},
        round::{Phase, Round},
        store::{self, CaseFilter, LockedCase, NewCase, RoundFilter, Submission},
    },
    web::forms::{Attempt, Done as After, Errors, Submitted, Upload},
};

/// The student that a person is.
fn student(person: &SignedIn) -> Result<StudentId, Failure> {
    person.student.ok_or(Failure::Missing)
}

async fn fact_of(app: &App, student: StudentId, basis: Option<&str>) -> Result<StudentFacts, Failure> {
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
    let chrome = app.chrome(&person, "学生会报名");
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
        let taken = mine.iter().any(|(case, of)| of.id == round.id && !case.stage.came_to_nothing());
        matches!(round.phase(&today), Phase::Open | Phase::Coming)
            && round.why_not_candidate(&fact, today).is_none()
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

impl ApplyPage {
    /// Nobody applies to it now.
    fn is_shut(&self) -> bool {
        self.case.is_none() && self.phase != Phase::Open && self.errors.is_empty()
    }

    /// The form stands there for whoever may apply, and for whoever sent it with a fault.
    fn has_form(&self) -> bool {
        self.barred.is_none() && !self.is_shut() && (self.eligible || !self.errors.is_empty())
    }
}

/// What the governing plan asks of a candidate.
struct Requirements {
    /// The text that is pledged.
    pledge: String,
    /// The plan names no sources.
    silent: bool,
    conditions: Vec<ConditionText>,
}

impl Requirements {
    fn by(plan: Option<&Plan>) -> Self {
        let pledge = pledge_title(plan);
        let silent = plan.is_none_or(|plan| plan.provision(Rule::Vet04).is_none());
        Self { pledge, silent, conditions: plan.map(asks).unwrap_or_default() }
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    round: Round,
    case: Option<Case>,
    submitted: Submitted<ApplyForm>,
) -> Result<ApplyPage, Failure> {
    let (today, id) = (app.clock.today(), student(person)?);
    let fact = fact_of(app, id, round.basis.as_deref()).await?;
    let plans = calendar(&mut *app.read().await?, person.institution).await?;
    let evidence = own_evidence(&plans, &round, &fact, today);
    let mut barred = round.why_not_candidate(&fact, today).map(|says| said_to(&fact.name, says));
    if case.is_none() {
        let live = own_cases(app, person, CaseFilter::of_round(round.id)).await?;
        let taken = live.iter().any(|case| !case.stage.came_to_nothing());
        barred = barred.or_else(|| taken.then(|| "你已在本轮报名，进度看“学生会报名”页".to_owned()));
    }
    let photo = match &case {
        Some(case) => store::candidate_text(&mut *app.read().await?, case.id).await?.photo,
        None => false,
    };
    let required = Requirements::by(plans.in_force(today).as_deref());
    let title = if case.is_some() { "填写并提交" } else { "填写报名表" };
    let chrome = app.chrome(person, title).under(paths::APPLY, "学生会报名");
    let sources = sources(round.presidium);
    let full = store::full_places(&mut *app.read().await?, &round).await?;
    Ok(ApplyPage {
        chrome,
        phase: round.phase(&today),
        eligible: evidence.as_ref().is_some_and(Evidence::is_met),
        evidence,
        barred,
        asks: required.conditions,
        sources,
        silent: required.silent,
        pledge: required.pledge,
        form: submitted.form,
        errors: submitted.errors,
        photo,
        full,
        round,
        case,
    })
}

/// What is said of a student, as it is said to them.
fn said_to(name: &str, says: String) -> String {
    match says.strip_prefix(name) {
        Some(rest) => format!("你{rest}"),
        None => says,
    }
}

/// What the conditions say of a student today, in words to them; none where no plan governs.
fn own_evidence(plans: &Calendar, round: &Round, fact: &StudentFacts, today: Date) -> Option<Evidence> {
    let plan = plans.in_force(today)?;
    let person = round.candidate(fact.member(None, today));
    Some(Evidence::take(fact, &told_to(&person, &conditions(&plan, &person)), today))
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
    page(&app, &person, round, None, Submitted::default()).await
}

/// Why a person cannot apply for the post that they will still hold.
pub(super) const HOLDS: &str = "届时仍任同一岗位，不必再报";

/// An application that could be read.
struct ReadApplication {
    application: Application,
    pledge: String,
    photo: Option<Vec<u8>>,
}

impl ReadApplication {
    fn with(self, evidence: Evidence) -> Submission {
        let Application { place, source, field, statement, experience } = self.application;
        Submission { place, source, field, statement, experience, pledge: self.pledge, evidence, photo: self.photo }
    }
}

/// Reads the form and the photo, or leaves an error beside each field.
async fn read(
    app: &App,
    person: &SignedIn,
    round: &Round,
    file: Option<Bytes>,
    submitted: &mut Submitted<ApplyForm>,
) -> Result<Option<ReadApplication>, Failure> {
    let Submitted { form, errors } = submitted;
    let plans = calendar(&mut *app.read().await?, person.institution).await?;
    let Requirements { pledge, silent, .. } = Requirements::by(plans.in_force(app.clock.today()).as_deref());
    let application = form.read(round, true, silent, errors);
    let mut photo = None;
    if let Some(file) = file {
        match app.heavy_in_turn(person.account, move || redraw(&file, PORTRAIT)).await? {
            Ok(jpeg) => photo = Some(jpeg),
            Err(why) => errors.add("file", why),
        }
    }
    let pledged = form.pledged(errors);
    let application = application.filter(|_| pledged && errors.is_empty());
    Ok(application.map(|application| ReadApplication { application, pledge, photo }))
}

/// A candidate who may be one today.
struct Judged {
    fact: StudentFacts,
    evidence: Evidence,
}

/// Judges the candidate in the transaction that writes: enrolled, of the union, and meeting the conditions.
async fn judge(
    db: &mut PgConnection,
    person: &SignedIn,
    round: &Round,
    place: PlaceId,
    today: Date,
    refusal: Refusal,
) -> Result<Attempt<Judged>, Failure> {
    let student = student(person)?;
    unions_store::hold_students(db, person.institution, std::slice::from_ref(&person.number)).await?;
    let facts = unions_store::facts_over(db, &[student.0], round.basis.as_deref(), today).await?;
    let fact = facts.into_iter().next().ok_or(Failure::Missing)?;
    if let Some(says) = round.why_not_candidate(&fact, round.effective_on) {
        return Ok(Attempt::fault("place", said_to(&fact.name, says)));
    }
    let plans = calendar(db, person.institution).await?;
    let Some(plan) = plans.in_force(today) else {
        return Ok(Attempt::fault("place", "本校没有在用的实施方案，不能报名"));
    };
    let candidate = round.candidate(fact.member(None, today));
    let evidence = match may_apply(&plan, &candidate).permit() {
        Ok(eligible) => Evidence::take(&fact, eligible.findings(), today),
        Err(findings) => return Err(refusal.because(told_to(&candidate, &findings))),
    };
    if store::holds_place(db, round, student, place).await? {
        return Ok(Attempt::fault("place", HOLDS));
    }
    Ok(Attempt::Done(Judged { fact, evidence }))
}

fn late(round: &Round) -> String {
    match &round.ended_why {
        Some(why) => format!("本轮已结束（{why}），没有提交；填写的内容还在下面"),
        None => format!("本轮报名到{}截止，没有提交；填写的内容还在下面", chinese_day(round.closes_on)),
    }
}

/// What the record says of an application.
fn entry(student: StudentId, round: &Round, how: &str) -> Entry {
    Entry::about(Verb::CaseKept, student)
        .detail("轮次", round.title.clone())
        .detail("办理", how)
        .under(&round.chain.clause())
}

/// The page after handing in, or the form again with what is wrong.
async fn answer(
    app: &App,
    person: &SignedIn,
    round: Round,
    case: Option<Case>,
    form: ApplyForm,
    attempt: Attempt<String>,
) -> Result<Response, Failure> {
    let (field, says) = match attempt {
        Attempt::Done(onward) => return Ok(Redirect::to(&onward).into_response()),
        Attempt::Fault(field, says) => (field, says),
        Attempt::NeedsReason(_) => return Err(anyhow::anyhow!("conditions are not passed by a reason").into()),
    };
    let page = page(app, person, round, case, Submitted::with_fault(form, field, says)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn act(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let student = student(&person)?;
    let mut submitted = Submitted::new(ApplyForm::of(&upload), Errors::default());
    let round = round_of(&app, &person, id).await?;
    if round.phase(&today) != Phase::Open {
        submitted.errors.add("place", late(&round));
    }
    let Some(read) = read(&app, &person, &round, upload.file.take(), &mut submitted).await? else {
        let page = page(&app, &person, round, None, submitted).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = Refusal {
        chrome: app.chrome(&person, "没有提交").under(paths::APPLY, "学生会报名"),
        wanted: format!("报名：{}", round.title),
        back: id.apply_path(),
    };
    let attempt = app
        .write_as(person.authority(), async |db| {
            let round = store::steady_round(db, person.institution, id).await?;
            if round.phase(&today) != Phase::Open {
                return Ok(Attempt::fault("place", late(&round)));
            }
            let place = read.application.place;
            let Judged { fact, evidence } = match judge(db, &person, &round, place, today, refusal).await? {
                Attempt::Done(judged) => judged,
                Attempt::Fault(field, says) => return Ok(Attempt::Fault(field, says)),
                Attempt::NeedsReason(findings) => return Ok(Attempt::NeedsReason(findings)),
            };
            if store::full_places(db, &round).await?.contains(&place) {
                return Ok(Attempt::fault("place", "这个岗位的名额已全部确定，请选其他岗位"));
            }
            let new = NewCase { round: &round, fact: &fact, origin: Origin::Applied, prepared: None };
            let Some(case) = store::hand_in(db, person.institution, &new, &read.with(evidence), now).await? else {
                return Ok(Attempt::fault("place", "你已在本轮报名，不必重复提交"));
            };
            audit::append(db, &person, entry(student, &round, "报名"), now).await?;
            Ok(Attempt::Done(Done::Applied.at(&case.application_path())))
        })
        .await?;
    answer(&app, &person, round, None, submitted.form, attempt).await
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
    /// After it was taken back.
    may_apply_again: bool,
    errors: Errors,
    done: &'static str,
}

async fn own(app: &App, person: &SignedIn, id: CaseId) -> Result<(Case, Round), Failure> {
    let found = own_cases(app, person, CaseFilter::one(id)).await?;
    let case = found.into_iter().next().ok_or(Failure::Missing)?;
    let round = round_of(app, person, case.round).await?;
    Ok((case, round))
}

async fn application_page(
    app: &App,
    person: &SignedIn,
    id: CaseId,
    errors: Errors,
    done: &'static str,
) -> Result<ApplicationPage, Failure> {
    let (case, round) = own(app, person, id).await?;
    let mut db = app.read().await?;
    let words = store::candidate_text(&mut db, id).await?;
    let opinions = store::opinions_of(&mut db, &[id.0]).await?;
    let line = |opinion: &Opinion| match opinion.decision {
        Decision::Agree => (format!("{}：{}", opinion.act, opinion.verdict_label()), opinion.at),
        _ => (format!("{}：{}。{}", opinion.act, opinion.verdict_label(), opinion.says), opinion.at),
    };
    let mut log: Vec<(String, time::OffsetDateTime)> =
        opinions.iter().filter(|opinion| !opinion.withdrawn).map(line).collect();
    log.extend(case.submitted_at.map(|at| ("提交".to_owned(), at)));
    log.sort_by_key(|(_, at)| *at);
    let chrome = app.chrome(person, "报名进度").under(paths::APPLY, "学生会报名");
    Ok(ApplicationPage {
        chrome,
        steps: steps(&round, &case, &opinions, false),
        log,
        may_withdraw: case.stage.is_under_way() || case.stage == Stage::Passed,
        may_edit: case.is_with_candidate() && round.ended_why.is_none(),
        may_apply_again: round.phase(&app.clock.today()) == Phase::Open,
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
    Query(After { done }): Query<After>,
) -> Result<ApplicationPage, Failure> {
    application_page(&app, &person, id, Errors::default(), said(&done)).await
}

pub(super) async fn edit(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    let (case, round) = own(&app, &person, id).await?;
    if !case.is_with_candidate() {
        return Ok(Redirect::to(&id.application_path()).into_response());
    }
    let words = store::candidate_text(&mut *app.read().await?, id).await?;
    let form = ApplyForm {
        place: case.place.to_string(),
        source: case.source.map(Source::slug).unwrap_or_default().to_owned(),
        field: case.field.clone(),
        statement: words.statement,
        experience: words.experience,
        ..ApplyForm::default()
    };
    Ok(page(&app, &person, round, Some(case), Submitted::new(form, Errors::default())).await?.into_response())
}

/// The body that named the candidate and signed.
fn recommender(case: &Case, opinions: &[Opinion]) -> Option<Body> {
    let first = opinions.iter().find(|one| (one.visit, one.step) == (0, 0) && one.agreed())?;
    (case.is_invited() && case.is_recommended()).then_some(first.body)
}

pub(super) async fn hand_in(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let student = student(&person)?;
    let mut submitted = Submitted::new(ApplyForm::of(&upload), Errors::default());
    let (case, round) = own(&app, &person, id).await?;
    let Some(read) = read(&app, &person, &round, upload.file.take(), &mut submitted).await? else {
        let page = page(&app, &person, round, Some(case), submitted).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let refusal = Refusal {
        chrome: app.chrome(&person, "填写并提交").under(paths::APPLY, "学生会报名"),
        wanted: format!("提交：{}", round.title),
        back: id.application_edit_path(),
    };
    let attempt = app
        .write_as(person.authority(), async |db| {
            let locked = store::lock_case(db, person.institution, id).await?;
            let LockedCase { case, round } = &locked;
            // Who was named confirms while one may apply; what came back may be handed in until the round ends.
            let open = if case.is_invited() { round.phase(&today) == Phase::Open } else { round.ended_why.is_none() };
            if !open {
                return Ok(Attempt::fault("place", late(round)));
            }
            let place = read.application.place;
            let evidence = match judge(db, &person, round, place, today, refusal).await? {
                Attempt::Done(judged) => judged.evidence,
                Attempt::Fault(field, says) => return Ok(Attempt::Fault(field, says)),
                Attempt::NeedsReason(findings) => return Ok(Attempt::NeedsReason(findings)),
            };
            let opinions = store::opinions_of(db, &[id.0]).await?;
            // A recommendation is for the place that it names.
            let recommended = recommender(case, &opinions).filter(|_| place == case.place);
            let stage = begin(&round.chain, recommended);
            if !store::resubmit(db, &locked, &read.with(evidence), stage, now).await? {
                return Ok(Attempt::fault("place", format!("这件现在{}，不能再提交", case.stage.label())));
            }
            let how = if case.is_invited() { "确认推荐" } else { "修改后再提交" };
            audit::append(db, &person, entry(student, round, how), now).await?;
            Ok(Attempt::Done(Done::Confirmed.at(&id.application_path())))
        })
        .await?;
    answer(&app, &person, round, Some(case), submitted.form, attempt).await
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
        return Ok((unfit, application_page(&app, &person, id, errors, "").await?).into_response());
    }
    let gone = app
        .write_as(person.authority(), async |db| {
            let LockedCase { case, round } = store::lock_case(db, person.institution, id).await?;
            let gone = store::withdraw(db, &case, BY_CANDIDATE, now).await?;
            if gone {
                let entry = Entry::about(Verb::CaseKept, case.student)
                    .detail("轮次", round.title.clone())
                    .detail("办理", BY_CANDIDATE);
                audit::append(db, &person, entry, now).await?;
            }
            // Nobody's list of what waits says that a seat is free again, or that a public notice names one too many.
            if gone && case.stage == Stage::Passed {
                let notice = Notice::new(format!("{}撤回报名：{}", case.name, round.title), round.id.path())
                    .says(format!("{}已通过全部环节，撤回后名额空出；已经公示的，公示名单随之减少。", case.name));
                inbox::tell(db, person.institution, round.keeper(), &notice, now).await?;
            }
            Ok(gone)
        })
        .await?;
    if !gone {
        errors.add("confirm", "这件已有结论，不能撤回");
        return Ok((unfit, application_page(&app, &person, id, errors, "").await?).into_response());
    }
    Ok(Redirect::to(&Done::Withdrawn.at(&id.application_path())).into_response())
}

pub(super) async fn photo(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<CaseId>,
) -> Result<Response, Failure> {
    own(&app, &person, id).await?;
    picture(store::photo(&mut *app.read().await?, id).await?)
}
