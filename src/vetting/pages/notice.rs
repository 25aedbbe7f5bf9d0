//! 公示, a step of practice, and the objections that are received in confidence.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::Date;

use super::{frame, managed_round, said};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    directory::store::stroke_order,
    failure::{Failure, Refusal},
    ids::{CaseId, ObjectionId, RoundId},
    inbox::{self, Notice, To},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    papers::{self, Paper, document_number},
    text::chinese_day,
    vetting::{
        Verb,
        case::Case,
        paths::Done,
        public_notice::{self, NoticeIssuer, NoticedCase},
        round::{Phase, Round},
        store::{self, Answer, CaseFilter, NewObjection, Objection},
    },
    web::forms::{Done as After, Errors, ReasonForm, Submitted, lines, reason, written, written_if_any},
    workdays::Span,
};

/// 反映 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ObjectForm {
    #[serde(default)]
    case: String,
    #[serde(default)]
    says: String,
    #[serde(default)]
    named: String,
}

/// Who issues the notice, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct IssuerForm {
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    number: String,
}

impl From<NoticeIssuer> for IssuerForm {
    fn from(NoticeIssuer { name, contact, number }: NoticeIssuer) -> Self {
        Self { issuer: name, contact, number }
    }
}

impl IssuerForm {
    /// Reads the form, or leaves an error beside each field; it may be without a number.
    fn read(&self, errors: &mut Errors) -> Option<NoticeIssuer> {
        let number = written_if_any(&self.number, 40, "number", errors);
        let name = written(&self.issuer, 60, "issuer", "请按公章上的名称填写", errors);
        let contact = written(&self.contact, 200, "contact", "请写明受理单位和联系方式", errors);
        Some(NoticeIssuer { name: name?, contact: contact?, number: document_number(&number?) })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/notice.html")]
pub(super) struct NoticePage {
    chrome: Chrome,
    round: Round,
    noticed: Vec<NoticedCase>,
    /// None where nobody is on notice.
    paper: Option<Paper>,
    /// Somebody was on notice.
    was_shown: bool,
    form: ObjectForm,
    /// For the office that issues it.
    issuer: Option<IssuerForm>,
    errors: Errors,
    done: &'static str,
}

/// A notice as it runs today.
struct Running {
    round: Round,
    noticed: Vec<NoticedCase>,
    was_shown: bool,
    issuer: NoticeIssuer,
    paper: Option<Paper>,
}

async fn running(app: &App, person: &SignedIn, id: RoundId) -> Result<Running, Failure> {
    let mut db = app.read().await?;
    let round = store::round(&mut db, person.institution, id).await?.ok_or(Failure::Missing)?;
    let filter = CaseFilter::of_round(id);
    let (cases, _) = store::cases(&mut db, person.institution, None, &filter).await?;
    let shown = cases.into_iter().filter(|case| case.notice_until.is_some() && case.stage.fills_a_seat());
    let shown: Vec<Case> = shown.collect();
    let was_shown = !shown.is_empty();
    // What was shown is not shown for ever: names go from the page when their notice is over.
    let mut terms = store::notice_terms(&mut db, id, app.clock.today()).await?;
    let noticed = shown.into_iter().filter_map(|case| terms.remove(&case.id).map(|term| NoticedCase { case, term }));
    let noticed: Vec<NoticedCase> = noticed.collect();
    let issuer = store::notice_issuer(&mut db, id).await?;
    let order = stroke_order(&mut db, person.institution).await?;
    let paper = || public_notice::paper(&person.institution_name, &round, &noticed, &issuer, order);
    let paper = (!noticed.is_empty()).then(paper);
    Ok(Running { round, noticed, was_shown, issuer, paper })
}

/// The page, with the forms as they were sent.
async fn page(
    app: &App,
    person: &SignedIn,
    id: RoundId,
    form: ObjectForm,
    typed: Option<IssuerForm>,
    errors: Errors,
    done: &'static str,
) -> Result<NoticePage, Failure> {
    let Running { round, noticed, was_shown, issuer, paper } = running(app, person, id).await?;
    let chrome = app.chrome(person, "公示");
    let keeps = person.acting.as_ref().is_some_and(|office| round.union.is_managed_by(office));
    let issuer = keeps.then(|| typed.unwrap_or_else(|| issuer.into()));
    Ok(NoticePage { chrome, round, noticed, paper, was_shown, form, issuer, errors, done })
}

pub(super) async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
    Query(After { done }): Query<After>,
) -> Result<NoticePage, Failure> {
    page(&app, &person, id, ObjectForm::default(), None, Errors::default(), said(&done)).await
}

/// The notice for Word, as long as it runs.
pub(super) async fn word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
) -> Result<Response, Failure> {
    let paper = running(&app, &person, id).await?.paper.ok_or(Failure::Missing)?;
    papers::download(&app, paper).await
}

