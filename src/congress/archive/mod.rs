//! 归档: one file a congress with its documents, lists and records, and the hash of each; read without the portal. It is
//! packed while it is sent, one file after the other.

pub mod packing;
mod pages;
mod store;

pub use pages::routes;

use super::{
    congress::Congress,
    section::{Progress, Section},
};
use crate::ids::CongressId;

impl CongressId {
    /// The file with everything.
    pub(super) fn archive_path(self) -> String {
        self.path() + "/archive"
    }
}

/// The line of a congress's page about its archive.
#[must_use]
pub fn section(congress: &Congress) -> Section {
    let says = "文书、名单、记录和校验值，下载为一个文件，离开系统也能看".to_owned();
    Section { name: "归档", href: congress.id.archive_path(), progress: Progress::Always, says }
}
