//! The page 办理诉求: what an office has before it, what is due first.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    Voice, VoiceHandler,
    paths::{DESK, Done},
    request::VoiceRequest,
    store::{self, RequestFilter, VoiceDesk, Waiting},
};
use crate::{
    auth::acting::Acting,
    failure::Failure,
    page::{
        chrome::Chrome,
        filters,
        paging::{RowRange, cut},
    },
    rulebook::store::calendar,
    rules::{
        Clause, Finding, Rule,
        voice::{Area, Stage, in_time},
    },
    text::trimmed,
    web::routes::Routes,
};

/// Requests of a page.
const SIZE: i64 = 50;

pub(super) fn routes() -> Routes<Voice> {
    Routes::default().get("/voice/desk", list)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeskQuery {
    stage: String,
    area: String,
    q: String,
    /// `yes`: what is late alone.
    late: String,
    page: i64,
    done: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "voice/desk.html")]
struct DeskPage {
    chrome: Chrome,
    requests: Vec<VoiceRequest>,
    waiting: Waiting,
    /// What is late, under its clause; none where no plan governs.
    finding: Option<Finding>,
    /// By which the League committee guides, before its own eyes.
    guided: Option<Clause>,
    stages: &'static [Stage],
    areas: &'static [Area],
    filter: DeskQuery,
    page: i64,
    more: bool,
    now: OffsetDateTime,
    done: &'static str,
}

impl DeskPage {
    /// The address of the list up to the number of the page.
    fn address(&self) -> String {
        let DeskQuery { stage, area, q, late, .. } = &self.filter;
        let query = filters::query(&[("stage", stage), ("area", area), ("q", q), ("late", late)]);
        if query.is_empty() { format!("{DESK}?") } else { format!("{DESK}?{query}&") }
    }

    fn is_late_alone(&self) -> bool {
        self.filter.late == "yes"
    }

    fn is_filtered(&self) -> bool {
        let DeskQuery { stage, area, q, late, .. } = &self.filter;
        [stage, area, q, late].into_iter().any(|one| !one.is_empty())
    }
}

async fn list(
    State(voice): State<Voice>,
    acting: Acting<VoiceHandler>,
    Query(filter): Query<DeskQuery>,
) -> Result<DeskPage, Failure> {
    let (mut db, now, desk) = (voice.read().await?, voice.clock.now(), VoiceDesk::of(&acting));
    let only = RequestFilter {
        desk: Some(desk),
        stage: filter.stage.parse().ok(),
        area: filter.area.parse().ok(),
        late_at: (filter.late == "yes").then_some(now),
        words: trimmed(&filter.q).to_owned(),
        ..RequestFilter::default()
    };
    let page = filter.page.clamp(0, 10_000);
    let mut requests =
        store::requests(&mut db, acting.institution(), &only, RowRange::page(page, SIZE).and_one()).await?;
    let more = cut(&mut requests, SIZE);
    let waiting = store::waiting(&mut db, acting.institution(), desk, now).await?;
    let settings = store::settings(&mut db, acting.institution()).await?;
    let plans = calendar(&mut db, acting.institution()).await?;
    let plan = plans.in_force(now.date());
    let finding = plan.as_ref().map(|plan| in_time(plan, waiting.late, settings.within));
    let guided = plan
        .filter(|_| desk.is_league())
        .and_then(|plan| plan.provision(Rule::Rgt02).map(|provision| provision.clause().clone()));
    Ok(DeskPage {
        chrome: voice.chrome(acting.person(), "办理诉求"),
        requests,
        waiting,
        finding,
        guided,
        stages: Stage::ALL,
        areas: Area::ALL,
        done: Done::said(&filter.done),
        filter,
        page,
        more,
        now,
    })
}
