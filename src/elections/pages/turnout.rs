//! 投票进度: how many have voted, never what and never who. It looks again by itself, and stands on no voter's page.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    auth::{acting::Acting, extract::BY_ITSELF},
    elections::Elections,
    elections::{
        TurnoutReader,
        sitting::{Contest, Sitting, Stage},
        store::{self, Turnout},
        turnout::{self, Cell, Part},
    },
    failure::Failure,
    ids::SittingId,
    page::{chrome::Chrome, filters},
};

/// Seconds after which the page looks again while votes are cast.
const SECONDS: u32 = 20;

/// The part of a roll that an office sees; none where the sitting is its own.
fn own_part(acting: &Acting<TurnoutReader>, sitting: &Sitting) -> Option<Part> {
    let office = acting.office();
    let college = office.college.filter(|college| Some(*college) != sitting.college).map(Part::College);
    office.class.map(Part::Class).or(college)
}

fn sum<'a>(label: &str, cells: impl IntoIterator<Item = &'a Cell>) -> Turnout {
    let mut sum = Turnout { label: label.to_owned(), due: 0, cast: 0, paper: 0 };
    for cell in cells {
        sum.due += cell.due;
        sum.cast += cell.cast;
        sum.paper += cell.paper;
    }
    sum
}

/// The numbers of a sitting of which an office sees a part.
struct Numbers {
    /// Those of the office's part.
    cells: Vec<Cell>,
    part: Option<Part>,
    /// The parts that may be shown while votes are cast; none where all may.
    shown: Option<Vec<Part>>,
}

impl Numbers {
    async fn of(db: &mut PgConnection, acting: &Acting<TurnoutReader>, sitting: &Sitting) -> Result<Self, Failure> {
        let mut cells = store::turnout_cells(db, sitting.id).await?;
        let part = own_part(acting, sitting);
        let shown = (sitting.stage() == Stage::Open).then(|| turnout::shown(&cells));
        cells.retain(|cell| part.is_none_or(|part| part.holds(cell)));
        Ok(Self { cells, part, shown })
    }

    fn may_show(&self, part: Part) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.contains(&part))
    }

    /// The office's whole; none where it would tell of a few.
    fn total(&self) -> Option<Turnout> {
        self.part.is_none_or(|part| self.may_show(part)).then(|| sum("", &self.cells))
    }

    /// The classes that may be shown, and the others together.
    fn classes(&self) -> Vec<Turnout> {
        let (mut rows, mut rest): (Vec<Turnout>, Vec<&Cell>) = (Vec::new(), Vec::new());
        for class in self.cells.chunk_by(|one, next| one.class == next.class) {
            match class.first() {
                Some(first) if self.may_show(Part::Class(first.class)) => rows.push(sum(&first.label, class)),
                _ => rest.extend(class),
            }
        }
        if !rest.is_empty() {
            rows.push(sum("其余班级合计（人数少的不单列）", rest));
        }
        rows
    }

    /// The contests that may be shown.
    fn contests(&self, contests: &[Contest]) -> Vec<Turnout> {
        let part = |contest: &Contest| Part::Contest(contest.ordinal);
        let of = |contest: &Contest| {
            let part = part(contest);
            sum(&contest.title, self.cells.iter().filter(|cell| part.holds(cell)))
        };
        contests.iter().filter(|contest| self.may_show(part(contest))).map(of).collect()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "elections/turnouts.html")]
pub(super) struct TurnoutsPage {
    chrome: Chrome,
    rows: Vec<(Sitting, Option<Turnout>)>,
}

async fn visible(app: &Elections, acting: &Acting<TurnoutReader>) -> Result<Vec<SittingId>, Failure> {
    let scope = acting.scope();
    store::sittings_with_turnout(&mut *app.read().await?, &scope, acting.office().kind).await
}

pub(super) async fn list(State(app): State<Elections>, acting: Acting<TurnoutReader>) -> Result<TurnoutsPage, Failure> {
    let ids = visible(&app, &acting).await?;
    let mut db = app.read().await?;
    let mut rows = Vec::new();
    for id in ids {
        let Some(sitting) = store::sitting(&mut db, acting.institution(), id).await? else { continue };
        let total = Numbers::of(&mut db, &acting, &sitting).await?.total();
        rows.push((sitting, total));
    }
    Ok(TurnoutsPage { chrome: app.chrome(acting.person(), "投票进度"), rows })
}

#[derive(Template)]
#[template(path = "elections/turnout.html")]
struct TurnoutPage {
    chrome: Chrome,
    sitting: Sitting,
    /// None where it would tell of a few.
    total: Option<Turnout>,
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
    let mut db = app.read().await?;
    let sitting = store::sitting(&mut db, acting.institution(), id).await?.ok_or(Failure::Missing)?;
    let numbers = Numbers::of(&mut db, &acting, &sitting).await?;
    let total = numbers.total();
    let contests = match numbers.part {
        None => numbers.contests(&store::contests(&mut db, &sitting, None).await?),
        Some(_) => Vec::new(),
    };
    let classes = if total.is_some() { numbers.classes() } else { Vec::new() };
    let open = sitting.stage() == Stage::Open;
    let chrome = app.chrome(acting.person(), &sitting.title).under("/turnout", "投票进度");
    let page = TurnoutPage { chrome, sitting, total, contests, classes, open, now: app.clock.now() };
    let html = axum::response::Html(page.render().map_err(anyhow::Error::new)?);
    let again = format!("{SECONDS}; url=?{BY_ITSELF}");
    Ok(if open { ([(header::REFRESH, again)], html).into_response() } else { html.into_response() })
}
