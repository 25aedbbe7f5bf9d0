//! The pages 违纪失范办理, for the office that handles a case (DIS-04). Whoever opens one is recorded.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::{Date, OffsetDateTime};

use super::{
    ConductHandler, Verb,
    case::{ConductCase, Inquiry, InquiryKind, inquired},
    forms::{DecisionForm, DecisionSays, InquiryForm, ReviewForm, SaysForm, milder},
    paths::{CASES, Done},
    store::{self, CaseFilter, Decided},
    terms::terms,
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    holidays::store::workdays,
    ids::ConductCaseId,
    inbox::{self, Notice, To},
    office::{Office, SchoolLeague},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        conduct::{Ground, Sanction, decide as may_decide},
    },
    text::chinese_day,
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/conduct", list)
        .recorded_get("/conduct/{case}", show)
        .post("/conduct/{case}/accept", accept)
        .post("/conduct/{case}/decline", decline)
        .post("/conduct/{case}/inquiry", note)
        .post("/conduct/{case}/decide", decide)
        .post("/conduct/{case}/answer", answer)
}

/// How many cases of a ground there are.
struct GroundCount {
    ground: Ground,
    cases: usize,
    /// Of these, found true.
    upheld: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/cases.html")]
struct CasesPage {
    chrome: Chrome,
    open: Vec<ConductCase>,
    ended: Vec<ConductCase>,
    grounds: Vec<GroundCount>,
    /// The office sets the days.
    sets_terms: bool,
    today: Date,
    done: &'static str,
}

async fn list(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Query(After { done }): Query<After>,
) -> Result<CasesPage, Failure> {
    let today = app.clock.today();
    let all = store::cases(&mut *app.read().await?, acting.institution(), CaseFilter::handled_by(&acting)).await?;
    let count = |ground: &Ground| {
        let own = all.iter().filter(|case| case.ground == *ground && !case.is_declined());
        let upheld = own.clone().filter(|case| case.sanction.is_some_and(Sanction::is_adverse)).count();
        GroundCount { ground: *ground, cases: own.count(), upheld }
    };
    let grounds = Ground::ALL.iter().map(count).collect();
    let (ended, open) = all.into_iter().partition(|case| case.has_ended(&today));
    let chrome = app.chrome(acting.person(), "违纪失范办理");
    let sets_terms = SchoolLeague::KINDS.contains(&acting.office().kind);
    Ok(CasesPage { chrome, open, ended, grounds, sets_terms, today, done: Done::said(&done) })
}

/// The forms of a case as they are filled in.
#[derive(Default)]
struct CaseForms {
    decline: SaysForm,
    inquiry: InquiryForm,
    decision: DecisionForm,
    review: ReviewForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/case.html")]
struct CasePage {
    chrome: Chrome,
    case: ConductCase,
    inquiries: Vec<Inquiry>,
    kinds: &'static [InquiryKind],
    /// The clause by which cases are handled; none where the plan is silent.
    clause: Option<Clause>,
    forms: CaseForms,
    today: Date,
}

impl CasePage {
    /// What it may end in.
    fn sanctions(&self) -> Vec<Sanction> {
        let staff = self.case.student.is_none();
        let post = |sanction: &Sanction| matches!(sanction, Sanction::Removal | Sanction::Suspension);
        Sanction::ALL.iter().copied().filter(|sanction| !staff || !post(sanction)).collect()
    }

    /// What the decision may be changed into.
    fn milder(&self) -> &'static [Sanction] {
        self.case.sanction.map_or(&[], milder)
    }

    fn sanction(&self) -> &'static str {
        self.case.sanction.map_or("", Sanction::label)
    }

    fn inquiry_kind(&self) -> &str {
        if self.forms.inquiry.kind.is_empty() { InquiryKind::Inquiry.slug() } else { &self.forms.inquiry.kind }
    }
}

