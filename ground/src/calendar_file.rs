//! Calendar files (.ics, RFC 5545): single events, moments in UTC and whole days, as phones and mail programs read them.

use std::fmt::Write as _;

use time::{Date, OffsetDateTime, UtcOffset};

/// The longest line, in bytes without its end.
const LONGEST_LINE: usize = 75;

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    At {
        from: OffsetDateTime,
        until: OffsetDateTime,
    },
    /// A whole day.
    On(Date),
    /// Whole days, the last one too.
    Days {
        first: Date,
        last: Date,
    },
}

/// An event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for as long as it is the same event, whatever changes of it.
    pub uid: String,
    /// Goes up with each change.
    pub sequence: u32,
    pub when: When,
    pub title: String,
    /// May be empty.
    pub place: String,
    /// May be empty.
    pub says: String,
    pub cancelled: bool,
}

/// The calendar as a file; `stamp` is when it was made.
#[must_use]
pub fn calendar(name: &str, events: &[Event], stamp: OffsetDateTime) -> String {
    let mut out = String::new();
    for fixed in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lunzhi//Calendar//ZH", "CALSCALE:GREGORIAN"] {
        line(&mut out, fixed);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", escaped(&event.uid)));
        line(&mut out, &format!("DTSTAMP:{}", moment(stamp)));
        line(&mut out, &format!("SEQUENCE:{}", event.sequence));
        match event.when {
            When::At { from, until } => {
                line(&mut out, &format!("DTSTART:{}", moment(from)));
                line(&mut out, &format!("DTEND:{}", moment(until)));
            }
            When::On(on) => whole_days(&mut out, on, on),
            When::Days { first, last } => whole_days(&mut out, first, last),
        }
        line(&mut out, &format!("SUMMARY:{}", escaped(&event.title)));
        if !event.place.is_empty() {
            line(&mut out, &format!("LOCATION:{}", escaped(&event.place)));
        }
        if !event.says.is_empty() {
            line(&mut out, &format!("DESCRIPTION:{}", escaped(&event.says)));
        }
        line(&mut out, if event.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// Days without an hour: the end is the day after the last.
fn whole_days(out: &mut String, first: Date, last: Date) {
    line(out, &format!("DTSTART;VALUE=DATE:{}", day(first)));
    line(out, &format!("DTEND;VALUE=DATE:{}", day(last.next_day().unwrap_or(last))));
}

/// Adds a line, folded where it is too long and never inside a character.
fn line(out: &mut String, text: &str) {
    let mut room = LONGEST_LINE;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let mut text = day(at.date());
    let _ = write!(text, "T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second());
    text
}

fn day(on: Date) -> String {
    format!("{:04}{:02}{:02}", on.year(), u8::from(on.month()), on.day())
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn event(when: When, title: &str) -> Event {
        Event {
            uid: "1@lunzhi".to_owned(),
            sequence: 0,
            when,
            title: title.to_owned(),
            place: String::new(),
            says: String::new(),
            cancelled: false,
        }
    }

    #[test]
    fn a_moment_is_in_utc_and_a_whole_day_ends_on_the_next() {
        let from = datetime!(2026-12-01 00:30 +8);
        let at = event(When::At { from, until: datetime!(2026-12-01 01:30 +8) }, "会议");
        let text = calendar("工作日历", &[at, event(When::On(date!(2026 - 12 - 31)), "期限")], from);
        assert!(text.contains("DTSTART:20261130T163000Z\r\nDTEND:20261130T173000Z\r\n"), "{text}");
        assert!(text.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        let week = When::Days { first: date!(2026 - 10 - 01), last: date!(2026 - 10 - 07) };
        let text = calendar("工作日历", &[event(week, "国庆节")], from);
        assert!(text.contains("DTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\n"), "{text}");
    }

    #[test]
    fn a_long_line_is_folded_between_characters_and_text_is_escaped() {
        let title = "第一，研究、讨论;a,b\\c\n".repeat(12);
        let text =
            calendar("工作日历", &[event(When::On(date!(2026 - 12 - 31)), &title)], datetime!(2026-12-01 0:00 +8));
        assert!(text.lines().all(|line| line.len() <= LONGEST_LINE), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&"第一，研究、讨论\\;a\\,b\\\\c\\n".repeat(12)), "{unfolded}");
    }
}
