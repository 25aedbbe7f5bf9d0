//! 公开栏: a page of each union for every student of the university, and without signing in where the League committee says so.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime};

use super::{
    Verb,
    column_store::{self, Answered, AreaAnswered, Proposed},
    comment_store::{self, CommentRow, Stars},
    content::DepartmentLine,
    forms::CommentForm,
    paths::{DISCLOSURE, Done, column_path, open_path},
    store::{self, Announced, ColumnText, Deeds, Held, OpenAccount},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry},
    auth::{acting::Acting, person::SignedIn},
    failure::{Failure, Refusal},
    ids::{InstitutionId, UnionId},
    office::{Office, SchoolLeague},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store::calendar,
    rules::{Clause, Plan, Rule, yearly::academic_year_in_words},
    text::percent,
    unions::{
        chart::{Chart, ChartName, ChartUnit},
        documents,
        store::{self as unions, Constitution},
        union::{Department, PostKind, PostRow, Record, StudentUnion},
    },
    web::{
        downloads::Downloads,
        forms::{Done as After, Errors, Submitted, Upload, lines},
    },
};

/// How far back the figures go, in days: a year.
const BACK: i64 = 365;
/// Words on a union from so many students on are shown as a mean.
const ENOUGH: i64 = 5;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/disclosure", list)
        .get("/disclosure/comments", comments)
        .get("/disclosure/unions/{union}", show)
        .post("/disclosure/unions/{union}/comment", comment)
        .upload("/disclosure/unions/{union}/keep", keep)
        .get("/disclosure/unions/{union}/constitution", constitution)
        .get("/disclosure/open/{union}", open)
        .get("/disclosure/open/{union}/constitution", open_constitution)
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/list.html")]
struct ColumnsPage {
    chrome: Chrome,
    unions: Vec<StudentUnion>,
    is_league: bool,
    /// By which students watch; none where the plan is silent.
    clause: Option<Clause>,
}

fn is_league(person: &SignedIn) -> bool {
    person.acting.as_ref().is_some_and(|office| SchoolLeague::KINDS.contains(&office.kind))
}

