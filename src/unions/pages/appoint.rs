//! 任命: one person to one post, judged in the transaction that writes it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use sqlx::PgConnection;
use time::Date;

use super::{calendar, frame, kept};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{DepartmentId, DocumentId, InstitutionId, UnionId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    rules::{
        Finding, Outcome, Plan, Rule,
        adoption::Calendar,
        appointment::{Wanted, appoint, conditions, holding_in_words},
        offer::{Offer, offer},
        plan::Union,
        roster::Post,
        timeline::Timeline,
    },
    text::{folded, is_hidden},
    unions::{
        documents::{self, Scan},
        forms::{AppointForm, Asked},
        store,
        union::{Department, Fact, PostKind, PostRow, Record},
    },
    web::forms::{Errors, Upload},
};

/// A department with what it has room for.
pub(super) struct Room {
    pub id: DepartmentId,
    pub words: String,
}

/// The departments of a union on a day, those to come too, with the people they have and may have.
pub(super) fn rooms(record: &Record, plan: Option<&Plan>, today: Date) -> (String, Vec<Room>) {
    let of_school = record.union.kind != Union::College;
    let limit = |limit: Option<u32>| limit.map(|limit| format!("/{limit}")).unwrap_or_default();
    let most = plan.and_then(|plan| plan.figures.most_on_presidium(of_school));
    let seats = record.posts_on(today).filter(|post| post.kind() == PostKind::Presidium).count();
    let presidium = format!("现有 {seats}{} 人", limit(most));
    let heads_most =
        plan.filter(|_| of_school).and_then(|plan| plan.figures.heads.as_ref()).map(|heads| heads.value.high);
    let staff_most =
        plan.filter(|_| of_school).and_then(|plan| plan.figures.department_staff.as_ref()).map(|most| most.value);
    let inside = plan.is_some_and(|plan| plan.switches.heads_inside) && of_school;
    let room = |department: &Department| {
        let held = |kind| {
            record.posts_on(today).filter(|post| post.department == Some(department.id) && post.kind() == kind).count()
        };
        let (heads, staff) = (held(PostKind::Head), held(PostKind::Staff));
        let staff = if inside { staff + heads } else { staff };
        let with = if inside { "（含负责人）" } else { "" };
        let term = if department.is_on(today) { String::new() } else { format!("（{}）", department.term()) };
        let words = format!(
            "{}{term}：负责人 {heads}{}，工作人员{with} {staff}{}",
            department.name,
            limit(heads_most),
            limit(staff_most)
        );
        Room { id: department.id, words }
    };
    let open = |department: &&Department| department.until_day.is_none_or(|until| until > today);
    (presidium, record.departments.iter().filter(open).map(room).collect())
}

/// What the portal knows of the person, held against the conditions.
pub(super) struct Card {
    pub fact: Fact,
    pub conditions: Vec<Finding>,
    pub posts: Vec<String>,
}

