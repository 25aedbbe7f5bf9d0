//! What every request shares and no feature owns: routes, forms, headers, cookies, connections, and observation.

pub mod account_places;
pub mod connections;
pub mod cookies;
pub mod downloads;
pub mod forms;
pub mod headers;
pub mod intake;
pub mod just_made;
pub mod media;
pub mod network;
pub mod observe;
pub mod origin;
pub mod outgoing;
pub mod read_again;
pub mod routes;
pub mod shared_service;
pub mod upload_body;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::page::filters::query_value;

/// An Excel workbook to be saved under a name that may be Chinese (RFC 5987).
#[must_use]
pub fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name, "sheet.xlsx", bytes)
}

/// A Word file to be saved under a name that may be Chinese (RFC 5987).
#[must_use]
pub fn word_document(name: &str, bytes: Vec<u8>) -> Response {
    file(media::WORD, name, "paper.docx", bytes)
}

/// A file to be saved under a name that may be Chinese (RFC 5987), whatever it is called; `plain` is for a browser that
/// knows no other names than ASCII ones.
#[must_use]
pub fn file(media: &str, name: &str, plain: &str, bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, attachment(name, plain))];
    (headers, bytes).into_response()
}

fn attachment(name: &str, plain: &str) -> String {
    // A quotation mark would end the name.
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -._".contains(&byte)) {
        return format!("attachment; filename=\"{name}\"");
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", query_value(name))
}
