//! The page 学期.

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
    Verb,
    paths::{Done, SEMESTERS},
    store::{self, NewSemester, SemesterRow},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::Failure,
    ids::SemesterId,
    office::SchoolLeague,
    page::chrome::Chrome,
    text::{chinese_days, day},
    web::forms::{self, Errors, Submitted, written},
};

pub(super) fn routes() -> Routes {
    Routes::default().get("/semesters", list).post("/semesters", add).post("/semesters/{semester}/remove", remove)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct SemesterForm {
    name: String,
    from: String,
    last: String,
}

impl SemesterForm {
    /// Reads the form, or leaves an error beside each field.
    fn read(&self, known: &[SemesterRow], errors: &mut Errors) -> Option<NewSemester> {
        let name = written(&self.name, 40, "name", "请填写名称，如“2026—2027 学年第一学期”", errors);
        if let Some(name) = &name {
            if name.chars().count() < 2 {
                errors.add("name", "至少两个字");
            }
            if known.iter().any(|row| row.name == *name) {
                errors.add("name", "已有同名的学期");
            }
        }
        let (from, last) = (day(&self.from), day(&self.last));
        if from.is_none() {
            errors.add("from", "请填写开始日期");
        }
        if last.is_none() {
            errors.add("last", "请填写结束日期");
        }
        let (name, from, last) = (name?, from?, last?);
        let until = last.next_day()?;
        if let Some(other) = known.iter().find(|row| row.from_day < until && from < row.until_day) {
            errors.add("from", format!("与“{}”重叠（{}）", other.name, chinese_days(other.from_day, other.last_day())));
        }
        if !(60..=250).contains(&(until - from).whole_days()) {
            errors.add("last", "一个学期应在 60 至 250 天之间");
        }
        errors.is_empty().then_some(NewSemester { name, from, until })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "rotation/semesters.html")]
struct SemestersPage {
    chrome: Chrome,
    rows: Vec<SemesterRow>,
    today: Date,
    form: SemesterForm,
    errors: Errors,
    done: &'static str,
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    submitted: Submitted<SemesterForm>,
    done: &'static str,
) -> Result<SemestersPage, Failure> {
    let Submitted { form, errors } = submitted;
    let rows = store::semesters(&mut *app.read().await?, acting.institution()).await?;
    let chrome = app.chrome(acting.person(), "学期");
    Ok(SemestersPage { chrome, rows, today: app.clock.today(), form, errors, done })
}

async fn list(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Query(forms::Done { done }): Query<forms::Done>,
) -> Result<SemestersPage, Failure> {
    let rows = store::semesters(&mut *app.read().await?, acting.institution()).await?;
    // The next one begins where the last one ends: a day between two semesters is a day without a chair.
    let from = rows.last().map(|row| row.until_day.to_string()).unwrap_or_default();
    let form = SemesterForm { from, ..SemesterForm::default() };
    page(&app, &acting, Submitted::new(form, Errors::default()), Done::said(&done)).await
}

async fn add(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<SemesterForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let known = store::semesters(&mut *app.read().await?, acting.institution()).await?;
    let Some(new) = form.read(&known, &mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let added = app
        .write_as(acting.person().authority(), async |db| {
            let added = store::add_semester(db, &acting, &new).await?;
            if added {
                let last = new.until.previous_day().unwrap_or(new.until);
                let entry = Entry::new(Verb::SemesterKept, new.name.clone())
                    .detail("办理", "登记")
                    .detail("起止", format!("{} 至 {last}", new.from));
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(added)
        })
        .await?;
    if !added {
        errors.add("from", "与已登记的学期重叠，或名称重复");
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&Done::SemesterAdded.at(SEMESTERS)).into_response())
}

async fn remove(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<SemesterId>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let name = store::remove_semester(db, &acting, id).await?.ok_or(Failure::Missing)?;
        audit::append(db, acting.person(), Entry::new(Verb::SemesterKept, name).detail("办理", "删除"), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SemesterRemoved.at(SEMESTERS)))
}
