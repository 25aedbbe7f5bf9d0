//! Where the calendar of deadlines is.

pub(super) const CALENDAR: &str = "/calendar";
