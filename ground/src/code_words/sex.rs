//! 性别 by GB/T 2261.1-2003 个人基本信息分类与代码 第1部分: 人的性别代码.

use super::{Fault, meaning, quoted, says_nothing, word};
use crate::words::words;

words! {
    /// The label is what is stored.
    Sex:
    Male = "male", "男";
    Female = "female", "女";
}

/// The standard's 0 (未知的性别) and 9 (未说明的性别), and how people write them.
const NOT_STATED: &[&str] = &["0", "9", "未知的性别", "未说明的性别", "未知性别", "未说明性别", "未说明", "保密"];

/// Reads 性别.
pub fn read(text: &str) -> Result<Option<Sex>, Fault> {
    let word = word(text);
    if says_nothing(&word) || NOT_STATED.contains(&word.as_str()) {
        return Ok(None);
    }
    let coded = |code: &str| match code {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        _ => None,
    };
    let named = |name: &str| match name {
        "男" | "男性" | "男生" | "m" | "male" => Some(Sex::Male),
        "女" | "女性" | "女生" | "f" | "female" => Some(Sex::Female),
        _ => None,
    };
    let found = meaning(&word, coded, named);
    found
        .map(Some)
        .ok_or_else(|| Fault::Strange(format!("{}不是性别；应填男或女，或国家标准代码 1（男）、2（女）", quoted(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_words_are_read() {
        for text in ["1", "男", "男性", "男生", "M", "male", "1-男", "1 男性", "男（1）", "１"] {
            assert_eq!(read(text), Ok(Some(Sex::Male)), "{text}");
        }
        for text in ["2", "女", "女性", "女生", "f", "Female", "2.女"] {
            assert_eq!(read(text), Ok(Some(Sex::Female)), "{text}");
        }
        for text in ["0", "9", "未知的性别", "未说明的性别", "未说明"] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
        for text in ["3", "男女", "1-女", "x", "01"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
