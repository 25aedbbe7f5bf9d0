//! A draft of a plan and its stages.

use time::OffsetDateTime;

use crate::{
    ids::{AccountId, PlanDraftId, PlanVersionId},
    plan_form::faults::Checked,
    words::words,
};

words! {
    /// Where a draft stands.
    Stage:
    Open = "open", "正在起草";
    /// As it stands it waits for a second person, and nobody changes it.
    Submitted = "submitted", "等第二人确认";
    /// It has become a version of the university's plan.
    Confirmed = "confirmed", "已收存";
}

impl Stage {
    /// Its tone beside the word.
    pub(super) fn tone(self) -> &'static str {
        match self {
            Self::Open => "unknown",
            Self::Submitted => "warn",
            Self::Confirmed => "pass",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct PlanDraft {
    pub id: PlanDraftId,
    pub name: String,
    pub stage: Stage,
    pub made_at: OffsetDateTime,
    pub maker: String,
    /// The document's text and what the file was called; none before it was brought.
    pub text: Option<DocumentText>,
    pub submitted: Option<Submission>,
    /// Why it was given back the last time; empty where it was not.
    pub returned: String,
    /// The version that it became.
    pub version: Option<PlanVersionId>,
}

/// The text of the document that the plan is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentText {
    pub name: String,
    pub text: String,
}

/// A draft as it was handed in for the second person.
#[derive(Debug, Clone)]
pub(super) struct Submission {
    /// The plan file.
    pub source: String,
    pub by: AccountId,
    pub name: String,
    pub at: OffsetDateTime,
}

impl PlanDraft {
    pub fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// A second person need not ask anything more.
    pub fn is_ready(&self, checked: &Checked) -> bool {
        self.is_open() && checked.faults.is_empty() && checked.plan.is_some()
    }

    /// It waits, and this person may confirm it: somebody else handed it in.
    pub fn may_confirm(&self, person: AccountId) -> bool {
        self.stage == Stage::Submitted && self.submitted.as_ref().is_some_and(|one| one.by != person)
    }

    /// The text of its document; empty where there is none.
    pub fn document_text(&self) -> &str {
        self.text.as_ref().map_or("", |text| &text.text)
    }
}
