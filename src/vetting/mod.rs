//! 遴选: from application to appointment. A League organisation opens a round for one union and one kind of place; students
//! apply, or an office names them and they confirm; each case then passes the chain of opinions that the plan prescribes,
//! and ends in an appointment, on the list of candidates for the congress, or in a recorded no. Clauses: VET-01 … VET-05,
//! ELG-01 … ELG-06, STF-10, DIS-01.

pub mod case;
pub mod chain_office;
mod forms;
pub mod kept;
mod pages;
mod paths;
pub mod public_notice;
pub mod retention;
pub mod round;
mod step_forms;
pub mod store;
pub mod tasks;

pub use pages::routes;

use crate::{
    audit::verbs,
    office::{Office, OfficeKind, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

pub const APPLICANTS: &[OfficeKind] = &[OfficeKind::Student];

sets_of_offices! {
    /// Who acts in the chains of opinions or puts candidates forward: the school's offices, a college's, a class
    /// branch, and the unions' own officers.
    Vetter: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion, CollegeLeague,
        CollegeParty, CollegeUnion, ClassBranch;
}

verbs! {
    /// A round of applications was opened, changed or ended.
    RoundKept = "round_kept", "遴选轮次";
    /// Somebody applied, was put forward, confirmed, or withdrew.
    CaseKept = "case_kept", "报名与推荐";
    OpinionGiven = "opinion_given", "签署意见";
    /// Cases ended in appointments or on the list of candidates.
    CasesSettled = "cases_settled", "遴选结果";
    /// Candidates were put on public notice, or an objection was answered.
    NoticeKept = "notice_kept", "公示";
    /// Somebody may sign more than one step of a case, or may no longer.
    DelegationKept = "delegation_kept", "兼办授权";
    /// An opinion was taken back before the next office had opened the case.
    OpinionWithdrawn = "opinion_withdrawn", "收回意见";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/vetting",
        label: "遴选办理",
        says: "轮到本单位的候选人：推荐、审查、确定，逐件或一并签署意见",
        group: NavGroup::Selection,
        place: 30,
        offices: Vetter::KINDS,
    },
    NavItem {
        href: "/rounds",
        label: "遴选轮次",
        says: "招新、换届、增补：开启轮次、推荐人选、看进度、任命",
        group: NavGroup::Selection,
        place: 40,
        offices: Vetter::KINDS,
    },
    NavItem {
        href: "/apply",
        label: "学生会报名",
        says: "正在招收的岗位、我是否符合条件、我的报名进度",
        group: NavGroup::Own,
        place: 30,
        offices: APPLICANTS,
    },
];
