//! The page 代表名额.

use std::fmt::Write as _;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    draft::{self, Draft},
    forms::{ApprovalForm, CellsForm, DraftForm},
    heat::Heat,
    store,
    unit::{Cohort, SeatUnit, Society, mark},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    congress::{
        CongressKeeper, CongressReader, Verb,
        congress::{Congress, Stage},
        pages::{frame, kept, refusal, visible},
        paths::Done,
        store as core,
    },
    failure::Failure,
    ids::CongressId,
    inbox::{self, Notice, To},
    office::OfficeKind,
    page::{chrome::Chrome, filters},
    rulebook::governing,
    rules::{
        Finding, Outcome, Plan,
        congress::SeatTie,
        plan::{Cover, DelegateBase},
        seats::{SeatPlan, UnitKind, approve},
    },
    text::chinese_day,
    web::forms::{Attempt, Errors, ReasonForm, reason},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/congresses/{congress}/seats", show)
        .post("/congresses/{congress}/seats", keep)
        .post("/congresses/{congress}/seats/cells", edit)
        .post("/congresses/{congress}/seats/approve", act)
        .post("/congresses/{congress}/seats/reopen", reopen)
}

/// A plan of seats as the page shows it.
struct SeatsView {
    heat: Option<Heat>,
    /// Societies and the union itself.
    others: Vec<SeatUnit>,
    total: u32,
    /// How the figures came about, a sentence each.
    arithmetic: Vec<String>,
    ties: Vec<String>,
    findings: Vec<Finding>,
    /// Colleges, grades and main societies without a seat.
    missing: Vec<String>,
    /// The plan says who must have one.
    asks_cover: bool,
    /// Grades of colleges without a seat, which no clause asks for.
    bare: Vec<String>,
}

impl SeatsView {
    fn sum(&self) -> u32 {
        let others: u32 = self.others.iter().map(|unit| unit.seats).sum();
        others + self.heat.iter().flat_map(|heat| &heat.rows).map(|row| row.seats).sum::<u32>()
    }
}

/// What a page of seats is made from.
struct Facts {
    plan: Option<std::sync::Arc<Plan>>,
    cohorts: Vec<Cohort>,
    units: Vec<SeatUnit>,
    societies: Vec<Society>,
    ties: Vec<SeatTie>,
    last: Option<crate::rules::seats::LastShare>,
}

impl Facts {
    async fn read(db: &mut PgConnection, congress: &Congress, app: &App) -> Result<Self, Failure> {
        let plan = governing(&mut *db, congress.institution, app.clock.today()).await?.map(|governing| governing.plan);
        let stated = plan.as_ref().and_then(|plan| plan.figures.delegates.as_ref());
        let base = stated.map_or(DelegateBase::Served, |stated| stated.value.base);
        Ok(Self {
            plan,
            cohorts: store::cohorts(&mut *db, congress, base).await?,
            units: store::units(&mut *db, congress).await?,
            societies: store::societies(&mut *db, congress).await?,
            ties: store::ties(&mut *db, congress).await?,
            last: store::last_share(&mut *db, congress).await?,
        })
    }

    fn students(&self) -> u32 {
        self.cohorts.iter().map(|cohort| cohort.students).sum()
    }

    /// What changed since the saved seats were drafted.
    fn changes(&self) -> Vec<String> {
        if self.units.is_empty() { Vec::new() } else { draft::changes(&self.units, &self.cohorts) }
    }

    fn seat_plan(&self, congress: &Congress, units: &[SeatUnit], total: u32) -> SeatPlan {
        SeatPlan {
            kind: congress.kind,
            total,
            ordinary_percent: congress.ordinary_percent,
            units: units.iter().map(SeatUnit::judged).collect(),
            last: self.last.clone(),
        }
    }

