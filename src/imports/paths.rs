//! Where the pages of imports are.

use serde::{Deserialize, Serialize};

use crate::{failure::Failure, ids::ImportId, web::forms::as_query};

pub(super) const IMPORTS: &str = "/imports";

/// What was read of a file and what not, as the preview is told: nothing of it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ReadAs {
    /// The sheet; empty for a text file.
    pub sheet: String,
    pub notes: String,
    /// Headings that were ignored.
    pub ignored: String,
}

impl ReadAs {
    /// As much of it as a path can carry.
    pub fn shortened(&self) -> Self {
        let cut = |text: &str, most: usize| text.chars().take(most).collect();
        Self { sheet: cut(&self.sheet, 40), notes: cut(&self.notes, 300), ignored: cut(&self.ignored, 200) }
    }
}

impl ImportId {
    pub(crate) fn path(self) -> String {
        format!("{IMPORTS}/{self}")
    }

    /// The preview, which then says what was read of the file.
    pub(super) fn path_after_upload(self, read_as: &ReadAs) -> Result<String, Failure> {
        Ok(format!("{}?{}", self.path(), as_query(read_as)?))
    }

    /// The preview, which then says that it was made anew and nothing was written.
    pub(super) fn path_after_moving(self) -> String {
        format!("{}?moved=yes", self.path())
    }
}