pub(super) async fn issue(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<IssuerForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    managed_round(&app, &acting, id).await?;
    let Some(issuer) = form.read(&mut errors) else {
        let page = page(&app, acting.person(), id, ObjectForm::default(), Some(form), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        if !store::set_notice_issuer(db, &round, &issuer).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::NoticeKept, round.union.name.clone())
            .detail("轮次", round.title.clone())
            .detail("落款", issuer.name)
            .detail("发文字号", issuer.number);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Issued.at(&id.notice_path())).into_response())
}

pub(super) async fn object(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<RoundId>,
    Form(form): Form<ObjectForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let case = form.case.parse::<CaseId>().ok();
    if case.is_none() {
        errors.add("case", "请选择反映的是哪一位");
    }
    let says = lines(&form.says, 600, "says", "请写明反映的情况", &mut errors);
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(case), Some(says)) = (case, says) else {
        return Ok((unfit, page(&app, &person, id, form, None, errors, "").await?).into_response());
    };
    let new = NewObjection { case, round: id, says: &says, named: form.named == "yes" };
    let done = app
        .write_as(person.authority(), async |db| {
            let round = store::round(db, person.institution, id).await?.ok_or(Failure::Missing)?;
            if !store::object(db, &person, new, now).await? {
                return Ok(false);
            }
            let notice = Notice::new(format!("公示期间收到一件反映：{}", round.title), id.objections_path());
            inbox::tell(db, person.institution, round.keeper(), &notice, now).await?;
            Ok(true)
        })
        .await?;
    if !done {
        errors.add("case", "公示期已过，或这一位不在公示名单里，或你反映的情况正在核实");
        return Ok((unfit, page(&app, &person, id, form, None, errors, "").await?).into_response());
    }
    Ok(Redirect::to(&Done::Objected.at(&id.notice_path())).into_response())
}

/// Why a public notice cannot start, and what would help.
pub(super) struct NoNotice {
    pub why: String,
    pub remedy: String,
}

/// What stands in the way of a public notice on a day.
pub(super) fn why_no_notice(round: &Round, span: Span, today: Date) -> Option<NoNotice> {
    let says = |why: String, remedy: String| Some(NoNotice { why, remedy });
    match (round.phase(&today), span.unannounced) {
        (Phase::Coming | Phase::Open, _) => says(
            format!("报名到{}截止，截止之前不能公示", chinese_day(round.closes_on)),
            "等报名截止；确需提前的，先在“修改与结束”里把报名截止日改早".to_owned(),
        ),
        (Phase::Closed | Phase::Ended, Some(year)) => says(
            format!("{year} 年的放假安排还没有登记，算不出公示的最后一天"),
            format!("请校团委或系统管理员在“工作日历”里登记 {year} 年的放假安排"),
        ),
        (Phase::Closed | Phase::Ended, None) => None,
    }
}

pub(super) async fn publish(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
) -> Result<Response, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let round = managed_round(&app, &acting, id).await?;
    if round.notice_days == 0 {
        return Err(Failure::Missing);
    }
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, "公示"),
        wanted: format!("公示：{}", round.title),
        back: id.path(),
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        let span = round.notice(today);
        if let Some(NoNotice { why, remedy }) = why_no_notice(&round, span, today) {
            return Err(refusal.for_reason(why, remedy));
        }
        let shown = store::notify(db, &round, today, span).await?;
        if shown > 0 {
            let entry = Entry::new(Verb::NoticeKept, round.union.name.clone())
                .detail("轮次", round.title.clone())
                .detail("人数", shown.to_string())
                .detail("首日", span.first.to_string())
                .detail("末日", span.last.to_string());
            audit::append(db, acting.person(), entry, now).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Redirect::to(&Done::Notified.at(&id.path())).into_response())
}

