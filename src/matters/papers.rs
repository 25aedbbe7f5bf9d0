//! 活动申请表, 信息发布审批表, 对外联系审批表, 经费申请与决算表 and 重大活动报告, printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    matter::{Matter, Particulars, PriorReport, Signature},
    pages::{particulars, seen, seen_report},
    paths::{MATTERS, REPORTS},
    store,
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    clock::CHINA,
    failure::Failure,
    ids::{MatterId, PriorReportId},
    office::MatterReader,
    page::{chrome::Chrome, filters::minute_of},
    papers::{self, Column, Paper, Table, closed_up},
    rules::matters::{MatterKind, ReportKind, yuan},
    text::chinese_day,
    unions::union::name_in_full,
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/matters/{matter}/form", form)
        .get("/matters/{matter}/form.docx", form_word)
        .get("/prior-reports/{report}/paper", report)
        .get("/prior-reports/{report}/paper.docx", report_word)
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

fn row(label: &str, says: impl Into<String>) -> Vec<String> {
    vec![label.to_owned(), says.into()]
}

/// The application with what each step said of it, and the account where there is one.
fn form_of(institution: &str, matter: &Matter, signatures: &[Signature]) -> Paper {
    let says = &matter.says;
    let mut rows = vec![
        row("编号", format!("第{}号", matter.number)),
        row("名称", says.title.clone()),
        row("申请部门", matter.applicant()),
        row("负责人", format!("{}（{}）", matter.lead_name, matter.lead_number)),
        row("联系方式", says.phone.clone()),
        row("时间", minute_of(says.starts_at)),
    ];
    rows.extend(particulars(matter).into_iter().map(|(term, text)| row(term, text)));
    rows.push(row("目的意义", says.why.clone()));
    rows.push(row("过程安排", says.how.clone()));
    match &says.particulars {
        Particulars::Activity { safety, .. } => {
            let safety = if safety.is_empty() { "不需要" } else { safety };
            rows.push(row("安全预案", safety));
        }
        Particulars::Publication { body, .. } => rows.push(row("发布全文", body.clone())),
        Particulars::Contact { .. } | Particulars::Funds { .. } => {}
    }
    if matter.kind() != MatterKind::Funds && !says.lines.is_empty() {
        rows.push(row("经费预算", format!("{}元", yuan(says.planned()))));
    }
    if let Some(urgent) = &says.urgent {
        rows.push(row("加急理由", urgent.clone()));
    }
    for step in matter.course.chain() {
        let own = signatures.iter().find(|one| one.step == *step && one.revision == matter.revision);
        let text = own.map_or_else(String::new, |one| {
            let read = if one.content_read { "内容已审核。" } else { "" };
            format!("{}。{}{read}（{}，{}）", one.word.label(), one.says, one.by, minute_of(one.at))
        });
        rows.push(row(step.label(), text));
    }
    let columns = vec![Column::centred("项目", 8), Column::text("内容", 32)];
    let title = format!("{}\n{}", name_in_full(institution, &matter.union_name), matter.kind().paper());
    let mut paper = Paper::new(title);
    if says.urgent.is_some() {
        paper = paper.caption("加急");
    }
    paper = paper.table(Table::new(columns, rows));
    if !says.lines.is_empty() {
        paper = paper.heading("预算和决算").table(account(matter));
    }
    if let Some(summary) = &matter.summary {
        paper = paper.heading("总结");
        for line in summary.lines().filter(|line| !line.trim().is_empty()) {
            paper = paper.paragraph(line);
        }
    }
    paper
        .signature_line("负责人")
        .signature_line("主席团")
        .signature_line("指导老师")
        .signature_line("校团委专职副书记")
}

