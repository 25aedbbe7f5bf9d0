//! Names of people and departments, and numbers of people: what makes two spellings one, and how one is shown.
//!
//! Clerks' files pad short names (`张　伟`), write the dot of a name in a dozen ways, and bring along characters that look
//! like others because a program or a font put them there. Two spellings are one name where their [`key`]s are equal.
//! What is shown is what was entered first, with one kind of dot and without padding.
//!
//! The database makes the same keys (`name_key` and `number_key` of the migrations), in generated columns, so that no
//! writer can forget them; a test holds the two equal. What a character counts as is said in ranges for that reason, and
//! not by the classes of a library, which change from one Unicode to the next.
//!
//! Whole NFKC is not applied: it would make `①` a `1`, spell out units and give some signs blanks. Folded are canonical
//! equals (NFC, with it the compatibility ideographs), full and half width, small forms, Latin ligatures, Kangxi
//! radicals, and those of the CJK Radicals Supplement that have an `Equivalent_Unified_Ideograph` (Unicode 14).

use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
};

use unicode_normalization::UnicodeNormalization;

use crate::text::{is_hidden, is_pictograph, is_plain};

pub mod near;
pub mod order;
pub mod pinyin;
pub mod sought;

/// The longest name, in characters.
const LONGEST_NAME: usize = 50;

/// The longest number, in characters.
const LONGEST_NUMBER: usize = 32;

/// A person's name. Equal to another where the keys are.
#[derive(Debug, Clone)]
pub struct Name {
    shown: String,
    key: String,
}

impl Name {
    /// Reads a name as typed or as it stands in a cell.
    pub fn read(text: &str) -> Result<Self, NameFault> {
        let shown = shown(text);
        if shown.is_empty() {
            return Err(NameFault::Blank);
        }
        if shown.chars().nth(LONGEST_NAME).is_some() {
            return Err(NameFault::Long);
        }
        if let Some(lost) = shown.chars().find(|c| is_lost(*c)) {
            return Err(NameFault::Lost(lost));
        }
        if shown.chars().any(is_pictograph) {
            return Err(NameFault::Pictograph);
        }
        if let Some(mask) = shown.chars().find(|c| is_mask(*c)).or_else(|| letter_as_mask(&shown)) {
            return Err(NameFault::Masked(mask));
        }
        let has_han = shown.chars().any(is_han);
        if let Some(between) = shown.chars().find(|c| is_between_names(*c, has_han)) {
            return Err(NameFault::Several(between));
        }
        if let Some(mark) = shown.chars().find(|c| is_quote(*c)).filter(|_| has_han) {
            return Err(NameFault::Quoted(mark));
        }
        let digits = shown.chars().any(char::is_numeric) && !has_han;
        // A cell that is true or false is read as 是 or 否.
        if digits || !shown.chars().any(char::is_alphabetic) || matches!(shown.as_str(), "是" | "否") {
            return Err(NameFault::NoName);
        }
        let key = key(&shown);
        Ok(Self { shown, key })
    }

    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What a database keeps beside the name to find it by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Why a text is no name, in Chinese by `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    Blank,
    Long,
    /// A character that stands where a program could not keep the right one.
    Lost(char),
    Pictograph,
    /// A sign that stands where somebody hid a character: `李*`, `王○`, `张xx`.
    Masked(char),
    /// A sign between two names.
    Several(char),
    /// A quotation mark or a sign of equality that a program has put around a name: `, "张三"`, `="张三"&""`.
    Quoted(char),
    /// Digits or signs: most often 学号 and 姓名 stand under each other's heading.
    NoName,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("姓名不能为空"),
            Self::Long => write!(f, "姓名超过 {LONGEST_NAME} 字"),
            Self::Lost(c) if is_private(*c) => write!(
                f,
                "姓名里有只在个别电脑上能显示的字（自造字 U+{:04X}），请用输入法重新输入这个字，再保存为 .xlsx 或 CSV UTF-8",
                u32::from(*c)
            ),
            Self::Lost(c) => write!(f, "姓名里有没能保存的字“{c}”，请从原表改回，再保存为 .xlsx 或 CSV UTF-8"),
            Self::Pictograph => f.write_str("姓名里有表情符号"),
            Self::Masked(c) => write!(f, "姓名里有代替文字的“{c}”，请用没有遮去文字的名单"),
            Self::Several(c) => write!(f, "姓名里有“{c}”，一格只能填一个人的姓名"),
            Self::Quoted(c) => write!(f, "姓名里有“{c}”，像是程序留下的符号，请删去"),
            Self::NoName => f.write_str("这不像姓名，是否与学号（工号）填反了"),
        }
    }
}

/// A student's or teacher's number. Equal to another where case and width alone differ.
#[derive(Debug, Clone)]
pub struct Number {
    shown: String,
    key: String,
}

impl Number {
    /// Reads a number as typed or as it stands in a cell.
    pub fn read(text: &str) -> Result<Self, NumberFault> {
        let shown = narrow(text);
        if shown.is_empty() {
            return Err(NumberFault::Blank);
        }
        if shown.chars().nth(LONGEST_NUMBER).is_some() {
            return Err(NumberFault::Long);
        }
        if let Some(sign) = shown.chars().find(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.')) {
            return Err(NumberFault::Sign(sign));
        }
        if !shown.is_ascii() && !shown.chars().any(char::is_numeric) {
            return Err(NumberFault::NoDigit);
        }
        if is_made_a_day(&shown) {
            return Err(NumberFault::Day);
        }
        if is_reckoned(&shown) {
            return Err(NumberFault::Reckoned);
        }
        let key = number_key(&shown);
        Ok(Self { shown, key })
    }

    /// A number that is spelled as numbers are here: a server where people choose their own user would have others come in
    /// by look-alikes.
    #[must_use]
    pub fn as_spelled(text: &str) -> Option<Self> {
        Self::read(text).ok().filter(|number| number.shown() == text.trim())
    }

    /// As entered, in half width.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What a database keeps beside the number to find it by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Why a text is no number, in Chinese by `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    Blank,
    Long,
    Sign(char),
    /// A word that is not of Latin letters: most often 学号 and 姓名 stand under each other's heading.
    NoDigit,
    /// What Excel makes of `24-1` and saves as text: `1月24日`, `24-Jan`.
    Day,
    /// A figure with a sign or a fraction: `-5`, `2024010001.5`.
    Reckoned,
}

