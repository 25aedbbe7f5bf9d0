//! The unions of a university: sorted by a heading, filtered, and as a workbook.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use serde::Deserialize;
use time::Date;

use super::calendar;
use crate::{
    app::App,
    auth::acting::Acting,
    directory::store::{CollegeRow, colleges},
    failure::Failure,
    ids::UnionId,
    office::{Office, OfficeKind, SchoolLeague, UnionReader},
    page::{
        chrome::Chrome,
        filters::query,
        table::{Heading, Sorting},
    },
    rules::{Outcome, Rule, adoption::Calendar, plan::Union},
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    unions::{
        owed::OwedRows,
        paths::{Done, UNIONS},
        store,
        union::Record,
    },
    web::workbook,
    words::words,
};

words! {
    /// What the unions are listed by.
    UnionColumn:
    /// As the university has put its colleges in order, the school's union first.
    Name = "name", "组织";
    State = "state", "状态";
    People = "people", "人数";
    Departments = "departments", "部门";
    Chair = "chair", "当值执行主席";
    Breaches = "breaches", "核对结果";
}

words! {
    /// How far a union has come.
    UnionState:
    Blank = "blank", "待现状登记";
    Registered = "registered", "待启用";
    Open = "open", "已启用";
}

words! {
    /// Which unions are listed.
    UnionFilter:
    All = "all", "全部";
    Failing = "fail", "有不符合项的";
    Unopened = "unopened", "未启用的";
}

/// What the list is asked for, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnionsQuery {
    done: String,
    only: String,
    sort: String,
}

impl UnionsQuery {
    fn filter(&self) -> UnionFilter {
        self.only.parse().unwrap_or(UnionFilter::All)
    }

    fn sorting(&self) -> Sorting<UnionColumn> {
        Sorting::read(&self.sort, UnionColumn::Name)
    }

    /// The filter without the sorting, as an address has it.
    fn query(&self) -> String {
        let only = match self.filter() {
            UnionFilter::All => "",
            some => some.slug(),
        };
        query(&[("only", only)])
    }
}

/// A union as the list shows it.
struct UnionRow {
    id: UnionId,
    name: String,
    opened_on: Option<Date>,
    people: usize,
    departments: usize,
    chairs: Vec<String>,
    by_turn: bool,
    /// The plan asks for an executive chair.
    rotates: bool,
    fails: usize,
    warns: usize,
    /// The governing plan has such unions.
    in_scope: bool,
}

impl UnionRow {
    fn of(record: &Record, plans: &Calendar, owed: &OwedRows, today: Date) -> Self {
        let plan = plans.in_force(today);
        let findings = plan.as_ref().and_then(|plan| owed.findings(record, plan, today));
        // There is nothing to judge in a union of which nobody is registered yet.
        let anybody = record.people_on(today) > 0;
        let judged = findings.iter().flatten().filter(|_| anybody);
        let count = |outcome| judged.clone().filter(|finding| finding.verdict == outcome).count();
        Self {
            id: record.union.id,
            name: record.union.name.clone(),
            opened_on: record.union.opened_on,
            people: record.people_on(today),
            departments: record.departments_on(today).count(),
            chairs: record.chairs_on(today).map(str::to_owned).collect(),
            by_turn: record.timeline.rotates_on(today),
            rotates: plan.as_ref().is_some_and(|plan| plan.provision(Rule::Org03).is_some()),
            fails: count(Outcome::Fail),
            warns: count(Outcome::Warn),
            in_scope: plan.is_none() || findings.is_some(),
        }
    }

    fn state(&self) -> UnionState {
        match (self.opened_on, self.people) {
            (Some(_), _) => UnionState::Open,
            (None, 0) => UnionState::Blank,
            (None, _) => UnionState::Registered,
        }
    }

    fn is_listed(&self, filter: UnionFilter) -> bool {
        match filter {
            UnionFilter::All => true,
            UnionFilter::Failing => self.fails > 0,
            UnionFilter::Unopened => self.opened_on.is_none(),
        }
    }

    /// The executive chair's seat is empty where the plan asks for one.
    fn lacks_chair(&self) -> bool {
        self.chairs.is_empty() && self.opened_on.is_some() && self.rotates
    }

    /// What was found, in words.
    fn found(&self) -> String {
        if !self.in_scope {
            return "现行方案没有这类组织".to_owned();
        }
        if self.people == 0 {
            return String::new();
        }
        let some = [(self.fails, "不符合"), (self.warns, "提醒")].into_iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = some.map(|(count, word)| format!("{word} {count} 项")).collect();
        if said.is_empty() { "没有不符合".to_owned() } else { said.join("，") }
    }
}