/// Takes down what was put on notice today by mistake, before anybody has objected.
pub(super) async fn withdraw(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Form(form): Form<ReasonForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let round = managed_round(&app, &acting, id).await?;
    let refusal = Refusal {
        chrome: frame(&app, acting.person(), &round, "撤下公示"),
        wanted: format!("撤下今天的公示：{}", round.title),
        back: id.path(),
    };
    let Some(why) = reason(&form.reason, &mut Errors::default()) else {
        return Err(refusal.for_reason("没有写明撤下的理由", "请写明为什么撤下，如名单有误，1 至 200 字"));
    };
    app.write_as(acting.person().authority(), async |db| {
        let round = store::lock_round(db, acting.institution(), id).await?;
        let withdrawn = store::withdraw_notice(db, &round, today).await?;
        if withdrawn == 0 {
            return Err(refusal.for_reason(
                "只有今天公示、还没有人反映的，才能撤下",
                "已经有反映的，先核实答复；以后发现有误的，不予通过或者另行说明",
            ));
        }
        let entry = Entry::new(Verb::NoticeKept, round.union.name.clone())
            .detail("办理", "撤下")
            .detail("轮次", round.title.clone())
            .detail("人数", withdrawn.to_string())
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::NoticeWithdrawn.at(&id.path())))
}

/// 核实结果 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct AnswerForm {
    #[serde(default)]
    upheld: String,
    #[serde(default)]
    answer: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "vetting/objections.html")]
pub(super) struct ObjectionsPage {
    chrome: Chrome,
    round: Round,
    rows: Vec<Objection>,
    form: AnswerForm,
    /// The objection whose answer came back.
    about: Option<ObjectionId>,
    errors: Errors,
    done: &'static str,
}

impl ObjectionsPage {
    fn is_about(&self, id: &ObjectionId) -> bool {
        self.about == Some(*id)
    }
}

async fn objections_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: RoundId,
    about: Option<ObjectionId>,
    submitted: Submitted<AnswerForm>,
    done: &'static str,
) -> Result<ObjectionsPage, Failure> {
    let round = managed_round(app, acting, id).await?;
    let mut rows = store::objections(&mut *app.read().await?, id).await?;
    // Nobody reads what is held against themselves.
    if let Some(student) = acting.person().student {
        let filter = CaseFilter { student: Some(student), ..CaseFilter::of_round(id) };
        let (own, _) = store::cases(&mut *app.read().await?, acting.institution(), None, &filter).await?;
        rows.retain(|row| own.iter().all(|case| case.id != row.case));
    }
    let chrome = frame(app, acting.person(), &round, "公示期间的反映");
    let Submitted { form, errors } = submitted;
    Ok(ObjectionsPage { chrome, round, rows, form, about, errors, done })
}

pub(super) async fn objections(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<RoundId>,
    Query(After { done }): Query<After>,
) -> Result<ObjectionsPage, Failure> {
    objections_page(&app, &acting, id, None, Submitted::default(), said(&done)).await
}

pub(super) async fn answer(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path((id, objection)): Path<(RoundId, ObjectionId)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let round = managed_round(&app, &acting, id).await?;
    let upheld = match form.upheld.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    if upheld.is_none() {
        errors.add("upheld", "请选择核实结果");
    }
    let answer = lines(&form.answer, 600, "answer", "请写明核实的情况", &mut errors);
    let (Some(upheld), Some(answer)) = (upheld, answer) else {
        let page = objections_page(&app, &acting, id, Some(objection), Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let own = acting.person().student;
    app.write_as(acting.person().authority(), async |db| {
        let locked = store::lock_round(db, acting.institution(), id).await?;
        let said = Answer { upheld, says: &answer };
        let done = store::answer_objection(db, acting.person(), &locked, objection, said, now).await?;
        let answered = done.ok_or(Failure::Missing)?;
        let filter = CaseFilter::one(answered.case);
        let (cases, _) = store::cases(db, acting.institution(), None, &filter).await?;
        let Some(case) = cases.into_iter().next().filter(|case| own != Some(case.student)) else {
            return Err(Failure::Missing);
        };
        if answered.ended {
            let notice = Notice::new(format!("你的报名未通过：{}", round.title), case.id.application_path())
                .says("公示期间收到反映，经核实不予通过。有异议请联系主管团组织。");
            inbox::tell(db, acting.institution(), To::Student(case.student), &notice, now).await?;
        }
        let word = if upheld { "属实" } else { "不属实" };
        // Whoever objected learns what came of it; the office still does not learn who that is.
        let told = Notice::new(format!("你在公示期间反映的情况已核实：{}", round.title), id.notice_path())
            .says(format!("{word}。{answer}"));
        inbox::tell(db, acting.institution(), To::Account(answered.by), &told, now).await?;
        // By number: who is objected to is not for every reader of the record.
        let entry = Entry::new(Verb::NoticeKept, round.union.name.clone())
            .detail("轮次", round.title.clone())
            .detail("编号", i64::from(case.number).to_string())
            .detail("核实结果", word);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Answered.at(&id.objections_path())).into_response())
}
