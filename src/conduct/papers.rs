//! 处理决定书, 送达回执, 退出登记表 and 工作交接表, each printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    ConductHandler, Verb,
    case::{ConductCase, Handler},
    exit::{Exit, HandedOver},
    exits_store::{self, ExitFilter},
    paths::{CASES, EXITS, LEAVING},
    reports::record_own_look,
    store::{self, CaseFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    clock::CHINA,
    failure::Failure,
    ids::{ConductCaseId, ExitId},
    office::UnionKeeper,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table},
    rulebook::store::calendar,
    rules::{Rule, conduct::Sanction},
    text::chinese_day,
    unions::{store as unions, union::name_in_full},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .recorded_get("/conduct/{case}/decision", decision)
        .recorded_get("/conduct/{case}/decision.docx", decision_word)
        .recorded_get("/conduct/{case}/receipt", receipt)
        .recorded_get("/conduct/{case}/receipt.docx", receipt_word)
        .recorded_get("/my-case/{case}/decision", own_decision)
        .recorded_get("/my-case/{case}/decision.docx", own_decision_word)
        .get("/exits/{exit}/form", form)
        .get("/exits/{exit}/form.docx", form_word)
        .get("/exits/{exit}/handover", handover)
        .get("/exits/{exit}/handover.docx", handover_word)
        .get("/leaving/{exit}/handover", own_handover)
        .get("/leaving/{exit}/handover.docx", own_handover_word)
}

/// A paper of a case that is decided.
#[derive(Debug, Clone, Copy)]
enum CasePaper {
    Decision,
    Receipt,
}

impl CasePaper {
    fn title(self) -> &'static str {
        match self {
            Self::Decision => "处理决定书",
            Self::Receipt => "送达回执",
        }
    }

    fn word_path(self, id: ConductCaseId) -> String {
        match self {
            Self::Decision => id.decision_word_path(),
            Self::Receipt => id.receipt_word_path(),
        }
    }
}

/// A paper of an exit.
#[derive(Debug, Clone, Copy)]
enum ExitPaper {
    Form,
    Handover,
}

