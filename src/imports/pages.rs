//! The pages 导入数据.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    Imports, Verb,
    file::{self, Decided, FileRows, NotRead},
    grades_asked::{GradesAsked, grades_asked},
    import::{
        Committed, GradeSource, Import, Job, Kind, Missing, MissingPerson, Move, NewImport, NoneFailed, PreviewRow,
        RowState,
    },
    offices::{self, grants},
    paths::{Done, IMPORTS},
    places::{self, DecidedPlace},
    progress::Progress,
    progress_store,
    rankings::{self, EarlierRankings},
    store,
    students::{self, NewStructure},
};
use crate::{
    accounts,
    audit::{self, Entry},
    auth::acting::Acting,
    conduct::lapses,
    failure::Failure,
    ids::ImportId,
    kept_forms::{bring_file, keep_file},
    office::{OfficeKind, Registrar},
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, pages},
    },
    people::student::{Basis, CoursesCounted},
    rules::measure::Measure,
    sheet::{ReadError, SheetChoice, drop_down_template, faults_workbook},
    web::{
        forms::{Done as After, Errors, Submitted, Upload, written},
        routes::Routes,
        workbook,
    },
};

const A_PAGE: i64 = 50;
/// People whom a file does not name, at most, on the page.
const SHOWN_MISSING: i64 = 200;
/// Wrong rows in the file to take back.
const MOST_FAULT_ROWS: i64 = 20_000;
/// A page that waits asks again by itself, without script.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

#[must_use]
pub fn routes() -> Routes<Imports> {
    Routes::default()
        .get("/imports", list)
        .upload("/imports", upload)
        .post("/imports/rankings", say_rankings)
        .get("/imports/template/{kind}", template)
        .get("/imports/{import}", show)
        .get("/imports/{import}/faults.xlsx", take_back)
        .post("/imports/{import}/commit", commit)
        .post("/imports/{import}/discard", discard)
}

#[derive(Default)]
struct UploadForm {
    kind: String,
    basis: String,
    period: String,
    source: String,
    /// Of what the ranking is, where the plan asks for another than that of a major.
    measure: String,
    /// Of which courses failed ones are counted, where the plan looks at 必修课 alone.
    courses: String,
    end_others: bool,
    choice: SheetChoice,
    /// Somebody must say what 无 means.
    asks_about_none: bool,
}

