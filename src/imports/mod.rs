//! 导入数据: students, grades and office holders from spreadsheets. A file is previewed (new, changed, same, missing,
//! wrong), then committed whole or not at all, with progress; the same file twice changes nothing; what is wrong comes
//! back as a file to mend. Grades are facts with their period and source: a later file never rewrites what was decided on
//! an earlier one (ELG-03, ELG-04).
//!
//! Memory: a file of at most 8 MB, 60,000 rows and 1.2 million cells is held once while it is read (some 30 MB of cells
//! beside their text at the very most), two files at a time; then its rows alone, each in one text, until they are
//! written. A commit holds them again only while it compares them anew.

pub mod file;
mod grades;
mod grades_asked;
pub mod import;
mod judged;
pub mod offices;
mod pages;
mod paths;
mod places;
pub mod progress;
mod progress_store;
mod rankings;
mod repeats;
pub mod retention;
mod spelling;
pub mod store;
mod students;
pub mod tasks;

pub use progress::Imports;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, Registrar},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: Imports) -> Routes {
    pages::routes().merge(places::pages::routes()).with_state(state)
}

verbs! {
    /// A file was committed.
    ImportCommitted = "import_committed", "导入数据";
    /// It was said whether rankings whose base nobody had been asked for are those of the major.
    RankingsSaid = "rankings_said", "确认以前导入的排名";
    /// It was decided what the colleges, majors and classes of a file are that did not exist.
    PlacesMatched = "places_matched", "核对院系专业班级";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[NavItem {
    href: "/imports",
    label: "导入数据",
    says: "学生名单、成绩排名、任职人员：先预览，再一次写入",
    group: NavGroup::Data,
    place: 150,
    offices: Registrar::KINDS,
}];
