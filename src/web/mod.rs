//! What every page shares and no feature owns: the frame, forms, headers, observation, assets, and health.

pub mod connections;
pub mod forms;
pub mod headers;
pub mod observe;
pub mod origin;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::{app::Routes, page::assets};

/// An Excel workbook to be saved under an ASCII name.
#[must_use]
pub fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

/// Assets, health and metrics.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .get("/static/{file}", assets::serve)
        .get("/favicon.ico", assets::favicon)
        .get("/healthz", observe::health)
        .get("/metrics", observe::metrics)
}