async fn clause(db: &mut PgConnection, institution: InstitutionId, today: Date) -> Result<Option<Clause>, Failure> {
    let plans = calendar(db, institution).await?;
    let plan = plans.in_force(today);
    Ok(plan.and_then(|plan| plan.provision(Rule::Rgt06).map(|provision| provision.clause().clone())))
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<ColumnsPage, Failure> {
    let mut db = app.read().await?;
    let unions = unions::list(&mut db, person.institution, None).await?;
    let clause = clause(&mut db, person.institution, app.clock.today()).await?;
    Ok(ColumnsPage { chrome: app.chrome(&person, "公开栏"), unions, is_league: is_league(&person), clause })
}

/// An officer with what they are, and what their department sees to.
struct Officer {
    name: String,
    post: String,
    duty: String,
}

/// What the page of a union shows to everybody.
struct Column {
    union: StudentUnion,
    text: ColumnText,
    /// The version on file that holds today.
    filed: Option<Constitution>,
    chart: Chart,
    departments: Vec<DepartmentLine>,
    officers: Vec<Officer>,
    staff: usize,
    deeds: Deeds,
    by_area: Vec<AreaAnswered>,
    /// By title, for whoever has signed in: whoever asked agreed to no more. Else empty.
    answered: Vec<Answered>,
    proposed: Vec<Proposed>,
    announced: Vec<Announced>,
    held: Vec<Held>,
    stars: Stars,
}

impl Column {
    async fn read(
        db: &mut PgConnection,
        institution: InstitutionId,
        union: UnionId,
        now: OffsetDateTime,
    ) -> Result<Self, Failure> {
        let today = now.date();
        let union = unions::list(db, institution, Some(union)).await?.pop().ok_or(Failure::Missing)?;
        let text = store::column(db, union.id).await?;
        let since = now - Duration::days(BACK);
        let filed = filed(db, union.id, today).await?;
        let deeds = store::deeds(db, institution, union.id, since).await?;
        let by_area = column_store::answered_by_area(db, institution, union.id, since).await?;
        let proposed = column_store::proposed(db, institution, union.id).await?;
        let held = store::held(db, institution, union.id, since).await?;
        let announced = store::announced(db, institution, union.id).await?;
        let stars = comment_store::stars(db, union.id).await?;
        let record = unions::records(db, institution, vec![union.clone()], today).await?.pop();
        let record = record.ok_or(Failure::Missing)?;
        let departments = departments(&record, today);
        let plans = calendar(db, institution).await?;
        let duties = PresidiumDuties::of(plans.in_force(today).as_deref());
        Ok(Self {
            chart: chart(&record, &departments, today),
            officers: officers(&record, &departments, duties, today),
            departments,
            staff: record.people_on(today),
            union,
            text,
            filed,
            deeds,
            by_area,
            answered: Vec::new(),
            proposed,
            announced,
            held,
            stars,
        })
    }

    /// Officers by grade.
    fn grades(&self) -> Vec<Part> {
        let number = |count: i64| usize::try_from(count).unwrap_or(0);
        strip(&[
            PartCount::new("pass", "优秀", number(self.deeds.excellent)),
            PartCount::new("unknown", "良好", number(self.deeds.good)),
            PartCount::new("warn", "合格", number(self.deeds.satisfactory)),
            PartCount::new("fail", "不合格", number(self.deeds.unsatisfactory)),
        ])
    }

    /// Of the requests that were answered, those that were solved.
    fn solved(&self) -> String {
        match (u64::try_from(self.deeds.solved), u64::try_from(self.deeds.answered)) {
            (Ok(part), Ok(whole)) if whole > 0 => percent(part, whole),
            _ => "–".to_owned(),
        }
    }

    /// How many requests of each area were answered, in a sentence.
    fn areas(&self) -> String {
        let area = |one: &AreaAnswered| format!("{} {} 件", one.area.label(), one.count);
        self.by_area.iter().map(area).collect::<Vec<_>>().join("、")
    }

    /// How students judge it, where they are enough.
    fn mean(&self) -> Option<String> {
        self.stars.mean.filter(|_| self.stars.count >= ENOUGH).map(|mean| format!("{mean:.1}"))
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn enough(&self) -> i64 {
        ENOUGH
    }
}

/// The version of a union's constitution that holds on a day.
async fn filed(db: &mut PgConnection, union: UnionId, today: Date) -> Result<Option<Constitution>, Failure> {
    let versions = unions::constitutions(db, union).await?;
    Ok(versions.into_iter().find(|version| version.from_day <= today))
}

/// The presidium and the departments with their heads by name, of the others how many they are.
fn chart(record: &Record, departments: &[DepartmentLine], today: Date) -> Chart {
    let leading = |post: &PostRow| ChartName { text: post.name.clone(), leads: true };
    let unit = |department: &DepartmentLine| {
        let heads = record.posts_on(today).filter(|post| {
            post.kind == PostKind::Head && post.department_name.as_deref() == Some(department.name.as_str())
        });
        let mut names: Vec<ChartName> = heads.map(leading).collect();
        names.push(ChartName { text: format!("共 {} 人", department.people), leads: false });
        ChartUnit { title: department.name.clone(), names }
    };
    let units: Vec<ChartUnit> = departments.iter().map(unit).collect();
    let mut presidium: Vec<ChartName> = Vec::new();
    for name in record.posts_on(today).filter(|post| post.seat).map(leading) {
        // A chair who holds a member's post as well is one person.
        if !presidium.contains(&name) {
            presidium.push(name);
        }
    }
    Chart::of(&record.union.name, presidium, &units)
}

fn departments(record: &Record, today: Date) -> Vec<DepartmentLine> {
    let line = |department: &Department| DepartmentLine {
        name: department.name.clone(),
        functions: department.functions.clone(),
        people: record.posts_on(today).filter(|post| post.department == Some(department.id)).count(),
    };
    record.departments_on(today).map(line).collect()
}

/// What a plan says that a presidium sees to; empty where it is silent.
#[derive(Clone, Copy)]
struct PresidiumDuties {
    member: &'static str,
    chair: &'static str,
}

impl PresidiumDuties {
    fn of(plan: Option<&Plan>) -> Self {
        let says = |rule: Rule| plan.is_some_and(|plan| plan.provision(rule).is_some());
        Self {
            member: if says(Rule::Org05) { "参与主席团集体决定重大事项" } else { "" },
            chair: if says(Rule::Org06) { "召集会议、牵头日常工作" } else { "" },
        }
    }

    fn in_words(self, chair: bool) -> String {
        let own = if chair { self.chair } else { "" };
        [own, self.member].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join("；")
    }
}

/// The presidium and the heads of departments: who answers to students by name.
fn officers(record: &Record, departments: &[DepartmentLine], duties: PresidiumDuties, today: Date) -> Vec<Officer> {
    let chairs: Vec<&str> = record.chairs_on(today).collect();
    let leads = record.posts_on(today).filter(|post| post.seat || post.kind == PostKind::Head);
    let officer = |post: &PostRow| {
        let chair = post.seat && chairs.contains(&post.name.as_str());
        let post_name = post.label_with_place();
        let post_name = if chair { format!("{post_name}（执行主席）") } else { post_name };
        let own = departments.iter().find(|one| post.department_name.as_deref() == Some(one.name.as_str()));
        let duty =
            if post.seat { duties.in_words(chair) } else { own.map_or_else(String::new, |one| one.functions.clone()) };
        Officer { name: post.name.clone(), post: post_name, duty }
    };
    leads.map(officer).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/column.html")]
struct ColumnPage {
    chrome: Chrome,
    column: Column,
    grades: Vec<Part>,
    is_league: bool,
    is_student: bool,
    /// Where it is read without signing in; empty where it is not.
    address: String,
    /// The texts of the League committee's form.
    constitution: String,
    is_open: bool,
    form: CommentForm,
    errors: Errors,
    done: &'static str,
}

impl ColumnPage {
    fn here(&self) -> String {
        column_path(self.column.union.id)
    }
}

async fn page(
    app: &App,
    person: &SignedIn,
    union: UnionId,
    submitted: Submitted<CommentForm>,
    done: &'static str,
) -> Result<ColumnPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let mut column = Column::read(&mut db, person.institution, union, now).await?;
    column.answered = column_store::answered(&mut db, person.institution, union, now - Duration::days(BACK)).await?;
    drop(db);
    let Submitted { form, errors } = submitted;
    Ok(ColumnPage {
        chrome: app.chrome(person, &column.union.name).under(DISCLOSURE, "公开栏"),
        is_league: is_league(person),
        is_student: person.student.is_some(),
        address: if column.text.is_open { open_path(union) } else { String::new() },
        constitution: column.text.constitution.clone(),
        is_open: column.text.is_open,
        grades: column.grades(),
        column,
        form,
        errors,
        done,
    })
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(union): Path<UnionId>,
    Query(After { done }): Query<After>,
) -> Result<ColumnPage, Failure> {
    page(&app, &person, union, Submitted::default(), Done::said(&done)).await
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/open.html")]
struct OpenPage {
    chrome: Chrome,
    institution: String,
    column: Column,
    grades: Vec<Part>,
    /// Yearly accounts that are read without signing in too.
    accounts: Vec<OpenAccount>,
}

impl OpenPage {
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn year(&self, account: &OpenAccount) -> String {
        academic_year_in_words(i32::from(account.academic_year))
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn href(&self, account: &OpenAccount) -> String {
        account.id.open_path()
    }

    fn here(&self) -> String {
        open_path(self.column.union.id)
    }
}

/// The page of a union for whoever has not signed in, where the League committee says so.
async fn open(State(app): State<App>, Path(union): Path<UnionId>) -> Result<OpenPage, Failure> {
    let mut db = app.read().await?;
    let institution = store::open_union(&mut db, union).await?.ok_or(Failure::Missing)?;
    let column = Column::read(&mut db, institution, union, app.clock.now()).await?;
    let accounts = store::open_accounts(&mut db, institution).await?;
    let institution = store::institution_name(&mut db, institution).await?;
    let (chrome, grades) = (Chrome::bare(&column.union.name), column.grades());
    Ok(OpenPage { chrome, institution, column, grades, accounts })
}

/// The constitution on file, for whoever is of the university.
async fn constitution(
    State(app): State<App>,
    person: SignedIn,
    Path(union): Path<UnionId>,
) -> Result<Response, Failure> {
    let mut db = app.read().await?;
    let union = unions::list(&mut db, person.institution, Some(union)).await?.pop().ok_or(Failure::Missing)?;
    let filed = filed(&mut db, union.id, app.clock.today()).await?.ok_or(Failure::Missing)?;
    documents::saved(&mut db, filed.document).await
}

/// The same for whoever has not signed in, where the League committee says so.
async fn open_constitution(
    State(app): State<App>,
    Extension(downloads): Extension<Downloads>,
    Path(union): Path<UnionId>,
) -> Result<Response, Failure> {
    let place = downloads.place()?;
    let mut db = app.read().await?;
    store::open_union(&mut db, union).await?.ok_or(Failure::Missing)?;
    let filed = filed(&mut db, union, app.clock.today()).await?.ok_or(Failure::Missing)?;
    Ok(place.held_by(documents::saved(&mut db, filed.document).await?))
}

async fn comment(
    State(app): State<App>,
    person: SignedIn,
    Path(union): Path<UnionId>,
    Form(form): Form<CommentForm>,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let read = form.read(&mut errors);
    let Some(comment) = read else {
        let page = page(&app, &person, union, Submitted::new(form, errors), "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if person.student.is_none() {
        let chrome = app.chrome(&person, "评价学生会").under(DISCLOSURE, "公开栏");
        let refusal = Refusal { chrome, wanted: "评价学生会".to_owned(), back: column_path(union) };
        return Err(refusal.for_reason("评价由同学作出，你的账号不是学生账号", "单位的意见请直接告诉校团委"));
    }
    app.write_as(person.authority(), async |db| {
        if comment_store::comment(db, &person, union, &comment, now).await? { Ok(()) } else { Err(Failure::Missing) }
    })
    .await?;
    Ok(Redirect::to(&Done::Commented.at(&column_path(union))).into_response())
}

/// The most characters of a constitution.
const LONGEST: usize = 15_000;

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(union): Path<UnionId>,
    upload: Upload,
) -> Result<Response, Failure> {
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let typed = upload.field("constitution").to_owned();
    let constitution = if typed.trim().is_empty() {
        Some(String::new())
    } else {
        lines(&typed, LONGEST, "constitution", "", &mut errors)
    };
    let is_open = upload.field("is_open") == "yes";
    let Some(constitution) = constitution.filter(|_| errors.is_empty()) else {
        let submitted = Submitted::new(CommentForm::default(), errors);
        let page =
            ColumnPage { constitution: typed, is_open, ..page(&app, acting.person(), union, submitted, "").await? };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    app.write_as(acting.person().authority(), async |db| {
        let name = unions::list(db, acting.institution(), Some(union)).await?.pop().ok_or(Failure::Missing)?.name;
        let text = ColumnText { constitution, is_open };
        if !store::keep_column(db, &acting, union, &text, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::DisclosureKept, name)
            .detail("办理", "公开栏")
            .detail("不登录可看", if is_open { "是" } else { "否" });
        audit::append(db, acting.person(), entry, now).await
    })
    .await?;
    Ok(Redirect::to(&Done::Kept.at(&column_path(union))).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "disclosure/comments.html")]
struct CommentsPage {
    chrome: Chrome,
    rows: Vec<CommentRow>,
}

async fn comments(State(app): State<App>, acting: Acting<SchoolLeague>) -> Result<CommentsPage, Failure> {
    let rows = comment_store::comments(&mut *app.read().await?, acting.institution()).await?;
    Ok(CommentsPage { chrome: app.chrome(acting.person(), "同学的评价").under(DISCLOSURE, "公开栏"), rows })
}
