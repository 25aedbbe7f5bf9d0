//! What every page shares and no feature owns: the frame, forms, headers, observation, assets, and health.

pub mod assets;
pub mod charts;
pub mod chrome;
pub mod connections;
pub mod filters;
pub mod forms;
pub mod headers;
pub mod observe;

use crate::app::Routes;

/// Assets, health and metrics.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/static/{file}", assets::serve)
        .get("/favicon.ico", assets::favicon)
        .get("/healthz", observe::health)
        .get("/metrics", observe::metrics)
}