impl fmt::Display for NumberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("学号（工号）不能为空"),
            Self::Long => write!(f, "学号（工号）超过 {LONGEST_NUMBER} 个字符"),
            Self::Sign(' ') => f.write_str("学号（工号）中间有空格"),
            Self::Sign(sign) => write!(f, "学号（工号）只能有字母、数字和 - _ .，不能有“{sign}”"),
            Self::NoDigit => f.write_str("学号（工号）里没有数字，是否与姓名填反了"),
            Self::Reckoned => f.write_str("像是算出来的数，不是学号（工号），请核对"),
            Self::Day => f.write_str("像是被程序改成了日期，请在原来的表格里把这一列设为文本后重新填写"),
        }
    }
}

/// What is compared of a name, a department, a college or a class: without dots, without blanks beside Han characters and
/// signs, in half width. Case counts. One blank stays between Latin words.
#[must_use]
pub fn key(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { folded_key(text) }
}

fn folded_key(text: &str) -> String {
    let text: String = unified(text).flat_map(wide).nfc().collect();
    joined(&text, |left, gap, right| {
        let Some(left) = left else { return "" };
        if gap.dot || is_han(left) || right.is_some_and(is_han) {
            return "";
        }
        let blank = gap.blank && is_word(left) && right.is_some_and(is_word);
        match (gap.period, blank) {
            (true, true) => ". ",
            (true, false) => ".",
            (false, true) => " ",
            (false, false) => "",
        }
    })
}

/// The spellings of names that are no people's (departments, colleges) in one file: the first of each stands for all.
#[derive(Debug, Default)]
pub struct Spellings(HashMap<String, String>);

impl Spellings {
    /// The first spelling of the name that `text` is another of.
    pub fn first(&mut self, text: &str) -> String {
        // What is plain is its own key.
        if is_plain(text)
            && let Some(first) = self.0.get(text)
        {
            return first.clone();
        }
        self.0.entry(key(text)).or_insert_with(|| text.to_owned()).clone()
    }
}

/// How a name is shown: as entered, each dot as U+00B7, a name of two Han characters without padding, Latin letters and
/// digits in half width, other blanks single.
#[must_use]
pub fn shown(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { tidied(text) }
}

