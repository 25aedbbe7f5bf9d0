//! The addresses of a congress's meeting.

use super::done::Done;
use crate::ids::{CongressId, HandVoteId, MeetingDocumentId, PrintId, RollEntryId, StudentId};

impl CongressId {
    /// How the meeting is arranged: agenda, documents.
    pub(crate) fn meeting_path(self) -> String {
        format!("/congresses/{self}/meeting")
    }

    pub(super) fn setup_path(self) -> String {
        format!("/congresses/{self}/meeting/setup")
    }

    /// What a delegate reads, and their card.
    pub(crate) fn own_meeting_path(self) -> String {
        format!("/congresses/{self}/meeting/mine")
    }

    pub(super) fn screen_path(self) -> String {
        format!("/congresses/{self}/meeting/screen")
    }

    pub(super) fn cards_path(self) -> String {
        format!("/congresses/{self}/meeting/cards")
    }

    pub(super) fn printed_cards_path(self, print: PrintId) -> String {
        format!("/congresses/{self}/meeting/cards/{print}")
    }

    pub(super) fn document_path(self, document: MeetingDocumentId) -> String {
        format!("/congresses/{self}/meeting/documents/{document}")
    }

    /// Where delegates are checked in.
    pub(crate) fn check_in_path(self) -> String {
        format!("/congresses/{self}/check-in")
    }

    /// Who checks in, and when check-in begins and ends.
    pub(super) fn desks_path(self) -> String {
        format!("/congresses/{self}/check-in/desks")
    }

    pub(super) fn roll_path(self) -> String {
        format!("/congresses/{self}/check-in/roll")
    }

    pub(super) fn roll_entry_path(self, entry: RollEntryId) -> String {
        format!("/congresses/{self}/check-in/roll/{entry}")
    }

    /// Votes by show of hands, and who presides, monitors and counts.
    pub(super) fn hands_path(self) -> String {
        format!("/congresses/{self}/votes")
    }

    pub(super) fn hand_vote_path(self, vote: HandVoteId) -> String {
        format!("/congresses/{self}/votes/{vote}")
    }

    pub(crate) fn minutes_path(self) -> String {
        format!("/congresses/{self}/minutes")
    }

    pub(super) fn meeting_paper_path(self, paper: &str) -> String {
        format!("/congresses/{self}/meeting/papers/{paper}")
    }
}

/// The address in a card's code; the portal's own stands before it.
pub(super) fn card_path(code: &str) -> String {
    format!("/cards/{code}")
}

/// The page with a line that says what was done.
pub(super) fn with_done(path: &str, done: Done) -> String {
    format!("{path}?done={}", done.slug())
}

/// The desk's page with what came of checking somebody in.
pub(super) fn checked_in(congress: CongressId, outcome: &str, student: StudentId) -> String {
    format!("{}?came={outcome}&student={student}", congress.check_in_path())
}
