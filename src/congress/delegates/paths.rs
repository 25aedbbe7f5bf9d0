//! Where the pages of delegates are, and what they say after an act.

use crate::{
    ids::CongressId,
    words::{said_after, words},
};

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    TermsKept = "terms", "已保存。团支部可以在截止日期以前推荐代表人选。";
    Told = "told", "已登记办完。";
    Recommended = "recommended", "已推荐。";
    Reviewed = "reviewed", "已签署意见。";
    Withdrawn = "withdrawn", "已撤回推荐。";
    ReportKept = "report", "选举报告已登记。下一步上报当选代表名单。";
    ReportWithdrawn = "report-withdrawn", "已删除登记的选举报告。";
    HandedIn = "handed-in", "已上报，等待接收。";
    Received = "received", "已接收：名单上的人成为代表或候补代表，并已通知本人。";
    Returned = "returned", "已退回，并通知上报单位。";
    Ended = "ended", "已终止代表资格。";
    Promoted = "promoted", "已终止代表资格，候补代表依次递补，并已通知本人。";
    EndUndone = "end-undone", "已撤销终止，代表资格照原来的继续，并已通知本人。";
    DelegationsMade = "made", "已按院系组成代表团。";
    DelegationKept = "delegation", "已保存。";
    Moved = "moved", "已编入代表团。";
    Adopted = "adopted", "代表资格审查报告已通过，代表证号已编定。";
}

said_after!(Done);

impl CongressId {
    /// How far the delegates' elections are.
    pub(crate) fn delegates_path(self) -> String {
        format!("{}/delegates", self.path())
    }

    /// Who is recommended.
    pub(crate) fn recommendations_path(self) -> String {
        format!("{}/recommendations", self.delegates_path())
    }

    /// The steps of the delegates' chain that are no opinions.
    pub(super) fn delegate_steps_path(self) -> String {
        format!("{}/steps", self.delegates_path())
    }

    /// Where a college's union makes its election.
    pub(crate) fn delegate_elections_path(self) -> String {
        format!("{}/elections", self.delegates_path())
    }

    /// Where the report of an election held elsewhere is taken down.
    pub(super) fn delegate_report_path(self, unit: i16) -> String {
        format!("{}/reports/{unit}", self.delegates_path())
    }

    /// The list of elected delegates.
    pub(crate) fn delegate_list_path(self) -> String {
        format!("{}/list", self.delegates_path())
    }

    /// The delegates, once they are listed.
    pub(crate) fn seated_path(self) -> String {
        format!("{}/seated", self.delegates_path())
    }

    pub(crate) fn delegations_path(self) -> String {
        format!("{}/delegations", self.path())
    }

    /// The report on the delegates' qualification.
    pub(crate) fn qualification_path(self) -> String {
        format!("{}/qualification", self.path())
    }
}
