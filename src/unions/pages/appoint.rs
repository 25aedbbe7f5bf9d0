//! 任命: one person to one post, judged in the transaction that writes it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    after::After,
    attempt::{answer, held_up},
    calendar,
    fields::{AppointFields, DepartmentRoom, OtherPost, scan_of, take_scan},
    frame, managed,
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{DocumentId, InstitutionId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    people::find::{Among, PersonField, Search, SentField},
    rules::{
        Clause, Finding, Plan, Rule,
        adoption::Calendar,
        appointment::{Wanted, appoint, conditions, holding_in_words},
        chain::Chain,
        education::before_post,
        offer::{Offer, offer},
        plan::Union,
        roster::Post,
        timeline::Timeline,
    },
    text::{chinese_day, folded, is_hidden},
    unions::{
        Verb,
        forms::{AppointForm, AppointRequest},
        paths::Done,
        store::{self, Appointee, LockedUnion, Route},
        union::{Department, PostRow, Record, StudentFacts},
    },
    web::forms::{Attempt, Errors, Submitted, Upload, filled_in},
};

/// Why a post ends whose holder goes to another.
const MOVED: &str = "工作调整";

/// What the portal knows of the person, held against the conditions.
struct StudentCard {
    pub fact: StudentFacts,
    pub conditions: Vec<Finding>,
    pub posts: Vec<String>,
}

