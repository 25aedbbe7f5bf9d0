//! Text as people type it and as terminals and logs may show it.

use std::{borrow::Cow, ops::RangeInclusive};

use time::{Date, Month, macros::date};

/// The text without surrounding blanks, ideographic and invisible ones too.
#[must_use]
pub fn trimmed(raw: &str) -> &str {
    raw.trim_matches(|c: char| c.is_whitespace() || is_hidden(c))
}

/// The text without surrounding blanks and with full-width digits folded, as numbers of people are compared.
#[must_use]
pub fn folded(raw: &str) -> String {
    let fold = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        other => other,
    };
    trimmed(raw).chars().map(fold).collect()
}

/// One's own number as phones type and paste it: folded, and without blanks, which no number has.
#[must_use]
pub fn own_number(raw: &str) -> String {
    folded(raw).split_whitespace().collect()
}

/// What somebody searches for: folded, without what cannot be seen, at most 40 characters.
#[must_use]
pub fn searched(raw: &str) -> String {
    folded(raw).chars().filter(|c| !is_hidden(*c)).take(40).collect()
}

/// A character that shows nothing or turns the text around it: control, zero-width and direction marks.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text with hidden characters replaced, fit for a terminal and a log. Line breaks stay where `lines` says so.
#[must_use]
pub fn printable(text: &str, lines: bool) -> String {
    text.chars().map(|c| if is_hidden(c) && !(lines && c == '\n') { '␣' } else { c }).collect()
}

/// Digits and letters of ASCII, brackets, hyphens and the usual Han characters alone, as most cells and names are: nothing of
/// it is folded, composed, hidden or parted by anything.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0'..='9' | 'A'..='Z' | 'a'..='z' | '(' | ')' | '-' | '\u{4e00}'..='\u{9fff}'))
}

/// A pictograph or a part of one.
#[must_use]
pub fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0xFE0F | 0x200D | 0xE0020..=0xE007F)
}

/// A share as a percentage with one decimal, half up: 12 of 32 is `37.5%`. Of nothing it is `0.0%`.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole.max(1)));
    let tenths = (part * 2_000 + whole) / (whole * 2);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A text that Excel does not take for a formula in a file of text: with the apostrophe that makes a cell text.
#[must_use]
pub fn as_cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A share of counted things as a percentage; a dash of nothing.
#[must_use]
pub fn share(part: i64, whole: i64) -> String {
    match (u64::try_from(part), u64::try_from(whole)) {
        (Ok(part), Ok(whole)) if whole > 0 => percent(part, whole),
        _ => "–".to_owned(),
    }
}

/// The days that anybody may name. The database keeps every day within reach of [`Date`] besides.
pub const DAYS: RangeInclusive<Date> = date!(1990 - 01 - 01)..=date!(2100 - 12 - 31);

/// A day as a date field sends it: `2026-09-01`, and as people and programs write it: `2026.9.1`, `2026/9/1`,
/// `2026年9月1日`, `2026年9月1号`, `2026—09—01`, `2026-09-01 00:00:00`. One of [`DAYS`].
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let text = folded(text);
    let text = text.rsplit_once([' ', 'T']).filter(|(_, time)| is_time(time)).map_or(text.as_str(), |(day, _)| day);
    let text = text.trim_end().trim_end_matches(['日', '号']);
    let between = ['-', '/', '.', '年', '月', '．', '。', '、', '—', '–', '－', '―', '−', '／'];
    let parts: Vec<&str> = text.split(between).map(str::trim).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !parts.iter().all(digits) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    DAYS.contains(&date).then_some(date)
}

/// A day as papers have it: `2026年9月1日`.
#[must_use]
pub fn chinese_day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

/// The days from one to another, both within: `2026年9月1日至2026年9月5日`, and one day alone where they are the same.
#[must_use]
pub fn chinese_days(first: Date, last: Date) -> String {
    if first == last { chinese_day(first) } else { format!("{}至{}", chinese_day(first), chinese_day(last)) }
}

/// A number from 1 to 99 in Chinese, as headings have it; others as they are.
#[must_use]
pub fn chinese_number(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (number / 10, number % 10);
    match (DIGITS.get(tens), DIGITS.get(ones)) {
        (Some(_), Some(ones)) if tens == 0 && number > 0 => (*ones).to_owned(),
        (Some(_), Some(ones)) if tens == 1 => format!("十{ones}"),
        (Some(tens_digit), Some(ones)) if tens > 1 => format!("{tens_digit}十{ones}"),
        _ => number.to_string(),
    }
}

/// A time of day as programs write it after a day: `00:00:00`.
fn is_time(text: &str) -> bool {
    let greenwich = text.strip_suffix('Z');
    let parts: Vec<&str> = greenwich.unwrap_or(text).split([':', '.']).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // From 16:00 on in Greenwich it is the next day in China.
    let is_same_day =
        greenwich.is_none() || parts.first().is_some_and(|hour| hour.parse::<u8>().is_ok_and(|hour| hour < 16));
    (2..=4).contains(&parts.len()) && parts.iter().all(digits) && is_same_day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_excel_takes_for_a_formula_is_text() {
        for text in ["=1+1", "+86", "-1", "@a", "\t=1"] {
            assert_eq!(as_cell(text), format!("'{text}"));
        }
        for text in ["", "延长开放时间", "1-2", "'=1", "–"] {
            assert_eq!(as_cell(text), text);
        }
    }

    #[test]
    fn percentages_have_one_decimal_half_up() {
        for (part, whole, says) in [
            (12, 32, "37.5%"),
            (40, 129, "31.0%"),
            (28, 120, "23.3%"),
            (28, 33, "84.8%"),
            (1, 2_000, "0.1%"),
            (1, 2_001, "0.0%"),
            (7, 7, "100.0%"),
            (0, 0, "0.0%"),
            (u64::MAX, u64::MAX, "100.0%"),
        ] {
            assert_eq!(percent(part, whole), says, "{part}/{whole}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let first = time::macros::date!(2026 - 09 - 01);
        for text in [
            "2026-09-01",
            "2026.9.1",
            "2026/9/1",
            "２０２６年9月1日",
            "2026年9月1号",
            "2026．9．1",
            "2026—09—01",
            "2026-9-1 00:00:00",
            "2026/9/1 8:30",
            "2026-09-01T00:00:00.000Z",
            "2026-09-01T15:59:59Z",
        ] {
            assert_eq!(day(text), Some(first), "{text}");
        }
        for text in [
            "",
            "2026-13-01",
            "2026-02-30",
            "26-9-1",
            "1800-01-01",
            "9999-12-31",
            "明天",
            "2026.9 1:2",
            "2026-08-31T16:00:00Z",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
