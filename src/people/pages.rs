//! The pages 人员: search, a student's record, corrections, leaving.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;

use super::{
    GradeReader, PeopleReader, Verb,
    corrections::{self, Correction},
    forms::{CorrectForm, LeaveForm, RenumberForm},
    paths::{Done, OWN_DATA, PEOPLE, TWINS, people_file},
    renumbering::{self, Renumbered},
    store::{self, Change, Grade, OfficeRow, Student, StudentColumn, StudentFilter, StudentRow, UnionPostRow},
    student::Left,
};
use crate::{
    app::{App, Routes},
    audit::{self, AUDIT, Entry, Overseer},
    auth::{
        acting::Acting,
        person::{Scope, SignedIn},
    },
    code_words::political::Status,
    directory::store::{CollegeRow, colleges},
    failure::Failure,
    ids::StudentId,
    inbox::{self, Notice, To},
    office::{Office, Registrar, SchoolLeague},
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, pages},
        table::{Heading, Sorting},
    },
    sheet::{ReportColumn, report_workbook},
    text::{chinese_day, folded},
    web::{
        forms::{self, Attempt, Errors, reason},
        workbook,
    },
};

const A_PAGE: i64 = 50;
/// More students than the largest university has.
const MOST_EXPORTED: i64 = 100_000;
/// Who entered longer ago is found by number or class.
const YEARS: i32 = 9;

#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/people", list)
        .recorded_get("/people.xlsx", file)
        .get("/people/{student}", show)
        .post("/people/{student}/correct", correct)
        .post("/people/{student}/renumber", renumber)
        .post("/people/{student}/leave", leave)
        .post("/people/{student}/return", come_back)
}

/// What the list is asked for, as the address has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StudentSearch {
    q: String,
    college: String,
    political: String,
    /// In which they entered.
    year: String,
    state: String,
    sort: String,
    page: i64,
}

impl StudentSearch {
    /// One character of a name is in hundreds of names; one of a number in all of them.
    fn is_too_short(&self) -> bool {
        self.q.chars().count() == 1
    }

    fn asks_for_some(&self) -> bool {
        [&self.q, &self.college, &self.political, &self.year, &self.state].iter().any(|one| !one.is_empty())
    }

    fn filter(&self) -> StudentFilter<'_> {
        StudentFilter {
            text: &self.q,
            college: self.college.parse().ok(),
            political: Status::ALL.iter().map(|status| status.label()).find(|label| *label == self.political),
            year: self.year.parse().ok(),
            left: self.state == "left",
            waiting: self.state == "waiting",
            twins: self.state == TWINS,
        }
    }

    fn sorting(&self) -> Sorting<StudentColumn> {
        Sorting::read(&self.sort, StudentColumn::Number)
    }

    /// The filter without the sorting, as an address has it.
    fn query(&self) -> String {
        let pairs = [
            ("q", &self.q),
            ("college", &self.college),
            ("political", &self.political),
            ("year", &self.year),
            ("state", &self.state),
        ];
        filters::query(&pairs.map(|(name, value)| (name, value.as_str())))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "people/list.html")]
struct StudentsPage {
    chrome: Chrome,
    rows: Vec<StudentRow>,
    total: i64,
    search: StudentSearch,
    columns: Vec<Heading>,
    statuses: &'static [Status],
    /// Years of entry that students can be of, the latest first.
    years: Vec<i32>,
    colleges: Vec<CollegeRow>,
    /// The office sees one college or class alone.
    place: Option<String>,
    pages: i64,
}

impl StudentsPage {
    /// The list as it is filtered and sorted, up to the number of the page.
    fn list(&self) -> String {
        let sort = self.search.sorting().in_address();
        format!("{PEOPLE}?{}&sort={sort}&", self.search.query())
    }

    fn file(&self) -> String {
        people_file(&self.search.query())
    }
}

