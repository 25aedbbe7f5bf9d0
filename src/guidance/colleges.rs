//! 院系指导: when a college's Party organisation heard its union, and which teachers are in charge of it and its 秘书长. The
//! yearly account takes both from here.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};

use super::{
    CollegeGuider, Verb,
    college_store::{self as store, Guide, GuideKind, Hearing},
    forms::{GuideForm, HearingForm},
    paths::{COLLEGES, Done, GUIDANCE},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::Held},
    failure::Failure,
    ids::InstitutionId,
    office::{Office, UnionReader},
    page::{chrome::Chrome, filters},
    rules::{
        plan::Union,
        yearly::{academic_year, academic_year_in_words, first_day},
    },
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/guidance/colleges", show)
        .post("/guidance/colleges/hearings", hear)
        .post("/guidance/colleges/guides", set)
}

/// A college's union, with who guides it and how often it was heard.
struct CollegeRow {
    union: StudentUnion,
    guides: Vec<Guide>,
    /// Of the academic year, the newest first.
    hearings: Vec<Hearing>,
}

impl CollegeRow {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn guide(&self, kind: &GuideKind) -> Option<&Guide> {
        self.guides.iter().find(|guide| guide.kind == *kind)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "guidance/colleges.html")]
struct CollegesPage {
    chrome: Chrome,
    year: String,
    rows: Vec<CollegeRow>,
    kinds: &'static [GuideKind],
    /// The office registers for its college's union.
    keeps: bool,
    forms: CollegeForms,
}

impl CollegesPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    fn is_picked(&self, kind: &GuideKind) -> bool {
        self.forms.guide.kind == kind.slug()
    }
}

/// The forms of the page as they are filled in.
#[derive(Default)]
struct CollegeForms {
    hearing: HearingForm,
    guide: GuideForm,
    errors: Errors,
    done: &'static str,
}

/// Who looks, and for which university.
#[derive(Clone, Copy)]
struct Reader<'a> {
    institution: InstitutionId,
    office: &'a Held,
}

async fn rows(app: &App, reader: Reader<'_>) -> Result<Vec<CollegeRow>, Failure> {
    let mut db = app.read().await?;
    let mut all = unions::list(&mut db, reader.institution, None).await?;
    all.retain(|union| union.kind == Union::College && union.is_visible_to(reader.office));
    let guides = store::guides(&mut db, reader.institution).await?;
    let today = app.clock.today();
    let since = first_day(academic_year(today)).unwrap_or(today);
    let hearings = store::hearings(&mut db, reader.institution, since).await?;
    let row = |union: StudentUnion| CollegeRow {
        guides: guides.iter().filter(|guide| guide.union == union.id).cloned().collect(),
        hearings: hearings.iter().filter(|hearing| hearing.union == union.id).cloned().collect(),
        union,
    };
    Ok(all.into_iter().map(row).collect())
}

async fn page(app: &App, chrome: Chrome, reader: Reader<'_>, mut forms: CollegeForms) -> Result<CollegesPage, Failure> {
    let rows = rows(app, reader).await?;
    let keeps = CollegeGuider::KINDS.contains(&reader.office.kind) && !rows.is_empty();
    let year = academic_year_in_words(academic_year(app.clock.today()));
    let chrome = chrome.under(GUIDANCE, "领导与指导");
    if forms.hearing.day.is_empty() {
        forms.hearing.day = app.clock.today().to_string();
    }
    Ok(CollegesPage { chrome, year, rows, kinds: GuideKind::ALL, keeps, forms })
}

const TITLE: &str = "院系指导";

async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(After { done }): Query<After>,
) -> Result<CollegesPage, Failure> {
    let reader = Reader { institution: acting.institution(), office: acting.office() };
    let forms = CollegeForms { done: Done::said(&done), ..CollegeForms::default() };
    page(&app, app.chrome(acting.person(), TITLE), reader, forms).await
}

async fn unfit(app: &App, acting: &Acting<CollegeGuider>, forms: CollegeForms) -> Result<Response, Failure> {
    let reader = Reader { institution: acting.institution(), office: acting.office() };
    let page = page(app, app.chrome(acting.person(), TITLE), reader, forms).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The union of the office's college.
async fn own(app: &App, acting: &Acting<CollegeGuider>) -> Result<StudentUnion, Failure> {
    let reader = Reader { institution: acting.institution(), office: acting.office() };
    let row = rows(app, reader).await?.into_iter().next().ok_or(Failure::Missing)?;
    Ok(row.union)
}

async fn hear(
    State(app): State<App>,
    acting: Acting<CollegeGuider>,
    Form(form): Form<HearingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let union = own(&app, &acting).await?;
    let Some(new) = form.read(now.date(), &mut errors) else {
        return unfit(&app, &acting, CollegeForms { hearing: form, errors, ..CollegeForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        store::add_hearing(db, &acting, union.id, &new, now).await?;
        let entry = Entry::new(Verb::GuidanceKept, union.name.clone())
            .detail("办理", "登记院系党组织听取工作汇报")
            .detail("日期", new.on_day.to_string());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Recorded.at(COLLEGES)).into_response())
}

async fn set(
    State(app): State<App>,
    acting: Acting<CollegeGuider>,
    Form(form): Form<GuideForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let union = own(&app, &acting).await?;
    let Some(new) = form.read(&mut errors) else {
        return unfit(&app, &acting, CollegeForms { guide: form, errors, ..CollegeForms::default() }).await;
    };
    app.write_as(acting.person().authority(), async |db| {
        store::set_guide(db, &acting, union.id, &new, now).await?;
        let entry = Entry::new(Verb::GuidanceKept, union.name.clone())
            .detail("办理", new.kind.label())
            .detail("姓名", new.name.clone())
            .detail("职务", new.title.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Filled.at(COLLEGES)).into_response())
}
