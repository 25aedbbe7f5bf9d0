//! The pages 激活条: who has not activated their account, and slips to print for a class, or for many at once.

use std::{ops::Deref, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRef, Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    Verb,
    codes::{self, ClassState, Slip, WaitingStudent, Whom},
    pages::no_candidate,
    paths::{SLIPS, class_slips_path, printed_slips_path},
    store::{self, AccountManager},
};
use crate::{
    app::App,
    audit::{self, Entry},
    auth::acting::Acting,
    elections,
    failure::{Failure, Refusal},
    ids::{ClassId, PrintId},
    inbox::{self, Notice, To},
    office::SlipPrinter,
    page::{
        charts::Qr,
        chrome::Chrome,
        filters::{self, query_value},
    },
    web::{forms::Errors, just_made::JustMade, origin::Origin, routes::Routes},
};

/// The state of 激活条: the application, and the slips that were just made.
#[derive(Debug, Clone, FromRef)]
pub struct Slips {
    app: App,
    made: Arc<JustMade<Print>>,
}

impl Slips {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), made: Arc::default() }
    }
}

impl Deref for Slips {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// The most slips that are printed at once: a college's new intake, some 200 sheets.
const MOST_SLIPS: i64 = 1_500;
/// Classes that a notice names; the rest is counted.
const NAMED: usize = 8;

#[must_use]
pub fn routes() -> Routes<Slips> {
    Routes::default()
        .get("/slips", list)
        .post("/slips", print_many)
        .get("/slips/{class}", ask)
        .post("/slips/{class}", print)
        .get("/slips/printed/{print}", printed)
}

/// Which classes are listed: those of a college, of an entry year, or all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListFilter {
    college: String,
    year: String,
}

impl ListFilter {
    fn holds(&self, class: &ClassState) -> bool {
        (self.college.is_empty() || self.college == class.college_id.to_string())
            && (self.year.is_empty() || self.year == class.entry_year.to_string())
    }
}

/// A college of the list.
#[derive(PartialEq, Eq)]
struct CollegeChoice {
    id: String,
    name: String,
}

/// The classes of a college, folded where several colleges are listed: 230 cards below each other are no list on a phone.
struct CollegeGroup {
    name: String,
    classes: Vec<ClassState>,
    waiting: i64,
    without: i64,
    is_open: bool,
}

impl CollegeGroup {
    /// Groups of classes that come in the order of their colleges.
    fn of(classes: Vec<ClassState>, ticked: &[ClassId]) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for class in classes {
            let (waiting, without) = (class.waiting, class.without_slip());
            let is_ticked = ticked.contains(&class.id);
            if let Some(group) = groups.last_mut().filter(|group| group.name == class.college) {
                group.is_open |= is_ticked;
                group.waiting += waiting;
                group.without += without;
                group.classes.push(class);
            } else {
                let name = class.college.clone();
                groups.push(Self { name, waiting, without, is_open: is_ticked, classes: vec![class] });
            }
        }
        if let [only] = groups.as_mut_slice() {
            only.is_open = true;
        }
        groups
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips.html")]
struct SlipsPage {
    chrome: Chrome,
    filter: ListFilter,
    colleges: Vec<CollegeChoice>,
    years: Vec<i32>,
    groups: Vec<CollegeGroup>,
    students: i64,
    waiting: i64,
    /// Of the classes listed, students who hold no slip that works.
    without: i64,
    /// The classes that were ticked, where the page comes back.
    ticked: Vec<ClassId>,
    errors: Errors,
}

impl SlipsPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template asks the page by reference")]
    fn is_year(&self, year: &i32) -> bool {
        self.filter.year == year.to_string()
    }
}

async fn list(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Query(filter): Query<ListFilter>,
) -> Result<SlipsPage, Failure> {
    list_page(&app, &acting, filter, Vec::new(), Errors::default()).await
}

