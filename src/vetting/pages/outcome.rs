//! 结果: those who passed are appointed together through the guarded appointment, or put on the list of candidates for the
//! congress. Every condition is judged again, with the facts and under the plan of the day.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::{Composition, calendar, composition, evidence_today, frame};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    database::Locked,
    failure::{Failure, Refusal},
    ids::{CaseId, PostId, RoundId, StudentId},
    inbox::{self, Notice},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    rules::{
        Finding, Outcome, Rule,
        adoption::Calendar,
        appointment::{Wanted, appoint_together, conditions, holding_in_words},
        chain::Stage,
        roster::Post,
        timeline::covers,
        vetting::{Source, representative},
    },
    text::{chinese_day, day, trimmed},
    unions::{
        store as unions_store,
        store::{Appointee, Grounds, LockedUnion, Route},
        union::{PostRow, Record, StudentFacts},
    },
    vetting::{
        Verb,
        case::{Case, Evidence},
        forms::MOST_CASES,
        paths::Done,
        round::{Purpose, Round},
        store::{self, CaseFilter},
    },
    web::forms::{Attempt, Errors, Submitted, reason, ticked, written},
};

/// 结果 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct OutcomeForm {
    #[serde(default)]
    case: Vec<String>,
    #[serde(default)]
    from: String,
    #[serde(default)]
    ground: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    replace: String,
}

impl OutcomeForm {
    /// The form as a query, so that a way back keeps what was typed; who was ticked, as far as an address holds them.
    fn as_query(&self) -> String {
        let mut pairs = vec![
            ("from", self.from.as_str()),
            ("ground", &self.ground),
            ("reason", &self.reason),
            ("replace", &self.replace),
        ];
        pairs.extend(self.case.iter().take(60).map(|case| ("case", case.as_str())));
        filters::query(&pairs)
    }

    fn has(&self, case: &CaseId) -> bool {
        self.case.contains(&case.to_string())
    }
}