/// Budget against settlement, with the sums.
fn account(matter: &Matter) -> Table {
    let lines = &matter.says.lines;
    let mut rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let spent = line.spent.map(yuan).unwrap_or_default();
            vec![line.name.clone(), yuan(line.planned), spent, line.receipt.clone().unwrap_or_default()]
        })
        .collect();
    let spent: Option<i64> = lines.iter().map(|line| line.spent).sum();
    rows.push(vec!["合计".to_owned(), yuan(matter.says.planned()), spent.map(yuan).unwrap_or_default(), String::new()]);
    let columns = vec![
        Column::text("项目", 16),
        Column::centred("预算（元）", 9),
        Column::centred("决算（元）", 9),
        Column::text("单据号", 12),
    ];
    Table::new(columns, rows)
}

async fn form_paper(app: &App, acting: &Acting<MatterReader>, id: MatterId) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let matter = seen(&mut db, acting, id).await?;
    let signatures = store::signatures(&mut db, id).await?;
    Ok(form_of(&acting.person().institution_name, &matter, &signatures))
}

async fn form(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<MatterId>,
) -> Result<PaperPage, Failure> {
    let paper = form_paper(&app, &acting, id).await?;
    let chrome = app.chrome(acting.person(), "打印").under(MATTERS, "四类事项审核").under(&id.path(), "办理");
    Ok(PaperPage { chrome, paper, word: id.form_word_path() })
}

async fn form_word(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<MatterId>,
) -> Result<Response, Failure> {
    let paper = form_paper(&app, &acting, id).await?;
    papers::download(&app, paper).await
}

/// 重大活动报告 or the report of an important matter.
fn report_of(institution: &str, report: &PriorReport) -> Paper {
    let union = name_in_full(institution, &report.union_name);
    let what = match report.kind {
        ReportKind::Activity => "重大活动报告",
        ReportKind::Decision => "重要事项报告",
    };
    let when = match report.happened_at {
        Some(at) => format!("已于{}{}，属迟报。", minute_of(at), happened(report.kind)),
        None => format!("拟于{}{}。", minute_of(report.planned_at), happened(report.kind)),
    };
    let mut paper = Paper::new(format!("{union}\n{what}"))
        .number(format!("第{}号", report.number))
        .to("校团委")
        .paragraph(format!("现将“{}”有关情况报告如下。", report.title))
        .heading("内容");
    for line in report.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    paper = paper
        .heading("时间")
        .paragraph(when)
        .heading("理由")
        .paragraph(&report.why)
        .heading("须事先报告的情形")
        .paragraph(format!("{}。", closed_up(&report.grounds.join("、"))));
    if let Some(given) = &report.answer {
        let says = format!("{}。{}（{}）", given.answer.label(), given.says, minute_of(given.at));
        paper = paper.heading("校团委答复").paragraph(says);
    }
    if let Some(passed) = report.passed_at {
        let reply =
            report.reply.as_ref().map(|reply| format!("学校党委于{}回复：{}", chinese_day(reply.on), reply.says));
        let says = format!("{}向学校党委汇报。{}", minute_of(passed), reply.unwrap_or_default());
        paper = paper.heading("向学校党委汇报").paragraph(says);
    }
    if let Some(decided) = &report.decided {
        let says = format!("{}决定：{}", minute_of(decided.at), decided.says);
        paper = paper.heading("决定").paragraph(says);
    }
    paper.signed(union, Some(report.received_at.to_offset(CHINA).date()))
}

fn happened(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Activity => "开展",
        ReportKind::Decision => "作出决定",
    }
}

async fn report_paper(app: &App, acting: &Acting<MatterReader>, id: PriorReportId) -> Result<Paper, Failure> {
    let report = seen_report(&mut *app.read().await?, acting, id).await?;
    Ok(report_of(&acting.person().institution_name, &report))
}

async fn report(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<PriorReportId>,
) -> Result<PaperPage, Failure> {
    let paper = report_paper(&app, &acting, id).await?;
    let chrome = app.chrome(acting.person(), "打印").under(REPORTS, "事先报告").under(&id.path(), "报告");
    Ok(PaperPage { chrome, paper, word: id.paper_word_path() })
}

async fn report_word(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Path(id): Path<PriorReportId>,
) -> Result<Response, Failure> {
    let paper = report_paper(&app, &acting, id).await?;
    papers::download(&app, paper).await
}
