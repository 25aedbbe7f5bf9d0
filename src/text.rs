//! Text as people type it and as terminals and logs may show it.

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
