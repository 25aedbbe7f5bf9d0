//! How far a union is with its contacts: classes × months drawn and as a table, the log, the log as a workbook.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;

use super::{
    Verb,
    contact::{Contact, LinkedRequest, LogEntry},
    log_store::{self, LogFilter, MonthCount},
    matrix::{Matrix, MatrixRow, Met, RowFacts},
    paths::DESK,
    store::{self, ContactFilter},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::{ClassId, CollegeId, UnionId},
    office::{Office, SchoolLeague, UnionReader},
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Finding,
        contact::{Rhythm, months_until},
    },
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    unions::{
        store::{self as unions, ContactClass, UnionContacts},
        union::StudentUnion,
    },
    voice::VoiceKeeper,
    web::workbook,
};

/// The months that are drawn: a term.
const MONTHS: usize = 5;
/// Entries of the log below the drawing, and in the workbook.
const SHOWN: i64 = 20;
const EXPORTED: i64 = 5_000;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/contact/desk", list)
        .get("/contact/desk/{union}", show)
        .recorded_get("/contact/desk/{union}/log.xlsx", file)
}

/// A union that an office sees.
///
/// # Errors
/// [`Failure::Missing`] where it sees none of that id.
pub(super) async fn visible<O: Office>(
    db: &mut PgConnection,
    acting: &Acting<O>,
    id: UnionId,
) -> Result<StudentUnion, Failure> {
    let union = unions::list(db, acting.institution(), Some(id)).await?.pop();
    union.filter(|union| union.is_visible_to(acting.office())).ok_or(Failure::Missing)
}

/// The office gives the union's people classes: its own officers, or the League committee that guides it.
pub(super) fn keeps<O: Office>(acting: &Acting<O>, union: &StudentUnion) -> bool {
    let office = acting.office();
    VoiceKeeper::KINDS.contains(&office.kind) && (union.is_managed_by(office) || union.is_own_of(office))
}

/// How a union stands in the list of them.
struct UnionLine {
    union: StudentUnion,
    classes: usize,
    /// Classes with which nobody is in contact.
    bare: usize,
    late: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/unions.html")]
struct ContactUnionsPage {
    chrome: Chrome,
    lines: Vec<UnionLine>,
    sets: bool,
}

fn is_late(class: &ContactClass, rhythm: &Rhythm, today: Date) -> bool {
    class.contact.since.is_some_and(|since| rhythm.due(since, class.contact.last) < today)
}

fn is_bare(class: &ContactClass) -> bool {
    class.contact.since.is_none()
}

async fn list(State(app): State<App>, acting: Acting<UnionReader>) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut own = unions::list(&mut db, acting.institution(), None).await?;
    own.retain(|union| union.is_visible_to(acting.office()));
    let sets = SchoolLeague::KINDS.contains(&acting.office().kind);
    if let ([one], false) = (own.as_slice(), sets) {
        return Ok(Redirect::to(&one.id.contact_path()).into_response());
    }
    let found = unions::contact_coverage(&mut db, acting.institution(), None, today).await?;
    let line = |union: StudentUnion| {
        let own = found.iter().find(|one| one.union == union.id);
        let count = |of: &dyn Fn(&UnionContacts, &ContactClass) -> bool| {
            own.map_or(0, |own| own.classes.iter().filter(|class| of(own, class)).count())
        };
        UnionLine {
            classes: count(&|_, _| true),
            bare: count(&|_, class| is_bare(class)),
            late: count(&|own, class| is_late(class, &own.rhythm, today)),
            union,
        }
    };
    let lines = own.into_iter().map(line).collect();
    let chrome = app.chrome(acting.person(), "直接联系同学");
    Ok(ContactUnionsPage { chrome, lines, sets }.into_response())
}

/// What is said of a row beside its months.
struct RowState {
    /// The page of its classes, for a college.
    href: String,
    /// Who is in contact with it, for a class.
    people: String,
    says: String,
    tone: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "contact/desk.html")]
