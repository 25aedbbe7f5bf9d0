//! The unions of a university, one of them, its roster, its findings and its history.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use time::{Date, OffsetDateTime};

use super::{Evidence, Tabs, calendar, evidence, frame, seen};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::{
        acting::Acting,
        office::{Office, SchoolLeague, UnionKeeper, UnionReader},
    },
    checkup::roster::COLUMNS,
    directory::store::{CollegeRow, colleges},
    failure::Failure,
    ids::{CollegeId, UnionId},
    people::student::level_label,
    rules::{Finding, Outcome, plan::Union},
    sheet::drop_down_template,
    unions::{
        chart::Chart,
        store::{self, FactRow, Ground, RosterRow},
        union::{Department, PostKind, PostRow, Record, sees_grades},
    },
    web::{
        charts::QuotaBar,
        chrome::Chrome,
        filters,
        forms::{Done, Errors, written},
        workbook,
    },
};

const A_PAGE: i64 = 50;

/// A union as the list shows it.
struct UnionLine {
    id: UnionId,
    name: String,
    opened_on: Option<Date>,
    people: usize,
    departments: usize,
    chairs: Vec<String>,
    by_turn: bool,
    fails: usize,
    warns: usize,
    /// The governing plan has such unions.
    in_scope: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/list.html")]
pub(super) struct ListPage {
    chrome: Chrome,
    lines: Vec<UnionLine>,
    /// Kinds that could still be set up, and colleges without a union.
    missing: Vec<(&'static str, &'static str)>,
    without: Vec<CollegeRow>,
    may_create: bool,
    has_plan: bool,
    done: &'static str,
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let all = store::list(&mut db, acting.institution(), None).await?;
    let visible: Vec<_> = all.iter().filter(|union| union.is_seen_by(acting.office())).cloned().collect();
    let may_create = SchoolLeague::KINDS.contains(&acting.office().kind);
    // Who has one union goes there at once.
    let own = acting.office().college.is_some()
        || matches!(
            acting.office().kind,
            crate::auth::office::OfficeKind::SchoolUnion | crate::auth::office::OfficeKind::GraduateUnion
        );
    if let (true, [one]) = (own, visible.as_slice()) {
        return Ok(Redirect::to(&format!("/unions/{}", one.id)).into_response());
    }
    let records = store::records(&mut db, acting.institution(), visible, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(today);
    let line = |record: &Record| {
        let findings = plan.as_ref().and_then(|plan| record.timeline.findings(plan, today).ok());
        let count = |outcome| findings.iter().flatten().filter(|finding| finding.verdict == outcome).count();
        UnionLine {
            id: record.union.id,
            name: record.union.name.clone(),
            opened_on: record.union.opened_on,
            people: record.people_on(today),
            departments: record.departments_on(today).count(),
            chairs: record.chairs_on(today).map(str::to_owned).collect(),
            by_turn: record.timeline.rotates_on(today),
            fails: count(Outcome::Fail),
            warns: count(Outcome::Warn),
            in_scope: plan.is_none() || findings.is_some(),
        }
    };
    let in_plan = |kind: &Union| plan.as_ref().is_none_or(|plan| plan.unions.contains(kind));
    let missing = [Union::School, Union::Graduate]
        .into_iter()
        .filter(in_plan)
        .filter(|kind| !all.iter().any(|union| union.kind == *kind))
        .map(|kind| (kind.slug(), kind.label()))
        .collect();
    let mut without = colleges(&mut db, acting.institution()).await?;
    without.retain(|college| !all.iter().any(|union| union.college == Some(college.id)));
    let done = match done.as_str() {
        "created" => "已建立。下一步：打开它，做现状登记，然后启用。",
        _ => "",
    };
    let chrome = app.chrome(acting.person(), "学生会");
    let (lines, has_plan) = (records.iter().map(line).collect(), plan.is_some());
    Ok(ListPage { chrome, lines, missing, without, may_create, has_plan, done }.into_response())
}

#[derive(Deserialize)]
pub(super) struct CreateForm {
    #[serde(default)]
    what: String,
}

pub(super) async fn create(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Form(form): Form<CreateForm>,
) -> Result<Redirect, Failure> {
    let (now, today) = (app.clock.now(), app.clock.today());
    app.write_as(acting.person().standing(), move |db| {
        Box::pin(async move {
            crate::rulebook::store::lock_institution(db, acting.institution()).await?;
            let plan = calendar(db, acting.institution()).await?;
            let in_plan = |kind: Union| plan.in_force(today).is_none_or(|plan| plan.unions.contains(&kind));
            let wanted: Vec<(Union, Option<CollegeId>)> = match form.what.as_str() {
                "school" => vec![(Union::School, None)],
                "graduate" if in_plan(Union::Graduate) => vec![(Union::Graduate, None)],
                "colleges" => {
                    let all = colleges(db, acting.institution()).await?;
                    all.into_iter().map(|college| (Union::College, Some(college.id))).collect()
                }
                college => match college.parse() {
                    Ok(id) => vec![(Union::College, Some(id))],
                    Err(_) => return Err(Failure::Malformed),
                },
            };
            for (kind, college) in wanted {
                if let Some(id) = store::create(db, &acting, kind, college, now).await? {
                    let made = store::list(db, acting.institution(), Some(id)).await?;
                    let name = made.into_iter().next().map(|union| union.name).unwrap_or_default();
                    audit::append(db, acting.person(), Entry::new(Verb::UnionCreated, name), now).await?;
                }
            }
            Ok(())
        })
    })
    .await?;
    Ok(Redirect::to("/unions?done=created"))
}

/// A group of posts on a union's page.
struct Group {
    name: String,
    department: Option<Department>,
    posts: Vec<PostRow>,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/show.html")]
pub(super) struct ShowPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    groups: Vec<Group>,
    coming: Vec<PostRow>,
    chairs: Vec<String>,
    bars: Vec<(Finding, QuotaBar)>,
    open: Vec<Evidence>,
    /// A plan governs and has such unions.
    judged: bool,
    chart: Chart,
    people: usize,
    /// Who is on duty follows from confirmed turns, and not from the roster's mark.
    by_turn: bool,
    /// What was just done, for whoever comes from doing it.
    latest: Option<FactRow>,
    done: &'static str,
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(Done { done }): Query<Done>,
) -> Result<ShowPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = seen(&mut db, &acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let all = evidence(&record, &plans, &[], acting.office(), today);
    let judged = all.is_some();
    let all = all.unwrap_or_default();
    let bars = all
        .iter()
        .filter_map(|evidence| Some((evidence.finding.clone(), QuotaBar::new(evidence.finding.gauge?))))
        .collect();
    let open = all
        .into_iter()
        .filter(|evidence| matches!(evidence.finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown))
        .collect();
    let mut groups = vec![Group { name: "主席团".to_owned(), department: None, posts: Vec::new() }];
    for department in record.departments_on(today) {
        groups.push(Group { name: department.name.clone(), department: Some(department.clone()), posts: Vec::new() });
    }
    for post in record.posts_on(today) {
        let group = groups
            .iter_mut()
            .find(|group| group.department.as_ref().map(|department| department.id) == post.department);
        if let Some(group) = group {
            group.posts.push(post.clone());
        }
    }
    let coming = record.posts.iter().filter(|post| post.from_day > today).cloned().collect();
    let latest = if done.is_empty() { None } else { store::facts_of(&mut db, id, None, (0, 1)).await?.pop() };
    let done = match done.as_str() {
        "appointed" => "已任命，并已通知本人。",
        "ended" => "已办理离任。",
        "corrected" => "已更正；原来的登记保留在沿革里。",
        "opened" => "已启用。从现在起，每一次任命都按方案逐条核对。",
        "registered" => "现状已登记。请核对下面存在的问题，登记部门职能，然后启用。",
        "reshuffled" => "换届已办理。请接着在“轮值”里排定执行主席。",
        _ => "",
    };
    Ok(ShowPage {
        chrome: app.chrome(acting.person(), &record.union.name).under("/unions", "学生会"),
        tabs: Tabs::new(&acting, &record, ""),
        groups,
        coming,
        chairs: record.chairs_on(today).map(str::to_owned).collect(),
        bars,
        open,
        judged,
        chart: Chart::new(&record, today),
        people: record.people_on(today),
        by_turn: record.timeline.rotates_on(today),
        record,
        latest,
        done,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/open.html")]
pub(super) struct OpenPage {
    chrome: Chrome,
    record: Record,
    people: usize,
    /// The first day of the posts that were taken down.
    since: Option<Date>,
    counts: Vec<(&'static str, usize)>,
    /// Departments of which nobody has said what they do.
    blank: Vec<String>,
    ground: String,
    errors: Errors,
}

async fn open_page(
    app: &App,
    acting: &Acting<UnionKeeper>,
    id: UnionId,
    (ground, errors): (String, Errors),
) -> Result<OpenPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = super::kept(&mut db, acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let findings = plans.in_force(today).and_then(|plan| record.timeline.findings(&plan, today).ok());
    let count = |outcome: &Outcome| {
        let count = findings.iter().flatten().filter(|finding| finding.verdict == *outcome).count();
        (outcome.label(), count)
    };
    let counts = [Outcome::Fail, Outcome::Warn, Outcome::Unknown].iter().map(count).collect();
    let blank = record.departments_on(today).filter(|department| department.functions.is_empty());
    let blank = blank.map(|department| department.name.clone()).collect();
    let since = record.posts_on(today).map(|post| post.from_day).min();
    let chrome = frame(app, acting.person(), &record, "启用");
    Ok(OpenPage { chrome, people: record.people_on(today), since, counts, blank, record, ground, errors })
}

pub(super) async fn ask_open(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
) -> Result<OpenPage, Failure> {
    open_page(&app, &acting, id, (String::new(), Errors::default())).await
}

#[derive(Deserialize)]
pub(super) struct OpenForm {
    #[serde(default)]
    ground: String,
}

pub(super) async fn open(
    State(app): State<App>,
    acting: Acting<UnionKeeper>,
    Path(id): Path<UnionId>,
    Form(form): Form<OpenForm>,
) -> Result<Response, Failure> {
    let (now, today, mut errors) = (app.clock.now(), app.clock.today(), Errors::default());
    let Some(words) = written(&form.ground, 120, "ground", "请填写启用依据，如“校团委〔2026〕8号通知”", &mut errors)
    else {
        let page = open_page(&app, &acting, id, (form.ground, errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let opened = app
        .write_as(acting.person().standing(), move |db| {
            Box::pin(async move {
                let (locked, record) = store::lock(db, &acting, id, today).await?;
                let plans = calendar(db, acting.institution()).await?;
                let Some(plan) = plans.in_force(today) else { return Ok(false) };
                let Ok(findings) = record.timeline.findings(&plan, today) else { return Ok(false) };
                if record.people_on(today) == 0 {
                    return Ok(false);
                }
                let fails = findings.iter().filter(|finding| finding.verdict == Outcome::Fail).count();
                let says = format!("启用时 {} 人，不符合 {fails} 项", record.people_on(today));
                let ground = Ground { words, ..Ground::default() };
                if store::open(db, &locked, (today, &says), &ground, now).await? {
                    let entry = Entry::new(Verb::UnionOpened, record.union.name.clone())
                        .detail("情况", says)
                        .detail("依据", ground.words.clone());
                    audit::append(db, acting.person(), entry, now).await?;
                }
                Ok(true)
            })
        })
        .await?;
    Ok(Redirect::to(&format!("/unions/{id}{}", if opened { "?done=opened" } else { "" })).into_response())
}

#[derive(Template)]
#[template(path = "unions/roster.html")]
struct RosterPage {
    chrome: Chrome,
    id: UnionId,
    name: String,
    institution: String,
    rows: Vec<RosterRow>,
    today: Date,
    people: usize,
    /// The office sees what students do not see of each other.
    grades: bool,
}

/// 花名册: two statements, the session's and the roster's own.
pub(super) async fn roster(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Html<String>, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let rows = store::roster(&mut db, &acting.scope(), acting.office().kind, id, today).await?;
    let name = match rows.first() {
        Some(row) => row.union_name.clone(),
        // Nobody is in it, or it is not for this office: that takes one more look.
        None => seen(&mut db, &acting, id, today).await?.union.name,
    };
    let path = format!("/unions/{id}");
    let chrome = app.chrome(acting.person(), "花名册").under("/unions", "学生会").under(&path, &name);
    let grades = sees_grades(acting.office().kind);
    Ok(Html(roster_html(chrome, (id, name), rows, today, grades)?))
}

/// The page 花名册 of a union on a day; `grades` says whether the reader sees what students do not see of each other.
///
/// # Errors
/// Never: what the template asks for is there.
pub fn roster_html(
    chrome: Chrome,
    (id, name): (UnionId, String),
    rows: Vec<RosterRow>,
    today: Date,
    grades: bool,
) -> anyhow::Result<String> {
    let mut numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let people = numbers.len();
    let institution = chrome.institution().to_owned();
    Ok(RosterPage { chrome, id, name, institution, rows, today, people, grades }.render()?)
}

/// The roster in the columns that 名单体检, 现状登记 and 换届 read. Ranks and failed courses only for offices that see them.
pub(super) async fn roster_file(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<Response, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = seen(&mut db, &acting, id, today).await?;
    drop(db);
    let grades = sees_grades(acting.office().kind);
    let bytes = app.heavy(move || file_of(&record, grades, today)).await??;
    Ok(workbook("roster.xlsx", bytes))
}

fn file_of(record: &Record, grades: bool, today: Date) -> anyhow::Result<Vec<u8>> {
    let chairs: Vec<&str> = record.timeline.on_duty(today).collect();
    let members = record.timeline.members_on(today);
    let yes_no = |answer: Option<bool>| answer.map_or("", |yes| if yes { "是" } else { "否" }).to_owned();
    let row = |post: &PostRow| {
        let fact = record.facts.iter().find(|fact| fact.student == post.student);
        let member = members.iter().find(|member| member.number == post.number);
        let figure = |pick: fn(&crate::unions::union::Fact) -> Option<i32>| {
            let shown = fact.filter(|_| grades).and_then(pick);
            shown.map(|figure| figure.to_string()).unwrap_or_default()
        };
        let on_duty = chairs.contains(&post.number.as_str()) || (record.timeline.turns.is_empty() && post.marked_chair);
        let chair = on_duty && post.kind() == PostKind::Presidium;
        vec![
            post.number.clone(),
            post.name.clone(),
            post.college.clone(),
            fact.map(|fact| fact.major.clone()).unwrap_or_default(),
            post.entry_year.to_string(),
            fact.map_or("", |fact| level_label(&fact.level)).to_owned(),
            fact.filter(|_| grades).and_then(|fact| fact.political.clone()).unwrap_or_default(),
            figure(|fact| fact.rank),
            figure(|fact| fact.cohort),
            figure(|fact| fact.failed),
            post.label().to_owned(),
            post.department_name.clone().unwrap_or_default(),
            if chair { "是" } else { "" }.to_owned(),
            yes_no(member.and_then(|member| member.from_college_union)),
            yes_no(member.and_then(|member| member.first_year)),
        ]
    };
    let rows: Vec<Vec<String>> = record.posts_on(today).map(row).collect();
    Ok(drop_down_template("花名册", &COLUMNS, &rows)?)
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/findings.html")]
pub(super) struct FindingsPage {
    chrome: Chrome,
    tabs: Tabs,
    institution: String,
    record: Record,
    /// What has to be looked at, and what is met or not asked.
    open: Vec<Evidence>,
    settled: Vec<Evidence>,
    counts: Vec<(&'static str, usize)>,
    judged: bool,
    plan: String,
    at: OffsetDateTime,
    by: String,
}

pub(super) async fn findings(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
) -> Result<FindingsPage, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let record = seen(&mut db, &acting, id, today).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let reasons = store::reasons(&mut db, &[id]).await?;
    let all = evidence(&record, &plans, &reasons, acting.office(), today);
    let plan = plans.on(today).map(|plan| format!("{}（{}）", plan.short, plan.document)).unwrap_or_default();
    let judged = all.is_some();
    let all = all.unwrap_or_default();
    let count = |outcome: Outcome| all.iter().filter(|one| one.finding.verdict == outcome).count();
    let counts = Outcome::ALL.iter().map(|outcome| (outcome.label(), count(*outcome))).collect();
    let (open, settled) = all
        .into_iter()
        .partition(|one| matches!(one.finding.verdict, Outcome::Fail | Outcome::Warn | Outcome::Unknown));
    Ok(FindingsPage {
        chrome: frame(&app, acting.person(), &record, "合规明细"),
        tabs: Tabs::new(&acting, &record, "/findings"),
        institution: acting.person().institution_name.clone(),
        judged,
        open,
        settled,
        counts,
        record,
        plan,
        at: app.clock.now(),
        by: format!("{} {}", acting.office().label(), acting.person().name),
    })
}

#[derive(Deserialize)]
pub(super) struct Paged {
    #[serde(default)]
    page: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "unions/history.html")]
pub(super) struct HistoryPage {
    chrome: Chrome,
    tabs: Tabs,
    record: Record,
    facts: Vec<FactRow>,
    past: Vec<PostRow>,
    page: i64,
    more: bool,
}

pub(super) async fn history(
    State(app): State<App>,
    acting: Acting<UnionReader>,
    Path(id): Path<UnionId>,
    Query(Paged { page }): Query<Paged>,
) -> Result<HistoryPage, Failure> {
    let (mut db, today, page) = (app.read().await?, app.clock.today(), page.clamp(0, 10_000));
    let record = seen(&mut db, &acting, id, today).await?;
    let mut facts = store::facts_of(&mut db, id, None, (page * A_PAGE, A_PAGE + 1)).await?;
    let most = usize::try_from(A_PAGE).unwrap_or(50);
    let more = facts.len() > most;
    facts.truncate(most);
    let mut past: Vec<PostRow> = record
        .posts
        .iter()
        .filter(|post| post.until_day.is_some_and(|until| until <= today && until > post.from_day))
        .cloned()
        .collect();
    past.sort_by_key(|post| std::cmp::Reverse(post.until_day));
    past.truncate(200);
    Ok(HistoryPage {
        chrome: frame(&app, acting.person(), &record, "沿革"),
        tabs: Tabs::new(&acting, &record, "/history"),
        record,
        facts,
        past,
        page,
        more,
    })
}
