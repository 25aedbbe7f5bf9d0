//! Number formats: what a number or a date looks like on the screen (ECMA-376, 18.8.30 and 18.8.31). A cell counts as it
//! is shown, so that zeros and words which live in the format alone are not lost.
//!
//! In one file: one little language, from its words to its digits, and its tests.

use time::{Date, Duration};

use super::{Cell, cell};

/// Whole numbers in a cell are exact below this; beyond, Excel has already changed the last digits.
const EXACT_BELOW: f64 = 1e15;
/// The day after the last that a date cell can show, 9999-12-31, counted from 1899-12-30.
const AFTER_LAST_DAY: f64 = 2_958_466.0;
const DAY: f64 = 86_400.0;
/// The most parts of a format that is worth reading.
const MOST_PARTS: usize = 200;

/// A format, read once for all cells of its style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// 常规, 文本, and whatever shows the number itself.
    #[default]
    Plain,
    /// For positive numbers, negative ones, zero and texts, as far as the format has them.
    Sections(Vec<Section>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    parts: Vec<Part>,
    /// Conditions, fractions, Chinese numerals: what it shows is not worked out here.
    is_unclear: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Percent,
    Exponent,
    /// The number as it is.
    General,
    /// The text as it is.
    Text,
    /// A part of a date, and how many letters it has.
    Year(usize),
    Month(usize),
    Day(usize),
    /// Hours, minutes, seconds, 上午.
    Time,
    /// Eras and days of the week.
    OtherDate,
}

/// The format of a built-in number as a Chinese Excel shows it; 27 to 36 and 50 to 58 have no code in the file.
fn built_in(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 | 5 | 6 | 37 | 38 => "#,##0",
        4 | 7 | 8 | 39 | 40 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 | 30 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => "h:mm",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
        28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        41 | 42 => "#,##0;-#,##0;\"-\"",
        43 | 44 => "#,##0.00;-#,##0.00;\"-\"",
        48 => "##0.0E+0",
        _ => "General",
    }
}

impl Format {
    pub fn built_in(id: u32) -> Self {
        Self::parse(built_in(id))
    }

    pub fn parse(code: &str) -> Self {
        let sections: Vec<Section> = split(code).into_iter().map(parse_section).collect();
        let plain = |section: &Section| matches!(section.parts.as_slice(), [Part::General | Part::Text]);
        if code.is_empty() || sections.iter().all(|section| plain(section) && !section.is_unclear) {
            return Self::Plain;
        }
        Self::Sections(sections)
    }

    /// A number as it is shown, or a fault that names both where that is not certain.
    pub fn number(&self, value: f64, is_1904: bool) -> Cell {
        if !value.is_finite() {
            return Cell::fault("", "不是有效的数值");
        }
        let Self::Sections(sections) = self else { return plain(value) };
        if value < 0.0 {
            return plain(value);
        }
        let chosen = if value == 0.0 { sections.get(2).or(sections.first()) } else { sections.first() };
        let Some(section) = chosen else { return plain(value) };
        if section.is_date() {
            return section.date(value, is_1904);
        }
        if sections.iter().any(|section| section.is_unclear) {
            return match plain(value) {
                // A whole number stays one in a format of fractions.
                Cell::Text(text) if section.is_fraction() && value.fract() == 0.0 => Cell::Text(text),
                Cell::Text(shown) => {
                    let why = format!("单元格的数字格式显示的不是数字本身（实际保存的是 {shown}），请设为文本后重填");
                    Cell::fault(shown, why)
                }
                other => other,
            };
        }
        section.number(value)
    }

    /// A text as it is shown.
    pub fn text(&self, text: &str) -> Cell {
        let Self::Sections(sections) = self else { return cell(text) };
        let of_text = |section: &&Section| section.parts.contains(&Part::Text);
        let section = sections.get(3).or_else(|| sections.first().filter(of_text));
        let Some(section) = section else { return cell(text) };
        let mut shown = String::new();
        for part in &section.parts {
            match part {
                Part::Literal(literal) => shown.push_str(literal),
                Part::Text => shown.push_str(text),
                _ => return cell(text),
            }
        }
        if shown.trim().is_empty() && !text.trim().is_empty() {
            return unlike(String::new(), text);
        }
        cell(&shown)
    }
}

/// A number as it is stored, in its shortest form: 3.0 is `3`.
fn plain(value: f64) -> Cell {
    if value.abs() >= EXACT_BELOW {
        let why = "数字超过 15 位，Excel 已改动末位，请把单元格设为文本后重新填写";
        return Cell::fault(value.to_string(), why);
    }
    Cell::Text(value.to_string())
}

