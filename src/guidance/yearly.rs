//! 年度材料: the plan and the summary of each semester, the budget and the settlement of each academic year, handed in by each
//! union and due on the calendar. When they are due is practice: no plan says a day.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, Duration, Month, OffsetDateTime};

use super::{
    Verb,
    forms::{YearPaperForm, YearPaperSays},
    paths::{Done, YEAR_PAPERS},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{
        acting::Acting,
        person::{Held, SignedIn},
    },
    clock::CHINA,
    failure::{Failure, Refusal},
    ids::{InstitutionId, UnionId, YearPaperId},
    office::{Office, UnionReader},
    page::{chrome::Chrome, filters, task::Task},
    papers::{self, Paper},
    rotation::store::{SemesterRow, semesters},
    rules::yearly::academic_year,
    text::chinese_day,
    unions::{
        store as unions,
        union::{StudentUnion, name_in_full},
    },
    web::forms::{Done as After, Errors, Submitted},
    words::words,
};

words! {
    /// A paper of the year.
    YearPaper:
    Plan = "plan", "工作计划";
    Summary = "summary", "工作总结";
    Budget = "budget", "年度经费预算";
    Settlement = "settlement", "年度经费决算";
    /// From one presidium to the next.
    Handover = "handover", "主席团交接书";
}

impl YearPaper {
    /// It has a sum.
    #[must_use]
    pub fn has_sum(self) -> bool {
        matches!(self, Self::Budget | Self::Settlement)
    }
}

/// What a paper is for, and when it is due.
#[derive(Debug, Clone)]
pub(super) struct Period {
    /// Its first day, by which the paper is known.
    pub from: Date,
    /// `2026—2027 学年第一学期`.
    pub name: String,
    pub due: Date,
}

/// Days into a semester, or into an academic year, by which a plan or a budget is handed in (practice).
const PLANNED_WITHIN: Duration = Duration::days(30);

/// The period of a paper on a day; none where the semester of the day is not known.
fn period(paper: YearPaper, semesters: &[SemesterRow], today: Date) -> Option<Period> {
    match paper {
        YearPaper::Plan | YearPaper::Summary => {
            let semester = semesters.iter().find(|semester| semester.is_on(&today))?;
            let due = if paper == YearPaper::Plan { semester.from_day + PLANNED_WITHIN } else { semester.last_day() };
            Some(Period { from: semester.from_day, name: semester.name.clone(), due })
        }
        YearPaper::Budget | YearPaper::Settlement | YearPaper::Handover => {
            let year = academic_year(today);
            let from = Date::from_calendar_date(year, Month::September, 1).ok()?;
            let due = if paper == YearPaper::Budget {
                from + PLANNED_WITHIN
            } else {
                Date::from_calendar_date(year + 1, Month::July, 15).ok()?
            };
            Some(Period { from, name: format!("{year}—{} 学年", year + 1), due })
        }
    }
}

/// A paper that was handed in.
#[derive(Debug, Clone)]
struct HandedIn {
    title: String,
    says: String,
    fen: Option<i64>,
    at: OffsetDateTime,
    by: String,
}

