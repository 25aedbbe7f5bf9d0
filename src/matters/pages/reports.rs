//! 事先报告: what a union reports before it decides or begins (GUI-01), the answer, and what is passed on to the Party
//! committee (GUI-05). A late report is a breach and is kept as one.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{own_union, refusal, seen, visible_unions};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    clock::CHINA,
    failure::Failure,
    holidays::store::workdays,
    ids::{MatterId, PriorReportId},
    inbox::{self, Notice, To},
    matters::{
        MatterFiler, PartyReplier, Verb,
        forms::{AnswerForm, DecideForm, ReplyForm, ReportForm},
        matter::{Matter, Office, PriorReport, office_of},
        paths::{Done, NEW_REPORT, REPORTS},
        scheme::PASS_WITHIN,
        store::{self, NewReport, ReportFilter},
    },
    office::{MatterReader, Office as OfficeSet, OfficeKind, SchoolLeague},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        matters::{Answer, ReportKind, Step, decide as may_decide},
    },
    web::forms::{Done as After, Errors, Submitted, filled_in, moment_field},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/prior-reports", list)
        .get("/prior-reports/new", ask)
        .post("/prior-reports/new", create)
        .get("/prior-reports/{report}", show)
        .post("/prior-reports/{report}/answer", answer)
        .post("/prior-reports/{report}/pass", pass)
        .post("/prior-reports/{report}/reply", reply)
        .post("/prior-reports/{report}/decide", decide)
}

/// The clause of a rule in the plan of today; none where it is silent.
async fn clause_of<O: OfficeSet>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    rule: Rule,
    today: Date,
) -> Result<Option<Clause>, Failure> {
    let plans = calendar(db, acting.institution()).await?;
    let plan = plans.in_force(today);
    Ok(plan.and_then(|plan| plan.provision(rule).map(|provision| provision.clause().clone())))
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/reports.html")]
struct ReportsPage {
    chrome: Chrome,
    rows: Vec<PriorReport>,
    /// Where the union's own officers report; none for others.
    new: Option<&'static str>,
    clause: Option<Clause>,
    today: Date,
    done: &'static str,
}

impl ReportsPage {
    fn late(&self) -> usize {
        self.rows.iter().filter(|report| report.is_late()).count()
    }

    fn unanswered(&self) -> usize {
        self.rows.iter().filter(|report| report.answer.is_none()).count()
    }

    fn unpassed(&self) -> usize {
        self.rows.iter().filter(|report| report.awaits_pass()).count()
    }
}

/// The Party committee sees what was passed on to it alone.
fn only_passed<O: OfficeSet>(acting: &Acting<O>) -> bool {
    acting.office().kind == OfficeKind::SchoolParty
}

async fn list(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Query(After { done }): Query<After>,
) -> Result<ReportsPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let unions = visible_unions(&mut db, &acting).await?;
    let filter = ReportFilter { passed: only_passed(&acting), ..ReportFilter::default() };
    let mut rows = store::reports(&mut db, acting.institution(), filter).await?;
    rows.retain(|report| report.union().is_visible_to(acting.office()));
    let new = unions.iter().any(|union| union.is_own_of(acting.office())).then_some(NEW_REPORT);
    let clause = clause_of(&mut db, &acting, Rule::Gui01, today).await?;
    let chrome = app.chrome(acting.person(), "事先报告");
    Ok(ReportsPage { chrome, rows, new, clause, today, done: Done::said(&done) })
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/report_form.html")]
struct ReportFormPage {
    chrome: Chrome,
    form: ReportForm,
    /// The activity that it is about.
    matter: Option<Matter>,
    /// What makes that activity a major one.
    major: Vec<String>,
    /// What may be chosen, where it is about no activity on file.
    grounds: Vec<String>,
    errors: Errors,
    action: &'static str,
}

impl ReportFormPage {
    fn major(&self) -> String {
        self.major.join("、")
    }

    fn kind(&self) -> &'static str {
        self.form.report_kind().slug()
    }

    fn heading(&self) -> String {
        format!("事先报告：{}", self.form.report_kind().label())
    }
}

