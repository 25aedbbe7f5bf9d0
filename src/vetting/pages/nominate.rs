//! 推荐人选: a body that recommends, or a union's officers, put candidates forward, one or a file of them; each confirms.
//!
//! In one file: one person and a file of them take the same way through the same page.

use std::collections::HashSet;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::{Connection, PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::{
    apply::HOLDS,
    calendar,
    candidate_file::{COLUMNS, Candidate, MOST_ROWS, REQUIRED, candidates},
    evidence_today, frame, visible_round,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{PlaceId, RoundId},
    inbox::{self, Notice},
    kept_forms::{bring_file, keep_file},
    name::{key, same_number},
    office::{Office, OfficeKind, RosterKeeper, SlipPrinter},
    page::chrome::Chrome,
    people::find::{Among, PeopleField, PersonField, Rest, Search, SentField},
    rules::{
        Finding, Outcome, Plan, Rule,
        vetting::{Source, may_apply},
    },
    sheet::{BadCell, Columns, ReadError, Row, RowReader, Sheet, SheetChoice, faults_as_json},
    text::{chinese_day, is_hidden, searched},
    unions::{
        store as unions_store,
        union::{StudentFacts, sees_grades},
    },
    vetting::{
        Verb, Vetter,
        case::{Evidence, Origin},
        chain_office::ChainOffice,
        forms::{Application, ApplyForm, SeveralForm, sources},
        paths::nominated_path,
        round::{Phase, Round},
        store::{self, Invitation, NewCase, Preparer},
    },
    web::forms::{Errors, Submitted, Upload},
};

/// People in whose way something stands that are named in an error.
const MOST_NAMED: usize = 5;
/// Bad rows shown on the page.
const SHOWN_FAULTS: usize = 200;

/// What the portal knows of the person who is looked up.
pub(super) struct Nominee {
    evidence: Option<Evidence>,
    fact: StudentFacts,
    /// Their account is not activated: they cannot confirm.
    unreachable: bool,
}

/// What an office sees of the grades of somebody whom it looks up, who has applied for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figures {
    /// Every figure.
    All,
    /// Of each condition, whether it is met: a class branch sees the figures of its candidates alone.
    Answers,
    /// Whether all are met.
    Together,
}

impl Figures {
    fn of(office: OfficeKind) -> Self {
        match office {
            OfficeKind::ClassBranch => Self::Answers,
            office if sees_grades(office) => Self::All,
            _ => Self::Together,
        }
    }

    pub fn are_answers(self) -> bool {
        self == Self::Answers
    }

