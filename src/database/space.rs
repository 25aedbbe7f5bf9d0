//! The room that is left where the database keeps its files. Uploads stop before it is used up, so that all else goes on;
//! and all writing stops before PostgreSQL finds no room for its log, at which it would end.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// What uploads leave free: sixty of the largest, or some days of everything else.
const RESERVE: u64 = 512 * 1024 * 1024;
/// What all writing leaves free: two segments of the server's log of 16 MB, of which it may need one at any moment.
const LEAST: u64 = 32 * 1024 * 1024;
/// What the ballast weighs: room for a server to start in, to recover and to end what was under way.
const BALLAST: u64 = 64 * 1024 * 1024;
/// The ballast, in the folder of the database.
const FILE: &str = "ballast";

/// Where the files are, and how much is left free there.
#[derive(Debug, Clone, Default)]
pub struct Space {
    /// None where the database is another server's.
    folder: Option<PathBuf>,
    reserve: u64,
    least: u64,
}

impl Space {
    #[must_use]
    pub fn of(folder: PathBuf) -> Self {
        Self { least: LEAST, ..Self::with_reserve(folder, RESERVE) }
    }

    /// As [`of`](Self::of), with so many bytes left free by uploads, and none by other writing.
    #[must_use]
    pub fn with_reserve(folder: PathBuf, reserve: u64) -> Self {
        Self { folder: Some(folder), reserve, least: 0 }
    }

    /// The same, with so many bytes left free by all writing.
    #[must_use]
    pub fn with_least(self, least: u64) -> Self {
        Self { least, ..self }
    }

    /// Bytes that may still be written; none where the files are elsewhere, or the system does not say.
    #[must_use]
    pub fn free(&self) -> Option<u64> {
        free_in(self.folder.as_ref()?)
    }

    /// Less is free than uploads leave.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.free().is_some_and(|free| free < self.reserve)
    }

    /// Less is free than all writing leaves.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.free().is_some_and(|free| free < self.least)
    }

    /// Lets the ballast go where the disk is full, and lays it down again where there is room for three; what it did, if
    /// anything.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn tend_ballast(&self) -> io::Result<Option<Ballast>> {
        if self.let_ballast_go()? {
            return Ok(Some(Ballast::LetGo));
        }
        let Some((folder, free)) = self.folder.as_ref().zip(self.free()) else { return Ok(None) };
        let file = folder.join(FILE);
        // One that a portal was killed over has no blocks yet.
        let is_laid = fs::metadata(&file).is_ok_and(|found| found.len() >= BALLAST);
        if is_laid || free < 3 * BALLAST {
            return Ok(None);
        }
        lay(&file).map(|()| Some(Ballast::Laid))
    }

    /// Lets the ballast go where the disk is full; whether there was any to let go.
    ///
    /// # Errors
    /// Where the folder cannot be written to.
    pub fn let_ballast_go(&self) -> io::Result<bool> {
        let file = self.folder.as_ref().filter(|_| self.is_full()).map(|folder| folder.join(FILE));
        match file.filter(|file| file.exists()) {
            Some(file) => fs::remove_file(file).map(|()| true),
            None => Ok(false),
        }
    }
}

/// What was done with the ballast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ballast {
    Laid,
    LetGo,
}

fn free_in(folder: &Path) -> Option<u64> {
    let found = statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Blocks of its own, and not only a length.
fn lay(file: &Path) -> io::Result<()> {
    let laid = fs::File::create(file)?;
    let done = fallocate(&laid, FallocateFlags::empty(), 0, BALLAST);
    if done.is_err() {
        fs::remove_file(file)?;
    }
    done.map_err(io::Error::from)
}
