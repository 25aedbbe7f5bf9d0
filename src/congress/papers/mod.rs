//! The papers by which a congress is prepared: two requests (请示), the notice of the meeting (会议通知) and the agenda
//! (议程), made from what the portal knows, printed or opened in Word. Which papers there are is practice.

mod forms;
mod kinds;
mod pages;

use super::{
    congress::Congress,
    section::{Progress, Section},
};

pub use pages::routes;

/// The line on the page of a congress.
#[must_use]
pub fn section(congress: &Congress) -> Section {
    let progress = if congress.stage.is_under_way() { Progress::Now } else { Progress::Done };
    let says = "请示、会议通知、议程：打印，或下载 Word 编辑".to_owned();
    Section { name: "公文", href: congress.id.papers_path(), progress, says }
}
