//! How values look in pages.

use time::{Date, OffsetDateTime};

use crate::clock::CHINA;

/// A moment as `2026-09-01 08:30`, in China's time.
#[askama::filter_fn]
pub fn moment(at: &OffsetDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(moment_text(*at))
}

/// As [`moment`](self::moment), outside templates.
#[must_use]
pub fn moment_text(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// A day as `2026年9月1日`.
#[askama::filter_fn]
pub fn day(date: &Date, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day()))
}

/// A number with thousands apart.
#[askama::filter_fn]
pub fn thousands(number: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    Ok(text)
}

/// The sign-in page that leads on to `path`.
#[must_use]
pub fn sign_in_path(path: &str) -> String {
    if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", query_value(path)) }
}

/// Percent-encodes a value of a query.
#[must_use]
pub fn query_value(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
