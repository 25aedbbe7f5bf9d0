//! The pages 教育培训 (DIS-02): a training is announced to whoever holds a post, and who came is taken down.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use time::Date;

use super::{
    Verb,
    forms::{AttendanceForm, TrainingForm},
    paths::{Done, OWN, TRAININGS},
    training::{Attendee, Presence, Training},
    trainings_store::{self as store, Attended},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    failure::{Failure, Refusal},
    ids::{TrainingId, UnionId},
    inbox::{self, Notice},
    office::UnionKeeper,
    page::{chrome::Chrome, filters},
    rulebook::store::calendar,
    rules::{Clause, Rule},
    text::chinese_day,
    unions::{store as unions, union::StudentUnion},
    web::forms::{Done as After, Errors, Submitted},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/trainings", list)
        .post("/trainings", announce)
        .get("/trainings/{training}", show)
        .post("/trainings/{training}/attendance", attend)
}

#[derive(Template, WebTemplate)]
#[template(path = "education/trainings.html")]
struct TrainingsPage {
    chrome: Chrome,
    trainings: Vec<Training>,
    /// The unions that the office manages.
    unions: Vec<StudentUnion>,
    /// DIS-02 in the plan's words.
    clause: Option<Clause>,
    form: TrainingForm,
    errors: Errors,
    today: Date,
    done: &'static str,
}

/// The unions under the rules that the office manages.
async fn managed(app: &App, acting: &Acting<UnionKeeper>) -> Result<Vec<StudentUnion>, Failure> {
    let mut all = unions::list(&mut *app.read().await?, acting.institution(), None).await?;
    all.retain(|union| union.is_managed_by(acting.office()) && union.opened_on.is_some());
    Ok(all)
}

/// The office manages a union of the training.
fn sees(managed: &[StudentUnion], training: &Training) -> bool {
    training.unions.iter().any(|id| managed.iter().any(|union| union.id == *id))
}

/// The office manages every union of the training.
fn keeps(managed: &[StudentUnion], training: &Training) -> bool {
    training.unions.iter().all(|id| managed.iter().any(|union| union.id == *id))
}

async fn page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    submitted: Submitted<TrainingForm>,
    done: &'static str,
) -> Result<TrainingsPage, Failure> {
    let (unions, today) = (managed(app, acting).await?, app.clock.today());
    let mut db = app.read().await?;
    let mut trainings = store::trainings(&mut db, acting.institution(), None).await?;
    trainings.retain(|training| sees(&unions, training));
    let plans = calendar(&mut db, acting.institution()).await?;
    let clause = plans.in_force(today).and_then(|plan| plan.provision(Rule::Dis02).map(|rule| rule.clause().clone()));
    let Submitted { form, errors } = submitted;
    let chrome = app.chrome(acting.person(), "教育培训");
    Ok(TrainingsPage { chrome, trainings, unions, clause, form, errors, today, done })
}

async fn list(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Query(After { done }): Query<After>,
) -> Result<TrainingsPage, Failure> {
    page(&app, &acting, Submitted::default(), Done::said(&done)).await
}

async fn announce(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Form(form): Form<TrainingForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let managed: Vec<UnionId> = managed(&app, &acting).await?.iter().map(|union| union.id).collect();
    let Some(new) = form.read(&managed, today, &mut errors) else {
        let page = page(&app, &acting, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = app
        .write_as(acting.person().authority(), async |db| {
            let (id, students) = store::announce(db, &acting, &new, now).await?;
            if new.on_day >= today {
                let notice = Notice::new(format!("培训：{}", new.title), OWN).says(format!(
                    "{}，{}。{}",
                    chinese_day(new.on_day),
                    new.place,
                    new.says
                ));
                inbox::tell_all(db, acting.institution(), &students, &notice, now).await?;
            }
            let entry = Entry::new(Verb::TrainingKept, new.title.clone())
                .detail("办理", "安排")
                .detail("日期", new.on_day.to_string())
                .detail("应到", students.len());
            audit::append(db, acting.person(), entry, now).await?;
            Ok(id)
        })
        .await?;
    Ok(Redirect::to(&Done::Announced.at(&id.path())).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "education/training.html")]
struct TrainingPage {
    chrome: Chrome,
    training: Training,
    attendees: Vec<Attendee>,
    /// The office may take down who came.
    keeps: bool,
    today: Date,
    done: &'static str,
}

/// The people of one union at a training.
struct UnionAttendees<'a> {
    name: &'a str,
    people: &'a [Attendee],
}

impl UnionAttendees<'_> {
    fn came(&self) -> usize {
        self.people.iter().filter(|one| one.came()).count()
    }
}

impl TrainingPage {
    /// The people union by union, as they are ordered.
    fn groups(&self) -> Vec<UnionAttendees<'_>> {
        let groups = self.attendees.chunk_by(|one, other| one.union_name == other.union_name);
        groups
            .filter_map(|people| people.first().map(|first| UnionAttendees { name: &first.union_name, people }))
            .collect()
    }
}

async fn show(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<TrainingId>,
    Query(After { done }): Query<After>,
) -> Result<TrainingPage, Failure> {
    let unions = managed(&app, &acting).await?;
    let mut db = app.read().await?;
    let training = store::trainings(&mut db, acting.institution(), Some(id)).await?.into_iter().next();
    let training = training.filter(|training| sees(&unions, training)).ok_or(Failure::Missing)?;
    let attendees = store::attendees(&mut db, id).await?;
    let keeps = keeps(&unions, &training) && training.on_day <= app.clock.today();
    let chrome = app.chrome(acting.person(), &training.title).under(TRAININGS, "教育培训");
    let (today, done) = (app.clock.today(), Done::said(&done));
    Ok(TrainingPage { chrome, training, attendees, keeps, today, done })
}

async fn attend(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<TrainingId>,
    Form(form): Form<AttendanceForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let unions = managed(&app, &acting).await?;
    app.write_as(acting.person().authority(), async |db| {
        let training = store::lock(db, acting.institution(), id).await?;
        if !keeps(&unions, &training) {
            return Err(Failure::Missing);
        }
        let attendees = store::attendees(db, id).await?;
        let is_expected = |number: &String| attendees.iter().any(|one| one.number == *number);
        if !form.came.iter().chain(&form.excused).all(is_expected) {
            return Err(Failure::Malformed);
        }
        let attended: Vec<Attended> = attendees
            .iter()
            .map(|one| Attended { student: one.student, presence: form.presence(&one.number) })
            .collect();
        if !store::close(db, &training, &attended, now).await? {
            let chrome = app.chrome(acting.person(), "登记到会").under(TRAININGS, "教育培训");
            let refusal = Refusal { chrome, wanted: "登记到会".to_owned(), back: id.path() };
            return Err(refusal.for_reason("培训还没有举办", "培训当天起可以登记到会"));
        }
        let came = attended.iter().filter(|one| one.presence == Presence::Came).count();
        let entry = Entry::new(Verb::TrainingKept, training.title.clone())
            .detail("办理", "登记到会")
            .detail("应到", attended.len())
            .detail("到会", came);
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Closed.at(&id.path())))
}
