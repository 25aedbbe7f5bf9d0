//! Where the pages of the turn of the year are.

pub(super) const ROLLOVER: &str = "/rollover";

/// The page, which then says how many graduated and how many moved into another class.
pub(super) fn rollover_after(left: i64, moved: i64) -> String {
    format!("{ROLLOVER}?left={left}&moved={moved}")
}
