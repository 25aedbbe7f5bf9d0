//! 就任: the elected take their posts from the day of the approval, and the presidium before them leaves on that day.

use std::collections::{HashMap, HashSet};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::{PgConnection, types::Uuid};
use time::{Date, OffsetDateTime};

use super::result_of;
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    conduct,
    congress::{
        congress::Congress,
        pages::{frame, refusal},
        result::{
            forms::SeatForm,
            paths::Done,
            result::{CongressResult, Elected, Purpose},
            store::{self, OpenMatters},
        },
        store as congresses,
    },
    failure::Failure,
    ids::{CongressId, PostId, StudentId, UnionId},
    inbox::{self, Notice, To},
    office::{OfficeKind, UnionKeeper},
    page::{chrome::Chrome, filters},
    people::OWN_DATA,
    rulebook::store::calendar,
    rules::{
        Clause, Finding, Outcome, Rule, Verdict,
        adoption::Calendar,
        appointment::{Appointment, Wanted, appoint_together},
        congress_result::{ByElection, vacant_seats},
        plan::Union,
        roster::Post,
        rotation::first_gap,
        timeline::Mandate,
    },
    text::{chinese_day, trimmed},
    unions::{
        Verb as UnionVerb, store as unions,
        store::{Appointee, Grounds, LockedUnion, Route},
        union::{PostRow, Record, StudentFacts, TurnRow},
    },
    web::forms::{Attempt, Errors, Submitted, filled_in, reason},
};

/// What is known beside the record of the union.
struct Known<'a> {
    /// 学号 of those who came from a college union.
    from_college: &'a [String],
    /// How many the last congress elected that elected a whole presidium.
    elected_before: Option<u32>,
    /// The plan asks for an executive chair on duty (ORG-03).
    rotates: bool,
}

/// What becomes of a union when the elected take their posts.
struct Change {
    /// The day on which they begin and the others leave.
    day: Date,
    /// The result is not approved yet: it is looked at as if it were.
    is_foreseen: bool,
    new: Vec<(StudentId, Wanted)>,
    staying: Vec<(Elected, PostId)>,
    gone: Vec<PostRow>,
    /// Turns that end with the seats of their holders.
    turns: Vec<TurnRow>,
    /// The plan asks for an executive chair on duty.
    rotates: bool,
    /// The first day on which nobody is on duty, where somebody has to be.
    gap: Option<Date>,
    /// Why it cannot be, beside what the rules on posts say.
    faults: Vec<Finding>,
}

