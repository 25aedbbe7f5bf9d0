//! 会议: 主席团会议, 部门会议, 校院学生会工作例会, 专题会. Only the executive chair on duty calls the presidium (ORG-06; the League
//! organisation that manages the union may order a meeting, which is recorded); the invited are told in the portal and by
//! a calendar file; attendance, votes, decisions with who and until when, minutes. A major matter needs the presidium's
//! meeting (ORG-05), and where it is on the committee's list a report before it (GUI-01). What is still to be carried out lies
//! before whoever is on duty. The working meeting has an interval that the School Youth League committee sets; which colleges
//! were late or absent is shown (ORG-09).

mod call;
pub mod forms;
pub mod kept;
mod list;
pub mod meeting;
mod papers;
pub(crate) mod paths;
mod reported;
pub mod retention;
mod rights;
mod show;
pub(crate) mod store;
pub mod tasks;

use crate::{
    app::Routes,
    audit::verbs,
    auth::person::SignedIn,
    office::{Office, OfficeKind, UnionReader},
    page::chrome::{Chrome, NavGroup, NavItem},
};

#[must_use]
pub fn routes() -> Routes {
    list::routes().merge(call::routes()).merge(show::routes()).merge(papers::routes())
}

verbs! {
    /// A union's meeting was called, moved, held or called off, or decided something.
    UnionMeetingKept = "union_meeting_kept", "学生会会议";
}

/// A page of meetings, under the list on which its reader finds it: an office finds its unions' meetings, anybody else their
/// own.
fn under_its_list(chrome: Chrome, person: &SignedIn) -> Chrome {
    let is_reader = person.acting.as_ref().is_some_and(|office| UnionReader::KINDS.contains(&office.kind));
    if is_reader { chrome.under(paths::MEETINGS, "会议") } else { chrome.under(paths::OWN, "我的会议") }
}

/// What the navigation offers of it.
pub const NAV: &[NavItem] = &[
    NavItem {
        href: paths::MEETINGS,
        label: "会议",
        says: "主席团会议、部门会议、工作例会、专题会：召集、到会、表决、决定、记录",
        group: NavGroup::Activities,
        place: 10,
        offices: UnionReader::KINDS,
    },
    NavItem {
        href: paths::OWN,
        label: "我的会议",
        says: "通知我参加的学生会会议；当值执行主席在这里召集",
        group: NavGroup::Own,
        place: 55,
        offices: &[OfficeKind::Student],
    },
];
