//! Where the pages of imports are.

use crate::{
    ids::ImportId,
    words::{said_after, words},
};

pub(super) const IMPORTS: &str = "/imports";

words! {
    /// What was just done, as the list says it to which an act leads.
    Done:
    RankingsSaid = "rankings-said", "已确认以前导入的排名是什么口径。";
}

said_after!(Done);

impl ImportId {
    pub(crate) fn path(self) -> String {
        format!("{IMPORTS}/{self}")
    }

    /// Where the parts are decided that the file names and that do not exist.
    pub(super) fn places_path(self) -> String {
        format!("{}/places", self.path())
    }

    /// The preview, which then says that it was made anew and nothing was written.
    pub(super) fn path_after_moving(self) -> String {
        format!("{}?moved=yes", self.path())
    }

    /// How far the writing is; once it has ended, what became of it.
    pub(super) fn path_while_writing(self) -> String {
        format!("{}?pressed=yes", self.path())
    }
}
