//! Years, ranks, counts, and yes and no, as clerks write them.

use super::{Fault, quoted, says_nothing, word};

/// Entry years that a student of today, or of the records kept, may have.
const YEARS: std::ops::RangeInclusive<u16> = 1990..=2100;

/// The largest rank and cohort.
const LARGEST_COHORT: u32 = 100_000;

/// The most failed courses.
const MOST_COURSES: u32 = 200;

/// Reads 年级, the year of entry: `2024`, `2024级`, `2024年`, `24级`, `24`. Of two digits 90 to 99 are the last century's.
pub fn entry_year(text: &str) -> Result<Option<u16>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    if word.ends_with('届') {
        return Err(Fault::Strange(format!("{}是毕业年份；年级请填入学年份，如 2024", quoted(text))));
    }
    let digits = word.strip_suffix("年级").or_else(|| word.strip_suffix(['级', '年'])).unwrap_or(&word);
    let year = match (digits.len(), whole(digits)) {
        (4, Some(year)) => u16::try_from(year).ok(),
        (2, Some(year)) => u16::try_from(if year >= 90 { 1900 + year } else { 2000 + year }).ok(),
        _ => None,
    };
    let strange = || Fault::Strange(format!("{}不是入学年份；年级应填四位年份，如 2024", quoted(text)));
    let year = year.ok_or_else(strange)?;
    if !YEARS.contains(&year) {
        return Err(Fault::Strange(format!("{}不在 {} 至 {} 之间", quoted(text), YEARS.start(), YEARS.end())));
    }
    Ok(Some(year))
}

/// Reads a question of yes or no. 无 answers it with no; in other columns it says nothing.
pub fn yes_no(text: &str) -> Result<Option<bool>, Fault> {
    match word(text).as_str() {
        "是" | "有" | "对" | "真" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "1" | "true" | "t" => {
            Ok(Some(true))
        }
        "否" | "无" | "非" | "不是" | "没有" | "×" | "✗" | "✘" | "✕" | "╳" | "n" | "no" | "0" | "false" => {
            Ok(Some(false))
        }
        silent if says_nothing(silent) => Ok(None),
        _ => Err(Fault::Strange(format!("{}不是“是”或“否”", quoted(text)))),
    }
}

/// A place in a ranking, from 1; the cohort where the text has it, then at least the rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub rank: u32,
    pub cohort: Option<u32>,
}

/// Reads a rank: `3`, `第3`, `第3名`, `3/40`, `3.0`. A percentage is none: of how many people it is taken stays open.
pub fn standing(text: &str) -> Result<Option<Standing>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    let said = quoted(text);
    if word.ends_with('%') {
        return Err(Fault::Open(format!("{said}是百分比，不是名次；请填名次和专业人数")));
    }
    let strange = || Fault::Strange(format!("{said}不是名次；应填 1 至 {LARGEST_COHORT} 的整数，如 3 或 3/40"));
    let positive = |text: &str| figure(text).filter(|figure| (1..=LARGEST_COHORT).contains(figure));
    let (rank, cohort) = match word.split_once('/') {
        Some((rank, cohort)) => (rank, Some(cohort.strip_suffix('人').unwrap_or(cohort))),
        None => (word.as_str(), None),
    };
    let rank = rank.strip_prefix("并列").unwrap_or(rank);
    let rank = rank.strip_prefix('第').unwrap_or(rank);
    let rank = positive(rank.strip_suffix('名').unwrap_or(rank)).ok_or_else(strange)?;
    let cohort = cohort.map(|cohort| positive(cohort).ok_or_else(strange)).transpose()?;
    match cohort {
        Some(cohort) if cohort < rank => Err(Fault::Strange(format!("{said}：名次 {rank} 大于人数 {cohort}"))),
        _ => Ok(Some(Standing { rank, cohort })),
    }
}

/// Reads 专业人数: `40`, `40人`, `40.0`.
pub fn cohort(text: &str) -> Result<Option<u32>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    let people =
        figure(word.strip_suffix('人').unwrap_or(&word)).filter(|people| (1..=LARGEST_COHORT).contains(people));
    people
        .map(Some)
        .ok_or_else(|| Fault::Strange(format!("{}不是人数；应填 1 至 {LARGEST_COHORT} 的整数", quoted(text))))
}

/// Reads a number of students, also with the commas that spreadsheets show (`1,200`): at most a million.
pub fn students(text: &str) -> Result<Option<u32>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    let plain = word.strip_suffix('人').unwrap_or(&word);
    let mut groups = plain.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let joined = if grouped { plain.replace(',', "") } else { plain.to_owned() };
    let students = figure(&joined).filter(|students| *students <= 1_000_000);
    students.map(Some).ok_or_else(|| Fault::Strange(format!("{}不是人数；应填 0 至 1000000 的整数", quoted(text))))
}