/// The rows that are asked for, in their order; `rows` stand as the university has put its colleges in order.
fn arranged(mut rows: Vec<UnionRow>, search: &UnionsQuery) -> Vec<UnionRow> {
    let (filter, sorting) = (search.filter(), search.sorting());
    rows.retain(|row| row.is_listed(filter));
    match sorting.by {
        UnionColumn::Name => {}
        UnionColumn::State => rows.sort_by_key(|row| (row.opened_on.is_some(), row.people > 0)),
        UnionColumn::People => rows.sort_by_key(|row| row.people),
        UnionColumn::Departments => rows.sort_by_key(|row| row.departments),
        UnionColumn::Chair => rows.sort_by_key(|row| (!row.lacks_chair(), row.chairs.is_empty())),
        UnionColumn::Breaches => rows.sort_by_key(|row| (row.fails, row.warns)),
    }
    if sorting.downward {
        rows.reverse();
    }
    rows
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/list.html")]
pub(super) struct UnionsPage {
    chrome: Chrome,
    lines: Vec<UnionRow>,
    /// Unions that the office sees, listed or not.
    known: usize,
    search: UnionsQuery,
    columns: Vec<Heading>,
    /// Kinds that could still be set up, and colleges without a union.
    missing: Vec<(&'static str, &'static str)>,
    without: Vec<CollegeRow>,
    may_create: bool,
    has_plan: bool,
    done: &'static str,
}

impl UnionsPage {
    fn file(&self) -> String {
        format!("{UNIONS}.xlsx?{}&sort={}", self.search.query(), self.search.sorting().in_address())
    }
}

pub(super) async fn page(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(search): Query<UnionsQuery>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let all = store::list(&mut db, acting.institution(), None).await?;
    let visible: Vec<_> = all.iter().filter(|union| union.is_visible_to(acting.office())).cloned().collect();
    let may_create = SchoolLeague::KINDS.contains(&acting.office().kind);
    // Who has one union goes there at once.
    let own = acting.office().college.is_some()
        || matches!(acting.office().kind, OfficeKind::SchoolUnion | OfficeKind::GraduateUnion);
    if let (true, [one]) = (own, visible.as_slice()) {
        return Ok(Redirect::to(&one.id.path()).into_response());
    }
    let known = visible.len();
    let records = store::records(&mut db, acting.institution(), visible, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let owed = OwedRows::load(&mut db, acting.institution(), None, app.clock.now()).await?;
    let plan = plans.in_force(today);
    let in_plan = |kind: &Union| plan.as_ref().is_none_or(|plan| plan.unions.contains(kind));
    let missing = [Union::School, Union::Graduate]
        .into_iter()
        .filter(in_plan)
        .filter(|kind| !all.iter().any(|union| union.kind == *kind))
        .map(|kind| (kind.slug(), kind.label()))
        .collect();
    let mut without = colleges(&mut db, acting.institution()).await?;
    without.retain(|college| !all.iter().any(|union| union.college == Some(college.id)));
    let has_plan = plan.is_some();
    drop(db);
    // Hundreds of unions take a while to judge: away from the threads that serve pages.
    let rows: Vec<UnionRow> =
        app.heavy(move || records.iter().map(|record| UnionRow::of(record, &plans, &owed, today)).collect()).await?;
    let page = UnionsPage {
        chrome: app.chrome(acting.person(), "学生会"),
        lines: arranged(rows, &search),
        known,
        columns: search.sorting().headings(&format!("{UNIONS}?{}&", search.query())),
        missing,
        without,
        may_create,
        has_plan,
        done: Done::said(&search.done),
        search,
    };
    Ok(page.into_response())
}

/// The list as a workbook.
pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(search): Query<UnionsQuery>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let mut visible = store::list(&mut db, acting.institution(), None).await?;
    visible.retain(|union| union.is_visible_to(acting.office()));
    let records = store::records(&mut db, acting.institution(), visible, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let owed = OwedRows::load(&mut db, acting.institution(), None, app.clock.now()).await?;
    drop(db);
    let title = format!("{}各级学生会情况", acting.person().institution_name);
    let bytes = app
        .heavy(move || {
            let rows = records.iter().map(|record| UnionRow::of(record, &plans, &owed, today)).collect();
            let rows: Vec<Vec<String>> = arranged(rows, &search).iter().map(cells).collect();
            let caption = format!("截至：{}　共 {} 个", chinese_day(today), rows.len());
            let widths = [26, 12, 8, 8, 24, 24];
            let column = |(column, width): (&UnionColumn, u16)| ReportColumn { heading: column.label(), width };
            let columns: Vec<ReportColumn> = UnionColumn::ALL.iter().zip(widths).map(column).collect();
            report_workbook(&title, &caption, &columns, &rows)
        })
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("各级学生会情况.xlsx", bytes))
}

/// A row of the workbook, in the order of the columns.
fn cells(row: &UnionRow) -> Vec<String> {
    let chair = if row.lacks_chair() { "空缺".to_owned() } else { row.chairs.join("、") };
    vec![
        row.name.clone(),
        row.state().label().to_owned(),
        row.people.to_string(),
        row.departments.to_string(),
        chair,
        row.found(),
    ]
}