/// What the form asks, by what it is about.
struct About {
    matter: Option<Matter>,
    major: Vec<String>,
    grounds: Vec<String>,
}

async fn about(db: &mut PgConnection, acting: &Acting<MatterFiler>, form: &ReportForm) -> Result<About, Failure> {
    let control = store::control(db, acting.institution()).await?;
    let matter = match form.matter.parse::<MatterId>() {
        Ok(id) => Some(seen(db, acting, id).await?).filter(|one| one.union().is_own_of(acting.office())),
        Err(_) => None,
    };
    let major = matter.as_ref().map(|matter| matter.says.major(&control)).unwrap_or_default();
    let grounds = match (form.report_kind(), major.is_empty()) {
        (ReportKind::Decision, _) => control.of_decisions(),
        (ReportKind::Activity, false) => Vec::new(),
        (ReportKind::Activity, true) => control.of_activities(),
    };
    Ok(About { matter, major, grounds })
}

fn form_page(
    app: &App,
    acting: &Acting<MatterFiler>,
    about: About,
    submitted: Submitted<ReportForm>,
) -> ReportFormPage {
    let About { matter, major, grounds } = about;
    let Submitted { mut form, errors } = submitted;
    if let Some(matter) = matter.as_ref().filter(|_| form.title.is_empty()) {
        form.title.clone_from(&matter.says.title);
        form.says.clone_from(&matter.says.how);
        form.why.clone_from(&matter.says.why);
        form.at = moment_field(matter.says.starts_at);
    }
    let chrome = app.chrome(acting.person(), "报告").under(REPORTS, "事先报告");
    ReportFormPage { chrome, form, matter, major, grounds, errors, action: NEW_REPORT }
}

async fn ask(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Query(form): Query<ReportForm>,
) -> Result<ReportFormPage, Failure> {
    let about = about(&mut *app.read().await?, &acting, &form).await?;
    Ok(form_page(&app, &acting, about, Submitted::new(form, Errors::default())))
}

