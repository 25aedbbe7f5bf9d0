//! Where the pages about unions are, and the word with which an act leads to one.

use super::union::PostKind;
use crate::{
    ids::{DepartmentId, DraftId, PostId, TurnId, UnionId},
    page::filters::query,
    rules::Rule,
    unions::mending::MendedRule,
    words::{said_after, words},
};

/// The list of unions.
pub(crate) const UNIONS: &str = "/unions";

/// The overview of all unions and rules, with what is not met alone.
pub(super) const COMPLIANCE_BREACHES: &str = "/compliance?only=fail";

/// Where what the everyday work lacks is put right: pages of features that stand on this one.
pub(super) const MEETINGS: &str = "/union-meetings";
pub(super) const PROJECTS: &str = "/projects";
pub(super) const PLEDGES: &str = "/pledges";
pub(super) const PRIOR_REPORTS: &str = "/prior-reports";
pub(super) const MATTERS: &str = "/matters";

/// The overview of all unions and rules.
pub(super) const COMPLIANCE: &str = "/compliance";

/// The overview as a paper, on a page and in Word; `query` is the filter's.
pub(super) fn compliance_report(query: &str) -> String {
    format!("/compliance/report?{query}")
}

pub(super) fn compliance_paper(query: &str) -> String {
    format!("/compliance/report.docx?{query}")
}

/// The overview as a workbook; `query` is the filter's.
pub(super) fn compliance_file(query: &str) -> String {
    format!("/compliance.xlsx?{query}")
}

words! {
    /// What was just done, as the page says it to which an act leads.
    Done:
    Created = "created", "已建立。下一步：打开它，做现状登记，然后启用。";
    Registered = "registered", "现状已登记。请核对下面存在的问题，登记部门职能，然后启用。";
    Opened = "opened", "已启用。从现在起，每一次任命都按方案逐条核对。";
    Appointed = "appointed", "已任命，并已通知本人。";
    Ended = "ended", "已办理离任。不再任职的，请在“退出与交接”里办理交接。";
    SeveralEnded = "several-ended", "已办理离任，并已通知本人。不再任职的，请在“退出与交接”里办理交接。";
    EndUndone = "end-undone", "离任已撤销，并已通知本人。执行主席的轮值已同日结束的，请在“轮值”里撤销提前结束。";
    Corrected = "corrected", "已更正；原来的登记保留在沿革里。";
    Reshuffled = "reshuffled", "换届已办理。请接着在“轮值”里排定执行主席。";
    DepartmentAdded = "added", "已设立。";
    DepartmentChanged = "changed", "已变更；原来的名称和职能保留在沿革里。";
    OwnReported = "own-reported", "已登记；原来的登记保留在下面。";
    ConstitutionFiled = "constitution", "章程已存档；原来的版本保留在下面。";
    MendingSet = "mending-set", "整改期限已定，已列入办理单位的首页和日历。";
    MendingWithdrawn = "mending-withdrawn", "整改期限已撤回；原来的期限保留在下面。";
    DepartmentEnded = "abolished", "已撤销；部门内的任职同日结束。办错了的，今天可以在下面恢复。";
    DepartmentRestored = "department-restored", "部门已恢复，部门内的任职照原来的继续，并已通知本人。";
}

said_after!(Done);

impl UnionId {
    pub(crate) fn path(self) -> String {
        format!("{UNIONS}/{self}")
    }

    /// The university's own rules, and how the union stands to them.
    pub(super) fn own_rules_path(self) -> String {
        format!("{UNIONS}/{self}/own-rules")
    }

    /// The day by which a breach of a rule is mended.
    pub(super) fn mending_path(self, rule: &MendedRule) -> String {
        let pairs = [("rule", rule.code().unwrap_or_default()), ("own", rule.own_name().unwrap_or_default())];
        format!("{UNIONS}/{self}/mending?{}", query(&pairs))
    }

    /// The same after an act, which it tells of.
    pub(super) fn mending_done_path(self, rule: &MendedRule, done: Done) -> String {
        format!("{}&done={}", self.mending_path(rule), done.slug())
    }

    /// What of a rule is amiss, of the catalogue or of the university's own.
    pub(super) fn broken_path(self, rule: &MendedRule) -> String {
        match rule {
            MendedRule::Listed(rule) => self.finding_path(*rule),
            MendedRule::Own(_) => self.own_rules_path(),
        }
    }

    /// What of a rule is amiss, with its evidence.
    pub(super) fn finding_path(self, rule: Rule) -> String {
        format!("{}#{rule}", self.findings_path())
    }

    pub(super) fn findings_path(self) -> String {
        format!("{UNIONS}/{self}/findings")
    }

    pub(super) fn history_file_path(self) -> String {
        format!("{UNIONS}/{self}/history.xlsx")
    }

    pub(super) fn appoint_path(self) -> String {
        format!("{UNIONS}/{self}/appoint")
    }

    /// The form of an appointment to a kind of post, in a department where one is named.
    pub(crate) fn appoint_to_path(self, kind: PostKind, department: Option<DepartmentId>) -> String {
        let department = department.map(|id| id.to_string()).unwrap_or_default();
        format!("{}?{}", self.appoint_path(), query(&[("post", kind.slug()), ("department", &department)]))
    }

    /// The form of an appointment by which somebody leaves what they hold in the union.
    pub(super) fn move_path(self, number: &str) -> String {
        format!("{}?{}", self.appoint_path(), query(&[("number", number), ("moves", "yes")]))
    }

    /// Where several people leave at once: of a kind of post or of a department, or these people by 学号.
    pub(super) fn leave_path(
        self,
        kind: Option<PostKind>,
        department: Option<DepartmentId>,
        numbers: &[String],
    ) -> String {
        let department = department.map(|id| id.to_string()).unwrap_or_default();
        let pairs =
            [("post", kind.map_or("", PostKind::slug)), ("department", &department), ("people", &numbers.join(","))];
        format!("{UNIONS}/{self}/leave?{}", query(&pairs))
    }

    pub(super) fn post_path(self, post: PostId) -> String {
        format!("{UNIONS}/{self}/posts/{post}")
    }

    pub(super) fn constitution_path(self) -> String {
        format!("{UNIONS}/{self}/constitution")
    }

    pub(super) fn departments_path(self) -> String {
        format!("{UNIONS}/{self}/departments")
    }

    pub(super) fn department_path(self, department: DepartmentId) -> String {
        format!("{UNIONS}/{self}/departments/{department}")
    }

    /// Where a roster is uploaded.
    pub(super) fn batch_path(self) -> String {
        format!("{UNIONS}/{self}/batch")
    }

    /// A roster on its way in.
    pub(super) fn draft_path(self, draft: DraftId) -> String {
        format!("{UNIONS}/{self}/batch/{draft}")
    }

    pub(crate) fn rotation_path(self) -> String {
        format!("{UNIONS}/{self}/rotation")
    }

    /// What a chair hands over, for Word.
    pub(crate) fn handover_word_path(self, turn: TurnId) -> String {
        format!("{UNIONS}/{self}/rotation/{turn}/handover.docx")
    }
}
