//! The pages 激活条: who has not activated their account, and slips to print for a class.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
};
use time::Date;

use super::{
    codes::{self, ClassState, Slip},
    pages::no_candidate,
    paths::SLIPS,
    store::{self, AccountManager},
};
use crate::{
    app::{App, Routes},
    audit::{self, Entry, Verb},
    auth::acting::Acting,
    failure::Failure,
    ids::ClassId,
    office::SlipPrinter,
    page::{
        charts::Qr,
        chrome::Chrome,
        filters::{self, query_value},
    },
    web::origin::origin,
};

#[must_use]
pub fn routes() -> Routes {
    Routes::default().get("/slips", list).post("/slips/{class}", print)
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/slips.html")]
struct SlipsPage {
    chrome: Chrome,
    classes: Vec<ClassState>,
    students: i64,
    waiting: i64,
}

async fn list(State(app): State<App>, acting: Acting<SlipPrinter>) -> Result<SlipsPage, Failure> {
    let classes = codes::classes(&mut *app.read().await?, &acting.scope(), app.clock.now()).await?;
    let (students, waiting) =
        (classes.iter().map(|class| class.students).sum(), classes.iter().map(|class| class.waiting).sum());
    Ok(SlipsPage { chrome: app.chrome(acting.person(), "激活条"), classes, students, waiting })
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

async fn print(
    State(app): State<App>,
    acting: Acting<SlipPrinter>,
    headers: HeaderMap,
    Path(class): Path<ClassId>,
) -> Result<PrintedSlipsPage, Failure> {
    let now = app.clock.now();
    let chrome = app.chrome(acting.person(), "打印激活条").under(SLIPS, "激活条");
    let refused = app.chrome(acting.person(), "没有办理").under(SLIPS, "激活条");
    let (name, school, slips) = app
        .write_as(acting.person().authority(), async |db| {
            let scope = acting.scope();
            let all = codes::classes(db, &scope, now).await?;
            let found = all.into_iter().find(|known| known.id == class).ok_or(Failure::Missing)?;
            let manager = AccountManager::from(&acting);
            no_candidate(db, acting.person(), &refused, SLIPS, now).await?;
            let slips = codes::issue_for_class(db, &manager, class, now).await?;
            if !slips.is_empty() {
                let entry = Entry::new(Verb::CodesMade, found.name.clone()).detail("人数", slips.len());
                audit::append(db, acting.person(), entry, now).await?;
            }
            let school = store::institution_code(db, &manager).await?;
            Ok((found.name, school, slips))
        })
        .await?;
    let last_day = codes::last_day(now);
    let address = origin(&headers);
    // After the #: browsers keep it to themselves, so that no proxy's log ever holds a code.
    let link = |slip: &Slip| format!("{address}/activate#{school}/{}/{}", query_value(&slip.number), slip.code.text());
    let drawn = slips.into_iter().map(|slip| Qr::new(&link(&slip)).map(|qr| (slip, qr)));
    let slips = drawn.collect::<anyhow::Result<Vec<_>>>()?;
    let institution = acting.person().institution_name.clone();
    Ok(PrintedSlipsPage { chrome, institution, class: name, address, slips, last_day })
}
