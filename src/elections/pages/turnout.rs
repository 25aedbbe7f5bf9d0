//! 投票进度: how many have voted, never what and never who. It looks again by itself, and stands on no voter's page.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use time::OffsetDateTime;

use crate::{
    auth::{acting::Acting, extract::BY_ITSELF},
    elections::Elections,
    elections::{
        reconciliation::FEW,
        sitting::{Sitting, Stage},
        store::{self, Turnout},
    },
    failure::Failure,
    ids::SittingId,
    office::TurnoutReader,
    page::{chrome::Chrome, filters},
};

/// Seconds after which the page looks again while votes are cast.
const SECONDS: u32 = 20;

#[derive(Template, WebTemplate)]
#[template(path = "elections/turnouts.html")]
pub(super) struct TurnoutsPage {
    chrome: Chrome,
    rows: Vec<(Sitting, Turnout)>,
}

async fn visible(app: &Elections, acting: &Acting<TurnoutReader>) -> Result<Vec<SittingId>, Failure> {
    let scope = acting.scope();
    store::sittings_with_turnout(&mut *app.read().await?, &scope, acting.office().kind).await
}

/// An office of a college or a class sees its own part of the roll.
fn whole(acting: &Acting<TurnoutReader>, sitting: &Sitting) -> bool {
    let office = acting.office();
    office.class.is_none() && (office.college.is_none() || office.college == sitting.college)
}

fn sum(label: &str, parts: &[Turnout]) -> Turnout {
    let total = |of: fn(&Turnout) -> i64| parts.iter().map(of).sum();
    Turnout {
        label: label.to_owned(),
        due: total(|one| one.due),
        cast: total(|one| one.cast),
        paper: total(|one| one.paper),
    }
}

pub(super) async fn list(State(app): State<Elections>, acting: Acting<TurnoutReader>) -> Result<TurnoutsPage, Failure> {
    let ids = visible(&app, &acting).await?;
    let mut db = app.read().await?;
    let scope = acting.scope();
    let mut rows = Vec::new();
    for id in ids {
        let Some(sitting) = store::sitting(&mut db, scope.institution, id).await? else { continue };
        let turnout = if whole(&acting, &sitting) {
            store::turnout(&mut db, id).await?.into_iter().next().unwrap_or_else(|| sum("", &[]))
        } else {
            sum("", &store::turnout_by_class(&mut db, id, scope.college, scope.class).await?)
        };
        rows.push((sitting, turnout));
    }
    Ok(TurnoutsPage { chrome: app.chrome(acting.person(), "投票进度"), rows })
}

/// Parts of few voters are shown together; alone they are not shown where even together they are few.
fn fold(parts: Vec<Turnout>) -> Vec<Turnout> {
    let (few, mut shown): (Vec<Turnout>, Vec<Turnout>) = parts.into_iter().partition(|part| part.due < i64::from(FEW));
    let rest = sum("人数不足 20 的合计", &few);
    if rest.due >= i64::from(FEW) && few.len() > 1 {
        shown.push(rest);
    }
    shown
}

#[derive(Template)]
#[template(path = "elections/turnout.html")]
struct TurnoutPage {
    chrome: Chrome,
    sitting: Sitting,
    total: Turnout,
    contests: Vec<Turnout>,
    classes: Vec<Turnout>,
    open: bool,
    now: OffsetDateTime,
}

pub(super) async fn show(
    State(app): State<Elections>,
    acting: Acting<TurnoutReader>,
    Path(id): Path<SittingId>,
) -> Result<Response, Failure> {
    if !visible(&app, &acting).await?.contains(&id) {
        return Err(Failure::Missing);
    }
    let (mut db, scope) = (app.read().await?, acting.scope());
    let sitting = store::sitting(&mut db, scope.institution, id).await?.ok_or(Failure::Missing)?;
    let classes = if whole(&acting, &sitting) {
        store::turnout_by_class(&mut db, id, None, None).await?
    } else {
        store::turnout_by_class(&mut db, id, scope.college, scope.class).await?
    };
    let (total, contests) = if whole(&acting, &sitting) {
        let mut parts = store::turnout(&mut db, id).await?.into_iter();
        (parts.next().unwrap_or_else(|| sum("", &[])), parts.collect())
    } else {
        (sum("", &classes), Vec::new())
    };
    let open = sitting.stage == Stage::Open;
    // While votes are cast a part of a few would tell who has voted.
    let (contests, classes) = if open { (fold(contests), fold(classes)) } else { (contests, classes) };
    let chrome = app.chrome(acting.person(), &sitting.title).under("/turnout", "投票进度");
    let page = TurnoutPage { chrome, sitting, total, contests, classes, open, now: app.clock.now() };
    let html = axum::response::Html(page.render().map_err(anyhow::Error::new)?);
    let again = format!("{SECONDS}; url=?{BY_ITSELF}");
    Ok(if open { ([(header::REFRESH, again)], html).into_response() } else { html.into_response() })
}