    pub fn are_all(self) -> bool {
        self == Self::All
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/nominate.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is another question of the page")]
pub(super) struct NominatePage {
    chrome: Chrome,
    round: Round,
    /// The office recommends and signs; else it prepares.
    recommends: bool,
    figures: Figures,
    prints_slips: bool,
    card: Option<Nominee>,
    /// Who is put forward, and who is only looked up.
    person: PersonField,
    looked_up: PersonField,
    /// Several who are put forward together.
    several: SeveralForm,
    people: PeopleField,
    sources: Vec<Source>,
    /// The plan names no sources.
    silent: bool,
    form: ApplyForm,
    errors: Errors,
    /// Places whose seats are all decided.
    full: Vec<PlaceId>,
    choice: SheetChoice,
    bad: Vec<BadCell>,
    bad_count: usize,
    take_back: String,
    /// The office may have the bad rows back as a file.
    takes_back: bool,
}

/// The student is of the office's college and class. Of anybody else nothing is said, not even that they are there.
fn is_near(office: &ChainOffice, fact: &StudentFacts) -> bool {
    office.college.is_none_or(|college| college == fact.college_id)
        && office.class.is_none_or(|class| class == fact.class_id)
}

const NOBODY: &str = "本单位没有这个学号的学生；请核对。名单里确实没有的，由学生工作部门或校团委导入";

/// Why this office cannot put that student forward.
fn barred(office: &ChainOffice, person: &SignedIn, round: &Round, fact: &StudentFacts, day: Date) -> Option<String> {
    if !is_near(office, fact) {
        return Some(NOBODY.to_owned());
    }
    if person.student == Some(fact.student) {
        return Some("不能推荐本人；本人请以学生身份报名".to_owned());
    }
    round.why_not_candidate(fact, day)
}

/// Whom the office may put forward in the round, as far as it sees them.
fn nominees(acting: &Acting<Vetter>, round: &Round, today: Date) -> Search {
    Search::of(acting, Among::Students, today).within(round.union.college)
}

/// The round in which the office puts people forward, and whom the form names: read into `form`, or an error beside `field`.
async fn named(
    app: &App,
    acting: &Acting<Vetter>,
    id: RoundId,
    form: &mut ApplyForm,
    field: &'static str,
    errors: &mut Errors,
) -> Result<PersonField, Failure> {
    let mut db = app.read().await?;
    let office = ChainOffice::of(&mut db, acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    if !office.nominates_in(&round) {
        return Err(Failure::Missing);
    }
    let search = nominees(acting, &round, app.clock.today());
    PersonField::read(&mut db, &search, &mut form.number, &form.pick, field, errors).await
}

async fn page(
    app: &App,
    acting: &Acting<Vetter>,
    id: RoundId,
    submitted: Submitted<ApplyForm>,
    asked: SentField,
) -> Result<NominatePage, Failure> {
    let Submitted { form, mut errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, acting).await?;
    let round = visible_round(&mut db, &office, id).await?;
    if !office.nominates_in(&round) {
        return Err(Failure::Missing);
    }
    let number = searched(&form.number);
    let mut card = None;
    if !number.is_empty() && !asked.is_open() {
        let basis = round.basis.as_deref();
        let facts = unions_store::facts_by_number(&mut db, acting.institution(), &[number], basis, today).await?;
        let plans = calendar(&mut db, acting.institution()).await?;
        match facts.into_iter().next() {
            // Of another college's student nothing is shown.
            Some(fact) => {
                if let Some(says) = barred(&office, acting.person(), &round, &fact, today) {
                    errors.add("number", says);
                } else {
                    let unreachable = store::unreachable(&mut db, &[fact.student.0]).await? > 0;
                    card = Some(Nominee { evidence: evidence_today(&plans, &round, &fact, today), fact, unreachable });
                }
            }
            None => errors.add("number", NOBODY),
        }
    }
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let (person, looked_up) = asked.apart(&nominees(acting, &round, today));
    let title = if office.recommends_in(&round) { "推荐人选" } else { "整理提交人选" };
    Ok(NominatePage {
        full: store::full_places(&mut db, &round).await?,
        chrome: frame(app, acting.person(), &round, title),
        recommends: office.recommends_in(&round),
        figures: Figures::of(acting.office().kind),
        prints_slips: SlipPrinter::KINDS.contains(&acting.office().kind),
        card,
        person,
        looked_up,
        several: SeveralForm::default(),
        people: PeopleField::default(),
        sources: sources(round.presidium),
        silent: plan.is_none_or(|plan| plan.provision(Rule::Vet04).is_none()),
        round,
        form,
        errors,
        choice: SheetChoice::default(),
        bad: Vec::new(),
        bad_count: 0,
        take_back: String::new(),
        takes_back: RosterKeeper::KINDS.contains(&acting.office().kind),
    })
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    Query(mut form): Query<ApplyForm>,
) -> Result<NominatePage, Failure> {
    let mut errors = Errors::default();
    let person = named(&app, &acting, id, &mut form, "lookup", &mut errors).await?;
    page(&app, &acting, id, Submitted::new(form, errors), SentField::Lookup(person)).await
}

/// Why nobody was put forward.
struct Obstacle {
    /// The 学号 of whom it is about; none where it is about all.
    number: Option<String>,
    says: String,
}

impl Obstacle {
    fn of(candidate: &Candidate, says: impl Into<String>) -> Self {
        Self { number: Some(candidate.number.clone()), says: says.into() }
    }
}

/// A finding on somebody without the figure: which condition it is, and no more.
fn without_figures(finding: Finding) -> Finding {
    let says = match finding.verdict {
        Outcome::Fail => "不符合，具体情况本人可在“学生会报名”里看到",
        Outcome::Unknown => "缺少数据，本人可在“学生会报名”里看到怎样办",
        Outcome::Pass | Outcome::Warn | Outcome::NotJudged | Outcome::NotTakenDown | Outcome::NotRequired => {
            return finding;
        }
    };
    let message = format!("{}：{says}", finding.rule.name());
    Finding { message, measured: String::new(), remedy: String::new(), ..finding }
}

/// What the conditions say against a candidate, as far as the office may know it; none where they are met.
fn unfit(office: &ChainOffice, plan: &Plan, round: &Round, fact: &StudentFacts, today: Date) -> Option<Vec<Finding>> {
    let findings = may_apply(plan, &round.candidate(fact.member(None, today))).permit().err()?;
    Some(if Figures::of(office.held.kind) == Figures::Answers {
        findings.into_iter().map(without_figures).collect()
    } else if sees_grades(office.held.kind) {
        findings
    } else {
        // Which condition it is would tell what students do not see of each other.
        let says = format!("{}有不符合的条件，或缺少数据；本人可在“学生会报名”里看到是哪一条", fact.name);
        vec![Finding::practice(Rule::Elg05, Outcome::Fail, says)]
    })
}

fn in_words(findings: &[Finding]) -> String {
    let says = findings.iter().filter(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown));
    says.map(|finding| format!("{} {}", finding.rule, finding.message)).collect::<Vec<_>>().join("；")
}

/// Puts candidates forward, all or none: where anything is in the way, what was written is to be rolled back. Where one is
/// put forward `alone`, conditions that are not met are a refusal.
async fn put_forward(
    db: &mut PgConnection,
    acting: &Acting<Vetter>,
    office: &ChainOffice,
    id: RoundId,
    candidates: &[Candidate],
    mut alone: Option<Refusal>,
    now: OffsetDateTime,
) -> Result<Vec<Obstacle>, Failure> {
    let today = now.date();
    let round = store::steady_round(db, acting.institution(), id).await?;
    let all = |says: String| Ok(vec![Obstacle { number: None, says }]);
    if round.phase(&today) != Phase::Open {
        return all(format!("本轮现在{}，不能再提交", round.phase(&today).label()));
    }
    let numbers: Vec<String> = candidates.iter().map(|one| one.number.clone()).collect();
    unions_store::hold_students(db, acting.institution(), &numbers).await?;
    let facts =
        unions_store::facts_by_number(db, acting.institution(), &numbers, round.basis.as_deref(), today).await?;
    let plans = calendar(db, acting.institution()).await?;
    let Some(plan) = plans.in_force(today) else { return all("本校没有在用的实施方案".to_owned()) };
    let recommends = office.recommends_in(&round);
    let (mut wrong, mut notices) = (Vec::new(), Vec::new());
    let subject = if recommends { "推荐" } else { "提交人选材料" };
    let label = office.held.label();
    for one in candidates {
        let Some(fact) = facts.iter().find(|fact| same_number(&fact.number, &one.number)) else {
            wrong.push(Obstacle::of(one, NOBODY));
            continue;
        };
        if let Some(says) = barred(office, acting.person(), &round, fact, round.effective_on) {
            wrong.push(Obstacle::of(one, says));
            continue;
        }
        if let Some(findings) = unfit(office, &plan, &round, fact, today) {
            if let Some(refusal) = alone.take() {
                return Err(refusal.because(findings));
            }
            wrong.push(Obstacle::of(one, in_words(&findings)));
            continue;
        }
        if store::holds_place(db, &round, fact.student, one.applied.place).await? {
            wrong.push(Obstacle::of(one, HOLDS));
            continue;
        }
        let origin = if recommends { Origin::Recommended } else { Origin::Prepared };
        let prepared =
            Some(Preparer { account: acting.person().account, kind: office.held.kind, office: label.clone() });
        let new = NewCase { round: &round, fact, origin, prepared };
        let invitation = Invitation {
            place: one.applied.place,
            source: one.applied.source,
            field: &one.applied.field,
            statement: &one.applied.statement,
            experience: &one.applied.experience,
            recommendation: recommends.then_some(one.words.as_str()),
        };
        let Some(case) = store::invite(db, office, &new, invitation, now).await? else {
            wrong.push(Obstacle::of(one, "在本轮已经报名或已被推荐"));
            continue;
        };
        let notice = Notice::new(
            format!("{label}{}：{}", if recommends { "推荐了你" } else { "为你提交了人选材料" }, round.title),
            case.application_path(),
        )
        .says(format!("请在{}前填写、承诺并提交；不同意的可以撤回。", chinese_day(round.closes_on)));
        notices.push((fact.student, notice));
    }
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    inbox::tell_students(db, acting.institution(), &notices, now).await?;
    let entry = Entry::new(Verb::CaseKept, round.union.name.clone())
        .detail("轮次", round.title.clone())
        .detail("办理", subject)
        .detail("人数", candidates.len().to_string())
        .under(&round.chain.clause());
    audit::append(db, acting.person(), entry, now).await?;
    Ok(Vec::new())
}

/// Runs [`put_forward`] in a transaction that is kept only where everybody is in, and not at all where it only `tries`.
async fn send(
    app: &App,
    acting: &Acting<Vetter>,
    id: RoundId,
    candidates: &[Candidate],
    alone: Option<Refusal>,
    tries: bool,
) -> Result<Vec<Obstacle>, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let office = ChainOffice::of(db, acting).await?;
        visible_round(db, &office, id).await?;
        let mut inner = db.begin().await?;
        let obstacles = put_forward(&mut inner, acting, &office, id, candidates, alone, now).await?;
        if obstacles.is_empty() && !tries {
            inner.commit().await?;
        } else {
            inner.rollback().await?;
        }
        Ok(obstacles)
    })
    .await
}

