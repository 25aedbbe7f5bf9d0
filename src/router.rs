//! The roof: the portal's state, every feature's routes in one list, and the layers in order.

use std::{ops::Deref, time::Duration};

use axum::{
    Extension, Router,
    http::{HeaderName, StatusCode},
    middleware,
    routing::Route,
};
use tower::{ServiceBuilder, layer::layer_fn};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::{RequestBodyDeadlineLayer, TimeoutLayer},
};

use crate::{
    accounts::{self, Slips},
    activities, adoption,
    app::{App, Routes},
    audit::{self, RecordVerb},
    auth::{kept::KeptData, tasks::AskedFeature},
    campus::{self, Campus},
    clock::Clock,
    conduct,
    config::PublicUrl,
    congress::{self, meeting::Meetings},
    contact,
    database::{Pools, space::Space},
    directory, disclosure, education,
    elections::{self, Elections},
    failure::{self, Failure},
    guidance,
    health::{self, Metrics},
    holidays, home,
    imports::{self, Imports},
    inbox, kept_forms, matters, meetings,
    page::{assets, chrome::NavItem},
    people::{self, People, retention::EraseOf},
    plan_drafts, privacy, projects,
    reviews::{self, Reviews},
    rollover, roster_check, rotation,
    rulebook::{self, RuleBooks},
    sealing::keys::MarkKey,
    secrets::Cost,
    sign_in::{self, SignIn},
    surveys::{self, Surveys},
    unions::{self, Overviews, Rosters},
    vetting,
    voice::{self, Voice},
    web::{
        self,
        routes::{LARGEST_FORM, LARGEST_READ},
        shared_service::SharedService,
    },
};

/// How long a client may take to send a body, and a handler to answer.
const BODY_WITHIN: Duration = Duration::from_secs(45);
const ANSWER_WITHIN: Duration = Duration::from_mins(1);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The application and what the features keep of their own.
#[derive(Debug, Clone)]
pub struct Portal {
    pub app: App,
    pub sign_in: SignIn,
    pub campus: Campus,
    pub elections: Elections,
    pub reviews: Reviews,
    pub surveys: Surveys,
    pub imports: Imports,
    pub meetings: Meetings,
    pub slips: Slips,
    pub voice: Voice,
    pub people: People,
    pub overviews: Overviews,
    pub rosters: Rosters,
    pub rule_books: RuleBooks,
    pub metrics: Metrics,
    /// Where the database keeps its files.
    pub space: Space,
    /// Where people reach it, as the operator states it.
    pub public_url: Option<PublicUrl>,
}

