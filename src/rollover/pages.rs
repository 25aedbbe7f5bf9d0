//! The pages 学年更替.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    Verb,
    cohort::Cohort,
    consequences::{Consequences, consequences},
    paths::{ROLLOVER, UNDONE, rollover_after},
    store::{self, ClassRow, Merger},
    undoing::{self, LastTurn, NewTurn},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::acting::Acting,
    directory,
    failure::Failure,
    ids::YearTurnId,
    office::Registrar,
    page::{chrome::Chrome, filters},
    people::{
        corrections::{self, Leaving},
        forms::leaving_day,
        student::Left,
    },
    web::forms::{Errors, Submitted, filled_in},
};

/// Mergers in one form.
const MERGERS: usize = 4;

/// The routes of the turn of the year.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/rollover", ask)
        .post("/rollover/preview", preview)
        .post("/rollover", turn)
        .post("/rollover/{turn}/undo", undo)
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct YearForm {
    day: String,
    cohort: Vec<String>,
    from: Vec<String>,
    into: Vec<String>,
    /// What the preview counted: what is done must be what was seen.
    #[serde(skip_serializing)]
    seen: String,
    /// How many leave, typed to confirm.
    #[serde(skip_serializing)]
    people: String,
    /// The entry years of the cohorts that are not due, typed to confirm.
    #[serde(skip_serializing)]
    early: String,
}

impl YearForm {
    /// Where the page is that asks, with everything chosen.
    fn path(&self) -> Result<String, Failure> {
        filled_in(ROLLOVER, self)
    }

    /// Nothing is chosen.
    fn is_blank(&self) -> bool {
        self.cohort.is_empty() && self.from.is_empty()
    }
}

/// What the form asks for.
struct YearTurn {
    day: Option<Date>,
    cohorts: Vec<Cohort>,
    mergers: Vec<Merger>,
    /// What ends elsewhere, and what follows.
    follows: Consequences,
}

impl YearTurn {
    /// The figures that a preview shows, as one text.
    fn seen(&self) -> String {
        let cohorts = self.cohorts.iter().map(|c| format!("{}={}/{}", c.key(), c.students, c.offices));
        let mergers =
            self.mergers.iter().map(|Merger { from, into }| format!("{}({})>{}", from.id, from.students, into.id));
        cohorts.chain(mergers).chain([self.follows.seen()]).collect::<Vec<_>>().join(",")
    }

    /// The cohorts that are not due on the day.
    fn early(&self) -> Vec<&Cohort> {
        self.cohorts.iter().filter(|cohort| self.day.is_some_and(|day| !cohort.is_due(day))).collect()
    }

    /// What stands typed must be how many leave, and the entry year of every cohort that is not due.
    fn check_typed(&self, form: &YearForm, errors: &mut Errors) {
        if self.cohorts.is_empty() {
            return;
        }
        let typed = |text: &str| -> Vec<i64> {
            let digits = crate::text::folded(text);
            digits.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
        };
        let mut years: Vec<i64> = self.early().iter().map(|cohort| cohort.entry_year.into()).collect();
        let mut early = typed(&form.early);
        for list in [&mut years, &mut early] {
            list.sort_unstable();
            list.dedup();
        }
        if !years.is_empty() && years != early {
            let labels: Vec<String> = self.early().iter().map(|cohort| cohort.label()).collect();
            errors.add("early", format!("{}还没有到毕业年份；确实要办的，请输入它的年级", labels.join("、")));
        }
        // As the page writes it: 2,749.
        if typed(&form.people.replace([',', '，'], "")) != [self.students()] {
            errors.add("people", "请输入上面合计的学生人数");
        }
    }

    fn students(&self) -> i64 {
        self.cohorts.iter().map(|cohort| cohort.students).sum()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "rollover/ask.html")]
struct RolloverPage {
    chrome: Chrome,
    cohorts: Vec<Cohort>,
    classes: Vec<ClassRow>,
    form: YearForm,
    /// The mergers as typed: from which class into which.
    places: Vec<(String, String)>,
    errors: Errors,
    done: String,
    last: Option<LastTurn>,
    /// What has been built on the last turn.
    obstacles: Vec<String>,
    today: Date,
}

async fn ask_page(
    app: &App,
    acting: &Acting<Registrar>,
    submitted: Submitted<YearForm>,
    done: String,
) -> Result<RolloverPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let last = undoing::last(&mut db, acting.institution()).await?;
    let obstacles = match last.as_ref().filter(|last| last.undone_at.is_none()) {
        Some(last) => undoing::obstacles(&mut db, last.id).await?,
        None => Vec::new(),
    };
    let cohorts = store::cohorts(&mut db, acting.institution(), app.clock.now()).await?;
    let classes = store::classes(&mut db, acting.institution(), app.clock.today()).await?;
    let Submitted { form, errors } = submitted;
    let pick = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
    let places = (0..MERGERS).map(|place| (pick(&form.from, place), pick(&form.into, place))).collect();
    Ok(RolloverPage {
        chrome: app.chrome(acting.person(), "学年更替"),
        cohorts,
        classes,
        form,
        places,
        errors,
        done,
        last,
        obstacles,
        today,
    })
}

