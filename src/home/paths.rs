//! Where the calendar of deadlines is, and the one to which phones subscribe.

pub(super) const CALENDAR: &str = "/calendar";

/// The calendar of a secret.
pub(super) fn feed_path(secret: &str) -> String {
    format!("/feeds/{secret}/calendar.ics")
}
