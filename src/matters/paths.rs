//! Where the pages of controlled matters and prior reports are, and what they say after an act.

use crate::{
    ids::{LoanId, MatterId, PriorReportId, ReceiptId},
    page::filters::query,
    rules::matters::MatterKind,
    words::{said_after, words},
};

pub(crate) const MATTERS: &str = "/matters";
pub(super) const NEW: &str = "/matters/new";
pub(super) const RULES: &str = "/matters/rules";
pub(super) const REPORTS: &str = "/prior-reports";
pub(super) const NEW_REPORT: &str = "/prior-reports/new";

words! {
    /// What was just done.
    Done:
    Filed = "filed", "已提交，等各环节依次签署。批准以前不得开展、发布、联系或使用。";
    Changed = "changed", "已重新提交，各环节重新签署。";
    Signed = "signed", "已签署，下一环节能在首页看到。";
    Approved = "approved", "已批准，并已通知申请单位。";
    Returned = "returned", "已退回，并已通知申请单位修改。";
    Refused = "refused", "已记录不同意，并已通知申请单位。";
    Withdrawn = "withdrawn", "已撤回。";
    Revoked = "revoked", "已撤销批准，并已通知申请单位和报名的同学。";
    Begun = "begun", "已登记。请在一周以内提交总结。";
    Settled = "settled", "已登记决算。";
    Attached = "attached", "单据已保存，本会和审批这一件的单位可以查看。";
    Detached = "detached", "单据已删除。";
    Lent = "lent", "已登记借用。";
    GivenBack = "given-back", "已登记归还。";
    Closed = "closed", "已办结。";
    RulesSet = "rules-set", "已保存，今后提交的按新的办理；已经提交的不变。";
    Reported = "reported", "已报告校团委，收到的时间以系统登记的为准。";
    ReportedLate = "reported-late", "已报告校团委。这是迟报，已如实记录。";
    Answered = "answered", "已答复。";
    Passed = "passed", "已登记向学校党委汇报。";
    Replied = "replied", "已登记学校党委的回复。";
    Decided = "decided", "已登记决定。";
}

said_after!(Done);

/// The form for a new matter of a kind.
pub(super) fn new_matter(kind: MatterKind) -> String {
    format!("{NEW}?{}", query(&[("kind", kind.slug())]))
}

/// Where students sign up for an activity.
pub(super) fn sign_up_path(id: MatterId) -> String {
    format!("/activities/{id}")
}

impl MatterId {
    pub(crate) fn path(self) -> String {
        format!("{MATTERS}/{self}")
    }

    pub(super) fn change_path(self) -> String {
        format!("{MATTERS}/{self}/change")
    }

    pub(super) fn form_path(self) -> String {
        format!("{MATTERS}/{self}/form")
    }

    pub(super) fn form_word_path(self) -> String {
        format!("{MATTERS}/{self}/form.docx")
    }

    /// The form of a prior report on this activity.
    pub(super) fn report_path(self) -> String {
        format!("{NEW_REPORT}?kind=activity&matter={self}")
    }

    /// The scan of a receipt.
    pub(super) fn receipt_path(self, receipt: ReceiptId) -> String {
        format!("{MATTERS}/{self}/receipts/{receipt}")
    }

    pub(super) fn give_back_path(self, loan: LoanId) -> String {
        format!("{MATTERS}/{self}/loans/{loan}/back")
    }
}

impl PriorReportId {
    pub(super) fn path(self) -> String {
        format!("{REPORTS}/{self}")
    }

    pub(super) fn paper_path(self) -> String {
        format!("{REPORTS}/{self}/paper")
    }

    pub(super) fn paper_word_path(self) -> String {
        format!("{REPORTS}/{self}/paper.docx")
    }
}