async fn page(
    app: &App,
    acting: &Acting<ConductHandler>,
    id: ConductCaseId,
    mut forms: CaseForms,
) -> Result<CasePage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let filter = CaseFilter { one: Some(id), ..CaseFilter::handled_by(acting) };
    let case = store::cases(&mut db, acting.institution(), filter).await?.into_iter().next().ok_or(Failure::Missing)?;
    let inquiries = store::inquiries(&mut db, id).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let clause =
        plans.in_force(today).and_then(|plan| plan.provision(Rule::Dis04).map(|provision| provision.clause().clone()));
    if forms.inquiry.day.is_empty() {
        forms.inquiry.day = today.to_string();
    }
    let chrome = app.chrome(acting.person(), &case.title()).under(CASES, "违纪失范办理");
    Ok(CasePage { chrome, case, inquiries, kinds: InquiryKind::ALL, clause, forms, today })
}

async fn show(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
    Query(After { done }): Query<After>,
) -> Result<CasePage, Failure> {
    let now = app.clock.now();
    let page = page(&app, &acting, id, CaseForms { done: Done::said(&done), ..CaseForms::default() }).await?;
    let entry = Entry::new(Verb::ConductSeen, format!("第 {} 号", page.case.number));
    app.write_as(acting.person().authority(), async |db| audit::append(db, acting.person(), entry, now).await).await?;
    Ok(page)
}

async fn unfit(
    app: &App,
    acting: &Acting<ConductHandler>,
    id: ConductCaseId,
    forms: CaseForms,
) -> Result<Response, Failure> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, acting, id, forms).await?).into_response())
}

/// A refusal where the case is no more where the page showed it.
fn moved_on(app: &App, acting: &Acting<ConductHandler>, id: ConductCaseId, wanted: &str) -> Failure {
    let chrome = app.chrome(acting.person(), wanted).under(CASES, "违纪失范办理");
    Refusal { chrome, wanted: wanted.to_owned(), back: id.path() }
        .for_reason("这一件已经办到别的环节", "请打开这一件，看看现在到哪一步")
}

fn entry(case: &ConductCase, act: &str) -> Entry {
    Entry::new(Verb::ConductKept, format!("第 {} 号", case.number)).detail("办理", act)
}

