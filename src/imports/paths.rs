//! Where the pages of imports are.

use crate::{ids::ImportId, page::filters::query_value};

pub(super) const IMPORTS: &str = "/imports";

impl ImportId {
    pub(crate) fn path(self) -> String {
        format!("{IMPORTS}/{self}")
    }

    /// The preview, which then names the columns that were ignored.
    pub(super) fn path_after_upload(self, ignored: &str) -> String {
        format!("{}?ignored={}", self.path(), query_value(ignored))
    }

    /// The preview, which then says that it was made anew and nothing was written.
    pub(super) fn path_after_moving(self) -> String {
        format!("{}?moved=yes", self.path())
    }
}