    /// A plan of seats as the page shows it.
    fn view(&self, plan: &Plan, congress: &Congress, shared: &Shared<'_>) -> SeatsView {
        let findings = self.seat_plan(congress, shared.units, shared.total).findings(plan);
        let has_none = |unit: &&SeatUnit| unit.kind == UnitKind::Grade && unit.seats == 0 && unit.students > 0;
        let is_bound = |finding: &Finding| finding.rule == crate::rules::Rule::Con04 && finding.verdict.is_judged();
        let mut arithmetic = arithmetic(plan, shared);
        if plan.figures.delegates.is_some() && !findings.iter().any(is_bound) {
            arithmetic.insert(0, "方案没有规定这一级大会的名额：下面的最低数照校级的办法推算，供参考。".to_owned());
        }
        let cover = || findings.iter().filter(|finding| finding.rule == crate::rules::Rule::Con05);
        SeatsView {
            heat: Heat::new(shared.units),
            others: shared.units.iter().filter(|unit| unit.kind != UnitKind::Grade).cloned().collect(),
            total: shared.total,
            arithmetic,
            ties: shared.ties.iter().map(tie_in_words).collect(),
            missing: cover().flat_map(|finding| finding.subjects.clone()).collect(),
            asks_cover: cover().any(|finding| finding.verdict.is_judged()),
            bare: shared.units.iter().filter(has_none).map(SeatUnit::name).collect(),
            findings,
        }
    }
}

/// Seats shared out among units.
struct Shared<'a> {
    units: &'a [SeatUnit],
    total: u32,
    ties: &'a [SeatTie],
}

fn tie_in_words(tie: &SeatTie) -> String {
    let SeatTie { college, given, by, .. } = tie;
    let place = college.as_ref().map(|college| format!("{college}的年级")).unwrap_or_default();
    format!("余数相同：{place}{}，这一个名额给了{given}（{}）", tie.between_in_words(), by.label())
}

/// How the figures came about, a sentence each.
fn arithmetic(plan: &Plan, shared: &Shared<'_>) -> Vec<String> {
    let of = |kind| shared.units.iter().filter(move |unit| unit.kind == kind);
    let students: u32 = of(UnitKind::Grade).map(|unit| unit.students).sum();
    let mut lines = Vec::new();
    let mut floor = 0;
    if let Some(stated) = &plan.figures.delegates {
        let share = stated.value.share;
        floor = share.ceil_of(students);
        lines.push(format!("比例：学生 {students} 人 × {share}，向上取整，至少 {floor} 个。"));
    }
    let with_students = || of(UnitKind::Grade).filter(|unit| unit.students > 0);
    let mut colleges: Vec<_> = with_students().map(|unit| unit.college).collect();
    colleges.dedup();
    let mut grades: Vec<_> = with_students().map(|unit| unit.entry_year).collect();
    grades.sort_unstable();
    grades.dedup();
    let (clubs, own) = (of(UnitKind::Society).count(), of(UnitKind::Union).map(|unit| unit.seats).sum::<u32>());
    let covers = |what| plan.figures.cover.as_ref().is_some_and(|cover| cover.value.contains(&what));
    if plan.figures.cover.is_some() {
        let (colleges, grades) = (colleges.len(), grades.len());
        let (widest, mut says) = match (covers(Cover::College), covers(Cover::Grade)) {
            (true, true) => {
                let widest = colleges.max(grades);
                let both = format!(
                    "院系 {colleges} 个、年级 {grades} 个，取多的 {widest} 个（一个名额同时覆盖一个院系和一个年级），"
                );
                (widest, both)
            }
            (true, false) => (colleges, format!("院系 {colleges} 个，")),
            (false, true) => (grades, format!("年级 {grades} 个，")),
            (false, false) => (0, String::new()),
        };
        let mut needed = widest;
        if covers(Cover::Society) {
            needed += clubs;
            let _ = write!(says, "{}主要社团 {clubs} 个，", if widest > 0 { "加" } else { "" });
        }
        lines.push(format!("覆盖：{says}至少 {needed} 个。"));
        let needed = u32::try_from(needed).unwrap_or(u32::MAX);
        let word = if floor > 0 { "两者取大：" } else { "" };
        floor = floor.max(needed);
        lines.push(format!("{word}至少 {floor} 个；本次 {} 个。", shared.total));
    } else if floor > 0 {
        lines.push(format!("至少 {floor} 个；本次 {} 个。", shared.total));
    }
    let of_clubs: u32 = of(UnitKind::Society).map(|unit| unit.seats).sum();
    let left = shared.total.saturating_sub(own + of_clubs);
    let mut rest = format!("分配：总数 {}", shared.total);
    for (what, seats) in [("学生会自身", own), ("主要社团", of_clubs)] {
        if seats > 0 {
            let _ = write!(rest, "，减{what} {seats}");
        }
    }
    let each = if covers(Cover::College) { "，每个有学生的院系至少一个" } else { "" };
    let _ = write!(
        rest,
        "，其余 {left} 个按学生人数分到院系，再在院系内分到年级：先取整数部分，余下的按余数从大到小各给一个（最大余数法）{each}。"
    );
    lines.push(rest);
    lines
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/seats.html")]
struct SeatsPage {
    chrome: Chrome,
    congress: Congress,
    plan: String,
    /// Students who are counted, on the day or so far.
    students: u32,
    /// The seats as they are kept.
    kept: Option<SeatsView>,
    /// What another total or other societies would give.
    trial: Option<SeatsView>,
    societies: Vec<Society>,
    changes: Vec<String>,
    keeps: bool,
    form: DraftForm,
    cells: Vec<String>,
    /// The mark of the seats as they are kept.
    seen: String,
    typed: ReasonForm,
    errors: Errors,
    done: &'static str,
    /// The day of the count has not come yet.
    early: bool,
}

impl SeatsPage {
    /// The office may still draft and edit.
    fn may_edit(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Preparing && !self.congress.has_approved_seats()
    }

    fn may_reopen(&self) -> bool {
        self.keeps && self.congress.stage == Stage::Preparing && self.congress.has_approved_seats()
    }

    /// What stands in the field of the unit at a place, from 1.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn cell(&self, place: &i16, seats: &u32) -> String {
        let typed = usize::try_from(*place).ok().and_then(|place| self.cells.get(place.checked_sub(1)?));
        typed.cloned().unwrap_or_else(|| seats.to_string())
    }
}

