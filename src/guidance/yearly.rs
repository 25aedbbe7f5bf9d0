//! 年度材料: the plan and the summary of each semester, the budget and the settlement of each academic year, handed in by each
//! union and due on the calendar. When they are due is practice: no plan says a day. What is missed can be handed in later.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::{PgConnection, types::Uuid};
use time::{Date, Duration, Month, OffsetDateTime};

use super::{
    Verb,
    forms::{YearPaperForm, YearPaperSays},
    paths::{Done, YEAR_PAPERS},
    settlement::{SettledRow, YearAccount},
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
    ids::{UnionId, YearPaperId},
    office::{MatterReader, Office, OfficeKind, UnionReader},
    page::{chrome::Chrome, filters, task::Task},
    papers::{self, Paper, closed_up},
    rotation::store::{SemesterRow, semesters},
    rules::{matters::yuan, yearly::academic_year},
    text::{chinese_day, day},
    unions::{
        store as unions,
        union::{StudentUnion, name_in_full},
    },
    web::forms::{Errors, Submitted},
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

/// How many periods of a paper are open to be read and handed in.
const PERIODS: usize = 4;

/// The periods of a paper up to a day, the latest first: that of the day, in a vacation the one before it, and those before.
fn periods(paper: YearPaper, semesters: &[SemesterRow], today: Date) -> Vec<Period> {
    match paper {
        YearPaper::Plan | YearPaper::Summary => {
            let mut begun: Vec<&SemesterRow> = semesters.iter().filter(|semester| semester.from_day <= today).collect();
            begun.sort_by_key(|semester| std::cmp::Reverse(semester.from_day));
            let of = |semester: &SemesterRow| {
                let planned = semester.from_day + PLANNED_WITHIN;
                let due = if paper == YearPaper::Plan { planned } else { semester.last_day() };
                Period { from: semester.from_day, name: semester.name.clone(), due }
            };
            begun.into_iter().take(PERIODS).map(of).collect()
        }
        YearPaper::Budget | YearPaper::Settlement | YearPaper::Handover => {
            let years = (0..).map(|back| academic_year(today) - back).take(PERIODS);
            years.filter_map(|year| of_year(paper, year)).collect()
        }
    }
}

/// The academic year that began in `year` as the period of a paper; none where no calendar has it.
fn of_year(paper: YearPaper, year: i32) -> Option<Period> {
    let from = Date::from_calendar_date(year, Month::September, 1).ok()?;
    let due = if paper == YearPaper::Budget {
        from + PLANNED_WITHIN
    } else {
        Date::from_calendar_date(year + 1, Month::July, 15).ok()?
    };
    Some(Period { from, name: format!("{year}—{} 学年", year + 1), due })
}

/// The period of a paper on a day; none where no semester has begun.
fn period(paper: YearPaper, semesters: &[SemesterRow], today: Date) -> Option<Period> {
    periods(paper, semesters, today).into_iter().next()
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

/// Which papers unions have handed in for which period.
async fn all_handed_in(connection: &mut PgConnection, unions: &[StudentUnion]) -> Result<Vec<Known>, Failure> {
    let ids: Vec<Uuid> = unions.iter().map(|union| union.id.0).collect();
    let rows = sqlx::query_as!(
        Known,
        r#"select union_id as "union: UnionId", kind, period from year_paper where union_id = any($1)"#,
        &ids
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

/// A page of a paper, for the period that began on a day.
fn of_period(path: &str, from: Date) -> String {
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}of={from}")
}

/// A paper of one union.
struct PaperCell {
    paper: YearPaper,
    period: String,
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
        let (late, due) = (!done && period.due < today, period.due);
        Some(PaperCell { paper, period: period.name, href: path(union.id, paper), due, done, late })
    };
    YearPaper::ALL.iter().copied().filter_map(cell).collect()
}

/// What a union owes of the period before: papers that are due when it ends, and would be asked for by nobody once it is over.
fn overdue(union: &StudentUnion, known: &[Known], semesters: &[SemesterRow], today: Date) -> Vec<PaperCell> {
    let cell = |paper: YearPaper| {
        let last = periods(paper, semesters, today).into_iter().nth(1)?;
        let was_open = union.opened_on.is_some_and(|opened| opened <= last.due);
        let missing = was_open && !known.iter().any(|one| one.is(union.id, paper, &last));
        let href = of_period(&path(union.id, paper), last.from);
        missing.then_some(PaperCell { paper, period: last.name, href, due: last.due, done: false, late: true })
    };
    [YearPaper::Summary, YearPaper::Settlement, YearPaper::Handover].into_iter().filter_map(cell).collect()
}

async fn list(State(app): State<App>, acting: Acting<UnionReader>) -> Result<YearPapersPage, Failure> {
    let today = app.clock.today();
    let mut db = app.read().await?;
    let mut all = unions::list(&mut db, acting.institution(), None).await?;
    all.retain(|union| union.is_visible_to(acting.office()) && union.opened_on.is_some());
    let semesters = semesters(&mut db, acting.institution()).await?;
    let known = all_handed_in(&mut db, &all).await?;
    let lines = all
        .iter()
        .map(|union| UnionLine { name: union.name.clone(), cells: cells(union, &known, &semesters, today) })
        .collect();
    let missing = period(YearPaper::Plan, &semesters, today).is_none();
    let period = |paper| period(paper, &semesters, today).map(|period| period.name);
    let periods = [YearPaper::Plan, YearPaper::Budget].into_iter().filter_map(period).collect();
    Ok(YearPapersPage { chrome: app.chrome(acting.person(), "年度材料"), lines, periods, missing })
}

/// What is due of the unions that an office writes for.
pub(super) async fn waiting(
    connection: &mut PgConnection,
    person: &SignedIn,
    office: &Held,
    today: Date,
) -> Result<Vec<Task>, Failure> {
    // Others write for no union.
    if !matches!(office.kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion | OfficeKind::CollegeUnion) {
        return Ok(Vec::new());
    }
    let mut all = unions::list(connection, person.institution, None).await?;
    all.retain(|union| union.is_own_of(office) && union.opened_on.is_some());
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let semesters = semesters(connection, person.institution).await?;
    let known = all_handed_in(connection, &all).await?;
    let of = |union: &StudentUnion| {
        let now = cells(union, &known, &semesters, today).into_iter().filter(|cell| !cell.done);
        now.chain(overdue(union, &known, &semesters, today)).collect::<Vec<_>>()
    };
    let task = |cell: PaperCell| {
        let says = format!("提交{}", cell.paper.label());
        Task::new(cell.late, says, cell.period, cell.href).due(Some(cell.due))
    };
    Ok(all.iter().flat_map(of).map(task).collect())
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
    let known = all_handed_in(connection, &all).await?;
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
    /// The periods that may be chosen, the latest first.
    periods: Vec<Period>,
    handed_in: Option<HandedIn>,
    /// What a settlement rests on.
    account: Option<YearAccount>,
    settled: Vec<SettledRow>,
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
        of_period(&path(self.union.id, self.paper), self.period.from)
    }

    fn print_path(&self) -> String {
        of_period(&format!("{}/print", path(self.union.id, self.paper)), self.period.from)
    }

    fn path_of(&self, period: &Period) -> String {
        of_period(&path(self.union.id, self.paper), period.from)
    }

    fn is_shown(&self, period: &Period) -> bool {
        self.period.from == period.from
    }

    /// How the sum that was handed in differs from what the settled matters came to; empty where it does not.
    fn difference(&self) -> String {
        let handed_in = self.handed_in.as_ref().and_then(|one| one.fen);
        match (handed_in, &self.account) {
            (Some(fen), Some(account)) if fen != account.spent() => {
                let (said, spent, apart) = (yuan(fen), yuan(account.spent()), yuan(fen - account.spent()));
                format!("提交的合计是 {said} 元，办结事项实支 {spent} 元，相差 {apart} 元。请在正文里说明差额的原因。")
            }
            _ => String::new(),
        }
    }
}

/// A union that the office sees, with the period of the paper.
struct YearPaperOfUnion {
    union: StudentUnion,
    paper: YearPaper,
    period: Period,
    periods: Vec<Period>,
    writes: bool,
}

/// What an address says beyond its path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PaperQuery {
    /// The first day of the period; empty: the latest.
    of: String,
    done: String,
}