async fn list(
    State(app): State<App>,
    acting: Acting<PeopleReader>,
    Query(search): Query<StudentSearch>,
) -> Result<StudentsPage, Failure> {
    let search =
        StudentSearch { q: folded(&search.q).replace('\0', ""), page: search.page.clamp(0, 100_000), ..search };
    let (mut db, scope) = (app.read().await?, acting.scope());
    let (rows, total) = if search.is_too_short() {
        (Vec::new(), 0)
    } else {
        let range = RowRange::page(search.page, A_PAGE);
        store::list(&mut db, &scope, &search.filter(), search.sorting(), range, app.clock.today()).await?
    };
    let colleges = if scope.college.is_none() && scope.class.is_none() {
        colleges(&mut db, scope.institution).await?
    } else {
        Vec::new()
    };
    let this_year = app.clock.today().year();
    Ok(StudentsPage {
        chrome: app.chrome(acting.person(), "人员"),
        rows,
        total,
        columns: search.sorting().headings(&format!("{PEOPLE}?{}&", search.query())),
        statuses: Status::ALL,
        years: (this_year - YEARS..=this_year).rev().collect(),
        colleges,
        place: acting.office().place.clone(),
        pages: pages(total, A_PAGE),
        search,
    })
}

/// The list as a workbook. That somebody took so many people's data with them is recorded.
async fn file(
    State(app): State<App>,
    acting: Acting<PeopleReader>,
    Query(search): Query<StudentSearch>,
) -> Result<Response, Failure> {
    let search = StudentSearch { q: folded(&search.q).replace('\0', ""), ..search };
    if search.is_too_short() {
        return Err(Failure::Malformed);
    }
    let (mut db, now, today) = (app.read().await?, app.clock.now(), app.clock.today());
    let range = RowRange { skip: 0, most: MOST_EXPORTED };
    let (rows, total) = store::list(&mut db, &acting.scope(), &search.filter(), search.sorting(), range, today).await?;
    drop(db);
    let person = acting.person();
    app.write_as(person.authority(), async |db| {
        let entry = Entry::new(audit::Verb::ListExported, "人员").detail("人数", total);
        audit::append(db, person, entry, now).await
    })
    .await?;
    let columns = [("学号", 16), ("姓名", 12), ("院系", 22), ("班级", 22), ("政治面貌", 14), ("账号", 14)]
        .map(|(heading, width)| ReportColumn { heading, width });
    let row = |one: StudentRow| {
        let account = one.account();
        vec![
            one.number,
            one.name,
            one.college,
            one.class,
            one.political.unwrap_or_else(|| "未登记".to_owned()),
            account,
        ]
    };
    let title = format!("{}学生名单", acting.office().place.as_ref().unwrap_or(&person.institution_name));
    let caption = format!("截至：{}　共 {total} 人", chinese_day(today));
    let bytes = app
        .heavy(move || report_workbook(&title, &caption, &columns, &rows.into_iter().map(row).collect::<Vec<_>>()))
        .await?
        .map_err(anyhow::Error::new)?;
    Ok(workbook("学生名单.xlsx", bytes))
}

impl StudentRow {
    /// Whether the account works, in words.
    fn account(&self) -> String {
        match self.left_on {
            Some(day) => format!("{day} 离校"),
            None if self.active => "已激活".to_owned(),
            None => "未激活".to_owned(),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "people/show.html")]
struct StudentPage {
    chrome: Chrome,
    student: Student,
    /// None where the office does not see grades.
    grades: Option<Vec<Grade>>,
    changes: Vec<Change>,
    held: Vec<OfficeRow>,
    union_posts: Vec<UnionPostRow>,
    may_keep: bool,
    /// The office may give the student another number.
    may_renumber: bool,
    /// What was done by them and to them; none where the office does not read the record.
    record: Option<String>,
    gone: bool,
    reasons: &'static [Left],
    form: CorrectForm,
    renumber: RenumberForm,
    leave: LeaveForm,
    errors: Errors,
    done: &'static str,
}

impl StudentPage {
    /// What is wrong was typed in the form of the correction, not in that of leaving.
    fn correction_failed(&self) -> bool {
        let of = |field| self.errors.of(field).is_some();
        let others_are_empty = self.leave.day.is_empty() && self.leave.why.is_empty() && !self.renumbering_failed();
        let own = ["number", "name", "class", "political", "gender", "ethnic"];
        own.into_iter().any(of) || (of("reason") && others_are_empty)
    }