/// Somebody who passed, with what stands in the way today.
pub(super) struct PassedCase {
    case: Case,
    now: Option<Evidence>,
    /// Why not yet, or not at all.
    held: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/outcome.html")]
pub(super) struct OutcomePage {
    chrome: Chrome,
    round: Round,
    lines: Vec<PassedCase>,
    composition: Composition,
    /// VET-04 of those who passed and those who are listed, for the presidium.
    sources: Option<Finding>,
    /// Who would leave, where the round replaces a term.
    leaving: Vec<String>,
    form: OutcomeForm,
    errors: Errors,
    warned: Vec<Finding>,
}

impl OutcomePage {
    /// Nobody can be settled yet.
    fn waits(&self) -> bool {
        self.lines.iter().all(|line| line.held.is_some())
    }
}

/// Why a case that passed cannot be settled yet.
fn held(case: &Case, round: &Round, open: &[CaseId], today: Date) -> Option<String> {
    if open.contains(&case.id) {
        return Some("公示期间有反映，尚未核实".to_owned());
    }
    if let Some(other) = round.chain.of_candidate(&case.own_steps).waits_for(round.chain.links.len()) {
        return Some(format!("“{}”还没有登记办完", other.says));
    }
    match case.notice_until {
        None if round.notice_days > 0 => Some("尚未公示".to_owned()),
        Some(until) if until >= today => {
            Some(format!("正在公示（{}）", case.notice_days().unwrap_or_else(|| chinese_day(until))))
        }
        _ => None,
    }
}

/// Somebody who is chosen for a post.
#[derive(PartialEq, Eq)]
struct Chosen {
    student: StudentId,
    post: Post,
}

/// Those in the offered posts on a day who are not chosen for the post again.
fn leaving<'a>(record: &'a Record, round: &Round, chosen: &[Chosen], day: Date) -> Vec<&'a PostRow> {
    let offered = |post: &Post| round.places.iter().any(|place| place.post() == *post);
    record
        .posts
        .iter()
        .filter(|row| covers(row.from_day, row.until_day, day) && offered(&row.post()))
        .filter(|row| !chosen.contains(&Chosen { student: row.student, post: row.post() }))
        .collect()
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: RoundId,
    submitted: Submitted<OutcomeForm>,
    warned: Vec<Finding>,
) -> Result<OutcomePage, Failure> {
    let Submitted { mut form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let round = store::round(&mut db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if !round.union.is_managed_by(acting.office()) {
        return Err(Failure::Missing);
    }
    let filter = CaseFilter::of_round(id);
    let (cases, _) = store::cases(&mut db, acting.institution(), None, &filter).await?;
    let open = store::open_objections(&mut db, id).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let settled: Vec<&Case> = cases.iter().filter(|case| case.stage.fills_a_seat()).collect();
    let composition = composition(&settled);
    let named: Vec<Source> = settled.iter().map(|case| case.source.unwrap_or(Source::Ordinary)).collect();
    let sources = plans.in_force(today).filter(|_| round.presidium && !named.is_empty());
    let sources = sources.map(|plan| representative(&plan, &named));
    let passed: Vec<Case> = cases.into_iter().filter(|case| case.stage == Stage::Passed).collect();
    let students: Vec<Uuid> = passed.iter().map(|case| case.student.0).collect();
    let facts = unions_store::facts_over(&mut db, &students, round.basis.as_deref(), today).await?;
    let facts: HashMap<StudentId, StudentFacts> = facts.into_iter().map(|fact| (fact.student, fact)).collect();
    let own = acting.person().student;
    let line = |case: Case| PassedCase {
        now: facts.get(&case.student).and_then(|fact| evidence_today(&plans, &round, fact, today)),
        held: if own == Some(case.student) {
            Some("本人的事项，由其他人办理".to_owned())
        } else {
            held(&case, &round, &open, today)
        },
        case,
    };
    let lines: Vec<PassedCase> = passed.into_iter().map(line).collect();
    if form.from.is_empty() {
        form.from = round.effective_on.max(today).to_string();
        form.case = lines
            .iter()
            .filter(|line| line.held.is_none() && line.now.as_ref().is_none_or(Evidence::is_met))
            .map(|line| line.case.id.to_string())
            .collect();
    }
    let mut gone = Vec::new();
    if round.purpose == Purpose::Term && !round.presidium {
        let record = unions_store::record(&mut db, acting.institution(), round.union.id, today)
            .await?
            .ok_or(Failure::Missing)?;
        let chosen: Vec<Chosen> = lines
            .iter()
            .filter(|line| form.has(&line.case.id))
            .filter_map(|line| Some(Chosen { student: line.case.student, post: round.place(line.case.place)?.post() }))
            .collect();
        let day = day(&form.from).unwrap_or(round.effective_on);
        gone = leaving(&record, &round, &chosen, day)
            .into_iter()
            .map(|row| format!("{}（{}）", row.name, row.label_with_place()))
            .collect();
    }
    let title = if round.presidium { "列入候选人名单" } else { "任命" };
    let chrome = frame(app, acting.person(), &round, title);
    Ok(OutcomePage { chrome, round, lines, composition, sources, leaving: gone, form, errors, warned })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Query(form): Query<OutcomeForm>,
) -> Result<OutcomePage, Failure> {
    page(&app, &acting, id, Submitted::new(form, Errors::default()), Vec::new()).await
}

/// What is settled with.
struct Settling {
    ids: Vec<CaseId>,
    from: Date,
    ground: String,
    reason: Option<String>,
    /// Those in the offered posts who are not chosen again leave.
    replace: bool,
}

/// What is settled, with all that it is judged by.
struct Settlement<'a> {
    acting: &'a Acting<UnionKeeper>,
    round: &'a Locked<Round>,
    cases: &'a [Locked<Case>],
    plans: &'a Calendar,
    settling: &'a Settling,
    now: OffsetDateTime,
}

impl Settlement<'_> {
    /// What the record says of it.
    fn entry(&self, how: &str) -> Entry {
        Entry::new(Verb::CasesSettled, self.round.union.name.clone())
            .detail("轮次", self.round.title.clone())
            .detail("办理", how)
            .detail("人数", self.cases.len().to_string())
    }

    /// Writes the entry, with the reason where there is one.
    async fn append(&self, db: &mut PgConnection, mut entry: Entry) -> Result<(), Failure> {
        if let Some(reason) = &self.settling.reason {
            entry = entry.detail("理由", reason.clone());
        }
        audit::append(db, self.acting.person(), entry.under(&self.round.chain.clause()), self.now).await
    }
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<OutcomeForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let shown = page(&app, &acting, id, Submitted::new(form.clone(), Errors::default()), Vec::new()).await?;
    let ids: Vec<CaseId> = ticked(&form.case)?;
    if ids.is_empty() || ids.len() > MOST_CASES {
        errors.add("case", "请勾选要办理的人");
    }
    let mut from = Some(today);
    let mut ground = Some(String::new());
    if !shown.round.presidium {
        from =
            day(&form.from).filter(|from| *from >= shown.round.opens_on && *from <= today + time::Duration::days(366));
        if from.is_none() {
            errors.add("from", "请填写生效日期，不早于本轮开始、不晚于一年后");
        }
        ground = written(&form.ground, 120, "ground", "请填写任命依据，如“校团委〔2026〕12号”", &mut errors);
        if !shown.leaving.is_empty() && form.replace != "yes" {
            errors.add("replace", "换届会使下面的人同日任满离职，请核对后勾选");
        }
    }
    let why = if trimmed(&form.reason).is_empty() { None } else { reason(&form.reason, &mut errors) };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(from), Some(ground), true) = (from, ground, errors.is_empty()) else {
        return Ok((unfit, page(&app, &acting, id, Submitted::new(form, errors), Vec::new()).await?).into_response());
    };
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &shown.round, "结果"),
        wanted: format!("{}：办理 {} 人", shown.round.title, ids.len()),
        back: format!("{}?{}", id.outcome_path(), form.as_query()),
    };
    let settling = Settling { ids, from, ground, reason: why, replace: form.replace == "yes" };
    let union = shown.round.union.id;
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let record = unions_store::lock(db, &acting, union, today).await?;
            let round = store::lock_round(db, acting.institution(), id).await?;
            let cases = store::lock_cases(db, acting.institution(), &round, &settling.ids).await?;
            let open = store::open_objections(db, id).await?;
            let own = acting.person().student;
            let unfit = cases.iter().find_map(|case| match case.stage {
                _ if own == Some(case.student) => Some("不能办理本人的事项，请由其他人办理".to_owned()),
                Stage::Passed => held(case, &round, &open, today).map(|why| format!("{}：{why}", case.name)),
                stage => Some(format!("{}现在{}，不能再办", case.name, stage.label())),
            });
            if let Some(says) =
                unfit.or_else(|| (cases.len() != settling.ids.len()).then(|| "有的人不在本轮".to_owned()))
            {
                return Ok(Attempt::Fault("case", says));
            }
            let plans = calendar(db, acting.institution()).await?;
            let settlement =
                Settlement { acting: &acting, round: &round, cases: &cases, plans: &plans, settling: &settling, now };
            if round.presidium {
                list(db, &settlement, refusal).await
            } else {
                appoint(db, &settlement, &record, refusal).await
            }
        })
        .await?;
    let warned = match attempt {
        Attempt::Done(done) => return Ok(Redirect::to(&done.at(&id.path())).into_response()),
        Attempt::NeedsReason(warned) => {
            errors.add("reason", "有需要提醒的事项，请写明理由；理由与办理结果一起保留");
            warned
        }
        Attempt::Fault(field, says) => {
            errors.add(field, says);
            Vec::new()
        }
    };
    Ok((unfit, page(&app, &acting, id, Submitted::new(form, errors), warned).await?).into_response())
}

