//! Where the pages of the turn of the year are.

use crate::ids::YearTurnId;

pub(super) const ROLLOVER: &str = "/rollover";
/// The page, which then says that the last turn was taken back.
pub(super) const UNDONE: &str = "/rollover?undone=yes";

/// The page, which then says how many graduated and how many moved into another class.
pub(super) fn rollover_after(left: i64, moved: i64) -> String {
    format!("{ROLLOVER}?left={left}&moved={moved}")
}

impl YearTurnId {
    /// Where a turn is taken back.
    pub(super) fn undo_path(self) -> String {
        format!("{ROLLOVER}/{self}/undo")
    }
}
