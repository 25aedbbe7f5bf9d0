//! 轮值: the turns of one union, proposed, confirmed and taken back.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Permissions, lock, visible};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{SemesterId, TurnId, UnionId},
    inbox::{self, Notice, To},
    office::{OfficeKind, UnionKeeper},
    page::{chrome::Chrome, filters},
    rotation::{
        Verb,
        chart::{TimelineChart, past_gaps},
        paths::{DUTY, Done},
        store::{self, ExplainedGap, SemesterRow, UndoableTurn},
    },
    rulebook::{governing, store::calendar},
    rules::{
        Clause, Finding, Outcome, Rule,
        adoption::Calendar,
        plan::Turn as Period,
        rotation::{Duty, gaps, take_turn},
        timeline::Turn,
    },
    text::{chinese_day, day, trimmed},
    unions::{
        paths::UNIONS,
        store as unions_store,
        union::{PostRow, Record, TurnRow},
    },
    web::forms::{Attempt, Errors, filled_in, written},
};

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ProposeForm {
    holder: String,
    semester: String,
    from: String,
    last: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "rotation/show.html")]
pub(super) struct RotationPage {
    chrome: Chrome,
    record: Record,
    /// The tabs of the union's other pages; none for students, who see this page alone.
    tabs: Option<(UnionId, bool)>,
    may: Permissions,
    today: Date,
    chart: Option<TimelineChart>,
    past_gaps: Vec<PastGap>,
    semesters: Vec<SemesterRow>,
    presidium: Vec<PostRow>,
    proposed: Vec<TurnRow>,
    /// Turns that were ended today, and can go on.
    undoable: Vec<UndoableTurn>,
    /// The whole semester is the only length that the plan allows.
    exact: bool,
    /// How long a turn is by the plan, in words; none where the plan does not say.
    period: Option<String>,
    clause: Option<Clause>,
    form: ProposeForm,
    errors: Errors,
    warned: Vec<Finding>,
    reason: String,
    gap: GapForm,
    done: &'static str,
}

/// Days that have gone by without a chair, and what is said of them.
struct PastGap {
    from: Date,
    last: Date,
    said: Option<ExplainedGap>,
}

impl RotationPage {
    /// How long a turn is, where it need not be a whole semester.
    fn length(&self) -> String {
        match &self.period {
            Some(period) if period == "最长一个学期" => {
                "本校方案一期不超过一个学期，可以短于一个学期。".to_owned()
            }
            Some(period) => format!("本校方案的轮值周期：{period}；学期末不足一期的，排到学期末。"),
            None => "本校方案没有写轮值周期有多长；起止日期不填的，排到学期末。".to_owned(),
        }
    }

    /// The end of a turn can be taken back.
    fn can_undo(&self, turn: &TurnRow) -> bool {
        self.may.decide && self.undoable.iter().any(|end| end.id == turn.id)
    }

    /// What was typed of this gap.
    fn typed_of(&self, gap: &PastGap) -> &str {
        if self.is_typed(gap) { &self.gap.why } else { "" }
    }

    fn is_typed(&self, gap: &PastGap) -> bool {
        self.gap.from == gap.from.to_string()
    }
}

/// Which gap, and why nobody was on duty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GapForm {
    from: String,
    why: String,
}

/// What comes back of the page's forms: a proposal as typed, the reason for a confirmation and what asks for it, or why
/// nobody was on duty.
#[derive(Default)]
struct TypedTurns {
    gap: GapForm,
    form: ProposeForm,
    errors: Errors,
    warned: Vec<Finding>,
    reason: String,
}