/// On to the round, which says how many they are and whether all of them can confirm.
async fn nominated(app: &App, acting: &Acting<Vetter>, id: RoundId, numbers: &[String]) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let today = app.clock.today();
    let facts = unions_store::facts_by_number(&mut db, acting.institution(), numbers, None, today).await?;
    let students: Vec<Uuid> = facts.iter().map(|fact| fact.student.0).collect();
    let unreachable = store::unreachable(&mut db, &students).await?;
    Ok(Redirect::to(&nominated_path(id, numbers.len(), unreachable)).into_response())
}

fn refusal(app: &App, acting: &Acting<Vetter>, round: &Round, form: &ApplyForm) -> Refusal {
    Refusal {
        chrome: frame(app, acting.person(), round, "推荐人选"),
        wanted: format!("推荐学号 {}：{}", form.number, round.title),
        back: format!("{}?{}", round.id.nominate_path(), form.as_query()),
    }
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    Form(mut form): Form<ApplyForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let person = named(&app, &acting, id, &mut form, "number", &mut errors).await?;
    let shown = SentField::Form(person.clone());
    let asked = page(&app, &acting, id, Submitted::new(form.clone(), Errors::default()), shown).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let number = searched(&form.number);
    if number.is_empty() {
        errors.add("number", "请填写学号");
    }
    // What the plan asks of sources is asked of the candidate, who confirms.
    let applied = form.read(&asked.round, false, true, &mut errors);
    let words = words(&form.words, asked.recommends, "words", &mut errors);
    let (Some(applied), Some(words), true) = (applied, words, errors.is_empty()) else {
        let shown = SentField::Form(person);
        return Ok((unfit, page(&app, &acting, id, Submitted::new(form, errors), shown).await?).into_response());
    };
    let alone = Some(refusal(&app, &acting, &asked.round, &form));
    let candidate = Candidate { number: number.clone(), applied, words };
    let obstacles = send(&app, &acting, id, &[candidate], alone, false).await?;
    if obstacles.is_empty() {
        return nominated(&app, &acting, id, &[number]).await;
    }
    for obstacle in obstacles {
        errors.add("number", obstacle.says);
    }
    let shown = SentField::Form(person);
    Ok((unfit, page(&app, &acting, id, Submitted::new(form, errors), shown).await?).into_response())
}

