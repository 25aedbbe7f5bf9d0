//! A field that asks for several people, one a line.

use std::collections::HashSet;

use sqlx::PgConnection;

use super::{
    Found, Rest, Search,
    store::{self, Pattern},
};
use crate::{
    failure::Failure,
    name::sought::{ByKey, Sought, is_number, lines, note_alone},
    text::{folded, trimmed},
    web::forms::Errors,
};

/// Faulty lines that are named in an error.
const MOST_NAMED: usize = 5;
/// Somebody whom a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub number: String,
    /// None where nobody in the scope has the number: the form says what that means to it.
    pub found: Option<Found>,
    /// What else stands in the line.
    pub note: String,
}

/// A line that may mean more than one person.
#[derive(Debug, Clone)]
pub struct AskedLine {
    pub typed: String,
    pub choices: Vec<Found>,
}

/// A field that asks for several people: those that it names, and lines that may mean more than one.
#[derive(Debug, Clone, Default)]
pub struct PeopleField {
    /// Each once, in the order of the lines; all of them where the field has no error.
    pub people: Vec<Person>,
    pub asked: Vec<AskedLine>,
}

impl PeopleField {
    /// Reads the lines, each a number, a name, or one of them with what `rest` says beside it. `picked` are the numbers
    /// that were chosen for lines that were asked about. Lines that are settled are written anew with number and name.
    pub async fn read(
        connection: &mut PgConnection,
        search: &Search,
        typed: &mut String,
        picked: &[String],
        rest: Rest,
        field: &'static str,
        errors: &mut Errors,
    ) -> Result<Self, Failure> {
        let lines: Vec<(String, Sought)> = lines(typed);
        let pattern = Pattern {
            numbers: lines.iter().flat_map(|(_, sought)| sought.numbers()).collect(),
            names: lines.iter().flat_map(|(_, sought)| sought.names()).collect(),
            ..Pattern::default()
        };
        let found = if lines.is_empty() { Vec::new() } else { store::find(connection, search, &pattern).await? };
        let known = ByKey::of(&found);
        let (mut own, mut unknown, mut shown, mut wrong) = (Self::default(), Vec::new(), Vec::new(), Vec::new());
        let mut picked: Vec<&str> = picked.iter().map(|number| trimmed(number)).collect();
        for (line, sought) in lines {
            if let Some(one) = sought.contradicted(&known) {
                wrong.push(format!("{}（该学号是{}）", sought.words().join(" "), one.name));
                shown.push(line);
                continue;
            }
            let (named, note) = sought.pick(&known, rest);
            let is_picked = |number: &&str| named.iter().any(|one| one.number == *number);
            let chosen = if named.len() > 1 { picked.iter().position(is_picked) } else { None };
            let chosen = chosen.map(|place| picked.swap_remove(place));
            let one = match named.as_slice() {
                [one] => Some(*one),
                several => several.iter().copied().find(|one| Some(one.number.as_str()) == chosen),
            };
            if let Some(one) = one {
                let note = note_alone(&note, one);
                shown.push([one.number.as_str(), one.name.as_str(), note.as_str()].join(" ").trim_end().to_owned());
                own.people.push(Person { number: one.number.clone(), found: Some(one.clone()), note });
            } else if let Some(word) = sought.words().first().filter(|word| named.is_empty() && is_number(word)) {
                let note = sought.words().get(1..).unwrap_or_default().join(" ");
                shown.push(line);
                own.people.push(Person { number: folded(word), found: None, note });
            } else if named.is_empty() {
                unknown.push(line.clone());
                shown.push(line);
            } else {
                shown.push(line.clone());
                own.asked.push(AskedLine { typed: line, choices: named.into_iter().cloned().collect() });
            }
        }
        let mut seen = HashSet::new();
        own.people.retain(|person| seen.insert(person.number.clone()));
        *typed = shown.join("\n");
        own.say(&unknown, &wrong, field, errors);
        Ok(own)
    }

    /// The numbers of the people.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        self.people.iter().map(|one| one.number.clone()).collect()
    }

    fn say(&self, unknown: &[String], wrong: &[String], field: &'static str, errors: &mut Errors) {
        let named = |lines: Vec<&str>| {
            let more = if lines.len() > MOST_NAMED { format!("等 {} 行", lines.len()) } else { String::new() };
            lines.into_iter().take(MOST_NAMED).collect::<Vec<_>>().join("、") + &more
        };
        let mut says = Vec::new();
        if !wrong.is_empty() {
            let lines = named(wrong.iter().map(String::as_str).collect());
            says.push(format!("学号与姓名不符：{lines}"));
        }
        if !unknown.is_empty() {
            let lines = named(unknown.iter().map(String::as_str).collect());
            says.push(format!("没有找到：{lines}；请核对姓名，或改填学号"));
        }
        if !self.asked.is_empty() {
            let lines = named(self.asked.iter().map(|one| one.typed.as_str()).collect());
            says.push(format!("有重名，请在下面逐一选定：{lines}"));
        }
        if !says.is_empty() {
            errors.add(field, says.join("。"));
        }
    }
}
