//! The account as it is filed: printed, for Word, and as a workbook in the form's columns.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};

use super::{
    content::{Content, DepartmentLine, FormLine, RosterLine, UnionForm},
    paths::YEARS,
    store::{self, Disclosure, Stage},
    years::{content, readable},
};
use crate::{
    app::{App, Routes},
    auth::person::SignedIn,
    clock::CHINA,
    failure::Failure,
    ids::DisclosureId,
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table, closed_up},
    sheet::{ReportColumn, ReportSheet, report_sheets},
    text::chinese_day,
    web::{downloads::Downloads, workbook},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/disclosure/years/{disclosure}/paper", paper)
        .get("/disclosure/years/{disclosure}/word", word)
        .get("/disclosure/years/{disclosure}/file", file)
        .get("/disclosure/open/years/{disclosure}", open_paper)
        .get("/disclosure/open/years/{disclosure}/word", open_word)
        .get("/disclosure/open/years/{disclosure}/file", open_file)
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word, and its tables as a workbook.
    word: String,
    file: String,
}

async fn read(app: &App, person: &SignedIn, id: DisclosureId) -> Result<(Disclosure, Content), Failure> {
    let account = readable(&mut *app.read().await?, person, id).await?;
    let content = content(app, person.institution, &account).await?;
    Ok((account, content))
}

/// The columns of the form.
fn form_table(union: &UnionForm) -> Table {
    let columns = vec![
        Column::centred("序号", 4),
        Column::text("指标", 26),
        Column::centred("结论", 5),
        Column::text("备注", 14),
    ];
    let rows = union.lines.iter().map(|line| {
        vec![
            format!("{}{}", line.no, line.sign()),
            line.text.clone(),
            line.conclusion().label().to_owned(),
            line.notes(),
        ]
    });
    Table::new(columns, rows.collect())
}

/// The usual columns of the roster in such accounts.
fn roster_table(roster: &[RosterLine]) -> Table {
    let columns = vec![
        Column::centred("姓名", 27),
        Column::centred("政治面貌", 27),
        Column::text("院系", 33),
        Column::centred("年级", 21),
        Column::centred("成绩排名", 27),
        Column::centred("课业情况", 27),
        Column::text("职务", 59),
    ];
    let row = |line: &RosterLine| {
        vec![
            line.name.clone(),
            line.political.clone(),
            line.college.clone(),
            line.grade(),
            line.rank.clone(),
            line.failed.clone(),
            line.post.clone(),
        ]
    };
    Table::new(columns, roster.iter().map(row).collect())
}

/// The year, and that the account is a draft until it is published: a paper goes from hand to hand without its page.
fn caption(account: &Disclosure, content: &Content) -> String {
    let year = closed_up(&content.year_in_words());
    match account.stage {
        Stage::Draft => format!("{year}，草稿"),
        Stage::Signed => format!("{year}，草稿，待复核"),
        Stage::Published => year,
    }
}

/// Who filled it in and who reviewed it, as signed in the portal; empty before the first of them signed.
fn who_signed(account: &Disclosure) -> String {
    let by = |name: Option<&String>, did: &str, at: Option<time::OffsetDateTime>| {
        let day = chinese_day(at?.to_offset(CHINA).date());
        Some(format!("{}{did}（{day}在系统签字）", name?.replace(' ', "")))
    };
    let filled_in = by(account.signed.as_ref(), "填报", account.signed_at);
    let reviewed = by(account.published.as_ref(), "复核", account.published_at);
    let both: Vec<String> = [filled_in, reviewed].into_iter().flatten().collect();
    if both.is_empty() { String::new() } else { format!("本表由{}。", both.join("，")) }
}