async fn handed_in(
    connection: &mut PgConnection,
    union: UnionId,
    paper: YearPaper,
    period: Date,
) -> Result<Option<HandedIn>, Failure> {
    let row = sqlx::query_as!(
        HandedIn,
        "select p.title, p.says, p.fen, p.at, a.name as by from year_paper p join account a on a.id = p.by_account
         where p.union_id = $1 and p.kind = $2 and p.period = $3",
        union.0,
        paper.slug(),
        period
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Which papers the unions of a university have handed in for which period.
async fn all_handed_in(connection: &mut PgConnection, institution: InstitutionId) -> Result<Vec<Known>, Failure> {
    let rows = sqlx::query_as!(
        Known,
        r#"select p.union_id as "union: UnionId", p.kind, p.period from year_paper p
           join student_union u on u.id = p.union_id where u.institution_id = $1"#,
        institution.0
    );
    Ok(rows.fetch_all(connection).await?)
}

struct Known {
    union: UnionId,
    kind: String,
    period: Date,
}

impl Known {
    fn is(&self, union: UnionId, paper: YearPaper, period: &Period) -> bool {
        self.union == union && self.kind == paper.slug() && self.period == period.from
    }
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/year-papers", list)
        .get("/year-papers/{union}/{paper}", show)
        .post("/year-papers/{union}/{paper}", hand_in)
        .get("/year-papers/{union}/{paper}/print", print)
        .get("/year-papers/{union}/{paper}/print.docx", word)
}

/// The page of a union's paper.
fn path(union: UnionId, paper: YearPaper) -> String {
    super::paths::year_paper_path(union, paper.slug())
}

/// A paper of one union.
struct PaperCell {
    paper: YearPaper,
    href: String,
    due: Date,
    done: bool,
    late: bool,
}

struct UnionLine {
    name: String,
    cells: Vec<PaperCell>,
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/year_papers.html")]
struct YearPapersPage {
    chrome: Chrome,
    lines: Vec<UnionLine>,
    periods: Vec<String>,
    missing: bool,
}

fn cells(union: &StudentUnion, known: &[Known], semesters: &[SemesterRow], today: Date) -> Vec<PaperCell> {
    let cell = |paper: YearPaper| {
        let period = period(paper, semesters, today)?;
        let done = known.iter().any(|one| one.is(union.id, paper, &period));
        Some(PaperCell { paper, href: path(union.id, paper), due: period.due, done, late: !done && period.due < today })
    };
    YearPaper::ALL.iter().copied().filter_map(cell).collect()
}

async fn list(State(app): State<App>, acting: Acting<UnionReader>) -> Result<YearPapersPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let mut all = unions::list(&mut db, acting.institution(), None).await?;
    all.retain(|union| union.is_visible_to(acting.office()) && union.opened_on.is_some());
    let semesters = semesters(&mut db, acting.institution()).await?;
    let known = all_handed_in(&mut db, acting.institution()).await?;
    let lines = all
        .iter()
        .map(|union| UnionLine { name: union.name.clone(), cells: cells(union, &known, &semesters, today) })
        .collect();
    let period = |paper| period(paper, &semesters, today).map(|period| period.name);
    let periods = [YearPaper::Plan, YearPaper::Budget].into_iter().filter_map(period).collect();
    let missing = !semesters.iter().any(|semester| semester.is_on(&today));
    Ok(YearPapersPage { chrome: app.chrome(acting.person(), "年度材料"), lines, periods, missing })
}

/// What is due of the unions that an office writes for.
pub(super) async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    if !UnionReader::KINDS.contains(&office.kind) {
        return Ok(Vec::new());
    }
    let mut all = unions::list(connection, person.institution, None).await?;
    all.retain(|union| union.is_own_of(office) && union.opened_on.is_some());
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let semesters = semesters(connection, person.institution).await?;
    let known = all_handed_in(connection, person.institution).await?;
    let open = all.iter().flat_map(|union| cells(union, &known, &semesters, today)).filter(|cell| !cell.done);
    Ok(open
        .map(|cell| {
            let says = format!("提交{}", cell.paper.label());
            Task::new(cell.late, says, String::new(), cell.href).due(Some(cell.due))
        })
        .collect())
}

/// What the unions that an office sees have not handed in yet, a paper a line; their own officers have it among their tasks.
pub(super) async fn missing(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    let mut all = unions::list(connection, person.institution, None).await?;
    all.retain(|union| union.is_visible_to(office) && !union.is_own_of(office) && union.opened_on.is_some());
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let semesters = semesters(connection, person.institution).await?;
    let known = all_handed_in(connection, person.institution).await?;
    let open = |paper: YearPaper| {
        let period = period(paper, &semesters, today)?;
        let lacking = all.iter().filter(|union| !known.iter().any(|one| one.is(union.id, paper, &period))).count();
        let says = format!("{}：{lacking} 个学生会还没有提交", paper.label());
        let task = Task::new(false, says, period.name.clone(), YEAR_PAPERS.to_owned()).due(Some(period.due));
        (lacking > 0).then_some(task)
    };
    Ok(YearPaper::ALL.iter().copied().filter_map(open).collect())
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/year_paper.html")]
struct YearPaperPage {
    chrome: Chrome,
    paper: YearPaper,
    union: StudentUnion,
    period: Period,
    handed_in: Option<HandedIn>,
    writes: bool,
    form: YearPaperForm,
    errors: Errors,
    done: &'static str,
}

impl YearPaperPage {
    fn sum(&self) -> String {
        self.handed_in.as_ref().and_then(|one| one.fen).map(yuan).unwrap_or_default()
    }

    fn own_path(&self) -> String {
        path(self.union.id, self.paper)
    }
}

/// A sum in fen, in yuan with two decimals.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A union that the office sees, with the period of the paper.
struct YearPaperOfUnion {
    union: StudentUnion,
    paper: YearPaper,
    period: Period,
    writes: bool,
}

async fn asked(app: &App, acting: &Acting<UnionReader>, id: UnionId, paper: &str) -> Result<YearPaperOfUnion, Failure> {
    let paper = paper.parse::<YearPaper>().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let union = unions::list(&mut db, acting.institution(), Some(id)).await?.pop().ok_or(Failure::Missing)?;
    if !union.is_visible_to(acting.office()) {
        return Err(Failure::Missing);
    }
    let semesters = semesters(&mut db, acting.institution()).await?;
    let period = period(paper, &semesters, app.clock.today()).ok_or(Failure::Missing)?;
    let writes = union.is_own_of(acting.office()) || union.is_managed_by(acting.office());
    Ok(YearPaperOfUnion { union, paper, period, writes })
}

async fn page(
    app: &App,
    acting: &Acting<UnionReader>,
    asked: YearPaperOfUnion,
    submitted: Option<Submitted<YearPaperForm>>,
    done: &'static str,
) -> Result<YearPaperPage, Failure> {
    let YearPaperOfUnion { union, paper, period, writes } = asked;
    let handed_in = handed_in(&mut *app.read().await?, union.id, paper, period.from).await?;
    let Submitted { form, errors } = submitted.unwrap_or_else(|| {
        let form = match &handed_in {
            Some(one) => YearPaperForm {
                title: one.title.clone(),
                says: one.says.clone(),
                sum: one.fen.map(yuan).unwrap_or_default(),
            },
            None => YearPaperForm { title: format!("{}{}", period.name, paper.label()), ..YearPaperForm::default() },
        };
        Submitted::new(form, Errors::default())
    });
    let chrome = app.chrome(acting.person(), paper.label()).under(YEAR_PAPERS, "年度材料");
    Ok(YearPaperPage { chrome, paper, union, period, handed_in, writes, form, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Query(After { done }): Query<After>,
) -> Result<YearPaperPage, Failure> {
    let asked = asked(&app, &acting, id, &paper).await?;
    page(&app, &acting, asked, None, Done::said(&done)).await
}

async fn hand_in(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Form(form): Form<YearPaperForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let asked = asked(&app, &acting, id, &paper).await?;
    let (paper, period) = (asked.paper, asked.period.from);
    let back = path(id, paper);
    if !asked.writes {
        let chrome = app.chrome(acting.person(), "提交材料").under(YEAR_PAPERS, "年度材料");
        return Err(Refusal { chrome, wanted: format!("提交{}", paper.label()), back }
            .for_reason("这份材料由本学生会或者主管团组织提交", "请他们提交；你可以查看"));
    }
    let Some(YearPaperSays { title, says, fen }) = form.read(paper.has_sum(), &mut errors) else {
        let page = page(&app, &acting, asked, Some(Submitted::new(form, errors)), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let name = asked.union.name.clone();
    app.write_as(acting.person().authority(), async |db| {
        sqlx::query!(
            "insert into year_paper (id, union_id, kind, period, title, says, fen, at, by_account)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (union_id, kind, period) do update set title = $5, says = $6, fen = $7, at = $8, by_account = $9",
            YearPaperId::random().0,
            id.0,
            paper.slug(),
            period,
            title,
            says,
            fen,
            now,
            acting.person().account.0
        )
        .execute(&mut *db)
        .await?;
        let entry = Entry::new(Verb::YearPaperKept, format!("{name}{}", paper.label())).detail("标题", title.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::HandedIn.at(&back)).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "conduct/paper.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

async fn official(app: &App, acting: &Acting<UnionReader>, asked: &YearPaperOfUnion) -> Result<Paper, Failure> {
    let found = handed_in(&mut *app.read().await?, asked.union.id, asked.paper, asked.period.from).await?;
    let found = found.ok_or(Failure::Missing)?;
    let by = name_in_full(&acting.person().institution_name, &asked.union.name);
    let mut paper = Paper::new(format!("{by}\n{}", found.title));
    for line in found.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    if let Some(fen) = found.fen {
        paper = paper.paragraph(format!("合计：{}元。", yuan(fen)));
    }
    Ok(paper.signed(by, Some(found.at.to_offset(CHINA).date())))
}

async fn print(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
) -> Result<PaperPage, Failure> {
    let asked = asked(&app, &acting, id, &paper).await?;
    let paper = official(&app, &acting, &asked).await?;
    let chrome = app.chrome(acting.person(), asked.paper.label()).under(YEAR_PAPERS, "年度材料");
    Ok(PaperPage { chrome, paper, word: super::paths::year_paper_word(id, asked.paper.slug()) })
}

async fn word(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
) -> Result<Response, Failure> {
    let asked = asked(&app, &acting, id, &paper).await?;
    papers::download(&app, official(&app, &acting, &asked).await?).await
}

impl YearPapersPage {
    fn for_what(&self) -> String {
        self.periods.join("，")
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn due(&self, cell: &PaperCell) -> String {
        chinese_day(cell.due)
    }
}
