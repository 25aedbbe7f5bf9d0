//! What is typed to name somebody, as it may be read.

use std::collections::HashMap;

use super::{is_han, key, number_key};
use crate::text::{folded, is_hidden, trimmed};

/// The longest text that is read.
const LONGEST: usize = 200;
/// More words than these are no name with a class.
const MOST_WORDS: usize = 6;

/// The heading of a column that counts its lines.
const PLACE: &str = "序号";
/// The headings of a column that was pasted with them.
const HEADINGS: [&str; 6] = [PLACE, "学号", "工号", "姓名", "班级", "院系"];

/// Somebody who was found, with what tells them from others of their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    /// 班级; empty for who is no student.
    pub class: String,
    /// 院系, or the offices of who is no student.
    pub college: String,
}

impl Found {
    /// Where they belong: `软件技术2401班 · 信息工程系`.
    #[must_use]
    pub fn place(&self) -> String {
        let parts = [self.class.as_str(), self.college.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// What may stand beside somebody's number or name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Their class and nothing else.
    Class,
    /// A note about them, which may be their class.
    Note,
}

/// A name that may be meant, as its key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reading {
    name: String,
    /// What stands beside it; empty for nothing.
    beside: String,
    /// How many words it takes where it stands first.
    first: Option<usize>,
}

/// What is typed to name somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    text: String,
    words: Vec<String>,
    /// Where each word ends in the text.
    ends: Vec<usize>,
    readings: Vec<Reading>,
}

/// Who was found, by what is compared of number and name. A column of a thousand people is read against a thousand: none
/// of them is looked through for each line.
pub struct ByKey<'a> {
    numbers: HashMap<String, &'a Found>,
    names: HashMap<String, Vec<&'a Found>>,
}

impl<'a> ByKey<'a> {
    #[must_use]
    pub fn of(found: &'a [Found]) -> Self {
        let mut own = Self { numbers: HashMap::new(), names: HashMap::new() };
        for one in found {
            own.numbers.entry(number_key(&one.number)).or_insert(one);
            own.names.entry(key(&one.name)).or_default().push(one);
        }
        own
    }
}

fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | '(' | ')' | '（' | '）' | '·' | ';' | '；')
}

impl Sought {
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text: String =
            trimmed(text).chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).take(LONGEST).collect();
        let found = || text.split(parts).filter(|word| !word.is_empty());
        let words: Vec<String> = found().map(str::to_owned).collect();
        // A word lies in the text: its end is where the rest after it begins.
        let ends = found().map(|word| word.as_ptr().addr() + word.len() - text.as_ptr().addr()).collect();
        let mut readings = Vec::new();
        let mut add = |name: &str, beside: String, first: Option<usize>| {
            let name = key(name);
            if !name.is_empty() {
                readings.push(Reading { name, beside, first });
            }
        };
        // Blanks and dots may belong to the name, so all of it comes first; then the name before or after the class.
        add(&text, String::new(), Some(words.len()));
        for cut in 1..words.len().min(MOST_WORDS) {
            let (before, after) = words.split_at(cut);
            add(&before.join(" "), after.join(" "), Some(cut));
            add(&after.join(" "), before.join(" "), None);
        }
        Self { text, words, ends, readings }
    }

    /// What stands after the first words.
    #[must_use]
    pub fn after(&self, words: usize) -> String {
        let end = words.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
        self.text.get(end..).unwrap_or_default().trim_matches(parts).to_owned()
    }

    /// The words as they stand.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Somebody's number and nothing else, whether anybody has it or not.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.words.as_slice(), [word] if is_number(word))
    }

    /// The keys of numbers that may be meant.
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        self.words.iter().filter(|word| !word.chars().any(is_han)).map(|word| number_key(word))
    }

    /// The keys of names that may be meant.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.readings.iter().map(|reading| reading.name.clone())
    }

    /// Whom of those it names whole, by the first reading by which it names anybody, and the note after them.
    #[must_use]
    pub fn pick<'a>(&self, found: &ByKey<'a>, rest: Rest) -> (Vec<&'a Found>, String) {
        for (place, word) in self.words.iter().enumerate() {
            let Some(one) = found.numbers.get(&number_key(word)).copied() else { continue };
            let (before, after) = self.words.split_at(place);
            let after = after.get(1..).unwrap_or_default();
            // The name may stand on either side.
            let named = words_of_name(after, &one.name);
            let fits = match rest {
                Rest::Note => before.is_empty() || words_of_name(before, &one.name) == before.len(),
                Rest::Class => {
                    let beside = [before, after].concat();
                    let named = words_of_name(&beside, &one.name);
                    abbreviates(&beside.get(named..).unwrap_or_default().join(" "), &one.place())
                }
            };
            return if fits { (vec![one], self.after(place + 1 + named)) } else { (Vec::new(), String::new()) };
        }
        for Reading { name, beside, first } in &self.readings {
            let Some(named) = found.names.get(name) else { continue };
            let near: Vec<&Found> = named.iter().filter(|one| abbreviates(beside, &one.place())).copied().collect();
            let note = first.map_or_else(|| beside.clone(), |words| self.after(words));
            if !near.is_empty() {
                return (near, note);
            }
            if rest == Rest::Note && first.is_some() {
                return (named.clone(), note);
            }
        }
        (Vec::new(), String::new())
    }

    /// The person whose number stands first, where the name of somebody else stands beside it.
    #[must_use]
    pub fn contradicted<'a>(&self, found: &ByKey<'a>) -> Option<&'a Found> {
        let (first, after) = self.words.split_first()?;
        let one = found.numbers.get(&number_key(first)).copied()?;
        let is_anothers = beginnings(after).any(|(_, name)| found.names.contains_key(&name));
        (is_anothers && words_of_name(after, &one.name) == 0).then_some(one)
    }

    /// Parts of names with parts of classes that may be meant, likeliest first.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.readings.iter().map(|reading| (reading.name.as_str(), reading.beside.as_str()))
    }
}