fn tidied(text: &str) -> String {
    let half = |c: char| if c.is_alphanumeric() { narrow_letter(c) } else { c };
    let text: String = unified(text).map(half).nfc().collect();
    let mut solid = text.chars().filter(|c| Gap::default().with(*c).is_none());
    let padded = solid.by_ref().take(2).all(is_han) && solid.next().is_none();
    joined(&text, |left, gap, right| {
        let Some(left) = left else { return "" };
        let Some(right) = right else { return if gap.period && !gap.dot && !is_han(left) { "." } else { "" } };
        let beside_han = is_han(left) || is_han(right);
        match gap {
            _ if gap.dot || (gap.period && beside_han) => "\u{b7}",
            Gap { period: true, blank: true, .. } => ". ",
            Gap { period: true, .. } => ".",
            _ if padded => "",
            _ => " ",
        }
    })
}

/// What is compared of a number: half width, without the case of A to Z.
#[must_use]
pub fn number_key(text: &str) -> String {
    let mut key = narrow(text);
    key.make_ascii_lowercase();
    key
}

/// Two spellings of one number.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    number_key(one) == number_key(other)
}

/// A number in half width, without what cannot be seen; dashes of every length are `-`.
fn narrow(text: &str) -> String {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.bytes().all(is_usual) { text.to_owned() } else { narrowed(text) }
}

fn narrowed(text: &str) -> String {
    let visible: String = text.nfc().flat_map(wide).filter(|c| !is_invisible(*c)).collect();
    let dash = |c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    visible.trim().chars().map(dash).nfc().collect()
}

/// The characters with Han look-alikes as what they look like.
fn unified(text: &str) -> impl Iterator<Item = char> {
    text.nfc().map(|c| match c {
        '\u{2f00}'..='\u{2fd5}' => std::iter::once(c).nfkc().next().unwrap_or(c),
        '\u{2e80}'..='\u{2ef3}' => {
            let place = usize::try_from(u32::from(c) - 0x2e80).unwrap_or(usize::MAX);
            RADICALS.chars().nth(place).unwrap_or(c)
        }
        other => other,
    })
}

/// U+2E80 to U+2EF3, each as its `Equivalent_Unified_Ideograph`; the first has none, and U+2E9A is not assigned.
const RADICALS: &str = "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺀旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

/// A character of another width as the usual one.
fn wide(c: char) -> impl Iterator<Item = char> {
    let folds = matches!(c, '\u{ff01}'..='\u{ffdc}' | '\u{fe50}'..='\u{fe6b}' | '\u{fb00}'..='\u{fb06}');
    let mut folded = std::iter::once(c).nfkc();
    let mut plain = (!folds).then_some(c);
    std::iter::from_fn(move || if folds { folded.next() } else { plain.take() })
}