/// Practice asks for more candidates than are to be elected; a list that has no more is warned of.
fn too_few(round: &Round, listed: usize) -> Option<Finding> {
    let elect: i32 = round.places.iter().filter_map(|place| place.to_elect).sum();
    let enough = usize::try_from(elect).is_ok_and(|elect| listed > elect);
    let says = format!("应选 {elect} 人，列入后共 {listed} 人；差额选举的候选人应多于应选人数");
    (!enough).then(|| Finding::practice(Rule::Vet05, Outcome::Warn, says).remedy("增补候选人，或写明理由"))
}

/// VET-05: candidates for the presidium go on the congress's list, and never straight to a post; VET-04 warns where they all
/// come from one source.
async fn list(db: &mut PgConnection, settlement: &Settlement<'_>, refusal: Refusal) -> Result<Attempt<Done>, Failure> {
    let &Settlement { acting, round, cases, plans, settling, now } = settlement;
    let today = now.date();
    let students: Vec<Uuid> = cases.iter().map(|case| case.student.0).collect();
    let facts = unions_store::facts_over(db, &students, round.basis.as_deref(), today).await?;
    let Some(plan) = plans.in_force(today) else {
        return Ok(Attempt::fault("case", "本校没有在用的实施方案"));
    };
    let mut findings = Vec::new();
    for fact in &facts {
        let judged = conditions(&plan, &round.candidate(fact.member(None, today)));
        findings.extend(judged.into_iter().filter(|one| matches!(one.verdict, Outcome::Fail | Outcome::Unknown)));
    }
    if !findings.is_empty() {
        return Err(refusal.because(findings));
    }
    let filter = CaseFilter { stage: Some(Stage::Listed), ..CaseFilter::of_round(round.id) };
    let (listed, _) = store::cases(db, acting.institution(), None, &filter).await?;
    let named: Vec<Source> =
        cases.iter().map(|case| &**case).chain(&listed).map(|case| case.source.unwrap_or(Source::Ordinary)).collect();
    let sources = representative(&plan, &named);
    let mut warned: Vec<Finding> = Some(sources).filter(|one| one.verdict == Outcome::Warn).into_iter().collect();
    warned.extend(too_few(round, named.len()));
    if !warned.is_empty() && settling.reason.is_none() {
        return Ok(Attempt::NeedsReason(warned));
    }
    store::list_candidates(db, cases, now).await?;
    let notices: Vec<_> = cases
        .iter()
        .map(|case| {
            let subject = format!("你已列入{}主席团候选人名单", round.union.name);
            let notice = Notice::new(subject, case.id.application_path()).says("主席团由学生代表大会选举产生。");
            (case.student, notice)
        })
        .collect();
    inbox::tell_students(db, acting.institution(), &notices, now).await?;
    settlement.append(db, settlement.entry("列入候选人名单")).await?;
    Ok(Attempt::Done(Done::Listed))
}

