//! 学校概况.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::store::{self, CohortRow, SocietyRow};
use crate::{
    app::{App, Routes},
    auth::acting::Acting,
    directory::SchoolStaff,
    failure::Failure,
    page::{chrome::Chrome, filters},
    rulebook,
    rules::{
        Finding, Plan,
        congress::{Cohort, Population, allocate},
    },
    text::as_cell,
};

/// The routes of the directory.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/directory", overview).get("/directory/population.csv", population_file)
}

/// One college with its bar.
struct CollegeBar {
    name: String,
    grades: Vec<Option<i64>>,
    students: i64,
    /// The bar's length, 0 to 200.
    length: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "directory/overview.html")]
struct OverviewPage {
    chrome: Chrome,
    grades: Vec<i32>,
    grade_totals: Vec<i64>,
    colleges: Vec<CollegeBar>,
    students: i64,
    societies: Vec<SocietyRow>,
    /// The least number of delegates; none where the plan does not say.
    minimum: Option<u32>,
    findings: Vec<Finding>,
}

async fn overview(State(app): State<App>, acting: Acting<SchoolStaff>) -> Result<OverviewPage, Failure> {
    let mut db = app.read().await?;
    let cohorts = store::cohorts(&mut db, acting.institution(), app.clock.today()).await?;
    let societies = store::societies(&mut db, acting.institution()).await?;
    let governing = rulebook::governing(&mut db, acting.institution(), app.clock.today()).await?;
    let allocation =
        governing.as_ref().map(|governing| allocate(&governing.plan, &population(&cohorts, &societies), None));
    // A minimum is the plan's where it says one: by a share, or by what the seats cover.
    let says = |plan: &Plan| plan.figures.delegates.is_some() || plan.figures.cover.is_some();
    let stated = governing.as_ref().is_some_and(|governing| says(&governing.plan));
    let (minimum, findings) = allocation
        .map(|allocation| (Some(allocation.minimum).filter(|_| stated), allocation.findings))
        .unwrap_or_default();

    let mut grades: Vec<i32> = cohorts.iter().map(|cohort| cohort.entry_year).collect();
    grades.sort_unstable();
    grades.dedup();
    let total =
        |pick: &dyn Fn(&&CohortRow) -> bool| cohorts.iter().filter(pick).map(|cohort| cohort.students).sum::<i64>();
    let grade_totals = grades.iter().map(|grade| total(&|cohort| cohort.entry_year == *grade)).collect();
    let mut names: Vec<&str> = cohorts.iter().map(|cohort| cohort.college.as_str()).collect();
    names.dedup();
    let largest = names.iter().map(|name| total(&|cohort| cohort.college == *name)).max().unwrap_or(1).max(1);
    let line = |name: &&str| {
        let students = total(&|cohort| cohort.college == **name);
        let of_grade = |grade: &i32| {
            cohorts
                .iter()
                .find(|cohort| cohort.college == **name && cohort.entry_year == *grade)
                .map(|cohort| cohort.students)
        };
        CollegeBar {
            name: (*name).to_owned(),
            grades: grades.iter().map(of_grade).collect(),
            students,
            length: students * 200 / largest,
        }
    };
    Ok(OverviewPage {
        chrome: app.chrome(acting.person(), "学校概况"),
        colleges: names.iter().map(line).collect(),
        students: total(&|_| true),
        grades,
        grade_totals,
        societies,
        minimum,
        findings,
    })
}

fn population(cohorts: &[CohortRow], societies: &[SocietyRow]) -> Population {
    let cohort = |row: &CohortRow| Cohort {
        college: row.college.clone(),
        grade: row.entry_year.to_string(),
        students: u32::try_from(row.students).unwrap_or(u32::MAX),
    };
    Population {
        cohorts: cohorts.iter().map(cohort).collect(),
        societies: societies.iter().filter(|society| society.is_main).map(|society| society.name.clone()).collect(),
    }
}

/// The file that the `allocate` command reads, with a byte order mark so that Excel shows Chinese.
async fn population_file(State(app): State<App>, acting: Acting<SchoolStaff>) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let cohorts = store::cohorts(&mut db, acting.institution(), app.clock.today()).await?;
    let societies = store::societies(&mut db, acting.institution()).await?;
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |record: [&str; 4]| writer.write_record(record).map_err(anyhow::Error::new);
    write(["类别", "名称", "年级", "人数"])?;
    for row in &cohorts {
        write(["院系", &as_cell(&row.college), &row.entry_year.to_string(), &row.students.to_string()])?;
    }
    for row in societies.iter().filter(|society| society.is_main) {
        write(["社团", &as_cell(&row.name), "", &row.members.map(|members| members.to_string()).unwrap_or_default()])?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"population.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