fn narrow_letter(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// What stands between two characters that are seen.
#[derive(Clone, Copy, Default)]
struct Gap {
    blank: bool,
    dot: bool,
    /// A full stop is a dot beside a Han character and a full stop between others.
    period: bool,
}

impl Gap {
    /// The gap with one character more; none where the character parts nothing.
    fn with(self, c: char) -> Option<Self> {
        match c {
            '\u{b7}' | '\u{387}' | '\u{16eb}' | '\u{1427}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}'
            | '\u{22c5}' | '\u{2981}' | '\u{2e31}' | '\u{2e33}' | '\u{30fb}' | '\u{318d}' | '\u{a78f}' | '\u{ff65}' => {
                Some(Self { dot: true, ..self })
            }
            '.' | '\u{ff0e}' | '\u{fe52}' => Some(Self { period: true, ..self }),
            _ if c.is_whitespace() => Some(Self { blank: true, ..self }),
            _ if is_invisible(c) => Some(self),
            _ => None,
        }
    }

    fn is_empty(self) -> bool {
        !(self.blank || self.dot || self.period)
    }
}

/// The text with each gap written anew, given what stands on both sides of it.
fn joined(text: &str, between: impl Fn(Option<char>, Gap, Option<char>) -> &'static str) -> String {
    let mut written = String::new();
    let (mut left, mut gap) = (None, Gap::default());
    for c in text.chars() {
        if let Some(wider) = gap.with(c) {
            gap = wider;
            continue;
        }
        // An accent belongs to the letter before it, whatever stands between them.
        if left.is_some() && is_accent(c) {
            written.push(c);
            continue;
        }
        if !gap.is_empty() {
            written.push_str(between(left, gap, Some(c)));
        }
        written.push(c);
        (left, gap) = (Some(c), Gap::default());
    }
    if !gap.is_empty() {
        written.push_str(between(left, gap, None));
    }
    written.nfc().collect()
}

/// Shows nothing: hidden characters, fillers, variation selectors and tags.
fn is_invisible(c: char) -> bool {
    is_hidden(c)
        || matches!(
            c,
            '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// An accent that is a character of its own.
fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{3099}'..='\u{309a}'
            | '\u{fe20}'..='\u{fe2f}'
            // The voicing marks in half width, which a key folds to those above and a name that is shown keeps.
            | '\u{ff9e}'..='\u{ff9f}'
    )
}

/// A letter or digit between which a blank counts: neither a Han character, nor an accent, nor a sign.
fn is_word(c: char) -> bool {
    let is_sign = matches!(
        c,
        '\u{21}'..='\u{2f}'
            | '\u{3a}'..='\u{40}'
            | '\u{5b}'..='\u{60}'
            | '\u{7b}'..='\u{7e}'
            | '\u{a1}'..='\u{bf}'
            | '\u{2010}'..='\u{2bff}'
            | '\u{3001}'..='\u{303f}'
    );
    !(is_han(c) || is_accent(c) || is_sign)
}

/// A Han character, or 〇 and 々, which stand for one.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// What other programs write for a character that they cannot keep.
fn is_lost(c: char) -> bool {
    matches!(c, '?' | '？' | '\u{fffd}' | '\u{25a1}') || is_private(c)
}

/// What stands for a character that must not be read.
fn is_mask(c: char) -> bool {
    matches!(c, '*' | '＊' | '#' | '＃' | '×' | '✕' | '■' | '█' | '●' | '○' | '◯' | '〓' | '※')
}

/// A number that a program took for a day.
fn is_made_a_day(number: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let is_month = |text: &str| MONTHS.iter().any(|month| month.eq_ignore_ascii_case(text));
    let is_figure = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_latin = number
        .split_once('-')
        .is_some_and(|(one, other)| (is_month(one) && is_figure(other)) || (is_figure(one) && is_month(other)));
    let of_day = |c: char| c.is_ascii_digit() || matches!(c, '年' | '月' | '日');
    in_latin || (number.contains('月') && number.chars().all(of_day))
}

/// Less than nothing, or a long figure with a fraction: no number is given like that.
fn is_reckoned(number: &str) -> bool {
    let is_figure = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let has_fraction = |(whole, _): (&str, &str)| whole.len() >= 6;
    number.strip_prefix('-').is_some_and(is_figure)
        || (is_figure(number) && number.split_once('.').is_some_and(has_fraction))
}

/// A letter that stands for what must not be read: a name of Han characters has no other letters than `x`.
fn letter_as_mask(name: &str) -> Option<char> {
    let mut letters = name.chars().filter(|c| c.is_alphabetic() && !is_han(*c));
    let first = letters.next().filter(|_| name.starts_with(is_han))?;
    let is_x = |c: char| matches!(c, 'x' | 'X');
    (is_x(first) && letters.all(is_x)).then_some(first)
}

/// What stands between two names in one cell. A comma turns round a name in Latin letters: `Smith, John`.
fn is_between_names(c: char, has_han: bool) -> bool {
    matches!(c, '、' | '/' | '／' | ';' | '；' | '|' | '\\')
        || (has_han && matches!(c, ',' | '，' | '&' | '＆' | '+' | '＋'))
}

/// An apostrophe is none: `O'Brien`.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '「' | '」' | '『' | '』' | '《' | '》' | '=' | '＝')
}