/// What was typed into the forms of the page.
#[derive(Default)]
struct SeatsForms {
    draft: Option<DraftForm>,
    cells: Vec<String>,
    typed: ReasonForm,
    errors: Errors,
    done: &'static str,
}

async fn page(app: &App, person: &SignedIn, congress: Congress, forms: SeatsForms) -> Result<SeatsPage, Failure> {
    let facts = Facts::read(&mut *app.read().await?, &congress, app).await?;
    let today = app.clock.today();
    let SeatsForms { draft: asked, cells, typed, mut errors, done } = forms;
    let plan = facts.plan.as_ref().map(|plan| plan.as_of(today));
    let trial = match (&plan, &asked) {
        (Some(plan), Some(form)) => form.read(&facts.societies, &mut errors).map(|request| {
            let Draft { units, total, allocation } = draft::draft(plan, &facts.cohorts, &request);
            facts.view(plan, &congress, &Shared { units: &units, total, ties: &allocation.ties })
        }),
        _ => None,
    };
    let kept = plan
        .as_ref()
        .zip(congress.seats)
        .map(|(plan, total)| facts.view(plan, &congress, &Shared { units: &facts.units, total, ties: &facts.ties }));
    // The main societies are the school's: a college flags those of its own.
    let flagged = if congress.college.is_some() { &[] } else { facts.societies.as_slice() };
    let form = asked.unwrap_or_else(|| DraftForm::of(congress.seats, &facts.units, flagged));
    Ok(SeatsPage {
        chrome: frame(app, person, &congress, "代表名额"),
        plan: plan.map(|plan| plan.short.clone()).unwrap_or_default(),
        students: facts.students(),
        kept,
        trial,
        changes: facts.changes(),
        seen: mark(&facts.units),
        societies: facts.societies,
        keeps: person.acting.as_ref().is_some_and(|office| congress.is_kept_by(office)),
        form,
        cells,
        typed,
        errors,
        done,
        early: congress.counted_on > today,
        congress,
    })
}

fn again(page: SeatsPage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
    Query(form): Query<DraftForm>,
) -> Result<SeatsPage, Failure> {
    let congress = visible(&mut *app.read().await?, &acting, id).await?;
    let done = Done::said(&form.done);
    let draft = form.is_asked().then_some(form);
    page(&app, acting.person(), congress, SeatsForms { draft, done, ..SeatsForms::default() }).await
}

