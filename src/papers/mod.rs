//! Official documents, printed and opened in Word from one source, in the layout of GB/T 9704-2012.
//!
//! A feature says what stands in a paper ([`Paper`]); the page around it includes `papers/paper.html`, and
//! [`download`] gives the same as a Word file, which offices edit, number and seal. A paper with everything in it:
//!
//! ```
//! use lunzhi::papers::{Column, Imprint, Paper, Table};
//! use time::macros::date;
//!
//! let columns = vec![Column::centred("序号", 4), Column::text("院系", 16), Column::centred("代表名额", 8)];
//! let rows = vec![vec!["1".to_owned(), "信息工程系".to_owned(), "12".to_owned()]];
//! let paper = Paper::new("关于召开示范学院第三次\n学生代表大会的请示")
//!     .number("示学〔2026〕3号")
//!     .to("学校党委")
//!     .paragraph("根据学校有关规定，拟于2026年12月召开第三次学生代表大会。现将有关事项请示如下。")
//!     .heading("会议名额")
//!     .paragraph("名额分配如下表。")
//!     .table(Table::new(columns, rows))
//!     .heading("会议议程")
//!     .items(["听取工作报告".to_owned(), "选举主席团".to_owned()])
//!     .paragraph("妥否，请批示。")
//!     .signed("示范学院学生会", Some(date!(2026 - 11 - 02)))
//!     .imprint(Imprint {
//!         copies_to: "校团委".to_owned(),
//!         issued_by: "示范学院学生会秘书处".to_owned(),
//!         issued_on: date!(2026 - 11 - 03),
//!     });
//! assert!(paper.to_word()?.starts_with(b"PK"));
//! assert_eq!(paper.file_name(), "关于召开示范学院第三次学生代表大会的请示.docx");
//! # anyhow::Ok(())
//! ```
//!
//! The page has a field `paper: Paper`, its template `{% include "papers/paper.html" %}`, and beside 打印 a link to a
//! route of its own for [`download`], with the same access as the page.

mod paper;
pub mod word;

pub use paper::{Align, Block, Column, HeadingLevel, Imprint, Orientation, Paper, Signature, Table, document_number};

use axum::response::Response;

use crate::{app::App, failure::Failure, web::word_document};

/// The paper as a Word file to be saved under its title.
pub(crate) async fn download(app: &App, paper: Paper) -> Result<Response, Failure> {
    let name = paper.file_name();
    let bytes = app.heavy(move || paper.to_word()).await??;
    Ok(word_document(&name, bytes))
}
