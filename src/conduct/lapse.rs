//! An officer who no longer meets the conditions of the post: found after an import, decided on by whom manages the union.

use time::{Date, OffsetDateTime};

use crate::{
    ids::{LapseId, StudentId, UnionId},
    words::words,
};

words! {
    /// Where it stands.
    ///
    /// ```text
    /// Open ──stays for a reason──▶ Kept
    ///   ├──an exit──▶ Left
    ///   └──meets them again, or holds no post──▶ Cleared
    /// ```
    LapseStage:
    Open = "open", "待决定";
    Kept = "kept", "暂时继续任职";
    Left = "left", "已办理退出";
    Cleared = "cleared", "已符合或已不任职";
}

/// A finding on one officer.
#[derive(Debug)]
pub(super) struct Lapse {
    pub id: LapseId,
    pub union: UnionId,
    pub union_name: String,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    /// Their posts in words.
    pub posts: String,
    /// What is not met.
    pub says: String,
    pub stage: LapseStage,
    pub opened_at: OffsetDateTime,
    pub decide_by: Date,
    /// Why they stay, and until when that holds.
    pub kept: Option<(String, Date)>,
}

impl Lapse {
    pub fn is_open(&self) -> bool {
        self.stage == LapseStage::Open
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand references")]
    pub fn is_overdue(&self, today: &Date) -> bool {
        self.is_open() && self.decide_by < *today
    }
}