/// What is said where seats can no longer be changed.
const FROZEN: &str = "名额已经批准，或大会已不在筹备阶段";
const THAW: &str = "名额批准以后不能改；选举还没有开始的，可以写明理由重新打开";

/// What is said where others have changed the seats since the page was shown.
const CHANGED: &str = "名额刚才有人改过，与你看到的不同";
const LOOK_AGAIN: &str = "看过现在的名额，再决定要不要办理";

async fn keep(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<DraftForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let facts = Facts::read(&mut *app.read().await?, &congress, &app).await?;
    if facts.students() == 0 {
        errors.add("total", "基准日没有在校学生，无法分配");
    }
    let request = form.read(&facts.societies, &mut errors);
    let Some(request) = request.filter(|_| errors.is_empty()) else {
        let forms = SeatsForms { draft: Some(form), errors, ..SeatsForms::default() };
        return Ok(again(page(&app, acting.person(), congress, forms).await?));
    };
    let refused = |why: &str, remedy: &str| {
        refusal(&app, acting.person(), &congress, "分配代表名额", id.seats_path()).for_reason(why, remedy)
    };
    let Some(plan) = &facts.plan else {
        return Err(refused("本校还没有启用实施方案，没有依据可以分配", "由校团委启用实施方案"));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let facts = Facts::read(db, &locked, &app).await?;
        let Draft { units, total, allocation } = draft::draft(&plan.as_of(today), &facts.cohorts, &request);
        if !store::keep(db, &locked, &units, total, &allocation.ties).await? {
            return Err(refused(FROZEN, THAW));
        }
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "分配名额")
            .detail("名额", total)
            .detail("学生", allocation.students);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SeatsKept.at(&id.seats_path())).into_response())
}

async fn edit(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<CellsForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let units = store::units(&mut *app.read().await?, &congress).await?;
    let total = congress.seats.unwrap_or(0);
    let changed =
        || refusal(&app, acting.person(), &congress, "修改名额", id.seats_path()).for_reason(CHANGED, LOOK_AGAIN);
    // Cells are typed by their places: in another list they would be other units'.
    if !congress.has_approved_seats() && mark(&units) != form.seen {
        return Err(changed());
    }
    let Some(seats) = form.read(units.len(), total, &mut errors) else {
        let forms = SeatsForms { cells: form.seats, errors, ..SeatsForms::default() };
        return Ok(again(page(&app, acting.person(), congress, forms).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        let is_changed = locked.seats != Some(total) || mark(&store::units(db, &locked).await?) != form.seen;
        if is_changed && !locked.has_approved_seats() {
            return Err(changed());
        }
        if is_changed || !store::edit(db, &locked, &seats).await? {
            let refused = refusal(&app, acting.person(), &locked, "修改名额", id.seats_path());
            return Err(refused.for_reason(FROZEN, THAW));
        }
        let edited = units.iter().zip(&seats).filter(|(unit, seats)| unit.seats != **seats);
        let says: Vec<String> =
            edited.map(|(unit, seats)| format!("{} {}→{seats}", unit.name(), unit.seats)).take(40).collect();
        let entry = Entry::new(Verb::CongressKept, locked.short_title())
            .detail("办理", "修改名额")
            .detail("单位", says.join("；"));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SeatsEdited.at(&id.seats_path())).into_response())
}

async fn act(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(approval): Form<ApprovalForm>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let units = store::units(&mut *app.read().await?, &congress).await?;
    let mut errors = Errors::default();
    // What is approved is what is kept: whoever has changed a cell since would approve other seats than they see.
    if mark(&units) == approval.seen && approval.changes(&units) {
        errors.add("seats", "各格改了还没有保存，也就没有批准；请先保存各格，再批准");
    }
    let ApprovalForm { reason: typed, seats: cells, seen } = approval;
    let form = ReasonForm { reason: typed };
    let why = if form.reason.trim().is_empty() { None } else { reason(&form.reason, &mut errors) };
    if !errors.is_empty() {
        let forms = SeatsForms { cells, typed: form, errors, ..SeatsForms::default() };
        return Ok(again(page(&app, acting.person(), congress, forms).await?));
    }
    let attempt: Attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            let facts = Facts::read(db, &locked, &app).await?;
            let refused = || refusal(&app, acting.person(), &locked, "批准代表名额", id.seats_path());
            let Some((plan, total)) = facts.plan.as_ref().zip(locked.seats) else {
                return Err(refused().for_reason("还没有分配名额，或本校没有启用实施方案", "先保存名额分配方案"));
            };
            if !locked.has_approved_seats() && mark(&facts.units) != seen {
                return Err(refused().for_reason(CHANGED, LOOK_AGAIN));
            }
            if locked.counted_on > today {
                let why = format!("学生人数的基准日{}还没有到", chinese_day(locked.counted_on));
                return Err(refused().for_reason(why, "到基准日按当天人数重新分配，再批准"));
            }
            let plan = plan.as_of(today);
            let seats = facts.seat_plan(&locked, &facts.units, total);
            match approve(&plan, &seats, &facts.changes(), why.as_deref()).permit() {
                Ok(approved) => {
                    if !store::approve(db, &acting, &locked, &approved, why.as_deref(), now).await? {
                        return Err(refused().for_reason(FROZEN, THAW));
                    }
                    let entry = Entry::new(Verb::CongressKept, locked.short_title())
                        .detail("办理", "批准名额")
                        .detail("名额", total)
                        .detail("理由", why.clone().unwrap_or_default());
                    let clause = plan.provision(crate::rules::Rule::Con04).map(|provision| provision.clause().clone());
                    let entry = clause.iter().fold(entry, Entry::under);
                    audit::append(db, acting.person(), entry, now).await?;
                    tell_colleges(db, &locked, &facts.units, now).await?;
                    Ok(Attempt::Done(()))
                }
                Err(findings)
                    if !findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)) =>
                {
                    Ok(Attempt::NeedsReason(findings))
                }
                Err(findings) => Err(refused().because(findings)),
            }
        })
        .await?;
    if attempt.done_or(&mut errors).is_some() {
        return Ok(Redirect::to(&Done::SeatsApproved.at(&id.seats_path())).into_response());
    }
    let forms = SeatsForms { typed: form, errors, ..SeatsForms::default() };
    Ok(again(page(&app, acting.person(), congress, forms).await?))
}