async fn asked(
    app: &App,
    acting: &Acting<UnionReader>,
    id: UnionId,
    paper: &str,
    of: &str,
) -> Result<YearPaperOfUnion, Failure> {
    let paper = paper.parse::<YearPaper>().map_err(|_| Failure::Missing)?;
    let mut db = app.read().await?;
    let union = unions::list(&mut db, acting.institution(), Some(id)).await?.pop().ok_or(Failure::Missing)?;
    if !union.is_visible_to(acting.office()) {
        return Err(Failure::Missing);
    }
    let semesters = semesters(&mut db, acting.institution()).await?;
    let periods = periods(paper, &semesters, app.clock.today());
    let from = day(of);
    let chosen = periods.iter().find(|one| from.is_none_or(|from| one.from == from));
    let period = chosen.cloned().ok_or(Failure::Missing)?;
    let writes = union.is_own_of(acting.office()) || union.is_managed_by(acting.office());
    Ok(YearPaperOfUnion { union, paper, period, periods, writes })
}

async fn page(
    app: &App,
    acting: &Acting<UnionReader>,
    asked: YearPaperOfUnion,
    submitted: Option<Submitted<YearPaperForm>>,
    done: &'static str,
) -> Result<YearPaperPage, Failure> {
    let YearPaperOfUnion { union, paper, period, periods, writes } = asked;
    let mut db = app.read().await?;
    let handed_in = handed_in(&mut db, union.id, paper, period.from).await?;
    let account = match paper {
        YearPaper::Settlement => YearAccount::of(&mut db, union.id, period.from.year()).await?,
        YearPaper::Plan | YearPaper::Summary | YearPaper::Budget | YearPaper::Handover => None,
    };
    drop(db);
    let settled_already = account.as_ref().filter(|account| !account.is_empty());
    let Submitted { form, errors } = submitted.unwrap_or_else(|| {
        let form = match &handed_in {
            Some(one) => YearPaperForm {
                title: one.title.clone(),
                says: one.says.clone(),
                sum: one.fen.map(yuan).unwrap_or_default(),
            },
            None => YearPaperForm {
                title: format!("{}{}", closed_up(&period.name), paper.label()),
                says: settled_already.map(YearAccount::draft).unwrap_or_default(),
                sum: settled_already.map(|account| yuan(account.spent())).unwrap_or_default(),
            },
        };
        Submitted::new(form, Errors::default())
    });
    let chrome = app.chrome(acting.person(), paper.label()).under(YEAR_PAPERS, "年度材料");
    let with_links = MatterReader::KINDS.contains(&acting.office().kind);
    let settled = account.as_ref().map(|account| SettledRow::all(account, with_links)).unwrap_or_default();
    Ok(YearPaperPage { chrome, paper, union, period, periods, handed_in, account, settled, writes, form, errors, done })
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Query(PaperQuery { of, done }): Query<PaperQuery>,
) -> Result<YearPaperPage, Failure> {
    let asked = asked(&app, &acting, id, &paper, &of).await?;
    page(&app, &acting, asked, None, Done::said(&done)).await
}