fn unlike(shown: String, stored: &str) -> Cell {
    let why = format!("单元格显示“{shown}”，实际保存的是 {stored}，请设为文本后重填");
    Cell::fault(shown, why)
}

/// A day of a date cell, which has the bounds of a day that is typed.
pub(super) fn within_bounds(day: Date) -> Cell {
    let fault = |why: &str| Cell::fault(day.to_string(), why);
    match day.year() {
        1990..=2100 => Cell::Date(day),
        9999 => fault("长期任职的请留空"),
        year if year > 2100 => fault("日期应在 1990 至 2100 年之间，请输入如 2026-09-01"),
        _ => fault("日期应在 1990 至 2100 年之间；只输入年份或日会变成另一天，请输入如 2026-09-01"),
    }
}

impl Section {
    fn is_date(&self) -> bool {
        let of_date =
            |part: &Part| matches!(part, Part::Year(_) | Part::Month(_) | Part::Day(_) | Part::Time | Part::OtherDate);
        self.parts.iter().any(of_date)
    }

    fn is_fraction(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Literal(text) if text.contains('/')))
    }

    fn has(&self, wanted: impl Fn(&Part) -> bool) -> bool {
        self.parts.iter().any(wanted)
    }

    /// A number that is not negative.
    fn number(&self, value: f64) -> Cell {
        let stored = match plain(value) {
            Cell::Text(text) => text,
            fault => return fault,
        };
        let literals = self.has(|part| matches!(part, Part::Literal(text) if !text.trim().is_empty()));
        if self.has(|part| *part == Part::General) {
            let shown: String = self
                .parts
                .iter()
                .map(|part| match part {
                    Part::Literal(text) => text.as_str(),
                    Part::General => stored.as_str(),
                    _ => "",
                })
                .collect();
            return cell(&shown);
        }
        if self.has(|part| *part == Part::Exponent) {
            // Excel gives this format to numbers whose digits were lost before it got them.
            return unlike(format!("{value:.2e}").replace('e', "E+"), &stored);
        }
        let percents = self.parts.iter().filter(|part| **part == Part::Percent).count();
        let scaled = (0..percents).fold(value, |value, _| value * 100.0);
        let point = self.parts.iter().position(|part| *part == Part::Point).unwrap_or(self.parts.len());
        let (whole, rest) = self.parts.split_at(point);
        let places = rest.iter().filter(|part| matches!(part, Part::Digit(_))).count();
        let rounded = format!("{scaled:.places$}");
        let (digits, decimals) = rounded.split_once('.').unwrap_or((&rounded, ""));
        let digit_places = whole.iter().filter(|part| matches!(part, Part::Digit(_))).count();
        if digit_places + places == 0 {
            return unlike(self.shown_without_digits(), &stored);
        }
        let shown = format!("{}{}", shown_whole(whole, digits), shown_decimals(rest, decimals));
        let shown = shown.trim();
        let exact = rounded.parse::<f64>().is_ok_and(|rounded| (rounded - scaled).abs() <= 1e-9 * scaled.max(1.0));
        let bare = !literals && percents == 0;
        if !exact {
            unlike(shown.to_owned(), &stored)
        } else if bare && (!shown.starts_with('0') || shown.starts_with("0.") || shown == "0" || shown == "0.") {
            Cell::Text(stored)
        } else {
            cell(shown)
        }
    }

    fn shown_without_digits(&self) -> String {
        let literal = |part: &Part| if let Part::Literal(text) = part { Some(text.clone()) } else { None };
        self.parts.iter().filter_map(literal).collect::<String>().trim().to_owned()
    }

    fn date(&self, value: f64, is_1904: bool) -> Cell {
        // What a 1904 workbook counts from lies four years and a day later.
        let value = if is_1904 { value + 1_462.0 } else { value };
        if value >= AFTER_LAST_DAY {
            let why = format!("数字 {value} 按日期显示不出来（########），请输入如 2026-09-01");
            return Cell::fault("########", why);
        }
        let Some((day, seconds)) = moment(value) else {
            return Cell::fault(value.to_string(), "不是有效的日期");
        };
        let Cell::Date(day) = within_bounds(day) else { return within_bounds(day) };
        let has_day = self.has(|part| matches!(part, Part::Day(_)));
        let has_month = self.has(|part| matches!(part, Part::Month(_)));
        let has_year = self.has(|part| matches!(part, Part::Year(_)));
        // Programs that count in seconds miss midnight by some; a time that is not shown may be another day's in China.
        let shows_time = self.has(|part| *part == Part::Time);
        match (has_year, has_month, has_day) {
            (true, true, true) if seconds >= 60 && !shows_time => {
                let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                unlike(day.to_string(), &format!("{day} {hours:02}:{minutes:02}"))
            }
            (true, true, true) => Cell::Date(day),
            (true, ..) => match self.shown_date(day) {
                Some(shown) => cell(&shown),
                None => unlike("不完整的日期".to_owned(), &day.to_string()),
            },
            (false, true, true) => unlike(self.shown_date(day).unwrap_or_else(|| "月日".to_owned()), &day.to_string()),
            _ => unlike("时间".to_owned(), &day.to_string()),
        }
    }

    /// A date as it is shown; none where that depends on the program's language.
    fn shown_date(&self, day: Date) -> Option<String> {
        let mut shown = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => shown.push_str(text),
                Part::Year(letters) if *letters <= 2 => shown.push_str(&two(day.year() % 100)),
                Part::Year(_) => shown.push_str(&day.year().to_string()),
                Part::Month(1) => shown.push_str(&u8::from(day.month()).to_string()),
                Part::Month(2) => shown.push_str(&two(u8::from(day.month()).into())),
                Part::Day(1) => shown.push_str(&day.day().to_string()),
                Part::Day(2) => shown.push_str(&two(day.day().into())),
                _ => return None,
            }
        }
        Some(shown)
    }
}

