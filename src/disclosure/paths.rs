//! Where the pages of the public column and of the yearly account are, and what they say after an act.

use crate::{
    ids::{DisclosureId, UnionId},
    words::{said_after, words},
};

pub(super) const DISCLOSURE: &str = "/disclosure";
pub(super) const YEARS: &str = "/disclosure/years";
pub(super) const FIGURES: &str = "/disclosure/figures";
const CONGRESSES: &str = "/congresses";
/// Where the record of trainings and of nominations stands.
pub(super) const TRAININGS: &str = "/trainings";
pub(super) const NOMINATIONS: &str = "/nominations";
/// Where it stands how colleges lead and guide their unions.
pub(super) const COLLEGE_GUIDANCE: &str = "/guidance/colleges";

words! {
    /// What was just done.
    Done:
    Commented = "commented", "已提交，校团委会看到你的评价。";
    Kept = "kept", "已保存。";
    Begun = "begun", "已开始填写；系统知道的已经填好，请补齐标为“待补”的。";
    Said = "said", "已记下。";
    Signed = "signed", "已签字，内容定稿；由另一人复核签字以后公开。";
    Reopened = "reopened", "已退回修改，原签字作废。";
    Published = "published", "已公开，以后不再改动。";
    Opened = "opened", "不登录也可以看了。";
    Shut = "shut", "改为登录以后才能看。";
}

said_after!(Done);

/// The page of a union in the public column.
pub(super) fn column_path(union: UnionId) -> String {
    format!("{DISCLOSURE}/unions/{union}")
}

/// Where what an indicator rests on can be seen: the findings of a union.
pub(super) fn findings(union: UnionId) -> String {
    format!("{}/findings", union.path())
}

/// Its people and departments.
pub(super) fn people(union: UnionId) -> String {
    union.path()
}

pub(super) fn congresses() -> String {
    CONGRESSES.to_owned()
}

impl DisclosureId {
    pub(super) fn path(self) -> String {
        format!("{YEARS}/{self}")
    }

    pub(super) fn word_path(self) -> String {
        format!("{YEARS}/{self}/word")
    }

    pub(super) fn file_path(self) -> String {
        format!("{YEARS}/{self}/file")
    }

    /// For whoever has not signed in.
    pub(super) fn open_path(self) -> String {
        format!("{DISCLOSURE}/open/years/{self}")
    }

    pub(super) fn open_word_path(self) -> String {
        format!("{DISCLOSURE}/open/years/{self}/word")
    }

    pub(super) fn open_file_path(self) -> String {
        format!("{DISCLOSURE}/open/years/{self}/file")
    }
}

/// The page of a union for whoever has not signed in.
pub(super) fn open_path(union: UnionId) -> String {
    format!("{DISCLOSURE}/open/{union}")
}

/// The figures of an academic year.
pub(super) fn figures_path(year: i32) -> String {
    format!("{FIGURES}/{year}")
}

pub(super) fn figures_word_path(year: i32) -> String {
    format!("{FIGURES}/{year}/word")
}

pub(super) fn figures_file_path(year: i32) -> String {
    format!("{FIGURES}/{year}/file")
}
