//! The page 任职一览: who holds which office, from when to when, and which places nobody holds.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, response::Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use super::store::{self, CollegeRow, HolderColumn, HolderRow, OfficeFilter, Tenure, Vacancy};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    directory::SchoolStaff,
    failure::Failure,
    office::OfficeKind,
    page::{
        chrome::Chrome,
        filters::query,
        paging::{RowRange, pages},
        table::{Heading, Sorting},
    },
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    web::workbook,
};

const OFFICES: &str = "/offices";
const A_PAGE: i64 = 100;
/// More offices than the largest university has ever granted.
const MOST_EXPORTED: i64 = 100_000;

/// Students are found in 人员.
fn is_offered(kind: OfficeKind) -> bool {
    kind != OfficeKind::Student
}

/// The routes of office holders.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/offices", list).recorded_get("/offices.xlsx", file)
}

/// What the list is asked for, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HoldersQuery {
    kind: String,
    college: String,
    when: String,
    sort: String,
    page: i64,
}

impl HoldersQuery {
    fn filter(&self) -> OfficeFilter {
        OfficeFilter {
            kind: self.kind.parse::<OfficeKind>().ok().filter(|kind| is_offered(*kind)),
            college: self.college.parse().ok(),
            tenure: self.when.parse().unwrap_or(Tenure::Now),
        }
    }

    fn sorting(&self) -> Sorting<HolderColumn> {
        Sorting::read(&self.sort, HolderColumn::Office)
    }

    /// The filter without the sorting, as an address has it.
    fn query(&self) -> String {
        query(&[("kind", &self.kind), ("college", &self.college), ("when", &self.when)])
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/holders.html")]
struct HoldersPage {
    chrome: Chrome,
    rows: Vec<HolderRow>,
    vacant: Vec<Vacancy>,
    kinds: Vec<OfficeKind>,
    colleges: Vec<CollegeRow>,
    search: HoldersQuery,
    columns: Vec<Heading>,
    total: i64,
    pages: i64,
}

impl HoldersPage {
    /// The list as it is filtered and sorted, up to the number of the page.
    fn list(&self) -> String {
        let sort = self.search.sorting().in_address();
        format!("{OFFICES}?{}&sort={sort}&", self.search.query())
    }

    fn file(&self) -> String {
        format!("{OFFICES}.xlsx?{}&sort={}", self.search.query(), self.search.sorting().in_address())
    }
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(search): Query<HoldersQuery>,
) -> Result<HoldersPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let search = HoldersQuery { page: search.page.clamp(0, 10_000), ..search };
    let (filter, range) = (search.filter(), RowRange::page(search.page, A_PAGE));
    let (rows, total) = store::holders(&mut db, acting.institution(), filter, search.sorting(), range, now).await?;
    let vacant = store::vacancies(&mut db, acting.institution(), filter, now).await?;
    let colleges = store::colleges(&mut db, acting.institution()).await?;
    Ok(HoldersPage {
        chrome: app.chrome(acting.person(), "任职一览"),
        rows,
        vacant,
        kinds: OfficeKind::ALL.iter().copied().filter(|kind| is_offered(*kind)).collect(),
        colleges,
        columns: search.sorting().headings(&format!("{OFFICES}?{}&", search.query())),
        total,
        pages: pages(total, A_PAGE),
        search,
    })
}

/// The list as a workbook. That somebody took so many people's data with them is recorded.
async fn file(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(search): Query<HoldersQuery>,
) -> Result<Response, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let (filter, range) = (search.filter(), RowRange { skip: 0, most: MOST_EXPORTED });
    let (rows, total) = store::holders(&mut db, acting.institution(), filter, search.sorting(), range, now).await?;
    drop(db);
    let person = acting.person();
    app.write_as(person.authority(), async |db| {
        let entry = Entry::new(audit::Verb::ListExported, "任职一览").detail("项数", total);
        audit::append(db, person, entry, now).await
    })
    .await?;
    let widths = [30, 12, 16, 14, 14, 10];
    let columns: Vec<ReportColumn> = HolderColumn::ALL
        .iter()
        .zip(widths)
        .map(|(column, width)| ReportColumn { heading: column.label(), width })
        .collect();
    let row = |one: HolderRow| {
        let last = one.last();
        let account = if one.active { "已激活" } else { "未激活" };
        vec![one.office, one.name, one.number, one.from_day.to_string(), last, account.to_owned()]
    };
    let title = format!("{}{}团学任职一览", person.institution_name, filter.tenure.label());
    let caption = format!("截至：{}　共 {total} 项", chinese_day(app.clock.today()));
    let bytes = app
        .heavy(move || report_workbook(&title, &caption, &columns, &rows.into_iter().map(row).collect::<Vec<_>>()))
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("任职一览.xlsx", bytes))
}

impl HolderRow {
    /// The last day of the term, in words.
    fn last(&self) -> String {
        match (self.ended_at, self.last_day) {
            (Some(_), _) => "提前免去".to_owned(),
            (None, Some(day)) => day.to_string(),
            (None, None) => "长期".to_owned(),
        }
    }
}