impl Change {
    /// What the result makes of the union; until it is approved, as if that were today.
    fn of(
        record: &Record,
        result: &CongressResult,
        facts: &HashMap<StudentId, StudentFacts>,
        known: &Known<'_>,
        today: Date,
    ) -> Self {
        let approved = result.state.approval().map_or(today, |one| one.on);
        // Before 启用 the union was taken down as it stood.
        let day = record.union.opened_on.map_or(approved, |opened| approved.max(opened));
        let seats = || record.posts.iter().filter(|row| row.seat);
        let open = |row: &&PostRow| row.until_day.is_none_or(|until| until > day);
        let is_elected = |student: StudentId| result.elected.iter().any(|one| one.student == student);
        let mut change = Self {
            day,
            is_foreseen: result.state.approval().is_none(),
            new: Vec::new(),
            staying: Vec::new(),
            gone: Vec::new(),
            turns: Vec::new(),
            rotates: known.rotates,
            gap: None,
            faults: Vec::new(),
        };
        for one in &result.elected {
            if let Some(row) = seats().filter(open).find(|row| row.student == one.student && row.from_day <= day) {
                change.staying.push((one.clone(), row.id));
                continue;
            }
            let Some(fact) = facts.get(&one.student) else { continue };
            if let Some(says) = record.union.why_not_member(fact, day) {
                change.faults.push(Finding::house(Outcome::Fail, format!("{says}，不能就任")));
            }
            let person = fact.member(Some(known.from_college.contains(&one.number)), today);
            let wanted = Wanted { person, post: Post::Presidium, from: day, until: fact.left_on };
            change.new.push((one.student, wanted));
        }
        if result.purpose == Purpose::Term {
            change.gone =
                seats().filter(open).filter(|row| !is_elected(row.student) || row.from_day > day).cloned().collect();
        } else if let Some(elected_before) = known.elected_before {
            let many = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let sitting: HashSet<StudentId> = seats().filter(|row| row.is_on(day)).map(|row| row.student).collect();
            let sitting = many(sitting.len());
            let by_election = ByElection { elected_before, sitting, new: many(change.new.len()) };
            change.faults.push(vacant_seats(by_election));
        }
        let leaves = |student: StudentId| change.gone.iter().any(|row| row.student == student) && !is_elected(student);
        let ahead = |turn: &&TurnRow| turn.until_day > day;
        change.turns = record.turns.iter().filter(ahead).filter(|turn| leaves(turn.student)).cloned().collect();
        let stays: Vec<(Date, Option<Date>)> = record
            .turns
            .iter()
            .filter(|turn| turn.confirmed && !leaves(turn.student))
            .map(|turn| (turn.from_day, Some(turn.until_day)))
            .collect();
        let from = day.max(today);
        let gap = first_gap(&stays, from, from.saturating_add(time::Duration::days(366)));
        change.gap = gap.filter(|_| known.rotates);
        change
    }

    /// The rules on what changes: all may take their posts, or none.
    fn judge(&self, plans: &Calendar, record: &Record, reason: Option<&str>) -> Verdict<Vec<Appointment>> {
        let mut timeline = record.timeline.clone();
        for (row, holding) in record.posts.iter().zip(&mut timeline.holdings) {
            if self.gone.iter().any(|gone| gone.id == row.id) {
                holding.until = Some(holding.from.max(self.day));
            }
        }
        if self.is_foreseen {
            let elected = |number: &String| Mandate { number: number.clone(), from: self.day, until: None };
            timeline.elected.extend(self.new.iter().map(|(_, wanted)| elected(&wanted.person.number)));
        }
        appoint_together(plans, &timeline, self.new.iter().map(|(_, wanted)| wanted.clone()).collect(), reason)
    }
}

