//! The field's words and the national codes: what a cell or a form may say, read into the one form that is stored.
//!
//! Every table has one reader, used by the files, the forms and the commands alike. It answers with what is stored,
//! with nothing where the text says nothing, or with a [`Fault`]: a value is never guessed.

use std::fmt;

use crate::{
    name,
    text::{is_plain, printable},
};

pub mod figures;
pub mod level;
pub mod nationality;
pub mod office;
pub mod political;
pub mod sex;

/// Why a text cannot be taken, in Chinese by `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It says something that leaves open what is asked: somebody who knows must say. Where nothing is stored it counts as
    /// not known.
    Open(String),
    /// It is none of the words.
    Strange(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Open(why) | Self::Strange(why)) = self;
        f.write_str(why)
    }
}

/// The text as it is compared: without blanks, in half width, Latin letters small.
fn word(text: &str) -> String {
    if is_plain(text) {
        return text.to_ascii_lowercase();
    }
    name::key(text).to_lowercase().replace(' ', "")
}

/// The text as a fault quotes it.
fn quoted(text: &str) -> String {
    let shown: String = printable(text.trim(), false).chars().take(20).collect();
    format!("“{shown}”")
}

/// A word that says nothing, as people fill a cell that must not be blank.
fn says_nothing(word: &str) -> bool {
    const NOTHING: &[&str] = &[
        "无",
        "暂无",
        "未知",
        "不详",
        "不明",
        "未填",
        "未填写",
        "无数据",
        "空",
        "n/a",
        "na",
        "nan",
        "null",
        "none",
        "nil",
    ];
    word.chars().all(|c| matches!(c, '-' | '_' | '/' | '\\' | '~' | '*' | '—' | '–' | '―' | '‐' | '−' | 'ー'))
        || NOTHING.contains(&word)
}

/// The text fills a cell and says nothing: `-`, 无, the `nan` of programs.
#[must_use]
pub fn is_silent(text: &str) -> bool {
    let may_be = |c: char| !c.is_alphanumeric() || "无暂未不空nNｎＮ".contains(c);
    text.chars().next().is_none_or(may_be) && says_nothing(&word(text))
}

/// What a word means by its code, by its name, or by both (`03-共青团员`, `共青团员(03)`), where they agree.
fn meaning<T: PartialEq>(
    word: &str,
    by_code: impl Fn(&str) -> Option<T>,
    by_name: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    if let Some(meant) = by_code(word).or_else(|| by_name(word)) {
        return Some(meant);
    }
    let rest = word.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let (code, name) = if rest.len() < word.len() {
        (word.strip_suffix(rest)?, rest.trim_start_matches(['-', '_', ':', '、', '|', '—', ')', '/', ',']))
    } else {
        word.strip_suffix(')')?.rsplit_once('(').map(|(name, code)| (code, name))?
    };
    let (code, name) = (by_code(code)?, by_name(name)?);
    (code == name).then_some(name)
}

/// A code of two digits, which programs shorten to one.
fn two_digits(code: &str) -> Option<usize> {
    let digits = matches!(code.len(), 1 | 2) && code.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| code.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SILENT: &[&str] = &["", " ", "-", "/", "／", "—", "——", "无", "未知", "不详", "N/A", "\u{3000}", "－"];

    #[test]
    fn words_that_say_nothing_are_unknown() {
        for text in SILENT {
            assert!(is_silent(text), "{text}");
            assert_eq!(political::read(text), Ok(None), "{text}");
            assert_eq!(sex::read(text), Ok(None), "{text}");
            assert_eq!(nationality::read(text), Ok(None), "{text}");
            assert_eq!(level::read(text), Ok(None), "{text}");
            assert_eq!(figures::entry_year(text), Ok(None), "{text}");
            assert_eq!(figures::standing(text), Ok(None), "{text}");
            assert_eq!(figures::failed_courses(text), Ok(None), "{text}");
        }
        for text in SILENT.iter().filter(|text| **text != "无") {
            assert_eq!(figures::yes_no(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_code_and_a_name_must_agree() {
        assert!(political::read("03-共青团员").is_ok_and(|status| status.is_some()));
        for wrong in ["01-共青团员", "03-", "(03)", "共青团员(01)", "03共青团员(01)", "14"] {
            assert!(political::read(wrong).is_err(), "{wrong}");
        }
    }

    fn junk() -> impl Strategy<Value = String> {
        let near = prop::sample::select(
            "0123456789第名/%级年门党员团男女汉族硕士√×-（）().无积极分子　 \u{200b}".chars().collect::<Vec<_>>(),
        );
        prop::collection::vec(prop_oneof![6 => near, 1 => any::<char>()], 0..10)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_and_a_fault_is_one_short_line(text in junk()) {
            let faults = [
                political::read(&text).err(),
                sex::read(&text).err(),
                nationality::read(&text).err(),
                level::read(&text).err(),
                figures::entry_year(&text).err(),
                figures::yes_no(&text).err(),
                figures::standing(&text).err(),
                figures::failed_courses(&text).err(),
            ];
            for fault in faults.iter().flatten() {
                let sentence = fault.to_string();
                prop_assert!(sentence.chars().count() < 120 && !sentence.contains('\n'), "{}", sentence);
            }
        }

        #[test]
        fn words_that_are_none_of_a_table_are_faults(text in "[丙丁戊己庚辛]{1,6}") {
            prop_assert!(political::read(&text).is_err());
            prop_assert!(sex::read(&text).is_err());
            prop_assert!(nationality::read(&text).is_err());
            prop_assert!(level::read(&text).is_err());
            prop_assert!(figures::entry_year(&text).is_err());
            prop_assert!(figures::yes_no(&text).is_err());
            prop_assert!(figures::standing(&text).is_err());
            prop_assert!(figures::failed_courses(&text).is_err());
        }
    }
}