fn card(record: &Record, plan: Option<&Plan>, fact: StudentFacts, today: Date) -> StudentCard {
    let member = fact.member(None, today);
    let mut conditions = plan.map(|plan| conditions(plan, &member)).unwrap_or_default();
    conditions.extend(plan.and_then(|plan| before_post(plan, [&member], today)));
    let held = record
        .posts
        .iter()
        .filter(|post| post.student == fact.student && post.until_day.is_none_or(|until| until > today));
    let posts = held.map(PostRow::label_with_place).collect();
    StudentCard { fact, conditions, posts }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/appoint.html")]
pub(super) struct AppointPage {
    chrome: Chrome,
    record: Record,
    form: AppointForm,
    errors: Errors,
    /// Who is to be appointed, and who is only looked up.
    person: PersonField,
    looked_up: PersonField,
    presidium: String,
    rooms: Vec<DepartmentRoom>,
    /// Other posts that the plan allows.
    others: Vec<OtherPost>,
    card: Option<StudentCard>,
    /// Soft limits that would be passed: a reason is asked for.
    warned: Vec<Finding>,
    document: Option<(DocumentId, String)>,
    has_plan: bool,
    /// How the plan says that people come to their posts.
    course: String,
    /// What was asked has been judged, and this is what the union is afterwards.
    after: Option<After>,
}

/// Who may be in the union, as far as the office sees them.
pub(super) fn members(acting: &Acting<UnionKeeper>, record: &Record, today: Date) -> Search {
    Search::of(acting, Among::Students, today).within(record.union.college)
}

/// What is said of a form that comes back: warnings that a reason would settle, or what the union would be.
#[derive(Default)]
struct Seen {
    warned: Vec<Finding>,
    after: Option<After>,
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    submitted: Submitted<AppointForm>,
    asked: SentField,
    seen: Seen,
) -> Result<AppointPage, Failure> {
    let Seen { warned, after } = seen;
    let Submitted { mut form, errors } = submitted;
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = managed(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let found = student(&mut db, acting.institution(), &form.number, today).await?;
    // Of somebody who cannot be in this union at all nothing more is shown: another college's students are not its business.
    let fits = found.filter(|fact| record.union.why_not_member(fact, today).is_none());
    let card = fits.map(|fact| card(&record, plan.as_deref(), fact, today));
    if form.from.is_empty() {
        form.from = today.to_string();
    }
    let fields = AppointFields::load(&mut db, acting.person(), &record, plan.as_deref(), &form, today).await?;
    let AppointFields { presidium, rooms, others, document } = fields;
    let has_plan = plan.is_some();
    let course = Chain::course_in_words(plan.as_deref(), record.union.kind);
    let chrome = frame(app, acting.person(), &record, "任命");
    let (person, looked_up) = asked.apart(&members(acting, &record, today));
    Ok(AppointPage {
        chrome,
        record,
        form,
        errors,
        person,
        looked_up,
        presidium,
        rooms,
        others,
        card,
        warned,
        document,
        has_plan,
        course,
        after,
    })
}

/// A student by their number.
async fn student(
    db: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    today: Date,
) -> Result<Option<StudentFacts>, Failure> {
    let number = folded(number);
    if number.is_empty() || number.chars().any(is_hidden) {
        return Ok(None);
    }
    Ok(store::facts_by_number(db, institution, &[number], None, today).await?.into_iter().next())
}

pub(super) async fn ask(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Query(mut form): Query<AppointForm>,
) -> Result<AppointPage, Failure> {
    let (mut db, today, mut errors) = (app.read().await?, app.clock.today(), Errors::default());
    let record = managed(&mut db, &acting, id, today).await?;
    let search = members(&acting, &record, today);
    let person = PersonField::read(&mut db, &search, &mut form.number, &form.pick, "lookup", &mut errors).await?;
    if !form.number.is_empty() && errors.is_empty() {
        match student(&mut db, acting.institution(), &form.number, today).await? {
            None => errors.add("number", "系统没有这个学号；请核对，或先导入学生名单"),
            Some(fact) => {
                if let Some(says) = record.union.why_not_member(&fact, today) {
                    errors.add("number", format!("{says}，不能在本会任职"));
                }
            }
        }
    }
    drop(db);
    page(&app, &acting, id, Submitted::new(form, errors), SentField::Lookup(person), Seen::default()).await
}

/// What the rule is asked about an appointment.
pub(super) struct Judgeable {
    pub facts: StudentFacts,
    pub wanted: Wanted,
    pub plans: Calendar,
}

/// Reads what the rule is asked about, with the union locked and the student held; or what in the form does not fit.
pub(super) async fn judgeable(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    record: &LockedUnion,
    asked: &AppointRequest,
    today: Date,
) -> Result<Result<Judgeable, Attempt>, Failure> {
    let unfit = |field, says: String| Ok(Err(Attempt::Fault(field, says)));
    store::hold_students(db, acting.institution(), std::slice::from_ref(&asked.number)).await?;
    let Some(fact) = student(db, acting.institution(), &asked.number, today).await? else {
        return unfit("number", "系统没有这个学号；请核对，或先导入学生名单".to_owned());
    };
    if let Some(says) = record.union.why_not_member(&fact, asked.from) {
        return unfit("number", says);
    }
    let ends_by = |day: Date| asked.until.is_some_and(|until| until <= day);
    if let Some(left) = fact.left_on.filter(|left| !ends_by(*left)) {
        return unfit(
            "until",
            format!(
                "{}自{}起不在校，请填写不晚于{}的任职截止日期",
                fact.name,
                chinese_day(left),
                chinese_day(eve(left))
            ),
        );
    }
    if let Some(name) = asked.post.department() {
        match record.departments_on(asked.from).find(|department| department.name == name) {
            None => return unfit("department", format!("{name}在生效日期没有设立")),
            Some(Department { until_day: Some(end), .. }) if !ends_by(*end) => {
                let says = format!(
                    "{name}自{}起撤销，请填写不晚于{}的任职截止日期",
                    chinese_day(*end),
                    chinese_day(eve(*end))
                );
                return unfit("until", says);
            }
            Some(_) => {}
        }
    }
    let plans = calendar(db, acting.institution()).await?;
    match plans.in_force(asked.from) {
        None => return unfit("from", "到这一天本校还没有启用实施方案".to_owned()),
        Some(plan) if !plan.unions.contains(&record.union.kind) => {
            let says = format!("{}没有{}，不能任命", plan.short, record.union.kind.label());
            return unfit("post", says);
        }
        Some(_) => {}
    }
    let person = fact.member(asked.from_college, today);
    let wanted = Wanted { person, post: asked.post.clone(), from: asked.from, until: asked.until };
    Ok(Ok(Judgeable { facts: fact, wanted, plans }))
}

fn eve(day: Date) -> Date {
    day.previous_day().unwrap_or(day)
}

/// The person holds this very post in that time already, but for the holding in the place `but`.
pub(super) fn holds_it(timeline: &Timeline, but: Option<usize>, wanted: &Wanted) -> bool {
    timeline.holdings.iter().enumerate().filter(|(place, _)| Some(*place) != but).any(|(_, holding)| {
        let same = timeline.people.get(holding.person).is_some_and(|person| person.number == wanted.person.number);
        same && holding.post == wanted.post
            && wanted.until.is_none_or(|until| holding.from < until)
            && holding.until.is_none_or(|until| wanted.from < until)
    })
}

/// An appointment's clauses in the record: those it was warned of, and the first that caps the post.
fn clause_of(plans: &Calendar, union: Union, wanted: &Wanted) -> Option<Clause> {
    let rule = match (&wanted.post, union) {
        (Post::Presidium, Union::College) => Rule::Stf07,
        (Post::Presidium, _) => Rule::Stf02,
        (Post::Other(_), _) => Rule::Stf08,
        (Post::Head(_), Union::School | Union::Graduate) => Rule::Stf04,
        (Post::Staff(_), Union::School | Union::Graduate) => Rule::Stf05,
        _ => Rule::Stf06,
    };
    plans.on(wanted.from)?.provision(rule).map(|provision| provision.clause().clone())
}

/// What a person holds in a union on a day.
fn held_by(record: &Record, person: &StudentFacts, day: Date) -> Vec<PostRow> {
    record.posts_on(day).filter(|post| post.student == person.student).cloned().collect()
}

/// What a round of the vetting has promised is not given away past it: what stands in the way of one place more. The
/// presidium's are given by a congress.
async fn past_promises(
    db: &mut PgConnection,
    id: UnionId,
    plans: &Calendar,
    timeline: &Timeline,
    wanted: &Wanted,
) -> Result<Vec<Finding>, Failure> {
    if plans.in_force(wanted.from).is_some_and(|plan| plan.is_seat(&wanted.post)) {
        return Ok(Vec::new());
    }
    let promised = store::promised(db, id, false, None).await?;
    if promised.is_empty() {
        return Ok(Vec::new());
    }
    let one = vec![Offer { post: wanted.post.clone(), seats: 1, from: wanted.from }];
    Ok(offer(plans, timeline, &promised, one, false, Some("")).permit().err().unwrap_or_default())
}

/// An appointment in a sentence, with what the person leaves for it.
fn act_in_words(person: &StudentFacts, words: &str, from: Date, left: &[PostRow]) -> String {
    let left: Vec<String> = left.iter().map(PostRow::label_with_place).collect();
    let leaving = if left.is_empty() { String::new() } else { format!("，同时卸任{}", left.join("、")) };
    format!("{}（{}）自{}起任{words}{leaving}。", person.name, person.number, chinese_day(from))
}

/// Ends what somebody held until now, on the day on which the new post begins.
async fn leave_for(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    locked: &LockedUnion,
    left: &[PostRow],
    asked: &AppointRequest,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    for row in left {
        if !store::end(db, locked, row.id, asked.from, MOVED, &asked.grounds, now).await? {
            return Err(Failure::Busy);
        }
        let entry = Entry::about(Verb::PostEnded, row.student)
            .detail("学生会", locked.union.name.clone())
            .detail("岗位", row.label_with_place())
            .detail("原因", MOVED)
            .detail("自", asked.from.to_string())
            .detail("依据", asked.grounds.words.clone());
        audit::append(db, acting.person(), entry, now).await?;
        store::tell_end(db, locked, row, asked.from, MOVED, now).await?;
    }
    Ok(())
}

/// The fields of the form, from its top.
pub(super) const FIELDS: [&str; 10] =
    ["number", "post", "department", "from", "until", "from_college", "ground", "direct", "scan", "reason"];

/// One by one and past the vetting chain is the exception: in a union that is under the rules, and with a reason.
fn check_way(record: &Record, form: &AppointForm, errors: &mut Errors) {
    if record.union.opened_on.is_none() {
        errors.add("post", "这个学生会还没有启用：先做现状登记，再启用，之后才能逐人任命");
    }
    if form.direct.trim().is_empty() {
        errors.add("direct", "请说明为什么不经遴选程序直接任命；说明随任职保留，并列在对照检查总览里");
    }
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let mut form: AppointForm = upload.form()?;
    let mut db = app.read().await?;
    let record = managed(&mut db, &acting, id, today).await?;
    let search = members(&acting, &record, today);
    let person = PersonField::read(&mut db, &search, &mut form.number, &form.pick, "number", &mut errors).await?;
    drop(db);
    form.pick.clear();
    take_scan(&app, acting.person(), &upload, &mut form.document, "scan", &mut errors).await?;
    check_way(&record, &form, &mut errors);
    let read = form.read(&record, today, &mut errors);
    errors.put_in_order(&FIELDS);
    let Some(mut asked) = read else {
        let asked = SentField::Form(person);
        let page = page(&app, &acting, id, Submitted::new(form, errors), asked, Seen::default()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    asked.grounds.document = scan_of(&app, acting.person(), &form.document).await?;
    let back = filled_in(&id.appoint_path(), &form)?;
    let mut after = None;
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, &acting, id, today).await?;
            let Judgeable { facts, wanted, plans } = match judgeable(db, &acting, &locked, &asked, today).await? {
                Ok(found) => found,
                Err(attempt) => return Ok(attempt),
            };
            if holds_it(&locked.timeline, None, &wanted) {
                return Ok(Attempt::fault("number", format!("{}在这段时间已任这一岗位", facts.name)));
            }
            let left = if form.moves == "yes" { held_by(&locked, &facts, wanted.from) } else { Vec::new() };
            let timeline = locked.ending(&left.iter().map(|post| post.id).collect(), wanted.from);
            let union_name = &locked.union.name;
            let words = holding_in_words(&wanted.post);
            let refusal = Refusal {
                chrome: frame(&app, acting.person(), &locked, "任命"),
                wanted: format!(
                    "任命{}（{}）为{union_name}{words}，自{}起",
                    facts.name,
                    facts.number,
                    chinese_day(wanted.from)
                ),
                back: back.clone(),
            };
            let clause = clause_of(&plans, locked.union.kind, &wanted);
            let verdict = appoint(&plans, &timeline, None, wanted, asked.grounds.reason.as_deref());
            let appointment = match verdict.permit() {
                Ok(appointment) => appointment,
                Err(findings) => return held_up(findings, refusal),
            };
            let why = asked.direct.as_deref().unwrap_or_default();
            let promised = past_promises(db, id, &plans, &timeline, appointment.wanted()).await?;
            if !promised.is_empty() {
                return held_up(promised, refusal);
            }
            if form.is_to_be_seen() {
                let Wanted { person, post, from, until } = appointment.wanted();
                let then = timeline.with(person, post.clone(), *from, *until);
                let says = act_in_words(&facts, &words, *from, &left);
                after = Some(After::of(says, &locked.timeline, &then, &plans, *from));
                return Ok(Attempt::Done(()));
            }
            leave_for(db, &acting, &locked, &left, &asked, now).await?;
            let (student, from_college, route) = (facts.student, asked.from_college, Route::Direct(why));
            let appointee = Appointee { student, from_college, route };
            store::appoint(db, &locked, &appointment, appointee, &asked.grounds, now).await?;
            let mut entry = Entry::about(Verb::Appointed, student)
                .detail("学生会", union_name.clone())
                .detail("岗位", words.clone())
                .detail("生效", appointment.wanted().from.to_string())
                .detail("依据", asked.grounds.words.clone())
                .detail("未经遴选程序", why);
            if let Some(reason) = &asked.grounds.reason {
                entry = entry.detail("理由", reason.clone());
            }
            if let Some(clause) = &clause {
                entry = entry.under(clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            let notice = Notice::new(format!("你被任命为{union_name}{words}"), crate::people::OWN_DATA).says(format!(
                "自{}起任职。依据：{}。对登记内容有疑问，请联系{}。",
                chinese_day(appointment.wanted().from),
                asked.grounds.words,
                acting.office().label()
            ));
            inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
            Ok(Attempt::Done(()))
        })
        .await?;
    if after.is_some() {
        let (asked, seen) = (SentField::Form(person), Seen { warned: Vec::new(), after });
        return Ok(page(&app, &acting, id, Submitted::new(form, errors), asked, seen).await?.into_response());
    }
    answer(attempt, errors, Done::Appointed.at(&id.path()), async |errors, warned| {
        let (asked, seen) = (SentField::Form(person), Seen { warned, after: None });
        Ok(page(&app, &acting, id, Submitted::new(form, errors), asked, seen).await?.into_response())
    })
    .await
}