/// The word looks like a number of somebody.
#[must_use]
pub fn is_number(word: &str) -> bool {
    word.chars().any(char::is_numeric) && !word.chars().any(is_han)
}

/// The names that the first words may be, as keys, with how many words each takes.
fn beginnings(words: &[String]) -> impl Iterator<Item = (usize, String)> {
    (1..=words.len().min(MOST_WORDS)).filter_map(|cut| Some((cut, key(&words.get(..cut)?.join(" ")))))
}

/// How many words at the beginning are that name; 0 where none are.
fn words_of_name(words: &[String], name: &str) -> usize {
    let name = key(name);
    beginnings(words).find(|(_, first)| *first == name).map_or(0, |(cut, _)| cut)
}

/// A note without the class or college that only tells the person apart, in one line.
#[must_use]
pub fn note_alone(note: &str, one: &Found) -> String {
    let words: Vec<&str> = note.split_whitespace().collect();
    let is_place = |word: &&&str| word.chars().count() > 2 && abbreviates(word, &one.place());
    words.iter().skip_while(is_place).copied().collect::<Vec<_>>().join(" ")
}

/// The short form leaves characters out and changes none: `软件2401` of 软件技术2401班.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut long = key(long).chars().collect::<Vec<_>>().into_iter();
    key(short).chars().all(|c| long.any(|other| other == c))
}

/// The lines that name somebody. A line of numbers alone is several, unless they are numbered first.
#[must_use]
pub fn lines(text: &str) -> Vec<(String, Sought)> {
    let all: Vec<(&str, Sought)> = text.lines().map(trimmed).map(|line| (line, Sought::read(line))).collect();
    let is_heading = |sought: &Sought| sought.words().iter().all(|word| HEADINGS.contains(&word.as_str()));
    let has_numbers =
        all.iter().any(|(_, sought)| is_heading(sought) && sought.words().first().is_some_and(|word| word == PLACE));
    let all: Vec<(&str, Sought)> = all.into_iter().filter(|(_, sought)| !is_heading(sought)).collect();
    let numbered = is_numbered(&all, has_numbers);
    let mut lines = Vec::new();
    for (line, sought) in all {
        let (line, sought) = if numbered {
            let rest = sought.after(1);
            let sought = Sought::read(&rest);
            (rest, sought)
        } else {
            (line.to_owned(), sought)
        };
        let words = sought.words();
        if words.len() > 1 && words.iter().all(|word| is_number(word)) {
            lines.extend(words.iter().map(|word| (word.clone(), Sought::read(word))));
        } else {
            lines.push((line, sought));
        }
    }
    lines
}

