//! 处理决定书 with 送达回执, 退出登记表 and 工作交接表, printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    ConductHandler, Verb,
    case::ConductCase,
    exit::Exit,
    exits_store::{self, ExitFilter},
    paths::{CASES, EXITS},
    store::{self, CaseFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
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
        .get("/exits/{exit}/form", form)
        .get("/exits/{exit}/form.docx", form_word)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

/// 处理决定书 of a case that is decided; reading it is recorded as the case is.
async fn decision_paper(app: &App, acting: &Acting<ConductHandler>, id: ConductCaseId) -> Result<Paper, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let filter = CaseFilter { one: Some(id), ..CaseFilter::handled_by(acting) };
    let case = store::cases(&mut db, acting.institution(), filter).await?.into_iter().next().ok_or(Failure::Missing)?;
    let day = case.decided_at.filter(|_| !case.is_declined()).ok_or(Failure::Missing)?.to_offset(CHINA).date();
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(day);
    let clause = plan.as_ref().and_then(|plan| plan.provision(Rule::Dis04)).map(|provision| provision.clause().clone());
    drop(db);
    let entry = Entry::new(Verb::ConductSeen, format!("第 {} 号", case.number)).detail("查看", "处理决定书");
    app.write_as(acting.person().authority(), async |db| audit::append(db, acting.person(), entry, now).await).await?;
    let by = match clause {
        Some(clause) => format!("根据{}“{}”的规定", clause.document, clause.quote),
        None => "根据学校有关规定".to_owned(),
    };
    let signed = format!("{}{}", acting.person().institution_name, handler_in_full(&case));
    Ok(decision_of(&case, &by).signed(signed, Some(day)))
}

fn handler_in_full(case: &ConductCase) -> &'static str {
    match case.handler {
        super::case::Handler::SchoolLeague => "团委",
        super::case::Handler::SchoolParty => "党委",
    }
}

fn decision_of(case: &ConductCase, by: &str) -> Paper {
    let result = case.sanction.map_or("", Sanction::label);
    let says = case.decision.as_deref().unwrap_or_default();
    let mut paper = Paper::new("处理决定书")
        .caption(&format!("第{}号", case.number))
        .to(&case.subject)
        .paragraph(format!("关于反映你{}的问题，已经调查核实。{says}", case.ground.label()))
        .paragraph(format!("{by}，决定：{result}。"));
    if let Some(days) = case.suspension {
        paper = paper.paragraph(format!("停职自{}起，{}恢复。", chinese_day(days.from), chinese_day(days.until)));
    }
    if let Some(until) = case.objection_until {
        paper =
            paper.paragraph(format!("对本决定有异议的，可在{}以前提出，由作出决定的单位复核。", chinese_day(until)));
    }
    if let Some((upheld, answer)) = case.objection.as_ref().and_then(|objection| objection.answer.as_ref()) {
        let word = if *upheld { "变更" } else { "维持" };
        paper = paper.paragraph(format!("经复核，{word}原决定。{answer}"));
    }
    paper.paragraph("送达回执：本人已收到本决定书。").signature_line("收件人").signature_line("送达人")
}

async fn decision(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<PaperPage, Failure> {
    let paper = decision_paper(&app, &acting, id).await?;
    let chrome = app.chrome(acting.person(), "处理决定书").under(CASES, "违纪失范办理").under(&id.path(), "办理");
    Ok(PaperPage { chrome, paper, word: id.decision_word_path() })
}

async fn decision_word(
    State(app): State<App>,
    acting: Acting<ConductHandler>,
    Path(id): Path<ConductCaseId>,
) -> Result<Response, Failure> {
    let paper = decision_paper(&app, &acting, id).await?;
    papers::download(&app, paper).await
}

/// 退出登记表 with 工作交接表.
async fn form_paper(app: &App, acting: &Acting<UnionKeeper>, id: ExitId) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let filter = ExitFilter { one: Some(id), ..ExitFilter::default() };
    let found = exits_store::exits(&mut db, acting.institution(), filter).await?;
    let exit = found.into_iter().next().ok_or(Failure::Missing)?;
    let union = unions::list(&mut db, acting.institution(), Some(exit.union)).await?.into_iter().next();
    union.filter(|union| union.is_managed_by(acting.office())).ok_or(Failure::Missing)?;
    Ok(form_of(&acting.person().institution_name, &exit))
}

fn form_of(institution: &str, exit: &Exit) -> Paper {
    let day = |day: Option<time::Date>| day.map(chinese_day).unwrap_or_default();
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let row = |label: &str, says: String| vec![label.to_owned(), says];
    let rows = vec![
        row("姓名", exit.name.clone()),
        row("性别", of(&exit.gender)),
        row("年级专业", format!("{}级 {}", exit.entry_year, exit.major)),
        row("政治面貌", of(&exit.political)),
        row("现任职务和任职时间", exit.posts.clone()),
        row("退出类别", exit.kind.label().to_owned()),
        row("退出理由", exit.reason.clone()),
        row("自何日起不再任职", day(exit.from_day)),
    ];
    let columns = || vec![Column::text("项目", 8), Column::text("内容", 24)];
    let handed = |pick: fn(&super::exit::HandedOver) -> String| exit.handed_over.as_ref().map(pick).unwrap_or_default();
    let handover = vec![
        row("交接的工作、资料、物品和账目", handed(|handed| handed.says.clone())),
        row("交给", handed(|handed| handed.to.clone())),
        row("交接期限", day(exit.handover_due)),
    ];
    Paper::new(format!("{}\n工作人员退出登记表", name_in_full(institution, &exit.union_name)))
        .heading("退出登记")
        .table(Table::new(columns(), rows))
        .heading("工作交接表")
        .table(Table::new(columns(), handover))
        .signature_line("移交人")
        .signature_line("接收人")
        .signature_line("主管团组织")
}

async fn form(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<PaperPage, Failure> {
    let paper = form_paper(&app, &acting, id).await?;
    let chrome = app.chrome(acting.person(), "退出登记表").under(EXITS, "退出与交接").under(&id.path(), "办理");
    Ok(PaperPage { chrome, paper, word: id.form_word_path() })
}

async fn form_word(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<ExitId>,
) -> Result<Response, Failure> {
    let paper = form_paper(&app, &acting, id).await?;
    papers::download(&app, paper).await
}