fn paper_of(account: &Disclosure, content: &Content) -> Paper {
    let mut paper = Paper::new(format!("{}\n学生会（研究生会）改革情况公开", content.institution))
        .caption(&caption(account, content))
        .paragraph(format!(
            "现将截至{}的学生会（研究生会）改革情况公开如下，请全校师生监督。",
            chinese_day(content.day)
        ));
    paper = paper.heading(&content.form_title);
    for union in &content.unions {
        paper = paper.subheading(&union.name).table(form_table(union));
    }
    paper = paper.note(format!("★ 核心指标，▲ 观测指标。{}。", content.form_source));
    if !content.form_note.is_empty() {
        paper = paper.note(content.form_note.clone());
    }
    paper = paper.heading("学生会章程");
    for union in content.unions.iter().filter(|union| union.is_school || union.has_constitution()) {
        paper = paper.subheading(&union.name);
        if !union.has_constitution() {
            paper = paper.paragraph("没有登记章程文本。".to_owned());
        }
        if !union.filed.is_empty() {
            paper = paper.paragraph(format!("{}。", union.filed));
        }
        for line in union.constitution.lines().filter(|line| !line.trim().is_empty()) {
            paper = paper.paragraph(line.to_owned());
        }
    }
    paper = paper.heading("组织机构");
    for union in content.unions.iter().filter(|union| union.is_school) {
        let columns = vec![Column::text("工作部门", 10), Column::text("职能", 26), Column::centred("人数", 5)];
        let row = |department: &DepartmentLine| {
            vec![department.name.clone(), department.functions.clone(), department.people.to_string()]
        };
        let rows = union.departments.iter().map(row).collect();
        paper = paper.subheading(&union.name).table(Table::new(columns, rows));
    }
    paper = paper.heading("工作人员名单");
    for union in &content.unions {
        paper = paper.subheading(&union.name);
        paper = if union.roster.is_empty() {
            paper.paragraph("还没有登记工作人员。")
        } else {
            paper.table(roster_table(&union.roster))
        };
    }
    paper = paper.heading("选举办法和评议办法");
    for method in &content.methods {
        paper = paper.paragraph(format!("{}：“{}”（{}）", method.name, method.quote, method.place));
    }
    let signed = who_signed(account);
    if !signed.is_empty() {
        paper = paper.paragraph(signed);
    }
    paper.signature_line("填报人").signature_line("复核人").signed(
        format!("共青团{}委员会", content.institution),
        account.published_at.map(|at| at.to_offset(CHINA).date()),
    )
}

async fn paper(State(app): State<App>, person: SignedIn, Path(id): Path<DisclosureId>) -> Result<PaperPage, Failure> {
    let (account, content) = read(&app, &person, id).await?;
    let year = content.year_in_words();
    let chrome = app.chrome(&person, "改革情况公开").under(YEARS, "改革自评表").under(&id.path(), &year);
    Ok(PaperPage { chrome, paper: paper_of(&account, &content), word: id.word_path(), file: id.file_path() })
}

async fn word(State(app): State<App>, person: SignedIn, Path(id): Path<DisclosureId>) -> Result<Response, Failure> {
    let (account, content) = read(&app, &person, id).await?;
    papers::download(&app, paper_of(&account, &content)).await
}

/// An account for whoever has not signed in, where the League committee says so.
async fn open(app: &App, id: DisclosureId) -> Result<(Disclosure, Content), Failure> {
    let mut db = app.read().await?;
    let institution = store::open_account(&mut db, id).await?.ok_or(Failure::Missing)?;
    let account = store::one(&mut db, institution, id).await?;
    drop(db);
    let content = content(app, institution, &account).await?;
    Ok((account, content))
}

async fn open_paper(State(app): State<App>, Path(id): Path<DisclosureId>) -> Result<PaperPage, Failure> {
    let (account, content) = open(&app, id).await?;
    let (chrome, paper) = (Chrome::bare("改革情况公开"), paper_of(&account, &content));
    Ok(PaperPage { chrome, paper, word: id.open_word_path(), file: id.open_file_path() })
}

async fn open_word(
    State(app): State<App>,
    Extension(downloads): Extension<Downloads>,
    Path(id): Path<DisclosureId>,
) -> Result<Response, Failure> {
    let place = downloads.place()?;
    let (account, content) = open(&app, id).await?;
    Ok(place.held_by(papers::download(&app, paper_of(&account, &content)).await?))
}

async fn open_file(
    State(app): State<App>,
    Extension(downloads): Extension<Downloads>,
    Path(id): Path<DisclosureId>,
) -> Result<Response, Failure> {
    let place = downloads.place()?;
    let (account, content) = open(&app, id).await?;
    Ok(place.held_by(workbook_of(&app, &account, content, public_sheets).await?))
}