/// Several people for one kind of place, all or none; what each of them adds, they add when they confirm.
pub(super) async fn several(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    Form(mut form): Form<SeveralForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let asked = page(&app, &acting, id, Submitted::default(), SentField::Neither).await?;
    if form.people.lines().count() > MOST_ROWS {
        errors.add("people", format!("一次最多 {MOST_ROWS} 行"));
        form.people.clear();
    }
    let (search, typed) = (nominees(&acting, &asked.round, app.clock.today()), &mut form.people);
    let mut db = app.read().await?;
    let people = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "people", &mut errors).await?;
    drop(db);
    if people.people.is_empty() && errors.of("people").is_none() {
        errors.add("people", "请填写学号或姓名，一行一人");
    }
    let place = form.several_place.parse::<PlaceId>().ok().and_then(|place| asked.round.place(place));
    if place.is_none() {
        errors.add("several_place", "请选择岗位");
    }
    let words = words(&form.several_words, asked.recommends, "several_words", &mut errors);
    if let (Some(place), Some(words), true) = (place, words, errors.is_empty()) {
        let candidate = |number: String| {
            let (source, empty) = (None, String::new());
            let applied = Application {
                place: place.id,
                source,
                field: empty.clone(),
                statement: empty.clone(),
                experience: empty,
            };
            Candidate { number, applied, words: words.clone() }
        };
        let candidates: Vec<Candidate> = people.numbers().into_iter().map(candidate).collect();
        let alone = match candidates.as_slice() {
            [one] => {
                let form = ApplyForm { number: one.number.clone(), ..ApplyForm::default() };
                Some(refusal(&app, &acting, &asked.round, &form))
            }
            _ => None,
        };
        let obstacles = send(&app, &acting, id, &candidates, alone, false).await?;
        if obstacles.is_empty() {
            return nominated(&app, &acting, id, &people.numbers()).await;
        }
        let says = |obstacle| about(&people, obstacle);
        let more = obstacles.len().saturating_sub(MOST_NAMED);
        let named: Vec<String> = obstacles.into_iter().take(MOST_NAMED).map(says).collect();
        let more = if more > 0 { format!("；另有 {more} 人") } else { String::new() };
        errors.add("people", format!("一个也没有提交。{}{more}", named.join("；")));
    }
    let page = page(&app, &acting, id, Submitted::new(ApplyForm::default(), errors), SentField::Neither).await?;
    let page = NominatePage { several: form, people, ..page };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What stands in somebody's way, with the name by which they may have been typed.
