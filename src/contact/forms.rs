//! What the forms of contacts ask.

use serde::Deserialize;

use super::{
    contact::{LogDays, Way},
    log_store::{NewEntry, NewNote},
    store::{Eligible, UnionClass},
};
use crate::{
    failure::Failure,
    ids::{ClassId, ContactNoteId, StudentId},
    text::{day, folded, trimmed},
    web::forms::{Errors, lines, ticked, written},
};

/// The most points of one contact, and the characters of each.
const MOST_POINTS: usize = 10;
const LONGEST: usize = 300;

/// A note for those in contact with one's class, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NoteForm {
    pub says: String,
    /// `yes`: with the name.
    pub signed: String,
}

impl NoteForm {
    /// Reads the form, or leaves an error beside the field.
    pub fn read(&self, errors: &mut Errors) -> Option<NewNote> {
        let says = written(&self.says, LONGEST, "says", "请写明想让联系人知道什么", errors)?;
        Some(NewNote { says, signed: self.signed == "yes" }).filter(|_| errors.is_empty())
    }
}

/// An entry of the log as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LogForm {
    pub day: String,
    pub way: String,
    /// A line each.
    pub points: String,
    /// The notes that were taken up.
    pub note: Vec<String>,
}

impl LogForm {
    #[must_use]
    pub fn takes_up(&self, note: &impl ToString) -> bool {
        self.note.contains(&note.to_string())
    }

    /// Reads the form, or leaves an error beside each field.
    ///
    /// # Errors
    /// [`Failure::Malformed`] where a note that is ticked is none.
    pub fn read(&self, days: LogDays, errors: &mut Errors) -> Result<Option<NewEntry>, Failure> {
        let notes: Vec<ContactNoteId> = ticked(&self.note)?;
        let on_day = day(&self.day).filter(|day| days.has(*day));
        if on_day.is_none() {
            errors.add("day", format!("请填写 {} 至 {} 之间的日期", days.first, days.last));
        }
        let way = self.way.parse::<Way>().ok();
        if way.is_none() {
            errors.add("way", "请选择怎样联系的");
        }
        let typed = match trimmed(&self.points) {
            "" => String::new(),
            _ => lines(&self.points, MOST_POINTS * (LONGEST + 1), "points", "", errors).unwrap_or_default(),
        };
        let points: Vec<String> =
            typed.lines().map(|line| trimmed(line).to_owned()).filter(|line| !line.is_empty()).collect();
        if points.len() > MOST_POINTS || notes.len() > MOST_POINTS {
            errors.add("points", format!("一次最多登记 {MOST_POINTS} 条"));
        }
        if points.iter().any(|point| point.chars().count() > LONGEST) {
            errors.add("points", format!("每条不超过 {LONGEST} 字"));
        }
        let read = on_day.zip(way).filter(|_| errors.is_empty());
        Ok(read.map(|(on_day, way)| NewEntry { on_day, way, points, notes }))
    }
}

/// The number of a request, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkForm {
    pub number: String,
}

impl LinkForm {
    /// Reads the form, or leaves an error beside the field.
    pub fn read(&self, errors: &mut Errors) -> Option<i32> {
        let digits: String = folded(&self.number).chars().filter(char::is_ascii_digit).collect();
        let number = digits.parse::<i32>().ok().filter(|number| *number > 0);
        if number.is_none() {
            errors.add("number", "请填写诉求的编号，如“12”");
        }
        number.filter(|_| errors.is_empty())
    }
}

/// Who is to be in contact with a class, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AssignForm {
    pub class: String,
    /// Numbers or names, parted by blanks, commas or lines.
    pub people: String,
}

/// Some people for a class.
#[derive(Debug)]
pub(super) struct Assigned<'a> {
    pub class: ClassId,
    pub people: Vec<&'a Eligible>,
}

/// The person that a word names, of those who may be given classes; or what is wrong with it.
fn named<'a>(word: &str, people: &'a [Eligible]) -> Result<&'a Eligible, String> {
    let found: Vec<&Eligible> = people.iter().filter(|one| one.number == word || one.name == word).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!("“{word}”不是本会在任的学生干部，也不是本届学生代表")),
        several => Err(format!("有 {} 位“{word}”，请填学号", several.len())),
    }
}

impl AssignForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read<'a>(
        &self,
        classes: &[UnionClass],
        people: &'a [Eligible],
        errors: &mut Errors,
    ) -> Option<Assigned<'a>> {
        let class = self.class.parse::<ClassId>().ok();
        let class = class.filter(|id| classes.iter().any(|class| class.home.class == *id));
        if class.is_none() {
            errors.add("class", "请选择班级");
        }
        let words = folded(&self.people);
        let words: Vec<&str> = words
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；'))
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            errors.add("people", "请填写学号或姓名，可以填几个人");
        }
        let mut found = Vec::new();
        for word in words {
            match named(word, people) {
                Ok(one) => found.push(one),
                Err(says) => errors.add("people", says),
            }
        }
        Some(Assigned { class: class?, people: found }).filter(|_| errors.is_empty())
    }
}

/// A proposed assignment as it was accepted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProposalForm {
    /// A class and a student each, parted by a point.
    pub pair: Vec<String>,
}

/// A class for somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChosenPair {
    pub class: ClassId,
    pub student: StudentId,
}

impl ProposalForm {
    /// Reads the form, or leaves an error beside the field.
    ///
    /// # Errors
    /// [`Failure::Malformed`] where a line that is ticked names nobody.
    pub fn read(&self, errors: &mut Errors) -> Result<Option<Vec<ChosenPair>>, Failure> {
        let pair = |typed: &String| {
            let (class, student) = typed.split_once('.')?;
            Some(ChosenPair { class: class.parse().ok()?, student: student.parse().ok()? })
        };
        let pairs: Option<Vec<ChosenPair>> = self.pair.iter().map(pair).collect();
        let pairs = pairs.ok_or(Failure::Malformed)?;
        if pairs.is_empty() {
            errors.add("pair", "请至少勾选一条");
        }
        Ok(Some(pairs).filter(|_| errors.is_empty()))
    }
}

/// How often, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    pub every: String,
}

impl SettingsForm {
    /// Reads the form, or leaves an error beside the field.
    pub fn read(&self, errors: &mut Errors) -> Option<i32> {
        let every = folded(&self.every).parse::<i32>().ok().filter(|every| (1..=6).contains(every));
        if every.is_none() {
            errors.add("every", "应为 1 至 6 的整数");
        }
        every.filter(|_| errors.is_empty())
    }
}