async fn list_page(
    app: &Slips,
    acting: &Acting<SlipPrinter>,
    filter: ListFilter,
    ticked: Vec<ClassId>,
    errors: Errors,
) -> Result<SlipsPage, Failure> {
    let mut classes = codes::classes(&mut *app.read().await?, &acting.scope(), app.clock.now()).await?;
    let mut colleges: Vec<CollegeChoice> =
        classes.iter().map(|one| CollegeChoice { id: one.college_id.to_string(), name: one.college.clone() }).collect();
    colleges.dedup();
    let mut years: Vec<i32> = classes.iter().map(|one| one.entry_year).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    classes.retain(|class| filter.holds(class));
    Ok(SlipsPage {
        chrome: app.chrome(acting.person(), "激活条"),
        students: classes.iter().map(|class| class.students).sum(),
        waiting: classes.iter().map(|class| class.waiting).sum(),
        without: classes.iter().map(ClassState::without_slip).sum(),
        filter,
        colleges,
        years,
        groups: CollegeGroup::of(classes, &ticked),
        ticked,
        errors,
    })
}

/// What is to be printed for a class, and whose slips that voids.
#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips_ask.html")]
struct AskPage {
    chrome: Chrome,
    class: ClassState,
    students: Vec<WaitingStudent>,
}

impl AskPage {
    /// Those who hold a slip that works, by name.
    fn holders(&self) -> String {
        let holders = self.students.iter().filter(|one| one.printed_at.is_some());
        holders.map(|one| one.name.as_str()).collect::<Vec<_>>().join("、")
    }

    fn printed(&self) -> usize {
        self.students.iter().filter(|one| one.printed_at.is_some()).count()
    }

    fn unprinted(&self) -> usize {
        self.students.len() - self.printed()
    }
}

async fn of_scope(
    db: &mut PgConnection,
    acting: &Acting<SlipPrinter>,
    class: ClassId,
    now: OffsetDateTime,
) -> Result<ClassState, Failure> {
    let all = codes::classes(db, &acting.scope(), now).await?;
    all.into_iter().find(|known| known.id == class).ok_or(Failure::Missing)
}

async fn ask(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Path(class): Path<ClassId>,
) -> Result<AskPage, Failure> {
    let (mut db, now) = (app.read().await?, app.clock.now());
    let class = of_scope(&mut db, &acting, class, now).await?;
    let students = codes::waiting_students(&mut db, &AccountManager::from(&acting), class.id, now).await?;
    let chrome = app.chrome(acting.person(), &format!("{}的激活条", class.name)).under(SLIPS, "激活条");
    Ok(AskPage { chrome, class, students })
}

/// For whom slips are to be made; without a word: for the class, as long as that voids nobody's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PrintForm {
    whom: String,
    number: String,
}

impl PrintForm {
    fn read(self) -> Result<Option<Whom>, Failure> {
        match self.whom.as_str() {
            "" => Ok(None),
            "all" => Ok(Some(Whom::All)),
            "without" => Ok(Some(Whom::WithoutSlip)),
            "one" if !self.number.is_empty() && self.number.len() <= 64 => Ok(Some(Whom::One(self.number))),
            _ => Err(Failure::Malformed),
        }
    }
}

/// Slips that were just made.
#[derive(Debug)]
struct Print {
    school: String,
    last_day: Date,
    classes: Vec<ClassSlips>,
}

/// Slips of a class.
#[derive(Debug)]
struct ClassSlips {
    class: ClassId,
    name: String,
    slips: Vec<Slip>,
}

/// Refuses an office that keeps an open sitting in which the class votes: with fresh codes it could vote in the voters'
/// places.
async fn no_keeper(
    db: &mut PgConnection,
    acting: &Acting<SlipPrinter>,
    class: ClassId,
    chrome: &Chrome,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let office = acting.office();
    if !elections::KEEPERS.contains(&office.kind) {
        return Ok(());
    }
    let kept = elections::store::kept_with_class(db, class, office.college, now).await?;
    let Some(title) = kept else { return Ok(()) };
    let why = format!("“{title}”正在投票，这个班在选民名册上，而这个场次由你的职务办理");
    let refusal = Refusal { chrome: chrome.clone(), wanted: "打印激活条".to_owned(), back: SLIPS.to_owned() };
    Err(refusal.for_reason(why, "投票期间请系统管理员打印；最好在投票开启以前发完激活条"))
}

