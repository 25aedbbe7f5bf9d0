//! The page 调研: what is to be answered, what is published, and for whoever makes questionnaires their own and how regular they
//! are.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Surveys, Verb,
    desk::too_many_drafts,
    forms::{SettingForm, SetupForm},
    hosts::Hosts,
    paths::{Done, SURVEYS},
    store::{self, SurveyFilter},
    survey::{MOST_DRAFTS, Stage, Survey},
};
use crate::{
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    directory::store::{CollegeRow, colleges},
    failure::{Failure, Refusal},
    ids::SurveyId,
    office::SchoolLeague,
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{
        Clause, Finding, Rule,
        survey::{PER_SEMESTER, regular},
    },
    unions::{store::survey_coverage, union::StudentUnion},
    voice::VoiceKeeper,
    web::{
        forms::{Done as After, Errors},
        routes::Routes,
    },
};

pub(super) fn routes() -> Routes<Surveys> {
    Routes::default().get("/surveys", list).post("/surveys", make).post("/surveys/settings", set)
}

/// How regular a union's questionnaires are.
struct Regular {
    union: String,
    finding: Finding,
}

/// What the forms of the page have been filled in with.
#[derive(Default)]
struct ListForms {
    setup: SetupForm,
    setting: Option<SettingForm>,
    errors: Errors,
    done: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "surveys/list.html")]
struct SurveysPage {
    chrome: Chrome,
    to_answer: Vec<Survey>,
    answered: Vec<Survey>,
    published: Vec<Survey>,
    /// Those that the office keeps.
    own: Vec<Survey>,
    hosts: Hosts,
    colleges: Vec<CollegeRow>,
    regular: Vec<Regular>,
    clause: Option<Clause>,
    practice: u32,
    /// The League committee sets how many a semester has.
    sets: bool,
    setting: SettingForm,
    form: SetupForm,
    now: OffsetDateTime,
    errors: Errors,
    done: &'static str,
}

/// How regular the questionnaires of an office's unions are, under their clause.
async fn judged(db: &mut PgConnection, person: &SignedIn, hosts: &Hosts, today: Date) -> Result<Vec<Regular>, Failure> {
    let plans = calendar(db, person.institution).await?;
    let Some(plan) = plans.in_force(today).filter(|plan| plan.provision(Rule::Rgt03).is_some()) else {
        return Ok(Vec::new());
    };
    let held = survey_coverage(db, person.institution, None, today).await?;
    let judge = |union: &StudentUnion| {
        let own = held.iter().find(|one| one.union == union.id)?;
        Some(Regular { union: union.name.clone(), finding: regular(&plan, &own.held, today) })
    };
    Ok(hosts.unions.iter().filter_map(judge).collect())
}

/// Questionnaires of ids, or that stand somewhere.
async fn of(
    db: &mut PgConnection,
    person: &SignedIn,
    ids: Option<Vec<SurveyId>>,
    stages: Option<&'static [Stage]>,
) -> Result<Vec<Survey>, Failure> {
    store::surveys(db, person.institution, SurveyFilter { ids, stages, hosts: None }).await
}

async fn page(surveys: &Surveys, person: &SignedIn, forms: ListForms) -> Result<SurveysPage, Failure> {
    let (mut db, now) = (surveys.read().await?, surveys.clock.now());
    let hosts = Hosts::of(&mut db, person).await?;
    // Each is looked for by itself: however many others there are, none of these is left out.
    let (mut to_answer, mut answered, mut own) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(student) = person.student {
        let asked = store::to_answer(&mut db, person, student, now).await?.into_iter().map(|one| one.id).collect();
        to_answer = of(&mut db, person, Some(asked), None).await?;
        let done = store::answered(&mut db, student).await?;
        answered = of(&mut db, person, Some(done), Some(&[Stage::Open, Stage::Closed])).await?;
    }
    let published = of(&mut db, person, None, Some(&[Stage::Published])).await?;
    if !hosts.is_empty() {
        let filter = SurveyFilter { hosts: Some(hosts.of_theirs()), ..SurveyFilter::default() };
        own = store::surveys(&mut db, person.institution, filter).await?;
    }
    let regular = judged(&mut db, person, &hosts, surveys.clock.today()).await?;
    let per_semester = store::per_semester(&mut db, person.institution).await?.unwrap_or(PER_SEMESTER);
    let ListForms { setup, setting, errors, done } = forms;
    Ok(SurveysPage {
        chrome: surveys.chrome(person, "调研"),
        to_answer,
        answered,
        published,
        own,
        colleges: colleges(&mut db, person.institution).await?,
        clause: regular.first().and_then(|one| one.finding.clause.clone()),
        regular,
        practice: PER_SEMESTER,
        sets: hosts.league,
        hosts,
        setting: setting.unwrap_or_else(|| SettingForm { per_semester: per_semester.to_string() }),
        form: setup,
        now,
        errors,
        done,
    })
}

async fn list(
    State(surveys): State<Surveys>,
    person: SignedIn,
    Query(After { done }): Query<After>,
) -> Result<SurveysPage, Failure> {
    page(&surveys, &person, ListForms { done: Done::said(&done), ..ListForms::default() }).await
}

async fn make(
    State(surveys): State<Surveys>,
    acting: Acting<VoiceKeeper>,
    Form(form): Form<SetupForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    let mut db = surveys.read().await?;
    let hosts = Hosts::of(&mut db, acting.person()).await?;
    let known: Vec<_> = colleges(&mut db, acting.institution()).await?.iter().map(|college| college.id).collect();
    drop(db);
    let Some(setup) = form.read(&hosts, &known, now, &mut errors) else {
        let forms = ListForms { setup: form, errors, ..ListForms::default() };
        let page = page(&surveys, acting.person(), forms).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = surveys
        .write_as(acting.person().authority(), async |db| {
            if store::drafts(db, acting.institution(), setup.union).await? >= MOST_DRAFTS {
                let chrome = surveys.chrome(acting.person(), "制作问卷").under(SURVEYS, "调研");
                let wanted = "制作问卷".to_owned();
                return Err(too_many_drafts(Refusal { chrome, wanted, back: SURVEYS.to_owned() }));
            }
            let id = store::make(db, &acting, &setup, now).await?;
            let entry = Entry::new(Verb::SurveyKept, setup.title.clone()).detail("办理", "制作问卷");
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Made.at(&id.desk_path())).into_response())
}

async fn set(
    State(surveys): State<Surveys>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<SettingForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (surveys.clock.now(), Errors::default());
    let Some(number) = form.read(&mut errors) else {
        let forms = ListForms { setting: Some(form), errors, ..ListForms::default() };
        let page = page(&surveys, acting.person(), forms).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    surveys
        .write_as(acting.person().authority(), async |db| {
            store::set_per_semester(db, &acting, number, now).await?;
            let mut entry = Entry::new(Verb::SurveyKept, "调研次数").detail("每学期", format!("{number} 次"));
            let plans = calendar(db, acting.institution()).await?;
            let plan = plans.in_force(now.date());
            if let Some(provision) = plan.as_ref().and_then(|plan| plan.provision(Rule::Rgt03)) {
                entry = entry.under(provision.clause());
            }
            audit::append(db, acting.person(), entry, now).await
        })
        .await?;
    Ok(Redirect::to(&Done::Set.at(SURVEYS)).into_response())
}
