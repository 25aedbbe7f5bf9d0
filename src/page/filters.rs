//! How values look in pages.

#![expect(
    clippy::inline_always,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "askama fixes the shape of a filter"
)]

use time::{Date, OffsetDateTime};

use crate::{clock::CHINA, text::chinese_day};

/// A moment as `2026-09-01 08:30`, in China's time.
#[askama::filter_fn]
pub(crate) fn moment(at: &OffsetDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    let at = at.to_offset(CHINA);
    Ok(format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()))
}

/// A day as `2026年9月1日`.
#[askama::filter_fn]
pub(crate) fn day(date: &Date, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(chinese_day(*date))
}

/// A moment as papers have it: `2026年9月1日8时30分`, in China's time.
#[askama::filter_fn]
pub(crate) fn minute(at: &OffsetDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(minute_of(*at))
}

/// As [`minute`], for sentences that are made in the program.
pub(crate) fn minute_of(at: OffsetDateTime) -> String {
    let at = at.to_offset(CHINA);
    format!("{}年{}月{}日{}时{:02}分", at.year(), u8::from(at.month()), at.day(), at.hour(), at.minute())
}

/// A number with thousands apart.
#[askama::filter_fn]
pub(crate) fn thousands(number: &i64, _: &dyn askama::Values) -> askama::Result<String> {
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

/// As [`sign_in_path`], where what was sent could not be kept.
#[must_use]
pub fn sign_in_unsent(path: &str) -> String {
    format!("/sign-in?next={}&unsent=yes", query_value(path))
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

/// The pairs as a query; those without a value are left out.
#[must_use]
pub fn query(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", query_value(value));
    pairs.iter().filter(|(_, value)| !value.is_empty()).map(pair).collect::<Vec<_>>().join("&")
}