impl Deref for Portal {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Portal {
    /// A portal on these pools. Inside a runtime: it starts tasks.
    ///
    /// # Errors
    /// Where the hashing threads cannot be started.
    pub fn new(pools: Pools, clock: Clock, cost: Cost, ballot_key: MarkKey, metrics: Metrics) -> anyhow::Result<Self> {
        let app = App::new(pools, clock, cost, navigation())?;
        let sign_in = SignIn::new(&app, &ballot_key);
        Ok(Self {
            campus: Campus::new(&app, &sign_in, &ballot_key),
            sign_in,
            reviews: Reviews::new(&app, ballot_key.clone()),
            surveys: Surveys::new(&app, ballot_key.clone()),
            elections: Elections::new(&app, ballot_key),
            imports: Imports::new(&app),
            meetings: Meetings::new(&app),
            slips: Slips::new(&app),
            voice: Voice::new(&app),
            people: People::new(&app),
            overviews: Overviews::new(&app),
            rosters: Rosters::new(&app),
            rule_books: RuleBooks::new(&app),
            app,
            metrics,
            space: Space::default(),
            public_url: None,
        })
    }
}

/// The entries of all features in the order in which they are shown.
fn navigation() -> Vec<NavItem> {
    let features = [
        home::NAV,
        unions::NAV,
        vetting::NAV,
        congress::NAV,
        conduct::NAV,
        education::NAV,
        meetings::NAV,
        guidance::NAV,
        projects::NAV,
        elections::NAV,
        reviews::NAV,
        matters::NAV,
        activities::NAV,
        rotation::NAV,
        voice::NAV,
        contact::NAV,
        surveys::NAV,
        disclosure::NAV,
        holidays::NAV,
        roster_check::NAV,
        rulebook::NAV,
        plan_drafts::NAV,
        adoption::NAV,
        people::NAV,
        imports::NAV,
        rollover::NAV,
        accounts::NAV,
        campus::NAV,
        directory::NAV,
        privacy::NAV,
        audit::NAV,
        sign_in::NAV,
    ];
    let mut entries: Vec<NavItem> = features.into_iter().flatten().copied().collect();
    entries.sort_by_key(|entry| (entry.group, entry.place));
    entries
}

/// What is kept of people, as the notice says it, in its order.
#[must_use]
pub fn kept() -> Vec<KeptData> {
    let features = [
        people::kept::KEPT,
        vetting::kept::KEPT,
        conduct::kept::KEPT,
        voice::kept::KEPT,
        contact::kept::KEPT,
        surveys::kept::KEPT,
        disclosure::kept::KEPT,
        education::kept::KEPT,
        unions::kept::KEPT,
        elections::kept::KEPT,
        meetings::kept::KEPT,
        congress::kept::KEPT,
        reviews::kept::KEPT,
        matters::kept::KEPT,
        activities::kept::KEPT,
        accounts::kept::KEPT,
        inbox::kept::KEPT,
        kept_forms::kept::KEPT,
        audit::kept::KEPT,
    ];
    let mut kept = features.concat();
    kept.sort_by_key(|data| (data.heading, data.place));
    kept
}

/// What is done in the portal, as the record names it; in the order in which its filter offers it.
#[must_use]
pub fn verbs() -> Vec<RecordVerb> {
    let features = [
        sign_in::VERBS,
        accounts::VERBS,
        campus::VERBS,
        directory::VERBS,
        people::VERBS,
        imports::VERBS,
        rollover::VERBS,
        privacy::VERBS,
        rulebook::VERBS,
        plan_drafts::VERBS,
        adoption::VERBS,
        holidays::VERBS,
        rotation::VERBS,
        unions::VERBS,
        vetting::VERBS,
        elections::VERBS,
        congress::VERBS,
        reviews::VERBS,
        conduct::VERBS,
        education::VERBS,
        matters::VERBS,
        meetings::VERBS,
        guidance::VERBS,
        projects::VERBS,
        voice::VERBS,
        contact::VERBS,
        surveys::VERBS,
        disclosure::VERBS,
        home::VERBS,
        audit::VERBS,
    ];
    features.concat()
}

/// Functions as [`AskedFeature`] by the room that they stand in, each answer behind a pointer.
macro_rules! tasks_of {
    ($($room:ident $(:: $name:ident)+,)*) => {
        &[$(AskedFeature {
            room: stringify!($room),
            waiting: |connection, person, now| Box::pin($room$(::$name)+(connection, person, now)),
        },)*]
    };
}

/// Who is asked what waits for a person.
const TASKS: &[AskedFeature] = tasks_of![
    unions::tasks::waiting,
    congress::tasks::waiting,
    conduct::tasks::waiting,
    education::tasks::waiting,
    matters::tasks::waiting,
    meetings::tasks::waiting,
    guidance::tasks::waiting,
    projects::tasks::waiting,
    voice::tasks::waiting,
    contact::tasks::waiting,
    surveys::tasks::waiting,
    rotation::tasks::waiting,
    people::tasks::waiting,
    plan_drafts::tasks::waiting,
    accounts::tasks::waiting,
    vetting::tasks::waiting,
    imports::tasks::waiting,
    elections::tasks::waiting,
    reviews::tasks::waiting,
    activities::tasks::waiting,
];

/// Functions as [`EraseOf`], each answer behind a pointer.
macro_rules! erase_of {
    ($($($name:ident)::+,)*) => {
        &[$(|connection, gone| Box::pin($($name)::+(connection, gone)),)*]
    };
}

/// Who keeps something of people that goes when they are erased.
const ERASE: &[EraseOf] = erase_of![
    vetting::retention::erase,
    congress::delegates::retention::erase,
    reviews::retention::erase,
    conduct::retention::erase,
    matters::retention::erase,
    activities::retention::erase,
    meetings::retention::erase,
    voice::retention::erase,
    contact::retention::erase,
    surveys::retention::erase,
    disclosure::retention::erase,
    rollover::retention::erase,
];

/// Every route of the portal, a line a feature.
#[must_use]
pub fn routes(portal: &Portal) -> Routes {
    Routes::default()
        .get("/static/{file}", assets::serve)
        .get("/favicon.ico", assets::favicon)
        .merge(health::routes(portal.metrics.clone(), portal.elections.clone(), portal.space.clone()))
        .merge(sign_in::routes(portal.sign_in.clone()))
        .merge(rulebook::routes(portal.rule_books.clone()))
        .merge(plan_drafts::routes())
        .merge(adoption::routes())
        .merge(unions::routes(portal.overviews.clone(), portal.rosters.clone()))
        .merge(rotation::routes())
        .merge(holidays::routes())
        .merge(vetting::routes())
        .merge(conduct::routes())
        .merge(education::routes())
        .merge(meetings::routes())
        .merge(guidance::routes())
        .merge(projects::routes())
        .merge(elections::routes(portal.elections.clone()))
        .merge(congress::routes(portal.meetings.clone()))
        .merge(reviews::routes(portal.reviews.clone()))
        .merge(matters::routes())
        .merge(activities::routes())
        .merge(voice::routes(portal.voice.clone()))
        .merge(contact::routes())
        .merge(surveys::routes(portal.surveys.clone()))
        .merge(disclosure::routes())
        .merge(roster_check::routes())
        .merge(home::routes(&portal.app, portal.overviews.clone(), TASKS))
        .merge(directory::routes())
        .merge(people::routes(portal.people.clone()))
        .merge(imports::routes(portal.imports.clone()))
        .merge(rollover::routes())
        .merge(inbox::routes())
        .merge(privacy::routes(&portal.app, ERASE, kept()))
        .merge(accounts::routes(portal.sign_in.clone(), portal.slips.clone()))
        .merge(campus::routes(portal.campus.clone()))
        .merge(audit::routes(&portal.app, verbs()))
}

/// Compresses answers but files that are compressed already: Word and Excel files are archives.
fn compression() -> CompressionLayer<impl Predicate> {
    let is_worth_it = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats-officedocument."));
    CompressionLayer::new().compress_when(is_worth_it)
}

/// The router with its layers, the first one outermost.
pub fn router(portal: &Portal) -> Router {
    // Every list of layers ends with this one: each function among them clones whatever stands below it.
    let shared = layer_fn(SharedService::<Route>::new);
    let layers = ServiceBuilder::new()
        .layer(middleware::from_fn(web::observe::own_request_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, web::observe::RandomRequestId))
        .layer(middleware::from_fn(web::observe::observe))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(middleware::from_fn(web::headers::security))
        .layer(compression())
        .layer(middleware::from_fn(failure::dress))
        .layer(CatchPanicLayer::custom(web::observe::after_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER_WITHIN))
        .layer(RequestBodyDeadlineLayer::new(BODY_WITHIN))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(LARGEST_READ + LARGEST_FORM))
        .layer(shared);
    // One list and not a layer each: a route is a box in a box for each time that it is layered.
    let forms = ServiceBuilder::new()
        .layer(middleware::from_fn(web::origin::referred_from_here))
        .layer(middleware::from_fn(web::forms::watched))
        .layer(Extension(portal.public_url.clone()))
        .layer(Extension(web::downloads::Downloads::default()))
        .layer(middleware::from_fn(web::downloads::few_at_once))
        .layer(Extension(web::intake::Intake::new(portal.space.clone())))
        .layer(middleware::from_fn_with_state(portal.app.clone(), kept_forms::capture))
        .layer(middleware::from_fn(web::forms::typeable))
        .layer(Extension(portal.app.pools.clone()))
        .layer(shared);
    let inside = routes(portal)
        .into_router()
        .fallback(|| async { Failure::Missing })
        .method_not_allowed_fallback(|| async { Failure::Missing })
        .layer(forms)
        .layer(layers.clone())
        .with_state(portal.app.clone());
    // Outside the routes: the form that it shows is sent to the route of its own page. What it answers by itself goes
    // through the same layers.
    let outside = middleware::from_fn_with_state(portal.app.clone(), kept_forms::show);
    let kept = ServiceBuilder::new().layer(outside).service(inside.clone());
    Router::new().route_service(kept_forms::KEPT, kept).layer(layers).fallback_service(inside)
}