struct ContactDeskPage {
    chrome: Chrome,
    union: StudentUnion,
    finding: Option<Finding>,
    matrix: Matrix,
    /// One for each row of the drawing.
    states: Vec<RowState>,
    /// What the rows are: 班级 or 院系.
    of: &'static str,
    entries: Vec<LogEntry>,
    rhythm: Rhythm,
    keeps: bool,
    sets: bool,
}

impl ContactDeskPage {
    fn rows(&self) -> impl Iterator<Item = (&MatrixRow, &RowState)> {
        self.matrix.rows.iter().zip(&self.states)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeskQuery {
    /// One college's classes; empty: all, by college where there are several.
    college: String,
}

/// What a class is and how it stands, as its row says it.
fn class_state(class: &ContactClass, contacts: &[Contact], rhythm: &Rhythm, today: Date) -> RowState {
    let own = contacts.iter().filter(|contact| contact.class == class.id);
    let people = own.map(Contact::in_words).collect::<Vec<_>>().join("、");
    let (tone, says) = match class.contact.since {
        None => ("fail", "没有人联系".to_owned()),
        Some(since) => {
            let due = chinese_day(rhythm.due(since, class.contact.last));
            if is_late(class, rhythm, today) {
                ("warn", format!("逾期，应在{due}以前联系"))
            } else {
                ("pass", format!("下一次在{due}以前"))
            }
        }
    };
    RowState { href: String::new(), people, says, tone }
}

/// The same of a college's classes.
fn college_state(
    union: UnionId,
    college: CollegeId,
    classes: &[&ContactClass],
    rhythm: &Rhythm,
    today: Date,
) -> RowState {
    let bare = classes.iter().filter(|class| is_bare(class)).count();
    let late = classes.iter().filter(|class| is_late(class, rhythm, today)).count();
    let tone = match (bare, late) {
        (0, 0) => "pass",
        (0, _) => "warn",
        _ => "fail",
    };
    let says = match (bare, late) {
        (0, 0) => format!("{} 个班级都按期联系", classes.len()),
        _ => format!("{} 个班级，没有人联系 {bare} 个，逾期 {late} 个", classes.len()),
    };
    RowState { href: union.contact_college_path(college), people: String::new(), says, tone }
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(query): Query<DeskQuery>,
) -> Result<ContactDeskPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let union = visible(&mut db, &acting, id).await?;
    let found = unions::contact_coverage(&mut db, acting.institution(), Some(id), today).await?.pop();
    let plans = calendar(&mut db, acting.institution()).await?;
    let finding = plans.in_force(today).zip(found.as_ref()).map(|(plan, found)| found.judge(&plan, today));
    let rhythm = unions::contact_rhythm(&mut db, acting.institution()).await?;
    let mut months = months_until(today, MONTHS);
    let first = months.first().copied().unwrap_or(today);
    // A phone shows the first three columns: the newest.
    months.reverse();
    let counts = log_store::months(&mut db, acting.institution(), first, today).await?;
    // Of classes for which it is another's too, the office sees how often; who, of its own union alone.
    let filter = ContactFilter { union: Some(id), ..ContactFilter::default() };
    let contacts = store::contacts(&mut db, acting.institution(), filter, today).await?;
    let filter = LogFilter { union: Some(id), class: None, most: SHOWN };
    let entries = log_store::entries(&mut db, acting.person(), filter).await?;
    let counts: HashMap<ClassId, Vec<MonthCount>> = by_class(counts);
    let met = |class: &ContactClass, month: Date| {
        let own = counts.get(&class.id).into_iter().flatten().find(|one| one.month == month);
        own.map_or(0, |one| u32::try_from(one.count).unwrap_or(u32::MAX))
    };
    let mut classes = found.map(|found| found.classes).unwrap_or_default();
    let college = query.college.parse::<CollegeId>().ok();
    classes.retain(|class| college.is_none_or(|college| class.college == college));
    let colleges: Vec<Vec<&ContactClass>> =
        classes.chunk_by(|one, next| one.college == next.college).map(|own| own.iter().collect()).collect();
    let (mut rows, mut states) = (Vec::new(), Vec::new());
    let by_college = colleges.len() > 1;
    if by_college {
        for own in &colleges {
            let Some(one) = own.first() else { continue };
            let of = u32::try_from(own.len()).unwrap_or(u32::MAX);
            let share = |month: &Date| {
                let met = own.iter().filter(|class| met(class, *month) > 0).count();
                Met::Share { met: u32::try_from(met).unwrap_or(u32::MAX), of }
            };
            rows.push(RowFacts { name: one.college_name.clone(), met: months.iter().map(share).collect() });
            states.push(college_state(id, one.college, own, &rhythm, today));
        }
    } else {
        for class in &classes {
            let times = |month: &Date| Met::Times(met(class, *month));
            rows.push(RowFacts { name: class.contact.name.clone(), met: months.iter().map(times).collect() });
            states.push(class_state(class, &contacts, &rhythm, today));
        }
    }
    let (keeps, sets) = (keeps(&acting, &union), SchoolLeague::KINDS.contains(&acting.office().kind));
    Ok(ContactDeskPage {
        chrome: app.chrome(acting.person(), &union.name).under(DESK, "直接联系同学"),
        finding,
        matrix: Matrix::new(&months, rows),
        states,
        of: if by_college { "院系" } else { "班级" },
        entries,
        rhythm,
        keeps,
        sets,
        union,
    })
}

fn by_class(counts: Vec<MonthCount>) -> HashMap<ClassId, Vec<MonthCount>> {
    let mut classes: HashMap<ClassId, Vec<MonthCount>> = HashMap::new();
    for count in counts {
        classes.entry(count.class).or_default().push(count);
    }
    classes
}

/// The log of a union as a workbook, a point a row. The record knows of it, because it holds what students said.
async fn file(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let union = visible(&mut db, &acting, id).await?;
    let filter = LogFilter { union: Some(id), class: None, most: EXPORTED };
    let entries = log_store::entries(&mut db, acting.person(), filter).await?;
    drop(db);
    let columns = [("日期", 12), ("班级", 20), ("联系人", 12), ("方式", 12), ("同学提出的问题", 50), ("诉求", 26)]
        .map(|(heading, width)| ReportColumn { heading, width });
    let mut rows = Vec::new();
    for entry in &entries {
        let row = |says: &str, request: String| {
            vec![
                entry.on_day.to_string(),
                entry.class_name.clone(),
                entry.name.clone(),
                entry.way.label().to_owned(),
                says.to_owned(),
                request,
            ]
        };
        if entry.points.is_empty() {
            rows.push(row("没有提出问题", String::new()));
        }
        for point in &entry.points {
            let request = point.request.as_ref().map(LinkedRequest::in_words).unwrap_or_default();
            rows.push(row(&point.says, request));
        }
    }
    let title = format!("{}直接联系同学记录", union.name);
    let mut ways: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &entries {
        *ways.entry(entry.way.label()).or_default() += 1;
    }
    let ways: Vec<String> = ways.iter().map(|(way, count)| format!("{way} {count} 次")).collect();
    let today = chinese_day(app.clock.today());
    let caption = format!("截至{today}，共 {} 次：{}", entries.len(), ways.join("、"));
    let name = format!("{title}.xlsx");
    let bytes = app.heavy(move || report_workbook(&title, &caption, &columns, &rows)).await?;
    let bytes = bytes.map_err(anyhow::Error::new)?;
    app.write_as(acting.person().authority(), async |db| {
        let entry = Entry::new(Verb::ContactKept, union.name.clone()).detail("办理", "导出联系记录");
        audit::append(db, acting.person(), entry.detail("次数", entries.len()), now).await
    })
    .await?;
    Ok(workbook(&name, bytes))
}
