//! How somebody leaves a union, and what they hand over.

use time::{Date, OffsetDateTime};

use crate::{
    ids::{ExitId, StudentId, UnionId},
    rules::conduct::ExitKind,
    words::words,
};

words! {
    /// Where an exit stands.
    ///
    /// ```text
    /// Asked ──granted──▶ HandingOver ──confirmed──▶ Done
    ///   │
    ///   └──▶ Refused, Withdrawn
    /// ```
    ExitStage:
    /// By the officer.
    Asked = "asked", "待办理";
    HandingOver = "handing_over", "待交接";
    Done = "done", "已办结";
    Refused = "refused", "未同意";
    Withdrawn = "withdrawn", "已撤回";
}

/// What is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    pub says: String,
    pub to: String,
    pub at: OffsetDateTime,
}

#[derive(Debug)]
pub struct Exit {
    pub id: ExitId,
    pub union: UnionId,
    pub union_name: String,
    pub student: StudentId,
    /// 学号.
    pub number: String,
    pub name: String,
    pub gender: Option<String>,
    pub political: Option<String>,
    pub major: String,
    pub entry_year: i32,
    /// The posts that it ends or ended, with their first day.
    pub posts: String,
    pub kind: ExitKind,
    pub reason: String,
    pub stage: ExitStage,
    pub asked_at: OffsetDateTime,
    /// The first day without a post.
    pub from_day: Option<Date>,
    /// Why it was refused.
    pub answer: Option<String>,
    pub handover_due: Option<Date>,
    pub handed_over: Option<HandedOver>,
    /// Who confirmed the handover, and when.
    pub confirmed: Option<(String, OffsetDateTime)>,
}

impl Exit {
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.stage == ExitStage::Asked
    }

    #[must_use]
    pub fn is_handing_over(&self) -> bool {
        self.stage == ExitStage::HandingOver
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.stage, ExitStage::Asked | ExitStage::HandingOver)
    }

    /// Nothing was handed over by the day on which it was due.
    #[must_use]
    pub fn is_overdue(&self, today: &Date) -> bool {
        self.is_handing_over() && self.handover_due.is_some_and(|due| due < *today)
    }
}