/// Every line begins with its place in the column, from 1 on, and something follows. One line alone may begin with
/// somebody's number, unless a heading says what stands there.
fn is_numbered(lines: &[(&str, Sought)], says_so: bool) -> bool {
    let begins = |(place, (_, sought)): (usize, &(&str, Sought))| {
        let first = sought.words().first().map(|word| folded(word));
        let place = place.to_string();
        sought.words().len() > 1 && first.is_some_and(|first| first.trim_end_matches(['.', '．', '。']) == place)
    };
    (says_so || lines.len() > 1) && !lines.is_empty() && (1..).zip(lines).all(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(number: &str, name: &str, class: &str) -> Found {
        Found {
            number: number.to_owned(),
            name: name.to_owned(),
            class: class.to_owned(),
            college: "信息工程系".to_owned(),
        }
    }

    fn everybody() -> Vec<Found> {
        vec![
            found("20240001", "张伟", "软件技术2401班"),
            found("20240002", "张伟", "机电2402班"),
            found("20240003", "阿依古丽·买买提", "软件技术2401班"),
            found("T1", "李四", ""),
        ]
    }

    fn picked(text: &str) -> Vec<String> {
        Sought::read(text)
            .pick(&ByKey::of(&everybody()), Rest::Class)
            .0
            .into_iter()
            .map(|one| one.number.clone())
            .collect()
    }

    #[test]
    fn a_person_is_named_by_number_by_name_or_by_name_and_class() {
        assert_eq!(picked("20240002"), ["20240002"]);
        assert_eq!(picked("２０２４０００２"), ["20240002"]);
        assert_eq!(picked("t1"), ["T1"]);
        assert_eq!(picked("张 伟"), ["20240001", "20240002"]);
        assert_eq!(picked("张伟 软件2401"), ["20240001"]);
        assert_eq!(picked("机电2402 张伟"), ["20240002"]);
        assert_eq!(picked("张伟（软件技术2401班）"), ["20240001"]);
        assert_eq!(picked("20240002 张伟"), ["20240002"]);
        assert_eq!(picked("阿依古丽买买提"), ["20240003"]);
        assert_eq!(picked("阿依古丽 • 买买提 软件2401"), ["20240003"]);
        assert_eq!(picked("20240002 张伟 机电2402"), ["20240002"]);
        for other in ["20240002 李四", "20240002 软件2401", "张伟 会计2401", "李四 软件2401"] {
            assert!(picked(other).is_empty(), "{other}");
        }
        assert!(picked("张").is_empty() && picked("软件2401").is_empty() && picked("").is_empty());
    }

    #[test]
    fn what_stands_after_a_name_is_kept() {
        let rest = |text: &str| Sought::read(text).pick(&ByKey::of(&everybody()), Rest::Note).1;
        assert_eq!(rest("张伟 团支部书记"), "团支部书记");
        assert_eq!(rest("20240001 张伟 团支部书记"), "团支部书记");
        assert_eq!(rest("张伟 软件2401班，团支部书记（连任）"), "软件2401班，团支部书记（连任");
        assert_eq!(rest("李四"), "");
    }

    #[test]
    fn a_number_beside_somebody_elses_name_is_nobodys() {
        let whose =
            |text: &str| Sought::read(text).contradicted(&ByKey::of(&everybody())).map(|one| one.number.clone());
        assert_eq!(whose("20240001 李四").as_deref(), Some("20240001"));
        assert_eq!(whose("20240001\t李四\t团支书").as_deref(), Some("20240001"));
        for fits in ["20240001 张伟", "20240001", "20240001 团支部书记", "李四 20240001"] {
            assert_eq!(whose(fits), None, "{fits}");
        }
    }

    #[test]
    fn a_class_that_tells_people_apart_is_no_note() {
        let one = &everybody()[0];
        assert_eq!(note_alone("软件2401班 曾任班长", one), "曾任班长");
        assert_eq!(note_alone("信息工程系\t学习委员", one), "学习委员");
        assert_eq!(note_alone("班长，连任", one), "班长，连任");
    }

    #[test]
    fn a_number_is_known_without_asking() {
        assert!(Sought::read(" 20240001 ").is_number() && Sought::read("T1").is_number());
        assert!(
            !Sought::read("学生63").is_number() && !Sought::read("zs").is_number() && !Sought::read("1 2").is_number()
        );
    }

    fn named(text: &str) -> Vec<String> {
        lines(text).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn the_place_in_a_column_is_nobodys_number() {
        assert_eq!(
            named("序号\t学号\t姓名\n1\t20240001\t张三\n2\t20240002\t李四"),
            ["20240001\t张三", "20240002\t李四"]
        );
        assert_eq!(named("1\t20240001\t张三\n２\t20240002\t李四"), ["20240001\t张三", "20240002\t李四"]);
        assert_eq!(named("1. 张三\n2. 李四\n"), ["张三", "李四"]);
        assert_eq!(named("1、20240001\n2、20240002"), ["20240001", "20240002"]);
        assert_eq!(named("序号 学号\n1 20240001"), ["20240001"]);
    }

    #[test]
    fn what_may_be_a_number_stays() {
        assert_eq!(named("1 20240001"), ["1", "20240001"], "two numbers in one line");
        assert_eq!(named("20240001 张三\n20240002 李四"), ["20240001 张三", "20240002 李四"]);
        assert_eq!(named("1 20240001\n3 20240002"), ["1", "20240001", "3", "20240002"], "not counted through");
        assert_eq!(named("1\n2"), ["1", "2"]);
    }
}