    fn renumbering_failed(&self) -> bool {
        ["new_number", "new_reason"].into_iter().any(|field| self.errors.of(field).is_some())
    }
}

/// What the forms of a student's page show: as typed, or as they are first.
struct StudentForms {
    correct: Option<CorrectForm>,
    renumber: RenumberForm,
    leave: LeaveForm,
    errors: Errors,
    done: &'static str,
}

impl StudentForms {
    fn none(done: &'static str) -> Self {
        let (renumber, leave) = (RenumberForm::default(), LeaveForm::default());
        Self { correct: None, renumber, leave, errors: Errors::default(), done }
    }
}

async fn show_page(
    app: &App,
    person: &SignedIn,
    scope: Scope,
    id: StudentId,
    forms: StudentForms,
) -> Result<StudentPage, Failure> {
    let mut db = app.read().await?;
    let student = store::find(&mut db, &scope, id).await?.ok_or(Failure::Missing)?;
    let kind = person.acting.as_ref().map(|office| office.kind);
    // A class branch is run by classmates, and an administrator has no say in who is eligible: ranks are none of their
    // business.
    let sees_grades = kind.is_some_and(|kind| GradeReader::KINDS.contains(&kind));
    let grades = if sees_grades { Some(store::grades(&mut db, id).await?) } else { None };
    let changes = if sees_grades { store::changes(&mut db, id).await? } else { Vec::new() };
    let held = store::held(&mut db, id).await?;
    let union_posts = store::union_posts(&mut db, id).await?;
    let oversees = kind.is_some_and(|kind| Overseer::KINDS.contains(&kind));
    let record = || format!("{AUDIT}?{}", filters::query(&[("q", student.number.as_str())]));
    Ok(StudentPage {
        chrome: app.chrome(person, &student.name).under(PEOPLE, "人员"),
        form: forms.correct.unwrap_or_else(|| CorrectForm::of(&student)),
        gone: student.left_on.is_some_and(|day| day <= app.clock.today()),
        record: oversees.then(record),
        student,
        grades,
        changes,
        held,
        union_posts,
        may_keep: kind.is_some_and(|kind| Registrar::KINDS.contains(&kind)),
        may_renumber: kind.is_some_and(|kind| SchoolLeague::KINDS.contains(&kind)),
        reasons: Left::ALL,
        renumber: forms.renumber,
        leave: forms.leave,
        errors: forms.errors,
        done: forms.done,
    })
}

async fn show(
    State(app): State<App>,
    acting: Acting<PeopleReader>,
    Path(id): Path<StudentId>,
    Query(query): Query<forms::Done>,
) -> Result<StudentPage, Failure> {
    let done = query.done.parse().map_or("", Done::label);
    show_page(&app, acting.person(), acting.scope(), id, StudentForms::none(done)).await
}

async fn unfit<O: Office>(
    app: &App,
    acting: &Acting<O>,
    id: StudentId,
    forms: StudentForms,
) -> Result<Response, Failure> {
    let page = show_page(app, acting.person(), acting.scope(), id, forms).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn correct(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<CorrectForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let mut db = app.read().await?;
    let known = store::find(&mut db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
    let read = form.read(&mut db, acting.institution(), &known, &mut errors).await?;
    drop(db);
    let Some(to) = read else {
        return unfit(&app, &acting, id, StudentForms { correct: Some(form), errors, ..StudentForms::none("") }).await;
    };
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            store::find(db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
            let fields = match corrections::correct(db, &acting, id, &to, now).await? {
                Correction::Done(fields) => fields,
                Correction::NumberTaken => return Ok(Attempt::fault("number", "这个学号已属于另一人")),
                Correction::Staff => {
                    let says = "此人担任学校或院系的工作职务，学号和姓名由系统管理员更正";
                    return Ok(Attempt::fault("number", says));
                }
            };
            if fields.is_empty() {
                return Ok(Attempt::Done(Done::Same));
            }
            let names = fields.iter().map(|field| field.label()).collect::<Vec<_>>().join("、");
            let entry = Entry::about(Verb::StudentCorrected, id).detail("项目", names.clone());
            audit::append(db, acting.person(), entry, now).await?;
            let notice = Notice::new(format!("你的信息有更正：{names}"), OWN_DATA).says(format!(
                "由{}办理，理由：{}",
                acting.office().label(),
                to.reason
            ));
            inbox::tell(db, acting.institution(), To::Student(id), &notice, now).await?;
            Ok(Attempt::Done(Done::Corrected))
        })
        .await?;
    let Some(done) = attempt.done_or(&mut errors) else {
        return unfit(&app, &acting, id, StudentForms { correct: Some(form), errors, ..StudentForms::none("") }).await;
    };
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

async fn renumber(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<StudentId>,
    Form(form): Form<RenumberForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(to) = form.read(&mut errors) else {
        return unfit(&app, &acting, id, StudentForms { renumber: form, errors, ..StudentForms::none("") }).await;
    };
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            let (number, joined) = match renumbering::renumber(db, &acting, id, &to, now).await? {
                Renumbered::Done { number, joined } => (number, joined),
                refused => return Ok(Attempt::fault("new_number", refused.says())),
            };
            let entry =
                Entry::about(Verb::StudentRenumbered, id).detail("合并重复的人", if joined { "是" } else { "否" });
            audit::append(db, acting.person(), entry, now).await?;
            let notice = Notice::new(format!("你的学号已换为 {number}"), OWN_DATA).says(format!(
                "由{}办理，理由：{}。今后用新学号登录，密码不变。",
                acting.office().label(),
                to.reason
            ));
            inbox::tell(db, acting.institution(), To::Student(id), &notice, now).await?;
            Ok(Attempt::Done(if joined { Done::Joined } else { Done::Renumbered }))
        })
        .await?;
    let Some(done) = attempt.done_or(&mut errors) else {
        return unfit(&app, &acting, id, StudentForms { renumber: form, errors, ..StudentForms::none("") }).await;
    };
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

async fn leave(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<LeaveForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(leaving) = form.read(app.clock.today(), &mut errors) else {
        return unfit(&app, &acting, id, StudentForms { leave: form, errors, ..StudentForms::none("") }).await;
    };
    let now = app.clock.now();
    let attempt = app
        .write_as(acting.person().authority(), async |db| {
            store::find(db, &acting.scope(), id).await?.ok_or(Failure::Missing)?;
            let gone = corrections::leave(db, &acting, &[id.0], &leaving, now).await?;
            if gone.students == 0 {
                let says = "没有登记：已经登记过离校，或担任学校、院系的工作职务，须先由系统管理员免去";
                return Ok(Attempt::fault("day", says));
            }
            let entry = Entry::about(Verb::StudentLeft, id)
                .detail("原因", leaving.why.label())
                .detail("日期", leaving.day.to_string())
                .detail("随之结束的职务", gone.offices);
            audit::append(db, acting.person(), entry, now).await?;
            Ok(Attempt::Done(Done::Left))
        })
        .await?;
    let Some(done) = attempt.done_or(&mut errors) else {
        return unfit(&app, &acting, id, StudentForms { leave: form, errors, ..StudentForms::none("") }).await;
    };
    Ok(Redirect::to(&done.at(&id.path())).into_response())
}

#[derive(Deserialize)]
struct ReturnForm {
    #[serde(default)]
    reason: String,
}

async fn come_back(
    State(app): State<App>,
    acting: Acting<Registrar>,
    Path(id): Path<StudentId>,
    Form(form): Form<ReturnForm>,
) -> Result<Response, Failure> {
    let mut errors = Errors::default();
    let Some(why) = reason(&form.reason, &mut errors) else {
        let leave = LeaveForm { reason: form.reason, ..LeaveForm::default() };
        return unfit(&app, &acting, id, StudentForms { leave, errors, ..StudentForms::none("") }).await;
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        if !corrections::come_back(db, &acting, id, &why, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::about(Verb::StudentLeft, id).detail("原因", "恢复在校");
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Back.at(&id.path())).into_response())
}
