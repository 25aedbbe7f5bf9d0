//! 四类事项审核: what waits, what is under way, and how it went.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;
use time::{Date, Duration};

use super::visible_unions;
use crate::{
    app::App,
    auth::acting::Acting,
    failure::Failure,
    matters::{
        matter::Matter,
        paths::{Done, RULES, new_matter},
        store::{self, KindFigures, MatterFilter},
    },
    office::{MatterReader, Office, SchoolLeague},
    page::{
        charts::{Part, PartCount, strip},
        chrome::Chrome,
        filters,
    },
    rulebook::store::calendar,
    rules::{
        Clause, Rule,
        matters::{MatterKind, StageWord},
    },
};

/// The days over which the figures go.
const YEAR: Duration = Duration::days(365);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MattersQuery {
    kind: String,
    /// `all`, or what is open.
    which: String,
    done: String,
}

/// A kind of matter, and where one is filed.
struct KindChoice {
    kind: MatterKind,
    new: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "matters/list.html")]
pub(super) struct MattersPage {
    chrome: Chrome,
    /// Those whose next step the office holds.
    waiting: Vec<Matter>,
    rows: Vec<Matter>,
    figures: Vec<KindFigures>,
    strip: Vec<Part>,
    kinds: Vec<KindChoice>,
    query: MattersQuery,
    /// The union's own officers look.
    files: bool,
    /// Where it is set how it is done; none for who may not.
    settings: Option<&'static str>,
    /// The clause; none where the plan is silent.
    clause: Option<Clause>,
    today: Date,
    done: &'static str,
}

impl MattersPage {
    fn shows_all(&self) -> bool {
        self.query.which == "all"
    }
}

pub(super) async fn list(
    State(app): State<App>,
    acting: Acting<MatterReader>,
    Query(query): Query<MattersQuery>,
) -> Result<MattersPage, Failure> {
    let now = app.clock.now();
    let mut db = app.read().await?;
    let unions = visible_unions(&mut db, &acting).await?;
    let only = match unions.as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    let kind = query.kind.parse::<MatterKind>().ok();
    let filter = MatterFilter { kind, union: only, open: query.which != "all", ..MatterFilter::default() };
    let mut rows = store::matters(&mut db, acting.institution(), filter).await?;
    rows.retain(|matter| matter.union().is_visible_to(acting.office()));
    let waiting = rows.iter().filter(|matter| matter.step_of(acting.office()).is_some()).cloned().collect();
    let ids: Vec<_> = unions.iter().map(|union| union.id).collect();
    let figures = store::figures(&mut db, &ids, now - YEAR, now.date()).await?;
    let of = |word: StageWord| rows.iter().filter(|matter| matter.word() == word).count();
    let strip = strip(&[
        PartCount::new("unknown", "审批中", of(StageWord::Asked)),
        PartCount::new("warn", "退回修改", of(StageWord::Returned)),
        PartCount::new("pass", "已批准", of(StageWord::Approved)),
        PartCount::new("not_required", "已开展，待总结", of(StageWord::Begun)),
    ]);
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(now.date());
    let clause = plan.and_then(|plan| plan.provision(Rule::Gui02).map(|provision| provision.clause().clone()));
    let files = unions.iter().any(|union| union.is_own_of(acting.office()));
    let settings = SchoolLeague::KINDS.contains(&acting.office().kind).then_some(RULES);
    let (chrome, done) = (app.chrome(acting.person(), "四类事项审核"), Done::said(&query.done));
    let kinds = MatterKind::ALL.iter().map(|kind| KindChoice { kind: *kind, new: new_matter(*kind) }).collect();
    Ok(MattersPage {
        chrome,
        waiting,
        rows,
        figures,
        strip,
        kinds,
        query,
        files,
        settings,
        clause,
        today: now.date(),
        done,
    })
}