async fn create(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Form(form): Form<ReportForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let mut db = app.read().await?;
    let about = about(&mut db, &acting, &form).await?;
    let union = own_union(&mut db, &acting).await?;
    drop(db);
    let refused = refusal(&app, &acting, "事先报告", filled_in(NEW_REPORT, &form)?);
    let Some(union) = union else {
        return Err(refused.for_reason("系统里还没有建立你所在的学生会", "请主管团组织先在“学生会”里建立并登记现状"));
    };
    let Some(says) = form.read(&about.grounds, now, &mut errors) else {
        let page = form_page(&app, &acting, about, Submitted::new(form, errors));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let grounds = if about.major.is_empty() { vec![says.ground] } else { about.major };
    let new = NewReport {
        union: union.id,
        kind: form.report_kind(),
        matter: about.matter.map(|matter| matter.id),
        title: says.title,
        says: says.says,
        why: says.why,
        grounds,
        planned_at: says.planned_at,
        happened_at: says.happened_at,
    };
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let Some(id) = store::report(db, &acting, &new, now).await? else {
                return Err(refused.for_reason("这项活动已经报告过", "请在“事先报告”里查看"));
            };
            let late = if new.happened_at.is_some() { "（迟报）" } else { "" };
            let notice = Notice::new(format!("{}报告{late}：{}", union.name, new.title), id.path());
            let office = To::Office { kind: OfficeKind::SchoolLeague, college: None, class: None };
            inbox::tell(db, acting.institution(), office, &notice, now).await?;
            let mut entry = Entry::new(Verb::PriorReportKept, new.title.as_str())
                .detail("学生会", union.name.as_str())
                .detail("办理", format!("报告{late}"))
                .detail("属于", new.grounds.join("、"));
            if let Some(clause) = clause_of(db, &acting, Rule::Gui01, now.date()).await? {
                entry = entry.under(&clause);
            }
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    let done = if new.happened_at.is_some() { Done::ReportedLate } else { Done::Reported };
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

/// The forms of a report as they are filled in.
#[derive(Default)]
struct Forms {
    answer: AnswerForm,
    reply: ReplyForm,
    decide: DecideForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/report.html")]
struct ReportPage {
    chrome: Chrome,
    report: PriorReport,
    matter: Option<Matter>,
    answers: &'static [Answer],
    /// The clause, and that by which it is passed on.
    clause: Option<Clause>,
    pass_clause: Option<Clause>,
    /// The School Youth League committee looks.
    answers_it: bool,
    replies: bool,
    own: bool,
    pass_within: u32,
    forms: Forms,
    today: Date,
}

impl ReportPage {
    fn grounds(&self) -> String {
        self.report.grounds.join("、")
    }

    fn may_answer(&self) -> bool {
        self.answers_it && self.report.answer.is_none()
    }

    fn may_pass(&self) -> bool {
        self.answers_it && self.report.awaits_pass()
    }

    fn may_reply(&self) -> bool {
        self.replies && self.report.awaits_reply()
    }

    fn may_decide(&self) -> bool {
        self.own && self.report.may_decide()
    }

    fn matter_path(&self) -> String {
        self.matter.as_ref().map(|matter| matter.id.path()).unwrap_or_default()
    }

    fn paper_path(&self) -> String {
        self.report.id.paper_path()
    }
}

/// A report that the office sees.
pub(in crate::matters) async fn seen_report<O: OfficeSet>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    id: PriorReportId,
) -> Result<PriorReport, Failure> {
    let filter = ReportFilter { one: Some(id), passed: only_passed(acting), ..ReportFilter::default() };
    let report = store::reports(db, acting.institution(), filter).await?.pop();
    report.filter(|report| report.union().is_visible_to(acting.office())).ok_or(Failure::Missing)
}

async fn page<O: OfficeSet>(
    app: &App,
    acting: &Acting<O>,
    id: PriorReportId,
    mut forms: Forms,
) -> Result<ReportPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let report = seen_report(&mut db, acting, id).await?;
    let matter = match report.matter {
        Some(matter) => store::find(&mut db, acting.institution(), matter).await?,
        None => None,
    };
    let kind = acting.office().kind;
    if forms.reply.day.is_empty() {
        forms.reply.day = today.to_string();
    }
    Ok(ReportPage {
        chrome: app.chrome(acting.person(), &report.title).under(REPORTS, "事先报告"),
        clause: clause_of(&mut db, acting, Rule::Gui01, today).await?,
        pass_clause: clause_of(&mut db, acting, Rule::Gui05, today).await?,
        answers: Answer::ALL,
        answers_it: SchoolLeague::KINDS.contains(&kind),
        replies: PartyReplier::KINDS.contains(&kind),
        own: report.union().is_own_of(acting.office()),
        pass_within: PASS_WITHIN,
        report,
        matter,
        forms,
        today,
    })
}

async fn unfit<O: OfficeSet>(
    app: &App,
    acting: &Acting<O>,
    id: PriorReportId,
    forms: Forms,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, id, forms).await?).into_response())
}

async fn show(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<PriorReportId>,
    Query(After { done }): Query<After>,
) -> Result<ReportPage, Failure> {
    page(&app, &acting, id, Forms { done: Done::said(&done), ..Forms::default() }).await
}

fn moved_on<O: OfficeSet>(app: &App, acting: &Acting<O>, id: PriorReportId, wanted: &str) -> Failure {
    refusal(app, acting, wanted, id.path()).for_reason("这件报告已经办过这一步", "请打开这件报告，看看现在的情况")
}

fn entry(report: &PriorReport, act: &str) -> Entry {
    Entry::new(Verb::PriorReportKept, report.title.as_str())
        .detail("学生会", report.union_name.as_str())
        .detail("办理", act)
}

/// Tells the union's own officers.
async fn tell_union(
    db: &mut PgConnection,
    acting: &Acting<SchoolLeague>,
    report: &PriorReport,
    notice: &Notice,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let Office { kind, college } = office_of(Step::Presidium, report.union_kind, report.college);
    inbox::tell(db, acting.institution(), To::Office { kind, college, class: None }, notice, now).await
}

