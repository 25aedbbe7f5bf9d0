//! Where the pages of contacts are, and what they say after an act.

use crate::{
    ids::{ClassId, CollegeId, UnionId},
    words::{said_after, words},
};

pub(super) const CONTACT: &str = "/contact";
pub(super) const DESK: &str = "/contact/desk";
pub(super) const SETTINGS: &str = "/contact/settings";

words! {
    /// What was just done.
    Done:
    NoteLeft = "note", "已留言。联系本班的人会在消息里看到。";
    Logged = "logged", "联系记录已登记。";
    Removed = "removed", "联系记录已撤销。";
    Linked = "linked", "已与诉求对上，办理进展在记录里显示。";
    Assigned = "assigned", "已安排，并已通知本人。";
    Ended = "ended", "已结束联系。";
    Kept = "kept", "已保存。";
}

said_after!(Done);

impl ClassId {
    /// For whoever is in contact with the class.
    pub(super) fn contact_path(self) -> String {
        format!("{CONTACT}/classes/{self}")
    }
}

impl UnionId {
    /// How far a union is with its contacts.
    pub(super) fn contact_path(self) -> String {
        format!("{DESK}/{self}")
    }

    /// The same for the classes of one college.
    pub(super) fn contact_college_path(self, college: CollegeId) -> String {
        format!("{DESK}/{self}?college={college}")
    }

    /// Who is in contact with which class.
    pub(super) fn contact_people_path(self) -> String {
        format!("{DESK}/{self}/people")
    }
}
