//! 培养层次: the words of schools for it, read into the three levels that the plans know.
//!
//! Codes are not taken: GB/T 4658 (学历), JY/T 1001 (教育管理 基础代码) and schools' own systems give one digit different
//! meanings.

use super::{Fault, quoted, says_nothing, word};
use crate::rules::roster::Level;

const WORDS: &[(&str, Level)] = &[
    ("专科", Level::Vocational),
    ("大专", Level::Vocational),
    ("大学专科", Level::Vocational),
    ("高职", Level::Vocational),
    ("高职高专", Level::Vocational),
    ("高职专科", Level::Vocational),
    ("高职(专科)", Level::Vocational),
    ("专科(高职)", Level::Vocational),
    ("本科", Level::Undergraduate),
    ("大学本科", Level::Undergraduate),
    ("普通本科", Level::Undergraduate),
    ("专升本", Level::Undergraduate),
    ("本科(专升本)", Level::Undergraduate),
    ("专升本科", Level::Undergraduate),
    ("高职本科", Level::Undergraduate),
    ("职业本科", Level::Undergraduate),
    ("第二学士学位", Level::Undergraduate),
    ("研究生", Level::Graduate),
    ("硕士", Level::Graduate),
    ("硕士研究生", Level::Graduate),
    ("学术硕士", Level::Graduate),
    ("专业硕士", Level::Graduate),
    ("学术型硕士", Level::Graduate),
    ("专业型硕士", Level::Graduate),
    ("博士", Level::Graduate),
    ("博士研究生", Level::Graduate),
    ("直博", Level::Graduate),
    ("硕博连读", Level::Graduate),
];

/// Reads 培养层次; 生 at the end does not count.
pub fn read(text: &str) -> Result<Option<Level>, Fault> {
    let word = word(text);
    if says_nothing(&word) {
        return Ok(None);
    }
    let short = word.strip_suffix('生').unwrap_or(&word);
    let found = WORDS.iter().find(|(known, _)| *known == word || *known == short).map(|(_, level)| *level);
    found.map(Some).ok_or_else(|| {
        let said = quoted(text);
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            Fault::Strange(format!("{said}是代码，各标准含义不同；培养层次请填专科、本科或研究生"))
        } else {
            Fault::Strange(format!("{said}不是培养层次；应填专科（大专、高职）、本科（专升本）或研究生（硕士、博士）"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_schools_are_read() {
        for (text, level) in WORDS {
            assert_eq!(read(text), Ok(Some(*level)), "{text}");
        }
        for (text, level) in [
            ("大专生", Level::Vocational),
            ("专科（高职）", Level::Vocational),
            ("本科生", Level::Undergraduate),
            ("专升本 ", Level::Undergraduate),
            ("博士生", Level::Graduate),
            ("硕 士", Level::Graduate),
        ] {
            assert_eq!(read(text), Ok(Some(level)), "{text}");
        }
        for text in ["3", "20", "高中", "中专", "学", "生", "本", "预科", "MBA"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
