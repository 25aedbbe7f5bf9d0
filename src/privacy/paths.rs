//! Where the pages of retention are.

/// The page, which then says that the time was set.
pub(super) const RETENTION_AFTER_SET: &str = "/retention?set=1";

/// The page, which then says how many were erased.
pub(super) fn retention_after_erasing(erased: u64) -> String {
    format!("/retention?erased={erased}")
}
