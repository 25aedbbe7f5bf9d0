//! A union's papers: 花名册 on paper and as a file, 检查明细, 沿革.

use std::{fmt, sync::Arc};

use askama::{Template, filters::HtmlSafe};
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{Html, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Evidence, Tab, Tabs, calendar, evidence, frame,
    kept_roster::{RosterMark, RosterPart, Rosters},
    visible, with_duties, with_mendings,
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    ids::UnionId,
    office::{Office, SchoolLeague, UnionReader},
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, cut},
    },
    papers::{self, Column, Paper, Table},
    people::student::CoursesCounted,
    rules::Outcome,
    sheet::{ReportColumn, drop_down_template, report_workbook, roster::COLUMNS},
    text::chinese_day,
    unions::{
        owed::OwedRows,
        paths::UNIONS,
        store::{self, HistoryAct, HistoryRow, RosterRow},
        union::{PostRow, Record, StudentFacts, name_in_full, sees_grades},
    },
    web::{self, workbook},
};

const A_PAGE: i64 = 50;
/// More acts than a union sees in ten years.
const MOST_EXPORTED: i64 = 20_000;

/// The page that keeps its main part.
pub(super) fn roster_page(rosters: Rosters) -> Routes {
    web::routes::Routes::<Rosters>::default().get("/unions/{union}/roster", roster).with_state(rosters)
}

/// The page around its main part.
#[derive(Template)]
#[template(path = "unions/roster.html")]
struct RosterPage {
    chrome: Chrome,
    main: RosterMain,
}

/// The page's main part.
#[derive(Template)]
#[template(path = "unions/roster_main.html")]
struct RosterSheet {
    id: UnionId,
    paper: Paper,
}

/// A template's own output, which stands in another as it is.
enum RosterMain {
    Made(Box<RosterSheet>),
    Kept(Arc<str>),
}

impl fmt::Display for RosterMain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(sheet) => write!(f, "{sheet}"),
            Self::Kept(html) => f.write_str(html),
        }
    }
}

impl HtmlSafe for RosterMain {}

/// What 花名册 is made of: the union's name and the rows that the office sees.
struct Roster {
    name: String,
    rows: Vec<RosterRow>,
    /// The office sees what students do not see of each other.
    grades: bool,
}

async fn roster_of(
    db: &mut PgConnection,
    acting: &Acting<UnionReader>,
    id: UnionId,
    today: Date,
) -> Result<Roster, Failure> {
    let rows = store::roster(&mut *db, &acting.scope(), acting.office().kind, id, today).await?;
    let name = match rows.first() {
        Some(row) => row.union_name.clone(),
        // Nobody is in it, or it is not for this office: that takes one more look.
        None => visible(db, acting, id, today).await?.union.name,
    };
    Ok(Roster { name, rows, grades: sees_grades(acting.office().kind) })
}