/// What a change is read from.
async fn change_of(
    db: &mut PgConnection,
    congress: &Congress,
    result: &CongressResult,
    record: &Record,
    from_college: &[String],
    plans: &Calendar,
    today: Date,
) -> Result<Change, Failure> {
    let students: Vec<Uuid> = result.elected.iter().map(|one| one.student.0).collect();
    let facts = unions::facts(db, &students, today).await?;
    let facts = facts.into_iter().map(|fact| (fact.student, fact)).collect();
    let approved = result.state.approval().map_or(today, |one| one.on);
    let elected_before = store::elected_before(db, congress, approved).await?;
    let rotates = plans.in_force(today).is_some_and(|plan| plan.provision(Rule::Org03).is_some());
    Ok(Change::of(record, result, &facts, &Known { from_college, elected_before, rotates }, today))
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/result/posts.html")]
pub(super) struct SeatPage {
    chrome: Chrome,
    congress: Congress,
    result: CongressResult,
    change: Change,
    open: OpenMatters,
    findings: Vec<Finding>,
    union: UnionId,
    form: SeatForm,
    errors: Errors,
}

impl SeatPage {
    fn hard(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown))
    }

    /// A hard rule stands in the way, whoever is said to come from a college's union.
    fn is_refused(&self) -> bool {
        self.hard().any(|finding| finding.rule != Rule::Stf10 || !self.asks_origin())
    }

    /// STF-10 stands in the way as long as nobody else is said to come from a college's union.
    fn turns_on_origin(&self) -> bool {
        !self.is_refused() && self.hard().next().is_some()
    }

    fn needs_reason(&self) -> bool {
        !self.is_refused() && self.findings.iter().any(|finding| finding.verdict == Outcome::Warn)
    }

    /// Where those come from who begin is asked: half of a school's people come from the colleges.
    fn asks_origin(&self) -> bool {
        self.congress.college.is_none() && !self.change.new.is_empty()
    }

    /// The elected are looked at before the result is approved: whoever cannot take a post is better found then.
    fn waits_for_approval(&self) -> bool {
        !self.is_done() && self.result.waits_to_seat().is_none()
    }

    fn is_done(&self) -> bool {
        self.result.seated_at.is_some()
    }

    fn gone_in_words(&self) -> String {
        let names: Vec<&str> = self.change.gone.iter().map(|row| row.name.as_str()).collect();
        if names.is_empty() { "没有".to_owned() } else { names.join("、") }
    }

    fn staying_in_words(&self) -> String {
        let names: Vec<&str> = self.change.staying.iter().map(|(one, _)| one.name.as_str()).collect();
        if names.is_empty() { "没有".to_owned() } else { names.join("、") }
    }

    fn new_in_words(&self) -> String {
        let names: Vec<&str> = self.change.new.iter().map(|(_, wanted)| wanted.person.name.as_str()).collect();
        if names.is_empty() { "没有".to_owned() } else { names.join("、") }
    }

    /// What is open and goes on with the new presidium.
    fn handed_over(&self) -> Vec<String> {
        let OpenMatters { rosters, rounds, officers } = &self.open;
        let mut lines = Vec::new();
        if *rosters > 0 {
            lines.push(format!("上传后没有办理的名单 {rosters} 份"));
        }
        if *rounds > 0 {
            lines.push(format!("进行中的遴选轮次 {rounds} 轮"));
        }
        if !officers.is_empty() {
            let names = officers.join("、");
            lines.push(format!("{names}的账号仍有本会的职务，办理后通知管理员收回"));
        }
        lines
    }
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: CongressId,
    submitted: Submitted<SeatForm>,
) -> Result<SeatPage, Failure> {
    let Submitted { mut form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let congress = visible_to_keeper(&mut db, acting, id).await?;
    let result = result_of(&mut db, &congress).await?;
    let record = unions::record(&mut db, acting.institution(), congress.union, today).await?.ok_or(Failure::Missing)?;
    // As the round has it, until somebody has said otherwise.
    if !errors.has_faults() && form.checked.is_empty() {
        form.from_college = store::from_colleges(&mut db, &congress).await?;
    }
    let plans = calendar(&mut db, acting.institution()).await?;
    let change = change_of(&mut db, &congress, &result, &record, &form.from_college, &plans, today).await?;
    let mut findings = change.faults.clone();
    findings.extend(change.judge(&plans, &record, None).findings().iter().cloned());
    findings.retain(|finding| !finding.verdict.is_settled());
    findings.sort_by_key(|finding| (finding.verdict, finding.rule));
    let leaving: Vec<Uuid> = change.gone.iter().map(|row| row.student.0).collect();
    let open = store::open_matters(&mut db, &congress, &leaving, today).await?;
    let chrome = frame(app, acting.person(), &congress, "就任").under(&id.result_path(), "选举结果");
    Ok(SeatPage { chrome, union: congress.union, congress, result, change, open, findings, form, errors })
}

/// A congress whose union the office manages and which it keeps.
async fn visible_to_keeper(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    id: CongressId,
) -> Result<Congress, Failure> {
    let congress = congresses::find(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    if congress.is_kept_by(acting.office()) { Ok(congress) } else { Err(Failure::Missing) }
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<CongressId>,
    Query(form): Query<SeatForm>,
) -> Result<SeatPage, Failure> {
    page(&app, &acting, id, Submitted::new(form, Errors::default())).await
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<CongressId>,
    Form(form): Form<SeatForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let congress = visible_to_keeper(&mut *app.read().await?, &acting, id).await?;
    let why = if trimmed(&form.reason).is_empty() { None } else { reason(&form.reason, &mut errors) };
    if form.checked != "yes" {
        errors.add("checked", "请核对就任和离任的人员后勾选");
    }
    if !errors.is_empty() {
        let page = page(&app, &acting, id, Submitted::new(form, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let wanted = format!("办理{}当选人就任", congress.short_title());
    let back = filled_in(&id.seating_path(), &form)?;
    let refused = refusal(&app, acting.person(), &congress, &wanted, back);
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = congresses::lock(db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
            let union = unions::lock(db, &acting, locked.union, today).await?;
            let result = result_of(db, &locked).await?;
            let numbers: Vec<String> = result.elected.iter().map(|one| one.number.clone()).collect();
            unions::hold_students(db, acting.institution(), &numbers).await?;
            if result.waits_to_seat().is_none() {
                let why = if result.seated_at.is_some() {
                    "当选人已经就任"
                } else {
                    "选举结果还没有批准，不能就任"
                };
                return Err(refused.for_reason(why, "可能别人刚刚办理；请回到选举结果页面看现在的情况"));
            }
            let plans = calendar(db, acting.institution()).await?;
            let change = change_of(db, &locked, &result, &union, &form.from_college, &plans, today).await?;
            let faults: Vec<Finding> =
                change.faults.iter().filter(|one| one.verdict == Outcome::Fail).cloned().collect();
            if !faults.is_empty() {
                return Err(refused.because(faults));
            }
            match change.judge(&plans, &union, why.as_deref()).permit() {
                Ok(appointments) => {
                    if !store::seat(db, &locked, acting.person(), now).await? {
                        return Err(Failure::Missing);
                    }
                    let plan = plans.in_force(today);
                    let clause = plan.and_then(|plan| Some(plan.provision(Rule::Vet05)?.clause().clone()));
                    let (congress, result, change) = (&*locked, &result, &change);
                    let seating = Seating { acting: &acting, congress, result, change, clause, now };
                    seating.write(db, &union, &appointments, why.clone()).await?;
                    Ok(Attempt::Done(()))
                }
                Err(findings) if findings.iter().any(|one| matches!(one.verdict, Outcome::Fail | Outcome::Unknown)) => {
                    Err(refused.because(findings))
                }
                Err(findings) => Ok(Attempt::NeedsReason(findings)),
            }
        })
        .await?;
    if attempt.done_or(&mut errors).is_some() {
        return Ok(Redirect::to(&Done::Seated.at(&id.result_path())).into_response());
    }
    let page = page(&app, &acting, id, Submitted::new(form, errors)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What is written with.
struct Seating<'a> {
    acting: &'a Acting<UnionKeeper>,
    congress: &'a Congress,
    result: &'a CongressResult,
    change: &'a Change,
    /// By which the presidium is elected, where the plan has one.
    clause: Option<Clause>,
    now: OffsetDateTime,
}

impl Seating<'_> {
    /// Ends the posts of those who leave, with their turns, and begins those of the elected.
    async fn write(
        &self,
        db: &mut PgConnection,
        union: &LockedUnion,
        appointments: &[Appointment],
        reason: Option<String>,
    ) -> Result<(), Failure> {
        let Self { acting, congress, result, change, clause, now } = self;
        let (person, institution, day): (&SignedIn, _, _) = (acting.person(), acting.institution(), change.day);
        let number = result.state.approval().map(|one| one.number.clone()).unwrap_or_default();
        let words: String = format!("{}选举结果批复（{number}）", congress.short_title()).chars().take(120).collect();
        let grounds = Grounds { words, document: None, reason };
        for row in &change.gone {
            unions::end(db, union, row.id, day, "换届", &grounds, *now).await?;
            unions::tell_end(db, union, row, day, "换届", *now).await?;
        }
        let mut notices = Vec::new();
        for ((student, _), appointment) in change.new.iter().zip(appointments) {
            let from_college = appointment.wanted().person.from_college_union;
            let appointee = Appointee { student: *student, from_college, route: Route::Elected(congress.id) };
            unions::appoint(db, union, appointment, appointee, &grounds, *now).await?;
            let notice = Notice::new(format!("你就任{}主席团成员", congress.union_name()), OWN_DATA);
            notices.push((*student, notice.says(format!("自{}起任职。依据：{}。", chinese_day(day), grounds.words))));
        }
        for (one, _) in &change.staying {
            let notice = Notice::new(format!("你连任{}主席团成员", congress.union_name()), OWN_DATA);
            notices.push((one.student, notice.says(format!("依据：{}。", grounds.words))));
        }
        inbox::tell_students(db, institution, &notices, *now).await?;
        conduct::term_ended(db, acting, union, &self.leavers(union), day, *now).await?;
        self.hand_over(db).await?;
        let mut entry = Entry::new(UnionVerb::Reshuffled, union.union.name.clone())
            .detail("大会", congress.short_title())
            .detail("自", day.to_string())
            .detail("就任", change.new.len())
            .detail("连任", change.staying.len())
            .detail("离任", change.gone.len())
            .detail("轮值结束", change.turns.len())
            .detail("依据", grounds.words.clone())
            .detail("理由", grounds.reason.clone().unwrap_or_default());
        if let Some(clause) = clause {
            entry = entry.under(clause);
        }
        audit::append(db, person, entry, *now).await
    }

    /// Those who leave and hold no other post in the union from that day on.
    fn leavers(&self, union: &LockedUnion) -> Vec<StudentId> {
        let Self { change, .. } = self;
        let ends = |row: &PostRow| change.gone.iter().any(|gone| gone.id == row.id);
        let begins = |student: StudentId| change.new.iter().any(|(new, _)| *new == student);
        let stays = |student: StudentId| {
            union.posts.iter().any(|row| row.student == student && !ends(row) && !row.has_ended(&change.day))
        };
        let mut leavers: Vec<StudentId> = change.gone.iter().map(|row| row.student).collect();
        leavers.sort_unstable();
        leavers.dedup();
        leavers.retain(|student| !stays(*student) && !begins(*student));
        leavers
    }

    /// Tells the union's own office what it takes over, and the administrator whose accounts still hold that office.
    async fn hand_over(&self, db: &mut PgConnection) -> Result<(), Failure> {
        let Self { acting, congress, change, now, .. } = self;
        let institution = acting.institution();
        let leaving: Vec<Uuid> = change.gone.iter().map(|row| row.student.0).collect();
        let open = store::open_matters(db, congress, &leaving, now.date()).await?;
        let (kind, college) = match congress.kind {
            Union::School => (OfficeKind::SchoolUnion, None),
            Union::Graduate => (OfficeKind::GraduateUnion, None),
            Union::College => (OfficeKind::CollegeUnion, congress.college),
        };
        let gap = change
            .gap
            .map_or_else(String::new, |day| format!("自{}起没有当值的执行主席，请在轮值里拟定。", chinese_day(day)));
        let says = format!(
            "换届后接办：{gap}未办理的名单 {} 份，进行中的遴选 {} 轮，结束的轮值 {} 期。",
            open.rosters,
            open.rounds,
            change.turns.len()
        );
        let notice = Notice::new(format!("{}已换届", congress.union_name()), congress.union.rotation_path()).says(says);
        inbox::tell(db, institution, To::Office { kind, college, class: None }, &notice, *now).await?;
        if !open.officers.is_empty() {
            let says = format!("{}已离任，账号仍有学生会的职务，请核对后收回。", open.officers.join("、"));
            let notice =
                Notice::new(format!("{}换届：收回离任人员的职务", congress.union_name()), "/accounts").says(says);
            let to = To::Office { kind: OfficeKind::Administrator, college: None, class: None };
            inbox::tell(db, institution, to, &notice, *now).await?;
        }
        Ok(())
    }
}