async fn answer(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PriorReportId>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let pass_due = workdays(&mut *app.read().await?, acting.institution()).await?.span(now.date(), PASS_WITHIN).last;
    let Some(new) = form.read(pass_due, &mut errors) else {
        return unfit(&app, &acting, id, Forms { answer: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let report = store::lock_report(db, acting.institution(), id).await?;
        if !store::answer_report(db, &report, &acting, &new, now).await? {
            return Err(moved_on(&app, &acting, id, "答复"));
        }
        let entry = entry(&report, "答复").detail("答复", new.answer.label());
        audit::append(db, acting.person(), entry, now).await?;
        let notice =
            Notice::new(format!("校团委答复“{}”：{}", report.title, new.answer.label()), id.path()).says(&new.says);
        tell_union(db, &acting, &report, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.path())).into_response())
}

async fn pass(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PriorReportId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let report = store::lock_report(db, acting.institution(), id).await?;
        if !store::pass_report(db, &report, &acting, now).await? {
            return Err(moved_on(&app, &acting, id, "向学校党委汇报"));
        }
        let mut entry = entry(&report, "向学校党委汇报");
        if let Some(clause) = clause_of(db, &acting, Rule::Gui05, now.date()).await? {
            entry = entry.under(&clause);
        }
        audit::append(db, acting.person(), entry, now).await?;
        let notice = Notice::new(format!("校团委汇报：{}", report.title), id.path());
        let party = To::Office { kind: OfficeKind::SchoolParty, college: None, class: None };
        inbox::tell(db, acting.institution(), party, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Passed.at(&id.path())))
}

async fn reply(
    State(app): State<App>,
    acting: Acting<PartyReplier>,
    Path(id): Path<PriorReportId>,
    Form(form): Form<ReplyForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = seen_report(&mut *app.read().await?, &acting, id).await?;
    let Some(passed) = seen.passed_at else { return Err(moved_on(&app, &acting, id, "登记学校党委的回复")) };
    let Some(replied) = form.read(passed.to_offset(CHINA).date(), now.date(), &mut errors) else {
        return unfit(&app, &acting, id, Forms { reply: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let report = store::lock_report(db, acting.institution(), id).await?;
        if !store::reply_report(db, &report, &acting, &replied).await? {
            return Err(moved_on(&app, &acting, id, "登记学校党委的回复"));
        }
        audit::append(db, acting.person(), entry(&report, "学校党委回复"), now).await?;
        let notice = Notice::new(format!("学校党委已回复：{}", report.title), id.path()).says(&replied.says);
        let league = To::Office { kind: OfficeKind::SchoolLeague, college: None, class: None };
        inbox::tell(db, acting.institution(), league, &notice, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Replied.at(&id.path())).into_response())
}

async fn decide(
    State(app): State<App>,
    acting: Acting<MatterFiler>,
    Path(id): Path<PriorReportId>,
    Form(form): Form<DecideForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(says) = form.read(now, &mut errors) else {
        return unfit(&app, &acting, id, Forms { decide: form, errors, ..Forms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let report = store::lock_report(db, acting.institution(), id).await?;
        if !report.union().is_own_of(acting.office()) {
            return Err(Failure::Missing);
        }
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(now.date());
        let given = report.answer.as_ref().map(|given| given.answer);
        let decided = match may_decide(plan.as_deref(), report.received_at, says.at, given).permit() {
            Ok(decided) => decided,
            Err(findings) => return Err(refusal(&app, &acting, "登记决定", id.path()).because(findings)),
        };
        if !store::decide_report(db, &report, acting.person(), decided, &says.says, now).await? {
            return Err(moved_on(&app, &acting, id, "登记决定"));
        }
        let mut entry = entry(&report, "登记决定").detail("时间", filters::minute_of(says.at));
        if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Gui01)) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Decided.at(&id.path())).into_response())
}
