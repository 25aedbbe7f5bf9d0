//! Where the pages of projects are, and what they say after an act.

use crate::{
    ids::{ProjectId, VolunteerId},
    words::{said_after, words},
};

pub(crate) const PROJECTS: &str = "/projects";
pub(crate) const VOLUNTEERING: &str = "/volunteering";

words! {
    /// What was just done.
    Done:
    Drafted = "drafted", "已立项。下一步：写事先报告，提交主管团组织。";
    Reported = "reported", "已提交事先报告。主管团组织收到以后，才能招募。";
    Needed = "needed", "已登记涉及的四类事项。";
    Received = "received", "已登记收到，学生会可以招募了。";
    Recruiting = "recruiting", "已开始招募，全体同学都可以报名。";
    Closed = "closed", "已结项，全部志愿者的工作关系同时结束。";
    Hours = "hours", "已登记时数。";
    Joined = "joined", "已报名，请按时参加。";
    Left = "left", "已退出。";
}

said_after!(Done);

impl ProjectId {
    pub(crate) fn path(self) -> String {
        format!("{PROJECTS}/{self}")
    }

    /// For whoever may volunteer.
    pub(crate) fn join_path(self) -> String {
        format!("{VOLUNTEERING}/{self}")
    }
}

impl VolunteerId {
    pub(super) fn certificate_word_path(self) -> String {
        format!("/volunteers/{self}/certificate.docx")
    }
}
