//! The addresses of elections.

use super::done::Done;
use crate::ids::{ContestId, PrintId, SittingId};

pub(crate) const SITTINGS: &str = "/sittings";
/// The sittings in which a person votes.
pub(crate) const VOTES: &str = "/votes";
/// The sittings that a person monitors.
pub(crate) const MONITORING: &str = "/monitoring";
/// Where the code of a slip is typed.
pub(crate) const SLIP: &str = "/slip";
/// The ballot of whoever holds a slip.
pub(crate) const SLIP_BALLOT: &str = "/slip/ballot";

impl SittingId {
    /// The page of the office in charge.
    pub(crate) fn path(self) -> String {
        format!("{SITTINGS}/{self}")
    }

    /// A paper of the sitting.
    pub(crate) fn paper_path(self, paper: &str) -> String {
        format!("{SITTINGS}/{self}/{paper}")
    }

    /// Where a paper is given its number and seal.
    pub(crate) fn issue_path(self, paper: &str) -> String {
        format!("{SITTINGS}/{self}/papers/{paper}")
    }

    /// A paper of the sitting as a Word file.
    pub(crate) fn paper_word_path(self, paper: &str) -> String {
        format!("{SITTINGS}/{self}/{paper}.docx")
    }

    pub(crate) fn edit_path(self) -> String {
        format!("{SITTINGS}/{self}/edit")
    }

    pub(crate) fn new_contest_path(self) -> String {
        format!("{SITTINGS}/{self}/contests/new")
    }

    pub(crate) fn contest_path(self, contest: ContestId) -> String {
        format!("{SITTINGS}/{self}/contests/{contest}")
    }

    /// Slips and paper ballots.
    pub(crate) fn on_site_path(self) -> String {
        format!("{SITTINGS}/{self}/hall")
    }

    /// Slips that were just made.
    pub(crate) fn printed_slips_path(self, print: PrintId) -> String {
        format!("{SITTINGS}/{self}/slips/{print}")
    }

    /// Where the paper ballots of a contest are entered.
    pub(crate) fn entry_path(self, contest: ContestId) -> String {
        format!("/entries/{self}/{contest}")
    }

    /// The monitors' page.
    pub(crate) fn monitoring_path(self) -> String {
        format!("{MONITORING}/{self}")
    }

    /// Where monitors say whom the names written in mean.
    pub(crate) fn names_path(self, contest: ContestId) -> String {
        format!("{MONITORING}/{self}/names/{contest}")
    }

    /// The voters' page.
    pub(crate) fn vote_path(self) -> String {
        format!("{VOTES}/{self}")
    }

    /// The result's notice, as voters read it.
    pub(crate) fn vote_notice_path(self) -> String {
        format!("{VOTES}/{self}/notice")
    }

    /// Where anybody looks whether a receipt was counted.
    pub(crate) fn receipt_path(self) -> String {
        format!("/receipts/{self}")
    }
}

/// The page with a line that says what was done.
pub(crate) fn with_done(path: &str, done: Done) -> String {
    format!("{path}?done={}", done.slug())
}

/// The page with a line that the vote came too late.
pub(crate) fn too_late(path: &str) -> String {
    format!("{path}?late=1")
}