/// Members: appointed together through the guarded appointment; where the round replaces a term, those before end first.
async fn appoint(
    db: &mut PgConnection,
    settlement: &Settlement<'_>,
    record: &LockedUnion,
    refusal: Refusal,
) -> Result<Attempt<Done>, Failure> {
    let &Settlement { acting, round, cases, plans, settling, now } = settlement;
    let (today, from) = (now.date(), settling.from);
    if record.union.opened_on.is_none_or(|opened| from < opened) {
        return Ok(Attempt::fault("from", "生效日期不能早于学生会启用之日"));
    }
    let numbers: Vec<String> = cases.iter().map(|case| case.student_number.clone()).collect();
    unions_store::hold_students(db, acting.institution(), &numbers).await?;
    let students: Vec<Uuid> = cases.iter().map(|case| case.student.0).collect();
    let facts = unions_store::facts_over(db, &students, round.basis.as_deref(), today).await?;
    let facts: HashMap<StudentId, StudentFacts> = facts.into_iter().map(|fact| (fact.student, fact)).collect();
    let mut wanted: Vec<(&Locked<Case>, Wanted)> = Vec::new();
    let mut staying: Vec<(&Locked<Case>, PostId)> = Vec::new();
    let mut chosen = Vec::new();
    for case in cases {
        let (Some(fact), Some(place)) = (facts.get(&case.student), round.place(case.place)) else {
            return Err(Failure::Missing);
        };
        if let Some(says) = round.union.why_not_member(fact, from) {
            return Ok(Attempt::Fault("case", says));
        }
        if let Some(department) = &place.department_name
            && !record.departments_on(from).any(|known| known.name == *department)
        {
            return Ok(Attempt::fault("from", format!("{department}在生效日期没有设立")));
        }
        let post = place.post();
        chosen.push(Chosen { student: case.student, post: post.clone() });
        // Whoever holds this very post goes on with it.
        let holds = record.posts.iter().find(|row| {
            row.student == case.student && row.post() == post && row.until_day.is_none_or(|until| until > from)
        });
        if let Some(row) = holds {
            staying.push((case, row.id));
            continue;
        }
        // The record of posts says more than the candidate; a college's word stands where it is silent.
        let from_college = Some(case.source == Some(Source::CollegeStaff));
        let person = fact.member(from_college, today);
        wanted.push((case, Wanted { person, post, from, until: fact.left_on }));
    }
    let mut timeline = record.timeline.clone();
    let mut gone = Vec::new();
    if round.purpose == Purpose::Term && settling.replace {
        gone = leaving(record, round, &chosen, from);
        for (row, holding) in record.posts.iter().zip(&mut timeline.holdings) {
            if gone.iter().any(|gone| gone.id == row.id) {
                holding.until = Some(holding.from.max(from));
            }
        }
    }
    let asked: Vec<Wanted> = wanted.iter().map(|(_, wanted)| wanted.clone()).collect();
    let appointments = match appoint_together(plans, &timeline, asked, settling.reason.as_deref()).permit() {
        Ok(appointments) => appointments,
        Err(findings) if findings.iter().any(|one| matches!(one.verdict, Outcome::Fail | Outcome::Unknown)) => {
            return Err(refusal.because(findings));
        }
        Err(findings) => return Ok(Attempt::NeedsReason(findings)),
    };
    let ground = Grounds { words: settling.ground.clone(), document: None, reason: settling.reason.clone() };
    for row in gone {
        unions_store::end(db, record, row.id, from, "任满离职", &ground, now).await?;
        unions_store::tell_end(db, record, row, from, "任满离职", now).await?;
    }
    let mut notices = Vec::new();
    for ((case, wanted), appointment) in wanted.iter().zip(&appointments) {
        let person = Appointee {
            student: case.student,
            from_college: wanted.person.from_college_union,
            route: Route::Case(case.id),
        };
        let post = unions_store::appoint(db, record, appointment, person, &ground, now).await?;
        store::mark_appointed(db, case, post, now).await?;
        let subject = format!("你被任命为{}{}", record.union.name, holding_in_words(&wanted.post));
        let says = format!("自{}起任职。依据：{}。", chinese_day(from), ground.words);
        notices.push((case.student, Notice::new(subject, crate::people::OWN_DATA).says(says)));
    }
    for (case, post) in &staying {
        store::mark_appointed(db, case, *post, now).await?;
        notices.push((case.student, Notice::new(format!("{}：你继续任职", round.title), crate::people::OWN_DATA)));
    }
    inbox::tell_students(db, acting.institution(), &notices, now).await?;
    let entry = settlement.entry("任命").detail("生效", from.to_string()).detail("依据", ground.words.clone());
    settlement.append(db, entry).await?;
    Ok(Attempt::Done(Done::Appointed))
}
