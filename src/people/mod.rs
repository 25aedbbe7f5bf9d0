//! 人员: the students as the portal knows them, what is known of their grades and from whom, corrections with reason and
//! history, leaving, and a student's own page with objections. A student sees only themselves, a class branch its class, a
//! college its college. The facts here are what ELG-01, ELG-03 and ELG-04 will be judged on.

pub mod corrections;
mod disputes;
pub mod disputes_store;
pub mod find;
pub mod forms;
pub mod kept;
pub mod own;
mod pages;
mod paths;
pub mod renumbering;
pub mod retention;
pub mod store;
pub mod stored_words;
pub mod student;
pub mod tasks;

pub use find::People;
pub(crate) use paths::OWN_DATA;

use crate::{
    app::Routes,
    audit::verbs,
    office::{Office, OfficeKind, StudentAffairs, sets_of_offices},
    page::chrome::{NavGroup, NavItem},
};

#[must_use]
pub fn routes(state: People) -> Routes {
    pages::routes().merge(own::routes()).merge(disputes::routes()).merge(find::routes(state))
}

sets_of_offices! {
    /// Who sees people's data: the whole university, a college its own, a class branch its class.
    PeopleReader: Administrator, SchoolLeague, DeputySecretary, StudentAffairs, CollegeLeague, CollegeParty,
        ClassBranch;
    /// Who sees people's grades among their data.
    GradeReader: SchoolLeague, DeputySecretary, StudentAffairs, CollegeLeague, CollegeParty;
    /// Who names people in forms and may have them suggested.
    PeopleFinder: SchoolLeague, DeputySecretary, StudentAffairs, SchoolParty, SchoolUnion, GraduateUnion,
        CollegeLeague, CollegeParty, CollegeUnion, ClassBranch;
}

verbs! {
    /// A student's data were corrected.
    StudentCorrected = "student_corrected", "更正学生信息";
    /// A student got another number, and perhaps a second person under it was joined.
    StudentRenumbered = "student_renumbered", "换学号";
    /// A student left, or came back.
    StudentLeft = "student_left", "登记离校";
    /// An objection to a grade was raised.
    DisputeRaised = "dispute_raised", "提出数据异议";
    /// An objection to a grade was answered.
    DisputeAnswered = "dispute_answered", "答复数据异议";
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: "/people",
        label: "人员",
        says: "按学号、姓名、班级查找学生；更正信息、换学号、登记离校",
        group: NavGroup::Data,
        place: 140,
        offices: PeopleReader::KINDS,
    },
    NavItem {
        href: "/disputes",
        label: "数据异议",
        says: "学生认为排名或不及格门数有误，由学生工作部门答复",
        group: NavGroup::Data,
        place: 160,
        offices: StudentAffairs::KINDS,
    },
    NavItem {
        href: "/me/data",
        label: "我的信息",
        says: "系统知道我什么、从哪里来；有误提出异议",
        group: NavGroup::Own,
        place: 260,
        offices: &[OfficeKind::Student],
    },
];
