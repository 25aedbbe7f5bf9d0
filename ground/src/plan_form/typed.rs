//! What is typed in the form of a plan, field by field: texts under the fields' names, group by group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::group::Group;

/// The most clauses of a rule, or steps of a chain, that the form takes.
pub const MOST_ROWS: usize = 12;

/// What is typed in a group. An empty field is as one that is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupFields(BTreeMap<String, String>);

impl GroupFields {
    /// The text of a field; empty where nothing is typed.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn set(&mut self, name: impl Into<String>, says: impl Into<String>) {
        let (name, says) = (name.into(), says.into());
        if says.is_empty() {
            self.0.remove(&name);
        } else {
            self.0.insert(name, says);
        }
    }

    /// Adds a line to the text of a field.
    pub fn add_line(&mut self, name: &str, line: &str) {
        let text = self.0.entry(name.to_owned()).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, says)| (name.as_str(), says.as_str()))
    }

    /// How many rows are typed under a name: fields are called `{name}{row}.{part}`, rows from 1.
    #[must_use]
    pub fn rows(&self, name: &str) -> usize {
        let row = |field: &str| field.strip_prefix(name)?.split_once('.')?.0.parse::<usize>().ok();
        self.0.keys().filter_map(|field| row(field)).max().unwrap_or(0)
    }

    /// Takes the rows out and puts those back that the condition keeps, one after the other.
    pub fn close_rows(&mut self, name: &str, keeps: impl Fn(&BTreeMap<String, String>) -> bool) {
        let mut rows: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
        self.0.retain(|field, says| {
            let place = field.strip_prefix(name).and_then(|rest| rest.split_once('.'));
            let Some((row, part)) = place.and_then(|(row, part)| Some((row.parse().ok()?, part))) else { return true };
            rows.entry(row).or_default().insert(part.to_owned(), says.clone());
            false
        });
        for (row, parts) in (1..).zip(rows.into_values().filter(keeps)) {
            for (part, says) in parts {
                self.0.insert(format!("{name}{row}.{part}"), says);
            }
        }
    }

    /// The names of the fields in which two differ.
    #[must_use]
    pub fn differing<'t>(&'t self, other: &'t Self) -> Vec<&'t str> {
        let mut names: Vec<&str> = self.0.keys().chain(other.0.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| self.get(name) != other.get(name));
        names
    }
}

/// What is typed in all groups of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftFields(BTreeMap<&'static str, GroupFields>);

impl DraftFields {
    #[must_use]
    pub fn of(&self, group: Group) -> &GroupFields {
        static NOTHING: GroupFields = GroupFields(BTreeMap::new());
        self.0.get(group.slug()).unwrap_or(&NOTHING)
    }

    pub fn of_mut(&mut self, group: Group) -> &mut GroupFields {
        self.0.entry(group.slug()).or_default()
    }

    pub fn put(&mut self, group: Group, typed: GroupFields) {
        self.0.insert(group.slug(), typed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_close_up_where_one_is_emptied() {
        let mut typed = GroupFields::default();
        for (row, quote) in [(1, "甲"), (2, ""), (4, "丁")] {
            typed.set(format!("STF-02.clause{row}.id"), row.to_string());
            typed.set(format!("STF-02.clause{row}.quote"), quote);
        }
        assert_eq!(typed.rows("STF-02.clause"), 4);
        typed.close_rows("STF-02.clause", |parts| parts.contains_key("quote"));
        assert_eq!(typed.rows("STF-02.clause"), 2);
        assert_eq!((typed.get("STF-02.clause2.quote"), typed.get("STF-02.clause2.id")), ("丁", "4"));
    }
}