fn columns<const N: usize>(columns: [(&'static str, u16); N]) -> Vec<ReportColumn> {
    columns.map(|(heading, width)| ReportColumn { heading, width }).to_vec()
}

fn sheet(
    content: &Content,
    name: &str,
    title: String,
    columns: Vec<ReportColumn>,
    rows: Vec<Vec<String>>,
) -> ReportSheet {
    let caption = format!("{}　截至{}　{}", content.year_in_words(), chinese_day(content.day), content.form_source);
    ReportSheet { name: name.to_owned(), title, caption, columns, rows }
}

fn numbered(line: &FormLine) -> String {
    format!("{}{}", line.no, line.sign())
}

/// The form of a union, in the form's columns.
fn form_sheet(content: &Content, union: &UnionForm) -> ReportSheet {
    let row =
        |line: &FormLine| vec![numbered(line), line.text.clone(), line.conclusion().label().to_owned(), line.notes()];
    let own = columns([("序号", 8), ("指标", 70), ("结论", 10), ("备注", 46)]);
    let title = format!("{}{}（{}）", content.institution, content.form_title, union.name);
    sheet(content, &union.name, title, own, union.lines.iter().map(row).collect())
}

/// What each line rests on, or what is missing.
fn ground_sheet(content: &Content) -> ReportSheet {
    let ground = |union: &UnionForm, line: &FormLine| {
        let says = if line.missing.is_empty() { &line.why } else { &line.missing };
        vec![union.name.clone(), numbered(line), line.conclusion().label().to_owned(), says.clone()]
    };
    let lines = content.unions.iter().flat_map(|union| union.lines.iter().map(move |line| ground(union, line)));
    let own = columns([("学生会", 22), ("序号", 8), ("结论", 10), ("依据和待补", 90)]);
    let title = format!("{}改革自评表：依据和待补", content.institution);
    sheet(content, "依据和待补", title, own, lines.collect())
}

/// The rosters of all unions.
fn roster_sheet(content: &Content) -> ReportSheet {
    let person = |union: &UnionForm, line: &RosterLine| {
        let cells = [&union.name, &line.name, &line.political, &line.college].map(Clone::clone);
        let figures = [line.grade(), line.rank.clone(), line.failed.clone(), line.post.clone()];
        cells.into_iter().chain(figures).collect::<Vec<String>>()
    };
    let people = content.unions.iter().flat_map(|union| union.roster.iter().map(move |line| person(union, line)));
    let own = columns([
        ("学生会", 22),
        ("姓名", 12),
        ("政治面貌", 14),
        ("院系", 24),
        ("年级", 10),
        ("学习成绩综合排名", 18),
        ("课业情况", 12),
        ("职务", 26),
    ]);
    let title = format!("{}学生会工作人员名单", content.institution);
    sheet(content, "工作人员名单", title, own, people.collect())
}

/// The form of each union on a sheet of its own, then the rosters: what the printed account has.
fn public_sheets(content: &Content) -> Vec<ReportSheet> {
    let forms = content.unions.iter().map(|union| form_sheet(content, union));
    forms.chain([roster_sheet(content)]).collect()
}

/// The same for those of the university, who also read what each line rests on.
fn sheets(content: &Content) -> Vec<ReportSheet> {
    let forms = content.unions.iter().map(|union| form_sheet(content, union));
    forms.chain([ground_sheet(content), roster_sheet(content)]).collect()
}

async fn workbook_of(
    app: &App,
    account: &Disclosure,
    content: Content,
    sheets: fn(&Content) -> Vec<ReportSheet>,
) -> Result<Response, Failure> {
    let draft = if account.is_published() { "" } else { "（草稿）" };
    let name = format!("{}改革自评表{draft}.xlsx", content.year_in_words());
    let made = move || {
        let mut sheets = sheets(&content);
        for sheet in &mut sheets {
            sheet.caption.push_str(draft);
        }
        report_sheets(&sheets)
    };
    let bytes = app.heavy(made).await?.map_err(anyhow::Error::new)?;
    Ok(workbook(&name, bytes))
}

async fn file(State(app): State<App>, person: SignedIn, Path(id): Path<DisclosureId>) -> Result<Response, Failure> {
    let (account, content) = read(&app, &person, id).await?;
    workbook_of(&app, &account, content, sheets).await
}
