//! Where the pages of the plans are, and what they say after an act.

use crate::{
    ids::{PlanDocumentId, PlanVersionId},
    words::words,
};

/// 实施方案: the plans of a university.
pub const PLANS: &str = "/plans";

words! {
    /// What was done with a plan file or its document.
    Done:
    Added = "added", "方案文件已收存，下面是与全国要求的对照。需要时在“实施方案”里选定并启用。";
    Same = "same", "这份文件与已收存的版本完全相同，没有新增版本。";
    PaperKept = "paper", "原件已存入，规则手册里每条引文旁都可以打开。";
    PaperRemoved = "paper_removed", "原件已删除。";
}

pub(super) fn version_after(version: PlanVersionId, done: Done) -> String {
    format!("{PLANS}/{version}?done={}", done.slug())
}

/// Where a document of a plan is handed out.
pub(super) fn document_path(id: PlanDocumentId) -> String {
    format!("/rulebook/documents/{id}")
}