/// 花名册, in two statements where nothing of it changed since it was made: the session's, and that of the stamps which say so.
async fn roster(
    State(rosters): State<Rosters>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Html<String>, Failure> {
    let (mut db, today, office) = (rosters.read().await?, rosters.clock.today(), acting.office().kind);
    let institution = &acting.person().institution_name;
    // Before the rows: what changes in between is read once more than it need be, and never once less.
    let stamps = store::roster_stamps(&mut db, &acting.scope(), office, id).await?;
    let mark =
        RosterMark { union: id, institution: institution.clone(), day: today, grades: sees_grades(office), stamps };
    let RosterPart { union_name, html } = if let Some(part) = rosters.found(&mark) {
        part
    } else {
        let Roster { name, rows, grades } = roster_of(&mut db, &acting, id, today).await?;
        let paper = roster_paper(institution, &name, &rows, today, grades);
        let html = RosterSheet { id, paper }.render().map_err(anyhow::Error::new)?;
        let part = RosterPart { union_name: name.into(), html: html.into() };
        rosters.keep(mark, part.clone());
        part
    };
    drop(db);
    let chrome = rosters.chrome(acting.person(), "花名册").under(UNIONS, "学生会").under(&id.path(), &union_name);
    // Room for the frame too: it is not copied a second time.
    let mut page = String::with_capacity(html.len() + 32 * 1024);
    RosterPage { chrome, main: RosterMain::Kept(html) }.render_into(&mut page).map_err(anyhow::Error::new)?;
    Ok(Html(page))
}

/// 花名册 for Word.
pub(super) async fn roster_word(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let Roster { name, rows, grades } = roster_of(&mut db, &acting, id, today).await?;
    drop(db);
    papers::download(&app, roster_paper(&acting.person().institution_name, &name, &rows, today, grades)).await
}

/// The page 花名册 of a union on a day, made anew; `grades` says whether the reader sees what students do not see of each other.
pub fn roster_html(
    chrome: Chrome,
    id: UnionId,
    name: &str,
    rows: &[RosterRow],
    today: Date,
    grades: bool,
) -> anyhow::Result<String> {
    let paper = roster_paper(chrome.institution(), name, rows, today, grades);
    let main = RosterMain::Made(Box::new(RosterSheet { id, paper }));
    Ok(RosterPage { chrome, main }.render()?)
}

fn roster_paper(institution: &str, name: &str, rows: &[RosterRow], today: Date, grades: bool) -> Paper {
    let mut numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut columns = vec![
        Column::centred("序号", 5),
        Column::text("部门", 10),
        Column::text("岗位", 12),
        Column::centred("姓名", 8),
        Column::centred("学号", 11),
        Column::text("院系", 12),
        Column::centred("年级", 6),
        Column::text("班级", 16),
    ];
    if grades {
        columns.push(Column::centred("政治面貌", 9));
    }
    columns.push(Column::centred("任职时间", 11));
    let row = |(place, row): (usize, &RosterRow)| {
        let other = if row.seat { "主席团" } else { "其他岗位" };
        let mut cells = vec![
            place.to_string(),
            row.department.clone().unwrap_or_else(|| other.to_owned()),
            if row.chair { format!("{}（执行主席）", row.post) } else { row.post.clone() },
            row.name.clone(),
            row.number.clone(),
            row.college.clone(),
            row.entry_year.to_string(),
            row.class.clone(),
        ];
        if grades {
            cells.push(row.political.clone().unwrap_or_else(|| "未登记".to_owned()));
        }
        cells.push(row.from_day.to_string());
        cells
    };
    let order = rows.first().map(|row| format!("；先分部门和岗位，再{}", row.order.label())).unwrap_or_default();
    let name = name_in_full(institution, name);
    Paper::new(format!("{name}工作人员花名册"))
        .landscape()
        .caption(&format!("截至{}，共{}人{order}", chinese_day(today), numbers.len()))
        .table(Table::new(columns, (1..).zip(rows).map(row).collect()))
        .signature_line("填表人")
        .signature_line("审核人")
        .signed(format!("{name}（盖章）"), None)
}

/// The roster in the columns that 名单体检, 现状登记 and 换届 read. Ranks and failed courses only for offices that see them.
pub(super) async fn roster_file(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    drop(db);
    let grades = sees_grades(acting.office().kind);
    let bytes = app.heavy(move || file_of(&record, grades, today)).await??;
    Ok(workbook("花名册.xlsx", bytes))
}

fn file_of(record: &Record, shows_grades: bool, today: Date) -> anyhow::Result<Vec<u8>> {
    let chairs: Vec<&str> = record.timeline.on_duty(today).collect();
    let members = record.timeline.members_on(today);
    let yes_no = |answer: Option<bool>| answer.map_or("", |yes| if yes { "是" } else { "否" }).to_owned();
    let row = |post: &PostRow| {
        let fact = record.facts.iter().find(|fact| fact.student == post.student);
        let member = members.iter().find(|member| member.number == post.number);
        let graded = fact.filter(|_| shows_grades);
        let failed = graded.and_then(|fact| fact.failed);
        // The file has room for one ranking: that of the major, or the one that there is.
        let ranked = graded.and_then(|fact| fact.rankings().into_iter().next());
        let other = ranked.filter(|one| !one.of.is_usual());
        let required = graded.is_some_and(StudentFacts::counts_required);
        let marked = post.marked_chair && !record.timeline.rotates_on(today);
        let on_duty = chairs.contains(&post.number.as_str()) || marked;
        let chair = on_duty && post.seat;
        vec![
            post.number.clone(),
            post.name.clone(),
            post.college.clone(),
            fact.map(|fact| fact.major.clone()).unwrap_or_default(),
            post.entry_year.to_string(),
            fact.map_or("", |fact| fact.level.label()).to_owned(),
            fact.filter(|_| shows_grades).and_then(|fact| fact.political.clone()).unwrap_or_default(),
            ranked.map(|one| one.rank.rank.to_string()).unwrap_or_default(),
            ranked.map(|one| one.rank.cohort.to_string()).unwrap_or_default(),
            failed.map(|failed| failed.to_string()).unwrap_or_default(),
            post.label().to_owned(),
            post.department_name.clone().unwrap_or_default(),
            if chair { "是" } else { "" }.to_owned(),
            yes_no(member.and_then(|member| member.from_college_union)),
            yes_no(member.and_then(|member| member.first_year)),
            other.map(|one| one.of.label()).unwrap_or_default(),
            if required { CoursesCounted::Required.label() } else { "" }.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = record.posts_on(today).map(row).collect();
    Ok(drop_down_template("花名册", &COLUMNS, &rows)?)
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/findings.html")]
pub(super) struct FindingsPage {
    chrome: Chrome,
    tabs: Tabs,
    institution: String,
    record: Record,
    /// What has to be looked at, and what is met or not asked.
    open: Vec<Evidence>,
    settled: Vec<Evidence>,
    counts: Vec<(&'static str, usize)>,
    judged: bool,
    plan: String,
    at: OffsetDateTime,
    by: String,
    /// The office sets by which day breaches are mended.
    sets_days: bool,
}

impl FindingsPage {
    /// What binds and is not met; it is sorted before the rest.
    fn breaches(&self) -> &[Evidence] {
        self.open.get(..self.breach_count()).unwrap_or_default()
    }

    /// What else has to be looked at.
    fn remarks(&self) -> &[Evidence] {
        self.open.get(self.breach_count()..).unwrap_or_default()
    }

    fn breach_count(&self) -> usize {
        self.open.iter().take_while(|one| one.is_breach()).count()
    }

    /// How many remarks there are of which kind: `提醒 9 项、待补数据 1 项`.
    fn remarks_in_words(&self) -> String {
        let many = |outcome: Outcome| {
            let count = self.remarks().iter().filter(|one| one.finding.verdict == outcome).count();
            (count > 0).then(|| format!("{} {count} 项", outcome.label()))
        };
        [Outcome::Warn, Outcome::Unknown].into_iter().filter_map(many).collect::<Vec<_>>().join("、")
    }

    fn mended_by(&self) -> &'static str {
        self.record.union.mended_by().label()
    }

    /// A finding holds facts against a clause.
    fn judges_something(&self) -> bool {
        self.open.iter().chain(&self.settled).any(|one| one.finding.verdict.is_judged())
    }
}

pub(super) async fn findings(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<FindingsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let reasons = store::reasons(&mut db, &[id]).await?;
    let owed = OwedRows::load(&mut db, acting.institution(), Some(id), app.clock.now()).await?;
    let all = evidence(&record, &plans, &reasons, acting.office(), today).zip(plans.in_force(today));
    let all =
        all.map(|(found, plan)| with_duties(found, &record, owed.judge(&record, &plan, today), acting.office(), today));
    let plan = plans.on(today).map(|plan| plan.cited()).unwrap_or_default();
    let judged = all.is_some();
    let mut all = all.unwrap_or_default();
    with_mendings(&mut all, id, &store::open_mendings(&mut db, acting.institution(), Some(id), today).await?);
    let count = |outcome: Outcome| all.iter().filter(|one| one.finding.verdict == outcome).count();
    let counts = Outcome::ALL.iter().map(|outcome| (outcome.label(), count(*outcome))).collect();
    let (open, settled) = all
        .into_iter()
        .partition(|one| matches!(one.finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown));
    Ok(FindingsPage {
        chrome: frame(&app, acting.person(), &record, "检查明细"),
        tabs: Tabs::new(&acting, &record, Tab::Findings),
        institution: acting.person().institution_name.clone(),
        judged,
        open,
        settled,
        counts,
        sets_days: SchoolLeague::KINDS.contains(&acting.office().kind),
        record,
        plan,
        at: app.clock.now(),
        by: format!("{} {}", acting.office().label(), acting.person().name),
    })
}

#[derive(Deserialize)]
pub(super) struct Paged {
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/history.html")]
pub(super) struct HistoryPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    facts: Vec<HistoryAct>,
    past: Vec<PostRow>,
    page: i64,
    more: bool,
}

pub(super) async fn history(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(Paged { page }): Query<Paged>,
) -> Result<HistoryPage, Failure> {
    let (mut db, today, page) = (app.read().await?, app.clock.today(), page.clamp(0, 10_000));
    let record = visible(&mut db, &acting, id, today).await?;
    let mut facts = store::history(&mut db, id, None, RowRange::page(page, A_PAGE).and_one()).await?;
    let more = cut(&mut facts, A_PAGE);
    let mut past: Vec<PostRow> = record
        .posts
        .iter()
        .filter(|post| post.until_day.is_some_and(|until| until <= today && until > post.from_day))
        .cloned()
        .collect();
    past.sort_by_key(|post| std::cmp::Reverse(post.until_day));
    past.truncate(200);
    Ok(HistoryPage {
        chrome: frame(&app, acting.person(), &record, "沿革"),
        tabs: Tabs::new(&acting, &record, Tab::History),
        record,
        facts,
        past,
        page,
        more,
    })
}

/// The history as a workbook, a line for each thing that was done.
pub(super) async fn history_file(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = visible(&mut db, &acting, id, today).await?;
    let acts = store::history(&mut db, id, None, RowRange { skip: 0, most: MOST_EXPORTED }).await?;
    drop(db);
    let columns = [("时间", 18), ("事项", 12), ("姓名", 12), ("内容", 50), ("依据与理由", 40), ("办理", 22)]
        .map(|(heading, width)| ReportColumn { heading, width });
    let title = format!("{}{}沿革", acting.person().institution_name, record.union.name);
    let bytes = app
        .heavy(move || {
            let all = acts.iter().flat_map(|act| std::iter::once(&act.head).chain(&act.parts));
            let rows: Vec<Vec<String>> = all.map(history_cells).collect();
            let caption = format!("截至：{}　共 {} 项", chinese_day(today), rows.len());
            report_workbook(&title, &caption, &columns, &rows)
        })
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("沿革.xlsx", bytes))
}

/// A line of the history, in the order of the workbook's columns.
fn history_cells(row: &HistoryRow) -> Vec<String> {
    let reason = if row.reason.is_empty() { String::new() } else { format!("理由：{}", row.reason) };
    let warned = row.warned.0.iter().map(|warned| format!("已提醒并写明理由：{}", warned.says));
    let grounds = [row.ground.clone(), reason].into_iter().chain(warned).filter(|words| !words.is_empty());
    vec![
        filters::minute_of(row.at),
        row.act.label().to_owned(),
        row.person.clone().unwrap_or_default(),
        row.says.clone(),
        grounds.collect::<Vec<_>>().join("；"),
        [row.office.as_str(), row.by.as_deref().unwrap_or_default()].join(" ").trim_end().to_owned(),
    ]
}