async fn accept(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let days = workdays(&mut db, acting.institution()).await?;
    let due = days.span(now.date(), terms(&mut db, acting.institution()).await?.decide).last;
    drop(db);
    app.write_as(acting.person().authority(), async |db| {
        let case = store::lock(db, &acting, id).await?;
        if !store::accept(db, &case, due, now).await? {
            return Err(moved_on(&app, &acting, id, "受理"));
        }
        audit::append(db, acting.person(), entry(&case, "受理"), now).await?;
        let reporter = store::reporter(db, &case).await?;
        let told = Notice::new(format!("你反映的问题（第 {} 号）已受理", case.number), super::paths::REPORTS);
        inbox::tell(db, acting.institution(), To::Account(reporter), &told, now).await?;
        if let Some(student) = case.student {
            let notice = Notice::new(format!("{}：有关你的反映已受理", case.title()), id.own_path())
                .says("调查核实时会听取你的陈述。");
            inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Accepted.at(&id.path())))
}

async fn decline(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
    Form(form): Form<SaysForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(why) = form.read(2000, "请写明为何不予受理，会告诉反映人", &mut errors) else {
        return unfit(&app, &acting, id, CaseForms { decline: form, errors, ..CaseForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let case = store::lock(db, &acting, id).await?;
        if !store::decline(db, &acting, &case, &why, now).await? {
            return Err(moved_on(&app, &acting, id, "不予受理"));
        }
        audit::append(db, acting.person(), entry(&case, "不予受理"), now).await?;
        let reporter = store::reporter(db, &case).await?;
        let told =
            Notice::new(format!("你反映的问题（第 {} 号）不予受理", case.number), super::paths::REPORTS).says(&why);
        inbox::tell(db, acting.institution(), To::Account(reporter), &told, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Declined.at(CASES)).into_response())
}

async fn note(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
    Form(form): Form<InquiryForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let Some(new) = form.read(now.date(), &mut errors) else {
        return unfit(&app, &acting, id, CaseForms { inquiry: form, errors, ..CaseForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let case = store::lock(db, &acting, id).await?;
        if !store::note(db, &acting, &case, &new, now).await? {
            return Err(moved_on(&app, &acting, id, "调查核实"));
        }
        audit::append(db, acting.person(), entry(&case, new.kind.label()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Noted.at(&id.path())).into_response())
}

async fn decide(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
    Form(form): Form<DecisionForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = page(&app, &acting, id, CaseForms::default()).await?;
    let Some(read) = form.read(seen.case.student.is_none(), now.date(), &mut errors) else {
        return unfit(&app, &acting, id, CaseForms { decision: form, errors, ..CaseForms::default() }).await;
    };
    let DecisionSays { sanction, suspension, says } = read;
    let mut db = app.read().await?;
    let days = workdays(&mut db, acting.institution()).await?;
    let until = days.span(now.date(), terms(&mut db, acting.institution()).await?.object).last;
    drop(db);
    let refusal = Refusal { chrome: seen.chrome, wanted: "作出处理决定".to_owned(), back: id.path() };
    app.write_as(acting.person().authority(), async |db| {
        let case = store::lock(db, &acting, id).await?;
        let notes = store::inquiries(db, id).await?;
        let plans = calendar(db, acting.institution()).await?;
        let plan = plans.in_force(now.date()).ok_or(Failure::Missing)?;
        let decision = match may_decide(&plan, sanction, inquired(&notes)).permit() {
            Ok(decision) => decision,
            Err(findings) => return Err(refusal.because(findings)),
        };
        let decided = Decided { says: &says, objection_until: until, suspension };
        if !store::decide(db, &acting, &case, decision, decided, now).await? {
            return Err(moved_on(&app, &acting, id, "作出处理决定"));
        }
        let mut entry = entry(&case, "作出处理").detail("结果", sanction.label());
        if let Some(days) = suspension {
            entry = entry.detail("停职", format!("{} 起，{} 恢复", days.from, days.until));
        }
        if let Some(provision) = plan.provision(Rule::Dis04) {
            entry = entry.under(provision.clause());
        }
        audit::append(db, acting.person(), entry, now).await?;
        tell_decided(db, &acting, &case, sanction, until, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Decided.at(&id.path())).into_response())
}

/// The person learns the decision, the reporter that there is one.
async fn tell_decided(
    db: &mut sqlx::PgConnection,
    acting: &Acting<ConductHandler>,
    case: &crate::database::Locked<ConductCase>,
    sanction: Sanction,
    until: Date,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let reporter = store::reporter(db, case).await?;
    let told = Notice::new(format!("你反映的问题（第 {} 号）已有办理结果", case.number), super::paths::REPORTS);
    inbox::tell(db, acting.institution(), To::Account(reporter), &told, now).await?;
    if let Some(student) = case.student {
        let says = if sanction.is_adverse() {
            format!("有异议的，请在{}以前提出。", chinese_day(until))
        } else {
            String::new()
        };
        let notice = Notice::new(format!("{}：{}", case.title(), sanction.label()), case.id.own_path()).says(says);
        inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
    }
    Ok(())
}

async fn answer(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
    Form(form): Form<ReviewForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let seen = page(&app, &acting, id, CaseForms::default()).await?;
    let standing = seen.case.sanction.ok_or(Failure::Missing)?;
    let Some(review) = form.read(standing, now.date(), &mut errors) else {
        return unfit(&app, &acting, id, CaseForms { review: form, errors, ..CaseForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        let case = store::lock(db, &acting, id).await?;
        if !store::answer(db, &case, &review, now).await? {
            return Err(moved_on(&app, &acting, id, "复核"));
        }
        let result = review.changed.map_or("维持", Sanction::label);
        audit::append(db, acting.person(), entry(&case, "复核").detail("结果", result), now).await?;
        if let Some(student) = case.student {
            let notice = Notice::new(format!("{}：异议已复核，{result}", case.title()), id.own_path());
            inbox::tell(db, acting.institution(), To::Student(student), &notice, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.path())).into_response())
}