/// For private use: shown by one font or computer alone.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(one: &str, other: &str) {
        assert_eq!(Name::read(one).unwrap(), Name::read(other).unwrap(), "{one} {other}");
    }

    #[test]
    fn what_is_plain_is_its_own_key_and_shown_as_it_is() {
        let usual = ('0'..='9').chain('A'..='Z').chain('a'..='z');
        for c in usual.clone().chain(['(', ')', '-']).chain('\u{4e00}'..='\u{9fff}') {
            for text in [c.to_string(), format!("{c}{c}"), format!("张{c}A"), format!("1{c}伟b")] {
                assert!(is_plain(&text), "{text}");
                assert_eq!((folded_key(&text), tidied(&text)), (text.clone(), text), "{c}");
            }
        }
        for c in usual.chain(['-', '_', '.']) {
            for text in [c.to_string(), format!("{c}{c}"), format!("A{c}1")] {
                assert_eq!(narrowed(&text), text);
            }
        }
        for folded in ["张·伟", "张 伟", "a.b", "Ａ", "ﬁ", "\u{f9e1}", "張\u{301}"] {
            assert!(!is_plain(folded), "{folded}");
        }
    }

    /// What is shown of a text is another spelling of it.
    fn same_key(shown: &str, text: &str) {
        assert_eq!(key(shown), key(text), "{text}");
    }

    #[test]
    fn blanks_between_han_characters_do_not_count() {
        for padded in ["张 伟", "张　伟", "张\u{a0}伟", "张\u{2003}伟", " 张\t伟\n", "张\u{200b}伟", "\u{feff}张伟"]
        {
            same(padded, "张伟");
            assert_eq!(shown(padded), "张伟");
        }
        same("阿依古丽 买买提", "阿依古丽·买买提");
        assert_eq!(shown("欧阳  娜娜"), "欧阳 娜娜");
        assert_ne!(key("JOHN SMITH"), key("JOHNSMITH"));
        assert_eq!(shown("ＪＯＨＮ　 ＳＭＩＴＨ"), "JOHN SMITH");
        same("ＪＯＨＮ　ＳＭＩＴＨ", "JOHN SMITH");
    }

    #[test]
    fn every_dot_is_one_and_is_shown_as_one() {
        for dot in "·•・‧．.･∙⋅᛫⸱ꞏ·﹒".chars() {
            let text = format!("阿依古丽{dot}买买提");
            same(&text, "阿依古丽·买买提");
            assert_eq!(shown(&text), "阿依古丽\u{b7}买买提", "U+{:04X}", u32::from(dot));
        }
        same("阿依古丽 • 买买提", "阿依古丽买买提");
        assert_eq!(shown("A. B. Smith Jr."), "A. B. Smith Jr.");
        assert_eq!(shown("·张三·"), "张三");
    }

    #[test]
    fn look_alikes_are_what_they_look_like() {
        // U+F9E1, U+F90A, U+2F56 and U+2EE2 are 李, 金, 爪 and 马 put there by programs.
        for (odd, usual) in
            [("\u{f9e1}某", "李某"), ("\u{f90a}某", "金某"), ("\u{2f56}某", "爪某"), ("\u{2ee2}某", "马某")]
        {
            same(odd, usual);
            assert_eq!(shown(odd), usual);
        }
        same("葛\u{e0100}某", "葛某");
        same("e\u{301}mile", "émile");
        same("Ａ\u{301} A", "Á A");
        assert_eq!(key("x\u{301} A"), "x\u{301} A");
        for marked in ["A.\u{ff9e}·", "ｶ .ﾞ·ﾟ", "A \u{ff9e}b", "·\u{ff9e}.张"] {
            same_key(&shown(marked), marked);
        }
        for (radical, usual) in [('\u{2e85}', '亻'), ('\u{2e9f}', '母'), ('\u{2ef3}', '龟')] {
            assert_eq!(key(&radical.to_string()), usual.to_string());
        }
        assert_eq!(RADICALS.chars().count(), 0x2ef3 - 0x2e80 + 1);
        for kept in ["张①", "张²", "㎏", "½", "張", "吕", "呂"] {
            assert_eq!(key(kept), kept);
        }
    }

    #[test]
    fn departments_are_compared_by_the_same_key() {
        assert_eq!(key("办 公 室"), key("办公室"));
        assert_eq!(key("学习部（一）"), key("学习部 (一)"));
        assert_eq!(key("软件 2401 班"), key("软件２４０１班"));
        assert_ne!(key("学习部（一）"), key("学习部（二）"));
        assert_ne!(key("V1.0工作室"), key("V10工作室"));
    }

    #[test]
    fn a_lost_character_is_a_fault_that_says_how_to_save() {
        for text in ["王?", "？野", "李\u{fffd}", "□七", "王\u{e863}", "王\u{f0001}"] {
            let fault = Name::read(text).unwrap_err();
            assert!(matches!(fault, NameFault::Lost(_)), "{text}");
            assert!(fault.to_string().contains(".xlsx 或 CSV UTF-8"), "{fault}");
        }
        assert!(Name::read("王\u{e863}").unwrap_err().to_string().contains("U+E863"));
        for text in ["李*", "王＊某", "张○", "陈■", "罗×", "张xx", "李X明", "王Ｘ"] {
            assert!(matches!(Name::read(text), Err(NameFault::Masked(_))), "{text}");
        }
        for text in ["张三、李四", "张三/李四", "张三；李四", "张三,李四", "张三，李四", "张三&李四", "张三＋李四"]
        {
            assert!(matches!(Name::read(text), Err(NameFault::Several(_))), "{text}");
        }
        for text in ["\"张三\"", "“张三”", "=\"张三\"", "《张三》"] {
            assert!(matches!(Name::read(text), Err(NameFault::Quoted(_))), "{text}");
        }
        for rare in [
            "䶮",
            "𬱖某",
            "𰻝",
            "〇",
            "𠮷野",
            "O'Brien",
            "Smith, John",
            "Ó Súilleabháin",
            "张三（女）",
            "Alex",
            "欧文Max",
        ] {
            Name::read(rare).unwrap();
        }
    }

    #[test]
    fn a_number_for_a_name_and_a_name_for_a_number_are_noticed() {
        for text in ["20240001", "B88005", "２０２４", "——", "（）", "是"] {
            assert_eq!(Name::read(text).unwrap_err(), NameFault::NoName, "{text}");
        }
        for text in ["张三", "周八"] {
            assert_eq!(Number::read(text).unwrap_err(), NumberFault::NoDigit, "{text}");
        }
        Number::read("admin").unwrap();
        assert_eq!(Name::read(" \u{200b}").unwrap_err(), NameFault::Blank);
        assert_eq!(Name::read(&"长".repeat(51)).unwrap_err(), NameFault::Long);
        assert_eq!(Name::read("张三😀").unwrap_err(), NameFault::Pictograph);
        for good in ["张三2", "a", "学生1", "示例（请删去）"] {
            Name::read(good).unwrap();
        }
    }

    #[test]
    fn a_number_is_taken_as_it_is_spelled_and_no_look_alike() {
        assert_eq!(Number::as_spelled(" 20240001\n").unwrap().shown(), "20240001");
        for look_alike in ["２０２４０００１", "2024 0001", "20240001\u{200B}", ""] {
            assert!(Number::as_spelled(look_alike).is_none(), "{look_alike:?}");
        }
    }

    #[test]
    fn numbers_are_one_without_case_and_width_and_are_shown_as_entered() {
        for text in ["b88005", "B88005", "ｂ８８００５", " b88005\u{200b}"] {
            assert_eq!(Number::read(text).unwrap(), Number::read("b88005").unwrap());
        }
        assert_eq!(Number::read("Ｂ88005").unwrap().shown(), "B88005");
        assert_eq!(Number::read("2024－01").unwrap().shown(), "2024-01");
        assert_eq!(Number::read("001234").unwrap().shown(), "001234");
        assert_ne!(number_key("001234"), number_key("1234"));
        for text in ["1月24日", "2024年1月", "24-Jan", "Jan-24", "2-may"] {
            assert_eq!(Number::read(text).unwrap_err(), NumberFault::Day, "{text}");
        }
        for text in ["-5", "-2024010001", "2024010001.5"] {
            assert_eq!(Number::read(text).unwrap_err(), NumberFault::Reckoned, "{text}");
        }
        for good in ["2024-1", "jan-2024", "临2024", "may01", "A-24", "2024.0101", "24.1"] {
            Number::read(good).unwrap();
        }
        assert_eq!(Number::read("2024 01").unwrap_err(), NumberFault::Sign(' '));
        assert_eq!(Number::read("").unwrap_err(), NumberFault::Blank);
        assert_eq!(Number::read(&"1".repeat(33)).unwrap_err(), NumberFault::Long);
    }

    fn text() -> impl Strategy<Value = String> {
        // Random characters rarely meet each other's neighbours: most come from where the rules are.
        let near = prop::sample::select(
            "张伟欧阳AbéＡｂ1１.．·•･﹒ \u{3000}\u{a0}\u{200b}\u{301}\u{3099}ｶﾞ\u{f9e1}\u{2f56}\u{2ee2}（)-ﬁ가"
                .chars()
                .collect::<Vec<_>>(),
        );
        prop::collection::vec(prop_oneof![8 => near, 1 => any::<char>()], 0..12)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in text()) {
            let once = key(&text);
            prop_assert_eq!(key(&once), once);
        }

        #[test]
        fn what_is_shown_is_the_same_name(text in text()) {
            let once = shown(&text);
            prop_assert_eq!(key(&once), key(&text));
            prop_assert_eq!(shown(&once), once);
        }

        #[test]
        fn a_number_is_its_own_key(text in text()) {
            let once = number_key(&text);
            prop_assert_eq!(number_key(&once), once);
        }
    }
}