fn about(people: &PeopleField, Obstacle { number, says }: Obstacle) -> String {
    let Some(number) = number else { return says };
    let person = people.people.iter().find(|one| one.number == number);
    match person.and_then(|one| one.found.as_ref()) {
        Some(found) => format!("{}（{number}）：{says}", found.name),
        None => format!("{number}：{says}"),
    }
}

/// A recommendation's words: what the plan asks the recommending body to speak of (ELG-02, ELG-06).
fn words(text: &str, needed: bool, field: &'static str, errors: &mut Errors) -> Option<String> {
    let text = crate::text::trimmed(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if needed && text.is_empty() {
        errors.add(field, "推荐意见须说明政治表现、品行、服务意识（ELG-02）和学习情况（ELG-06）");
    } else if text.chars().count() > 300 {
        errors.add(field, "不能超过 300 字");
    } else if text.chars().any(is_hidden) {
        errors.add(field, "含有看不见的字符");
    } else {
        return Some(text);
    }
    None
}

/// What stands in the way of a row's person, with the name that the row has: few know their classmates by number.
fn with_name(name: &str, says: String) -> String {
    if name.is_empty() || says.contains(name) { says } else { format!("{name}：{says}") }
}

/// Adds who has another name than the file says, for a number typed wrong is somebody else's; and of rows whose place
/// cannot be read, what stands in the way of their people.
async fn add_misnamed(
    app: &App,
    acting: &Acting<Vetter>,
    round: &Round,
    sheet: &Sheet,
    found: &[Candidate],
    bad: &mut Vec<BadCell>,
) -> Result<(), Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let office = ChainOffice::of(&mut db, acting).await?;
    let columns = Columns::find(sheet, &COLUMNS, &[]).map_err(anyhow::Error::new)?;
    let unread: HashSet<(u32, String)> = bad.iter().map(|cell| (cell.row, cell.column.clone())).collect();
    let is_read = |row: &&Row, column: &str| !unread.contains(&(row.number, column.to_owned()));
    let rows: Vec<&Row> = sheet.rows.iter().filter(|row| is_read(row, "学号")).collect();
    let numbers: Vec<String> = rows.iter().map(|row| columns.shown(row, "学号").into_owned()).collect();
    let basis = round.basis.as_deref();
    let facts = unions_store::facts_by_number(&mut db, acting.institution(), &numbers, basis, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    for (row, number) in rows.into_iter().zip(&numbers) {
        let fact = facts.iter().find(|fact| same_number(&fact.number, number));
        let named = columns.shown(row, "姓名");
        let mut reader = RowReader::new(row, &columns, bad);
        let other = |fact: &&StudentFacts| key(&fact.name) != key(&named) && is_near(&office, fact);
        if is_read(&row, "姓名") && fact.is_some_and(|fact| other(&fact)) {
            reader.fault("姓名", "姓名与系统登记的不同；请核对学号和姓名");
        }
        if found.iter().any(|one| same_number(&one.number, number)) {
            continue;
        }
        let says = match fact {
            None => Some(NOBODY.to_owned()),
            Some(fact) => barred(&office, acting.person(), round, fact, round.effective_on).or_else(|| {
                let findings = unfit(&office, plan.as_deref()?, round, fact, today)?;
                Some(in_words(&findings))
            }),
        };
        if let Some(says) = says {
            reader.fault("学号", with_name(&named, says));
        }
    }
    Ok(())
}

/// The page after a file that was not taken.
async fn without_fields(
    app: &App,
    acting: &Acting<Vetter>,
    id: RoundId,
    errors: Errors,
) -> Result<NominatePage, Failure> {
    page(app, acting, id, Submitted::new(ApplyForm::default(), errors), SentField::Neither).await
}

pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<Vetter>,
    Path(id): Path<RoundId>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    bring_file(&app, acting.person(), &mut upload).await?;
    let mut errors = Errors::default();
    let asked = page(&app, &acting, id, Submitted::default(), SentField::Neither).await?;
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(bytes) = upload.file.take() else {
        errors.add("file", "请选择文件");
        return Ok((unfit, without_fields(&app, &acting, id, errors).await?).into_response());
    };
    let (round, recommends, choice) = (asked.round.clone(), asked.recommends, upload.choice());
    let (chosen, sent) = (choice.clone(), bytes.clone());
    let read = app
        .heavy(move || {
            let sheet = Sheet::read_for(&bytes, &COLUMNS, &REQUIRED, &choice)?;
            let (found, bad) = candidates(&sheet, &round, recommends)?;
            Ok::<_, ReadError>((sheet, found, bad))
        })
        .await?;
    let (sheet, found, mut bad) = match read {
        Ok(read) => read,
        Err(error) => {
            errors.add("file", error.to_string());
            let mut again = without_fields(&app, &acting, id, errors).await?;
            if let ReadError::Asks(question) = error {
                let kept = keep_file(&app, acting.person(), &upload.file_name, sent).await?;
                again.choice = SheetChoice { choice: chosen, question: Some(question), kept };
            }
            return Ok((unfit, again).into_response());
        }
    };
    // All that is wrong is said at once: where a cell cannot be used, the people are tried all the same.
    add_misnamed(&app, &acting, &asked.round, &sheet, &found, &mut bad).await?;
    let tries = !bad.is_empty();
    let obstacles = send(&app, &acting, id, &found, None, tries).await?;
    if obstacles.is_empty() && !tries {
        let numbers: Vec<String> = found.into_iter().map(|one| one.number).collect();
        return nominated(&app, &acting, id, &numbers).await;
    }
    let columns = Columns::find(&sheet, &COLUMNS, &[]).map_err(anyhow::Error::new)?;
    for Obstacle { number, says } in obstacles {
        let Some(number) = number else {
            errors.add("file", says);
            continue;
        };
        let row = sheet.rows.iter().find(|row| same_number(&columns.shown(row, "学号"), &number));
        let name = row.map(|row| columns.shown(row, "姓名")).unwrap_or_default();
        let reason = with_name(&name, says);
        bad.push(BadCell { row: row.map_or(0, |row| row.number), column: "学号".to_owned(), value: number, reason });
    }
    bad.sort_by_key(|cell| cell.row);
    errors.add("file", format!("有 {} 处有误，什么也没有写入。改好后重新上传。", bad.len()));
    let mut again = without_fields(&app, &acting, id, errors).await?;
    again.bad_count = bad.len();
    (again.take_back, again.bad) = app.heavy(move || (faults_as_json(&sheet, &bad), bad)).await?;
    again.bad.truncate(SHOWN_FAULTS);
    Ok((unfit, again).into_response())
}
