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

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        future::{Ready, ready},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use axum::{
        body::Body,
        extract::Request,
        middleware::{self, Next},
        response::Response,
    };
    use tower::ServiceBuilder;

    use super::*;

    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    impl Service<Request> for Counted {
        type Response = Response;
        type Error = Infallible;
        type Future = Ready<Result<Response, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request) -> Self::Future {
            ready(Ok(Response::default()))
        }
    }

    async fn onward(request: Request, next: Next) -> Response {
        next.run(request).await
    }

    #[tokio::test]
    async fn however_many_layers_stand_above_it_a_request_clones_what_it_holds_once() {
        let clones = Arc::new(AtomicUsize::new(0));
        let layer = || middleware::from_fn::<_, (Request,)>(onward);
        let layers = ServiceBuilder::new().layer(layer()).layer(layer()).layer(layer());
        let service = layers.service(SharedService::new(Counted(Arc::clone(&clones))));
        for asked in 1..=3 {
            let response = service.clone().oneshot(Request::new(Body::empty())).await.unwrap();
            assert!(response.status().is_success());
            assert_eq!(clones.load(Ordering::Relaxed), asked);
        }
    }
}