pub(super) fn card(record: &Record, plan: Option<&Plan>, fact: Fact, today: Date) -> Card {
    let member = fact.member(None, today);
    let conditions = plan.map(|plan| conditions(plan, &member)).unwrap_or_default();
    let held = record
        .posts
        .iter()
        .filter(|post| post.student == fact.student && post.until_day.is_none_or(|until| until > today));
    let posts = held.map(PostRow::label_with_place).collect();
    Card { fact, conditions, posts }
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/appoint.html")]
pub(super) struct AppointPage {
    chrome: Chrome,
    record: Record,
    form: AppointForm,
    errors: Errors,
    presidium: String,
    rooms: Vec<Room>,
    card: Option<Card>,
    /// Soft limits that would be passed: a reason is asked for.
    warned: Vec<Finding>,
    document: Option<(DocumentId, String)>,
    has_plan: bool,
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    mut form: AppointForm,
    errors: Errors,
    warned: Vec<Finding>,
) -> Result<AppointPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = kept(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let found = person(&mut db, acting.institution(), &form.number, today).await?;
    // Of somebody who cannot be in this union at all nothing more is shown: another college's students are not its business.
    let fits = found.filter(|fact| record.union.misfit(fact, today).is_none());
    let card = fits.map(|fact| card(&record, plan.as_deref(), fact, today));
    if form.from.is_empty() {
        form.from = today.to_string();
    }
    let document = kept_scan(&mut db, acting.person(), &form.document).await?;
    let (presidium, rooms) = rooms(&record, plan.as_deref(), today);
    let has_plan = plan.is_some();
    let chrome = frame(app, acting.person(), &record, "任命");
    Ok(AppointPage { chrome, record, form, errors, presidium, rooms, card, warned, document, has_plan })
}

/// The scan that a form which comes back has brought already.
pub(super) async fn kept_scan(
    db: &mut PgConnection,
    person: &SignedIn,
    field: &str,
) -> Result<Option<(DocumentId, String)>, Failure> {
    match field.parse() {
        Ok(id) => documents::own(db, person, id).await,
        Err(_) => Ok(None),
    }
}

/// A student by their number.
pub(super) async fn person(
    db: &mut PgConnection,
    institution: InstitutionId,
    number: &str,
    today: Date,
) -> Result<Option<Fact>, Failure> {
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
    Query(form): Query<AppointForm>,
) -> Result<AppointPage, Failure> {
    let mut errors = Errors::default();
    if !form.number.is_empty() {
        let (mut db, today) = (app.read().await?, app.clock.today());
        let record = kept(&mut db, &acting, id, today).await?;
        match person(&mut db, acting.institution(), &form.number, today).await? {
            None => errors.add("number", "平台没有这个学号；请核对，或先导入学生名单"),
            Some(fact) => {
                if let Some(says) = record.union.misfit(&fact, today) {
                    errors.add("number", format!("{says}，不能在本会任职"));
                }
            }
        }
    }
    page(&app, &acting, id, form, errors, Vec::new()).await
}

/// Keeps the scan that came with a form, if one did, and notes it in the form.
pub(super) async fn take_scan(
    app: &App,
    person: &SignedIn,
    upload: &Upload,
    document: &mut String,
    errors: &mut Errors,
) -> Result<(), Failure> {
    let Some((name, file)) = &upload.scan else { return Ok(()) };
    match Scan::read(name, file) {
        Err(why) => errors.add("scan", why),
        Ok(scan) => {
            let (now, owner) = (app.clock.now(), person.clone());
            let id =
                app.write_as(person.authority(), async move |db| documents::keep(db, &owner, &scan, now).await).await?;
            *document = id.to_string();
        }
    }
    Ok(())
}

/// What came of an act that soft limits may hold up.
pub(super) enum Done {
    Written,
    /// Soft limits are passed and no reason was given: nothing is written.
    NeedsReason(Vec<Finding>),
    /// Something in the form does not fit after all.
    Unfit(&'static str, String),
}

/// Splits what stands in the way: a refusal, or warnings that a reason would settle.
pub(super) fn held_up(findings: Vec<Finding>, refusal: Refusal) -> Result<Done, Failure> {
    if findings.iter().any(|finding| matches!(finding.verdict, Outcome::Fail | Outcome::Unknown)) {
        return Err(refusal.because(findings));
    }
    Ok(Done::NeedsReason(findings.into_iter().filter(|finding| finding.verdict == Outcome::Warn).collect()))
}

/// The rule, the person and the plan for an appointment, looked at with the union's row held.
pub(super) async fn wanted(
    db: &mut PgConnection,
    acting: &Acting<UnionKeeper>,
    record: &Record,
    asked: &Asked,
    today: Date,
) -> Result<Result<(Fact, Wanted, Calendar), Done>, Failure> {
    let unfit = |field, says: String| Ok(Err(Done::Unfit(field, says)));
    store::hold_students(db, acting.institution(), std::slice::from_ref(&asked.number)).await?;
    let Some(fact) = person(db, acting.institution(), &asked.number, today).await? else {
        return unfit("number", "平台没有这个学号；请核对，或先导入学生名单".to_owned());
    };
    if let Some(says) = record.union.misfit(&fact, asked.from) {
        return unfit("number", says);
    }
    let ends_by = |day: Date| asked.until.is_some_and(|until| until <= day);
    if let Some(left) = fact.left_on.filter(|left| !ends_by(*left)) {
        return unfit("until", format!("{}自 {left} 起不在校，请填写不晚于 {} 的任职截止日期", fact.name, eve(left)));
    }
    if let Some(name) = asked.post.department() {
        match record.departments_on(asked.from).find(|department| department.name == name) {
            None => return unfit("department", format!("{name}在生效日期没有设立")),
            Some(Department { until_day: Some(end), .. }) if !ends_by(*end) => {
                let says = format!("{name}自 {end} 起撤销，请填写不晚于 {} 的任职截止日期", eve(*end));
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
    Ok(Ok((fact, wanted, plans)))
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
pub(super) fn clause_of(plans: &Calendar, union: Union, wanted: &Wanted) -> Option<crate::rules::Clause> {
    let rule = match (&wanted.post, union) {
        (Post::Presidium, Union::College) => Rule::Stf07,
        (Post::Presidium, _) => Rule::Stf02,
        (Post::Head(_), Union::School | Union::Graduate) => Rule::Stf04,
        (Post::Staff(_), Union::School | Union::Graduate) => Rule::Stf05,
        _ => Rule::Stf06,
    };
    plans.on(wanted.from)?.provision(rule).map(|provision| provision.clause().clone())
}

pub(super) async fn act(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let mut form = AppointForm::of(&upload);
    let record = kept(&mut *app.read().await?, &acting, id, today).await?;
    take_scan(&app, acting.person(), &upload, &mut form.document, &mut errors).await?;
    if record.union.opened_on.is_none() {
        errors.add("post", "这个学生会还没有启用：先做现状登记，再启用，之后才能逐人任命");
    }
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    if form.direct.trim().is_empty() {
        errors.add("direct", "请说明为什么不经遴选程序直接任命；说明随任职保留，并列在合规总览里");
    }
    let Some(mut asked) = form.read(&record, today, &mut errors) else {
        return Ok((unfit, page(&app, &acting, id, form, errors, Vec::new()).await?).into_response());
    };
    asked.ground.document =
        kept_scan(&mut *app.read().await?, acting.person(), &form.document).await?.map(|(id, _)| id);
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &record, "任命"),
        wanted: format!("任命学号 {} 为{}（{}）", asked.number, holding_in_words(&asked.post), record.union.name),
        back: format!("/unions/{id}/appoint?{}", form.as_query()),
    };
    let (done, acting) = app
        .write_as(acting.person().authority(), async move |db| {
            let (locked, record) = store::lock(db, &acting, id, today).await?;
            let (fact, wanted, plans) = match wanted(db, &acting, &record, &asked, today).await? {
                Ok(found) => found,
                Err(done) => return Ok((done, acting)),
            };
            if holds_it(&record.timeline, None, &wanted) {
                let says = format!("{}在这段时间已任这一岗位", fact.name);
                return Ok((Done::Unfit("number", says), acting));
            }
            let mut wanted_words = refusal;
            wanted_words.wanted = format!(
                "任命{}（{}）为{}{}，自 {} 起",
                fact.name,
                fact.number,
                record.union.name,
                holding_in_words(&wanted.post),
                wanted.from
            );
            let clause = clause_of(&plans, record.union.kind, &wanted);
            let verdict = appoint(&plans, &record.timeline, None, wanted, asked.ground.reason.as_deref());
            let appointment = match verdict.permit() {
                Ok(appointment) => appointment,
                Err(findings) => return Ok((held_up(findings, wanted_words)?, acting)),
            };
            let why = asked.direct.as_deref().unwrap_or_default();
            let person = (fact.student, asked.from_college, store::Way::Direct(why));
            // What a round of the vetting has promised is not given away past it.
            if appointment.wanted().post != Post::Presidium {
                let promised = store::promised(db, id, false, None).await?;
                let Wanted { post, from, .. } = appointment.wanted().clone();
                let one = vec![Offer { post, seats: 1, from }];
                if !promised.is_empty()
                    && let Err(findings) = offer(&plans, &record.timeline, &promised, one, false, Some("")).permit()
                {
                    return Ok((held_up(findings, wanted_words)?, acting));
                }
            }
            store::appoint(db, &locked, &appointment, person, &asked.ground, now).await?;
            let words = holding_in_words(&appointment.wanted().post);
            let mut entry = Entry::about(Verb::Appointed, fact.student)
                .detail("学生会", record.union.name.clone())
                .detail("岗位", words.clone())
                .detail("生效", appointment.wanted().from.to_string())
                .detail("依据", asked.ground.words.clone())
                .detail("未经遴选程序", why);
            if let Some(reason) = &asked.ground.reason {
                entry = entry.detail("理由", reason.clone());
            }
            if let Some(clause) = &clause {
                entry = entry.under(clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            let subject = format!("你被任命为{}{words}", record.union.name);
            let notice = Notice::new(subject, "/me/data").says(format!(
                "自 {} 起任职。依据：{}。对登记内容有疑问，请联系{}。",
                appointment.wanted().from,
                asked.ground.words,
                acting.office().label()
            ));
            inbox::tell(db, acting.institution(), To::Student(fact.student), &notice, now).await?;
            Ok((Done::Written, acting))
        })
        .await?;
    answer(done, errors, format!("/unions/{id}?done=appointed"), async |errors, warned| {
        Ok(page(&app, &acting, id, form, errors, warned).await?.into_response())
    })
    .await
}

/// What the visitor gets: on to the next page, or the form again with what is wrong or asked for.
pub(super) async fn answer(
    done: Done,
    mut errors: Errors,
    onward: String,
    again: impl AsyncFnOnce(Errors, Vec<Finding>) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    match done {
        Done::Written => Ok(Redirect::to(&onward).into_response()),
        Done::NeedsReason(warned) => {
            if warned.iter().any(|finding| finding.rule == Rule::Org13) {
                errors.add("ruling", "职能与其他学生组织相近，须有书面裁定，请填裁定文号");
            }
            if warned.iter().any(|finding| finding.rule != Rule::Org13) {
                errors.add("reason", "超出柔性要求，请写明理由；理由与本次办理一起保留并显示在合规明细里");
            }
            Ok((unfit, again(errors, warned).await?).into_response())
        }
        Done::Unfit(field, says) => {
            errors.add(field, says);
            Ok((unfit, again(errors, Vec::new()).await?).into_response())
        }
    }
}
