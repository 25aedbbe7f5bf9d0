//! 领导小组名单 and 汇报材料 (an outline with the figures of the year), printed and for Word.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use sqlx::PgConnection;

use super::{
    overview::{COUNTED, open_feedback},
    paths::{GROUP_WORD, GUIDANCE, OUTLINE_WORD},
    store::{self, RecordFilter},
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::GuidanceRecordId,
    meetings::store::{self as meetings, DecisionFilter, MeetingFilter},
    office::UnionReader,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table},
    rules::guidance::Duty,
    text::chinese_day,
    unions::{ComplianceReader, store as unions, union::name_in_full},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/guidance/group", group)
        .get("/guidance/group.docx", group_word)
        .get("/guidance/outline", outline)
        .get("/guidance/outline.docx", outline_word)
        .get("/guidance/records/{record}/paper", record)
        .get("/guidance/records/{record}/paper.docx", record_word)
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

async fn group_paper(app: &App, acting: &Acting<UnionReader>) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let group = store::group(&mut db, acting.institution()).await?.ok_or(Failure::Missing)?;
    let columns = vec![Column::text("在名单中", 14), Column::centred("姓名", 8), Column::text("职务", 16)];
    let row = |line: &str| {
        let mut parts = line.splitn(3, '　').map(str::to_owned);
        (0..3).map(|_| parts.next().unwrap_or_default()).collect()
    };
    let rows = group.members.lines().map(row).collect();
    let name = &acting.person().institution_name;
    Ok(Paper::new(format!("{name}\n学生会建设管理领导小组（工作机制）名单"))
        .caption(&group.document)
        .table(Table::new(columns, rows))
        .signed(name.clone(), Some(group.fixed_on)))
}

/// What is reported of a year: headings in the order of the plans, with the figures that the portal has.
async fn outline_paper(app: &App, acting: &Acting<ComplianceReader>) -> Result<Paper, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let today = now.date();
    let db: &mut PgConnection = &mut db;
    let institution = acting.institution();
    let all = unions::list(db, institution, None).await?;
    let opened = all.iter().filter(|union| union.opened_on.is_some()).count();
    let people: usize = {
        let records = unions::records(db, institution, all.clone(), today).await?;
        records.iter().map(|record| record.people_on(today)).sum()
    };
    let year = now - COUNTED;
    let held =
        meetings::meetings(db, institution, MeetingFilter { from: Some(year), ..MeetingFilter::default() }).await?;
    let held = held.iter().filter(|meeting| meeting.is_held()).count();
    let open =
        meetings::decisions(db, institution, DecisionFilter { open: true, ..DecisionFilter::default() }).await?.len();
    let coverage = store::coverage(db, institution, today - COUNTED, today).await?;
    let guided = coverage.iter().filter(|college| college.is_guided()).count();
    let filed = coverage.iter().filter(|college| college.measures).count();
    let feedback = open_feedback(db, institution).await?;
    let name = name_in_full(&acting.person().institution_name, "校学生会");
    let begun = chinese_day(today - COUNTED);
    Ok(Paper::new(format!("{name}\n工作汇报材料"))
        .caption("提纲，数字由系统按登记取得，请补充文字")
        .heading("基本情况")
        .paragraph(format!("全校建立学生会{}个，按方案运行的{opened}个，现有工作人员{people}人次。", all.len()))
        .heading("一年来的工作")
        .subheading("会议和决策")
        .paragraph(format!("{begun}以来召开并归档的会议{held}次，尚未落实的决定{open}项。"))
        .subheading("逐级指导")
        .paragraph(format!("院系学生会{}个，近一年有指导记录的{guided}个，已有细化措施的{filed}个。", coverage.len()))
        .heading("存在的问题")
        .paragraph(format!("院系反馈、尚未答复的问题{feedback}件。"))
        .heading("请研究决定的事项")
        .items(["＿＿＿＿＿＿＿＿".to_owned()])
        .heading("下一步打算")
        .items(["＿＿＿＿＿＿＿＿".to_owned()])
        .signed(name, Some(today)))
}

/// A record as a paper: what was heard, studied or answered.
async fn record_paper(app: &App, acting: &Acting<ComplianceReader>, id: GuidanceRecordId) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let filter = RecordFilter { one: Some(id), ..RecordFilter::default() };
    let record = store::records(&mut db, acting.institution(), filter).await?.pop().ok_or(Failure::Missing)?;
    let mut paper = Paper::new(format!("{}\n{}", record.duty.label(), record.title))
        .paragraph(format!("时间：{}", chinese_day(record.on_day)))
        .heading("内容");
    for line in record.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    if record.duty == Duty::JointStudy {
        paper = paper.heading("签署").paragraph(record.signed_in_words());
    }
    Ok(paper.signature_line("记录人"))
}

async fn group(State(app): State<App>, acting: Acting<UnionReader>) -> Result<PaperPage, Failure> {
    let paper = group_paper(&app, &acting).await?;
    let chrome = app.chrome(acting.person(), "领导小组名单").under(GUIDANCE, "领导与指导");
    Ok(PaperPage { chrome, paper, word: GROUP_WORD.to_owned() })
}

async fn group_word(State(app): State<App>, acting: Acting<UnionReader>) -> Result<Response, Failure> {
    papers::download(&app, group_paper(&app, &acting).await?).await
}

async fn outline(State(app): State<App>, acting: Acting<ComplianceReader>) -> Result<PaperPage, Failure> {
    let paper = outline_paper(&app, &acting).await?;
    let chrome = app.chrome(acting.person(), "汇报材料").under(GUIDANCE, "领导与指导");
    Ok(PaperPage { chrome, paper, word: OUTLINE_WORD.to_owned() })
}

async fn outline_word(State(app): State<App>, acting: Acting<ComplianceReader>) -> Result<Response, Failure> {
    papers::download(&app, outline_paper(&app, &acting).await?).await
}

async fn record(
    State(app): State<App>,
    acting: Acting<ComplianceReader>,
    Path(id): Path<GuidanceRecordId>,
) -> Result<PaperPage, Failure> {
    let paper = record_paper(&app, &acting, id).await?;
    let chrome = app.chrome(acting.person(), "记录").under(GUIDANCE, "领导与指导");
    Ok(PaperPage { chrome, paper, word: id.word_path() })
}

async fn record_word(
    State(app): State<App>,
    acting: Acting<ComplianceReader>,
    Path(id): Path<GuidanceRecordId>,
) -> Result<Response, Failure> {
    papers::download(&app, record_paper(&app, &acting, id).await?).await
}
