//! The room that is left where the database keeps its files. Uploads stop before it is used up, so that all else goes on.

use std::path::PathBuf;

/// What uploads leave free: sixty of the largest, or some days of everything else.
const RESERVE: u64 = 512 * 1024 * 1024;

/// Where the files are, and how much uploads leave free there.
#[derive(Debug, Clone, Default)]
pub struct Space {
    /// None where the database is another server's.
    folder: Option<PathBuf>,
    reserve: u64,
}

impl Space {
    #[must_use]
    pub fn of(folder: PathBuf) -> Self {
        Self::with_reserve(folder, RESERVE)
    }

    /// As [`of`](Self::of), with so many bytes left free.
    #[must_use]
    pub fn with_reserve(folder: PathBuf, reserve: u64) -> Self {
        Self { folder: Some(folder), reserve }
    }

    /// Bytes that may still be written; none where the files are elsewhere, or the system does not say.
    #[must_use]
    pub fn free(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(self.folder.as_ref()?).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Less is free than uploads leave.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.free().is_some_and(|free| free < self.reserve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_that_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::with_reserve(folder.path().to_owned(), 0);
        assert!(space.free().is_some_and(|free| free > 0) && !space.is_short());
        assert!(Space::with_reserve(folder.path().to_owned(), u64::MAX).is_short());
        assert!(!Space::default().is_short() && !Space::of("/no such folder".into()).is_short());
    }
}