/// The monitors of open sittings in which the classes vote hear at once that slips of their voters were printed, and by
/// which office: whoever has a slip votes in the place of a voter without an account.
async fn tell_monitors(
    db: &mut PgConnection,
    acting: &Acting<SlipPrinter>,
    printed: &[ClassSlips],
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let classes: Vec<ClassId> = printed.iter().filter(|one| !one.slips.is_empty()).map(|one| one.class).collect();
    for monitor in elections::store::watching_monitors(db, &classes, now).await? {
        let own: Vec<&ClassSlips> = printed.iter().filter(|one| monitor.watches(one.class)).collect();
        let many: usize = own.iter().map(|one| one.slips.len()).sum();
        let names: Vec<String> =
            own.iter().take(NAMED).map(|one| format!("{} {} 条", one.name, one.slips.len())).collect();
        let more = if own.len() > NAMED { format!("等 {} 个班", own.len()) } else { String::new() };
        let says = format!(
            "{}打印了 {many} 条激活条：{}{more}。拿到激活条的人可以首次登录并投票，请留意发放；各班首次激活的人数见监票页。",
            acting.office().kind.label(),
            names.join("、")
        );
        let notice = Notice::new(format!("投票期间打印了激活条：{}", monitor.title), monitor.sitting.monitoring_path())
            .says(says);
        inbox::tell(db, acting.institution(), To::Account(monitor.account), &notice, now).await?;
    }
    Ok(())
}

async fn print(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Path(class): Path<ClassId>,
    Form(form): Form<PrintForm>,
) -> Result<Redirect, Failure> {
    let now = app.clock.now();
    let refused = app.chrome(acting.person(), "没有办理").under(SLIPS, "激活条");
    let whom = form.read()?;
    let made = app
        .write_as(acting.person().authority(), async |db| {
            let found = of_scope(db, &acting, class, now).await?;
            let manager = AccountManager::from(&acting);
            no_candidate(db, acting.person(), &refused, SLIPS, now).await?;
            no_keeper(db, &acting, class, &refused, now).await?;
            let whom = match whom {
                Some(whom) => whom,
                None if found.printed == 0 => Whom::All,
                None => return Ok(None),
            };
            let slips = codes::issue_for_class(db, &manager, class, &whom, now).await?;
            if !slips.is_empty() {
                let mut entry = Entry::new(Verb::CodesMade, found.name.clone()).detail("人数", slips.len());
                if whom == Whom::All && found.printed > 0 {
                    entry = entry.detail("作废旧条", found.printed);
                }
                audit::append(db, acting.person(), entry, now).await?;
            }
            let school = store::institution_code(db, &manager).await?;
            let classes = vec![ClassSlips { class, name: found.name, slips }];
            tell_monitors(db, &acting, &classes, now).await?;
            Ok(Some(Print { school, classes, last_day: codes::last_day(now) }))
        })
        .await?;
    Ok(Redirect::to(&match made {
        Some(made) => printed_slips_path(app.made.keep(&acting.person().session, made, now)),
        // Somebody holds a slip that would work no more: that is asked first.
        None => class_slips_path(class),
    }))
}

/// For which classes slips are made at once: those that are ticked, or all that the filter lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ManyForm {
    class: Vec<ClassId>,
    college: String,
    year: String,
    listed: String,
}

