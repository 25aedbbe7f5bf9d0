//! 从严治会: cases of misconduct from the report to the decision and the objection (DIS-04), and how officers leave, with
//! what they hand over (DIS-05). A case is seen by the office that handles it, by whom it is about and by who reported
//! it, each their part, and by nobody who works in a union beside the accused; every look at it is recorded. Of the League
//! committee's own people, and of whom nobody of it may judge, the Party committee hears. Who no longer meets the conditions
//! of a post after an import is found, and never removed by itself (trap T12).

pub mod case;
mod cases;
pub mod exit;
mod exits;
mod exits_store;
mod forms;
pub mod kept;
mod lapse;
pub mod lapses;
mod lapses_store;
mod leaving;
mod papers;
mod paths;
mod reports;
pub mod retention;
mod store;
pub mod tasks;
mod terms;

pub(crate) use exits::term_ended;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, UnionKeeper, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    cases::routes()
        .merge(reports::routes())
        .merge(exits::routes())
        .merge(lapses::routes())
        .merge(leaving::routes())
        .merge(papers::routes())
        .merge(terms::routes())
}

sets_of_offices! {
    /// Who handles cases of misconduct: the school's League committee, and of its own people the Party committee.
    ConductHandler: SchoolLeague, DeputySecretary, SchoolParty;
}

verbs! {
    /// A case of misconduct was reported, accepted, investigated, decided or answered.
    ConductKept = "conduct_kept", "违纪失范办理";
    /// Somebody looked at a case of misconduct.
    ConductSeen = "conduct_seen", "查看违纪失范件";
    /// Somebody asked to leave a union, left it, or handed over.
    ExitKept = "exit_kept", "退出与交接";
    /// It was decided what becomes of an officer who no longer meets the conditions.
    LapseKept = "lapse_kept", "任职条件复核";
    /// The days within which conduct is answered and settled were set.
    ConductTermsSet = "conduct_terms_set", "设置办理期限";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/conduct",
        label: "违纪失范办理",
        says: "受理反映、调查核实、作出处理、答复异议",
        group: NavGroup::Conduct,
        place: 30,
        offices: ConductHandler::KINDS,
    },
    NavItem {
        href: "/exits",
        label: "退出与交接",
        says: "辞职、劝退、免职等退出，工作交接",
        group: NavGroup::Conduct,
        place: 40,
        offices: UnionKeeper::KINDS,
    },
    NavItem {
        href: "/reports",
        label: "反映问题",
        says: "反映学生会工作人员的问题，查看办理结果",
        group: NavGroup::Own,
        place: 50,
        offices: OfficeKind::ALL,
    },
    NavItem {
        href: "/leaving",
        label: "我的离任",
        says: "申请辞去学生会职务，办理工作交接",
        group: NavGroup::Own,
        place: 98,
        offices: STUDENTS,
    },
];

/// Offices that students hold.
const STUDENTS: &[OfficeKind] = &[
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeUnion,
    OfficeKind::ClassBranch,
    OfficeKind::Student,
];