/// Reads 不及格门数: `0`, `0门`, `2.0`. 无 alone says nothing: it may mean no failed course or no data, and whoever is not
/// known is not passed by mistake.
pub fn failed_courses(text: &str) -> Result<Option<u32>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    if ["无不及格", "无挂科", "没有不及格", "没有挂科", "全部及格"].contains(&word.as_str()) {
        return Ok(Some(0));
    }
    let digits = word.strip_suffix('门').unwrap_or(&word);
    let courses = figure(digits).filter(|courses| *courses <= MOST_COURSES);
    courses.map(Some).ok_or_else(|| {
        Fault::Strange(format!("{}不是门数；应填 0 至 {MOST_COURSES} 的整数，全部及格填 0", quoted(text)))
    })
}

/// 无 as a number of failed courses: whoever knows the file knows whether it is none or not known.
#[must_use]
pub fn is_none(text: &str) -> bool {
    word(text) == "无"
}

/// A whole number, also one to which a program gave a fraction of nothing (`3.0`).
fn figure(text: &str) -> Option<u32> {
    let whole_part = match text.split_once('.') {
        Some((whole_part, fraction)) if !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0') => whole_part,
        Some(_) => return None,
        None => text,
    };
    whole(whole_part)
}

fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_as_clerks_write_them() {
        for text in ["2024", "2024级", "2024 级", "2024年", "24级", "24", "２０２４", "2024年级"] {
            assert_eq!(entry_year(text), Ok(Some(2024)), "{text}");
        }
        assert_eq!(entry_year("99级"), Ok(Some(1999)));
        for text in ["大一", "2024届", "1905", "9999", "224", "2024-2025", "20240", "级", "2024.0"] {
            assert!(entry_year(text).is_err(), "{text}");
        }
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for text in ["是", "√", "✓", "✔", "Y", "yes", "1", "TRUE", "对", "有", "Ｙ"] {
            assert_eq!(yes_no(text), Ok(Some(true)), "{text}");
        }
        for text in ["否", "×", "✗", "N", "no", "0", "FALSE", "无", "没有"] {
            assert_eq!(yes_no(text), Ok(Some(false)), "{text}");
        }
        for text in ["2", "是否", "√×", "x", "o"] {
            assert!(yes_no(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rank_may_bring_its_cohort_and_a_percentage_is_none() {
        for text in ["3", "第3", "第3名", "3名", "3.0", "３", "第 3 名", "并列第3"] {
            assert_eq!(standing(text), Ok(Some(Standing { rank: 3, cohort: None })), "{text}");
        }
        for text in ["3/40", "3／40", "第3名/40人", "3 / 40"] {
            assert_eq!(standing(text), Ok(Some(Standing { rank: 3, cohort: Some(40) })), "{text}");
        }
        for text in ["5%", "前5%", "5％", "5.0%"] {
            assert!(matches!(standing(text), Err(Fault::Open(_))), "{text}");
        }
        for text in ["0", "41/40", "3/", "/40", "3/40/2", "3.5", "3.", "第", "100001", "99999999999", "-3"] {
            assert!(matches!(standing(text), Err(Fault::Strange(_))), "{text}");
        }
    }

    #[test]
    fn counts_of_people_have_their_word() {
        for (text, people) in [("40", 40), ("40人", 40), ("４０", 40), ("40.0", 40)] {
            assert_eq!(cohort(text), Ok(Some(people)), "{text}");
        }
        for (text, people) in [("0", 0), ("1,200", 1200), ("1，200人", 1200), ("1,000,000", 1_000_000)] {
            assert_eq!(students(text), Ok(Some(people)), "{text}");
        }
        for text in ["0", "-1", "1.5", "人", "3/40", "100001"] {
            assert!(cohort(text).is_err(), "{text}");
        }
        for text in ["1,20", "1000001", "12,00", ",200", "1,200,", "1.5"] {
            assert!(students(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_of_courses_have_their_word() {
        for (text, courses) in [("0", 0), ("0门", 0), ("2 门", 2), ("0.0", 0), ("无挂科", 0), ("200", 200)] {
            assert_eq!(failed_courses(text), Ok(Some(courses)), "{text}");
        }
        for text in ["201", "1.5", "门", "两门", "-1", "1/2"] {
            assert!(failed_courses(text).is_err(), "{text}");
        }
    }
}
