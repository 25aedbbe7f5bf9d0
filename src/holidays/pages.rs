//! The page 工作日历.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::Date;

use super::{
    HolidayKeeper, Verb,
    forms::{BreakForm, COLUMNS, ScheduleForm, lines_of},
    paths::Done,
    store::{self, TermBreak},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::TermBreakId,
    page::chrome::Chrome,
    sheet::drop_down_template,
    text::folded,
    web::{
        forms::{Errors, Upload},
        workbook,
    },
    workdays::{Schedule, Workdays},
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/holidays", show)
        .upload("/holidays", keep)
        .get("/holidays/template.xlsx", template)
        .post("/holidays/breaks", add_break)
        .post("/holidays/breaks/{away}/remove", remove_break)
}

/// A year that is known.
struct KnownYear {
    schedule: Schedule,
    /// The university keeps it itself; else it is built in.
    own: bool,
    working_days: usize,
}

/// What the forms of the page show.
#[derive(Default)]
struct HolidayForms {
    schedule: ScheduleForm,
    /// 寒假, 暑假.
    away: BreakForm,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "holidays/show.html")]
struct HolidaysPage {
    chrome: Chrome,
    years: Vec<KnownYear>,
    /// This year or the next is not known.
    missing: Option<i32>,
    breaks: Vec<TermBreak>,
    forms: HolidayForms,
}

/// How many days of a year count.
fn working_days(days: &Workdays, year: i32) -> usize {
    let first = Date::from_ordinal_date(year, 1).ok();
    let all = std::iter::successors(first, |day| day.next_day()).take_while(|day| day.year() == year);
    all.filter(|day| days.counts(*day)).count()
}

async fn page(app: &App, acting: &Acting<HolidayKeeper>, forms: HolidayForms) -> Result<HolidaysPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let own = store::schedules(&mut db, acting.institution()).await?;
    let breaks = store::breaks(&mut db, acting.institution()).await?;
    let days = store::workdays(&mut db, acting.institution()).await?;
    let built_in = Schedule::announced();
    let others = built_in.into_iter().filter(|known| own.iter().all(|own| own.year != known.year));
    let mut known: Vec<(bool, Schedule)> = others.map(|schedule| (false, schedule)).collect();
    known.extend(own.iter().cloned().map(|schedule| (true, schedule)));
    known.sort_by_key(|(_, schedule)| schedule.year);
    let years = known
        .into_iter()
        .map(|(own, schedule)| KnownYear { own, working_days: working_days(&days, schedule.year), schedule })
        .collect();
    let missing = [today.year(), today.year() + 1].into_iter().find(|year| !days.knows(*year));
    Ok(HolidaysPage { chrome: app.chrome(acting.person(), "工作日历"), years, missing, breaks, forms })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HolidayQuery {
    done: String,
    /// The year that is to be put right.
    year: String,
}

async fn show(
    State(app): State<App>,
    acting: Acting<HolidayKeeper>,
    Query(HolidayQuery { done, year }): Query<HolidayQuery>,
) -> Result<HolidaysPage, Failure> {
    let mut page = page(&app, &acting, HolidayForms { done: Done::said(&done), ..HolidayForms::default() }).await?;
    let asked = folded(&year).parse().ok().or(page.missing);
    let known = page.years.iter().find(|known| Some(known.schedule.year) == asked);
    page.forms.schedule = match (known, asked) {
        (Some(known), _) => ScheduleForm::showing(&known.schedule),
        (None, asked) => {
            ScheduleForm { year: asked.map(|year| year.to_string()).unwrap_or_default(), ..ScheduleForm::default() }
        }
    };
    Ok(page)
}

async fn keep(State(app): State<App>, acting: Acting<HolidayKeeper>, mut upload: Upload) -> Result<Response, Failure> {
    let (now, mut errors, mut form) = (app.clock.now(), Errors::default(), ScheduleForm::of(&upload));
    if let Some(file) = upload.file.take() {
        match app.heavy(move || lines_of(&file)).await? {
            Ok(lines) => form.days = lines,
            Err(why) => errors.add("file", why),
        }
    }
    let schedule = form.read(&mut errors).filter(|_| errors.is_empty());
    let Some(schedule) = schedule else {
        errors.put_in_order(&["year", "source", "days", "file"]);
        let forms = HolidayForms { schedule: form, errors, ..HolidayForms::default() };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&app, &acting, forms).await?).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        store::keep(db, &acting, &schedule, now).await?;
        let off = schedule.days.iter().filter(|day| !day.works).count();
        let entry = Entry::new(Verb::HolidaysKept, format!("{}年放假安排", schedule.year))
            .detail("依据", schedule.source.clone())
            .detail("休息", format!("{off} 天"))
            .detail("补班", format!("{} 天", schedule.days.len() - off));
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.path()).into_response())
}

async fn template(_acting: Acting<HolidayKeeper>) -> Result<Response, Failure> {
    let choices = ["休", "班"];
    let columns: Vec<(&str, &[&str])> =
        COLUMNS.iter().map(|column| (*column, if *column == "安排" { &choices[..] } else { &[] })).collect();
    Ok(workbook("holidays.xlsx", drop_down_template("放假安排", &columns, &[]).map_err(anyhow::Error::new)?))
}

async fn add_break(
    State(app): State<App>,
    acting: Acting<HolidayKeeper>,
    Form(form): Form<BreakForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let read = form.read(&mut errors);
    let added = match &read {
        Some(away) => {
            app.write_as(acting.person().authority(), async |db| {
                let added = store::add_break(db, &acting, away).await?;
                if added {
                    let entry = Entry::new(Verb::HolidaysKept, away.name.clone())
                        .detail("办理", "登记")
                        .detail("起止", format!("{} 至 {}", away.from, away.last));
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok(added)
            })
            .await?
        }
        None => false,
    };
    if !added {
        if read.is_some() {
            errors.add("from", "与已登记的假期重叠");
        }
        let forms = HolidayForms { away: form, errors, ..HolidayForms::default() };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&app, &acting, forms).await?).into_response());
    }
    Ok(Redirect::to(&Done::BreakKept.path()).into_response())
}

async fn remove_break(
    State(app): State<App>,
    acting: Acting<HolidayKeeper>,
    Path(id): Path<TermBreakId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let name = store::remove_break(db, &acting, id).await?.ok_or(Failure::Missing)?;
        audit::append(db, acting.person(), Entry::new(Verb::HolidaysKept, name).detail("办理", "删除"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::BreakRemoved.path()))
}
