//! Where the calendar is, and the one to which phones subscribe.

use time::Date;

pub(super) const CALENDAR: &str = "/calendar";

/// The month that begins on that day.
pub(super) fn month_path(first: Date) -> String {
    format!("{CALENDAR}?view=month&month={:04}-{:02}", first.year(), u8::from(first.month()))
}

/// The calendar of a secret.
pub(super) fn feed_path(secret: &str) -> String {
    format!("/feeds/{secret}/calendar.ics")
}