async fn hand_in(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Query(PaperQuery { of, .. }): Query<PaperQuery>,
    Form(form): Form<YearPaperForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let asked = asked(&app, &acting, id, &paper, &of).await?;
    let (paper, period) = (asked.paper, asked.period.from);
    let back = of_period(&path(id, paper), period);
    if !asked.writes {
        let chrome = app.chrome(acting.person(), "提交材料").under(YEAR_PAPERS, "年度材料");
        return Err(Refusal { chrome, wanted: format!("提交{}", paper.label()), back }
            .for_reason("这份材料由本学生会或者主管团组织提交", "请他们提交；你可以查看"));
    }
    let Some(YearPaperSays { title, says, fen }) = form.read(paper.has_sum(), &mut errors) else {
        let page = page(&app, &acting, asked, Some(Submitted::new(form, errors)), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (name, period_name) = (asked.union.name, asked.period.name);
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
        // Which one and what it came to: a later one takes its place.
        let mut entry = Entry::new(Verb::YearPaperKept, format!("{name}{}", paper.label()))
            .detail("时段", period_name.clone())
            .detail("标题", title.clone());
        if let Some(fen) = fen {
            entry = entry.detail("合计", format!("{} 元", yuan(fen)));
        }
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&of_period(&Done::HandedIn.at(&path(id, paper)), period)).into_response())
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
    let mut db = app.read().await?;
    let found = handed_in(&mut db, asked.union.id, asked.paper, asked.period.from).await?.ok_or(Failure::Missing)?;
    let account = match asked.paper {
        YearPaper::Settlement => YearAccount::of(&mut db, asked.union.id, asked.period.from.year()).await?,
        YearPaper::Plan | YearPaper::Summary | YearPaper::Budget | YearPaper::Handover => None,
    };
    let by = name_in_full(&acting.person().institution_name, &asked.union.name);
    let mut paper = Paper::new(format!("{by}\n{}", found.title));
    for line in found.says.lines().filter(|line| !line.trim().is_empty()) {
        paper = paper.paragraph(line);
    }
    if let Some(fen) = found.fen {
        paper = paper.paragraph(format!("合计：{}元。", yuan(fen)));
    }
    // What was behind it when it was handed in, whatever was closed since.
    if let Some(account) = account.map(|account| account.at(found.at)).filter(|account| !account.is_empty()) {
        paper = paper.paragraph("附：办结事项决算表").table(account.table());
    }
    Ok(paper.signed(by, Some(found.at.to_offset(CHINA).date())))
}

async fn print(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Query(PaperQuery { of, .. }): Query<PaperQuery>,
) -> Result<PaperPage, Failure> {
    let asked = asked(&app, &acting, id, &paper, &of).await?;
    let paper = official(&app, &acting, &asked).await?;
    let chrome = app.chrome(acting.person(), asked.paper.label()).under(YEAR_PAPERS, "年度材料");
    let word = of_period(&super::paths::year_paper_word(id, asked.paper.slug()), asked.period.from);
    Ok(PaperPage { chrome, paper, word })
}

async fn word(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path((id, paper)): Path<(UnionId, String)>,
    Query(PaperQuery { of, .. }): Query<PaperQuery>,
) -> Result<Response, Failure> {
    let asked = asked(&app, &acting, id, &paper, &of).await?;
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
