//! Routes as features list them, and the task in which every write runs to its end.

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    handler::Handler,
    middleware::{self, Next},
    response::Response,
    routing::{MethodRouter, get, post},
};
use tower::ServiceBuilder;
use tracing::Instrument as _;

use super::{observe::after_panic, read_again::read_again};
use crate::{
    failure::BrokeOff,
    page::{faults, unsent::Unsent},
};

/// The largest body that is read to its end, so that a file that is too large can be named beside the form as it was filled
/// in: photos of today's phones. Of such a file no more is kept than of one that is not.
pub const LARGEST_READ: usize = 40 * 1024 * 1024;
/// The largest form without a file.
pub const LARGEST_FORM: usize = 64 * 1024;
/// The most text that is read of a form that is larger, to give it back.
pub const LARGEST_TYPED: usize = 4 * LARGEST_FORM;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The path with its parameters in braces.
    pub path: &'static str,
    pub method: &'static str,
}

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of whose type nothing is known any more. axum makes a dozen types of every handler, and for each of them the
/// compiler proves anew that whatever the handler waits for may move between threads; of this one they are made once.
struct AnyHandler<S>(Arc<dyn Fn(Request, S) -> Answering + Send + Sync>);

impl<S: 'static> AnyHandler<S> {
    fn new<T: 'static>(handler: impl Handler<T, S>) -> Self {
        Self(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state))))
    }
}

impl<S> Clone for AnyHandler<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: 'static> Handler<(), S> for AnyHandler<S> {
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        (self.0)(request, state)
    }
}

/// Routes as they are added, so that tests can walk every one of them. They stand in a router that has the pools as an
/// extension.
#[derive(Debug)]
pub struct Routes<S> {
    list: Vec<Route>,
    /// Of each route of the list. They become one router in the end: one that is merged into another has all of its paths put
    /// in anew.
    handlers: Vec<MethodRouter<S>>,
}

impl<S> Default for Routes<S> {
    fn default() -> Self {
        Self { list: Vec::new(), handlers: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    fn add(mut self, path: &'static str, method: &'static str, handler: MethodRouter<S>) -> Self {
        self.list.push(Route { path, method });
        self.handlers.push(handler);
        self
    }

    /// Adds a page.
    #[must_use]
    pub fn get<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        let page = get(AnyHandler::new(handler));
        let page = if cfg!(debug_assertions) { page.layer(middleware::from_fn(droppable)) } else { page };
        self.add(path, "GET", page.layer(middleware::from_fn(read_again)))
    }

    /// Adds a page that is an act as well: that somebody took it is recorded, and so it is never read once more by itself.
    #[must_use]
    pub fn recorded_get<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.add(path, "GET", get(AnyHandler::new(handler)).layer(middleware::from_fn(to_the_end)))
    }

    /// Adds an act whose form is small.
    #[must_use]
    pub fn post<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.act(path, post(AnyHandler::new(handler)), LARGEST_FORM)
    }

    /// Adds an act whose form holds a file.
    #[must_use]
    pub fn upload<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.act(path, post(AnyHandler::new(handler)), LARGEST_READ)
    }

    fn act(self, path: &'static str, handler: MethodRouter<S>, largest: usize) -> Self {
        let layers = ServiceBuilder::new().layer(middleware::from_fn(to_the_end)).layer(DefaultBodyLimit::max(largest));
        self.add(path, "POST", handler.layer(layers))
    }

    /// Adds a feature's routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.handlers.extend(other.handlers);
        self
    }

    /// Gives the routes their state, so that they can stand among those of another.
    #[must_use]
    pub fn with_state<T: Clone + Send + Sync + 'static>(self, state: S) -> Routes<T> {
        let handlers = self.handlers.into_iter().map(move |handler| handler.with_state(state.clone())).collect();
        Routes { list: self.list, handlers }
    }

    /// Every route, in the order of the list.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    pub fn into_router(self) -> Router<S> {
        let routes = self.list.iter().zip(self.handlers);
        routes.fold(Router::new(), |router, (route, handler)| router.route(route.path, handler))
    }
}

/// What somebody asks to be written is written to its end. A client that hangs up drops the handler; with it would go a
/// transaction half begun, and its connection would come back to the pool still inside it.
async fn to_the_end(request: Request, next: Next) -> Response {
    let unsent = request.extensions().get::<Unsent>().copied();
    let run = async move {
        match unsent {
            Some(unsent) => unsent.show(faults::watch(next.run(request))).await,
            None => faults::watch(next.run(request)).await,
        }
    };
    let done = tokio::spawn(run.in_current_span()).await;
    // Nobody aborts the task, so it ended or panicked; of a form that met a panic what was typed is shown again.
    let mut response = done.unwrap_or_else(|error| after_panic(error.into_panic()));
    // Something may be written, so that it is not run again by itself.
    response.extensions_mut().remove::<BrokeOff>();
    response
}

tokio::task_local! {
    static DROPPABLE: ();
}

async fn droppable(request: Request, next: Next) -> Response {
    DROPPABLE.scope((), next.run(request)).await
}

/// The handler that asks may be dropped by a client that hangs up, and so must not write. Known in debug builds alone.
#[must_use]
pub fn is_droppable() -> bool {
    DROPPABLE.try_with(|()| ()).is_ok()
}
