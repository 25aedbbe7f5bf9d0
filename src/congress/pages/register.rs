//! What is taken down from papers: a congress held before the portal, and why a college has none in a year.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use time::Date;

use super::form::{SAME_ORDINAL, kept_unions};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    congress::{
        CongressKeeper, Verb,
        paths::{CONGRESSES, Done},
        store,
    },
    failure::Failure,
    ids::UnionId,
    page::chrome::Chrome,
    rulebook::governing,
    rules::{Clause, Rule, plan::Union, yearly::academic_year},
    text::{day, folded},
    unions::{
        documents::{self, Scan},
        union::StudentUnion,
    },
    web::forms::{Errors, Upload, reason, written},
};

/// A congress held before the portal, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RegisterForm {
    pub union: String,
    pub ordinal: String,
    pub held: String,
}

impl RegisterForm {
    pub fn is_union(&self, id: &UnionId) -> bool {
        self.union == id.to_string()
    }

    fn read(&self, unions: &[StudentUnion], today: Date, errors: &mut Errors) -> Option<store::PastCongress> {
        let union = unions.iter().find(|union| self.is_union(&union.id)).map(|union| union.id);
        if union.is_none() {
            errors.add("union", "请选择召开大会的组织");
        }
        let ordinal = written(&self.ordinal, 30, "ordinal", "请填写届次，如“第二十二次”", errors);
        let held_on = day(&self.held).filter(|held| *held <= today);
        if held_on.is_none() {
            errors.add("held", "请填写召开日期，不晚于今天");
        }
        let (union, ordinal, held_on) = (union?, ordinal?, held_on?);
        let academic_year = i16::try_from(academic_year(held_on)).unwrap_or_default();
        errors.is_empty().then_some(store::PastCongress { union, academic_year, ordinal, held_on, document: None })
    }
}

/// Why a college holds none, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SlipForm {
    pub year: String,
    pub reason: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "congress/register.html")]
pub(super) struct RegisterPage {
    chrome: Chrome,
    unions: Vec<StudentUnion>,
    form: RegisterForm,
    slip: SlipForm,
    errors: Errors,
    /// The college whose union may say why it has none.
    may_slip: bool,
    /// What the plan says of how often colleges have one (CON-02).
    college: Option<Clause>,
}

async fn page(
    app: &App,
    acting: &Acting<CongressKeeper>,
    form: RegisterForm,
    slip: SlipForm,
    errors: Errors,
) -> Result<RegisterPage, Failure> {
    let mut db = app.read().await?;
    let unions = kept_unions(&mut db, acting).await?;
    let governing = governing(&mut db, acting.institution(), app.clock.today()).await?;
    let college = governing.and_then(|governing| Some(governing.plan.provision(Rule::Con02)?.clause().clone()));
    let chrome = app.chrome(acting.person(), "登记以往的大会").under(CONGRESSES, "学代会");
    let may_slip = unions.iter().any(|union| union.kind == Union::College);
    Ok(RegisterPage { chrome, unions, form, slip, errors, may_slip, college })
}

pub(super) async fn ask(State(app): State<App>, acting: Acting<CongressKeeper>) -> Result<RegisterPage, Failure> {
    let slip = SlipForm { year: academic_year(app.clock.today()).to_string(), ..SlipForm::default() };
    page(&app, &acting, RegisterForm::default(), slip, Errors::default()).await
}

fn unfit(page: RegisterPage) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

pub(super) async fn register(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let form: RegisterForm = upload.form()?;
    let unions = kept_unions(&mut *app.read().await?, &acting).await?;
    let past = form.read(&unions, now.date(), &mut errors);
    let scan = match upload.file.take().map(|file| Scan::read(&upload.file_name, &file)) {
        Some(Err(why)) => {
            errors.add("file", why);
            None
        }
        Some(Ok(scan)) => Some(scan),
        None => None,
    };
    let Some(mut past) = past.filter(|_| errors.is_empty()) else {
        return Ok(unfit(page(&app, &acting, form, SlipForm::default(), errors).await?));
    };
    let made = app
        .write_as(acting.person().authority(), async |db| {
            if store::of_ordinal(db, acting.institution(), past.union, &past.ordinal).await?.is_some() {
                return Ok(None);
            }
            past.document = match &scan {
                Some(scan) => Some(documents::keep(db, acting.person(), scan, now).await?),
                None => None,
            };
            let made = store::register(db, &acting, &past, now).await?;
            if made.is_some() {
                let union = unions.iter().find(|union| union.id == past.union).map(|union| union.name.clone());
                let entry = Entry::new(Verb::CongressKept, format!("{}{}", union.unwrap_or_default(), past.ordinal))
                    .detail("办理", "登记以往的大会")
                    .detail("召开日期", past.held_on.to_string());
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(made)
        })
        .await?;
    if let Some(id) = made {
        return Ok(Redirect::to(&Done::Registered.at(&id.path())).into_response());
    }
    errors.add("ordinal", SAME_ORDINAL);
    Ok(unfit(page(&app, &acting, form, SlipForm::default(), errors).await?))
}

pub(super) async fn slip(
    State(app): State<App>,
    acting: Acting<CongressKeeper>,
    Form(form): Form<SlipForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let unions = kept_unions(&mut *app.read().await?, &acting).await?;
    let union = unions.into_iter().find(|union| union.kind == Union::College);
    let year = folded(&form.year).parse::<i16>().ok().filter(|year| (2000..=2100).contains(year));
    if year.is_none() {
        errors.add("year", "请填写学年开始的年份，如 2026");
    }
    let why = reason(&form.reason, &mut errors);
    let Some(((year, why), union)) = year.zip(why).zip(union).filter(|_| errors.is_empty()) else {
        return Ok(unfit(page(&app, &acting, RegisterForm::default(), form, errors).await?));
    };
    app.write_as(acting.person().authority(), async |db| {
        store::keep_slip(db, &acting, union.id, year, &why, now).await?;
        let entry = Entry::new(Verb::CongressKept, union.name.clone())
            .detail("办理", "说明未召开大会的理由")
            .detail("学年", year)
            .detail("理由", why.clone());
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::SlipKept.at(CONGRESSES)).into_response())
}