#[derive(Deserialize)]
struct RolloverQuery {
    #[serde(default)]
    left: Option<i64>,
    #[serde(default)]
    moved: Option<i64>,
    #[serde(default)]
    undone: String,
}

async fn ask(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Query(RolloverQuery { left, moved, undone }): Query<RolloverQuery>,
    Query(chosen): Query<YearForm>,
) -> Result<RolloverPage, Failure> {
    let done = match (left, moved) {
        (Some(left), Some(moved)) => format!("已办理：{left} 人登记毕业离校，{moved} 人随班级合并转入新班。"),
        _ if undone == "yes" => "已撤销，学生、班级、任职和候选人都恢复到办理之前。".to_owned(),
        _ => String::new(),
    };
    let form = if chosen.is_blank() { proposed(&app, &acting).await? } else { chosen };
    ask_page(&app, &acting, Submitted::new(form, Errors::default()), done).await
}

/// The cohorts that are due.
async fn proposed(app: &App, acting: &Acting<Registrar>) -> Result<YearForm, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let cohorts = store::cohorts(&mut db, acting.institution(), app.clock.now()).await?;
    let due = cohorts.iter().filter(|cohort| cohort.is_due(today)).map(Cohort::key).collect();
    Ok(YearForm { cohort: due, ..YearForm::default() })
}

async fn read(
    app: &App,
    acting: &Acting<Registrar>,
    form: &YearForm,
    errors: &mut Errors,
) -> Result<YearTurn, Failure> {
    let mut db = app.read().await?;
    let all = store::cohorts(&mut db, acting.institution(), app.clock.now()).await?;
    let cohorts: Vec<Cohort> = all.into_iter().filter(|cohort| form.cohort.contains(&cohort.key())).collect();
    let classes = store::classes(&mut db, acting.institution(), app.clock.today()).await?;
    let mut mergers: Vec<Merger> = Vec::new();
    let any_class = form.from.iter().chain(&form.into).any(|class| !class.is_empty());
    if cohorts.is_empty() && !any_class {
        errors.add("cohort", "请至少勾选一个毕业年级，或填写一次班级合并");
    }
    let day = if cohorts.is_empty() { None } else { leaving_day(&form.day, app.clock.today(), errors) };
    for (from, into) in form.from.iter().zip(&form.into).take(MERGERS) {
        if from.is_empty() && into.is_empty() {
            continue;
        }
        let find = |id: &String| classes.iter().find(|class| class.id.to_string() == *id).cloned();
        match (find(from), find(into)) {
            (Some(from), Some(into)) if from.id == into.id => {
                errors.add("from", format!("{}不能并入自己", from.name));
            }
            (Some(from), Some(into)) => {
                let overlaps =
                    |other: &Merger| other.from.id == from.id || other.from.id == into.id || other.into.id == from.id;
                if mergers.iter().any(overlaps) {
                    errors.add("from", format!("{}出现在两次合并里", from.name));
                }
                mergers.push(Merger { from, into });
            }
            _ => errors.add("from", "请同时选择被合并的班和并入的班"),
        }
    }
    let graduates = |class: &ClassRow| cohorts.iter().any(|cohort| cohort.key() == class.cohort);
    if let Some(Merger { from, into }) =
        mergers.iter().find(|merger| graduates(&merger.from) || graduates(&merger.into))
    {
        errors.add("from", format!("{}并入{}：其中一班正在毕业年级里，不能同时合并", from.name, into.name));
    }
    let follows = match day {
        Some(day) => consequences(app, &mut db, acting.institution(), &cohorts, day, app.clock.now()).await?,
        None => Consequences::default(),
    };
    Ok(YearTurn { day, cohorts, mergers, follows })
}

#[derive(Template, WebTemplate)]
#[template(path = "rollover/preview.html")]
struct RolloverPreviewPage {
    chrome: Chrome,
    turn: YearTurn,
    form: YearForm,
    /// The page that asks, with everything chosen.
    back: String,
    seen: String,
    changed: bool,
    errors: Errors,
}

fn preview_page(
    app: &App,
    acting: &Acting<Registrar>,
    turn: YearTurn,
    submitted: Submitted<YearForm>,
    changed: bool,
) -> Result<RolloverPreviewPage, Failure> {
    let chrome = app.chrome(acting.person(), "核对").under(ROLLOVER, "学年更替");
    let Submitted { form, errors } = submitted;
    Ok(RolloverPreviewPage { chrome, back: form.path()?, seen: turn.seen(), turn, form, changed, errors })
}

