//! A service that layers may clone for nothing.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use tower::{Service, ServiceExt, util::Oneshot};

/// Every function of [`axum::middleware::from_fn`] clones all that stands below it, for each request, and a route is a box in
/// a box for each layer that it has: all of them are made anew each time. This one is cloned by counting up; what it holds
/// is cloned once, when the request comes to it.
#[derive(Debug)]
pub struct SharedService<S>(Arc<S>);

impl<S> SharedService<S> {
    #[must_use]
    pub fn new(service: S) -> Self {
        Self(Arc::new(service))
    }
}

impl<S> Clone for SharedService<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R, S: Service<R> + Clone> Service<R> for SharedService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, R>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        // The clone that takes the request is asked.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}
