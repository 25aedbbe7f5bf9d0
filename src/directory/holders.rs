//! The page 任职一览: who holds which office, from when to when, and which places nobody holds.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;

use super::store::{self, CollegeRow, HolderRow, OfficeFilter, Tenure, Vacancy};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    failure::Failure,
    office::{OfficeKind, SchoolStaff},
    page::{
        chrome::Chrome,
        paging::{RowRange, pages},
    },
};

const A_PAGE: i64 = 100;

/// Students are found in 人员.
fn is_offered(kind: OfficeKind) -> bool {
    kind != OfficeKind::Student
}

/// The routes of office holders.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/offices", list)
}

#[derive(Deserialize)]
struct HoldersQuery {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    when: String,
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/holders.html")]
struct HoldersPage {
    chrome: Chrome,
    rows: Vec<HolderRow>,
    vacant: Vec<Vacancy>,
    kinds: Vec<OfficeKind>,
    colleges: Vec<CollegeRow>,
    kind: String,
    college: String,
    when: String,
    total: i64,
    page: i64,
    pages: i64,
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolStaff>,
    Query(HoldersQuery { kind, college, when, page }): Query<HoldersQuery>,
) -> Result<HoldersPage, Failure> {
    let (mut db, now, page) = (app.read().await?, app.clock.now(), page.clamp(0, 10_000));
    let chosen = kind.parse::<OfficeKind>().ok().filter(|kind| is_offered(*kind));
    let tenure = when.parse().unwrap_or(Tenure::Now);
    let filter = OfficeFilter { kind: chosen, college: college.parse().ok(), tenure };
    let range = RowRange::page(page, A_PAGE);
    let (rows, total) = store::holders(&mut db, acting.institution(), filter, range, now).await?;
    let vacant = store::vacancies(&mut db, acting.institution(), filter, now).await?;
    let colleges = store::colleges(&mut db, acting.institution()).await?;
    Ok(HoldersPage {
        chrome: app.chrome(acting.person(), "任职一览"),
        rows,
        vacant,
        kinds: OfficeKind::ALL.iter().copied().filter(|kind| is_offered(*kind)).collect(),
        colleges,
        kind,
        college,
        when,
        total,
        page,
        pages: pages(total, A_PAGE),
    })
}
