//! Official documents, printed and opened in Word from one source, in the layout of GB/T 9704-2012.
//!
//! A feature says what stands in a paper ([`Paper`]); the page around it includes `papers/paper.html`, and
//! [`download`] gives the same as a Word file, which offices edit, number and seal. A paper with everything in it:
//!
#![doc = include_str!("example.md")]
//!
//! The page has a field `paper: Paper`, its template `{% include "papers/paper.html" %}`, and beside 打印 a link to a
//! route of its own for [`download`], with the same access as the page.

mod form;
mod paper;
pub mod word;

pub use form::{Form, FormField, FormRow};
pub use paper::{
    Align, Block, Column, HeadingLevel, Imprint, Orientation, Paper, Signature, Table, closed_up, document_number,
};

use axum::response::Response;

use crate::{app::App, failure::Failure, web::word_document};

/// The paper as a Word file to be saved under its title.
pub(crate) async fn download(app: &App, paper: Paper) -> Result<Response, Failure> {
    let name = paper.file_name();
    let bytes = app.heavy(move || paper.to_word()).await??;
    Ok(word_document(&name, bytes))
}