/// Slips for everybody in several classes who holds none that works: it voids nobody's.
async fn print_many(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Form(form): Form<ManyForm>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let refused = app.chrome(acting.person(), "没有办理").under(SLIPS, "激活条");
    let ManyForm { class: ticked, college, year, listed } = form;
    let filter = ListFilter { college, year };
    let mut wanted = codes::classes(&mut *app.read().await?, &acting.scope(), now).await?;
    if listed == "yes" {
        wanted.retain(|class| filter.holds(class));
    } else {
        wanted.retain(|class| ticked.contains(&class.id));
    }
    wanted.retain(|class| class.without_slip() > 0);
    let many: i64 = wanted.iter().map(ClassState::without_slip).sum();
    let mut errors = Errors::default();
    if wanted.is_empty() {
        errors.add("many", "请勾选要打印的班级；所选的班级没有需要打印的激活条");
    } else if many > MOST_SLIPS {
        errors.add("many", format!("一次最多打印 {MOST_SLIPS} 条，所选的有 {many} 条，请按院系、年级分批打印"));
    }
    if !errors.is_empty() {
        let page = list_page(&app, &acting, filter, ticked, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let made = app
        .write_as(acting.person().authority(), async |db| {
            let manager = AccountManager::from(&acting);
            no_candidate(db, acting.person(), &refused, SLIPS, now).await?;
            let mut classes = Vec::new();
            for found in &wanted {
                no_keeper(db, &acting, found.id, &refused, now).await?;
                let slips = codes::issue_for_class(db, &manager, found.id, &Whom::WithoutSlip, now).await?;
                if !slips.is_empty() {
                    let entry = Entry::new(Verb::CodesMade, found.name.clone()).detail("人数", slips.len());
                    audit::append(db, acting.person(), entry, now).await?;
                    classes.push(ClassSlips { class: found.id, name: found.name.clone(), slips });
                }
            }
            tell_monitors(db, &acting, &classes, now).await?;
            let school = store::institution_code(db, &manager).await?;
            Ok(Print { school, classes, last_day: codes::last_day(now) })
        })
        .await?;
    Ok(Redirect::to(&printed_slips_path(app.made.keep(&acting.person().session, made, now))).into_response())
}

/// A slip with its code drawn.
struct DrawnSlip {
    slip: Slip,
    qr: Qr,
}

/// The slips of a class as they are printed.
struct DrawnClass {
    name: String,
    slips: Vec<DrawnSlip>,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips_print.html")]
struct PrintedSlipsPage {
    chrome: Chrome,
    institution: String,
    address: String,
    classes: Vec<DrawnClass>,
    last_day: Date,
}

impl PrintedSlipsPage {
    fn many(&self) -> usize {
        self.classes.iter().map(|class| class.slips.len()).sum()
    }

    /// What is printed, in words.
    fn of(&self) -> String {
        match self.classes.as_slice() {
            [one] => one.name.clone(),
            several => format!("{} 个班", several.len()),
        }
    }
}

/// Slips that were just made. A reload shows the same ones and makes none.
async fn printed(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Origin(address): Origin,
    Path(print): Path<PrintId>,
) -> Result<PrintedSlipsPage, Failure> {
    let now = app.clock.now();
    let own = codes::classes(&mut *app.read().await?, &acting.scope(), now).await?;
    let is_own = |one: &ClassSlips| own.iter().any(|class| class.id == one.class);
    let made = app.made.of(&acting.person().session, print, now).filter(|made| made.classes.iter().all(is_own));
    let Some(made) = made else {
        let chrome = app.chrome(acting.person(), "没有办理").under(SLIPS, "激活条");
        let refused = Refusal { chrome, wanted: "查看激活条".to_owned(), back: SLIPS.to_owned() };
        let why = "激活码只在打印后 10 分钟内、在打印它的这次登录里显示";
        return Err(refused.for_reason(why, "没有打印出来的，请重新打印；可以只打印其中一人的"));
    };
    let (on, last_day) = (address.clone(), made.last_day);
    let classes = app.heavy(move || drawn(&made, &on)).await??;
    Ok(PrintedSlipsPage {
        chrome: app.chrome(acting.person(), "打印激活条").under(SLIPS, "激活条"),
        institution: acting.person().institution_name.clone(),
        address,
        classes,
        last_day,
    })
}

/// Draws each slip's address as a code. What stands after the # browsers keep to themselves, so that no proxy's log ever
/// holds a code.
fn drawn(made: &Print, address: &str) -> anyhow::Result<Vec<DrawnClass>> {
    let slip = |slip: &Slip| {
        let (number, code) = (query_value(&slip.number), slip.code.text());
        let qr = Qr::new(&format!("{address}/activate#{}/{number}/{code}", made.school))?;
        Ok(DrawnSlip { slip: slip.clone(), qr })
    };
    let class = |one: &ClassSlips| {
        let slips = one.slips.iter().map(slip).collect::<anyhow::Result<_>>()?;
        Ok(DrawnClass { name: one.name.clone(), slips })
    };
    made.classes.iter().map(class).collect()
}