async fn page(
    app: &App,
    person: &SignedIn,
    id: UnionId,
    typed: TypedTurns,
    done: &'static str,
) -> Result<RotationPage, Failure> {
    let TypedTurns { gap, form, errors, warned, reason } = typed;
    let (record, may) = visible(app, person, id).await?;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let semesters = store::semesters(&mut db, person.institution).await?;
    let governing = governing(&mut db, person.institution, today).await?;
    let plan = governing.as_ref().map(|governing| &governing.plan);
    let length = plan.and_then(|plan| plan.figures.turn.as_ref()).map(|stated| stated.value);
    let (exact, period) = (length.is_some_and(Period::is_one_semester), length.map(Period::in_words));
    let clause = plan.and_then(|plan| plan.provision(Rule::Org04)).map(|provision| provision.clause().clone());
    let presidium = record
        .posts
        .iter()
        .filter(|post| post.seat && post.until_day.is_none_or(|until| until > today))
        .cloned()
        .collect();
    let proposed = record.turns.iter().filter(|turn| !turn.confirmed).cloned().collect();
    let undoable = store::undoable_turns(&mut db, id, today).await?;
    let explained = store::explained_gaps(&mut db, id).await?;
    let chart = TimelineChart::new(&record, &semesters, &explained, today);
    let past =
        past_gaps(&record.timeline.turns, record.union.opened_on, today).into_iter().map(|(from, until)| PastGap {
            from,
            last: until.previous_day().unwrap_or(until),
            said: explained.iter().find(|one| one.covers(from, until)).cloned(),
        });
    let past_gaps = past.collect();
    let sees = person.acting.as_ref().is_some_and(|office| record.union.is_visible_to(office));
    let mut chrome = app.chrome(person, "轮值");
    chrome = if sees {
        chrome.under(UNIONS, "学生会").under(&id.path(), &record.union.name)
    } else {
        chrome.under(DUTY, "我的轮值")
    };
    Ok(RotationPage {
        chrome,
        tabs: sees.then_some((id, record.union.opened_on.is_some())),
        may,
        today,
        chart,
        past_gaps,
        presidium,
        proposed,
        undoable,
        exact,
        period,
        clause,
        record,
        semesters,
        form,
        errors,
        warned,
        reason,
        gap,
        done,
    })
}

