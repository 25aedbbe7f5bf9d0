//! Where the pages of conduct are, and what they say after an act.

use crate::{
    ids::{ConductCaseId, ExitId, LapseId, UnionId},
    page::filters::query,
    rules::conduct::ExitKind,
    words::{said_after, words},
};

pub(super) const CASES: &str = "/conduct";
pub(super) const REPORTS: &str = "/reports";
pub(super) const EXITS: &str = "/exits";
pub(super) const LEAVING: &str = "/leaving";
pub(super) const TERMS: &str = "/conduct-terms";

/// The form of an exit, filled in so far.
pub(super) fn exit_of(union: UnionId, number: &str, kind: ExitKind) -> String {
    let pairs = [("union", union.to_string()), ("kind", kind.slug().to_owned()), ("number", number.to_owned())];
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!("{EXITS}?{}#number", query(&pairs))
}

words! {
    /// What was just done.
    Done:
    Reported = "reported", "已提交。办理结果会在消息里告诉你，也可以在这里查看。";
    Accepted = "accepted", "已受理。";
    Declined = "declined", "已答复不予受理，并告诉反映人。";
    Noted = "noted", "已记入调查核实。";
    Decided = "decided", "已作出处理，并已告诉本人和反映人。";
    Objected = "objected", "异议已提交。";
    Answered = "answered", "已复核，并已告诉本人。";
    Asked = "asked", "已提出，等主管团组织办理。";
    Withdrawn = "withdrawn", "已撤回。";
    Granted = "granted", "已办理退出，任职在所定之日结束，并已通知本人交接。";
    Refused = "refused", "已答复不同意，并已告诉本人。";
    HandedOver = "handed-over", "交接清单已提交，等主管团组织确认。";
    Confirmed = "confirmed", "交接已确认，退出办结。";
    Kept = "kept", "已决定暂时继续任职，并已通知本人。";
    TermsKept = "terms", "已保存。以后受理和办理的按这些天数。";
}

said_after!(Done);

impl ConductCaseId {
    /// For the office that handles it.
    pub(super) fn path(self) -> String {
        format!("{CASES}/{self}")
    }

    pub(super) fn decision_word_path(self) -> String {
        format!("{CASES}/{self}/decision.docx")
    }

    pub(super) fn receipt_word_path(self) -> String {
        format!("{CASES}/{self}/receipt.docx")
    }

    /// For whom it is about.
    pub(super) fn own_path(self) -> String {
        format!("/my-case/{self}")
    }

    pub(super) fn own_decision_word_path(self) -> String {
        format!("/my-case/{self}/decision.docx")
    }
}

impl LapseId {
    pub(super) fn path(self) -> String {
        format!("/lapses/{self}")
    }
}

impl ExitId {
    pub(super) fn path(self) -> String {
        format!("{EXITS}/{self}")
    }

    pub(super) fn form_word_path(self) -> String {
        format!("{EXITS}/{self}/form.docx")
    }

    pub(super) fn handover_word_path(self) -> String {
        format!("{EXITS}/{self}/handover.docx")
    }

    /// For whoever leaves.
    pub(super) fn own_handover_word_path(self) -> String {
        format!("{LEAVING}/{self}/handover.docx")
    }
}
