//! 志愿者证明, printed and for Word, and the hours of a project as .xlsx.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    paths::VOLUNTEERING,
    project::Volunteer,
    store::{self, VolunteerFilter},
};
use crate::{
    app::{App, Routes},
    auth::{acting::Acting, person::SignedIn},
    failure::Failure,
    ids::{ProjectId, VolunteerId},
    office::UnionReader,
    page::chrome::Chrome,
    papers::{self, Paper},
    sheet::{ReportColumn, report_workbook},
    text::chinese_day,
    unions::{store as unions, union::name_in_full},
    web::workbook,
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/volunteers/{volunteer}/certificate", certificate)
        .get("/volunteers/{volunteer}/certificate.docx", certificate_word)
        .get("/projects/{project}/hours.xlsx", hours)
}

/// For the volunteer themselves, and for those who see the union; only where hours were taken down.
async fn paper(app: &App, person: &SignedIn, id: VolunteerId) -> Result<Paper, Failure> {
    let mut db = app.read().await?;
    let filter = VolunteerFilter { one: Some(id), ..VolunteerFilter::default() };
    let volunteer = store::volunteers(&mut db, person.institution, filter).await?.pop().ok_or(Failure::Missing)?;
    let project = store::find(&mut db, person.institution, volunteer.project).await?;
    let union = unions::list(&mut db, person.institution, Some(project.union)).await?.pop();
    let sees = person
        .acting
        .as_ref()
        .zip(union.as_ref())
        .is_some_and(|(office, union)| union.is_managed_by(office) || union.is_own_of(office));
    if (!sees && person.student != Some(volunteer.student)) || volunteer.quarters == 0 {
        return Err(Failure::Missing);
    }
    Ok(certificate_of(&name_in_full(&person.institution_name, &project.union_name), &volunteer)
        .signed(name_in_full(&person.institution_name, &project.union_name), Some(app.clock.today())))
}

fn certificate_of(by: &str, volunteer: &Volunteer) -> Paper {
    let when = match (volunteer.first_day, volunteer.last_day) {
        (Some(first), Some(last)) if first == last => chinese_day(first),
        (Some(first), Some(last)) => format!("{}至{}", chinese_day(first), chinese_day(last)),
        _ => String::new(),
    };
    Paper::new("志愿者证明")
        .paragraph(format!(
            "兹证明{}（学号{}，{}）于{when}参加{by}“{}”志愿服务，承担{}，共{}天，累计{}小时。",
            volunteer.name,
            volunteer.number,
            volunteer.class,
            volunteer.project_title,
            volunteer.task,
            volunteer.days,
            volunteer.hours()
        ))
        .paragraph("志愿者按项目招募，项目结束即解散，不是学生会的职务。")
        .paragraph("特此证明。")
}

#[derive(Template, WebTemplate)]
#[template(path = "projects/certificate.html")]
struct PaperPage {
    chrome: Chrome,
    paper: Paper,
    /// The same for Word.
    word: String,
}

async fn certificate(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<VolunteerId>,
) -> Result<PaperPage, Failure> {
    let paper = paper(&app, &person, id).await?;
    let chrome = app.chrome(&person, "志愿者证明");
    let chrome = if person.student.is_some() { chrome.under(VOLUNTEERING, "志愿服务") } else { chrome };
    Ok(PaperPage { chrome, paper, word: id.certificate_word_path() })
}

async fn certificate_word(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<VolunteerId>,
) -> Result<Response, Failure> {
    papers::download(&app, paper(&app, &person, id).await?).await
}

/// The hours of a project, a volunteer a row.
async fn hours(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<ProjectId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let project = store::find(&mut db, acting.institution(), id).await?;
    let union = unions::list(&mut db, acting.institution(), Some(project.union)).await?.pop();
    union.filter(|union| union.is_visible_to(acting.office())).ok_or(Failure::Missing)?;
    let filter = VolunteerFilter { project: Some(id), ..VolunteerFilter::default() };
    let volunteers = store::volunteers(&mut db, acting.institution(), filter).await?;
    drop(db);
    let columns = [("学号", 14), ("姓名", 10), ("班级", 20), ("任务", 20), ("天数", 8), ("小时", 8), ("状态", 10)]
        .map(|(heading, width)| ReportColumn { heading, width });
    let row = |one: &Volunteer| {
        vec![
            one.number.clone(),
            one.name.clone(),
            one.class.clone(),
            one.task.clone(),
            one.days.to_string(),
            one.hours(),
            one.state().to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = volunteers.iter().map(row).collect();
    let (title, caption) = (format!("{}志愿服务时数", project.title), project.term());
    let name = format!("{title}.xlsx");
    let bytes = app.heavy(move || report_workbook(&title, &caption, &columns, &rows)).await?;
    Ok(workbook(&name, bytes.map_err(anyhow::Error::new)?))
}