/// Says why nobody was on duty for days that have gone by.
pub(super) async fn explain(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(gap): Form<GapForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let why = written(&gap.why, 200, "why", "请写明空缺的原因", &mut errors);
    let from = day(&gap.from).ok_or(Failure::Malformed)?;
    let Some(why) = why.filter(|_| errors.is_empty()) else {
        let page = page(&app, acting.person(), id, TypedTurns { gap, errors, ..TypedTurns::default() }, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let locked = unions_store::lock(db, &acting, id, today).await?;
        let past = past_gaps(&locked.timeline.turns, locked.union.opened_on, today);
        let (from, until) = past.into_iter().find(|(start, _)| *start == from).ok_or(Failure::Missing)?;
        if !store::explain_gap(db, &locked, from, until, &why, acting.person().account, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::TurnKept, locked.union.name.clone())
            .detail("办理", "说明空缺")
            .detail("起止", store::days_in_words(from, until))
            .detail("原因", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::GapExplained.at(&id.rotation_path())).into_response())
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionId>,
    Query(RotationQuery { done, form }): Query<RotationQuery>,
) -> Result<RotationPage, Failure> {
    page(&app, &person, id, TypedTurns { form, ..TypedTurns::default() }, Done::said(&done)).await
}

/// What was done, or what was typed before a refusal.
#[derive(Deserialize)]
pub(super) struct RotationQuery {
    #[serde(default)]
    done: String,
    #[serde(flatten)]
    form: ProposeForm,
}

pub(super) async fn propose(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<UnionId>,
    Form(form): Form<ProposeForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (record, allowed) = visible(&app, &person, id).await?;
    if !allowed.propose {
        return Err(Failure::Missing);
    }
    if record.union.opened_on.is_none() {
        errors.add("holder", "这个学生会还没有启用");
    }
    let semesters = store::semesters(&mut *app.read().await?, person.institution).await?;
    let holder =
        record.posts.iter().find(|post| post.seat && post.student.to_string() == form.holder).map(|post| post.student);
    if holder.is_none() {
        errors.add("holder", "请选择主席团成员");
    }
    let chosen = form.semester.parse::<SemesterId>().ok();
    let semester = semesters.iter().find(|row| Some(row.id) == chosen);
    if semester.is_none() {
        errors.add("semester", "请选择学期");
    }
    // An empty day means the semester's own; in a semester that runs already, today or the first day after it without a
    // chair: what has gone by without one is not painted over.
    let start = |row: &SemesterRow| {
        let running = row.from_day.max(today.min(row.until_day));
        let free = gaps(&record.timeline.turns, running, row.until_day);
        free.first().map_or(row.from_day, |(day, _)| *day)
    };
    let typed = |text: &str, field: &'static str, errors: &mut Errors| {
        if trimmed(text).is_empty() {
            return None;
        }
        let read = day(text);
        if read.is_none() {
            errors.add(field, "请按 2026-09-01 的格式填写日期");
        }
        read
    };
    let from = typed(&form.from, "from", &mut errors).or_else(|| semester.map(start));
    let last = typed(&form.last, "last", &mut errors).or_else(|| semester.map(SemesterRow::last_day));
    let until = last.and_then(Date::next_day);
    if let Some((from, until)) = from.zip(until)
        && (until <= from || semester.is_some_and(|row| from < row.from_day || until > row.until_day))
    {
        errors.add("from", "起止日期应在所选学期之内，且先后正确");
        errors.put_in_order(&["holder", "semester", "from", "last"]);
    }
    let (Some(holder), Some(from), Some(until), true) = (holder, from, until, errors.is_empty()) else {
        let page = page(&app, &person, id, TypedTurns { form, errors, ..TypedTurns::default() }, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let path = id.rotation_path();
    let back = filled_in(&path, &form)?;
    app.write_as(person.authority(), async |db| {
        let (locked, may) = lock(db, &person, id, today).await?;
        if !may.propose {
            return Err(Failure::Missing);
        }
        let name = &locked.union.name;
        // What cannot be confirmed is not proposed: the rule is asked at once, warnings wait for the confirmation.
        let post = locked.posts.iter().find(|post| post.student == holder).ok_or(Failure::Missing)?;
        let turn = Turn { number: post.number.clone(), name: post.name.clone(), from, until };
        let plans = calendar(db, person.institution).await?;
        let verdict = take_turn(&plans, &locked.timeline, turn, today, Some("拟定"));
        if verdict.findings().iter().any(refuses) {
            let last = until.previous_day().unwrap_or(until);
            let chrome = app.chrome(&person, "拟定轮值").under(UNIONS, "学生会").under(&path, name);
            let wanted = format!("拟定{}自{}至{}当值（{name}）", post.name, chinese_day(from), chinese_day(last));
            let findings = verdict.findings().to_vec();
            return Err(Refusal { chrome, wanted, back: back.clone() }.because(findings));
        }
        // The same form sent twice is one proposal.
        let days = (from, until);
        let mut proposed = locked.turns.iter().filter(|one| !one.confirmed && one.student == holder);
        if proposed.any(|one| (one.from_day, one.until_day) == days) {
            return Ok(());
        }
        store::propose(db, &locked, holder, from, until, now).await?;
        let entry = Entry::about(Verb::TurnKept, holder)
            .detail("办理", "拟定")
            .detail("学生会", name.clone())
            .detail("起止", store::days_in_words(from, until));
        audit::append(db, &person, entry, now).await?;
        if !may.decide {
            let college = locked.union.college;
            let kind = if college.is_some() { OfficeKind::CollegeLeague } else { OfficeKind::SchoolLeague };
            let notice = Notice::new(format!("{name}拟定了执行主席轮值，请确认"), path.clone());
            inbox::tell(db, person.institution, To::Office { kind, college, class: None }, &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Proposed.at(&path)).into_response())
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfirmForm {
    turn: Vec<TurnId>,
    reason: String,
}

pub(super) async fn confirm(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let (record, allowed) = visible(&app, acting.person(), id).await?;
    if !allowed.decide {
        return Err(Failure::Missing);
    }
    if form.turn.is_empty() {
        errors.add("turn", "请选择要确认的轮值");
    }
    let reason =
        if trimmed(&form.reason).is_empty() { None } else { written(&form.reason, 200, "reason", "", &mut errors) };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if !errors.is_empty() {
        let typed = TypedTurns { errors, reason: form.reason, ..TypedTurns::default() };
        return Ok((unfit, page(&app, acting.person(), id, typed, "").await?).into_response());
    }
    let path = id.rotation_path();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = unions_store::lock(db, &acting, id, today).await?;
            let name = &locked.union.name;
            let plans = calendar(db, acting.institution()).await?;
            let chrome =
                app.chrome(acting.person(), "确认轮值").under(UNIONS, "学生会").under(&id.path(), &record.union.name);
            let refusal = Refusal { chrome, wanted: String::new(), back: path.clone() };
            let judged = judge(&plans, &locked, &form.turn, today, reason.as_deref(), refusal)?;
            let passed = match judged {
                Attempt::Done(passed) => passed,
                Attempt::Fault(field, says) => return Ok(Attempt::Fault(field, says)),
                Attempt::NeedsReason(warned) => return Ok(Attempt::NeedsReason(warned)),
            };
            for PassedTurn { row, .. } in &passed {
                if let Some(until) = store::suspended_until(db, &locked, row).await? {
                    let says =
                        format!("{}停职到{}，停职期间不任执行主席，请改由他人轮值", row.name, chinese_day(until));
                    return Ok(Attempt::Fault("turn", says));
                }
            }
            for PassedTurn { row, duty } in passed {
                if !store::confirm(db, &locked, row.id, &duty, reason.as_deref(), now).await? {
                    return Err(Failure::Missing);
                }
                let mut entry = Entry::about(Verb::TurnKept, row.student)
                    .detail("办理", "确认")
                    .detail("学生会", name.clone())
                    .detail("起止", row.days_in_words());
                if let Some(reason) = &reason {
                    entry = entry.detail("理由", reason.clone());
                }
                if let Some(provision) = plans.on(row.from_day).and_then(|plan| plan.provision(Rule::Org03)) {
                    entry = entry.under(provision.clause());
                }
                audit::append(db, acting.person(), entry, now).await?;
                let subject = format!("你自{}起担任{name}执行主席", chinese_day(row.from_day));
                let notice = Notice::new(subject, DUTY)
                    .says(format!("轮值到{}。执行主席是职责不是岗位，到期自动交接。", chinese_day(row.last_day())));
                inbox::tell(db, acting.institution(), To::Student(row.student), &notice, now).await?;
            }
            Ok(Attempt::Done(()))
        })
        .await?;
    let typed = match attempt {
        Attempt::Done(()) => return Ok(Redirect::to(&Done::Confirmed.at(&path)).into_response()),
        Attempt::Fault(field, says) => {
            errors.add(field, says);
            TypedTurns { errors, ..TypedTurns::default() }
        }
        Attempt::NeedsReason(warned) => {
            errors.add("reason", "请写明理由；理由与轮值一起保留");
            TypedTurns { errors, warned, ..TypedTurns::default() }
        }
    };
    Ok((unfit, page(&app, acting.person(), id, typed, "").await?).into_response())
}

/// A proposal that the rule has passed.
struct PassedTurn {
    row: TurnRow,
    duty: Duty,
}

/// Judges the chosen proposals in the order of their days, each with those before it: all pass, or none is written.
fn judge(
    plans: &Calendar,
    record: &Record,
    chosen: &[TurnId],
    today: Date,
    reason: Option<&str>,
    mut refusal: Refusal,
) -> Result<Attempt<Vec<PassedTurn>>, Failure> {
    let mut timeline = record.timeline.clone();
    let (mut passed, mut warned) = (Vec::new(), Vec::new());
    for row in record.turns.iter().filter(|turn| !turn.confirmed && chosen.contains(&turn.id)) {
        match take_turn(plans, &timeline, row.turn(), today, reason).permit() {
            Ok(duty) => passed.push(PassedTurn { row: row.clone(), duty }),
            Err(findings) if findings.iter().all(|finding| !refuses(finding)) => {
                warned.extend(findings.into_iter().filter(|finding| finding.verdict == Outcome::Warn));
            }
            Err(findings) => {
                let days = format!("自{}至{}", chinese_day(row.from_day), chinese_day(row.last_day()));
                refusal.wanted = format!("确认{}{days} 当值（{}）", row.name, record.union.name);
                return Err(refusal.because(findings));
            }
        }
        timeline.turns.push(row.turn());
    }
    match (passed.is_empty(), warned.is_empty()) {
        (true, true) => Err(Failure::Missing),
        (_, false) => Ok(Attempt::NeedsReason(warned)),
        (false, true) => Ok(Attempt::Done(passed)),
    }
}

fn refuses(finding: &Finding) -> bool {
    matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)
}

pub(super) async fn withdraw(
    State(app): State<App>,
    person: SignedIn,
    Path((id, turn)): Path<(UnionId, TurnId)>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    app.write_as(person.authority(), async |db| {
        let (locked, may) = lock(db, &person, id, today).await?;
        let row = locked.turns.iter().find(|row| row.id == turn).filter(|_| may.propose).ok_or(Failure::Missing)?;
        if !store::withdraw(db, &locked, turn, may.decide, today, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::TurnKept, row.student)
            .detail("办理", "撤回")
            .detail("学生会", locked.union.name.clone())
            .detail("起止", row.days_in_words());
        audit::append(db, &person, entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Withdrawn.at(&id.rotation_path())))
}