fn two(number: i32) -> String {
    format!("{number:02}")
}

/// Digits into their places, the last into the last; what is left over stands before the first place.
fn shown_whole(parts: &[Part], digits: &str) -> String {
    let digits = digits.trim_start_matches('0');
    let mut left: Vec<char> = digits.chars().collect();
    let mut places = parts.iter().filter(|part| matches!(part, Part::Digit(_))).count();
    let mut shown: Vec<String> = Vec::new();
    for part in parts.iter().rev() {
        match part {
            Part::Literal(text) => shown.push(text.clone()),
            Part::Percent => shown.push("%".to_owned()),
            Part::Digit(kind) => {
                places -= 1;
                let digit = left.pop().or(if *kind == '0' { Some('0') } else { None });
                if let Some(digit) = digit {
                    shown.push(digit.to_string());
                }
                if places == 0 {
                    shown.push(left.drain(..).collect());
                }
            }
            _ => {}
        }
    }
    shown.into_iter().rev().collect()
}

fn shown_decimals(parts: &[Part], decimals: &str) -> String {
    let mut digits = decimals.chars();
    let mut shown = String::new();
    for part in parts {
        match part {
            Part::Point => shown.push('.'),
            Part::Literal(text) => shown.push_str(text),
            Part::Percent => shown.push('%'),
            Part::Digit(kind) => match digits.next() {
                // Zeros at the end are not shown by the places that are free to be empty.
                Some('0') if *kind != '0' && digits.as_str().chars().all(|digit| digit == '0') => {}
                Some(digit) => shown.push(digit),
                None => {}
            },
            _ => {}
        }
    }
    shown
}

/// The day and the second of it that a date cell's number means.
fn moment(value: f64) -> Option<(Date, i64)> {
    let seconds = Duration::checked_seconds_f64((value * DAY).round())?.whole_seconds();
    let day = Date::from_calendar_date(1899, time::Month::December, 30).ok()?;
    let day = day.checked_add(Duration::days(seconds.div_euclid(86_400)))?;
    Some((day, seconds.rem_euclid(86_400)))
}