async fn preview(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Form(form): Form<YearForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let turn = Box::pin(read(&app, &acting, &form, &mut errors)).await?;
    if !errors.is_empty() {
        let page = ask_page(&app, &acting, Submitted::new(form, errors), String::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(preview_page(&app, &acting, turn, Submitted::new(form, errors), false)?.into_response())
}

async fn turn(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Form(form): Form<YearForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let turn = Box::pin(read(&app, &acting, &form, &mut errors)).await?;
    if !errors.is_empty() {
        let page = ask_page(&app, &acting, Submitted::new(form, errors), String::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if turn.seen() != form.seen {
        let page = preview_page(&app, &acting, turn, Submitted::new(form, errors), true)?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    turn.check_typed(&form, &mut errors);
    if !errors.is_empty() {
        let page = preview_page(&app, &acting, turn, Submitted::new(form, errors), false)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let (left, moved) = app
        .write_as(acting.person().authority(), async |db| {
            // No import writes into a class that ends here.
            let institution = directory::store::lock(db, acting.institution()).await?;
            let names: Vec<String> = turn.cohorts.iter().map(Cohort::label).collect();
            let levels: Vec<String> = turn.cohorts.iter().map(|cohort| cohort.level.clone()).collect();
            let years: Vec<i32> = turn.cohorts.iter().map(|cohort| cohort.entry_year).collect();
            let merged: Vec<_> = turn.mergers.iter().map(|merger| merger.from.id.0).collect();
            let mut new = NewTurn {
                day: turn.day,
                cohorts: names.join("、"),
                students: undoing::students_in(db, &institution, &merged).await?,
                classes: undoing::classes_of(db, &institution, &levels, &years).await?,
            };
            new.classes.extend(merged);
            for cohort in &turn.cohorts {
                new.students.extend(store::students_of(db, &institution, cohort).await?);
            }
            let year_turn = undoing::begin(db, &institution, &acting, &new, now).await?;
            let (mut left, mut offices, mut moved) = (0, 0, 0);
            for cohort in &turn.cohorts {
                let day = turn.day.ok_or(Failure::Malformed)?;
                let students = store::students_of(db, &institution, cohort).await?;
                if i64::try_from(students.len()).ok() != Some(cohort.students) {
                    // Somebody came or went since the preview: it is to be seen again.
                    return Err(Failure::Busy);
                }
                let reason = format!("学年更替：{}毕业", cohort.label());
                let leaving = Leaving { day, why: Left::Graduated, reason };
                let gone = corrections::leave(db, &acting, &students, &leaving, now).await?;
                left += gone.students;
                offices += gone.offices;
                store::end_classes(db, &institution, cohort, day, now).await?;
            }
            for Merger { from, into } in &turn.mergers {
                moved += store::merge(db, &institution, &acting, from.id, into.id, now).await?;
            }
            undoing::finish(db, &institution, year_turn, left, moved).await?;
            let entry = Entry::new(Verb::YearTurned, "学年更替")
                .detail("毕业年级", names.join("、"))
                .detail("毕业人数", left)
                .detail("随之结束的职务", offices)
                .detail("随之结束的学生会任职", turn.follows.posts())
                .detail("合并班级", turn.mergers.len())
                .detail("转班人数", moved);
            audit::append(db, acting.person(), entry, now).await?;
            Ok((left, moved))
        })
        .await?;
    Ok(Redirect::to(&rollover_after(left, moved)).into_response())
}

/// Takes the last turn back, unless something has been built on it.
async fn undo(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<YearTurnId>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let obstacles = app
        .write_as(acting.person().authority(), async |db| {
            let institution = directory::store::lock(db, acting.institution()).await?;
            let last = undoing::last(db, acting.institution()).await?.filter(|last| last.id == id);
            let last = last.ok_or(Failure::Missing)?;
            let obstacles = undoing::obstacles(db, id).await?;
            if obstacles.is_empty() {
                undoing::undo(db, &institution, &acting, id, now).await?;
                let entry = Entry::new(Verb::YearTurnUndone, "学年更替")
                    .detail("毕业年级", last.cohorts)
                    .detail("恢复在校", last.students)
                    .detail("转回原班", last.moved);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(obstacles)
        })
        .await?;
    if obstacles.is_empty() {
        return Ok(Redirect::to(UNDONE).into_response());
    }
    // The page says what stands in the way.
    let form = proposed(&app, &acting).await?;
    let page = ask_page(&app, &acting, Submitted::new(form, Errors::default()), String::new()).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}
