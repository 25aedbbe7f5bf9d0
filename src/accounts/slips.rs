//! The pages 激活条: who has not activated their account, and slips to print for a class.

use std::{ops::Deref, sync::Arc};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRef, Path, State},
    response::Redirect,
};
use axum_extra::extract::Form;
use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::{
    codes::{self, ClassState, Slip, WaitingStudent, Whom},
    pages::no_candidate,
    paths::{SLIPS, class_slips_path, printed_slips_path},
    store::{self, AccountManager},
};
use crate::{
    app::App,
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    elections,
    failure::{Failure, Refusal},
    ids::{ClassId, PrintId},
    office::SlipPrinter,
    page::{
        charts::Qr,
        chrome::Chrome,
        filters::{self, query_value},
    },
    web::{just_made::JustMade, origin::Origin, routes::Routes},
};

/// The state of 激活条: the application, and the slips that were just made.
#[derive(Debug, Clone, FromRef)]
pub struct Slips {
    app: App,
    made: Arc<JustMade<ClassSlips>>,
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

#[must_use]
pub fn routes() -> Routes<Slips> {
    Routes::default()
        .get("/slips", list)
        .get("/slips/{class}", ask)
        .post("/slips/{class}", print)
        .get("/slips/{class}/{print}", printed)
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips.html")]
struct SlipsPage {
    chrome: Chrome,
    classes: Vec<ClassState>,
    students: i64,
    waiting: i64,
}

async fn list(State(app): State<Slips>, acting: Acting<SlipPrinter>) -> Result<SlipsPage, Failure> {
    let classes = codes::classes(&mut *app.read().await?, &acting.scope(), app.clock.now()).await?;
    let (students, waiting) =
        (classes.iter().map(|class| class.students).sum(), classes.iter().map(|class| class.waiting).sum());
    Ok(SlipsPage { chrome: app.chrome(acting.person(), "激活条"), classes, students, waiting })
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

/// Slips that were just made for a class.
#[derive(Debug)]
struct ClassSlips {
    class: ClassId,
    name: String,
    school: String,
    slips: Vec<Slip>,
    last_day: Date,
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
            Ok(Some(ClassSlips { class, name: found.name, school, slips, last_day: codes::last_day(now) }))
        })
        .await?;
    Ok(Redirect::to(&match made {
        Some(made) => printed_slips_path(class, app.made.keep(&acting.person().session, made, now)),
        // Somebody holds a slip that would work no more: that is asked first.
        None => class_slips_path(class),
    }))
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips_print.html")]
struct PrintedSlipsPage {
    chrome: Chrome,
    institution: String,
    class: String,
    address: String,
    slips: Vec<(Slip, Qr)>,
    last_day: Date,
}

/// Slips that were just made. A reload shows the same ones and makes none.
async fn printed(
    State(app): State<Slips>,
    acting: Acting<SlipPrinter>,
    Origin(address): Origin,
    Path((class, print)): Path<(ClassId, PrintId)>,
) -> Result<PrintedSlipsPage, Failure> {
    let now = app.clock.now();
    of_scope(&mut *app.read().await?, &acting, class, now).await?;
    let made = app.made.of(&acting.person().session, print, now).filter(|made| made.class == class);
    let Some(made) = made else {
        let chrome = app.chrome(acting.person(), "没有办理").under(SLIPS, "激活条");
        let refused = Refusal { chrome, wanted: "查看激活条".to_owned(), back: class_slips_path(class) };
        let why = "激活码只在打印后 10 分钟内、在打印它的这次登录里显示";
        return Err(refused.for_reason(why, "没有打印出来的，请重新打印；可以只打印其中一人的"));
    };
    // After the #: browsers keep it to themselves, so that no proxy's log ever holds a code.
    let link =
        |slip: &Slip| format!("{address}/activate#{}/{}/{}", made.school, query_value(&slip.number), slip.code.text());
    let drawn = made.slips.iter().map(|slip| Qr::new(&link(slip)).map(|qr| (slip.clone(), qr)));
    let slips = drawn.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(PrintedSlipsPage {
        chrome: app.chrome(acting.person(), "打印激活条").under(SLIPS, "激活条"),
        institution: acting.person().institution_name.clone(),
        class: made.name.clone(),
        address,
        slips,
        last_day: made.last_day,
    })
}
