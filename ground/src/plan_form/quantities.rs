//! The numbers and shares that words name, so that a figure can be held against the sentence that it is taken from.

use super::wording::narrowed;

/// A number, or a share as a fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    Whole(u64),
    Share(u64, u64),
}

impl Quantity {
    /// A share, where it is one: more than nothing of something.
    fn share(part: u64, of: u64) -> Option<Self> {
        let divisor = common(part, of);
        (divisor > 0 && part > 0 && of > 0).then(|| Self::Share(part / divisor, of / divisor))
    }

    /// What a field says: `5`, `30%`, `12.5%`, `1/3`.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let text = narrowed(text);
        if let Some((part, of)) = text.split_once('/') {
            return Self::share(part.parse().ok()?, of.parse().ok()?);
        }
        match text.strip_suffix('%') {
            Some(number) => percent(number),
            None => text.parse().ok().map(Self::Whole),
        }
    }
}

fn common(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { common(other, one % other) }
}

/// A percentage of at most two decimals.
fn percent(number: &str) -> Option<Quantity> {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let scale = match rest.len() {
        0 => 1,
        1 => 10,
        2 => 100,
        _ => return None,
    };
    let digits = format!("{whole}{rest}");
    Quantity::share(digits.parse().ok()?, scale * 100)
}

fn digit(c: char) -> Option<u64> {
    let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let other = match c {
        '〇' => Some(0),
        '两' => Some(2),
        _ => None,
    };
    other.or_else(|| digits.iter().position(|one| *one == c).and_then(|place| u64::try_from(place).ok()))
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || c == '.' || digit(c).is_some() || matches!(c, '十' | '百' | '千' | '万')
}

/// A number in digits or in Chinese; none where it is none.
fn whole(word: &str) -> Option<u64> {
    if let Ok(number) = word.parse::<u64>() {
        return Some(number);
    }
    if let Some((above, below)) = word.split_once('万') {
        let below = if below.is_empty() { 0 } else { whole(below)? };
        return whole(above)?.checked_mul(10_000)?.checked_add(below);
    }
    if word.is_empty() {
        return None;
    }
    let (mut total, mut last) = (0, None);
    for c in word.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            c => {
                last = Some(digit(c)?);
                continue;
            }
        };
        total += last.take().unwrap_or(1) * unit;
    }
    Some(total + last.unwrap_or(0))
}

/// Every number and share that a text names: in digits, in Chinese, as 百分之, 分之, 半数.
#[must_use]
pub fn quantities(text: &str) -> Vec<Quantity> {
    let text = narrowed(text);
    let mut found: Vec<Quantity> = Vec::new();
    if ["半数", "一半", "过半", "多数", "为主"].iter().any(|word| text.contains(word)) {
        found.extend(Quantity::share(1, 2));
    }
    let mut rest = text.as_str();
    while let Some(at) = rest.find(is_numeral) {
        let (_, from) = rest.split_at(at);
        let end = from.find(|c: char| !is_numeral(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let word = word.trim_matches('.');
        rest = after;
        if after.starts_with('%') {
            found.extend(percent(word));
        } else if let Some(parts) = after.strip_prefix("分之") {
            let end = parts.find(|c: char| !is_numeral(c)).unwrap_or(parts.len());
            let (part, after) = parts.split_at(end);
            rest = after;
            // 百分之三十五 and 三分之一.
            let of = if word == "百" { Some(100) } else { whole(word) };
            let share = whole(part).zip(of).and_then(|(part, of)| Quantity::share(part, of));
            found.extend(share.or_else(|| (word == "百").then(|| percent(part)).flatten()));
        } else if let Some(of) = after.strip_prefix('/') {
            let end = of.find(|c: char| !c.is_ascii_digit()).unwrap_or(of.len());
            let (of, after) = of.split_at(end);
            rest = after;
            found.extend(whole(word).zip(of.parse().ok()).and_then(|(part, of)| Quantity::share(part, of)));
        } else {
            found.extend(whole(word).map(Quantity::Whole));
        }
    }
    found
}

/// A figure stands in the words that it is taken from. Nothing is also named by 无, 没有, 不得; one by 每 and 各.
#[must_use]
pub fn names(quote: &str, figure: Quantity) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| quote.contains(word));
    quantities(quote).contains(&figure)
        || (figure == Quantity::Whole(0) && has(&["无", "没有", "不得", "未"]))
        || (figure == Quantity::Whole(1) && has(&["每", "各", "1"]))
}

/// The figures that a text names, for people.
#[must_use]
pub fn in_words(text: &str) -> String {
    let mut found = quantities(text);
    found.dedup();
    let word = |one: &Quantity| match *one {
        Quantity::Whole(number) => number.to_string(),
        Quantity::Share(part, of) if 10_000 % of == 0 => {
            let points = part * (10_000 / of);
            if points % 100 == 0 {
                format!("{}%", points / 100)
            } else {
                format!("{}.{:02}%", points / 100, points % 100)
            }
        }
        Quantity::Share(part, of) => format!("{part}/{of}"),
    };
    found.iter().map(word).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_as_documents_write_them() {
        for (text, found) in [
            ("主席团成员不超过5人", "5"),
            ("主席团成员不超过４人", "4"),
            ("每个部门2至3人以内", "2、3"),
            ("工作人员四十人左右", "40"),
            ("不超过二十五人，两次", "25、2"),
            ("学习成绩排名在本专业前30%以内", "30%"),
            ("前百分之三十", "30%"),
            ("前三分之一", "1/3"),
            ("前12.5％", "12.50%"),
            ("不少于半数", "50%"),
            ("在校学生三万二千人以上", "32000"),
            ("超过3万人的，以防万一", "30000"),
            ("没有数字", ""),
        ] {
            assert_eq!(in_words(text), found, "{text}");
        }
    }

    #[test]
    fn a_figure_is_held_against_its_words() {
        let names = |quote: &str, typed: &str| names(quote, Quantity::typed(typed).unwrap());
        assert!(names("不超过5人", "5") && !names("不超过4人", "5"));
        assert!(names("前三分之一", "1/3") && !names("前三分之一", "33.3%"));
        assert!(names("来自院系的不少于50%", "50%") && names("不少于一半", "50%"));
        assert!(names("没有不及格课程", "0") && names("每学期召开", "1"));
        assert_eq!(Quantity::typed("五"), None);
    }
}
