//! A group of the form of a plan as it is sent.

use std::collections::BTreeMap;

use super::{
    fields::{self, Kind},
    group::Group,
    typed::{GroupFields, MOST_ROWS},
};
use crate::{
    rules::Rule,
    text::{is_hidden, trimmed},
};

/// The longest text of one field, and of what is kept as it is written.
const LONGEST_FIELD: usize = 1_000;
const LONGEST_EXTRA: usize = 8_000;

/// A field that cannot be kept as it was typed.
#[derive(Debug, Clone)]
pub struct Unfit {
    pub field: String,
    pub says: String,
}

/// A group of the form as it was sent.
#[derive(Debug, Default)]
pub struct SentGroup {
    pub typed: GroupFields,
    /// The version that was shown.
    pub version: i32,
    /// The next group is to be shown.
    pub goes_on: bool,
    pub unfit: Vec<Unfit>,
}

impl SentGroup {
    /// Reads the fields of a group: those of another group are none of it, an emptied clause goes.
    #[must_use]
    pub fn new(group: Group, fields: Vec<(String, String)>) -> Self {
        let mut sent = Self::default();
        for (name, says) in fields {
            match name.as_str() {
                "version" => sent.version = says.parse().unwrap_or(0),
                "then" => sent.goes_on = says == "next",
                _ if Group::of_field(&name) == group && is_name(&name) => {
                    let is_list = !is_one_line(&name);
                    let says = if is_list { lines(&says) } else { joined(&says) };
                    if !says.is_empty() {
                        sent.typed.add_line(&name, &says);
                    }
                }
                _ => {}
            }
        }
        for (name, says) in sent.typed.iter() {
            let most = if name.ends_with("extra") || name == "sections" { LONGEST_EXTRA } else { LONGEST_FIELD };
            if says.chars().count() > most {
                sent.unfit.push(Unfit { field: name.to_owned(), says: format!("不能超过 {most} 字") });
            } else if says.chars().any(|c| c != '\n' && is_hidden(c)) {
                sent.unfit.push(Unfit { field: name.to_owned(), says: "含有看不见的字符".to_owned() });
            }
        }
        for list in fields::HEAD_LISTS.iter().filter(|_| group == Group::Head) {
            sent.close(list.key, list.label);
        }
        for entry in group.family().into_iter().flat_map(fields::rules_of) {
            let tables = fields::lists(entry.rule).filter(|field| matches!(field.kind, Kind::Rows(_)));
            let tables = tables.map(|field| (field.key, field.label));
            for (list, of) in [("clause", "条款"), ("chain", "程序")].into_iter().chain(tables) {
                sent.close(&format!("{}.{list}", entry.code), &format!("“{}”的{of}", entry.name));
            }
        }
        sent
    }

    /// Closes the rows under a name, and notes where there are more than the form takes.
    fn close(&mut self, name: &str, called: &str) {
        let typed_in = |parts: &BTreeMap<String, String>| {
            parts.keys().any(|part| !matches!(part.as_str(), "id" | "id2" | "id3" | "how"))
        };
        let rows = self.typed.rows(name);
        if rows > MOST_ROWS {
            let says = format!("{called}最多 {MOST_ROWS} 行");
            self.unfit.push(Unfit { field: format!("{name}{rows}"), says });
        }
        self.typed.close_rows(name, typed_in);
    }
}

/// A name that a field of the form can have.
fn is_name(name: &str) -> bool {
    name.len() <= 60 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The field holds one text without line breaks.
fn is_one_line(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    if last == "extra" || name == "sections" {
        return false;
    }
    let value = || name.split_once('.').and_then(|(code, key)| fields::value(code.parse::<Rule>().ok()?, key));
    let field = fields::HEAD.iter().find(|field| field.key == name).or_else(value);
    !field.is_some_and(|field| matches!(field.kind, Kind::Lines { .. } | Kind::Posts | Kind::Several(_)))
}

/// Lines as they are typed, without blank ones.
fn lines(text: &str) -> String {
    text.lines().map(trimmed).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A text without its line breaks: where Chinese goes on in the next line, nothing stands between.
#[must_use]
pub fn joined(text: &str) -> String {
    let mut whole = String::new();
    for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if latin(whole.chars().next_back()) && latin(line.chars().next()) {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(group: Group, fields: &[(&str, &str)]) -> SentGroup {
        SentGroup::new(group, fields.iter().map(|(name, says)| ((*name).to_owned(), (*says).to_owned())).collect())
    }

    #[test]
    fn a_group_takes_its_own_fields_and_closes_its_rows() {
        let sent = sent(
            Group::Stf,
            &[
                ("version", "3"),
                ("then", "next"),
                ("STF-02.state", "stated"),
                ("STF-02.clause1.id", "1"),
                ("STF-02.clause1.quote", " "),
                ("STF-02.clause2.quote", "主席团成员\r\n不超过5人"),
                ("ORG-01.state", "silent"),
                ("code", "x"),
            ],
        );
        assert_eq!((sent.version, sent.goes_on), (3, true));
        assert_eq!(sent.typed.get("STF-02.clause1.quote"), "主席团成员不超过5人");
        assert_eq!(
            (sent.typed.rows("STF-02.clause"), sent.typed.get("ORG-01.state"), sent.typed.get("code")),
            (1, "", "")
        );
        assert!(sent.unfit.is_empty());
    }

    #[test]
    fn more_rows_than_the_form_has_are_not_taken() {
        let most = sent(Group::Stf, &[("STF-02.clause12.quote", "甲")]);
        assert!(most.unfit.is_empty());
        let over = sent(Group::Stf, &[("STF-02.clause18446744073709551615.quote", "甲"), ("STF-02.chain13.by", "乙")]);
        assert_eq!((over.unfit.len(), over.typed.rows("STF-02.clause")), (2, 1));
    }

    #[test]
    fn lists_keep_their_lines_and_too_long_a_text_is_named() {
        let long = "长".repeat(1_001);
        let head = sent(
            Group::Head,
            &[("basis", "甲\r\n\r\n乙 "), ("unions", "school"), ("unions", "college"), ("title", &long)],
        );
        assert_eq!((head.typed.get("basis"), head.typed.get("unions")), ("甲\n乙", "school\ncollege"));
        assert_eq!(head.unfit.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["title"]);
        assert_eq!(head.typed.get("title").chars().count(), 1_001, "what is typed is there to be mended");
    }
}
