//! 年度数据: what the unions of a university did in an academic year, drawn and in a table, and as a paper.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use time::Date;

use super::{
    figures_store::{UnionYear, unions},
    paths::{FIGURES, figures_file_path, figures_path, figures_word_path},
    store,
};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    office::SchoolLeague,
    page::{
        charts::{Part, PartCount, ShareBar, strip},
        chrome::Chrome,
        filters,
    },
    papers::{self, Column, Paper, Table, closed_up},
    rules::yearly::{academic_year, academic_year_in_words, first_day},
    sheet::{ReportColumn, ReportSheet, report_sheets},
    text::{chinese_day, share},
    web::workbook,
};

/// Academic years that are offered, this one and those before it.
const YEARS_BACK: i32 = 5;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/disclosure/figures", this_year)
        .get("/disclosure/figures/{year}", show)
        .get("/disclosure/figures/{year}/paper", paper)
        .get("/disclosure/figures/{year}/word", word)
        .get("/disclosure/figures/{year}/file", file)
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// A union's year with what is drawn of it.
struct Row {
    year: UnionYear,
    came: ShareBar,
    staff: ShareBar,
}

impl Row {
    fn turnout(&self) -> String {
        share(self.year.voted, self.year.voters)
    }

    fn solved(&self) -> String {
        share(self.year.solved, self.year.answered)
    }
}

/// The year of all unions.
struct Figures {
    year: i32,
    /// The day by which posts are counted.
    as_of: Date,
    institution: String,
    rows: Vec<Row>,
    all: UnionYear,
}

fn sum(rows: &[UnionYear]) -> UnionYear {
    let of = |pick: fn(&UnionYear) -> i64| rows.iter().map(pick).sum::<i64>();
    UnionYear {
        name: "合计".to_owned(),
        staff: of(|row| row.staff),
        vetted: of(|row| row.vetted),
        passed: of(|row| row.passed),
        sittings: of(|row| row.sittings),
        voters: of(|row| row.voters),
        voted: of(|row| row.voted),
        excellent: of(|row| row.excellent),
        good: of(|row| row.good),
        satisfactory: of(|row| row.satisfactory),
        unsatisfactory: of(|row| row.unsatisfactory),
        requests: of(|row| row.requests),
        answered: of(|row| row.answered),
        solved: of(|row| row.solved),
        activities: of(|row| row.activities),
        came: of(|row| row.came),
    }
}

impl Figures {
    /// The figures of an academic year that has begun.
    ///
    /// # Errors
    /// [`Failure::Missing`] of a year that is not offered.
    async fn read(app: &App, acting: &Acting<SchoolLeague>, year: i32) -> Result<Self, Failure> {
        let today = app.clock.today();
        let this = academic_year(today);
        let is_offered = (this - YEARS_BACK..=this).contains(&year);
        let days = is_offered.then(|| first_day(year).zip(first_day(year + 1))).flatten();
        let (from, until) = days.ok_or(Failure::Missing)?;
        let as_of = until.previous_day().map_or(today, |last| last.min(today));
        let mut db = app.read().await?;
        let years = unions(&mut db, acting.institution(), from, until, as_of).await?;
        let institution = store::institution_name(&mut db, acting.institution()).await?;
        let all = sum(&years);
        let most = |pick: fn(&UnionYear) -> i64| years.iter().map(pick).max().unwrap_or(0);
        let (most_came, most_staff) = (most(|year| year.came), most(|year| year.staff));
        let bar = |value: i64, most: i64, title: String| {
            let number = |value| u32::try_from(value).unwrap_or(u32::MAX);
            ShareBar::new(number(value), number(most), title)
        };
        let row = |year: UnionYear| Row {
            came: bar(year.came, most_came, format!("{}：参加 {} 人次", year.name, year.came)),
            staff: bar(year.staff, most_staff, format!("{}：工作人员 {} 人", year.name, year.staff)),
            year,
        };
        Ok(Self { year, as_of, institution, all, rows: years.into_iter().map(row).collect() })
    }

    fn in_words(&self) -> String {
        academic_year_in_words(self.year)
    }

    fn paper(&self) -> Paper {
        let all = &self.all;
        Paper::new(format!("{}\n学生会（研究生会）年度数据", self.institution))
            .caption(&closed_up(&self.in_words()))
            .paragraph(format!(
                "截至{}，全校学生会、研究生会共有工作人员{}人。本学年考察人选{}人，通过{}人；选举{}场，应投{}人次，\
                 实投{}人次，参与率{}；述职评议{}人，其中优秀{}人；接收诉求{}件，答复{}件，解决率{}；\
                 开展活动{}场，参加{}人次。",
                chinese_day(self.as_of),
                all.staff,
                all.vetted,
                all.passed,
                all.sittings,
                all.voters,
                all.voted,
                share(all.voted, all.voters),
                all.reviewed(),
                all.excellent,
                all.requests,
                all.answered,
                share(all.solved, all.answered),
                all.activities,
                all.came,
            ))
            .heading("人员、选拔和选举")
            .table(people_table(self))
            .heading("评议、诉求和活动")
            .table(work_table(self))
            .note("选举记在组织选举的学生会名下；有评议结果、诉求答复的才计入相应的比例。")
            .signed(format!("共青团{}委员会", self.institution), Some(self.as_of))
    }
}

fn people_table(figures: &Figures) -> Table {
    let columns = vec![
        Column::text("学生会", 16),
        Column::centred("工作人员", 7),
        Column::centred("考察", 6),
        Column::centred("通过", 6),
        Column::centred("选举场次", 7),
        Column::centred("应投", 7),
        Column::centred("实投", 7),
        Column::centred("参与率", 8),
    ];
    Table::new(columns, people_rows(figures))
}