/// The sections of a code, which `;` separates.
fn split(code: &str) -> Vec<&str> {
    let (mut sections, mut from, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(code.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    sections.push(code.get(from..).unwrap_or_default());
    sections.truncate(4);
    sections
}

fn parse_section(code: &str) -> Section {
    let mut section = Section::default();
    let mut rest = code;
    // `m` after hours is minutes.
    let mut after_hours = false;
    while let Some(c) = rest.chars().next() {
        if section.parts.len() > MOST_PARTS {
            section.is_unclear = true;
            break;
        }
        let general = ["General", "GENERAL", "general", "G/通用格式"].iter().find(|word| rest.starts_with(**word));
        if let Some(word) = general {
            section.parts.push(Part::General);
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        let repeated = rest.chars().take_while(|other| other.eq_ignore_ascii_case(&c)).count();
        let mut taken = c.len_utf8();
        match c {
            '"' => {
                let inner = rest.get(1..).unwrap_or_default();
                let literal = inner.split('"').next().unwrap_or_default();
                section.literal(literal);
                taken = (literal.len() + 2).min(rest.len());
            }
            '\\' | '!' => {
                let next = rest.chars().nth(1);
                if let Some(next) = next {
                    section.literal(next.encode_utf8(&mut [0; 4]));
                }
                taken += next.map_or(0, char::len_utf8);
            }
            // A blank as wide as the next character, or the next character as often as it fits.
            '_' | '*' => taken += rest.chars().nth(1).map_or(0, char::len_utf8),
            '[' => {
                let inner = rest.get(1..).unwrap_or_default().split(']').next().unwrap_or_default();
                section.bracket(inner);
                taken = (inner.len() + 2).min(rest.len());
            }
            '0' | '#' | '?' => section.parts.push(Part::Digit(c)),
            '.' if section.has(|part| *part == Part::Time) => section.literal("."),
            '.' if section.parts.contains(&Part::Point) || section.is_date() => section.literal("."),
            '.' => section.parts.push(Part::Point),
            ',' => section.comma(rest.get(1..).unwrap_or_default()),
            '%' => section.parts.push(Part::Percent),
            '@' => section.parts.push(Part::Text),
            'E' | 'e' if section.has(|part| matches!(part, Part::Digit(_))) => {
                section.parts.push(Part::Exponent);
                taken += 1;
            }
            'y' | 'Y' | 'e' | 'E' => {
                section.parts.push(Part::Year(if c.eq_ignore_ascii_case(&'e') { 4 } else { repeated }));
                (taken, after_hours) = (repeated, false);
            }
            'm' | 'M' => {
                let before_seconds = rest.get(repeated..).is_some_and(begins_with_seconds);
                let minutes = after_hours || before_seconds;
                section.parts.push(if minutes { Part::Time } else { Part::Month(repeated) });
                (taken, after_hours) = (repeated, false);
            }
            'd' | 'D' => {
                section.parts.push(if repeated > 2 { Part::OtherDate } else { Part::Day(repeated) });
                (taken, after_hours) = (repeated, false);
            }
            'h' | 'H' => {
                section.parts.push(Part::Time);
                (taken, after_hours) = (repeated, true);
            }
            's' | 'S' => {
                section.parts.push(Part::Time);
                (taken, after_hours) = (repeated, false);
            }
            'A' | 'a' if rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("AM/PM")) => {
                section.parts.push(Part::Time);
                taken = 5;
            }
            'a' | 'A' | 'b' | 'B' | 'g' | 'G' | 'r' | 'R' => {
                section.parts.push(Part::OtherDate);
                taken = repeated;
            }
            other => section.literal(other.encode_utf8(&mut [0; 4])),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    section.is_unclear |= section.is_fraction() && section.has(|part| matches!(part, Part::Digit(_)));
    section
}

/// What follows minutes: seconds, with nothing but signs between.
fn begins_with_seconds(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    rest.starts_with(['s', 'S'])
}

impl Section {
    fn literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Literal(before)) => before.push_str(text),
            _ => self.parts.push(Part::Literal(text.to_owned())),
        }
    }

    /// A comma between digits groups thousands, which is only looks; one after them divides by a thousand.
    fn comma(&mut self, rest: &str) {
        match self.parts.last() {
            Some(Part::Digit(_)) => self.is_unclear |= !rest.starts_with(['0', '#', '?']),
            _ => self.literal(","),
        }
    }

    /// What stands in brackets: a colour, a condition, a currency with a language, elapsed time.
    fn bracket(&mut self, inner: &str) {
        let lower = inner.to_ascii_lowercase();
        if let Some(currency) = inner.strip_prefix('$') {
            let symbol = currency.split('-').next().unwrap_or_default();
            if !symbol.is_empty() {
                self.literal(symbol);
            }
        } else if inner.starts_with(['<', '>', '=']) || lower.starts_with("dbnum") {
            self.is_unclear = true;
        } else if !lower.is_empty() && lower.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
            self.parts.push(Part::Time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> Cell {
        Format::parse(code).number(value, false)
    }

    fn text(code: &str, value: f64) -> String {
        match shown(code, value) {
            Cell::Text(text) => text,
            other => panic!("{code} {value}: {other:?}"),
        }
    }

    fn why(code: &str, value: f64) -> String {
        match shown(code, value) {
            Cell::Fault(fault) => fault.why,
            other => panic!("{code} {value}: {other:?}"),
        }
    }

    #[test]
    fn zeros_and_words_of_the_format_are_part_of_the_number() {
        for (code, value, expected) in [
            ("General", 202_699_010_001.0, "202699010001"),
            ("@", 1234.0, "1234"),
            ("0000000000", 26_990_011.0, "0026990011"),
            ("000000;@", 1234.0, "001234"),
            ("\"202699\"0000", 12.0, "2026990012"),
            ("\"20\"00\"级\"", 26.0, "2026级"),
            ("0\"级\"", 2026.0, "2026级"),
            ("\"第\"0\"名\"", 3.0, "第3名"),
            ("0\"门\"", 0.0, "0门"),
            ("General\"人\"", 40.0, "40人"),
            ("#,##0", 1200.0, "1200"),
            ("0.00", 3.0, "3"),
            ("0.00_);[Red]\\(0.00\\)", 3.5, "3.5"),
            ("0", 0.0, "0"),
            ("#", 7.0, "7"),
            ("0.0%", 0.285, "28.5%"),
            ("# ?/?", 2.0, "2"),
            ("000-0000", 1_234_567.0, "123-4567"),
            ("0.##", 2.5, "2.5"),
        ] {
            assert_eq!(text(code, value), expected, "{code}");
        }
    }

    #[test]
    fn what_is_not_shown_for_certain_is_a_fault_with_both() {
        for (code, value) in
            [("0", 28.5), (";;;", 3.0), ("0;-0;\"-\"", 0.0), ("0%", 0.285), ("0.00E+00", 202_400_000_000.0)]
        {
            let why = why(code, value);
            assert!(why.contains(&value.to_string()) && why.contains("显示"), "{why}");
        }
        assert!(why("# ??/??", 0.075).contains("0.075"));
        assert!(why("[DBNum1]0", 3.0).contains('3'));
        assert!(why("[>5]0;\"少\"", 3.0).contains('3'));
        for code in ["0,", "#,##0,", "0.0,,", "0,\"千\""] {
            assert!(why(code, 12_000.0).contains("12000"), "{code} divides");
        }
        assert!(why("General", 1e17).contains("15 位"));
    }

    #[test]
    fn dates_are_days_within_bounds_and_months_are_no_days() {
        let day = |code: &str, value: f64| match shown(code, value) {
            Cell::Date(day) => day.to_string(),
            other => panic!("{code} {value}: {other:?}"),
        };
        for code in
            ["yyyy-mm-dd", "yyyy/m/d;@", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "d-mmm-yy", "yyyy/m/d h:mm", "e-m-d"]
        {
            assert_eq!(day(code, 46_266.0), "2026-09-01", "{code}");
        }
        assert_eq!(day("yyyy-mm-dd hh:mm", 46_266.375), "2026-09-01");
        assert_eq!(day("yyyy-mm-dd", 46_266.000_5), "2026-09-01", "43 seconds are no time of day");
        assert_eq!(Format::built_in(31).number(46_266.0, false), Cell::Date(time::macros::date!(2026 - 09 - 01)));
        assert_eq!(Format::built_in(14).number(44_804.0, true), Cell::Date(time::macros::date!(2026 - 09 - 01)));
        assert!(why("yyyy-mm-dd", 46_265.666_666_7).contains("2026-08-31 16:00"));
        assert_eq!(text("yyyy\"年\"m\"月\"", 46_266.0), "2026年9月");
        assert_eq!(text("yyyy.mm", 46_266.0), "2026.09");
        assert_eq!(text("yyyy\"级\"", 46_266.0), "2026级");
        assert!(why("m\"月\"d\"日\"", 46_091.0).contains("3月10日"));
        assert!(why("mmm-yy", 46_266.0).contains("2026-09-01"));
        assert!(why("h:mm", 46_266.5).contains("2026-09-01"));
        for (value, part) in [
            (2026.0, "1990"),
            (9.0, "1990"),
            (0.0, "1990"),
            (111_977.0, "2100"),
            (2_958_465.0, "留空"),
            (20_260_901.0, "####"),
        ] {
            assert!(why("yyyy-mm-dd", value).contains(part), "{value}: {}", why("yyyy-mm-dd", value));
        }
    }

    #[test]
    fn a_text_has_a_format_too() {
        assert_eq!(Format::parse("\"2026\"@").text("0001"), Cell::Text("20260001".to_owned()));
        assert_eq!(Format::parse("yyyy-mm-dd;@").text("长期"), Cell::Text("长期".to_owned()));
        assert!(matches!(Format::parse(";;;").text("1"), Cell::Fault(_)));
    }

    #[test]
    fn any_code_is_read() {
        for code in ["\"", "\\", "[", "_", "*", "yy\"", "E+", ".", ",", ";;;;;;", "[$", "0.0.0", "日", "AM/P"] {
            let format = Format::parse(code);
            let _ = (format.number(46_266.5, false), format.number(0.0, true), format.text("x"));
        }
    }
}