impl UploadForm {
    /// Something is asked about the file.
    fn asks(&self) -> bool {
        self.choice.question.is_some() || self.asks_about_none
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/list.html")]
struct ImportsPage {
    chrome: Chrome,
    imports: Vec<Import>,
    kinds: Vec<Kind>,
    bases: &'static [Basis],
    meanings: &'static [NoneFailed],
    grades: GradesAsked,
    /// Of what earlier rankings are has to be said, once.
    asks_about_earlier: bool,
    form: UploadForm,
    errors: Errors,
    done: &'static str,
}

/// Whether the office may import a kind, and see what others import of it.
fn may(acting: &Acting<Registrar>, kind: Kind) -> bool {
    let office = acting.office().kind;
    match kind {
        Kind::Students => true,
        // Administrators have no business with ranks.
        Kind::Grades => office != OfficeKind::Administrator,
        Kind::Offices => !grants(office).is_empty(),
    }
}

/// The kinds that an office may import.
fn kinds(acting: &Acting<Registrar>) -> Vec<Kind> {
    Kind::ALL.iter().copied().filter(|kind| may(acting, *kind)).collect()
}

/// A file of the university, of a kind that the office may import.
async fn found(app: &Imports, acting: &Acting<Registrar>, id: ImportId) -> Result<Import, Failure> {
    let found = store::list(&mut *app.read().await?, acting.institution(), Some(id)).await?;
    let mine = found.into_iter().find(|import| may(acting, import.kind));
    // Offices are granted by an office that may grant as much as the uploader's: another would find half the rows wrong.
    let grants_alike = |import: &Import| {
        let uploader = OfficeKind::ALL.iter().find(|kind| kind.label() == import.office);
        import.kind != Kind::Offices || uploader.map(|kind| grants(*kind)) == Some(grants(acting.office().kind))
    };
    mine.filter(grants_alike).ok_or(Failure::Missing)
}

async fn list_page(
    app: &Imports,
    acting: &Acting<Registrar>,
    submitted: Submitted<UploadForm>,
) -> Result<ImportsPage, Failure> {
    let mut imports = store::list(&mut *app.read().await?, acting.institution(), None).await?;
    imports.retain(|import| may(acting, import.kind));
    let chrome = app.chrome(acting.person(), "导入数据");
    let Submitted { form, errors } = submitted;
    let (kinds, bases, meanings) = (kinds(acting), Basis::ALL, NoneFailed::ALL);
    let grades = grades_asked(app, acting).await?;
    let asks_about_earlier =
        may(acting, Kind::Grades) && rankings::are_unsaid(&mut *app.read().await?, acting.institution()).await?;
    Ok(ImportsPage { chrome, imports, kinds, bases, meanings, grades, asks_about_earlier, form, errors, done: "" })
}

async fn list(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Query(After { done }): Query<After>,
) -> Result<ImportsPage, Failure> {
    let page = list_page(&app, &acting, Submitted::default()).await?;
    Ok(ImportsPage { done: Done::said(&done), ..page })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RankingsForm {
    answer: String,
}

/// Says of what the rankings are that came in before it was asked.
async fn say_rankings(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Form(form): Form<RankingsForm>,
) -> Result<Response, Failure> {
    if !may(&acting, Kind::Grades) {
        return Err(Failure::Missing);
    }
    let Ok(answer) = form.answer.parse::<EarlierRankings>() else {
        let mut errors = Errors::default();
        errors.add("answer", "请选择以前导入的排名是什么口径");
        let page = list_page(&app, &acting, Submitted::new(UploadForm::default(), errors)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        if !rankings::say(db, &acting, answer, now).await? {
            return Err(Failure::Missing);
        }
        let entry = Entry::new(Verb::RankingsSaid, "以前导入的排名").detail("口径", answer.label());
        audit::append(db, acting.person(), entry, now).await?;
        lapses::after_import(db, acting.person(), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::RankingsSaid.at(IMPORTS)).into_response())
}

async fn upload(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    mut upload: Upload,
) -> Result<Response, Failure> {
    let kept = bring_file(&app, acting.person(), &mut upload).await?;
    let none_failed = upload.field("none_failed").parse().ok();
    let decided = Decided { choice: upload.choice(), none_failed };
    let mut form = UploadForm {
        kind: upload.field("kind").to_owned(),
        basis: upload.field("basis").to_owned(),
        period: upload.field("period").to_owned(),
        source: upload.field("source").to_owned(),
        measure: upload.field("measure").to_owned(),
        courses: upload.field("courses").to_owned(),
        end_others: upload.field("end_others") == "yes",
        choice: SheetChoice { choice: decided.choice.clone(), question: None, kept },
        asks_about_none: false,
    };
    let mut errors = Errors::default();
    let kind = form.kind.parse::<Kind>().ok().filter(|kind| kinds(&acting).contains(kind));
    if kind.is_none() {
        errors.add("kind", "请选择要导入什么");
    }
    if upload.file.is_none() {
        errors.add("file", "请选择文件");
    }
    let grades = if kind == Some(Kind::Grades) {
        read_grades(&form, &grades_asked(&app, &acting).await?, &mut errors)
    } else {
        None
    };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(kind), Some(file), true) = (kind, upload.file, errors.is_empty()) else {
        return Ok((unfit, list_page(&app, &acting, Submitted::new(form, errors)).await?).into_response());
    };
    let (may_grant, own, sent) = (grants(acting.office().kind), acting.person().number.clone(), file.clone());
    let _turn = app.turn_to_read().await?;
    let read = app
        .heavy(move || {
            let sha256 = Sha256::digest(&file).to_vec();
            file::read(&file, kind, may_grant, &own, &decided).map(|read| (read, sha256))
        })
        .await?;
    let (read, sha256) = match read {
        Ok(read) => read,
        Err(error) => {
            errors.add("file", error.to_string());
            match error {
                NotRead::Sheet(ReadError::File(_)) => form.choice = SheetChoice::default(),
                NotRead::Sheet(ReadError::Asks(question)) => form.choice.question = Some(question),
                NotRead::NoneFailed(_) => form.asks_about_none = true,
            }
            if form.asks() {
                form.choice.kept = keep_file(&app, acting.person(), &upload.file_name, sent).await?;
            }
            return Ok((unfit, list_page(&app, &acting, Submitted::new(form, errors)).await?).into_response());
        }
    };
    // What it was read from goes before its rows are compared.
    drop(sent);
    let file_name = if upload.file_name.is_empty() { "未命名文件".to_owned() } else { upload.file_name };
    let end_others = form.end_others && kind == Kind::Offices;
    let FileRows { rows, read_as } = read;
    let new = NewImport { kind, file_name, sha256, grades, end_others, read_as, rows };
    let now = app.clock.now();
    let id = app.write_as(acting.person().authority(), async |db| store::stage(db, &acting, new, now).await).await?;
    Ok(Redirect::to(&id.path()).into_response())
}

fn read_grades(form: &UploadForm, asked: &GradesAsked, errors: &mut Errors) -> Option<GradeSource> {
    let basis = form.basis.parse::<Basis>().ok();
    if basis.is_none() {
        errors.add("basis", "请选择统计口径");
    }
    let period = written(&form.period, 40, "period", "请填写统计期间，如“2025—2026 学年第二学期”", errors);
    let source = written(&form.source, 60, "source", "请填写数据来源，如“教务处”", errors);
    let measure = if asked.measures.is_empty() {
        Some(Measure::USUAL)
    } else {
        let measure = asked.measures.iter().copied().find(|measure| measure.slug() == form.measure);
        if measure.is_none() {
            errors.add("measure", "请选择排名口径：本校方案不是按本专业的学习成绩排名");
        }
        measure
    };
    let courses = if asked.asks_about_courses {
        let courses = form.courses.parse::<CoursesCounted>().ok();
        if courses.is_none() {
            errors.add("courses", "请选择不及格口径：本校方案只看必修课");
        }
        courses
    } else {
        Some(CoursesCounted::All)
    };
    Some(GradeSource { basis: basis?, period: period?, source: source?, measure: measure?, courses: courses? })
}

async fn template(acting: Acting<Registrar>, Path(kind): Path<String>) -> Result<Response, Failure> {
    let kind = kind.strip_suffix(".xlsx").and_then(|kind| kind.parse::<Kind>().ok()).ok_or(Failure::Missing)?;
    let columns = kind.columns_for(grants(acting.office().kind));
    let columns: Vec<(&str, &[&str])> = columns.iter().map(|(column, values)| (*column, values.as_slice())).collect();
    let bytes = drop_down_template(kind.label(), &columns, &kind.examples()).map_err(anyhow::Error::new)?;
    Ok(workbook(&format!("{}-template.xlsx", kind.slug()), bytes))
}

/// Rows of one state, or those whom the file does not name; and how many there are.
struct Tab {
    slug: &'static str,
    label: &'static str,
    count: i64,
}

impl Tab {
    fn of(state: RowState, count: i32) -> Self {
        Self { slug: state.slug(), label: state.label(), count: count.into() }
    }
}

/// The tab of those whom the file does not name.
const MISSING: &str = "missing";

#[derive(Template, WebTemplate)]
#[template(path = "imports/show.html")]
struct ImportPage {
    chrome: Chrome,
    import: Import,
    columns: Vec<&'static str>,
    tabs: Vec<Tab>,
    tab: &'static str,
    rows: Vec<PreviewRow>,
    missing: Vec<MissingPerson>,
    structure: NewStructure,
    /// Names near to a known one that nobody has decided.
    open_places: usize,
    /// What was decided of names that did not exist.
    decided: Vec<DecidedPlace>,
    /// There is something to write.
    writes: bool,
    page: i64,
    pages: i64,
    moved: bool,
    /// Another administrator has to commit it.
    another: bool,
}

impl ImportPage {
    fn shows_missing(&self) -> bool {
        self.tab == MISSING
    }

    fn may_commit(&self) -> bool {
        self.writes && self.open_places == 0 && !self.another
    }

    /// Of some row there is more to say than what it has.
    fn says_something(&self) -> bool {
        self.rows.iter().any(|row| !row.says.is_empty())
    }

    fn shows_wrong(&self) -> bool {
        self.tab == RowState::Wrong.slug()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/progress.html")]
struct ProgressPage {
    chrome: Chrome,
    import: Import,
    job: Job,
    /// The bar's length, 0 to 200.
    length: u64,
}

#[derive(Deserialize)]
struct PreviewQuery {
    #[serde(default)]
    tab: String,
    #[serde(default)]
    page: i64,
    #[serde(default)]
    moved: String,
    /// Somebody pressed 确认写入, and the writing took longer than the answer.
    #[serde(default)]
    pressed: String,
}

async fn show(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
    Query(view): Query<PreviewQuery>,
) -> Result<Response, Failure> {
    // Asked for first: what is written between the two answers is found committed then, and not as a preview made anew.
    let job = progress_store::job(&mut *app.read().await?, id).await?;
    let import = found(&app, &acting, id).await?;
    let (mut db, now) = (app.read().await?, app.clock.now());
    let chrome = app.chrome(acting.person(), import.kind_label()).under(IMPORTS, "导入数据");
    if let Some(job) = job.filter(|_| import.is_previewed()) {
        let (length, refresh) = match job {
            Job::Writing { done, total } => (done.min(total) * 200 / total.max(1), Some("1")),
            Job::Waiting { .. } => (0, Some("2")),
            Job::Failed => (0, None),
        };
        let page = ProgressPage { chrome, import, job, length };
        return Ok(match refresh {
            Some(seconds) => ([(REFRESH, seconds)], page).into_response(),
            None => page.into_response(),
        });
    }
    let missing = match import.kind {
        Kind::Students if import.is_previewed() => {
            students::missing(&mut db, id, acting.institution(), SHOWN_MISSING, now).await?
        }
        Kind::Offices if import.is_previewed() => {
            offices::missing(&mut db, id, acting.institution(), SHOWN_MISSING, now).await?
        }
        Kind::Students | Kind::Grades | Kind::Offices => Missing::default(),
    };
    let writes = import.added + import.changed > 0 || (import.end_others && missing.total > 0);
    let structure = if import.is_previewed() && import.is_of_students() {
        students::new_structure(&mut db, id, acting.institution()).await?
    } else {
        NewStructure::default()
    };
    let open_places = if import.is_previewed() && import.is_of_students() {
        places::store::open(&mut db, id, acting.institution(), now).await?
    } else {
        0
    };
    let decided = places::store::decided(&mut db, id).await?;
    let another = offices::is_of_one(&mut db, &acting, id).await? && needs_another(&mut db, &acting, now).await?;
    // What was being written and is a preview again was made anew, where the page names no other reason.
    let was_remade = view.pressed == "yes" && open_places == 0 && !another;
    let mut tabs = vec![
        Tab::of(RowState::Added, import.added),
        Tab::of(RowState::Changed, import.changed),
        Tab::of(RowState::Same, import.same),
        Tab::of(RowState::Wrong, import.wrong),
    ];
    // Who was missing is counted against the rows, which go when the file is settled.
    if import.kind != Kind::Grades && import.is_previewed() {
        tabs.push(Tab { slug: MISSING, label: "名单外", count: missing.total });
    }
    // What needs eyes comes first.
    let first = [RowState::Wrong, RowState::Changed, RowState::Added, RowState::Same];
    let chosen = tabs
        .iter()
        .find(|tab| tab.slug == view.tab)
        .or_else(|| first.iter().find_map(|state| tabs.iter().find(|tab| tab.slug == state.slug() && tab.count > 0)));
    let (tab, count) = chosen.map_or((RowState::Added.slug(), 0), |tab| (tab.slug, tab.count));
    let page = view.page.clamp(0, 100_000);
    let rows = match tab.parse::<RowState>() {
        Ok(state) => store::rows(&mut db, id, state, RowRange::page(page, A_PAGE)).await?,
        Err(_) => Vec::new(),
    };
    let columns = import.kind.columns().iter().map(|(name, _)| *name).collect();
    Ok(ImportPage {
        chrome,
        import,
        columns,
        tabs,
        tab,
        rows,
        missing: missing.people,
        structure,
        open_places,
        decided,
        writes,
        page,
        pages: pages(count, A_PAGE),
        moved: view.moved == "yes" || was_remade,
        another,
    }
    .into_response())
}

/// Whoever uploaded a list of offices may not commit it: another administrator could.
async fn needs_another(
    db: &mut PgConnection,
    acting: &Acting<Registrar>,
    now: OffsetDateTime,
) -> Result<bool, Failure> {
    Ok(!accounts::others_who_could_confirm(db, acting.person(), None, now).await?.is_empty())
}

async fn take_back(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    let import = found(&app, &acting, id).await?;
    let mut db = app.read().await?;
    let rows = store::rows(&mut db, id, RowState::Wrong, RowRange::page(0, MOST_FAULT_ROWS)).await?;
    drop(db);
    let headers: Vec<String> = import.kind.columns().iter().map(|(name, _)| (*name).to_owned()).collect();
    let rows: Vec<(Vec<String>, String)> = rows.into_iter().map(|row| (row.cells, row.says)).collect();
    let bytes = app.heavy(move || faults_workbook(&headers, &rows)).await?.map_err(anyhow::Error::new)?;
    Ok(workbook("faults.xlsx", bytes))
}

async fn commit(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
) -> Result<Redirect, Failure> {
    let import = found(&app, &acting, id).await?;
    if !import.is_previewed() {
        return Ok(Redirect::to(&id.path()));
    }
    if !app.write_one(async |db| progress_store::begin(db, &acting, &import, app.portal).await).await? {
        return Ok(Redirect::to(&id.path()));
    }
    // A task of its own: 40,000 rows take longer than a page may, and the browser may be closed meanwhile.
    let mut task = tokio::spawn(run(app, acting, import));
    // What is quick is done when the page comes back.
    match tokio::time::timeout(Duration::from_millis(500), &mut task).await {
        Ok(Ok(Some(Committed::Moved))) => Ok(Redirect::to(&id.path_after_moving())),
        Ok(Ok(Some(Committed::Undecided))) => Ok(Redirect::to(&id.places_path())),
        Ok(_) => Ok(Redirect::to(&id.path())),
        Err(_) => Ok(Redirect::to(&id.path_while_writing())),
    }
}

async fn run(app: Imports, acting: Acting<Registrar>, import: Import) -> Option<Committed> {
    let id = import.id;
    let told = app.keep_telling(id);
    let committed = write(&app, &acting, &import, &told).await;
    app.end(id, told, committed.is_err()).await;
    match committed {
        Ok(committed) => {
            if let Committed::Done { import, .. } = &committed {
                tokio::spawn(look_at_written(app, Import::clone(import)));
            }
            Some(committed)
        }
        Err(failure) => {
            tracing::error!(%failure, "an import was not committed");
            None
        }
    }
}

/// Nobody waits for this, and whoever looks at the school next finds it as large as it is.
async fn look_at_written(app: Imports, import: Import) {
    if let Err(failure) = app.write_one(async |db| store::look_at_written(db, &import).await).await {
        tracing::warn!(%failure, "what was imported was not analyzed");
    }
}

async fn write(
    app: &Imports,
    acting: &Acting<Registrar>,
    import: &Import,
    progress: &Progress,
) -> Result<Committed, Failure> {
    let id = import.id;
    let turn = app.turn(acting.institution());
    let _turn = turn.lock().await;
    app.wait_for_turn(id, acting.institution()).await?;
    let now = app.clock.now();
    app.write_as(acting.person().authority(), async |db| {
        let committed = write_within(db, acting, import, progress, now).await?;
        if progress_store::leave(db, id, app.portal).await? {
            Ok(committed)
        } else {
            Err(anyhow::anyhow!("another portal has begun this import anew").into())
        }
    })
    .await
}

async fn write_within(
    db: &mut PgConnection,
    acting: &Acting<Registrar>,
    import: &Import,
    progress: &Progress,
    now: OffsetDateTime,
) -> Result<Committed, Failure> {
    let id = import.id;
    if import.is_of_students()
        && import.is_previewed()
        && places::store::open(db, id, acting.institution(), now).await? > 0
    {
        return Ok(Committed::Undecided);
    }
    let of_one = offices::is_of_one(db, acting, id).await?;
    if of_one && needs_another(db, acting, now).await? {
        return Ok(Committed::OfOne);
    }
    let committed = store::commit(db, acting, id, progress, now).await?;
    if let Committed::Done { import, moves } = &committed {
        // By its number and not by its name: a file may be called by somebody's.
        let mut entry = Entry::new(Verb::ImportCommitted, import.kind_label())
            .detail("编号", id.to_string())
            .detail("新增", import.added)
            .detail("变化", import.changed)
            .detail("有误未写入", import.wrong);
        if of_one {
            entry = entry.detail("另一名系统管理员", "没有，已告知校团委");
            accounts::tell_of_one(db, acting.person(), "按名单授予职务", now).await?;
        }
        audit::append(db, acting.person(), entry, now).await?;
        if import.kind != Kind::Offices {
            lapses::after_import(db, acting.person(), now).await?;
        }
        for Move { account, office, ended } in moves {
            let verb = if *ended { accounts::Verb::OfficeEnded } else { accounts::Verb::OfficeGranted };
            let entry = Entry::about(verb, *account);
            let entry = entry.detail("职务", office.as_str()).detail("导入", id.to_string());
            audit::append(db, acting.person(), entry, now).await?;
        }
    }
    Ok(committed)
}

async fn discard(
    State(app): State<Imports>,
    acting: Acting<Registrar>,
    Path(id): Path<ImportId>,
) -> Result<Redirect, Failure> {
    found(&app, &acting, id).await?;
    let now = app.clock.now();
    let discarded =
        app.write_as(acting.person().authority(), async |db| store::discard(db, &acting, id, now).await).await?;
    // Of a file that was settled meanwhile its own page says what became of it.
    Ok(if discarded { Redirect::to(IMPORTS) } else { Redirect::to(&id.path()) })
}