/// Tells the union of each college how many delegates it elects.
async fn tell_colleges(
    db: &mut PgConnection,
    congress: &Congress,
    units: &[SeatUnit],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let of_grades: Vec<&SeatUnit> = units.iter().filter(|unit| unit.kind == UnitKind::Grade).collect();
    for own in of_grades.chunk_by(|one, next| one.college == next.college) {
        let seats: u32 = own.iter().map(|unit| unit.seats).sum();
        let Some(college) = own.first().and_then(|unit| unit.college).filter(|_| seats > 0) else { continue };
        let notice = Notice::new(format!("{}：代表名额已批准", congress.short_title()), congress.id.seats_path())
            .says(format!("本院系 {seats} 名代表，请按名额组织推荐和选举。"));
        let to = To::Office { kind: OfficeKind::CollegeUnion, college: Some(college), class: None };
        inbox::tell(db, congress.institution, to, &notice, now).await?;
    }
    Ok(())
}

async fn reopen(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let congress = kept(&mut *app.read().await?, &acting, id).await?;
    let Some(why) = reason(&form.reason, &mut errors).filter(|_| errors.is_empty()) else {
        let forms = SeatsForms { typed: form, errors, ..SeatsForms::default() };
        return Ok(again(page(&app, acting.person(), congress, forms).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = core::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
        if !store::reopen(db, &locked).await? {
            let refused = refusal(&app, acting.person(), &locked, "重新打开名额", id.seats_path());
            let why = "名额没有批准，或代表的选举已经公告、代表名单已经报来";
            return Err(refused.for_reason(why, "选举开始以后名额不再改变；缺额由候补代表递补或另行选举"));
        }
        let entry =
            Entry::new(Verb::CongressKept, locked.short_title()).detail("办理", "重新打开名额").detail("理由", why);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SeatsReopened.at(&id.seats_path())).into_response())
}
