//! The form in which the office in charge gives a paper its number and says how its seal reads.

use serde::Deserialize;

use crate::{
    elections::public_paper::Issue,
    papers::document_number,
    web::forms::{Errors, written_if_any},
};

/// 发文字号 and 落款 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct IssueForm {
    pub(super) number: String,
    pub(super) issuer: String,
}

impl From<Issue> for IssueForm {
    fn from(Issue { number, issuer }: Issue) -> Self {
        Self { number, issuer }
    }
}

impl IssueForm {
    /// Reads the form, or leaves an error beside a field; both may be empty.
    pub(super) fn read(&self, errors: &mut Errors) -> Option<Issue> {
        let number = written_if_any(&self.number, 40, "number", errors);
        let issuer = written_if_any(&self.issuer, 60, "issuer", errors);
        number.zip(issuer).map(|(number, issuer)| Issue { number: document_number(&number), issuer })
    }
}

/// Where the office in charge gives a paper its number and seal.
pub(super) struct IssuePanel {
    pub(super) action: String,
    pub(super) form: IssueForm,
    pub(super) errors: Errors,
}