fn people_rows(figures: &Figures) -> Vec<Vec<String>> {
    let row = |row: &Row| {
        let UnionYear { name, staff, vetted, passed, sittings, voters, voted, .. } = &row.year;
        let numbers = [staff, vetted, passed, sittings, voters, voted].map(i64::to_string);
        std::iter::once(name.clone()).chain(numbers).chain([row.turnout()]).collect()
    };
    figures.rows.iter().map(row).collect()
}

fn work_table(figures: &Figures) -> Table {
    let columns = vec![
        Column::text("学生会", 16),
        Column::centred("评议", 6),
        Column::centred("优秀", 6),
        Column::centred("不合格", 6),
        Column::centred("诉求", 6),
        Column::centred("答复", 6),
        Column::centred("解决率", 8),
        Column::centred("活动", 6),
        Column::centred("参加人次", 8),
    ];
    Table::new(columns, work_rows(figures))
}

fn work_rows(figures: &Figures) -> Vec<Vec<String>> {
    let row = |row: &Row| {
        let year = &row.year;
        let graded = [year.reviewed(), year.excellent, year.unsatisfactory, year.requests, year.answered];
        let graded = graded.map(|number| number.to_string());
        let held = [row.solved(), year.activities.to_string(), year.came.to_string()];
        std::iter::once(year.name.clone()).chain(graded).chain(held).collect()
    };
    figures.rows.iter().map(row).collect()
}

/// Both tables as sheets of a workbook.
fn sheets(figures: &Figures) -> Vec<ReportSheet> {
    let sheet = |name: &str, headings: &[&'static str], rows: Vec<Vec<String>>| {
        let first = ReportColumn { heading: "学生会", width: 30 };
        ReportSheet {
            name: name.to_owned(),
            title: format!("{}学生会（研究生会）年度数据：{name}", figures.institution),
            caption: format!("{}　截至{}", figures.in_words(), chinese_day(figures.as_of)),
            columns: std::iter::once(first)
                .chain(headings.iter().map(|heading| ReportColumn { heading, width: 12 }))
                .collect(),
            rows,
        }
    };
    let people = ["工作人员", "考察", "通过", "选举场次", "应投", "实投", "参与率"];
    let work = ["评议", "优秀", "不合格", "诉求", "答复", "解决率", "活动", "参加人次"];
    vec![sheet("人员、选拔和选举", &people, people_rows(figures)), sheet("评议、诉求和活动", &work, work_rows(figures))]
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/figures.html")]
struct FiguresPage {
    chrome: Chrome,
    figures: Figures,
    /// The years that may be looked at, with where each is.
    years: Vec<YearLink>,
    grades: Vec<Part>,
    requests: Vec<Part>,
    paper: String,
}

/// An academic year that may be looked at.
struct YearLink {
    href: String,
    label: String,
    is_shown: bool,
}

impl FiguresPage {
    fn turnout(&self) -> String {
        share(self.figures.all.voted, self.figures.all.voters)
    }

    fn solved(&self) -> String {
        share(self.figures.all.solved, self.figures.all.answered)
    }
}

async fn this_year(State(app): State<App>, _: Acting<SchoolLeague>) -> Response {
    Redirect::to(&figures_path(academic_year(app.clock.today()))).into_response()
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(year): Path<i32>,
) -> Result<FiguresPage, Failure> {
    let figures = Figures::read(&app, &acting, year).await?;
    let this = academic_year(app.clock.today());
    let link =
        |one: i32| YearLink { href: figures_path(one), label: academic_year_in_words(one), is_shown: one == year };
    let all = &figures.all;
    let grades = strip(&[
        PartCount::new("pass", "优秀", count(all.excellent)),
        PartCount::new("unknown", "良好", count(all.good)),
        PartCount::new("warn", "合格", count(all.satisfactory)),
        PartCount::new("fail", "不合格", count(all.unsatisfactory)),
    ]);
    let requests = strip(&[
        PartCount::new("pass", "已解决", count(all.solved)),
        PartCount::new("unknown", "已答复", count(all.answered - all.solved)),
        PartCount::new("warn", "未答复", count(all.requests - all.answered)),
    ]);
    Ok(FiguresPage {
        chrome: app.chrome(acting.person(), "年度数据"),
        years: (this - YEARS_BACK..=this).rev().map(link).collect(),
        grades,
        requests,
        paper: format!("{}/paper", figures_path(year)),
        figures,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/paper.html")]
struct FiguresPaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word, and its tables as a workbook.
    word: String,
    file: String,
}

async fn paper(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(year): Path<i32>,
) -> Result<FiguresPaperPage, Failure> {
    let figures = Figures::read(&app, &acting, year).await?;
    let chrome = app.chrome(acting.person(), "年度数据报告").under(FIGURES, "年度数据");
    let (word, file) = (figures_word_path(year), figures_file_path(year));
    Ok(FiguresPaperPage { chrome, paper: figures.paper(), word, file })
}

async fn word(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(year): Path<i32>,
) -> Result<Response, Failure> {
    let figures = Figures::read(&app, &acting, year).await?;
    papers::download(&app, figures.paper()).await
}

async fn file(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(year): Path<i32>,
) -> Result<Response, Failure> {
    let figures = Figures::read(&app, &acting, year).await?;
    let bytes = app.heavy(move || report_sheets(&sheets(&figures))).await?.map_err(anyhow::Error::new)?;
    Ok(workbook(&format!("年度数据{year}.xlsx"), bytes))
}