impl ExitPaper {
    fn title(self) -> &'static str {
        match self {
            Self::Form => "退出登记表",
            Self::Handover => "工作交接表",
        }
    }

    fn word_path(self, id: ExitId) -> String {
        match self {
            Self::Form => id.form_word_path(),
            Self::Handover => id.handover_word_path(),
        }
    }

    /// The paper itself; there is nothing to hand over before somebody leaves.
    fn of(self, institution: &str, exit: &Exit) -> Result<Paper, Failure> {
        match self {
            Self::Form => Ok(form_of(institution, exit)),
            Self::Handover if exit.from_day.is_some() => Ok(handover_of(institution, exit)),
            Self::Handover => Err(Failure::Missing),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

/// A paper of a case that is decided: before, there is none.
struct DecidedPaper {
    case: ConductCase,
    paper: Paper,
}

/// The paper of the case that the filter finds.
async fn decided_paper(
    app: &App,
    person: &SignedIn,
    filter: CaseFilter,
    which: CasePaper,
) -> Result<DecidedPaper, Failure> {
    let mut db = app.read().await?;
    let case = store::cases(&mut db, person.institution, filter).await?.into_iter().next().ok_or(Failure::Missing)?;
    let day = case.decided_on().ok_or(Failure::Missing)?;
    let plans = calendar(&mut db, person.institution).await?;
    let plan = plans.in_force(day);
    let clause = plan.as_ref().and_then(|plan| plan.provision(Rule::Dis04)).map(|provision| provision.clause().clone());
    let signed = handler_in_full(&case, &person.institution_name);
    let by = match clause {
        Some(clause) => format!("根据{}“{}”的规定", clause.document, clause.quote),
        None => "根据学校有关规定".to_owned(),
    };
    let paper = match which {
        CasePaper::Decision => decision_of(&case, &by).signed(signed, Some(day)),
        CasePaper::Receipt => receipt_of(&case, signed),
    };
    Ok(DecidedPaper { case, paper })
}

/// A paper for the office that handles the case; reading it is recorded as the case is.
async fn case_paper(
    app: &App,
    acting: &Acting<ConductHandler>,
    id: ConductCaseId,
    which: CasePaper,
) -> Result<Paper, Failure> {
    let now = app.clock.now();
    let filter = CaseFilter { one: Some(id), ..CaseFilter::handled_by(acting) };
    let DecidedPaper { case, paper } = decided_paper(app, acting.person(), filter, which).await?;
    let entry = Entry::new(Verb::ConductSeen, format!("第 {} 号", case.number)).detail("查看", which.title());
    app.write_as(acting.person().authority(), async |db| audit::append(db, acting.person(), entry, now).await).await?;
    Ok(paper)
}

/// The body that decided, by the name under which it signs.
fn handler_in_full(case: &ConductCase, institution: &str) -> String {
    match case.handler {
        Handler::SchoolLeague => format!("共青团{institution}委员会"),
        Handler::SchoolParty => format!("中共{institution}委员会"),
    }
}

fn decision_of(case: &ConductCase, by: &str) -> Paper {
    let result = case.sanction.map_or("", Sanction::label);
    let says = case.decision.as_deref().unwrap_or_default();
    let found = format!("关于反映你{}的问题，已经调查核实。", case.ground.label());
    let mut paper = Paper::new("处理决定书").caption(&format!("第{}号", case.number)).to(&case.subject);
    paper = led_by(&found, says, paper).paragraph(format!("{by}，决定：{result}。"));
    if let Some(days) = case.suspension {
        paper = paper.paragraph(format!("停职自{}起，{}恢复。", chinese_day(days.from), chinese_day(days.until)));
    }
    if let Some(until) = case.objection_until {
        paper =
            paper.paragraph(format!("对本决定有异议的，可在{}以前提出，由作出决定的单位复核。", chinese_day(until)));
    }
    if let Some((upheld, answer)) = case.objection.as_ref().and_then(|objection| objection.answer.as_ref()) {
        let word = if *upheld { "变更" } else { "维持" };
        paper = led_by(&format!("经复核，{word}原决定。"), answer, paper);
    }
    paper
}

/// Adds a text of several lines, a paragraph each; the lead stands before the first.
fn led_by(lead: &str, text: &str, paper: Paper) -> Paper {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    lines.fold(paper.paragraph(format!("{lead}{first}")), Paper::paragraph)
}

fn columns() -> Vec<Column> {
    vec![Column::text("项目", 9), Column::text("内容", 24)]
}

fn row(label: &str, says: impl Into<String>) -> Vec<String> {
    vec![label.to_owned(), says.into()]
}

/// What is filled in by hand when the decision is handed over.
fn receipt_of(case: &ConductCase, signed: String) -> Paper {
    let rows = vec![
        row("送达文书", format!("处理决定书（第{}号）", case.number)),
        row("受送达人", &case.subject),
        row("送达单位", &signed),
        row("送达方式", "□直接送达　□留置送达　□其他："),
        row("送达地点", ""),
        row("送达时间", "　　　年　　月　　日　　时"),
        row("异议期限", case.objection_until.map(chinese_day).unwrap_or_default()),
        row("备注", ""),
    ];
    Paper::new("送达回执")
        .caption(&format!("第{}号", case.number))
        .table(Table::new(columns(), rows))
        .note("受送达人拒绝签收的，由送达人在备注里写明情况，请见证人签字。")
        .signature_line("受送达人")
        .signature_line("送达人")
        .signature_line("见证人")
        .signed(signed, None)
}

async fn case_page(
    app: &App,
    acting: &Acting<ConductHandler>,
    id: ConductCaseId,
    which: CasePaper,
) -> Result<PaperPage, Failure> {
    let paper = case_paper(app, acting, id, which).await?;
    let chrome = app.chrome(acting.person(), which.title()).under(CASES, "违纪失范办理").under(&id.path(), "办理");
    Ok(PaperPage { chrome, paper, word: which.word_path(id) })
}

async fn decision(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<PaperPage, Failure> {
    case_page(&app, &acting, id, CasePaper::Decision).await
}

async fn decision_word(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<Response, Failure> {
    papers::download(&app, case_paper(&app, &acting, id, CasePaper::Decision).await?).await
}

async fn receipt(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<PaperPage, Failure> {
    case_page(&app, &acting, id, CasePaper::Receipt).await
}

async fn receipt_word(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<Response, Failure> {
    papers::download(&app, case_paper(&app, &acting, id, CasePaper::Receipt).await?).await
}

/// 处理决定书 for whom it is about; the receipt is the office's.
async fn own_paper_of_case(app: &App, person: &SignedIn, id: ConductCaseId) -> Result<Paper, Failure> {
    let which = CasePaper::Decision;
    let DecidedPaper { case, paper } = decided_paper(app, person, CaseFilter::about(person, id)?, which).await?;
    record_own_look(app, person, &case, which.title()).await?;
    Ok(paper)
}

async fn own_decision(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ConductCaseId>,
) -> Result<PaperPage, Failure> {
    let paper = own_paper_of_case(&app, &person, id).await?;
    let chrome = app.chrome(&person, CasePaper::Decision.title()).under(&id.own_path(), "有关我的处理");
    Ok(PaperPage { chrome, paper, word: id.own_decision_word_path() })
}

async fn own_decision_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ConductCaseId>,
) -> Result<Response, Failure> {
    papers::download(&app, own_paper_of_case(&app, &person, id).await?).await
}

/// A paper of an exit from a union that the office manages.
async fn exit_paper(app: &App, acting: &Acting<UnionKeeper>, id: ExitId, which: ExitPaper) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let filter = ExitFilter { one: Some(id), ..ExitFilter::default() };
    let found = exits_store::exits(&mut db, acting.institution(), filter).await?;
    let exit = found.into_iter().next().ok_or(Failure::Missing)?;
    let union = unions::list(&mut db, acting.institution(), Some(exit.union)).await?.into_iter().next();
    union.filter(|union| union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    which.of(&acting.person().institution_name, &exit)
}

fn form_of(institution: &str, exit: &Exit) -> Paper {
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let rows = vec![
        row("姓名", &exit.name),
        row("性别", of(&exit.gender)),
        row("年级专业", format!("{}级 {}", exit.entry_year, exit.major)),
        row("政治面貌", of(&exit.political)),
        row("现任职务和任职时间", &exit.posts),
        row("退出类别", exit.kind.label()),
        row("退出理由", &exit.reason),
        row("自何日起不再任职", exit.from_day.map(chinese_day).unwrap_or_default()),
    ];
    Paper::new(format!("{}\n工作人员退出登记表", name_in_full(institution, &exit.union_name)))
        .table(Table::new(columns(), rows))
        .signature_line("本人")
        .signature_line("主管团组织")
}

/// What is handed over to whom: as it was handed in, or empty, to be written by hand.
fn handover_of(institution: &str, exit: &Exit) -> Paper {
    let handed = |pick: fn(&HandedOver) -> String| exit.handed_over.as_ref().map(pick).unwrap_or_default();
    let confirmed =
        exit.confirmed.as_ref().map(|(by, at)| format!("{by}，{}", chinese_day(at.to_offset(CHINA).date())));
    let rows = vec![
        row("移交人", format!("{}（{}）", exit.name, exit.number)),
        row("原任职务和任职时间", &exit.posts),
        row("自何日起不再任职", exit.from_day.map(chinese_day).unwrap_or_default()),
        row("交接期限", exit.handover_due.map(chinese_day).unwrap_or_default()),
        row("交接的工作、资料、物品和账目", handed(|handed| handed.says.clone())),
        row("接收人", handed(|handed| handed.to.clone())),
        row("主管团组织确认", confirmed.unwrap_or_default()),
    ];
    Paper::new(format!("{}\n工作交接表", name_in_full(institution, &exit.union_name)))
        .table(Table::new(columns(), rows))
        .signature_line("移交人")
        .signature_line("接收人")
        .signature_line("监交人")
}

async fn exit_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: ExitId,
    which: ExitPaper,
) -> Result<PaperPage, Failure> {
    let paper = exit_paper(app, acting, id, which).await?;
    let chrome = app.chrome(acting.person(), which.title()).under(EXITS, "退出与交接").under(&id.path(), "办理");
    Ok(PaperPage { chrome, paper, word: which.word_path(id) })
}

async fn form(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<PaperPage, Failure> {
    exit_page(&app, &acting, id, ExitPaper::Form).await
}

async fn form_word(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<Response, Failure> {
    papers::download(&app, exit_paper(&app, &acting, id, ExitPaper::Form).await?).await
}

async fn handover(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<PaperPage, Failure> {
    exit_page(&app, &acting, id, ExitPaper::Handover).await
}

async fn handover_word(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<Response, Failure> {
    papers::download(&app, exit_paper(&app, &acting, id, ExitPaper::Handover).await?).await
}

/// 工作交接表 for whoever leaves.
async fn own_paper(app: &App, person: &SignedIn, id: ExitId) -> Result<Paper, Failure> {
    let student = person.student.ok_or(Failure::Missing)?;
    let filter = ExitFilter { one: Some(id), of: Some(student), ..ExitFilter::default() };
    let found = exits_store::exits(&mut *app.read().await?, person.institution, filter).await?;
    ExitPaper::Handover.of(&person.institution_name, found.first().ok_or(Failure::Missing)?)
}

async fn own_handover(State(app): State<App>, person: SignedIn, Path(id): Path<ExitId>) -> Result<PaperPage, Failure> {
    let paper = own_paper(&app, &person, id).await?;
    let chrome = app.chrome(&person, ExitPaper::Handover.title()).under(LEAVING, "我的离任");
    Ok(PaperPage { chrome, paper, word: id.own_handover_word_path() })
}

async fn own_handover_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<ExitId>,
) -> Result<Response, Failure> {
    papers::download(&app, own_paper(&app, &person, id).await?).await
}
